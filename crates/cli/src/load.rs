//! Reads sources into snapshots: opens them, reads their layers in parallel, and names the services.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

use plimsoll_collect::{
    ArchiveIndex, Choice, Depth, Found, Limits, PlannedImage, ReadLayer, SnapshotBuilder, plan, pseudonymise,
    read_stream, sniff,
};
use plimsoll_snapshot::{Compression, Image, Snapshot, SnapshotLimits, Source, Transport};

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::files;
use crate::layers::{head, read_layers};
use crate::printer::Printer;
use crate::progress::Progress;
use crate::sources::archive::ArchiveStore;
use crate::sources::engine::{Connection, Engine};
use crate::sources::layout::DirectoryStore;
use crate::sources::reference::Reference;
use crate::sources::registry::RegistryStore;
use crate::sources::{NamedSource, Selection, SourceSpec, Wanted, lookup};
use crate::steady::steady;

/// What is the same for every source of one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// `os/architecture[/variant]`, for sources that have several.
    pub(crate) platform: Option<String>,
    pub(crate) cache: Cache,
    /// How closely layers are read, where the source lets that be chosen.
    pub(crate) depth: Depth,
    pub(crate) limits: Limits,
    pub(crate) snapshot_limits: SnapshotLimits,
    /// Whether registries are left alone.
    pub(crate) offline: bool,
    /// Whether names that tell whose machine it was are replaced.
    pub(crate) redact: bool,
    /// The registries that are spoken to without TLS.
    pub(crate) insecure_registries: Vec<String>,
}

pub(crate) const GENERATOR: &str = concat!("plimsoll ", env!("CARGO_PKG_VERSION"));

/// Reads every image of the sources into one snapshot. A source that several services name is read once.
pub(crate) fn snapshot(sources: &[NamedSource], options: &Options, printer: &Printer) -> Result<Snapshot> {
    let mut builder = SnapshotBuilder::new(GENERATOR);
    let mut known: Vec<(SourceSpec, Vec<usize>)> = Vec::new();
    for NamedSource { name, source: wanted } in sources {
        let source = &lookup::resolve(wanted, options, printer)?;
        let images = match known.iter().find(|(spec, _)| spec == source) {
            Some((_, images)) => images.clone(),
            None => {
                let images = add_images(&mut builder, source, options, printer)?;
                known.push((source.clone(), images.clone()));
                images
            }
        };
        if let (Some(name), 2..) = (name, images.len()) {
            return Err(ambiguous(name, source, &images, builder.images()));
        }
        for index in images {
            let service = match name {
                Some(name) => name.clone(),
                None => builder.service_name(index, &source.file_name()),
            };
            if builder.services().any(|known| known == service) {
                return Err(Error::usage(
                    format!("there are two services named `{service}`"),
                    "give each source a name of its own: `NAME=SOURCE`",
                ));
            }
            builder.add_service(&service, index);
        }
    }
    let snapshot = builder.finish();
    options.snapshot_limits.check(&snapshot).map_err(Error::too_large)?;
    Ok(snapshot)
}

fn add_images(
    builder: &mut SnapshotBuilder,
    source: &SourceSpec,
    options: &Options,
    printer: &Printer,
) -> Result<Vec<usize>> {
    let (transport, images, mut layers) = read_source(source, options, printer)?;
    let origin = Source { transport, name: source.file_name() };
    let added = images.into_iter().map(|image| Ok(builder.add_image(origin.clone(), image, &mut layers)?));
    added.collect()
}

fn ambiguous(name: &str, source: &SourceSpec, chosen: &[usize], images: &[Image]) -> Error {
    let transport = images[chosen[0]].source.transport.name();
    let path = match source {
        SourceSpec::Path(path, _) => path.display().to_string(),
        source => source.file_name(),
    };
    let references: Vec<_> = chosen
        .iter()
        .map(|&index| {
            let image = &images[index];
            format!("`{}`", image.reference.as_deref().unwrap_or_else(|| image.id.short()))
        })
        .collect();
    Error::usage(
        format!("`{name}` stands for one image, but `{path}` holds {}", chosen.len()),
        format!("choose one: `{name}={transport}:{path}:REFERENCE` with {}", references.join(" or ")),
    )
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
    redacted(read_either(text, options, printer)?, options)
}

fn read_either(text: &str, options: &Options, printer: &Printer) -> Result<Snapshot> {
    let source: NamedSource = text.parse()?;
    if source.name.is_none()
        && let Wanted::Source(SourceSpec::Path(path, Selection { transport: None, .. })) = &source.source
        && is_snapshot(path, options)?
    {
        return steady(path, || {
            let file = files::open_regular(path).map_err(|error| Error::read(path, error))?;
            plimsoll_snapshot::read_within(file, &options.snapshot_limits)
                .map_err(|source| Error::snapshot(path, source))
        });
    }
    snapshot(&[source], options, printer)
}

/// Whether a file is JSON, plain or gzip-compressed: an archive never is.
fn is_snapshot(path: &Path, options: &Options) -> Result<bool> {
    let is_json = || -> io::Result<bool> {
        // What was read of a pipe is gone, so it is left to whoever reads all of it.
        if !std::fs::metadata(path)?.is_file() {
            return Ok(false);
        }
        let mut file = files::open_regular(path)?;
        let mut head = head(&mut file)?;
        if sniff(&head) == Found::Compressed(Compression::Gzip) {
            file.seek(SeekFrom::Start(0))?;
            let mut inflated = plimsoll_collect::decompress(Compression::Gzip, file, &options.limits)?;
            // Damage is found, and named, by whoever reads the whole file.
            head = crate::layers::head(&mut inflated).unwrap_or_default();
        }
        Ok(sniff(&head) == Found::Json)
    };
    is_json().map_err(|error| Error::read(path, error))
}

type Loaded = (Transport, Vec<PlannedImage>, BTreeMap<String, ReadLayer>);

fn read_source(source: &SourceSpec, options: &Options, printer: &Printer) -> Result<Loaded> {
    match source {
        SourceSpec::Stdin(selection) => {
            let stdin = files::stdin().map_err(|error| Error::read(Path::new("-"), error))?;
            let progress = Progress::unknown("standard input");
            let images = read_stream("standard input", progress.watch(stdin), &options.limits)?;
            progress.finish();
            from_stream(images, "`-`", selection, options)
        }
        SourceSpec::Path(path, selection) => {
            steady(path, || read_path(path, selection, &source.file_name(), options))
        }
        SourceSpec::Engine { engine, reference } => read_engine(*engine, reference, options),
        SourceSpec::Registry(reference) => read_registry(reference, options, printer),
    }
}

fn read_engine(engine: Engine, reference: &str, options: &Options) -> Result<Loaded> {
    let connection = Connection::new(engine)?;
    let name = connection.find(reference)?.ok_or_else(|| connection.no_such_image(reference))?;
    let place = format!("`{reference}` of {connection}");
    let progress = Progress::unknown(reference);
    let images = read_stream(&place, progress.watch(connection.save(&name)?), &options.limits)?;
    progress.finish();
    let (_, images, layers) = from_stream(images, &place, &Selection::default(), options)?;
    Ok((engine.transport(), images, layers))
}

fn read_registry(reference: &Reference, options: &Options, printer: &Printer) -> Result<Loaded> {
    if options.offline {
        return Err(Error::usage(
            format!("`docker://{reference}` is in a registry"),
            "leave `--offline` out to read it, or give an archive",
        ));
    }
    let store = RegistryStore::connect(reference, options, printer)?;
    let place = format!("`docker://{reference}`");
    let choice = Choice { reference: None, platform: options.platform.clone() };
    let (_, images) = in_place(&place, plan(&store, None, &choice, &options.limits))?;
    let layers = read_layers(&store, &images, options, &reference.familiar())?;
    Ok((Transport::Docker, images, layers))
}

fn read_path(path: &Path, selection: &Selection, name: &str, options: &Options) -> Result<Loaded> {
    let choice = Choice { reference: selection.reference.clone(), platform: options.platform.clone() };
    let place = format!("`{}`", path.display());
    let metadata = std::fs::metadata(path).map_err(|error| Error::read(path, error))?;
    if metadata.is_dir() {
        std::fs::read_dir(path).map_err(|error| Error::read(path, error))?;
        let store = DirectoryStore::new(path);
        let (transport, images) =
            in_place(&place, plan(&store, selection.transport, &choice, &options.limits))?;
        let transport = if transport == Transport::OciArchive { Transport::Oci } else { transport };
        let layers = read_layers(&store, &images, options, name)?;
        return Ok((transport, images, layers));
    }
    let mut file = files::open_given(path).map_err(|error| Error::read(path, error))?;
    if metadata.is_file() && is_plain_tar(&mut file).map_err(|error| Error::read(path, error))? {
        let index = ArchiveIndex::read(&place, &mut file, &options.limits)?;
        let store = ArchiveStore::new(file, index);
        let (transport, images) =
            in_place(&place, plan(&store, selection.transport, &choice, &options.limits))?;
        let layers = read_layers(&store, &images, options, name)?;
        return Ok((transport, images, layers));
    }
    // A pipe, and what is compressed as a whole, can only be streamed.
    let progress = Progress::new(name, metadata.len());
    let images = read_stream(&place, progress.watch(file), &options.limits)?;
    progress.finish();
    from_stream(images, &place, selection, options)
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
    let choice = Choice { reference: selection.reference.clone(), platform: options.platform.clone() };
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
