//! Reads the instructions of a Dockerfile as BuildKit does (`frontend/dockerfile/parser/parser.go`).

mod heredoc;

use plimsoll_snapshot::{BuildFile, BuildInstruction};

use self::heredoc::{HereDocument, here_documents};
use crate::redact;

/// The instructions that there are.
const KEYWORDS: [&str; 18] = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];

/// The instructions of a Dockerfile, and what is wrong with it. What follows the first mistake is not read.
#[must_use]
pub fn read_dockerfile(name: &str, text: &str) -> (BuildFile, Option<String>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut build = BuildFile { name: name.to_owned(), ..BuildFile::default() };
    let mut lines = Lines {
        lines: text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect(),
        next: 0,
    };
    let escape = lines.escape();
    let mut stage = None;
    while let Some(written) = lines.logical(escape) {
        let (keyword, arguments) = match checked(&written.text) {
            Ok(instruction) => instruction,
            Err(reason) => return (build, Some(problem(name, written.first, &reason))),
        };
        if stage.is_none() && !["ARG", "FROM"].contains(&keyword.as_str()) {
            return (
                build,
                Some(problem(name, written.first, &format!("`{keyword}` before the first `FROM`"))),
            );
        }
        let documents =
            if can_have_documents(&keyword, arguments) { here_documents(&written.text) } else { Vec::new() };
        let mut arguments = arguments.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut last = written.last;
        if !documents.is_empty() {
            for document in &documents {
                if !lines.pass(document) {
                    let reason = format!("the here-document `{}` is not closed", redact::text(&document.end));
                    return (build, Some(problem(name, written.first, &reason)));
                }
            }
            last = lines.next - 1;
            arguments = as_written(&lines.lines[written.first..=last], &keyword);
        }
        if keyword == "FROM" {
            stage = Some(stage.map_or(0, |stage| stage + 1));
        }
        build.instructions.push(BuildInstruction {
            line: number(written.first),
            end_line: number(last),
            text: redact::instruction(format!("{keyword} {arguments}").trim_end()),
            keyword,
            stage,
        });
    }
    let problem = stage.is_none().then(|| format!("`{name}` has no `FROM`"));
    (build, problem)
}

fn problem(name: &str, line: usize, reason: &str) -> String {
    format!("`{name}`, line {}: {}", number(line), redact::text(reason))
}

/// The number of a line, from 1.
fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

/// The keyword in capitals and what follows it, or what is wrong.
fn checked(text: &str) -> Result<(String, &str), String> {
    let (keyword, arguments) = split(text);
    let capitals = keyword.to_ascii_uppercase();
    if !KEYWORDS.contains(&capitals.as_str()) {
        return Err(format!("`{}` is not an instruction", redact::text(keyword)));
    }
    // `CMD` and `ENTRYPOINT` may take back what the base says.
    if arguments.is_empty() && !["CMD", "ENTRYPOINT"].contains(&capitals.as_str()) {
        return Err(format!("`{capitals}` needs an argument"));
    }
    if capitals == "ONBUILD" {
        let inner = split(arguments).0.to_ascii_uppercase();
        if ["ONBUILD", "FROM", "MAINTAINER"].contains(&inner.as_str()) {
            return Err(format!("`ONBUILD {inner}` is not allowed"));
        }
    }
    Ok((capitals, arguments))
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(keyword, rest)| (keyword, rest.trim_start()))
}

/// Here-documents follow `ADD`, `COPY` and `RUN`, unless the arguments are a JSON list.
fn can_have_documents(keyword: &str, arguments: &str) -> bool {
    match keyword {
        "ADD" | "COPY" | "RUN" => {
            let mut rest = arguments;
            while rest.starts_with("--") {
                rest = split(rest).1;
            }
            !(rest.starts_with('[') && serde_json::from_str::<Vec<String>>(rest.trim()).is_ok())
        }
        "ONBUILD" => {
            let (inner, arguments) = split(arguments);
            can_have_documents(&inner.to_ascii_uppercase(), arguments)
        }
        _ => false,
    }
}

/// What lines say behind the keyword, line breaks and all.
fn as_written(lines: &[&str], keyword: &str) -> String {
    let text = lines.join("\n");
    let behind = text.trim_start().get(keyword.len()..).unwrap_or_default();
    behind.trim().to_owned()
}

struct Lines<'a> {
    lines: Vec<&'a str>,
    next: usize,
}

/// Lines that continue each other, without comments and continuations.
struct Logical {
    text: String,
    /// The indexes of the first and the last line that say something.
    first: usize,
    last: usize,
}

impl<'a> Lines<'a> {
    fn take(&mut self) -> Option<(usize, &'a str)> {
        let line = self.lines.get(self.next)?;
        self.next += 1;
        Some((self.next - 1, line))
    }

    /// The character that continues a line: the directive `escape` may say that it is a backtick. Directives are comments
    /// of the form `# NAME=VALUE` before anything else.
    fn escape(&self) -> char {
        let directives = self.lines.iter().map_while(|line| {
            let (name, value) = line.trim_start().strip_prefix('#')?.split_once('=')?;
            let name = name.trim();
            let is_name = name.starts_with(|sign: char| sign.is_ascii_alphabetic())
                && name.chars().all(|sign| sign.is_ascii_alphanumeric());
            is_name.then_some((name, value.trim()))
        });
        let mut escapes = directives.filter(|(name, _)| name.eq_ignore_ascii_case("escape"));
        if escapes.next().is_some_and(|(_, value)| value == "`") { '`' } else { '\\' }
    }

    /// The next lines that continue each other.
    fn logical(&mut self, escape: char) -> Option<Logical> {
        loop {
            let (first, line) = self.take()?;
            let line = line.trim_start();
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let (start, mut continues) = continuation(line, escape);
            let mut logical = Logical { text: start.to_owned(), first, last: first };
            while continues {
                let Some((index, line)) = self.take() else { break };
                // Comments and empty lines do not end an instruction.
                if line.trim_start().starts_with('#') || line.trim().is_empty() {
                    continue;
                }
                let (piece, goes_on) = continuation(line, escape);
                logical.text.push_str(piece);
                (logical.last, continues) = (index, goes_on);
            }
            if !logical.text.trim().is_empty() {
                return Some(logical);
            }
        }
    }

    /// Passes a here-document; whether it is closed.
    fn pass(&mut self, document: &HereDocument) -> bool {
        while let Some((_, line)) = self.take() {
            if document.ends_with(line) {
                return true;
            }
        }
        false
    }
}

/// A line without the character that continues it, and whether it had one. Two of them are a character.
fn continuation(line: &str, escape: char) -> (&str, bool) {
    let without_blanks = line.trim_end_matches([' ', '\t']);
    match without_blanks.strip_suffix(escape) {
        Some(rest) if !rest.ends_with(escape) => (rest, true),
        _ => (line, false),
    }
}

#[cfg(test)]
mod tests;
