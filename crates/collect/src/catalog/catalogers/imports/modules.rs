//! The modules that one source file imports.

use std::collections::BTreeSet;

/// The longest name of a module, and the most modules of one file.
const MAX_NAME: usize = 200;
const MAX_MODULES: usize = 5000;

/// The modules of one file, sorted.
#[derive(Debug, Default)]
pub(crate) struct Modules(pub(crate) BTreeSet<String>);

impl Modules {
    pub(super) fn push(&mut self, name: &[u8]) {
        if let Ok(name) = str::from_utf8(name)
            && !name.is_empty()
            && name.len() <= MAX_NAME
            && self.0.len() < MAX_MODULES
        {
            self.0.insert(name.to_owned());
        }
    }
}
