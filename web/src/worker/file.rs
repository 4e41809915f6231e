//! A file of the reader's, read where it lies: a worker may wait for its bytes, which a page may not.

use std::io::{self, Read, Seek, SeekFrom};

use js_sys::Uint8Array;
use wasm_bindgen::JsCast as _;
use web_sys::{Blob, FileReaderSync, MessageChannel, MessagePort};

/// The most that is asked of the browser at once. For each piece it sets up a pipe, whose memory it takes back only
/// when the worker pauses, which this one does not: so they are few and large.
const PIECE: u64 = 16 << 20;

/// A file that can be read at any place.
pub(crate) struct FileReader {
    file: Blob,
    reader: FileReaderSync,
    length: u64,
    /// Where in the file the next byte is.
    position: u64,
    /// What was read last, outside of the memory of this program, and where in the file it lies.
    piece: Uint8Array,
    start: u64,
    end: u64,
    /// Where pieces go that were used.
    drain: MessagePort,
}

impl FileReader {
    /// Reads from the start of the file.
    pub(crate) fn new(file: &web_sys::File, length: u64) -> io::Result<Self> {
        let reader = FileReaderSync::new().map_err(|error| failed(&error))?;
        let file = AsRef::<Blob>::as_ref(file).clone();
        let channel = MessageChannel::new().map_err(|error| failed(&error))?;
        channel.port2().close();
        let piece = Uint8Array::new_with_length(0);
        Ok(Self { file, reader, length, position: 0, piece, start: 0, end: 0, drain: channel.port1() })
    }

    fn fetch(&mut self, wanted: usize) -> io::Result<()> {
        // Headers are read by the kilobyte, with a jump after each; contents from end to end.
        let length = match self.end - self.start {
            last if self.position == self.end => last * 2,
            _ => 0,
        };
        let length = length.max(wanted as u64).min(PIECE);
        let end = self.position.saturating_add(length).min(self.length);
        let slice = self.file.slice_with_f64_and_f64(offset(self.position), offset(end));
        let slice = slice.map_err(|error| failed(&error))?;
        let bytes = self.reader.read_as_array_buffer(&slice).map_err(|error| failed(&error))?;
        self.release();
        self.piece = Uint8Array::new(&bytes);
        (self.start, self.end) = (self.position, self.position + u64::from(self.piece.length()));
        Ok(())
    }

    /// Gives the memory of the piece back at once, by sending it to a port without a reader. The garbage collector lets hundreds
    /// of megabytes of them lie, since this worker never pauses.
    fn release(&self) {
        let parts = js_sys::Array::of1(&self.piece.buffer());
        // What cannot be sent is collected in the end.
        let _ = self.drain.post_message_with_transferable(&wasm_bindgen::JsValue::NULL, &parts);
    }
}

/// Files are shorter than 2^53 bytes.
#[expect(clippy::cast_precision_loss, reason = "no file is that long")]
fn offset(position: u64) -> f64 {
    position as f64
}

impl Drop for FileReader {
    fn drop(&mut self) {
        self.release();
        self.drain.close();
    }
}

impl Read for FileReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.position >= self.length {
            return Ok(0);
        }
        if !(self.start..self.end).contains(&self.position) {
            self.fetch(out.len())?;
        }
        // Pieces are far shorter than what 32 bits count.
        let from = u32::try_from(self.position - self.start).map_err(io::Error::other)?;
        let left = self.piece.length().saturating_sub(from);
        let length = left.min(u32::try_from(out.len()).unwrap_or(u32::MAX));
        self.piece.subarray(from, from + length).copy_to(&mut out[..length as usize]);
        self.position += u64::from(length);
        Ok(length as usize)
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
