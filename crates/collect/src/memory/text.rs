//! Lines of text as people save them: with escape codes, byte-order marks, other encodings, times in front.

use std::borrow::Cow;

/// One line, without escape codes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Its number, from 1.
    pub(crate) number: u64,
    pub(crate) text: Cow<'a, str>,
    /// Whether the screen was cleared, or the cursor sent home, in or before it: here a new frame begins.
    pub(crate) clears: bool,
}

/// The bytes as text. PowerShell redirects in UTF-16.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let utf16 = |read: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        let text = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        Cow::Owned(text.collect())
    };
    match bytes {
        [0xff, 0xfe, ..] => utf16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf16(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest),
        bytes => String::from_utf8_lossy(bytes),
    }
}

/// The lines that are not empty.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut clears_next = false;
    (1..).zip(text.split('\n')).filter_map(move |(number, line)| {
        let (text, clears) = without_escapes(line.trim_end_matches('\r'));
        clears_next |= clears;
        if text.trim().is_empty() {
            return None;
        }
        Some(Line { number, text, clears: std::mem::take(&mut clears_next) })
    })
}

/// Takes out control sequences (ECMA-48). "CSI" is `ESC [`, parameters, a final byte from `@` to `~`; "OSC", which sets
/// titles, ends with a bell or with `ESC \`; others are `ESC`, perhaps bytes from space to `/`, and one more.
fn without_escapes(line: &str) -> (Cow<'_, str>, bool) {
    if !line.contains('\x1b') {
        return (Cow::Borrowed(line), false);
    }
    let (mut text, mut clears) = (String::with_capacity(line.len()), false);
    let mut pieces = line.split('\x1b');
    text.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let Some(sequence) = piece.strip_prefix('[') else {
            if piece.starts_with([']', 'P', '^', '_']) {
                text.push_str(piece.split_once('\u{7}').map_or("", |(_, rest)| rest));
            } else {
                let mut rest = piece.trim_start_matches(|sign| (' '..='/').contains(&sign)).chars();
                rest.next();
                text.push_str(rest.as_str());
            }
            continue;
        };
        let end = sequence.find(|sign| ('@'..='~').contains(&sign)).unwrap_or(sequence.len());
        clears |= sequence[end..].starts_with('H') || sequence.starts_with("2J");
        text.push_str(sequence.get(end + 1..).unwrap_or_default());
    }
    (Cow::Owned(text), clears)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_codes_are_taken_out_and_mark_frames() {
        let text = "\x1b[2J\x1b[HNAME\x1b[K\r\na 1\n\x1b[J\x1b[H\nNAME\nb\x1b";
        let found: Vec<_> =
            lines(text).map(|line| (line.number, line.text.into_owned(), line.clears)).collect();
        let line = |number, text: &str, clears| (number, text.to_owned(), clears);
        assert_eq!(
            found,
            [line(1, "NAME", true), line(2, "a 1", false), line(4, "NAME", true), line(5, "b", false)]
        );
        let text = "\x1b]0;title\x07NAME\x1b(B\x1b[m\x1b7 a\x1b]8;;x\x1b\\\x1b[32mb\x1b=c";
        assert_eq!(lines(text).next().unwrap().text, "NAME abc");
    }

    #[test]
    fn other_encodings_are_read() {
        assert_eq!(decode(b"\xff\xfea\0b\0"), "ab");
        assert_eq!(decode(b"\xef\xbb\xbfab"), "ab");
        assert_eq!(decode(b"a\xffb"), "a\u{fffd}b");
    }
}
