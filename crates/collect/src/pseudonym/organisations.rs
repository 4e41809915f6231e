//! Names of organisations that a word shows by itself, and those in distinguished names: `/O=Acme/OU=Shop`, `dc=acme,dc=com`.

use std::ops::Range;

use super::kind::Kind;
use super::words::Word;
use super::{hosts, known};

/// Whether a name says whose something is: one of everybody, and one that says nothing, does not.
pub(super) fn is_owner(name: &str) -> bool {
    name.contains(char::is_alphabetic)
        && name.chars().all(|char| char.is_alphanumeric() || "._-~".contains(char))
        && !known::is_publisher(name)
        && !known::is_common(&name.to_lowercase())
}

/// The organisations in a word: `ppa:acme/tools`, `orgs/acme/repos`, `@acme:registry`.
pub(super) fn names(word: &str, add: &mut impl FnMut(Kind, Range<usize>)) {
    let mut owner = |at: usize, ends: &[char]| {
        let name = word[at..].split(ends).next().unwrap_or_default();
        if is_owner(name) {
            add(Kind::Owner, at..at + name.len());
        }
    };
    if word.starts_with("ppa:") {
        owner("ppa:".len(), &['/']);
    }
    if word.starts_with('@') && word.contains(":registry") {
        owner(1, &[':']);
    }
    for place in ["orgs/", "ppa.launchpad.net/", "ppa.launchpadcontent.net/"] {
        if let Some(at) = word.find(place)
            && (at == 0 || word[..at].ends_with('/'))
        {
            owner(at + place.len(), &['/', '?', '#', ':']);
        }
    }
}

/// What the value of an attribute of a distinguished name is of. `key` is the word before the `=`: the value before may end
/// in it, as in `/C=US/O=Acme`.
pub(super) fn attribute(key: &Word<'_>) -> Option<Kind> {
    let (is_certain, name) = match key.text.rsplit_once('/') {
        Some((_, name)) => (true, name),
        None => (key.gap.contains(','), key.text),
    };
    match name {
        "OU" | "ou" | "DC" | "dc" => Some(Kind::Owner),
        "O" | "o" if is_certain => Some(Kind::Owner),
        "CN" if is_certain => Some(Kind::Host),
        _ => None,
    }
}

/// How much of a text that begins with the value of an attribute is that value. It looks no further than the next `=`.
pub(super) fn value(text: &str) -> &str {
    let end = text.find(|char| "/,+\"'`\\\n;&|<>()=".contains(char)).unwrap_or(text.len());
    let value = &text[..end];
    let is_whole = text[end..].starts_with(['/', ',', '+', '"', '\'', '`', '\\']);
    let end = if is_whole { value.find(" -") } else { value.find(char::is_whitespace) };
    value[..end.unwrap_or(value.len())].trim_end()
}

/// Whether such a value identifies an organisation: the end of a domain does not.
pub(super) fn is_told(kind: Kind, value: &str) -> bool {
    let lower = value.to_lowercase();
    let is_name = value.contains(char::is_alphabetic) && !value.starts_with('$') && !known::is_common(&lower);
    // What a host with dots is, the word itself says.
    let is_host = kind != Kind::Host || !value.contains('.') && !known::is_no_host(&lower);
    is_name && is_host && !hosts::is_end(&lower) && !known::is_publisher(&lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_show_organisations() {
        for (word, expected) in [
            ("ppa:acme/tools", Some("acme")),
            ("ppa:deadsnakes/ppa", None),
            ("orgs/acme/repos", Some("acme")),
            ("https://api.github.com/orgs/acme", Some("acme")),
            ("morgs/acme", None),
            ("@acme:registry", Some("acme")),
            ("@acme/app", None),
        ] {
            let mut found = Vec::new();
            names(word, &mut |_, range| found.push(&word[range]));
            assert_eq!(found.first().copied(), expected, "{word}");
        }
    }

    #[test]
    fn a_value_ends_before_the_next_attribute() {
        assert_eq!(value("Acme Corp/OU=Shop"), "Acme Corp");
        assert_eq!(value("Acme -out x.pem"), "Acme");
        assert_eq!(value("Acme -out /x.pem"), "Acme");
        assert_eq!(value("Acme Corp\" -out x"), "Acme Corp");
        assert_eq!(value("acme,dc=com"), "acme");
        assert_eq!(value("acme dc=com"), "acme");
        assert!(is_told(Kind::Owner, "acme") && !is_told(Kind::Owner, "com"));
    }
}
