//! Packages that apt installed only because others recommend them.

use std::collections::BTreeSet;

use plimsoll_snapshot::{Bytes, Ecosystem, Order as _, path};

use crate::findings::evidence::Evidence;
use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{dockerfile, step};
use crate::packages::{Owner, Package, PackageId};

pub(super) const RULE: Rule = Rule { id: RuleId::RecommendedPackages, check: Check::Image(check) };

const LEAST: Bytes = Bytes(2_000_000);
/// Packages that many programs use without a dependency on them.
const QUIETLY_USED: [&str; 3] = ["ca-certificates", "tzdata", "locales"];

fn check(input: &Input<'_>) -> Vec<Finding> {
    let Some((layer, instruction)) = input.steps().find(|(_, instruction)| {
        step::command(instruction)
            .is_some_and(|command| command.contains("apt-get install") || command.contains("apt install"))
            && !instruction.contains("--no-install-recommends")
            && !instruction.contains("Install-Recommends")
    }) else {
        return Vec::new();
    };
    let needed = needed(input);
    let recommended: Vec<&Package> = (input.catalogue.installed())
        .filter(|package| {
            package.ecosystem == Ecosystem::Dpkg
                && package.layer >= layer
                && package.root.is_none()
                && (!package.wanted_by.is_empty() || !package.needed_by.is_empty())
                && !needed.contains(&package.id)
        })
        .collect();
    let ids: Vec<PackageId> = recommended.iter().map(|package| package.id).collect();
    let inodes = input.inodes_of(&ids);
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let mut finding = input.finding(RULE.id, Headline::RecommendedPackages, inodes);
    finding.confidence = Confidence::Medium;
    let mut named = recommended;
    named.order_by_key(|package| (std::cmp::Reverse(package.image_bytes), package.id));
    finding.evidence = (named.iter().take(Finding::EXAMPLES))
        .map(|package| Evidence::of_package(package, package.image_bytes))
        .collect();
    finding.evidence_count = named.len() as u64;
    let command =
        step::command(&instruction).map(|command| {
            command
                .replacing("apt-get install", "apt-get install --no-install-recommends", usize::MAX)
                .replacing("apt install", "apt install --no-install-recommends", usize::MAX)
        });
    finding.fixes.extend(command.map(|command| {
        Fix::instead_of(instruction, Action::InstallWithoutRecommended, dockerfile::run(&[], &[command]))
    }));
    vec![finding]
}

/// The packages that stay without recommendations: what was requested, what the base image has, what the build or the
/// container calls by name, and what any of them needs.
fn needed(input: &Input<'_>) -> BTreeSet<PackageId> {
    let config = &input.image.config;
    let mut said: Vec<String> = config.entrypoint.iter().chain(&config.command).cloned().collect();
    said.extend(input.steps().map(|(_, instruction)| instruction.to_string()));
    let words: BTreeSet<&str> = said
        .iter()
        .flat_map(|text| text.split(|c: char| c.is_whitespace() || "/\"'=;&|()".contains(c)))
        .collect();
    let mut called: BTreeSet<PackageId> = BTreeSet::new();
    for (index, _, owner) in input.visible() {
        let Owner::Package(id) = owner else { continue };
        let is_called = input.names(index).any(|place| {
            let is_program = place.starts_with(b"bin/")
                || place.starts_with(b"usr/bin/")
                || place.starts_with(b"usr/sbin/");
            is_program && str::from_utf8(path::name(place)).is_ok_and(|name| words.contains(name))
        });
        if is_called {
            called.insert(id);
        }
    }
    let stays = |package: &&Package| {
        package.root.is_some()
            || package.layer < input.base_layers
            || called.contains(&package.id)
            || QUIETLY_USED.contains(&package.name.as_str())
    };
    let mut open: Vec<PackageId> =
        input.catalogue.installed().filter(stays).map(|package| package.id).collect();
    let mut needed: BTreeSet<PackageId> = open.iter().copied().collect();
    while let Some(id) = open.pop() {
        let more = input.catalogue.package(id).needs.iter().copied().filter(|need| needed.insert(*need));
        open.extend(more.collect::<Vec<_>>());
    }
    needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const BASE: &str = "i ADD rootfs /\nf var/lib/dpkg/status 8\nf usr/bin/apt-get 1";
    const LAYER: &str = "
        f var/lib/dpkg/status 9
        f usr/bin/git 9000000
        f usr/bin/less 4000000
        f usr/lib/patch.so 3000000
        f etc/ssl/cert.pem 5000000
        f usr/bin/perl 6000000
        p var/lib/dpkg/status dpkg git 2 needs=perl recommends=less,patch,ca-certificates files=usr/bin/git
        p var/lib/dpkg/status dpkg perl 5 files=usr/bin/perl
        p var/lib/dpkg/status dpkg less 1 files=usr/bin/less
        p var/lib/dpkg/status dpkg patch 1 files=usr/lib/patch.so
        p var/lib/dpkg/status dpkg ca-certificates 1 files=etc/ssl/cert.pem
        a var/lib/dpkg/status dpkg perl less patch ca-certificates";

    #[test]
    fn what_is_only_recommended_can_be_left_out() {
        let layer = format!("i RUN apt-get update && apt-get install -y git{LAYER}");
        let found = check(&RULE, &[BASE, &layer]);
        // Certificates are used by what does not depend on them.
        assert_eq!((found[0].saving, found[0].evidence_count), (Bytes(7_000_000), 2));
        assert_eq!(
            found[0].fixes[0].lines,
            "RUN apt-get update && apt-get install --no-install-recommends -y git"
        );
    }

    #[test]
    fn what_is_called_by_name_stays() {
        let layer = format!("i RUN apt-get install -y git && less --version{LAYER}");
        assert_eq!(check(&RULE, &[BASE, &layer])[0].saving, Bytes(3_000_000));
    }

    #[test]
    fn without_recommendations_there_is_nothing_to_leave_out() {
        let layer = format!("i RUN apt-get install -y --no-install-recommends git{LAYER}");
        assert_eq!(check(&RULE, &[BASE, &layer]), []);
    }
}
