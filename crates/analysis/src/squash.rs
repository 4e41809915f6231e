//! Stacks the layers of an image into one tree, and says of every byte whether a name still reaches it.
//!
//! The unit of accounting is the *inode*: every regular file entry of a layer is one, however many hard links
//! name it. An inode is hidden when its last name is gone. Hence, for every image,
//! `image size = final tree + hidden`, byte for byte.
//!
//! Rules from the OCI image specification, layer.md: "Changeset Over Existing Files", "Whiteouts",
//! "Opaque Whiteout", "Hardlinks".

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;
use plimsoll_snapshot::{
    Bytes, ContentHash, Contents, Entry, EntryKind, Image, Node, Order as _, Snapshot, path,
};
use serde::Serialize;

use crate::tree::{Tree, TreeBuilder};

/// Why an inode is hidden: what happened to the last name it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A whiteout removed it, or a directory above it.
    Deleted,
    /// A later layer made a directory above it opaque.
    Opaque,
    /// A later layer has a file of other content at its path.
    Overwritten,
    /// A later layer has a file of the very same content at its path: it was touched, or changed its owner or mode.
    RewrittenSameContent,
    /// A later layer has something at its path, or at a directory above it, that is no file, or was none.
    ReplacedByOtherKind,
}

impl Cause {
    /// Every cause, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Deleted,
        Self::Opaque,
        Self::Overwritten,
        Self::RewrittenSameContent,
        Self::ReplacedByOtherKind,
    ];
}

/// The content of a regular file, stored once however many names it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inode {
    /// The logical size.
    pub size: Bytes,
    /// The hash of the content.
    pub content: ContentHash,
    /// Index into [`Image::layers`] of the layer that stores it.
    pub layer: u32,
    /// Index into the entries of that layer.
    pub entry: u32,
    /// The layer that took away its last name, and how; `None` while it has one.
    pub hidden: Option<(u32, Cause)>,
    names: u32,
}

/// An image with its layers stacked.
#[derive(Debug)]
pub struct Squashed<'a> {
    /// What a container of the image sees.
    pub tree: Tree<'a>,
    /// Every file content of every layer, in the order of layers and paths.
    pub inodes: Vec<Inode>,
    /// Hard links that point to nothing: the layer and the entry.
    pub dangling: Vec<(u32, u32)>,
    /// Hard links to files of lower layers that their own layer deletes: the layer and the entry.
    pub to_deleted: Vec<(u32, u32)>,
    /// Symbolic links that a later layer has something below: that layer, and the layer and the entry of the link.
    pub below_symlinks: Vec<(u32, u32, u32)>,
    /// Every path that some layer has mentioned, alive or not.
    pub names: Names,
    /// Which inode each entry names.
    entries: EntryInodes,
    /// What whiteouts took away, in the order of layers.
    pub deletions: Vec<Deletion>,
}

/// Which inode the entries of all layers name, hard links included.
#[derive(Debug, Default)]
struct EntryInodes {
    /// For each layer the inode of each of its entries, or [`NO_INODE`].
    of_entries: Vec<Vec<u32>>,
    /// The inode, layer and entry of every hard link, in order.
    links: Vec<(u32, u32, u32)>,
}

const NO_INODE: u32 = u32::MAX;

/// A file, or a directory of files, that a whiteout took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The layer of the whiteout.
    pub layer: u32,
    /// What it names.
    pub name: u32,
    /// The bytes of the files below it; none for a file.
    pub below: Bytes,
}

/// The paths of all layers, each once whichever layers mention it, as a tree of numbers.
#[derive(Debug, Default)]
pub struct Names {
    parents: Vec<u32>,
    /// For each layer of the image, the name of each of its entries.
    of_entries: Vec<Vec<u32>>,
    /// The layer and the entry that each name stands for in the final tree.
    living: Vec<Option<(u32, u32)>>,
}

impl Names {
    /// The root of the image. A parent always has a smaller number than its children.
    pub const ROOT: u32 = 0;

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    /// Whether there is none: not even a root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parents.is_empty()
    }

    /// The name of an entry of a layer.
    #[must_use]
    pub fn of(&self, layer: u32, entry: u32) -> u32 {
        self.of_entries[layer as usize][entry as usize]
    }

    /// The layer and the entry that a name stands for in the final tree; `None` if nothing is there, or a directory
    /// that only what lies in it implies.
    #[must_use]
    pub fn living(&self, name: u32) -> Option<(u32, u32)> {
        self.living[name as usize]
    }

    /// Whether the final tree has an entry where its layer put it.
    #[must_use]
    pub fn is_alive(&self, layer: u32, entry: u32) -> bool {
        self.living(self.of(layer, entry)) == Some((layer, entry))
    }

    /// The directory a name stands in; the root stands in itself.
    #[must_use]
    pub fn parent(&self, name: u32) -> u32 {
        self.parents[name as usize]
    }
}

impl Squashed<'_> {
    /// The inode that an entry names: the one it stores, or the one it links to.
    #[must_use]
    pub fn inode_of(&self, layer: u32, entry: u32) -> Option<u32> {
        let inode = *self.entries.of_entries.get(layer as usize)?.get(entry as usize)?;
        (inode != NO_INODE).then_some(inode)
    }

    /// The layers and the entries that name an inode: those of the final tree or, if it is hidden, all it ever had.
    /// The one that stores it comes first.
    pub fn names_of(&self, inode: u32) -> impl Iterator<Item = (u32, u32)> {
        let Inode { layer, entry, hidden, .. } = self.inodes[inode as usize];
        let links = &self.entries.links;
        let from = links.partition_point(|&(other, ..)| other < inode);
        let links = links[from..].iter().take_while(move |&&(other, ..)| other == inode);
        let all = std::iter::once((layer, entry)).chain(links.map(|&(_, layer, entry)| (layer, entry)));
        all.filter(move |&(layer, entry)| hidden.is_some() || self.names.is_alive(layer, entry))
    }

    /// Whether the final tree has something at a path.
    #[must_use]
    pub fn finds(&self, snapshot: &Snapshot, image: &Image, path: &[u8]) -> bool {
        image.layers.iter().zip(0..).any(|(layer, index)| {
            let contents = snapshot.layers[layer.layer].contents.as_ref();
            let entry = contents.and_then(|contents| u32::try_from(contents.entries.find(path)?).ok());
            entry.is_some_and(|entry| self.names.is_alive(index, entry))
        })
    }

    /// Whether an inode ever had more than one name.
    #[must_use]
    pub fn is_linked(&self, inode: u32) -> bool {
        self.entries.links.binary_search_by_key(&inode, |&(other, ..)| other).is_ok()
    }
}

/// Stacks the layers of `image`, lowest first. Takes time linear in the number of entries, but for sorting names.
#[must_use]
pub fn squash<'a>(snapshot: &'a Snapshot, image: &Image) -> Squashed<'a> {
    let mut stack = Stack::default();
    for (index, layer) in image.layers.iter().enumerate() {
        if let Some(contents) = &snapshot.layers[layer.layer].contents {
            let index = u32::try_from(index).expect("an image has fewer than 2^32 layers");
            stack.apply(index, contents);
        }
    }
    stack.finish()
}

type NodeId = u32;
type InodeId = u32;
const ROOT: NodeId = 0;

/// A name that some layer has mentioned. It stays when it dies, so that a later layer can bring it back.
struct Name<'a> {
    parent: NodeId,
    name: &'a [u8],
    /// What the name stands for now.
    live: Option<Live>,
    /// Whether the parent's list of children holds this name.
    listed: bool,
    /// The first of the names below that are alive, and some that have died since they were listed; then the next one
    /// of the same directory. The root, which is in no directory, ends a list.
    first_child: NodeId,
    next_sibling: NodeId,
}

impl<'a> Name<'a> {
    fn of(parent: NodeId, name: &'a [u8]) -> Self {
        Self { parent, name, live: None, listed: false, first_child: ROOT, next_sibling: ROOT }
    }

    fn is(&self, parent: NodeId, name: &[u8]) -> bool {
        self.parent == parent && self.name == name
    }
}

#[derive(Clone, Copy)]
struct Live {
    kind: EntryKind,
    layer: u32,
    /// Index into the entries of the layer; `None` for a directory that only its children imply.
    entry: Option<u32>,
    /// The content of a file.
    inode: Option<InodeId>,
}

/// Finds a name in its directory. It holds numbers alone: the names themselves lie in the stack.
#[derive(Default)]
struct Lookup {
    table: HashTable<NodeId>,
    state: RandomState,
}

impl Lookup {
    fn reserve(&mut self, more: usize, names: &[Name<'_>]) {
        self.table.reserve(more, |&id| hash(&self.state, id, names));
    }

    fn find(&self, parent: NodeId, name: &[u8], names: &[Name<'_>]) -> Option<NodeId> {
        let is_it = |&id: &NodeId| names[id as usize].is(parent, name);
        self.table.find(self.state.hash_one((parent, name)), is_it).copied()
    }

    fn find_or_make<'a>(&mut self, parent: NodeId, name: &'a [u8], names: &mut Vec<Name<'a>>) -> NodeId {
        let Self { table, state } = self;
        let is_it = |&id: &NodeId| names[id as usize].is(parent, name);
        match table.entry(state.hash_one((parent, name)), is_it, |&id| hash(state, id, names)) {
            Slot::Occupied(slot) => *slot.get(),
            Slot::Vacant(slot) => {
                let id = u32::try_from(names.len()).expect("fewer than 2^32 names fit in memory");
                slot.insert(id);
                names.push(Name::of(parent, name));
                id
            }
        }
    }
}

fn hash(state: &RandomState, id: NodeId, names: &[Name<'_>]) -> u64 {
    let Name { parent, name, .. } = &names[id as usize];
    state.hash_one((*parent, *name))
}

struct Stack<'a> {
    names: Vec<Name<'a>>,
    lookup: Lookup,
    inodes: Vec<Inode>,
    dangling: Vec<(u32, u32)>,
    to_deleted: Vec<(u32, u32)>,
    below_symlinks: Vec<(u32, u32, u32)>,
    layers: Vec<Option<&'a Contents>>,
    of_entries: Vec<Vec<NodeId>>,
    entries: EntryInodes,
    deletions: Vec<Deletion>,
}

impl Default for Stack<'_> {
    fn default() -> Self {
        let root = Live { kind: EntryKind::Directory, layer: 0, entry: None, inode: None };
        Self {
            names: vec![Name { live: Some(root), listed: true, ..Name::of(ROOT, &[]) }],
            lookup: Lookup::default(),
            inodes: Vec::new(),
            dangling: Vec::new(),
            to_deleted: Vec::new(),
            below_symlinks: Vec::new(),
            layers: Vec::new(),
            of_entries: Vec::new(),
            entries: EntryInodes::default(),
            deletions: Vec::new(),
        }
    }
}

impl<'a> Stack<'a> {
    fn apply(&mut self, layer: u32, contents: &'a Contents) {
        self.layers.resize(layer as usize, None);
        self.layers.push(Some(contents));
        let entries = &contents.entries;

        // A link to a file of a lower layer keeps it alive, even if this layer removes the file's other names.
        let pinned = self.pin_lower_targets(contents);
        let mut lower: Vec<u32> = pinned.keys().copied().collect();
        lower.order();

        // Whiteouts act on the layers below alone, wherever they stand in the tar: so they come first.
        let mut walk = Walk::default();
        for path in contents.whiteouts.iter() {
            if let Some(id) = walk.find(self, path) {
                let own = self.own_bytes(id);
                let below = self.hide(id, layer, Cause::Deleted) - own.unwrap_or(Bytes::ZERO);
                if own.is_some() || below > Bytes::ZERO {
                    self.deletions.push(Deletion { layer, name: id, below });
                }
            } else {
                self.note_symlink_above(layer, path);
            }
        }
        for index in lower {
            let Node::Hardlink { target } = contents.entries.get(index as usize).node else { continue };
            // Only what the whiteouts took away is gone: nothing of this layer was placed yet.
            if Walk::default().find(self, target).is_none() {
                self.to_deleted.push((layer, index));
            }
        }
        let mut walk = Walk::default();
        for path in contents.opaque.iter() {
            if let Some(id) = walk.find(self, path) {
                self.hide_children(id, layer, Cause::Opaque);
            }
        }

        // Most of what a layer mentions is new.
        self.names.reserve(entries.len());
        self.lookup.reserve(entries.len(), &self.names);
        self.inodes.reserve(entries.len());
        let mut walk = Walk::default();
        let mut name_of_entry = vec![ROOT; entries.len()];
        let mut inode_of_entry = vec![None; entries.len()];
        let mut links = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let index = u32::try_from(index).expect("a layer has fewer than 2^32 entries");
            let kind = entry.node.kind();
            let inode = match entry.node {
                Node::Hardlink { .. } => {
                    links.push(index);
                    continue;
                }
                Node::File { size, content } => {
                    Some(self.add_inode(Inode { size, content, layer, entry: index, hidden: None, names: 0 }))
                }
                _ => None,
            };
            inode_of_entry[index as usize] = inode;
            let id = walk.make(self, entry.path, layer);
            name_of_entry[index as usize] = id;
            self.place(id, Live { kind, layer, entry: Some(index), inode });
        }

        // Links come last, since what they point to may stand before or behind them.
        let mut walk = Walk::default();
        let mut linked = Vec::new();
        for index in links {
            let entry = entries.get(index as usize);
            let (kind, inode) = match self.resolve(contents, index, &inode_of_entry) {
                Target::InLayer(target) => {
                    (entries.get(target as usize).node.kind(), inode_of_entry[target as usize])
                }
                Target::Below(last) => match pinned.get(&last) {
                    Some(&(kind, inode)) => (kind, inode),
                    None => {
                        self.dangling.push((layer, index));
                        (EntryKind::File, None)
                    }
                },
            };
            let id = walk.make(self, entry.path, layer);
            name_of_entry[index as usize] = id;
            self.place(id, Live { kind, layer, entry: Some(index), inode });
            linked.extend(inode.map(|inode| (index, inode)));
        }
        self.of_entries.resize(layer as usize, Vec::new());
        self.of_entries.push(name_of_entry);
        let mut inodes: Vec<u32> = inode_of_entry.iter().map(|inode| inode.unwrap_or(NO_INODE)).collect();
        for (index, inode) in linked {
            inodes[index as usize] = inode;
            self.entries.links.push((inode, layer, index));
        }
        self.entries.of_entries.resize(layer as usize, Vec::new());
        self.entries.of_entries.push(inodes);
        for (_, inode) in pinned.into_values() {
            if let Some(inode) = inode {
                self.drop_name(inode, layer, Cause::Deleted);
            }
        }
    }

    /// For each hard link whose target is not in its own layer: what the target is now.
    fn pin_lower_targets(&mut self, contents: &'a Contents) -> HashMap<u32, (EntryKind, Option<InodeId>)> {
        let mut pinned = HashMap::new();
        for (index, entry) in contents.entries.iter().enumerate() {
            let Node::Hardlink { target } = entry.node else { continue };
            if contents.entries.find(target).is_some() {
                continue;
            }
            if let Some(live) = Walk::default().find(self, target).and_then(|id| self.names[id as usize].live)
            {
                if let Some(inode) = live.inode {
                    self.inodes[inode as usize].names += 1;
                }
                let index = u32::try_from(index).expect("a layer has fewer than 2^32 entries");
                pinned.insert(index, (live.kind, live.inode));
            }
        }
        pinned
    }

    /// Follows links to links within a layer. A circle of links points nowhere, like a link to the layers below
    /// that finds nothing there.
    fn resolve(&self, contents: &Contents, link: u32, inodes: &[Option<InodeId>]) -> Target {
        let mut at = link;
        for _ in 0..=MAX_LINK_CHAIN {
            let Node::Hardlink { target } = contents.entries.get(at as usize).node else {
                return Target::InLayer(at);
            };
            match contents.entries.find(target) {
                Some(index) if inodes[index].is_some() => {
                    return Target::InLayer(u32::try_from(index).expect("an index of an entry"));
                }
                Some(index) => at = u32::try_from(index).expect("an index of an entry"),
                None => return Target::Below(at),
            }
        }
        Target::Below(at)
    }

    /// Notes a symbolic link of a lower layer that this layer has something below.
    fn note_symlink(&mut self, layer: u32, id: NodeId) {
        if let Some(Live { kind: EntryKind::Symlink, layer: lower, entry: Some(entry), .. }) =
            self.names[id as usize].live
            && lower < layer
            && self.below_symlinks.last() != Some(&(layer, lower, entry))
        {
            self.below_symlinks.push((layer, lower, entry));
        }
    }

    /// The same for the path of a whiteout, which makes no directories.
    fn note_symlink_above(&mut self, layer: u32, path: &'a [u8]) {
        let mut at = ROOT;
        let mut start = 0;
        while start < path.len() {
            let end = component_end(path, start);
            let Some(id) = self.lookup.find(at, &path[start..end], &self.names) else { return };
            if end < path.len() {
                self.note_symlink(layer, id);
            }
            at = id;
            start = end + 1;
        }
    }

    fn add_inode(&mut self, inode: Inode) -> InodeId {
        self.inodes.push(inode);
        u32::try_from(self.inodes.len() - 1).expect("an image has fewer than 2^32 files")
    }

    /// Puts something at a name: a directory over a directory changes its attributes only, anything else removes
    /// what was there.
    fn place(&mut self, id: NodeId, new: Live) {
        if let Some(inode) = new.inode {
            let inode = &mut self.inodes[inode as usize];
            inode.names += 1;
            // A link may come when the other names are gone: an entry of the same layer stood below the file.
            inode.hidden = None;
        }
        if let Some(old) = self.names[id as usize].live {
            let both = (old.kind, new.kind);
            if both != (EntryKind::Directory, EntryKind::Directory) {
                self.hide_children(id, new.layer, Cause::ReplacedByOtherKind);
            }
            if let Some(inode) = old.inode {
                let cause = match new.inode {
                    Some(new) if self.same_content(inode, new) => Cause::RewrittenSameContent,
                    Some(_) => Cause::Overwritten,
                    None => Cause::ReplacedByOtherKind,
                };
                self.drop_name(inode, new.layer, cause);
            }
        }
        self.names[id as usize].live = Some(new);
        self.list(id);
    }

    fn same_content(&self, left: InodeId, right: InodeId) -> bool {
        let (left, right) = (self.inodes[left as usize], self.inodes[right as usize]);
        (left.size, left.content) == (right.size, right.content)
    }

    fn list(&mut self, id: NodeId) {
        let name = &mut self.names[id as usize];
        if !std::mem::replace(&mut name.listed, true) {
            let parent = name.parent as usize;
            let next = std::mem::replace(&mut self.names[parent].first_child, id);
            self.names[id as usize].next_sibling = next;
        }
    }

    /// Empties the list of the names in a directory.
    fn unlist_children(&mut self, id: NodeId) -> Vec<NodeId> {
        let mut children = Vec::new();
        let mut next = std::mem::replace(&mut self.names[id as usize].first_child, ROOT);
        while next != ROOT {
            children.push(next);
            let child = &mut self.names[next as usize];
            child.listed = false;
            next = child.next_sibling;
        }
        children
    }

    fn drop_name(&mut self, inode: InodeId, layer: u32, cause: Cause) {
        let inode = &mut self.inodes[inode as usize];
        inode.names -= 1;
        if inode.names == 0 {
            inode.hidden = Some((layer, cause));
        }
    }

    /// The size of the file that a name stands for, if that is what it was stored under: hard links are none.
    fn own_bytes(&self, id: NodeId) -> Option<Bytes> {
        let live = self.names[id as usize].live?;
        let inode = self.inodes[live.inode? as usize];
        (Some(inode.entry) == live.entry && inode.layer == live.layer).then_some(inode.size)
    }

    /// Hides a name and all below it, and gives the bytes of the files that were stored under these names.
    fn hide(&mut self, id: NodeId, layer: u32, cause: Cause) -> Bytes {
        if id == ROOT {
            return self.hide_children(ROOT, layer, cause);
        }
        let mut bytes = Bytes::ZERO;
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            bytes += self.own_bytes(id).unwrap_or(Bytes::ZERO);
            let Some(live) = self.names[id as usize].live.take() else { continue };
            pending.extend(self.unlist_children(id));
            if let Some(inode) = live.inode {
                self.drop_name(inode, layer, cause);
            }
        }
        bytes
    }

    fn hide_children(&mut self, id: NodeId, layer: u32, cause: Cause) -> Bytes {
        let mut bytes = Bytes::ZERO;
        // Every child that is taken off the list was put there by a layer, so this is linear over all layers.
        for child in self.unlist_children(id) {
            bytes += self.hide(child, layer, cause);
        }
        bytes
    }

    fn finish(mut self) -> Squashed<'a> {
        // Nothing is looked up any more; the tree takes its room.
        self.lookup = Lookup::default();
        let mut tree = TreeBuilder::new(self.names.len(), self.inodes.len());
        self.add_to(&mut tree, ROOT, 0);
        let parents = self.names.iter().map(|name| name.parent).collect();
        let living = |name: &Name<'_>| name.live.and_then(|live| Some((live.layer, live.entry?)));
        let living = self.names.iter().map(living).collect();
        let names = Names { parents, of_entries: self.of_entries, living };
        let Self { inodes, dangling, to_deleted, below_symlinks, mut entries, deletions, .. } = self;
        entries.links.order();
        let tree = tree.finish();
        Squashed { tree, inodes, dangling, to_deleted, below_symlinks, names, entries, deletions }
    }

    fn add_to(&mut self, tree: &mut TreeBuilder<'a>, root: NodeId, depth: u32) {
        let mut pending = vec![(root, depth)];
        while let Some((id, depth)) = pending.pop() {
            let Some(live) = self.names[id as usize].live else { continue };
            let entry = live.entry.map(|index| self.entry(live.layer, index));
            let bytes = live.inode.map(|inode| (inode, self.inodes[inode as usize]));
            tree.push(self.names[id as usize].name, depth, live.kind, live.layer, entry, bytes);
            let mut children = self.unlist_children(id);
            // The last one is taken from the stack first.
            children.sort_unstable_by(|&left, &right| {
                self.names[right as usize].name.cmp(self.names[left as usize].name)
            });
            pending.extend(children.into_iter().map(|child| (child, depth + 1)));
        }
    }

    fn entry(&self, layer: u32, index: u32) -> Entry<'a> {
        self.layers[layer as usize]
            .expect("only layers with contents have entries")
            .entries
            .get(index as usize)
    }
}

/// No archiver writes a link to a link at all; beyond this many the chain is taken for a circle.
const MAX_LINK_CHAIN: u32 = 64;

/// Where a chain of hard links ends.
enum Target {
    /// At this entry of the same layer.
    InLayer(u32),
    /// At this link, which points to something that only a lower layer can have.
    Below(u32),
}

/// Follows paths that come in order, remembering the directories of the last one.
#[derive(Default)]
struct Walk<'a> {
    last: &'a [u8],
    /// Where each component of `last` ends in it, and its name.
    trail: Vec<(usize, NodeId)>,
}

impl<'a> Walk<'a> {
    /// The name at `path`, if it is alive.
    fn find(&mut self, stack: &Stack<'a>, path: &'a [u8]) -> Option<NodeId> {
        let mut at = self.back_up_to(path);
        let mut start = self.trail.last().map_or(0, |(end, _)| end + 1);
        while start < path.len() {
            let end = component_end(path, start);
            at = stack.lookup.find(at, &path[start..end], &stack.names)?;
            self.trail.push((end, at));
            start = end + 1;
        }
        stack.names[at as usize].live.map(|_| at)
    }

    /// The name at `path`, made if need be, with live directories above it.
    fn make(&mut self, stack: &mut Stack<'a>, path: &'a [u8], layer: u32) -> NodeId {
        let mut at = self.back_up_to(path);
        let mut start = self.trail.last().map_or(0, |(end, _)| end + 1);
        while start < path.len() {
            // What stands above a path is a directory, whatever it was before.
            if stack.names[at as usize].live.is_none_or(|live| live.kind != EntryKind::Directory) {
                stack.note_symlink(layer, at);
                stack.place(at, Live { kind: EntryKind::Directory, layer, entry: None, inode: None });
            }
            let end = component_end(path, start);
            at = stack.lookup.find_or_make(at, &path[start..end], &mut stack.names);
            self.trail.push((end, at));
            start = end + 1;
        }
        at
    }

    /// Forgets what the last path does not share with this one, and gives the deepest name that both share.
    fn back_up_to(&mut self, path: &'a [u8]) -> NodeId {
        let common = path::common_prefix(self.last, path);
        let shared = |end: usize| end <= common && (end == path.len() || path[end] == b'/');
        while self.trail.last().is_some_and(|&(end, _)| !shared(end)) {
            self.trail.pop();
        }
        self.last = path;
        self.trail.last().map_or(ROOT, |&(_, id)| id)
    }
}

fn component_end(path: &[u8], start: usize) -> usize {
    path[start..].iter().position(|&byte| byte == b'/').map_or(path.len(), |length| start + length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::snapshot;

    /// Squashes the layers, and compares the final paths and what is hidden: `SIZE cause from→by`.
    fn check(layers: &[&str], paths: &str, hidden: &[&str]) {
        let snapshot = snapshot("app", layers);
        let squashed = squash(&snapshot, &snapshot.images[0]);
        let found: Vec<_> = squashed.tree.paths().map(|(path, _)| path::escape(&path).into_owned()).collect();
        assert_eq!(found.join(" "), paths);
        let described: Vec<_> = squashed
            .inodes
            .iter()
            .filter_map(|inode| {
                let (by, cause) = inode.hidden?;
                Some(format!("{} {cause:?} {}→{by}", inode.size.0, inode.layer))
            })
            .collect();
        assert_eq!(described, hidden);
        let size: Bytes = squashed.inodes.iter().map(|inode| inode.size).sum();
        let gone: Bytes =
            squashed.inodes.iter().filter(|inode| inode.hidden.is_some()).map(|inode| inode.size).sum();
        assert_eq!(squashed.tree.root().bytes + gone, size, "image size = final tree + hidden");
    }

    #[test]
    fn a_directory_deleted_by_one_whiteout_hides_all_of_it() {
        check(&["d a\nf a/x 6\nf a/y 4\nf b 1", "w a"], "b", &["6 Deleted 0→1", "4 Deleted 0→1"]);
    }

    #[test]
    fn an_opaque_directory_hides_lower_entries_but_not_its_own() {
        check(&["d a\nf a/x 6", "d a\no a\nf a/new 1"], "a a/new", &["6 Opaque 0→1"]);
    }

    #[test]
    fn a_whiteout_spares_files_of_its_own_layer() {
        check(&["f a 6", "w a\nf a 2"], "a", &["6 Deleted 0→1"]);
    }

    #[test]
    fn a_directory_replaced_by_a_file_hides_its_subtree_and_the_reverse() {
        check(&["d a\nd a/b\nf a/b/x 2", "f a 1"], "a", &["2 ReplacedByOtherKind 0→1"]);
        check(&["f a 2", "d a\nf a/x 1"], "a a/x", &["2 ReplacedByOtherKind 0→1"]);
        check(&["f a 2", "f a/x 1"], "a a/x", &["2 ReplacedByOtherKind 0→1"]);
        check(&["f a 2", "l a b"], "a", &["2 ReplacedByOtherKind 0→1"]);
    }

    #[test]
    fn a_change_of_owner_hides_the_same_content_once() {
        check(&["f a 10 same", "f a 10 same"], "a", &["10 RewrittenSameContent 0→1"]);
        check(&["f a 10 old", "f a 10 new"], "a", &["10 Overwritten 0→1"]);
    }

    #[test]
    fn a_file_that_grows_hides_only_its_old_bytes() {
        check(&["f a 1", "f a 10"], "a", &["1 Overwritten 0→1"]);
    }

    #[test]
    fn bytes_stay_while_one_of_the_hard_links_does() {
        check(&["f a 10\nh b a\nh c b", "w a"], "b c", &[]);
        check(&["f a 10\nh b a\nh c b", "w a\nw b\nw c"], "", &["10 Deleted 0→1"]);
        check(&["f z 10\nh a z", "w z", "w a"], "", &["10 Deleted 0→2"]);
    }

    #[test]
    fn a_link_to_a_lower_file_outlives_the_whiteout_of_its_target() {
        check(&["f a 10", "h b a\nw a"], "b", &[]);
        check(&["f a 10", "h b a", "w b"], "a", &[]);
    }

    #[test]
    fn every_name_of_an_inode_is_known() {
        let names = |layers: &[&str], inode: u32| {
            let snapshot = snapshot("app", layers);
            let squashed = squash(&snapshot, &snapshot.images[0]);
            let path = |(layer, entry): (u32, u32)| {
                let contents = snapshot.layers[layer as usize].contents.as_ref().unwrap();
                path::escape(contents.entries.get(entry as usize).path).into_owned()
            };
            squashed.names_of(inode).map(path).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(&["f m 10\nh z m\nh a z\nf other 1"], 0), "m a z");
        // A link before its target, and one to a lower layer.
        assert_eq!(names(&["h a m\nf m 10", "h b a\nw m"], 0), "a b");
        // Of a hidden inode every name it had.
        assert_eq!(names(&["f m 10\nh a m", "w m", "w a"], 0), "m a");
        // A name that a later layer gave to something else is no name of the old content.
        assert_eq!(names(&["f m 10\nh a m", "f m 3"], 0), "a");
        assert_eq!(names(&["f m 10\nh a m", "f m 3"], 1), "m");
    }

    #[test]
    fn a_link_brings_back_what_an_entry_of_its_own_layer_replaced() {
        check(&["f a 10\nf a/b 1\nh x a"], "a a/b x", &[]);
        check(&["f a 10\nf a/b 1\nh x a", "w x"], "a a/b", &["10 Deleted 0→1"]);
    }

    #[test]
    fn links_to_nothing_and_in_a_circle_count_nothing() {
        check(&["h a b\nh b a\nh c nowhere"], "a b c", &[]);
        check(&["f a 10", "h a a"], "a", &["10 ReplacedByOtherKind 0→1"]);
    }

    #[test]
    fn a_whiteout_of_what_never_existed_changes_nothing() {
        check(&["f a 1", "w a/b/c\nw ghost\no ghost/dir\nf b 1"], "a b", &[]);
    }

    #[test]
    fn what_was_deleted_can_come_back_and_go_again() {
        check(&["d a\nf a/x 1", "w a", "d a\nf a/x 2", "o a"], "a", &["1 Deleted 0→1", "2 Opaque 2→3"]);
    }

    #[test]
    fn a_directory_over_a_directory_keeps_its_children() {
        check(&["d a\nf a/x 1", "d a"], "a a/x", &[]);
    }

    #[test]
    fn a_lower_symlink_is_never_followed() {
        check(&["d real\nf real/x 5\nl link real", "w link/x"], "link real real/x", &[]);
        check(&["d real\nf real/x 5\nl link real", "w link"], "real real/x", &[]);
        check(&["d real\nl link real", "f link/x 5"], "link link/x real", &[]);
    }

    #[test]
    fn many_whiteouts_stay_linear() {
        let files: String = (0..20_000).map(|index| format!("f d/{index} 1\n")).collect();
        let gone: String = (0..20_000).map(|index| format!("w d/{index}\n")).collect();
        let snapshot = snapshot("app", &[&files, &gone]);
        assert_eq!(squash(&snapshot, &snapshot.images[0]).tree.root().bytes, Bytes::ZERO);
    }
}
