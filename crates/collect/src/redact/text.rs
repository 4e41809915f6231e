//! Takes secrets out of a text: every pass looks through it once.

use std::borrow::Cow;
use std::ops::Range;

use plimsoll_snapshot::Order as _;

use super::look::looked_at;
use super::marks::{BETWEEN, REMOVED};
use super::noise::{self, Noise};
use super::script::Script;
use super::values::Values;
use super::{addresses, commands, formats, keys, named, names, pipes, substitutions, tokens};

/// Free text without what looks like a secret: `--password x`, `TOKEN=x`, `https://user:x@host`, known tokens, noise.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    without(text, ranges(text, Some(Noise::All)))
}

/// Whether lines of a Dockerfile, or of a file beside it, show what looks like a secret. Lines that continue each other count
/// as one.
#[must_use]
pub fn shows_secret(lines: &str) -> bool {
    let joined = lines.replace("\\\n", " ").replace("`\n", " ");
    joined.lines().any(|line| {
        // The old form: `ENV NAME value`.
        let mut words = line.split_whitespace();
        let is_set = words.next().is_some_and(|word| {
            ["ENV", "ARG", "LABEL"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword))
        });
        let name = words.next().filter(|_| is_set).map(|word| word.split('=').next().unwrap_or(word));
        let has_value = line.contains('=') || words.next().is_some();
        has_value && name.is_some_and(names::is_secret_name) || matches!(text(line), Cow::Owned(_))
    })
}

/// A label's or a variable's value without what looks like a secret.
pub(crate) fn value(name: &str, value: &str) -> String {
    if names::is_secret_name(name) && !value.is_empty() {
        return REMOVED.to_owned();
    }
    let noise = if names::names_digest(name) { Noise::Mixed } else { Noise::All };
    without(value, ranges(value, Some(noise))).into_owned()
}

/// A setting that names something: a user, a directory, a profile. Digests in it stay.
pub(crate) fn setting(text: &str) -> Cow<'_, str> {
    if text.len() < SHORTEST {
        return Cow::Borrowed(text);
    }
    without(text, ranges(text, Some(Noise::Mixed)))
}

/// A name of an image, a container or a service: without logins, tokens and noise. Anything else is what it is about.
pub(crate) fn name(text: &str) -> Cow<'_, str> {
    if text.len() < SHORTEST {
        return Cow::Borrowed(text);
    }
    let mut found = forms_of(text);
    noise::noise(text, Noise::Mixed, &mut found);
    without(text, found)
}

/// A text without logins in addresses, keys and tokens of known forms: for messages, names and versions of packages.
pub(crate) fn credentials(text: &str) -> Cow<'_, str> {
    if text.len() < SHORTEST {
        return Cow::Borrowed(text);
    }
    without(text, forms_of(text))
}

/// The shortest text that may hold a login: `a:b@c`, in which a password is worth the name.
const SHORTEST: usize = 6;

/// What a parser says is wrong, without what it quotes: it may be a value of a variable.
pub(crate) fn message(text: &str) -> String {
    // Some show the line that is wrong below.
    self::text(&unquoted(text.lines().next().unwrap_or_default())).into_owned()
}

/// What a program says, without what parsers quote, and without logins and tokens of known forms.
pub(crate) fn said(text: &str) -> String {
    credentials(&unquoted(text)).into_owned()
}

/// The arguments of a command. The value of an option may stand in a separate argument.
pub(crate) fn arguments(list: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    let list: Vec<String> =
        list.into_iter().map(|argument| argument.as_ref().replace(BETWEEN, " ")).collect();
    if list.len() < 2 {
        return list.iter().map(|argument| text(argument).into_owned()).collect();
    }
    let joined = list.join(&BETWEEN.to_string());
    let kept = text(&joined);
    let kept: Vec<String> = kept.split(BETWEEN).map(ToOwned::to_owned).collect();
    // Whatever was found lies in one argument, so as many are left as there were.
    if kept.len() == list.len() { kept } else { vec![REMOVED.to_owned(); list.len()] }
}

/// What is to be taken out of a text.
fn ranges(text: &str, noise: Option<Noise>) -> Vec<Range<usize>> {
    let mut found = forms_of(text);
    let script = Script::of(text);
    let values = Values { text, twins: &script.twins };
    named::named(&values, &script, &mut found);
    commands::commands(&values, &script, &mut found);
    pipes::pipes(&values, &script, &mut found);
    formats::formats(&values, &script, &mut found);
    substitutions::substitutions(&values, &script, &mut found);
    if let Some(noise) = noise {
        noise::noise(text, noise, &mut found);
    }
    found
}

/// What is a secret by its form alone.
fn forms_of(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    keys::keys(text, &mut found);
    addresses::addresses(text, &mut found);
    tokens::tokens(text, &mut found);
    found
}

/// A text without these parts of it.
pub(super) fn without(text: &str, mut ranges: Vec<Range<usize>>) -> Cow<'_, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    ranges.order_by_key(|range| (range.start, range.end));
    let (mut out, mut end) = (String::with_capacity(text.len()), 0);
    for range in ranges {
        if range.start >= end {
            // Parts that touch are one.
            if range.start > end || end == 0 {
                out.push_str(&text[end..range.start]);
                out.push_str(REMOVED);
            }
        }
        end = end.max(range.end);
    }
    out.push_str(&text[end..]);
    Cow::Owned(out)
}

fn unquoted(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut quotes_closed = rest.match_indices("\", ").count();
    while let Some(start) = rest.find("string \"") {
        let value = start + "string \"".len();
        out.push_str(&rest[..value]);
        out.push_str(REMOVED);
        looked_at(value);
        // A quote inside is escaped, so that the last one in front of what was expected ends it.
        let end = if quotes_closed > 0 { rest[value..].find("\", ") } else { None };
        quotes_closed = if end.is_some() { quotes_closed } else { 0 };
        let end = end.or_else(|| rest[value..].rfind('"'));
        looked_at(end.unwrap_or(rest.len() - value));
        rest = end.map_or("", |end| &rest[value + end..]);
    }
    out.push_str(rest);
    out
}
