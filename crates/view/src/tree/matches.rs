//! Which files a filter and a search leave, and what every directory then weighs.

use plimsoll_analysis::compare::{FileChange, FileChanges, FileTree, SizeChange};
use plimsoll_report::words::file_change_key;
use plimsoll_snapshot::Bytes;

/// Which changes are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// Whatever happened, unchanged files included.
    #[default]
    All,
    /// Every kind of change.
    Changed,
    /// One kind of change.
    Only(FileChange),
}

impl Filter {
    /// In the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Changed,
        Self::All,
        Self::Only(FileChange::Added),
        Self::Only(FileChange::Removed),
        Self::Only(FileChange::Modified),
        Self::Only(FileChange::Attributes),
    ];

    /// Its name in attributes.
    pub const fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Changed => "changed",
            Self::Only(change) => file_change_key(change),
        }
    }

    /// How many files it leaves.
    pub fn count(self, files: &FileChanges) -> u64 {
        let count = |change| match change {
            FileChange::Unchanged => files.unchanged.files,
            FileChange::Added => files.added.files,
            FileChange::Removed => files.removed.files,
            FileChange::Modified => files.modified.files,
            FileChange::Attributes => files.attributes.files,
        };
        let changed = || {
            use FileChange::{Added, Attributes, Modified, Removed};
            [Added, Removed, Modified, Attributes].map(count).into_iter().sum::<u64>()
        };
        match self {
            Self::All => count(FileChange::Unchanged) + changed(),
            Self::Changed => changed(),
            Self::Only(change) => count(change),
        }
    }

    /// What a reader sees first: what changed, if anything did and anything else did not.
    #[must_use]
    pub fn first(files: &FileChanges) -> Self {
        let changed = Self::Changed.count(files);
        if changed > 0 && changed < Self::All.count(files) { Self::Changed } else { Self::All }
    }

    /// Whether more is offered than everything.
    #[must_use]
    pub fn is_offered(self, files: &FileChanges) -> bool {
        let files_left = self.count(files);
        self == Self::All || files_left > 0 && files_left < Self::All.count(files)
    }
}

/// What a node is with a filter and a search: figures over the files that are left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Match {
    before: Bytes,
    after: Bytes,
    /// Whether anything of it is left.
    pub left: bool,
    /// The files in it that are left.
    pub files: u32,
    /// How many of these changed.
    pub changed: u32,
    /// Whether its own path holds the text that is searched: all below it then does.
    pub found: bool,
}

impl Match {
    pub fn size(&self) -> SizeChange {
        SizeChange::new(self.before, self.after)
    }
}

/// One [`Match`] a node of the tree.
#[derive(Debug)]
pub struct Matches {
    nodes: Vec<Match>,
    /// Whether a text is searched, so that directories open by themselves.
    pub searching: bool,
}

impl Matches {
    /// Takes time linear in the number of nodes.
    pub fn of(tree: &FileTree<'_>, filter: Filter, search: &str) -> Self {
        let wanted = search.trim().to_ascii_lowercase().into_bytes();
        let mut nodes = vec![Match::default(); tree.nodes.len()];
        if !wanted.is_empty() {
            find(tree, &wanted, &mut nodes);
        }
        // The root is no row: it would only count itself where it is empty.
        for (index, (node, entry)) in tree.nodes.iter().zip(&mut nodes).enumerate().skip(1) {
            let is_empty_directory = node.is_only_directory() && node.end as usize == index + 1;
            let fits = match filter {
                Filter::All => !node.is_only_directory() || is_empty_directory,
                Filter::Changed => !node.is_only_directory() && node.change != FileChange::Unchanged,
                Filter::Only(change) => !node.is_only_directory() && node.change == change,
            };
            if fits && (wanted.is_empty() || entry.found) {
                let size = node.own_size();
                (entry.before, entry.after) = (size.before, size.after);
                entry.left = true;
                entry.files = u32::from(!node.is_only_directory());
                entry.changed = u32::from(node.change != FileChange::Unchanged && !node.is_only_directory());
            }
        }
        add_up(tree, &mut nodes);
        Self { nodes, searching: !wanted.is_empty() }
    }

    /// What is left of a node.
    pub fn get(&self, node: u32) -> &Match {
        &self.nodes[node as usize]
    }
}

/// Marks the nodes whose path holds `wanted`, letters of ASCII taken alike.
fn find(tree: &FileTree<'_>, wanted: &[u8], nodes: &mut [Match]) {
    let mut path: Vec<u8> = Vec::new();
    // How long the path is at each depth, and whether it held the text there.
    let mut above: Vec<(usize, bool)> = vec![(0, false)];
    for (node, entry) in tree.nodes.iter().zip(nodes).skip(1) {
        above.truncate(node.depth as usize);
        let &(length, found_above) = above.last().expect("the root is never left");
        path.truncate(length);
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend(node.name.iter().map(u8::to_ascii_lowercase));
        // What lies before was searched with the directory; a match can only end in the new part.
        let from = length.saturating_sub(wanted.len() - 1);
        entry.found = found_above || path[from..].windows(wanted.len()).any(|part| part == wanted);
        above.push((path.len(), entry.found));
    }
}

/// Hands every node's figures to the directory above it.
fn add_up(tree: &FileTree<'_>, nodes: &mut [Match]) {
    let mut open: Vec<usize> = Vec::new();
    let close = |open: &mut Vec<usize>, nodes: &mut [Match], depth: u32| {
        while let Some(&last) = open.last()
            && tree.nodes[last].depth >= depth
        {
            open.pop();
            let Some(&parent) = open.last() else { break };
            let sum = nodes[last];
            let parent = &mut nodes[parent];
            parent.before += sum.before;
            parent.after += sum.after;
            parent.left |= sum.left;
            parent.files += sum.files;
            parent.changed += sum.changed;
        }
    };
    for (index, node) in tree.nodes.iter().enumerate() {
        close(&mut open, nodes, node.depth);
        open.push(index);
    }
    close(&mut open, nodes, 0);
}
