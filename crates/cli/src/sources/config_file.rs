//! Configuration files of other programs, read within bounds: what lies there may be a pipe, a device or of any size.

use std::io::{self, Read as _};
use std::path::Path;

use crate::files;

/// The most bytes of one: a login for a thousand registries, each with a long token.
const MAX_BYTES: u64 = 4 << 20;

/// The content; none if there is no such file. An error is a sentence with its place.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, String> {
    let failed = |why: &str| format!("cannot read `{}`: {why}", path.display());
    let file = match files::open_regular(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(failed(&error.to_string())),
    };
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| failed(&error.to_string()))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(failed(&format!("it is larger than {} MiB", MAX_BYTES >> 20)));
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;

    #[test]
    fn only_regular_files_of_a_modest_size_are_read() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.json");
        assert_eq!(read(&path), Ok(None));
        assert_eq!(read(&path.join("below")), Ok(None));
        fs::write(&path, "{}").unwrap();
        assert_eq!(read(&path), Ok(Some(b"{}".to_vec())));
        assert_eq!(read(&path.join("below")), Ok(None));
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert!(read(&path).unwrap_err().contains("larger than 4 MiB"));
        assert!(read(directory.path()).unwrap_err().contains("a directory, not a file"));
    }

    #[cfg(unix)]
    #[test]
    fn devices_and_pipes_are_not_opened() {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let link = directory.path().join("link");
        std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
        for path in [&socket, &link] {
            assert!(read(path).unwrap_err().contains("not a regular file"), "{path:?}");
        }
    }
}
