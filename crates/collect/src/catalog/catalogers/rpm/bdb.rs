//! `Packages`, a hash table of Berkeley DB, which rpm used up to version 4.15.
//!
//! The format: Berkeley DB, src/dbinc/db_page.h, `HASHHDR`, `PAGE` and `HOFFPAGE`. Numbers are in the order of the machine
//! that wrote them. The buckets are of no interest: every page is looked at.

use plimsoll_snapshot::{FaultPlace, MetadataFault, MetadataProblem};

use super::bytes::{array, index};

const MAGIC: u32 = 0x0006_1561;
/// A page of a bucket, of its old and its new form.
const BUCKET_PAGES: [u8; 2] = [2, 13];
const OVERFLOW_PAGE: u8 = 7;
const PAGE_HEADER: usize = 26;
/// An item on its page, and one on separate pages.
const ON_PAGE: u8 = 1;
const OFF_PAGE: u8 = 3;

/// Gives the header of each package, or what is wrong.
pub(super) fn read(file: &[u8], mut each: impl FnMut(Result<&[u8], MetadataFault>)) {
    let Some(table) = Table::of(file) else {
        return each(Err(MetadataProblem::InvalidBdb.into()));
    };
    // Items do not share bytes: what is read twice is a trap.
    let mut left = file.len();
    let mut blob = Vec::new();
    for (number, page) in file.chunks_exact(table.page_size).enumerate().skip(1) {
        if !page.get(25).is_some_and(|kind| BUCKET_PAGES.contains(kind)) {
            continue;
        }
        let damaged = || MetadataFault::from(MetadataProblem::InvalidRow).at(FaultPlace::Page(number as u64));
        let entries = usize::from(table.u16(page, 20).unwrap_or(0)).min(page.len() / 2);
        // Keys and values take turns.
        for value in (1..entries).step_by(2) {
            // The number of a package; under 0 lies the next one that is free.
            let is_count = table.item(page, value - 1).is_some_and(|key| key == [ON_PAGE, 0, 0, 0, 0]);
            if is_count {
                continue;
            }
            match table.item(page, value) {
                Some([ON_PAGE, content @ ..]) if content.len() <= left => {
                    left -= content.len();
                    each(Ok(content));
                }
                Some(item @ [OFF_PAGE, ..]) => match table.collect(item, &mut left, &mut blob) {
                    Some(()) => each(Ok(&blob)),
                    None => each(Err(damaged())),
                },
                _ => each(Err(damaged())),
            }
        }
    }
}

struct Table<'a> {
    file: &'a [u8],
    page_size: usize,
    is_big_endian: bool,
}

impl<'a> Table<'a> {
    fn of(file: &'a [u8]) -> Option<Self> {
        let is_big_endian = match array(file, 12)? {
            magic if u32::from_le_bytes(magic) == MAGIC => false,
            magic if u32::from_be_bytes(magic) == MAGIC => true,
            _ => return None,
        };
        let mut table = Self { file, page_size: 0, is_big_endian };
        table.page_size = index(table.u32(file, 20)?);
        ((512..=65536).contains(&table.page_size) && table.page_size.is_power_of_two()).then_some(table)
    }

    fn u16(&self, bytes: &[u8], at: usize) -> Option<u16> {
        let number = array(bytes, at)?;
        Some(if self.is_big_endian { u16::from_be_bytes(number) } else { u16::from_le_bytes(number) })
    }

    fn u32(&self, bytes: &[u8], at: usize) -> Option<u32> {
        let number = array(bytes, at)?;
        Some(if self.is_big_endian { u32::from_be_bytes(number) } else { u32::from_le_bytes(number) })
    }

    /// An item of a page: it ends where the one before it begins.
    fn item<'p>(&self, page: &'p [u8], number: usize) -> Option<&'p [u8]> {
        let offset = |number: usize| self.u16(page, PAGE_HEADER + 2 * number).map(usize::from);
        let end = if number == 0 { page.len() } else { offset(number - 1)? };
        page.get(offset(number)?..end)
    }

    /// Puts together an item that lies on separate pages.
    fn collect(&self, item: &[u8], left: &mut usize, content: &mut Vec<u8>) -> Option<()> {
        content.clear();
        let mut number = self.u32(item, 4)?;
        let length = index(self.u32(item, 8)?);
        while number != 0 {
            *left = left.checked_sub(self.page_size)?;
            let start = index(number).checked_mul(self.page_size)?;
            let page = self.file.get(start..start.checked_add(self.page_size)?)?;
            if page.get(25) != Some(&OVERFLOW_PAGE) {
                return None;
            }
            let used = usize::from(self.u16(page, 22)?);
            content.extend_from_slice(page.get(PAGE_HEADER..)?.get(..used)?);
            number = self.u32(page, 16)?;
        }
        (content.len() == length).then_some(())
    }
}
