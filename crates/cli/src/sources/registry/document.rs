//! Reads an answer that is a document: of bounded length, within a bounded time.

use std::io::Read as _;
use std::time::Instant;

use super::failure::Failure;
use crate::sources::pace::DOCUMENT;

/// Reads a document, or the start of one that is longer than the limit, within the time for one.
pub(super) fn whole(reader: impl std::io::Read, limit: u64) -> Result<Vec<u8>, Failure> {
    let end = Instant::now() + DOCUMENT;
    let mut reader = reader.take(limit);
    let mut bytes = Vec::new();
    loop {
        let read = reader.by_ref().take(1 << 16).read_to_end(&mut bytes);
        match read.map_err(|error| Failure::Transport(error.into()))? {
            0 => return Ok(bytes),
            _ if Instant::now() > end => return Err(Failure::Endless(DOCUMENT)),
            _ => {}
        }
    }
}
