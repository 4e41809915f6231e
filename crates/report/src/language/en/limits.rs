//! What limits bound, in English.

use plimsoll_snapshot::Limit;

pub(super) const fn bounded(limit: Limit) -> &'static str {
    match limit {
        Limit::Entries => "entries",
        Limit::NameBytes => "the length of all names",
        Limit::PathBytes => "the length of a path",
        Limit::HeaderBytes => "the size of a tar header",
        Limit::DocumentBytes => "the size of a JSON document",
        Limit::Layers => "layers per image",
        Limit::Images => "images",
        Limit::InflatedBytes => "the inflated size",
        Limit::Inflation => "the ratio of inflated to compressed size",
        Limit::WindowBytes => "the memory of a decoder",
        Limit::RetainedBytes => "the metadata of all layers",
        Limit::MemoryBytes => "the size of a file about memory",
        Limit::SnapshotBytes => "the size of a snapshot",
        Limit::Services => "services",
        Limit::Containers => "containers",
        Limit::StackedEntries => "files and directories of all images",
    }
}
