//! What the page reads of its own file and tells the document: all of its I/O.
//!
//! The functions behind it are in `boot.js`. A `#[wasm_bindgen(inline_js)]` would put them into a file of
//! its own, which a page of one file cannot import.

use wasm_bindgen::prelude::*;

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
