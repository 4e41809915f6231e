//! Terms that the glossary explains where a reader meets them: pointed at, focused or touched.

use js_sys::{Function, Reflect};
use leptos::prelude::*;
use leptos::{ev, html};
use plimsoll_report::language::Term;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, HtmlElement};

use crate::text::words;
use crate::{document, load};

/// The name of the panel that explains.
pub(crate) const TIP: &str = "tip";
/// The width of the panel, as in the style sheet, and how far it stays from the edges.
const WIDTH: f64 = 320.0;
const EDGE: f64 = 8.0;
/// The room that a long explanation needs.
const HEIGHT: f64 = 120.0;

/// A label that a glossary term explains.
pub(crate) fn explained(term: Term, label: &'static str) -> impl IntoView {
    view! { <button type="button" class="term" data-term=term.index() aria-describedby=TIP>{label}</button> }
}

/// The panel. One for all terms: it lies over everything, and no table cuts it off.
#[component]
pub(crate) fn Tip() -> impl IntoView {
    let panel = NodeRef::<html::Div>::new();
    let explain = move |event: Event| {
        let Some(panel) = panel.get_untracked() else { return };
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        // Who reads the explanation may point at it.
        if target.as_ref().is_some_and(|target| panel.contains(Some(target))) {
            return;
        }
        let named = target.and_then(|target| target.closest("[data-term]").ok().flatten());
        let term = named.as_ref().and_then(|named| named.get_attribute("data-term")?.parse::<usize>().ok());
        match named.zip(term.and_then(|term| Term::ALL.get(term))) {
            Some((named, term)) => {
                // Set at once: the focus is on the term already, and is read aloud with it.
                let (name, meaning) = (words().page.term)(*term);
                panel.set_inner_text(&format!("{name}: {meaning}"));
                put(&panel, &named);
                panel.set_hidden(false);
            }
            None => panel.set_hidden(true),
        }
    };
    let hide = move || {
        if let Some(panel) = panel.get_untracked() {
            panel.set_hidden(true);
        }
    };
    let pointed = window_event_listener(ev::mouseover, move |event| explain(event.into()));
    let focused = window_event_listener(ev::focusin, move |event| explain(event.into()));
    let left = window_event_listener(ev::focusout, move |_| hide());
    let touched = window_event_listener(ev::click, move |event| explain(event.into()));
    let escaped = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            hide();
        }
    });
    // The browser scrolls to what gets the focus: its explanation goes along.
    let scrolled = window_event_listener(ev::scroll, move |_| {
        let focused = document::focused().filter(|focused| focused.has_attribute("data-term"));
        match (focused, panel.get_untracked()) {
            (Some(term), Some(panel)) => put(&panel, &term),
            _ => hide(),
        }
    });
    on_cleanup(move || {
        for listener in [pointed, focused, left, touched, escaped, scrolled] {
            listener.remove();
        }
    });
    view! { <div id=TIP class="tip screen" role="tooltip" hidden node_ref=panel></div> }
}

/// Puts the panel below a term, or above it where there is no room.
fn put(panel: &HtmlElement, term: &Element) {
    let Some([left, top, bottom]) = place(term) else { return };
    let (width, height) = load::window_size();
    let left = left.min(width - WIDTH - EDGE).max(EDGE);
    let vertical = if bottom + HEIGHT > height {
        format!("bottom:{}px", height - top)
    } else {
        format!("top:{bottom}px")
    };
    // An attribute of a valid name can always be set.
    let _ = panel.set_attribute("style", &format!("left:{left}px;{vertical}"));
}

/// The left, the top and the bottom of an element in the window.
fn place(element: &Element) -> Option<[f64; 3]> {
    let method = Reflect::get(element, &"getBoundingClientRect".into()).ok()?;
    let place = method.dyn_into::<Function>().ok()?.call0(element).ok()?;
    let side = |name: &str| Reflect::get(&place, &name.into()).ok()?.as_f64();
    Some([side("left")?, side("top")?, side("bottom")?])
}
