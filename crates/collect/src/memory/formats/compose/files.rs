//! The other files that a compose file names: each is read once, and all of them share one limit of bytes.

use std::collections::HashMap;
use std::rc::Rc;

use plimsoll_snapshot::Limit;

use crate::memory::text;

/// Why a file that another one names was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// It does not exist.
    Missing,
    /// It is a directory, a device, a pipe or a socket.
    NotAFile,
    /// It is larger than what is left of the limit for all files together.
    TooLarge,
    /// The system refused to read it.
    Refused,
}

impl std::fmt::Display for FileFault {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => out.write_str("does not exist"),
            Self::NotAFile => out.write_str("is not a regular file"),
            Self::TooLarge => {
                let limit = Limit::MemoryBytes.name();
                write!(out, "is larger than the remainder of the limit `{limit}` for all files together")
            }
            Self::Refused => out.write_str("cannot be read"),
        }
    }
}

/// Opens a file by its path below the project directory, or by its whole path, and reads at most `max` bytes.
pub type OpenFile<'a> = dyn Fn(&str, u64) -> Result<Vec<u8>, FileFault> + 'a;

/// More files are no project.
const MAX_FILES: usize = 1000;

pub(super) struct Files<'a> {
    open: &'a OpenFile<'a>,
    bytes_left: u64,
    known: HashMap<String, Result<Rc<str>, FileFault>>,
}

impl<'a> Files<'a> {
    pub(super) fn new(open: &'a OpenFile<'a>, bytes: u64) -> Self {
        Self { open, bytes_left: bytes, known: HashMap::new() }
    }

    /// The text of a file.
    pub(super) fn text(&mut self, path: &str) -> Result<Rc<str>, FileFault> {
        if let Some(known) = self.known.get(path) {
            return known.clone();
        }
        if self.known.len() >= MAX_FILES {
            return Err(FileFault::TooLarge);
        }
        let read = (self.open)(path, self.bytes_left).and_then(|bytes| {
            self.bytes_left = self.bytes_left.checked_sub(bytes.len() as u64).ok_or(FileFault::TooLarge)?;
            Ok(Rc::from(&*text::decode(&bytes)))
        });
        self.known.insert(path.to_owned(), read.clone());
        read
    }
}

/// A path as seen from a directory: joined and cleaned as Go's `filepath.Join` does, without looking at links.
pub(super) fn join(directory: &str, path: &str) -> String {
    let is_whole = path.starts_with('/') || directory.is_empty();
    let joined = if is_whole { path.to_owned() } else { format!("{directory}/{path}") };
    let is_rooted = joined.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if is_rooted => {}
            part => parts.push(part),
        }
    }
    format!("{}{}", if is_rooted { "/" } else { "" }, parts.join("/"))
}

/// The directory of a path.
pub(super) fn directory(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((directory, _)) => directory,
        None => "",
    }
}

/// Whether a path names something that is fetched: Compose knows Git repositories and OCI artifacts.
pub(super) fn is_remote(path: &str) -> bool {
    path.contains("://")
        || path.starts_with("git@")
        || path.starts_with("oci:")
        || path.starts_with("github.com/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_as_go_does() {
        for (directory, path, expected) in [
            ("", "a.yml", "a.yml"),
            ("sub", "../a.yml", "a.yml"),
            ("sub", "./b/../c.yml", "sub/c.yml"),
            ("", "../x", "../x"),
            ("../y", "../x", "../x"),
            ("sub", "/etc/x", "/etc/x"),
            ("/", "../x", "/x"),
        ] {
            assert_eq!(join(directory, path), expected, "{directory} {path}");
        }
        assert_eq!((directory("a/b.yml"), directory("b.yml"), directory("/b.yml")), ("a", "", "/"));
    }

    #[test]
    fn files_are_read_once_and_share_one_limit() {
        let opened = std::cell::Cell::new(0);
        let open = |path: &str, most: u64| {
            opened.set(opened.get() + 1);
            let bytes = vec![b'x'; path.len()];
            if bytes.len() as u64 > most { Err(FileFault::TooLarge) } else { Ok(bytes) }
        };
        let mut files = Files::new(&open, 7);
        for _ in 0..3 {
            assert_eq!(files.text("abcd").as_deref(), Ok("xxxx"));
            assert_eq!(files.text("efgh"), Err(FileFault::TooLarge));
        }
        assert_eq!((files.text("abc").as_deref(), opened.get()), (Ok("xxx"), 3));
    }
}
