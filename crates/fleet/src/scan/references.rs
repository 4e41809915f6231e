//! The first stage of a scan: what files and references hold. Documents are read, layers are not, unless they come along.

use std::fmt;
use std::fs::Metadata;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use plimsoll_collect::{
    ImageSelection, OpenedImages, OpenedStream, PlannedImage, Request, Store as Members, open_archive,
    open_stream, plan,
};
use plimsoll_snapshot::{DiffId, Digest, Limit, Snapshot, Transport, Warning};
use serde::Deserialize;

use super::blobs::{Source, blob_of, check};
use super::blueprint::{Blueprint, alone};
use super::exec::{Done, Unit};
use super::listing::Item;
use crate::input;
use crate::name::ImageName;
use crate::options::Options;
use crate::said::said;
use crate::sources::archive::SharedFile;
use crate::sources::layout::DirectoryStore;
use crate::sources::reference::Reference;
use crate::sources::registry::{RegistryStore, Repository};
use crate::state::{ItemState, NamedImage};
use crate::store::{Blob, Store};

/// An image that was found, and that no earlier run has judged.
pub(crate) struct NewImage {
    pub(crate) digest: Digest,
    pub(crate) blueprint: Blueprint,
    /// None if its layers are in the store.
    pub(crate) source: Option<Source>,
}

/// What an item holds.
pub(crate) struct Resolved {
    pub(crate) key: String,
    pub(crate) state: ItemState,
    pub(crate) new: Vec<NewImage>,
}

/// What all references of one source need.
pub(crate) struct Surroundings {
    pub(crate) store: Store,
    pub(crate) options: &'static Options,
    pub(crate) run: String,
    /// Whether attached snapshots are believed.
    pub(crate) attached: bool,
    pub(crate) resolved: Mutex<Vec<Resolved>>,
}

/// A file or a reference that is read.
pub(crate) struct ReferenceUnit {
    pub(crate) item: Item,
    /// What it was when it was last read.
    pub(crate) before: Option<ItemState>,
    pub(crate) around: Arc<Surroundings>,
}

impl fmt::Debug for ReferenceUnit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ReferenceUnit({})", self.item.key())
    }
}

impl Unit for ReferenceUnit {
    fn name(&self) -> String {
        self.item.key()
    }

    fn size(&self) -> u64 {
        match &self.item {
            Item::File { path, .. } => std::fs::metadata(path).map_or(0, |metadata| metadata.len()),
            _ => 0,
        }
    }

    fn run(&self) -> Result<Done, String> {
        let resolved = match &self.item {
            Item::File { path, name } => self.file(path, name),
            Item::Layout { path, name } => self.layout(path, name),
            Item::Tag { repository, reference } => self.tag(repository, reference),
        }?;
        let done = Done { was_known: resolved.new.is_empty(), bytes: 0 };
        self.around.resolved.lock().unwrap_or_else(PoisonError::into_inner).push(resolved);
        Ok(done)
    }
}

/// The images of an item, each with its names.
type Named = Vec<(Vec<ImageName>, Blueprint)>;

impl ReferenceUnit {
    /// The state of before, if the item did not change and all of its images are known.
    fn unchanged(&self, identity: &str) -> Option<Resolved> {
        let before = self.before.as_ref().filter(|before| before.identity == identity)?;
        let is_known = |image: &NamedImage| {
            Digest::parse(&image.digest).is_ok_and(|digest| self.around.store.has_image(&digest))
        };
        before.images.iter().all(is_known).then(|| Resolved {
            key: self.item.key(),
            state: ItemState { run: self.around.run.clone(), ..before.clone() },
            new: Vec::new(),
        })
    }

    fn resolved(&self, identity: String, images: Named, source: Option<&Source>) -> Result<Resolved, String> {
        let (mut named, mut new) = (Vec::new(), Vec::new());
        for (names, blueprint) in images {
            let digest = blueprint.digest().ok_or("it holds no image")?;
            let known = names.into_iter().map(|name| NamedImage { name, digest: digest.to_string() });
            named.extend(known);
            if !self.around.store.has_image(&digest) {
                new.push(NewImage { digest, blueprint, source: source.cloned() });
            }
        }
        let state = ItemState { identity, run: self.around.run.clone(), images: named };
        Ok(Resolved { key: self.item.key(), state, new })
    }

    fn selection(&self) -> ImageSelection {
        let options = self.around.options;
        ImageSelection { reference: None, platform: options.platform.clone(), depth: options.depth }
    }

    /// What `--platform` adds to an identity.
    fn platform(&self) -> String {
        self.around.options.platform.as_ref().map(|platform| format!(" {platform}")).unwrap_or_default()
    }

    fn file(&self, path: &Path, name: &str) -> Result<Resolved, String> {
        let metadata = std::fs::metadata(path).map_err(|error| error.to_string())?;
        let identity = format!("{}{}", file_identity(&metadata), self.platform());
        if let Some(unchanged) = self.unchanged(&identity) {
            return Ok(unchanged);
        }
        let place = format!("`{}`", path.display());
        let limits = &self.around.options.limits;
        let file = input::regular(path).map_err(|error| error.to_string())?;
        let (file, length) = (Arc::new(file), metadata.len());
        let open = {
            let file = Arc::clone(&file);
            move || Ok(SharedFile::new(&file, length))
        };
        let archive = open_archive(open, &place, limits).map_err(|error| said(&error))?;
        if let Some(archive) = archive {
            let source: Source = Arc::new(archive);
            let images = self.planned(source.as_ref(), name)?;
            return self.resolved(identity, images, Some(&source));
        }
        let selection = self.selection();
        let request = Request { place: &place, transport: None, selection: &selection, limits };
        let opened =
            open_stream(SharedFile::new(&file, length), &request, &()).map_err(|error| said(&error))?;
        let images = match opened {
            OpenedStream::Snapshot(snapshot) => self.snapshot(&snapshot, name)?,
            OpenedStream::Images(images) => self.streamed(images, name)?,
        };
        let after = std::fs::metadata(path).map_err(|error| error.to_string())?;
        if file_identity(&after) != file_identity(&metadata) {
            return Err("it changed while it was read".to_owned());
        }
        self.resolved(identity, images, None)
    }

    fn layout(&self, path: &Path, name: &str) -> Result<Resolved, String> {
        use sha2::Digest as _;
        let limits = &self.around.options.limits;
        let mut hash = sha2::Sha256::new();
        for file in ["index.json", "manifest.json"] {
            hash.update(input::read(&path.join(file), limits[Limit::DocumentBytes]).unwrap_or_default());
        }
        let identity = format!("{}{}", Digest::sha256(hash.finalize().into()), self.platform());
        if let Some(unchanged) = self.unchanged(&identity) {
            return Ok(unchanged);
        }
        let source: Source = Arc::new(DirectoryStore::new(path));
        let images = self.planned(source.as_ref(), name)?;
        self.resolved(identity, images, Some(&source))
    }

    fn tag(&self, repository: &Repository<'static>, reference: &Reference) -> Result<Resolved, String> {
        let store = repository.image(&reference.version).map_err(|error| said(&error))?;
        let store =
            store.ok_or("it is not there: the tag was deleted, or the registry lists more than it has")?;
        let identity = format!("{}{}", top_digest(&store)?, self.platform());
        if let Some(unchanged) = self.unchanged(&identity) {
            return Ok(unchanged);
        }
        let selection = self.selection();
        let (transport, images) = plan(&store, None, &selection, &self.around.options.limits)
            .map_err(|error| said(&error.within(&format!("`docker://{reference}`"))))?;
        let name = ImageName::of(reference);
        let mut named = Vec::new();
        for image in images {
            self.believe_attached(repository, &image);
            let blueprint = Blueprint::Planned {
                image: Box::new(image),
                transport: if transport == Transport::OciArchive { Transport::Docker } else { transport },
                name: reference.familiar(),
            };
            named.push((vec![name.clone()], blueprint));
        }
        let source: Source = Arc::new(store);
        self.resolved(identity, named, Some(&source))
    }

    /// Takes layers over from the snapshot that is attached to an image, if the user wants that and there is one.
    fn believe_attached(&self, repository: &Repository<'static>, image: &PlannedImage) {
        let limits = &self.around.options.limits;
        let Some(digest) = image.manifest_digest.as_ref().filter(|_| self.around.attached) else { return };
        let Ok(Some(bytes)) = repository.attached(digest, limits[Limit::SnapshotBytes]) else { return };
        let Ok(snapshot) = plimsoll_snapshot::read_within(&bytes[..], limits) else { return };
        if snapshot.images.iter().all(|other| other.id == image.id) {
            // What it lacks is read from the layers.
            let _ = self.keep_layers(&snapshot);
        }
    }

    /// The images of a layout or an archive.
    fn planned(&self, members: &dyn Members, name: &str) -> Result<Named, String> {
        let limits = &self.around.options.limits;
        let (transport, images) =
            plan(members, None, &self.selection(), limits).map_err(|error| said(&error))?;
        Ok(blueprints(images, transport, name))
    }

    /// The images of an archive that can only be streamed: their layers were read on the way.
    fn streamed(&self, opened: OpenedImages, name: &str) -> Result<Named, String> {
        let OpenedImages { transport, images, layers } = opened;
        for image in &images {
            for planned in &image.layers {
                let Some(read) = planned.member.as_ref().and_then(|member| layers.get(member)) else {
                    continue;
                };
                if self.around.store.has_layer(&planned.diff_id) {
                    continue;
                }
                check(&planned.diff_id, planned.digest.as_ref(), read)?;
                self.keep(&read.diff_id, &read.contents, &blob_of(read))?;
            }
        }
        Ok(blueprints(images, transport, name))
    }

    /// The images of a snapshot, whose layers are kept.
    fn snapshot(&self, snapshot: &Snapshot, name: &str) -> Result<Named, String> {
        let in_part = [Warning::NotVerified {}, Warning::HeadersOnly {}];
        if snapshot.images.iter().any(|image| image.warnings.iter().any(|one| in_part.contains(one))) {
            return Err("the snapshot was made without verifying layers; scan the image itself".to_owned());
        }
        self.keep_layers(snapshot)?;
        let mut named = Vec::new();
        for index in 0..snapshot.images.len() {
            // An image that no service runs is none of the stack.
            let Some(only) = alone(snapshot, index) else { continue };
            let image = &snapshot.images[index];
            let tags: Vec<&String> = image.reference.iter().chain(&image.tags).collect();
            named.push((names(&tags, name), Blueprint::Snapshot(Box::new(only))));
        }
        Ok(named)
    }

    fn keep_layers(&self, snapshot: &Snapshot) -> Result<(), String> {
        for layer in snapshot.images.iter().flat_map(|image| &image.layers) {
            let known = &snapshot.layers[layer.layer];
            let Some(contents) = known.contents.as_ref().filter(|contents| contents.facts.is_some()) else {
                return Err(format!("the snapshot lacks what is in layer `{}`", known.diff_id));
            };
            let blob = Blob {
                digest: layer.digest.clone(),
                compression: layer.compression,
                bytes: layer.blob_bytes,
            };
            self.keep(&known.diff_id, contents, &blob)?;
        }
        Ok(())
    }

    fn keep(
        &self,
        layer: &DiffId,
        contents: &plimsoll_snapshot::Contents,
        blob: &Blob,
    ) -> Result<(), String> {
        if self.around.store.has_layer(layer) {
            return Ok(());
        }
        self.around.store.put_layer(layer, contents, blob).map_err(|error| said(&error))
    }
}

fn blueprints(images: Vec<PlannedImage>, transport: Transport, name: &str) -> Named {
    images
        .into_iter()
        .map(|image| {
            let tags: Vec<&String> = image.reference.iter().chain(&image.tags).collect();
            let names = names(&tags, name);
            (names, Blueprint::Planned { image: Box::new(image), transport, name: name.to_owned() })
        })
        .collect()
}

/// The names of an image in a file.
fn names(tags: &[&String], file: &str) -> Vec<ImageName> {
    let mut names: Vec<ImageName> = tags.iter().map(|tag| ImageName::in_file(Some(tag), file)).collect();
    if names.is_empty() {
        names.push(ImageName::in_file(None, file));
    }
    names.sort();
    names.dedup();
    names
}

/// What changes whenever a file does.
fn file_identity(metadata: &Metadata) -> String {
    let time = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{} {}", metadata.len(), time.map_or(0, |time| time.as_nanos()))
}

/// The digest of the document that a reference stands for.
fn top_digest(store: &RegistryStore<'_>) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Index {
        manifests: Vec<Top>,
    }
    #[derive(Deserialize)]
    struct Top {
        digest: String,
    }
    let opened = store.open("index.json").map_err(|error| error.to_string())?;
    let index = opened.and_then(|reader| serde_json::from_reader::<_, Index>(reader).ok());
    let top = index.and_then(|index| index.manifests.into_iter().next());
    top.map(|top| top.digest).ok_or_else(|| "it has no manifest".to_owned())
}
