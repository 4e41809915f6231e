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

/// Why a path leads to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// Nothing stands there.
    Entry,
    /// It ends at a symbolic link to something that is not there.
    Target {
        /// The path of the link.
        link: Vec<u8>,
        /// The target as the link has it.
        target: Vec<u8>,
        /// The path in the image that the target stands for.
        path: Vec<u8>,
    },
    /// It leads through symbolic links without an end.
    Circle {
        /// The link at which the search ended.
        link: Vec<u8>,
    },
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

    /// The error of a path that leads to nothing. It names the layers in which it leads to something.
    pub(crate) fn missing(&self, text: &str, missing: &Missing) -> Error {
        let wanted = text.as_bytes();
        let text = one_line(text);
        let whole = match self.layer {
            Some(layer) => format!("layer {layer}"),
            None => "the image".to_owned(),
        };
        let leads = |link: &[u8]| {
            let is_itself = spellings(wanted).iter().any(|path| path == link);
            if is_itself {
                format!("`{text}` is")
            } else {
                format!("`{text}` leads to `{}`,", path::escape(link))
            }
        };
        match missing {
            Missing::Entry => {
                let hint = match &self.layers_with(wanted)[..] {
                    [] => "`plimsoll browse SOURCE` lists its files".to_owned(),
                    layers => format!("it is in {}", layers.join(", ")),
                };
                Error::usage(format!("{whole} has no `{text}`"), hint)
            }
            Missing::Target { link, target, path } => {
                let target = path::escape(target);
                let mounts = [&b"dev"[..], b"proc", b"run", b"sys"];
                let first = path.split(|&byte| byte == b'/').next().unwrap_or_default();
                let hint = match &self.layers_with(path)[..] {
                    [] if mounts.contains(&first) => {
                        format!("`{target}` exists in a running container alone")
                    }
                    [] => "`plimsoll browse SOURCE` lists its files".to_owned(),
                    layers => format!("`{}` is in {}", path::escape(path), layers.join(", ")),
                };
                Error::usage(
                    format!("{} a symbolic link to `{target}`, which {whole} does not have", leads(link)),
                    hint,
                )
            }
            Missing::Circle { link } => Error::usage(
                format!("{} a symbolic link that leads in a circle", leads(link)),
                "name the file itself",
            ),
        }
    }

    /// The other layers in which a path leads to something, as the options that read them.
    fn layers_with(&self, wanted: &[u8]) -> Vec<String> {
        let count = u32::try_from(self.image.layers.len()).unwrap_or(u32::MAX);
        let others = (0..count).filter(|&layer| self.layer != Some(layer));
        let has = |layer: &u32| find(&View { layer: Some(*layer), ..*self }, wanted, true).is_ok();
        others.filter(has).map(|layer| format!("`--layer {layer}`")).collect()
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

/// What stands at a path; symbolic links on the way are followed, the last one with `follow`.
pub(crate) fn find(view: &View<'_>, text: &[u8], follow: bool) -> std::result::Result<Node, Missing> {
    let mut missing = Missing::Entry;
    for path in spellings(text) {
        match resolve(view, &path, follow) {
            Ok(node) => return Ok(node),
            Err(Missing::Entry) => {}
            Err(found) => missing = found,
        }
    }
    Err(missing)
}

fn resolve(view: &View<'_>, wanted: &[u8], follow: bool) -> std::result::Result<Node, Missing> {
    let parts = |path: &[u8]| -> Vec<Vec<u8>> {
        path.split(|&byte| byte == b'/').rev().filter(|part| !part.is_empty()).map(<[u8]>::to_vec).collect()
    };
    let mut pending = parts(wanted);
    let mut real: Vec<u8> = Vec::new();
    let mut links = 0;
    // The link that the path ends with, and its target.
    let mut last: Option<(Vec<u8>, Vec<u8>)> = None;
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
                return Err(Missing::Circle { link: real });
            }
            if pending.is_empty() {
                last = Some((real.clone(), target.to_vec()));
            }
            real.truncate(if target.starts_with(b"/") { 0 } else { above });
            pending.extend(parts(target));
        }
    }
    let Some(place) = view.at(&real) else {
        // A directory that only its content implies, and the root.
        return match last {
            _ if !view.below(&real).is_empty() => Ok(Node::Directory(real)),
            Some((link, target)) => Err(Missing::Target { link, target, path: real }),
            None => Err(Missing::Entry),
        };
    };
    Ok(match view.node(place) {
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
