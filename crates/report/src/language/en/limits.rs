//! The limits, in English: what they bound, and the help of their flags.

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
        Limit::IndexDepth => "the depth of nested indexes",
        Limit::InflatedBytes => "the inflated size",
        Limit::Inflation => "the ratio of inflated to compressed size",
        Limit::WindowBytes => "the memory of a decoder",
        Limit::RetainedBytes => "the metadata of all layers",
        Limit::MetadataBytes => "the size of a package metadata file",
        Limit::MetadataFiles => "package metadata files per layer",
        Limit::MetadataTotalBytes => "the size of all package metadata files of a layer",
        Limit::Packages => "packages per layer",
        Limit::Services => "services",
        Limit::StackedEntries => "files and directories of all images",
        Limit::Containers => "containers",
        Limit::SnapshotBytes => "the size of a snapshot",
        Limit::MemoryBytes => "the size of a memory file",
        Limit::SlowRate => "the transfer rate",
        Limit::SlowSeconds => "the time below the transfer rate",
        Limit::EngineSeconds => "the time until an engine starts to send",
    }
}

/// One line for the short help of a flag, and more for the long help and the table in `docs/hostile-input.md`.
pub(crate) const fn help(limit: Limit) -> (&'static str, &'static str) {
    match limit {
        Limit::Entries => (
            "Maximum number of entries in a layer",
            "It also limits the members of an archive. Paths may lead through four times as many directories.",
        ),
        Limit::NameBytes => (
            "Maximum size of all names in a layer, in bytes",
            "Names are paths, link targets, whiteouts and attribute names. It also limits the member names of an archive.",
        ),
        Limit::PathBytes => ("Maximum length of a path or link target, in bytes", ""),
        Limit::HeaderBytes => {
            ("Maximum size of an extended tar header, in bytes", "It limits pax headers and GNU long names.")
        }
        Limit::DocumentBytes => (
            "Maximum size of a manifest, index or config, in bytes",
            "All documents of a stream may have 4 times as many bytes, and all documents of a source 64 times.",
        ),
        Limit::Layers => ("Maximum number of layers in an image", "It applies to sources and snapshots."),
        Limit::Images => ("Maximum number of images in a source, and of references in its indexes", ""),
        Limit::IndexDepth => ("Maximum depth of nested indexes", ""),
        Limit::InflatedBytes => (
            "Maximum decompressed size of a source, in bytes",
            "It limits each compressed stream, and all compressed layers together.",
        ),
        Limit::Inflation => ("Maximum decompression ratio, after the first GiB", ""),
        Limit::WindowBytes => (
            "Maximum window of a zstd or xz decoder, in bytes",
            "The tables of an xz decoder may take one more MiB.",
        ),
        Limit::RetainedBytes => (
            "Approximate maximum memory for all layers of a source, in bytes",
            "It counts the names, and 64 bytes per entry.",
        ),
        Limit::MetadataBytes => (
            "Maximum size of a package metadata file, in bytes",
            "Larger files are skipped. With 0, no package metadata is read.",
        ),
        Limit::MetadataFiles => {
            ("Maximum number of package metadata files in a layer; the rest is skipped", "")
        }
        Limit::MetadataTotalBytes => (
            "Maximum size of all package metadata files in a layer, in bytes",
            "Files beyond it are skipped.",
        ),
        Limit::Packages => (
            "Maximum number of packages in a layer; the rest is skipped",
            "One file may describe 100,000 packages.",
        ),
        Limit::Services => ("Maximum number of services in a snapshot", ""),
        Limit::StackedEntries => (
            "Maximum number of files and directories in all images of a snapshot",
            "An image counts once, and a layer once per image. All pairs of images in a comparison may have twice as many.",
        ),
        Limit::Containers => {
            ("Maximum number of containers, planned services or sample series in a snapshot", "")
        }
        Limit::SnapshotBytes => (
            "Maximum decompressed size of a snapshot, in bytes",
            "Its trees may have one node per 128 bytes of this limit.",
        ),
        Limit::MemoryBytes => (
            "Maximum size of one memory file, in bytes; journals may be eight times as large",
            "All Compose files of a project and the files that they name share this limit.",
        ),
        Limit::SlowRate => (
            "Minimum transfer rate of a registry or engine, in bytes per second",
            "It applies after `--limit-slow-seconds`. With 0, one byte in that time is sufficient.",
        ),
        Limit::SlowSeconds => (
            "Maximum time below that rate, or without data, in seconds",
            "An answer may take twice as long to start.",
        ),
        Limit::EngineSeconds => ("Maximum time until an engine starts to send an image, in seconds", ""),
    }
}
