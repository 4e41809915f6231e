//! The brief as Markdown, for a mail or a wiki.

use std::fmt::Write as _;

use super::Part;
use crate::format::unbroken;
use crate::markup::escaped;

/// The brief under its verdict.
#[must_use]
pub fn brief(verdict: &str, parts: &[Part]) -> String {
    let mut text = format!("**{}**\n", escaped(verdict));
    for part in parts {
        let _ = writeln!(text, "\n## {}\n", part.title);
        for line in &part.lines {
            let figure = line.figure.as_ref().map(|figure| format!(": **{}**", escaped(&unbroken(figure))));
            let _ = writeln!(
                text,
                "- {} {}{}",
                line.tone.mark(),
                escaped(&line.text),
                figure.unwrap_or_default()
            );
        }
    }
    text
}
