//! Writes the comparison that is shown as a file of its own, as `plimsoll report` does.

use plimsoll_report::html::{Page, Viewer};
use plimsoll_report::{summary, verdict};

use crate::state::Report;
use crate::{load, text};

/// The name of a document that shows a report.
pub(crate) fn title(report: &Report) -> String {
    format!("{} · {}", verdict::title(&report.comparison), text::NAME)
}

/// Gives the reader this page around what it shows now.
pub(crate) fn save(report: &Report) -> Result<(), String> {
    load::save(text::SAVED_AS, &page(report)?);
    Ok(())
}

fn page(report: &Report) -> Result<Vec<u8>, String> {
    let viewer = load::viewer();
    let viewer = Viewer::parse(&viewer).map_err(|error| error.to_string())?;
    let mut data = Vec::new();
    report.bundle.write_gzip(&mut data).map_err(|error| error.to_string())?;
    let title = title(report);
    let language = load::language();
    let summary = summary::summary(&report.comparison);
    let page =
        Page { title: &title, lang: language.as_deref().unwrap_or("en"), static_html: &summary, data: &data };
    let mut bytes = Vec::new();
    viewer.write(&page, &mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}
