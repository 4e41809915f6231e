//! What of an image is taken out: paths are looked up in its final tree or in one layer, hard links are joined.

use std::collections::BTreeMap;

use plimsoll_analysis::Squashed;
use plimsoll_report::format::one_line;
use plimsoll_snapshot::{ContentHash, Entries, Image, Node as EntryNode, Snapshot, path};

use crate::error::{Error, Result};

/// Links that lead through links end here, as in Linux (path_resolution(7)).
const MAX_LINKS: u32 = 40;

/// An image in which paths are looked up.
pub(crate) struct View<'a> {
    snapshot: &'a Snapshot,
    image: &'a Image,
    squashed: &'a Squashed<'a>,
    /// Only this layer, as it is stored; otherwise the final tree.
    layer: Option<u32>,
}

/// A file of a layer by its numbers.
pub(crate) type Place = (u32, u32);

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    File(Vec<u8>),
    Directory(Vec<u8>),
    /// Something without content: its path, and a word for it.
    Special(Vec<u8>, &'static str),
}

/// A regular file with every name under which it is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// Its path in the layer that stores it.
    pub(crate) stored: Vec<u8>,
    pub(crate) content: ContentHash,
    pub(crate) size: u64,
    pub(crate) mode: u32,
    pub(crate) names: Vec<Vec<u8>>,
}

/// What is to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Directories with their modes, parents first. Those that only their content implies have none.
    pub(crate) directories: BTreeMap<Vec<u8>, Option<u32>>,
    /// Files by the layer that stores them.
    pub(crate) files: BTreeMap<u32, Vec<File>>,
    pub(crate) symlinks: Vec<(Vec<u8>, Vec<u8>)>,
    /// What has no content that could be taken out, with a word for it.
    pub(crate) skipped: Vec<(Vec<u8>, &'static str)>,
}

impl<'a> View<'a> {
    /// The final tree, or one layer of it.
    pub(crate) fn new(
        snapshot: &'a Snapshot,
        image: &'a Image,
        squashed: &'a Squashed<'a>,
        layer: Option<u32>,
    ) -> Result<Self> {
        match layer {
            Some(layer) if layer as usize >= image.layers.len() => Err(Error::usage(
                format!("there is no layer {layer}: the image has {}", image.layers.len()),
                "`plimsoll inspect SOURCE` lists them, counted from 0",
            )),
            _ => Ok(Self { snapshot, image, squashed, layer }),
        }
    }

    /// The error of a path at which nothing stands: it names the layers that have it.
    pub(crate) fn nothing_at(&self, text: &str) -> Error {
        let spellings = spellings(text.as_bytes());
        let layers: Vec<String> = (0..self.image.layers.len())
            .filter(|&layer| {
                let entries = u32::try_from(layer).ok().and_then(|layer| self.entries(layer));
                entries.is_some_and(|entries| spellings.iter().any(|path| entries.find(path).is_some()))
            })
            .map(|layer| format!("`--layer {layer}`"))
            .collect();
        let text = one_line(text);
        let message = match self.layer {
            Some(layer) => format!("layer {layer} has no `{text}`"),
            None => format!("the image has no `{text}`"),
        };
        let hint = match &layers[..] {
            [] => "`plimsoll browse SOURCE` lists its files".to_owned(),
            layers => format!("it is in {}", layers.join(", ")),
        };
        Error::usage(message, hint)
    }

    fn entries(&self, layer: u32) -> Option<&'a Entries> {
        let layer = self.image.layers.get(layer as usize)?;
        self.snapshot.layers[layer.layer].contents.as_ref().map(|contents| &contents.entries)
    }

    /// The layers that are looked at.
    fn layers(&self) -> std::ops::Range<u32> {
        let count = u32::try_from(self.image.layers.len()).unwrap_or(u32::MAX);
        self.layer.map_or(0..count, |layer| layer..layer.saturating_add(1))
    }

    fn is_visible(&self, (layer, entry): Place) -> bool {
        self.layer.is_some() || self.squashed.names.is_alive(layer, entry)
    }

    /// The entry at exactly this path.
    pub(crate) fn at(&self, path: &[u8]) -> Option<Place> {
        self.layers().find_map(|layer| {
            let entry = u32::try_from(self.entries(layer)?.find(path)?).ok()?;
            self.is_visible((layer, entry)).then_some((layer, entry))
        })
    }

    fn node(&self, (layer, entry): Place) -> EntryNode<'a> {
        let entries = self.entries(layer).expect("a place comes from entries");
        entries.get(entry as usize).node
    }

    /// The entries below a directory, with their places.
    fn below(&self, directory: &[u8]) -> BTreeMap<&'a [u8], Place> {
        let mut prefix = directory.to_vec();
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        let mut found = BTreeMap::new();
        for layer in self.layers() {
            let Some(entries) = self.entries(layer) else { continue };
            // Entries are in path order, and those below a directory follow each other.
            for index in entries.lower_bound(directory)..entries.len() {
                let path = entries.path(index);
                if path == directory {
                    continue;
                }
                if !path.starts_with(&prefix) {
                    break;
                }
                let Ok(entry) = u32::try_from(index) else { break };
                if self.is_visible((layer, entry)) {
                    found.insert(path, (layer, entry));
                }
            }
        }
        found
    }
}

/// The path that a user means: as it is, or as output escapes it.
fn spellings(text: &[u8]) -> Vec<Vec<u8>> {
    let clean = |text: &[u8]| {
        let parts: Vec<&[u8]> =
            (text.split(|&byte| byte == b'/')).filter(|part| !part.is_empty() && *part != b".").collect();
        parts.join(&b'/')
    };
    let mut spellings = vec![clean(text)];
    let unescaped = std::str::from_utf8(text).ok().and_then(path::unescape);
    spellings.extend(unescaped.map(|path| clean(&path)).filter(|path| *path != spellings[0]));
    spellings
}

/// What stands at a path; symbolic links on the way are followed, the last one with `follow`. `None` if nothing does.
pub(crate) fn find(view: &View<'_>, text: &[u8], follow: bool) -> Option<Node> {
    spellings(text).into_iter().find_map(|path| resolve(view, &path, follow))
}

fn resolve(view: &View<'_>, wanted: &[u8], follow: bool) -> Option<Node> {
    let parts = |path: &[u8]| -> Vec<Vec<u8>> {
        path.split(|&byte| byte == b'/').rev().filter(|part| !part.is_empty()).map(<[u8]>::to_vec).collect()
    };
    let mut pending = parts(wanted);
    let mut real: Vec<u8> = Vec::new();
    let mut links = 0;
    while let Some(part) = pending.pop() {
        match &part[..] {
            b"." => continue,
            b".." => {
                real.truncate(real.iter().rposition(|&byte| byte == b'/').unwrap_or(0));
                continue;
            }
            _ => {}
        }
        let above = real.len();
        if above > 0 {
            real.push(b'/');
        }
        real.extend_from_slice(&part);
        let Some(place) = view.at(&real) else { continue };
        if let EntryNode::Symlink { target } = view.node(place)
            && (follow || !pending.is_empty())
        {
            links += 1;
            if links > MAX_LINKS {
                return None;
            }
            real.truncate(if target.starts_with(b"/") { 0 } else { above });
            pending.extend(parts(target));
        }
    }
    let Some(place) = view.at(&real) else {
        // A directory that only its content implies, and the root.
        let exists = !view.below(&real).is_empty();
        return exists.then_some(Node::Directory(real));
    };
    Some(match view.node(place) {
        EntryNode::Directory => Node::Directory(real),
        node => match special(&node) {
            Some(word) => Node::Special(real, word),
            None => Node::File(real),
        },
    })
}

const fn special(node: &EntryNode<'_>) -> Option<&'static str> {
    match node {
        EntryNode::File { .. } | EntryNode::Hardlink { .. } | EntryNode::Directory => None,
        EntryNode::Symlink { .. } => Some("a symbolic link"),
        EntryNode::CharDevice | EntryNode::BlockDevice => Some("a device"),
        EntryNode::Fifo => Some("a named pipe"),
    }
}

/// What has to be made for some paths, which [`find`] gave, and everything below them.
pub(crate) fn plan(view: &View<'_>, paths: &[Vec<u8>]) -> Plan {
    let mut wanted: BTreeMap<&[u8], Place> = BTreeMap::new();
    let mut plan = Plan::default();
    for path in paths {
        match view.at(path) {
            Some(place) => {
                let entries = view.entries(place.0).expect("a place comes from entries");
                wanted.insert(entries.path(place.1 as usize), place);
                if matches!(view.node(place), EntryNode::Directory) {
                    wanted.extend(view.below(path));
                }
            }
            None => wanted.extend(view.below(path)),
        }
    }
    wanted.remove(&b""[..]);
    let mut files: BTreeMap<u32, File> = BTreeMap::new();
    for (path, place) in wanted {
        for (end, _) in path.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            plan.directories.entry(path[..end].to_vec()).or_default();
        }
        let entry = view.entries(place.0).expect("a place comes from entries").get(place.1 as usize);
        match entry.node {
            EntryNode::Directory => {
                plan.directories.insert(path.to_vec(), Some(entry.attributes.mode));
            }
            EntryNode::Symlink { target } => plan.symlinks.push((path.to_vec(), target.to_vec())),
            EntryNode::File { .. } | EntryNode::Hardlink { .. } => {
                let Some(inode) = view.squashed.inode_of(place.0, place.1) else {
                    plan.skipped.push((path.to_vec(), "a hard link to nothing"));
                    continue;
                };
                files.entry(inode).or_insert_with(|| file(view, inode)).names.push(path.to_vec());
            }
            node => plan.skipped.push((path.to_vec(), special(&node).unwrap_or_default())),
        }
    }
    // A later layer may have something below a link: there it is a directory.
    let Plan { directories, symlinks, skipped, .. } = &mut plan;
    symlinks.retain(|(path, _)| {
        let is_free = !directories.contains_key(path);
        if !is_free {
            skipped.push((path.clone(), "a symbolic link with files below it"));
        }
        is_free
    });
    for (inode, mut file) in files {
        file.names.retain(|path| !plan.directories.contains_key(path));
        if file.names.is_empty() {
            continue;
        }
        plan.files.entry(view.squashed.inodes[inode as usize].layer).or_default().push(file);
    }
    plan
}

fn file(view: &View<'_>, inode: u32) -> File {
    let inode = &view.squashed.inodes[inode as usize];
    let entry = view.entries(inode.layer).expect("an inode lies in a layer").get(inode.entry as usize);
    File {
        stored: entry.path.to_vec(),
        content: inode.content,
        size: inode.size.0,
        mode: entry.attributes.mode,
        names: Vec::new(),
    }
}
