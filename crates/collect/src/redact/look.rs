//! How passes look through a text. Each helper counts the bytes it looks at, so that a test can show that no pass looks
//! at the same text again and again.

/// Notes that this many bytes were looked at.
#[cfg(test)]
pub(super) fn looked_at(bytes: usize) {
    counter::LOOKED_AT.with(|count| count.set(count.get() + bytes as u64 + 1));
}

#[cfg(not(test))]
#[inline]
pub(super) fn looked_at(_: usize) {}

/// Where the first character of a kind is, from a place on; the end of the text if there is none.
pub(super) fn find(text: &str, from: usize, is: impl Fn(char) -> bool) -> usize {
    let end = text[from..].find(is).map_or(text.len(), |at| from + at);
    looked_at(end - from);
    end
}

/// Where a run of bytes of a kind ends that begins at a place.
pub(super) fn run(bytes: &[u8], from: usize, is: impl Fn(u8) -> bool) -> usize {
    let length = bytes[from..].iter().take_while(|byte| is(**byte)).count();
    looked_at(length);
    from + length
}

/// Where a run of bytes of a kind begins that ends at a place, not before `floor`.
pub(super) fn run_back(bytes: &[u8], floor: usize, to: usize, is: impl Fn(u8) -> bool) -> usize {
    let length = bytes[floor..to].iter().rev().take_while(|byte| is(**byte)).count();
    looked_at(length);
    to - length
}

/// Behind the spaces that begin at a place.
pub(super) fn skip_spaces(text: &str, from: usize) -> usize {
    run(text.as_bytes(), from, |byte| matches!(byte, b' ' | b'\t'))
}

/// Whether a byte is a space or ends a line.
pub(super) fn is_space(byte: u8) -> bool {
    char::from(byte).is_whitespace()
}

/// Whether a brace stands by itself, and groups commands.
pub(super) fn is_alone(bytes: &[u8], at: usize, end: usize) -> bool {
    let is_border = |byte: Option<&u8>| byte.is_none_or(|byte| is_space(*byte) || *byte == b';');
    (at == 0 || is_border(bytes.get(at - 1)))
        && (at + 1 == end || is_border(bytes.get(at + 1)) || bytes[at + 1] == b'|')
}

#[cfg(test)]
pub(super) mod counter {
    use std::cell::Cell;

    thread_local! {
        pub(in super::super) static LOOKED_AT: Cell<u64> = const { Cell::new(0) };
    }

    /// How many bytes are looked at while `work` runs.
    pub(in super::super) fn count(work: impl FnOnce()) -> u64 {
        LOOKED_AT.set(0);
        work();
        LOOKED_AT.get()
    }
}
