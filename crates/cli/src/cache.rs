//! What was read of a layer, kept in the user's cache directory, so that only new layers are read again.
//!
//! An entry is named by the diff ID it was read under, after that was computed from every byte of the layer: what is
//! found under a diff ID is what a layer of that diff ID holds. The entry says it too, so one that got another's name is
//! none. It is written beside its place and moved there, so runs at the same time never see half of one; one that cannot
//! be read is as good as none.

#![expect(clippy::disallowed_methods, reason = "the cache is no input")]

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use plimsoll_collect::LayerCache;
use plimsoll_snapshot::{Contents, DiffId};

use crate::files;
use crate::printer::Printer;

/// The most bytes that all entries may take up together. The longest unused go first.
const MAX_BYTES: u64 = 512 << 20;

/// Raised whenever layers are read differently than before: what an older program noted must not be believed.
const VERSION: &str = "layers-8";

/// A directory of entries, or none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cache {
    directory: Option<PathBuf>,
    max_bytes: u64,
}

impl Cache {
    /// The cache of this user: `PLIMSOLL_CACHE_DIR`, `XDG_CACHE_HOME/plimsoll` or `~/.cache/plimsoll`.
    pub(crate) fn of_user() -> Self {
        let variable =
            |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let directory = variable("PLIMSOLL_CACHE_DIR")
            .or_else(|| variable("XDG_CACHE_HOME").map(|home| home.join("plimsoll")))
            .or_else(|| variable("HOME").map(|home| home.join(".cache/plimsoll")))
            .or_else(|| variable("LOCALAPPDATA").map(|home| home.join("plimsoll")));
        Self { directory: directory.map(|directory| directory.join(VERSION)), max_bytes: MAX_BYTES }
    }

    /// No cache at all.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    fn path(&self, layer: &DiffId) -> Option<PathBuf> {
        let digest = layer.digest();
        // Only what is computed is believed, and only SHA-256 is.
        let name = (digest.algorithm() == "sha256").then(|| format!("{}.gz", digest.hex()))?;
        Some(self.directory.as_ref()?.join(name))
    }

    /// Whether only this user writes into the directory: files of other users are not trusted.
    fn is_ours(&self) -> bool {
        self.directory
            .as_ref()
            .and_then(|directory| fs::metadata(directory).ok())
            .is_some_and(|it| is_private(&it))
    }

    /// Removes the entries that were not used for longest, until the rest is within bounds, and what a run that was
    /// killed left behind.
    pub(crate) fn prune(&self) {
        let Some(entries) = self.directory.as_ref().and_then(|directory| fs::read_dir(directory).ok()) else {
            return;
        };
        let mut entries: Vec<(SystemTime, u64, PathBuf)> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let metadata = entry.metadata().ok()?;
                Some((metadata.modified().ok()?, metadata.len(), entry.path()))
            })
            .collect();
        entries.sort();
        let mut total: u64 = entries.iter().map(|(_, size, _)| size).sum();
        let an_hour_ago = SystemTime::now().checked_sub(std::time::Duration::from_secs(3600));
        for (used, size, path) in entries {
            let is_entry = path.extension().is_some_and(|extension| extension == "gz");
            let is_left_over = !is_entry && an_hour_ago.is_some_and(|limit| used < limit);
            if (total > self.max_bytes && is_entry) || is_left_over {
                // Another run may have removed it.
                let _ = fs::remove_file(path);
                total -= size;
            }
        }
    }
}

impl LayerCache for Cache {
    fn get(&self, layer: &DiffId) -> Option<Contents> {
        let path = self.path(layer)?;
        if !self.is_ours() || !fs::symlink_metadata(&path).ok()?.is_file() {
            return None;
        }
        let file = files::open_regular(&path).ok()?;
        let (diff_id, contents) = Contents::read(&file).ok()?;
        if diff_id != *layer {
            return None;
        }
        // When it was used last is what decides how long it stays. To fail at that is harmless.
        let _ = file.set_modified(SystemTime::now());
        Printer::default().detail(&format!("note: layer `{layer}` comes from the cache"));
        Some(contents)
    }

    /// A cache that cannot be written is no reason to fail.
    fn put(&self, layer: &DiffId, contents: &Contents) {
        if let Some(path) = self.path(layer) {
            let _ = write(&path, layer, contents);
        }
    }
}

#[cfg(unix)]
fn is_private(directory: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    // The owner of what stands for the process is the user it runs as. Other systems do not have it.
    let user = fs::metadata("/proc/self").map(|process| process.uid());
    let is_of_user = user.map_or(true, |user| [user, 0].contains(&directory.uid()));
    is_of_user && directory.mode() & 0o002 == 0
}

#[cfg(not(unix))]
fn is_private(_: &fs::Metadata) -> bool {
    true
}

/// Makes the directory, for this user alone.
fn create(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

fn write(path: &Path, layer: &DiffId, contents: &Contents) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::NotFound)?;
    create(directory)?;
    let mut file = tempfile::NamedTempFile::new_in(directory)?;
    contents.write(layer, &mut file)?;
    file.flush()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use plimsoll_snapshot::{Bytes, Digest};

    use super::*;

    fn cache(directory: &tempfile::TempDir) -> Cache {
        Cache { directory: Some(directory.path().join("cache")), max_bytes: MAX_BYTES }
    }

    fn layer(number: u8) -> DiffId {
        DiffId::new(Digest::sha256([number; 32]))
    }

    #[test]
    fn the_entry_that_was_not_used_for_longest_goes_first() {
        let directory = tempfile::tempdir().unwrap();
        let mut cache = cache(&directory);
        let contents = Contents { tar_bytes: Bytes(1024), ..Contents::default() };
        for number in 0..3 {
            cache.put(&layer(number), &contents);
            let age = std::time::Duration::from_secs(100 - u64::from(number));
            let file = File::open(cache.path(&layer(number)).unwrap()).unwrap();
            file.set_modified(SystemTime::now() - age).unwrap();
        }
        // The oldest is used, and so is the youngest now.
        assert_eq!(cache.get(&layer(0)), Some(contents));
        cache.max_bytes = fs::metadata(cache.path(&layer(0)).unwrap()).unwrap().len() * 5 / 2;
        cache.prune();
        let kept = [0, 1, 2].map(|number| cache.get(&layer(number)).is_some());
        assert_eq!(kept, [true, false, true]);
    }

    #[cfg(unix)]
    #[test]
    fn what_others_can_write_is_not_believed() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let directory = tempfile::tempdir().unwrap();
        let cache = cache(&directory);
        cache.put(&layer(1), &Contents::default());
        let place = cache.directory.clone().unwrap();
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o700);
        fs::rename(cache.path(&layer(1)).unwrap(), directory.path().join("elsewhere")).unwrap();
        symlink(directory.path().join("elsewhere"), cache.path(&layer(1)).unwrap()).unwrap();
        assert_eq!(cache.get(&layer(1)), None);
        cache.put(&layer(1), &Contents::default());
        assert!(cache.get(&layer(1)).is_some());
        fs::set_permissions(&place, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(cache.get(&layer(1)), None);
    }

    #[test]
    fn an_entry_that_got_the_name_of_another_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let cache = cache(&directory);
        cache.put(&layer(1), &Contents::default());
        fs::rename(cache.path(&layer(1)).unwrap(), cache.path(&layer(2)).unwrap()).unwrap();
        assert_eq!(cache.get(&layer(2)), None);
    }

    /// On other systems it cannot be replaced meanwhile.
    #[cfg(unix)]
    #[test]
    fn an_entry_that_is_being_read_stays_whole() {
        let directory = tempfile::tempdir().unwrap();
        let cache = cache(&directory);
        let contents = |size| Contents { tar_bytes: Bytes(size), ..Contents::default() };
        cache.put(&layer(1), &contents(1));
        let reader = File::open(cache.path(&layer(1)).unwrap()).unwrap();
        cache.put(&layer(1), &contents(2));
        assert_eq!(Contents::read(reader).unwrap().1, contents(1));
        assert_eq!(cache.get(&layer(1)), Some(contents(2)));
    }

    #[test]
    fn an_entry_is_found_again_and_a_torn_one_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let cache = cache(&directory);
        let layer = layer(7);
        let contents = Contents { tar_bytes: Bytes(1024), ..Contents::default() };
        assert_eq!(cache.get(&layer), None);
        cache.put(&layer, &contents);
        assert_eq!(cache.get(&layer), Some(contents.clone()));
        let path = cache.path(&layer).unwrap();
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(cache.get(&layer), None);
        cache.put(&layer, &contents);
        assert_eq!(cache.get(&layer), Some(contents));
        cache.prune();
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
