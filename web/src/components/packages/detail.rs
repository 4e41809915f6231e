//! What is known of one package: where it is from, why it is there, who uses it.

use leptos::prelude::*;
use plimsoll_analysis::packages::{Catalogue, PackageId, Use, Want};
use plimsoll_report::format::{count, one_line, shorten};

use super::list::PackageList;
use crate::components::{Fact, pairs, paragraphs};
use crate::text::{self, words};

/// How many ways, names and versions are shown.
const WAYS: usize = 3;
const NAMED: usize = 12;
const VERSIONS: usize = 3;

/// The facts of the package that was chosen, below the table.
#[component]
pub(super) fn Detail(list: PackageList) -> impl IntoView {
    let shown = move || {
        let rows = list.rows.get_value();
        let Some(row) = list.open.get().and_then(|at| rows.get(at)) else {
            return view! { <p class="lead">{words().choose_package}</p> }.into_any();
        };
        let images = [(&list.trees.before, row.before.clone()), (&list.trees.after, row.after.clone())];
        let sides = images
            .map(|(image, ids)| Some((&image.as_ref()?.packages, ids)).filter(|(_, ids)| !ids.is_empty()));
        let most = sides.iter().flatten().map(|(_, ids)| ids.len()).max().unwrap_or(0);
        // Each version is one more table: that of one side is beside that of the other.
        let tables = (0..most.min(VERSIONS)).map(|at| {
            facts(
                sides
                    .each_ref()
                    .map(|side| side.as_ref().and_then(|(catalogue, ids)| Some((*catalogue, *ids.get(at)?)))),
            )
        });
        view! {
            <h3>{text::name(row.name)}</h3>
            {tables.collect_view()}
        }
        .into_any()
    };
    view! { <div class="package-detail screen" aria-live="polite">{shown}</div> }
}

/// What is known of a package, a line each; empty where nothing is.
type Read = fn(&Catalogue, PackageId) -> Vec<String>;

fn facts(sides: [Option<(&'static Catalogue, PackageId)>; 2]) -> impl IntoView {
    let known: [(&'static str, Read); 15] = [
        (words().version, |catalogue, id| {
            let version = &catalogue.package(id).version;
            vec![if version.is_empty() { text::NONE.to_owned() } else { text::name(version) }]
        }),
        (words().own, |catalogue, id| vec![text::bytes(catalogue.package(id).tree_bytes).to_string()]),
        (words().retained, retained),
        (words().all_layers, |catalogue, id| {
            let package = catalogue.package(id);
            let differs = package.image_bytes != package.tree_bytes;
            differs.then(|| text::bytes(package.image_bytes).to_string()).into_iter().collect()
        }),
        (words().ways, ways),
        (words().use_head, usage),
        (words().needs, |catalogue, id| names(catalogue, &catalogue.package(id).needs)),
        (words().needed_by_head, |catalogue, id| names(catalogue, &catalogue.package(id).needed_by)),
        (words().wants_head, |catalogue, id| wanted(catalogue, &catalogue.package(id).wants)),
        (words().wanted_by_head, |catalogue, id| wanted(catalogue, &catalogue.package(id).wanted_by)),
        (words().missing, |catalogue, id| named(catalogue.package(id).missing.iter().cloned())),
        (words().installed_by, installed),
        (words().described_by, |catalogue, id| vec![text::name(&catalogue.package(id).path)]),
        (words().license, |catalogue, id| {
            catalogue.package(id).license.as_deref().map(text::name).into_iter().collect()
        }),
        (words().purl, |catalogue, id| vec![text::name(&catalogue.package(id).purl)]),
    ];
    let fact = |(term, read): (&'static str, Read)| {
        let told = sides
            .map(|side| side.map(|(catalogue, id)| read(catalogue, id)).filter(|lines| !lines.is_empty()));
        Fact::of(term, told, paragraphs)
    };
    pairs(sides.map(|side| side.is_some()), known.into_iter().filter_map(fact))
}

fn retained(catalogue: &Catalogue, id: PackageId) -> Vec<String> {
    let package = catalogue.package(id);
    let bytes = text::bytes(package.retained_tree_bytes).to_string();
    vec![match package.retained_packages {
        0 | 1 => bytes,
        packages => (words().with_packages)(&bytes, &text::many(packages, &words().package)),
    }]
}

fn installed(catalogue: &Catalogue, id: PackageId) -> Vec<String> {
    let package = catalogue.package(id);
    let instruction = package.instruction.as_deref();
    let instruction = instruction.map_or_else(|| text::NONE.to_owned(), |line| shorten(&one_line(line), 400));
    vec![(words().by_layer_number)(&count(u64::from(package.layer)), &instruction)]
}

/// The shortest ways to a package, each with why it begins.
fn ways(catalogue: &Catalogue, id: PackageId) -> Vec<String> {
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
        names.join(" → ") + &root
    });
    ways.collect()
}

fn usage(catalogue: &Catalogue, id: PackageId) -> Vec<String> {
    let usage = &catalogue.package(id).usage;
    let files: &[String] = match usage {
        Use::Imported { files, .. } => files,
        _ => &[],
    };
    let files = files.iter().skip(1).map(|file| text::name(file));
    [text::usage(usage, catalogue)].into_iter().chain(files).collect()
}

fn names(catalogue: &Catalogue, ids: &[PackageId]) -> Vec<String> {
    named(ids.iter().map(|&id| text::package(catalogue, id)))
}

/// The names of packages that one makes use of, or the other way round, with how much.
fn wanted(catalogue: &Catalogue, wants: &[Want]) -> Vec<String> {
    let name = |want: &Want| {
        let name = text::package(catalogue, want.package);
        text::dependency(want.kind).map_or_else(|| name.clone(), |kind| format!("{name} ({kind})"))
    };
    named(wants.iter().map(name))
}

/// The first of some names, and how many there are beside them, on one line; none for none.
fn named(names: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let left = names.len().saturating_sub(NAMED);
    let mut shown: Vec<String> = names.take(NAMED).map(|name| text::name(&name)).collect();
    if left > 0 {
        shown.push((words().and_more)(&count(left as u64)));
    }
    if shown.is_empty() { shown } else { vec![shown.join(", ")] }
}
