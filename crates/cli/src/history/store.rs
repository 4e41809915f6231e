//! A history in a directory: three files per point at most, and each layer once.
//!
//! ```text
//! history            the version
//! points/ID.json     the point: written last, so a point that is listed is whole
//! points/ID.plimsoll its snapshot, without the contents of layers
//! points/ID.accepted why its growth is accepted
//! layers/HEX.gz      the contents of a layer, under its diff ID
//! ```
//!
//! Names follow from contents, and files appear whole: two builds at once write the same files or different ones. The list
//! of points is the index; no file is written twice, so that branches of a repository merge without a conflict.

#![expect(clippy::disallowed_methods, reason = "the history is no input")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use plimsoll_report::format::bytes;
use plimsoll_snapshot::{Bytes, Contents, DiffId, ReadLimits, Snapshot};

use super::branch::Branch;
use super::point::{Acceptance, Point, VERSION};
use crate::error::{Error, Result};
use crate::files;

/// The name and the text of the file that says what the directory is.
const MARK: &str = "history";
const MARK_TEXT: &str = "plimsoll history 1\n";

/// The largest file of a point, and the most points that are listed.
const MAX_POINT_BYTES: u64 = 1 << 20;
const MAX_POINTS: usize = 20_000;

/// What names a branch of the git repository instead of a directory.
const BRANCH: &str = "git:";

/// A directory with a history, or one that becomes one; or a branch that was read into one.
#[derive(Debug)]
pub(crate) struct Store {
    directory: PathBuf,
    branch: Option<Branch>,
}

/// What came of adding a point.
#[derive(Clone, Debug)]
pub(crate) struct Added {
    /// The point.
    pub(crate) point: Point,
    /// Whether it was not there before.
    pub(crate) is_new: bool,
    /// The bytes of the files that were written.
    pub(crate) bytes: u64,
}

impl std::fmt::Display for Added {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = self.point.name();
        if self.is_new {
            write!(out, "history: added {name}, {} written", bytes(Bytes(self.bytes)))
        } else {
            write!(out, "history: {name} already exists")
        }
    }
}

impl Store {
    /// Opens a history: a directory, or `git:BRANCH`. One that does not exist, or is empty, is one without points.
    pub(crate) fn open(place: &Path) -> Result<Self> {
        let Some(name) = place.to_str().and_then(|place| place.strip_prefix(BRANCH)) else {
            return Self::of(place, place, None);
        };
        let branch = Branch::read(name)?;
        Self::of(&branch.files(), place, Some(branch))
    }

    /// Opens a history that has to exist: to read one that does not would show nothing, and no reason.
    pub(crate) fn open_existing(place: &Path) -> Result<Self> {
        let store = Self::open(place)?;
        if store.branch.is_none() && !place.exists() {
            return Err(Error::usage(
                format!("there is no history `{}`", place.display()),
                format!("`plimsoll history add {} SOURCE` begins one", place.display()),
            ));
        }
        Ok(store)
    }

    /// Makes what was changed last. Until then, a branch is as it was.
    pub(crate) fn publish(&mut self, message: &str, is_pruned: bool) -> Result<()> {
        match &mut self.branch {
            Some(branch) => branch.publish(message, is_pruned).map(drop),
            None => Ok(()),
        }
    }

    fn of(directory: &Path, place: &Path, branch: Option<Branch>) -> Result<Self> {
        let store = Self { directory: directory.to_owned(), branch };
        let mark = directory.join(MARK);
        match small(&mark) {
            Ok(text) if text == MARK_TEXT => Ok(store),
            Ok(text) if text.starts_with("plimsoll history ") => Err(Error::usage(
                format!("`{}` is a history of another version: {}", place.display(), text.trim()),
                format!("this plimsoll reads version {VERSION}; use the one that wrote it"),
            )),
            Ok(_) => Err(Error::usage(
                format!("`{}` holds a file `{MARK}` that is not of a history", place.display()),
                "name another directory",
            )),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let is_empty = fs::read_dir(directory).map_or(true, |entries| {
                    entries.flatten().all(|entry| entry.file_name().as_encoded_bytes().starts_with(b"."))
                });
                if is_empty {
                    return Ok(store);
                }
                Err(Error::usage(
                    format!("`{}` is a directory with other files, and no history", place.display()),
                    "name a history, or a directory that is empty",
                ))
            }
            Err(error) => Err(Error::read(&mark, error)),
        }
    }

    /// Adds a point. One that exists stays as it is.
    pub(crate) fn add(&self, mut point: Point, snapshot: &Snapshot) -> Result<Added> {
        // Points that are added together have their own order.
        point.added_ms = point.added_ms.max(now_ms());
        let path = self.point_file(&point.id, "json");
        if path.exists() {
            return Ok(Added { point, is_new: false, bytes: 0 });
        }
        let mut bytes = 0;
        for directory in ["points", "layers"] {
            let directory = self.directory.join(directory);
            fs::create_dir_all(&directory).map_err(|error| Error::write(&directory, error))?;
        }
        bytes += self.write(&self.directory.join(MARK), |out| out.write_all(MARK_TEXT.as_bytes()))?;
        let mut skeleton = snapshot.clone();
        for layer in &mut skeleton.layers {
            let Some(contents) = layer.contents.take() else { continue };
            bytes += self.add_layer(&layer.diff_id, &contents)?;
        }
        let of_point = self.point_file(&point.id, "plimsoll");
        bytes += self.write(&of_point, |out| plimsoll_snapshot::write_gzip(&skeleton, out))?;
        bytes += self.write(&path, |out| {
            serde_json::to_writer_pretty(&mut *out, &point)?;
            out.write_all(b"\n")
        })?;
        Ok(Added { point, is_new: true, bytes })
    }

    /// Every point, the oldest first, and the files that cannot be read as one.
    pub(crate) fn points(&self) -> Result<(Vec<Point>, Vec<PathBuf>)> {
        let directory = self.directory.join("points");
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
            Err(error) => return Err(Error::read(&directory, error)),
        };
        let mut paths: Vec<PathBuf> = entries
            .flatten()
            .map(|entry| self.directory.join("points").join(entry.file_name()))
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .take(MAX_POINTS + 1)
            .collect();
        if paths.len() > MAX_POINTS {
            return Err(Error::usage(
                format!("`{}` holds more than {MAX_POINTS} points", self.directory.display()),
                "`plimsoll history prune` removes old ones",
            ));
        }
        paths.sort();
        let (mut points, mut torn) = (Vec::new(), Vec::new());
        for path in paths {
            let read = small(&path).ok().and_then(|text| serde_json::from_str::<Point>(&text).ok());
            match read.filter(|point| point.version == VERSION && self.point_file(&point.id, "json") == path)
            {
                Some(point) => points.push(point),
                None => torn.push(path),
            }
        }
        points.sort_by(|one, other| one.order().cmp(&other.order()));
        Ok((points, torn))
    }

    /// The snapshot of a point, with the contents of its layers.
    pub(crate) fn snapshot(&self, point: &Point, limits: &ReadLimits) -> Result<Snapshot> {
        let path = self.point_file(&point.id, "plimsoll");
        let file = files::open_regular(&path).map_err(|error| Error::read(&path, error))?;
        let mut snapshot =
            plimsoll_snapshot::read_within(file, limits).map_err(|source| Error::snapshot(&path, source))?;
        for layer in &mut snapshot.layers {
            let path = self.layer_file(&layer.diff_id)?;
            let file = match files::open_regular(&path) {
                Ok(file) => file,
                // A layer that was never read has no file.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(Error::read(&path, error)),
            };
            layer.contents = Some(Arc::new(named(&path, file, &layer.diff_id)?));
        }
        limits.check(&snapshot).map_err(Error::too_large)?;
        Ok(snapshot)
    }

    /// Whether the contents of a layer are there.
    pub(crate) fn has_layer(&self, layer: &DiffId) -> Result<bool> {
        Ok(self.layer_file(layer)?.exists())
    }

    /// Keeps the contents of a layer. The bytes that were written.
    pub(crate) fn add_layer(&self, layer: &DiffId, contents: &Contents) -> Result<u64> {
        self.write(&self.layer_file(layer)?, |out| contents.write(layer, out))
    }

    /// Why the growth of a point is accepted.
    pub(crate) fn acceptance(&self, point: &Point) -> Option<Acceptance> {
        serde_json::from_str(&small(&self.point_file(&point.id, "accepted")).ok()?).ok()
    }

    /// Accepts the growth of a point. Whether it was not accepted before.
    pub(crate) fn accept(&self, point: &Point, acceptance: &Acceptance) -> Result<bool> {
        let path = self.point_file(&point.id, "accepted");
        let written = self.write(&path, |out| {
            serde_json::to_writer_pretty(&mut *out, acceptance)?;
            out.write_all(b"\n")
        })?;
        Ok(written > 0)
    }

    /// Removes all points but the last ones, and the layers that no other point has. The number of points that went.
    pub(crate) fn prune(&self, keep: usize, limits: &ReadLimits) -> Result<usize> {
        let (points, _) = self.points()?;
        let (gone, kept) = points.split_at(points.len().saturating_sub(keep));
        let mut needed = BTreeSet::new();
        for point in kept {
            let path = self.point_file(&point.id, "plimsoll");
            let file = files::open_regular(&path).map_err(|error| Error::read(&path, error))?;
            let snapshot = plimsoll_snapshot::read_within(file, limits)
                .map_err(|source| Error::snapshot(&path, source))?;
            for layer in &snapshot.layers {
                needed.insert(self.layer_file(&layer.diff_id)?);
            }
        }
        for point in gone {
            // The point goes first: one that is listed is whole.
            for ending in ["json", "plimsoll", "accepted"] {
                remove(&self.point_file(&point.id, ending))?;
            }
        }
        let layers = self.directory.join("layers");
        let entries = fs::read_dir(&layers).map_err(|error| Error::read(&layers, error));
        for entry in entries.into_iter().flatten().flatten() {
            let path = layers.join(entry.file_name());
            if !gone.is_empty() && !needed.contains(&path) {
                remove(&path)?;
            }
        }
        Ok(gone.len())
    }

    fn point_file(&self, id: &str, ending: &str) -> PathBuf {
        // An ID is written by us, and names no other directory whatever a file says.
        let id: String = id.chars().filter(char::is_ascii_hexdigit).collect();
        self.directory.join("points").join(format!("{id}.{ending}"))
    }

    fn layer_file(&self, layer: &DiffId) -> Result<PathBuf> {
        let digest = layer.digest();
        if digest.algorithm() != "sha256" {
            return Err(Error::usage(
                format!("a layer is named by {}, and a history keeps layers by SHA-256", digest.algorithm()),
                "rebuild the image with a current builder",
            ));
        }
        Ok(self.directory.join("layers").join(format!("{}.gz", digest.hex())))
    }

    /// Writes a file that is not there yet, whole or not at all. The bytes that were written.
    fn write(&self, path: &Path, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> Result<u64> {
        if path.exists() {
            return Ok(0);
        }
        let written = || -> io::Result<u64> {
            let directory = path.parent().unwrap_or(&self.directory);
            let mut builder = tempfile::Builder::new();
            builder.prefix(".plimsoll-");
            #[cfg(unix)]
            builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
            let mut file = builder.tempfile_in(directory)?;
            let mut out = io::BufWriter::new(file.as_file_mut());
            write(&mut out)?;
            out.flush()?;
            drop(out);
            file.as_file().sync_all()?;
            let bytes = file.as_file().metadata()?.len();
            match file.persist_noclobber(path) {
                Ok(_) => Ok(bytes),
                // Another build wrote the same.
                Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(0),
                Err(error) => Err(error.error),
            }
        };
        written().map_err(|error| Error::write(path, error))
    }
}

/// The contents in a file of a layer, which has to be the one that its name says.
fn named(path: &Path, file: fs::File, layer: &DiffId) -> Result<Contents> {
    let (diff_id, contents) = Contents::read(file).map_err(|source| Error::snapshot(path, source))?;
    if diff_id == *layer {
        return Ok(contents);
    }
    Err(Error::usage(
        format!("`{}` holds another layer than its name says", path.display()),
        "the history is damaged: restore the file, or remove the points that need it",
    ))
}

/// A small text file.
fn small(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    files::open_regular(path)?.take(MAX_POINT_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::write(path, error)),
        _ => Ok(()),
    }
}

pub(super) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::{Digest, Layer};

    use super::*;
    use crate::history::Origin;

    fn diff_id(number: u8) -> DiffId {
        DiffId::new(Digest::sha256([number; 32]))
    }

    fn snapshot(layers: &[u8]) -> Snapshot {
        let layer = |number: &u8| {
            let contents = Contents { tar_bytes: Bytes(u64::from(*number)), ..Contents::default() };
            Layer { diff_id: diff_id(*number), contents: Some(Arc::new(contents)) }
        };
        Snapshot {
            schema_version: plimsoll_snapshot::SCHEMA_VERSION,
            layers: layers.iter().map(layer).collect(),
            ..Snapshot::default()
        }
    }

    fn point(revision: &str, time: u64, snapshot: &Snapshot) -> Point {
        Point::of(snapshot, Origin { time, revision: Some(revision.to_owned()), ..Origin::default() })
    }

    fn files(store: &Store) -> usize {
        ["points", "layers"]
            .map(|name| fs::read_dir(store.directory.join(name)).unwrap().count())
            .iter()
            .sum()
    }

    #[test]
    fn a_point_is_kept_once_and_a_layer_too() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("history")).unwrap();
        assert_eq!(store.points().unwrap().0, []);
        let (one, two) = (snapshot(&[1, 2]), snapshot(&[1, 3]));
        let added = store.add(point("b", 20, &two), &two).unwrap();
        assert!(added.is_new && added.bytes > 0);
        assert!(!store.add(point("b", 99, &two), &two).unwrap().is_new);
        store.add(point("a", 10, &one), &one).unwrap();
        // Two files per point, three layers.
        assert_eq!(files(&store), 7);
        let (points, torn) = Store::open(&store.directory).unwrap().points().unwrap();
        let revisions: Vec<_> = points.iter().map(|point| point.revision.as_deref().unwrap()).collect();
        assert_eq!((revisions, torn), (vec!["a", "b"], Vec::new()));
        let limits = ReadLimits::default();
        assert_eq!(store.snapshot(&points[0], &limits).unwrap(), one);
        assert_eq!(store.snapshot(&points[1], &limits).unwrap(), two);
        assert!(store.accept(&points[0], &Acceptance { reason: "models".into() }).unwrap());
        assert!(!store.accept(&points[0], &Acceptance { reason: "other".into() }).unwrap());
        assert_eq!(store.acceptance(&points[0]).unwrap().reason, "models");
        assert_eq!(store.prune(1, &limits).unwrap(), 1);
        assert_eq!(files(&store), 4);
        assert_eq!(store.snapshot(&points[1], &limits).unwrap(), two);
    }

    #[test]
    fn builds_at_once_lose_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        std::thread::scope(|scope| {
            for number in 0..16_u8 {
                let store = &store;
                scope.spawn(move || {
                    let snapshot = snapshot(&[1, 2 + number / 2]);
                    store.add(point(&format!("{}", number / 2), 5, &snapshot), &snapshot).unwrap();
                });
            }
        });
        let (points, torn) = store.points().unwrap();
        assert_eq!((points.len(), torn.len(), files(&store)), (8, 0, 2 * 8 + 9));
    }

    #[test]
    fn what_is_torn_or_of_another_version_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let one = snapshot(&[1]);
        let added = store.add(point("a", 1, &one), &one).unwrap();
        fs::write(directory.path().join("points/00.json"), "{\"version\": 1, ").unwrap();
        let (points, torn) = store.points().unwrap();
        assert_eq!((points.len(), torn.len()), (1, 1));
        let layer = store.layer_file(&diff_id(1)).unwrap();
        fs::write(&layer, "torn").unwrap();
        let error = store.snapshot(&added.point, &ReadLimits::default()).unwrap_err();
        assert!(error.to_string().contains(layer.file_name().unwrap().to_str().unwrap()), "{error}");
        fs::write(directory.path().join(MARK), "plimsoll history 9\n").unwrap();
        let error = Store::open(directory.path()).unwrap_err().to_string();
        assert!(error.contains("another version"), "{error}");
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("file"), "x").unwrap();
        assert!(Store::open(other.path()).is_err());
    }
}
