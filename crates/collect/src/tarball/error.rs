//! Why a tar cannot be read on.

use std::io;

use plimsoll_snapshot::{Limit, ReadLimits};

use crate::error::Error;

/// Why a tar cannot be read on.
#[derive(Debug)]
pub(crate) struct TarError {
    /// The offset in the uncompressed tar.
    pub(crate) offset: u64,
    pub(crate) kind: TarErrorKind,
}

#[derive(Debug)]
pub(crate) enum TarErrorKind {
    Io(io::Error),
    Truncated,
    Damaged(String),
    /// With the size it claims.
    HeaderTooLarge(u64),
}

impl TarError {
    /// The same as an error of what `place` names.
    pub(crate) fn at(self, place: &str, limits: &ReadLimits) -> Error {
        let (place, offset) = (place.to_owned(), self.offset);
        match self.kind {
            TarErrorKind::Io(source) => Error::io(place, offset, source),
            TarErrorKind::Truncated => Error::Truncated { place, offset },
            TarErrorKind::Damaged(reason) => Error::Damaged { place, offset, reason },
            TarErrorKind::HeaderTooLarge(found) => Error::Limit {
                what: "an extended header",
                place,
                limit: limits[Limit::HeaderBytes],
                found: Some(found),
                which: Limit::HeaderBytes,
            },
        }
    }
}

impl From<io::Error> for TarErrorKind {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::Damaged(error.to_string()),
            _ => Self::Io(error),
        }
    }
}

/// For tars inside tars: the outer error passes through the reader of the inner one.
impl From<TarError> for io::Error {
    fn from(error: TarError) -> Self {
        match error.kind {
            TarErrorKind::Io(error) => error,
            TarErrorKind::Truncated => Self::from(io::ErrorKind::UnexpectedEof),
            TarErrorKind::Damaged(reason) => Self::new(io::ErrorKind::InvalidData, reason),
            TarErrorKind::HeaderTooLarge(_) => {
                Self::new(io::ErrorKind::InvalidData, "an extended header is too large")
            }
        }
    }
}
