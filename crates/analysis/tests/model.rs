//! Random stacks of layers, squashed by the library and by a slow model that was written apart from it: a map of paths,
//! scanned from end to end for every whiteout, with a count of names for every inode at the end of each layer.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_analysis::{Cause, squash};
use plimsoll_snapshot::{
    Attributes, Bytes, Compression, Config, ContentHash, Contents, DiffId, Digest, EntriesBuilder, EntryKind,
    Image, ImageLayer, Layer, Node, Platform, SCHEMA_VERSION, Snapshot, Source, Transport, path,
};
use proptest::prelude::*;

/// One entry of a layer. Links within a layer point to files of that layer or of a lower one.
#[derive(Clone, Debug)]
enum Item {
    File { size: u64, content: u64 },
    Directory,
    Symlink,
    Hardlink { target: String },
}

#[derive(Clone, Debug)]
struct RandomLayer {
    entries: BTreeMap<String, Item>,
    whiteouts: BTreeSet<String>,
    opaque: BTreeSet<String>,
}

/// What stands at a path: a file with the number of its inode, or something without content.
#[derive(Clone, Copy, Debug, PartialEq)]
enum At {
    File(usize),
    Directory,
    Symlink,
    /// A hard link that points to nothing.
    Dangling,
}

#[derive(Clone, Debug)]
struct ModelInode {
    size: u64,
    content: u64,
    layer: usize,
    /// The layer that took away the last name, and how.
    hidden: Option<(usize, Cause)>,
}

#[derive(Default)]
struct Model {
    paths: BTreeMap<String, At>,
    inodes: Vec<ModelInode>,
}

impl Model {
    fn apply(&mut self, number: usize, layer: &RandomLayer) {
        let before = self.paths.clone();
        // How each path that is gone at the end of the layer went; the first thing that happens to it counts.
        let mut lost: Vec<(usize, Cause)> = Vec::new();
        let mut lose = |paths: &mut BTreeMap<String, At>, doomed: &dyn Fn(&str) -> bool, cause: Cause| {
            let gone: Vec<String> = paths.keys().filter(|path| doomed(path)).cloned().collect();
            for path in gone {
                if let Some(At::File(inode)) = paths.remove(&path) {
                    lost.push((inode, cause));
                }
            }
        };
        for target in &layer.whiteouts {
            lose(&mut self.paths, &|path| path == target || is_below(path, target), Cause::Deleted);
        }
        for directory in &layer.opaque {
            lose(&mut self.paths, &|path| is_below(path, directory), Cause::Opaque);
        }
        // Files first, then links, each in the order of paths.
        let (links, others): (Vec<_>, Vec<_>) =
            layer.entries.iter().partition(|(_, item)| matches!(item, Item::Hardlink { .. }));
        let mut own: BTreeMap<&str, At> = BTreeMap::new();
        let mut sorted = others;
        sorted.sort_by(|(left, _), (right, _)| path::compare(left.as_bytes(), right.as_bytes()));
        let mut sorted_links = links;
        sorted_links.sort_by(|(left, _), (right, _)| path::compare(left.as_bytes(), right.as_bytes()));
        for (path, item) in sorted.into_iter().chain(sorted_links) {
            let new = match item {
                Item::File { size, content } => {
                    let inode = ModelInode { size: *size, content: *content, layer: number, hidden: None };
                    self.inodes.push(inode);
                    At::File(self.inodes.len() - 1)
                }
                Item::Directory => At::Directory,
                Item::Symlink => At::Symlink,
                // The strategy makes links to files of the same layer and to paths that only a lower one can have.
                Item::Hardlink { target } => {
                    own.get(target.as_str()).or_else(|| before.get(target)).copied().unwrap_or(At::Dangling)
                }
            };
            own.insert(path, new);
            let mut above = String::new();
            for part in path.split('/').take(path.matches('/').count()) {
                above = if above.is_empty() { part.to_owned() } else { format!("{above}/{part}") };
                if self.paths.get(&above) != Some(&At::Directory) {
                    lose(&mut self.paths, &|path| path == above, Cause::ReplacedByOtherKind);
                    self.paths.insert(above.clone(), At::Directory);
                }
            }
            if let Some(old) = self.paths.get(path).copied()
                && !(old == At::Directory && new == At::Directory)
            {
                let cause = match (old, new) {
                    (At::File(old), At::File(new)) => {
                        let (old, new) = (&self.inodes[old], &self.inodes[new]);
                        if (old.size, old.content) == (new.size, new.content) {
                            Cause::RewrittenSameContent
                        } else {
                            Cause::Overwritten
                        }
                    }
                    _ => Cause::ReplacedByOtherKind,
                };
                lose(&mut self.paths, &|at| is_below(at, path), Cause::ReplacedByOtherKind);
                lose(&mut self.paths, &|at| at == path, cause);
            }
            self.paths.insert(path.clone(), new);
        }
        let named: BTreeSet<usize> = self
            .paths
            .values()
            .filter_map(|at| match at {
                At::File(inode) => Some(*inode),
                _ => None,
            })
            .collect();
        for (inode, cause) in lost {
            if !named.contains(&inode) {
                // The last name that went decides.
                self.inodes[inode].hidden = Some((number, cause));
            }
        }
    }
}

fn is_below(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

/// Few names and few levels, so that layers hit each other.
fn any_path() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!["a", "b", "c"]), 1..4).prop_map(|parts| parts.join("/"))
}

fn any_layer() -> impl Strategy<Value = RandomLayer> {
    let item = prop_oneof![
        // There is but one empty content.
        4 => (0_u64..4, 0_u64..3).prop_map(|(size, content)| Item::File { size, content: content.min(size) }),
        2 => Just(Item::Directory),
        1 => Just(Item::Symlink),
        2 => any_path().prop_map(|target| Item::Hardlink { target }),
    ];
    let entries = prop::collection::btree_map(any_path(), item, 0..8);
    let markers = || prop::collection::btree_set(any_path(), 0..3);
    (entries, markers(), markers()).prop_map(|(mut entries, whiteouts, opaque)| {
        // Links to links, to themselves and to directories are separate cases, tested by hand.
        let targets: BTreeMap<String, bool> =
            entries.iter().map(|(path, item)| (path.clone(), matches!(item, Item::File { .. }))).collect();
        entries.retain(|path, item| match item {
            Item::Hardlink { target } => target != path && targets.get(target).is_none_or(|is_file| *is_file),
            _ => true,
        });
        // What no archiver writes: an entry below one of the same layer that is no directory.
        let solid: Vec<String> = entries
            .iter()
            .filter(|(_, item)| !matches!(item, Item::Directory))
            .map(|(path, _)| path.clone())
            .collect();
        entries.retain(|path, _| !solid.iter().any(|above| is_below(path, above)));
        RandomLayer { entries, whiteouts, opaque }
    })
}

fn contents(layer: &RandomLayer) -> Contents {
    let mut builder = EntriesBuilder::default();
    for (path, item) in &layer.entries {
        let node = match item {
            Item::File { size, content } => Node::File { size: Bytes(*size), content: ContentHash(*content) },
            Item::Directory => Node::Directory,
            Item::Symlink => Node::Symlink { target: b"elsewhere" },
            Item::Hardlink { target } => Node::Hardlink { target: target.as_bytes() },
        };
        builder.push(path.as_bytes(), node, Attributes::default());
    }
    let paths = |set: &BTreeSet<String>| {
        let mut sorted: Vec<&[u8]> = set.iter().map(String::as_bytes).collect();
        sorted.sort_by(|left, right| path::compare(left, right));
        sorted.into_iter().collect()
    };
    Contents {
        entries: builder.finish().0,
        whiteouts: paths(&layer.whiteouts),
        opaque: paths(&layer.opaque),
        ..Contents::default()
    }
}

fn snapshot(layers: &[RandomLayer]) -> Snapshot {
    let image_layer = |layer| ImageLayer {
        layer,
        digest: None,
        compression: Compression::None,
        blob_bytes: Bytes::ZERO,
        history: None,
    };
    let stored = layers.iter().enumerate().map(|(number, layer)| Layer {
        diff_id: DiffId::new(Digest::sha256([u8::try_from(number).unwrap(); 32])),
        contents: Some(contents(layer).into()),
    });
    Snapshot {
        schema_version: SCHEMA_VERSION,
        generator: "test".into(),
        services: Vec::new(),
        images: vec![Image {
            reference: None,
            tags: Vec::new(),
            source: Source { transport: Transport::DockerArchive, name: "test".into() },
            id: Digest::sha256([0; 32]),
            manifest_digest: None,
            platform: Platform::default(),
            created: None,
            config: Config::default(),
            history: Vec::new(),
            layers: (0..layers.len()).map(image_layer).collect(),
            warnings: Vec::new(),
        }],
        layers: stored.collect(),
        runtime: None,
        disk: None,
        lacks_mentions: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_library_agrees_with_the_model(layers in prop::collection::vec(any_layer(), 1..6)) {
        let mut model = Model::default();
        for (number, layer) in layers.iter().enumerate() {
            model.apply(number, layer);
        }
        let snapshot = snapshot(&layers);
        let squashed = squash(&snapshot, &snapshot.images[0]);

        let found: BTreeMap<String, EntryKind> = squashed
            .tree
            .paths()
            .map(|(path, node)| (path::escape(&path).into_owned(), node.kind))
            .collect();
        let expected: BTreeMap<String, EntryKind> = model
            .paths
            .iter()
            .map(|(path, at)| (path.clone(), match at {
                At::File(_) | At::Dangling => EntryKind::File,
                At::Directory => EntryKind::Directory,
                At::Symlink => EntryKind::Symlink,
            }))
            .collect();
        prop_assert_eq!(found, expected);

        let describe = |size: u64, layer: usize, hidden: Option<(usize, Cause)>| (layer, size, hidden);
        let mut found: Vec<_> = squashed
            .inodes
            .iter()
            .map(|inode| describe(
                inode.size.0,
                inode.layer as usize,
                inode.hidden.map(|(by, cause)| (by as usize, cause)),
            ))
            .collect();
        let mut expected: Vec<_> =
            model.inodes.iter().map(|inode| describe(inode.size, inode.layer, inode.hidden)).collect();
        found.sort();
        expected.sort();
        prop_assert_eq!(&found, &expected);

        let size: u64 = found.iter().map(|(_, size, _)| size).sum();
        let hidden: u64 = found.iter().filter(|(_, _, hidden)| hidden.is_some()).map(|(_, size, _)| size).sum();
        prop_assert_eq!(squashed.tree.root().bytes.0 + hidden, size);
    }
}
