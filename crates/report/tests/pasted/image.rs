//! Makes snapshots whose names are any bytes and texts at all.

use plimsoll_snapshot::{
    Attributes, BinaryFact, Bytes, Compression, Config, ContentHash, Contents, DiffId, Digest, Ecosystem,
    EntriesBuilder, Facts, FileList, Files, HistoryEntry, Image, ImageLayer, ImportFact, Layer, Node,
    PackageFact, Paths, Platform, Requirement, RequirementKind, SCHEMA_VERSION, SecretFact, SecretKind,
    SelectionFact, Service, Snapshot, Source, Transport,
};

/// One layer, and the instruction that made it.
#[derive(Clone, Default)]
pub(crate) struct Step {
    instruction: String,
    files: Vec<(Vec<u8>, u64, u64, u32)>,
    deleted: Vec<Vec<u8>>,
    packages: Vec<Pack>,
    imports: Vec<(Vec<u8>, Ecosystem, &'static str)>,
    development: Vec<(Vec<u8>, String)>,
    recommended: Vec<(Vec<u8>, String, String)>,
    secrets: Vec<Vec<u8>>,
    binaries: Vec<Vec<u8>>,
}

/// A package of a layer.
#[derive(Clone)]
struct Pack {
    metadata: Vec<u8>,
    ecosystem: Ecosystem,
    name: String,
    version: String,
    files: Vec<Vec<u8>>,
}

/// Bytes of parts of a path.
pub(crate) fn path(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

impl Step {
    pub(crate) fn new(instruction: &str) -> Self {
        Self { instruction: instruction.into(), ..Self::default() }
    }

    /// A file whose content is known by a number.
    pub(crate) fn file(mut self, path: &[u8], size: u64, content: u64) -> Self {
        self.files.retain(|(known, ..)| known != path);
        self.files.push((path.into(), size, content, 0o755));
        self
    }

    pub(crate) fn setuid(mut self, path: &[u8]) -> Self {
        self.files.push((path.into(), 9, 9, 0o4755));
        self
    }

    pub(crate) fn delete(mut self, path: &[u8]) -> Self {
        self.deleted.push(path.into());
        self
    }

    /// A package with one file, which is made as well.
    pub(crate) fn package(
        mut self,
        ecosystem: Ecosystem,
        metadata: &[u8],
        name: &str,
        version: &str,
        file: (&[u8], u64),
    ) -> Self {
        if !self.files.iter().any(|(known, ..)| known == metadata) {
            self = self.file(metadata, 10, 3);
        }
        let content = 4 + self.files.len() as u64;
        self = self.file(file.0, file.1, content);
        let (name, version) = (name.to_owned(), version.to_owned());
        // The database of dpkg belongs to no package in it.
        let own = (ecosystem != Ecosystem::Dpkg).then(|| metadata.to_vec());
        let files = own.into_iter().chain([file.0.to_vec()]).collect();
        self.packages.push(Pack { metadata: metadata.into(), ecosystem, name, version, files });
        self
    }

    /// A package of Python in a directory.
    pub(crate) fn python(self, site: &[u8], name: &str, version: &str, size: u64) -> Self {
        let stem = path(&[site, b"/", name.replace('/', "_").as_bytes()]);
        let (metadata, file) = (path(&[&stem, b".dist-info/METADATA"]), path(&[&stem, b".py"]));
        self.package(Ecosystem::Python, &metadata, name, version, (&file, size))
    }

    /// A source file that imports a module.
    pub(crate) fn source(mut self, file: &[u8], ecosystem: Ecosystem, module: &'static str) -> Self {
        self.imports.push((file.into(), ecosystem, module));
        self.file(file, 5, 5)
    }

    /// A `package.json` that asks for a package while developing.
    pub(crate) fn develops_with(mut self, file: &[u8], name: &str) -> Self {
        self.development.push((file.into(), name.into()));
        self.file(file, 5, 6)
    }

    /// A package that came along because another recommends it.
    pub(crate) fn recommended(mut self, metadata: &[u8], by: &str, name: &str) -> Self {
        self.recommended.push((metadata.into(), by.into(), name.into()));
        self
    }

    pub(crate) fn secret(mut self, file: &[u8]) -> Self {
        self.secrets.push(file.into());
        self.file(file, 5, 7)
    }

    pub(crate) fn binary(mut self, file: &[u8]) -> Self {
        self.binaries.push(file.into());
        self.file(file, 20_000_000, 8)
    }

    fn layer(&self, index: u8) -> Layer {
        let mut builder = EntriesBuilder::default();
        for (path, size, content, mode) in &self.files {
            let node = Node::File { size: Bytes(*size), content: ContentHash(*content) };
            builder.push(path, node, Attributes { mode: *mode, ..Attributes::default() });
        }
        let entries = builder.finish().0;
        let entry = |path: &[u8]| u32::try_from(entries.find(path).unwrap()).unwrap();
        let mut facts = Facts::default();
        for pack in &self.packages {
            let mut files: Vec<u32> = pack.files.iter().map(|file| entry(file)).collect();
            files.sort_unstable();
            files.dedup();
            let directory = pack.metadata.rsplitn(2, |&byte| byte == b'/').last().unwrap();
            facts.packages.push(PackageFact {
                entry: entry(&pack.metadata),
                ecosystem: pack.ecosystem,
                name: pack.name.clone(),
                version: pack.version.clone(),
                key: match pack.ecosystem {
                    Ecosystem::Python => String::from_utf8_lossy(directory).into_owned(),
                    _ => pack.name.clone(),
                },
                architecture: None,
                license: None,
                source: None,
                declared_bytes: None,
                requested: (pack.ecosystem == Ecosystem::Python).then_some(true),
                essential: false,
                requires: (self.recommended.iter().filter(|(_, by, _)| *by == pack.name))
                    .map(|(.., name)| Requirement {
                        any_of: vec![name.clone()],
                        kind: RequirementKind::Recommended,
                        ..Requirement::default()
                    })
                    .collect(),
                provides: Vec::new(),
                programs: Vec::new(),
                plugin_groups: Vec::new(),
                files: Files::Listed(FileList::new(files, Paths::default())),
            });
        }
        for (file, ecosystem, module) in &self.imports {
            let (entry, modules) = (entry(file), vec![(*module).to_owned()]);
            facts.imports.push(ImportFact { entry, ecosystem: *ecosystem, modules });
        }
        for (file, name) in &self.development {
            let kind = RequirementKind::Development;
            let manual = vec![Requirement { any_of: vec![name.clone()], kind, ..Requirement::default() }];
            let (entry, ecosystem) = (entry(file), Ecosystem::Npm);
            facts.selections.push(SelectionFact { entry, ecosystem, manual, automatic: Vec::new() });
        }
        for (metadata, _, name) in &self.recommended {
            let (entry, automatic) = (entry(metadata), vec![name.clone()]);
            facts.selections.push(SelectionFact {
                entry,
                ecosystem: Ecosystem::Dpkg,
                manual: Vec::new(),
                automatic,
            });
        }
        let secret = |file: &Vec<u8>| SecretFact { entry: entry(file), kind: SecretKind::Token };
        facts.secrets = self.secrets.iter().map(secret).collect();
        let binary = |file: &Vec<u8>| BinaryFact {
            entry: entry(file),
            debug_bytes: Bytes(9_000_000),
            symbol_bytes: Bytes(1),
        };
        facts.binaries = self.binaries.iter().map(binary).collect();
        let whiteouts = self.deleted.iter().map(Vec::as_slice).collect();
        let contents = Contents { entries, whiteouts, facts: Some(facts), ..Contents::default() };
        Layer { diff_id: DiffId::new(Digest::sha256([index; 32])), contents: Some(contents.into()) }
    }
}

/// A snapshot of one image of these steps, above a base.
pub(crate) fn snapshot(service: &str, reference: &str, base: Step, steps: Vec<Step>) -> Snapshot {
    let steps: Vec<Step> = [base].into_iter().chain(steps).collect();
    let history = steps.iter().map(|step| HistoryEntry {
        created_by: step.instruction.clone(),
        created: None,
        empty_layer: false,
    });
    let layers = (0..steps.len()).map(|index| ImageLayer {
        layer: index,
        digest: None,
        compression: Compression::None,
        blob_bytes: Bytes::ZERO,
        history: Some(index),
    });
    let image = Image {
        reference: Some(reference.into()),
        tags: Vec::new(),
        source: Source { transport: Transport::DockerArchive, name: "test.tar".into() },
        id: Digest::sha256([0; 32]),
        manifest_digest: None,
        platform: Platform { os: "linux".into(), architecture: "amd64".into(), variant: None },
        created: None,
        config: Config::default(),
        history: history.collect(),
        layers: layers.collect(),
        warnings: Vec::new(),
    };
    Snapshot {
        schema_version: SCHEMA_VERSION,
        generator: "test".into(),
        layers: steps.iter().zip(1..).map(|(step, index)| step.layer(index)).collect(),
        images: vec![image],
        services: vec![Service { name: service.into(), image: 0, build: None }],
        ..Snapshot::default()
    }
}
