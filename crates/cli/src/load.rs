//! Reads sources into snapshots: finds out what they are, opens them, and reads their layers in parallel.

use std::fs::File;
use std::io::{self, Read as _, Seek, SeekFrom};
use std::path::Path;

use plimsoll_collect::{
    ArchiveIndex, Choice, Found, FoundPlatform, Store, plan, platforms, pseudonymise, read_stream, sniff,
};
use plimsoll_snapshot::{Compression, Snapshot, Transport};

use crate::error::{Error, Result};
use crate::input;
use crate::layers::{head, read_layers};
use crate::options::Options;
use crate::printer::Printer;
use crate::progress::Progress;
use crate::sources::archive::ArchiveStore;
use crate::sources::engine::{Connection, Engine, Patience};
use crate::sources::layout::DirectoryStore;
use crate::sources::missing::no_such_file;
use crate::sources::pace::Pace;
use crate::sources::platform::Platform;
use crate::sources::reference::Reference;
use crate::sources::registry::RegistryStore;
use crate::sources::{NamedSource, Selection, SourceSpec, lookup};
use crate::stack::{Loaded, Stack, display};
use crate::unchanged::unchanged;

/// Reads every source into one snapshot: images, and snapshots that are joined with them. A source that several services
/// name is read once.
pub(crate) fn snapshot(sources: &[NamedSource], options: &Options, printer: &Printer) -> Result<Snapshot> {
    if options.redact {
        printer.redact();
    }
    let mut stack = Stack::new();
    let mut known: Vec<(SourceSpec, Content)> = Vec::new();
    for NamedSource { name, source: wanted } in sources {
        let source = lookup::resolve(wanted, options, printer)?;
        let index = match known.iter().position(|(spec, _)| *spec == source) {
            Some(index) => index,
            None => {
                let content = match read_source(&source, options, printer)? {
                    Read::Snapshot(snapshot) => {
                        expect_platform(&snapshot, &source, options)?;
                        Content::Snapshot(snapshot)
                    }
                    Read::Images(images) => Content::Images(stack.add_images(&source, images)?),
                };
                known.push((source.clone(), content));
                known.len() - 1
            }
        };
        match &known[index].1 {
            Content::Snapshot(snapshot) => stack.join(name.as_deref(), &source, snapshot)?,
            Content::Images(images) => stack.name(name.as_deref(), &source, images, printer)?,
        }
    }
    let snapshot = stack.finish()?;
    options.snapshot_limits.check(&snapshot).map_err(Error::too_large)?;
    Ok(snapshot)
}

/// A snapshot has the images it was made with: another platform cannot be read of it.
fn expect_platform(snapshot: &Snapshot, source: &SourceSpec, options: &Options) -> Result<()> {
    let Some(wanted) = options.platform.as_ref().map(Platform::to_string) else { return Ok(()) };
    match snapshot.images.iter().find(|image| !plimsoll_collect::is_platform(&image.platform, &wanted)) {
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
    if options.redact {
        printer.redact();
    }
    redacted(read_either(text, options, printer)?, options)
}

fn read_either(text: &str, options: &Options, printer: &Printer) -> Result<Snapshot> {
    snapshot(&[text.parse()?], options, printer)
}

/// The error of a source that cannot be opened.
fn unreadable(path: &Path, error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound { no_such_file(path) } else { Error::read(path, error) }
}

/// What was read of a source.
enum Read {
    Snapshot(Box<Snapshot>),
    Images(Loaded),
}

/// The platforms of an image, of its manifests alone.
pub(crate) fn found_platforms(
    text: &str,
    options: &Options,
    printer: &Printer,
) -> Result<Vec<FoundPlatform>> {
    let NamedSource { source, .. } = text.parse()?;
    let source = lookup::resolve(&source, options, printer)?;
    let of =
        |place: &str, store: &dyn Store| in_place(place, platforms(store, options.depth, &options.limits));
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
            let mut file = input::open(path).map_err(at)?;
            if metadata.is_file() && is_plain_tar(&mut file).map_err(at)? {
                let index = ArchiveIndex::read(&place, &mut file, &options.limits)?;
                return of(&place, &ArchiveStore::new(file, index));
            }
            Err(no_index(&source, "it is not an uncompressed archive"))
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

fn read_source(source: &SourceSpec, options: &Options, printer: &Printer) -> Result<Read> {
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
            read_engine(*engine, reference, options).map(Read::Images)
        }
        SourceSpec::Registry(reference) => read_registry(reference, options, printer).map(Read::Images),
    }
}

/// Reads what comes as one stream, a snapshot or images.
fn read_pipe(
    place: &Path,
    mut stream: impl io::Read,
    selection: &Selection,
    options: &Options,
) -> Result<Read> {
    let mut start = Vec::new();
    let at = |error| Error::read(place, error);
    stream.by_ref().take(START).read_to_end(&mut start).map_err(at)?;
    let is_snapshot = selection.transport.is_none() && begins_as_snapshot(&start, options).map_err(at)?;
    let whole = io::Cursor::new(start).chain(stream);
    if is_snapshot {
        return read_snapshot(place, whole, options);
    }
    let name = place.display().to_string();
    let progress = Progress::unknown(&name);
    let images = read_stream(&name, progress.watch(whole), &options.limits)?;
    progress.finish();
    from_stream(images, &format!("`{name}`"), selection, options).map(Read::Images)
}

fn read_snapshot(path: &Path, file: impl io::Read, options: &Options) -> Result<Read> {
    let snapshot = plimsoll_snapshot::read_within(file, &options.snapshot_limits);
    snapshot
        .map(|snapshot| Read::Snapshot(Box::new(snapshot)))
        .map_err(|source| Error::snapshot(path, source))
}

/// As much of a stream as is looked at before it is known what it is: the beginning of what is compressed, too.
const START: u64 = 1 << 16;

/// Whether this is the beginning of JSON, plain or gzip-compressed: an archive never is.
fn begins_as_snapshot(start: &[u8], options: &Options) -> io::Result<bool> {
    if sniff(start) != Found::Compressed(Compression::Gzip) {
        return Ok(sniff(start) == Found::Json);
    }
    let mut inflated = plimsoll_collect::decompress(Compression::Gzip, start, &options.limits)?;
    // Damage is found, and named, when the whole file is read.
    Ok(sniff(&head(&mut inflated).unwrap_or_default()) == Found::Json)
}

fn read_engine(engine: Engine, reference: &str, options: &Options) -> Result<Loaded> {
    let connection = Connection::new(engine, Patience::Document(options.pace))?;
    let name = connection.find(reference)?.ok_or_else(|| connection.no_such_image(reference))?;
    let place = format!("`{reference}` of {connection}");
    let progress = Progress::unknown(reference);
    let images = read_stream(
        &place,
        progress.watch(connection.save(&name, Pace { start: options.archive_start, ..options.pace })?),
        &options.limits,
    )?;
    progress.finish();
    let (_, images, layers) = from_stream(images, &place, &Selection::default(), options)?;
    Ok((engine.transport(), images, layers))
}

fn read_registry(reference: &Reference, options: &Options, printer: &Printer) -> Result<Loaded> {
    if options.offline {
        return Err(offline(&SourceSpec::Registry(reference.clone())));
    }
    let store = RegistryStore::connect(reference, options, printer)?;
    let place = format!("`docker://{reference}`");
    let choice = choice(None, options);
    let (_, images) = in_place(&place, plan(&store, None, &choice, &options.limits))?;
    let layers = read_layers(&store, &images, options, &reference.familiar())?;
    Ok((Transport::Docker, images, layers))
}

/// The error of a registry that must not be asked.
fn offline(source: &SourceSpec) -> Error {
    let name = match source {
        SourceSpec::Registry(reference) => format!("docker://{reference}"),
        other => display(other),
    };
    Error::usage(format!("`{name}` is in a registry"), "leave `--offline` out to read it, or give an archive")
}

/// Which image of a source is wanted.
fn choice(reference: Option<String>, options: &Options) -> Choice {
    Choice { reference, platform: options.platform.as_ref().map(Platform::to_string), depth: options.depth }
}

fn read_path(path: &Path, selection: &Selection, name: &str, options: &Options) -> Result<Read> {
    let choice = choice(selection.reference.clone(), options);
    let place = format!("`{}`", path.display());
    let at = |error| Error::read(path, error);
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, error))?;
    if metadata.is_dir() {
        input::directory(path).map_err(at)?;
        let store = DirectoryStore::new(path);
        let (transport, images) =
            in_place(&place, plan(&store, selection.transport, &choice, &options.limits))?;
        let transport = if transport == Transport::OciArchive { Transport::Oci } else { transport };
        let layers = read_layers(&store, &images, options, name)?;
        return Ok(Read::Images((transport, images, layers)));
    }
    let mut file = input::open(path).map_err(at)?;
    if !metadata.is_file() {
        return read_pipe(path, file, selection, options);
    }
    if is_plain_tar(&mut file).map_err(at)? {
        let index = ArchiveIndex::read(&place, &mut file, &options.limits)?;
        let store = ArchiveStore::new(file, index);
        let (transport, images) =
            in_place(&place, plan(&store, selection.transport, &choice, &options.limits))?;
        let layers = read_layers(&store, &images, options, name)?;
        return Ok(Read::Images((transport, images, layers)));
    }
    if selection.transport.is_none() {
        let mut start = Vec::new();
        file.by_ref().take(START).read_to_end(&mut start).map_err(at)?;
        file.seek(SeekFrom::Start(0)).map_err(at)?;
        if begins_as_snapshot(&start, options).map_err(at)? {
            return read_snapshot(path, file, options);
        }
    }
    // What is compressed as a whole can only be streamed.
    let progress = Progress::new(name, metadata.len());
    let images = read_stream(&place, progress.watch(file), &options.limits)?;
    progress.finish();
    from_stream(images, &place, selection, options).map(Read::Images)
}

/// Whether the members of a file can be read where they lie.
fn is_plain_tar(file: &mut File) -> io::Result<bool> {
    let head = head(file)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(sniff(&head) == Found::Tar)
}

fn from_stream(
    images: plimsoll_collect::StreamedImages,
    place: &str,
    selection: &Selection,
    options: &Options,
) -> Result<Loaded> {
    let choice = choice(selection.reference.clone(), options);
    let (transport, planned) = in_place(place, plan(&images, selection.transport, &choice, &options.limits))?;
    let layers = images.into_layers(&planned);
    Ok((transport, planned, layers))
}

/// Says where there is no image.
fn in_place<T>(place: &str, result: plimsoll_collect::Result<T>) -> Result<T> {
    result.map_err(|error| match error {
        plimsoll_collect::Error::NotAnImage { found, expected } => {
            plimsoll_collect::Error::NotAnImage { found: format!("{place}: {found}"), expected }.into()
        }
        error => error.into(),
    })
}
