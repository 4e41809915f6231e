//! The rows that a reader has opened, sorted within their directory.

use std::cmp::Reverse;
use std::collections::HashMap;

use plimsoll_analysis::compare::FileTree;
use plimsoll_snapshot::Order as _;
use plimsoll_snapshot::path as paths;

use super::matches::Matches;

/// By what the rows of one directory are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The largest difference first.
    #[default]
    Change,
    /// The largest after first; what is gone by its size before, behind.
    Size,
    /// By name.
    Name,
}

impl Order {
    /// Its name in attributes.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Size => "size",
            Self::Name => "name",
        }
    }
}

/// What a reader opened and closed by hand; all else is as it opens by itself. A search has its own: what was
/// closed before must not hide what is found.
#[derive(Clone, Debug, Default)]
pub struct Toggled {
    browsing: HashMap<u32, bool>,
    searching: HashMap<u32, bool>,
}

impl Toggled {
    fn get(&self, matches: &Matches, node: u32) -> Option<bool> {
        let nodes = if matches.searching { &self.searching } else { &self.browsing };
        nodes.get(&node).copied()
    }

    /// Opens or closes a directory.
    pub fn set(&mut self, matches: &Matches, node: u32, open: bool) {
        let nodes = if matches.searching { &mut self.searching } else { &mut self.browsing };
        nodes.insert(node, open);
    }

    /// Another text is searched.
    pub fn forget_search(&mut self) {
        self.searching.clear();
    }
}

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Index into the nodes of the tree.
    pub node: u32,
    /// How deep it lies, one below the root.
    pub level: u32,
    /// Whether it is open; `None` for what cannot be opened.
    pub open: Option<bool>,
    /// The row of the directory it lies in.
    pub parent: Option<u32>,
    /// The number of the row among its siblings, from one, and how many they are.
    pub position: (u32, u32),
}

/// The rows that are shown. Only what is open is looked at.
pub fn rows(tree: &FileTree<'_>, matches: &Matches, order: Order, toggled: &Toggled) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    if tree.nodes.is_empty() {
        return rows;
    }
    // Directories whose children are still to be written: the rest of them, and their row.
    let mut open: Vec<(std::vec::IntoIter<u32>, Option<u32>, u32)> = Vec::new();
    let children = sorted_children(tree, matches, order, 0);
    let count = length(&children);
    open.push((children.into_iter(), None, count));
    while let Some((rest, parent, count)) = open.last_mut() {
        let (parent, count) = (*parent, *count);
        let Some(node) = rest.next() else {
            open.pop();
            continue;
        };
        let position = (count - length(rest.as_slice()), count);
        let level = u32::try_from(open.len()).unwrap_or(u32::MAX);
        let below = has_rows(tree, matches, node);
        let is_open = below && is_open(matches, toggled, node);
        let row = length(&rows);
        rows.push(Row { node, level, open: below.then_some(is_open), parent, position });
        if is_open {
            let children = sorted_children(tree, matches, order, node);
            let count = length(&children);
            open.push((children.into_iter(), Some(row), count));
        }
    }
    rows
}

/// Opens a directory, and with it every directory below it that is the only one on its level: a click on
/// `usr` that showed nothing but `lib` would only ask for another.
pub fn open(tree: &FileTree<'_>, matches: &Matches, toggled: &mut Toggled, node: u32) {
    let mut node = node;
    loop {
        toggled.set(matches, node, true);
        let mut shown = shown_children(tree, matches, node);
        match (shown.next(), shown.next()) {
            (Some(only), None) if has_rows(tree, matches, only) => node = only,
            _ => break,
        }
    }
}

/// The directories that a node lies in, without the root.
pub fn around(tree: &FileTree<'_>, node: u32) -> Vec<u32> {
    let mut around = Vec::new();
    let mut at = 0;
    while let Some(next) = tree
        .children(at as usize)
        .find(|&child| (child..tree.nodes[child].end as usize).contains(&(node as usize)))
        .and_then(|child| u32::try_from(child).ok())
        .filter(|&child| child != node)
    {
        around.push(next);
        at = next;
    }
    around
}

/// The path of a row, escaped.
pub fn path(tree: &FileTree<'_>, rows: &[Row], row: usize) -> String {
    let mut names = Vec::new();
    let mut next = Some(row);
    while let Some(row) = next {
        names.push(tree.nodes[rows[row].node as usize].name);
        next = rows[row].parent.map(|parent| parent as usize);
    }
    names.reverse();
    paths::escape(&names.join(&b'/')).into_owned()
}

fn is_open(matches: &Matches, toggled: &Toggled, node: u32) -> bool {
    let by_itself = matches.searching && !matches.get(node).found;
    toggled.get(matches, node).unwrap_or(by_itself)
}

fn shown_children<'a>(
    tree: &'a FileTree<'_>,
    matches: &'a Matches,
    node: u32,
) -> impl Iterator<Item = u32> + 'a {
    tree.children(node as usize)
        .map(|child| u32::try_from(child).expect("fewer than 2^32 nodes fit in memory"))
        .filter(|&child| matches.get(child).left)
}

fn has_rows(tree: &FileTree<'_>, matches: &Matches, node: u32) -> bool {
    shown_children(tree, matches, node).next().is_some()
}

fn sorted_children(tree: &FileTree<'_>, matches: &Matches, order: Order, node: u32) -> Vec<u32> {
    // They come by name, and the sort keeps the order of equals.
    let mut children: Vec<u32> = shown_children(tree, matches, node).collect();
    let size = |child: &u32| matches.get(*child).size();
    match order {
        Order::Name => {}
        Order::Change => children.order_by_key(|child| {
            let size = size(child);
            Reverse((size.delta.magnitude(), size.after))
        }),
        Order::Size => children.order_by_key(|child| Reverse((size(child).after, size(child).before))),
    }
    children
}

fn length<T>(items: &[T]) -> u32 {
    u32::try_from(items.len()).expect("fewer than 2^32 rows fit in memory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tree;
    use crate::tree::Filter;
    use plimsoll_analysis::compare::FileChange;

    const BEFORE: &[(&str, u64)] =
        &[("etc/motd", 5), ("usr/lib/a.so", 100), ("usr/lib/b.so", 10), ("usr/lib/same", 7)];
    const AFTER: &[(&str, u64)] = &[("app/new.py", 40), ("usr/lib/b.so", 30), ("usr/lib/same", 7)];

    /// The paths that are shown, with their difference, after these directories were opened.
    fn check(filter: Filter, search: &str, order: Order, opened: &[&str], expected: &[&str]) {
        tree(BEFORE, AFTER, |tree| {
            let matches = Matches::of(tree, filter, search);
            let mut toggled = Toggled::default();
            for wanted in opened {
                let all = rows(tree, &matches, order, &toggled);
                let row = (0..all.len()).find(|&row| path(tree, &all, row) == *wanted).unwrap();
                open(tree, &matches, &mut toggled, all[row].node);
            }
            let shown = rows(tree, &matches, order, &toggled);
            let lines: Vec<_> = (0..shown.len())
                .map(|row| {
                    let delta = matches.get(shown[row].node).size().delta;
                    format!("{} {}", path(tree, &shown, row), delta.0)
                })
                .collect();
            assert_eq!(lines, expected);
        });
    }

    #[test]
    fn only_the_first_level_is_shown_at_first_the_largest_change_on_top() {
        check(Filter::All, "", Order::Change, &[], &["usr -80", "app 40", "etc -5"]);
        check(Filter::All, "", Order::Name, &[], &["app 40", "etc -5", "usr -80"]);
        check(Filter::All, "", Order::Size, &[], &["app 40", "usr -80", "etc -5"]);
    }

    #[test]
    fn a_lonely_directory_opens_with_the_one_above_it() {
        check(
            Filter::All,
            "",
            Order::Change,
            &["usr"],
            &[
                "usr -80",
                "usr/lib -80",
                "usr/lib/a.so -100",
                "usr/lib/b.so 20",
                "usr/lib/same 0",
                "app 40",
                "etc -5",
            ],
        );
    }

    #[test]
    fn a_filter_leaves_its_files_and_their_sums() {
        let only = Filter::Only;
        check(only(FileChange::Added), "", Order::Change, &["app"], &["app 40", "app/new.py 40"]);
        check(only(FileChange::Removed), "", Order::Change, &[], &["usr -100", "etc -5"]);
        check(
            only(FileChange::Modified),
            "",
            Order::Change,
            &["usr"],
            &["usr 20", "usr/lib 20", "usr/lib/b.so 20"],
        );
    }

    #[test]
    fn a_search_opens_what_holds_a_match_and_no_more() {
        check(Filter::All, "B.so", Order::Change, &[], &["usr 20", "usr/lib 20", "usr/lib/b.so 20"]);
        check(Filter::All, "LIB", Order::Change, &[], &["usr -80", "usr/lib -80"]);
        check(Filter::All, "r/lib/a", Order::Change, &[], &["usr -100", "usr/lib -100", "usr/lib/a.so -100"]);
        check(Filter::All, "nowhere", Order::Change, &[], &[]);
        check(Filter::Only(FileChange::Added), "lib", Order::Change, &[], &[]);
    }

    #[test]
    fn what_was_closed_by_hand_is_found_all_the_same() {
        tree(BEFORE, AFTER, |tree| {
            let (all, found) = (Matches::of(tree, Filter::All, ""), Matches::of(tree, Filter::All, "same"));
            let mut toggled = Toggled::default();
            let usr = rows(tree, &all, Order::Change, &toggled)[0].node;
            toggled.set(&all, usr, false);
            assert_eq!(rows(tree, &found, Order::Change, &toggled).len(), 3);
            toggled.set(&found, usr, false);
            assert_eq!(rows(tree, &found, Order::Change, &toggled).len(), 1);
            toggled.forget_search();
            assert_eq!(rows(tree, &found, Order::Change, &toggled).len(), 3);
        });
    }

    #[test]
    fn rows_know_their_place() {
        tree(BEFORE, AFTER, |tree| {
            let matches = Matches::of(tree, Filter::All, "same");
            let shown = rows(tree, &matches, Order::Change, &Toggled::default());
            let places: Vec<_> = shown.iter().map(|row| (row.level, row.open, row.position)).collect();
            assert_eq!(places, [(1, Some(true), (1, 1)), (2, Some(true), (1, 1)), (3, None, (1, 1))]);
        });
    }

    #[test]
    fn an_empty_tree_has_no_rows() {
        tree(&[], &[], |tree| {
            let matches = Matches::of(tree, Filter::All, "");
            assert!(rows(tree, &matches, Order::Change, &Toggled::default()).is_empty());
        });
    }
}
