//! Who owns the bytes of the final trees: a bar a side, and the figures.

use leptos::prelude::*;
use plimsoll_analysis::compare::{ServiceTrees, SizeChange};
use plimsoll_report::chart::scale::Scale;
use plimsoll_snapshot::Bytes;
use plimsoll_view::packages::{Owned, owners};

use crate::components::{change, size};
use crate::text::{self, words};

/// A share of the width that holds a name, in percent.
const WIDE: f64 = 9.0;

#[component]
pub(super) fn Owners(trees: &'static ServiceTrees<'static>) -> impl IntoView {
    let owners = owners(trees);
    let total = |side: fn(&SizeChange) -> Bytes| owners.iter().map(|owned| side(&owned.size)).sum::<Bytes>();
    let whole = SizeChange::new(total(|size| size.before), total(|size| size.after));
    let scale = Scale::up_to(whole.before.max(whole.after));
    let rows = owners.iter().map(|owned| {
        view! {
            <tr data-owner=owned.owner.name() data-before=owned.size.before.0 data-after=owned.size.after.0>
                <th scope="row">{text::language().bridge_cause(owned.owner)}</th>
                <td>{size(owned.size.before)}</td>
                <td>{size(owned.size.after)}</td>
                <td>{change(owned.size.delta)}</td>
            </tr>
        }
    });
    view! {
        <h3>{words().owners}</h3>
        <div class="stacks owners" aria-hidden="true">
            {bar(words().before, &owners, scale, |size| size.before)}
            {bar(text::after_head(trees.before.is_some()), &owners, scale, |size| size.after)}
        </div>
        <table class="plain owned">
            <thead>
                <tr>
                    <th scope="col">{words().owner}</th>
                    <th scope="col">{words().before}</th>
                    <th scope="col">{text::after_head(trees.before.is_some())}</th>
                    <th scope="col">{words().change}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
            <tfoot>
                <tr>
                    <th scope="row">{words().final_tree}</th>
                    <td>{size(whole.before)}</td>
                    <td>{size(whole.after)}</td>
                    <td>{change(whole.delta)}</td>
                </tr>
            </tfoot>
        </table>
    }
}

/// The owners of one side along the scale of both, in the order of the table. The shades only tell neighbours apart.
fn bar(
    label: &'static str,
    owners: &[Owned],
    scale: Scale,
    side: fn(&SizeChange) -> Bytes,
) -> impl IntoView + use<> {
    let parts = owners.iter().enumerate().filter(|(_, owned)| side(&owned.size) > Bytes::ZERO);
    let parts = parts.map(|(at, owned)| {
        let width = scale.at(side(&owned.size));
        let name = text::language().bridge_cause(owned.owner);
        let class = format!("shade-{}", at % 3);
        view! {
            <span class=class style=format!("width:{width:.3}%") title=name.clone()>
                {(width > WIDE).then(|| name.clone())}
            </span>
        }
    });
    view! {
        <div class="stack">
            <span>{label}</span>
            <div class="shares">{parts.collect_view()}</div>
        </div>
    }
}
