//! Pairs quotes, backticks and brackets of a text in one pass, so that a word finds its end without looking for it.

use super::look;
use super::marks::BETWEEN;

/// Shells in shells escape quotes with more and more backslashes; deeper ones are not distinguished.
const LEVELS: usize = 4;

/// A quote, a backtick or an opening bracket, and where its counterpart is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// Where its own character is: behind the backslashes.
    pub(super) at: usize,
    /// How many backslashes stand in front of it.
    pub(super) backslashes: usize,
    /// Where the backslashes of the counterpart begin, and where its character is.
    pub(super) twin: Option<(usize, usize)>,
}

/// All pairs, by their place.
pub(super) struct Twins(Vec<Pair>);

impl Twins {
    pub(super) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        look::looked_at(2 * bytes.len());
        let mut pairs = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let mut backslashes = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            match byte {
                b'\\' => {
                    backslashes += 1;
                    continue;
                }
                b'"' | b'\'' | b'`' => pairs.push(Pair { at, backslashes, twin: None }),
                b'(' => {
                    open.push(pairs.len());
                    pairs.push(Pair { at, backslashes, twin: None });
                }
                b')' => {
                    if let Some(index) = open.pop() {
                        pairs[index].twin = Some((at, at));
                    }
                }
                _ => {}
            }
            backslashes = 0;
        }
        // Arguments are apart: neither quotes nor brackets reach from one into the next.
        let mut next = [[None; LEVELS]; 3];
        let mut end = text.len();
        let mut borders = text.rmatch_indices(BETWEEN).map(|(at, _)| at).peekable();
        for pair in pairs.iter_mut().rev() {
            while let Some(border) = borders.next_if(|border| *border > pair.at) {
                next = [[None; LEVELS]; 3];
                end = border;
            }
            let kind = match bytes[pair.at] {
                b'"' => 0,
                b'\'' => 1,
                b'`' => 2,
                _ => {
                    pair.twin = pair.twin.filter(|(_, at)| *at < end);
                    continue;
                }
            };
            let slot = &mut next[kind][pair.backslashes.min(LEVELS - 1)];
            pair.twin = slot.replace((pair.at - pair.backslashes, pair.at));
        }
        Self(pairs)
    }

    /// The index of the first pair from a place on.
    pub(super) fn from(&self, at: usize) -> usize {
        look::looked_at(self.0.len().checked_ilog2().unwrap_or_default() as usize);
        self.0.partition_point(|pair| pair.at < at)
    }

    pub(super) fn get(&self, index: usize) -> Option<&Pair> {
        self.0.get(index)
    }

    /// The pair whose character is at a place.
    pub(super) fn at(&self, at: usize) -> Option<&Pair> {
        self.get(self.from(at)).filter(|pair| pair.at == at)
    }
}
