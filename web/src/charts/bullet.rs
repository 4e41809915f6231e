//! What a service takes against what it may take, as a bar: median, 95th percentile and most, limit, reservation and the
//! limit that is suggested.

use leptos::prelude::*;
use plimsoll_analysis::memory::{Memory, ServiceMemory};
use plimsoll_snapshot::Bytes;

use super::geometry::Scale;

/// Where the marks of a bar lie, from 0 to 100.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Bullet {
    /// Median, 95th percentile and most.
    pub(crate) taken: Option<[f64; 3]>,
    pub(crate) limit: Option<f64>,
    pub(crate) reservation: Option<f64>,
    pub(crate) suggested: Option<f64>,
}

impl Bullet {
    pub(crate) fn of(service: &ServiceMemory, scale: Scale) -> Self {
        let at = |bytes| scale.at(bytes);
        Self {
            taken: service.working_set.map(|taken| [taken.p50, taken.p95, taken.max].map(at)),
            limit: service.limit.bytes().map(at),
            reservation: service.reservation.map(at),
            suggested: service.suggestion.limit.map(at),
        }
    }
}

/// The end of the scale that all services of both sides share.
pub(crate) fn scale(sides: [Option<&Memory>; 2]) -> Scale {
    let services = sides.into_iter().flatten().flat_map(|memory| &memory.services);
    let figures = services.flat_map(|service| {
        [
            service.working_set.map(|taken| taken.max),
            service.limit.bytes(),
            service.reservation,
            service.suggestion.limit,
        ]
    });
    Scale::up_to(figures.flatten().max().unwrap_or(Bytes::ZERO))
}

/// The bar. The figures stand beside it, so screen readers skip it.
#[component]
pub(crate) fn BulletBar(service: &'static ServiceMemory, scale: Scale, is_after: bool) -> impl IntoView {
    let Bullet { taken, limit, reservation, suggested } = Bullet::of(service, scale);
    let percent = |at: f64| format!("{at:.3}%");
    let bars = taken.map(|taken| {
        let classes = [("most", 8, 8), ("p95", 6, 12), ("p50", 4, 16)];
        let bar = |((class, y, height), at): ((&'static str, i32, i32), f64)| {
            view! { <rect class=class x="0" width=percent(at) y=y.to_string() height=height.to_string() /> }
        };
        classes.into_iter().zip(taken.into_iter().rev()).map(bar).collect_view()
    });
    let track = limit.map(|at| view! { <rect class="track" x="0" width=percent(at) y="4" height="16" /> });
    let line = |class: &'static str, at: Option<f64>| {
        at.map(|at| view! { <line class=class x1=percent(at) x2=percent(at) y1="0" y2="24" /> })
    };
    let triangle = suggested.map(|at| {
        view! { <svg class="suggested" x=percent(at)><path d="M-5 0H5L0 7Z" /></svg> }
    });
    view! {
        <svg class="bullet" class:after=is_after height="24" aria-hidden="true">
            {track}
            {bars}
            {line("reservation", reservation)}
            {line("limit", limit)}
            {triangle}
        </svg>
    }
}
