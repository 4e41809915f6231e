//! What the page reads of its own file and tells the document: all of its I/O.
//!
//! The functions behind it are in `boot.js`. A `#[wasm_bindgen(inline_js)]` would put them into a file of
//! its own, which a page of one file cannot import.

use std::error::Error;

use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, Window};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = plimsoll, js_name = data, catch)]
    fn slot() -> Result<js_sys::Uint8Array, JsValue>;

    /// Tells the document that the page stands.
    #[wasm_bindgen(js_namespace = plimsoll)]
    pub(crate) fn ready();

    /// Tells the reader what went wrong.
    #[wasm_bindgen(js_namespace = plimsoll)]
    pub(crate) fn failed(message: &str);
}

/// The data the report was written around: gzip.
pub(crate) fn data() -> Result<Vec<u8>, String> {
    match slot() {
        Ok(bytes) => Ok(bytes.to_vec()),
        Err(error) => Err(match error.dyn_into::<js_sys::Error>() {
            Ok(error) => String::from(error.message()),
            Err(other) => format!("{other:?}"),
        }),
    }
}

/// An error with what caused it.
pub(crate) fn with_sources(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// The element the page is put into, emptied: a page that was saved while it ran brings its old content along.
pub(crate) fn root(window: &Window) -> Option<HtmlElement> {
    let root = window.document()?.get_element_by_id("app")?.dyn_into::<HtmlElement>().ok()?;
    root.replace_children_with_node_0();
    Some(root)
}

/// What the address holds behind the `#`.
pub(crate) fn fragment() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

/// Writes what the reader has chosen into the address, so that a copied link opens the same view. Replaces:
/// the button for going back leaves the report at once.
pub(crate) fn set_fragment(fragment: &str) {
    if let Some(window) = web_sys::window() {
        // A page in a frame may not; it then simply has no such link.
        let _ = window.location().replace(&format!("#{fragment}"));
    }
}

/// Sets or removes a `data-` attribute of the document, by its name in the DOM.
pub(crate) fn set_root_data(name: &str, value: Option<&str>) {
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
    let Some(root) = root.and_then(|root| root.dyn_into::<HtmlElement>().ok()) else { return };
    match value {
        // Fails for names with a dash before a letter alone; the names are those of this program.
        Some(value) => drop(root.dataset().set(name, value)),
        None => root.dataset().delete(name),
    }
}

/// The width of the window in CSS pixels.
pub(crate) fn window_width() -> f64 {
    web_sys::window().and_then(|window| window.inner_width().ok()?.as_f64()).unwrap_or(1280.0)
}
