//! Reads archives: an index of one whose members can be jumped to, or one pass over one that can only be streamed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use plimsoll_snapshot::{Compression, Contents, Limit, ReadLimits};
use tar::EntryType;

use crate::compression::{ContentType, decompress, sniff};
use crate::digest::HashingReader;
use crate::error::{Error, ForeignContent, Result};
use crate::foreign::foreign_input;
use crate::layer::{ReadLayer, read_hashed};
use crate::path::normalise;
use crate::plan::PlannedImage;
use crate::store::Store;
use crate::tarball::{Member, TarReader};
use crate::usage::Usage;

/// Where the members of an uncompressed tar lie.
#[derive(Debug, Default)]
pub struct ArchiveIndex {
    files: BTreeMap<String, (u64, u64)>,
    links: BTreeMap<String, String>,
}

impl ArchiveIndex {
    /// Reads the headers of an uncompressed tar, and jumps over the contents.
    pub fn read(place: &str, mut archive: impl Read + Seek, limits: &ReadLimits) -> Result<Self> {
        let io_error = |source| Error::io(place, 0, source);
        let length = archive.seek(SeekFrom::End(0)).map_err(io_error)?;
        archive.seek(SeekFrom::Start(0)).map_err(io_error)?;
        let mut reader = TarReader::new(BufReader::with_capacity(1024, archive), limits[Limit::HeaderBytes]);
        let mut index = Self::default();
        let mut members = Members::default();
        while let Some(member) = reader.next_member().map_err(|error| error.at(place, limits))? {
            members.add(place, &member, limits)?;
            let start = reader.offset();
            if length - start.min(length) < member.stored {
                return Err(Error::Truncated { place: place.to_owned(), offset: length });
            }
            if let Some(name) = member_name(&member) {
                match member.kind {
                    EntryType::Regular | EntryType::Continuous => {
                        index.files.insert(name, (start, member.stored));
                    }
                    EntryType::Symlink | EntryType::Link => {
                        index.links.insert(name.clone(), link_target(&name, &member));
                    }
                    _ => {}
                }
            }
            reader.jump().map_err(|source| Error::io(place, start, source))?;
        }
        Ok(index)
    }

    /// The offset and size of a member; links are followed.
    #[must_use]
    pub fn find(&self, member: &str) -> Option<(u64, u64)> {
        self.files.get(follow(&self.links, member)).copied()
    }
}

/// What was seen of an archive, whatever was kept of it.
#[derive(Default)]
struct Members {
    count: u64,
    name_bytes: u64,
}

impl Members {
    fn add(&mut self, place: &str, member: &Member, limits: &ReadLimits) -> Result<()> {
        self.count += 1;
        self.name_bytes += (member.name.len() + member.link.len()) as u64;
        let bounds = [
            ("the number of members", limits[Limit::Entries], self.count, Limit::Entries),
            ("the length of all names", limits[Limit::NameBytes], self.name_bytes, Limit::NameBytes),
        ];
        match bounds.into_iter().find(|(_, limit, found, _)| found > limit) {
            Some((what, limit, found, which)) => {
                Err(Error::Limit { what, place: place.to_owned(), limit, found: Some(found), which })
            }
            None => Ok(()),
        }
    }
}

/// Docker up to 24 stores a layer once, and links to it from the other places it belongs to.
fn follow<'a>(links: &'a BTreeMap<String, String>, member: &'a str) -> &'a str {
    let mut member = member;
    for _ in 0..links.len().min(64) {
        match links.get(member) {
            Some(target) => member = target,
            None => break,
        }
    }
    member
}

fn member_name(member: &Member) -> Option<String> {
    let name = normalise(&member.name)?;
    String::from_utf8(name.into_owned()).ok()
}

fn link_target(name: &str, member: &Member) -> String {
    let target = String::from_utf8_lossy(&member.link).into_owned();
    if member.kind == EntryType::Link || target.starts_with('/') {
        return target.trim_start_matches('/').to_owned();
    }
    // A symbolic link is relative to the directory it lies in.
    let mut parts: Vec<&str> = name.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// An archive that was read in one pass: its documents, and every layer in it.
#[derive(Debug, Default)]
pub struct StreamedImages {
    documents: BTreeMap<String, Vec<u8>>,
    layers: BTreeMap<String, ReadLayer>,
    links: BTreeMap<String, String>,
}

impl StreamedImages {
    /// The layers by the names that these images know them under.
    #[must_use]
    pub fn into_layers(mut self, images: &[PlannedImage]) -> BTreeMap<String, ReadLayer> {
        // Several links to one layer: an engine writes them for layers that are equal, so any of them will do. What a
        // snapshot has of a layer already is not asked for again, so the first link of each is enough.
        let links = std::mem::take(&mut self.links);
        let planned = images.iter().flat_map(|image| &image.layers).filter_map(|layer| layer.member.as_ref());
        let (mut seen, mut copied) = (BTreeSet::new(), BTreeSet::new());
        for link in planned.filter(|member| links.contains_key(*member) && seen.insert(*member)) {
            let target = follow(&links, link);
            if let Some(layer) = self.layers.get(target) {
                let copy = ReadLayer {
                    depth: layer.depth,
                    digest: layer.digest.clone(),
                    diff_id: layer.diff_id.clone(),
                    compression: layer.compression,
                    blob_bytes: layer.blob_bytes,
                    contents: if copied.insert(target) {
                        layer.contents.clone()
                    } else {
                        Contents::default()
                    },
                };
                self.layers.insert(link.clone(), copy);
            }
        }
        self.layers
    }
}

impl Store for StreamedImages {
    fn open(&self, member: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let document = self.documents.get(follow(&self.links, member));
        Ok(document.map(|bytes| Box::new(&bytes[..]) as Box<dyn Read>))
    }

    fn size(&self, member: &str) -> Option<u64> {
        let member = follow(&self.links, member);
        let document = self.documents.get(member).map(|bytes| bytes.len() as u64);
        document.or_else(|| self.layers.get(member).map(|layer| layer.blob_bytes.0))
    }
}

/// Reads an archive, compressed or not, in one pass. Which blobs are layers of which image is known only at the end,
/// since `manifest.json` comes last: so everything that is a layer by its content is read as one.
pub fn read_stream(place: &str, archive: impl Read, limits: &ReadLimits) -> Result<StreamedImages> {
    let io_error = |source| Error::io(place, 0, source);
    let mut archive = BufReader::with_capacity(256 << 10, archive);
    let compression = match sniff(archive.fill_buf().map_err(io_error)?) {
        ContentType::Compressed(compression) => compression,
        ContentType::Tar => Compression::None,
        ContentType::Json if is_snapshot(archive.buffer()) => return Err(snapshot(place)),
        ContentType::Json | ContentType::Empty | ContentType::Unknown => {
            let content = foreign_input(archive.buffer());
            return Err(Error::Foreign { place: place.to_owned(), content });
        }
    };
    if compression == Compression::None {
        return read_members(place, archive, limits);
    }
    let inner = decompress(compression, archive, limits).map_err(io_error)?;
    let mut inner = BufReader::with_capacity(256 << 10, inner);
    let head = inner.fill_buf().map_err(io_error)?;
    if is_snapshot(head) {
        return Err(snapshot(place));
    }
    if sniff(head) != ContentType::Tar {
        return Err(Error::Foreign { place: place.to_owned(), content: ForeignContent::Packed });
    }
    read_members(place, inner, limits)
}

/// Whether a file begins as snapshots do.
fn is_snapshot(head: &[u8]) -> bool {
    head.starts_with(b"{\"schema_version\"")
}

fn snapshot(place: &str) -> Error {
    Error::NotAnImage {
        found: format!("{place} is a snapshot of Plimsoll, not a container image"),
        expected: "`inspect`, `compare`, `report` and `check` read snapshots; here, give the image itself",
    }
}

fn read_members(place: &str, archive: impl BufRead, limits: &ReadLimits) -> Result<StreamedImages> {
    let mut reader = TarReader::new(archive, limits[Limit::HeaderBytes]);
    let mut images = StreamedImages::default();
    let mut members = Members::default();
    let taken = Usage::default();
    let mut document_bytes = 0;
    while let Some(member) = reader.next_member().map_err(|error| error.at(place, limits))? {
        members.add(place, &member, limits)?;
        let Some(name) = member_name(&member) else { continue };
        match member.kind {
            EntryType::Regular | EntryType::Continuous => {}
            EntryType::Symlink | EntryType::Link => {
                let target = link_target(&name, &member);
                images.links.insert(name, target);
                continue;
            }
            _ => continue,
        }
        let member_place = format!("`{name}` in {place}");
        let start = reader.offset();
        let mut content = HashingReader::new(&mut reader);
        let head = content.fill_buf().map_err(|source| Error::io(place, start, source))?;
        match sniff(head) {
            ContentType::Tar | ContentType::Compressed(_) => {
                let layer = read_hashed(&member_place, content, limits)?;
                taken.add(&member_place, &layer, limits)?;
                images.layers.insert(name, layer);
            }
            ContentType::Json if member.stored <= limits[Limit::DocumentBytes] => {
                let mut bytes = Vec::new();
                content.read_to_end(&mut bytes).map_err(|source| Error::io(place, start, source))?;
                document_bytes += bytes.len() as u64;
                images.documents.insert(name, bytes);
            }
            ContentType::Json | ContentType::Empty | ContentType::Unknown => {}
        }
        // Many small documents are as bad as one large one.
        let limit = limits[Limit::DocumentBytes].saturating_mul(4);
        if document_bytes > limit {
            return Err(Error::Limit {
                what: "the size of all documents",
                place: place.to_owned(),
                limit,
                found: Some(document_bytes),
                which: Limit::DocumentBytes,
            });
        }
    }
    Ok(images)
}
