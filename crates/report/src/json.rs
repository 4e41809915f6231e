//! JSON documents, with the name and the version of their form.

use std::io::{self, Write};

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::Comparison;
use plimsoll_analysis::findings::{Progress, StackAdvice};
use plimsoll_analysis::inspect::Inspection;
use plimsoll_analysis::packages::{Inventory, KeptOpened, Reasons, Removal, Split};
use serde::Serialize;

pub use crate::json_document::FORMAT_VERSION;

use crate::finding_json::{ImprovementDocument, ProgressDocument, RegressionDocument, StackDocument};
use crate::json_document::write;
use crate::language::Language;
use crate::memory::ComparisonDocument;
use crate::verdict;

/// Writes an inspection; see `docs/inspect-format.md`.
pub fn inspection(inspection: &Inspection, out: impl Write) -> io::Result<()> {
    write("plimsoll-inspection", inspection, None, out)
}

/// Writes a comparison; see `docs/compare-format.md`.
pub fn comparison(changes: &Changes, out: impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Content<'a> {
        regressions: Vec<RegressionDocument<'a>>,
        improvements: Vec<ImprovementDocument<'a>>,
        #[serde(flatten)]
        comparison: &'a Comparison,
        #[serde(skip_serializing_if = "Option::is_none")]
        memory: Option<ComparisonDocument<'a>>,
    }
    let Changes { comparison, memory, regressions, improvements, .. } = changes;
    let content = Content {
        regressions: regressions.iter().map(RegressionDocument::of).collect(),
        improvements: improvements.iter().map(ImprovementDocument::of).collect(),
        comparison,
        memory: memory.as_ref().map(ComparisonDocument::of),
    };
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

/// Writes what is left if only opened files stay; see `docs/packages-format.md`.
pub fn kept(kept: &[KeptOpened], out: impl Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Content<'a> {
        services: &'a [KeptOpened],
    }
    write("plimsoll-kept", &Content { services: kept }, None, out)
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
