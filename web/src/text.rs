//! What the page says, in one place. Names of causes and changes are in `plimsoll_report::words`.

use plimsoll_report::format::{bytes, count, one_line};
use plimsoll_snapshot::{Bytes, SCHEMA_VERSION};

use crate::desk::Role;
use crate::load::PROGRAM;
use crate::state::{Theme, View};
use crate::tree::{Filter, Order};

pub(crate) const NAME: &str = "Plimsoll";
pub(crate) const SKIP: &str = "Skip to the report";
pub(crate) const BEFORE: &str = "Before";
pub(crate) const AFTER: &str = "After";
pub(crate) const NONE: &str = "–";
pub(crate) const ABSENT: &str = "not there";
pub(crate) const UNCHANGED: &str = "unchanged";
pub(crate) const NEW: &str = "new";
pub(crate) const GONE: &str = "gone";

pub(crate) const VIEW: &str = "View";
pub(crate) const THEME: &str = "Colours";

pub(crate) const FIGURES: &str = "Figures";
pub(crate) const CARD_TOTAL: &str = "Images, shared layers counted once";
pub(crate) const CARD_HIDDEN: &str = "Hidden bytes, every image once";
pub(crate) const CARD_FILES: &str = "Files changed";
pub(crate) const CARD_COMPRESSED: &str = "Compressed, shared layers counted once";
pub(crate) const CARD_SERVICE: &str = "Largest change of a service";

pub(crate) const SERVICES: &str = "Services";
pub(crate) const SERVICES_LEAD: &str =
    "Image size, uncompressed, on one scale. Choose a service to see below what it is made of.";
pub(crate) const SERVICE: &str = "Service";
pub(crate) const CHANGE: &str = "Change";
pub(crate) const HIDDEN: &str = "Hidden";
pub(crate) const ALL_SERVICES: &str = "All, shared layers once";
pub(crate) const LEGEND_BEFORE: &str = "before";
pub(crate) const LEGEND_AFTER: &str = "after";
pub(crate) const LEGEND_SMALLER: &str = "− smaller";
pub(crate) const LEGEND_LARGER: &str = "+ larger";

pub(crate) const WHY: &str = "Why it changed";
pub(crate) const WHY_TABLE: &str = "The same in bytes";
pub(crate) const CAUSE: &str = "Cause";
pub(crate) const BYTES: &str = "Bytes";
pub(crate) const WHY_NOT: &str = "The size is the same on both sides, and so is every part of it.";

pub(crate) const LAYERS: &str = "Layers";
pub(crate) const LAYERS_LEAD: &str =
    "Aligned by content, lowest first. Hidden bytes are shipped with every pull and reached by no path.";
pub(crate) const INSTRUCTION: &str = "Instruction";
pub(crate) const NO_INSTRUCTION: &str = "(no instruction recorded)";
pub(crate) const MATCH: &str = "Match";
pub(crate) const COMPRESSED: &str = "Compressed";
pub(crate) const WAS: &str = "before:";
pub(crate) const DIFF_ID: &str = "Diff ID";
pub(crate) const TAR: &str = "Tar";
pub(crate) const HOLDS: &str = "Holds";
pub(crate) const HIDDEN_BY: &str = "Hidden";
pub(crate) const NOT_INCLUDED: &str = "not part of the source: its files are not known";
pub(crate) const NO_LAYERS: &str = "Neither side has a layer.";

pub(crate) const SETTINGS: &str = "Settings";
pub(crate) const SETTINGS_LEAD: &str =
    "What differs in how the image is run. Of environment variables only the names are known.";
pub(crate) const SETTING: &str = "Setting";

pub(crate) const FILES: &str = "Files";
pub(crate) const FILES_LEAD: &str = "Both file systems in one tree, as a container sees them. \
    Directories carry the sums of the files that are shown.";
pub(crate) const SEARCH: &str = "Search paths";
pub(crate) const FILTER: &str = "Show";
pub(crate) const TREE: &str = "Files of both sides";
pub(crate) const PATH: &str = "Name";
pub(crate) const NO_FILES: &str = "No file fits.";
pub(crate) const LARGEST: &str = "Largest changes of single files";

pub(crate) const METHOD: &str = "Method and provenance";
pub(crate) const METHOD_LEAD: &str = "Sizes of images are decimal: 1 MB is 1 000 000 bytes. A size is only ever compared with one of its kind.";
pub(crate) const TERM: &str = "Size";
pub(crate) const MEANING: &str = "What it counts";
pub(crate) const COMMAND: &str = "Where else it is shown";
pub(crate) const SOURCES: &str = "Sources";
pub(crate) const IMAGE_ID: &str = "Image ID";
pub(crate) const MANIFEST: &str = "Manifest";
pub(crate) const PLATFORM: &str = "Platform";
pub(crate) const CREATED: &str = "Created";
pub(crate) const SOURCE: &str = "Read from";
pub(crate) const GENERATOR: &str = "Read by";
pub(crate) const SIZES: &str = "Sizes";
pub(crate) const WARNINGS: &str = "Warnings";

pub(crate) const CHOOSE: &str = "Snapshots";
pub(crate) const CHOOSE_OPEN: &str = "Compare others …";
pub(crate) const CHOOSE_EMPTY: &str = "Compare container images";
pub(crate) const CHOOSE_LEAD: &str = "Drop files anywhere on this page, or choose them here: snapshots that plimsoll wrote \
    (.plimsoll, .json), or images themselves, as docker save, podman save and skopeo write them (docker or OCI archives, \
    plain or compressed by gzip, zstd, bzip2 or xz). They are read in this page; nothing leaves this machine.";
pub(crate) const CHOOSE_NEXT: &str = "Now drop or choose what it became.";
pub(crate) const HELD: &str = "Held by this page";
pub(crate) const SNAPSHOT: &str = "Snapshot";
pub(crate) const HOLDS_SERVICES: &str = "Services";
pub(crate) const NOTHING: &str = "nothing";
pub(crate) const SWAP: &str = "Swap";
pub(crate) const SWAP_LONG: &str = "Swap before and after";
pub(crate) const SAVE: &str = "Save this comparison as a file";
pub(crate) const SAVED_AS: &str = "plimsoll-report.html";
pub(crate) const CLOSE: &str = "Close";
pub(crate) const CANCEL: &str = "Cancel";
pub(crate) const DISMISS: &str = "Dismiss";
pub(crate) const THIS_REPORT: &str = "this report";

pub(crate) const FOUND_EMPTY: &str = "it is empty";
pub(crate) const FOUND_ZIP: &str = "it is a ZIP file";
pub(crate) const FOUND_PAGE: &str = "it is a web page";
pub(crate) const FOUND_TEXT: &str = "it is text of another kind";
pub(crate) const FOUND_BINARY: &str = "it is a binary file of another kind";
pub(crate) const FOUND_PACKED: &str = "it is compressed, and what is in it is neither a tar nor a snapshot";
pub(crate) const FOUND_JSON: &str = "it is JSON without a `schema_version`, so no snapshot";

/// What a file is chosen as.
pub(crate) const fn role(role: Role) -> &'static str {
    match role {
        Role::Before => "As before",
        Role::After => "As after",
        Role::Held => "Add to the list",
    }
}

/// What a snapshot that a report was made of is called.
pub(crate) fn in_report(side: &str) -> String {
    format!("{THIS_REPORT}, {}", side.to_lowercase())
}

/// How far a file is read.
pub(crate) fn progress(done: Bytes, total: Bytes) -> String {
    format!("{} of {}", bytes(done), bytes(total))
}

fn versions() -> String {
    format!("This page is {PROGRAM} and reads snapshots up to format {SCHEMA_VERSION}.")
}

/// A file that is none of ours.
pub(crate) fn not_read(name: &str, found: &str) -> String {
    format!(
        "`{}` cannot be used: {}. Read are snapshots (.plimsoll, .json) and images as one file (docker save, OCI \
         archive), plain or compressed. {}",
        one_line(name),
        one_line(found),
        versions()
    )
}

/// A snapshot from the future.
pub(crate) fn too_new(name: &str, version: u64, generator: Option<&str>) -> String {
    let by = generator.map(|by| format!(", written by {}", one_line(by))).unwrap_or_default();
    format!(
        "`{}` cannot be used: it has format {version}{by}. {} Open it with a newer one.",
        one_line(name),
        versions()
    )
}

/// A file that is one of ours and cannot be read.
pub(crate) fn damaged(name: &str, reason: &str) -> String {
    format!("`{}` cannot be read: {}. {}", one_line(name), one_line(reason), versions())
}

/// A comparison that could not be written.
pub(crate) fn not_saved(reason: &str) -> String {
    format!("The comparison cannot be saved: {reason}. {}", versions())
}

/// More than a page keeps in memory.
pub(crate) fn too_large(what: &str, place: &str, limit: u64) -> String {
    format!(
        "{what} in {place} exceeds what a page keeps in memory ({}): `plimsoll snapshot` reads more",
        count(limit)
    )
}

/// Two images of one name.
pub(crate) fn same_name(name: &str) -> String {
    format!("two of its images are named `{name}`")
}

pub(crate) const fn view(view: View) -> &'static str {
    match view {
        View::Engineer => "Engineer",
        View::Stakeholder => "Stakeholder",
    }
}

pub(crate) const fn theme(theme: Theme) -> &'static str {
    match theme {
        Theme::System => "System",
        Theme::Light => "Light",
        Theme::Dark => "Dark",
    }
}

pub(crate) fn filter(filter: Filter) -> &'static str {
    match filter {
        Filter::All => "all",
        Filter::Only(change) => plimsoll_report::words::file_change(change),
    }
}

pub(crate) const fn order(order: Order) -> &'static str {
    match order {
        Order::Name => PATH,
        Order::Size => AFTER,
        Order::Change => CHANGE,
    }
}

/// All digits of a size.
pub(crate) fn exact(size: Bytes) -> String {
    format!("{} bytes", count(size.0))
}

/// A number of things.
pub(crate) fn many(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { more })
}

/// What a service is made of, on both sides.
pub(crate) fn why_lead(name: &str, tree: (Bytes, Bytes), hidden: (Bytes, Bytes)) -> String {
    format!(
        "{name}: files that a container sees {} → {}, hidden bytes {} → {}. Every byte of the difference, by cause.",
        bytes(tree.0),
        bytes(tree.1),
        bytes(hidden.0),
        bytes(hidden.1)
    )
}

/// How much of the two images is the same from the bottom up.
pub(crate) fn base(layers: u64, size: Bytes) -> String {
    match layers {
        1 => format!("The lowest layer, {}, is the same.", bytes(size)),
        layers => format!("The lowest {layers} layers, {}, are the same.", bytes(size)),
    }
}

/// How many files are only elsewhere.
pub(crate) fn moved(files: u64, size: Bytes) -> String {
    format!(
        "{}, {}, only moved: the same content is there under another path.",
        many(files, "file", "files"),
        bytes(size)
    )
}

/// How many files are shown, and how many of them changed.
pub(crate) fn shown(files: u32, changed: u32) -> String {
    format!("{}, {} changed", many(u64::from(files), "file", "files"), count(u64::from(changed)))
}
