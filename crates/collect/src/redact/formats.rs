//! Finds the arguments of `printf` that fill a secret's place in its format: `printf 'password=%s\n' x`.

use std::ops::Range;

use super::commands::{bare, program};
use super::look;
use super::names::is_secret_name;
use super::pipes::push;
use super::script::{Script, Word};
use super::values::Values;

/// What a place in a format takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hole {
    /// It is behind the name of a secret.
    Secret,
    /// It is behind the place of a name: `%s=%s`.
    Named,
    Plain,
}

/// Looks at each `printf`.
pub(super) fn formats(values: &Values<'_>, script: &Script, found: &mut Vec<Range<usize>>) {
    for command in &script.commands {
        let words = script.words_of(command);
        look::looked_at(words.len());
        if let Some(at) = words.iter().position(|word| program(values, word) == "printf") {
            filled(values, &words[at + 1..], found);
        }
    }
}

/// The secrets among the words behind `printf`.
fn filled(values: &Values<'_>, mut words: &[Word], found: &mut Vec<Range<usize>>) {
    let text = |word: &Word| bare(values, word);
    let mut is_variable = false;
    if let [option, variable, rest @ ..] = words
        && text(option) == "-v"
    {
        is_variable = is_secret_name(text(variable));
        words = rest;
    }
    if let [first, rest @ ..] = words
        && text(first) == "--"
    {
        words = rest;
    }
    let [format, arguments @ ..] = words else { return };
    let holes = holes(&values.text[format.range.clone()]);
    let mut before = "";
    // The format is used again as long as there are arguments.
    for (argument, hole) in arguments.iter().zip(holes.iter().cycle()) {
        let is_secret = match hole {
            Hole::Secret => true,
            Hole::Named => is_secret_name(before),
            Hole::Plain => false,
        };
        if is_secret || is_variable {
            push(values, argument.range.clone(), found);
        }
        before = text(argument);
    }
}

/// The places that a format has for arguments.
fn holes(format: &str) -> Vec<Hole> {
    look::looked_at(format.len());
    let mut holes = Vec::new();
    let mut rest = format;
    while let Some(percent) = rest.find('%') {
        let (before, conversion) = (&rest[..percent], &rest[percent + 1..]);
        let flags = conversion.bytes().take_while(|byte| b"-+ #0123456789.*'".contains(byte)).count();
        let letter = conversion[flags..].chars().next();
        rest = &conversion[flags + letter.map_or(0, char::len_utf8)..];
        if letter != Some('%') {
            holes.push(hole(before, rest, holes.is_empty()));
        }
    }
    holes
}

fn hole(before: &str, after: &str, is_first: bool) -> Hole {
    // A name is near its value.
    const LONGEST: usize = 128;
    let near = &before[before.ceil_char_boundary(before.len().saturating_sub(LONGEST))..];
    look::looked_at(near.len());
    let near = near.replace("\\n", "\n").replace("\\t", "\t");
    let is_name = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '-');
    let mut names = near.rsplit(|char: char| !is_name(char)).filter(|name| !name.is_empty());
    let (name, question) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
    let announces = |name: &str| is_secret_name(name) || name.eq_ignore_ascii_case("basic");
    let is_typed = matches!(name, "string" | "text" | "select") && is_secret_name(question);
    let is_login = near.ends_with(':') && after.starts_with('@');
    let is_behind = !near.ends_with(is_name);
    if is_login || is_behind && (announces(name) || is_typed) {
        Hole::Secret
    } else if !is_first && name.is_empty() {
        Hole::Named
    } else {
        Hole::Plain
    }
}
