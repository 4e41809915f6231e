//! What the page tells the document around it beside its own content: language, title, focus.

use std::time::Duration;

use leptos::prelude::set_timeout;
use plimsoll_report::language::Language;
use wasm_bindgen::JsCast;
use web_sys::{
    Document, FocusOptions, HtmlDetailsElement, HtmlElement, KeyboardEvent, ScrollIntoViewOptions,
    ScrollLogicalPosition,
};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// The language the report was written in.
pub(crate) fn language() -> Language {
    let root = document().and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute("lang"))
        .and_then(|tag| Language::of_tag(&tag))
        .unwrap_or_default()
}

/// Tells browsers, and what reads the page aloud, which language it now speaks.
pub(crate) fn set_language(language: Language) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        // An attribute of a valid name can always be set.
        let _ = root.set_attribute("lang", language.tag());
    }
}

/// Sets the title of the window.
pub(crate) fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Moves the focus to the first element a selector finds; nothing happens if there is none.
pub(crate) fn focus(selector: &str) {
    let found = document().and_then(|document| document.query_selector(selector).ok().flatten());
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // What takes no focus leaves it where it is.
        let _ = element.focus();
    }
}

/// Brings the first element a selector finds into sight once it stands, and moves the focus there. Where it lies in a
/// part that folds, that part opens.
pub(crate) fn show(selector: String) {
    set_timeout(
        move || {
            let found = document().and_then(|document| document.query_selector(&selector).ok().flatten());
            let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
                return;
            };
            let folded = element.closest("details").ok().flatten();
            if let Some(details) = folded.and_then(|details| details.dyn_into::<HtmlDetailsElement>().ok()) {
                details.set_open(true);
            }
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Center);
            element.scroll_into_view_with_scroll_into_view_options(&options);
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            // What takes no focus leaves it where it is.
            let _ = element.focus_with_options(&options);
        },
        // By then what was chosen is laid out.
        Duration::from_millis(60),
    );
}

/// Scrolls just so far that the first element a selector finds is in sight.
pub(crate) fn keep_in_sight(selector: &str) {
    let found = document().and_then(|document| document.query_selector(selector).ok().flatten());
    if let Some(element) = found {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Whether a key that was pressed is free: no field takes it as a letter, and the browser means nothing by it.
pub(crate) fn takes_keys(event: &KeyboardEvent) -> bool {
    let held = event.ctrl_key() || event.meta_key() || event.alt_key();
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let writes = target.is_some_and(|target| {
        target.is_content_editable() || ["INPUT", "TEXTAREA", "SELECT"].contains(&target.tag_name().as_str())
    });
    !held && !writes
}
