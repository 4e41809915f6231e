//! `rpmdb.sqlite`, which rpm uses from version 4.16 on.
//!
//! The format: sqlite.org, "Database File Format". Of all of it only what leads to the rows of one table is read.

use plimsoll_snapshot::{FaultPlace, MetadataFault, MetadataProblem};

use super::bytes::{be16, be32, index};

const MAGIC: &[u8] = b"SQLite format 3\0";
const INTERIOR: u8 = 5;
const LEAF: u8 = 13;

/// Gives the header of each package, or what is wrong.
pub(super) fn read(file: &[u8], mut each: impl FnMut(Result<&[u8], MetadataFault>)) {
    let Some(database) = Database::of(file) else {
        return each(Err(MetadataProblem::InvalidSqlite.into()));
    };
    let mut root = None;
    let mut damage = Vec::new();
    database.rows(1, |row| match row {
        // type, name, tbl_name, rootpage, sql
        Ok(row) if column(row, 0) == Some(b"table") && column(row, 1) == Some(b"Packages") => {
            root = column(row, 3).map(|page| page.iter().fold(0, |page, &byte| page << 8 | u32::from(byte)));
        }
        Ok(_) => {}
        Err(fault) => damage.push(fault),
    });
    damage.into_iter().for_each(|fault| each(Err(fault)));
    let Some(root) = root else {
        return each(Err(MetadataProblem::NoPackageTable.into()));
    };
    database.rows(root, |row| {
        // hnum, blob
        each(row.and_then(|row| column(row, 1).ok_or_else(|| MetadataProblem::InvalidRow.into())));
    });
}

struct Database<'a> {
    file: &'a [u8],
    page_size: usize,
    /// What is left of a page without the bytes that extensions may use.
    usable: usize,
}

impl<'a> Database<'a> {
    fn of(file: &'a [u8]) -> Option<Self> {
        let page_size = match be16(file, 16)? {
            1 => 65536,
            size => usize::from(size),
        };
        let usable = page_size.checked_sub(usize::from(*file.get(20)?))?;
        let is_sane = file.starts_with(MAGIC) && page_size.is_power_of_two() && usable >= 480;
        is_sane.then_some(Self { file, page_size, usable })
    }

    /// A page, counted from 1.
    fn page(&self, number: u32) -> Option<&'a [u8]> {
        let start = index(number).checked_sub(1)?.checked_mul(self.page_size)?;
        self.file.get(start..start.checked_add(self.page_size)?)
    }

    /// Gives the rows of the table whose tree begins at `root`, in their order.
    fn rows(&self, root: u32, mut each: impl FnMut(Result<&[u8], MetadataFault>)) {
        // A page is part of one tree, a byte of one row: what is read twice is a trap.
        let mut pages_left = self.file.len() / self.page_size;
        let mut bytes_left = self.file.len();
        let mut row = Vec::new();
        let mut stack = vec![root];
        while let Some(number) = stack.pop() {
            let at = |problem: MetadataProblem| {
                MetadataFault::from(problem).at(FaultPlace::Page(u64::from(number)))
            };
            let Some(left) = pages_left.checked_sub(1) else {
                return each(Err(at(MetadataProblem::Overlap)));
            };
            pages_left = left;
            let page = self.page(number).unwrap_or_default();
            let start = if number == 1 { 100 } else { 0 };
            match page.get(start) {
                Some(&INTERIOR) => {
                    let children = cells(page, start, 12).map_while(|cell| be32(page, cell));
                    let children: Vec<u32> = children.chain(be32(page, start + 8)).collect();
                    stack.extend(children.into_iter().rev());
                    // More than there are pages cannot be, and must not be kept.
                    if stack.len() > pages_left {
                        return each(Err(at(MetadataProblem::InvalidPage)));
                    }
                }
                Some(&LEAF) => {
                    for cell in cells(page, start, 8) {
                        match self.collect(page, cell, &mut bytes_left, &mut row) {
                            Some(()) => each(Ok(&row)),
                            None => each(Err(at(MetadataProblem::InvalidRow))),
                        }
                    }
                }
                _ => each(Err(at(MetadataProblem::InvalidPage))),
            }
        }
    }

    /// Puts together the row of a cell: what does not fit in its page goes on in a chain of others.
    fn collect(&self, page: &[u8], cell: usize, bytes_left: &mut usize, row: &mut Vec<u8>) -> Option<()> {
        row.clear();
        let mut cell = page.get(cell..)?;
        let length = usize::try_from(varint(&mut cell)?).ok()?;
        varint(&mut cell)?;
        *bytes_left = bytes_left.checked_sub(length)?;
        // "B-tree Pages": U, P, X, M and K are called so there.
        let max_local = self.usable - 35;
        let local = if length <= max_local {
            length
        } else {
            let min_local = (self.usable - 12) * 32 / 255 - 23;
            let local = min_local + (length - min_local) % (self.usable - 4);
            if local <= max_local { local } else { min_local }
        };
        row.extend_from_slice(cell.get(..local)?);
        let mut next = if local < length { be32(cell, local)? } else { 0 };
        while next != 0 && row.len() < length {
            let page = self.page(next)?;
            let content = page.get(4..self.usable)?;
            row.extend_from_slice(&content[..content.len().min(length - row.len())]);
            next = be32(page, 0)?;
        }
        (row.len() == length).then_some(())
    }
}

/// Where the cells of a page begin.
fn cells(page: &[u8], start: usize, header: usize) -> impl Iterator<Item = usize> {
    let count = usize::from(be16(page, start + 3).unwrap_or(0));
    (0..count).map_while(move |cell| be16(page, start + header + 2 * cell).map(usize::from))
}

/// The bytes of a column ("Record Format").
fn column(row: &[u8], column: usize) -> Option<&[u8]> {
    let mut rest = row;
    let header = usize::try_from(varint(&mut rest)?).ok()?;
    let mut types = row.get(row.len() - rest.len()..header)?;
    let mut start = header;
    for number in 0.. {
        let length = match varint(&mut types)? {
            0 | 8 | 9 => 0,
            length @ 1..=4 => usize::try_from(length).ok()?,
            5 => 6,
            6 | 7 => 8,
            serial_type => usize::try_from(serial_type.checked_sub(12)? / 2).ok()?,
        };
        let end = start.checked_add(length)?;
        if number == column {
            return row.get(start..end);
        }
        start = end;
    }
    None
}

/// Reads a number of up to nine bytes, the more significant first.
fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for place in 0..9 {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        if place == 8 {
            return Some(number << 8 | u64::from(byte));
        }
        number = number << 7 | u64::from(byte & 0x7f);
        if byte < 0x80 {
            break;
        }
    }
    Some(number)
}
