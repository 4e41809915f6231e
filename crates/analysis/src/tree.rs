//! The squashed tree: what a container of the image sees, with the bytes below every directory.

use plimsoll_snapshot::{Attributes, Bytes, ContentHash, Entry, EntryKind, Node};

use crate::inode::Inode;

/// A tree in preorder: a node is followed by everything below it, children in the order of their names.
#[derive(Debug)]
pub struct Tree<'a> {
    nodes: Vec<TreeNode<'a>>,
}

/// A file, directory, link or device of the final tree.
#[derive(Clone, Copy, Debug)]
pub struct TreeNode<'a> {
    /// The last component of the path; empty for the root.
    pub name: &'a [u8],
    /// The number of components of the path.
    pub depth: u32,
    /// Index of the first node behind everything below this one.
    pub end: u32,
    /// What it is. A hard link is shown as what it links to.
    pub kind: EntryKind,
    /// The layer it comes from, an index into the layers of the image.
    pub layer: u32,
    /// Who may do what with it; `None` for a directory that only its children imply.
    pub attributes: Option<&'a Attributes>,
    /// What it holds.
    pub holds: Holds<'a>,
    /// Whether another name, further up, already counts the bytes of this file.
    pub counted_elsewhere: bool,
    /// The bytes of this node and everything below it, every inode once.
    pub bytes: Bytes,
    /// The number of files in it, itself included; hard links count.
    pub files: u64,
}

/// What a node of the tree holds besides other nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds<'a> {
    /// Nothing: it is a directory, a device, or a hard link that points to nothing.
    Nothing,
    /// The content of a file.
    Content(Bytes, ContentHash),
    /// What a symbolic link points to.
    Target(&'a [u8]),
}

impl<'a> Tree<'a> {
    /// Every node in preorder; the first is the root.
    #[must_use]
    pub fn nodes(&self) -> &[TreeNode<'a>] {
        &self.nodes
    }

    /// The root, with the sums over the whole tree.
    #[must_use]
    pub fn root(&self) -> &TreeNode<'a> {
        &self.nodes[0]
    }

    /// Every node with its path, the root excepted.
    pub fn paths(&self) -> impl Iterator<Item = (Vec<u8>, &TreeNode<'a>)> {
        let mut path: Vec<u8> = Vec::new();
        let mut ends = vec![0];
        self.nodes.iter().skip(1).map(move |node| {
            ends.truncate(node.depth as usize);
            path.truncate(*ends.last().expect("the root is never left"));
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(node.name);
            ends.push(path.len());
            (path.clone(), node)
        })
    }
}

/// Takes nodes in preorder and adds up.
pub(crate) struct TreeBuilder<'a> {
    nodes: Vec<TreeNode<'a>>,
    open: Vec<u32>,
    inode_seen: Vec<bool>,
}

impl<'a> TreeBuilder<'a> {
    /// With capacity for this number of nodes and inodes.
    pub(crate) fn new(nodes: usize, inodes: usize) -> Self {
        Self { nodes: Vec::with_capacity(nodes), open: Vec::new(), inode_seen: vec![false; inodes] }
    }

    pub(crate) fn push(
        &mut self,
        name: &'a [u8],
        depth: u32,
        kind: EntryKind,
        layer: u32,
        entry: Option<Entry<'a>>,
        inode: Option<(u32, Inode)>,
    ) {
        self.close(depth);
        let counted_elsewhere =
            inode.is_some_and(|(id, _)| std::mem::replace(&mut self.inode_seen[id as usize], true));
        let size = inode.map_or(Bytes::ZERO, |(_, inode)| inode.size);
        self.open.push(index(self.nodes.len()));
        self.nodes.push(TreeNode {
            name,
            depth,
            end: 0,
            kind,
            layer,
            attributes: entry.map(|entry| entry.attributes),
            holds: match (inode, entry.map(|entry| entry.node)) {
                (Some((_, inode)), _) => Holds::Content(inode.size, inode.content),
                (None, Some(Node::Symlink { target })) => Holds::Target(target),
                (None, _) => Holds::Nothing,
            },
            counted_elsewhere,
            bytes: if counted_elsewhere { Bytes::ZERO } else { size },
            files: u64::from(kind == EntryKind::File),
        });
    }

    pub(crate) fn finish(mut self) -> Tree<'a> {
        self.close(0);
        Tree { nodes: self.nodes }
    }

    /// Ends every node that is at least this deep, and hands its sums to the one above.
    fn close(&mut self, depth: u32) {
        while let Some(&last) = self.open.last() {
            let end = index(self.nodes.len());
            let node = &mut self.nodes[last as usize];
            if node.depth < depth {
                break;
            }
            node.end = end;
            let (bytes, files) = (node.bytes, node.files);
            self.open.pop();
            if let Some(&parent) = self.open.last() {
                let parent = &mut self.nodes[parent as usize];
                parent.bytes += bytes;
                parent.files += files;
            }
        }
    }
}

fn index(length: usize) -> u32 {
    u32::try_from(length).expect("fewer than 2^32 nodes fit in memory")
}
