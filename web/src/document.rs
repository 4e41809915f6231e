//! What the page tells the document around it beside its own content: language, title, focus.

use plimsoll_report::language::Language;
use wasm_bindgen::JsCast;
use web_sys::{Document, HtmlElement};

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
