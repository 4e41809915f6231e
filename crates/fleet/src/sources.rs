//! Where images come from: the same readers as those of the program.

#[path = "../../cli/src/sources/archive.rs"]
pub(crate) mod archive;
#[path = "../../cli/src/sources/config_file.rs"]
mod config_file;
#[path = "../../cli/src/sources/layout.rs"]
pub(crate) mod layout;
#[path = "../../cli/src/sources/pace.rs"]
pub(crate) mod pace;
#[path = "../../cli/src/sources/reference.rs"]
pub(crate) mod reference;
#[path = "../../cli/src/sources/registry/mod.rs"]
pub(crate) mod registry;
#[path = "../../cli/src/sources/similar.rs"]
mod similar;
