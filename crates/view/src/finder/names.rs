//! The names of the files of one service, one behind the other, so that a search is one pass over bytes.

use std::cmp::Reverse;

use memchr::memmem::Finder;
use plimsoll_analysis::compare::{FileNode, FileTree, Side, SizeChange};
use plimsoll_snapshot::{Bytes, path};

/// What stands between two names. No name holds it.
const BETWEEN: u8 = b'/';

/// How well a name answers a search, the best first: letter by letter, from its beginning, somewhere in it; then the larger.
pub(super) type Rank = (u8, Reverse<Bytes>, u32);

/// The names of a tree. They are kept in small letters of ASCII.
#[derive(Debug)]
pub(super) struct Names {
    text: Vec<u8>,
    /// Where the name of each node begins, and the end of the last one.
    starts: Vec<usize>,
    /// The directory that each node lies in.
    parents: Vec<u32>,
}

impl Names {
    pub(super) fn of(tree: &FileTree<'_>) -> Self {
        let mut names = Self {
            text: Vec::new(),
            starts: Vec::with_capacity(tree.nodes.len() + 1),
            parents: Vec::with_capacity(tree.nodes.len()),
        };
        let mut above: Vec<u32> = Vec::new();
        for (node, index) in tree.nodes.iter().zip(0_u32..) {
            names.starts.push(names.text.len());
            names.text.extend(node.name.iter().map(u8::to_ascii_lowercase));
            names.text.push(BETWEEN);
            above.truncate(node.depth as usize);
            names.parents.push(above.last().copied().unwrap_or(0));
            above.push(index);
        }
        names.starts.push(names.text.len());
        names
    }

    fn name(&self, node: u32) -> &[u8] {
        let node = node as usize;
        // The byte in between belongs to no name.
        &self.text[self.starts[node]..self.starts[node + 1] - 1]
    }

    /// The directory that a node lies in, as a path; empty for those on top.
    pub(super) fn directory(&self, tree: &FileTree<'_>, node: u32) -> String {
        let mut names = Vec::new();
        let mut at = self.parents[node as usize];
        while at != 0 {
            names.push(tree.nodes[at as usize].name);
            at = self.parents[at as usize];
        }
        names.reverse();
        path::escape(&names.join(&b'/')).into_owned()
    }

    /// The best of the nodes that hold a text, and how many do. Before its last slash, it has to fit the directories.
    pub(super) fn search(&self, tree: &FileTree<'_>, wanted: &str, most: usize) -> (Vec<Rank>, usize) {
        let wanted = wanted.to_ascii_lowercase();
        let wanted = wanted.trim_matches('/');
        let (directories, name) = match wanted.rsplit_once('/') {
            Some((directories, name)) => (Some(directories), name),
            None => (None, wanted),
        };
        let mut best: Vec<Rank> = Vec::with_capacity(most + 1);
        let mut count = 0;
        for node in self.holding(name.as_bytes()) {
            if let Some(directories) = directories
                && !(self.name(node).starts_with(name.as_bytes()) && self.lies_in(node, directories))
            {
                continue;
            }
            count += 1;
            let rank = (self.fit(node, name.as_bytes()), Reverse(weight(&tree.nodes[node as usize])), node);
            if best.len() < most || best.last().is_some_and(|worst| rank < *worst) {
                let at = best.partition_point(|better| *better < rank);
                best.insert(at, rank);
                best.truncate(most);
            }
        }
        (best, count)
    }

    /// The nodes whose names hold a text, in their order.
    fn holding(&self, wanted: &[u8]) -> impl Iterator<Item = u32> {
        let finder = Finder::new(wanted).into_owned();
        let (mut node, mut from) = (0_usize, 0_usize);
        std::iter::from_fn(move || {
            let found = from + finder.find(self.text.get(from..)?)?;
            while *self.starts.get(node + 1)? <= found {
                node += 1;
            }
            // A name is found once, however often it holds the text.
            from = self.starts[node + 1];
            u32::try_from(node).ok()
        })
    }

    fn fit(&self, node: u32, wanted: &[u8]) -> u8 {
        match self.name(node) {
            name if name == wanted => 0,
            name if name.starts_with(wanted) => 1,
            _ => 2,
        }
    }

    /// Whether the directories that a node lies in end with these; of the first of them, the end is enough.
    fn lies_in(&self, node: u32, directories: &str) -> bool {
        let mut at = node;
        let mut wanted = directories.rsplit('/').peekable();
        while let Some(part) = wanted.next() {
            at = self.parents[at as usize];
            let name = self.name(at);
            let fits = if wanted.peek().is_none() {
                name.ends_with(part.as_bytes())
            } else {
                name == part.as_bytes()
            };
            if at == 0 || !fits {
                return false;
            }
        }
        true
    }
}

/// The larger of both sides, with everything below it.
fn weight(node: &FileNode<'_>) -> Bytes {
    let size = size(node);
    size.before.max(size.after)
}

/// Both sides of a node, with everything below it.
pub(super) fn size(node: &FileNode<'_>) -> SizeChange {
    let side = |side: Option<Side>| side.map_or(Bytes::ZERO, |side| side.bytes);
    SizeChange::new(side(node.before), side(node.after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tree;

    const BEFORE: &[(&str, u64)] = &[
        ("etc/lib", 1),
        ("opt/lib/Python", 3),
        ("usr/lib/python/python.so", 900),
        ("usr/lib/python/site/monty-python", 20),
        ("usr/lib/pythons", 7),
    ];

    /// The paths that a search finds, the best first, and how many there are.
    fn check(wanted: &str, most: usize, expected: &[&str], all: usize) {
        tree(BEFORE, &[], |tree| {
            let names = Names::of(tree);
            let (found, count) = names.search(tree, wanted, most);
            for (.., node) in &found {
                let path = tree.path(*node as usize);
                assert_eq!(
                    names.directory(tree, *node),
                    path.rsplit_once('/').map_or("", |(above, _)| above)
                );
            }
            let paths = found.iter().map(|(.., node)| tree.path(*node as usize)).collect::<Vec<_>>();
            assert_eq!((paths.join(" "), count), (expected.join(" "), all));
        });
    }

    #[test]
    fn what_is_called_so_comes_before_what_only_holds_it_and_the_larger_first() {
        let all = [
            "usr/lib/python",
            "opt/lib/Python",
            "usr/lib/python/python.so",
            "usr/lib/pythons",
            "usr/lib/python/site/monty-python",
        ];
        check("PYTHON", 9, &all, 5);
        check("python", 2, &all[..2], 5);
        check("nothing", 9, &[], 0);
    }

    #[test]
    fn a_path_is_searched_by_its_end() {
        check("lib/python", 9, &["usr/lib/python", "opt/lib/Python", "usr/lib/pythons"], 3);
        check("/usr/lib/python/", 9, &["usr/lib/python", "usr/lib/pythons"], 2);
        check("r/lib/python/p", 9, &["usr/lib/python/python.so"], 1);
        check("b/usr/lib", 9, &[], 0);
    }

    #[test]
    fn a_text_does_not_reach_from_one_name_into_the_next() {
        check("libpython", 9, &[], 0);
        check("sr", 9, &["usr"], 1);
    }
}
