//! What the page tells the document around it beside its own content: language, title, focus.

use std::time::Duration;

use leptos::prelude::set_timeout;
use plimsoll_report::language::Language;
use wasm_bindgen::JsCast;
use web_sys::{
    Document, Element, FocusOptions, HtmlDetailsElement, HtmlElement, KeyboardEvent, ScrollIntoViewOptions,
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
    bring(selector, ScrollLogicalPosition::Center);
}

/// Goes to a section, by its anchor.
pub(crate) fn go_to(anchor: &str) {
    // The id is that of a heading, which takes no focus: the reader of the screen goes on at the section.
    bring(selector("id", anchor), ScrollLogicalPosition::Start);
}

/// The element that has the focus.
pub(crate) fn focused() -> Option<Element> {
    document()?.active_element()
}

/// What finds the elements of which an attribute has a value.
pub(crate) fn selector(attribute: &str, value: &str) -> String {
    format!("[{attribute}=\"{}\"]", value.replace(['"', '\\'], ""))
}

/// The anchor of the section that fills most of the window; none at the top of the page.
pub(crate) fn section_in_sight() -> Option<String> {
    let window = web_sys::window()?;
    let (height, scrolled) = (window.inner_height().ok()?.as_f64()?, window.scroll_y().ok()?);
    let headings = document()?.get_elements_by_tag_name("h2");
    let headings = (0..headings.length()).filter_map(|at| headings.item(at)?.dyn_into::<HtmlElement>().ok());
    // One that is not shown has no height, and one of a list over the page no place in it.
    let shown = headings.filter(|heading| heading.client_height() > 0 && !heading.id().is_empty());
    let in_page = shown.filter(|heading| heading.closest("#report").is_ok_and(|page| page.is_some()));
    let above = in_page.filter(|heading| f64::from(heading.offset_top()) - scrolled < height * 0.4);
    above.max_by_key(HtmlElement::offset_top).map(|heading| heading.id()).filter(|_| scrolled > 0.0)
}

fn bring(selector: String, place: ScrollLogicalPosition) {
    set_timeout(
        move || {
            let found = document().and_then(|document| document.query_selector(&selector).ok().flatten());
            let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) else {
                return;
            };
            let mut within = Some(Element::from(element.clone()));
            while let Some(part) = within {
                if let Some(details) = part.dyn_ref::<HtmlDetailsElement>() {
                    details.set_open(true);
                }
                within = part.parent_element();
            }
            let options = ScrollIntoViewOptions::new();
            options.set_block(place);
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
