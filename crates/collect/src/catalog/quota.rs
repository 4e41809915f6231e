//! How much one file may say: metadata is small, and what makes millions of facts of one file is no metadata.

/// What is left of it.
pub(crate) struct Quota {
    names: usize,
    path_bytes: usize,
}

impl Default for Quota {
    /// A hundred thousand packages: distributions have as many for all that can be installed.
    fn default() -> Self {
        Self { names: 2_000_000, path_bytes: 256 << 20 }
    }
}

impl Quota {
    /// The names that a package takes: what is kept of it weighs as much as twenty names of what it needs.
    pub(crate) const PACKAGE: usize = 20;

    /// Takes this many names of packages, requirements, or files of packages. `false` if too few are left.
    pub(crate) fn take(&mut self, names: usize) -> bool {
        take(&mut self.names, names)
    }

    /// Takes a path of this length that is put together of parts: a few long ones make up very many.
    pub(crate) fn take_path(&mut self, bytes: usize) -> bool {
        self.take(1) && take(&mut self.path_bytes, bytes)
    }
}

fn take(left: &mut usize, amount: usize) -> bool {
    let rest = left.checked_sub(amount);
    *left = rest.unwrap_or(0);
    rest.is_some()
}
