//! The limits on what an input may make a program do, by name.

/// A limit. A program that lets its user change one names it by [`name`](Self::name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// Entries of one layer, and members of one archive.
    Entries,
    /// The length of all names of one layer or archive.
    NameBytes,
    /// The length of one path.
    PathBytes,
    /// The length of one tar header, with its extensions.
    HeaderBytes,
    /// The size of one JSON document.
    DocumentBytes,
    /// Layers of one image.
    Layers,
    /// Images of one source.
    Images,
    /// The size of one stream, and of all layers, inflated.
    InflatedBytes,
    /// The ratio to which one stream inflates.
    Inflation,
    /// The memory of one decoder.
    WindowBytes,
    /// What is kept of all layers of one source.
    RetainedBytes,
    /// The size of one file about memory.
    MemoryBytes,
    /// The size of one snapshot, inflated.
    SnapshotBytes,
    /// Services of one snapshot.
    Services,
    /// Containers, planned services and series of one snapshot.
    Containers,
    /// Entries of the layers of all images of one snapshot.
    StackedEntries,
}

impl Limit {
    /// Every limit that an error can name.
    pub const ALL: [Self; 16] = [
        Self::Entries,
        Self::NameBytes,
        Self::PathBytes,
        Self::HeaderBytes,
        Self::DocumentBytes,
        Self::Layers,
        Self::Images,
        Self::InflatedBytes,
        Self::Inflation,
        Self::WindowBytes,
        Self::RetainedBytes,
        Self::MemoryBytes,
        Self::SnapshotBytes,
        Self::Services,
        Self::Containers,
        Self::StackedEntries,
    ];

    /// Its name, as hyphenated text: `inflated-bytes`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entries => "entries",
            Self::NameBytes => "name-bytes",
            Self::PathBytes => "path-bytes",
            Self::HeaderBytes => "header-bytes",
            Self::DocumentBytes => "document-bytes",
            Self::Layers => "layers",
            Self::Images => "images",
            Self::InflatedBytes => "inflated-bytes",
            Self::Inflation => "inflation",
            Self::WindowBytes => "window-bytes",
            Self::RetainedBytes => "retained-bytes",
            Self::MemoryBytes => "memory-bytes",
            Self::SnapshotBytes => "snapshot-bytes",
            Self::Services => "services",
            Self::Containers => "containers",
            Self::StackedEntries => "stacked-entries",
        }
    }
}
