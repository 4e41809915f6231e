//! Paths inside images: bytes without a leading slash, their order, and how they are written as text.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write as _;

use crate::hidden::{MARKS, is_hidden, is_mark};

/// Compares two paths component by component, so that everything below a directory stands right behind it.
///
/// Plain byte order would put `a.txt` between `a` and `a/b`.
#[must_use]
pub fn compare(left: &[u8], right: &[u8]) -> Ordering {
    let common = common_prefix(left, right);
    match (left.get(common), right.get(common)) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(b'/'), Some(_)) => Ordering::Less,
        (Some(_), Some(b'/')) => Ordering::Greater,
        (Some(a), Some(b)) => a.cmp(b),
    }
}

/// How many bytes two paths begin with in common. Neighbours in a sorted list share most of theirs, so it goes by
/// eight bytes at a time.
#[must_use]
pub fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    let words = left.as_chunks::<8>().0.iter().zip(right.as_chunks::<8>().0);
    let whole = 8 * words
        .take_while(|(left, right)| u64::from_ne_bytes(**left) == u64::from_ne_bytes(**right))
        .count();
    whole + left[whole..].iter().zip(&right[whole..]).take_while(|(a, b)| a == b).count()
}

/// The directory that holds `path`; the root is the empty path.
#[must_use]
pub fn parent(path: &[u8]) -> &[u8] {
    path.iter().rposition(|&byte| byte == b'/').map_or(&[], |slash| &path[..slash])
}

/// The last component of `path`.
#[must_use]
pub fn name(path: &[u8]) -> &[u8] {
    path.iter().rposition(|&byte| byte == b'/').map_or(path, |slash| &path[slash + 1..])
}

/// Writes a path as text from which [`unescape`] gets the same bytes back.
///
/// A backslash becomes `\\`; a [hidden](is_hidden) character, a mark too many on one letter, or a byte that is not UTF-8
/// becomes `\xNN` (every byte of it). So an escaped path is one line of harmless text.
#[must_use]
pub fn escape(path: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = str::from_utf8(path)
        && !text.chars().any(|character| character == '\\' || is_hidden(character) || is_mark(character))
    {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(path.len() + 8);
    let mut marks = 0;
    for chunk in path.utf8_chunks() {
        for character in chunk.valid().chars() {
            marks = if is_mark(character) { marks + 1 } else { 0 };
            if character == '\\' {
                escaped.push_str("\\\\");
            } else if is_hidden(character) || marks > MARKS {
                push_bytes(&mut escaped, character.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                escaped.push(character);
            }
        }
        push_bytes(&mut escaped, chunk.invalid());
    }
    Cow::Owned(escaped)
}

fn push_bytes(escaped: &mut String, bytes: &[u8]) {
    for byte in bytes {
        write!(escaped, "\\x{byte:02x}").expect("a string takes everything");
    }
}

/// Reads what [`escape`] wrote. `None` if a backslash starts no known escape.
#[must_use]
pub fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut path = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte != b'\\' {
            path.push(byte);
            continue;
        }
        match rest {
            [b'\\', tail @ ..] => {
                path.push(b'\\');
                rest = tail;
            }
            [b'x', high, low, tail @ ..] => {
                path.push(hex_digit(*high)? << 4 | hex_digit(*low)?);
                rest = tail;
            }
            _ => return None,
        }
    }
    Some(path)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_followed_by_its_children() {
        let mut paths = ["a.txt", "a/b", "a", "a/b/c", "b", "a/b.c"];
        paths.sort_by(|left, right| compare(left.as_bytes(), right.as_bytes()));
        assert_eq!(paths, ["a", "a/b", "a/b/c", "a/b.c", "a.txt", "b"]);
    }

    #[test]
    fn a_common_beginning_is_found_to_the_byte() {
        for length in 0..20 {
            let left = [b'a'; 20];
            let mut right = left;
            right[length] = b'b';
            assert_eq!(common_prefix(&left, &right), length);
            assert_eq!(common_prefix(&left[..length], &left), length);
        }
    }

    #[test]
    fn every_name_survives_escaping() {
        let zalgo = format!("z{}", "\u{301}".repeat(5));
        let cases: [(&[u8], &str); 9] = [
            ("ta\u{e0041}g".as_bytes(), "ta\\xf3\\xa0\\x81\\x81g"),
            ("zero\u{200b}\u{feff}".as_bytes(), "zero\\xe2\\x80\\x8b\\xef\\xbb\\xbf"),
            (zalgo.as_bytes(), "z\u{301}\u{301}\u{301}\u{301}\\xcc\\x81"),
            (b"usr/bin/env", "usr/bin/env"),
            ("años/ñ".as_bytes(), "años/ñ"),
            (b"a\\b", "a\\\\b"),
            (b"line\nbreak", "line\\x0abreak"),
            (b"latin\xe9", "latin\\xe9"),
            ("evil\u{202e}txt".as_bytes(), "evil\\xe2\\x80\\xaetxt"),
        ];
        for (path, text) in cases {
            assert_eq!(escape(path), text);
            assert_eq!(unescape(text).as_deref(), Some(path));
        }
        assert_eq!(unescape("trailing\\"), None);
        assert_eq!(unescape("\\q"), None);
    }

    #[test]
    fn parents_and_names() {
        assert_eq!((parent(b"a/b/c"), name(b"a/b/c")), (&b"a/b"[..], &b"c"[..]));
        assert_eq!((parent(b"a"), name(b"a")), (&b""[..], &b"a"[..]));
    }
}
