//! Manuals and documentation of packages.

use plimsoll_snapshot::{Bytes, Order as _, path};

use crate::findings::evidence::Evidence;
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::dpkg;
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::instruction::Instruction;
use crate::lines::{dockerfile, line, step};
use crate::packages::{Package, PackageId};

pub(super) const RULE: Rule = Rule { id: RuleId::Documentation, check: Check::Image(check) };

const LEAST: Bytes = Bytes(2_000_000);
const PLACES: [&[u8]; 8] = [
    b"usr/share/doc/",
    b"usr/share/man/",
    b"usr/share/info/",
    b"usr/share/gtk-doc/",
    b"usr/share/help/",
    b"usr/local/share/man/",
    b"usr/local/share/doc/",
    b"usr/share/doc-base/",
];

/// The smallest saving of packages that is worth the work.
const LEAST_PACKAGES: Bytes = Bytes(500_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    files(input).into_iter().chain(packages(input)).collect()
}

/// Packages that were asked for and only have documentation.
fn packages(input: &Input<'_>) -> Option<Finding> {
    let packages: Vec<&Package> = (input.catalogue.installed())
        .filter(|package| {
            package.ecosystem.is_system()
                && is_documentation(&package.name)
                && package.layer >= input.base_layers
                && package.root.is_some()
                && package.needed_by.is_empty()
        })
        .collect();
    let ids: Vec<PackageId> = packages.iter().map(|package| package.id).collect();
    let inodes = input.inodes_of(&input.catalogue.without(input.squashed, &ids).gone);
    if packages.is_empty() || input.bytes(&inodes) < LEAST_PACKAGES {
        return None;
    }
    let mut finding = input.finding(RULE.id, Headline::DocumentationPackages, inodes);
    finding.confidence = Confidence::Medium;
    let mut named = packages;
    named.order_by_key(|package| (std::cmp::Reverse(package.retained_image_bytes), package.id));
    finding.evidence = (named.iter().take(Finding::EXAMPLES))
        .map(|package| Evidence::of_package(package, package.retained_image_bytes))
        .collect();
    finding.evidence_count = named.len() as u64;
    let instruction = named.first().and_then(|package| input.instruction(package.layer));
    let commands = instruction.as_ref().and_then(|instruction| step::command(instruction)?.commands());
    let is_named = |word: &str| named.iter().any(|package| package.name == word);
    let without = commands.and_then(|commands| {
        let installs = |command: &str| command.contains(" install ") || command.contains(" add ");
        let without = commands.into_iter().map(|command| {
            if installs(&command) { command.keeping(|word| !is_named(word)) } else { Some(command) }
        });
        without.collect::<Option<Vec<_>>>()
    });
    if let (Some(instruction), Some(commands)) = (instruction, without) {
        let lines = dockerfile::run(&[], &commands);
        finding.fixes.push(Fix::instead_of(instruction, Action::InstallWithout, lines));
    }
    Some(finding)
}

/// Whether a package of the system has only documentation, by its name.
pub(crate) fn is_documentation(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "man-db",
        "man-pages",
        "manpages",
        "manpages-dev",
        "manpages-posix",
        "manpages-posix-dev",
        "info",
        "doc-base",
    ];
    NAMES.contains(&name) || name.ends_with("-doc") || name.ends_with("-docs") || name.ends_with("-doc-html")
}

/// Files of packages that have other files too.
fn files(input: &Input<'_>) -> Option<Finding> {
    let inodes: Vec<u32> = input
        .added()
        .filter(|(index, ..)| {
            input.everywhere(*index, |place| {
                let name = path::name(place);
                PLACES.iter().any(|start| place.starts_with(start))
                    && !name.starts_with(b"copyright")
                    && !name.starts_with(b"LICENSE")
            })
        })
        .map(|(index, ..)| index)
        .collect();
    if input.bytes(&inodes) < LEAST {
        return None;
    }
    let evidence = input.grouped(&inodes, |index, inode| input.owner(index, inode));
    let instruction = input.main_layer(&inodes).and_then(|layer| input.instruction(layer));
    let mut finding = input.finding(RULE.id, Headline::Documentation, inodes).with_groups(evidence);
    finding.severity = finding.severity.min(Severity::Medium);
    finding.fixes = fix(instruction.as_ref()).into_iter().collect();
    Some(finding)
}

fn fix(instruction: Option<&Instruction>) -> Option<Fix> {
    let command = instruction.and_then(step::command).unwrap_or_else(|| "".into());
    if command.contains("apt-get ") || command.contains("apt ") {
        let paths = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/info/*"]
            .map(|path| line!("path-exclude=", path, "\\n"));
        return Some(dpkg::excluded(paths, "/usr/share/doc/*/copyright", "01-no-docs"));
    }
    let (old, new) = [
        ("dnf install", "dnf install --setopt=tsflags=nodocs"),
        ("microdnf install", "microdnf install --nodocs"),
        ("yum install", "yum install --setopt=tsflags=nodocs"),
    ]
    .into_iter()
    .rfind(|(old, _)| command.contains(old))?;
    let lines = dockerfile::run(&[], &[command.replacing(old, new, 1)]);
    Some(Fix::instead_of(instruction?.clone(), Action::InstallWithoutDocs, lines))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const BASE: &str = "i ADD rootfs /\nf usr/share/doc/base/a 9000000";

    #[test]
    fn what_an_installation_brings_can_be_left_out() {
        let found = check(
            &RULE,
            &[
                BASE,
                "i RUN apt-get install -y git\nf usr/share/doc/git/a 9000000\nf usr/share/doc/git/copyright 5",
            ],
        );
        assert_eq!(found[0].saving, Bytes(9_000_000));
        assert!(found[0].fixes[0].lines.ends_with("> /etc/dpkg/dpkg.cfg.d/01-no-docs"));
    }

    #[test]
    fn packages_of_documentation_are_not_installed() {
        let base = "i ADD rootfs /\nf var/lib/dpkg/status 8\nf usr/bin/apt-get 1";
        let layer = "i RUN apt-get install -y git git-doc
            f var/lib/dpkg/status 9
            f usr/bin/git 900000
            f usr/share/doc/git/a.html 900000
            p var/lib/dpkg/status dpkg git 2 files=usr/bin/git
            p var/lib/dpkg/status dpkg git-doc 2 files=usr/share/doc/git/a.html";
        let found = check(&RULE, &[base, layer]);
        assert_eq!((&found[0].headline, found[0].saving), (&Headline::DocumentationPackages, Bytes(900_000)));
        assert_eq!(found[0].fixes[0].lines, "RUN apt-get install -y git");
    }

    #[test]
    fn the_base_is_left_alone() {
        assert_eq!(check(&RULE, &[BASE, "i RUN x\nf usr/share/doc/git/a 90000"]), []);
    }
}
