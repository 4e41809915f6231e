//! `Packages.db`, rpm's own database, which openSUSE uses.
//!
//! The format: rpm, lib/backend/ndb/rpmpkg.c; all numbers are little-endian. Pages of slots say where the packages lie,
//! in blocks of 16 bytes.

use plimsoll_snapshot::{FaultPlace, MetadataFault, MetadataProblem};

use super::bytes::{index, le32};

const MAGIC: u32 = u32::from_le_bytes(*b"RpmP");
const SLOT: u32 = u32::from_le_bytes(*b"Slot");
const BLOB: u32 = u32::from_le_bytes(*b"BlbS");
const PAGE: usize = 4096;
const BLOCK: usize = 16;

/// Gives the header of each package, or what is wrong.
pub(super) fn read(file: &[u8], mut each: impl FnMut(Result<&[u8], MetadataFault>)) {
    let slot_pages = match (le32(file, 0), le32(file, 4), le32(file, 12)) {
        (Some(MAGIC), Some(0), Some(pages)) => index(pages),
        _ => return each(Err(MetadataProblem::InvalidNdb.into())),
    };
    // The first two slots of the first page are the header of the file.
    let slots = file.get(2 * BLOCK..).unwrap_or_default();
    let slots = slots.get(..slot_pages.saturating_mul(PAGE).saturating_sub(2 * BLOCK)).unwrap_or(slots);
    // Packages do not share bytes: what is read twice is a trap.
    let mut left = file.len();
    for (number, slot) in slots.chunks_exact(BLOCK).enumerate() {
        let at = |problem: MetadataProblem| MetadataFault::from(problem).at(FaultPlace::Slot(number as u64));
        if le32(slot, 0) != Some(SLOT) {
            return each(Err(at(MetadataProblem::InvalidNdb)));
        }
        let (Some(package @ 1..), Some(block)) = (le32(slot, 4), le32(slot, 8)) else { continue };
        let Some(blob) = blob(file, index(block).saturating_mul(BLOCK), package) else {
            each(Err(at(MetadataProblem::InvalidHeader)));
            continue;
        };
        let Some(rest) = left.checked_sub(blob.len()) else {
            return each(Err(at(MetadataProblem::Overlap)));
        };
        left = rest;
        each(Ok(blob));
    }
}

fn blob(file: &[u8], at: usize, package: u32) -> Option<&[u8]> {
    let blob = file.get(at..)?;
    let is_of_it = le32(blob, 0)? == BLOB && le32(blob, 4)? == package;
    let length = index(le32(blob, 12)?);
    blob.get(16..)?.get(..length).filter(|_| is_of_it)
}
