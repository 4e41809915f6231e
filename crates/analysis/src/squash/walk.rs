//! Finds and makes the names of paths that come in their order.

use plimsoll_snapshot::{EntryKind, path};

use super::lookup::{Live, NodeId, ROOT};
use super::stack::Stack;

/// Follows paths that come in order, remembering the directories of the last one.
#[derive(Default)]
pub(super) struct Walk<'a> {
    last: &'a [u8],
    /// Where each component of `last` ends in it, and its name.
    trail: Vec<(usize, NodeId)>,
}

impl<'a> Walk<'a> {
    /// The name at `path`, if it is alive.
    pub(super) fn find(&mut self, stack: &Stack<'a>, path: &'a [u8]) -> Option<NodeId> {
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
    pub(super) fn make(&mut self, stack: &mut Stack<'a>, path: &'a [u8], layer: u32) -> NodeId {
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

pub(super) fn component_end(path: &[u8], start: usize) -> usize {
    path[start..].iter().position(|&byte| byte == b'/').map_or(path.len(), |length| start + length)
}
