//! The page of a report: reads the data it was written around and shows it.

#![expect(unreachable_pub, reason = "the macro for components writes `pub` items")]

use leptos::prelude::*;
use plimsoll_snapshot::Bundle;

mod app;
mod charts;
mod components;
mod document;
mod figures;
mod load;
mod share;
mod state;
mod text;
mod tree;
mod treemap;

fn main() {
    // Workers run the same module, and `main` with it: without a window there is nothing to show.
    let Some(window) = web_sys::window() else { return };
    std::panic::set_hook(Box::new(|panic| load::failed(&panic.to_string())));

    let shown = load::data().and_then(|data| {
        let bundle = Bundle::read(&data[..]).map_err(|error| load::with_sources(&error))?;
        // What is compressed is no longer needed, and a page keeps the memory it once had.
        drop(data);
        let root = load::root(&window).ok_or("the page has no element `app`")?;
        let state = state::State::new(state::Report::of(bundle), document::language(), &load::fragment());
        mount_to(root, move || view! { <app::App state /> }).forget();
        Ok(())
    });
    match shown {
        Ok(()) => load::ready(),
        Err(error) => load::failed(&error),
    }
}
