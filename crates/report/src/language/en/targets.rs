//! What is demanded and what was found: in English.

use plimsoll_analysis::findings::Severity;
use plimsoll_analysis::targets::{
    Demanded, Good, LevelOutcome, Measure, Reason, ServerBasis, Status, TakenWhen, Title, When,
};
use plimsoll_snapshot::Bytes;

use super::memory::{kill, log, start_up};
use crate::language::{Language, Noun};

const EN: Language = Language::English;
const TIME: Noun = Noun { one: "time", more: "times" };
const END: Noun = Noun { one: "exit", more: "exits" };
const FILE: Noun = Noun { one: "file", more: "files" };
const FINDING: Noun = Noun { one: "finding", more: "findings" };
const SAMPLE: Noun = Noun { one: "sample", more: "samples" };

fn memory(bytes: Bytes) -> String {
    EN.memory(bytes)
}

pub(super) fn title(title: &Title) -> String {
    match title {
        Title::ImageBuilt => "the image was built, and is the one that runs",
        Title::ImageSize { compressed: false } => "image size",
        Title::ImageSize { compressed: true } => "image size, compressed",
        Title::ImageSmaller => "the image is smaller than before",
        Title::ImageNotGrown => "the image has not grown",
        Title::NoLayerGrown => "no layer has grown",
        Title::OwnNotGrown => "what the image adds to its base image has not grown",
        Title::FewHiddenBytes => "few hidden bytes",
        Title::SmallHiddenShare => "hidden bytes as a share of what the image adds to its base image",
        Title::Efficient => "efficiency, as dive computes it",
        Title::FewLayers => "number of layers",
        Title::NoFindingOf { rule } => return format!("no finding of the rule `{rule}`"),
        Title::NoFindingAbove { severity: Severity::Low } => "no finding",
        Title::NoFindingAbove { severity } => {
            return format!("no finding of severity {} or above", (EN.words().severity)(*severity));
        }
        Title::StackSize { shared_once: true } => "all images, shared layers once",
        Title::StackSize { shared_once: false } => "all images, added up",
        Title::StackSmaller { shared_once: true } => "all images, shared layers once: smaller than before",
        Title::StackSmaller { shared_once: false } => "all images, added up: smaller than before",
        Title::StackNotGrown => "all images together have not grown",
        Title::SmallContext => "the build context is small",
        Title::SmallDisk => "the engine stores little",
        Title::LittleReclaimable => "little of what the engine stores can go",
        Title::PackageAbsent { package } => return format!("`{package}` is not in the image"),
        Title::Runs => "its containers start and stay up",
        Title::Healthy => "its health check passes",
        Title::StackStartUp => "all services are healthy soon after the first start",
        Title::StartUp => "it is healthy soon after its start",
        Title::SumOfLimits => "sum of all limits",
        Title::SumOfLimitsWithSwap => "sum of all limits, RAM and swap",
        Title::SumOfReservations => "sum of all reservations",
        Title::FitsHost => "all limits together fit the host",
        Title::LimitRespected => "it has the planned limit and stays below it",
        Title::NoSwap => "it cannot swap",
        Title::Limit { demand } => return format!("its limit is {}", demanded(demand)),
        Title::Reservation { demand } => return format!("its reservation is {}", demanded(demand)),
        Title::OomScore { score } => return format!("its `oom_score_adj` is {score}"),
        Title::PostgresFits => "the PostgreSQL settings fit its limit",
        Title::PostgresMemory { setting, demand } => return format!("`{setting}` is {}", demanded(demand)),
        Title::PostgresConnections { connections } => return format!("`max_connections` is {connections}"),
        Title::NoKill => "no OOM kill under load",
        Title::StackUnderLoad => "memory of all services under load",
        Title::UnderLoad => "memory under load",
        Title::LogBounded => "its log can be read and is limited",
        Title::SmallLog => "log size per container",
        Title::Price => "server price",
        Title::Cheaper => "the server is cheaper than before",
        Title::Check { title } => title,
    }
    .to_owned()
}

pub(super) fn reason(reason: &Reason) -> String {
    let sizes =
        |before: Bytes, after: Bytes| format!("{} before, {} after", EN.bytes(before), EN.bytes(after));
    match reason {
        Reason::NothingRuns => {
            "the snapshot contains no memory data: see `plimsoll record` and `plimsoll snapshot --memory`"
                .to_owned()
        }
        Reason::ServiceNotSeen => "the memory data does not include this service".to_owned(),
        Reason::NothingToCompare => "there is nothing to compare with".to_owned(),
        Reason::NoImage => "the snapshot contains no image of it".to_owned(),
        Reason::ImageNotWhole { service } => format!("the image of `{service}` was read only in part"),
        Reason::NotCompressed => "the source does not store all layers compressed".to_owned(),
        Reason::CompressedImageByImage => {
            "compressed sizes are only known image by image: use `size_sum`".to_owned()
        }
        Reason::Of { side: When::Before, reason } => format!("before: {}", self::reason(reason)),
        Reason::Of { side: When::After, reason } => format!("after: {}", self::reason(reason)),
        Reason::NothingBefore => "there was nothing before".to_owned(),
        Reason::NotOnBothSides => "it exists on one side only".to_owned(),
        Reason::Sizes { before, after } => sizes(*before, *after),
        Reason::OwnAndBase { own, base } => format!(
            "own {} ({}), base image {} ({})",
            EN.delta(own.delta),
            sizes(own.before, own.after),
            EN.delta(base.delta),
            sizes(base.before, base.after)
        ),
        Reason::NoBaseRecognised => {
            "no base image is recognised, so all of the image counts: `--dockerfile` shows where it ends"
                .to_owned()
        }
        Reason::Hidden { bytes } => format!("{} hidden", EN.bytes(*bytes)),
        Reason::FindingAccepted { finding, reason } => {
            let headline = (EN.words().messages.headline)(&finding.headline);
            format!("accepted: {headline} ({}): {reason}", finding.rule)
        }
        Reason::FindingFound { finding } => {
            format!("{} ({})", (EN.words().messages.headline)(&finding.headline), finding.rule)
        }
        Reason::MoreFindings { findings } => format!("{} more", EN.many(*findings, &FINDING)),
        Reason::LayerGrown { instruction: Some(instruction), before, after } => {
            format!("`{instruction}`: {}", sizes(*before, *after))
        }
        Reason::LayerGrown { instruction: None, before, after } => {
            format!("a layer: {}", sizes(*before, *after))
        }
        Reason::NoNewVersion => "no layer is a new version of an old one".to_owned(),
        Reason::MostHidden { bytes, layer, file } => {
            let file = file.as_ref().map(|file| format!(", such as `{file}`")).unwrap_or_default();
            format!("most of it, {}, is in layer {layer}{file}", EN.bytes(*bytes))
        }
        Reason::DiskNotRead => "the disk of the host was not read: see `plimsoll df --output`".to_owned(),
        Reason::DiskPartlyKnown => {
            "the engine did not say everything about the disk of the host: run `plimsoll df` on it".to_owned()
        }
        Reason::Disk { images, containers, volumes, cache } => format!(
            "images {}, containers and logs {}, volumes {}, build cache {}",
            EN.bytes(*images),
            EN.bytes(*containers),
            EN.bytes(*volumes),
            EN.bytes(*cache)
        ),
        Reason::ContextNotMeasured => {
            "its build context was not measured: see `plimsoll snapshot --context`".to_owned()
        }
        Reason::Context { files, ignored } => {
            format!("{}; `.dockerignore` leaves out {}", EN.many(*files, &FILE), EN.bytes(*ignored))
        }
        Reason::PackagesUnknown => "the packages of the image are unknown".to_owned(),
        Reason::PackagesIncomplete => "not every layer was searched for packages".to_owned(),
        Reason::PackageFound { name, version, ecosystem } => {
            format!("{name} {version} ({})", ecosystem.name())
        }
        Reason::PackageNotFound { packages } => format!("not among {packages} packages"),
        Reason::SameImage { image } => format!("image {image} in the snapshot and in every container"),
        Reason::NoContainerImage { image } => {
            format!("the image is {image}, but no inspected container names its image")
        }
        Reason::OtherImage { running, image } => {
            format!("a container runs {running}, the snapshot contains {image}")
        }
        Reason::Running => "running, not restarted".to_owned(),
        Reason::Restarted { times } => format!("restarted {}", EN.many(*times, &TIME)),
        Reason::Ended { exit_code: Some(code) } => format!("it has exited with code {code}"),
        Reason::Ended { exit_code: None } => "it has exited with an unknown code".to_owned(),
        Reason::Restarting => "it is restarting".to_owned(),
        Reason::Paused => "it is paused".to_owned(),
        Reason::NeverStarted => "it was created and never started".to_owned(),
        Reason::FailedEnds { ends } => {
            format!("{} with an error and without a stop request", EN.many(*ends, &END))
        }
        Reason::NotInspected => "no container of it was inspected".to_owned(),
        Reason::Healthy => "healthy in every probe".to_owned(),
        Reason::WentUnhealthy { times } => format!("found unhealthy {}", EN.many(*times, &TIME)),
        Reason::Unhealthy => "it is unhealthy".to_owned(),
        Reason::NoProbeYet => "no probe has run yet".to_owned(),
        Reason::NoHealthCheck => "it has no health check".to_owned(),
        Reason::HealthUnknown => "the data does not show its health".to_owned(),
        Reason::NoHealthyStart { services } if services.is_empty() => {
            "no start until a healthy probe was recorded".to_owned()
        }
        Reason::NoHealthyStart { services } => {
            format!("no healthy start was recorded for {}", services.join(", "))
        }
        Reason::WithoutHealthCheck { services, others } => format!(
            "{}: no health check, so nothing shows when it is ready (the others: {})",
            services.join(", "),
            start_up(others)
        ),
        Reason::FirstStartToLastProbe => "from the first start until the last service is healthy".to_owned(),
        Reason::SetTo { found, wanted: None } => format!("set to {}", EN.figure(*found)),
        Reason::SetTo { found, wanted: Some(wanted) } => {
            format!("set to {}, not {}", EN.figure(*found), EN.figure(*wanted))
        }
        Reason::SetToNumber { found, wanted: None } => format!("set to {found}"),
        Reason::SetToNumber { found, wanted: Some(wanted) } => format!("set to {found}, not {wanted}"),
        Reason::NoneSet => "none is set".to_owned(),
        Reason::NotKnown => "it is unknown".to_owned(),
        Reason::LimitUnknown => "its limit is unknown".to_owned(),
        Reason::SwapUnknown => "its swap limit is unknown".to_owned(),
        Reason::NoLimit => "it has no limit".to_owned(),
        Reason::Limit { limit } => format!("the limit is {}", memory(*limit)),
        Reason::NotAsPlanned { limit, planned: Some(planned) } => {
            format!("the limit is {}, but {} is planned", memory(*limit), memory(*planned))
        }
        Reason::NotAsPlanned { limit, planned: None } => {
            format!("the limit is {}, but none is planned", memory(*limit))
        }
        Reason::KilledAtLimit { evidence } => {
            let evidence: Vec<_> = evidence.iter().map(kill).collect();
            format!("it was killed at its limit: {}", evidence.join(", "))
        }
        Reason::LimitReached { times } => format!("limit reached {}, without a kill", EN.many(*times, &TIME)),
        Reason::UsageNotRecorded => "its memory was not recorded".to_owned(),
        Reason::Took { most } => format!("it used at most {}", memory(*most)),
        Reason::TookMore { bytes } => format!("it used {}", memory(*bytes)),
        Reason::SwapLimited { bytes } => format!("RAM and swap together are limited to {}", memory(*bytes)),
        Reason::SwapAllowed { bytes } => format!("RAM and swap together may reach {}", memory(*bytes)),
        Reason::SwapUnlimited => "swap is not limited".to_owned(),
        Reason::WithoutLimit { services } => format!("no limit: {}", services.join(", ")),
        Reason::LimitUnknownOf { services } => format!("limit unknown: {}", services.join(", ")),
        Reason::ReservationUnknownOf { services } => {
            format!("reservation unknown: {}", services.join(", "))
        }
        Reason::Parts { parts } => {
            let parts = parts.iter().map(|part| {
                let times = if part.replicas > 1 { format!(" × {}", part.replicas) } else { String::new() };
                format!("{} {}{times}", part.service, memory(part.bytes))
            });
            parts.collect::<Vec<_>>().join(" + ")
        }
        Reason::OfHost { limits, host } => {
            let host = host.map_or_else(|| "a host of unknown memory".to_owned(), memory);
            limits.map_or_else(|| host.clone(), |limits| format!("{} of {host}", memory(limits)))
        }
        Reason::Kills { evidence } => kill(evidence),
        Reason::MayHaveIdled => "but the recording has no load label, so it may have been idle".to_owned(),
        Reason::NoLoad => {
            "the recording has no load label, and an idle stack does not show memory under load".to_owned()
        }
        Reason::NothingRecorded => "nothing was recorded".to_owned(),
        Reason::Taken { when, distribution } => format!(
            "{}: median {}, p95 {}, maximum {} of {}",
            match when {
                TakenWhen::Loaded => "under load",
                TakenWhen::LoadedAtOnce => "the sum at the same time under load",
                TakenWhen::IdleOrUnlabelled => "idle or unlabelled",
            },
            memory(distribution.p50),
            memory(distribution.p95),
            memory(distribution.max),
            EN.many(distribution.count, &SAMPLE)
        ),
        Reason::LogDriver { driver } => format!("driver `{driver}`"),
        Reason::Log { reason } => log(reason),
        Reason::LogBound { bytes } => format!("at most {} per container", EN.bytes(*bytes)),
        Reason::NotPostgres => "the data does not show that it is PostgreSQL".to_owned(),
        Reason::CommandUnknown => "its command is unknown".to_owned(),
        Reason::ConfigFileUnread => "its configuration file was not read".to_owned(),
        Reason::PostgresWorstCase { worst_case, limit } => {
            format!("worst case {} of {}", memory(*worst_case), memory(*limit))
        }
        Reason::ProbeEnded { exit_code } => format!("its probe exited with {exit_code}"),
        Reason::AttestedByNobody => "it is attested without a name or a date".to_owned(),
        Reason::Attested { by, on, note } => {
            let note = note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
            format!("attested by {by}, {on}{note}")
        }
        Reason::NoProbe { check } => {
            format!("no probe was run (`--probe {check}=EXIT_CODE`), and it is not attested")
        }
        Reason::CostNothing => "before, it cost nothing".to_owned(),
        Reason::NothingKnown => "there is no memory data".to_owned(),
        Reason::ServerUnknown { because } => {
            format!("{}, and the memory of its server is unknown: set `cost.before`", self::reason(because))
        }
        Reason::NoServerSize { memory: needed, basis } => {
            format!("no server size has {} ({})", memory(*needed), server(*basis))
        }
        Reason::ServerPrice { price, memory: needed, basis, size } => {
            let size = size.as_ref().map(|name| format!(", `{name}`")).unwrap_or_default();
            format!("{price:.2} for {} ({}){size}", memory(*needed), server(*basis))
        }
    }
}

fn server(basis: ServerBasis) -> String {
    match basis {
        ServerBasis::Limits { limits, host, free_percent } => {
            let free = if free_percent > 0.0 { format!(", {free_percent:.0} % free") } else { String::new() };
            format!("limits {} + host {}{free}", memory(limits), memory(host))
        }
        ServerBasis::Targets => "set by the targets".to_owned(),
        ServerBasis::WholeHost => "without limits, the whole host".to_owned(),
    }
}

pub(super) fn measure(measure: &Measure) -> String {
    match *measure {
        Measure::Exactly { figure } => EN.figure(figure),
        Measure::AtMost { figure } => format!("at most {}", EN.figure(figure)),
        Measure::Between { low, high } => format!("between {} and {}", EN.figure(low), EN.figure(high)),
        Measure::Unbounded => "unlimited".to_owned(),
        Measure::Times { factor } => EN.decimal(format!("×{factor:.1}")),
        Measure::Number { number } => number.to_string(),
    }
}

pub(super) const fn bound(good: Good) -> &'static str {
    match good {
        Good::AtMost => "at most",
        Good::Below => "below",
        Good::AtLeast => "at least",
    }
}

pub(super) fn demanded(demand: &Demanded) -> String {
    let about = if demand.about { "about " } else { "" };
    format!("{about}{}", EN.figure(demand.figure))
}

pub(super) fn margin(level: &LevelOutcome) -> Option<String> {
    let margin = level.margin?;
    let side = match (margin < 0.0, level.status) {
        // The other end of the interval meets it.
        (true, Status::Unknown) => "at worst missed by",
        (true, _) => "missed by",
        (false, _) => "to spare:",
    };
    Some(format!("{side} {}", EN.distance(level.demand.figure.with(margin.abs()))))
}
