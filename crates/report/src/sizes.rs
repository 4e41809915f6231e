//! What each size means, in the words that every output uses.

use serde::Serialize;

/// One kind of size. Two sizes of different kinds are never compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SizeDefinition {
    /// The field that carries it in JSON.
    pub field: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What is added up.
    pub definition: &'static str,
    /// The command that shows it, or "no engine".
    pub shown_by: &'static str,
}

/// Image size.
pub const IMAGE: SizeDefinition = SizeDefinition {
    field: "size_bytes",
    name: "image size",
    definition: "the bytes of the regular files of all layers",
    shown_by: "`docker image inspect -f {{.Size}}` with the overlay2 graph driver",
};
/// Final tree size.
pub const FINAL_TREE: SizeDefinition = SizeDefinition {
    field: "final_tree_bytes",
    name: "final tree",
    definition: "the bytes of the files that a container sees",
    shown_by: "about `docker export | wc -c`",
};
/// Hidden bytes.
pub const HIDDEN: SizeDefinition = SizeDefinition {
    field: "hidden_bytes",
    name: "hidden",
    definition: "bytes that a later layer deleted or replaced: image size = final tree + hidden",
    shown_by: "no engine",
};
/// Duplicate bytes.
pub const DUPLICATE: SizeDefinition = SizeDefinition {
    field: "duplicate_bytes",
    name: "duplicate",
    definition: "bytes of the final tree that repeat the content of another file",
    shown_by: "no engine",
};
/// Compressed size.
pub const COMPRESSED: SizeDefinition = SizeDefinition {
    field: "compressed_bytes",
    name: "compressed size",
    definition: "the layer blobs as a registry stores them: what a pull transfers",
    shown_by: "registries; `docker images` of Docker 29 as CONTENT SIZE",
};
/// Allocated size.
pub const ALLOCATED: SizeDefinition = SizeDefinition {
    field: "allocated_estimate_bytes",
    name: "allocated (estimate)",
    definition: "the unpacked layers on disk: files in blocks of 4096 bytes, one block per directory",
    shown_by: "`du` on the unpacked layers",
};
/// Unique size of a stack.
pub const UNIQUE: SizeDefinition = SizeDefinition {
    field: "unique_bytes",
    name: "unique size",
    definition: "image sizes of all services with every shared layer counted once",
    shown_by: "`docker system df -v` (SHARED SIZE, UNIQUE SIZE)",
};
/// The score of dive.
pub const DIVE_EFFICIENCY: SizeDefinition = SizeDefinition {
    field: "dive_efficiency",
    name: "dive efficiency",
    definition: "the smallest size of each path, divided by the sum of its sizes over all layers, as dive defines it",
    shown_by: "`dive`",
};

/// Every kind of size, in the order in which they are shown.
pub const ALL: [SizeDefinition; 8] =
    [IMAGE, FINAL_TREE, HIDDEN, UNIQUE, COMPRESSED, ALLOCATED, DUPLICATE, DIVE_EFFICIENCY];
