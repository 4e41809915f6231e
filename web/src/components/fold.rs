//! What a part that folds holds: it is made when the part opens first, or when paper shows everything.

use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Event, HtmlDetailsElement};

use crate::state::State;

/// Whether the content of a part has to be in the document.
#[derive(Clone, Copy)]
pub(crate) struct Fold {
    was_opened: RwSignal<bool>,
    everything: RwSignal<bool>,
}

impl Fold {
    pub(crate) fn new(state: State, is_open: bool) -> Self {
        Self { was_opened: RwSignal::new(is_open), everything: state.everything }
    }

    /// Takes note that the part was folded or unfolded; whether it is open now.
    pub(crate) fn toggled(self, event: &Event) -> bool {
        let details = event.target().and_then(|target| target.dyn_into::<HtmlDetailsElement>().ok());
        let is_open = details.is_some_and(|details| details.open());
        if is_open && !self.was_opened.get_untracked() {
            self.was_opened.set(true);
        }
        is_open
    }

    /// The content, once it is asked for.
    pub(crate) fn content<V: IntoView + 'static>(
        self,
        content: impl Fn() -> V + Send + 'static,
    ) -> impl IntoView {
        let is_needed = Memo::new(move |_| self.was_opened.get() || self.everything.get());
        move || is_needed.get().then(&content)
    }
}
