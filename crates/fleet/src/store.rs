//! The folder of a fleet: the facts of each layer and of each image, and the tables made of them.
//!
//! A file of facts is named by the digest of what it describes and written once: beside its place, then moved there unless
//! another run was faster. So a scan that was interrupted goes on where it was, and two scans at the same time do no harm.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use plimsoll_snapshot::{Bytes, Compression, Contents, DiffId, Digest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::{files, input};

/// The version of the tables. Every change that a query could notice raises it.
pub(crate) const FORMAT: &str = "fleet/v1";
/// Raised with the version of the cache of the program, whose format this is: layers are read again.
const LAYERS: &str = "layers-8";
/// Raised whenever [`crate::facts::ImageFacts`] changes: images are judged again.
const IMAGES: &str = "images-1";

/// The most bytes of one document of a store.
const LARGEST: u64 = 1 << 30;

/// A folder of facts and tables.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    root: PathBuf,
}

/// What says that a folder is a store.
#[derive(Serialize, Deserialize)]
struct Mark {
    format: String,
    generator: String,
}

/// How the blob that a layer was read of is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Blob {
    pub(crate) digest: Option<Digest>,
    pub(crate) compression: Compression,
    pub(crate) bytes: Bytes,
}

/// A store that no other process publishes to meanwhile.
#[derive(Debug)]
pub(crate) struct Locked {
    _file: File,
}

impl Store {
    /// Opens the store in a folder, or makes one in a folder that is empty or missing.
    ///
    /// # Errors
    /// If the folder holds something else, or a store of another version.
    pub(crate) fn create(root: &Path) -> Result<Self> {
        let store = Self { root: root.to_owned() };
        if store.mark()?.is_some() {
            return Self::open(root);
        }
        let at = |error| Error::write(root, error);
        // Another scan may be making it just now.
        let is_other = |path: &PathBuf| {
            path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with(files::TEMPORARY))
        };
        if input::children(root).map_err(at)?.iter().any(is_other) {
            if store.mark()?.is_some() {
                return Self::open(root);
            }
            return Err(Error::usage(
                format!("`{}` has files and is no fleet", root.display()),
                "give an empty folder, or one that `plimsoll-fleet scan` made",
            ));
        }
        let mark = Mark { format: FORMAT.to_owned(), generator: crate::generator::GENERATOR.to_owned() };
        let bytes = serde_json::to_vec(&mark).map_err(|error| at(error.into()))?;
        fs::create_dir_all(root).map_err(at)?;
        put(&store.root.join("fleet.json"), &bytes).map_err(at)?;
        Ok(store)
    }

    /// Opens the store in a folder.
    ///
    /// # Errors
    /// If there is none, or one of another version.
    pub(crate) fn open(root: &Path) -> Result<Self> {
        let store = Self { root: root.to_owned() };
        match store.mark()? {
            Some(mark) if mark.format == FORMAT => Ok(store),
            Some(mark) => Err(Error::usage(
                format!("`{}` is a fleet of version `{}`, not `{FORMAT}`", root.display(), mark.format),
                "use the version of plimsoll-fleet that made it, or scan into a new folder",
            )),
            None => Err(Error::usage(
                format!("`{}` is no fleet", root.display()),
                format!("make one: `plimsoll-fleet scan SOURCE -o {}`", root.display()),
            )),
        }
    }

    fn mark(&self) -> Result<Option<Mark>> {
        let path = self.root.join("fleet.json");
        match input::read(&path, LARGEST) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
                Error::usage(format!("`{}` is damaged: {error}", path.display()), "scan into a new folder")
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::read(&path, error)),
        }
    }

    /// The folder.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a table.
    pub(crate) fn table(&self, name: &str) -> PathBuf {
        self.root.join("tables").join(name)
    }

    /// Where something about a digest lies; only SHA-256 is computed, so only that is believed.
    fn place(&self, kind: &str, digest: &Digest, extension: &str) -> Option<PathBuf> {
        (digest.algorithm() == "sha256").then(|| {
            let hex = digest.hex().to_ascii_lowercase();
            self.root.join("facts").join(kind).join(&hex[..2]).join(format!("{hex}.{extension}"))
        })
    }

    /// Whether a layer was read.
    pub(crate) fn has_layer(&self, layer: &DiffId) -> bool {
        self.place(LAYERS, layer.digest(), "gz").is_some_and(|path| path.is_file())
    }

    /// The facts of a layer.
    pub(crate) fn layer(&self, layer: &DiffId) -> Option<Contents> {
        let path = self.place(LAYERS, layer.digest(), "gz")?;
        let read = input::regular(&path).ok().and_then(|file| Contents::read(file).ok());
        match read {
            Some((diff_id, contents)) if diff_id == *layer => Some(contents),
            // Damaged: the next scan reads the layer again.
            _ => {
                let _ = fs::remove_file(&path);
                None
            }
        }
    }

    /// The blob that a layer was read of.
    pub(crate) fn blob(&self, layer: &DiffId) -> Option<Blob> {
        document(&self.place(LAYERS, layer.digest(), "json")?).ok()?
    }

    /// Keeps the facts of a layer.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn put_layer(&self, layer: &DiffId, contents: &Contents, blob: &Blob) -> Result<()> {
        let (Some(facts), Some(about)) =
            (self.place(LAYERS, layer.digest(), "gz"), self.place(LAYERS, layer.digest(), "json"))
        else {
            return Err(Error::usage(
                format!("`{layer}` is not a SHA-256 digest"),
                "build the image again with a current builder",
            ));
        };
        let at = |error| Error::write(&facts, error);
        // The layer counts as read once its facts are there, so they come last.
        put(&about, &serde_json::to_vec(blob).map_err(|error| at(error.into()))?).map_err(at)?;
        put_by(&facts, |file| contents.write(layer, file)).map_err(at)
    }

    /// Whether an image was judged.
    pub(crate) fn has_image(&self, image: &Digest) -> bool {
        self.place(IMAGES, image, "json.gz").is_some_and(|path| path.is_file())
    }

    /// The facts of an image.
    pub(crate) fn image<T: DeserializeOwned>(&self, image: &Digest) -> Option<T> {
        let path = self.place(IMAGES, image, "json.gz")?;
        let file = input::regular(&path).ok()?;
        let read = serde_json::from_reader(io::BufReader::new(flate2::read::GzDecoder::new(file)));
        if read.is_err() {
            let _ = fs::remove_file(&path);
        }
        read.ok()
    }

    /// Keeps the facts of an image.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn put_image(&self, image: &Digest, facts: &impl Serialize) -> Result<()> {
        let path = self.place(IMAGES, image, "json.gz").ok_or_else(|| {
            Error::usage(format!("`{image}` is not a SHA-256 digest"), "push the image again")
        })?;
        let write = |file: &mut File| -> io::Result<()> {
            let mut out =
                flate2::write::GzEncoder::new(io::BufWriter::new(file), flate2::Compression::fast());
            serde_json::to_writer(&mut out, facts)?;
            out.finish()?.flush()
        };
        put_by(&path, write).map_err(|error| Error::write(&path, error))
    }

    /// Forgets the facts of an image, so that the next scan reads it again.
    pub(crate) fn forget_image(&self, image: &Digest) {
        if let Some(path) = self.place(IMAGES, image, "json.gz") {
            let _ = fs::remove_file(path);
        }
    }

    /// The file of what the references of a source stand for.
    pub(crate) fn references(&self, source: &str) -> PathBuf {
        use sha2::Digest as _;
        let name = Digest::sha256(sha2::Sha256::digest(source).into());
        self.root.join("facts/references").join(format!("{}.json", name.hex()))
    }

    /// The files of all sources.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub(crate) fn all_references(&self) -> Result<Vec<PathBuf>> {
        let folder = self.root.join("facts/references");
        let all = input::children(&folder).map_err(|error| Error::read(&folder, error))?;
        Ok(all.into_iter().filter(|path| path.extension().is_some_and(|one| one == "json")).collect())
    }

    /// Waits until no other process publishes.
    ///
    /// # Errors
    /// If the file system has no locks.
    pub(crate) fn lock(&self) -> Result<Locked> {
        let path = self.root.join("lock");
        let at = |error| Error::write(&path, error);
        let file = fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(at)?;
        file.lock().map_err(at)?;
        Ok(Locked { _file: file })
    }
}

/// Reads a document; `None` if the file does not exist.
///
/// # Errors
/// If it cannot be read, or is damaged.
pub(crate) fn document<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    match input::read(path, LARGEST) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| Error::read(path, io::Error::new(io::ErrorKind::InvalidData, error))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::read(path, error)),
    }
}

/// Writes a file unless it is there.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put_by(path, |file| file.write_all(bytes))
}

/// The same, written by a function. The first to finish wins; all would write the same.
fn put_by(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    match written(path, write)?.persist_noclobber(path) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(error.error),
        _ => Ok(()),
    }
}

/// Writes a file whole, or leaves the one that is there untouched.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
    let replaced = written(path, write).and_then(|file| file.persist(path).map_err(|error| error.error));
    replaced.map(drop).map_err(|error| Error::write(path, error))
}

/// A temporary file beside a place.
///
/// # Errors
/// If it cannot be made.
pub(crate) fn beside(path: &Path) -> Result<tempfile::NamedTempFile> {
    written(path, |_| Ok(())).map_err(|error| Error::write(path, error))
}

fn written(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = files::temporary(folder)?;
    write(file.as_file_mut())?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(number: u8) -> DiffId {
        DiffId::new(Digest::sha256([number; 32]))
    }

    fn blob() -> Blob {
        Blob { digest: None, compression: Compression::Gzip, bytes: Bytes(7) }
    }

    #[test]
    fn layers_are_read_as_the_program_reads_them() {
        let cache =
            input::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../cli/src/cache.rs")), LARGEST);
        let cache = String::from_utf8(cache.unwrap()).unwrap();
        assert!(cache.contains(&format!("const VERSION: &str = \"{LAYERS}\";")));
    }

    #[test]
    fn a_layer_is_written_once_and_a_damaged_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        let contents = Contents { tar_bytes: Bytes(1024), ..Contents::default() };
        assert!(!store.has_layer(&layer(1)));
        store.put_layer(&layer(1), &contents, &blob()).unwrap();
        store.put_layer(&layer(1), &Contents::default(), &blob()).unwrap();
        assert_eq!(store.layer(&layer(1)), Some(contents));
        assert_eq!(store.blob(&layer(1)), Some(blob()));
        let path = store.place(LAYERS, layer(1).digest(), "gz").unwrap();
        fs::write(&path, b"torn").unwrap();
        assert_eq!(store.layer(&layer(1)), None);
        assert!(!store.has_layer(&layer(1)));
    }

    #[test]
    fn a_folder_that_is_no_store_of_this_version_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fleet");
        assert!(Store::open(&path).unwrap_err().to_string().contains("is no fleet"));
        Store::create(&path).unwrap();
        assert!(Store::open(&path).is_ok() && Store::create(&path).is_ok());
        let other = input::read(&path.join("fleet.json"), LARGEST).unwrap();
        let other = String::from_utf8(other).unwrap().replace(FORMAT, "fleet/v9");
        fs::write(path.join("fleet.json"), other).unwrap();
        for error in [Store::open(&path).unwrap_err(), Store::create(&path).unwrap_err()] {
            assert!(error.to_string().contains("a fleet of version `fleet/v9`"), "{error}");
        }
        assert!(Store::create(folder.path()).unwrap_err().to_string().contains("has files and is no fleet"));
    }
}
