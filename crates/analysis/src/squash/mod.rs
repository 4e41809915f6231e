//! Stacks the layers of an image into one tree, and says of every byte whether a name still reaches it.
//!
//! The unit of accounting is the *inode*: every regular file entry of a layer is one, however many hard links
//! name it. An inode is hidden when its last name is gone. Hence, for every image,
//! `image size = final tree + hidden`, byte for byte.
//!
//! Rules from the OCI image specification, layer.md: "Changeset Over Existing Files", "Whiteouts",
//! "Opaque Whiteout", "Hardlinks".

mod image;
mod lookup;
mod stack;
mod walk;

use plimsoll_snapshot::{Image, Snapshot};

pub use self::image::{Names, Squashed};
use self::stack::Stack;
pub use crate::inode::{Cause, Inode};

/// Stacks the layers of `image`, lowest first. Takes time linear in the number of entries, but for sorting names.
#[must_use]
pub fn squash<'a>(snapshot: &'a Snapshot, image: &Image) -> Squashed<'a> {
    let mut stack = Stack::default();
    for (index, layer) in image.layers.iter().enumerate() {
        if let Some(contents) = &snapshot.layers[layer.layer].contents {
            let index = u32::try_from(index).expect("an image has fewer than 2^32 layers");
            stack.apply(index, contents);
        }
    }
    stack.finish()
}

#[cfg(test)]
mod tests;
