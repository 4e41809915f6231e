//! What the figures mean, and where they come from.

use leptos::prelude::*;
use plimsoll_analysis::inspect::ImageInspection;
use plimsoll_report::format::one_line;
use plimsoll_report::sizes::{self, SizeDefinition};
use plimsoll_snapshot::Snapshot;

use crate::report::Report;
use crate::text::{self, language, words};

/// Definitions, sources and warnings.
#[component]
pub(crate) fn Method(report: &'static Report) -> impl IntoView {
    let definitions = words().sizes.map(|size| {
        view! {
            <tr>
                <th scope="row">{size.name}</th>
                <td>{size.definition}</td>
                <td>{size.shown_by.replace('`', "")}</td>
            </tr>
        }
    });
    let services = &report.comparison.services;
    let before = services.iter().filter_map(|service| service.before.as_ref());
    let after = services.iter().filter_map(|service| service.after.as_ref());
    view! {
        <section class="engineer" aria-labelledby="method">
            <h2 id="method">{words().method}</h2>
            <p class="lead">{words().method_lead}</p>
            <table class="plain definitions reflow">
                <thead>
                    <tr>
                        <th scope="col">{words().term}</th>
                        <th scope="col">{words().counts_what}</th>
                        <th scope="col">{words().shown_by}</th>
                    </tr>
                </thead>
                <tbody>{definitions.collect_view()}</tbody>
            </table>
            <details class="bytes glossary">
                <summary>{words().glossary}</summary>
                <dl class="facts">
                    {words().glossary_terms.iter().map(|(term, meaning)| view! { <dt>{*term}</dt><dd>{*meaning}</dd> }).collect_view()}
                </dl>
            </details>
            <h3>{words().sources}</h3>
            <div class="two">
                {side(words().before, &report.bundle.before, before.collect())}
                {side(words().after, &report.bundle.after, after.collect())}
            </div>
        </section>
    }
}

fn side(
    label: &'static str,
    snapshot: &'static Snapshot,
    images: Vec<&'static ImageInspection>,
) -> impl IntoView {
    // An image that several services run is described once.
    let mut described: Vec<(Vec<String>, &ImageInspection)> = Vec::new();
    for image in images {
        let service = one_line(&image.service);
        match described.iter_mut().find(|(_, known)| known.id == image.id) {
            Some((services, _)) => services.push(service),
            None => described.push((vec![service], image)),
        }
    }
    let images = described
        .into_iter()
        .map(|(services, image)| image_facts(services.join(", "), image, manifest(snapshot, image)));
    view! {
        <div class="sources">
            <h4>{label}</h4>
            <p>{words().generator}" "{one_line(&snapshot.generator)}</p>
            {images.collect_view()}
        </div>
    }
}

fn manifest(snapshot: &Snapshot, image: &ImageInspection) -> Option<String> {
    let whole = snapshot.images.iter().find(|known| known.id == image.id)?;
    whole.manifest_digest.as_ref().map(ToString::to_string)
}

fn image_facts(services: String, image: &'static ImageInspection, manifest: Option<String>) -> impl IntoView {
    let fact = |term: &'static str, value: Option<String>, code: bool| {
        value.map(|value| {
            let value = if code { view! { <code>{value}</code> }.into_any() } else { value.into_any() };
            view! { <dt>{term}</dt><dd>{value}</dd> }
        })
    };
    let figure = |name: &str, size| format!("{name} {}", text::bytes(size));
    let named = |size: &SizeDefinition, bytes| figure(language().size(size).name, bytes);
    let mut figures = vec![
        named(&sizes::IMAGE, image.size_bytes),
        named(&sizes::FINAL_TREE, image.final_tree_bytes),
        named(&sizes::HIDDEN, image.hidden_bytes),
        figure(words().duplicates, image.duplicate_bytes),
        figure(words().allocated_about, image.allocated_estimate_bytes),
    ];
    figures.extend(image.compressed_bytes.map(|size| named(&sizes::COMPRESSED, size)));
    figures.extend(image.dive_efficiency.map(|score| {
        let name = language().size(&sizes::DIVE_EFFICIENCY).name;
        language().decimal(format!("{name} {:.1} %", score * 100.0))
    }));
    let warnings = image
        .warnings
        .iter()
        .map(|warning| view! { <li>{one_line(&language().warning(&warning.warning))}</li> });
    view! {
        <dl class="facts">
            <dt>{words().service}</dt>
            <dd>
                <b>{services}</b>
                {image.reference.as_deref().map(|name| format!(" · {}", one_line(name)))}
            </dd>
            {fact(words().source, Some(format!("{}:{}", image.source.transport.name(), one_line(&image.source.name))), true)}
            {fact(words().image_id, Some(image.id.to_string()), true)}
            {fact(words().manifest, manifest, true)}
            {fact(words().platform, Some(one_line(&image.platform)), false)}
            {fact(words().created, image.created.as_deref().map(one_line), false)}
            {fact(words().sizes_head, Some(figures.join(", ")), false)}
            {(!image.warnings.is_empty()).then(|| view! {
                <dt>{words().warnings}</dt>
                <dd><ul class="warnings">{warnings.collect_view()}</ul></dd>
            })}
        </dl>
    }
}
