//! Opens a source so that the contents of its files can be read after its snapshot.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use plimsoll_collect::{
    ContentSink, ContentType, Depth, InputName, Request, Stack, Store, decompress, open_archive, open_store,
    read_contents, sniff,
};
use plimsoll_snapshot::{DiffId, Limit, ReadLimits, Snapshot};

use crate::error::{Error, Help, Result};
use crate::input;
use crate::load::{GENERATOR, display, finished, in_parallel, offline, same_name, unreadable, wanted};
use crate::options::{Attachments, Options};
use crate::printer::Printer;
use crate::progress::Progress;
use crate::sources::archive::SharedFile;
use crate::sources::engine::{Connection, Deadline};
use crate::sources::layout::DirectoryStore;
use crate::sources::pace::Pace;
use crate::sources::registry::RegistryStore;
use crate::sources::{NamedSource, Selection, SourceSpec, lookup};

/// A source whose layers can be read again.
pub(crate) struct Source<'s> {
    pub(crate) snapshot: Snapshot,
    store: Box<dyn Store + Sync + 's>,
    /// How messages call it.
    place: String,
    /// The blob of each layer.
    members: BTreeMap<DiffId, String>,
    limits: ReadLimits,
}

impl<'s> Source<'s> {
    /// Reads the images of a source.
    pub(crate) fn open(text: &str, options: &'s Options, printer: &'s Printer) -> Result<Self> {
        if options.redact {
            return Err(Error::usage(
                "`--redact` does not change the contents of files",
                "leave it out, and check what you share",
            ));
        }
        if options.attachments != Attachments::Ignored {
            return Err(Error::usage(
                "`--attached` reads a snapshot, which does not have the contents of files",
                "leave it out: the layers are read",
            ));
        }
        let NamedSource { source, .. } = text.parse()?;
        let source = lookup::resolve(&source, options, printer)?;
        let none = Selection::default();
        match &source {
            SourceSpec::Registry(_) if options.offline => Err(offline(&source)),
            SourceSpec::Registry(reference) => {
                let store = RegistryStore::connect(reference, options, printer)?;
                Self::of(Box::new(store), format!("docker://{reference}"), &source, &none, options)
            }
            SourceSpec::Engine { engine, reference } => {
                let connection = Connection::new(*engine, Deadline::Document(options.pace))?;
                let name = connection.find(reference)?.ok_or_else(|| connection.no_such_image(reference))?;
                let archive =
                    connection.save(&name, Pace { start: options.archive_start, ..options.pace })?;
                Self::of_stream(archive, reference.clone(), &source, &none, options)
            }
            SourceSpec::Stdin(selection) => {
                let place = "standard input";
                let stream = input::standard().map_err(|error| Error::read(Path::new(place), error))?;
                Self::of_stream(stream, place.to_owned(), &source, selection, options)
            }
            SourceSpec::Path(path, selection) => Self::of_path(path, &source, selection, options),
        }
    }

    fn of_path(path: &Path, source: &SourceSpec, selection: &Selection, options: &Options) -> Result<Self> {
        let at = |error| Error::read(path, error);
        let place = path.display().to_string();
        let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, error))?;
        if metadata.is_dir() {
            input::directory(path).map_err(at)?;
            return Self::of(Box::new(DirectoryStore::new(path)), place, source, selection, options);
        }
        let file = input::open(path).map_err(at)?;
        if !metadata.is_file() {
            return Self::of_stream(file, place, source, selection, options);
        }
        let (file, length) = (Arc::new(file), metadata.len());
        let reader = Arc::clone(&file);
        let open = move || Ok(SharedFile::new(&reader, length));
        match open_archive(open, &format!("`{place}`"), &options.limits)? {
            Some(store) => Self::of(Box::new(store), place, source, selection, options),
            None => Self::of_stream(SharedFile::new(&file, length), place, source, selection, options),
        }
    }

    /// Keeps what can be read once in a file without a name, so that its layers can be read in any order.
    fn of_stream(
        mut stream: impl io::Read,
        place: String,
        source: &SourceSpec,
        selection: &Selection,
        options: &Options,
    ) -> Result<Self> {
        let failed = |error| Error::read(Path::new(&place), error);
        let mut start = Vec::new();
        stream.by_ref().take(512).read_to_end(&mut start).map_err(failed)?;
        let kind = sniff(&start);
        let whole = io::Cursor::new(start).chain(stream);
        let mut archive: Box<dyn io::Read> = match kind {
            ContentType::Compressed(compression) => {
                Box::new(decompress(compression, whole, &options.limits).map_err(failed)?)
            }
            _ => Box::new(whole),
        };
        let mut start = Vec::new();
        archive.by_ref().take(512).read_to_end(&mut start).map_err(failed)?;
        if sniff(&start) == ContentType::Json {
            return Err(snapshot(&place));
        }
        let limit = options.limits[Limit::InflatedBytes];
        let mut file = tempfile::tempfile().map_err(|error| Error::write(&std::env::temp_dir(), error))?;
        let mut archive = io::Cursor::new(start).chain(archive).take(limit.saturating_add(1));
        let length = io::copy(&mut archive, &mut file).map_err(failed)?;
        if length > limit {
            return Err(Error::usage(
                format!("`{place}` has more than {limit} bytes"),
                Help::Raise(Limit::InflatedBytes, "the image"),
            ));
        }
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        let file = Arc::new(file);
        let open = move || Ok(SharedFile::new(&file, length));
        match open_archive(open, &format!("`{place}`"), &options.limits)? {
            Some(store) => Self::of(Box::new(store), place, source, selection, options),
            None => Err(Error::usage(
                format!("`{place}` is not an image archive"),
                "give an archive as `docker save` writes it, an OCI layout, or an image of an engine or a registry",
            )),
        }
    }

    fn of(
        store: Box<dyn Store + Sync + 's>,
        place: String,
        source: &SourceSpec,
        selection: &Selection,
        options: &Options,
    ) -> Result<Self> {
        // The contents that are taken out are compared with their hashes.
        let options = Options { depth: Depth::Verified, ..options.clone() };
        let quoted = format!("`{place}`");
        let request = Request {
            place: &quoted,
            transport: selection.transport,
            selection: &wanted(selection.reference.clone(), &options),
            limits: &options.limits,
        };
        let progress = Progress::new(&source.file_name(), 0);
        let layers = open_store(&*store, &request, &options.cache, &progress)?;
        let images = in_parallel(layers, &options, &progress)?;
        let members = (images.images.iter().flat_map(|image| &image.layers))
            .filter_map(|layer| Some((layer.diff_id.clone(), layer.member.clone()?)))
            .collect();
        let mut stack = Stack::new(GENERATOR);
        let input = InputName { place: display(source), file: source.file_name() };
        let indices = stack.add_images(&input, images)?;
        let named = stack.name_images(&input, &indices);
        named.map_err(same_name)?;
        let snapshot = finished(stack, &options)?;
        Ok(Self { snapshot, store, place, members, limits: options.limits })
    }

    /// Hands on the contents of files of one layer.
    pub(crate) fn read_layer(&self, layer: &DiffId, sink: &mut dyn ContentSink) -> Result<()> {
        let missing = || {
            Error::usage(
                format!("layer {layer} is not in `{}`", self.place),
                "give a source that has all layers: save the image again, or pull it",
            )
        };
        let member = self.members.get(layer).ok_or_else(missing)?;
        let blob = self.store.open(member).map_err(|error| Error::read(Path::new(&self.place), error))?;
        let place = format!("layer `{member}`");
        let read = read_contents(&place, blob.ok_or_else(missing)?, &self.limits, sink);
        read.map_err(|error| Error::from(error.within(&format!("`{}`", self.place))))
    }
}

/// The error of a snapshot, which has no contents.
fn snapshot(place: &str) -> Error {
    Error::usage(
        format!("`{place}` is a snapshot: it lists files, and does not have their contents"),
        "give the image that it was made of: an archive, an OCI layout, or an image of an engine or a registry",
    )
}
