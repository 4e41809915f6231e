//! Snapshots that no image had: of as many files as a test needs, under whatever names.

use plimsoll_snapshot::{
    Attributes, Bytes, Compression, Config, ContentHash, Contents, DiffId, Digest, EntriesBuilder,
    HistoryEntry, Image, ImageLayer, Layer, Node, Platform, SCHEMA_VERSION, Service, Snapshot, Source,
    Transport,
};

/// A file of a made snapshot: its path and its size. Two files of one size have the same content.
pub type File = (Vec<u8>, u64);

/// A snapshot of services that all run one image of one layer.
pub fn snapshot(services: &[&str], text: &str, files: &[File]) -> Snapshot {
    let mut entries = EntriesBuilder::default();
    for (path, size) in files {
        let node = Node::File { size: Bytes(*size), content: ContentHash(*size) };
        entries.push(path, node, Attributes::default());
    }
    let contents = Contents { entries: entries.finish().0, ..Contents::default() };
    // No digest of anything, but another one for other files.
    let sum: u64 = files.iter().map(|(path, size)| size + path.len() as u64).sum();
    let digest = Digest::sha256(std::array::from_fn(|at| sum.to_le_bytes()[at % 8]));
    let layer = ImageLayer {
        layer: 0,
        digest: None,
        compression: Compression::None,
        blob_bytes: Bytes::ZERO,
        history: Some(0),
    };
    let config = Config {
        user: format!("{text}{}", files.len()),
        labels: [(text.to_owned(), format!("{text}{}", files.len()))].into(),
        ..Config::default()
    };
    let image = Image {
        reference: Some(text.to_owned()),
        tags: Vec::new(),
        source: Source { transport: Transport::DockerArchive, name: text.to_owned() },
        id: digest.clone(),
        manifest_digest: None,
        platform: Platform::default(),
        created: None,
        config,
        history: vec![HistoryEntry { created_by: text.to_owned(), created: None, empty_layer: false }],
        layers: vec![layer],
        warnings: Vec::new(),
    };
    Snapshot {
        schema_version: SCHEMA_VERSION,
        generator: "a test".into(),
        services: services
            .iter()
            .map(|name| Service { name: (*name).to_owned(), image: 0, build: None })
            .collect(),
        runtime: None,
        disk: None,
        lacks_mentions: false,
        images: vec![image],
        layers: vec![Layer { diff_id: DiffId::new(digest), contents: Some(contents.into()) }],
    }
}

/// The files of one side of a large comparison: `number` of them in directories of a hundred, as they lie in a
/// system of many packages. A tenth of them is another size after, and a twentieth is there on one side alone.
pub fn many_files(number: u64, after: bool) -> Vec<File> {
    (0..number)
        .filter(|index| index % 20 != if after { 7 } else { 13 })
        .map(|index| {
            let path =
                format!("usr/lib/group{:03}/package{:05}/module{index:06}.py", index / 10_000, index / 100);
            let size = 500 + (index * 7_919) % 90_000;
            (path.into_bytes(), if after && index % 10 == 3 { size / 2 } else { size })
        })
        .collect()
}
