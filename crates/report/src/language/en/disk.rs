//! English: the disk of a host.

use plimsoll_analysis::disk::{Loss, SuggestionKind};
use plimsoll_snapshot::runtime::Status;

use crate::format::{one_line, shorten};
use crate::language::{DiskWords, Language, Noun};

const EN: Language = Language::English;
/// The width that lists of names are cut to.
const NAMES: usize = 60;

pub(super) const WORDS: DiskWords = DiskWords {
    title: "Disk of the host",
    summary: |all, is_minimum, reclaimable| {
        let all = match all {
            None => "It is unknown how much the engine stores".to_owned(),
            Some(all) if is_minimum => format!("The engine stores at least {all}"),
            Some(all) => format!("The engine stores {all}"),
        };
        match reclaimable {
            Some(bytes) => format!(
                "{all}. {bytes} can go for certain: build cache, and images without a name that no container uses."
            ),
            None => format!(
                "{all}. How much of it can go for certain is unknown: its answers lack layers or containers."
            ),
        }
    },
    engine: |name, version| format!("Engine: {name} {version}").trim_end().to_owned(),
    containerd: |content, listed, unpacked| {
        format!(
            "The image sizes of the engine sum to {listed}: {content} compressed content and {unpacked} unpacked on disk, in whole blocks. \
             Layers that images share count for each of them."
        )
    },
    unpacked: |listed, layers| {
        format!(
            "The image sizes of the engine sum to {listed}, but layers that images share count for each of them: the layers take {layers}. \
             They are unpacked files, without rounding to blocks."
        )
    },
    unknown_store: |listed, layers| {
        format!(
            "The image sizes of the engine sum to {listed}; with each layer once, the images take {layers}."
        )
    },
    unknown_layers: |listed| {
        format!(
            "The image sizes of the engine sum to {listed}, but layers that images share count for each of them. What the layers take is unknown."
        )
    },
    copied_layers: "The vfs driver stores each layer as a full copy of everything below it: on disk the images take more.",
    kinds: "By kind",
    images: "Images",
    containers: "Containers",
    logs: "Logs",
    volumes: "Volumes",
    cache: "Build cache",
    all: "All together",
    prunes: "What the commands of the engine free and lose",
    safe: "Can go for certain",
    unsafe_: "Unused, but look first",
    never_deletes: "Plimsoll deletes nothing. Run the commands yourself.",

    kind_head: "Kind",
    number_head: "Number",
    bytes_head: "Bytes",
    unique_head: "Unique",
    shared_head: "Shared",
    listed_head: "Listed",
    name_head: "Name",
    written_head: "Written",
    status_head: "Status",
    in_images_head: "In images",
    last_day_head: "Last day",
    last_week_head: "Last week",
    older_head: "Older",
    frees_head: "Frees",
    command_head: "Command",
    loses_head: "Loses",

    untagged: "no name",
    unknown_name: "name unknown",
    only_here: "only here",
    unused: "unused",
    anonymous: "anonymous",
    engine_says: |bytes| format!("the engine says {bytes} unique"),
    nothing: "nothing",
    frees: |bytes| format!(", frees {bytes}"),
    status,
    loss,
    suggestion,
};

const fn status(status: Status) -> &'static str {
    match status {
        Status::Created => "created",
        Status::Running => "running",
        Status::Paused => "paused",
        Status::Restarting => "restarting",
        Status::Removing => "being removed",
        Status::Exited => "stopped",
        Status::Dead => "dead",
        Status::Unknown => "unknown",
    }
}

fn loss(loss: &Loss) -> String {
    let names = |names: &[String]| shorten(&one_line(&names.join(", ")), NAMES);
    let many = |number: u64, one: &'static str, more: &'static str| EN.many(number, &Noun { one, more });
    match loss {
        Loss::Written { names: of, bytes } => {
            format!("{} that stopped containers wrote: {}", EN.bytes(*bytes), names(of))
        }
        Loss::Containers { containers } => {
            format!("{} with logs", many(*containers, "stopped container", "stopped containers"))
        }
        Loss::Volumes { names: of, bytes } => {
            format!(
                "{} of data in {}: {}",
                EN.bytes(*bytes),
                many(of.len() as u64, "volume", "volumes"),
                names(of)
            )
        }
        Loss::OnlyHere { names: of } => {
            let number = many(of.len() as u64, "name", "names");
            format!("{number} of images that may exist only here: {}", names(of))
        }
        Loss::Images { images } => many(*images, "image to fetch again", "images to fetch again"),
        Loss::Untagged { images } => many(*images, "image without a name", "images without a name"),
        Loss::BuildTime { records } => {
            format!("time of the next builds ({})", many(*records, "record", "records"))
        }
    }
}

const fn suggestion(kind: SuggestionKind) -> &'static str {
    match kind {
        SuggestionKind::BuildCache => {
            "removes the build cache that no image shares: the next builds take longer"
        }
        SuggestionKind::Untagged => "removes images without a name that no container uses",
        SuggestionKind::FetchAgain => "no container uses it; a registry has it",
        SuggestionKind::OnlyHere => "no container uses it; it may exist only here",
        SuggestionKind::Container => "stopped: what it wrote and its logs are lost",
        SuggestionKind::Volume => "no container mounts it: its data is lost",
    }
}
