//! Reads a layer blob: its digests, and a changeset of entries, whiteouts and opaque markers.

mod changeset;
mod contents;

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use plimsoll_snapshot::{Bytes, Compression, Contents, DiffId, Digest, Facts, Limit, ReadLimits};

use self::changeset::Changeset;
pub use self::contents::{ContentSink, read_contents};
use crate::compression::{ContentType, decompress, sniff};
use crate::depth::Depth;
use crate::digest::HashingReader;
use crate::error::{Error, Result};
use crate::foreign::foreign_content;
use crate::tarball::{TarReader, has_checksum};

/// A blob that was read to its end.
#[derive(Debug)]
pub struct ReadLayer {
    /// How closely it was read.
    pub depth: Depth,
    /// The digest of the blob as it is stored, if it was computed.
    pub digest: Option<Digest>,
    /// The digest of the uncompressed tar: the one it has, or, if none was computed, the one it should have.
    pub diff_id: DiffId,
    /// How the blob is compressed.
    pub compression: Compression,
    /// The size of the blob as it is stored.
    pub blob_bytes: Bytes,
    /// What is in it.
    pub contents: Contents,
}

/// About what an entry takes beside its names, in bytes.
const ENTRY_BYTES: u64 = 64;

impl ReadLayer {
    /// About how many bytes are kept of it in memory.
    #[must_use]
    pub fn retained_bytes(&self) -> u64 {
        let entries = self.contents.entries.len() as u64 + self.contents.whiteouts.len() as u64 + 1;
        let facts = self.contents.facts.as_ref().map_or(0, Facts::retained_bytes);
        self.contents.entries.name_bytes() as u64 + entries * ENTRY_BYTES + facts
    }
}

/// Reads a layer blob, whatever its compression. `place` is what errors call it.
pub fn read_layer(place: &str, blob: impl Read, limits: &ReadLimits) -> Result<ReadLayer> {
    read_from(place, HashingReader::new(blob), None, limits)
}

/// The same without digests: that the layer is `expected` is believed.
pub fn read_believed(
    place: &str,
    blob: impl Read,
    expected: &DiffId,
    limits: &ReadLimits,
) -> Result<ReadLayer> {
    read_from(place, HashingReader::without_hash(blob), Some(expected), limits)
}

/// The same for a blob that is being hashed already, and of which nothing was used up.
pub(crate) fn read_hashed<R: Read>(
    place: &str,
    blob: HashingReader<R>,
    limits: &ReadLimits,
) -> Result<ReadLayer> {
    read_from(place, blob, None, limits)
}

/// Reads the headers of a layer that is stored uncompressed, and jumps over the contents; `None` if it is compressed.
pub fn read_headers(
    place: &str,
    mut blob: impl Read + Seek,
    expected: &DiffId,
    limits: &ReadLimits,
) -> Result<Option<ReadLayer>> {
    let io_error = |source| Error::io(place, 0, source);
    let mut head = Vec::new();
    blob.by_ref().take(2048).read_to_end(&mut head).map_err(io_error)?;
    if let Some(kind) = foreign_content(&head) {
        return Err(Error::ForeignLayer { place: place.to_owned(), kind: kind.to_owned() });
    }
    if !matches!(sniff(&head), ContentType::Tar | ContentType::Empty) {
        return Ok(None);
    }
    let length = blob.seek(SeekFrom::End(0)).map_err(io_error)?;
    blob.seek(SeekFrom::Start(0)).map_err(io_error)?;
    let mut reader = TarReader::new(BufReader::with_capacity(4096, blob), limits[Limit::HeaderBytes]);
    let mut changeset = Changeset::of_headers();
    let mut is_empty = true;
    while let Some(member) = reader.next_member().map_err(|error| error.at(place, limits))? {
        is_empty = false;
        let start = reader.offset();
        if length - start.min(length) < member.stored {
            return Err(Error::Truncated { place: place.to_owned(), offset: length });
        }
        changeset.add(place, &member, &mut reader, limits)?;
        changeset.check(place, limits)?;
        reader.jump().map_err(|source| Error::io(place, start, source))?;
    }
    if is_empty {
        check_empty(place, &mut reader.into_inner())?;
    }
    Ok(Some(ReadLayer {
        depth: Depth::Headers,
        digest: None,
        diff_id: expected.clone(),
        compression: Compression::None,
        blob_bytes: Bytes(length),
        contents: changeset.finish(expected, Bytes(length), limits),
    }))
}

/// Reads a blob. Its digest is `expected` to be that, or else computed.
fn read_from<R: Read>(
    place: &str,
    mut blob: HashingReader<R>,
    expected: Option<&DiffId>,
    limits: &ReadLimits,
) -> Result<ReadLayer> {
    let depth = if expected.is_some() { Depth::Unverified } else { Depth::Verified };
    let head = blob.fill_buf().map_err(|source| Error::io(place, 0, source))?;
    match sniff(head) {
        ContentType::Tar | ContentType::Empty => {
            // The blob is the tar, so one digest serves as both.
            let read = read_changeset(place, blob, expected, limits)?;
            Ok(ReadLayer {
                depth,
                digest: Some(read.diff_id.digest().clone()),
                diff_id: read.diff_id,
                compression: Compression::None,
                blob_bytes: read.contents.tar_bytes,
                contents: read.contents,
            })
        }
        ContentType::Compressed(compression) => {
            let at = |source| Error::io(place, 0, source);
            let tar = decompress(compression, &mut blob, limits).map_err(at)?;
            let tar = match expected {
                Some(_) => HashingReader::without_hash(tar),
                None => HashingReader::new(tar),
            };
            let read = read_changeset(place, tar, expected, limits)?;
            let (digest, blob_bytes) = finish(place, blob)?;
            Ok(ReadLayer {
                depth,
                digest,
                diff_id: read.diff_id,
                compression,
                blob_bytes: Bytes(blob_bytes),
                contents: read.contents,
            })
        }
        ContentType::Json | ContentType::Unknown => Err(not_a_tar(place, head)),
    }
}

/// Why a blob whose content does not begin as a tar cannot be read.
fn not_a_tar(place: &str, head: &[u8]) -> Error {
    match foreign_content(head) {
        Some(kind) => Error::ForeignLayer { place: place.to_owned(), kind: kind.to_owned() },
        None => Error::Damaged {
            place: place.to_owned(),
            offset: 0,
            reason: "it is neither a tar archive nor a compressed one".to_owned(),
        },
    }
}

fn finish(place: &str, reader: HashingReader<impl Read>) -> Result<(Option<Digest>, u64)> {
    let offset = reader.total();
    reader.finish().map_err(|source| Error::io(place, offset, source))
}

/// A tar read to its end: what is in it, and the digest of it.
struct ReadTar {
    contents: Contents,
    diff_id: DiffId,
}

fn read_changeset<R: Read>(
    place: &str,
    mut tar: HashingReader<R>,
    expected: Option<&DiffId>,
    limits: &ReadLimits,
) -> Result<ReadTar> {
    let head = tar.fill_buf().map_err(|source| Error::io(place, 0, source))?;
    if !matches!(sniff(head), ContentType::Tar | ContentType::Empty) || foreign_content(head).is_some() {
        return Err(not_a_tar(place, head));
    }
    let mut reader = TarReader::new(tar, limits[Limit::HeaderBytes]);
    let mut changeset = Changeset::default();
    let mut is_empty = true;
    while let Some(member) = reader.next_member().map_err(|error| error.at(place, limits))? {
        is_empty = false;
        changeset.add(place, &member, &mut reader, limits)?;
        changeset.check(place, limits)?;
    }
    let mut tar = reader.into_inner();
    if is_empty {
        check_empty(place, &mut tar)?;
    }
    let (digest, tar_bytes) = finish(place, tar)?;
    let diff_id = digest.map(DiffId::new).or_else(|| expected.cloned());
    let diff_id = diff_id.expect("a digest that is not expected is computed");
    Ok(ReadTar { contents: changeset.finish(&diff_id, Bytes(tar_bytes), limits), diff_id })
}

/// Checks a tar without a member, whose first block was empty. Engines read nothing behind empty blocks; a layer that
/// begins with them and goes on is something else, and must not count as read. Another tar may follow: eStargz puts its
/// table of contents there.
fn check_empty(place: &str, rest: &mut impl BufRead) -> Result<()> {
    loop {
        let mut block = Vec::with_capacity(512);
        rest.by_ref().take(512).read_to_end(&mut block).map_err(|source| Error::io(place, 0, source))?;
        if block.is_empty() || (block.len() == 512 && block[0] != 0 && has_checksum(&block)) {
            return Ok(());
        }
        if block.iter().any(|&byte| byte != 0) {
            return Err(Error::ForeignLayer {
                place: place.to_owned(),
                kind: "not a tar archive".to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write as _};

    use plimsoll_snapshot::path;
    use tar::EntryType;

    use super::*;
    use crate::error::Hint;

    /// A tar of lines: `f PATH CONTENT`, `d PATH`, `l PATH TARGET`, `h PATH TARGET`.
    fn tar_of(lines: &str) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for line in lines.lines() {
            let words: Vec<&str> = line.split(' ').collect();
            let mut header = tar::Header::new_ustar();
            header.set_mode(0o644);
            header.set_entry_type(match words[0] {
                "f" => EntryType::Regular,
                "d" => EntryType::Directory,
                "l" => EntryType::Symlink,
                _ => EntryType::Link,
            });
            let content = if words[0] == "f" { words[2] } else { "" };
            header.set_size(content.len() as u64);
            if "lh".contains(words[0]) {
                header.set_link_name_literal(words[2]).unwrap();
            }
            let name = words[1].as_bytes();
            header.as_mut_bytes()[..name.len()].copy_from_slice(name);
            header.set_cksum();
            tar.append(&header, content.as_bytes()).unwrap();
        }
        tar.into_inner().unwrap()
    }

    fn read(tar: &[u8]) -> ReadLayer {
        read_layer("layer", tar, &ReadLimits::default()).unwrap()
    }

    fn paths(contents: &Contents) -> Vec<String> {
        contents.entries.iter().map(|entry| path::escape(entry.path).into_owned()).collect()
    }

    #[test]
    fn a_changeset_is_told_from_its_markers() {
        let layer =
            read(&tar_of("d ./\nf ./b x\nf a/.wh.gone \nf a/.wh..wh..opq \nf .wh..wh.aufs \nl a/l ../b"));
        assert_eq!(paths(&layer.contents), ["", "a/l", "b"]);
        assert_eq!(layer.contents.whiteouts.iter().collect::<Vec<_>>(), [b"a/gone"]);
        assert_eq!(layer.contents.opaque.iter().collect::<Vec<_>>(), [b"a"]);
    }

    #[test]
    fn what_is_believed_is_read_as_what_is_verified() {
        let tar = tar_of("d a\nf a/b x\nl c b");
        let verified = read(&tar);
        let expected = DiffId::new(Digest::sha256([7; 32]));
        let believed = read_believed("layer", &tar[..], &expected, &ReadLimits::default()).unwrap();
        assert_eq!(believed.contents, verified.contents);
        assert_eq!((believed.depth, believed.diff_id), (Depth::Unverified, expected));
    }

    #[test]
    fn headers_tell_all_but_contents() {
        let content = "x".repeat(5000);
        let tar = tar_of(&format!("d a\nf a/.wh.b \nf c {content}\nh d c\nf e \nl f c"));
        let verified = read(&tar);
        let layer = |tar: &[u8]| {
            let expected = verified.diff_id.clone();
            read_headers("layer", io::Cursor::new(tar), &expected, &ReadLimits::default())
        };
        let headers = layer(&tar).unwrap().unwrap();
        assert_eq!(headers.contents.tar_bytes, Bytes(tar.len() as u64));
        assert_eq!(paths(&headers.contents), paths(&verified.contents));
        assert_eq!(headers.contents.whiteouts, verified.contents.whiteouts);
        let sizes =
            |contents: &Contents| contents.entries.iter().map(|entry| entry.node.kind()).collect::<Vec<_>>();
        assert_eq!(sizes(&headers.contents), sizes(&verified.contents));
        assert!(headers.contents.facts.is_none());
        assert_eq!(layer(&tar).unwrap().unwrap().contents, headers.contents);
        assert!(matches!(layer(&tar[..3000]), Err(Error::Truncated { .. })));
        assert!(layer(&zstd::encode_all(&tar[..], 1).unwrap()).unwrap().is_none());
    }

    #[test]
    fn every_compression_gives_the_same_layer() {
        let tar = tar_of("f a one\nf b two");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&tar).unwrap();
        let plain = read(&tar);
        for blob in [gzip.finish().unwrap(), zstd::encode_all(&tar[..], 1).unwrap()] {
            let layer = read(&blob);
            assert_eq!((layer.diff_id, layer.contents), (plain.diff_id.clone(), plain.contents.clone()));
            assert_ne!(layer.digest, plain.digest);
            assert_eq!(layer.blob_bytes, Bytes(blob.len() as u64));
        }
    }

    #[test]
    fn equal_contents_have_equal_hashes() {
        let long = "x".repeat(1 << 20);
        let layer = read(&tar_of(&format!("f a {long}\nf b {long}\nf c {long}y")));
        let hashes: Vec<_> = layer.contents.entries.iter().map(|entry| entry.node).collect();
        assert_eq!(hashes[0], hashes[1]);
        assert_ne!(hashes[0], hashes[2]);
    }

    #[test]
    fn what_leaves_the_image_is_warned_about_and_not_counted() {
        let layer = read(&tar_of("f ../evil x\nf a x\nf a yy"));
        assert_eq!(paths(&layer.contents), ["a"]);
        let warnings: Vec<_> = layer.contents.warnings.iter().map(ToString::to_string).collect();
        assert!(warnings[0].contains("1 entries (1 bytes) are superseded"), "{warnings:?}");
        assert!(warnings[1].contains("`../evil` leaves the image"), "{warnings:?}");
    }

    #[test]
    fn files_that_only_serve_lazy_pulling_are_no_content() {
        let layer = read(&tar_of("f a x\nf .no.prefetch.landmark x\nf stargz.index.json {}"));
        assert_eq!(paths(&layer.contents), ["a"]);
        let layer = read(&tar_of("f a x\nf .no.prefetch.landmark x"));
        assert_eq!(paths(&layer.contents), [".no.prefetch.landmark", "a"]);
    }

    #[test]
    fn damage_is_named() {
        let message =
            |blob: &[u8]| read_layer("blob x", blob, &ReadLimits::default()).unwrap_err().to_string();
        let tar = tar_of("f a one\nf b two");
        assert_eq!(message(&tar[..514]), "blob x is truncated after 514 bytes");
        let packed = zstd::encode_all(&tar[..], 1).unwrap();
        assert!(message(&packed[..packed.len() - 3]).starts_with("blob x is truncated"));
        assert!(message(b"hello").contains("neither a tar archive nor a compressed one"));
        assert!(message(&tar_of("f a/.wh. ")).contains("a whiteout names no file"));
    }

    #[test]
    fn what_begins_as_an_empty_tar_and_goes_on_is_none() {
        let message =
            |blob: &[u8]| read_layer("blob x", blob, &ReadLimits::default()).unwrap_err().to_string();
        let mut erofs = vec![0; 8192];
        erofs[1024..1028].copy_from_slice(&[0xe2, 0xe1, 0xf5, 0xe0]);
        let mut other = vec![0; 1 << 20];
        other[900_000] = 1;
        for (content, kind) in [(erofs, "an EROFS image"), (other, "not a tar archive")] {
            let expected = format!("blob x is {kind}");
            assert!(message(&content).starts_with(&expected), "{}", message(&content));
            let packed = zstd::encode_all(&content[..], 1).unwrap();
            assert!(message(&packed).starts_with(&expected), "{}", message(&packed));
            let diff_id = DiffId::new(Digest::sha256([7; 32]));
            let headers = read_headers("blob x", io::Cursor::new(&content), &diff_id, &ReadLimits::default());
            assert!(headers.unwrap_err().to_string().starts_with(&expected));
        }
        assert_eq!(read(&[0; 10_240]).contents.entries.len(), 0);
        // The table of contents of an empty eStargz layer.
        let estargz = [&[0; 1024][..], &tar_of("f stargz.index.json {}")].concat();
        assert_eq!(read(&estargz).contents.entries.len(), 0);
        assert!(message(&zstd::encode_all(&b"hello"[..], 1).unwrap()).contains("damaged"));
    }

    #[test]
    fn limits_hold() {
        let limits = ReadLimits::default().with(Limit::Entries, 1);
        let error = read_layer("blob x", &tar_of("f a 1\nf b 1")[..], &limits).unwrap_err();
        assert_eq!(error.hint(), Some(Hint::Raise(Limit::Entries)));
        let text = error.to_string();
        assert!(text.contains("the number of entries in blob x exceeds the limit of 1"), "{text}");
    }
}
