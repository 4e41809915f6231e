//! What can be done with a chart: take it along as a picture.

use leptos::prelude::*;
use plimsoll_report::chart::sheet::Picture;

use crate::share::{self, Said};
use crate::text::words;

/// Two buttons below a chart. The picture is made when it is asked for.
#[component]
pub(crate) fn ChartTools(
    /// The name of the chart, for screen readers.
    chart: &'static str,
    picture: impl Fn() -> Option<Picture> + Copy + 'static,
) -> impl IntoView {
    let said = expect_context::<Said>();
    let copy = move |_| {
        if let Some(picture) = picture() {
            share::copy(picture.svg, said);
        }
    };
    let save = move |_| {
        if let Some(picture) = picture() {
            share::save_png(&picture, said);
        }
    };
    view! {
        <div class="chart-tools screen" role="group" aria-label=(words().chart_tools)(chart)>
            <button type="button" data-do="copy-svg" on:click=copy>{words().copy_svg}</button>
            <button type="button" data-do="save-png" on:click=save>{words().save_png}</button>
        </div>
    }
}
