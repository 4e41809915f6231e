//! Writes the comparison that is shown as a separate file, as `plimsoll report` does.

use plimsoll_report::html::{Page, Viewer, escape};
use plimsoll_report::language::Language;
use plimsoll_report::{summary, verdict};
use plimsoll_snapshot::Bundle;

use crate::judging::Edits;
use crate::report::Report;
use crate::share::{self, Said};
use crate::workspace::Workspace;
use crate::{load, text};

/// The name of a document that shows a report.
pub(crate) fn title(report: &Report, language: Language) -> String {
    format!("{} · {}", verdict::title_of(&report.changes, language), text::NAME)
}

/// Gives the reader this page around what it shows now, in the language it speaks.
pub(crate) async fn save(
    workspace: Workspace,
    report: &'static Report,
    language: Language,
    said: Said,
) -> Result<(), String> {
    share::save(text::SAVED_AS, "text/html", &page(workspace, report, language).await?, said);
    Ok(())
}

async fn page(workspace: Workspace, report: &'static Report, language: Language) -> Result<String, String> {
    let viewer = load::viewer();
    let viewer = Viewer::parse(&viewer).map_err(|error| error.to_string())?;
    let mut data = Vec::new();
    let bundle = Bundle { trend: workspace.trend_of(report.bundle), ..report.bundle.clone() };
    bundle.write_json(&mut data).map_err(|error| error.to_string())?;
    let data = load::gzip(&data).await?;
    let title = title(report, language);
    let judgement =
        report.judging().filter(|judging| judging.is_given).map(|judging| judging.judge(&Edits::new()));
    let mut summary = summary::of(&report.changes, judgement.as_ref(), language);
    if let Some(trend) = workspace.trend() {
        summary.push_str(&summary::trend(&trend.series, language));
    }
    // The copy opens as this page is seen now.
    let opens_at = load::fragment();
    let opens_at = opens_at.trim_start_matches('#');
    if !opens_at.is_empty() {
        let opens_at = escape(opens_at);
        summary.push_str(&format!("<template id=\"opens-at\" data-fragment=\"{opens_at}\"></template>\n"));
    }
    let page = Page { title: &title, lang: language.tag(), static_html: &summary, data: &data };
    let mut bytes = Vec::new();
    viewer.write(&page, &mut bytes).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}
