//! What the figures mean, and where they come from.

use leptos::prelude::*;
use plimsoll_analysis::compare::ServiceComparison;
use plimsoll_analysis::inspect::{ImageInspection, stack_size};
use plimsoll_report::format::{date, one_line};
use plimsoll_report::language::Term;
use plimsoll_report::sizes::{self, SizeDefinition};
use plimsoll_snapshot::Snapshot;

use super::{Fact, code, pairs, plain};
use crate::report::Report;
use crate::text::{self, language, words};
use crate::workspace::Workspace;

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
    let terms = Term::ALL.map(|term| {
        let (name, meaning) = (words().page.term)(term);
        view! { <dt>{name}</dt><dd>{meaning}</dd> }
    });
    let sides = [&report.bundle.before, &report.bundle.after];
    let generators = Fact::of(
        words().generator,
        sides.map(|side| (!side.generator.is_empty()).then(|| one_line(&side.generator))),
        plain,
    );
    let are_there = sides.map(|side| !side.services.is_empty() || side.runtime.is_some());
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
                <dl class="facts">{terms.collect_view()}</dl>
            </details>
            <Holds />
            <h3>{words().sources}</h3>
            <div class="sources">
                {pairs(are_there, generators)}
                {described(&report.comparison.services).into_iter().map(|(names, images)| source(names, images, sides)).collect_view()}
            </div>
        </section>
    }
}

/// The snapshots in the page, and what can be read from it.
#[component]
fn Holds() -> impl IntoView {
    let workspace = expect_context::<Workspace>();
    let rows = move || {
        let held = workspace.held.get().into_iter().map(|held| {
            let newest =
                held.snapshot.images.iter().filter_map(|image| image.created.as_deref().and_then(date)).max();
            view! {
                <tr>
                    <th scope="row">{text::held(&held.name)}</th>
                    <td>{newest.unwrap_or_else(|| text::NONE.to_owned())}</td>
                    <td>{text::bytes(stack_size(&held.snapshot).unique_bytes).to_string()}</td>
                </tr>
            }
        });
        held.collect_view()
    };
    view! {
        <h3 id="content">{words().page.holds}</h3>
        <p class="lead">{words().page.holds_lead}</p>
        <table class="plain owned holds">
            <thead>
                <tr>
                    <th scope="col">{words().snapshot}</th>
                    <th scope="col">{words().page.newest_image}</th>
                    <th scope="col">{words().card_total}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <p class="lead">{words().page.discloses}</p>
    }
}

type Images = [Option<&'static ImageInspection>; 2];

/// The images of both sides, each pair once, with the services that run it.
fn described(services: &'static [ServiceComparison]) -> Vec<(String, Images)> {
    let mut described: Vec<(String, Images)> = Vec::new();
    for service in services {
        let images = [service.before.as_ref(), service.after.as_ref()];
        let ids = |images: &Images| images.map(|image| image.map(|image| image.id.to_string()));
        match described.iter_mut().find(|(_, known)| ids(known) == ids(&images)) {
            Some((names, _)) => *names = format!("{names}, {}", text::name(&service.name)),
            None => described.push((text::name(&service.name), images)),
        }
    }
    described
}

fn source(names: String, images: Images, snapshots: [&'static Snapshot; 2]) -> impl IntoView {
    let of = |read: fn(&ImageInspection) -> Option<String>| images.map(|image| image.and_then(read));
    let manifests = [0, 1].map(|side| manifest(snapshots[side], images[side]?));
    let facts = [
        Fact::of(words().page.image, of(|image| image.reference.as_deref().map(one_line)), plain),
        Fact::of(
            words().source,
            of(|image| Some(format!("{}:{}", image.source.transport.name(), one_line(&image.source.name)))),
            code,
        ),
        Fact::of(words().image_id, of(|image| Some(image.id.to_string())), code),
        Fact::of(words().manifest, manifests, code),
        Fact::of(words().platform, of(|image| Some(one_line(&image.platform))), plain),
        Fact::of(words().created, of(|image| image.created.as_deref().map(one_line)), plain),
        Fact::of(words().sizes_head, of(|image| Some(figures(image))), plain),
        Fact::of(
            words().warnings,
            images.map(|image| image.map(warnings).filter(|all| !all.is_empty())),
            |all: Vec<String>| {
                let all = all.into_iter().map(|warning| view! { <li>{warning}</li> });
                view! { <ul class="warnings">{all.collect_view()}</ul> }.into_any()
            },
        ),
    ];
    view! {
        <h4>{names}</h4>
        {pairs(images.map(|image| image.is_some()), facts.into_iter().flatten())}
    }
}

fn warnings(image: &ImageInspection) -> Vec<String> {
    plimsoll_report::warnings::lines(image, language()).iter().map(|warning| one_line(warning)).collect()
}

fn manifest(snapshot: &Snapshot, image: &ImageInspection) -> Option<String> {
    let whole = snapshot.images.iter().find(|known| known.id == image.id)?;
    whole.manifest_digest.as_ref().map(ToString::to_string)
}

fn figures(image: &ImageInspection) -> String {
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
    figures.join(", ")
}
