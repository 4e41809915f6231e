//! How much one file may say: metadata is small, and what makes millions of facts of one file is no metadata.

/// Names that one file may give: of packages, of what they need, and of what they provide. Distributions have a
/// hundred thousand for all that can be installed.
const NAMES: usize = 2_000_000;

/// What is left of it.
pub(crate) struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(NAMES)
    }
}

impl Room {
    /// Takes so many names; `false` if there is no room for them.
    pub(crate) fn take(&mut self, names: usize) -> bool {
        let left = self.0.checked_sub(names);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}
