//! Where paths lead through the symbolic links of the final tree.

use std::cell::Cell;
use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _};

use foldhash::fast::{FixedState, FoldHasher};
use plimsoll_snapshot::{Contents, FileList, Image, Node, Snapshot};

use crate::squash::Squashed;

/// Links that lead through links end here, as in Linux (path_resolution(7)).
const MAX_LINKS: u32 = 40;
/// The longest path and the longest target that Linux takes (`PATH_MAX`).
const MAX_PATH: usize = 4096;
/// How often the bytes of all links may be followed. Links lead through one or two others; forty that lead through
/// each other, and a million that lead to the first, would take hours.
const MAX_WORK: u64 = 64;

/// The symbolic links of the final tree.
pub(super) struct Symlinks<'s> {
    /// By the hash of their path.
    links: HashMap<u64, Link<'s>>,
    /// The paths of the links, in the order of layers and entries.
    paths: Vec<&'s [u8]>,
    /// The bytes of targets that may still be followed. Afterwards links lead nowhere.
    work: Cell<u64>,
}

struct Link<'s> {
    path: &'s [u8],
    target: &'s [u8],
}

impl<'s> Symlinks<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, image: &Image, squashed: &Squashed<'_>) -> Self {
        let (mut links, mut paths, mut bytes) = (HashMap::new(), Vec::new(), 0);
        for (layer, index) in image.layers.iter().zip(0..) {
            let Some(contents) = &snapshot.layers[layer.layer].contents else { continue };
            for (entry, at) in contents.entries.iter().zip(0..) {
                if let Node::Symlink { target } = entry.node
                    && entry.path.len() <= MAX_PATH
                    && target.len() <= MAX_PATH
                    && squashed.names.is_alive(index, at)
                {
                    let mut real = Real::default();
                    parts(entry.path).for_each(|part| real.push(part));
                    links.insert(real.hash(), Link { path: entry.path, target });
                    paths.push(entry.path);
                    bytes += (entry.path.len() + target.len()) as u64;
                }
            }
        }
        Self { links, paths, work: Cell::new(bytes.saturating_mul(MAX_WORK)) }
    }

    /// Every link with its own path and what it leads to.
    pub(super) fn links(&self) -> impl Iterator<Item = (&'s [u8], Vec<u8>)> {
        self.paths.iter().filter_map(|path| Some((*path, self.resolve(path)?)))
    }

    /// The files that a list of a layer means through links: those it names by a path below a link and, unless it is that
    /// of a system, whose links lead to each other's files, those that its links lead to.
    pub(super) fn leading_to(
        &self,
        contents: Option<&Contents>,
        list: &FileList,
        is_system: bool,
    ) -> Vec<Vec<u8>> {
        if self.paths.is_empty() {
            return Vec::new();
        }
        let links = contents.filter(|_| !is_system).into_iter().flat_map(|contents| {
            let is_link = |entry: &usize| matches!(contents.entries.get(*entry).node, Node::Symlink { .. });
            let entries = list.entries().map(|entry| entry as usize).filter(is_link);
            entries.map(|entry| contents.entries.path(entry))
        });
        links.chain(list.elsewhere.iter()).filter_map(|path| self.resolve(path)).collect()
    }

    /// What a path stands for; `None` if no link lies on the way, or if they lead in a circle or too far.
    pub(super) fn resolve(&self, path: &[u8]) -> Option<Vec<u8>> {
        if self.paths.is_empty() {
            return None;
        }
        let mut real = Real::default();
        let mut pending: Vec<&[u8]> = parts(path).rev().collect();
        let mut links = 0;
        while let Some(part) = pending.pop() {
            match part {
                b"" | b"." => {}
                b".." => real.pop(),
                part => {
                    real.push(part);
                    let link = self.links.get(&real.hash()).filter(|link| link.path == real.bytes);
                    let Some(Link { target, .. }) = link else { continue };
                    links += 1;
                    if links > MAX_LINKS || real.bytes.len() > MAX_PATH || !self.allows(target) {
                        return None;
                    }
                    // An absolute target begins at the root of the image.
                    if target.starts_with(b"/") {
                        real = Real::default();
                    } else {
                        real.pop();
                    }
                    pending.extend(parts(target).rev());
                }
            }
        }
        (links > 0).then_some(real.bytes)
    }

    /// Lets links be followed for this many bytes more: for paths that are not of the image.
    pub(super) fn allow(&self, bytes: u64) {
        self.work.set(self.work.get().saturating_add(bytes));
    }

    fn allows(&self, target: &[u8]) -> bool {
        let left = self.work.get().saturating_sub(target.len() as u64 + 1);
        self.work.set(left);
        left > 0
    }
}

fn parts(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/')
}

/// A path without links, with the hash of each of its beginnings: a long path is hashed once, not once a directory.
#[derive(Default)]
struct Real {
    bytes: Vec<u8>,
    /// How long the path was before each of its parts, and its hash with the part.
    parts: Vec<(usize, FoldHasher<'static>)>,
}

impl Real {
    fn push(&mut self, part: &[u8]) {
        let mut hasher = match self.parts.last() {
            Some((_, hasher)) => hasher.clone(),
            None => FixedState::default().build_hasher(),
        };
        hasher.write(part);
        self.parts.push((self.bytes.len(), hasher));
        if !self.bytes.is_empty() {
            self.bytes.push(b'/');
        }
        self.bytes.extend_from_slice(part);
    }

    fn pop(&mut self) {
        self.bytes.truncate(self.parts.pop().map_or(0, |(length, _)| length));
    }

    fn hash(&self) -> u64 {
        self.parts.last().map_or(0, |(_, hasher)| hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::squash::squash;
    use crate::testing::snapshot;

    #[test]
    fn links_of_the_final_tree_are_followed() {
        let layers = ["l lib usr/lib\nl gone /x\nl a/up ../lib/x\nl abs /lib\nl c d\nl d c", "w gone"];
        let snapshot = snapshot("app", &layers);
        let squashed = squash(&snapshot, &snapshot.images[0]);
        let symlinks = Symlinks::new(&snapshot, &snapshot.images[0], &squashed);
        for (path, expected) in [
            ("lib/y", Some("usr/lib/y")),
            ("a/up/z", Some("usr/lib/x/z")),
            ("abs", Some("usr/lib")),
            ("gone/y", None),
            ("c/x", None),
            ("usr/lib/y", None),
        ] {
            let found = symlinks.resolve(path.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{path}");
        }
    }

    #[test]
    fn links_through_links_take_no_more_than_their_share() {
        // Thirty-nine long links that lead through each other, and many that lead to the first.
        let mut layer: Vec<String> =
            (0..39).map(|at| format!("l chain/{at} {}{}", "x/../".repeat(700), at + 1)).collect();
        layer.extend((0..20_000).map(|at| format!("l many/{at} ../chain/0")));
        let snapshot = snapshot("app", &[&layer.join("\n")]);
        let squashed = squash(&snapshot, &snapshot.images[0]);
        let symlinks = Symlinks::new(&snapshot, &snapshot.images[0], &squashed);
        assert!(symlinks.links().count() < 1000);
        assert_eq!(symlinks.work.get(), 0);
    }
}
