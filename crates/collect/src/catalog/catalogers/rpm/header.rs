//! The header of an installed package, as the databases of rpm keep it.
//!
//! The format: rpm's manual, "RPM v4 package format", "Header"; all numbers are big-endian. In a database it stands
//! without the magic and the lead: how many entries and bytes of data, the entries, the data.

use super::bytes::be32;

/// Tags of entries (rpm, include/rpm/rpmtag.h).
#[derive(Clone, Copy)]
pub(super) enum Tag {
    Name = 1000,
    Version = 1001,
    Release = 1002,
    Epoch = 1003,
    Size = 1009,
    License = 1014,
    Arch = 1022,
    OldFileNames = 1027,
    FileStates = 1029,
    FileModes = 1030,
    SourceRpm = 1044,
    ProvideName = 1047,
    RequireName = 1049,
    DirIndexes = 1116,
    BaseNames = 1117,
    DirNames = 1118,
    LongSize = 5009,
    RecommendName = 5046,
    SuggestName = 5049,
}

/// A header whose entries and data are there.
pub(super) struct Header<'a> {
    entries: &'a [u8],
    data: &'a [u8],
}

const ENTRY: usize = 16;

impl<'a> Header<'a> {
    pub(super) fn parse(blob: &'a [u8]) -> Option<Self> {
        let entries = usize::try_from(be32(blob, 0)?).ok()?.checked_mul(ENTRY)?;
        let data = usize::try_from(be32(blob, 4)?).ok()?;
        let start = entries.checked_add(8)?;
        Some(Self { entries: blob.get(8..start)?, data: blob.get(start..start.checked_add(data)?)? })
    }

    /// The type, the count, and the data from there on, of the first entry of a tag.
    fn find(&self, tag: Tag) -> Option<(u32, usize, &'a [u8])> {
        let entry = self.entries.chunks_exact(ENTRY).find(|entry| be32(entry, 0) == Some(tag as u32))?;
        let offset = usize::try_from(be32(entry, 8)?).ok()?;
        let count = usize::try_from(be32(entry, 12)?).ok()?;
        Some((be32(entry, 4)?, count, self.data.get(offset..)?))
    }

    /// The strings of a tag, be it one or a list.
    pub(super) fn strings(&self, tag: Tag) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        // STRING, STRING_ARRAY, I18NSTRING
        let (count, data) = match self.find(tag) {
            Some((6 | 8 | 9, count, data)) => (count, data),
            _ => (0, &[][..]),
        };
        // What no zero ends is no string.
        data.split_inclusive(|&byte| byte == 0).map_while(|string| string.strip_suffix(&[0])).take(count)
    }

    /// A text, if there is one and it says something.
    pub(super) fn text(&self, tag: Tag) -> Option<String> {
        let text = String::from_utf8_lossy(self.strings(tag).next()?).into_owned();
        (!text.is_empty()).then_some(text)
    }

    /// The numbers of a tag.
    pub(super) fn numbers(&self, tag: Tag) -> impl Iterator<Item = u64> + use<'a> {
        let (width, count, data) = match self.find(tag) {
            // CHAR and INT8, INT16, INT32, INT64
            Some((1 | 2, count, data)) => (1, count, data),
            Some((3, count, data)) => (2, count, data),
            Some((4, count, data)) => (4, count, data),
            Some((5, count, data)) => (8, count, data),
            _ => (1, 0, &[][..]),
        };
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
        data.chunks_exact(width).take(count).map(number)
    }

    pub(super) fn number(&self, tag: Tag) -> Option<u64> {
        self.numbers(tag).next()
    }
}
