//! How closely the layers of an image are read.

/// How closely the layers of an image are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Depth {
    /// Headers alone: contents are jumped over where the source allows it. A file counts as the same as one of another
    /// layer if path, size and time of change are; no package is found.
    Headers,
    /// Contents too, but no digest of a blob is computed: the ones that the source names are believed.
    Unverified,
    /// Everything is compared with the digest it should have.
    #[default]
    Verified,
}
