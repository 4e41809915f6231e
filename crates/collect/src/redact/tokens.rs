//! Finds tokens of published forms, wherever they stand, in one pass over a text.

use std::ops::Range;
use std::sync::LazyLock;

use plimsoll_snapshot::Order as _;

use super::forms::{FORMS, Form, Kind};
use super::look;

/// The forms by the first byte of their marks, short marks first: a list for every byte. An automaton would take fifty
/// kilobytes of the page.
static MARKS: LazyLock<Vec<Vec<&'static Form>>> = LazyLock::new(|| {
    let mut lists = vec![Vec::new(); 256];
    for form in FORMS {
        lists[usize::from(form.mark.as_bytes()[0])].push(form);
    }
    lists.iter_mut().for_each(|list| list.order_by_key(|form| form.mark.len()));
    lists
});

/// The marks in a text and where they begin, in the order of the text.
fn marks(bytes: &[u8]) -> impl Iterator<Item = (&'static Form, usize)> {
    let lists = &*MARKS;
    (0..bytes.len()).flat_map(move |at| {
        let begins = move |form: &&&'static Form| bytes[at..].starts_with(form.mark.as_bytes());
        lists[usize::from(bytes[at])].iter().filter(begins).map(move |form| (*form, at))
    })
}

/// The most bytes in front of a mark that belong to its token.
const LONGEST_BEFORE: usize = 128;

/// Takes out every token of a known form.
pub(super) fn tokens(text: &str, found: &mut Vec<Range<usize>>) {
    each(text, |form, token, _| {
        if form.kind != Kind::Likely || mixes(&text[token.clone()]) {
            found.push(token);
        }
        false
    });
}

/// The first token that is a finding in a file and whose variable part is as it should be.
pub(crate) fn token(text: &str, is_wanted: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    let mut first = None;
    each(text, |form, token, variable| {
        let is_found = form.kind == Kind::Sure && is_wanted(&text[variable]);
        if is_found {
            first = Some(token);
        }
        is_found
    });
    first
}

/// Shows each text of a known form, and its variable part, in the order of the text, until the callback stops it.
fn each(text: &str, mut show: impl FnMut(&Form, Range<usize>, Range<usize>) -> bool) {
    let bytes = text.as_bytes();
    look::looked_at(bytes.len());
    // What belongs to a token that was shown begins no other.
    let mut done = 0;
    for (form, mark) in marks(bytes) {
        if mark < done {
            continue;
        }
        let (alphabet, least) = form.after;
        let (mut start, mark_end) = (mark, mark + form.mark.len());
        match form.before {
            Some((alphabet, least)) => {
                let floor = done.max(start.saturating_sub(LONGEST_BEFORE));
                start = look::run_back(bytes, floor, start, |byte| alphabet.has(byte));
                if mark - start < least {
                    continue;
                }
            }
            None if form.kind == Kind::Address => start = mark_end,
            None if start > 0 && bytes[start - 1].is_ascii_alphanumeric() => continue,
            None => {}
        }
        let end = look::run(bytes, mark_end, |byte| alphabet.has(byte));
        // What ends a sentence ends no token.
        let end = mark_end + text[mark_end..end].trim_end_matches(['.', ',']).len();
        if end - mark_end < least {
            continue;
        }
        done = end;
        if show(form, start..end, mark_end..end) {
            return;
        }
    }
}

/// Whether there are digits as well as letters in it.
pub(super) fn mixes(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit()) && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> String {
        let mut found = Vec::new();
        tokens(text, &mut found);
        crate::redact::text::without(text, found).into_owned()
    }

    #[test]
    fn every_form_is_found() {
        for form in FORMS {
            let body = |(alphabet, least): (super::super::forms::Alphabet, usize)| -> String {
                let wanted = "A1b2C3d4E5f6A7b8C9d0".bytes().cycle();
                let length = least.max(if least == 0 { 0 } else { 8 });
                wanted.filter(|byte| alphabet.has(*byte)).take(length).map(char::from).collect()
            };
            let before = form.before.map(body).unwrap_or_default();
            let token = format!("{before}{}{}", form.mark, body(form.after));
            let stays = if form.kind == Kind::Address { form.mark } else { "" };
            assert_eq!(kept(&format!("use {token} now")), format!("use {stays}… now"), "{token}");
        }
    }

    #[test]
    fn words_that_begin_like_a_token_stay() {
        for text in [
            "npm_config_build_from_source=true",
            "task-based sk-toggleable__content-arrow-down",
            "pip install hf_transfer hf-xet",
            "re_compile_all_of_the_patterns",
            "cloudfront.net/s.something_else",
            "secret_management_of_the_operations_department",
            "libexo-dev patchelf pattern-recognition-toolkit",
        ] {
            assert_eq!(kept(text), text);
        }
    }
}
