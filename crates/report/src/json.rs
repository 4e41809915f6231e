//! JSON documents, with the name and the version of their form.

use std::io::{self, Write};

use plimsoll_analysis::Changes;
use plimsoll_analysis::findings::{Progress, StackAdvice};
use plimsoll_analysis::inspect::Inspection;
use plimsoll_analysis::memory::Memory;
use plimsoll_analysis::packages::{Inventory, KeptOpened, Reasons, Removal, Split};
use serde::Serialize;

pub use crate::json_document::{Definitions, FORMAT_VERSION};

use crate::compare_json::ChangesContent;
use crate::finding_json::{ProgressDocument, StackDocument};
use crate::json_document::write;
use crate::memory::MemoryDocument;

/// Writes an inspection, with the memory of the stack where it is known; see `docs/inspect-format.md` and `docs/memory.md`.
///
/// # Errors
///
/// Those of `out`.
pub fn inspection(
    inspection: &Inspection,
    memory: Option<&Memory>,
    definitions: Definitions,
    out: impl Write,
) -> io::Result<()> {
    let content = InspectionContent { inspection, memory: memory.map(MemoryDocument::of) };
    write("plimsoll-inspection", &content, definitions, out)
}

/// Writes a comparison; see `docs/compare-format.md`.
pub fn comparison(changes: &Changes, definitions: Definitions, out: impl Write) -> io::Result<()> {
    write("plimsoll-comparison", &ChangesContent::of(changes), definitions, out)
}

/// Writes the packages of images; see `docs/packages-format.md`.
pub fn inventory(inventory: &Inventory, definitions: Definitions, out: impl Write) -> io::Result<()> {
    write("plimsoll-packages", inventory, definitions, out)
}

/// Writes why packages are there; see `docs/packages-format.md`.
pub fn reasons(reasons: &[Reasons], definitions: Definitions, out: impl Write) -> io::Result<()> {
    write("plimsoll-why", &ReasonsContent { reasons }, definitions, out)
}

/// Writes what would be left without packages; see `docs/packages-format.md`.
pub fn removals(removals: &[Removal], definitions: Definitions, out: impl Write) -> io::Result<()> {
    write("plimsoll-whatif", &RemovalsContent { services: removals }, definitions, out)
}

/// Writes what is left if only opened files stay; see `docs/packages-format.md`.
pub fn kept(kept: &[KeptOpened], definitions: Definitions, out: impl Write) -> io::Result<()> {
    write("plimsoll-kept", &KeptContent { services: kept }, definitions, out)
}

/// Writes findings; see `docs/findings-format.md`.
pub fn findings(advice: &StackAdvice, definitions: Definitions, out: impl Write) -> io::Result<()> {
    write("plimsoll-findings", &StackDocument::of(advice), definitions, out)
}

/// Writes what services need of the image they share; see `docs/packages-format.md`.
pub fn splits(splits: &[Split], definitions: Definitions, out: impl Write) -> io::Result<()> {
    write("plimsoll-split", &SplitsContent { images: splits }, definitions, out)
}

/// Writes what became of findings; see `docs/findings-format.md`.
pub fn progress(progress: &Progress, definitions: Definitions, out: impl Write) -> io::Result<()> {
    write("plimsoll-progress", &ProgressDocument::of(progress), definitions, out)
}

/// Images, and what runs.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct InspectionContent<'a> {
    #[serde(flatten)]
    inspection: &'a Inspection,
    /// The memory of the stack; absent without memory data.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<MemoryDocument<'a>>,
}

/// Why packages are there.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ReasonsContent<'a> {
    /// One for each service that has the package.
    reasons: &'a [Reasons],
}

/// Images without packages.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct RemovalsContent<'a> {
    /// One for each service.
    services: &'a [Removal],
}

/// Images of which only opened files stay.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct KeptContent<'a> {
    /// One for each service.
    services: &'a [KeptOpened],
}

/// What services need of the images that they share.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SplitsContent<'a> {
    /// The images that several services share.
    images: &'a [Split],
}
