//! What runs in a worker: finds out what a file is, and makes a snapshot of it.

use std::cell::Cell;
use std::io::{self, Read, Seek};

use plimsoll_collect::{
    ContentType, Error, Hint, ImageSelection, InputName, OpenedFile, OpenedStream, Request, SameName, Stack,
    StackError, decompress, open_file, sniff,
};
use plimsoll_report::language::Language;
use plimsoll_snapshot::{Compression, FormatError, ReadLimits, Snapshot};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::load::with_sources;
use crate::text::words;
use crate::{load, text};

mod file;

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
    let report = |done: u64, total: u64| {
        // A number of JavaScript's; a page that no longer listens loses nothing.
        #[expect(clippy::cast_precision_loss, reason = "no file is that long")]
        let _ = progress.call2(&JsValue::NULL, &(done as f64).into(), &(total as f64).into());
    };
    let progress = Progress::new(length, &report);
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
    /// It is a snapshot that cannot be used.
    Unusable(FormatError),
    /// It holds more than a page keeps in memory: what.
    TooLarge(String),
    /// It is what is read here, and cannot be read.
    Damaged(String),
}

impl Failure {
    /// The message for the reader.
    fn text(&self, name: &str) -> String {
        match self {
            Self::Other(found) => text::not_read(name, found),
            Self::Newer { version, generator } => text::too_new(name, *version, generator.as_deref()),
            Self::Unusable(error) => text::unusable(name, error),
            Self::TooLarge(reason) => text::too_large_file(name, reason),
            Self::Damaged(reason) => text::damaged(name, reason),
        }
    }
}

impl From<StackError> for Failure {
    fn from(error: StackError) -> Self {
        match error {
            StackError::SameName(error) => error.into(),
            StackError::TooLarge(error) => Self::Unusable(error),
        }
    }
}

impl From<SameName> for Failure {
    fn from(error: SameName) -> Self {
        Self::Damaged(text::same_name(&error.service))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            // The page names the file itself.
            Error::Within { source, .. } => (*source).into(),
            Error::Foreign { content, .. } => Self::Other(text::foreign(content).to_owned()),
            Error::NotAnImage { found, .. } => Self::Other(found),
            Error::Snapshot(FormatError::NotASnapshot) => Self::Other(words().found_json.to_owned()),
            Error::Snapshot(error) => Self::Unusable(error),
            Error::Limit { which, place, limit, .. } => Self::TooLarge(text::too_large(which, &place, limit)),
            error if error.hint() == Some(Hint::LayersAreArchives) => {
                Self::Damaged(format!("{}; {}", with_sources(&error), words().layers_are_archives))
            }
            error => Self::Damaged(with_sources(&error)),
        }
    }
}

/// How far a file is read.
pub(crate) struct Progress<'a> {
    done: Cell<u64>,
    reported: Cell<u64>,
    total: Cell<u64>,
    report: &'a dyn Fn(u64, u64),
}

impl<'a> Progress<'a> {
    fn new(total: u64, report: &'a dyn Fn(u64, u64)) -> Self {
        Self { done: Cell::new(0), reported: Cell::new(0), total: Cell::new(total), report }
    }
}

impl plimsoll_collect::Progress for Progress<'_> {
    fn set_total(&self, bytes: u64) {
        self.total.set(bytes);
    }

    fn advance(&self, bytes: u64) {
        let Self { done, reported, total, report } = self;
        done.set(done.get() + bytes);
        if done.get() - reported.get() >= STEP {
            reported.set(done.get());
            report(done.get(), total.get());
        }
    }
}

/// Reads a file, whatever it is. `open` gives it from its start, as often as it is called.
fn snapshot<F: Read + Seek + 'static>(
    name: &str,
    open: impl Fn() -> io::Result<F>,
    progress: &Progress<'_>,
) -> Result<Snapshot, Failure> {
    let limits = ReadLimits::of_page();
    let request = Request {
        place: &format!("`{name}`"),
        transport: None,
        selection: &ImageSelection::default(),
        limits: &limits,
    };
    let images = match open_file(&open, &request, &(), progress) {
        Ok(OpenedFile::Stream(OpenedStream::Snapshot(snapshot))) => return Ok(*snapshot),
        Ok(OpenedFile::Stream(OpenedStream::Images(images))) => images,
        Ok(OpenedFile::Layers(layers)) => layers.finish()?,
        Err(Error::Snapshot(FormatError::Newer { found })) => {
            let generator = open().ok().and_then(generator);
            return Err(Failure::Newer { version: found, generator });
        }
        Err(error) => return Err(error.into()),
    };
    let input = InputName { place: name.to_owned(), file: name.to_owned() };
    let mut stack = Stack::new(load::PROGRAM);
    let images = stack.add_images(&input, images)?;
    stack.name_images(&input, &images)?;
    Ok(stack.finish(&limits)?)
}

/// The program that wrote a snapshot which is otherwise not understood.
fn generator(file: impl Read) -> Option<String> {
    #[derive(Deserialize)]
    struct Generator {
        generator: String,
    }
    let mut bytes = Vec::new();
    file.take(GENERATOR_WITHIN).read_to_end(&mut bytes).ok()?;
    if sniff(&bytes) == ContentType::Compressed(Compression::Gzip) {
        let inflated = decompress(Compression::Gzip, &bytes[..], &ReadLimits::of_page()).ok()?;
        let mut bytes = Vec::new();
        inflated.take(GENERATOR_WITHIN).read_to_end(&mut bytes).ok()?;
        return Some(serde_json::from_slice::<Generator>(&bytes).ok()?.generator);
    }
    Some(serde_json::from_slice::<Generator>(&bytes).ok()?.generator)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use plimsoll_snapshot::Limit;

    use super::*;

    fn read(bytes: &[u8]) -> Result<Snapshot, String> {
        let report = |_, _| ();
        let progress = Progress::new(bytes.len() as u64, &report);
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
        let large = || Failure::Unusable(FormatError::TooLarge { limit: 9 });
        check(Language::English, &large, "`file.x` is too large for a page: the content exceeds");
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
