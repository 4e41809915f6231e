//! A layout whose members can be opened in any order.

use std::io::{self, Read, Seek};

use plimsoll_snapshot::{Limit, ReadLimits};

use crate::error::{Error, Result};

/// The files of a directory, the members of an archive, the blobs of a registry, by name.
pub trait Store {
    /// Opens a member; `None` if there is none of that name.
    fn open(&self, member: &str) -> io::Result<Option<Box<dyn Read + '_>>>;

    /// Opens a member whose content can be jumped over; `None` where it has to be read through.
    fn open_seekable(&self, _member: &str) -> io::Result<Option<Box<dyn Seekable + '_>>> {
        Ok(None)
    }

    /// The size of a member, where it is known without reading it.
    fn size(&self, member: &str) -> Option<u64>;
}

impl<S: Store + ?Sized> Store for &S {
    fn open(&self, member: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        (**self).open(member)
    }

    fn open_seekable(&self, member: &str) -> io::Result<Option<Box<dyn Seekable + '_>>> {
        (**self).open_seekable(member)
    }

    fn size(&self, member: &str) -> Option<u64> {
        (**self).size(member)
    }
}

/// A source that can be read at any place.
pub trait Seekable: Read + Seek {}

impl<R: Read + Seek> Seekable for R {}

/// Reads a whole member that has to be small.
pub(crate) fn document(store: &dyn Store, member: &str, limits: &ReadLimits) -> Result<Option<Vec<u8>>> {
    let place = || format!("`{member}`");
    let Some(reader) = store.open(member).map_err(|source| Error::io(place(), 0, source))? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    reader
        .take(limits[Limit::DocumentBytes].saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|source| Error::io(place(), bytes.len() as u64, source))?;
    if bytes.len() as u64 > limits[Limit::DocumentBytes] {
        return Err(Error::Limit {
            what: "the size of a document",
            place: place(),
            limit: limits[Limit::DocumentBytes],
            found: store.size(member),
            which: Limit::DocumentBytes,
        });
    }
    Ok(Some(bytes))
}
