//! The four figures under the verdict.

use leptos::prelude::*;
use plimsoll_analysis::compare::{Comparison, SizeChange};
use plimsoll_report::format::{count, unbroken};

use super::change;
use crate::figures;
use crate::text::{self, bytes, percent, words};

/// What the stack comes to. A figure that is not known is not shown.
#[component]
pub(crate) fn Cards(comparison: &'static Comparison) -> impl IntoView {
    let files = figures::files(comparison);
    let last = match (figures::compressed(comparison), comparison.services.first()) {
        (Some(size), _) => Some(size_card("compressed", words().card_compressed, size).into_any()),
        // The services are sorted by their change.
        (None, Some(service)) if comparison.services.len() > 1 => {
            let delta = text::delta(service.size.delta);
            Some(
                view! {
                    <div class="card" data-card="service">
                        <dt>{words().card_service}</dt>
                        <dd class="value">{delta.number}<small>{delta.unit}</small></dd>
                        <dd class="more-on">
                            {text::name(&service.name)}": "{bytes(service.size.before).to_string()}" → "
                            {bytes(service.size.after).to_string()}
                        </dd>
                    </div>
                }
                .into_any(),
            )
        }
        _ => None,
    };
    view! {
        <dl class="cards" aria-label=words().figures>
            {size_card("total", words().card_total, comparison.total)}
            {size_card("hidden", words().card_hidden, figures::hidden(comparison))}
            <div class="card" data-card="files" data-added=files.added data-removed=files.removed data-modified=files.modified>
                <dt>{words().card_files}</dt>
                <dd class="value">{count(files.all())}</dd>
                <dd class="more-on">
                    {(words().files_by_change)(&count(files.added), &count(files.removed), &count(files.modified))}
                </dd>
            </div>
            {last}
        </dl>
    }
}

fn size_card(key: &'static str, label: &'static str, size: SizeChange) -> impl IntoView {
    let after = bytes(size.after);
    let relative = size
        .percent()
        .filter(|_| size.delta.0 != 0)
        .map(|change| unbroken(&format!(" ({})", percent(change))));
    view! {
        <div class="card" data-card=key data-before=size.before.0 data-after=size.after.0>
            <dt>{label}</dt>
            <dd class="value" title=text::exact(size.after)>{after.number}<small>{after.unit}</small></dd>
            <dd class="more-on">
                {(words().size_before)(&bytes(size.before).to_string())}" · "{change(size.delta)}{relative}
            </dd>
        </div>
    }
}
