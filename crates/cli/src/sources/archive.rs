//! An uncompressed archive in a file: its members are read where they lie, several at once.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use plimsoll_collect::{ArchiveIndex, Jumping, Store};

/// A file and what is where in it.
pub(crate) struct ArchiveStore {
    file: File,
    index: ArchiveIndex,
}

impl ArchiveStore {
    pub(crate) fn new(file: File, index: ArchiveIndex) -> Self {
        Self { file, index }
    }

    fn section(&self, member: &str) -> Option<Section<'_>> {
        let (offset, size) = self.index.find(member)?;
        Some(Section { file: &self.file, start: offset, offset, left: size })
    }
}

impl Store for ArchiveStore {
    fn open(&self, member: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        Ok(self.section(member).map(|section| Box::new(section) as Box<dyn Read>))
    }

    fn open_jumping(&self, member: &str) -> io::Result<Option<Box<dyn Jumping + '_>>> {
        Ok(self.section(member).map(|section| Box::new(section) as Box<dyn Jumping>))
    }

    fn size(&self, member: &str) -> Option<u64> {
        self.index.find(member).map(|(_, size)| size)
    }
}

/// A part of a file. Reads at its own offset, so several parts can be read at once.
struct Section<'a> {
    file: &'a File,
    start: u64,
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

impl Seek for Section<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let length = (self.offset - self.start) + self.left;
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(distance) => length.checked_add_signed(distance),
            SeekFrom::Current(distance) => (self.offset - self.start).checked_add_signed(distance),
        };
        // Behind the end there is nothing to read, as in a file.
        let position = position.ok_or(io::ErrorKind::InvalidInput)?.min(length);
        (self.offset, self.left) = (self.start + position, length - position);
        Ok(position)
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
