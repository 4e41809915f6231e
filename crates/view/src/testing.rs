//! Small trees for the tests.

use plimsoll_analysis::compare::{FileTree, compare_with_trees};
use plimsoll_snapshot::{
    Attributes, Bytes, Compression, Config, ContentHash, Contents, DiffId, Digest, Ecosystem, Entries,
    EntriesBuilder, Facts, FileList, Files, Image, ImageLayer, Layer, Node, PackageFact, Paths, Platform,
    Requirement, SCHEMA_VERSION, Service, Snapshot, Source, Transport,
};

/// Runs a test on the tree of two lists of files, path and size.
pub fn tree(before: &[(&str, u64)], after: &[(&str, u64)], test: impl FnOnce(&FileTree<'_>)) {
    let (before, after) = (snapshot(before), snapshot(after));
    test(&compare_with_trees(&before, &after).1[0].union);
}

fn snapshot(files: &[(&str, u64)]) -> Snapshot {
    with_facts(files, |_| Facts::default())
}

/// A snapshot of Python packages: name, version, size of the one file beside the ten bytes of metadata, needs.
pub fn python(packages: &[(&str, &str, u64, &[&str])]) -> Snapshot {
    let metadata = |name: &str, version: &str| format!("site/{name}-{version}.dist-info/METADATA");
    let code = |name: &str| format!("site/{name}.py");
    let files: Vec<(String, u64)> = (packages.iter())
        .flat_map(|&(name, version, size, _)| [(metadata(name, version), 10), (code(name), size)])
        .collect();
    let files: Vec<(&str, u64)> = files.iter().map(|(path, size)| (path.as_str(), *size)).collect();
    with_facts(&files, |entries| {
        let find = |path: String| {
            let entry = entries.find(path.as_bytes()).expect("the test names an entry");
            u32::try_from(entry).expect("a test has few entries")
        };
        let package = |&(name, version, _, needs): &(&str, &str, u64, &[&str])| PackageFact {
            version: version.to_owned(),
            key: format!("site/{name}-{version}.dist-info"),
            requires: (needs.iter())
                .map(|need| Requirement { any_of: vec![(*need).to_owned()], ..Requirement::default() })
                .collect(),
            files: Files::Listed(FileList::new(vec![find(code(name))], Paths::default())),
            ..PackageFact::new(find(metadata(name, version)), Ecosystem::Python, name)
        };
        Facts { packages: packages.iter().map(package).collect(), ..Facts::default() }
    })
}

fn with_facts(files: &[(&str, u64)], facts: impl FnOnce(&Entries) -> Facts) -> Snapshot {
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
    let entries = entries.finish().0;
    let facts = facts(&entries);
    let contents = Contents { entries, facts: Some(facts), ..Contents::default() };
    Snapshot {
        schema_version: SCHEMA_VERSION,
        generator: "test".into(),
        services: vec![Service { name: "app".into(), image: 0, build: None }],
        images: vec![image],
        layers: vec![Layer { diff_id: DiffId::new(digest), contents: Some(contents.into()) }],
        runtime: None,
        disk: None,
        lacks_mentions: false,
    }
}
