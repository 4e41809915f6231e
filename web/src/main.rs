//! The page of a report: reads the data it was written around and shows it.

#![expect(unreachable_pub, reason = "the macro for components writes `pub` items")]

use leptos::prelude::*;
use plimsoll_snapshot::{Bundle, ReadLimits};

mod anchors;
mod app;
mod charts;
mod components;
mod document;
mod figures;
mod findings;
mod joining;
mod judging;
mod load;
mod report;
mod role;
mod running;
mod save;
mod share;
mod state;
mod text;
mod treemap;
mod view;
mod worker;
mod workspace;

fn main() {
    // Workers run the same module, and `main` with it: without a window there is nothing to show.
    let Some(window) = web_sys::window() else {
        std::panic::set_hook(Box::new(|panic| load::note_fault(&panic.to_string())));
        return;
    };
    std::panic::set_hook(Box::new(|panic| load::failed(&panic.to_string())));

    text::speak(document::language());
    let shown = load::data().and_then(|data| {
        let bundle = match data {
            Some(data) => Some(
                Bundle::read_within(&data[..], &ReadLimits::of_page())
                    .map_err(|error| text::refused(&error))?,
            ),
            None => None,
        };
        let root = load::root(&window).ok_or("the page has no element `app`")?;
        let workspace = workspace::Workspace::new(bundle.map(report::Report::of), document::language());
        mount_to(root, move || view! { <app::Root workspace /> }).forget();
        Ok(())
    });
    match shown {
        Ok(()) => load::ready(),
        Err(error) => load::failed(&error),
    }
}
