//! The packages of a service as the reader sees them.

use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_analysis::compare::{ServiceComparison, ServiceTrees};
use plimsoll_analysis::packages::WhatIf;
use plimsoll_view::packages::{self, Filter, Order, Row, Side};

use crate::state::State;
use crate::text;

/// The packages of a service, the choices of the reader, and what follows from them.
#[derive(Clone, Copy)]
pub(super) struct PackageList {
    pub(super) state: State,
    pub(super) rows: StoredValue<Arc<Vec<Row<'static>>>>,
    /// The image whose packages can be unticked.
    pub(super) subject: Side<'static>,
    pub(super) trees: &'static ServiceTrees<'static>,
    pub(super) filter: RwSignal<Filter>,
    pub(super) search: RwSignal<String>,
    pub(super) order: RwSignal<Order>,
    /// The rows that are shown, as indices.
    pub(super) chosen: Memo<Arc<Vec<usize>>>,
    /// What goes with the packages that were unticked.
    pub(super) without: Memo<Option<Arc<WhatIf>>>,
    /// The row whose details are shown.
    pub(super) open: RwSignal<Option<usize>>,
    /// The row that a search was led to.
    pub(super) reveal: RwSignal<Option<usize>>,
}

impl PackageList {
    pub(super) fn new(
        state: State,
        service: &'static ServiceComparison,
        trees: &'static ServiceTrees<'static>,
    ) -> Option<Self> {
        let subject = packages::subject(trees)?;
        let rows = Arc::new(packages::rows(trees, &service.packages));
        if rows.is_empty() {
            return None;
        }
        let first = if trees.before.is_some() { Filter::first(&rows) } else { Filter::All };
        let filter = RwSignal::new(first);
        let (search, order) = (RwSignal::new(String::new()), RwSignal::new(Order::Own));
        let rows = StoredValue::new(rows);
        let chosen = Memo::new(move |_| {
            Arc::new(packages::chosen(&rows.read_value(), filter.get(), &search.read(), order.get()))
        });
        let without = Memo::new(move |_| packages::without(subject, &state.unticked.read()).map(Arc::new));
        Some(Self {
            state,
            rows,
            subject,
            trees,
            filter,
            search,
            order,
            chosen,
            without,
            open: RwSignal::new(None),
            reveal: RwSignal::new(None),
        })
    }

    /// Takes a package out, or puts it back.
    pub(super) fn toggle(self, key: &str) {
        self.state.unticked.update(|unticked| match unticked.iter().position(|known| known == key) {
            Some(at) => drop(unticked.remove(at)),
            None => unticked.push(key.to_owned()),
        });
    }
}

/// The versions of both sides, once if they are the same.
pub(crate) fn versions(before: &[String], after: &[String]) -> String {
    let side = |versions: &[String]| match versions {
        [] => text::NONE.to_owned(),
        [one] if one.is_empty() => "·".to_owned(),
        several => text::name(&several.join(", ")),
    };
    if before == after { side(after) } else { format!("{} → {}", side(before), side(after)) }
}
