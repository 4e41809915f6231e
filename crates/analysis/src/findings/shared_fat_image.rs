//! Services that run from one image, which has what only one of them needs.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Bytes, Ecosystem};

use super::{Check, Confidence, Evidence, Finding, Fix, FixKind, Input, Rule, severity_of};
use crate::packages::PackageId;

pub(super) const RULE: Rule = Rule {
    id: "shared-fat-image",
    title: "Several services run from one image that has what only one of them needs",
    why: "Each service is pulled and started with the packages of the others, and a change for one rebuilds all.",
    how: "Give each service a stage of its own in the Dockerfile, above a stage with what all need, and its own list of requirements.",
    limits: "Which part of the code is whose is told by names: a directory of the application that is called like the service, or that \
             its command names. Where they cannot be told apart the rule is silent. On one machine that keeps all images, layers are \
             stored once, so a split saves where a service is pulled, less where all of them are.",
    check: Check::Stack(check),
};

const LEAST: Bytes = Bytes(10_000_000);

fn check(inputs: &[Input<'_>]) -> Vec<Finding> {
    let mut groups: BTreeMap<Vec<usize>, Vec<&Input<'_>>> = BTreeMap::new();
    for input in inputs {
        let layers = input.image.layers.iter().map(|layer| layer.layer).collect();
        groups.entry(layers).or_default().push(input);
    }
    groups.into_values().filter(|group| group.len() > 1).filter_map(|group| finding(&group)).collect()
}

fn finding(group: &[&Input<'_>]) -> Option<Finding> {
    let first = group[0];
    let parts = parts(first);
    let owned: Vec<BTreeSet<&str>> = group.iter().map(|input| parts_of(input, group, &parts)).collect();
    // At least two services have to have code of their own.
    if owned.iter().filter(|own| !own.is_empty()).count() < 2 {
        return None;
    }
    let claimed: BTreeSet<&str> = owned.iter().flatten().copied().collect();
    let needs: Vec<BTreeSet<PackageId>> = owned
        .iter()
        .map(|own| {
            let imported = parts
                .iter()
                .filter(|(part, _)| own.contains(part.as_str()) || !claimed.contains(part.as_str()));
            reach(first, imported.flat_map(|(_, packages)| packages.iter().copied()))
        })
        .collect();
    let mut evidence = Vec::new();
    let mut total = Bytes::ZERO;
    for (at, input) in group.iter().enumerate().filter(|(at, _)| !owned[*at].is_empty()) {
        let foreign: BTreeSet<PackageId> =
            needs.iter().flatten().copied().filter(|id| !needs[at].contains(id)).collect();
        let bytes: Bytes = foreign.iter().map(|&id| first.catalogue.package(id).image_bytes).sum();
        let mut heaviest: Vec<_> = foreign.iter().map(|&id| first.catalogue.package(id)).collect();
        heaviest.sort_by_key(|package| (std::cmp::Reverse(package.image_bytes), package.id));
        let names: Vec<&str> = heaviest.iter().take(3).map(|package| package.name.as_str()).collect();
        total += bytes;
        if bytes > Bytes::ZERO {
            evidence.push(Evidence {
                subject: input.service.to_owned(),
                bytes,
                note: Some(format!(
                    "has {} packages that only others need: {} …",
                    foreign.len(),
                    names.join(", ")
                )),
                ..Evidence::default()
            });
        }
    }
    if total < LEAST {
        return None;
    }
    let services: Vec<&str> = group.iter().map(|input| input.service).collect();
    let title = "Services run from one image that has what only one of them needs";
    let mut finding = first.finding(RULE.id, title, Vec::new());
    finding.service = services.join(", ");
    finding.severity = severity_of(total);
    finding.confidence = Confidence::Medium;
    finding.evidence_count = evidence.len() as u64;
    evidence.truncate(Finding::EXAMPLES);
    finding.evidence = evidence;
    finding.fixes = fixes(group, &owned);
    Some(finding)
}

/// The parts of the application, its directories below the working directory, and what each imports. Code that lies
/// directly there belongs to the part without a name.
fn parts(input: &Input<'_>) -> BTreeMap<String, BTreeSet<PackageId>> {
    let directory = input.image.config.working_dir.trim_matches('/');
    let mut parts: BTreeMap<String, BTreeSet<PackageId>> = BTreeMap::new();
    for (&id, directories) in &input.catalogue.importers {
        for place in directories {
            let inside = place.strip_prefix(directory).unwrap_or(place).trim_start_matches('/');
            let part = inside.split('/').next().unwrap_or_default();
            parts.entry(part.to_owned()).or_default().insert(id);
        }
    }
    parts
}

/// The parts that are a service's own.
fn parts_of<'p>(
    input: &Input<'_>,
    group: &[&Input<'_>],
    parts: &'p BTreeMap<String, BTreeSet<PackageId>>,
) -> BTreeSet<&'p str> {
    let named = parts.keys().map(String::as_str).filter(|part| !part.is_empty());
    let by_name: BTreeSet<&str> = named
        .clone()
        .filter(|part| {
            input.service.split(['-', '_', '.']).any(|word| word == *part) || input.service == *part
        })
        .collect();
    if !by_name.is_empty() {
        return by_name;
    }
    let words = |input: &Input<'_>| -> BTreeSet<String> {
        let config = &input.image.config;
        let arguments =
            config.entrypoint.iter().chain(&config.command).flat_map(|text| text.split_whitespace());
        arguments.map(|word| word.split(['.', '/', ':']).next().unwrap_or_default().to_owned()).collect()
    };
    let others: BTreeSet<String> =
        group.iter().filter(|other| other.service != input.service).flat_map(|other| words(other)).collect();
    let own = words(input);
    named.filter(|part| own.contains(*part) && !others.contains(*part)).collect()
}

/// Packages of languages that some need, themselves included.
fn reach(input: &Input<'_>, from: impl Iterator<Item = PackageId>) -> BTreeSet<PackageId> {
    let mut reached = BTreeSet::new();
    let mut pending: Vec<PackageId> = from.collect();
    while let Some(id) = pending.pop() {
        let package = input.catalogue.package(id);
        if matches!(package.ecosystem, Ecosystem::Python | Ecosystem::Npm) && reached.insert(id) {
            pending.extend(input.catalogue.graph.needs(id));
        }
    }
    reached
}

fn fixes(group: &[&Input<'_>], owned: &[BTreeSet<&str>]) -> Vec<Fix> {
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    let named: Vec<(&str, &BTreeSet<&str>)> = group
        .iter()
        .zip(owned)
        .map(|(input, own)| (input.service, own))
        .filter(|(_, own)| !own.is_empty())
        .collect();
    if !named.iter().all(|(service, own)| plain(service) && own.iter().all(|part| plain(part))) {
        return Vec::new();
    }
    let python = group[0]
        .catalogue
        .importers
        .keys()
        .any(|&id| group[0].catalogue.package(id).ecosystem == Ecosystem::Python);
    let mut lines = "# common: the stage with what all of them need".to_owned();
    let mut compose = "services:".to_owned();
    for (service, own) in named {
        let stage = service.to_ascii_lowercase();
        lines.push_str(&format!("\nFROM common AS {stage}"));
        if python {
            lines.push_str(&format!(
                "\nCOPY requirements-{stage}.txt ./\nRUN pip install -r requirements-{stage}.txt"
            ));
        }
        for part in own {
            lines.push_str(&format!("\nCOPY {part} ./{part}"));
        }
        compose.push_str(&format!("\n  {service}:\n    build:\n      context: .\n      target: {stage}"));
    }
    vec![
        Fix::new(FixKind::Dockerfile, "gives each service a stage of its own", lines),
        Fix::new(FixKind::Compose, "builds each service from its stage", compose),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{advise_stack, check::is_dockerfile};
    use crate::testing::{add_service, snapshot};

    const PACKAGES: &str = "
        f s/a.dist-info/METADATA 5
        f s/a/__init__.py 30000000
        p s/a.dist-info/METADATA python a 1 files=s/a/__init__.py
        f s/b.dist-info/METADATA 5
        f s/b/__init__.py 70000000
        p s/b.dist-info/METADATA python b 1 files=s/b/__init__.py
        f s/c.dist-info/METADATA 5
        f s/c/__init__.py 90000000
        p s/c.dist-info/METADATA python c 1 files=s/c/__init__.py";
    const CODE: &str = "
        f app/back/main.py 1
        m app/back/main.py python a c
        f app/front/main.py 1
        m app/front/main.py python b c";

    fn check(services: [&str; 2]) -> Vec<Finding> {
        let mut snapshot = snapshot(services[0], &[PACKAGES, CODE]);
        add_service(&mut snapshot, services[1], &[PACKAGES, CODE]);
        snapshot.images.iter_mut().for_each(|image| image.config.working_dir = "/app".into());
        advise_stack(&snapshot).stack
    }

    #[test]
    fn each_service_has_what_only_the_other_needs() {
        let found = check(["back", "my-front"]);
        let sizes: Vec<_> = found[0].evidence.iter().map(|one| (one.subject.as_str(), one.bytes)).collect();
        assert_eq!(sizes, [("back", Bytes(70_000_005)), ("my-front", Bytes(30_000_005))]);
        is_dockerfile(&found[0].fixes[0].lines);
    }

    #[test]
    fn code_that_cannot_be_told_apart_is_no_finding() {
        assert_eq!(check(["one", "two"]), []);
    }
}
