//! What differs in how the image of a service is run.

use leptos::prelude::*;
use plimsoll_analysis::compare::ServiceComparison;
use plimsoll_report::format::one_line;

use crate::text;

/// The settings that are not the same on both sides; nothing where all are.
#[component]
pub(crate) fn Settings(service: &'static ServiceComparison) -> impl IntoView {
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| text::NONE.to_owned(), one_line);
    let rows = service.config.iter().map(|change| {
        view! {
            <tr data-setting=change.setting.clone()>
                <th scope="row">{one_line(&change.setting)}</th>
                <td><code>{value(&change.before)}</code></td>
                <td><code>{value(&change.after)}</code></td>
            </tr>
        }
    });
    (!service.config.is_empty()).then(|| {
        view! {
            <section class="engineer" aria-labelledby="settings">
                <h2 id="settings">{text::SETTINGS}</h2>
                <p class="lead">{text::SETTINGS_LEAD}</p>
                <table class="plain definitions settings reflow">
                    <thead>
                        <tr>
                            <th scope="col">{text::SETTING}</th>
                            <th scope="col">{text::BEFORE}</th>
                            <th scope="col">{text::AFTER}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </section>
        }
    })
}
