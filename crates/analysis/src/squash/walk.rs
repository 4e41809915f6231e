//! Follows paths that come in order, from the directories that the last one shared.

use plimsoll_snapshot::path;

use super::lookup::{NodeId, ROOT};

/// Follows paths that come in order, remembering the directories of the last one.
#[derive(Default)]
pub(super) struct Walk<'a> {
    last: &'a [u8],
    /// Where each component of `last` ends in it, and its name.
    trail: Vec<(usize, NodeId)>,
}

impl<'a> Walk<'a> {
    /// Goes to the name at `path`, by `step` from each directory to the name of a component in it.
    pub(super) fn find(
        &mut self,
        path: &'a [u8],
        mut step: impl FnMut(NodeId, &'a [u8]) -> Option<NodeId>,
    ) -> Option<NodeId> {
        let mut at = self.back_up_to(path);
        let mut start = self.trail.last().map_or(0, |(end, _)| end + 1);
        while start < path.len() {
            let end = component_end(path, start);
            at = step(at, &path[start..end])?;
            self.trail.push((end, at));
            start = end + 1;
        }
        Some(at)
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
