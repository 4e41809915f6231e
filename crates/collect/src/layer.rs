//! Reads a layer blob: its digests, and a changeset of entries, whiteouts and opaque markers.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use plimsoll_snapshot::{
    Attributes, Bytes, Compression, ContentHash, Contents, DiffId, Digest, EntriesBuilder, Facts, Limit,
    Node, Paths, Warning, path,
};
use tar::EntryType;
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::catalog::{LayerCatalog, resolve};
use crate::compression::{Found, decompress, sniff};
use crate::depth::Depth;
use crate::digest::HashingReader;
use crate::error::{Error, Result};
use crate::foreign::foreign_content;
use crate::limits::Limits;
use crate::path::{Marker, marker, normalise};
use crate::symlinks::Symlinks;
use crate::tarball::{Member, TarError, TarErrorKind, TarReader, has_checksum};

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
pub fn read_layer(place: &str, blob: impl Read, limits: &Limits) -> Result<ReadLayer> {
    read_from(place, HashingReader::new(blob), None, limits)
}

/// The same without digests: that the layer is `expected` is believed.
pub fn read_believed(place: &str, blob: impl Read, expected: &DiffId, limits: &Limits) -> Result<ReadLayer> {
    read_from(place, HashingReader::without_hash(blob), Some(expected), limits)
}

/// The same for a blob that is being hashed already, and of which nothing was used up.
pub(crate) fn read_hashed<R: Read>(
    place: &str,
    blob: HashingReader<R>,
    limits: &Limits,
) -> Result<ReadLayer> {
    read_from(place, blob, None, limits)
}

/// Reads the headers of a layer that is stored uncompressed, and jumps over the contents; `None` if it is compressed.
pub fn read_headers(
    place: &str,
    mut blob: impl Read + Seek,
    expected: &DiffId,
    limits: &Limits,
) -> Result<Option<ReadLayer>> {
    let io_error = |source| Error::io(place, 0, source);
    let mut head = Vec::new();
    blob.by_ref().take(2048).read_to_end(&mut head).map_err(io_error)?;
    if let Some(kind) = foreign_content(&head) {
        return Err(Error::ForeignLayer { place: place.to_owned(), kind: kind.to_owned() });
    }
    if !matches!(sniff(&head), Found::Tar | Found::Empty) {
        return Ok(None);
    }
    let length = blob.seek(SeekFrom::End(0)).map_err(io_error)?;
    blob.seek(SeekFrom::Start(0)).map_err(io_error)?;
    let mut reader = TarReader::new(BufReader::with_capacity(4096, blob), limits.header_bytes);
    let mut builder = Builder { headers_only: true, ..Builder::default() };
    let mut is_empty = true;
    while let Some(member) = reader.next_member().map_err(|error| at(place, error, limits))? {
        is_empty = false;
        let start = reader.offset();
        if length - start.min(length) < member.stored {
            return Err(Error::Truncated { place: place.to_owned(), offset: length });
        }
        builder.add(place, &member, &mut reader, limits)?;
        builder.check(place, limits)?;
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
        contents: builder.finish(expected, Bytes(length), limits),
    }))
}

/// Reads a blob. Its digest is `expected` to be that, or else computed.
fn read_from<R: Read>(
    place: &str,
    mut blob: HashingReader<R>,
    expected: Option<&DiffId>,
    limits: &Limits,
) -> Result<ReadLayer> {
    let depth = if expected.is_some() { Depth::Unverified } else { Depth::Verified };
    let head = blob.fill_buf().map_err(|source| Error::io(place, 0, source))?;
    match sniff(head) {
        Found::Tar | Found::Empty => {
            // The blob is the tar, so one digest serves as both.
            let changeset = read_changeset(place, blob, expected, limits)?;
            Ok(ReadLayer {
                depth,
                digest: Some(changeset.diff_id.digest().clone()),
                diff_id: changeset.diff_id,
                compression: Compression::None,
                blob_bytes: changeset.contents.tar_bytes,
                contents: changeset.contents,
            })
        }
        Found::Compressed(compression) => {
            let at = |source| Error::io(place, 0, source);
            let tar = decompress(compression, &mut blob, limits).map_err(at)?;
            let tar = match expected {
                Some(_) => HashingReader::without_hash(tar),
                None => HashingReader::new(tar),
            };
            let changeset = read_changeset(place, tar, expected, limits)?;
            let (digest, blob_bytes) = finish(place, blob)?;
            Ok(ReadLayer {
                depth,
                digest,
                diff_id: changeset.diff_id,
                compression,
                blob_bytes: Bytes(blob_bytes),
                contents: changeset.contents,
            })
        }
        Found::Json | Found::Unknown => Err(not_a_tar(place, head)),
    }
}

/// Why a blob whose content does not begin as a tar cannot be read.
fn not_a_tar(place: &str, head: &[u8]) -> Error {
    match foreign_content(head) {
        Some(kind) => Error::ForeignLayer { place: place.to_owned(), kind: kind.to_owned() },
        None => Error::Damaged {
            place: place.to_owned(),
            offset: 0,
            reason: "it is neither a tar nor a compressed one".to_owned(),
        },
    }
}

fn finish(place: &str, reader: HashingReader<impl Read>) -> Result<(Option<Digest>, u64)> {
    let offset = reader.total();
    reader.finish().map_err(|source| Error::io(place, offset, source))
}

/// A tar read to its end: what is in it, and the digest of it.
struct Changeset {
    contents: Contents,
    diff_id: DiffId,
}

fn read_changeset<R: Read>(
    place: &str,
    mut tar: HashingReader<R>,
    expected: Option<&DiffId>,
    limits: &Limits,
) -> Result<Changeset> {
    let head = tar.fill_buf().map_err(|source| Error::io(place, 0, source))?;
    if !matches!(sniff(head), Found::Tar | Found::Empty) || foreign_content(head).is_some() {
        return Err(not_a_tar(place, head));
    }
    let mut reader = TarReader::new(tar, limits.header_bytes);
    let mut builder = Builder::default();
    let mut is_empty = true;
    while let Some(member) = reader.next_member().map_err(|error| at(place, error, limits))? {
        is_empty = false;
        builder.add(place, &member, &mut reader, limits)?;
        builder.check(place, limits)?;
    }
    let mut tar = reader.into_inner();
    if is_empty {
        check_empty(place, &mut tar)?;
    }
    let (digest, tar_bytes) = finish(place, tar)?;
    let diff_id = digest.map(DiffId::new).or_else(|| expected.cloned());
    let diff_id = diff_id.expect("a digest that is not expected is computed");
    Ok(Changeset { contents: builder.finish(&diff_id, Bytes(tar_bytes), limits), diff_id })
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

/// Gives an error of the tar its place.
pub(crate) fn at(place: &str, error: TarError, limits: &Limits) -> Error {
    let (place, offset) = (place.to_owned(), error.offset);
    match error.kind {
        TarErrorKind::Io(source) => Error::io(place, offset, source),
        TarErrorKind::Truncated => Error::Truncated { place, offset },
        TarErrorKind::Damaged(reason) => Error::Damaged { place, offset, reason },
        TarErrorKind::HeaderTooLarge(found) => Error::Limit {
            what: "an extended header",
            place,
            limit: limits.header_bytes,
            found: Some(found),
            which: Limit::HeaderBytes,
        },
    }
}

/// How many new directories a path may lead through, on average. Those of a layer mostly follow each other.
const STEPS: u64 = 4;

/// What was read so far. The layer's identity is known only at the end, so warnings wait for it.
#[derive(Default)]
struct Builder {
    headers_only: bool,
    entries: EntriesBuilder,
    whiteouts: BTreeSet<SortedPath>,
    opaque: BTreeSet<SortedPath>,
    /// Bytes of names that are not those of entries.
    marker_bytes: u64,
    /// Directories that entries may lie in without saying so.
    steps: u64,
    last: Vec<u8>,
    outside: Vec<String>,
    unknown: Vec<(String, String)>,
    is_estargz: bool,
    symlinks: Symlinks,
    catalog: LayerCatalog,
}

impl Builder {
    fn add<R: BufRead>(
        &mut self,
        place: &str,
        member: &Member,
        reader: &mut TarReader<R>,
        limits: &Limits,
    ) -> Result<()> {
        self.check_names(place, member, limits)?;
        let Some(path) = normalise(&member.name) else {
            self.marker_bytes += member.name.len() as u64;
            self.outside.push(path::escape(&member.name).into_owned());
            return Ok(());
        };
        let path = self.symlinks.resolve(path);
        self.count_steps(&path);
        match marker(&path) {
            Some(Marker::Whiteout(target)) => {
                self.marker_bytes += target.len() as u64;
                self.whiteouts.insert(SortedPath(target));
                return Ok(());
            }
            Some(Marker::Opaque(directory)) => {
                self.marker_bytes += directory.len() as u64;
                self.opaque.insert(SortedPath(directory));
                return Ok(());
            }
            Some(Marker::Bookkeeping) => return Ok(()),
            Some(Marker::Nameless) => {
                return Err(Error::Damaged {
                    place: place.to_owned(),
                    offset: reader.offset(),
                    reason: "a whiteout names no file".to_owned(),
                });
            }
            None => {}
        }
        let link = (member.kind == EntryType::Symlink).then_some(&member.link[..]);
        self.symlinks.note(&path, link);
        let attributes =
            Attributes { mode: member.mode, uid: member.uid, gid: member.gid, xattrs: member.xattrs.clone() };
        let target;
        let node = match member.kind {
            EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                if path.is_empty() {
                    self.outside.push("/".to_owned());
                    return Ok(());
                }
                self.is_estargz |= &*path == ESTARGZ_INDEX;
                let size = Bytes(member.size);
                if self.headers_only {
                    let node = Node::File { size, content: look_of(&path, member) };
                    self.entries.push(&path, node, attributes);
                    return Ok(());
                }
                let mut reading = self.catalog.start(&path, member.size, member.mode, limits);
                let catalog = &self.catalog;
                let content = read_content(reader, |bytes| {
                    if let Some(reading) = &mut reading {
                        catalog.feed(reading, &path, member.size, bytes);
                    }
                })
                .map_err(|error| at(place, error, limits))?;
                if let Some(reading) = reading {
                    self.catalog.finish_file(reading, &path, limits);
                }
                Node::File { size, content }
            }
            EntryType::Directory => Node::Directory,
            EntryType::Symlink => {
                if !self.headers_only
                    && let Some(target) = resolve(path::parent(&path), &member.link)
                {
                    let target = self.symlinks.resolve(target.into());
                    // Its target has the permission bits.
                    self.catalog.link(&path, 0, &target, false, limits);
                }
                Node::Symlink { target: &member.link }
            }
            EntryType::Link => {
                let Some(normal) = normalise(&member.link) else {
                    self.marker_bytes += member.link.len() as u64;
                    self.outside.push(path::escape(&member.link).into_owned());
                    return Ok(());
                };
                target = self.symlinks.resolve(normal);
                if !self.headers_only {
                    self.catalog.link(&path, member.mode, &target, true, limits);
                }
                Node::Hardlink { target: &target }
            }
            EntryType::Char => Node::CharDevice,
            EntryType::Block => Node::BlockDevice,
            EntryType::Fifo => Node::Fifo,
            other => {
                let entry_type = char::from(other.as_byte()).escape_default().to_string();
                self.marker_bytes += path.len() as u64;
                self.unknown.push((path::escape(&path).into_owned(), entry_type));
                return Ok(());
            }
        };
        self.entries.push(&path, node, attributes);
        Ok(())
    }

    /// Names of an entry that are longer than any system takes, and the bytes of its attributes' names.
    fn check_names(&mut self, place: &str, member: &Member, limits: &Limits) -> Result<()> {
        let longest = member.name.len().max(member.link.len()) as u64;
        if longest > limits.path_bytes {
            return Err(Error::Limit {
                what: "the length of a path",
                place: place.to_owned(),
                limit: limits.path_bytes,
                found: Some(longest),
                which: Limit::PathBytes,
            });
        }
        self.marker_bytes += member.xattrs.iter().map(|name| name.len() as u64).sum::<u64>();
        Ok(())
    }

    /// Counts the parts of a path that the one before has not: each may become a directory of the tree.
    fn count_steps(&mut self, path: &[u8]) {
        let shared = self.last.iter().zip(path).take_while(|(a, b)| a == b).count();
        self.steps += 1 + path[shared..].iter().filter(|&&byte| byte == b'/').count() as u64;
        self.last.clear();
        self.last.extend_from_slice(path);
    }

    fn check(&self, place: &str, limits: &Limits) -> Result<()> {
        let count = self.entries.len()
            + self.whiteouts.len()
            + self.opaque.len()
            + self.outside.len()
            + self.unknown.len();
        let names = self.entries.name_bytes() as u64 + self.marker_bytes;
        let exceeded = |what, limit, found, which| {
            Err(Error::Limit { what, place: place.to_owned(), limit, found: Some(found), which })
        };
        if count as u64 > limits.entries {
            return exceeded("the number of entries", limits.entries, count as u64, Limit::Entries);
        }
        let directories = limits.entries.saturating_mul(STEPS);
        if self.steps > directories {
            return exceeded("the number of directories in paths", directories, self.steps, Limit::Entries);
        }
        if names > limits.name_bytes {
            return exceeded("the length of all names", limits.name_bytes, names, Limit::NameBytes);
        }
        Ok(())
    }

    fn finish(self, layer: &DiffId, tar_bytes: Bytes, limits: &Limits) -> Contents {
        let (mut entries, superseded, bytes) = self.entries.finish();
        if self.is_estargz {
            entries.retain(|path| !ESTARGZ_FILES.contains(&path));
        }
        let mut warnings = Vec::new();
        if superseded > 0 {
            warnings.push(Warning::DuplicateEntries { layer: layer.clone(), entries: superseded, bytes });
        }
        warnings.extend(
            self.outside.into_iter().map(|path| Warning::PathOutsideImage { layer: layer.clone(), path }),
        );
        warnings.extend(self.unknown.into_iter().map(|(path, entry_type)| Warning::UnknownEntryType {
            layer: layer.clone(),
            path,
            entry_type,
        }));
        let facts = self.catalog.finish(layer, &entries, limits, &mut warnings);
        let sorted =
            |paths: BTreeSet<SortedPath>| -> Paths { paths.iter().map(|path| &path.0[..]).collect() };
        Contents {
            tar_bytes,
            entries,
            whiteouts: sorted(self.whiteouts),
            opaque: sorted(self.opaque),
            warnings,
            facts: (limits.metadata_bytes > 0 && !self.headers_only).then_some(facts),
        }
    }
}

/// The table of contents of an eStargz layer, and its landmarks: they help to fetch a layer lazily, and are no part
/// of the file system (stargz-snapshotter, docs/estargz.md).
const ESTARGZ_INDEX: &[u8] = b"stargz.index.json";
const ESTARGZ_FILES: [&[u8]; 3] = [ESTARGZ_INDEX, b".prefetch.landmark", b".no.prefetch.landmark"];

/// A path with the order of paths.
#[derive(PartialEq, Eq)]
struct SortedPath(Vec<u8>);

impl Ord for SortedPath {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        path::compare(&self.0, &other.0)
    }
}

impl PartialOrd for SortedPath {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// What stands for the content of a file whose content was not read: rsync, too, takes a file for the same if size and
/// time are.
fn look_of(path: &[u8], member: &Member) -> ContentHash {
    let mut hash = Xxh3Default::new();
    hash.update(&member.size.to_le_bytes());
    hash.update(&member.modified.to_le_bytes());
    hash.update(path);
    ContentHash(hash.digest())
}

/// Hashes the content of the current member, and shows it to the catalogers. A sparse file is read as it is stored.
fn read_content<R: BufRead>(
    reader: &mut TarReader<R>,
    mut feed: impl FnMut(&[u8]),
) -> std::result::Result<ContentHash, TarError> {
    let left = reader.content_left();
    let first = reader.content()?;
    // Most files lie in the buffer as a whole, and one call is several times as fast as a state to be kept.
    if first.len() as u64 == left {
        let hash = ContentHash(xxh3_64(first));
        feed(first);
        let length = first.len();
        reader.consume_content(length);
        return Ok(hash);
    }
    let mut hash = Xxh3Default::new();
    loop {
        let content = reader.content()?;
        if content.is_empty() {
            return Ok(ContentHash(hash.digest()));
        }
        hash.update(content);
        feed(content);
        let length = content.len();
        reader.consume_content(length);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write as _};

    use plimsoll_snapshot::Limit;

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
        read_layer("layer", tar, &Limits::default()).unwrap()
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
        let believed = read_believed("layer", &tar[..], &expected, &Limits::default()).unwrap();
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
            read_headers("layer", io::Cursor::new(tar), &expected, &Limits::default())
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
        let message = |blob: &[u8]| read_layer("blob x", blob, &Limits::default()).unwrap_err().to_string();
        let tar = tar_of("f a one\nf b two");
        assert_eq!(message(&tar[..514]), "blob x is truncated after 514 bytes");
        let packed = zstd::encode_all(&tar[..], 1).unwrap();
        assert!(message(&packed[..packed.len() - 3]).starts_with("blob x is truncated"));
        assert!(message(b"hello").contains("neither a tar nor a compressed one"));
        assert!(message(&tar_of("f a/.wh. ")).contains("a whiteout names no file"));
    }

    #[test]
    fn what_begins_as_an_empty_tar_and_goes_on_is_none() {
        let message = |blob: &[u8]| read_layer("blob x", blob, &Limits::default()).unwrap_err().to_string();
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
            let headers = read_headers("blob x", io::Cursor::new(&content), &diff_id, &Limits::default());
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
        let limits = Limits { entries: 1, ..Limits::default() };
        let error = read_layer("blob x", &tar_of("f a 1\nf b 1")[..], &limits).unwrap_err();
        assert_eq!(error.hint(), Some(Hint::Raise(Limit::Entries)));
        let text = error.to_string();
        assert!(text.contains("the number of entries in blob x exceeds the limit of 1"), "{text}");
    }
}
