//! What runs in a worker: finds out what a file is, and makes a snapshot of it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};

use plimsoll_collect::{
    ArchiveIndex, Choice, Error, Found, Hint, Limits, PlannedImage, ReadLayer, SnapshotBuilder, Store,
    decompress, plan, read_layer, read_stream, sniff,
};
use plimsoll_report::language::Language;
use plimsoll_snapshot::{Compression, FormatError, Snapshot, SnapshotLimits, Source, Transport};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::load::with_sources;
use crate::text::words;
use crate::{load, text};

mod file;

/// What a page may keep in memory of one archive: less than the program may.
const LIMITS: fn() -> Limits = || Limits {
    entries: 1_000_000,
    name_bytes: 128 << 20,
    metadata_total_bytes: 256 << 20,
    packages: 50_000,
    window_bytes: 64 << 20,
    retained_bytes: 512 << 20,
    ..Limits::default()
};

/// What a page may hold of one snapshot: it keeps the trees of all images.
pub(crate) const SNAPSHOT_LIMITS: fn() -> SnapshotLimits =
    || SnapshotLimits { containers: 10_000, stacked_entries: 4_000_000, ..SnapshotLimits::default() };

/// How large a snapshot from the future may be for its program to be looked up.
const GENERATOR_WITHIN: u64 = 64 << 20;

/// How often progress is reported.
const STEP: u64 = 4 << 20;

/// Reads a file into a snapshot, given as JSON. `progress` is called with the bytes read and those to be read. What
/// goes wrong is reported in the language of the tag.
#[wasm_bindgen(js_name = readFile)]
pub fn read_file(
    file: &web_sys::File,
    language: &str,
    progress: &js_sys::Function,
) -> Result<js_sys::Uint8Array, String> {
    text::speak(Language::of_tag(language).unwrap_or_default());
    let name = file.name();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is a whole number")]
    let length = file.size() as u64;
    let tell = |done: u64, total: u64| {
        // A number of JavaScript's; a page that no longer listens loses nothing.
        #[expect(clippy::cast_precision_loss, reason = "no file is that long")]
        let _ = progress.call2(&JsValue::NULL, &(done as f64).into(), &(total as f64).into());
    };
    let progress = Progress::new(length, &tell);
    let snapshot = snapshot(&name, || file::FileReader::new(file, length), &progress)
        .map_err(|failure| failure.text(&name))?;
    let mut json = Vec::new();
    plimsoll_snapshot::write_json(&snapshot, &mut json).map_err(|error| error.to_string())?;
    Ok(js_sys::Uint8Array::from(&json[..]))
}

/// Why a file gives no snapshot.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It is something else: what, as far as can be told.
    Other(String),
    /// It is a snapshot from the future, by the program it names.
    Newer { version: u64, generator: Option<String> },
    /// It is what is read here, and cannot be read.
    Damaged(String),
}

impl Failure {
    /// The message for the reader.
    fn text(&self, name: &str) -> String {
        match self {
            Self::Other(found) => text::not_read(name, found),
            Self::Newer { version, generator } => text::too_new(name, *version, generator.as_deref()),
            Self::Damaged(reason) => text::damaged(name, reason),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::NotAnImage { found, .. } => Self::Other(found),
            Error::Limit { which, place, limit, .. } => Self::Damaged(text::too_large(which, &place, limit)),
            error if error.hint() == Some(Hint::LayersAreArchives) => {
                Self::Damaged(format!("{}; {}", with_sources(&error), words().layers_are_archives))
            }
            error => Self::Damaged(with_sources(&error)),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// How far a file is read.
pub(crate) struct Progress<'a> {
    done: Cell<u64>,
    told: Cell<u64>,
    total: Cell<u64>,
    tell: &'a dyn Fn(u64, u64),
}

impl<'a> Progress<'a> {
    fn new(total: u64, tell: &'a dyn Fn(u64, u64)) -> Self {
        Self { done: Cell::new(0), told: Cell::new(0), total: Cell::new(total), tell }
    }

    /// A reader that is counted. Boxed, so that whatever is read, it is read by the same code.
    fn watch(&'a self, inner: impl Read + 'a) -> Box<dyn Read + 'a> {
        Box::new(Watched { inner, progress: self })
    }
}

struct Watched<'a, R> {
    inner: R,
    progress: &'a Progress<'a>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(out)?;
        let Progress { done, told, total, tell } = self.progress;
        done.set(done.get() + length as u64);
        if done.get() - told.get() >= STEP {
            told.set(done.get());
            tell(done.get(), total.get());
        }
        Ok(length)
    }
}

/// Reads a file, whatever it is. `open` gives it from its start, as often as it is called.
fn snapshot<F: Read + Seek + 'static>(
    name: &str,
    open: impl Fn() -> io::Result<F>,
    progress: &Progress<'_>,
) -> Result<Snapshot, Failure> {
    match kind(&open)? {
        Kind::Snapshot => read_snapshot(&open, progress),
        Kind::Archive => read_archive(name, open, progress),
        Kind::Packed => {
            let images = read_stream(&place(name), progress.watch(open()?), &LIMITS())?;
            let (transport, planned) = plan(&images, None, &Choice::default(), &LIMITS())?;
            let layers = images.into_layers(&planned);
            together(name, transport, planned, layers)
        }
    }
}

/// What can be read.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// A snapshot, compressed or not.
    Snapshot,
    /// A tar whose members can be read where they lie.
    Archive,
    /// A tar that is compressed as a whole.
    Packed,
}

fn kind<F: Read>(open: impl Fn() -> io::Result<F>) -> Result<Kind, Failure> {
    let head = head(open()?)?;
    let other = |found: &str| Err(Failure::Other(found.to_owned()));
    let compression = match sniff(&head) {
        Found::Tar => return Ok(Kind::Archive),
        Found::Json => return Ok(Kind::Snapshot),
        Found::Empty => return other(words().found_empty),
        Found::Unknown => return other(guess(&head)),
        Found::Compressed(compression) => compression,
    };
    // What is damaged further on is found, and named, when it is read.
    let inner = decompress(compression, open()?, &LIMITS()).and_then(self::head)?;
    match (sniff(&inner), compression) {
        (Found::Tar, _) => Ok(Kind::Packed),
        (Found::Json, Compression::Gzip) => Ok(Kind::Snapshot),
        _ => other(words().found_packed),
    }
}

/// The first bytes, as many as are needed to tell what a file is.
fn head(file: impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(512).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether these bytes are there to be read.
fn is_text(head: &[u8]) -> bool {
    str::from_utf8(head)
        .is_ok_and(|text| !text.contains(|char: char| char.is_control() && !char.is_whitespace()))
}

/// A name for what people take for one of ours.
fn guess(head: &[u8]) -> &'static str {
    let text = head.trim_ascii_start().to_ascii_lowercase();
    match head {
        [b'P', b'K', 3 | 5, ..] => words().found_zip,
        _ if text.starts_with(b"<!doctype html") || text.starts_with(b"<html") => words().found_page,
        _ if is_text(head) => words().found_text,
        _ => words().found_binary,
    }
}

fn read_snapshot<F: Read>(
    open: impl Fn() -> io::Result<F>,
    progress: &Progress<'_>,
) -> Result<Snapshot, Failure> {
    match plimsoll_snapshot::read_within(progress.watch(open()?), &SNAPSHOT_LIMITS()) {
        Ok(snapshot) => Ok(snapshot),
        Err(FormatError::NotASnapshot) => Err(Failure::Other(words().found_json.to_owned())),
        Err(FormatError::Newer { found }) => {
            Err(Failure::Newer { version: found, generator: generator(open()?) })
        }
        Err(error) => Err(Failure::Damaged(text::refused(&error))),
    }
}

/// The program that wrote a snapshot which is otherwise not understood.
fn generator(file: impl Read) -> Option<String> {
    #[derive(Deserialize)]
    struct Generator {
        generator: String,
    }
    let mut bytes = Vec::new();
    file.take(GENERATOR_WITHIN).read_to_end(&mut bytes).ok()?;
    if sniff(&bytes) == Found::Compressed(Compression::Gzip) {
        let inflated = decompress(Compression::Gzip, &bytes[..], &LIMITS()).ok()?;
        let mut bytes = Vec::new();
        inflated.take(GENERATOR_WITHIN).read_to_end(&mut bytes).ok()?;
        return Some(serde_json::from_slice::<Generator>(&bytes).ok()?.generator);
    }
    Some(serde_json::from_slice::<Generator>(&bytes).ok()?.generator)
}

fn place(name: &str) -> String {
    format!("`{name}`")
}

fn read_archive<F: Read + Seek + 'static>(
    name: &str,
    open: impl Fn() -> io::Result<F>,
    progress: &Progress<'_>,
) -> Result<Snapshot, Failure> {
    let index = ArchiveIndex::read(&place(name), open()?, &LIMITS())?;
    let store = Archive { open, index };
    let (transport, images) = plan(&store, None, &Choice::default(), &LIMITS())?;
    let mut planned: BTreeMap<&str, u64> = BTreeMap::new();
    for layer in images.iter().flat_map(|image| &image.layers) {
        planned.extend(layer.member.as_deref().map(|member| (member, layer.bytes.0)));
    }
    progress.total.set(planned.values().sum());
    let mut layers = BTreeMap::new();
    for member in planned.into_keys() {
        let place = format!("layer `{member}`");
        let blob = store.open(member)?.ok_or_else(|| Error::MissingBlob {
            blob: format!("`{member}`"),
            wanted_by: "the image".to_owned(),
        })?;
        layers.insert(member.to_owned(), read_layer(&place, progress.watch(blob), &LIMITS())?);
    }
    together(name, transport, images, layers)
}

fn together(
    name: &str,
    transport: Transport,
    images: Vec<PlannedImage>,
    mut layers: BTreeMap<String, ReadLayer>,
) -> Result<Snapshot, Failure> {
    let mut builder = SnapshotBuilder::new(load::PROGRAM);
    let origin = Source { transport, name: name.to_owned() };
    for image in images {
        let index = builder.add_image(origin.clone(), image, &mut layers)?;
        let service = builder.service_name(index, name);
        if builder.services().any(|known| known == service) {
            return Err(Failure::Damaged(text::same_name(&service)));
        }
        builder.add_service(&service, index);
    }
    let snapshot = builder.finish();
    SNAPSHOT_LIMITS().check(&snapshot).map_err(|error| Failure::Damaged(text::refused(&error)))?;
    Ok(snapshot)
}

/// An uncompressed archive whose members are read where they lie.
struct Archive<O> {
    open: O,
    index: ArchiveIndex,
}

impl<F: Read + Seek + 'static, O: Fn() -> io::Result<F>> Store for Archive<O> {
    fn open(&self, member: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let Some((offset, size)) = self.index.find(member) else { return Ok(None) };
        let mut file = (self.open)()?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Some(Box::new(file.take(size))))
    }

    fn size(&self, member: &str) -> Option<u64> {
        self.index.find(member).map(|(_, size)| size)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use plimsoll_snapshot::Limit;

    use super::*;

    fn read(bytes: &[u8]) -> Result<Snapshot, String> {
        let tell = |_, _| ();
        let progress = Progress::new(bytes.len() as u64, &tell);
        snapshot("file.x", || Ok(io::Cursor::new(bytes.to_vec())), &progress)
            .map_err(|failure| failure.text("file.x"))
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn image(path: &str) -> Vec<u8> {
        let images = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/images/");
        std::fs::read(format!("{images}{path}")).unwrap()
    }

    #[test]
    fn an_archive_gives_the_same_snapshot_however_it_is_packed() {
        let archive = image("docker-26.1.5-containerd/micro3.save.tar");
        let plain = read(&archive).unwrap();
        let names: Vec<_> = plain.services.iter().map(|service| service.name.as_str()).collect();
        assert_eq!(names, ["micro-before", "micro-backend", "micro-frontend"]);
        let mut packed = read(&gzip(&archive)).unwrap();
        let by_id = |snapshot: &mut Snapshot| {
            for layer in &mut snapshot.layers {
                layer.contents = None;
            }
            snapshot.clone()
        };
        assert_eq!(by_id(&mut packed), by_id(&mut plain.clone()));
    }

    #[test]
    fn a_snapshot_comes_back_as_it_was() {
        let snapshot = read(&image("docker-26.1.5-graphdriver/micro3.save.tar.gz")).unwrap();
        let written = |snapshot: &Snapshot| {
            let mut json = Vec::new();
            plimsoll_snapshot::write_json(snapshot, &mut json).unwrap();
            json
        };
        let json = written(&snapshot);
        assert!(written(&read(&json).unwrap()) == json);
        assert!(written(&read(&gzip(&json)).unwrap()) == json);
    }

    #[test]
    fn limits_and_hints_are_in_the_language_of_the_page() {
        let check = |language, error: &dyn Fn() -> Failure, expected: &str| {
            text::speak(language);
            let message = error().text("file.x");
            text::speak(Language::English);
            assert!(message.contains(expected), "{message}");
        };
        let limit = || {
            let place = "layer `x`".to_owned();
            Error::Limit {
                what: "the number of entries",
                place,
                limit: 9,
                found: None,
                which: Limit::Entries,
            }
            .into()
        };
        check(Language::English, &limit, "layer `x` exceeds the limit of a page for entries (9): use");
        check(
            Language::Spanish,
            &limit,
            "layer `x` supera el límite de una página para las entradas (9): use",
        );
        let large = || Failure::Damaged(text::refused(&FormatError::TooLarge { limit: 9 }));
        check(Language::Spanish, &large, "el contenido supera el límite de una página para el tamaño");
        let foreign = || Error::ForeignLayer { place: "layer `x`".into(), kind: "a ZIP file".into() }.into();
        check(Language::English, &foreign, "layer `x` is a ZIP file; layers have to be tar archives");
        check(Language::Spanish, &foreign, "las capas tienen que ser archivos tar");
    }

    #[test]
    fn what_is_not_read_is_named_with_what_is() {
        let check = |bytes: &[u8], found: &str| {
            let message = read(bytes).unwrap_err();
            assert!(message.contains(found), "{message}");
            assert!(message.contains("`file.x`") && message.contains(load::PROGRAM), "{message}");
        };
        check(b"", "empty");
        check(b"PK\x03\x04....", "ZIP");
        check(b"<!doctype html><p>", "web page");
        check(b"hello", "text");
        check(&[7; 600], "binary");
        check(&gzip(b"hello"), "compressed");
        check(b"{}", "`schema_version`");
        check(b"{\"schema_version\": 99, \"generator\": \"plimsoll 9.9.9\"}", "plimsoll 9.9.9");
        check(&gzip(b"{\"schema_version\": 99}"), "format 99");
        check(&[0; 1024], "no image");
        check(&image("docker-26.1.5-containerd/micro3.save.tar")[..900_000], "truncated");
    }
}
