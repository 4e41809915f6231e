//! The state of the tree of files: which rows there are, and where the cursor is.

use plimsoll_analysis::compare::{FileChange, FileTree};
use plimsoll_view::tree::{self, Filter, Matches, Order, Row, Step, Toggled};

use crate::list::Cursor;
use crate::terminal::Input;

/// The tree with what the user chose.
pub(crate) struct Files<'a> {
    pub(crate) tree: FileTree<'a>,
    pub(crate) filter: Filter,
    pub(crate) search: String,
    pub(crate) order: Order,
    pub(crate) matches: Matches,
    pub(crate) rows: Vec<Row>,
    pub(crate) cursor: Cursor,
    toggled: Toggled,
}

impl<'a> Files<'a> {
    pub(crate) fn new(tree: FileTree<'a>, order: Order) -> Self {
        let matches = Matches::of(&tree, Filter::All, "");
        let mut files = Self {
            tree,
            filter: Filter::All,
            search: String::new(),
            order,
            matches,
            rows: Vec::new(),
            cursor: Cursor::default(),
            toggled: Toggled::default(),
        };
        files.list();
        files
    }

    /// Shows another tree with the same choices, at the same path if it has that.
    pub(crate) fn replace(&mut self, tree: FileTree<'a>, order: Order) {
        let path = self.path();
        let (filter, search) = (self.filter, std::mem::take(&mut self.search));
        *self = Self::new(tree, order);
        (self.filter, self.search) = (filter, search);
        self.refresh();
        if let Some(path) = path {
            self.reveal(&path);
        }
    }

    /// Finds the matches again after the filter or the search changed.
    fn refresh(&mut self) {
        self.matches = Matches::of(&self.tree, self.filter, &self.search);
        self.list();
    }

    fn list(&mut self) {
        let node = self.rows.get(self.cursor.at).map(|row| row.node);
        self.rows = tree::rows(&self.tree, &self.matches, self.order, &self.toggled);
        // The cursor stays on its file.
        let again = node.and_then(|node| self.rows.iter().position(|row| row.node == node));
        self.cursor.at = again.unwrap_or(self.cursor.at).min(self.rows.len().saturating_sub(1));
    }

    pub(crate) fn filter_by(&mut self, filter: Filter) {
        self.filter = filter;
        self.refresh();
    }

    pub(crate) fn search_for(&mut self, search: &str) {
        self.toggled.forget_search();
        search.clone_into(&mut self.search);
        self.refresh();
    }

    pub(crate) fn next_order(&mut self) {
        self.order = match self.order {
            Order::Change => Order::Size,
            Order::Size => Order::Name,
            Order::Name => Order::Change,
        };
        self.list();
    }

    /// The node under the cursor.
    pub(crate) fn node(&self) -> Option<u32> {
        self.rows.get(self.cursor.at).map(|row| row.node)
    }

    /// The path under the cursor, as it stands in the image.
    pub(crate) fn path(&self) -> Option<Vec<u8>> {
        let node = self.node()?;
        let mut names: Vec<&[u8]> = (tree::around(&self.tree, node).into_iter())
            .map(|directory| self.tree.nodes[directory as usize].name)
            .collect();
        names.push(self.tree.nodes[node as usize].name);
        Some(names.join(&b'/'))
    }

    /// Opens the directories of a path, and puts the cursor on it, or on the last of them that exists.
    pub(crate) fn reveal(&mut self, path: &[u8]) {
        let mut at = 0;
        for part in path.split(|&byte| byte == b'/') {
            let Some(next) = self.tree.children(at).find(|&child| self.tree.nodes[child].name == part) else {
                break;
            };
            at = next;
        }
        let Ok(node) = u32::try_from(at) else { return };
        for directory in tree::around(&self.tree, node) {
            self.toggled.set(&self.matches, directory, true);
        }
        self.list();
        if let Some(row) = self.rows.iter().position(|row| row.node == node) {
            self.cursor.at = row;
        }
    }

    /// Does what a key says; false if it means nothing here.
    pub(crate) fn press(&mut self, input: Input, height: usize) -> bool {
        if self.cursor.moved(input, self.rows.len(), height) {
            return true;
        }
        let key = match input {
            Input::Left | Input::Char('h') => tree::Key::Left,
            Input::Right | Input::Char('l') => tree::Key::Right,
            Input::Enter | Input::Char(' ') => tree::Key::Enter,
            Input::Char('-') => {
                self.toggled = Toggled::default();
                self.list();
                return true;
            }
            Input::Char('o') | Input::Ctrl('o') => {
                self.next_order();
                return true;
            }
            Input::Char('f') => {
                let all = Filter::ALL;
                let at = all.iter().position(|filter| *filter == self.filter).unwrap_or(0);
                self.filter_by(all[(at + 1) % all.len()]);
                return true;
            }
            Input::Ctrl('a') => {
                self.filter_by(Filter::Only(FileChange::Added));
                return true;
            }
            Input::Ctrl('r') => {
                self.filter_by(Filter::Only(FileChange::Removed));
                return true;
            }
            Input::Ctrl('u') => {
                self.filter_by(Filter::All);
                return true;
            }
            _ => return false,
        };
        let Some(&Row { node, .. }) = self.rows.get(self.cursor.at) else { return true };
        match tree::step(&self.rows, self.cursor.at, key, height) {
            Step::Move(row) => self.cursor.at = row,
            Step::Open => {
                tree::open(&self.tree, &self.matches, &mut self.toggled, node);
                self.list();
            }
            Step::Close => {
                self.toggled.set(&self.matches, node, false);
                self.list();
            }
            Step::Stay => {}
        }
        true
    }
}
