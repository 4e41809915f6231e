//! Layers for the tests of catalogers, and their packages in a form that can be compared.

use plimsoll_snapshot::{
    Attributes, Bytes, ContentHash, DiffId, Digest, EntriesBuilder, Facts, Files, Node, PackageFact,
    ReadLimits, path,
};

use super::layer::LayerCatalog;

/// What all catalogers read in a layer of these files (path and content).
pub(crate) fn catalogue<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> (Facts, Vec<String>) {
    let mut catalog = LayerCatalog::default();
    let mut builder = EntriesBuilder::default();
    for (path, content) in files {
        let size = content.len() as u64;
        if let Some(mut reading) = catalog.start(path.as_bytes(), size, 0o755, &ReadLimits::default()) {
            // In pieces, as large files come.
            let path = path.as_bytes();
            content.chunks(1000).for_each(|piece| catalog.feed(&mut reading, path, size, piece));
            catalog.finish_file(reading, path, &ReadLimits::default());
        }
        let node = Node::File { size: Bytes(size), content: ContentHash::default() };
        builder.push(path.as_bytes(), node, Attributes::default());
    }
    let mut warnings = Vec::new();
    let layer = DiffId::new(Digest::sha256([0; 32]));
    let facts = catalog.finish(&layer, &builder.finish().0, &ReadLimits::default(), &mut warnings);
    (facts, warnings.iter().map(ToString::to_string).collect())
}

/// The names and versions of packages.
pub(crate) fn labels(facts: &Facts) -> Vec<String> {
    let label = |package: &PackageFact| format!("{} {}", package.name, package.version).trim_end().to_owned();
    facts.packages.iter().map(label).collect()
}

/// The places of a package.
pub(crate) fn below(package: &PackageFact) -> Vec<String> {
    let Files::Below(paths) = &package.files else { panic!("{package:?}") };
    paths.iter().map(|path| path::escape(path).into_owned()).collect()
}
