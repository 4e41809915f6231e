//! Why an image cannot be read: always with the place.

use std::{fmt, io};

use plimsoll_snapshot::{Digest, FormatError, Limit};

/// The result of reading something of an image.
pub type Result<T> = std::result::Result<T, Error>;

/// Why an image cannot be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the message of each variant says what its fields are")]
pub enum Error {
    #[error("{place}: {source}")]
    Within { place: String, source: Box<Self> },
    #[error(transparent)]
    Snapshot(#[from] FormatError),
    #[error("cannot read {place}")]
    Io { place: String, source: io::Error },
    #[error("{place} is truncated{}", behind(*offset))]
    Truncated { place: String, offset: u64 },
    #[error("{place} is damaged at byte {offset}: {reason}")]
    Damaged { place: String, offset: u64, reason: String },
    #[error("{place} is {kind}")]
    ForeignLayer { place: String, kind: String },
    #[error("`{member}` is not valid: {reason}")]
    Document { member: String, reason: String },
    #[error("{place} {content}")]
    Foreign { place: String, content: ForeignContent },
    #[error("{found}")]
    NotAnImage { found: String, expected: &'static str },
    #[error("`{file}` is {looks}, which contains no memory data")]
    NoMemory { file: String, looks: &'static str, known: &'static str },
    #[error("blob {blob} is missing: {wanted_by} refers to it")]
    MissingBlob { blob: String, wanted_by: String },
    #[error("the content of blob {blob} does not match its digest\n  expected {expected}\n  found {found}")]
    DigestMismatch { blob: String, expected: Digest, found: Digest },
    #[error("no image `{reference}` here")]
    UnknownReference { reference: String, available: Vec<String> },
    #[error("no image for platform {platform} here")]
    UnknownPlatform { platform: String, available: Vec<String> },
    #[error("{what} in {place} exceeds the limit of {limit}{}", met(*found))]
    Limit { what: &'static str, place: String, limit: u64, found: Option<u64>, which: Limit },
}

/// Nothing comes out of a compressed file whose first block is cut: that does not tell the file's length.
fn behind(offset: u64) -> String {
    if offset == 0 { String::new() } else { format!(" after {offset} bytes") }
}

/// What an input is that is neither an image nor a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignContent {
    /// It has no bytes.
    Empty,
    /// A ZIP archive.
    Zip,
    /// HTML.
    WebPage,
    /// Other text.
    Text,
    /// None of these.
    Binary,
    /// Something compressed that is not a tar.
    Packed,
}

impl fmt::Display for ForeignContent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Empty => "is empty",
            Self::Zip => "is a ZIP archive, not a container image",
            Self::WebPage => "is a web page, not a container image",
            Self::Text => "is a text file, not a container image",
            Self::Binary => "is neither a tar archive nor a compressed one",
            Self::Packed => "is compressed, and its content is not a tar",
        })
    }
}

/// What helps against an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint<'a> {
    /// Layers have to be tar archives, plain or compressed.
    LayersAreArchives,
    /// What a container image looks like here.
    Expected(&'static str),
    /// The formats of files about memory.
    Formats(&'static str),
    /// The names there are instead.
    Available(&'a [String]),
    /// The limit can be raised, for an input that is trusted.
    Raise(Limit),
}

/// A limit that was met inside of a reader, on its way through an [`io::Error`] to the code that knows the place.
#[derive(Debug, thiserror::Error)]
#[error("{what} exceeds the limit of {limit}")]
pub(crate) struct Exceeded {
    pub(crate) what: &'static str,
    pub(crate) limit: u64,
    pub(crate) found: Option<u64>,
    pub(crate) which: Limit,
}

impl Error {
    /// What helps against it.
    #[must_use]
    pub fn hint(&self) -> Option<Hint<'_>> {
        Some(match self {
            Self::Within { source, .. } => return source.hint(),
            Self::ForeignLayer { .. } => Hint::LayersAreArchives,
            Self::Foreign { .. } => Hint::Expected(IMAGES),
            Self::NotAnImage { expected, .. } => Hint::Expected(expected),
            Self::NoMemory { known, .. } => Hint::Formats(known),
            Self::UnknownReference { available, .. } | Self::UnknownPlatform { available, .. } => {
                Hint::Available(available)
            }
            Self::Limit { which, .. } => Hint::Raise(*which),
            _ => return None,
        })
    }

    /// The same, of an input. An error that names only a part of it does not say which input that is a part of.
    #[must_use]
    pub fn within(self, place: &str) -> Self {
        Self::Within { place: place.to_owned(), source: Box::new(self) }
    }

    /// An I/O error at a place. A decoder reports the end of its input, or damage, as an I/O error too.
    #[must_use]
    pub fn io(place: impl Into<String>, offset: u64, source: io::Error) -> Self {
        let place = place.into();
        if let Some(Exceeded { what, limit, found, which }) =
            source.get_ref().and_then(|inner| inner.downcast_ref::<Exceeded>())
        {
            return Self::Limit { what, place, limit: *limit, found: *found, which: *which };
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

/// What images look like.
pub(crate) const IMAGES: &str = "a docker save archive or an OCI layout is expected";

/// The figure that was met; some decoders do not say it.
fn met(found: Option<u64>) -> String {
    found.map(|found| format!(" (met: {found})")).unwrap_or_default()
}
