//! Finds out by its first bytes what a stream is, and decompresses it.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use plimsoll_snapshot::{Compression, Limit, ReadLimits};

use crate::error::Exceeded;

/// The number of bytes [`sniff`] wants to see: a whole tar header.
const HEAD: usize = 512;

/// What a stream is, going by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
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
pub fn sniff(head: &[u8]) -> ContentType {
    const MAGIC: [(&[u8], Compression); 4] = [
        (&[0x1f, 0x8b], Compression::Gzip),
        (&[0x28, 0xb5, 0x2f, 0xfd], Compression::Zstd),
        (b"BZh", Compression::Bzip2),
        (&[0xfd, b'7', b'z', b'X', b'Z', 0], Compression::Xz),
    ];
    if head.is_empty() {
        return ContentType::Empty;
    }
    if let Some((_, compression)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return ContentType::Compressed(*compression);
    }
    // A skippable frame may come first (zstd:chunked, RFC 8878, section 3.1.2).
    if head.len() >= 4 && head[0] & 0xf0 == 0x50 && head[1..4] == [0x2a, 0x4d, 0x18] {
        return ContentType::Compressed(Compression::Zstd);
    }
    if is_tar_header(head) {
        return ContentType::Tar;
    }
    match head.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{' | b'[') => ContentType::Json,
        _ => ContentType::Unknown,
    }
}

fn is_tar_header(head: &[u8]) -> bool {
    let Some(block) = head.get(..HEAD) else { return false };
    let header = tar::Header::from_byte_slice(block);
    block.iter().all(|&byte| byte == 0)
        || header.as_ustar().is_some()
        || header.as_gnu().is_some()
        // Before POSIX there was no magic, only a checksum.
        || crate::tarball::has_checksum(block)
}

/// So much may come of any stream, however small: files of zeros are common, and harmless.
pub const FREE_INFLATION: u64 = 1 << 30;

/// The size of the pieces in which compressed input is read.
const BUFFER: usize = 256 << 10;

/// Decompresses a stream: every member of a gzip (eStargz has many), every frame of a zstd. What inflates to more than
/// the limits allow is an error, which [`crate::Error::io`] tells apart.
pub fn decompress<'a>(
    compression: Compression,
    reader: impl Read + 'a,
    limits: &ReadLimits,
) -> io::Result<Box<dyn Read + 'a>> {
    let taken = Rc::new(Cell::new(0));
    let counted = Counted { inner: reader, taken: Rc::clone(&taken) };
    let window = limits[Limit::WindowBytes];
    let inner = decoder(compression, Box::new(BufReader::with_capacity(BUFFER, counted)), window)
        .map_err(|error| window_exceeded(error, window))?;
    Ok(Box::new(Bounded { inner, taken, given: 0, limits: *limits }))
}

/// Of one type, whatever is read: in the page each decoder is there once.
fn decoder<'a>(
    compression: Compression,
    reader: Box<dyn BufRead + 'a>,
    window: u64,
) -> io::Result<Box<dyn Read + 'a>> {
    Ok(match compression {
        Compression::None => Box::new(reader),
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(reader)),
        Compression::Zstd => zstd_decoder(reader, window)?,
        Compression::Bzip2 => Box::new(bzip2::bufread::MultiBzDecoder::new(reader)),
        Compression::Xz => Box::new(lzma_rust2::XzReader::new_mem_limit(reader, true, kibibytes(window))),
    })
}

/// What the decoder of xz may take: its dictionary, and a little beside it.
fn kibibytes(window: u64) -> u32 {
    u32::try_from(window / 1024 + 1024).unwrap_or(u32::MAX)
}

#[cfg(not(target_family = "wasm"))]
fn zstd_decoder<'a>(reader: impl BufRead + 'a, window: u64) -> io::Result<Box<dyn Read + 'a>> {
    let mut decoder = zstd::stream::read::Decoder::with_buffer(reader)?;
    // Powers of two, and no others than zstd knows (zstd.h, ZSTD_WINDOWLOG_MIN and ZSTD_WINDOWLOG_MAX).
    decoder.window_log_max(
        window.max(1).ilog2().clamp(10, if cfg!(target_pointer_width = "64") { 31 } else { 30 }),
    )?;
    Ok(Box::new(decoder))
}

#[cfg(target_family = "wasm")]
fn zstd_decoder<'a>(reader: impl BufRead + 'a, window: u64) -> io::Result<Box<dyn Read + 'a>> {
    Ok(Box::new(crate::frames::Frames::new(reader, window)))
}

/// Counts what a decoder takes.
struct Counted<R> {
    inner: R,
    taken: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        self.taken.set(self.taken.get() + read as u64);
        Ok(read)
    }
}

/// A decoder that ends where a bomb begins.
struct Bounded<'a> {
    inner: Box<dyn Read + 'a>,
    taken: Rc<Cell<u64>>,
    given: u64,
    limits: ReadLimits,
}

impl Read for Bounded<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read =
            self.inner.read(out).map_err(|error| window_exceeded(error, self.limits[Limit::WindowBytes]))?;
        self.given += read as u64;
        if self.given > self.limits[Limit::InflatedBytes] {
            return Err(io::Error::other(Exceeded {
                what: "the size of what is inflated",
                limit: self.limits[Limit::InflatedBytes],
                found: Some(self.given),
                which: Limit::InflatedBytes,
            }));
        }
        if self.given > FREE_INFLATION && self.given / self.taken.get().max(1) > self.limits[Limit::Inflation]
        {
            return Err(io::Error::other(Exceeded {
                what: "how many times its size a stream inflates to",
                limit: self.limits[Limit::Inflation],
                found: Some(self.given / self.taken.get().max(1)),
                which: Limit::Inflation,
            }));
        }
        Ok(read)
    }
}

/// The decoders report only as text that they would need more memory than they may have.
fn window_exceeded(error: io::Error, limit: u64) -> io::Error {
    const WORDS: [&str; 3] = ["too much memory", "mem_limit_kb", "window_size bigger"];
    let text = error.to_string();
    if WORDS.iter().any(|words| text.contains(words)) {
        return io::Error::other(Exceeded {
            what: "the memory that a decoder needs",
            limit,
            found: None,
            which: Limit::WindowBytes,
        });
    }
    error
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn streams_are_told_apart_by_content() {
        assert_eq!(sniff(b""), ContentType::Empty);
        assert_eq!(sniff(b" {\"a\": 1}"), ContentType::Json);
        assert_eq!(sniff(b"hello"), ContentType::Unknown);
        assert_eq!(sniff(&[0; 1024]), ContentType::Tar);
        assert_eq!(sniff(&[0x1f, 0x8b, 8]), ContentType::Compressed(Compression::Gzip));
        assert_eq!(sniff(&[0x52, 0x2a, 0x4d, 0x18]), ContentType::Compressed(Compression::Zstd));
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
        let mut in_the_page = String::new();
        crate::frames::Frames::new(&zstd[..], 1 << 20).read_to_string(&mut in_the_page).unwrap();
        assert_eq!(in_the_page, "one two three");
        for (compression, bytes) in [(Compression::Gzip, gzip), (Compression::Zstd, zstd)] {
            let mut text = String::new();
            decompress(compression, &bytes[..], &ReadLimits::default())
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            assert_eq!(text, "one two three");
        }
    }

    /// How a stream ends that is read to its end.
    fn error(compression: Compression, bytes: &[u8], limits: &ReadLimits) -> String {
        let read = decompress(compression, bytes, limits)
            .and_then(|mut reader| io::copy(&mut reader, &mut io::sink()))
            .map_err(|source| crate::Error::io("x", 0, source));
        read.unwrap_err().to_string()
    }

    #[test]
    fn a_stream_ends_where_its_limit_is() {
        let limits = ReadLimits::default().with(Limit::InflatedBytes, 1000);
        let zeros = zstd::encode_all(&[0; 5000][..], 1).unwrap();
        let said = error(Compression::Zstd, &zeros, &limits);
        assert!(said.contains("what is inflated in x exceeds the limit of 1000 (met: "), "{said}");
    }

    #[test]
    fn a_decoder_takes_no_more_memory_than_it_may() {
        let limits = ReadLimits::default().with(Limit::WindowBytes, 1 << 20);
        let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(24).unwrap();
        encoder.write_all(&[7; 100_000]).unwrap();
        let zstd = encoder.finish().unwrap();
        // A stream of one block whose dictionary would be 4 GiB (xz file format, sections 2.1.1 and 3.1).
        let mut xz = vec![0xfd, b'7', b'z', b'X', b'Z', 0, 0, 1, 0x69, 0x22, 0xde, 0x36];
        let header = [2, 0, 0x21, 1, 40, 0, 0, 0];
        xz.extend(header);
        xz.extend(crc32(&header).to_le_bytes());
        xz.extend([0; 64]);
        for (compression, bytes) in [(Compression::Zstd, zstd), (Compression::Xz, xz)] {
            let said = error(compression, &bytes, &limits);
            assert!(
                said.contains("the memory that a decoder needs in x exceeds the limit of 1048576"),
                "{said}"
            );
        }
    }

    fn crc32(bytes: &[u8]) -> u32 {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum()
    }
}
