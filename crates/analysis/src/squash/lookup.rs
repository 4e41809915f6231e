//! The paths of an image as names in directories, each known by a number.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Slot;
use plimsoll_snapshot::EntryKind;

/// The number of a name.
pub(super) type NodeId = u32;
/// The number of an inode.
pub(super) type InodeId = u32;

pub(super) const ROOT: NodeId = 0;

/// A name that some layer has mentioned. It stays when it dies, so that a later layer can bring it back.
pub(super) struct Name<'a> {
    pub(super) parent: NodeId,
    pub(super) name: &'a [u8],
    /// What the name stands for now.
    pub(super) live: Option<Live>,
    /// Whether the parent's list of children holds this name.
    pub(super) listed: bool,
    /// The first of the names below that are alive, and some that have died since they were listed; then the next one
    /// of the same directory. The root, which is in no directory, ends a list.
    pub(super) first_child: NodeId,
    pub(super) next_sibling: NodeId,
}

impl<'a> Name<'a> {
    pub(super) fn of(parent: NodeId, name: &'a [u8]) -> Self {
        Self { parent, name, live: None, listed: false, first_child: ROOT, next_sibling: ROOT }
    }

    pub(super) fn is(&self, parent: NodeId, name: &[u8]) -> bool {
        self.parent == parent && self.name == name
    }
}

#[derive(Clone, Copy)]
pub(super) struct Live {
    pub(super) kind: EntryKind,
    pub(super) layer: u32,
    /// Index into the entries of the layer; `None` for a directory that only its children imply.
    pub(super) entry: Option<u32>,
    /// The content of a file.
    pub(super) inode: Option<InodeId>,
}

/// Finds a name in its directory. It holds numbers alone: the names themselves lie in the stack.
#[derive(Default)]
pub(super) struct Lookup {
    table: HashTable<NodeId>,
    state: RandomState,
}

impl Lookup {
    pub(super) fn reserve(&mut self, more: usize, names: &[Name<'_>]) {
        self.table.reserve(more, |&id| hash(&self.state, id, names));
    }

    pub(super) fn find(&self, parent: NodeId, name: &[u8], names: &[Name<'_>]) -> Option<NodeId> {
        let is_it = |&id: &NodeId| names[id as usize].is(parent, name);
        self.table.find(self.state.hash_one((parent, name)), is_it).copied()
    }

    pub(super) fn find_or_make<'a>(
        &mut self,
        parent: NodeId,
        name: &'a [u8],
        names: &mut Vec<Name<'a>>,
    ) -> NodeId {
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
