//! Findings before and after: the prediction, the saving, what remains, and what is new.
//!
//! Bytes are saved if their inode has no match in the later image: a moved file saves nothing, a path that is still there
//! keeps its bytes, and of several copies of a path the one that went is saved. Each byte is credited to one finding, the
//! first that names it, and the ledger of a service leads from one image size to the other.

use std::collections::{BTreeMap, HashMap};

use plimsoll_snapshot::{Bytes, Order as _, Service, Snapshot};
use serde::Serialize;

use super::accepted::{Acceptance, AcceptedFinding};
use super::advice::{Advice, Advisor, Stacked};
use super::evidence::Subject;
use super::finding::Finding;
use super::input::Input;
use super::ledger::Ledger;
use super::matching::Matching;
use super::rule_id::RuleId;
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
    /// What all of them are credited with.
    pub saved: Bytes,
    /// How the image size before becomes the one after.
    pub ledger: Ledger,
    /// The findings before, in their order.
    pub findings: Vec<Followed>,
    /// The findings after that are about something new.
    pub new: Vec<Finding>,
    /// The findings after that are not new.
    pub known: Vec<Finding>,
    /// The findings after that are accepted.
    pub accepted: Vec<AcceptedFinding>,
}

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The finding, as it was before.
    pub finding: Finding,
    /// Whether it is done.
    pub outcome: Outcome,
    /// Its bytes that are gone, without those of earlier findings.
    pub saved: Bytes,
    /// Its bytes that are gone and that an earlier finding is credited with.
    pub shared: Bytes,
    /// Its bytes that remain: the prediction without `saved` and `shared`.
    pub remains: Bytes,
    /// Of those that remain, the bytes that lie at another path now.
    pub moved: Bytes,
    /// The new bytes that the same finding names after.
    pub added: Bytes,
    /// What the same finding would save after: remaining and new bytes.
    pub found_after: Bytes,
}

/// Whether a finding is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// All of its bytes are gone, and its rule no longer finds the same.
    Done,
    /// Some of its bytes are gone.
    Part,
    /// All of its bytes remain.
    Open,
}

/// Follows the findings of a snapshot into another.
#[must_use]
pub fn progress(before: &Snapshot, after: &Snapshot) -> Progress {
    progress_accepting(before, after, &[])
}

/// The same, with findings that are accepted.
#[must_use]
pub fn progress_accepting(before: &Snapshot, after: &Snapshot, accepted: &[Acceptance]) -> Progress {
    let advisor = || Advisor::new(RULES).accepting(accepted);
    let mut advisors = (advisor(), advisor());
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
    let mut last: Option<([usize; 2], [Advice; 2], ServiceProgress)> = None;
    for (place, old, new) in pairs {
        let images = [old.image, new.image];
        let (old, new) = (held(&mut image_before, before, old), held(&mut image_after, after, new));
        let advice = [advisors.0.advise(&old), advisors.1.advise(&new)];
        let is_alike = |known: &&([usize; 2], [Advice; 2], ServiceProgress)| {
            known.0 == images && known.1.iter().zip(&advice).all(|(known, one)| known.is_alike(one))
        };
        let service = match last.as_ref().filter(is_alike) {
            Some((.., known)) => known.of_service(old.service),
            None => follow(&old, &advice[0], &new, &advice[1]),
        };
        last = Some((images, advice, service.clone()));
        services.push((place, service));
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

impl ServiceProgress {
    /// The same for another service that runs the same images and has the same findings.
    pub(super) fn of_service(&self, service: &str) -> Self {
        let of_service = |finding: &Finding| Finding { service: service.to_owned(), ..finding.clone() };
        let followed = |one: &Followed| Followed { finding: of_service(&one.finding), ..one.clone() };
        Self {
            service: service.to_owned(),
            findings: self.findings.iter().map(followed).collect(),
            new: self.new.iter().map(of_service).collect(),
            known: self.known.iter().map(of_service).collect(),
            accepted: self.accepted.iter().map(|one| one.of_service(service)).collect(),
            ..self.clone()
        }
    }
}

/// Follows the findings of a service into its later image.
#[must_use]
pub(super) fn follow(old: &Input<'_>, before: &Advice, new: &Input<'_>, after: &Advice) -> ServiceProgress {
    let both = Both { old, before, new, after, matching: Matching::of(old, before, new, after) };
    let mut credited = vec![Bytes::ZERO; old.squashed.inodes.len()];
    let findings: Vec<Followed> =
        before.findings.iter().map(|finding| both.followed(finding, &mut credited)).collect();
    let saved = findings.iter().map(|followed| followed.saved);
    let (fresh, known) = after.findings.iter().cloned().partition(|finding| both.is_new(finding));
    ServiceProgress {
        service: old.service.to_owned(),
        predicted: before.possible_saving,
        saved: saved.clone().sum(),
        ledger: Ledger::of(old, new, &both.matching, &credited, saved),
        accepted: after.accepted.clone(),
        findings,
        new: fresh,
        known,
    }
}

/// A rebuild changes the size of the same files by less than one part in this number.
const REBUILT_SHARE: u64 = 10;

/// Two images with their findings.
struct Both<'a> {
    old: &'a Input<'a>,
    before: &'a Advice,
    new: &'a Input<'a>,
    after: &'a Advice,
    matching: Matching,
}

impl Both<'_> {
    /// What became of a finding. Bytes that an earlier finding saved are not saved again: `credited` has those of each inode.
    fn followed(&self, finding: &Finding, credited: &mut [Bytes]) -> Followed {
        let same: Vec<&Finding> =
            self.after.findings.iter().filter(|other| self.is_same(finding, other)).collect();
        let (mut saved, mut shared, mut moved) = (Bytes::ZERO, Bytes::ZERO, Bytes::ZERO);
        for (index, part) in finding.named() {
            let freed = self.freed(index, part, &same);
            let known = &mut credited[index as usize];
            let fresh = freed - *known;
            *known += fresh;
            saved += fresh;
            shared += freed - fresh;
            if part.is_none() && self.is_moved(index) {
                moved += self.old.squashed.inodes[index as usize].size;
            }
        }
        let remains = finding.saving - saved - shared;
        let outcome = match (same.is_empty(), remains) {
            (true, Bytes::ZERO) => Outcome::Done,
            _ if saved + shared == Bytes::ZERO => Outcome::Open,
            _ => Outcome::Part,
        };
        Followed {
            finding: finding.clone(),
            outcome,
            saved,
            shared,
            remains,
            moved,
            added: self.added(&same),
            found_after: same.iter().map(|other| other.saving).sum(),
        }
    }

    /// The bytes of an inode, or of a part of it, that are gone.
    fn freed(&self, index: u32, part: Option<Bytes>, same: &[&Finding]) -> Bytes {
        let size = self.old.squashed.inodes[index as usize].size;
        match (self.matching.of_old[index as usize], part) {
            (None, part) => part.unwrap_or(size).min(size),
            // The path is still there, with content that may have another size.
            (Some(_), None) => Bytes::ZERO,
            (Some(later), Some(part)) => {
                let has_part = |finding: &&Finding| {
                    finding.parts.binary_search_by_key(&later, |&(index, _)| index).is_ok()
                };
                let smaller = size - self.new.squashed.inodes[later as usize].size;
                if same.iter().any(has_part) { Bytes::ZERO } else { part.min(smaller) }
            }
        }
    }

    /// Whether an inode lies at other paths now.
    fn is_moved(&self, index: u32) -> bool {
        self.matching.of_old[index as usize].is_some_and(|later| {
            let mut now = self.new.names(later);
            now.all(|place| self.old.names(index).all(|other| other != place))
        })
    }

    /// The new bytes that some findings after name.
    fn added(&self, findings: &[&Finding]) -> Bytes {
        let mut added: BTreeMap<u32, Bytes> = BTreeMap::new();
        for (index, part) in findings.iter().flat_map(|finding| finding.named()) {
            if self.matching.of_new[index as usize].is_none() {
                let bytes = part.unwrap_or(self.new.squashed.inodes[index as usize].size);
                let known = added.entry(index).or_default();
                *known = bytes.max(*known);
            }
        }
        added.into_values().sum()
    }

    /// Whether a finding after is about the same as one before: it says the same, or names the same files.
    fn is_same(&self, old: &Finding, new: &Finding) -> bool {
        old.rule == new.rule && (old.headline == new.headline || self.shares(old, new))
    }

    fn shares(&self, old: &Finding, new: &Finding) -> bool {
        new.named().any(|(index, _)| {
            self.matching.of_new[index as usize].is_some_and(|earlier| {
                old.inodes.binary_search(&earlier).is_ok()
                    || old.parts.binary_search_by_key(&earlier, |&(index, _)| index).is_ok()
            })
        })
    }

    /// Whether a finding after is about something that came. A rebuild gives the same findings, even if its files have other
    /// sizes and so cross the threshold of a rule.
    fn is_new(&self, finding: &Finding) -> bool {
        let mut earlier = self.before.findings.iter().filter(|old| self.is_same(old, finding)).peekable();
        if finding.inodes.is_empty() && finding.parts.is_empty() {
            // Of settings there is only one; a path that was not there before is something else.
            return earlier.all(|old| names_more(old, finding));
        }
        let mut inodes = finding.named().map(|(index, _)| index);
        let is_fresh = |index: u32| self.is_fresh(index);
        // Each secret counts for itself.
        if finding.rule == RuleId::Secrets {
            return inodes.any(|index| self.matching.of_new[index as usize].is_none());
        }
        if earlier.peek().is_some() {
            return inodes.all(is_fresh);
        }
        if inodes.any(is_fresh) {
            return true;
        }
        // The sizes are the same, or very different: a rebuild does not explain why the rule finds these files only now.
        let bytes = |input: &Input<'_>, index: u32| input.squashed.inodes[index as usize].size;
        let (mut before, mut after) = (Bytes::ZERO, Bytes::ZERO);
        for (index, _) in finding.named() {
            let earlier = self.matching.of_new[index as usize];
            before += earlier.map_or(Bytes::ZERO, |earlier| bytes(self.old, earlier));
            after += bytes(self.new, index);
        }
        before == after || after - before > Bytes(before.0 / REBUILT_SHARE)
    }

    /// Whether an inode came, or was visible before and is hidden now.
    fn is_fresh(&self, index: u32) -> bool {
        let is_hidden =
            |input: &Input<'_>, index: u32| input.squashed.inodes[index as usize].hidden.is_some();
        self.matching.of_new[index as usize]
            .is_none_or(|earlier| is_hidden(self.new, index) && !is_hidden(self.old, earlier))
    }
}

/// Whether a finding names a path that an earlier one, which names all of its paths, does not.
fn names_more(old: &Finding, new: &Finding) -> bool {
    old.evidence_count == old.evidence.len() as u64
        && new.evidence.iter().any(|one| {
            matches!(one.subject, Subject::Path { .. })
                && old.evidence.iter().all(|other| other.subject != one.subject)
        })
}

#[cfg(test)]
mod tests;
