//! JSON documents, with the name and the version of their form.

use std::io::{self, Write};

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::Comparison;
use plimsoll_analysis::findings::{Progress, StackAdvice};
use plimsoll_analysis::inspect::Inspection;
use plimsoll_analysis::packages::{Inventory, Reasons, Removal, Split};
use serde::Serialize;

use crate::finding_json::{ProgressDocument, RegressionDocument, StackDocument};
use crate::language::Language;
use crate::memory::ComparisonDocument;
use crate::sizes::{self, SizeDefinition};
use crate::{json_text, verdict};

/// The version of the documents. Additions leave it; whatever would break a reader raises it.
pub const FORMAT_VERSION: u32 = 2;

/// A conclusion of the analysis in a document: its kind and its values, with its English text.
#[derive(Serialize)]
pub(crate) struct Message<'a, M> {
    #[serde(flatten)]
    message: &'a M,
    text: String,
}

impl<'a, M> Message<'a, M> {
    pub(crate) fn of(message: &'a M, text: fn(&M) -> String) -> Self {
        Self { message, text: text(message) }
    }
}

/// Several conclusions.
pub(crate) fn messages<M>(messages: &[M], text: fn(&M) -> String) -> Vec<Message<'_, M>> {
    messages.iter().map(|message| Message::of(message, text)).collect()
}

#[derive(Serialize)]
struct Document<'a, T> {
    format: &'static str,
    format_version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<String>,
    #[serde(flatten)]
    content: &'a T,
    definitions: &'static [SizeDefinition],
}

/// Writes an inspection; see `docs/inspect-format.md`.
pub fn inspection(inspection: &Inspection, out: impl Write) -> io::Result<()> {
    write("plimsoll-inspection", inspection, None, out)
}

/// Writes a comparison; see `docs/compare-format.md`.
pub fn comparison(changes: &Changes, out: impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Content<'a> {
        regressions: Vec<RegressionDocument<'a>>,
        #[serde(flatten)]
        comparison: &'a Comparison,
        #[serde(skip_serializing_if = "Option::is_none")]
        memory: Option<ComparisonDocument<'a>>,
    }
    let Changes { comparison, memory, regressions, .. } = changes;
    let regressions = regressions.iter().map(RegressionDocument::of).collect();
    let content = Content { regressions, comparison, memory: memory.as_ref().map(ComparisonDocument::of) };
    write("plimsoll-comparison", &content, Some(verdict::of(changes, Language::English)), out)
}

/// Writes the packages of images; see `docs/packages-format.md`.
pub fn inventory(inventory: &Inventory, out: impl Write) -> io::Result<()> {
    write("plimsoll-packages", inventory, None, out)
}

/// Writes why packages are there; see `docs/packages-format.md`.
pub fn reasons(reasons: &[Reasons], out: impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Content<'a> {
        reasons: &'a [Reasons],
    }
    write("plimsoll-why", &Content { reasons }, None, out)
}

/// Writes what would be left without packages; see `docs/packages-format.md`.
pub fn removals(removals: &[Removal], out: impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Content<'a> {
        services: &'a [Removal],
    }
    write("plimsoll-whatif", &Content { services: removals }, None, out)
}

/// Writes findings; see `docs/findings-format.md`.
pub fn findings(advice: &StackAdvice, out: impl Write) -> io::Result<()> {
    write("plimsoll-findings", &StackDocument::of(advice), None, out)
}

/// Writes what services need of the image they share; see `docs/packages-format.md`.
pub fn splits(splits: &[Split], out: impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Content<'a> {
        images: &'a [Split],
    }
    write("plimsoll-split", &Content { images: splits }, None, out)
}

/// Writes what became of findings; see `docs/findings-format.md`.
pub fn progress(progress: &Progress, out: impl Write) -> io::Result<()> {
    write("plimsoll-progress", &ProgressDocument::of(progress), None, out)
}

pub(crate) fn write<T: Serialize>(
    format: &'static str,
    content: &T,
    verdict: Option<String>,
    mut out: impl Write,
) -> io::Result<()> {
    let document =
        Document { format, format_version: FORMAT_VERSION, verdict, content, definitions: &sizes::ALL };
    json_text::write(&document, &mut out)?;
    out.write_all(b"\n")
}
