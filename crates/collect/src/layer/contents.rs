//! The contents of chosen files of a layer, handed on in one pass.

use std::io::{BufReader, Read};

use plimsoll_snapshot::{Compression, ContentHash, Limit, ReadLimits, path};
use tar::EntryType;

use super::changeset::read_content;
use super::not_a_tar;
use crate::compression::{ContentType, decompress, sniff};
use crate::error::{Error, Result};
use crate::path::{marker, normalise};
use crate::symlinks::Symlinks;
use crate::tarball::TarReader;

/// Where the contents of files go. A path may come twice in a layer: the last one counts.
pub trait ContentSink {
    /// A file begins, changed at a time in seconds since 1970. Returns whether its content is wanted.
    fn begin(&mut self, path: &[u8], modified: u64) -> bool;

    /// The next bytes of its content.
    fn write(&mut self, bytes: &[u8]);

    /// It ends: the hash of its content, as entries have it.
    fn end(&mut self, content: ContentHash);
}

/// Reads a blob, and hands on the contents of the files that are wanted. Digests are not computed: the caller has a
/// verified snapshot, and compares the hashes of contents with it.
///
/// # Errors
/// If the blob is damaged, exceeds a limit, or a wanted file is sparse.
pub fn read_contents(
    place: &str,
    blob: impl Read,
    limits: &ReadLimits,
    sink: &mut dyn ContentSink,
) -> Result<()> {
    let failed = |source| Error::io(place, 0, source);
    let mut blob = BufReader::with_capacity(256 << 10, blob);
    let head = std::io::BufRead::fill_buf(&mut blob).map_err(failed)?;
    let compression = match sniff(head) {
        ContentType::Tar | ContentType::Empty => Compression::None,
        ContentType::Compressed(compression) => compression,
        _ => return Err(not_a_tar(place, head)),
    };
    if compression == Compression::None {
        return read_members(place, blob, limits, sink);
    }
    let tar = decompress(compression, blob, limits).map_err(failed)?;
    read_members(place, BufReader::with_capacity(256 << 10, tar), limits, sink)
}

fn read_members(
    place: &str,
    tar: BufReader<impl Read>,
    limits: &ReadLimits,
    sink: &mut dyn ContentSink,
) -> Result<()> {
    let mut reader = TarReader::new(tar, limits[Limit::HeaderBytes]);
    let mut symlinks = Symlinks::default();
    while let Some(member) = reader.next_member().map_err(|error| error.at(place, limits))? {
        let Some(path) = normalise(&member.name) else { continue };
        let path = symlinks.resolve(path);
        if marker(&path).is_some() {
            continue;
        }
        symlinks.note(&path, (member.kind == EntryType::Symlink).then_some(&member.link[..]));
        let is_file =
            matches!(member.kind, EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse);
        if !is_file || !sink.begin(&path, member.modified) {
            continue;
        }
        if member.size != member.stored {
            let reason = "it is a sparse file, whose content cannot be taken out".to_owned();
            return Err(Error::Document { member: path::escape(&path).into_owned(), reason });
        }
        let content = read_content(&mut reader, |bytes| sink.write(bytes));
        sink.end(content.map_err(|error| error.at(place, limits))?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Taken(Vec<(String, String)>);

    impl ContentSink for Taken {
        fn begin(&mut self, path: &[u8], _: u64) -> bool {
            let wanted = path.starts_with(b"usr/");
            if wanted {
                self.0.push((String::from_utf8_lossy(path).into_owned(), String::new()));
            }
            wanted
        }

        fn write(&mut self, bytes: &[u8]) {
            let text = String::from_utf8_lossy(bytes).into_owned();
            self.0.last_mut().unwrap().1.push_str(&text);
        }

        fn end(&mut self, _: ContentHash) {}
    }

    #[test]
    fn contents_come_under_the_paths_that_entries_have() {
        let mut tar = tar::Builder::new(Vec::new());
        let mut file = |name: &str, kind, link: &str, content: &str| {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(kind);
            header.set_size(content.len() as u64);
            if !link.is_empty() {
                header.set_link_name(link).unwrap();
            }
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_cksum();
            tar.append(&header, content.as_bytes()).unwrap();
        };
        file("lib", EntryType::Symlink, "usr/lib", "");
        file("./lib/a", EntryType::Regular, "", "first");
        file("usr/lib/a", EntryType::Regular, "", "last");
        file("usr/.wh.gone", EntryType::Regular, "", "");
        file("../usr/out", EntryType::Regular, "", "never");
        file("etc/other", EntryType::Regular, "", "unwanted");
        let tar = tar.into_inner().unwrap();
        let mut taken = Taken::default();
        read_contents("test", &tar[..], &ReadLimits::default(), &mut taken).unwrap();
        let expected = [("usr/lib/a", "first"), ("usr/lib/a", "last")];
        assert_eq!(taken.0, expected.map(|(path, text)| (path.to_owned(), text.to_owned())));
        let broken = read_contents("test", &tar[..700], &ReadLimits::default(), &mut taken);
        assert!(broken.unwrap_err().to_string().contains("truncated"));
    }
}
