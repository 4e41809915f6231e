//! All findings of an image or a stack, and what they save together.

use plimsoll_snapshot::{Bytes, Snapshot};
use serde::Serialize;

use super::{Check, Finding, Input, RULES};
use crate::packages::catalogue;
use crate::squash::squash;

/// The findings of one image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// The name of the service.
    pub service: String,
    /// What was found: the largest saving first, then by severity, then by rule.
    pub findings: Vec<Finding>,
    /// What all of them save together: an inode that several findings name counts once.
    pub saving: Bytes,
}

/// Checks one image by every rule.
#[must_use]
pub fn advise(input: &Input<'_>) -> Advice {
    let mut findings: Vec<Finding> = Vec::new();
    for rule in RULES {
        if let Check::Image(check) = rule.check {
            findings.extend(check(input));
        }
    }
    sort(&mut findings);
    let mut inodes: Vec<u32> = findings.iter().flat_map(|finding| finding.inodes.iter().copied()).collect();
    inodes.sort_unstable();
    inodes.dedup();
    Advice { service: input.service.to_owned(), saving: input.bytes(&inodes), findings }
}

/// Checks every service of a snapshot, and all of them together.
#[must_use]
pub fn advise_stack(snapshot: &Snapshot) -> (Vec<Advice>, Vec<Finding>) {
    let images: Vec<_> = (snapshot.services.iter())
        .map(|service| {
            let image = &snapshot.images[service.image];
            let squashed = squash(snapshot, image);
            let catalogue = catalogue(snapshot, image, &squashed);
            (service, image, squashed, catalogue)
        })
        .collect();
    let inputs: Vec<_> = (images.iter())
        .map(|(service, image, squashed, catalogue)| Input {
            service: &service.name,
            snapshot,
            image,
            squashed,
            catalogue,
        })
        .collect();
    let mut together: Vec<Finding> = Vec::new();
    for rule in RULES {
        if let Check::Stack(check) = rule.check {
            together.extend(check(&inputs));
        }
    }
    sort(&mut together);
    (inputs.iter().map(advise).collect(), together)
}

fn sort(findings: &mut [Finding]) {
    // The sort is stable: what is equal stays in the order of the rules.
    findings.sort_by_key(|finding| {
        (std::cmp::Reverse(finding.saving), std::cmp::Reverse(finding.severity), finding.service.clone())
    });
}
