//! A build context: how many bytes a build sends to the engine, and how many `.dockerignore` spares it.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_analysis::dockerignore::Ignore;
use plimsoll_snapshot::{BuildContext, Bytes};

use crate::announced::announced;
use crate::error::{Error, Result};
use crate::identity::{Identity, resolved};

/// More files are no build context, but a home directory.
const MAX_FILES: u64 = 2_000_000;

/// Measures the regular files below a directory. Links are sent as links, and are not followed.
///
/// An output of this run may be a new file of the context, or one that `.dockerignore` leaves out. It may not be one
/// that is measured: the build needs that file.
pub(crate) fn measured(root: &Path, patterns: &[String]) -> Result<BuildContext> {
    let outputs: Vec<(PathBuf, Identity)> = announced()
        .into_iter()
        .filter_map(|path| Some((path.clone(), Identity::of(&resolved(&path))?)))
        .collect();
    let ignore = Ignore::new(patterns.iter().map(String::as_str));
    let mut context = BuildContext::default();
    let mut seen = 0_u64;
    let mut directories: Vec<(PathBuf, String)> = vec![(root.to_owned(), String::new())];
    while let Some((directory, inside)) = directories.pop() {
        let at = |error| Error::read(&directory, error);
        #[expect(clippy::disallowed_methods, reason = "the files of a context are counted, not read")]
        let entries = fs::read_dir(&directory).map_err(at)?;
        for entry in entries {
            let entry = entry.map_err(at)?;
            seen += 1;
            if seen > MAX_FILES {
                return Err(Error::usage(
                    format!("`{}` holds more than {MAX_FILES} files", root.display()),
                    "name the directory that the image is built from",
                ));
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = if inside.is_empty() { name } else { format!("{inside}/{name}") };
            let metadata = entry.metadata().map_err(|error| Error::read(&entry.path(), error))?;
            if metadata.is_dir() {
                directories.push((entry.path(), path));
            } else if metadata.is_file() {
                if ignore.leaves_out(&path) {
                    context.ignored_bytes += Bytes(metadata.len());
                } else {
                    let identity = Identity::of_metadata(&entry.path(), &metadata);
                    if let Some((output, _)) =
                        outputs.iter().find(|(_, output)| identity.as_ref() == Some(output))
                    {
                        return Err(Error::output_is_input(output, &entry.path()));
                    }
                    context.bytes += Bytes(metadata.len());
                    context.files += 1;
                }
            }
        }
    }
    Ok(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ignored_counts_apart() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path();
        fs::create_dir_all(root.join("data/deep")).unwrap();
        for (path, size) in [("main.py", 10), ("data/a", 100), ("data/deep/b", 1000), ("data/keep", 5)] {
            fs::write(root.join(path), vec![0; size]).unwrap();
        }
        let patterns = ["data".to_owned(), "!data/keep".to_owned()];
        let expected = BuildContext { bytes: Bytes(15), files: 2, ignored_bytes: Bytes(1100) };
        assert_eq!(measured(root, &patterns).unwrap(), expected);
        assert_eq!(measured(root, &[]).unwrap().bytes, Bytes(1115));
        assert!(measured(&root.join("none"), &[]).is_err());
    }
}
