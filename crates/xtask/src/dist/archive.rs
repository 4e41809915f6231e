//! Archives whose bytes depend on their files alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use sha2::{Digest as _, Sha256};

use crate::error::Result;

use super::contents::Content;
use super::release::{directory, time};
use super::tables::Target;

/// Writes the archive of a target: the files in one directory.
pub(super) fn write(target: &Target, files: &[Content]) -> Result {
    let files: Vec<Content> = (files.iter())
        .map(|file| Content {
            path: format!("{}/{}", target.stem(), file.path),
            bytes: file.bytes.clone(),
            is_program: file.is_program,
        })
        .collect();
    let bytes = if target.is_windows() { zip(&files)? } else { gzip(&tar(&files)?)? };
    Ok(fs::write(directory().join(target.archive()), bytes)?)
}

/// A tar archive: the directories of the files, then the files; all belong to root.
pub(super) fn tar(files: &[Content]) -> Result<Vec<u8>> {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = |path: &str, size: u64, mode: u32, kind: tar::EntryType, bytes: &[u8]| -> Result {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(size);
        header.set_mode(mode);
        header.set_mtime(u64::try_from(time())?);
        header.set_uid(0);
        header.set_gid(0);
        Ok(builder.append_data(&mut header, path, bytes)?)
    };
    let parents = files.iter().flat_map(|file| Path::new(&file.path).ancestors().skip(1));
    let parents: BTreeSet<&Path> = parents.filter(|path| !path.as_os_str().is_empty()).collect();
    for parent in parents {
        header(&format!("{}/", parent.to_string_lossy()), 0, 0o755, tar::EntryType::Directory, &[])?;
    }
    for file in files {
        let mode = if file.is_program { 0o755 } else { 0o644 };
        header(&file.path, file.bytes.len() as u64, mode, tar::EntryType::Regular, &file.bytes)?;
    }
    Ok(builder.into_inner()?)
}

/// Compresses as well as gzip can, without a time in its header.
pub(super) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// A zip archive of the files in their order.
pub(super) fn zip(files: &[Content]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for file in files {
        let (mut entry, config) = archive
            .new_file(file.path.as_str())
            .compression_method(CompressionMethod::DEFLATE)
            .last_modified(UtcDateTime::from_unix(time()))
            .unix_permissions(if file.is_program { 0o100_755 } else { 0o100_644 })
            .start()?;
        let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::best()));
        writer.write_all(&file.bytes)?;
        let (encoder, descriptor) = writer.finish()?;
        encoder.finish()?;
        entry.finish(descriptor)?;
    }
    archive.finish()?;
    Ok(bytes)
}

/// A digest as `sha256sum` prints it.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("text takes every write");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_sha256sum() {
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    fn files() -> Vec<Content> {
        let file = |path: &str, is_program| Content { path: path.to_owned(), bytes: path.into(), is_program };
        vec![file("a/LICENSE", false), file("a/man/man1/p.1", false), file("a/p", true)]
    }

    #[test]
    fn a_tar_holds_directories_once_and_modes() {
        let bytes = tar(&files()).unwrap();
        assert_eq!(bytes, tar(&files()).unwrap());
        let mut archive = tar::Archive::new(&bytes[..]);
        let entries: Vec<_> = (archive.entries().unwrap())
            .map(|entry| {
                let entry = entry.unwrap();
                let path = entry.path().unwrap().to_string_lossy().into_owned();
                (path, entry.header().mode().unwrap(), entry.header().uid().unwrap())
            })
            .collect();
        let expected = [
            ("a/", 0o755),
            ("a/man/", 0o755),
            ("a/man/man1/", 0o755),
            ("a/LICENSE", 0o644),
            ("a/man/man1/p.1", 0o644),
            ("a/p", 0o755),
        ];
        assert_eq!(entries, expected.map(|(path, mode)| (path.to_owned(), mode, 0)));
    }

    #[test]
    fn a_zip_holds_the_files() {
        let bytes = zip(&files()).unwrap();
        assert_eq!(bytes, zip(&files()).unwrap());
        let archive = rawzip::ZipArchive::from_slice(&bytes).unwrap();
        let mut entries = archive.entries();
        let mut names = Vec::new();
        while let Some(entry) = entries.next_entry().unwrap() {
            names.push(entry.file_path().try_normalize().unwrap().as_ref().to_owned());
        }
        assert_eq!(names, files().into_iter().map(|file| file.path).collect::<Vec<_>>());
    }
}
