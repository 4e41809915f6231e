//! Where paths lead through the symbolic links of the final tree.

use std::collections::HashMap;

use plimsoll_snapshot::{Contents, FileList, Image, Node, Snapshot};

use crate::squash::Squashed;

/// Links that lead through links end here, as in Linux (path_resolution(7)).
const MAX_LINKS: u32 = 40;

/// The symbolic links of the final tree.
pub(super) struct Followed<'s> {
    targets: HashMap<&'s [u8], &'s [u8]>,
}

impl<'s> Followed<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, image: &Image, squashed: &Squashed<'_>) -> Self {
        let mut targets = HashMap::new();
        for (layer, index) in image.layers.iter().zip(0..) {
            let Some(contents) = &snapshot.layers[layer.layer].contents else { continue };
            for (entry, at) in contents.entries.iter().zip(0..) {
                if let Node::Symlink { target } = entry.node
                    && squashed.names.is_alive(index, at)
                {
                    targets.insert(entry.path, target);
                }
            }
        }
        Self { targets }
    }

    /// Every link with its own path and what it leads to, if that is in the image.
    pub(super) fn links(&self) -> impl Iterator<Item = (&'s [u8], Vec<u8>)> {
        self.targets.keys().filter_map(|path| Some((*path, self.resolve(path)?)))
    }

    /// The files that a list of a layer means through links: those it names by a path below a link and, unless it is that
    /// of a system, whose links lead to each other's files, those that its links lead to.
    pub(super) fn leading_to(
        &self,
        contents: Option<&Contents>,
        list: &FileList,
        is_system: bool,
    ) -> Vec<Vec<u8>> {
        if self.targets.is_empty() {
            return Vec::new();
        }
        let links = contents.filter(|_| !is_system).into_iter().flat_map(|contents| {
            let paths = list.entries().map(|entry| contents.entries.path(entry as usize));
            paths.filter(|path| self.targets.contains_key(path))
        });
        links.chain(list.elsewhere.iter()).filter_map(|path| self.resolve(path)).collect()
    }

    /// What a path stands for; `None` if no link lies on the way, or if they lead in a circle.
    pub(super) fn resolve(&self, path: &[u8]) -> Option<Vec<u8>> {
        if self.targets.is_empty() {
            return None;
        }
        let mut real: Vec<u8> = Vec::new();
        let mut pending: Vec<&[u8]> = path.split(|&byte| byte == b'/').rev().collect();
        let mut links = 0;
        while let Some(part) = pending.pop() {
            match part {
                b"" | b"." => {}
                b".." => real.truncate(real.iter().rposition(|&byte| byte == b'/').unwrap_or(0)),
                part => {
                    let parent = real.len();
                    if parent > 0 {
                        real.push(b'/');
                    }
                    real.extend_from_slice(part);
                    let Some(target) = self.targets.get(&real[..]) else { continue };
                    links += 1;
                    if links > MAX_LINKS {
                        return None;
                    }
                    // An absolute target begins at the root of the image.
                    real.truncate(if target.starts_with(b"/") { 0 } else { parent });
                    pending.extend(target.split(|&byte| byte == b'/').rev());
                }
            }
        }
        (links > 0).then_some(real)
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
        let followed = Followed::new(&snapshot, &snapshot.images[0], &squashed);
        for (path, expected) in [
            ("lib/y", Some("usr/lib/y")),
            ("a/up/z", Some("usr/lib/x/z")),
            ("abs", Some("usr/lib")),
            ("gone/y", None),
            ("c/x", None),
            ("usr/lib/y", None),
        ] {
            let found = followed.resolve(path.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{path}");
        }
    }
}
