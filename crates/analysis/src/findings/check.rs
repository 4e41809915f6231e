//! Runs one rule over an image made of lines, and checks what holds for all findings.

use plimsoll_snapshot::{Bytes, Config, Snapshot};

use super::finding::Finding;
use super::fixes::FixKind;
use super::input::Input;
use super::rule::{Check, Rule};
use crate::packages::catalogue;
use crate::squash::squash;
use crate::testing::snapshot;

pub(super) fn check(rule: &Rule, layers: &[&str]) -> Vec<Finding> {
    check_snapshot(rule, &snapshot("app", layers))
}

/// The same with a configuration.
pub(super) fn check_config(rule: &Rule, layers: &[&str], change: impl FnOnce(&mut Config)) -> Vec<Finding> {
    let mut snapshot = snapshot("app", layers);
    change(&mut snapshot.images[0].config);
    check_snapshot(rule, &snapshot)
}

pub(super) fn check_snapshot(rule: &Rule, snapshot: &Snapshot) -> Vec<Finding> {
    let image = &snapshot.images[0];
    let squashed = squash(snapshot, image);
    let catalogue = catalogue(snapshot, image, &squashed);
    let input = Input::new(snapshot, &snapshot.services[0], &squashed, &catalogue);
    let Check::Image(find) = rule.check else { panic!("{} looks at stacks", rule.id) };
    let findings = find(&input);
    for finding in &findings {
        promises(rule, &input, finding);
    }
    findings
}

pub(super) fn promises(rule: &Rule, input: &Input<'_>, finding: &Finding) {
    assert_eq!(finding.rule, rule.id);
    assert!(finding.inodes.is_sorted_by(|left, right| left < right));
    let parts: Bytes = finding.parts.iter().map(|part| part.1).sum();
    assert_eq!(finding.saving, input.bytes(&finding.inodes) + parts);
    assert!(finding.evidence.len() <= Finding::EXAMPLES);
    assert!(finding.evidence.len() as u64 <= finding.evidence_count);
    for fix in finding.fixes.iter().filter(|fix| fix.kind == FixKind::Dockerfile) {
        is_dockerfile(&fix.lines);
    }
}

/// Whether lines are a part of a Dockerfile. A file begins with `FROM`, which a part need not.
pub(super) fn is_dockerfile(lines: &str) {
    let file = format!("FROM scratch\n{lines}\n");
    let parsed = parse_dockerfile::parse(&file);
    assert!(parsed.is_ok(), "{lines}\n{:?}", parsed.err());
}
