//! What a service took over time: the chart, and what is read off it with a mouse or the keyboard.

use leptos::prelude::*;
use plimsoll_report::chart::svg::{Place, markup};
use plimsoll_report::chart::timeline::{Courses, scene};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent};

use crate::text::{self, words};

/// The chart and its reading line.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "properties of components are values")]
pub(crate) fn TimelineChart(name: String, courses: Courses<'static>, summary: String) -> impl IntoView {
    let time = courses.frame().time;
    let end = time.end;
    let cursor = RwSignal::new(None::<u64>);
    let read = move || cursor.get().map(|at| courses.reading(at, text::language()));
    let on_key = move |event: KeyboardEvent| {
        let step = courses.step();
        let at = cursor.get_untracked();
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => at.unwrap_or(end).saturating_sub(step),
            "ArrowRight" | "ArrowUp" => at.map_or(0, |at| (at + step).min(end)),
            "Home" => 0,
            "End" => end,
            "Escape" => return cursor.set(None),
            _ => return,
        };
        event.prevent_default();
        cursor.set(Some(to));
    };
    let on_move = move |event: MouseEvent| {
        let field = event.current_target().and_then(|field| field.dyn_into::<Element>().ok());
        let Some(width) = field.map(|field| field.client_width()).filter(|width| *width > 0) else { return };
        cursor.set(Some(place(f64::from(event.offset_x()) / f64::from(width), end)));
    };
    let scene = scene(&courses, text::language());
    let height = scene.height;
    let cursor_line = move || {
        cursor.get().map(|at| {
            let x = format!("{:.3}%", time.at(at));
            view! { <line class="cursor" x1=x.clone() x2=x y1="0" y2=(height - 18.0).to_string() /> }
        })
    };
    view! {
        <figure class="timeline" data-timeline=name.clone()>
            {courses.beyond(text::language()).map(|far| view! { <p class="beyond" aria-hidden="true">{far}</p> })}
            <div
                class="field"
                tabindex="0"
                role="slider"
                aria-label=format!("{}: {}", words().running.timeline, name)
                aria-valuemin="0"
                aria-valuemax=end.to_string()
                aria-valuenow=move || cursor.get().unwrap_or(0).to_string()
                aria-valuetext=move || read().unwrap_or_else(|| summary.clone())
                on:keydown=on_key
                on:mousemove=on_move
                on:mouseleave=move |_| cursor.set(None)
            >
                <svg height=height.to_string() aria-hidden="true">
                    // Every text in it is escaped by the renderer.
                    <g inner_html=markup(&scene.marks, Place::Page)></g>
                    {cursor_line}
                </svg>
            </div>
            <p class="reading" aria-hidden="true">{move || read().unwrap_or_else(|| words().running.reading_help.to_owned())}</p>
        </figure>
    }
}

/// The moment at a share of the width.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place on a screen"
)]
fn place(share: f64, end: u64) -> u64 {
    (share.clamp(0.0, 1.0) * end as f64) as u64
}
