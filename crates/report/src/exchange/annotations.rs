//! Annotations of GitHub Actions (GitHub, "Workflow commands"): lines that the log turns into notes beside a file.

use plimsoll_analysis::findings::{Confidence, Severity, StackAdvice};

use super::Place;
use super::issue::issues;
use crate::language::Language;

/// How much an annotation matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It fails a build.
    Error,
    /// It may fail one.
    Warning,
    /// Good to know.
    Notice,
}

/// An annotation, as a line of the log.
#[must_use]
pub fn annotation(level: Level, place: Option<(&str, u32)>, title: &str, message: &str) -> String {
    let level = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "notice",
    };
    let place = place.map(|(file, line)| format!("file={},line={line},", property(file))).unwrap_or_default();
    format!("::{level} {place}title={}::{}\n", property(title), escaped(message))
}

/// One annotation for each finding. Without a Dockerfile, they have no place.
#[must_use]
pub fn findings(advice: &StackAdvice, place: Place<'_>, language: Language) -> String {
    let line = |issue: &super::issue::Issue<'_>| {
        let level = match (issue.finding.confidence, issue.finding.severity) {
            (Confidence::Low, _) | (_, Severity::Low) => Level::Notice,
            (_, Severity::Medium | Severity::High) => Level::Warning,
        };
        let place = place(&issue.finding.service).map(|path| (path, issue.line));
        let place = place.as_ref().map(|(path, line)| (path.as_str(), *line));
        annotation(level, place, &issue.title, &issue.message)
    };
    issues(advice, place, language).iter().map(line).collect()
}

/// Text of a workflow command.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_is_one_command() {
        assert_eq!(
            annotation(Level::Error, Some(("a,b:c", 7)), "Plimsoll", "5 %\n::set-output name=x::y"),
            "::error file=a%2Cb%3Ac,line=7,title=Plimsoll::5 %25%0A::set-output name=x::y\n"
        );
        assert_eq!(annotation(Level::Notice, None, "a::b", "x"), "::notice title=a%3A%3Ab::x\n");
    }
}
