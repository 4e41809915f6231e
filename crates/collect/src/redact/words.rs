//! Splits a text into commands and words, once for all passes: as a shell does, as lists in JSON do, and with the text
//! of a quoted word as separate commands, since it may be a script.

use std::collections::VecDeque;
use std::ops::Range;

use plimsoll_snapshot::Order as _;

use super::look::{self, is_alone, is_space};
use super::marks::BETWEEN;
use super::script::{Command, Escapes, Script, Word};
use super::twins::Twins;

/// How deep quoted text is looked into.
const DEEPEST: usize = 4;

/// Where a word that follows `<`, `<<` or `>` goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Word,
    Input,
    HereString,
    HereDocument,
    Output,
}

impl Script {
    pub(super) fn of(text: &str) -> Self {
        let (words, commands, quoted) = (Vec::new(), Vec::new(), Vec::new());
        let (groups, data, twins) = (Vec::new(), Vec::new(), Twins::of(text));
        let script = Self { twins, words, commands, quoted, groups, data };
        Splitter { text, script, inner: VecDeque::new() }.split()
    }
}

/// A text that stands in a word, and the command of the word.
struct Inner {
    range: Range<usize>,
    depth: usize,
    outer: Option<usize>,
    escapes: Escapes,
}

struct Splitter<'a> {
    text: &'a str,
    script: Script,
    inner: VecDeque<Inner>,
}

impl Splitter<'_> {
    fn split(mut self) -> Script {
        if self.text.contains(BETWEEN) {
            self.arguments();
        } else {
            self.inner.push_back(Inner {
                range: 0..self.text.len(),
                depth: 0,
                outer: None,
                escapes: Escapes::Written,
            });
        }
        while let Some(inner) = self.inner.pop_front() {
            Commands::new(&mut self, inner).split();
        }
        self.script.quoted.order_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        self.script.data.order_by_key(|range| range.start);
        self.script
    }

    /// The arguments of one command. One that is an operator separates commands: some lists are lines, split at spaces.
    fn arguments(&mut self) {
        let whole = Inner { range: 0..self.text.len(), depth: 0, outer: None, escapes: Escapes::Written };
        let mut start = 0;
        let text = self.text;
        let mut commands = Commands::new(self, whole);
        for argument in text.split(BETWEEN) {
            let range = start..start + argument.len();
            start = range.end + BETWEEN.len_utf8();
            match argument {
                "|" => commands.pipe(),
                "||" | "&&" | ";" | "&" => drop(commands.end()),
                _ => {
                    commands.splitter.script.quoted.push(range.clone());
                    commands.look_into(range.clone());
                    commands.take(Word { range, is_quoted: true }, Role::Word);
                }
            }
        }
        commands.end();
    }
}

/// A here-document that is not read yet.
struct Document {
    delimiter: Range<usize>,
    /// The command that reads it.
    command: usize,
    is_data: bool,
    /// Where it begins if the text is one line, as builders make it.
    on_line: usize,
}

/// Splits one text that stands by itself.
struct Commands<'a, 'b> {
    splitter: &'a mut Splitter<'b>,
    inner: Inner,
    /// The next pair of quotes or brackets.
    pair: usize,
    first_word: usize,
    current: Command,
    /// Commands, and groups of commands, whose output goes to the next command.
    pending: Vec<usize>,
    pending_groups: Vec<Range<usize>>,
    /// The first commands of the groups that are open, and the group that was closed last.
    open: Vec<usize>,
    closed: Option<Range<usize>>,
    /// Here-documents that begin behind the line.
    documents: Vec<Document>,
    /// Whether one was read that stands on the line.
    one_line: bool,
}

impl<'a, 'b> Commands<'a, 'b> {
    fn new(splitter: &'a mut Splitter<'b>, inner: Inner) -> Self {
        let (pair, first_word) = (splitter.script.twins.from(inner.range.start), splitter.script.words.len());
        Self {
            splitter,
            inner,
            pair,
            first_word,
            current: Command::default(),
            pending: Vec::new(),
            pending_groups: Vec::new(),
            open: Vec::new(),
            closed: None,
            documents: Vec::new(),
            one_line: false,
        }
    }

    fn split(mut self) {
        let text = self.splitter.text;
        let bytes = text.as_bytes();
        look::looked_at(self.inner.range.len());
        let (mut at, end) = (self.inner.range.start, self.inner.range.end);
        let mut role = Role::Word;
        while at < end {
            let rest = &text[at..end];
            let Some(char) = rest.chars().next() else { break };
            if let Some(space) = self.escaped_space(at).filter(|_| char == '\\') {
                if bytes[space] != b't' {
                    self.end();
                }
                at = space + 1;
                continue;
            }
            let has = |piece: &str| rest.starts_with(piece);
            match char {
                '\n' => {
                    self.end();
                    at = self.here_documents(at + 1);
                }
                _ if char.is_whitespace() => at += char.len_utf8(),
                '\\' if has("\\\n") => at += 2,
                '|' if has("||") => at = self.operator(at, 2, false),
                '|' => at = self.operator(at, if has("|&") { 2 } else { 1 }, true),
                '&' if has("&>") => at += 1,
                '&' => at = self.operator(at, if has("&&") { 2 } else { 1 }, false),
                ';' => at = self.operator(at, 1, false),
                '(' => {
                    self.end();
                    self.open.push(self.splitter.script.commands.len());
                    at += 1;
                }
                ')' => {
                    self.end();
                    self.close();
                    at += 1;
                }
                '{' if is_alone(bytes, at, end) => {
                    self.end();
                    self.open.push(self.splitter.script.commands.len());
                    at += 1;
                }
                '}' if is_alone(bytes, at, end) => {
                    self.end();
                    self.close();
                    at += 1;
                }
                '<' if has("<<<") => (role, at) = (Role::HereString, at + 3),
                '<' if has("<<") => (role, at) = (Role::HereDocument, at + if has("<<-") { 3 } else { 2 }),
                '<' if !has("<(") => (role, at) = (Role::Input, at + 1),
                '>' if !has(">(") => {
                    (role, at) = (Role::Output, at + if has(">>") || has(">|") || has(">&") { 2 } else { 1 });
                }
                // A comment, or what builders write behind an instruction.
                '#' => at = self.operator(at, 1, false),
                // A list in JSON.
                '[' | ']' | ',' if self.is_quote(bytes, at + 1) || char != '[' => at += 1,
                _ => {
                    let word_end = self.word(at, end);
                    let word = self.unquoted(at..word_end);
                    self.take(word, role);
                    role = Role::Word;
                    at = word_end;
                }
            }
        }
        self.end();
        self.here_documents(end);
    }

    fn operator(&mut self, at: usize, length: usize, is_pipe: bool) -> usize {
        if is_pipe {
            self.pipe();
        } else {
            self.end();
        }
        at + length
    }

    fn pipe(&mut self) {
        let ended = self.end();
        match self.closed.take().filter(|_| ended.is_none()) {
            Some(group) => self.pending_groups.push(group),
            None => self.pending.extend(ended),
        }
    }

    fn close(&mut self) {
        self.closed = self.open.pop().map(|first| first..self.splitter.script.commands.len());
    }

    /// Ends the command, and gives its index if there was one.
    fn end(&mut self) -> Option<usize> {
        let script = &mut self.splitter.script;
        let words = self.first_word..script.words.len();
        self.first_word = words.end;
        if words.is_empty() && self.current.reads.is_empty() {
            return None;
        }
        self.closed = None;
        let index = script.commands.len();
        for feeding in self.pending.drain(..) {
            script.commands[feeding].feeds = Some(index);
        }
        script.groups.extend(self.pending_groups.drain(..).map(|group| (group, index)));
        let command = Command { words, outer: self.inner.outer, ..std::mem::take(&mut self.current) };
        script.commands.push(command);
        Some(index)
    }

    fn take(&mut self, word: Word, role: Role) {
        match role {
            Role::Word => self.splitter.script.words.push(word),
            Role::Input => {}
            Role::HereString => self.current.reads.push(word.range),
            Role::Output => self.current.writes = Some(word.range),
            Role::HereDocument => {
                let command = self.splitter.script.commands.len();
                let is_data = self.writes_data();
                let on_line = word.range.end;
                self.documents.push(Document { delimiter: word.range, command, is_data, on_line });
            }
        }
    }

    /// Whether what the command reads is written to a file, and not run.
    fn writes_data(&self) -> bool {
        let words = self.splitter.script.words[self.first_word..].iter().take(5);
        let mut programs = words.map(|word| &self.splitter.text[word.range.clone()]);
        programs.any(|program| matches!(program, "COPY" | "ADD" | "cat" | "/bin/cat" | "tee"))
    }

    /// Passes by the here-documents that begin at a line, and gives the place behind them.
    fn here_documents(&mut self, from: usize) -> usize {
        let (text, end) = (self.splitter.text, self.inner.range.end);
        let mut at = from.min(end);
        let is_one_line = from >= end;
        let documents = std::mem::take(&mut self.documents);
        for Document { delimiter, command, is_data, on_line } in documents {
            let wanted = &text[delimiter];
            let begin = at;
            let mut body_end = end;
            for line in text[begin..end].split_inclusive('\n') {
                look::looked_at(line.len());
                let line_start = at;
                at += line.len();
                if line.trim() == wanted {
                    body_end = line_start;
                    break;
                }
            }
            // Only the first of several: it is unknown where the others begin.
            let body = if is_one_line && on_line < at { on_line..at } else { begin..body_end };
            if is_one_line && self.one_line {
                break;
            }
            self.one_line |= is_one_line;
            if let Some(command) = self.splitter.script.commands.get_mut(command) {
                command.reads.push(body.clone());
            }
            if is_data {
                self.splitter.script.data.push(body.clone());
            }
            self.push_inner(body, Some(command), self.inner.escapes);
        }
        if at > from {
            self.pair = self.splitter.script.twins.from(at);
        }
        at
    }

    /// Where the word that begins here ends.
    fn word(&mut self, start: usize, end: usize) -> usize {
        let text = self.splitter.text;
        let bytes = text.as_bytes();
        let mut at = start;
        while at < end {
            match bytes[at] {
                b'\\' => {
                    let backslashes = look::run(bytes, at, |byte| byte == b'\\') - at;
                    let next = at + backslashes;
                    if self.escaped_space(at).is_some() {
                        return at;
                    }
                    if next < end && matches!(bytes[next], b'"' | b'\'') {
                        at = self.quote(next, end).unwrap_or(next + 1);
                    } else if bytes.get(next) == Some(&b'\n') {
                        return if at > start { at } else { next };
                    } else {
                        // An escaped space belongs to the word.
                        let escaped = text[next.min(end)..end].chars().next();
                        at = next + if backslashes % 2 == 1 { escaped.map_or(0, char::len_utf8) } else { 0 };
                    }
                }
                b'"' | b'\'' => {
                    let closed = self.quote(at, end);
                    at = closed.unwrap_or(at + 1);
                    // In a list, the next element follows.
                    if closed.is_some() && matches!(bytes.get(at), Some(b',' | b']')) {
                        return at;
                    }
                }
                b'`' => at = self.quote(at, end).unwrap_or(at + 1),
                b'$' if bytes.get(at + 1) == Some(&b'(') => at = self.bracket(at + 1, end).unwrap_or(at + 2),
                b'<' | b'>' if bytes.get(at + 1) == Some(&b'(') => {
                    at = self.bracket(at + 1, end).unwrap_or(at + 2);
                }
                b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')' if at > start => return at,
                b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')' => return at + 1,
                byte if is_space(byte) => return at,
                byte if byte < 0x80 => at += 1,
                _ => match text[at..].chars().next() {
                    Some(char) if !char.is_whitespace() => at += char.len_utf8(),
                    _ => return at.max(start + 1),
                },
            }
        }
        at.min(end)
    }

    /// Behind the quote that closes the one here.
    fn quote(&mut self, at: usize, end: usize) -> Option<usize> {
        let (inner, close) = self.twin(at).filter(|(_, close)| *close < end)?;
        if self.splitter.text.as_bytes()[at] != b'`' {
            self.splitter.script.quoted.push(at + 1..inner);
        }
        self.look_into(at + 1..inner);
        Some(close + 1)
    }

    fn bracket(&mut self, at: usize, end: usize) -> Option<usize> {
        let (inner, close) = self.twin(at).filter(|(_, close)| *close < end)?;
        self.look_into(at + 1..inner);
        Some(close + 1)
    }

    fn twin(&mut self, at: usize) -> Option<(usize, usize)> {
        // Words come in order, so the next pair is near.
        while self.splitter.script.twins.get(self.pair).is_some_and(|pair| pair.at < at) {
            look::looked_at(1);
            self.pair += 1;
        }
        let pair = self.splitter.script.twins.get(self.pair).filter(|pair| pair.at == at)?;
        let twin = pair.twin.filter(|(_, close)| *close > at);
        if let Some((_, close)) = twin.filter(|(_, close)| *close < self.inner.range.end) {
            // What is in between is looked at by itself.
            self.pair = self.splitter.script.twins.from(close);
        }
        twin
    }

    fn look_into(&mut self, range: Range<usize>) {
        let text = &self.splitter.text[range.clone()];
        look::looked_at(text.len());
        if text.contains(|char: char| char.is_whitespace() || "|;&<`(\"'".contains(char)) {
            let outer = Some(self.splitter.script.commands.len());
            if self.inner.escapes == Escapes::Written
                && ["\\n", "\\t", "\\r"].iter().any(|escape| text.contains(escape))
            {
                self.push_inner(range.clone(), outer, Escapes::Meant);
            }
            self.push_inner(range, outer, self.inner.escapes);
        }
    }

    fn push_inner(&mut self, range: Range<usize>, outer: Option<usize>, escapes: Escapes) {
        let depth = self.inner.depth + 1;
        if depth < DEEPEST && !range.is_empty() {
            self.splitter.inner.push_back(Inner { range, depth, outer, escapes });
        }
    }

    /// Where the letter of an escape is that begins here and stands for a space.
    fn escaped_space(&self, at: usize) -> Option<usize> {
        if self.inner.escapes == Escapes::Written {
            return None;
        }
        let bytes = &self.splitter.text.as_bytes()[..self.inner.range.end];
        let letter = look::run(bytes, at, |byte| byte == b'\\');
        bytes.get(letter).is_some_and(|byte| matches!(byte, b'n' | b'r' | b't')).then_some(letter)
    }

    fn is_quote(&self, bytes: &[u8], at: usize) -> bool {
        bytes.get(at).is_none_or(|byte| matches!(byte, b'"' | b'\'' | b'\\' | b' '))
    }

    /// A word without the quotes around it, if they are around all of it.
    fn unquoted(&self, range: Range<usize>) -> Word {
        let text = &self.splitter.text[range.clone()];
        let backslashes = text.len() - text.trim_start_matches('\\').len();
        let open = range.start + backslashes;
        let pair = self.splitter.script.twins.at(open).filter(|pair| pair.backslashes == backslashes);
        match pair.and_then(|pair| pair.twin) {
            Some((inner, close)) if close + 1 == range.end && text.as_bytes()[backslashes] != b'(' => {
                Word { range: open + 1..inner, is_quoted: true }
            }
            _ => Word { range, is_quoted: false },
        }
    }
}
