//! What is known of one package: where it is from, why it is there, who uses it.

use leptos::prelude::*;
use plimsoll_analysis::packages::{Catalogue, Package, PackageId, Use, Want};
use plimsoll_report::format::{count, one_line, shorten};

use super::shelf::Shelf;
use crate::components::size;
use crate::text::{self, words};

/// How many ways, names and versions are shown.
const WAYS: usize = 3;
const NAMED: usize = 12;
const VERSIONS: usize = 3;

/// The facts of the package that was chosen, below the table.
#[component]
pub(super) fn Detail(shelf: Shelf) -> impl IntoView {
    let shown = move || {
        let rows = shelf.rows.get_value();
        let Some(row) = shelf.open.get().and_then(|at| rows.get(at)) else {
            return view! { <p class="lead">{words().choose_package}</p> }.into_any();
        };
        let sides = [
            (words().before, &shelf.trees.before, row.before.clone()),
            (words().after, &shelf.trees.after, row.after.clone()),
        ];
        let sides = sides.into_iter().filter_map(|(label, image, ids)| {
            let catalogue = &image.as_ref().filter(|_| !ids.is_empty())?.packages;
            Some(view! {
                <div>
                    <h4>{label}</h4>
                    {ids.iter().take(VERSIONS).map(|&id| facts(catalogue, id)).collect_view()}
                </div>
            })
        });
        view! {
            <h3>{text::name(row.name)}</h3>
            <div class="two">{sides.collect_view()}</div>
        }
        .into_any()
    };
    view! { <div class="package-detail screen" aria-live="polite">{shown}</div> }
}

fn facts(catalogue: &'static Catalogue, id: PackageId) -> impl IntoView {
    let package = catalogue.package(id);
    let fact = |term: &'static str, value: Option<String>| {
        value.map(|value| view! { <dt>{term}</dt><dd>{value}</dd> })
    };
    let installed = (words().by_layer_number)(
        &count(u64::from(package.layer)),
        &package
            .instruction
            .as_deref()
            .map_or_else(|| text::NONE.to_owned(), |line| shorten(&one_line(line), 400)),
    );
    let with = match package.retained_packages {
        0 | 1 => text::bytes(package.retained_tree_bytes).to_string(),
        packages => (words().with_packages)(
            &text::bytes(package.retained_tree_bytes).to_string(),
            &text::many(packages, &words().package),
        ),
    };
    let missing = (!package.missing.is_empty()).then(|| named(package.missing.iter().cloned()));
    view! {
        <dl class="facts">
            <dt>{words().version}</dt>
            <dd>{if package.version.is_empty() { text::NONE.to_owned() } else { text::name(&package.version) }}</dd>
            <dt>{words().own}</dt>
            <dd>{size(package.tree_bytes)}</dd>
            {fact(words().retained, Some(with))}
            {fact(words().all_layers, (package.image_bytes != package.tree_bytes).then(|| text::bytes(package.image_bytes).to_string()))}
            <dt>{words().ways}</dt>
            <dd>{ways(catalogue, id)}</dd>
            <dt>{words().use_head}</dt>
            <dd>{usage(catalogue, package)}</dd>
            {fact(words().needs, names(catalogue, &package.needs))}
            {fact(words().needed_by_head, names(catalogue, &package.needed_by))}
            {fact(words().wants_head, wanted(catalogue, &package.wants))}
            {fact(words().wanted_by_head, wanted(catalogue, &package.wanted_by))}
            {fact(words().missing, missing)}
            {fact(words().installed_by, Some(installed))}
            {fact(words().described_by, Some(text::name(&package.path)))}
            {fact(words().license, package.license.as_deref().map(text::name))}
            {fact(words().purl, Some(text::name(&package.purl)))}
        </dl>
    }
}

/// The shortest ways to a package, each with why it begins.
fn ways(catalogue: &Catalogue, id: PackageId) -> impl IntoView + use<> {
    let ways = catalogue.graph.why(id, WAYS).into_iter().map(|way| {
        let name = |(at, &id): (usize, &PackageId)| {
            let kind = at.checked_sub(1).and_then(|before| catalogue.graph.kind(way[before], id));
            let name = text::package(catalogue, id);
            match kind.and_then(text::dependency) {
                Some(kind) => format!("{name} ({kind})"),
                None => name,
            }
        };
        let names: Vec<String> = way.iter().enumerate().map(name).collect();
        let first = way.first().and_then(|&first| catalogue.package(first).root.as_ref());
        let root = first.map(|root| format!(" ({})", text::root(root))).unwrap_or_default();
        view! { <p>{names.join(" → ")}{root}</p> }
    });
    ways.collect_view()
}

fn usage(catalogue: &Catalogue, package: &Package) -> impl IntoView + use<> {
    let files: &[String] = match &package.usage {
        Use::Imported { files, .. } => files,
        _ => &[],
    };
    let files: Vec<_> =
        files.iter().skip(1).map(|file| view! { <p><code>{text::name(file)}</code></p> }).collect();
    view! { <p>{text::usage(&package.usage, catalogue)}</p> {files} }
}

fn names(catalogue: &Catalogue, ids: &[PackageId]) -> Option<String> {
    (!ids.is_empty()).then(|| named(ids.iter().map(|&id| text::package(catalogue, id))))
}

/// The names of packages that one makes use of, or the other way round, with how much.
fn wanted(catalogue: &Catalogue, wants: &[Want]) -> Option<String> {
    let name = |want: &Want| {
        let name = text::package(catalogue, want.package);
        text::dependency(want.kind).map_or_else(|| name.clone(), |kind| format!("{name} ({kind})"))
    };
    (!wants.is_empty()).then(|| named(wants.iter().map(name)))
}

/// The first of some names, and how many there are beside them.
fn named(names: impl ExactSizeIterator<Item = String>) -> String {
    let left = names.len().saturating_sub(NAMED);
    let mut shown: Vec<String> = names.take(NAMED).map(|name| text::name(&name)).collect();
    if left > 0 {
        shown.push((words().and_more)(&count(left as u64)));
    }
    shown.join(", ")
}
