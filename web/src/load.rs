//! What the page reads from its file and from the reader's files, and what it tells the document: all of its I/O.
//!
//! The functions behind it are in `boot.js`. A `#[wasm_bindgen(inline_js)]` would put them into a separate
//! file, which a page of one file cannot import.

use std::error::Error;

use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, Window};

/// The program, as snapshots name what wrote them.
pub(crate) const PROGRAM: &str = concat!("plimsoll ", env!("CARGO_PKG_VERSION"));

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

    #[wasm_bindgen(js_namespace = plimsoll, js_name = read)]
    fn read_file(id: u32, file: &web_sys::File, told: &JsValue);

    /// Ends the reading of a file, or takes it out of those that wait.
    #[wasm_bindgen(js_namespace = plimsoll)]
    pub(crate) fn cancel(id: u32);

    /// The page as it was built, without data.
    #[wasm_bindgen(js_namespace = plimsoll)]
    pub(crate) fn viewer() -> String;

    #[wasm_bindgen(js_namespace = plimsoll, js_name = gzip, catch)]
    async fn compressed(bytes: &[u8]) -> Result<JsValue, JsValue>;
}

/// The data the report was written around, inflated where the browser could. None if it was written around nothing.
pub(crate) fn data() -> Result<Option<Vec<u8>>, String> {
    match slot() {
        Ok(bytes) if bytes.length() == 0 => Ok(None),
        Ok(bytes) => Ok(Some(bytes.to_vec())),
        Err(error) => Err(message(error)),
    }
}

/// Bytes as the browser compresses them.
pub(crate) async fn gzip(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let bytes = compressed(bytes).await.map_err(message)?;
    bytes.dyn_into::<js_sys::Uint8Array>().map(|bytes| bytes.to_vec()).map_err(message)
}

fn message(error: JsValue) -> String {
    match error.dyn_into::<js_sys::Error>() {
        Ok(error) => String::from(error.message()),
        Err(other) => other.as_string().unwrap_or_else(|| format!("{other:?}")),
    }
}

/// What a worker reports of a file that it reads.
pub(crate) enum WorkerEvent {
    /// How many bytes were read, of how many.
    Progress(f64, f64),
    /// The snapshot, as JSON.
    Done(Vec<u8>),
    /// Why there is none; whether it was the worker that failed, and not the file.
    Failed { reason: String, ended: bool },
}

/// Reads a file in a worker. `report` is called as it goes; the last time with what came of it, unless it is cancelled.
pub(crate) fn read(id: u32, file: &web_sys::File, mut report: impl FnMut(WorkerEvent) + 'static) {
    let told = Closure::<dyn FnMut(JsValue)>::new(move |message: JsValue| {
        let part = |name: &str| js_sys::Reflect::get(&message, &name.into()).unwrap_or(JsValue::UNDEFINED);
        report(if let (Some(done), Some(total)) = (part("done").as_f64(), part("total").as_f64()) {
            WorkerEvent::Progress(done, total)
        } else if let Ok(bytes) = part("bytes").dyn_into::<js_sys::Uint8Array>() {
            WorkerEvent::Done(bytes.to_vec())
        } else {
            let reason = part("error").as_string().unwrap_or_default();
            WorkerEvent::Failed { reason, ended: part("ended").is_truthy() }
        });
    });
    // Freed along with the function, when the worker is gone.
    read_file(id, file, &told.into_js_value());
}

/// Notes why a worker ends, for the code that started it.
pub(crate) fn note_fault(reason: &str) {
    // A failure here cannot be reported either.
    let _ = js_sys::Reflect::set(&js_sys::global(), &"fault".into(), &reason.into());
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

/// What a page opens with: what its address says, or else what it was saved with.
pub(crate) fn first_fragment() -> String {
    let saved = || {
        let place = web_sys::window()?.document()?.get_element_by_id("opens-at")?;
        place.get_attribute("data-fragment")
    };
    Some(fragment()).filter(|fragment| !fragment.is_empty()).or_else(saved).unwrap_or_default()
}

/// Writes what the reader has chosen into the address, so that a copied link opens the same view. Replaces: the button for
/// going back leaves the report at once. Nothing scrolls, as it would for a new address.
pub(crate) fn set_fragment(fragment: &str) {
    let Some(window) = web_sys::window() else { return };
    let href = window.location().href().unwrap_or_default();
    let page = href.split_once('#').map_or(&*href, |(page, _)| page);
    let address = if fragment.is_empty() { page.to_owned() } else { format!("{page}#{fragment}") };
    // A page in a frame may not; it then simply has no such link.
    let _ = replace_address(&window, &address);
}

fn replace_address(window: &Window, address: &str) -> Result<JsValue, JsValue> {
    let history = js_sys::Reflect::get(window, &"history".into())?;
    let replace = js_sys::Reflect::get(&history, &"replaceState".into())?.dyn_into::<js_sys::Function>()?;
    replace.call3(&history, &JsValue::NULL, &"".into(), &address.into())
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

/// Calls a function at the next event of a kind.
pub(crate) fn once(event: &str, function: &js_sys::Function) {
    let options = web_sys::AddEventListenerOptions::new();
    options.set_once(true);
    if let Some(window) = web_sys::window() {
        // Listeners can always be added to a window.
        let _ =
            window.add_event_listener_with_callback_and_add_event_listener_options(event, function, &options);
    }
}

/// The width and the height of the window in CSS pixels.
pub(crate) fn window_size() -> (f64, f64) {
    let size = web_sys::window().and_then(|window| {
        Some((window.inner_width().ok()?.as_f64()?, window.inner_height().ok()?.as_f64()?))
    });
    size.unwrap_or((1280.0, 800.0))
}

/// The width of the window in CSS pixels.
pub(crate) fn window_width() -> f64 {
    window_size().0
}
