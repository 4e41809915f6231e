//! Reads sources into snapshots: opens files and connections, and reads layers in parallel.

use std::io;
use std::path::Path;
use std::sync::Arc;

use plimsoll_collect::{
    FoundPlatform, ImageSelection, InputName, NameError, OpenedFile, OpenedImages, OpenedStream,
    PendingLayers, Request, SameName, Stack, StackError, Store, open_archive, open_file, open_image_stream,
    open_store, open_stream, platforms, pseudonymise,
};
use plimsoll_report::format::one_line;
use plimsoll_snapshot::{Snapshot, Transport};

use crate::attached;
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::input;
use crate::options::{Attachments, Options};
use crate::printer::Printer;
use crate::progress::Progress;
use crate::sources::archive::SharedFile;
use crate::sources::engine::{Connection, Deadline, Engine};
use crate::sources::layout::DirectoryStore;
use crate::sources::missing::no_such_file;
use crate::sources::pace::Pace;
use crate::sources::reference::Reference;
use crate::sources::registry::{self, RegistryStore};
use crate::sources::{NamedSource, Selection, SourceSpec, lookup};
use crate::unchanged::unchanged;

/// What snapshots name as the program that made them.
pub(crate) const GENERATOR: &str = concat!("plimsoll ", env!("CARGO_PKG_VERSION"));

/// Reads every source into one snapshot: images, and snapshots that are joined with them. A source that several services
/// name is read once.
pub(crate) fn snapshot(sources: &[NamedSource], options: &Options, printer: &Printer) -> Result<Snapshot> {
    if options.redact {
        printer.redact();
    }
    let mut stack = Stack::new(GENERATOR);
    let mut known: Vec<(SourceSpec, Content)> = Vec::new();
    for NamedSource { name, source: wanted } in sources {
        let source = lookup::resolve(wanted, options, printer)?;
        let input = InputName { place: display(&source), file: source.file_name() };
        let index = match known.iter().position(|(spec, _)| *spec == source) {
            Some(index) => index,
            None => {
                let content = match read_source(&source, options, printer)? {
                    OpenedStream::Snapshot(snapshot) => {
                        expect_platform(&snapshot, &source, options)?;
                        Content::Snapshot(snapshot)
                    }
                    OpenedStream::Images(images) => Content::Images(stack.add_images(&input, images)?),
                };
                known.push((source.clone(), content));
                known.len() - 1
            }
        };
        match (&known[index].1, name) {
            (Content::Snapshot(snapshot), name) => {
                let joined = stack.join(name.as_deref(), &input, Snapshot::clone(snapshot));
                joined.map_err(|error| misnamed(error, name.as_deref().unwrap_or_default(), &input.place))?;
            }
            (Content::Images(images), Some(name)) => {
                let named = stack.name_image(name, &input, images);
                named.map_err(|error| misnamed(error, name, &input.place))?;
            }
            (Content::Images(images), None) => {
                if stack.name_images(&input, images).map_err(same_name)? > 0 {
                    let place = &input.place;
                    printer.note(&format!("note: the image of `{place}` is given twice, and is one service"));
                }
            }
        }
    }
    finished(stack, options)
}

/// The snapshot of a stack that is complete.
pub(crate) fn finished(stack: Stack, options: &Options) -> Result<Snapshot> {
    stack.finish(&options.limits).map_err(|error| match error {
        StackError::SameName(error) => same_name(error),
        StackError::TooLarge(error) => Error::too_large(error),
    })
}

/// Why a source does not get its name.
fn misnamed(error: NameError, name: &str, place: &str) -> Error {
    match error {
        NameError::SameName(error) => same_name(error),
        NameError::SeveralImages { transport, references } => {
            let choices: Vec<_> = references.iter().map(|reference| format!("`{reference}`")).collect();
            Error::usage(
                format!("`{name}` names one image, but `{place}` has {}", references.len()),
                format!("choose one: `{name}={transport}:{place}:REFERENCE` with {}", choices.join(" or ")),
            )
        }
        NameError::SeveralServices { count } => Error::usage(
            format!("`{name}` names one image, but the snapshot `{place}` has {count} services"),
            "leave the name out: its services keep theirs, and `--map OLD=NEW` changes one",
        ),
    }
}

pub(crate) fn same_name(SameName { service, places }: SameName) -> Error {
    let [one, other] = places.map(|place| match place {
        Some(place) => format!("`{place}`"),
        None => "another source".to_owned(),
    });
    let service = one_line(&service);
    Error::usage(
        format!("there are two services named `{service}`, one of {one} and another of {other}"),
        "give each source its own name: `NAME=SOURCE`",
    )
}

/// A source as the user gave it.
pub(crate) fn display(source: &SourceSpec) -> String {
    match source {
        SourceSpec::Path(path, _) => path.display().to_string(),
        source => source.file_name(),
    }
}

/// A snapshot has the images it was made with: another platform cannot be read of it.
fn expect_platform(snapshot: &Snapshot, source: &SourceSpec, options: &Options) -> Result<()> {
    let Some(wanted) = &options.platform else { return Ok(()) };
    match snapshot.images.iter().find(|image| !wanted.is(&image.platform)) {
        None => Ok(()),
        Some(image) => Err(Error::usage(
            format!(
                "`{}` is a snapshot of an image for {}, not for {wanted}",
                display(source),
                image.platform
            ),
            format!("`plimsoll snapshot --platform {wanted} SOURCE -o FILE` reads that one"),
        )),
    }
}

/// What a source was found to hold: a snapshot, or images that are in the stack by now.
enum Content {
    Snapshot(Box<Snapshot>),
    Images(Vec<usize>),
}

/// Replaces names, if that is asked for: the last thing that is done with a snapshot before it is used.
pub(crate) fn redacted(mut snapshot: Snapshot, options: &Options) -> Result<Snapshot> {
    if options.redact {
        pseudonymise(&mut snapshot)?;
    }
    Ok(snapshot)
}

/// Reads a snapshot file, or makes a snapshot of an image source.
pub(crate) fn snapshot_or_source(text: &str, options: &Options, printer: &Printer) -> Result<Snapshot> {
    let snapshot = snapshot(&[text.parse()?], options, printer)?;
    redacted(snapshot, options)
}

/// The same for what is done with images: the snapshot of a host's disk has none.
pub(crate) fn images_of(text: &str, options: &Options, printer: &Printer) -> Result<Snapshot> {
    let snapshot = snapshot_or_source(text, options, printer)?;
    let has_services = snapshot.runtime.as_ref().is_some_and(plimsoll_snapshot::Runtime::has_services);
    if snapshot.services.is_empty() && !has_services && snapshot.disk.is_some() {
        let text = one_line(text);
        return Err(Error::usage(
            format!("`{text}` has the disk of a host, and no image"),
            format!("`plimsoll df {text}` shows it"),
        ));
    }
    Ok(snapshot)
}

/// The platforms of an image, of its manifests alone.
pub(crate) fn found_platforms(
    text: &str,
    options: &Options,
    printer: &Printer,
) -> Result<Vec<FoundPlatform>> {
    let NamedSource { source, .. } = text.parse()?;
    let source = lookup::resolve(&source, options, printer)?;
    let of = |place: &str, store: &dyn Store| {
        platforms(store, options.depth, &options.limits).map_err(|error| Error::from(error.within(place)))
    };
    match &source {
        SourceSpec::Registry(_) if options.offline => Err(offline(&source)),
        SourceSpec::Registry(reference) => {
            let store = RegistryStore::connect(reference, options, printer)?;
            of(&format!("`docker://{reference}`"), &store)
        }
        SourceSpec::Path(path, _) => {
            let place = format!("`{}`", path.display());
            let at = |error| Error::read(path, error);
            let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, error))?;
            if metadata.is_dir() {
                input::directory(path).map_err(at)?;
                return of(&place, &DirectoryStore::new(path));
            }
            let file = Arc::new(input::open(path).map_err(at)?);
            let open = || Ok(SharedFile::new(&file, metadata.len()));
            match metadata.is_file().then(|| open_archive(open, &place, &options.limits)).transpose()? {
                Some(Some(store)) => of(&place, &store),
                _ => Err(no_index(&source, "it is not an uncompressed archive")),
            }
        }
        SourceSpec::Stdin(_) => Err(no_index(&source, "a stream cannot be read in part")),
        SourceSpec::Engine { .. } => Err(no_index(&source, "an engine gives the platform that it runs")),
    }
}

fn no_index(source: &SourceSpec, why: &str) -> Error {
    Error::usage(
        format!("the platforms of `{}` cannot be listed: {why}", display(source)),
        "give an OCI layout, an uncompressed archive, or an image of a registry: `docker://NAME[:TAG]`",
    )
}

/// The error of a source that cannot be opened.
pub(crate) fn unreadable(path: &Path, error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound { no_such_file(path) } else { Error::read(path, error) }
}

fn read_source(source: &SourceSpec, options: &Options, printer: &Printer) -> Result<OpenedStream> {
    match source {
        SourceSpec::Stdin(selection) => {
            let place = Path::new("standard input");
            let stream = input::standard().map_err(|error| Error::read(place, error))?;
            read_pipe(place, stream, selection, options)
        }
        SourceSpec::Path(path, selection) => {
            unchanged(path, || read_path(path, selection, &source.file_name(), options))
        }
        SourceSpec::Engine { engine, reference } => {
            read_engine(*engine, reference, options).map(OpenedStream::Images)
        }
        SourceSpec::Registry(reference) => {
            let attached = match options.attachments {
                Attachments::Ignored => None,
                _ => attached::read(reference, options, printer)?,
            };
            match attached {
                Some(snapshot) => Ok(OpenedStream::Snapshot(Box::new(snapshot))),
                None if options.attachments == Attachments::Only => Err(Error::usage(
                    format!("no snapshot is attached to `docker://{reference}`"),
                    "`plimsoll attach` attaches one",
                )),
                None => read_registry(reference, options, printer).map(OpenedStream::Images),
            }
        }
    }
}

/// Which image of a source is wanted.
pub(crate) fn wanted(reference: Option<String>, options: &Options) -> ImageSelection {
    ImageSelection { reference, platform: options.platform.clone(), depth: options.depth }
}

/// What comes as one stream, a snapshot or images.
fn read_pipe(
    path: &Path,
    stream: impl io::Read,
    selection: &Selection,
    options: &Options,
) -> Result<OpenedStream> {
    let name = path.display().to_string();
    let request = Request {
        place: &format!("`{name}`"),
        transport: selection.transport,
        selection: &wanted(selection.reference.clone(), options),
        limits: &options.limits,
    };
    let progress = Progress::unknown(&name);
    let opened = open_stream(stream, &request, &progress);
    progress.finish();
    opened.map_err(|error| Error::opened(path, error))
}

fn read_engine(engine: Engine, reference: &str, options: &Options) -> Result<OpenedImages> {
    let connection = Connection::new(engine, Deadline::Document(options.pace))?;
    let name = connection.find(reference)?.ok_or_else(|| connection.no_such_image(reference))?;
    let request = Request {
        place: &format!("`{reference}` of {connection}"),
        transport: None,
        selection: &wanted(None, options),
        limits: &options.limits,
    };
    let archive = connection.save(&name, Pace { start: options.archive_start, ..options.pace })?;
    let progress = Progress::unknown(reference);
    let images = open_image_stream(archive, &request, &progress);
    progress.finish();
    Ok(OpenedImages { transport: engine.transport(), ..images? })
}

fn read_registry(reference: &Reference, options: &Options, printer: &Printer) -> Result<OpenedImages> {
    if options.offline {
        return Err(offline(&SourceSpec::Registry(reference.clone())));
    }
    let store = RegistryStore::connect(reference, options, printer)?;
    let request = Request {
        place: &format!("`docker://{reference}`"),
        transport: None,
        selection: &wanted(None, options),
        limits: &options.limits,
    };
    let progress = Progress::new(&reference.familiar(), 0);
    let layers = open_store(store, &request, &options.cache, &progress)?;
    Ok(OpenedImages { transport: Transport::Docker, ..in_parallel(layers, options, &progress)? })
}

/// The error of a registry that must not be asked.
pub(crate) fn offline(source: &SourceSpec) -> Error {
    match source {
        SourceSpec::Registry(reference) => registry::offline(&format!("docker://{reference}")),
        other => registry::offline(&display(other)),
    }
}

fn read_path(path: &Path, selection: &Selection, name: &str, options: &Options) -> Result<OpenedStream> {
    let request = Request {
        place: &format!("`{}`", path.display()),
        transport: selection.transport,
        selection: &wanted(selection.reference.clone(), options),
        limits: &options.limits,
    };
    let at = |error| Error::read(path, error);
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, error))?;
    if metadata.is_dir() {
        input::directory(path).map_err(at)?;
        let progress = Progress::new(name, 0);
        let layers = open_store(DirectoryStore::new(path), &request, &options.cache, &progress)?;
        let images = in_parallel(layers, options, &progress)?;
        let transport = match images.transport {
            Transport::OciArchive => Transport::Oci,
            transport => transport,
        };
        return Ok(OpenedStream::Images(OpenedImages { transport, ..images }));
    }
    let file = input::open(path).map_err(at)?;
    if !metadata.is_file() {
        return read_pipe(path, file, selection, options);
    }
    let (file, length) = (Arc::new(file), metadata.len());
    let progress = Progress::new(name, length);
    let opened = open_file(|| Ok(SharedFile::new(&file, length)), &request, &options.cache, &progress);
    match opened {
        Ok(OpenedFile::Layers(layers)) => in_parallel(layers, options, &progress).map(OpenedStream::Images),
        opened => {
            progress.finish();
            match opened.map_err(|error| Error::opened(path, error))? {
                OpenedFile::Stream(stream) => Ok(stream),
                OpenedFile::Layers(layers) => Ok(OpenedStream::Images(layers.finish()?)),
            }
        }
    }
}

/// Reads layers, as many at a time as there are processors.
pub(crate) fn in_parallel<S: Store + Sync>(
    layers: PendingLayers<'_, S, Cache, Progress>,
    options: &Options,
    progress: &Progress,
) -> Result<OpenedImages> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(layers.count());
    let work = || while layers.read_next() {};
    std::thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(work);
        }
        work();
    });
    let images = layers.finish();
    progress.finish();
    options.cache.prune();
    Ok(images?)
}
