//! Files that every rebuild changes: bytecode with its times, logs, caches, and the databases of package managers.

use super::places::is_log;
use crate::packages::{CacheKind, cache_directory};

/// What a file is that every rebuild changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rebuilt {
    /// Compiled Python: it holds the time of its source.
    Bytecode,
    /// A log.
    Log,
    /// A cache.
    Cache(CacheKind),
    /// A database of a package manager, an index, or a temporary file.
    State,
}

const STATE: [&[u8]; 17] = [
    b"etc/ld.so.cache",
    b"etc/machine-id",
    b"etc/shadow",
    b"lib/apk/db/",
    b"root/.wget-hsts",
    b"run/",
    b"tmp/",
    b"usr/lib/apk/db/",
    b"usr/lib/sysimage/",
    b"usr/share/info/dir",
    b"var/cache/",
    b"var/lib/apt/",
    b"var/lib/dnf/",
    b"var/lib/dpkg/",
    b"var/lib/rpm/",
    b"var/lib/systemd/",
    b"var/tmp/",
];

impl Rebuilt {
    /// What the file at a path is; `None` if a rebuild gives the same file.
    pub(super) fn of(place: &[u8]) -> Option<Self> {
        if place.ends_with(b".pyc") || place.ends_with(b".pyo") {
            return Some(Self::Bytecode);
        }
        if is_log(place) {
            return Some(Self::Log);
        }
        if let Some((kind, _)) = cache_directory(place) {
            return Some(Self::Cache(kind));
        }
        STATE.iter().any(|prefix| place.starts_with(prefix)).then_some(Self::State)
    }

    /// The path without numbers and random names: a rebuild gives a log of the next day another name.
    pub(super) fn lasting_name(self, place: &[u8]) -> Vec<u8> {
        /// Random names are not shorter.
        const RANDOM: usize = 8;
        let mut name = Vec::with_capacity(place.len());
        for word in
            place.chunk_by(|left, right| left.is_ascii_alphanumeric() == right.is_ascii_alphanumeric())
        {
            let digits = word.iter().filter(|byte| byte.is_ascii_digit()).count();
            let is_random = self != Self::Bytecode && word.len() >= RANDOM && digits > 0;
            if is_random {
                name.push(b'#');
                continue;
            }
            for part in word.chunk_by(|left, right| left.is_ascii_digit() == right.is_ascii_digit()) {
                if part[0].is_ascii_digit() {
                    name.push(b'#');
                } else {
                    name.extend_from_slice(part);
                }
            }
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_a_rebuild_are_known_by_their_paths() {
        let check = |place: &str, expected| assert_eq!(Rebuilt::of(place.as_bytes()), expected, "{place}");
        check("v/site-packages/a/__pycache__/x.cpython-311.pyc", Some(Rebuilt::Bytecode));
        check("var/log/dpkg.log", Some(Rebuilt::Log));
        check("root/.npm/_cacache/index-v5/a", Some(Rebuilt::Cache(CacheKind::Npm)));
        check("etc/ld.so.cache", Some(Rebuilt::State));
        check("var/lib/dpkg/status", Some(Rebuilt::State));
        check("usr/lib/libc.so.6", None);
    }

    #[test]
    fn numbers_and_random_names_do_not_last() {
        let check = |kind: Rebuilt, place: &str, expected: &str| {
            assert_eq!(String::from_utf8(kind.lasting_name(place.as_bytes())).unwrap(), expected);
        };
        check(
            Rebuilt::Log,
            "root/.npm/_logs/2026-11-29T14_37-debug-0.log",
            "root/.npm/_logs/#-#-#T#_#-debug-#.log",
        );
        check(Rebuilt::State, "tmp/pip-1a2b3c4d/x", "tmp/pip-#/x");
        check(Rebuilt::Bytecode, "a/base64mime.cpython-311.pyc", "a/base#mime.cpython-#.pyc");
    }
}
