//! Several Python versions, or several copies of one package.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Bytes, Ecosystem, Order as _, path};

use crate::findings::evidence::{Evidence, Note, Subject};
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::known::is_packaging_tool;
use crate::findings::places::{absolute, python};
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::Shell;
use crate::packages::Package;

pub(super) const RULE: Rule = Rule { id: RuleId::SeveralVersions, check: Check::Image(check) };

const LEAST: Bytes = Bytes(5_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = interpreters(input).into_iter().collect();
    found.extend([Ecosystem::Python, Ecosystem::Npm].into_iter().filter_map(|one| copies(input, one)));
    found
}

/// Standard libraries of Python: a directory with `os.py`.
fn interpreters(input: &Input<'_>) -> Option<Finding> {
    let mut libraries: BTreeMap<&[u8], Vec<u32>> = BTreeMap::new();
    let mut complete = BTreeSet::new();
    for (index, inode, _) in input.visible() {
        let place = input.path(inode);
        let Some(library) = python(place) else { continue };
        libraries.entry(library).or_default().push(index);
        if path::name(place) == b"os.py" && path::parent(place) == library {
            complete.insert(library);
        }
    }
    libraries.retain(|library, _| complete.contains(library));
    if libraries.len() < 2 {
        return None;
    }
    // The interpreter that is first on the usual search path runs.
    let runs = *libraries.keys().max_by_key(|library| {
        (library.starts_with(b"usr/local/"), !library.starts_with(b"usr/"), **library)
    })?;
    let inodes: Vec<u32> = (libraries.iter())
        .filter(|(library, _)| **library != runs)
        .flat_map(|(_, inodes)| inodes.iter().copied())
        .filter(|&index| input.squashed.inodes[index as usize].layer >= input.base_layers)
        .filter(|&index| {
            input.everywhere(index, |place| python(place).is_some_and(|library| library != runs))
        })
        .collect();
    if input.bytes(&inodes) < LEAST {
        return None;
    }
    let mut finding =
        input.finding(RULE.id, Headline::SeveralPythons, inodes).at_most(Severity::Medium, Confidence::Low);
    finding.evidence = (libraries.iter().take(Finding::EXAMPLES))
        .map(|(library, inodes)| Evidence {
            subject: Subject::path(library),
            bytes: input.bytes(inodes),
            note: (**library == *runs).then_some(Note::LikelyInterpreter),
            ..input.evidence(inodes[0])
        })
        .collect();
    finding.evidence_count = libraries.len() as u64;
    if input.has_program("dpkg") {
        finding
            .fixes
            .push(Fix::new::<Shell>(Action::ShowPythonUsers, "apt-cache rdepends --installed python3"));
    }
    Some(finding)
}

/// Packages of one name in several places, all but the largest copy.
fn copies(input: &Input<'_>, ecosystem: Ecosystem) -> Option<Finding> {
    let mut by_name: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in input.catalogue.installed() {
        let counts = package.ecosystem == ecosystem && package.part_of.is_none();
        if counts && package.tree_bytes > Bytes::ZERO && !is_packaging_tool(package) {
            by_name.entry(&package.name).or_default().push(package);
        }
    }
    let mut spare: Vec<&Package> = Vec::new();
    for copies in by_name.values_mut().filter(|copies| copies.len() > 1) {
        copies.order_by_key(|package| (std::cmp::Reverse(package.tree_bytes), package.id));
        spare.extend(&copies[1..]);
    }
    let ids: Vec<_> = spare.iter().map(|package| package.id).collect();
    let inodes = input.inodes_of(&ids);
    if input.bytes(&inodes) < LEAST {
        return None;
    }
    spare.order_by_key(|package| (std::cmp::Reverse(package.tree_bytes), package.id));
    let headline = Headline::PackageCopies { ecosystem };
    let mut finding = input.finding(RULE.id, headline, inodes).at_most(Severity::Medium, Confidence::Medium);
    finding.evidence = (spare.iter().take(Finding::EXAMPLES))
        .map(|package| {
            let kept = by_name[package.name.as_str()][0];
            Evidence {
                subject: Subject::PackageAt {
                    package: package.label(),
                    directory: path::escape(path::parent(package.path.as_bytes())).into_owned(),
                },
                note: Some(Note::AlsoAt {
                    package: kept.label(),
                    directory: absolute(path::parent(kept.path.as_bytes())),
                }),
                ..Evidence::of_package(package, package.tree_bytes)
            }
        })
        .collect();
    finding.evidence_count = spare.len() as u64;
    if ecosystem == Ecosystem::Npm {
        finding.fixes.push(Fix::new::<Shell>(Action::Dedupe, "npm dedupe"));
    }
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    #[test]
    fn the_python_of_the_distribution_beside_that_of_the_base() {
        let found = check(
            &RULE,
            &[
                "i ADD rootfs /\nf usr/local/lib/python3.12/os.py 90",
                "i RUN apt-get install -y git\nf usr/lib/python3.11/os.py 20000000",
            ],
        );
        assert_eq!(found[0].saving, Bytes(20_000_000));
    }

    #[test]
    fn a_package_in_two_environments() {
        let copy = |site: &str| {
            format!("f {site}/a-1.dist-info/METADATA 9000000\np {site}/a-1.dist-info/METADATA python a 1")
        };
        let found = check(&RULE, &[&copy("v/site-packages"), &copy("w/site-packages")]);
        assert_eq!(found[0].saving, Bytes(9_000_000));
    }

    #[test]
    fn an_environment_is_no_python() {
        let layers =
            ["f usr/lib/python3.11/os.py 20000000", "f venv/lib/python3.11/site-packages/a.py 20000000"];
        assert_eq!(check(&RULE, &layers), []);
    }
}
