//! What a cataloger is, and what it is given to read.

use std::borrow::Cow;

use plimsoll_snapshot::{Entries, path};

use super::facts::Catalog;

/// Knows one kind of file.
pub(crate) struct Cataloger {
    /// Its name, as warnings give it.
    pub(crate) id: &'static str,
    /// Whether it wants a file. It is asked for every file of every layer: the cheapest test comes first.
    pub(crate) wants: fn(&Candidate<'_>) -> bool,
    /// How it reads the file.
    pub(crate) read: Read,
    /// What it does once every file of the layer has passed by; [`nothing`] for most.
    pub(crate) complete: fn(&mut Catalog, &Entries),
}

/// What a cataloger does at the end of a layer that has said all while it read.
pub(crate) fn nothing(_: &mut Catalog, _: &Entries) {}

/// How a cataloger reads a file.
pub(crate) enum Read {
    /// As a whole. Files beyond [`Limits::metadata_bytes`] are left unread, with a warning.
    Whole(ReadWhole),
    /// In pieces, however large it is.
    Pieces(fn(&Candidate<'_>) -> Box<dyn Scan>),
}

/// Reads a file as a whole.
pub(crate) type ReadWhole = fn(&SourceFile<'_>, &mut Catalog);

/// A file before it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    /// Where it lies, without a leading slash.
    pub(crate) path: &'a [u8],
    /// The last component of the path.
    pub(crate) name: &'a [u8],
    /// How large it is.
    pub(crate) size: u64,
    /// Its permission bits.
    pub(crate) mode: u32,
}

/// A file that was read as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SourceFile<'a> {
    /// Where it lies, without a leading slash.
    pub(crate) path: &'a [u8],
    /// What is in it.
    pub(crate) bytes: &'a [u8],
    /// What facts call it.
    pub(crate) entry: u32,
}

impl<'a> SourceFile<'a> {
    /// The content as text; what is not UTF-8 is replaced.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.bytes)
    }

    /// The directory it lies in.
    pub(crate) fn directory(&self) -> &'a [u8] {
        path::parent(self.path)
    }
}

/// Reads a file that passes by in pieces.
pub(crate) trait Scan {
    /// The next piece.
    fn feed(&mut self, bytes: &[u8]);
    /// The end of the file. `entry` is what facts call it.
    fn finish(self: Box<Self>, entry: u32, catalog: &mut Catalog);
}
