//! A layout whose members can be opened in any order.

use plimsoll_snapshot::Limit;

use std::io::{self, Read, Seek};

use crate::error::{Error, Result};
use crate::limits::Limits;

/// The files of a directory, the members of an archive, the blobs of a registry, by name.
pub trait Store {
    /// Opens a member; `None` if there is none of that name.
    fn open(&self, member: &str) -> io::Result<Option<Box<dyn Read + '_>>>;

    /// Opens a member whose content can be jumped over; `None` where it has to be read through.
    fn open_jumping(&self, _member: &str) -> io::Result<Option<Box<dyn Jumping + '_>>> {
        Ok(None)
    }

    /// The size of a member, where it is known without reading it.
    fn size(&self, member: &str) -> Option<u64>;
}

/// What can be read anywhere.
pub trait Jumping: Read + Seek {}

impl<R: Read + Seek> Jumping for R {}

/// Reads a whole member that has to be small.
pub(crate) fn document(store: &dyn Store, member: &str, limits: &Limits) -> Result<Option<Vec<u8>>> {
    let place = || format!("`{member}`");
    let Some(reader) = store.open(member).map_err(|source| Error::io(place(), 0, source))? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    reader
        .take(limits.document_bytes + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| Error::io(place(), bytes.len() as u64, source))?;
    if bytes.len() as u64 > limits.document_bytes {
        return Err(Error::Limit {
            what: "the size of a document",
            place: place(),
            limit: limits.document_bytes,
            found: store.size(member),
            which: Limit::DocumentBytes,
        });
    }
    Ok(Some(bytes))
}
