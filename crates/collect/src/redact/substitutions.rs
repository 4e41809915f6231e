//! Finds the secrets that `sed` and `perl` write in place of another text: `s/PASSWORD_HERE/x/`,
//! `s/\(DB_PASS\)=.*/\1=x/`.

use std::ops::Range;

use super::commands::program;
use super::look;
use super::names::is_secret_name;
use super::script::Script;
use super::values::{Values, is_harmless};

/// Looks at each word of the programs that edit texts, and at scripts they read.
pub(super) fn substitutions(values: &Values<'_>, script: &Script, found: &mut Vec<Range<usize>>) {
    for command in &script.commands {
        let words = script.words_of(command);
        look::looked_at(words.len());
        let is_editor = |name: &str| matches!(name, "sed" | "gsed" | "ssed" | "perl" | "ruby");
        if words.iter().any(|word| is_editor(program(values, word))) {
            let ranges = words.iter().map(|word| &word.range).chain(&command.reads);
            ranges.for_each(|range| of_script(values.text, range.clone(), found));
        }
    }
}

/// `s/pattern/replacement/`
struct Substitution {
    pattern: Range<usize>,
    replacement: Range<usize>,
}

fn of_script(text: &str, script: Range<usize>, found: &mut Vec<Range<usize>>) {
    let bytes = &text.as_bytes()[..script.end];
    look::looked_at(script.len());
    let mut done = script.start;
    // Delimiters that do not follow often enough any more.
    let mut spent = 0_u128;
    for at in memchr::memchr_iter(b's', &bytes[script.start..]).map(|at| script.start + at) {
        let Some(&delimiter) = bytes.get(at + 1) else { break };
        let is_option = bytes[script.start] == b'-' && at > script.start && bytes[at - 1] == b'e';
        let begins = at == script.start || !bytes[at - 1].is_ascii_alphabetic() || is_option;
        let bit = 1_u128 << (delimiter & 0x7f);
        if at < done || !begins || !delimiter.is_ascii_punctuation() || delimiter == b'\\' || spent & bit > 0
        {
            continue;
        }
        match substitution(bytes, at + 2, delimiter) {
            Some(Substitution { pattern, replacement }) => {
                done = replacement.end;
                if names_secret(&text[pattern]) {
                    let start = replacement.start + prefix(&text[replacement.clone()]);
                    let value = start..replacement.end;
                    if !is_harmless(text[value.clone()].trim_matches(['"', '\'', '\\', ' '])) {
                        found.push(value);
                    }
                }
            }
            None => spent |= bit,
        }
    }
}

fn substitution(bytes: &[u8], start: usize, delimiter: u8) -> Option<Substitution> {
    let close = match delimiter {
        b'{' => b'}',
        b'(' => b')',
        b'[' => b']',
        b'<' => b'>',
        other => other,
    };
    let end = until(bytes, start, close)?;
    let mut from = end + 1;
    if close != delimiter {
        from = look::run(bytes, from, |byte| byte.is_ascii_whitespace());
        from += usize::from(bytes.get(from) == Some(&delimiter));
    }
    let replaced = until(bytes, from, close)?;
    Some(Substitution { pattern: start..end, replacement: from..replaced })
}

/// Where a delimiter is that no backslash escapes.
fn until(bytes: &[u8], from: usize, delimiter: u8) -> Option<usize> {
    let mut at = from;
    while at < bytes.len() && bytes[at] != delimiter {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    look::looked_at(at.min(bytes.len()).saturating_sub(from));
    (at < bytes.len()).then_some(at)
}

/// Whether a pattern has the name of a secret in it.
fn names_secret(pattern: &str) -> bool {
    look::looked_at(pattern.len());
    let is_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '-');
    // `[Pp]assword` is a name, too.
    let mut plain = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, class)) = rest.split_once('[') {
        plain.push_str(before);
        let is_pair = class.len() > 2 && class.as_bytes()[2] == b']' && class.is_char_boundary(2);
        rest = if is_pair {
            plain.push_str(&class[..1]);
            &class[3..]
        } else {
            plain.push(' ');
            class
        };
    }
    plain.push_str(rest);
    plain.split(|char| !is_name(char)).any(|name| is_secret_name(name.trim_matches(['_', '.', '-'])))
}

/// How much of a replacement repeats what was there: groups, and the name of the secret.
fn prefix(replacement: &str) -> usize {
    let mut rest = replacement;
    loop {
        let behind_group = ["\\", "$", "${", "\\g<"].iter().find_map(|open| {
            let rest = rest.strip_prefix(open)?.strip_prefix(|char: char| char.is_ascii_digit())?;
            Some(rest.strip_prefix(['}', '>']).filter(|_| open.len() > 1).unwrap_or(rest))
        });
        match behind_group.or_else(|| rest.strip_prefix('&')) {
            Some(behind) => rest = behind,
            None => break,
        }
    }
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let name = look::run(rest.as_bytes(), 0, is_name);
    let is_separator = |byte: u8| matches!(byte, b'=' | b':' | b' ' | b'\t');
    let value = look::run(rest.as_bytes(), name, is_separator);
    if value > name && (name == 0 || is_secret_name(&rest[..name])) {
        rest = &rest[value..];
    }
    replacement.len() - rest.len()
}
