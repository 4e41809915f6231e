//! How much of an image is read before it is called hostile.

/// Bounds on what an image may make the reader keep in memory, and on what it may make it do.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Entries of one layer, and members of one archive.
    pub entries: u64,
    /// Bytes of names and link targets of one layer.
    pub name_bytes: u64,
    /// Bytes of one path.
    pub path_bytes: u64,
    /// Bytes of one extended header, that is of one long name or of one file's attributes.
    pub header_bytes: u64,
    /// Bytes of one manifest, index or config.
    pub document_bytes: u64,
    /// Layers of one image.
    pub layers: u64,
    /// Images of one source, and what its indexes refer to.
    pub images: u64,
    /// Bytes of one file that a cataloger reads as a whole; more is left unread, with a warning. With 0 no file is read.
    pub metadata_bytes: u64,
    /// Files of one layer that catalogers read; the rest is left unread, with a warning.
    pub metadata_files: u64,
    /// Bytes of all such files of one layer.
    pub metadata_total_bytes: u64,
    /// Packages that the files of one layer describe; the rest is left out, with a warning.
    pub packages: u64,
    /// Levels of indexes inside indexes.
    pub index_depth: u64,
    /// Bytes that what is compressed in one source may inflate to.
    pub inflated_bytes: u64,
    /// How many times its size a stream may inflate to, once that is more than [`FREE_INFLATION`].
    pub inflation: u64,
    /// Bytes that a decoder may need for its window or dictionary.
    pub window_bytes: u64,
    /// Bytes that are kept in memory of all layers of one source.
    pub retained_bytes: u64,
}

/// So much may come of any stream, however small: files of zeros are common, and harmless.
pub const FREE_INFLATION: u64 = 1 << 30;

/// How often a document may be read again for other images, in times of the largest one.
pub(crate) const DOCUMENTS: u64 = 64;

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 5_000_000,
            name_bytes: 1 << 30,
            // No system call of Linux takes a longer one (limits.h, PATH_MAX).
            path_bytes: 4096,
            header_bytes: 1 << 20,
            document_bytes: 16 << 20,
            layers: 1000,
            images: 1000,
            metadata_bytes: 64 << 20,
            metadata_files: 250_000,
            metadata_total_bytes: 1 << 30,
            // Twenty times what the largest images have.
            packages: 200_000,
            index_depth: 8,
            inflated_bytes: 256 << 30,
            // Layers inflate to twice to ten times their size, logs to fifty times.
            inflation: 200,
            // What zstd writes at most unless long windows are requested (RFC 8878, section 3.1.1.1.2).
            window_bytes: 128 << 20,
            retained_bytes: 4 << 30,
        }
    }
}
