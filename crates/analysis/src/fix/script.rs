//! The commands and words of a `RUN`, each with its place in the file.
//!
//! Edits insert and remove at these places, so everything else stays as it was written: comments, line breaks, quotes.

use std::ops::Range;

/// A `RUN` in shell form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Script {
    /// Its options: `--mount=…`.
    pub(super) options: Vec<Word>,
    /// Its commands, in the order of the file.
    pub(super) commands: Vec<Command>,
    /// Where the first command begins.
    pub(super) start: usize,
    /// Where the last one ends.
    pub(super) end: usize,
    /// Whether a command can be added at the end.
    pub(super) can_append: bool,
    /// Whether its lines are those of a here-document: a shell reads them, and not the reader of the Dockerfile.
    pub(super) is_here_document: bool,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
    /// What separates it from the command before.
    pub(super) after: Separator,
    /// Whether it stands in a group, a loop or a condition.
    pub(super) is_nested: bool,
}

/// A word as it is written, without line breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

/// What stands before a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Separator {
    /// Nothing: it is the first.
    Start,
    /// `&&`.
    And,
    /// `;`.
    Semicolon,
    /// `|`, `||`, `&`, a parenthesis or a keyword.
    Other,
}

impl Command {
    /// Where it lies in the file.
    pub(super) fn range(&self) -> Range<usize> {
        let start = self.words.first().map_or(0, |word| word.range.start);
        start..self.words.last().map_or(start, |word| word.range.end)
    }

    /// Its words in one line.
    pub(super) fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Its words without those that only prepare its call: `VAR=value`, `sudo`, `env`.
    pub(super) fn called(&self) -> &[Word] {
        let is_before = |word: &&Word| {
            let assigns = word.text.split_once('=').is_some_and(|(name, _)| {
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            });
            assigns || ["sudo", "env", "exec", "time", "command", "nice"].contains(&word.text.as_str())
        };
        let before = self.words.iter().take_while(is_before).count();
        &self.words[before..]
    }
}

/// A character of the script, and where it is.
type Placed = (usize, char);

/// Takes a `RUN` apart. `text` is the file and `range` the instruction. `None` for a list in JSON, a here-document that is
/// only a part of the instruction or is read by another interpreter, a comment between words, and an unclosed quote or group.
pub(super) fn parse(text: &str, range: Range<usize>, escape: char) -> Option<Script> {
    let range_end = range.end;
    let characters = logical(text, range, escape);
    let mut at = skip_blank(&characters, 0);
    // The keyword.
    at = (at..characters.len()).find(|&at| characters[at].1.is_whitespace())?;
    let mut options = Vec::new();
    loop {
        at = skip_blank(&characters, at);
        let rest = &characters[at..];
        if !(rest.len() > 2 && rest[0].1 == '-' && rest[1].1 == '-') {
            break;
        }
        let end = (at..characters.len()).find(|&at| characters[at].1.is_whitespace())?;
        options.push(word(&characters[at..end]));
        at = end;
    }
    let written: String = characters[at..].iter().map(|(_, character)| *character).collect();
    let is_list = written.starts_with('[') && serde_json::from_str::<Vec<String>>(written.trim()).is_ok();
    if written.contains("<<") {
        return commands(&here_document(text, characters.get(at)?.0, range_end)?, options)
            .map(|script| Script { is_here_document: true, ..script });
    }
    if is_list || written.trim().is_empty() {
        return None;
    }
    commands(&characters[at..], options)
}

/// The commands of a here-document that is the whole of an instruction: `RUN <<EOF`. Its lines are joined as by `;`.
fn here_document(text: &str, start: usize, end: usize) -> Option<Vec<Placed>> {
    let whole = text.get(start..end)?;
    let (opening, body) = whole.split_once('\n')?;
    let delimiter = opening.trim().strip_prefix("<<")?;
    let (delimiter, strips_tabs) = match delimiter.strip_prefix('-') {
        Some(delimiter) => (delimiter, true),
        None => (delimiter, false),
    };
    let quoted = ['"', '\''].into_iter().find_map(|quote| delimiter.strip_prefix(quote)?.strip_suffix(quote));
    let delimiter = quoted.unwrap_or(delimiter);
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if !is_name(delimiter) {
        return None;
    }
    let mut characters = Vec::new();
    let mut at = start + opening.len() + 1;
    for (number, line) in body.split_inclusive('\n').enumerate() {
        let begin = at;
        at += line.len();
        let said = line.trim_end_matches(['\n', '\r']);
        let bare = if strips_tabs { said.trim_start_matches('\t') } else { said };
        if bare == delimiter {
            // Nothing follows it.
            while characters.last().is_some_and(|(_, last)| *last == ';') {
                characters.pop();
            }
            return (at >= end).then_some(characters);
        }
        // Another interpreter reads it.
        let is_other = number == 0
            && said.starts_with("#!")
            && !["sh", "bash", "ash", "dash"].iter().any(|shell| said.trim_end().ends_with(shell));
        if is_other || said.contains("<<") {
            return None;
        }
        if said.trim_start().starts_with('#') || said.trim().is_empty() {
            continue;
        }
        let (said, joint) = match said.strip_suffix('\\') {
            Some(said) => (said, None),
            None => (said, Some((begin + said.len(), ';'))),
        };
        characters.extend(said.char_indices().map(|(at, character)| (begin + at, character)));
        characters.extend(joint);
    }
    None
}

/// The characters of an instruction without continuations and the comments between its lines.
fn logical(text: &str, range: Range<usize>, escape: char) -> Vec<Placed> {
    let mut characters = Vec::new();
    let mut start = range.start;
    for line in text[range].split_inclusive('\n') {
        let (begin, trimmed) = (start, line.trim_end_matches(['\n', '\r', ' ', '\t']));
        start += line.len();
        let is_comment =
            !characters.is_empty() && (trimmed.trim_start().starts_with('#') || trimmed.trim().is_empty());
        if is_comment {
            continue;
        }
        let said = trimmed.strip_suffix(escape).unwrap_or(trimmed);
        characters.extend(said.char_indices().map(|(at, character)| (begin + at, character)));
    }
    characters
}

fn skip_blank(characters: &[Placed], from: usize) -> usize {
    (from..characters.len()).find(|&at| !characters[at].1.is_whitespace()).unwrap_or(characters.len())
}

fn word(characters: &[Placed]) -> Word {
    let (start, end) = (characters[0], characters[characters.len() - 1]);
    Word {
        text: characters.iter().map(|(_, character)| *character).collect(),
        range: start.0..end.0 + end.1.len_utf8(),
    }
}

/// Words that begin a command, or end one, without being one.
const OPENING: [&str; 8] = ["if", "while", "until", "for", "case", "{", "!", "select"];
const BETWEEN: [&str; 4] = ["then", "else", "elif", "do"];
const CLOSING: [&str; 4] = ["fi", "done", "esac", "}"];

struct Commands {
    done: Vec<Command>,
    words: Vec<Word>,
    after: Separator,
    nesting: usize,
    /// Whether the last thing was an operator that needs a command behind it.
    is_open: bool,
}

impl Commands {
    fn push(&mut self, characters: &[Placed]) {
        if characters.is_empty() {
            return;
        }
        let word = word(characters);
        self.is_open = false;
        if self.words.is_empty() {
            let text = word.text.as_str();
            if OPENING.contains(&text) || BETWEEN.contains(&text) {
                self.nesting += usize::from(OPENING.contains(&text) && text != "!");
                self.after = Separator::Other;
                self.is_open = true;
                return;
            }
            if CLOSING.contains(&text) {
                self.nesting = self.nesting.saturating_sub(1);
                self.after = Separator::Other;
                // What follows it is a redirection, or nothing.
                self.words.push(word);
                self.end(Separator::Other);
                return;
            }
        }
        self.words.push(word);
    }

    fn end(&mut self, next: Separator) {
        if !self.words.is_empty() {
            let words = std::mem::take(&mut self.words);
            self.done.push(Command { words, after: self.after, is_nested: self.nesting > 0 });
            self.after = next;
        } else if next != Separator::Semicolon {
            self.after = Separator::Other;
        }
    }
}

fn commands(characters: &[Placed], options: Vec<Word>) -> Option<Script> {
    let mut found =
        Commands { done: Vec::new(), words: Vec::new(), after: Separator::Start, nesting: 0, is_open: false };
    let (mut start, mut at) = (0, 0);
    let next_is = |at: usize, wanted: char| characters.get(at + 1).is_some_and(|(_, next)| *next == wanted);
    let mut can_append = true;
    while at < characters.len() {
        let character = characters[at].1;
        let is_word_start = at == start;
        match character {
            '#' if is_word_start => return None,
            '\\' => at += 1,
            '\'' | '"' | '`' => at = closing(characters, at)?,
            '$' if next_is(at, '(') || next_is(at, '{') => at = closing(characters, at + 1)?,
            _ if character.is_whitespace() => {
                found.push(&characters[start..at]);
                start = at + 1;
            }
            '&' | '|' | ';' | '(' | ')' => {
                // `2>&1` and `&>` redirect.
                let redirects =
                    character == '&' && (at > 0 && characters[at - 1].1 == '>' || next_is(at, '>'));
                if redirects {
                    at += 1;
                    continue;
                }
                found.push(&characters[start..at]);
                let is_double = next_is(at, character) && !matches!(character, '(' | ')');
                let next = match (character, is_double) {
                    ('&', true) => Separator::And,
                    (';', false) => Separator::Semicolon,
                    _ => Separator::Other,
                };
                found.end(next);
                match character {
                    '(' => found.nesting += 1,
                    ')' => found.nesting = found.nesting.saturating_sub(1),
                    _ => {}
                }
                found.is_open = !matches!((character, is_double), (';' | ')', _) | ('&', false));
                can_append = !matches!((character, is_double), ('&', false));
                at += usize::from(is_double);
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    found.push(characters.get(start..)?);
    if !found.words.is_empty() {
        can_append = true;
    }
    found.end(Separator::Other);
    let first = characters.get(skip_blank(characters, 0))?;
    let last = characters.iter().rev().find(|(_, character)| !character.is_whitespace())?;
    let ends_with_separator = matches!(last.1, ';' | '&' | '|');
    // Nothing runs behind these.
    let ends = found.done.iter().any(|command| {
        !command.is_nested && matches!(command.words[0].text.as_str(), "exit" | "exec" | "return")
    });
    (!found.is_open && !found.done.is_empty()).then(|| Script {
        options,
        commands: found.done,
        start: first.0,
        end: last.0 + last.1.len_utf8(),
        can_append: can_append && !ends && !ends_with_separator && found.nesting == 0,
        is_here_document: false,
    })
}

/// Where the quotation or group that begins here ends.
fn closing(characters: &[Placed], from: usize) -> Option<usize> {
    let open = characters[from].1;
    let end = match open {
        '(' => ')',
        '{' => '}',
        other => other,
    };
    let mut at = from + 1;
    while at < characters.len() {
        let character = characters[at].1;
        if character == end {
            return Some(at);
        }
        let nests = match character {
            '\\' if open != '\'' => {
                at += 2;
                continue;
            }
            '\'' => open != '"' && open != '\'' && open != '`',
            '"' | '`' => open != '\'' && character != open,
            '(' => open == '(',
            '$' if open != '\''
                && characters.get(at + 1).is_some_and(|(_, next)| matches!(next, '(' | '{')) =>
            {
                at = closing(characters, at + 1)? + 1;
                continue;
            }
            _ => false,
        };
        at = if nests { closing(characters, at)? + 1 } else { at + 1 };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Option<Script> {
        parse(text, 0..text.len(), '\\')
    }

    fn commands_of(text: &str) -> Vec<String> {
        script(text).unwrap().commands.iter().map(Command::text).collect()
    }

    #[test]
    fn commands_are_found_with_their_places() {
        let text = "RUN --mount=type=cache,target=/c \\\n    set -eux; \\\n    # why\n    apt-get update && apt-get install -y \\\n      gcc \\\n      curl";
        let script = script(text).unwrap();
        assert_eq!(script.options[0].text, "--mount=type=cache,target=/c");
        let texts: Vec<_> = script.commands.iter().map(Command::text).collect();
        assert_eq!(texts, ["set -eux", "apt-get update", "apt-get install -y gcc curl"]);
        for command in &script.commands {
            for word in &command.words {
                assert_eq!(&text[word.range.clone()], word.text);
            }
        }
        assert_eq!(&text[script.start..script.start + 3], "set");
        assert_eq!(script.end, text.len());
        assert!(script.can_append);
        assert_eq!(
            script.commands.iter().map(|command| command.after).collect::<Vec<_>>(),
            [Separator::Start, Separator::Semicolon, Separator::And]
        );
    }

    #[test]
    fn shell_is_read_as_shells_do() {
        assert_eq!(commands_of("RUN a 'b && c' \"d; $(e f)\" && g"), ["a 'b && c' \"d; $(e f)\"", "g"]);
        assert_eq!(commands_of("RUN if [ -f a ]; then b; fi && c"), ["[ -f a ]", "b", "fi", "c"]);
        assert_eq!(commands_of("RUN a 2>&1 | tee b || true"), ["a 2>&1", "tee b", "true"]);
        assert_eq!(commands_of("RUN (cd a && b) && c"), ["cd a", "b", "c"]);
        assert_eq!(commands_of("RUN x=$(a | b) c"), ["x=$(a | b) c"]);
        let nested = script("RUN for x in a b; do c; done && d").unwrap();
        assert_eq!(
            nested.commands.iter().map(|command| command.is_nested).collect::<Vec<_>>(),
            [true, true, false, false]
        );
        assert!(!script("RUN a &").unwrap().can_append);
        assert!(!script("RUN a;").unwrap().can_append);
        assert!(!script("RUN a; exit 0").unwrap().can_append);
    }

    #[test]
    fn here_documents_are_lines_of_commands() {
        let text = "RUN --mount=type=tmpfs,target=/t <<-'EOF'\n\tset -e\n\t# why\n\tif a; then\n\t  b \\\n\t    c\n\tfi\n\td && e\n\tEOF";
        let script = script(text).unwrap();
        assert_eq!(script.options.len(), 1);
        let texts: Vec<_> = script.commands.iter().map(Command::text).collect();
        assert_eq!(texts, ["set -e", "a", "b c", "fi", "d", "e"]);
        assert_eq!(&text[script.commands[4].range()], "d");
        assert_eq!(&text[script.end - 1..], "e\n\tEOF");
        assert!(script.can_append && script.is_here_document);
        assert_eq!(script.commands[4].after, Separator::Other);
    }

    #[test]
    fn what_cannot_be_taken_apart_is_left() {
        for text in [
            "RUN [\"a\", \"b\"]",
            "RUN <<EOF\na",
            "RUN <<EOF\n#!/usr/bin/python3\na\nEOF",
            "RUN bash <<EOF\na\nEOF",
            "RUN <<EOF cat\na\nEOF",
            "RUN <<EOF\ncat <<X\na\nX\nEOF",
            "RUN a # b",
            "RUN a 'b",
            "RUN a $(b",
            "RUN a &&",
            "RUN ",
        ] {
            assert_eq!(script(text), None, "{text}");
        }
    }
}
