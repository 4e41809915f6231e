//! One search over all that has a name: files, packages, layers and findings, of every service.

mod names;

use std::cmp::Reverse;

use plimsoll_analysis::compare::{FileTree, ServiceComparison, ServiceTrees, SizeChange};
use plimsoll_report::format::{one_line, shorten};
use plimsoll_report::language::Language;
use plimsoll_snapshot::{Bytes, Order as _, path};

use self::names::Names;
use crate::packages;

/// How many of a kind are shown.
pub const SHOWN: usize = 6;
/// How many paths are searched at most: those of further services are skipped, and a note says so.
pub const MOST_PATHS: usize = 4_000_000;
/// How much of a text is searched and shown: builders put whole scripts into an instruction.
const LENGTH: usize = 2_000;

/// What can be found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Files and directories, by their paths.
    Files,
    /// Packages, by ecosystem and name.
    Packages,
    /// Layers, by instruction and diff ID.
    Layers,
    /// Findings, by title and rule.
    Findings,
}

/// Where something stands on the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A node of the tree of files.
    File(u32),
    /// A package by its key.
    Package(String),
    /// A row of the layers.
    Layer(usize),
    /// A finding by its place in the list.
    Finding(usize),
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Index into the services of the comparison.
    pub service: usize,
    /// Where it stands.
    pub place: Place,
    /// Its name, on one line.
    pub name: String,
    /// Where it lies, or what it is.
    pub beside: String,
    /// Its size on both sides.
    pub size: SizeChange,
}

/// What was found of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The kind.
    pub kind: Kind,
    /// How many there are in all.
    pub count: usize,
    /// The best of them.
    pub hits: Vec<Hit>,
}

/// What can be found in one service.
pub struct Index<'a> {
    service: usize,
    /// Not those of a service that is beyond what is searched.
    files: Option<(&'a FileTree<'a>, Names)>,
    packages: Vec<Named>,
    layers: Vec<Named>,
    findings: Vec<Named>,
}

/// Something that is found by a text.
struct Named {
    /// What is searched, in small letters.
    text: String,
    hit: Hit,
}

/// A finding, as it is called and what it would save.
pub struct Advised<'a> {
    /// The title, in the language of the reader.
    pub title: String,
    /// The rule that found it.
    pub rule: &'a str,
    /// The bytes that a fix would save.
    pub saving: Bytes,
}

impl<'a> Index<'a> {
    /// Reads the names of one service; its files only `with_files`.
    pub fn of(
        service: usize,
        comparison: &ServiceComparison,
        trees: &'a ServiceTrees<'_>,
        findings: &[Advised<'_>],
        with_files: bool,
        language: Language,
    ) -> Self {
        let findings = findings.iter().enumerate().map(|(at, finding)| Named {
            text: format!("{} {}", finding.title, finding.rule).to_lowercase(),
            hit: Hit {
                service,
                place: Place::Finding(at),
                name: shorten(&one_line(&finding.title), LENGTH),
                beside: finding.rule.to_owned(),
                size: SizeChange::new(finding.saving, Bytes::ZERO),
            },
        });
        Self {
            service,
            files: with_files.then(|| (&*trees.union, Names::of(&trees.union))),
            packages: packages(service, trees, language),
            layers: layers(service, comparison),
            findings: findings.collect(),
        }
    }

    /// The position of its service.
    pub fn service(&self) -> usize {
        self.service
    }

    /// Whether its files are searched.
    pub fn has_files(&self) -> bool {
        self.files.is_some()
    }

    /// How many paths it searches.
    pub fn paths(&self) -> usize {
        self.files.as_ref().map_or(0, |(tree, _)| tree.nodes.len())
    }
}

fn packages(service: usize, trees: &ServiceTrees<'_>, language: Language) -> Vec<Named> {
    let mut named: Vec<Named> = Vec::new();
    // By key, so that both sides of a package are one.
    let installed = [&trees.before, &trees.after].into_iter().enumerate().flat_map(|(side, image)| {
        image.iter().flat_map(|image| image.packages.installed()).map(move |package| (side, package))
    });
    let mut all: Vec<_> = installed
        .map(|(side, package)| (packages::key(package.ecosystem, &package.name), side, package))
        .collect();
    all.order_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
    for group in all.chunk_by(|one, other| one.0 == other.0) {
        let sum = |wanted| {
            let side = group.iter().filter(|(_, side, _)| *side == wanted);
            side.map(|(.., package)| package.tree_bytes).sum::<Bytes>()
        };
        let Some((key, _, package)) = group.last() else { continue };
        let mut versions: Vec<&str> = group.iter().map(|(.., package)| package.version.as_str()).collect();
        versions.dedup();
        versions.retain(|version| !version.is_empty());
        let beside = format!("{} {}", language.ecosystem(package.ecosystem), versions.join(" → "));
        named.push(Named {
            text: key.to_lowercase(),
            hit: Hit {
                service,
                place: Place::Package(key.clone()),
                name: shorten(&one_line(&package.name), LENGTH),
                beside: shorten(&one_line(beside.trim()), LENGTH),
                size: SizeChange::new(sum(0), sum(1)),
            },
        });
    }
    named
}

fn layers(service: usize, comparison: &ServiceComparison) -> Vec<Named> {
    let rows = comparison.layers.iter().enumerate().map(|(row, pair)| {
        let images = [(&comparison.before, pair.before), (&comparison.after, pair.after)];
        let sides = images.map(|(image, index)| image.as_ref()?.layers.get(index?));
        let instruction = comparison.instruction(pair).map(|text| shorten(&one_line(text), LENGTH));
        let mut text = instruction.clone().unwrap_or_default();
        for layer in sides.into_iter().flatten() {
            text.push(' ');
            text.push_str(&layer.diff_id.to_string());
            let was = layer.instruction.as_deref().map(|text| shorten(&one_line(text), LENGTH));
            text.extend(was.filter(|was| Some(was) != instruction.as_ref()).map(|was| format!(" {was}")));
        }
        let [before, after] = sides.map(|layer| layer.map_or(Bytes::ZERO, |layer| layer.file_bytes));
        Named {
            text: text.to_lowercase(),
            hit: Hit {
                service,
                place: Place::Layer(row),
                name: instruction.unwrap_or_default(),
                beside: String::new(),
                size: SizeChange::new(before, after),
            },
        }
    });
    rows.collect()
}

/// Everything that holds a text, by kind; of one rank, what is in the chosen service comes first.
pub fn search(indices: &[Index<'_>], wanted: &str, chosen: usize) -> Vec<Group> {
    let wanted = wanted.trim();
    if wanted.is_empty() {
        return Vec::new();
    }
    let named = |kind, of: for<'i> fn(&'i Index<'_>) -> &'i [Named]| {
        let wanted = wanted.to_lowercase();
        let all = indices.iter().flat_map(of).filter(|named| named.text.contains(&wanted));
        let mut found: Vec<&Named> = all.collect();
        let fit = |named: &Named| match named.hit.name.to_lowercase() {
            name if name == wanted => 0,
            name if name.starts_with(&wanted) => 1,
            _ => 2,
        };
        found.sort_by_cached_key(|named| {
            let size = named.hit.size;
            (fit(named), named.hit.service != chosen, Reverse(size.before.max(size.after)))
        });
        let hits = found.iter().take(SHOWN).map(|named| named.hit.clone()).collect();
        Group { kind, count: found.len(), hits }
    };
    let groups = [
        files(indices, wanted, chosen),
        named(Kind::Packages, |index| &index.packages),
        named(Kind::Layers, |index| &index.layers),
        named(Kind::Findings, |index| &index.findings),
    ];
    groups.into_iter().filter(|group| group.count > 0).collect()
}

fn files(indices: &[Index<'_>], wanted: &str, chosen: usize) -> Group {
    let (mut count, mut best) = (0, Vec::new());
    for index in indices {
        let Some((tree, names)) = &index.files else { continue };
        // The root has no name.
        if wanted.trim_matches('/').is_empty() {
            continue;
        }
        let (found, all) = names.search(tree, wanted, SHOWN);
        count += all;
        best.extend(found.into_iter().map(|(fit, size, node)| {
            ((fit, index.service != chosen, size, index.service, node), *tree, names)
        }));
    }
    best.order_by_key(|(rank, ..)| *rank);
    let hits = best.into_iter().take(SHOWN).map(|((.., service, node), tree, names)| {
        let found = &tree.nodes[node as usize];
        let mark = if found.is_directory() { "/" } else { "" };
        Hit {
            service,
            place: Place::File(node),
            name: format!("{}{mark}", path::escape(found.name)),
            beside: names.directory(tree, node),
            size: names::size(found),
        }
    });
    Group { kind: Kind::Files, count, hits: hits.collect() }
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::compare::compare_with_trees;

    use super::*;
    use crate::testing::python;

    /// What a search finds, a line a kind.
    fn check(wanted: &str, chosen: usize, expected: &[&str]) {
        let before = python(&[("web", "1", 100, &["json"]), ("json", "1", 40, &[]), ("old", "3", 900, &[])]);
        let after = python(&[("web", "2", 300, &["json"]), ("json", "1", 40, &[])]);
        let (comparison, trees) = compare_with_trees(&before, &after);
        let finding = Advised { title: "Web caches stay".to_owned(), rule: "cache", saving: Bytes(7) };
        let indices = [0, 1].map(|at| {
            Index::of(
                at,
                &comparison.services[0],
                &trees[0],
                std::slice::from_ref(&finding),
                at == 0,
                Language::English,
            )
        });
        let found = search(&indices, wanted, chosen).into_iter().map(|group| {
            let hits = group.hits.iter().map(|hit| {
                format!(
                    "{}:{} {} {}-{}",
                    hit.service, hit.name, hit.beside, hit.size.before.0, hit.size.after.0
                )
            });
            format!("{:?} {} {}", group.kind, group.count, hits.collect::<Vec<_>>().join("; "))
        });
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_search_goes_through_everything_and_begins_with_the_chosen_service() {
        check("caches", 0, &["Findings 2 0:Web caches stay cache 7-0; 1:Web caches stay cache 7-0"]);
        check(
            "OLD",
            1,
            &[
                "Files 2 0:old.py site 900-0; 0:old-3.dist-info/ site 10-0",
                "Packages 2 1:old Python 3 910-0; 0:old Python 3 910-0",
            ],
        );
        check("  ", 0, &[]);
        check("/", 0, &[]);
        check("no such thing", 0, &[]);
    }
}
