//! What a snapshot is on the page: where it came from, and which side it takes.

/// Where a snapshot came from, which is what it goes by.
#[derive(Clone)]
pub(crate) enum Name {
    /// The page was written around it.
    Before,
    After,
    File(String),
}

/// What a file is given to the page as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Before,
    After,
    /// One more to choose from. It takes a side that is still free.
    Loaded,
}

impl Role {
    pub(crate) const ALL: [Self; 3] = [Self::Before, Self::After, Self::Loaded];

    /// The name in attributes.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
            Self::Loaded => "held",
        }
    }
}
