//! zstd without C: a decoder of several frames on top of one that knows only one. The page reads layers with it, and
//! the fuzzer compares it with the decoder of the program.

use std::io::{self, BufRead, Read};

use ruzstd::decoding::StreamingDecoder;

/// What all frames of a stream hold, one after the other.
pub struct Frames<R: BufRead> {
    state: State<R>,
    window: u64,
}

enum State<R: BufRead> {
    Between(R),
    Inside(Box<StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>),
    Ended,
}

impl<R: BufRead> Frames<R> {
    /// Reads `reader`; no frame may ask for a window of more bytes than `window`.
    pub fn new(reader: R, window: u64) -> Self {
        Self { state: State::Between(reader), window }
    }
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            self.state = match std::mem::replace(&mut self.state, State::Ended) {
                State::Ended => return Ok(0),
                State::Between(mut reader) => {
                    if reader.fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                    skip_frames(&mut reader)?;
                    if reader.fill_buf()?.is_empty() {
                        return Ok(0);
                    }
                    let decoder = StreamingDecoder::new_with_max_window_size(reader, self.window)
                        .map_err(|error| damaged(&error))?;
                    State::Inside(Box::new(decoder))
                }
                State::Inside(mut decoder) => {
                    let read = decoder.read(out).map_err(|error| damaged(&error))?;
                    if read > 0 || out.is_empty() {
                        self.state = State::Inside(decoder);
                        return Ok(read);
                    }
                    State::Between(decoder.into_inner())
                }
            };
        }
    }
}

/// Skippable frames hold what other programs want to find, and no content.
fn skip_frames(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let head = reader.fill_buf()?;
        if head.len() < 8 || head[0] & 0xf0 != 0x50 || head[1..4] != [0x2a, 0x4d, 0x18] {
            return Ok(());
        }
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        reader.consume(8);
        io::copy(&mut reader.by_ref().take(u64::from(length)), &mut io::sink())?;
    }
}

fn damaged(error: &impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}
