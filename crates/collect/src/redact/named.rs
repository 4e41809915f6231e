//! Finds values by the name in front of them: `TOKEN=x`, `password: x`, `"secret": "x"`, `Server=a;Password=x y;`,
//! `X-Api-Key:x`, `<password>x</password>`, `name: TOKEN` with `value: x` behind it.

use std::ops::Range;

use super::look;
use super::marks::BETWEEN;
use super::names::{is_secret_name, names_password};
use super::script::Script;
use super::values::{End, Values, is_harmless};

/// Schemes of the header `Authorization`.
const SCHEMES: [&str; 9] =
    ["bearer", "basic", "token", "digest", "negotiate", "apikey", "splunk", "genie", "aws4-hmac-sha256"];

/// The longest name of a function, and its arguments, that are distinguished from a value.
const LONGEST_CALL: usize = 200;

/// Looks at each name and the value behind it.
pub(super) fn named(values: &Values<'_>, script: &Script, found: &mut Vec<Range<usize>>) {
    let text = values.text;
    let mut pass = Named { values, script, done: 0, open: Vec::new(), next: 0, data: 0, announced: None };
    look::looked_at(text.len());
    for (at, separator) in text.match_indices(['=', ':', '>', '(']) {
        if at < pass.done {
            continue;
        }
        if let Some(range) = pass.value(at, separator)
            && !is_harmless(&text[range.clone()])
        {
            found.push(range);
        }
    }
}

struct Named<'a, 'b> {
    values: &'a Values<'b>,
    script: &'a Script,
    /// What was looked at already.
    done: usize,
    /// The quoted texts that are open, and the next of the script.
    open: Vec<Range<usize>>,
    next: usize,
    /// The next here-document of data.
    data: usize,
    /// Where the value ends that was the name of what follows: `name: TOKEN`.
    announced: Option<usize>,
}

/// A name, its separator, and where the value begins.
struct Place<'a> {
    name: &'a str,
    start: usize,
    end: usize,
    value: usize,
    is_colon: bool,
    is_spaced: bool,
}

impl<'b> Named<'_, 'b> {
    /// The value behind a separator, if the name in front of it says that it is a secret.
    fn value(&mut self, at: usize, separator: &str) -> Option<Range<usize>> {
        let text = self.values.text;
        let bytes = text.as_bytes();
        let place = self.place(at, separator)?;
        let Place { name, start, end, value, is_colon, is_spaced } = place;
        let follows = self.announced.take().is_some_and(|before| start - before.min(start) < 24);
        // The name in an address is that of a person: `https://oauth2:x@host`.
        let is_user = is_colon && text[..start].ends_with("://");
        // `a\npin=x`: the name may begin behind the escape of a line's end.
        let is_escaped = start > 0 && bytes[start - 1] == b'\\' && name.starts_with(['n', 'r', 't']);
        let is_named = is_secret_name(name) || is_escaped && is_secret_name(&name[1..]);
        let is_secret =
            !is_user && is_named || follows && matches!(name, "value" | "val" | "Value" | "content");
        if self.announce(name, value, is_colon) || !is_secret {
            return None;
        }
        // A map has its own names.
        if is_colon && text[value..].starts_with('{') || text[value..].starts_with("//") {
            return None;
        }
        if is_colon && value == at + 1 && end == at && self.is_image(name, value) {
            return None;
        }
        self.move_to(start);
        // The name is all that is quoted: `"Password:"`.
        if self.open.last().is_some_and(|quoted| quoted.end == value) {
            return None;
        }
        if separator == "(" {
            let range = self.call(at, value);
            self.done = range.end;
            return Some(range);
        }
        if is_colon && text[value..].starts_with('[') {
            let end = look::find(text, value, |char| matches!(char, ']' | '{' | '\n' | BETWEEN));
            self.done = end;
            return (bytes.get(end) == Some(&b']')).then_some(value + 1..end);
        }
        let mut range = self.range(start, value, is_spaced);
        // `password=PASSWORD('x')`: what is called has the value.
        if range.len() < LONGEST_CALL && text[range.clone()].ends_with('(') {
            return None;
        }
        // The space behind a scheme may be escaped.
        let space = range.end + usize::from(bytes.get(range.end) == Some(&b'\\'));
        if is_scheme(&text[range.clone()]) && matches!(bytes.get(space), Some(b' ' | b'\t')) {
            range = self.values.at(look::skip_spaces(text, space), End::Word);
        } else if let Some(rest) = without_scheme(&text[range.clone()]) {
            range.start = range.end - rest;
        }
        if is_colon && (begins_block(&text[value..]) || is_below(&text[value..])) {
            range = self.block(start, value);
        }
        if is_colon && range.is_empty() && text[value..].starts_with(['|', '>']) {
            // A block that was folded into one line.
            range = self.values.at(look::skip_spaces(text, value + 1), End::Line);
        }
        self.done = range.end.max(at + 1);
        Some(range)
    }

    fn place(&self, at: usize, separator: &str) -> Option<Place<'b>> {
        let text = self.values.text;
        let bytes = text.as_bytes();
        if separator == ">" {
            return self.tag(at);
        }
        let joins =
            |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b'\t' | b'?' | b'+' | b'!' | b']');
        let end = look::run_back(bytes, self.done, at, joins);
        let start = look::run_back(bytes, self.done, end, is_name);
        let name = &text[start..end];
        if name.is_empty() {
            return None;
        }
        let is_spaced = bytes[end..at].iter().any(|byte| matches!(byte, b' ' | b'\t'));
        let mut value = at + 1;
        let is_colon = match separator {
            // `setPassword("x")`
            "(" => {
                let is_call = end == at && matches!(bytes.get(value), Some(b'"' | b'\'' | b'\\'));
                return is_call.then_some(Place {
                    name,
                    start,
                    end,
                    value,
                    is_colon: false,
                    is_spaced: false,
                });
            }
            ":" => true,
            _ => false,
        };
        match bytes.get(value) {
            // `:=`, `==`, `=>`
            Some(b'=') if is_colon || matches!(bytes.get(value + 1), Some(b' ' | b'"' | b'\'')) => value += 1,
            Some(b'>') if !is_colon => value += 1,
            Some(b'=') => return None,
            _ => {}
        }
        if is_colon || is_spaced || value > at + 1 {
            value = look::skip_spaces(text, value);
        }
        // A space that is escaped, for a shell to keep: `X-Api-Key:\ x`.
        if is_colon && bytes.get(value) == Some(&b'\\') && matches!(bytes.get(value + 1), Some(b' ' | b'\t'))
        {
            value = look::skip_spaces(text, value + 1);
        }
        Some(Place { name, start, end, value, is_colon, is_spaced })
    }

    /// `<password>x</password>`, `<password encrypted="no">x`, `<entry key="password">x`.
    fn tag(&self, at: usize) -> Option<Place<'b>> {
        const LONGEST: usize = 96;
        let text = self.values.text;
        let bytes = text.as_bytes();
        let floor = self.done.max(at.saturating_sub(LONGEST));
        let start = look::run_back(bytes, floor, at, |byte| !matches!(byte, b'<' | b'>' | b'\n'));
        if start == 0 || bytes[start - 1] != b'<' {
            return None;
        }
        let end = look::run(bytes, start, is_name);
        let is_announced = self.announced.is_some_and(|name| name > start && name <= at);
        let name = if is_announced { "password" } else { &text[start..end] };
        let place = Place { name, start, end: at, value: at + 1, is_colon: false, is_spaced: false };
        (end > start).then_some(place)
    }

    /// The arguments of `setPassword("x")` and `auth("me", "x")`.
    fn call(&self, open: usize, value: usize) -> Range<usize> {
        let close = self.values.twins.at(open).and_then(|pair| pair.twin).map(|(_, close)| close);
        match close.filter(|close| close - value < LONGEST_CALL) {
            Some(close) => value..close,
            None => self.values.at(value, End::Word),
        }
    }

    /// Whether a value is itself the name of a secret, whose value follows.
    fn announce(&mut self, name: &str, value: usize, is_colon: bool) -> bool {
        let names = ["name", "key", "Name", "Key", "id"];
        if !names.contains(&name) {
            return false;
        }
        let text = self.values.text;
        let bytes = text.as_bytes();
        let start = look::run(bytes, value, |byte| matches!(byte, b'"' | b'\'' | b'\\'));
        let end = look::run(bytes, start, is_name);
        let announces = (is_colon || start > value) && is_announcing(&text[start..end]);
        if announces {
            self.announced = Some(end);
        }
        announces
    }

    /// `auth:1.2` is an image far more often than a login.
    fn is_image(&self, name: &str, value: usize) -> bool {
        const TAGS: [&str; 14] = [
            "latest", "stable", "edge", "main", "master", "dev", "prod", "slim", "alpine", "lts", "test",
            "ro", "rw", "z",
        ];
        if names_password(name) || name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return false;
        }
        let text = self.values.text;
        let end = look::find(text, value, |char| {
            char.is_whitespace() || matches!(char, '"' | '\'' | ',' | '@' | '/' | ']' | BETWEEN)
        });
        let tag = &text[value..end];
        let first = tag.split(['-', '_', '.', ':']).next().unwrap_or_default();
        let version = first.strip_prefix('v').unwrap_or(first);
        TAGS.contains(&first)
            || !version.is_empty() && version.len() <= 5 && version.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Brings the quoted texts that hold a place on top.
    fn move_to(&mut self, at: usize) {
        while let Some(next) = self.script.quoted.get(self.next).filter(|range| range.start <= at) {
            look::looked_at(1);
            self.open.push(next.clone());
            self.next += 1;
        }
        while self.open.last().is_some_and(|range| range.end <= at) {
            self.open.pop();
        }
        while self.script.data.get(self.data).is_some_and(|range| range.end <= at) {
            self.data += 1;
        }
    }

    /// The value, as far as what is around it lets it reach.
    fn range(&self, start: usize, value: usize, is_spaced: bool) -> Range<usize> {
        let text = self.values.text;
        let bytes = text.as_bytes();
        let before = start.checked_sub(1).map(|before| bytes[before]);
        let starts_quoted = matches!(bytes.get(value), Some(b'"' | b'\'' | b'\\'));
        // An attribute in front of its value: `<password>`.
        if value > 0 && bytes[value - 1] == b'>' && before == Some(b'<') {
            return value..look::find(text, value, |char| matches!(char, '<' | BETWEEN));
        }
        if starts_quoted {
            return self.values.at(value, End::Word);
        }
        // `"Password=two words"`, and an argument of a list.
        if let Some(quoted) = self.open.last().filter(|quoted| value <= quoted.end)
            && !text[value..].starts_with("$(")
            && self.is_list(quoted)
        {
            return self.values.at(value, End::At(until_next_name(&text[..quoted.end], value)));
        }
        let is_data = self.script.data.get(self.data).is_some_and(|data| data.start <= start);
        let line = look::run_back(bytes, start.saturating_sub(64), start, |byte| {
            matches!(byte, b' ' | b'\t' | b'-')
        });
        let is_line = line == 0 || bytes[line - 1] == b'\n';
        match before {
            Some(b';') => self.values.at(value, End::Semicolon),
            _ if is_data && is_line || is_spaced && is_line && line > 0 => self.values.at(value, End::Line),
            _ => self.joined(self.values.at(value, End::Word)),
        }
    }

    /// A word of a shell goes on behind quotes and escaped spaces: `a"b c"d\ e`.
    fn joined(&self, mut range: Range<usize>) -> Range<usize> {
        let text = self.values.text;
        let bytes = text.as_bytes();
        let limit = self.open.last().map_or(text.len(), |quoted| quoted.end);
        while !range.is_empty() && range.end < limit {
            let next = match bytes[range.end] {
                b'"' | b'\'' => match self.values.twins.at(range.end).and_then(|pair| pair.twin) {
                    Some((_, close)) if close < limit => close + 1,
                    _ => break,
                },
                b'\\' if matches!(bytes.get(range.end + 1), Some(b' ' | b'\t')) => range.end + 2,
                _ => break,
            };
            range.end = self.values.at(next, End::Word).end;
        }
        range
    }

    /// Whether a quoted text is a list of assignments, whose values may hold spaces, and no script that begins with one:
    /// `sh -c "TOKEN=x make"`.
    fn is_list(&self, quoted: &Range<usize>) -> bool {
        const LONGEST: usize = 64;
        let text = self.values.text;
        let bytes = &text.as_bytes()[..quoted.end.min(quoted.start + LONGEST)];
        let name = look::run(bytes, quoted.start, is_name);
        let begins_so = name > quoted.start && matches!(bytes.get(name), Some(b'=' | b':'));
        let before = &text[text.floor_char_boundary(quoted.start.saturating_sub(LONGEST))..quoted.start];
        let before = before.trim_end_matches(['"', '\'', '\\', ' ', '\t', ',', BETWEEN]);
        let is_script = ["-c", "-lc", "-ec", "-xc", "-exc", "eval", "CMD-SHELL"]
            .iter()
            .any(|option| before.ends_with(option));
        begins_so && !is_script
    }

    /// A block scalar in YAML: the lines that are further in than the name.
    fn block(&self, start: usize, after: usize) -> Range<usize> {
        let text = self.values.text;
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        look::looked_at(start - line_start);
        let indent = |line: &str| line.len() - line.trim_start().len();
        let own = indent(&text[line_start..start]);
        let begin = text.len().min(look::find(text, after, |char| char == '\n') + 1);
        let mut end = begin;
        for line in text[begin..].split_inclusive('\n') {
            look::looked_at(line.len());
            if !line.trim().is_empty() && indent(line) <= own {
                break;
            }
            end += line.len();
        }
        begin..begin + text[begin..end].trim_end().len()
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// Whether a value in YAML is the lines below: `password: |`.
fn begins_block(value: &str) -> bool {
    let Some(rest) = value.strip_prefix(['|', '>']) else { return false };
    rest.trim_start_matches(['-', '+']).trim_start_matches([' ', '\t', '\r']).starts_with('\n')
}

/// Whether the value in YAML is below its name, and no map: `password:`, and `- x` in the next line.
fn is_below(value: &str) -> bool {
    const LONGEST: usize = 256;
    let Some(rest) = value.trim_start_matches([' ', '\r']).strip_prefix('\n') else { return false };
    let line = &rest[..rest.floor_char_boundary(LONGEST)];
    let line = line.lines().next().unwrap_or_default();
    line.starts_with([' ', '\t']) && !line.contains([':', '=']) && !line.trim().is_empty()
}

/// Whether a text in quotes is the name of a secret, rather than one: `key="Password"`.
fn is_announcing(name: &str) -> bool {
    name.len() > 3 && is_secret_name(name)
}

fn is_scheme(value: &str) -> bool {
    SCHEMES.iter().any(|scheme| value.eq_ignore_ascii_case(scheme))
}

/// How long a value is behind the scheme it begins with.
fn without_scheme(value: &str) -> Option<usize> {
    let (scheme, rest) = value.split_once([' ', '\t'])?;
    is_scheme(scheme).then(|| rest.trim_start().len())
}

/// Where a value ends that spaces may be part of: at the next ` name=`, a semicolon, or the end of the line.
fn until_next_name(text: &str, value: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = value;
    while at < bytes.len() {
        match bytes[at] {
            b';' | b'\n' => break,
            b' ' | b'\t' => {
                let end = look::run(bytes, at + 1, is_name);
                if end > at + 1 && bytes.get(end) == Some(&b'=') {
                    break;
                }
                at = end.max(at + 1);
            }
            _ => at += 1,
        }
    }
    look::looked_at(at - value);
    at
}
