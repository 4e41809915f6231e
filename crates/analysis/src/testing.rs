//! Small images for the tests: a layer is written as lines.

use plimsoll_snapshot::{
    Attributes, BinaryFact, Bytes, Compression, Config, ContentHash, Contents, DiffId, Digest, Ecosystem,
    Entries, EntriesBuilder, Facts, FileList, FileListFact, Files, HistoryEntry, Image, ImageLayer,
    ImportFact, Layer, LeadFact, MentionFact, Node, PackageFact, Paths, Platform, Requirement,
    RequirementKind, SCHEMA_VERSION, SecretFact, SelectionFact, Service, Snapshot, Source, Transport,
};

/// A layer from lines: `f PATH SIZE [CONTENT]`, `d PATH`, `l PATH TARGET`, `h PATH TARGET`, `w PATH` (whiteout),
/// `o PATH` (opaque), and what its files say: `p METADATA ECOSYSTEM NAME VERSION [needs=A,B] [offers=A,B] [recommends=A,B] [peers=A,B] [programs=A,B] [groups=A,B] [files=X,Y] [key=K] [requested]`
/// (a package), `t LIST ECOSYSTEM KEY files=X,Y` (its files, listed apart), `m SOURCE ECOSYSTEM MODULE…` (imports), `s FILE ECOSYSTEM NAME…` (asked for), `a FILE ECOSYSTEM NAME…`
/// (came along), `v FILE ECOSYSTEM NAME…` (asked for by developers), `x FILE KIND` (a secret), `b FILE DEBUG SYMBOLS` (a
/// binary), `e FILE PATH…` (what a file leads to), `n FILE ECOSYSTEM KIND[:RUN_AS] NAME@LINE…` (names in a text). `u PATH SIZE MODE` is a file with a mode, in octal. `i INSTRUCTION` is the step that made it.
pub(crate) fn layer(lines: &str) -> Layer {
    let mut builder = EntriesBuilder::default();
    let (mut whiteouts, mut opaque) = (Vec::new(), Vec::new());
    let mut said = Vec::new();
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
            "u" => {
                let mode = u32::from_str_radix(words[3], 8).unwrap();
                let node = Node::File { size: Bytes(words[2].parse().unwrap()), content: ContentHash(7) };
                builder.push(path, node, Attributes { mode, ..Attributes::default() });
            }
            "d" => builder.push(path, Node::Directory, attributes),
            "l" => builder.push(path, Node::Symlink { target: words[2].as_bytes() }, attributes),
            "h" => builder.push(path, Node::Hardlink { target: words[2].as_bytes() }, attributes),
            "w" => whiteouts.push(path),
            "o" => opaque.push(path),
            "i" => {}
            "p" | "t" | "m" | "s" | "a" | "v" | "x" | "b" | "e" | "n" => said.push(words),
            other => panic!("unknown kind {other}"),
        }
    }
    let entries = builder.finish().0;
    let facts = facts(&said, &entries);
    let contents = Contents {
        entries,
        whiteouts: whiteouts.into_iter().collect(),
        opaque: opaque.into_iter().collect(),
        facts: Some(facts),
        ..Contents::default()
    };
    Layer { diff_id: diff_id(lines), contents: Some(contents.into()) }
}

fn facts(said: &[Vec<&str>], entries: &Entries) -> Facts {
    let mut facts = Facts::default();
    let find = |path: &str| u32::try_from(entries.find(path.as_bytes()).unwrap()).unwrap();
    let named = |name: &&str| Requirement { any_of: vec![(*name).to_owned()], ..Requirement::default() };
    for words in said {
        if words[0] == "x" {
            let kind = serde_json::from_value(words[2].into()).unwrap();
            facts.secrets.push(SecretFact { entry: find(words[1]), kind });
            continue;
        }
        if words[0] == "b" {
            let bytes = |at: usize| Bytes(words[at].parse().unwrap());
            let (debug_bytes, symbol_bytes) = (bytes(2), bytes(3));
            facts.binaries.push(BinaryFact { entry: find(words[1]), debug_bytes, symbol_bytes });
            continue;
        }
        if words[0] == "e" {
            let paths = words[2..].iter().map(|&path| path.to_owned()).collect();
            facts.leads.push(LeadFact { entry: find(words[1]), paths });
            continue;
        }
        let ecosystem = *Ecosystem::ALL.iter().find(|known| known.name() == words[2]).unwrap();
        let entry = find(words[1]);
        let list = |key: &str| {
            let list = words.iter().find_map(|word| word.strip_prefix(key));
            list.into_iter().flat_map(|list| list.split(',')).collect::<Vec<_>>()
        };
        let mut files: Vec<u32> = list("files=").into_iter().map(find).collect();
        files.sort_unstable();
        match words[0] {
            "t" => facts.file_lists.push(FileListFact {
                entry,
                ecosystem,
                package: words[3].to_owned(),
                files: FileList::new(files, Paths::default()),
            }),
            "p" => {
                facts.packages.push(PackageFact {
                    entry,
                    ecosystem,
                    name: words[3].to_owned(),
                    version: words[4].to_owned(),
                    key: match ecosystem {
                        _ if !list("key=").is_empty() => list("key=")[0].to_owned(),
                        Ecosystem::Python => words[1].rsplit_once('/').unwrap().0.to_owned(),
                        _ => words[3].to_owned(),
                    },
                    architecture: None,
                    license: None,
                    source: None,
                    declared_bytes: None,
                    requested: (ecosystem == Ecosystem::Python).then(|| words.contains(&"requested")),
                    essential: false,
                    requires: (list("needs=").iter().map(named))
                        .chain(list("offers=").iter().map(|name| Requirement {
                            marker: Some("extra == 'more'".to_owned()),
                            ..named(name)
                        }))
                        .chain(
                            list("recommends=").iter().map(|name| Requirement {
                                kind: RequirementKind::Recommended,
                                ..named(name)
                            }),
                        )
                        .chain(
                            list("peers=")
                                .iter()
                                .map(|name| Requirement { kind: RequirementKind::Peer, ..named(name) }),
                        )
                        .collect(),
                    provides: Vec::new(),
                    programs: list("programs=").into_iter().map(str::to_owned).collect(),
                    plugin_groups: list("groups=").into_iter().map(str::to_owned).collect(),
                    files: Files::Listed(FileList::new(files, Paths::default())),
                });
            }
            "n" => {
                let (kind, run_as) = words[3].split_once(':').unwrap_or((words[3], ""));
                let placed = words[4..].iter().map(|name| name.rsplit_once('@').unwrap());
                facts.mentions.push(MentionFact {
                    entry,
                    ecosystem,
                    kind: serde_json::from_value(kind.into()).unwrap(),
                    run_as: (!run_as.is_empty()).then(|| run_as.to_owned()),
                    names: placed.clone().map(|(name, _)| name.to_owned()).collect(),
                    lines: placed.map(|(_, line)| line.parse().unwrap()).collect(),
                });
            }
            "m" => facts.imports.push(ImportFact {
                entry,
                ecosystem,
                modules: words[3..].iter().map(|&module| module.to_owned()).collect(),
            }),
            kind => {
                let mut fact = SelectionFact { entry, ecosystem, manual: Vec::new(), automatic: Vec::new() };
                if kind != "a" {
                    fact.manual = words[3..].iter().map(named).collect();
                    if kind == "v" {
                        fact.manual.iter_mut().for_each(|need| need.kind = RequirementKind::Development);
                    }
                } else {
                    fact.automatic = words[3..].iter().map(|&name| name.to_owned()).collect();
                }
                facts.selections.push(fact);
            }
        }
    }
    facts
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
    let mut history = Vec::new();
    for lines in layers {
        let instruction = lines.lines().find_map(|line| line.trim().strip_prefix("i "));
        history.extend(instruction.map(|text| HistoryEntry {
            created_by: text.to_owned(),
            created: None,
            empty_layer: false,
        }));
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
            history: instruction.map(|_| history.len() - 1),
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
        history,
        layers: image_layers,
        warnings: Vec::new(),
    });
}
