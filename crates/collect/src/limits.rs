//! How much of an image is read before it is called hostile.

/// Bounds on what an image may make the reader keep in memory.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Entries of one layer.
    pub entries: u64,
    /// Bytes of names and link targets of one layer.
    pub name_bytes: u64,
    /// Bytes of one extended header, that is of one long name or of one file's attributes.
    pub header_bytes: u64,
    /// Bytes of one manifest, index or config.
    pub document_bytes: u64,
    /// Layers of one image.
    pub layers: u64,
    /// Bytes of one file that a cataloger reads as a whole; more is left unread, with a warning. With 0 no file is read.
    pub metadata_bytes: u64,
    /// Files of one layer that catalogers read; the rest is left unread, with a warning.
    pub metadata_files: u64,
    /// Bytes of all such files of one layer.
    pub metadata_total_bytes: u64,
    /// Levels of indexes inside indexes.
    pub index_depth: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 5_000_000,
            name_bytes: 1 << 30,
            header_bytes: 1 << 20,
            document_bytes: 16 << 20,
            layers: 1000,
            metadata_bytes: 64 << 20,
            metadata_files: 250_000,
            metadata_total_bytes: 1 << 30,
            index_depth: 8,
        }
    }
}
