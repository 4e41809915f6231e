//! Where a value begins and ends, and values that are none: variables, paths, switches.

use std::ops::Range;

use super::look;
use super::marks::{BETWEEN, REMOVED};
use super::noise::{ROOTS, is_random};
use super::twins::Twins;

/// A text and its pairs, from which values are cut.
pub(super) struct Values<'a> {
    pub(super) text: &'a str,
    pub(super) twins: &'a Twins,
}

/// What ends a value that no quotes hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A space, or what a shell and an address take for an end.
    Word,
    /// `;`, as in connection strings.
    Semicolon,
    /// The end of the line.
    Line,
    /// A known place: the end of what it is quoted with.
    At(usize),
}

impl Values<'_> {
    /// The value that begins at a place, without its quotes.
    pub(super) fn at(&self, start: usize, end: End) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let backslashes = look::run(bytes, start, |byte| byte == b'\\') - start;
        let open = start + backslashes;
        if matches!(bytes.get(open), Some(b'"' | b'\'')) {
            let inner = open + 1;
            return match self.twins.at(open).and_then(|pair| pair.twin) {
                Some((close, _)) => inner..close.max(inner),
                None => inner..look::find(self.text, inner, |char| matches!(char, BETWEEN | '\n')),
            };
        }
        let is_end = |char: char| match end {
            _ if matches!(char, BETWEEN | '\n' | '\r') => true,
            End::Line => false,
            End::Semicolon => matches!(char, ';' | '"' | '\''),
            End::Word | End::At(_) => {
                char.is_whitespace() || matches!(char, ';' | '"' | '\'' | '&' | '|' | ')' | '`' | '<')
            }
        };
        if let End::At(end) = end {
            look::looked_at(end.saturating_sub(start));
            return start..end.max(start);
        }
        let rest = &self.text[start..];
        if rest.starts_with("$(") || rest.starts_with('`') {
            return self.substitution(start);
        }
        let stop = look::find(self.text, start, is_end);
        // What is left of an escaped quote that ends the text around.
        start..start + self.text[start..stop].trim_end_matches('\\').len()
    }

    /// `$(…)` and backticks: harmless unless what is in them writes the value out.
    fn substitution(&self, start: usize) -> Range<usize> {
        let text = self.text;
        let open = if text[start..].starts_with('$') { start + 1 } else { start };
        match self.twins.at(open).and_then(|pair| pair.twin) {
            Some((inner, close)) => {
                let script = &text[open + 1..inner.max(open + 1)];
                look::looked_at(script.len());
                if writes_out(script) { open + 1..inner } else { start..close + 1 }
            }
            None => start..look::find(text, start, |char| char.is_whitespace() || char == BETWEEN),
        }
    }
}

/// Whether a script writes out what stands in it.
fn writes_out(script: &str) -> bool {
    const WRITERS: [&str; 7] = ["echo", "printf", "print", "puts", "say", "console.log", "yes"];
    script.contains("<<<")
        || script.split(|char: char| char.is_whitespace() || "|;&(\"'".contains(char)).any(|word| {
            word.ends_with(".write") || WRITERS.contains(&word.rsplit('/').next().unwrap_or_default())
        })
}

/// A variable, a path, a switch: what stands for a secret, or for none.
pub(super) fn is_harmless(value: &str) -> bool {
    const SWITCHES: [&str; 16] = [
        "",
        "true",
        "false",
        "yes",
        "no",
        "none",
        "null",
        "nil",
        "on",
        "off",
        "0",
        "1",
        "undefined",
        "\\",
        "{}",
        "[]",
    ];
    look::looked_at(value.len());
    SWITCHES.contains(&&*value.to_ascii_lowercase())
        || value.starts_with(REMOVED)
        || is_variable(value)
        || is_path(value)
}

/// `$NAME`, `${NAME}`, `${NAME:?message}`, `$(command)`, `%NAME%`, `{{ name }}`, `<name>`, and several of them.
pub(super) fn is_variable(value: &str) -> bool {
    let is_word = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_:.@*#".contains(&byte))
    };
    let around = |open: &str, close: &str| {
        value
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(|inner| is_word(inner.trim()))
    };
    if around("%", "%") || around("{{", "}}") || around("<", ">") || around("${{", "}}") {
        return true;
    }
    if (value.starts_with("$(") && value.ends_with(')') || value.starts_with('`') && value.ends_with('`'))
        && !writes_out(&value[1..])
    {
        return true;
    }
    // Hashes of passwords, as crypt(5) writes them.
    const HASHES: [&str; 11] =
        ["$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$apr1$", "$argon2", "$pbkdf2"];
    if HASHES.iter().any(|hash| value.starts_with(hash)) {
        return false;
    }
    let mut rest = value;
    while let Some(variable) = rest.strip_prefix('$') {
        rest = match variable.strip_prefix('{') {
            Some(inside) => {
                let Some((name, after)) = inside.split_once('}') else { return false };
                let name =
                    name.split([':', '?', '-', '+', '=', '#', '%', '/', '^', ',']).next().unwrap_or_default();
                // `${NAME:-default}` holds its own value.
                if !is_word(name)
                    || inside[name.len()..].starts_with([':', '-', '=']) && holds_default(inside, name)
                {
                    return false;
                }
                after
            }
            None => {
                let length =
                    variable.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
                if length == 0 {
                    return false;
                }
                &variable[length..]
            }
        };
    }
    rest.is_empty() && !value.is_empty()
}

/// Whether `${NAME:-default}` has a default that is neither empty nor a variable.
fn holds_default(inside: &str, name: &str) -> bool {
    let operator = inside[name.len()..].trim_start_matches(':');
    let value = operator.strip_prefix(['-', '=']).and_then(|rest| rest.split('}').next());
    value.is_some_and(|value| !value.is_empty() && !value.starts_with('$'))
}

/// A path that begins where paths do: a secret in base64 may begin with a slash, too.
fn is_path(value: &str) -> bool {
    let rest = value.trim_start_matches(['~', '.']);
    let Some(path) = rest.strip_prefix('/') else { return false };
    let root = path.split('/').next().unwrap_or_default();
    let is_relative = matches!(value.len() - rest.len(), 1 | 2);
    let is_plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase() || b"._-".contains(&byte));
    let is_words = path.contains('/') && path.split('/').all(is_plain);
    (is_relative || is_words || path.is_empty() || ROOTS.contains(&root)) && !value.split('/').any(is_random)
}
