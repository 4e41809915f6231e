//! Why an image cannot be read: always with the place.

use std::io;

use plimsoll_snapshot::Digest;

/// The result of reading something of an image.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an image cannot be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message of each variant says what its fields are")]
pub enum Error {
    #[error("cannot read {place}")]
    Io { place: String, source: io::Error },
    #[error("{place} is truncated after {offset} bytes")]
    Truncated { place: String, offset: u64 },
    #[error("{place} is damaged at byte {offset}: {reason}")]
    Damaged { place: String, offset: u64, reason: String },
    #[error("{place} is {kind}\nhint: layers are read that are tar archives, plain or compressed")]
    ForeignLayer { place: String, kind: String },
    #[error("`{member}` is not valid: {reason}")]
    Document { member: String, reason: String },
    #[error("{found}, not a container image\nhint: {expected}")]
    NotAnImage { found: String, expected: &'static str },
    #[error("`{file}` is {looks}, nothing that says how much memory is taken\nhint: what is read: {known}")]
    NoMemory { file: String, looks: &'static str, known: &'static str },
    #[error("blob {blob} is missing: {wanted_by} refers to it")]
    MissingBlob { blob: String, wanted_by: String },
    #[error("the content of blob {blob} is not what its digest says\n  expected {expected}\n  found {found}")]
    DigestMismatch { blob: String, expected: Digest, found: Digest },
    #[error("no image `{reference}` here\nhint: there is {}", list(available))]
    UnknownReference { reference: String, available: Vec<String> },
    #[error("no image for platform {platform} here\nhint: there is {}", list(available))]
    UnknownPlatform { platform: String, available: Vec<String> },
    #[error(
        "{what} in {place} exceeds the limit of {limit}{}\nhint: raise it with `{flag}` if you trust the image",
        met(*found)
    )]
    Limit { what: &'static str, place: String, limit: u64, found: Option<u64>, flag: &'static str },
}

/// A limit that was met inside of a reader, on its way through an [`io::Error`] to the code that knows the place.
#[derive(Debug, thiserror::Error)]
#[error("{what} exceeds the limit of {limit}")]
pub(crate) struct Exceeded {
    pub(crate) what: &'static str,
    pub(crate) limit: u64,
    pub(crate) found: Option<u64>,
    pub(crate) flag: &'static str,
}

impl Error {
    /// An I/O error at a place. A decoder reports the end of its input, or damage, as an I/O error too.
    #[must_use]
    pub fn io(place: impl Into<String>, offset: u64, source: io::Error) -> Self {
        let place = place.into();
        if let Some(Exceeded { what, limit, found, flag }) =
            source.get_ref().and_then(|inner| inner.downcast_ref::<Exceeded>())
        {
            return Self::Limit { what, place, limit: *limit, found: *found, flag };
        }
        match source.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated { place, offset },
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => {
                Self::Damaged { place, offset, reason: source.to_string() }
            }
            _ => Self::Io { place, source },
        }
    }
}

/// The figure that was met; some decoders do not say it.
fn met(found: Option<u64>) -> String {
    found.map(|found| format!(" (met: {found})")).unwrap_or_default()
}

fn list(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    }
}
