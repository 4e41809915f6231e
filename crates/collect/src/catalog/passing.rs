//! Keeps a little of a file that passes by in pieces: windows whose place is known, and what is searched for.

use memchr::memmem::Finder;

/// A part of the file that is kept.
#[derive(Debug, Default)]
pub(super) struct Window {
    start: u64,
    end: u64,
    bytes: Vec<u8>,
}

impl Window {
    /// What lies between two offsets that have not passed by yet.
    pub(super) fn new(start: u64, end: u64) -> Self {
        Self { start, end, bytes: Vec::new() }
    }

    /// What lies at `start`, and what has passed by of it already.
    pub(super) fn begun(start: u64, end: u64, bytes: Vec<u8>) -> Self {
        Self { start, end, bytes }
    }

    pub(super) fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Keeps what it wants of the piece at `offset`.
    pub(super) fn feed(&mut self, offset: u64, piece: &[u8]) {
        let next = self.start + self.bytes.len() as u64;
        let end = self.end.min(offset + piece.len() as u64);
        if offset <= next && next < end {
            self.bytes.extend_from_slice(&piece[index(next - offset)..index(end - offset)]);
        }
    }

    /// What lies at `start`, if all of it was kept.
    pub(super) fn get(&self, start: u64, length: u64) -> Option<&[u8]> {
        let from = usize::try_from(start.checked_sub(self.start)?).ok()?;
        self.bytes.get(from..from.checked_add(usize::try_from(length).ok()?)?)
    }
}

/// A distance within one piece.
fn index(distance: u64) -> usize {
    usize::try_from(distance).expect("pieces lie in memory")
}

/// Searches for a text that may be cut by the end of a piece.
pub(super) struct Search {
    finder: Finder<'static>,
    needle: usize,
    /// How much of the last pieces is kept, at least as long as the needle.
    keep: usize,
    kept: Vec<u8>,
}

impl Search {
    pub(super) fn new(needle: &[u8], keep: usize) -> Self {
        Self { finder: Finder::new(needle).into_owned(), needle: needle.len(), keep, kept: Vec::new() }
    }

    /// Finds the needle in the next piece. A hit is shown again while it lies in what is kept, each time with more of
    /// what follows.
    pub(super) fn feed(&mut self, piece: &[u8], mut hit: impl FnMut(&Hit<'_>)) {
        let kept = std::mem::take(&mut self.kept);
        let mut seam = kept;
        let length = seam.len();
        seam.extend_from_slice(&piece[..piece.len().min(self.needle - 1)]);
        let (seam_hits, piece_hits) = (self.finder.find_iter(&seam), self.finder.find_iter(piece));
        for at in seam_hits.filter(|&at| at < length).chain(piece_hits.map(|at| at + length)) {
            hit(&Hit { at, kept: &seam[..length], piece });
        }
        seam.truncate(length);
        // What is kept is what came last.
        if piece.len() >= self.keep {
            seam.clear();
            seam.extend_from_slice(&piece[piece.len() - self.keep..]);
        } else {
            seam.extend_from_slice(piece);
            seam.drain(..seam.len().saturating_sub(self.keep));
        }
        self.kept = seam;
    }

    /// The next piece does not follow the last one.
    pub(super) fn interrupt(&mut self) {
        self.kept.clear();
    }
}

/// A place where the needle was found.
pub(super) struct Hit<'a> {
    at: usize,
    kept: &'a [u8],
    piece: &'a [u8],
}

impl Hit<'_> {
    /// Where it lies, if the piece lies at `offset`.
    pub(super) fn offset(&self, offset: u64) -> u64 {
        offset - self.kept.len() as u64 + self.at as u64
    }

    /// What lies around it, as far as it is known; and how much of that lies before it.
    pub(super) fn around(&self, before: usize, after: usize) -> (Vec<u8>, usize) {
        let start = self.at.saturating_sub(before);
        let end = self.at.saturating_add(after);
        let part = |bytes: &[u8], offset: usize| {
            let clamp = |at: usize| at.saturating_sub(offset).min(bytes.len());
            bytes[clamp(start)..clamp(end)].to_vec()
        };
        ([part(self.kept, 0), part(self.piece, self.kept.len())].concat(), self.at - start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_however_it_is_cut() {
        let text = b"..needle tail..needleneedle";
        for length in 1..text.len() {
            let mut search = Search::new(b"needle", 12);
            let (mut found, mut offset) = (std::collections::BTreeMap::new(), 0);
            for piece in text.chunks(length) {
                search.feed(piece, |hit| {
                    let (around, before) = hit.around(1, 9);
                    found.insert(hit.offset(offset), around[before..].to_vec());
                });
                offset += piece.len() as u64;
            }
            assert_eq!(found.keys().copied().collect::<Vec<_>>(), [2, 15, 21], "{length}");
            assert_eq!(found[&2], b"needle ta", "{length}");
        }
    }

    #[test]
    fn a_window_keeps_what_it_wants() {
        for length in 1..10 {
            let mut window = Window::new(3, 7);
            let mut offset = 0;
            for piece in b"0123456789".chunks(length) {
                window.feed(offset, piece);
                offset += piece.len() as u64;
            }
            assert_eq!(window.bytes(), b"3456");
            assert_eq!(window.get(4, 2), Some(&b"45"[..]));
            assert_eq!((window.get(2, 2), window.get(6, 2)), (None, None));
        }
    }
}
