//! All findings of an image or a stack, and what they save together.

use std::cmp::Reverse;

use plimsoll_snapshot::{Bytes, Order as _, Snapshot};
use serde::Serialize;

use super::{Check, Confidence, Finding, Input, RULES, Rule};
use crate::lines::step;
use crate::packages::catalogue;
use crate::squash::squash;

/// The findings of one image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Advice {
    /// The name of the service.
    pub service: String,
    /// What was found: first what is at least fairly sure, then what may well be meant so; in each part the largest
    /// saving first, then by severity, then by rule.
    pub findings: Vec<Finding>,
    /// Image size.
    pub size_bytes: Bytes,
    /// What those save together that are at least fairly sure: an inode that several findings name counts once.
    pub saving: Bytes,
    /// What all of them save together, those included that may well be meant so.
    pub possible_saving: Bytes,
}

/// The findings of all services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StackAdvice {
    /// One for each service, in the order of the services.
    pub services: Vec<Advice>,
    /// What was found in several services together.
    pub stack: Vec<Finding>,
}

/// Checks one image by some rules.
#[must_use]
pub fn advise(input: &Input<'_>, rules: &[&Rule]) -> Advice {
    let mut findings: Vec<Finding> = Vec::new();
    for rule in rules {
        if let Check::Image(check) = rule.check {
            findings.extend(check(input));
        }
    }
    findings.iter_mut().for_each(explain);
    sort(&mut findings);
    let sure = findings.iter().filter(|finding| finding.confidence > Confidence::Low);
    Advice {
        service: input.service.to_owned(),
        size_bytes: input.squashed.inodes.iter().map(|inode| inode.size).sum(),
        saving: together(input, sure),
        possible_saving: together(input, &findings),
        findings,
    }
}

/// Says so where there is no fix because an instruction cannot be repeated.
fn explain(finding: &mut Finding) {
    if finding.fixes.is_empty() && finding.left_out.is_empty() {
        let instructions = finding.evidence.iter().filter_map(|one| one.instruction.as_deref());
        let unfit: Vec<_> = instructions.filter_map(step::unfit).collect();
        finding.leave_out(unfit);
    }
}

/// What some findings save together.
fn together<'f>(input: &Input<'_>, findings: impl IntoIterator<Item = &'f Finding>) -> Bytes {
    let mut saved = vec![Bytes::ZERO; input.squashed.inodes.len()];
    for finding in findings {
        for &inode in &finding.inodes {
            saved[inode as usize] = input.squashed.inodes[inode as usize].size;
        }
        for &(inode, bytes) in &finding.parts {
            let saved = &mut saved[inode as usize];
            *saved = bytes.max(*saved).min(input.squashed.inodes[inode as usize].size);
        }
    }
    saved.into_iter().sum()
}

/// Checks every service of a snapshot, and all of them together.
#[must_use]
pub fn advise_stack(snapshot: &Snapshot) -> StackAdvice {
    advise_by(snapshot, &RULES.iter().collect::<Vec<_>>())
}

/// The same by some rules alone.
#[must_use]
pub fn advise_by(snapshot: &Snapshot, rules: &[&Rule]) -> StackAdvice {
    with_inputs(snapshot, |inputs| {
        let mut stack: Vec<Finding> = Vec::new();
        for rule in rules {
            if let Check::Stack(check) = rule.check {
                stack.extend(check(inputs));
            }
        }
        sort(&mut stack);
        StackAdvice { services: inputs.iter().map(|input| advise(input, rules)).collect(), stack }
    })
}

/// Stacks the image of every service, and hands them over together.
pub(super) fn with_inputs<T>(snapshot: &Snapshot, look: impl FnOnce(&[Input<'_>]) -> T) -> T {
    let images: Vec<_> = (snapshot.services.iter())
        .map(|service| {
            let image = &snapshot.images[service.image];
            let squashed = squash(snapshot, image);
            let catalogue = catalogue(snapshot, image, &squashed);
            (service, squashed, catalogue)
        })
        .collect();
    let inputs: Vec<_> = (images.iter())
        .map(|(service, squashed, catalogue)| Input::new(snapshot, service, squashed, catalogue))
        .collect();
    look(&inputs)
}

fn sort(findings: &mut [Finding]) {
    // The sort is stable: what is equal stays in the order of the rules.
    findings.order_by_key(|finding| {
        let unsure = finding.confidence == Confidence::Low;
        (unsure, Reverse(finding.saving), Reverse(finding.severity), finding.service.clone())
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::snapshot;

    #[test]
    fn savings_add_up_as_unions() {
        // The same bytes are a leftover, hidden by a change of owner, and a log.
        let layers = [
            "i ADD rootfs /\nf etc/x 1",
            "i COPY . /app\nf app/.git/a.log 4000000 a\nf app/b 1 b",
            "i RUN chown -R u /app\nf app/.git/a.log 4000000 a\nf app/b 1 b",
        ];
        let advice = advise_stack(&snapshot("app", &layers));
        let service = &advice.services[0];
        let rules: Vec<&str> = service.findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, ["context-leftovers", "log-files", "rewritten-files"]);
        assert_eq!((service.saving, service.size_bytes), (Bytes(8_000_001), Bytes(8_000_003)));
        assert_eq!(service.possible_saving, service.saving);
    }

    #[test]
    fn every_image_of_nothing_has_nothing_to_mend() {
        let advice = advise_stack(&snapshot("app", &[]));
        assert_eq!((advice.services[0].findings.len(), advice.services[0].saving), (0, Bytes::ZERO));
    }
}
