//! Output files are whole or as they were: written beside their place, and moved there when complete. No output takes
//! the place of an input, whatever command writes it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use clap::builder::{MapValueParser, OsStringValueParser, TypedValueParser as _, ValueParserFactory};
use plimsoll_snapshot::Snapshot;

use crate::announced;
use crate::ending::Ending;
use crate::error::{Error, Result};
use crate::files;
use crate::identity::resolved;
use crate::input;
use crate::interruption::Interruptible;
use crate::printer::Printer;

/// Where the user wants an output. Only the command line makes one, which announces it: an input that is the same file
/// is refused when it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Standard output: `-`.
    Standard,
    /// A file.
    File(PathBuf),
}

/// What is written, as far as it matters to a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Lines to read.
    Text,
    /// Bytes for a program, or a page of megabytes.
    Binary,
}

/// Names of standard output that every Unix knows. What is behind them may be a file that others write to as well.
const STANDARD: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];

impl ValueParserFactory for Output {
    type Parser = MapValueParser<OsStringValueParser, fn(OsString) -> Output>;

    fn value_parser() -> Self::Parser {
        OsStringValueParser::new().map(|name| Output::announce(PathBuf::from(name)))
    }
}

impl Output {
    /// Takes a path as an output of this run.
    pub(crate) fn announce(path: PathBuf) -> Self {
        if STANDARD.iter().any(|name| path.as_os_str() == *name) {
            return Self::Standard;
        }
        announced::add(&path);
        Self::File(path)
    }

    /// What the ending of its name promises.
    pub(crate) fn ending(&self) -> Option<Ending> {
        match self {
            Self::Standard => None,
            Self::File(path) => Ending::of(path),
        }
    }

    /// Refuses a name whose ending promises something else than what is written. Without an ending that is known, a
    /// name promises nothing.
    pub(crate) fn expect(&self, what: &str, endings: &[Ending], example: &str) -> Result<()> {
        match self.ending() {
            Some(ending) if !endings.contains(&ending) => Err(Error::usage(
                format!("`{self}` is {what}, and its name promises {ending}"),
                format!("name it as `{example}`"),
            )),
            _ => Ok(()),
        }
    }

    /// Writes it. On any error the old file is untouched and nothing is left behind.
    pub(crate) fn write(
        &self,
        content: Content,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        match self {
            Self::Standard if content == Content::Binary && io::stdout().is_terminal() => Err(Error::usage(
                "this output is not for a terminal",
                "name a file with `--output FILE`, or pipe it into a program",
            )),
            Self::Standard => Printer::default().stream(write),
            Self::File(path) => {
                if let Some(input) = input::replaced_by(path) {
                    return Err(Error::output_is_input(path, &input));
                }
                write_file(path, write).map_err(|source| Error::write(path, source))
            }
        }
    }

    /// Writes a snapshot, as plain JSON if the name says so.
    pub(crate) fn write_snapshot(&self, snapshot: &Snapshot) -> Result<()> {
        let is_plain = self.ending() == Some(Ending::Json);
        self.write(Content::Binary, |out| {
            if is_plain {
                plimsoll_snapshot::write_json(snapshot, out)
            } else {
                plimsoll_snapshot::write_gzip(snapshot, out)
            }
        })
    }

    /// Refuses a name that promises something else than a snapshot.
    pub(crate) fn expect_snapshot(&self) -> Result<()> {
        self.expect("a snapshot", &[Ending::Snapshot, Ending::Json, Ending::Gzip], "stack.plimsoll")
    }
}

impl std::fmt::Display for Output {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Standard => out.write_str("standard output"),
            Self::File(path) => write!(out, "{}", path.display()),
        }
    }
}

/// Changes files that the user asked to change, if all are still as they were read. Each is its path, its text as it was
/// read (nothing for a new file), and its new text. All are written beside their places before the first is moved there.
pub(crate) fn rewrite(files: &[(PathBuf, &str, &str)]) -> Result<()> {
    let mut staged = Vec::new();
    for (path, before, after) in files {
        if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) && !path.is_file() {
            return Err(Error::usage(
                format!("`{}` is a link to nothing", path.display()),
                "nothing was changed; remove the link, or make its file",
            ));
        }
        let now = match files::open_regular(path) {
            Ok(file) => io::read_to_string(file).map_err(|error| Error::read(path, error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Error::read(path, error)),
        };
        if now != *before {
            return Err(Error::usage(
                format!("`{}` changed while it was being fixed", path.display()),
                "nothing was changed; run the command again",
            ));
        }
        let target = resolved(path);
        let file = staged_beside(&target, after).map_err(|source| Error::write(path, source))?;
        staged.push((file, target));
    }
    for (file, target) in staged {
        file.persist(&target).map_err(|error| Error::write(&target, error.error))?;
    }
    Ok(())
}

/// The directory of a target, where the temporary file lies that replaces it.
fn directory(target: &Path) -> &Path {
    target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a text to a temporary file next to its target, with the mode and the owner of the target.
fn staged_beside(target: &Path, text: &str) -> io::Result<tempfile::NamedTempFile> {
    let file = files::temporary(directory(target))?;
    file.as_file().write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    if let Ok(old) = fs::metadata(target) {
        file.as_file().set_permissions(old.permissions())?;
        // A run as root leaves the file to its owner; others cannot give files away.
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let _ = std::os::unix::fs::chown(file.path(), Some(old.uid()), Some(old.gid()));
        }
    }
    Ok(file)
}

fn write_file(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // A link is followed, so that it stays a link.
    let target = &resolved(path);
    if let Ok(metadata) = fs::metadata(target)
        && (!metadata.is_file() || is_descriptor(path))
    {
        // A pipe cannot be replaced, and what a shell has opened must not be: both are only written to.
        let mut file = io::BufWriter::new(open_through(target, &metadata)?);
        content(&mut file)?;
        return file.flush();
    }
    let (file, _interruptible) = Interruptible::create(directory(target))?;
    let mut writer = io::BufWriter::with_capacity(1 << 16, file.as_file());
    content(&mut writer)?;
    writer.flush()?;
    drop(writer);
    file.as_file().sync_all()?;
    if let Ok(old) = fs::metadata(target) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(target).map(drop).map_err(|error| error.error)
}

/// Whether a path names a file that this program was started with, such as `/dev/stderr`.
fn is_descriptor(path: &Path) -> bool {
    path == Path::new("/dev/stderr") || path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

/// Opens what cannot be replaced: pipes, terminals, and the devices that keep nothing. A disk is not written over.
fn open_through(path: &Path, metadata: &fs::Metadata) -> io::Result<File> {
    if metadata.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory: name a file in it"));
    }
    let file = files::open_to_write(path, metadata.file_type())?;
    if is_harmless(path, metadata, &file) {
        return Ok(file);
    }
    Err(io::Error::other("it is a device: only pipes, terminals, `/dev/null` and `/dev/full` are written to"))
}

#[cfg(unix)]
fn is_harmless(_: &Path, metadata: &fs::Metadata, file: &File) -> bool {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let device = |name: &str| fs::metadata(name).ok().map(|metadata| metadata.rdev());
    let kind = metadata.file_type();
    let keeps_nothing = || {
        let number = Some(metadata.rdev());
        number == device("/dev/null") || number == device("/dev/full") || file.is_terminal()
    };
    kind.is_file() || kind.is_fifo() || (kind.is_char_device() && keeps_nothing())
}

#[cfg(not(unix))]
fn is_harmless(_: &Path, _: &fs::Metadata, _: &File) -> bool {
    true
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests read what was written")]
mod tests {
    use super::*;

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        let output = Output::File(path.clone());
        output.write(Content::Text, |out| out.write_all(b"old")).unwrap();
        let failed = output.write(Content::Text, |out| {
            out.write_all(b"new")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(failed.unwrap_err().to_string().contains("cannot write"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        let missing = Output::File(directory.path().join("none/out"));
        let failed = missing.write(Content::Text, |_| Ok(())).unwrap_err();
        let why = std::error::Error::source(&failed).unwrap().to_string();
        assert!(!why.contains(".plimsoll-") && why.contains("os error"), "{why}");
        output.write(Content::Text, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn directories_and_devices_are_not_written_to() {
        let directory = tempfile::tempdir().unwrap();
        let write = |path: &Path| Output::File(path.to_owned()).write(Content::Text, |_| Ok(()));
        assert!(write(directory.path()).is_err());
        assert!(write(Path::new("/dev/null")).is_ok());
        #[cfg(target_os = "linux")]
        assert!(write(Path::new("/dev/zero")).is_err());
    }
}
