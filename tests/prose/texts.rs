//! Finds the texts of the repository, and takes the code out of them.

use std::fs;
use std::path::Path;
use std::process::Command;

use plimsoll_tests::root;

/// Files that are data, made by a program, or of other authors.
const DATA: &[&str] = &["fuzz/seeds/", "tests/axe/", "tests/images/", "tests/memory/", "tests/recordings/"];
/// Files that quote the words to avoid.
const QUOTES: &[&str] = &["docs/style.md", "tests/prose/"];
/// Files whose string literals a person reads.
const LITERALS: &[&str] =
    &["crates/cli/src/commands/", "crates/cli/src/arguments.rs", "crates/report/src/language/"];

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Spanish,
}

/// The prose of one file.
pub(crate) struct Text {
    /// The path from the root of the repository.
    pub(crate) path: String,
    pub(crate) language: Language,
    /// The prose alone: inline code is `…`, and a line break within a paragraph is a space.
    pub(crate) plain: String,
    /// Where each line of the file begins in `plain`: offset and line number.
    lines: Vec<(usize, usize)>,
}

impl Text {
    fn new(path: &str, language: Language) -> Self {
        Self { path: path.to_owned(), language, plain: String::new(), lines: Vec::new() }
    }

    /// The line of the file that an offset in `plain` belongs to.
    pub(crate) fn line(&self, offset: usize) -> usize {
        let next = self.lines.partition_point(|(start, _)| *start <= offset);
        next.checked_sub(1).map_or(1, |index| self.lines[index].1)
    }

    fn push(&mut self, number: usize, line: &str) {
        self.lines.push((self.plain.len(), number));
        self.plain.push_str(line.trim());
        self.plain.push(' ');
    }

    /// Ends a paragraph, so that no phrase spans two.
    fn end(&mut self) {
        if !self.plain.ends_with('\n') {
            self.plain.push('\n');
        }
    }
}

/// The texts of every file in the index of git.
pub(crate) fn tracked() -> Vec<Text> {
    let output = Command::new("git").arg("ls-files").current_dir(root()).output().expect("git is installed");
    let files = String::from_utf8(output.stdout).unwrap();
    let is_prose = |path: &&str| !DATA.iter().chain(QUOTES).any(|start| path.starts_with(start));
    files.lines().filter(is_prose).flat_map(texts_of).collect()
}

fn texts_of(path: &str) -> Vec<Text> {
    let read = || fs::read_to_string(root().join(path)).unwrap_or_default();
    match Path::new(path).extension().and_then(|extension| extension.to_str()) {
        Some("md") => vec![markdown(path, &read())],
        Some("rs") => {
            let source = read();
            let mut texts = vec![comments(path, &source)];
            if LITERALS.iter().any(|start| path.starts_with(start)) {
                texts.push(literals(path, &source));
            }
            texts
        }
        _ => Vec::new(),
    }
}

fn markdown(path: &str, source: &str) -> Text {
    let mut text = Text::new(path, Language::English);
    let mut is_code = false;
    for (number, line) in (1..).zip(source.lines()) {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        let is_item = line.trim_start().starts_with(['|', '-', '#']);
        if is_fence || is_item || line.trim().is_empty() {
            text.end();
        }
        if !is_fence && !is_code && !line.starts_with("    ") {
            text.push(number, &without_code(line));
        }
    }
    text
}

fn comments(path: &str, source: &str) -> Text {
    let mut text = Text::new(path, Language::English);
    for (number, line) in (1..).zip(source.lines()) {
        let line = line.trim_start();
        match line.strip_prefix("//").map(|comment| comment.trim_start_matches(['!', '/'])) {
            Some(comment) if !comment.trim().is_empty() => text.push(number, &without_code(comment)),
            _ => text.end(),
        }
    }
    text
}

/// The string literals of a source file, without its tests. One per paragraph.
fn literals(path: &str, source: &str) -> Text {
    let is_spanish = path.contains("/es/") || path.ends_with("/es.rs");
    let mut text = Text::new(path, if is_spanish { Language::Spanish } else { Language::English });
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    let mut literal: Option<String> = None;
    for (number, line) in (1..).zip(source.lines()) {
        let line = line.trim_start();
        if literal.is_none() && line.starts_with("//") {
            continue;
        }
        let mut escaped = false;
        let mut before = ' ';
        for character in line.chars() {
            match &mut literal {
                Some(_) if character == '"' && !escaped => {
                    text.push(number, &without_code(&literal.take().unwrap_or_default()));
                    text.end();
                }
                Some(content) => content.push(character),
                None if character == '"' && before != '\'' => literal = Some(String::new()),
                None => {}
            }
            escaped = character == '\\' && !escaped;
            before = character;
        }
        if let Some(content) = &mut literal {
            // A backslash at the end of a line continues the literal.
            content.truncate(content.trim_end_matches('\\').len());
            content.push(' ');
        }
    }
    text
}

/// A text with `…` for each piece of code in backquotes, and without the targets of links.
fn without_code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, piece) in text.split('`').enumerate() {
        out.push_str(if index % 2 == 0 { piece } else { "…" });
    }
    while let Some(start) = out.find("](") {
        let end = out[start..].find(')').map_or(out.len(), |end| start + end + 1);
        out.replace_range(start..end, " ");
    }
    out
}
