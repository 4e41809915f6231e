//! The page of a report: reads the data it was written around and shows it.

#![expect(unreachable_pub, reason = "the macro for components writes `pub` items")]
#![expect(clippy::needless_pass_by_value, reason = "a component owns what it is given")]

use leptos::prelude::*;
use wasm_bindgen::JsCast;

mod app;
mod load;

fn main() {
    // Workers run the same module, and `main` with it: without a window there is nothing to show.
    let Some(window) = web_sys::window() else { return };
    std::panic::set_hook(Box::new(|panic| load::failed(&panic.to_string())));

    match load::data() {
        Ok(data) => {
            let root = window
                .document()
                .and_then(|document| document.get_element_by_id("app"))
                .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
            let Some(root) = root else { return load::failed("the page has no element `app`") };
            mount_to(root, move || view! { <app::App data /> }).forget();
            load::ready();
        }
        Err(error) => load::failed(&error),
    }
}
