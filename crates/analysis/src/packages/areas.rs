//! Places whose name says what lies there: caches, and the user's own files.

use std::collections::BTreeSet;

use plimsoll_snapshot::{Image, Snapshot, path};

use super::facts::{facts, path_of};
use super::package::CacheKind;
use crate::instruction;
use crate::squash::Squashed;

/// Directories that are caches wherever they stand in a path, and those that stand at its beginning.
const ANYWHERE: &[(&str, CacheKind)] = &[
    (".cache/pip/", CacheKind::Pip),
    (".cache/uv/", CacheKind::Uv),
    (".cache/pypoetry/", CacheKind::Poetry),
    ("conda/pkgs/", CacheKind::Conda),
    ("conda3/pkgs/", CacheKind::Conda),
    ("mamba/pkgs/", CacheKind::Conda),
    (".npm/_cacache/", CacheKind::Npm),
    (".npm/_logs/", CacheKind::Npm),
    (".cache/yarn/", CacheKind::Yarn),
    (".yarn/cache/", CacheKind::Yarn),
    (".yarn/berry/cache/", CacheKind::Yarn),
    (".local/share/pnpm/store/", CacheKind::Pnpm),
    (".pnpm-store/", CacheKind::Pnpm),
    (".cache/pnpm/", CacheKind::Pnpm),
    (".bun/install/cache/", CacheKind::Bun),
    (".cargo/registry/", CacheKind::Cargo),
    (".cargo/git/", CacheKind::Cargo),
    ("usr/local/cargo/registry/", CacheKind::Cargo),
    ("usr/local/cargo/git/", CacheKind::Cargo),
    (".cache/go-build/", CacheKind::Go),
    ("go/pkg/mod/cache/", CacheKind::Go),
    (".bundle/cache/", CacheKind::Gem),
    ("usr/local/bundle/cache/", CacheKind::Gem),
    (".m2/repository/", CacheKind::Maven),
    (".gradle/caches/", CacheKind::Gradle),
    (".cache/composer/", CacheKind::Composer),
    (".composer/cache/", CacheKind::Composer),
    (".cache/", CacheKind::Other),
];
const AT_THE_TOP: &[(&str, CacheKind)] = &[
    ("var/lib/apt/lists/", CacheKind::AptLists),
    ("var/cache/apt/", CacheKind::AptArchives),
    ("var/cache/apk/", CacheKind::Apk),
    ("etc/apk/cache/", CacheKind::Apk),
    ("var/cache/dnf/", CacheKind::Dnf),
    ("var/cache/libdnf5/", CacheKind::Dnf),
    ("var/cache/yum/", CacheKind::Dnf),
    ("var/lib/dnf/repos/", CacheKind::Dnf),
    ("var/cache/zypp/", CacheKind::Zypper),
    ("var/cache/pacman/", CacheKind::Pacman),
    ("var/cache/", CacheKind::Other),
];

/// What lies in directories of that name and is read when the image runs: environments, browsers, models.
const READ_AT_RUN_TIME: &[&str] = &[
    ".cache/pypoetry/virtualenvs/",
    ".cache/pre-commit/",
    ".cache/ms-playwright/",
    ".cache/puppeteer/",
    ".cache/selenium/",
    ".cache/Cypress/",
    ".cache/camoufox/",
    ".cache/huggingface/",
    ".cache/torch/",
    ".cache/whisper/",
    ".cache/clip/",
    ".cache/chroma/",
    ".cache/kagglehub/",
    ".cache/deno/",
    ".cache/coursier/",
];

/// Tells the caches that paths lie in. Neighbours lie in the same directory, which is looked at once.
#[derive(Default)]
pub(super) struct Caches<'a> {
    last: Option<(&'a [u8], Option<CacheKind>)>,
}

impl<'a> Caches<'a> {
    /// The cache a path lies in.
    pub(super) fn of(&mut self, path: &'a [u8]) -> Option<CacheKind> {
        let directory = &path[..path.len() - path::name(path).len()];
        match self.last {
            Some((last, kind)) if last == directory => kind,
            _ => {
                let kind = cache_directory(directory).map(|(kind, _)| kind);
                self.last = Some((directory, kind));
                kind
            }
        }
    }
}

/// The cache a path lies in, and the directory of that cache.
#[must_use]
pub fn cache_directory(path: &[u8]) -> Option<(CacheKind, &[u8])> {
    if !may_be_cached(path) {
        return None;
    }
    let at_the_top = AT_THE_TOP.iter().find(|(prefix, _)| path.starts_with(prefix.as_bytes()));
    if let Some((prefix, kind)) = at_the_top {
        return Some((*kind, &path[..prefix.len() - 1]));
    }
    let (kind, directory) = ANYWHERE.iter().find_map(|(part, kind)| {
        let start = directory_at(path, part.as_bytes())?;
        Some((*kind, &path[..start + part.len() - 1]))
    })?;
    let is_read = READ_AT_RUN_TIME.iter().any(|part| directory_at(path, part.as_bytes()).is_some());
    (!is_read).then_some((kind, directory))
}

/// Whether a path may lie in a cache: every cache has one of these components, and most paths have none.
fn may_be_cached(path: &[u8]) -> bool {
    path.split(|&byte| byte == b'/').any(|component| {
        matches!(component, [b'.', ..] | b"cache" | b"pkgs" | b"pkg" | b"cargo" | b"apt" | b"dnf")
    })
}

/// The part of a cache that a path in it belongs to, which is used or not as a whole: an unpacked archive of uv, a
/// package of conda. Of most caches it is all of it.
pub(super) fn cache_unit(path: &[u8]) -> Option<&[u8]> {
    let (kind, directory) = cache_directory(path)?;
    let depth = match kind {
        // `archive-v0/ID`, `v10/links`
        CacheKind::Uv | CacheKind::Pnpm => 2,
        CacheKind::Conda | CacheKind::Bun | CacheKind::Other => 1,
        _ => 0,
    };
    let mut end = directory.len();
    for _ in 0..depth {
        let Some(rest) = path.get(end + 1..).filter(|rest| !rest.is_empty()) else { break };
        end += 1 + rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len());
    }
    Some(&path[..end])
}

/// Whether a path is that of an object of OSTree, which the files of the image are other names of. It goes when they do.
pub(super) fn is_store(path: &[u8]) -> bool {
    path.starts_with(b"ostree/repo/objects/") || path.starts_with(b"sysroot/ostree/repo/objects/")
}

/// Where `part`, which ends in a slash, stands in a path: at its beginning or behind a slash. A part that does not
/// begin with a dot may also be the end of a longer name: `miniconda3/pkgs/`.
fn directory_at(path: &[u8], part: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = find(&path[from..], part) {
        let start = from + at;
        if start == 0 || path[start - 1] == b'/' || !part.starts_with(b".") {
            return Some(start);
        }
        from = start + 1;
    }
    None
}

/// Where `part`, which ends in a slash, stands in a text.
fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    let mut slashes = text.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at + 1);
    slashes.find(|&end| text[..end].ends_with(part)).map(|end| end - part.len())
}

/// What of an image the user put there.
pub(super) struct Application {
    /// For each layer whether `COPY` or `ADD` made it, onto an image that was there.
    copied: Vec<bool>,
    /// The working directory and those of projects that are installed where they lie, with a slash behind each.
    directories: BTreeSet<Vec<u8>>,
}

impl Application {
    pub(super) fn of(snapshot: &Snapshot, image: &Image, squashed: &Squashed<'_>) -> Self {
        let first = image
            .layers
            .iter()
            .position(|layer| {
                let contents = snapshot.layers[layer.layer].contents.as_ref();
                contents.is_some_and(|contents| !contents.entries.is_empty())
            })
            .unwrap_or(0);
        let copied = (image.layers.iter().enumerate())
            .map(|(index, layer)| {
                let text = layer.history.map(|step| image.history[step].created_by.as_str());
                let text = text.map(instruction::readable).unwrap_or_default();
                // The lowest layer is the file system of the base image, which most builders add too.
                index > first && (text.starts_with("COPY ") || text.starts_with("ADD "))
            })
            .collect();
        let working_dir = image.config.working_dir.trim_matches('/').as_bytes().to_vec();
        let directories = std::iter::once(working_dir).chain(searched(snapshot, image, squashed));
        let directories = directories.filter(|directory| !directory.is_empty());
        Self { copied, directories: directories.map(|directory| [&directory[..], b"/"].concat()).collect() }
    }

    /// Whether a file that no package owns is the user's. What lies in the directories of the system comes from a
    /// build stage rather than from the user.
    pub(super) fn owns(&self, layer: u32, path: &[u8]) -> bool {
        let mut slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        let is_below = slashes.any(|at| self.directories.contains(&path[..=at]));
        let copied = self.copied.get(layer as usize).copied().unwrap_or(false);
        is_below || copied && !is_of_system(path)
    }
}

/// Whether a path lies in a directory of the system.
fn is_of_system(path: &[u8]) -> bool {
    const SYSTEM: [&[u8]; 7] = [
        b"usr/lib/",
        b"usr/local/lib/",
        b"usr/local/include/",
        b"usr/include/",
        b"usr/share/",
        b"lib/",
        b"var/lib/",
    ];
    SYSTEM.iter().any(|prefix| path.starts_with(prefix))
}

/// The directories that files `.pth` add to those Python searches: an editable install leads to the project.
fn searched(snapshot: &Snapshot, image: &Image, squashed: &Squashed<'_>) -> Vec<Vec<u8>> {
    let mut directories = Vec::new();
    for (layer, facts) in facts(snapshot, image) {
        for fact in facts.leads.iter().filter(|fact| squashed.names.is_alive(layer, fact.entry)) {
            if path_of(snapshot, image, layer, fact.entry).ends_with(b".pth") {
                let paths = fact.paths.iter().map(|path| path.trim_matches('/').as_bytes().to_vec());
                let is_project = |directory: &Vec<u8>| {
                    let within = [directory, &b"/"[..]].concat();
                    let is_for_packages = directory.ends_with(b"-packages");
                    cache_directory(&within).is_none() && !is_of_system(&within) && !is_for_packages
                };
                directories.extend(paths.filter(is_project));
            }
        }
    }
    directories
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caches_are_told_by_their_place() {
        for (path, expected) in [
            ("var/lib/apt/lists/debian_Packages", Some(CacheKind::AptLists)),
            ("var/cache/apt/archives/gcc.deb", Some(CacheKind::AptArchives)),
            ("root/.cache/pip/http/a", Some(CacheKind::Pip)),
            ("home/me/.npm/_cacache/x", Some(CacheKind::Npm)),
            ("opt/miniconda3/pkgs/numpy/x", Some(CacheKind::Conda)),
            ("root/.cache/matplotlib/x", Some(CacheKind::Other)),
            ("var/cache/ldconfig/aux-cache", Some(CacheKind::Other)),
            ("app/my.cache/pip/x", None),
            ("usr/bin/apt", None),
            // What is read when the image runs is no cache, whatever its place is called.
            ("root/.cache/pypoetry/artifacts/a", Some(CacheKind::Poetry)),
            ("root/.cache/pypoetry/virtualenvs/app-py3.12/bin/python", None),
            ("root/.cache/ms-playwright/chromium-1/chrome", None),
        ] {
            assert_eq!(Caches::default().of(path.as_bytes()), expected, "{path}");
        }
        for (directory, _) in ANYWHERE.iter().chain(AT_THE_TOP) {
            assert!(may_be_cached(directory.as_bytes()), "{directory}");
        }
        let (_, directory) = cache_directory(b"home/me/.cache/pip/http/a").unwrap();
        assert_eq!(directory, b"home/me/.cache/pip");
        for (path, unit) in [
            ("root/.cache/uv/archive-v0/Ab12/a/core.so", "root/.cache/uv/archive-v0/Ab12"),
            ("root/.cache/uv/CACHEDIR.TAG", "root/.cache/uv/CACHEDIR.TAG"),
            ("opt/conda/pkgs/numpy-1/lib/x", "opt/conda/pkgs/numpy-1"),
            ("root/.m2/repository/org/a.jar", "root/.m2/repository"),
        ] {
            assert_eq!(cache_unit(path.as_bytes()), Some(unit.as_bytes()), "{path}");
        }
    }
}
