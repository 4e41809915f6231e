//! Findings before and after: the prediction, the saving, what remains, and what is new.
//!
//! Bytes are saved if no layer of the later image has their content any more: a moved file saves nothing, and of two equal
//! files one may stay. Each saved byte counts for one inode, so findings of an image can share a saving, and all of them
//! together never exceed the size of the image.

use std::collections::{BTreeMap, HashMap};

use plimsoll_snapshot::{Bytes, ContentHash, Order as _, Service, Snapshot};
use serde::Serialize;

use super::advice::{Advice, Advisor, Stacked};
use super::finding::Finding;
use super::input::Input;
use super::rules::RULES;

/// What became of the findings of two snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The services that are in both, by name.
    pub services: Vec<ServiceProgress>,
}

/// What became of the findings of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceProgress {
    /// Its name.
    pub service: String,
    /// What the findings before predicted together: see [`Advice::possible_saving`].
    pub predicted: Bytes,
    /// How much of it is gone.
    pub saved: Bytes,
    /// The findings before, in their order.
    pub findings: Vec<Followed>,
    /// The findings after whose rule found nothing before.
    pub new: Vec<Finding>,
}

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The finding, as it was before.
    pub finding: Finding,
    /// Whether it is done.
    pub outcome: Outcome,
    /// Its bytes that are gone.
    pub saved: Bytes,
    /// Its bytes that remain.
    pub remains: Bytes,
    /// What the same finding would save after: remaining and new bytes.
    pub found_after: Bytes,
}

/// Whether a finding is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is gone, and nothing like it was added.
    Done,
    /// Some of its bytes are gone.
    Part,
    /// It is unchanged.
    Open,
}

/// Follows the findings of a snapshot into another.
#[must_use]
pub fn progress(before: &Snapshot, after: &Snapshot) -> Progress {
    let mut advisors = (Advisor::new(RULES), Advisor::new(RULES));
    let mut later: HashMap<&str, &Service> = HashMap::new();
    after.services.iter().for_each(|service| _ = later.entry(&service.name).or_insert(service));
    let mut pairs: Vec<(usize, &Service, &Service)> = (before.services.iter().enumerate())
        .filter_map(|(place, old)| Some((place, old, *later.get(old.name.as_str())?)))
        .collect();
    // Services with the same two images follow each other, so that only their trees are held: those of all images would not
    // fit into memory.
    pairs.order_by_key(|&(place, old, new)| (old.image, new.image, place));
    let mut services = Vec::with_capacity(pairs.len());
    let (mut image_before, mut image_after) = (None, None);
    for (place, old, new) in pairs {
        let (old, new) = (held(&mut image_before, before, old), held(&mut image_after, after, new));
        let advice = (advisors.0.advise(&old), advisors.1.advise(&new));
        services.push((place, follow(&old, &advice.0, &new, &advice.1)));
    }
    services.order_by_key(|(place, _)| *place);
    Progress { services: services.into_iter().map(|(_, service)| service).collect() }
}

/// The image of a service, stacked unless it is the last one that was stacked.
fn held<'s, 'a: 's>(
    last: &'s mut Option<(usize, Stacked<'a>)>,
    snapshot: &'a Snapshot,
    service: &'s Service,
) -> Input<'s> {
    if last.as_ref().is_none_or(|(image, _)| *image != service.image) {
        // Frees the old one before it stacks the new one.
        *last = None;
    }
    last.get_or_insert_with(|| (service.image, Stacked::of(snapshot, service.image))).1.input(service)
}

/// Follows the findings of a service into its later image.
#[must_use]
pub fn follow(old: &Input<'_>, before: &Advice, new: &Input<'_>, after: &Advice) -> ServiceProgress {
    let gone = gone(old, before, new);
    let mut counted = vec![Bytes::ZERO; gone.len()];
    let findings = (before.findings.iter())
        .map(|finding| {
            let mut saved = Bytes::ZERO;
            let whole = finding.inodes.iter().map(|&index| (index, old.squashed.inodes[index as usize].size));
            for (index, bytes) in whole.chain(finding.parts.iter().copied()) {
                if gone[index as usize] {
                    saved += bytes;
                    let counted = &mut counted[index as usize];
                    *counted = bytes.max(*counted);
                }
            }
            let same: Vec<&Finding> = (after.findings.iter())
                .filter(|other| other.rule == finding.rule && other.headline == finding.headline)
                .collect();
            let outcome = match (finding.saving, saved) {
                (predicted, saved) if saved == predicted && same.is_empty() => Outcome::Done,
                (_, Bytes::ZERO) => Outcome::Open,
                _ => Outcome::Part,
            };
            let remains = finding.saving - saved;
            let found_after = same.iter().map(|other| other.saving).sum();
            Followed { finding: finding.clone(), outcome, saved, remains, found_after }
        })
        .collect();
    ServiceProgress {
        service: old.service.to_owned(),
        predicted: before.possible_saving,
        saved: counted.into_iter().sum(),
        findings,
        new: new_findings(before, after).cloned().collect(),
    }
}

/// The findings after whose rule found nothing before.
pub fn new_findings<'f>(before: &'f Advice, after: &'f Advice) -> impl Iterator<Item = &'f Finding> {
    let is_new = |finding: &&Finding| before.findings.iter().all(|old| old.rule != finding.rule);
    after.findings.iter().filter(is_new)
}

/// Whether each inode before is gone. Of equal ones, those that findings named go first.
fn gone(old: &Input<'_>, before: &Advice, new: &Input<'_>) -> Vec<bool> {
    let mut left: HashMap<(Bytes, ContentHash), u64> = HashMap::new();
    for inode in &new.squashed.inodes {
        *left.entry((inode.size, inode.content)).or_default() += 1;
    }
    let mut named = vec![false; old.squashed.inodes.len()];
    for finding in &before.findings {
        let parts = finding.parts.iter().map(|(index, _)| *index);
        finding.inodes.iter().copied().chain(parts).for_each(|index| named[index as usize] = true);
    }
    let mut equal: BTreeMap<(Bytes, ContentHash), Vec<usize>> = BTreeMap::new();
    for (index, inode) in old.squashed.inodes.iter().enumerate() {
        equal.entry((inode.size, inode.content)).or_default().push(index);
    }
    let mut gone = vec![false; named.len()];
    for (key, mut inodes) in equal {
        let left = left.get(&key).copied().unwrap_or(0);
        let went = inodes.len().saturating_sub(usize::try_from(left).unwrap_or(usize::MAX));
        inodes.order_by_key(|&index| (!named[index], index));
        inodes.into_iter().take(went).for_each(|index| gone[index] = true);
    }
    gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::RuleId;
    use crate::testing::snapshot;

    const BASE: &str = "i ADD rootfs /\nf etc/x 1";

    fn check(before: &[&str], after: &[&str]) -> ServiceProgress {
        let progress = progress(&snapshot("app", before), &snapshot("app", after));
        let service = progress.services.into_iter().next().unwrap();
        assert!(service.saved <= service.predicted);
        service
    }

    #[test]
    fn deleted_bytes_are_saved_and_the_rest_remains() {
        let before =
            [BASE, "i COPY . /app\nf app/.git/a 4000000 a\nf app/.git/b 1000000 b\nf app/main.py 1 m"];
        let after = [BASE, "i COPY . /app\nf app/.git/b 1000000 b\nf app/main.py 1 m"];
        let service = check(&before, &after);
        let followed = &service.findings[0];
        assert_eq!(
            (followed.outcome, followed.saved, followed.remains),
            (Outcome::Part, Bytes(4_000_000), Bytes(1_000_000))
        );
        assert_eq!(check(&before, &before).findings[0].outcome, Outcome::Open);
        assert_eq!(service.new, []);
    }

    #[test]
    fn one_of_two_equal_files_is_saved_when_one_is_left() {
        let copy = "i COPY a /app/a\nf app/a 5000000 a";
        let service = check(&[BASE, copy, "i RUN chown -R u /app\nf app/a 5000000 a"], &[BASE, copy]);
        assert_eq!((service.findings[0].outcome, service.saved), (Outcome::Done, Bytes(5_000_000)));
    }

    #[test]
    fn findings_of_new_rules_are_new() {
        let log = "i RUN make\nf var/log/make.log 900000 l";
        let service = check(&[BASE, "i RUN make\nf a 1 a"], &[BASE, log]);
        assert_eq!((service.findings.len(), service.new[0].rule), (0, RuleId::LogFiles));
        let moved = "i COPY x /y\nf y/make.txt 900000 l";
        assert_eq!(check(&[BASE, log], &[BASE, moved]).findings[0].outcome, Outcome::Open);
    }
}
