//! Secrets and keys in layers, whether a later layer hides them or not.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Order as _, SecretKind, path};

use crate::findings::build_context::in_context;
use crate::findings::evidence::{Evidence, Note};
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::step::{self, Copy};
use crate::lines::{Line, Unfit, dockerfile, dockerignore, line, shell};
use crate::packages::Owner;

pub(super) const RULE: Rule = Rule { id: RuleId::Secrets, check: Check::Image(check) };

fn check(input: &Input<'_>) -> Vec<Finding> {
    let mut inode_of: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for (index, inode, _) in input.inodes() {
        inode_of.insert((inode.layer, inode.entry), index);
    }
    let (mut own, mut packaged, mut made) = (Vec::new(), Vec::new(), Vec::new());
    for (layer, at) in input.image.layers.iter().zip(0_u32..) {
        let Some(contents) = &input.snapshot.layers[layer.layer].contents else { continue };
        for secret in contents.facts.iter().flat_map(|facts| &facts.secrets) {
            let Some(&index) = inode_of.get(&(at, secret.entry)) else { continue };
            let inode = &input.squashed.inodes[index as usize];
            let group = if matches!(input.catalogue.owners[index as usize], Owner::Package(_)) {
                &mut packaged
            } else if is_made_by_system(input.path(inode), at < input.base_layers, secret.kind) {
                &mut made
            } else {
                &mut own
            };
            group.push((index, secret.kind));
        }
    }
    let mut found = Vec::new();
    if !own.is_empty() {
        let mut finding = finding(input, Headline::Secrets, &own);
        finding.severity = Severity::High;
        finding.confidence = Confidence::Medium;
        found.push(finding);
    }
    if !made.is_empty() {
        let mut finding = finding(input, Headline::GeneratedKeys, &made);
        finding.severity = Severity::Medium;
        finding.confidence = Confidence::Medium;
        found.push(finding);
    }
    if !packaged.is_empty() {
        let mut finding = finding(input, Headline::PackagedKeys, &packaged);
        finding.confidence = Confidence::Low;
        finding.severity = Severity::Low;
        finding.fixes.clear();
        found.push(finding);
    }
    found
}

/// Keys that the installation of a package generates: host keys, or self-signed certificates.
fn is_made_by_system(place: &[u8], in_base: bool, kind: SecretKind) -> bool {
    matches!(kind, SecretKind::PrivateKey | SecretKind::EncryptedPrivateKey)
        && (place.starts_with(b"etc/ssl/private/") || place.starts_with(b"etc/ssh/ssh_host_") || in_base)
}

fn finding(input: &Input<'_>, headline: Headline, secrets: &[(u32, SecretKind)]) -> Finding {
    let inodes: Vec<u32> = secrets.iter().map(|(index, _)| *index).collect();
    let mut finding = input.finding(RULE.id, headline, inodes);
    finding.evidence = secrets
        .iter()
        .take(Finding::EXAMPLES)
        .map(|&(index, kind)| {
            let hidden = input.squashed.inodes[index as usize].hidden.is_some();
            Evidence { note: Some(Note::Secret { secret: kind, hidden }), ..input.evidence(index) }
        })
        .collect();
    finding.evidence_count = secrets.len() as u64;
    fixes(input, secrets, &mut finding);
    finding
}

fn fixes(input: &Input<'_>, secrets: &[(u32, SecretKind)], finding: &mut Finding) {
    let mut ignored = Vec::new();
    let mut mounted = None;
    let mut removed = None;
    let mut fixed = BTreeSet::new();
    for &(index, _) in secrets.iter().take(30) {
        let inode = &input.squashed.inodes[index as usize];
        // A copy that a change of owner made goes with its original.
        if !fixed.insert(input.squashed.names.of(inode.layer, inode.entry)) {
            continue;
        }
        let Some(instruction) = input.instruction(inode.layer).filter(|_| inode.layer >= input.base_layers)
        else {
            continue;
        };
        let place = input.path(inode);
        if let Some(copy) = Copy::parse(&instruction).filter(|copy| !copy.is_from_stage()) {
            ignored.extend(in_context(input, &copy, place));
            mounted = mounted.or(mounting(place).ok());
        } else if removed.is_none() && step::command(&instruction).is_some() {
            removed = finding.fitting([shell::path(place)]).pop().and_then(|file| {
                let lines = step::and(&instruction, [line!("rm -f ", file)])?;
                Some(Fix::instead_of(instruction, Action::DeleteInSameInstruction, lines))
            });
        }
    }
    ignored.order();
    ignored.dedup();
    let ignored = finding.fitting(ignored.iter().map(|inside| dockerignore::pattern(inside)));
    if !ignored.is_empty() {
        finding.fixes.push(Fix::new(Action::Exclude, Line::joined("\n", ignored)));
    }
    finding.fixes.extend(mounted);
    finding.fixes.extend(removed);
}

/// A fix that mounts a secret for one instruction.
fn mounting(place: &[u8]) -> Result<Fix, Unfit> {
    let name = String::from_utf8_lossy(path::name(place)).into_owned();
    let (id, target) = (dockerfile::file(name.trim_start_matches('.'))?, dockerfile::path(place)?);
    let option = line!("--mount=type=secret,id=", id, ",target=", target);
    Ok(Fix::new(Action::MountSecret, dockerfile::run(&[option], &["true".into()])))
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::Bytes;

    use super::*;
    use crate::findings::check::check;

    const BASE: &str = "i ADD rootfs /\nf etc/x 1";

    #[test]
    fn a_hidden_secret_is_still_one() {
        let found = check(
            &RULE,
            &[
                BASE,
                "i COPY . /app\nf app/.env 10\nx app/.env environment_file",
                "i RUN rm /app/.env\nw app/.env",
            ],
        );
        assert_eq!((found[0].severity, found[0].saving), (Severity::High, Bytes(10)));
        assert!(matches!(found[0].evidence[0].note, Some(Note::Secret { hidden: true, .. })));
        assert_eq!(found[0].fixes[0].lines, ".env");
    }

    #[test]
    fn a_copy_with_another_owner_is_fixed_with_the_first() {
        let copied = "i COPY . /app\nf app/.env 10 a\nx app/.env environment_file";
        let owned = "i RUN chown -R u /app\nf app/.env 10 a\nx app/.env environment_file";
        let found = check(&RULE, &[BASE, copied, owned]);
        assert_eq!(found[0].fixes.iter().map(|fix| fix.replaces.clone()).collect::<Vec<_>>(), [None, None]);
    }

    #[test]
    fn keys_of_packages_and_of_the_system_are_told_apart() {
        let layer = "i RUN pip install a\nf s/a.dist-info/METADATA 5\nf s/a/tests/key.pem 9\nf etc/ssh/ssh_host_rsa_key 9
            p s/a.dist-info/METADATA python a 1 files=s/a/tests/key.pem
            x s/a/tests/key.pem private_key
            x etc/ssh/ssh_host_rsa_key private_key";
        let found = check(&RULE, &[BASE, layer]);
        assert_eq!(
            found.iter().map(|finding| finding.severity).collect::<Vec<_>>(),
            [Severity::Medium, Severity::Low]
        );
    }

    #[test]
    fn no_secret_no_finding() {
        assert_eq!(check(&RULE, &[BASE, "i COPY . /app\nf app/.env.example 10"]), []);
    }
}
