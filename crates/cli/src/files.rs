//! Opens files: never one that waits for ever or has no end.
//!
//! What is opened here is no input of the user yet: [`crate::input`] remembers those.
//!
//! A name that comes out of an input, or that lies in a directory of one, must be a regular file. A name that the user
//! gives may be a pipe as well, for `<(…)` and `/dev/stdin`.

use std::fs::{self, File, FileType, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use crate::idle;

/// What the names of temporary files begin with.
pub(crate) const TEMPORARY: &str = ".plimsoll-";
/// How long opening a named pipe waits for a process at its other end.
const WAIT: Duration = Duration::from_secs(10);

/// Opens a file that has to be regular, as every file has to be that an input names.
pub(crate) fn open_regular(path: &Path) -> io::Result<File> {
    // Asked before it is opened, since that would wait for the writer of a pipe; and after, since it may be another.
    refuse_special(fs::metadata(path)?.file_type())?;
    #[expect(clippy::disallowed_methods, reason = "this is the way")]
    let file = File::open(path)?;
    refuse_special(file.metadata()?.file_type())?;
    Ok(file)
}

/// Makes a temporary file in a directory. The errors of its caller name the output: what the file itself is called says
/// nothing to the user, so it is opened here.
pub(crate) fn temporary(directory: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(TEMPORARY).make_in(directory, |path| {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        // A temporary file is private by default, an output is as open as the user's umask lets it be.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o666);
        options.open(path)
    })
}

/// Opens a file that the user has named: a regular one, or a pipe.
pub(crate) fn open_given(path: &Path) -> io::Result<File> {
    if !is_pipe(fs::metadata(path)?.file_type()) {
        return open_regular(path);
    }
    let path = path.to_owned();
    #[expect(clippy::disallowed_methods, reason = "this is the way")]
    let pipe = open_pipe(move || File::open(path), "write", WAIT)?;
    idle::tell(&pipe);
    Ok(pipe)
}

/// Opens an existing device, terminal, or pipe with a reader.
pub(crate) fn open_to_write(path: &Path, kind: FileType) -> io::Result<File> {
    let path = path.to_owned();
    let open = move || OpenOptions::new().write(true).open(path);
    if is_pipe(kind) { open_pipe(open, "read", WAIT) } else { open() }
}

/// Whether a directory has nothing in it.
pub(crate) fn is_empty_directory(path: &Path) -> io::Result<bool> {
    #[expect(clippy::disallowed_methods, reason = "it is no input")]
    let mut entries = fs::read_dir(path)?;
    Ok(entries.next().is_none())
}

fn refuse_special(kind: FileType) -> io::Result<()> {
    let what = match kind {
        kind if kind.is_file() => return Ok(()),
        kind if kind.is_dir() => "it is a directory, not a file",
        kind if is_pipe(kind) => "it is a named pipe, not a regular file",
        _ => "it is a device or a socket, not a regular file",
    };
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}

/// Opens a pipe whose other end is opened in time, to `write` or to `read`.
fn open_pipe(
    open: impl FnOnce() -> io::Result<File> + Send + 'static,
    other: &str,
    wait: Duration,
) -> io::Result<File> {
    let (opened, wanted) = mpsc::sync_channel(1);
    // A pipe without another end keeps the thread until the program ends.
    std::thread::spawn(move || opened.send(open()));
    wanted.recv_timeout(wait).unwrap_or_else(|_| {
        let message =
            format!("it is a named pipe, and nothing opened it to {other} for {} s", wait.as_secs());
        Err(io::Error::new(io::ErrorKind::TimedOut, message))
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn refused(path: &str) -> String {
        open_given(Path::new(path)).unwrap_err().to_string()
    }

    #[cfg(unix)]
    #[test]
    fn what_waits_or_has_no_end_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(refused(directory.path().to_str().unwrap()).contains("a directory"));
        assert!(refused("/dev/zero").contains("a device or a socket"));
        assert!(refused(socket.to_str().unwrap()).contains("a device or a socket"));
        let pipe = directory.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert!(open_regular(&pipe).unwrap_err().to_string().contains("a named pipe"));
        let soon = Duration::from_millis(10);
        let reader = pipe.clone();
        let alone = open_pipe(move || OpenOptions::new().read(true).open(reader), "write", soon).unwrap_err();
        assert_eq!(alone.kind(), io::ErrorKind::TimedOut);
        // Another pipe: the thread of the first one still waits to read it.
        let pipe = directory.path().join("output");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let alone = open_pipe(move || OpenOptions::new().write(true).open(pipe), "read", soon).unwrap_err();
        assert_eq!(alone.kind(), io::ErrorKind::TimedOut);
        assert!(alone.to_string().contains("nothing opened it to read"));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_that_is_written_to_is_read() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let writer = pipe.clone();
        let writer = std::thread::spawn(move || fs::write(writer, b"content").unwrap());
        let mut content = String::new();
        open_given(&pipe).unwrap().read_to_string(&mut content).unwrap();
        assert_eq!(content, "content");
        writer.join().unwrap();
    }
}
