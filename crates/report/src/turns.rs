//! What got worse and what got better, as every document shows it: side by side, right under its headline.

use std::fmt::Write as _;

use plimsoll_analysis::Changes;

use crate::format::{count, unbroken};
use crate::html::escape;
use crate::language::Language;
use crate::markup::escaped;

/// How many of each a document names: those that matter most. The rest is a number, and stands in the JSON.
pub const SHOWN: usize = 5;

/// The two lists. Good news must not hide bad news, so what got worse comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeDirection {
    /// What got worse.
    Worse,
    /// What got better.
    Better,
}

impl ChangeDirection {
    /// In the order of a document.
    pub const ALL: [Self; 2] = [Self::Worse, Self::Better];

    /// The heading of the list.
    #[must_use]
    pub fn heading(self, language: Language) -> &'static str {
        match self {
            Self::Worse => language.words().got_worse,
            Self::Better => language.words().got_better,
        }
    }

    /// The name in addresses, attributes and classes.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
        }
    }

    /// The mark before each line: a form, for those who see no colour.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Worse => "▲",
            Self::Better => "▼",
        }
    }

    /// A sentence for each thing that changed this way.
    fn all(self, changes: &Changes, language: Language) -> Vec<String> {
        match self {
            Self::Worse => changes.regressions.iter().map(|one| language.regression(one)).collect(),
            Self::Better => changes.improvements.iter().map(|one| language.improvement(one)).collect(),
        }
    }

    /// The sentences, and how many more there are where `most` do not hold all.
    #[must_use]
    pub fn sentences(self, changes: &Changes, most: usize, language: Language) -> Vec<String> {
        let mut sentences = self.all(changes, language);
        if sentences.len() > most {
            // A line that says "1 more" could say what that one is.
            let more = sentences.split_off(most.saturating_sub(1)).len();
            sentences.push((language.words().and_more)(&count(more as u64)));
        }
        sentences
    }
}

/// For a terminal; nothing where nothing changed either way.
#[must_use]
pub fn text(changes: &Changes, language: Language) -> String {
    lists(
        changes,
        language,
        |_, heading| format!("{heading}\n"),
        |turn, line| format!("  {} {line}\n", turn.mark()),
    )
}

/// For a pull request.
#[must_use]
pub fn markdown(changes: &Changes, language: Language) -> String {
    lists(
        changes,
        language,
        |turn, heading| format!("**{} {heading}**\n\n", turn.mark()),
        |_, line| format!("- {}\n", escaped(line)),
    )
}

/// For the page, where it cannot run.
#[must_use]
pub fn html(changes: &Changes, language: Language) -> String {
    let mut html = String::new();
    for turn in ChangeDirection::ALL {
        let sentences = turn.sentences(changes, SHOWN, language);
        if sentences.is_empty() {
            continue;
        }
        let _ = write!(html, "<div class=\"{}\">\n<h2>{}</h2>\n<ul>\n", turn.key(), turn.heading(language));
        for sentence in sentences {
            let _ = writeln!(html, "<li>{}</li>", escape(&unbroken(&sentence)));
        }
        html.push_str("</ul>\n</div>\n");
    }
    if html.is_empty() { html } else { format!("<div class=\"turns\">\n{html}</div>\n") }
}

fn lists(
    changes: &Changes,
    language: Language,
    heading: fn(ChangeDirection, &str) -> String,
    line: fn(ChangeDirection, &str) -> String,
) -> String {
    let mut text = String::new();
    for turn in ChangeDirection::ALL {
        let sentences = turn.sentences(changes, SHOWN, language);
        if sentences.is_empty() {
            continue;
        }
        text.push_str(&heading(turn, turn.heading(language)));
        text.extend(sentences.iter().map(|sentence| line(turn, sentence)));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::improvements::{Improvement, ImprovementKind};
    use plimsoll_analysis::regressions::{Regression, RegressionKind};
    use plimsoll_snapshot::Snapshot;

    use super::*;

    fn changes(worse: usize, better: usize) -> Changes {
        let regression =
            |at| Regression { service: Some(format!("<s|{at}>")), kind: RegressionKind::Unhealthy };
        let improvement =
            |at| Improvement { service: Some(format!("<s|{at}>")), kind: ImprovementKind::Healthy };
        Changes {
            regressions: (1..=worse).map(regression).collect(),
            improvements: (1..=better).map(improvement).collect(),
            ..Changes::between(&Snapshot::default(), &Snapshot::default())
        }
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        for render in [text, markdown, html] {
            assert_eq!(render(&changes(0, 0), Language::English), "");
        }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let check = |services, most, expected: &[&str]| {
            assert_eq!(
                ChangeDirection::Worse.sentences(&changes(services, 9), most, Language::English),
                expected
            );
        };
        check(2, 2, &["<s|1>: unhealthy", "<s|2>: unhealthy"]);
        check(3, 2, &["<s|1>: unhealthy", "2 more"]);
        check(0, 2, &[]);
        let better = ChangeDirection::Better.sentences(&changes(0, 3), 2, Language::English);
        assert_eq!(better, ["<s|1>: healthy (before: unhealthy)", "2 more"]);
    }

    #[test]
    fn both_lists_have_their_place_and_names_stay_text() {
        let both = changes(1, 1);
        assert_eq!(
            text(&both, Language::English),
            "What got worse\n  ▲ <s|1>: unhealthy\n\nWhat got better\n  ▼ <s|1>: healthy (before: unhealthy)\n\n"
        );
        assert_eq!(
            markdown(&both, Language::Spanish),
            "**▲ Qué ha empeorado**\n\n- `<s\\|1>`: no está sano\n\n\
             **▼ Qué ha mejorado**\n\n- `<s\\|1>`: sano (antes no lo estaba)\n\n"
        );
        let html = html(&both, Language::English);
        assert!(html.contains("<li>&lt;s|1&gt;: unhealthy</li>"));
        assert!(html.contains("<div class=\"better\">"));
    }
}
