//! Finds out by its first bytes what a stream is, and decompresses it.

use std::io::{self, BufRead, BufReader, Read};

use plimsoll_snapshot::Compression;

/// The number of bytes [`sniff`] wants to see: a whole tar header.
const HEAD: usize = 512;

/// What a stream is, going by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A tar, or the two empty blocks of a tar without entries.
    Tar,
    /// Something compressed.
    Compressed(Compression),
    /// JSON, most likely.
    Json,
    /// Nothing at all.
    Empty,
    /// Something else.
    Unknown,
}

/// Tells what a stream is by its first 512 bytes. Media types and file names are wrong too often to be asked.
#[must_use]
pub fn sniff(head: &[u8]) -> Found {
    const MAGIC: [(&[u8], Compression); 4] = [
        (&[0x1f, 0x8b], Compression::Gzip),
        (&[0x28, 0xb5, 0x2f, 0xfd], Compression::Zstd),
        (b"BZh", Compression::Bzip2),
        (&[0xfd, b'7', b'z', b'X', b'Z', 0], Compression::Xz),
    ];
    if head.is_empty() {
        return Found::Empty;
    }
    if let Some((_, compression)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Found::Compressed(*compression);
    }
    // A skippable frame may come first (zstd:chunked, RFC 8878, section 3.1.2).
    if head.len() >= 4 && head[0] & 0xf0 == 0x50 && head[1..4] == [0x2a, 0x4d, 0x18] {
        return Found::Compressed(Compression::Zstd);
    }
    if is_tar_header(head) {
        return Found::Tar;
    }
    match head.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => Found::Json,
        _ => Found::Unknown,
    }
}

fn is_tar_header(head: &[u8]) -> bool {
    let Some(block) = head.get(..HEAD) else { return false };
    let header = tar::Header::from_byte_slice(block);
    block.iter().all(|&byte| byte == 0)
        || header.as_ustar().is_some()
        || header.as_gnu().is_some()
        // Before POSIX there was no magic, only a checksum.
        || header.cksum().is_ok_and(|sum| sum == crate::tarball::checksum(block))
}

/// The size of the pieces in which compressed input is read.
const BUFFER: usize = 256 << 10;

/// Decompresses a stream: every member of a gzip (eStargz has many), every frame of a zstd.
pub fn decompress<'a>(compression: Compression, reader: impl Read + 'a) -> io::Result<Box<dyn Read + 'a>> {
    decoder(compression, Box::new(BufReader::with_capacity(BUFFER, reader)))
}

/// Of one type, whatever is read: in the page each decoder is there once.
fn decoder<'a>(compression: Compression, reader: Box<dyn BufRead + 'a>) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match compression {
        Compression::None => Box::new(reader),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(reader)),
        Compression::Zstd => zstd_decoder(reader)?,
        Compression::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(reader)),
        Compression::Xz => Box::new(lzma_rust2::XzReader::new(reader, true)),
    })
}

#[cfg(not(target_family = "wasm"))]
fn zstd_decoder<'a>(reader: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    Ok(Box::new(zstd::stream::read::Decoder::with_buffer(reader)?))
}

#[cfg(target_family = "wasm")]
fn zstd_decoder<'a>(reader: impl BufRead + 'a) -> io::Result<Box<dyn Read + 'a>> {
    Ok(Box::new(frames::Frames::new(reader)))
}

/// A decoder of several frames on top of one that knows only one.
#[cfg(target_family = "wasm")]
mod frames {
    use std::io::{self, BufRead, Read};

    use ruzstd::decoding::StreamingDecoder;

    pub(super) struct Frames<R: BufRead> {
        state: State<R>,
    }

    enum State<R: BufRead> {
        Between(R),
        Inside(Box<StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>),
        Ended,
    }

    impl<R: BufRead> Frames<R> {
        pub(super) fn new(reader: R) -> Self {
            Self { state: State::Between(reader) }
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
                        let decoder = StreamingDecoder::new(reader).map_err(|error| damaged(&error))?;
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
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn streams_are_told_apart_by_content() {
        assert_eq!(sniff(b""), Found::Empty);
        assert_eq!(sniff(b" {\"a\": 1}"), Found::Json);
        assert_eq!(sniff(b"hello"), Found::Unknown);
        assert_eq!(sniff(&[0; 1024]), Found::Tar);
        assert_eq!(sniff(&[0x1f, 0x8b, 8]), Found::Compressed(Compression::Gzip));
        assert_eq!(sniff(&[0x52, 0x2a, 0x4d, 0x18]), Found::Compressed(Compression::Zstd));
    }

    #[test]
    fn every_member_and_frame_is_decompressed() {
        let mut gzip = Vec::new();
        let mut zstd = vec![0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9];
        for part in ["one ", "two ", "three"] {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(part.as_bytes()).unwrap();
            gzip.extend(encoder.finish().unwrap());
            zstd.extend(zstd::encode_all(part.as_bytes(), 1).unwrap());
        }
        for (compression, bytes) in [(Compression::Gzip, gzip), (Compression::Zstd, zstd)] {
            let mut text = String::new();
            decompress(compression, &bytes[..]).unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "one two three");
        }
    }
}
