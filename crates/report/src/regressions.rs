//! What got worse, as every document shows it: right under its headline.

use std::fmt::Write as _;

use plimsoll_analysis::regressions::Regression;

use crate::format::{count, unbroken};
use crate::html::escape;
use crate::language::Language;
use crate::markup::escaped;

/// How many a document names: the gravest. The rest is a number, and stands in the JSON.
pub const SHOWN: usize = 8;

/// The sentences, and how many more there are where `most` do not hold all.
#[must_use]
pub fn sentences(regressions: &[Regression], most: usize, language: Language) -> Vec<String> {
    // A line that says "1 more" could say what that one is.
    let shown = if regressions.len() > most { most.saturating_sub(1) } else { regressions.len() };
    let mut sentences: Vec<String> =
        regressions.iter().take(shown).map(|regression| language.regression(regression)).collect();
    if let Some(more) = regressions.len().checked_sub(shown).filter(|&more| more > 0) {
        sentences.push((language.words().and_more)(&count(more as u64)));
    }
    sentences
}

/// For a terminal; nothing where nothing got worse.
#[must_use]
pub fn text(regressions: &[Regression], language: Language) -> String {
    list(regressions, language, |heading| format!("{heading}\n"), |line| format!("  ▲ {line}\n"))
}

/// For a pull request.
#[must_use]
pub fn markdown(regressions: &[Regression], language: Language) -> String {
    list(
        regressions,
        language,
        |heading| format!("**▲ {heading}**\n\n"),
        |line| format!("- {}\n", escaped(line)),
    )
}

/// For the page, where it cannot run.
#[must_use]
pub fn html(regressions: &[Regression], language: Language) -> String {
    if regressions.is_empty() {
        return String::new();
    }
    let mut html = format!("<div class=\"worse\">\n<h2>{}</h2>\n<ul>\n", language.words().got_worse);
    for sentence in sentences(regressions, SHOWN, language) {
        let _ = writeln!(html, "<li>{}</li>", escape(&unbroken(&sentence)));
    }
    html.push_str("</ul>\n</div>\n");
    html
}

fn list(
    regressions: &[Regression],
    language: Language,
    heading: fn(&str) -> String,
    line: fn(&str) -> String,
) -> String {
    if regressions.is_empty() {
        return String::new();
    }
    let mut text = heading(language.words().got_worse);
    text.extend(sentences(regressions, SHOWN, language).iter().map(|sentence| line(sentence)));
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::regressions::RegressionKind;

    use super::*;

    fn unhealthy(services: usize) -> Vec<Regression> {
        let regression =
            |at| Regression { service: Some(format!("<s|{at}>")), kind: RegressionKind::Unhealthy };
        (1..=services).map(regression).collect()
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        for render in [text, markdown, html] {
            assert_eq!(render(&[], Language::English), "");
        }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let check = |services, most, expected: &[&str]| {
            assert_eq!(sentences(&unhealthy(services), most, Language::English), expected);
        };
        check(2, 2, &["<s|1>: unhealthy", "<s|2>: unhealthy"]);
        check(3, 2, &["<s|1>: unhealthy", "2 more"]);
        check(0, 2, &[]);
    }

    #[test]
    fn names_stay_text() {
        let found = unhealthy(1);
        assert_eq!(text(&found, Language::English), "What got worse\n  ▲ <s|1>: unhealthy\n\n");
        assert_eq!(
            markdown(&found, Language::Spanish),
            "**▲ Qué ha empeorado**\n\n- `<s\\|1>`: no está sano\n\n"
        );
        assert!(html(&found, Language::English).contains("<li>&lt;s|1&gt;: unhealthy</li>"));
    }
}
