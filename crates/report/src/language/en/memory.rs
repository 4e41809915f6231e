//! What the memory of services does: in English.

use plimsoll_analysis::memory::compare::{ChangeReason, Gate, GateDetail, GateKind, GateValue, UnknownSide};
use plimsoll_analysis::memory::{
    AtOnce, Coverage, CrashLoop, CrashSign, KillEvidence, Limit, LimitReason, LimitRefusal, LogReason, Over,
    PointUnit, StartUp, Totals, TrendReason,
};
use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::Regime;

use crate::language::{Language, Noun};
use crate::memory::{Line, ServiceLine};

const EN: Language = Language::English;
pub(super) const WINDOW: Noun = Noun { one: "window", more: "windows" };
const SAMPLE: Noun = Noun { one: "sample", more: "samples" };
const KILL: Noun = Noun { one: "kill", more: "kills" };
const EVENT: Noun = Noun { one: "event", more: "events" };
const END: Noun = Noun { one: "exit", more: "exits" };
const FILE: Noun = Noun { one: "file", more: "files" };

pub(super) fn memory(bytes: Bytes) -> String {
    EN.memory(bytes)
}

fn over(over: Over) -> String {
    let time = EN.duration(over.duration_ms);
    match over.unit {
        PointUnit::Window => format!("over {time}, {} of 60 s", EN.many(over.points, &WINDOW)),
        PointUnit::Sample => format!("over {time}, {}", EN.many(over.points, &SAMPLE)),
    }
}

pub(super) fn trend(reason: &TrendReason) -> String {
    match *reason {
        TrendReason::TooFewSamples { least } => format!("fewer than {least} samples with times"),
        TrendReason::Step { from, to, after_ms, over: points } => format!(
            "it steps from {} to {} after {} and stays there, {}",
            memory(from),
            memory(to),
            EN.duration(after_ms),
            over(points)
        ),
        TrendReason::Rise { by, p, over: points } => format!(
            "it rises by {} {} ({}); if the load did not grow, this looks like a leak",
            memory(by),
            over(points),
            EN.p_value(p, 4)
        ),
        TrendReason::HigherAtEnd { from, to, over: points } => format!(
            "it starts at {} and ends at {} {}, and may keep rising",
            memory(from),
            memory(to),
            over(points)
        ),
        TrendReason::SlowRise { by, over: points } => format!(
            "it rises slowly, by {} {}: a longer recording shows whether it leaks",
            memory(by),
            over(points)
        ),
        TrendReason::NoRise { by, over: points } => {
            format!("no rise beyond chance {} ({})", over(points), memory(by))
        }
        TrendReason::Fall { by, over: points } => format!("it falls by {} {}", memory(by), over(points)),
    }
}

pub(super) fn crash_loop(crash: &CrashLoop) -> String {
    let sign = match crash.sign {
        CrashSign::FailedEnds { count } => {
            format!("it crashes: {} with an error and without a stop request", EN.many(count, &END))
        }
        CrashSign::Restarting => "it crashes: it is restarting".to_owned(),
        CrashSign::ShortLives { count } => {
            format!("it starts repeatedly: {count} runs of less than a minute")
        }
    };
    match crash.longest_life_ms {
        Some(longest) => format!("{sign}; its longest recorded run is {}", EN.duration(longest)),
        None => sign,
    }
}

pub(super) fn kill(evidence: &KillEvidence) -> String {
    match *evidence {
        KillEvidence::KernelCounted { kills } => {
            format!("the kernel counted {} (`oom_kill`)", EN.many(kills, &KILL))
        }
        KillEvidence::EngineReported { events } => {
            format!("the engine reported {} (`oom`)", EN.many(events, &EVENT))
        }
        KillEvidence::FlagSet => "the engine's flag `OOMKilled` is set".to_owned(),
        KillEvidence::EndsWithoutStop { ends } => {
            format!("{} with code 137 and without a stop request", EN.many(ends, &END))
        }
        KillEvidence::UnexplainedEnds { ends } => {
            format!("{} with code 137 that no stop request explains", EN.many(ends, &END))
        }
        KillEvidence::WaitedForMemory { events } => format!(
            "{} `oom`, but `oom_kill_disable` is set: its processes waited for memory",
            EN.many(events, &EVENT)
        ),
        KillEvidence::CounterAtZero => "the kernel's counter `oom_kill` stayed at 0".to_owned(),
        KillEvidence::EventsHeard { without_oom: true } => {
            "events were recorded throughout, with no `oom` among them".to_owned()
        }
        KillEvidence::EventsHeard { without_oom: false } => "events were recorded throughout".to_owned(),
        KillEvidence::OnlyFlag => {
            "only the flag `OOMKilled: false` is known, which engines clear at each start".to_owned()
        }
        KillEvidence::Nothing => "the data does not show whether there were OOM kills".to_owned(),
    }
}

pub(super) fn log(reason: &LogReason) -> String {
    match reason {
        LogReason::NotLooked => "its log driver was not inspected".to_owned(),
        LogReason::EngineDefault => "it uses the engine's default log driver, which is not known".to_owned(),
        LogReason::NoMaxSize { driver } => format!("`{driver}` without `max-size` grows without limit"),
        LogReason::MaxSize { files: 1 } => "one file of `max-size`".to_owned(),
        LogReason::MaxSize { files } => format!("{} of `max-size`", EN.many(*files, &FILE)),
        LogReason::LocalDefault => "`local` limits its files itself: 5 of 20 MB by default".to_owned(),
        LogReason::Journal => "the host's journal limits it".to_owned(),
        LogReason::NotKept => "no log is kept".to_owned(),
        LogReason::Unbounded => "`max-size` sets no limit".to_owned(),
        LogReason::SentElsewhere { driver } => format!("`{driver}` sends it elsewhere"),
    }
}

pub(super) fn limit_reason(reason: &LimitReason) -> String {
    match reason {
        LimitReason::Killed { evidence, added, had } => format!(
            "{}: the {} at which it was killed, plus {} or 20 %, whichever is more (the rule of the Kubernetes VPA)",
            evidence.as_ref().map_or_else(|| "OOM kill".to_owned(), kill),
            memory(*had),
            memory(*added)
        ),
        LimitReason::LeakDelayed { trend: reason } => {
            format!("possible leak, which a larger limit only delays: {}", trend(reason))
        }
        LimitReason::Crashes { crash } => crash_loop(crash),
        LimitReason::LargestWindow { windows, largest, margin_percent, independent, coverage } => format!(
            "the largest of {} of 60 s is {}, plus {margin_percent} %: equivalent to {independent} independent \
             windows, {}",
            EN.many(*windows, &WINDOW),
            memory(*largest),
            match coverage {
                Coverage::P99 => "so their maximum covers the 99th percentile with 95 % confidence",
                Coverage::P95 => "so their maximum covers the 95th percentile with 95 % confidence",
                Coverage::Less => "fewer than the 59 that would cover the 95th percentile: low confidence",
                Coverage::StillRising => {
                    "but it uses more at the end than at the beginning: low confidence"
                }
            }
        ),
        LimitReason::Risen { trend: reason } => trend(reason),
        LimitReason::AtLimit { took, limit } => format!(
            "it reached {} of its limit of {}, so it may have needed more: this is a minimum",
            memory(*took),
            memory(*limit)
        ),
    }
}

pub(super) fn limit_refusal(refusal: &LimitRefusal) -> String {
    match refusal {
        LimitRefusal::NothingRecorded => "it was not recorded".to_owned(),
        LimitRefusal::NoTimes => "a recording has no times, so it cannot be cut into windows".to_owned(),
        LimitRefusal::TooFewWindows { windows, least } => {
            format!("{} of 60 s recorded, at least {least} are needed", EN.many(*windows, &WINDOW))
        }
        LimitRefusal::StartNotRecorded => {
            "its start was not recorded, and a start may need the most memory".to_owned()
        }
        LimitRefusal::NoLoad => {
            "the recording has no load label, so the service may have been idle".to_owned()
        }
        LimitRefusal::ProcessesOnly => {
            "Podman 4.9 to 5.5 counts only the memory of processes, which is less than the limit counts"
                .to_owned()
        }
        LimitRefusal::Crashes { crash } => crash_loop(crash),
        LimitRefusal::PossibleLeak { trend: reason } => {
            format!("possible leak, not sized: {}", trend(reason))
        }
    }
}

pub(super) fn start_up(start: &StartUp) -> String {
    let most = EN.duration(start.at_most_ms);
    if start.at_least_ms == 0 {
        format!("at most {most}")
    } else {
        format!("between {} and {most}", EN.duration(start.at_least_ms))
    }
}

pub(super) const fn gate(gate: GateKind) -> &'static str {
    match gate {
        GateKind::HostMemory => "host memory",
        GateKind::Kernel => "kernel",
        GateKind::CgroupVersion => "cgroup version",
        GateKind::WorkingSet => "working set definition",
        GateKind::Load => "load",
        GateKind::Duration => "duration",
        GateKind::Received => "bytes received",
        GateKind::Cpu => "CPU",
    }
}

fn gate_value(value: &GateValue) -> String {
    match value {
        GateValue::Memory(bytes) => memory(*bytes),
        GateValue::Text(text) => text.clone(),
        GateValue::Number(number) => number.to_string(),
        GateValue::WorkingSet(regime) => match regime {
            Regime::UsageMinusInactiveFile => "usage − inactive file",
            Regime::UsageMinusCache => "usage − cache",
            Regime::Usage => "usage",
            Regime::Anon => "anonymous memory",
            Regime::PrivateWorkingSet => "private working set",
            Regime::Unknown => "unknown",
        }
        .to_owned(),
        GateValue::Duration(milliseconds) => EN.duration(*milliseconds),
        GateValue::Rate(bytes) => format!("{}/s", memory(*bytes)),
        GateValue::Cpus(cpus) => format!("{cpus:.2} CPUs"),
    }
}

pub(super) fn gate_detail(detail: &GateDetail) -> String {
    let side = |values: &[GateValue]| values.iter().map(gate_value).collect::<Vec<_>>().join(", ");
    match detail {
        GateDetail::Unknown { side: UnknownSide::Before } => "unknown before".to_owned(),
        GateDetail::Unknown { side: UnknownSide::After } => "unknown after".to_owned(),
        GateDetail::Unknown { side: UnknownSide::Both } => "unknown on both sides".to_owned(),
        GateDetail::Unknown { side: UnknownSide::Either } => "unknown on one of the sides".to_owned(),
        GateDetail::Values { before, after, tolerance_percent: Some(percent) } => {
            format!("{} / {} (± {percent} %)", side(before), side(after))
        }
        GateDetail::Values { before, after, .. } if before == after && before.len() == 1 => side(before),
        GateDetail::Values { before, after, .. } => format!("{} / {}", side(before), side(after)),
    }
}

pub(super) fn change(reason: &ChangeReason) -> String {
    match reason {
        ChangeReason::Unlike { gate: Gate { name, detail, .. } } => {
            format!("{}: {}", gate(*name), gate_detail(detail))
        }
        ChangeReason::Restarted { after } => {
            let side = if *after { "after" } else { "before" };
            format!("it restarted during the recording of {side}, which resets its memory")
        }
        ChangeReason::TooFewRuns { before, after, least } => {
            format!("{before} and {after} runs: a verdict needs {least} on each side")
        }
        ChangeReason::Shift { by, p, drift } => {
            let drift =
                if *drift { ", but the runs do not alternate: the machine may have drifted" } else { "" };
            let (shift, p) = (EN.memory_delta(*by), EN.p_value(*p, 3));
            format!("peaks shifted by {shift} (Mann-Whitney, exact: {p}){drift}")
        }
    }
}

/// The sum of all limits, or what is known of it where some service has none.
fn sum(totals: &Totals) -> String {
    let missing = |services: &[String], what: &str| {
        let services = services.join(", ");
        match totals.limited {
            Bytes::ZERO => format!("{what} ({services})"),
            limited => format!("{what} for {services}, the others {}", memory(limited)),
        }
    };
    match totals.limits {
        Limit::Limited(bytes) => memory(bytes),
        Limit::Unlimited => missing(&totals.unlimited, "none"),
        Limit::Unknown if totals.unknown.is_empty() => "unknown".to_owned(),
        Limit::Unknown => missing(&totals.unknown, "unknown"),
    }
}

pub(super) fn line(line: &Line<'_>) -> String {
    match line {
        Line::Totals(totals) => format!(
            "all limits: {}, with swap {}; reservations {}{}",
            sum(totals),
            match (totals.limits, totals.limits_with_swap) {
                (Limit::Limited(_), Limit::Unlimited) => "unlimited".to_owned(),
                (_, Limit::Limited(bytes)) => memory(bytes),
                (_, Limit::Unlimited) => "none".to_owned(),
                (_, Limit::Unknown) => "unknown".to_owned(),
            },
            memory(totals.reservations),
            totals.host.map(|host| format!(", the host has {}", memory(host))).unwrap_or_default()
        ),
        Line::LeastHeadroom { service, taken, limit } => format!(
            "smallest headroom: {} of the limit of {service}, which uses at most {} of {}",
            Language::English.share(Bytes(limit.0.saturating_sub(taken.0)), *limit),
            memory(*taken),
            memory(*limit)
        ),
        Line::AtOnce(AtOnce { loaded: Some(loaded), all, .. }) => {
            format!(
                "all at the same time: p95 {} under load, maximum {}",
                memory(loaded.p95),
                memory(all.max)
            )
        }
        Line::AtOnce(AtOnce { loaded: None, all, .. }) => {
            format!("all at the same time: maximum {} (no load label)", memory(all.max))
        }
        Line::StackHealthy { start, without_check: [] } => {
            format!("stack start-up until healthy: {}", start_up(start))
        }
        Line::StackHealthy { start, without_check } => format!(
            "stack start-up until healthy: {}; without a health check: {}",
            start_up(start),
            without_check.join(", ")
        ),
        Line::NotCounted(containers) => {
            format!("not counted, because they belong to no service: {}", containers.join(", "))
        }
        Line::Of { service, line } => format!("{service}: {}", service_line(line)),
        Line::NotSuggested { services, refused } => {
            let why: Vec<String> = refused.iter().map(limit_refusal).collect();
            // More time under a load is all that these lack.
            let is_short = refused.iter().all(|refusal| {
                matches!(
                    refusal,
                    LimitRefusal::TooFewWindows { .. }
                        | LimitRefusal::StartNotRecorded
                        | LimitRefusal::NoLoad
                )
            });
            let next = is_short.then_some(super::running::WORDS.record_longer);
            let why: Vec<String> = why.into_iter().chain(next.map(str::to_owned)).collect();
            format!("{}: no limit suggested: {}", services.join(", "), why.join("; "))
        }
        Line::Compared { services, reason } => {
            let next = match reason {
                ChangeReason::TooFewRuns { least, .. } => {
                    format!("; {}", (super::running::WORDS.record_runs)(&least.to_string()))
                }
                _ => String::new(),
            };
            format!("{}: {}{next}", services.join(", "), change(reason))
        }
        Line::Unlike(Gate { name, detail, .. }) => {
            format!("different: {} ({})", gate(*name), gate_detail(detail))
        }
        Line::MaybeUnlike(gates) => {
            let gates: Vec<_> = gates.iter().map(|name| gate(*name)).collect();
            format!("unknown whether the same: {}", gates.join(", "))
        }
    }
}

fn service_line(line: &ServiceLine<'_>) -> String {
    let join = |texts: Vec<String>| texts.join("; ");
    match line {
        ServiceLine::Killed(evidence) => join(evidence.iter().map(kill).collect()),
        ServiceLine::Restarted(times) => format!("the engine restarted it {times} × so far"),
        ServiceLine::FailedEnds(ends) => {
            format!("it exited {ends} × with an error and without a stop request")
        }
        ServiceLine::Crashes(crash) => crash_loop(crash),
        ServiceLine::Trend(reason) => trend(reason),
        ServiceLine::Suggested(reason) => limit_reason(reason),
        ServiceLine::Checks { per_day, check_ms, busy_seconds } => format!(
            "{per_day} health checks per day, {} each: {} per day",
            EN.duration(*check_ms),
            EN.duration(busy_seconds.saturating_mul(1000))
        ),
        ServiceLine::PostgresNow { worst_case, limit } => {
            let limit = limit.map(|limit| format!(" of {}", memory(limit))).unwrap_or_default();
            format!("PostgreSQL now: worst case {}{limit}", memory(*worst_case))
        }
        ServiceLine::Postgres(reasons) => {
            format!(
                "PostgreSQL, suggested: {}",
                join(reasons.iter().map(super::settings::postgres).collect())
            )
        }
    }
}
