//! The head, the segments and the sections of an ELF file (System V ABI, "Object Files"), of either width and order.

/// The first bytes of every ELF file.
pub(super) const MAGIC: [u8; 4] = *b"\x7fELF";

/// The head of an executable or a shared object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    format: Format,
    segments: Table,
    /// Where the section table lies.
    pub(super) sections: Table,
    /// The section that holds the names of sections; 0 is none.
    names: u64,
}

/// Entries of equal length, one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    offset: u64,
    entry_bytes: u64,
    count: u64,
}

impl Table {
    pub(super) fn start(&self) -> u64 {
        self.offset
    }

    /// `None` if it reaches beyond what can be counted.
    pub(super) fn end(&self) -> Option<u64> {
        self.offset.checked_add(self.entry_bytes.checked_mul(self.count)?)
    }
}

/// A part of the file that is loaded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) is_writable: bool,
}

/// A section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section {
    /// Where its name begins, in the section of names.
    pub(super) name: u64,
    pub(super) start: u64,
    pub(super) bytes: u64,
    /// Whether it is a symbol table that is not loaded.
    pub(super) is_symbols: bool,
    /// Whether it is loaded when the file is run.
    pub(super) is_loaded: bool,
    /// The section it goes with.
    pub(super) link: u64,
}

/// How numbers are written.
#[derive(Clone, Copy, Debug)]
struct Format {
    is_wide: bool,
    is_big_endian: bool,
}

impl Format {
    /// The number of `width` bytes at `at`.
    fn number(self, bytes: &[u8], at: usize, width: usize) -> Option<u64> {
        let field = bytes.get(at..at.checked_add(width)?)?;
        let next = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.is_big_endian { field.iter().fold(0, next) } else { field.iter().rev().fold(0, next) })
    }

    /// An address, an offset or a size: `at` is where it lies in 64-bit files and in 32-bit ones.
    fn word(self, bytes: &[u8], (wide, narrow): (usize, usize)) -> Option<u64> {
        if self.is_wide { self.number(bytes, wide, 8) } else { self.number(bytes, narrow, 4) }
    }

    fn at(self, (wide, narrow): (usize, usize)) -> usize {
        if self.is_wide { wide } else { narrow }
    }
}

impl Header {
    /// Reads the head of the file; `None` if it is no executable and no shared object.
    pub(super) fn read(head: &[u8]) -> Option<Self> {
        if !head.starts_with(&MAGIC) {
            return None;
        }
        let format = Format {
            is_wide: match head.get(4)? {
                1 => false,
                2 => true,
                _ => return None,
            },
            is_big_endian: match head.get(5)? {
                1 => false,
                2 => true,
                _ => return None,
            },
        };
        let short = |at: (usize, usize)| format.number(head, format.at(at), 2);
        const EXECUTABLE: u64 = 2;
        const SHARED: u64 = 3;
        if !matches!(short((16, 16))?, EXECUTABLE | SHARED) {
            return None;
        }
        Some(Self {
            format,
            segments: Table {
                offset: format.word(head, (32, 28))?,
                entry_bytes: short((54, 42))?,
                count: short((56, 44))?,
            },
            sections: Table {
                offset: format.word(head, (40, 32))?,
                entry_bytes: short((58, 46))?,
                count: short((60, 48))?,
            },
            names: short((62, 50))?,
        })
    }

    /// The loaded segments, as far as `head` has them: it follows the header in everything linkers write.
    pub(super) fn segments(&self, head: &[u8]) -> Vec<Segment> {
        const LOAD: u64 = 1;
        const WRITABLE: u64 = 2;
        let segment = |entry: &[u8]| {
            let start = self.format.word(entry, (8, 4))?;
            let flags = self.format.number(entry, self.format.at((4, 24)), 4)?;
            let end = start.checked_add(self.format.word(entry, (32, 16))?)?;
            let is_loaded = self.format.number(entry, 0, 4)? == LOAD && end > start;
            is_loaded.then_some(Segment { start, end, is_writable: flags & WRITABLE != 0 })
        };
        let table = usize::try_from(self.segments.offset).ok().and_then(|start| head.get(start..));
        self.entries(table.unwrap_or_default(), &self.segments).filter_map(segment).collect()
    }

    /// The sections of the table.
    pub(super) fn sections(&self, table: &[u8]) -> Vec<Section> {
        const SYMBOLS: u64 = 2;
        const WITHOUT_CONTENT: u64 = 8;
        const ALLOCATED: u64 = 2;
        let section = |entry: &[u8]| {
            let kind = self.format.number(entry, 4, 4)?;
            let bytes = self.format.word(entry, (32, 20))?;
            let is_loaded = self.format.word(entry, (8, 8))? & ALLOCATED != 0;
            Some(Section {
                name: self.format.number(entry, 0, 4)?,
                start: self.format.word(entry, (24, 16))?,
                bytes: if kind == WITHOUT_CONTENT { 0 } else { bytes },
                is_symbols: kind == SYMBOLS && !is_loaded,
                is_loaded,
                link: self.format.number(entry, self.format.at((40, 24)), 4)?,
            })
        };
        self.entries(table, &self.sections).filter_map(section).collect()
    }

    /// The section that holds the names of sections.
    pub(super) fn names(&self, sections: &[Section]) -> Option<Section> {
        sections.get(usize::try_from(self.names).ok()?).copied().filter(|_| self.names > 0)
    }

    fn entries<'a>(&self, bytes: &'a [u8], table: &Table) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let length = usize::try_from(table.entry_bytes).unwrap_or(0).max(1);
        bytes.chunks_exact(length).take(usize::try_from(table.count).unwrap_or(0))
    }
}

/// The name that begins at `at`.
pub(super) fn name(names: &[u8], at: u64) -> Option<&[u8]> {
    let name = names.get(usize::try_from(at).ok()?..)?;
    name.iter().position(|&byte| byte == 0).map(|end| &name[..end])
}
