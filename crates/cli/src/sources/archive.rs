//! An uncompressed archive in a file: its members are read where they lie, several at once.

use std::fs::File;
use std::io::{self, Read};

use plimsoll_collect::{ArchiveIndex, Store};

/// A file and what is where in it.
pub(crate) struct ArchiveStore {
    file: File,
    index: ArchiveIndex,
}

impl ArchiveStore {
    pub(crate) fn new(file: File, index: ArchiveIndex) -> Self {
        Self { file, index }
    }
}

impl Store for ArchiveStore {
    fn open(&self, member: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let section = self.index.find(member);
        Ok(section.map(|(offset, size)| {
            Box::new(Section { file: &self.file, offset, left: size }) as Box<dyn Read>
        }))
    }

    fn size(&self, member: &str) -> Option<u64> {
        self.index.find(member).map(|(_, size)| size)
    }
}

/// A part of a file. Reads at its own offset, so several parts can be read at once.
struct Section<'a> {
    file: &'a File,
    offset: u64,
    left: u64,
}

impl Read for Section<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = usize::try_from(self.left).unwrap_or(usize::MAX).min(out.len());
        if length == 0 {
            return Ok(0);
        }
        let read = read_at(self.file, &mut out[..length], self.offset)?;
        if read == 0 {
            // The archive was indexed as longer than this: it shrank while it was being read.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.offset += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, out: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, out, offset)
}

#[cfg(windows)]
fn read_at(file: &File, out: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, out, offset)
}
