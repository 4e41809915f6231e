//! Debug sections and symbol tables of executables and libraries.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Bytes, Ecosystem, Order as _};

use crate::findings::evidence::Evidence;
use crate::findings::finding::{Confidence, Finding, severity_of};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{Line, Shell, Toml, dockerfile, line, shell, step};

pub(super) const RULE: Rule = Rule { id: RuleId::DebugSymbols, check: Check::Image(check) };

/// The smallest saving of one file, and of all of them.
const LEAST_FILE: Bytes = Bytes(200_000);
const LEAST: Bytes = Bytes(5_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let mut inode_of: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for (index, inode, _) in input.visible().filter(|(_, inode, _)| inode.layer >= input.base_layers) {
        inode_of.insert((inode.layer, inode.entry), index);
    }
    let mut parts: Vec<(u32, Bytes)> = Vec::new();
    for (layer, at) in input.image.layers.iter().zip(0..) {
        let Some(contents) = &input.snapshot.layers[layer.layer].contents else { continue };
        for binary in contents.facts.iter().flat_map(|facts| &facts.binaries) {
            let Some(&index) = inode_of.get(&(at, binary.entry)) else { continue };
            let size = input.squashed.inodes[index as usize].size;
            let saved = (binary.debug_bytes + binary.symbol_bytes).min(size);
            // Distributions strip their packages as they see fit.
            let system = input
                .package(input.catalogue.owners[index as usize])
                .is_some_and(|package| package.ecosystem.is_system());
            if saved >= LEAST_FILE && !system {
                parts.push((index, saved));
            }
        }
    }
    parts.order();
    let saving: Bytes = parts.iter().map(|part| part.1).sum();
    if saving < LEAST {
        return Vec::new();
    }
    let mut largest = parts.clone();
    largest.order_by_key(|(index, saved)| (std::cmp::Reverse(*saved), *index));
    let mut finding = input.finding(RULE.id, Headline::DebugSymbols, Vec::new());
    finding.saving = saving;
    finding.severity = severity_of(saving);
    // Others built the packages of languages, and not every library survives `strip`.
    let is_packaged = |(index, _): &(u32, Bytes)| {
        let owner = input.package(input.catalogue.owners[*index as usize]);
        let is_built_here = |of| matches!(of, Ecosystem::Rust | Ecosystem::Go | Ecosystem::Generic);
        owner.is_some_and(|package| !is_built_here(package.ecosystem))
    };
    finding.confidence = if parts.iter().all(is_packaged) { Confidence::Low } else { Confidence::Medium };
    finding.evidence_count = parts.len() as u64;
    finding.evidence = (largest.iter().take(Finding::EXAMPLES))
        .map(|(index, saved)| Evidence { bytes: *saved, ..input.evidence(*index) })
        .collect();
    fixes(input, &largest, &mut finding);
    finding.parts = parts.into();
    vec![finding]
}

fn fixes(input: &Input<'_>, largest: &[(u32, Bytes)], finding: &mut Finding) {
    let Some(&(first, _)) = largest.first() else { return };
    let owner = input.package(input.catalogue.owners[first as usize]);
    match owner.map(|package| package.ecosystem) {
        Some(Ecosystem::Rust) => {
            let lines = "+[profile.release]\n+strip = true";
            return finding.fixes.push(Fix::new::<Toml>(Action::StripInCargo, lines));
        }
        Some(Ecosystem::Go) => {
            let lines = "go build -ldflags='-s -w' -trimpath";
            return finding.fixes.push(Fix::new::<Shell>(Action::BuildWithoutSymbols, lines));
        }
        _ => {}
    }
    let layer = input.squashed.inodes[first as usize].layer;
    let files = (largest.iter().take(Finding::EXAMPLES))
        .map(|(index, _)| &input.squashed.inodes[*index as usize])
        .filter(|inode| inode.layer == layer)
        .map(|inode| shell::path(input.path(inode)));
    let files = finding.fitting(files);
    if files.is_empty() {
        return;
    }
    let instruction = input.instruction(layer).unwrap_or_default();
    let strip: Line<Shell> = line!("strip --strip-unneeded ", Line::joined(" ", files));
    finding.fixes.push(match step::and(&instruction, [strip.clone()]) {
        Some(lines) => Fix::instead_of(instruction, Action::StripInSameInstruction, lines),
        None => Fix::new(Action::StripInBuildStage, dockerfile::run(&[], &[strip])),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    #[test]
    fn only_the_sections_count() {
        let found = check(
            &RULE,
            &[
                "i ADD rootfs /\nf etc/x 1",
                "i RUN make install\nf usr/local/bin/a 20000000\nb usr/local/bin/a 9000000 1000000",
            ],
        );
        assert_eq!(found[0].saving, Bytes(10_000_000));
        assert_eq!(
            found[0].fixes[0].lines,
            "RUN make install \\\n && strip --strip-unneeded /usr/local/bin/a"
        );
    }

    #[test]
    fn the_base_and_what_is_small_are_left_alone() {
        let small = "i RUN x\nf a 20000000\nb a 100000 0";
        assert_eq!(check(&RULE, &["i ADD rootfs /\nf b 20000000\nb b 9000000 1", small]), []);
    }
}
