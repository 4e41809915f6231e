//! Sizes and differences: the digits, and their unit set lighter. All digits stand in the tip.

use leptos::prelude::*;
use plimsoll_report::format::Quantity;
use plimsoll_snapshot::{ByteDelta, Bytes};

use crate::text::{self, words};

/// A size.
pub(crate) fn size(bytes: Bytes) -> impl IntoView {
    quantity(text::bytes(bytes), "size", text::exact(bytes))
}

/// A size where there is one.
pub(crate) fn maybe_size(bytes: Option<Bytes>) -> impl IntoView {
    match bytes {
        Some(bytes) => size(bytes).into_any(),
        None => view! { <span class="none">{text::NONE}</span> }.into_any(),
    }
}

/// A difference with its sign, in the colour of its direction.
pub(crate) fn change(delta: ByteDelta) -> impl IntoView {
    if delta.0 == 0 {
        return view! { <span class="none">{words().unchanged}</span> }.into_any();
    }
    let class = if delta.0 < 0 { "size less" } else { "size more" };
    quantity(text::delta(delta), class, text::exact(delta.magnitude())).into_any()
}

/// The class of a difference: `less`, `more` or `same`.
pub(crate) const fn direction(delta: ByteDelta) -> &'static str {
    match delta.0 {
        ..=-1 => "less",
        0 => "same",
        1.. => "more",
    }
}

fn quantity(quantity: Quantity, class: &'static str, exact: String) -> impl IntoView {
    view! { <span class=class title=exact>{quantity.number}"\u{a0}"<small>{quantity.unit}</small></span> }
}
