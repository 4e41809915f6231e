//! The one way in: detects what an input is, plans what has to be read of it, and reads it.
//!
//! The caller gives bytes ([`Store`], a reader, or what opens a file), a cache and a sink for progress. Layers of a
//! store are read one by one by [`PendingLayers::read_next`], which several threads may call at once.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use plimsoll_snapshot::{Bytes, Compression, Contents, DiffId, ReadLimits, Snapshot, Transport};

use crate::archive::{ArchiveIndex, read_stream};
use crate::compression::{ContentType, decompress, sniff};
use crate::depth::Depth;
use crate::error::{Error, Result};
use crate::layer::{ReadLayer, read_believed, read_headers, read_layer};
use crate::plan::{ImageSelection, PlannedImage, PlannedLayer, plan};
use crate::store::{Seekable, Store};
use crate::usage::Usage;

/// What the caller wants of one input.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// How messages call the input: `` `image.tar` ``.
    pub place: &'a str,
    /// How to read it, if the user says so; otherwise its content decides.
    pub transport: Option<Transport>,
    /// Which images are wanted.
    pub selection: &'a ImageSelection,
    /// What it may cost.
    pub limits: &'a ReadLimits,
}

impl Request<'_> {
    /// Adds the input to an error that names only a part of it.
    fn within<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| error.within(self.place))
    }

    fn plan(&self, store: &dyn Store) -> Result<(Transport, Vec<PlannedImage>)> {
        self.within(plan(store, self.transport, self.selection, self.limits))
    }
}

/// The layers that earlier runs have read. Only verified contents are put in.
pub trait LayerCache {
    /// The contents of a layer.
    fn get(&self, layer: &DiffId) -> Option<Contents>;

    /// Keeps the contents of a layer.
    fn put(&self, layer: &DiffId, contents: &Contents);
}

/// No cache.
impl LayerCache for () {
    fn get(&self, _: &DiffId) -> Option<Contents> {
        None
    }

    fn put(&self, _: &DiffId, _: &Contents) {}
}

/// Hears how far an input is read.
pub trait Progress {
    /// All bytes to read, as soon as they are known.
    fn set_total(&self, bytes: u64);

    /// The number of bytes that were read since the last call, or that need not be read.
    fn advance(&self, bytes: u64);
}

/// Progress that is not shown.
impl Progress for () {
    fn set_total(&self, _: u64) {}

    fn advance(&self, _: u64) {}
}

/// The images of one input, with their layers by the names of their blobs.
#[derive(Debug)]
pub struct OpenedImages {
    /// How the input was read.
    pub transport: Transport,
    /// The images that are wanted.
    pub images: Vec<PlannedImage>,
    /// Their layers.
    pub layers: BTreeMap<String, ReadLayer>,
}

/// What comes out of a stream.
#[derive(Debug)]
pub enum OpenedStream {
    /// A snapshot.
    Snapshot(Box<Snapshot>),
    /// Images, read to the end.
    Images(OpenedImages),
}

/// What comes out of a file.
#[derive(Debug)]
pub enum OpenedFile<'a, O, C, P> {
    /// All of it was read.
    Stream(OpenedStream),
    /// An uncompressed archive: its layers are to be read.
    Layers(PendingLayers<'a, ArchiveStore<O>, C, P>),
}

/// As much of a stream as is looked at before it is known what it is: the beginning of what is compressed, too.
const START: u64 = 1 << 16;

/// Reads a stream: a snapshot, or images.
///
/// # Errors
/// If it is neither, damaged, or exceeds a limit.
pub fn open_stream(
    mut stream: impl Read,
    request: &Request<'_>,
    progress: &impl Progress,
) -> Result<OpenedStream> {
    let start = start_of(&mut stream, request)?;
    open_started(start, stream, request, progress)
}

/// Reads the images of a stream, which is no snapshot.
///
/// # Errors
/// If it holds no image, is damaged, or exceeds a limit.
pub fn open_image_stream(
    stream: impl Read,
    request: &Request<'_>,
    progress: &impl Progress,
) -> Result<OpenedImages> {
    let images = read_stream(request.place, ProgressReader::new(stream, progress), request.limits)?;
    let (transport, planned) = request.plan(&images)?;
    let layers = images.into_layers(&planned);
    Ok(OpenedImages { transport, images: planned, layers })
}

/// Opens a file: a snapshot, an archive that can only be streamed, or one whose layers can be read where they lie.
/// `open` gives the file from its start, as often as it is called.
///
/// # Errors
/// If it is none of these, damaged, or exceeds a limit.
pub fn open_file<'a, F: Read + Seek + 'static, O: Fn() -> io::Result<F>, C, P: Progress>(
    open: O,
    request: &Request<'a>,
    cache: &'a C,
    progress: &'a P,
) -> Result<OpenedFile<'a, O, C, P>> {
    let failed = |source| Error::Io { place: request.place.to_owned(), source };
    let mut file = open().map_err(failed)?;
    let start = start_of(&mut file, request)?;
    if sniff(&start) == ContentType::Tar {
        let index = ArchiveIndex::read(request.place, file, request.limits)?;
        return open_store(ArchiveStore { open, index }, request, cache, progress).map(OpenedFile::Layers);
    }
    open_started(start, file, request, progress).map(OpenedFile::Stream)
}

/// Opens an uncompressed archive; none if a file is something else. `open` gives the file from its start.
///
/// # Errors
/// If it cannot be read, is damaged, or exceeds a limit.
pub fn open_archive<F: Read + Seek + 'static, O: Fn() -> io::Result<F>>(
    open: O,
    place: &str,
    limits: &ReadLimits,
) -> Result<Option<ArchiveStore<O>>> {
    let failed = |source| Error::Io { place: place.to_owned(), source };
    let start = head(&mut open().map_err(failed)?).map_err(failed)?;
    if sniff(&start) != ContentType::Tar {
        return Ok(None);
    }
    let index = ArchiveIndex::read(place, open().map_err(failed)?, limits)?;
    Ok(Some(ArchiveStore { open, index }))
}

/// Plans what has to be read of a store.
///
/// # Errors
/// If it holds no image, or not the one that is wanted.
pub fn open_store<'a, S: Store, C, P: Progress>(
    store: S,
    request: &Request<'a>,
    cache: &'a C,
    progress: &'a P,
) -> Result<PendingLayers<'a, S, C, P>> {
    let (transport, images) = request.plan(&store)?;
    let mut blobs: BTreeMap<&str, &PlannedLayer> = BTreeMap::new();
    for layer in images.iter().flat_map(|image| &image.layers) {
        if let Some(member) = layer.member.as_deref() {
            blobs.entry(member).or_insert(layer);
        }
    }
    progress.set_total(blobs.values().map(|layer| layer.bytes.0).sum());
    let mut blobs: Vec<(String, PlannedLayer)> =
        blobs.into_iter().map(|(member, layer)| (member.to_owned(), layer.clone())).collect();
    // The largest first, so that no thread starts on it when the others are done.
    blobs.sort_by_key(|(_, layer)| std::cmp::Reverse(layer.bytes));
    Ok(PendingLayers {
        store,
        cache,
        progress,
        request: *request,
        transport,
        images,
        blobs,
        next: AtomicUsize::new(0),
        usage: Usage::default(),
        has_failed: AtomicBool::new(false),
        results: Mutex::default(),
    })
}

fn start_of(stream: &mut impl Read, request: &Request<'_>) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    let failed = |source| Error::Io { place: request.place.to_owned(), source };
    stream.take(START).read_to_end(&mut start).map_err(failed)?;
    Ok(start)
}

/// Reads a stream whose start was read already.
fn open_started(
    start: Vec<u8>,
    rest: impl Read,
    request: &Request<'_>,
    progress: &impl Progress,
) -> Result<OpenedStream> {
    let is_snapshot = request.transport.is_none() && begins_as_snapshot(&start, request)?;
    let whole = io::Cursor::new(start).chain(rest);
    if is_snapshot {
        let snapshot = plimsoll_snapshot::read_within(ProgressReader::new(whole, progress), request.limits)?;
        return Ok(OpenedStream::Snapshot(Box::new(snapshot)));
    }
    open_image_stream(whole, request, progress).map(OpenedStream::Images)
}

/// Whether this is the beginning of JSON, plain or gzip-compressed: an archive never is.
fn begins_as_snapshot(start: &[u8], request: &Request<'_>) -> Result<bool> {
    if sniff(start) != ContentType::Compressed(Compression::Gzip) {
        return Ok(sniff(start) == ContentType::Json);
    }
    let mut inflated = decompress(Compression::Gzip, start, request.limits)
        .map_err(|source| Error::io(request.place, 0, source))?;
    // Damage is found, and named, when the whole file is read.
    Ok(sniff(&head(&mut inflated).unwrap_or_default()) == ContentType::Json)
}

/// The first bytes, as many as are needed to detect a type.
fn head(reader: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    reader.take(512).read_to_end(&mut head)?;
    Ok(head)
}

/// The layers of a store that are to be read.
#[derive(Debug)]
#[must_use]
pub struct PendingLayers<'a, S, C, P> {
    store: S,
    cache: &'a C,
    progress: &'a P,
    request: Request<'a>,
    transport: Transport,
    images: Vec<PlannedImage>,
    /// Each blob once.
    blobs: Vec<(String, PlannedLayer)>,
    next: AtomicUsize,
    usage: Usage,
    has_failed: AtomicBool,
    results: Mutex<BTreeMap<String, Result<ReadLayer>>>,
}

impl<S: Store, C: LayerCache, P: Progress> PendingLayers<'_, S, C, P> {
    /// The number of blobs to read.
    #[must_use]
    pub fn count(&self) -> usize {
        self.blobs.len()
    }

    /// Reads the next blob. Returns false when none is left, or when one could not be read.
    pub fn read_next(&self) -> bool {
        if self.has_failed.load(Ordering::Relaxed) {
            return false;
        }
        let Some((member, layer)) = self.blobs.get(self.next.fetch_add(1, Ordering::Relaxed)) else {
            return false;
        };
        let result = self.read(member, layer).and_then(|read| {
            self.usage.add(&format!("layer `{member}`"), &read, self.request.limits)?;
            Ok(read)
        });
        self.has_failed.fetch_or(result.is_err(), Ordering::Relaxed);
        self.results.lock().unwrap_or_else(PoisonError::into_inner).insert(member.clone(), result);
        true
    }

    /// Reads what is left, and gives all of it.
    ///
    /// # Errors
    /// That of the first blob, by name, that could not be read.
    pub fn finish(self) -> Result<OpenedImages> {
        while self.read_next() {}
        let results = self.results.into_inner().unwrap_or_else(PoisonError::into_inner);
        let layers: Result<_> = results.into_iter().map(|(member, result)| Ok((member, result?))).collect();
        let layers = self.request.within(layers)?;
        Ok(OpenedImages { transport: self.transport, images: self.images, layers })
    }

    fn read(&self, member: &str, layer: &PlannedLayer) -> Result<ReadLayer> {
        let (place, limits) = (format!("layer `{member}`"), self.request.limits);
        let failed = |source| Error::Io { place: place.clone(), source };
        let depth = self.request.selection.depth;
        if depth == Depth::Headers
            && let Some(blob) = self.store.open_seekable(member).map_err(failed)?
            && let Some(read) = read_headers(&place, blob, &layer.diff_id, limits)?
        {
            self.progress.advance(layer.bytes.0);
            return Ok(read);
        }
        if let Some(cached) = self.cached(member, layer) {
            self.progress.advance(layer.bytes.0);
            return Ok(cached);
        }
        let Some(blob) = self.store.open(member).map_err(failed)? else {
            return Err(Error::MissingBlob {
                blob: format!("`{member}`"),
                wanted_by: "the image".to_owned(),
            });
        };
        let blob = ProgressReader::new(blob, self.progress);
        if depth != Depth::Verified {
            return read_believed(&place, blob, &layer.diff_id, limits);
        }
        let read = read_layer(&place, blob, limits)?;
        // Under its true identity: what the plan expects of it is compared later.
        self.cache.put(&read.diff_id, &read.contents);
        Ok(read)
    }

    /// The layer as the cache knows it. How the blob is stored is seen in the source, for it may be another than the one
    /// that was read: a layer keeps its diff ID through recompression.
    fn cached(&self, member: &str, layer: &PlannedLayer) -> Option<ReadLayer> {
        let contents = self.cache.get(&layer.diff_id)?;
        let mut blob = self.store.open(member).ok()??;
        let compression = match sniff(&head(&mut blob).ok()?) {
            ContentType::Tar => Compression::None,
            ContentType::Compressed(compression) => compression,
            _ => return None,
        };
        let digest = match (&layer.digest, compression) {
            (Some(digest), _) => digest.clone(),
            // A blob that is stored plain is the tar.
            (None, Compression::None) => layer.diff_id.digest().clone(),
            (None, _) => return None,
        };
        Some(ReadLayer {
            depth: Depth::Verified,
            digest: Some(digest),
            diff_id: layer.diff_id.clone(),
            compression,
            blob_bytes: Bytes(self.store.size(member)?),
            contents,
        })
    }
}

/// A reader that tells how far it is. Boxed, so that whatever is read, it is read by the same code.
struct ProgressReader<'a, P> {
    inner: Box<dyn Read + 'a>,
    progress: &'a P,
}

impl<'a, P> ProgressReader<'a, P> {
    fn new(inner: impl Read + 'a, progress: &'a P) -> Self {
        Self { inner: Box::new(inner), progress }
    }
}

impl<P: Progress> Read for ProgressReader<'_, P> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(out)?;
        self.progress.advance(length as u64);
        Ok(length)
    }
}

/// An uncompressed archive in a file: its members are read where they lie, several at once.
#[derive(Debug)]
pub struct ArchiveStore<O> {
    open: O,
    index: ArchiveIndex,
}

impl<O> ArchiveStore<O> {
    /// `open` gives the file that was indexed, from its start, as often as it is called.
    pub fn new(open: O, index: ArchiveIndex) -> Self {
        Self { open, index }
    }

    fn section<F: Read + Seek>(&self, member: &str) -> io::Result<Option<Section<F>>>
    where
        O: Fn() -> io::Result<F>,
    {
        let Some((start, length)) = self.index.find(member) else { return Ok(None) };
        let mut file = (self.open)()?;
        file.seek(SeekFrom::Start(start))?;
        Ok(Some(Section { file, start, length, position: 0 }))
    }
}

impl<F: Read + Seek + 'static, O: Fn() -> io::Result<F>> Store for ArchiveStore<O> {
    fn open(&self, member: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        Ok(self.section(member)?.map(|section| Box::new(section) as Box<dyn Read>))
    }

    fn open_seekable(&self, member: &str) -> io::Result<Option<Box<dyn Seekable + '_>>> {
        Ok(self.section(member)?.map(|section| Box::new(section) as Box<dyn Seekable>))
    }

    fn size(&self, member: &str) -> Option<u64> {
        self.index.find(member).map(|(_, size)| size)
    }
}

/// A part of a file.
struct Section<F> {
    file: F,
    start: u64,
    length: u64,
    position: u64,
}

impl<F: Read> Read for Section<F> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length - self.position).unwrap_or(usize::MAX);
        let length = left.min(out.len());
        if length == 0 {
            return Ok(0);
        }
        let read = self.file.read(&mut out[..length])?;
        if read == 0 {
            // The archive was indexed as longer than this: it shrank while it was being read.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.position += read as u64;
        Ok(read)
    }
}

impl<F: Seek> Seek for Section<F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(distance) => self.length.checked_add_signed(distance),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        // Behind the end there is nothing to read, as in a file.
        let position = position.ok_or(io::ErrorKind::InvalidInput)?.min(self.length);
        self.file.seek(SeekFrom::Start(self.start + position))?;
        self.position = position;
        Ok(position)
    }
}
