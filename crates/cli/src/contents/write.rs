//! Writes what is taken out: one file to standard output, or everything into a new directory.
//!
//! A directory is made beside its place and moved there when it is complete. Nothing in it was there before, directories
//! and files are only ever made anew, and symbolic links come last: no link of the image leads a write anywhere.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use plimsoll_analysis::Squashed;
use plimsoll_collect::ContentSink;
use plimsoll_snapshot::{ContentHash, Image, path};

use super::plan::{self, Plan};
use super::source::Source;
use crate::error::{Error, Result};
use crate::files;
use crate::interruption;
use crate::printer::Printer;

/// The permissions that every file and directory gets, so that its user can read, change and remove it.
#[cfg(unix)]
const LEAST: [u32; 2] = [0o600, 0o700];

/// How many times an interruption tries to remove what was written.
const CLEANINGS: u32 = 100;

/// Whether an interruption is removing what was written.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extracted {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
    pub(crate) symlinks: u64,
}

/// Takes the content of one file as it passes by.
struct One<'a> {
    wanted: &'a [u8],
    file: File,
    taken: Option<ContentHash>,
    failed: Option<io::Error>,
}

impl ContentSink for One<'_> {
    fn begin(&mut self, path: &[u8], _: u64) -> bool {
        if path != self.wanted {
            return false;
        }
        // A path may come twice; the last one counts.
        let restarted = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)));
        self.failed = restarted.err();
        true
    }

    fn write(&mut self, bytes: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.file.write_all(bytes).err();
        }
    }

    fn end(&mut self, content: ContentHash) {
        self.taken = Some(content);
    }
}

/// Writes the content of one file to standard output, whole or not at all.
pub(crate) fn to_standard_output(
    source: &Source<'_>,
    image: &Image,
    squashed: &Squashed<'_>,
    place: plan::Place,
    printer: &Printer,
) -> Result<()> {
    let contents = |layer: u32| {
        let layer = &source.snapshot.layers[image.layers[layer as usize].layer];
        (&layer.diff_id, layer.contents.as_ref())
    };
    let name = || {
        let entry = contents(place.0).1.map(|contents| contents.entries.path(place.1 as usize));
        path::escape(entry.unwrap_or_default()).into_owned()
    };
    let inode = squashed.inode_of(place.0, place.1).ok_or_else(|| {
        Error::usage(format!("`{}` is a hard link to nothing", name()), "the image has no content for it")
    })?;
    let inode = &squashed.inodes[inode as usize];
    let (diff_id, Some(stored)) = contents(inode.layer) else { return Err(changed(&name())) };
    let temporary =
        || Error::usage("no temporary file can be made", "set `TMPDIR` to a directory with space");
    let file = tempfile::tempfile().map_err(|_| temporary())?;
    let mut one = One { wanted: stored.entries.path(inode.entry as usize), file, taken: None, failed: None };
    source.read_layer(diff_id, &mut one)?;
    if let Some(error) = one.failed {
        return Err(Error::write(&std::env::temp_dir(), error));
    }
    if !is_as_read(inode.size.0, inode.content, one.taken) {
        return Err(changed(&name()));
    }
    one.file.seek(SeekFrom::Start(0)).map_err(|error| Error::read(&std::env::temp_dir(), error))?;
    let mut content = one.file.take(inode.size.0);
    printer.stream(|out| io::copy(&mut content, out).map(|_| ()))
}

/// Whether a content is the one that was read at first. Entries keep no hash of empty files.
fn is_as_read(size: u64, expected: ContentHash, taken: Option<ContentHash>) -> bool {
    taken.is_some_and(|taken| size == 0 || taken == expected)
}

/// The error of a content that is not what was read at first.
fn changed(name: &str) -> Error {
    Error::usage(
        format!("the content of `{name}` is not that of its layer when it was first read"),
        "if the layer comes from the cache, `--no-cache` verifies it; else something writes to the image",
    )
}

/// Takes the contents of files into a directory.
struct Many<'a> {
    root: &'a Path,
    /// The files of one layer that are wanted, by the path that stores them.
    wanted: BTreeMap<&'a [u8], &'a plan::File>,
    open: Option<(File, PathBuf, u64)>,
    current: Option<&'a plan::File>,
    taken: BTreeMap<&'a [u8], ContentHash>,
    failed: Option<Error>,
}

impl ContentSink for Many<'_> {
    fn begin(&mut self, path: &[u8], modified: u64) -> bool {
        let Some((_, file)) = self.wanted.get_key_value(path) else { return false };
        if self.failed.is_some() {
            return false;
        }
        self.current = Some(file);
        let opened = place(self.root, &file.names[0]).and_then(|path| {
            // Only what this run made a moment ago is written anew: a path may come twice in a layer.
            let again = self.taken.contains_key(&file.stored[..]);
            let mut options = OpenOptions::new();
            options.write(true).create_new(!again).truncate(again);
            let opened = options.open(&path).map_err(|error| Error::write(&path, error))?;
            Ok((opened, path, modified))
        });
        match opened {
            Ok(opened) => self.open = Some(opened),
            Err(error) => self.failed = Some(error),
        }
        self.failed.is_none()
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Some((file, path, _)) = &mut self.open
            && let Err(error) = file.write_all(bytes)
        {
            self.failed = Some(Error::write(path, error));
            self.open = None;
        }
    }

    fn end(&mut self, content: ContentHash) {
        let (Some((file, path, modified)), Some(wanted)) = (self.open.take(), self.current.take()) else {
            return;
        };
        let time = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(modified));
        // Not every file system keeps every time; the content is what counts.
        let _ = time.map(|time| file.set_modified(time));
        if let Err(error) = set_mode(&path, wanted.mode, false) {
            self.failed = Some(Error::write(&path, error));
        }
        self.taken.insert(&wanted.stored, content);
    }
}

/// Writes everything that was planned into a directory, which must not exist or be empty.
pub(crate) fn extract(source: &Source<'_>, image: &Image, plan: &Plan, target: &Path) -> Result<Extracted> {
    expect_free(target)?;
    let above = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !above.is_dir() {
        return Err(Error::usage(
            format!("the directory `{}` does not exist", above.display()),
            format!("make it first: `mkdir -p {}`", above.display()),
        ));
    }
    let staging = tempfile::Builder::new()
        .prefix(".plimsoll-")
        .tempdir_in(above)
        .map_err(|error| Error::write(target, error))?;
    let root = staging.path().to_owned();
    let left = root.clone();
    // Where interruptions cannot be handled, a directory beside the target is all that is left.
    let _ = interruption::on_interruption(move || {
        IS_ENDING.store(true, Ordering::Relaxed);
        // A file that was made in between keeps its directory: later ones find no place any more.
        let is_gone = |_: &u32| fs::remove_dir_all(&left).is_ok() || !left.exists();
        (0..CLEANINGS).find(is_gone);
        std::process::exit(interruption::INTERRUPTED);
    });
    let extracted = fill(source, image, plan, &root).inspect_err(|_| {
        // What fails because the directory is being removed is no news: the interruption ends the program.
        while IS_ENDING.load(Ordering::Relaxed) {
            std::thread::park();
        }
    })?;
    expect_free(target)?;
    open_to_others(&root)
        .and_then(|()| fs::rename(&root, target))
        .map_err(|error| Error::write(target, error))?;
    // It is at its place now.
    let _ = staging.keep();
    Ok(extracted)
}

fn fill(source: &Source<'_>, image: &Image, plan: &Plan, root: &Path) -> Result<Extracted> {
    let mut extracted = Extracted::default();
    for directory in plan.directories.keys() {
        let path = place(root, directory)?;
        fs::create_dir(&path).map_err(|error| Error::write(&path, error))?;
    }
    for (&layer, files) in &plan.files {
        let diff_id = &source.snapshot.layers[image.layers[layer as usize].layer].diff_id;
        let mut many = Many {
            root,
            wanted: files.iter().map(|file| (&file.stored[..], file)).collect(),
            open: None,
            current: None,
            taken: BTreeMap::new(),
            failed: None,
        };
        source.read_layer(diff_id, &mut many)?;
        if let Some(error) = many.failed {
            return Err(error);
        }
        for file in files {
            if !is_as_read(file.size, file.content, many.taken.get(&file.stored[..]).copied()) {
                return Err(changed(&path::escape(&file.names[0])));
            }
            extracted.bytes += file.size;
            extracted.files += file.names.len() as u64;
            let first = place(root, &file.names[0])?;
            for name in &file.names[1..] {
                let path = place(root, name)?;
                fs::hard_link(&first, &path).map_err(|error| Error::write(&path, error))?;
            }
        }
    }
    for (name, target) in &plan.symlinks {
        let path = place(root, name)?;
        symlink(target, &path).map_err(|error| Error::write(&path, error))?;
        extracted.symlinks += 1;
    }
    // Last, since a directory may forbid to write into it.
    for (directory, mode) in plan.directories.iter().rev() {
        let path = place(root, directory)?;
        if let Some(mode) = mode {
            set_mode(&path, *mode, true).map_err(|error| Error::write(&path, error))?;
        }
    }
    Ok(extracted)
}

/// Refuses a directory that has something in it: nothing is overwritten.
fn expect_free(target: &Path) -> Result<()> {
    let taken = |what: &str| {
        Error::usage(
            format!("`{}` {what}", target.display()),
            "name a directory that does not exist: nothing is overwritten",
        )
    };
    match fs::symlink_metadata(target) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Error::write(target, error)),
        Ok(metadata) if metadata.is_dir() => match files::is_empty_directory(target) {
            Ok(true) => Ok(()),
            Ok(false) => Err(taken("is not empty")),
            Err(error) => Err(Error::write(target, error)),
        },
        Ok(_) => Err(taken("exists and is not a directory")),
    }
}

/// Where a path of the image lies below a directory.
fn place(root: &Path, name: &[u8]) -> Result<PathBuf> {
    let mut place = root.to_owned();
    for part in name.split(|&byte| byte == b'/') {
        let Some(part) = component(part) else {
            return Err(Error::usage(
                format!("`{}` is a name that this system cannot hold", path::escape(name)),
                "extract a path without it",
            ));
        };
        place.push(part);
    }
    Ok(place)
}

/// A part of a path, if it is a plain name for this system, too.
fn component(part: &[u8]) -> Option<&OsStr> {
    #[cfg(unix)]
    let name = <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(part);
    #[cfg(not(unix))]
    let name = OsStr::new(std::str::from_utf8(part).ok().filter(|name| !name.contains([':', '\\']))?);
    let mut components = Path::new(name).components();
    let is_plain = matches!(components.next(), Some(Component::Normal(only)) if only == name);
    (is_plain && components.next().is_none() && !part.contains(&0)).then_some(name)
}

/// Gives the permissions of the image without set-user-ID and the like, and never none to the user.
#[cfg(unix)]
fn set_mode(path: &Path, mode: u32, is_directory: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = mode & 0o777 | LEAST[usize::from(is_directory)];
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
fn set_mode(_: &Path, _: u32, _: bool) -> io::Result<()> {
    Ok(())
}

/// A temporary directory is private; the result is as other directories that a user makes.
#[cfg(unix)]
fn open_to_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail on other systems")]
fn open_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn symlink(target: &[u8], path: &Path) -> io::Result<()> {
    let target = <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(target);
    std::os::unix::fs::symlink(target, path)
}

/// Links need a privilege there; a file with the target says where it led.
#[cfg(not(unix))]
fn symlink(target: &[u8], path: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(target)
}
