//! The state of the packages: rows, what is unticked, and what the image would weigh without that.

use plimsoll_analysis::packages::WhatIf;
use plimsoll_view::packages::{self, Filter, Order, Row, Side};

use super::data::Service;
use crate::list::Cursor;
use crate::terminal::Input;

/// The packages with what the user chose.
pub(crate) struct Shelf<'a> {
    subject: Side<'a>,
    pub(crate) all: Vec<Row<'a>>,
    pub(crate) filter: Filter,
    pub(crate) order: Order,
    pub(crate) search: String,
    /// Indices of the rows that are shown.
    pub(crate) rows: Vec<usize>,
    pub(crate) cursor: Cursor,
    unticked: Vec<String>,
    pub(crate) without: Option<WhatIf>,
}

impl<'a> Shelf<'a> {
    pub(crate) fn new(service: &Service<'a>) -> Self {
        let all = packages::rows(service.trees, &service.comparison.packages);
        let filter = if service.is_pair() { Filter::first(&all) } else { Filter::All };
        let mut shelf = Self {
            subject: Side { squashed: service.squashed, catalogue: service.catalogue },
            all,
            filter,
            order: if service.is_pair() { Order::Change } else { Order::Retained },
            search: String::new(),
            rows: Vec::new(),
            cursor: Cursor::default(),
            unticked: Vec::new(),
            without: None,
        };
        shelf.list();
        shelf
    }

    fn list(&mut self) {
        self.rows = packages::chosen(&self.all, self.filter, &self.search, self.order);
        self.cursor.at = self.cursor.at.min(self.rows.len().saturating_sub(1));
    }

    pub(crate) fn search_for(&mut self, search: &str) {
        search.clone_into(&mut self.search);
        self.list();
    }

    pub(crate) fn is_unticked(&self, row: &Row<'_>) -> bool {
        self.unticked.contains(&row.key)
    }

    /// Whether a row goes with those that are unticked.
    pub(crate) fn goes(&self, row: &Row<'_>) -> bool {
        let ids = if row.after.is_empty() { &row.before } else { &row.after };
        self.without.as_ref().is_some_and(|without| ids.iter().any(|id| without.gone.contains(id)))
    }

    /// Does what a key says; false if it means nothing here.
    pub(crate) fn press(&mut self, input: Input, height: usize) -> bool {
        if self.cursor.moved(input, self.rows.len(), height) {
            return true;
        }
        match input {
            Input::Char(' ') | Input::Enter => {
                let Some(row) = self.rows.get(self.cursor.at).map(|&at| &self.all[at]) else { return true };
                let key = row.key.clone();
                match self.unticked.iter().position(|known| *known == key) {
                    Some(at) => drop(self.unticked.remove(at)),
                    None => self.unticked.push(key),
                }
                self.without = packages::without(self.subject, &self.unticked);
            }
            Input::Char('f') => {
                let all = Filter::ALL;
                let at = all.iter().position(|filter| *filter == self.filter).unwrap_or(0);
                self.filter = all[(at + 1) % all.len()];
                self.list();
            }
            Input::Char('o') | Input::Ctrl('o') => {
                self.order = match self.order {
                    Order::Retained => Order::Own,
                    Order::Own => Order::Change,
                    Order::Change => Order::Name,
                    Order::Name => Order::Retained,
                };
                self.list();
            }
            Input::Char('-') => {
                self.unticked.clear();
                self.without = None;
            }
            _ => return false,
        }
        true
    }
}
