//! Small images for the tests: a layer is written as lines.

use plimsoll_snapshot::{
    Attributes, Bytes, Compression, Config, ContentHash, Contents, DiffId, Digest, EntriesBuilder, Image,
    ImageLayer, Layer, Node, Platform, SCHEMA_VERSION, Service, Snapshot, Source, Transport,
};

/// A layer from lines: `f PATH SIZE [CONTENT]`, `d PATH`, `l PATH TARGET`, `h PATH TARGET`, `w PATH` (whiteout),
/// `o PATH` (opaque).
pub(crate) fn layer(lines: &str) -> Layer {
    let mut builder = EntriesBuilder::default();
    let (mut whiteouts, mut opaque) = (Vec::new(), Vec::new());
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split(' ').collect();
        let path = words[1].as_bytes();
        let attributes = Attributes { mode: 0o644, ..Attributes::default() };
        match words[0] {
            "f" => {
                let content = words
                    .get(3)
                    .map_or(0, |text| text.bytes().fold(1, |hash, byte| hash * 31 + u64::from(byte)));
                let node =
                    Node::File { size: Bytes(words[2].parse().unwrap()), content: ContentHash(content) };
                builder.push(path, node, attributes);
            }
            "d" => builder.push(path, Node::Directory, attributes),
            "l" => builder.push(path, Node::Symlink { target: words[2].as_bytes() }, attributes),
            "h" => builder.push(path, Node::Hardlink { target: words[2].as_bytes() }, attributes),
            "w" => whiteouts.push(path),
            "o" => opaque.push(path),
            other => panic!("unknown kind {other}"),
        }
    }
    let contents = Contents {
        entries: builder.finish().0,
        whiteouts: whiteouts.into_iter().collect(),
        opaque: opaque.into_iter().collect(),
        ..Contents::default()
    };
    Layer { diff_id: diff_id(lines), contents: Some(contents.into()) }
}

/// Equal lines make equal layers.
fn diff_id(lines: &str) -> DiffId {
    let mut hash = [0_u8; 32];
    for (index, byte) in lines.bytes().enumerate() {
        hash[index % 32] = hash[index % 32].wrapping_mul(31).wrapping_add(byte);
    }
    DiffId::new(Digest::sha256(hash))
}

/// A snapshot with one service of the given name, made of these layers.
pub(crate) fn snapshot(service: &str, layers: &[&str]) -> Snapshot {
    let mut snapshot =
        Snapshot { schema_version: SCHEMA_VERSION, generator: "test".into(), ..Snapshot::default() };
    add_service(&mut snapshot, service, layers);
    snapshot
}

/// Adds a service to a snapshot; layers that are already there are shared.
pub(crate) fn add_service(snapshot: &mut Snapshot, service: &str, layers: &[&str]) {
    let mut image_layers = Vec::new();
    for lines in layers {
        let made = layer(lines);
        let index =
            snapshot.layers.iter().position(|known| known.diff_id == made.diff_id).unwrap_or_else(|| {
                snapshot.layers.push(made);
                snapshot.layers.len() - 1
            });
        image_layers.push(ImageLayer {
            layer: index,
            digest: None,
            compression: Compression::None,
            blob_bytes: Bytes::ZERO,
            history: None,
        });
    }
    snapshot.services.push(Service { name: service.into(), image: snapshot.images.len(), build: None });
    snapshot.images.push(Image {
        reference: Some(format!("{service}:latest")),
        tags: Vec::new(),
        source: Source { transport: Transport::DockerArchive, name: "test.tar".into() },
        id: Digest::sha256([0; 32]),
        manifest_digest: None,
        platform: Platform { os: "linux".into(), architecture: "amd64".into(), variant: None },
        created: None,
        config: Config::default(),
        history: Vec::new(),
        layers: image_layers,
        warnings: Vec::new(),
    });
}
