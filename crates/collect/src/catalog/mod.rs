//! What the files of a layer say of packages, programs and secrets, read while the layer passes by.
//!
//! A cataloger says which files it wants by their path ([`cataloger`]), and reads them into [`facts`]. What it cannot read
//! becomes a warning that names the file and the place in it; the rest counts. [`catalogers`] has them all, [`layer`]
//! shows them the files; what several of them need lies beside these.

mod cataloger;
mod catalogers;
mod claims;
mod deb822;
mod entry_points;
mod facts;
mod layer;
mod linked;
mod nix;
mod passing;
mod pep508;
mod quota;
mod stated;
mod terms;
#[cfg(test)]
pub(crate) mod testing;

pub use catalogers::catalogers;
pub(crate) use claims::resolve;
pub(crate) use layer::LayerCatalog;
