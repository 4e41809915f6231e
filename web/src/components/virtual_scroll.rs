//! The part of a long table that is in view: only its rows are in the document.

use std::ops::Range;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;

use crate::load;
use plimsoll_view::tree::{scroll_to, window};

/// The width of a window in which rows are of two lines, as in the style sheet.
const NARROW: f64 = 720.0;

/// What scrolls, how far it is scrolled, and how high its rows are.
#[derive(Clone, Copy)]
pub(super) struct VirtualScroll {
    /// The element that scrolls.
    pub(super) view: NodeRef<html::Div>,
    top: RwSignal<f64>,
    height: RwSignal<f64>,
    narrow: RwSignal<bool>,
    rows: [f64; 2],
    head: f64,
}

impl VirtualScroll {
    /// The heights of a row, of one whose figures stand below its name, and of the head: as in the style sheet.
    pub(super) fn new(rows: [f64; 2], head: f64) -> Self {
        let scroll = Self {
            view: NodeRef::new(),
            top: RwSignal::new(0.0),
            height: RwSignal::new(600.0),
            narrow: RwSignal::new(load::window_width() < NARROW),
            rows,
            head,
        };
        let resized = window_event_listener(ev::resize, move |_| {
            scroll.narrow.set(load::window_width() < NARROW);
            scroll.measure();
        });
        on_cleanup(move || resized.remove());
        scroll
    }

    pub(super) fn row_height(self) -> f64 {
        self.rows[usize::from(self.narrow.get())]
    }

    /// Looks how far it is scrolled.
    pub(super) fn measure(self) {
        if let Some(element) = self.view.try_get_untracked().flatten() {
            self.top.set(f64::from(element.scroll_top()));
            // A table that is not shown has no height, but will have rows when it is.
            self.height.set(f64::from(element.client_height().max(400)));
        }
    }

    /// Back to the first row, also when the table has come into the document.
    pub(super) fn to_top(self) {
        let Some(element) = self.view.get() else { return };
        if self.top.get_untracked() > 0.0 {
            self.top.set(0.0);
            element.set_scroll_top(0);
        }
        // To ask for a height at once would lay the page out, half built as it is.
        request_animation_frame(move || self.measure());
    }

    /// Scrolls to a row that is out of view.
    pub(super) fn scroll_to(self, row: usize) {
        let Some(element) = self.view.get_untracked() else { return };
        // The head stays on top of what scrolls.
        let visible = f64::from(element.client_height()) - self.head;
        let row_height = self.rows[usize::from(self.narrow.get_untracked())];
        if let Some(to) = scroll_to(f64::from(element.scroll_top()), visible, row_height, row) {
            #[expect(clippy::cast_possible_truncation, reason = "a position on a screen")]
            element.set_scroll_top(to.round() as i32);
        }
    }

    /// How many rows a page has.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows")]
    pub(super) fn page(self) -> usize {
        (self.height.get_untracked() / self.rows[usize::from(self.narrow.get_untracked())]) as usize
    }

    /// The visible rows, of this number of rows.
    pub(super) fn range(self, length: impl Fn() -> usize + Send + Sync + 'static) -> Memo<Range<usize>> {
        Memo::new(move |_| window(self.top.get(), self.height.get(), self.row_height(), length()))
    }

    /// How much room some rows take.
    #[expect(clippy::cast_precision_loss, reason = "a height on a screen")]
    pub(super) fn room(self, rows: usize) -> f64 {
        rows as f64 * self.row_height()
    }
}
