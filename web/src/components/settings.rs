//! What differs in how the image of a service is run.

use leptos::prelude::*;
use plimsoll_analysis::compare::ServiceComparison;

use crate::text::{self, words};

/// The settings that are not the same on both sides; nothing where all are.
#[component]
pub(crate) fn Settings(service: &'static ServiceComparison) -> impl IntoView {
    let value = |setting: &str, value: &Option<String>| {
        let value = value.as_deref().map(|value| text::language().setting_value(setting, value));
        value.map_or_else(|| text::NONE.to_owned(), |value| text::name(&value))
    };
    let rows = service.config.iter().map(|change| {
        view! {
            <tr data-setting=change.setting.clone()>
                <th scope="row">{text::name(&text::language().setting(&change.setting))}</th>
                <td><code>{value(&change.setting, &change.before)}</code></td>
                <td><code>{value(&change.setting, &change.after)}</code></td>
            </tr>
        }
    });
    (!service.config.is_empty()).then(|| {
        view! {
            <section class="engineer" aria-labelledby="settings">
                <h2 id="settings">{words().settings}</h2>
                <p class="lead">{words().settings_lead}</p>
                <table class="plain definitions settings reflow">
                    <thead>
                        <tr>
                            <th scope="col">{words().setting_head}</th>
                            <th scope="col">{words().before}</th>
                            <th scope="col">{words().after}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </section>
        }
    })
}
