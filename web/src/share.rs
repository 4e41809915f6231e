//! Exports that the reader requests: the clipboard, saved files, paper. They stay on this machine.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use plimsoll_report::chart::sheet::Picture;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, Document, HtmlAnchorElement, HtmlCanvasElement,
    HtmlDocument, HtmlImageElement, HtmlTextAreaElement, Url,
};

use crate::state::State;
use crate::text::words;
use crate::{document, load};

/// The status line, which screen readers read aloud: the result of the last export.
#[derive(Clone, Copy)]
pub(crate) struct Said(pub(crate) RwSignal<&'static str>);

impl Said {
    fn say(self, text: &'static str) {
        // The same text twice would not be read aloud twice.
        self.0.set("");
        self.0.set(text);
    }
}

/// Copies a text. Where the clipboard is closed to pages from a file, as the selection of a field.
pub(crate) fn copy(text: String, said: Said) {
    spawn_local(async move {
        let clipboard = web_sys::window().map(|window| window.navigator().clipboard());
        let clipboard = clipboard.filter(|clipboard| !AsRef::<JsValue>::as_ref(clipboard).is_undefined());
        let written = match clipboard {
            Some(clipboard) => JsFuture::from(clipboard.write_text(&text)).await.is_ok(),
            None => false,
        };
        let copied = written || copy_selection(&text).unwrap_or(false);
        said.say(if copied { words().copied } else { words().not_copied });
    });
}

fn page() -> Option<Document> {
    web_sys::window()?.document()
}

fn copy_selection(text: &str) -> Option<bool> {
    let document = page()?;
    let field = document.create_element("textarea").ok()?.dyn_into::<HtmlTextAreaElement>().ok()?;
    field.set_value(text);
    document.body()?.append_child(&field).ok()?;
    field.select();
    let copied = document.dyn_into::<HtmlDocument>().ok()?.exec_command("copy").unwrap_or(false);
    field.remove();
    Some(copied)
}

/// Saves a file. The browser asks where, or does as it always does.
pub(crate) fn save(name: &str, kind: &str, content: &str, said: Said) {
    let parts = js_sys::Array::of1(&JsValue::from_str(content));
    if let Some(blob) = blob(&parts, kind) {
        save_blob(name, &blob);
        said.say(words().saved);
    }
}

fn blob(parts: &js_sys::Array, kind: &str) -> Option<Blob> {
    let properties = BlobPropertyBag::new();
    properties.set_type(kind);
    Blob::new_with_str_sequence_and_options(parts, &properties).ok()
}

fn save_blob(name: &str, blob: &Blob) -> Option<()> {
    let url = Url::create_object_url_with_blob(blob).ok()?;
    let link = page()?.create_element("a").ok()?.dyn_into::<HtmlAnchorElement>().ok()?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser takes its time to begin with a large one.
    set_timeout(move || drop(Url::revoke_object_url(&url)), Duration::from_secs(60));
    Some(())
}

/// Saves a chart as PNG, twice as large as it is on the page.
pub(crate) fn save_png(picture: &Picture, said: Said) {
    // A picture that cannot be drawn is not saved; the SVG can still be copied.
    let _ = draw_and_save(picture, said);
}

fn draw_and_save(picture: &Picture, said: Said) -> Option<()> {
    let svg = blob(&js_sys::Array::of1(&JsValue::from_str(&picture.svg)), "image/svg+xml")?;
    let url = Url::create_object_url_with_blob(&svg).ok()?;
    let image = HtmlImageElement::new().ok()?;
    let (name, width, height) = (picture.name, picture.width, picture.height);
    let source = url.clone();
    let loaded = {
        let image = image.clone();
        Closure::once_into_js(move || {
            let drawn = drawn(&image, width, height);
            drop(Url::revoke_object_url(&url));
            let Some(canvas) = drawn else { return };
            let keep = Closure::once_into_js(move |png: Option<Blob>| {
                if let Some(png) = png {
                    save_blob(&format!("{name}.png"), &png);
                    said.say(words().saved);
                }
            });
            // Refused for a canvas that holds what is not ours to read; this one holds our own picture.
            let _ = canvas.to_blob(keep.unchecked_ref());
        })
    };
    image.set_onload(Some(loaded.unchecked_ref()));
    image.set_src(&source);
    Some(())
}

fn drawn(image: &HtmlImageElement, width: f64, height: f64) -> Option<HtmlCanvasElement> {
    let canvas = page()?.create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size on a screen")]
    {
        canvas.set_width((width * 2.0) as u32);
        canvas.set_height((height * 2.0) as u32);
    }
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context
        .draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width * 2.0, height * 2.0)
        .ok()?;
    Some(canvas)
}

/// Prints the summary, or everything, whatever the view: paper has its own view until it is printed.
pub(crate) fn print(state: State, all: bool) {
    state.everything.set(all);
    load::set_root_data("paper", Some(if all { "all" } else { "summary" }));
    // By then all of it is laid out.
    set_timeout(
        move || {
            // Some browsers come back before they have laid the pages out, so what is laid out stays until they say that
            // they are done, or the reader goes on.
            for event in ["afterprint", "pointerdown", "keydown"] {
                let done = Closure::once_into_js(move || {
                    load::set_root_data("paper", None);
                    // By then the reader may have gone on to another report.
                    let _ = state.everything.try_set(false);
                });
                load::once(event, done.unchecked_ref());
            }
            if let Some(window) = web_sys::window() {
                // A browser without a printer shows nothing.
                let _ = window.print();
            }
        },
        Duration::from_millis(100),
    );
}

/// The address of what is shown, with the section that is in sight.
pub(crate) fn address(state: State) -> String {
    state.at.set(document::section_in_sight().unwrap_or_default());
    let href = web_sys::window().and_then(|window| window.location().href().ok()).unwrap_or_default();
    let page = href.split_once('#').map_or(&*href, |(page, _)| page);
    match &*state.fragment_now() {
        "" => page.to_owned(),
        fragment => format!("{page}#{fragment}"),
    }
}
