//! Collects what a service was seen to use: paths, each once, within a bound.

use std::collections::{BTreeSet, HashSet};

use plimsoll_snapshot::runtime::{Observation, ObservationSource};
use plimsoll_snapshot::{LONGEST_PATH, Order as _, Paths, path};

use super::identity::Identity;
use crate::redact;

/// What one source saw, before its service is known.
#[derive(Debug, Default)]
pub struct SourceObservation {
    pub(crate) who: Identity,
    pub(crate) observation: Observation,
}

/// The most paths of one observation: more than the files of most images.
const MAX_PATHS: usize = 1 << 20;

/// The most bytes of all these paths.
const MAX_BYTES: usize = 128 << 20;

/// What lies in file systems of the kernel, in every container.
const OF_KERNEL: [&[u8]; 3] = [b"proc", b"sys", b"dev"];

/// Opened files of one service.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    absolute: BTreeSet<Vec<u8>>,
    relative: BTreeSet<Vec<u8>>,
    outside: HashSet<Vec<u8>>,
    bytes: usize,
    /// How many paths found no room.
    refused: u64,
}

impl Opened {
    /// Adds a path of the container. One that does not begin at the root begins at the working directory.
    pub(crate) fn add(&mut self, path: &[u8]) {
        let is_absolute = path.starts_with(b"/");
        let Some(path) = tidy(path) else {
            self.refused += 1;
            return;
        };
        if path.is_empty() {
            return;
        }
        let first = path.split(|&byte| byte == b'/').next().unwrap_or_default();
        let is_outside = is_absolute && OF_KERNEL.contains(&first) || holds_secret(&path);
        let known = self.absolute.len() + self.relative.len() + self.outside.len();
        let (has_room, bytes) = (known < MAX_PATHS && self.bytes < MAX_BYTES, path.len());
        let is_known = match (is_outside, is_absolute) {
            (true, _) => self.outside.contains(&path),
            (false, true) => self.absolute.contains(&path),
            (false, false) => self.relative.contains(&path),
        };
        if is_known {
            return;
        }
        if !has_room {
            self.refused += 1;
            return;
        }
        self.bytes += bytes;
        match (is_outside, is_absolute) {
            (true, _) => self.outside.insert(path),
            (false, true) => self.absolute.insert(path),
            (false, false) => self.relative.insert(path),
        };
    }

    /// The observation that holds them.
    pub(crate) fn finish(self, file: &str, source: ObservationSource) -> Observation {
        Observation {
            file: file.to_owned(),
            source,
            opened: in_order(self.absolute),
            relative: in_order(self.relative),
            outside: self.outside.len() as u64,
            lost: self.refused,
            ..Observation::default()
        }
    }
}

/// A path without empty parts, `.` and the slash in front; none if it is longer than a path can be.
fn tidy(path: &[u8]) -> Option<Vec<u8>> {
    if path.len() > LONGEST_PATH {
        return None;
    }
    let parts = path.split(|&byte| byte == b'/').filter(|part| !matches!(*part, b"" | b"."));
    Some(parts.collect::<Vec<_>>().join(&b'/'))
}

/// Whether a path shows a secret. Such a file is not one of an image.
fn holds_secret(path: &[u8]) -> bool {
    let text = String::from_utf8_lossy(path);
    matches!(redact::credentials(&text), std::borrow::Cow::Owned(_))
}

/// The paths in path order, as a snapshot has them.
pub(crate) fn in_order(paths: impl IntoIterator<Item = Vec<u8>>) -> Paths {
    let mut paths: Vec<Vec<u8>> = paths.into_iter().collect();
    paths.order_by(|left, right| path::compare(left, right));
    paths.dedup();
    paths.iter().map(Vec::as_slice).collect()
}

/// The service that the name of a file stands for: `backend` for `backend.strace.log`.
pub(crate) fn named_by(file: &str) -> Identity {
    Identity::named(file.split('.').find(|part| !part.is_empty()).unwrap_or(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(paths: &Paths) -> Vec<String> {
        paths.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect()
    }

    #[test]
    fn each_path_counts_once_and_those_of_the_kernel_are_only_counted() {
        let mut opened = Opened::default();
        for path in ["/app//./a.py", "/app/a.py", "main.py", "/proc/self/maps", "/proc/self/maps", "/", "."] {
            opened.add(path.as_bytes());
        }
        opened.add(b"/data/ghp_0123456789abcdefghijABCDEFGHIJ012345/x");
        let seen = opened.finish("a", ObservationSource::Strace);
        assert_eq!(
            (shown(&seen.opened), shown(&seen.relative)),
            (vec!["app/a.py".into()], vec!["main.py".into()])
        );
        assert_eq!((seen.outside, seen.lost), (2, 0));
    }

    #[test]
    fn a_path_that_no_system_has_is_lost() {
        let mut opened = Opened::default();
        opened.add(&b"/a".repeat(LONGEST_PATH));
        assert_eq!(opened.finish("a", ObservationSource::Strace).lost, 1);
    }

    #[test]
    fn the_name_of_a_file_names_the_service() {
        let name = |file| named_by(file).name.unwrap();
        assert_eq!([name("backend.strace.log"), name(".x"), name("...")], ["backend", "x", "..."]);
    }
}
