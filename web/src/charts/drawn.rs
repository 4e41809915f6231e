//! Scenes as elements of the page.

use leptos::prelude::*;
use plimsoll_report::chart::scene::Scene;
use plimsoll_report::chart::svg::{Place, markup};

/// A chart as wide as its place. Decoration: its figures stand beside it, so screen readers skip it.
pub(crate) fn drawn(class: &'static str, scene: &Scene) -> impl IntoView + use<> {
    view! {
        <svg
            class=class
            height=scene.height.to_string()
            aria-hidden="true"
            // Every text in it is escaped by the renderer.
            inner_html=markup(&scene.marks, Place::Page)
        ></svg>
    }
}
