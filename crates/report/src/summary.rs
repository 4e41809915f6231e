//! The part of the page that is painted before anything runs, and that stays if nothing does: verdict and services.

use std::cmp::Reverse;
use std::fmt::Write as _;

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::Comparison;
use plimsoll_analysis::inspect::ImageInspection;
use plimsoll_analysis::series::{Series, Step};
use plimsoll_analysis::targets::Judgement;

use crate::format::{one_line, sentence, unbroken};
use crate::html::escape;
use crate::language::Language;
use crate::{brief, series, turns, verdict};

/// The most steps that are listed: the page lists all.
const SHOWN_STEPS: usize = 10;

/// The summary of a page without data.
#[must_use]
pub fn nothing(language: Language) -> String {
    let words = &language.words().terminal;
    format!("<h1>{}</h1>\n<p>{}</p>\n", escape(words.page_title), escape(words.page_lead))
}

/// The summary of two snapshots, judged by the targets that were given. Where they hold no images, it is the sentence on
/// their memory. All text is escaped, so it can be put into the page as it is.
#[must_use]
pub fn of(changes: &Changes, judgement: Option<&Judgement>, language: Language) -> String {
    let comparison = &changes.comparison;
    let verdict = unbroken(&verdict::of(changes, language));
    let mut html = format!("<h1>{}</h1>\n", escape(&verdict));
    html.push_str(&turns::html(changes, language));
    if !comparison.services.is_empty() {
        html.push_str(&table(comparison, language));
    }
    // Where the program runs, it shows these itself: the summary is there for a moment.
    let targets = judgement.map(|judgement| targets(judgement, language)).unwrap_or_default();
    let more = escape(language.words().page.there_is_more);
    let _ = write!(html, "<noscript>\n{targets}<p>{more}</p>\n</noscript>\n");
    html
}

/// The trend of a series, for a page that is not run: its first and last size, the largest steps, and what follows.
#[must_use]
pub fn trend(of: &Series, language: Language) -> String {
    let words = &language.words().series;
    let paragraph = |text: &str| format!("<p>{}</p>\n", escape(&unbroken(text)));
    let mut html = format!("<noscript>\n<h2>{}</h2>\n", escape(words.title));
    html.push_str(&paragraph(&format!(
        "{}: {}",
        sentence(&series::extent(of, language)),
        series::total(of, language)
    )));
    for sentence in series::conclusions(of, language) {
        html.push_str(&paragraph(&sentence));
    }
    let mut steps: Vec<&Step> = of.steps.iter().collect();
    steps.sort_by_key(|step| Reverse(step.delta.magnitude()));
    steps.truncate(SHOWN_STEPS);
    steps.sort_by_key(|step| step.to);
    if !steps.is_empty() {
        let _ = write!(html, "<h3>{}</h3>\n<ul>\n", escape(words.steps));
        for step in steps {
            let [name, delta, cause] = series::step(of, step, language);
            let _ = writeln!(html, "<li>{}: {} {}</li>", escape(&name), escape(&delta), escape(&cause));
        }
        html.push_str("</ul>\n");
    }
    html.push_str("</noscript>\n");
    html
}

/// What became of the targets: how many are met, and which are not.
fn targets(judgement: &Judgement, language: Language) -> String {
    let mut html = String::new();
    for line in brief::targets(judgement, language) {
        let figure = line.figure.map(|figure| format!(": {figure}")).unwrap_or_default();
        let _ = writeln!(html, "<li>{} {}</li>", line.tone.mark(), escape(&unbroken(&(line.text + &figure))));
    }
    if html.is_empty() {
        return html;
    }
    format!("<h2>{}</h2>\n<ul class=\"plain-list\">\n{html}</ul>\n", escape(language.words().brief.targets))
}

/// The services of both sides.
fn table(comparison: &Comparison, language: Language) -> String {
    let words = language.words();
    if !comparison.has_before() {
        return single(comparison, language);
    }
    let mut html = String::new();
    let _ = writeln!(
        html,
        "<table><thead><tr><th>{}</th><th>{}</th><th>{}</th><th>{}</th><th></th></tr></thead><tbody>",
        words.service, words.before, words.after, words.change
    );
    for service in &comparison.services {
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&one_line(&service.name)),
            side(service.before.as_ref(), language),
            side(service.after.as_ref(), language),
            language.delta(service.size.delta),
            service.size.percent().map(|change| language.percent(change)).unwrap_or_default(),
        );
    }
    let total = comparison.total;
    let _ = writeln!(
        html,
        "</tbody><tfoot><tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr></tfoot></table>",
        words.all_services,
        language.bytes(total.before),
        language.bytes(total.after),
        language.delta(total.delta),
        total.percent().map(|change| language.percent(change)).unwrap_or_default(),
    );
    html
}

/// The summary of one side alone.
fn single(comparison: &Comparison, language: Language) -> String {
    let words = language.words();
    let mut html = String::new();
    let _ = writeln!(
        html,
        "<table><thead><tr><th>{}</th><th>{}</th></tr></thead><tbody>",
        words.service, words.size_head
    );
    for service in &comparison.services {
        let _ = writeln!(
            html,
            "<tr><td>{}</td><td>{}</td></tr>",
            escape(&one_line(&service.name)),
            side(service.after.as_ref(), language)
        );
    }
    let total = language.bytes(comparison.total.after);
    let _ = writeln!(
        html,
        "</tbody><tfoot><tr><td>{}</td><td>{total}</td></tr></tfoot></table>",
        words.all_services
    );
    html
}

fn side(image: Option<&ImageInspection>, language: Language) -> String {
    image.map_or_else(|| "–".to_owned(), |image| language.bytes(image.size_bytes).to_string())
}
