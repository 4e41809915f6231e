//! The page, written around a bundle with the viewer of this program.

use plimsoll_analysis::Changes;
use plimsoll_report::html::{Page, Viewer};
use plimsoll_report::language::Language;
use plimsoll_report::verdict;
use plimsoll_snapshot::Bundle;

use crate::error::{Error, Result};
use crate::output::{Content, Output};
use crate::viewer;

/// A page is not written to a terminal.
pub(super) fn needs_file() -> Error {
    Error::usage("the HTML report needs an output file", "`--output report.html` names it")
}

/// The viewer of this program.
pub(in crate::commands) fn built_viewer() -> Result<Viewer<'static>> {
    let built = viewer::text().ok_or_else(|| {
        Error::usage("this plimsoll was built without its viewer", "`cargo xtask build` builds both")
    })?;
    Ok(Viewer::parse(built).expect("the viewer was cut for its slots when it was bundled"))
}

/// Writes the page.
pub(in crate::commands) fn page(
    viewer: &Viewer<'_>,
    output: &Output,
    bundle: &Bundle,
    changes: &Changes,
    summary: &str,
    language: Language,
) -> Result<()> {
    let mut data = Vec::new();
    bundle.write_gzip(&mut data).expect("memory takes everything");
    let page = Page {
        title: &format!("{} · Plimsoll", verdict::title_of(changes, language)),
        lang: language.tag(),
        static_html: summary,
        data: &data,
    };
    output.write(Content::Binary, |out| viewer.write(&page, out))
}
