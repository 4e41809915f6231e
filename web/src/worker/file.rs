//! A file of the reader's, read where it lies: a worker may wait for its bytes, which a page may not.

use std::io::{self, Read, Seek, SeekFrom};

use wasm_bindgen::JsCast as _;
use web_sys::{Blob, FileReaderSync};

/// How much is asked of the browser at once. Each call costs a turn to another process, whatever it brings.
const PIECE: u64 = 2 << 20;

/// A file that can be read at any place.
pub(crate) struct FileReader {
    file: Blob,
    reader: FileReaderSync,
    length: u64,
    /// Where in the file the next byte is.
    position: u64,
    /// What was read last, and where in the file it starts.
    piece: Vec<u8>,
    start: u64,
    /// Whether the last piece was used to its end: then a larger one is worth it.
    streams: bool,
}

impl FileReader {
    /// Reads from the start of the file.
    pub(crate) fn new(file: &web_sys::File, length: u64) -> io::Result<Self> {
        let reader = FileReaderSync::new().map_err(|error| failed(&error))?;
        let file = AsRef::<Blob>::as_ref(file).clone();
        Ok(Self { file, reader, length, position: 0, piece: Vec::new(), start: 0, streams: false })
    }

    /// What lies ready at the position.
    fn ready(&self) -> &[u8] {
        let offset = self.position.checked_sub(self.start).and_then(|offset| usize::try_from(offset).ok());
        offset.and_then(|offset| self.piece.get(offset..)).unwrap_or_default()
    }

    fn fetch(&mut self, wanted: usize) -> io::Result<()> {
        self.streams = self.position != 0 && self.position == self.start + self.piece.len() as u64;
        // Headers are read by the kilobyte, with a jump after each; contents from end to end.
        let length = if self.streams { PIECE } else { (wanted as u64).min(PIECE) };
        let end = self.position.saturating_add(length).min(self.length);
        let slice = self.file.slice_with_f64_and_f64(offset(self.position), offset(end));
        let slice = slice.map_err(|error| failed(&error))?;
        let bytes = self.reader.read_as_array_buffer(&slice).map_err(|error| failed(&error))?;
        let bytes = js_sys::Uint8Array::new(&bytes);
        self.piece.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut self.piece);
        self.start = self.position;
        Ok(())
    }
}

/// Files are shorter than 2^53 bytes.
#[expect(clippy::cast_precision_loss, reason = "no file is that long")]
fn offset(position: u64) -> f64 {
    position as f64
}

impl Read for FileReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.position >= self.length {
            return Ok(0);
        }
        if self.ready().is_empty() {
            self.fetch(out.len())?;
        }
        let ready = self.ready();
        let length = ready.len().min(out.len());
        out[..length].copy_from_slice(&ready[..length]);
        self.position += length as u64;
        Ok(length)
    }
}

impl Seek for FileReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(distance) => self.length.checked_add_signed(distance),
            SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// What the browser says: most often that the file has changed or is gone.
fn failed(error: &wasm_bindgen::JsValue) -> io::Error {
    let message = error.dyn_ref::<js_sys::Object>().map(|error| String::from(error.to_string()));
    io::Error::other(message.unwrap_or_else(|| "the browser does not say why".to_owned()))
}
