//! Figures in tables about memory.

use leptos::prelude::*;
use plimsoll_analysis::memory::Limit;
use plimsoll_snapshot::Bytes;

use crate::text::{self, words};

/// Memory, its unit set lighter, all digits in the tip.
pub(super) fn memory(bytes: Bytes) -> impl IntoView {
    let figure = text::memory(bytes);
    let (number, unit) = figure.split_once(' ').unwrap_or((&figure, ""));
    let (number, unit) = (number.to_owned(), unit.to_owned());
    view! { <span class="size" title=text::exact(bytes)>{number}"\u{a0}"<small>{unit}</small></span> }
}

pub(super) fn maybe(bytes: Option<Bytes>) -> impl IntoView {
    match bytes {
        Some(bytes) => memory(bytes).into_any(),
        None => view! { <span class="none">{text::NONE}</span> }.into_any(),
    }
}

/// A limit; that there is none is a separate fact.
pub(super) fn limit(limit: Limit) -> impl IntoView {
    match limit {
        Limit::Limited(bytes) => memory(bytes).into_any(),
        Limit::Unlimited => view! { <span class="fail">"▲\u{a0}"{words().running.none}</span> }.into_any(),
        Limit::Unknown => {
            view! { <span class="unknown">"◌\u{a0}"{words().running.unknown}</span> }.into_any()
        }
    }
}
