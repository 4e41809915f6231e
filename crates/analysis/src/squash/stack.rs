//! Lays one layer after another on top of what is there.

use std::collections::HashMap;

use plimsoll_snapshot::{Bytes, Contents, Entry, EntryKind, Node, Order as _};

use super::image::{Deletion, EntryInodes, NO_INODE, Names, Squashed};
use super::lookup::{InodeId, Live, Lookup, Name, NodeId, ROOT};
use super::walk::{Walk, component_end};
use crate::inode::{Cause, Inode};
use crate::tree::TreeBuilder;

pub(super) struct Stack<'a> {
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
    pub(super) fn apply(&mut self, layer: u32, contents: &'a Contents) {
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
            if let Some(id) = self.find(&mut walk, path) {
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
            // Only what the whiteouts took away is gone: no entry of this layer was placed yet.
            if self.find(&mut Walk::default(), target).is_none() {
                self.to_deleted.push((layer, index));
            }
        }
        let mut walk = Walk::default();
        for path in contents.opaque.iter() {
            if let Some(id) = self.find(&mut walk, path) {
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
            let id = self.make(&mut walk, entry.path, layer);
            name_of_entry[index as usize] = id;
            self.place(id, Live { kind, layer, entry: Some(index), inode });
        }

        // Links come last, since what they point to may stand before or behind them.
        let mut walk = Walk::default();
        let mut linked = Vec::new();
        let mut ends = Ends::default();
        for index in links {
            let entry = entries.get(index as usize);
            let (kind, inode) = match ends.resolve(contents, index, &inode_of_entry) {
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
            let id = self.make(&mut walk, entry.path, layer);
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

    /// The name at `path`, if it is alive.
    fn find(&self, walk: &mut Walk<'a>, path: &'a [u8]) -> Option<NodeId> {
        let id = walk.find(path, |at, name| self.lookup.find(at, name, &self.names))?;
        self.names[id as usize].live.map(|_| id)
    }

    /// The name at `path`, made if need be, with live directories above it.
    fn make(&mut self, walk: &mut Walk<'a>, path: &'a [u8], layer: u32) -> NodeId {
        let made = walk.find(path, |at, name| {
            // What stands above a path is a directory, whatever it was before.
            if self.names[at as usize].live.is_none_or(|live| live.kind != EntryKind::Directory) {
                self.note_symlink(layer, at);
                self.place(at, Live { kind: EntryKind::Directory, layer, entry: None, inode: None });
            }
            Some(self.lookup.find_or_make(at, name, &mut self.names))
        });
        made.expect("every name is made that is not there")
    }

    /// For each hard link whose target is not in its own layer: what the target is now.
    fn pin_lower_targets(&mut self, contents: &'a Contents) -> HashMap<u32, (EntryKind, Option<InodeId>)> {
        let mut pinned = HashMap::new();
        for (index, entry) in contents.entries.iter().enumerate() {
            let Node::Hardlink { target } = entry.node else { continue };
            if contents.entries.find(target).is_some() {
                continue;
            }
            if let Some(live) =
                self.find(&mut Walk::default(), target).and_then(|id| self.names[id as usize].live)
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

    /// Notes a symbolic link above the path of a whiteout, which makes no directories.
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

    pub(super) fn finish(mut self) -> Squashed<'a> {
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

/// Where a chain of hard links ends.
#[derive(Clone, Copy)]
enum Target {
    /// At this entry of the same layer.
    InLayer(u32),
    /// At this link, which points to something that only a lower layer can have.
    Below(u32),
}

/// Where the hard links of a layer end, as far as they were followed: a chain of any length takes one step per link.
#[derive(Default)]
struct Ends(HashMap<u32, Target>);

impl Ends {
    /// Follows links to links within a layer. A circle of links points nowhere, like a link to the layers below that finds
    /// nothing there.
    fn resolve(&mut self, contents: &Contents, link: u32, inodes: &[Option<InodeId>]) -> Target {
        let mut at = link;
        let mut passed = Vec::new();
        let end = loop {
            if let Some(&known) = self.0.get(&at) {
                break known;
            }
            let Node::Hardlink { target } = contents.entries.get(at as usize).node else {
                break Target::InLayer(at);
            };
            // A chain that comes by here again is a circle.
            self.0.insert(at, Target::Below(at));
            passed.push(at);
            match contents.entries.find(target).map(|index| (index, u32::try_from(index))) {
                Some((index, Ok(next))) if inodes[index].is_some() => break Target::InLayer(next),
                Some((_, next)) => at = next.expect("an index of an entry"),
                None => break Target::Below(at),
            }
        };
        self.0.extend(passed.into_iter().map(|link| (link, end)));
        end
    }
}
