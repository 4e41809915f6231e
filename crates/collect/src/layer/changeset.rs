//! What is in a layer: entries, whiteouts and opaque markers, with what catalogers read in its files.

use std::collections::BTreeSet;
use std::io::BufRead;

use plimsoll_snapshot::{
    Attributes, Bytes, ContentHash, Contents, DiffId, EntriesBuilder, Limit, Node, Paths, ReadLimits,
    Warning, path,
};
use tar::EntryType;
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use crate::catalog::{LayerCatalog, resolve};
use crate::error::{Error, Result};
use crate::path::{Marker, marker, normalise};
use crate::symlinks::Symlinks;
use crate::tarball::{Member, TarError, TarReader};

/// How many new directories a path may lead through, on average. Those of a layer mostly follow each other.
const STEPS: u64 = 4;

/// What was read so far. The layer's identity is known only at the end, so warnings wait for it.
#[derive(Default)]
pub(super) struct Changeset {
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

impl Changeset {
    /// Contents of files are not read.
    pub(super) fn of_headers() -> Self {
        Self { headers_only: true, ..Self::default() }
    }

    /// Takes a member of the tar in.
    pub(super) fn add<R: BufRead>(
        &mut self,
        place: &str,
        member: &Member,
        reader: &mut TarReader<R>,
        limits: &ReadLimits,
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
                .map_err(|error| error.at(place, limits))?;
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
    fn check_names(&mut self, place: &str, member: &Member, limits: &ReadLimits) -> Result<()> {
        let longest = member.name.len().max(member.link.len()) as u64;
        if longest > limits[Limit::PathBytes] {
            return Err(Error::Limit {
                what: "the length of a path",
                place: place.to_owned(),
                limit: limits[Limit::PathBytes],
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

    /// Fails if there is more than the limits allow.
    pub(super) fn check(&self, place: &str, limits: &ReadLimits) -> Result<()> {
        let count = self.entries.len()
            + self.whiteouts.len()
            + self.opaque.len()
            + self.outside.len()
            + self.unknown.len();
        let names = self.entries.name_bytes() as u64 + self.marker_bytes;
        let exceeded = |what, limit, found, which| {
            Err(Error::Limit { what, place: place.to_owned(), limit, found: Some(found), which })
        };
        if count as u64 > limits[Limit::Entries] {
            return exceeded("the number of entries", limits[Limit::Entries], count as u64, Limit::Entries);
        }
        let directories = limits[Limit::Entries].saturating_mul(STEPS);
        if self.steps > directories {
            return exceeded("the number of directories in paths", directories, self.steps, Limit::Entries);
        }
        if names > limits[Limit::NameBytes] {
            return exceeded("the length of all names", limits[Limit::NameBytes], names, Limit::NameBytes);
        }
        Ok(())
    }

    /// All of it, when the identity of the layer is known.
    pub(super) fn finish(self, layer: &DiffId, tar_bytes: Bytes, limits: &ReadLimits) -> Contents {
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
            facts: (limits[Limit::MetadataBytes] > 0 && !self.headers_only).then_some(facts),
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
pub(super) fn read_content<R: BufRead>(
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
