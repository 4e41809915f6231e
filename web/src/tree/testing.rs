//! Small trees for the tests.

use plimsoll_analysis::compare::{FileTree, service_trees};
use plimsoll_snapshot::{
    Attributes, Bytes, Compression, Config, ContentHash, Contents, DiffId, Digest, EntriesBuilder, Image,
    ImageLayer, Layer, Node, Platform, SCHEMA_VERSION, Service, Snapshot, Source, Transport,
};

/// Runs a test on the tree of two lists of files, path and size.
pub(crate) fn tree(before: &[(&str, u64)], after: &[(&str, u64)], test: impl FnOnce(&FileTree<'_>)) {
    let (before, after) = (snapshot(before), snapshot(after));
    test(&service_trees(&before, &after, "app").union);
}

pub(crate) fn snapshot(files: &[(&str, u64)]) -> Snapshot {
    let mut entries = EntriesBuilder::default();
    for &(path, size) in files {
        let node = Node::File { size: Bytes(size), content: ContentHash(size) };
        entries.push(path.as_bytes(), node, Attributes::default());
    }
    let digest = Digest::sha256([0; 32]);
    let layer = ImageLayer {
        layer: 0,
        digest: None,
        compression: Compression::None,
        blob_bytes: Bytes::ZERO,
        history: None,
    };
    let image = Image {
        reference: None,
        tags: Vec::new(),
        source: Source { transport: Transport::DockerArchive, name: "test.tar".into() },
        id: digest.clone(),
        manifest_digest: None,
        platform: Platform::default(),
        created: None,
        config: Config::default(),
        history: Vec::new(),
        layers: vec![layer],
        warnings: Vec::new(),
    };
    let contents = Contents { entries: entries.finish().0, ..Contents::default() };
    Snapshot {
        schema_version: SCHEMA_VERSION,
        generator: "test".into(),
        services: vec![Service { name: "app".into(), image: 0, build: None }],
        images: vec![image],
        layers: vec![Layer { diff_id: DiffId::new(digest), contents: Some(contents.into()) }],
        runtime: None,
    }
}
