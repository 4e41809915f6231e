//! Executables and shared objects: what they carry beyond what runs, and the modules and crates they are made of.
//!
//! They may be gigabytes, so nothing is kept of them but a few windows: the section table, what lies before it and
//! after the last loaded segment (the names of sections, the list of crates), and what a search in the loaded segments
//! comes across. What is no ELF file is left alone after its first bytes.

mod elf;
mod go;
mod package;
mod rust;

use std::collections::BTreeSet;

use plimsoll_snapshot::{BinaryFact, Bytes, MetadataProblem, Order as _};

use self::elf::{Header, Section};
use crate::catalog::cataloger::{Candidate, Cataloger, Read, Scan, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::passing::{Hit, Search, Window};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "binaries",
    wants,
    read: Read::Pieces(|candidate| Box::new(Binary::new(candidate))),
    complete: nothing,
};

/// The smallest header of an ELF file.
const HEADER_BYTES: u64 = 52;

/// How much of the head is kept: the header and the segments.
const HEAD_BYTES: usize = 4096;

/// How much is kept before the section table, and after the last loaded segment.
const WINDOW_BYTES: u64 = 256 << 10;

/// The longest section table that is read; a symbol table that long has 16384 sections.
const TABLE_BYTES: u64 = 1 << 20;

/// How much is kept before and after the name of the section of names: no linker needs more for all names.
const NAMES_BYTES: usize = 4096;

/// What UPX writes behind the segments of what it packs (UPX, `struct l_info`), and how far behind the beginning that is.
const UPX: &[u8] = b"UPX!";
const UPX_BYTES: usize = 1024;

fn wants(candidate: &Candidate<'_>) -> bool {
    candidate.size >= HEADER_BYTES && (candidate.mode & 0o111 != 0 || is_library(candidate.name))
}

/// `libx.so`, `libx.so.1.2`.
fn is_library(name: &[u8]) -> bool {
    name.ends_with(b".so") || name.windows(4).any(|part| part == b".so.")
}

/// A file that may be an ELF file.
struct Binary {
    size: u64,
    state: State,
}

enum State {
    /// Of which the head is still to come.
    Head(Vec<u8>),
    Elf(Box<Elf>),
    Other,
}

impl Binary {
    fn new(candidate: &Candidate<'_>) -> Self {
        Self { size: candidate.size, state: State::Head(Vec::new()) }
    }
}

impl Scan for Binary {
    fn feed(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Other => {}
            State::Elf(elf) => elf.feed(bytes),
            State::Head(head) => {
                let whole = usize::try_from(self.size).map_or(HEAD_BYTES, |size| size.min(HEAD_BYTES));
                let (taken, rest) = bytes.split_at((whole - head.len()).min(bytes.len()));
                head.extend_from_slice(taken);
                let known = head.len().min(elf::MAGIC.len());
                if head[..known] != elf::MAGIC[..known] {
                    self.state = State::Other;
                } else if head.len() == whole {
                    self.state = match Header::read(head) {
                        Some(header) => {
                            let mut elf = Box::new(Elf::new(header, head, self.size));
                            elf.feed(head);
                            elf.feed(rest);
                            State::Elf(elf)
                        }
                        None => State::Other,
                    };
                }
            }
        }
    }

    fn finish(self: Box<Self>, entry: u32, catalog: &mut Catalog) {
        if let State::Elf(elf) = self.state {
            elf.finish(entry, catalog);
        }
    }
}

/// An ELF file that passes by.
struct Elf {
    header: Header,
    size: u64,
    /// How much has passed by.
    position: u64,
    table: Window,
    sections: Vec<Section>,
    windows: Vec<Window>,
    /// Segments of code and constants: sources of Rust are named there.
    constants: Part,
    /// Segments of variables: Go's build information is there.
    variables: Part,
    /// What is not loaded: the names of sections are there.
    rest: Part,
    go: Option<Window>,
    names: Option<(u64, Vec<u8>)>,
    crates: BTreeSet<rust::Crate>,
    /// Whether UPX packed it: then it is a small program that unpacks another.
    is_packed: bool,
}

/// Parts of the file, in order and apart, and a search in them.
struct Part {
    ranges: Vec<(u64, u64)>,
    search: Search,
    /// How many hits are still looked at: a file that is full of them is no binary that a linker wrote.
    left: u32,
}

impl Part {
    fn new(mut ranges: Vec<(u64, u64)>, search: Search, most_hits: u32) -> Self {
        ranges.order();
        ranges.dedup_by(|next, last| {
            let touches = next.0 <= last.1;
            if touches {
                last.1 = last.1.max(next.1);
            }
            touches
        });
        Self { ranges, search, left: most_hits }
    }

    /// Searches the part of the piece that belongs to it.
    fn feed(&mut self, offset: u64, piece: &[u8], mut hit: impl FnMut(u64, &Hit<'_>)) {
        let end = offset + piece.len() as u64;
        let place = |at: u64| usize::try_from(at.clamp(offset, end) - offset).unwrap_or(piece.len());
        for &(from, to) in &self.ranges {
            if from >= end || to <= offset || self.left == 0 {
                continue;
            }
            if from >= offset {
                self.search.interrupt();
            }
            let start = from.max(offset);
            let left = &mut self.left;
            self.search.feed(&piece[place(from)..place(to)], |found| {
                if *left > 0 {
                    *left -= 1;
                    hit(start, found);
                }
            });
        }
    }
}

impl Elf {
    fn new(header: Header, head: &[u8], size: u64) -> Self {
        let segments = header.segments(head);
        let parts = |is_writable| {
            let ranges = segments.iter().filter(|segment| segment.is_writable == is_writable);
            ranges.map(|segment| (segment.start, segment.end.min(size))).collect()
        };
        let loaded = segments.iter().map(|segment| segment.end).max().unwrap_or(0).min(size);
        let table = match header.sections.end() {
            Some(end) if end <= size && end - header.sections.start() <= TABLE_BYTES => {
                Window::new(header.sections.start(), end)
            }
            _ => Window::default(),
        };
        let before_table = header.sections.start().saturating_sub(WINDOW_BYTES);
        let windows = vec![
            Window::new(before_table, header.sections.start().min(size)),
            Window::new(loaded, loaded.saturating_add(WINDOW_BYTES).min(size)),
        ];
        Self {
            header,
            size,
            position: 0,
            table,
            sections: Vec::new(),
            windows,
            constants: Part::new(parts(false), Search::new(rust::SOURCE, rust::LONGEST_SOURCE), 1 << 20),
            variables: Part::new(parts(true), Search::new(go::MAGIC, go::MAGIC.len()), 1 << 20),
            rest: Part::new(vec![(loaded, size)], Search::new(b"\0.shstrtab\0", 2 * NAMES_BYTES), 1 << 12),
            go: None,
            names: None,
            crates: BTreeSet::new(),
            is_packed: head[..head.len().min(UPX_BYTES)].windows(UPX.len()).any(|part| part == UPX),
        }
    }

    fn feed(&mut self, mut bytes: &[u8]) {
        // As soon as the section table has passed by, it is known what else to keep.
        let to_table = usize::try_from(self.table.end().saturating_sub(self.position)).unwrap_or(usize::MAX);
        if self.sections.is_empty() && (1..=bytes.len()).contains(&to_table) {
            let (before, rest) = bytes.split_at(to_table);
            self.pass(before);
            self.sections = self.header.sections(self.table.bytes());
            if let Some(names) = self.header.names(&self.sections)
                && names.start >= self.position
            {
                let end = names.start.saturating_add(names.bytes.min(TABLE_BYTES));
                self.windows.push(Window::new(names.start, end));
            }
            bytes = rest;
        }
        self.pass(bytes);
    }

    fn pass(&mut self, piece: &[u8]) {
        let offset = self.position;
        self.position += piece.len() as u64;
        self.table.feed(offset, piece);
        for window in self.windows.iter_mut().chain(&mut self.go) {
            window.feed(offset, piece);
        }
        if self.go.is_none() {
            self.variables.feed(offset, piece, |start, hit| {
                let at = hit.offset(start);
                if self.go.is_none() && at.is_multiple_of(go::ALIGNMENT) {
                    let (bytes, _) = hit.around(0, usize::MAX);
                    self.go = Some(Window::begun(at, at.saturating_add(go::LONGEST), bytes));
                }
            });
        }
        let crates = &mut self.crates;
        self.constants.feed(offset, piece, |_, hit| {
            let (source, _) = hit.around(0, rust::LONGEST_SOURCE);
            if crates.len() < rust::MOST_CRATES {
                crates.extend(rust::crate_of_source(&source));
            }
        });
        let names = &mut self.names;
        self.rest.feed(offset, piece, |start, hit| {
            let (bytes, before) = hit.around(NAMES_BYTES, NAMES_BYTES);
            let start = hit.offset(start) - before as u64;
            let known = names.as_ref().filter(|(at, _)| start.abs_diff(*at) <= NAMES_BYTES as u64);
            if known.is_none_or(|(_, known)| known.len() < bytes.len()) {
                *names = Some((start, bytes));
            }
        });
    }

    /// What lies between two offsets, if it was kept.
    fn kept(&self, section: &Section) -> Option<&[u8]> {
        let (start, bytes) = (section.start, section.bytes);
        let found = self.windows.iter().find_map(|window| window.get(start, bytes));
        found.or_else(|| {
            let (at, names) = self.names.as_ref()?;
            let from = usize::try_from(start.checked_sub(*at)?).ok()?;
            names.get(from..from.checked_add(usize::try_from(bytes).ok()?)?)
        })
    }

    fn finish(self, entry: u32, catalog: &mut Catalog) {
        if self.is_packed {
            return catalog.problem(entry, MetadataProblem::Packed);
        }
        if self.header.sections.end().is_none_or(|end| end > self.size) {
            catalog.problem(entry, MetadataProblem::InvalidSections);
        }
        let names = self.header.names(&self.sections).and_then(|names| self.kept(&names)).unwrap_or_default();
        let name = |section: &Section| elf::name(names, section.name).unwrap_or_default();
        let is_debug = |section: &&Section| {
            let name = name(section);
            !section.is_loaded && (name.starts_with(b".debug_") || name.starts_with(b".zdebug_"))
        };
        let symbols = self.sections.iter().filter(|section| section.is_symbols).flat_map(|section| {
            let strings = usize::try_from(section.link).ok().and_then(|link| self.sections.get(link));
            [Some(section), strings.filter(|strings| !strings.is_loaded)].into_iter().flatten()
        });
        let debug_bytes = self.total(self.sections.iter().filter(is_debug));
        let symbol_bytes = self.total(symbols);
        if debug_bytes.0 + symbol_bytes.0 > 0 {
            catalog.binaries.push(BinaryFact { entry, debug_bytes, symbol_bytes });
        }
        if let Some(go) = &self.go {
            go::read(go.bytes(), entry, catalog);
        }
        match self.sections.iter().find(|section| name(section) == rust::SECTION) {
            Some(section) => rust::read(self.kept(section), entry, catalog),
            None => rust::found(self.crates, entry, catalog),
        }
    }

    /// How much the sections take up. No file is larger than itself, whatever its sections say.
    fn total<'a>(&self, sections: impl Iterator<Item = &'a Section>) -> Bytes {
        let inside = |section: &Section| section.bytes.min(self.size.saturating_sub(section.start));
        Bytes(sections.map(inside).fold(0, u64::saturating_add).min(self.size))
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::{Facts, Files, PackageFact};

    use super::*;
    use crate::catalog::testing::catalogue;

    /// An ELF file: constants, variables, and sections (name, type, content) that are not loaded.
    struct Made<'a> {
        is_wide: bool,
        is_big_endian: bool,
        constants: &'a [u8],
        variables: &'a [u8],
        sections: &'a [(&'a str, u64, &'a [u8])],
        /// What lies before and after the names of sections.
        padding: usize,
    }

    const PLAIN: Made<'static> = Made {
        is_wide: true,
        is_big_endian: false,
        constants: b"",
        variables: b"",
        sections: &[],
        padding: 0,
    };

    impl Made<'_> {
        fn number(&self, number: u64, width: usize) -> Vec<u8> {
            let bytes = number.to_be_bytes();
            let mut bytes = bytes[8 - width..].to_vec();
            if !self.is_big_endian {
                bytes.reverse();
            }
            bytes
        }

        /// Numbers of 2 or 4 bytes, or of the width of an address (`0`).
        fn numbers(&self, numbers: &[(u64, usize)]) -> Vec<u8> {
            let word = if self.is_wide { 8 } else { 4 };
            numbers
                .iter()
                .flat_map(|&(n, width)| self.number(n, if width == 0 { word } else { width }))
                .collect()
        }

        fn bytes(&self) -> Vec<u8> {
            let segment = |offset: u64, length: u64, flags: u64| {
                let (wide, narrow) = if self.is_wide { (Some(flags), None) } else { (None, Some(flags)) };
                let mut numbers = vec![(1, 4)];
                numbers.extend(wide.map(|flags| (flags, 4)));
                numbers.extend([(offset, 0), (0, 0), (0, 0), (length, 0), (length, 0)]);
                numbers.extend(narrow.map(|flags| (flags, 4)));
                numbers.push((0, 0));
                self.numbers(&numbers)
            };
            let section = |name: u64, kind: u64, start: u64, length: u64, link: u64| {
                let mut numbers = vec![(name, 4), (kind, 4), (0, 0), (0, 0), (start, 0), (length, 0)];
                numbers.extend([(link, 4), (0, 4), (0, 0), (0, 0)]);
                self.numbers(&numbers)
            };
            let (header, entry, part): (u64, u64, u64) =
                if self.is_wide { (64, 64, 56) } else { (52, 40, 32) };
            // Go's build information begins at a multiple of 16.
            let constants = (header + 2 * part).next_multiple_of(16);
            let variables = (constants + self.constants.len() as u64).next_multiple_of(16);
            let mut content = Vec::new();
            let mut names = b"\0".to_vec();
            let mut table = section(0, 0, 0, 0, 0);
            let rest = variables + self.variables.len() as u64;
            let strings = self.sections.len() as u64 + 1;
            let all = self.sections.iter().copied().chain([(".shstrtab", 3, &b""[..])]);
            for (name, kind, bytes) in all {
                let at = names.len() as u64;
                names.extend([name.as_bytes(), b"\0"].concat());
                let is_names = name == ".shstrtab";
                let bytes = if is_names { &names.clone() } else { bytes };
                content.resize(content.len() + if is_names { self.padding } else { 0 }, 0);
                let link = if kind == 2 { table.len() as u64 / entry + 1 } else { 0 };
                table.extend(section(at, kind, rest + content.len() as u64, bytes.len() as u64, link));
                content.extend_from_slice(bytes);
            }
            content.resize(content.len() + self.padding, 0);
            let mut file =
                [0x7f, b'E', b'L', b'F', 1 + u8::from(self.is_wide), 1 + u8::from(self.is_big_endian)]
                    .to_vec();
            file.resize(16, 0);
            file.extend(self.numbers(&[(3, 2), (0, 2), (1, 4), (0, 0), (header, 0)]));
            file.extend(self.numbers(&[
                (rest + content.len() as u64, 0),
                (0, 4),
                (header, 2),
                (part, 2),
                (2, 2),
            ]));
            file.extend(self.numbers(&[(entry, 2), (strings + 1, 2), (strings, 2)]));
            assert_eq!(file.len() as u64, header);
            file.extend(segment(constants, self.constants.len() as u64, 5));
            file.extend(segment(variables, self.variables.len() as u64, 6));
            for (at, bytes) in [(constants, self.constants), (variables, self.variables), (rest, &content)] {
                file.resize(usize::try_from(at).unwrap(), 0);
                file.extend_from_slice(bytes);
            }
            file.extend(table);
            file
        }
    }

    fn read(made: &Made<'_>) -> (Facts, Vec<String>) {
        catalogue([("usr/bin/x", &made.bytes()[..])])
    }

    fn packages(facts: &Facts) -> Vec<String> {
        let text = |package: &PackageFact| {
            let itself = if package.files == Files::Itself { " (itself)" } else { "" };
            format!("{} {} {}{itself}", package.ecosystem.name(), package.name, package.version)
        };
        facts.packages.iter().map(text).collect()
    }

    #[test]
    fn debug_sections_and_symbols_are_counted_in_every_format() {
        // Large enough that the names of sections lie far from the table and from the segments, as with lld.
        let large = vec![7; 400_000];
        let sections: &[(&str, u64, &[u8])] = &[
            (".comment", 1, b"cc"),
            (".debug_info", 1, &large),
            (".zdebug_line", 1, b"12345"),
            (".debug_str", 8, b"nothing"),
            (".symtab", 2, b"123"),
            (".strtab", 3, &large),
        ];
        for (is_wide, is_big_endian) in [(true, false), (true, true), (false, false), (false, true)] {
            let (facts, warnings) = read(&Made { is_wide, is_big_endian, sections, ..PLAIN });
            let expected = BinaryFact { entry: 0, debug_bytes: Bytes(400_005), symbol_bytes: Bytes(400_003) };
            assert_eq!((facts.binaries, warnings), (vec![expected], vec![]), "{is_wide} {is_big_endian}");
        }
        assert_eq!(read(&PLAIN), (Facts::default(), vec![]));
    }

    #[test]
    fn the_names_of_sections_are_found_amid_large_tables() {
        // lld writes `.symtab`, `.shstrtab`, `.strtab`: the names may lie far from either end.
        let sections: &[(&str, u64, &[u8])] = &[(".debug_info", 1, b"12345")];
        let (facts, warnings) = read(&Made { sections, padding: 300_000, ..PLAIN });
        assert_eq!(warnings, [""; 0]);
        assert_eq!(facts.binaries[0].debug_bytes, Bytes(5));
    }

    fn go_information(version: &str, modules: &str) -> Vec<u8> {
        let mut bytes = [go::MAGIC, &[8, 2], &[0; 16]].concat();
        for text in [version, &format!("{0}{modules}{0}", "0123456789abcdef")] {
            let length = text.len();
            bytes.extend([u8::try_from(length & 0x7f | 0x80).unwrap(), u8::try_from(length >> 7).unwrap()]);
            bytes.extend(text.as_bytes());
        }
        bytes
    }

    #[test]
    fn a_packed_binary_is_named() {
        let mut packed = PLAIN.bytes();
        packed.extend(b"\0UPX!\x0d\x16");
        let (facts, warnings) = catalogue([("usr/bin/x", &packed[..])]);
        assert_eq!(facts, Facts::default());
        assert!(warnings[0].contains("packed with UPX"), "{warnings:?}");
    }

    #[test]
    fn go_modules_are_listed() {
        let modules = "path\texample.org/x/cmd/x\nmod\texample.org/x\t(devel)\t\ndep\ta.org/a\tv1.0.0\th1:=\n\
             dep\tb.org/b\tv2.0.0\n=>\tb.org/fork\tv2.0.1\th1:=\nbuild\t-ldflags=\"-X main.token=s3cret\"\n";
        let information = go_information("go1.22.3 X:boringcrypto", modules);
        // Cut by a piece in every way: pieces are of 1000 bytes.
        for before in (0..1100).step_by(16) {
            let variables = [vec![1; before], information.clone()].concat();
            let (facts, warnings) = read(&Made { variables: &variables, ..PLAIN });
            assert_eq!(warnings, [""; 0]);
            let expected = [
                "go example.org/x  (itself)",
                "go a.org/a v1.0.0",
                "go b.org/fork v2.0.1",
                "go stdlib 1.22.3",
            ];
            assert_eq!(packages(&facts), expected, "{before}");
        }
    }

    #[test]
    fn damaged_go_information_is_told() {
        let warning = |variables: &[u8]| {
            let (facts, warnings) = read(&Made { variables, ..PLAIN });
            assert!(facts.packages.is_empty());
            warnings.concat()
        };
        let information = go_information("go1.22.3", "mod\ta.org/a\tv1.0.0\n");
        assert!(warning(&information[..40]).contains("damaged Go build information"));
        assert!(warning(&information[..50]).contains("damaged Go build information"));
        assert!(warning(&[go::MAGIC, &[8, 0], &[0; 64]].concat()).contains("of Go before 1.18"));
        assert!(warning(&[go::MAGIC, &[8, 2], &[0xff; 64]].concat()).contains("damaged"));
    }

    #[test]
    fn crates_are_found_by_the_places_of_panics() {
        let sources = "/root/.cargo/registry/src/index.crates.io-6f17d22bba15001f/lzma-rust2-0.15.8/src/lib.rs\
            /usr/share/cargo/registry/foo-bar-1.0.0-beta.2/src/a.rs/registry/src/x/no-version/src/\
            /registry/x-1.2/src/registry/src/github.com-1ecc/lzma-rust2-0.15.8/src/x.rs/registry/cut-1.0.0";
        for before in (0..1200).step_by(7) {
            let constants = [vec![1; before], sources.as_bytes().to_vec()].concat();
            let (facts, warnings) = read(&Made { constants: &constants, ..PLAIN });
            assert_eq!(warnings, [""; 0]);
            let expected = ["rust foo-bar 1.0.0-beta.2", "rust lzma-rust2 0.15.8"];
            assert_eq!(packages(&facts), expected, "{before}");
        }
    }

    fn compressed(text: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = flate2::read::ZlibEncoder::new(text, flate2::Compression::fast());
        std::io::Read::read_to_end(&mut encoder, &mut out).unwrap();
        out
    }

    #[test]
    fn the_list_of_cargo_auditable_is_read() {
        let list = br#"{"packages":[
            {"name":"app","version":"0.1.0","source":"local","root":true,"dependencies":[1,2,9]},
            {"name":"serde","version":"1.0.1","source":"crates.io"},
            {"name":"cc","version":"1.1.1","source":"crates.io","kind":"build"}],"format":3}"#;
        let (facts, warnings) = read(&Made { sections: &[(".dep-v0", 1, &compressed(list))], ..PLAIN });
        assert_eq!(
            (packages(&facts), warnings),
            (vec!["rust app 0.1.0 (itself)".to_owned(), "rust serde 1.0.1".to_owned()], vec![])
        );
        assert_eq!(facts.packages[0].requires[0].any_of, ["serde"]);
        let warning = |list: &[u8]| read(&Made { sections: &[(".dep-v0", 1, list)], ..PLAIN }).1.concat();
        assert!(warning(b"no zlib").contains("damaged crate list: "));
        assert!(warning(&compressed(b"{\"packages\":[{")).contains("damaged crate list: EOF"));
        // A bomb is read no further than a list may be long.
        assert!(warning(&compressed(&vec![b' '; 16 << 20])).contains("damaged crate list: EOF"));
    }

    #[test]
    fn what_is_no_elf_file_is_left_alone() {
        let long = vec![b'#'; 10_000];
        let script = [b"#!/bin/sh\n", &long[..]].concat();
        let mut object = PLAIN.bytes();
        object[16] = 1;
        let (facts, warnings) = catalogue([
            ("usr/bin/script", &script[..]),
            ("usr/bin/short", b"\x7fELF"),
            ("usr/lib/x.o", &object),
            ("usr/bin/empty", b""),
        ]);
        assert_eq!((facts, warnings), (Facts::default(), vec![]));
    }

    #[test]
    fn damage_never_stops_the_reading() {
        let information = go_information("go1.22.3", "mod\ta.org/a\tv1.0.0\n");
        let list = compressed(b"{\"packages\":[]}");
        let made = Made {
            variables: &information,
            constants: b"/registry/src/x/a-1.0.0/src",
            sections: &[(".debug_info", 1, b"12345"), (".symtab", 2, b"123"), (".dep-v0", 1, &list)],
            ..PLAIN
        };
        for is_wide in [true, false] {
            let whole = Made { is_wide, ..made }.bytes();
            for length in 0..whole.len() {
                let (facts, _) = catalogue([("x", &whole[..length])]);
                assert!(facts.binaries.iter().all(|fact| fact.debug_bytes.0 <= length as u64));
                for byte in [0, 0x80, 0xff] {
                    let mut changed = whole.clone();
                    changed[length] = byte;
                    catalogue([("x", &changed[..])]);
                }
            }
        }
        let whole = PLAIN.bytes();
        let beyond = &whole[..whole.len() - 1];
        assert!(catalogue([("x", beyond)]).1.concat().contains("section table"));
    }
}
