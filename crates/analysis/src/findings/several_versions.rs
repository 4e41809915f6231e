//! Several Pythons, or several copies of one package.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Bytes, Ecosystem, Order as _, path};

use super::places::{absolute, python};
use super::{Check, Confidence, Evidence, Finding, Fix, Input, Rule, Severity};
use crate::lines::Shell;
use crate::packages::Package;
use crate::said::said;

pub(super) const RULE: Rule = Rule {
    id: "several-versions",
    title: "Several Pythons, or several copies of a package, are in the image",
    why: "One is run; the others are carried along. Often a package of the system pulled in the Python of the distribution beside the one \
          the image was made with.",
    how: "Take Python from one place: the base image, or the distribution. Install packages into one environment. Let npm merge what it \
          can (`npm dedupe`).",
    limits: "Which Python runs is told by the settings of the image. A tool of the system may need the Python of the distribution: look at \
             what would leave with it.",
    check: Check::Image(check),
};

const LEAST: Bytes = Bytes(5_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = interpreters(input).into_iter().collect();
    for (ecosystem, title) in [
        (Ecosystem::Python, "Several copies of packages of Python"),
        (Ecosystem::Npm, "Several copies of packages of npm"),
    ] {
        found.extend(copies(input, ecosystem, title));
    }
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
    // The one that is first in the usual path of programs is the one that runs.
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
        input.finding(RULE.id, "Several Pythons", inodes).at_most(Severity::Medium, Confidence::Low);
    finding.evidence = (libraries.iter().take(Finding::EXAMPLES))
        .map(|(library, inodes)| Evidence {
            subject: path::escape(library).into_owned(),
            bytes: input.bytes(inodes),
            note: (**library == *runs).then(|| said!("seems to be the one that runs")),
            ..input.evidence(inodes[0])
        })
        .collect();
    finding.evidence_count = libraries.len() as u64;
    if input.has_program("dpkg") {
        let does = "shows who needs the Python of the distribution";
        finding.fixes.push(Fix::new::<Shell>(does, "apt-cache rdepends --installed python3"));
    }
    Some(finding)
}

/// Packages of one name in several places, all but the largest copy.
fn copies(input: &Input<'_>, ecosystem: Ecosystem, title: &'static str) -> Option<Finding> {
    let mut by_name: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in input.catalogue.installed() {
        let counts = package.ecosystem == ecosystem && package.part_of.is_none();
        if counts && package.tree_bytes > Bytes::ZERO && !super::packaging_tools::is_one(package) {
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
    let mut finding = input.finding(RULE.id, title, inodes).at_most(Severity::Medium, Confidence::Medium);
    finding.evidence = (spare.iter().take(Finding::EXAMPLES))
        .map(|package| {
            let kept = by_name[package.name.as_str()][0];
            Evidence {
                subject: format!(
                    "{} in {}",
                    package.label(),
                    path::escape(path::parent(package.path.as_bytes()))
                ),
                bytes: package.tree_bytes,
                layer: Some(package.layer),
                instruction: package.instruction.clone(),
                line: None,
                note: Some(said!(
                    "also {} in {}",
                    kept.label(),
                    absolute(path::parent(kept.path.as_bytes()))
                )),
            }
        })
        .collect();
    finding.evidence_count = spare.len() as u64;
    if ecosystem == Ecosystem::Npm {
        finding.fixes.push(Fix::new::<Shell>("merges what it can, in the lock file", "npm dedupe"));
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
