//! All fixes of a service as one changed Dockerfile.

use std::collections::BTreeSet;

use plimsoll_snapshot::{Bytes, Order as _, Service, Snapshot};

use super::change::Change;
use super::draft::{Draft, ReadContext};
use super::refusal::Refusal;
use super::repairs::REPAIRS;
use crate::findings::{Advice, Confidence, Finding, Input, RULES, RuleId, advise};
use crate::packages::catalogue;
use crate::squash::squash;

/// The files that a plan is made for.
pub struct Files<'a> {
    /// The Dockerfile.
    pub dockerfile: &'a str,
    /// The `.dockerignore`, if there is one.
    pub dockerignore: Option<&'a str>,
    /// Reads a file of the build context by its path there.
    pub read: ReadContext<'a>,
}

/// All fixes as changed files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The files that change.
    pub changes: Vec<Change>,
    /// The findings that are fixed, in the order of their fixes.
    pub applied: Vec<Applied>,
    /// The findings that are not, each with the reason, in the order of the findings.
    pub refused: Vec<(Finding, Refusal)>,
    /// What the fixes save together: an inode that several name counts once.
    pub saving: Bytes,
    /// The lines of `RUN`, `COPY` and `ADD` that made no layer of the image: it is older than the Dockerfile, or another.
    pub unmatched: Vec<u32>,
    /// Whether the Dockerfile needs BuildKit, where it did not.
    pub needs_buildkit: bool,
}

/// A finding that is fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The finding.
    pub finding: Finding,
    /// How certain it is that the image still builds and runs: at most that of the finding.
    pub confidence: Confidence,
    /// The bytes that it saves: those of the finding that instructions of the Dockerfile made, and what goes with them, such
    /// as the archives of packages that are not installed any more. The base image stays.
    pub saving: Bytes,
    /// Why a part of it is left.
    pub partly: Vec<Refusal>,
}

/// Which findings are meant.
pub struct Choice<'a> {
    /// The least confidence.
    pub confidence: Confidence,
    /// Whether a finding is meant.
    pub is_meant: &'a dyn Fn(&Finding) -> bool,
}

/// Why no plan can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPlan {
    /// No instruction of the Dockerfile made a layer of the image.
    OtherImage,
    /// The text and its instructions do not fit together.
    Unreadable,
}

/// Fixes findings of one service of a snapshot; see [`plan`].
///
/// # Errors
///
/// [`NoPlan`] if the Dockerfile is not that of the image.
pub fn plan_service(
    snapshot: &Snapshot,
    service: &Service,
    files: &Files<'_>,
    choice: &Choice<'_>,
) -> Result<Plan, NoPlan> {
    let image = &snapshot.images[service.image];
    let squashed = squash(snapshot, image);
    let catalogue = catalogue(snapshot, image, &squashed);
    let input = Input::new(snapshot, service, &squashed, &catalogue);
    plan(&input, &advise(&input, &RULES.iter().collect::<Vec<_>>()), files, choice)
}

/// Fixes findings of a service in its Dockerfile and its build context.
///
/// # Errors
///
/// [`NoPlan`] if the Dockerfile is not that of the image.
pub fn plan(
    input: &Input<'_>,
    advice: &Advice,
    files: &Files<'_>,
    choice: &Choice<'_>,
) -> Result<Plan, NoPlan> {
    if input.written.iter().all(Option::is_none) {
        return Err(NoPlan::OtherImage);
    }
    let mut draft = Draft::new(input, files.dockerfile, files.read).ok_or(NoPlan::Unreadable)?;
    let mut applied: Vec<Applied> = Vec::new();
    let mut own: Vec<Finding> = Vec::new();
    let mut refused: Vec<(usize, Refusal)> = Vec::new();
    let meant = || advice.findings.iter().enumerate().filter(|(_, finding)| (choice.is_meant)(finding));
    let repair_of = |rule: RuleId| REPAIRS.iter().find(|(id, _)| *id == rule);
    for (at, finding) in meant() {
        if repair_of(finding.rule).is_none() {
            refused.push((at, Refusal::ByHand));
        }
    }
    for (rule, repair) in REPAIRS {
        for (at, finding) in meant().filter(|(_, finding)| finding.rule == *rule) {
            let before = draft.made.clone();
            let repaired = repair(&mut draft, finding);
            let partly = std::mem::take(&mut draft.partly);
            let left = std::mem::take(&mut draft.left);
            for step in
                draft.made.removed_steps.difference(&before.removed_steps).copied().collect::<Vec<_>>()
            {
                draft.also_frees(step, |_| true);
            }
            let also = std::mem::take(&mut draft.also);
            match repaired {
                Ok(certainty) if certainty.min(finding.confidence) >= choice.confidence => {
                    let confidence = certainty.min(finding.confidence);
                    draft.freed.extend(finding.inodes.iter());
                    draft.freed.extend(&also);
                    let gone = fixed_part(&draft, finding, &left, &also);
                    let saving = crate::findings::together(input, [&gone]);
                    own.push(gone);
                    applied.push(Applied { finding: finding.clone(), confidence, saving, partly });
                }
                Ok(certainty) => {
                    draft.made = before;
                    refused.push((at, Refusal::Uncertain { confidence: certainty.min(finding.confidence) }));
                }
                Err(reason) => {
                    draft.made = before;
                    refused.push((at, reason));
                }
            }
        }
    }
    refused.order_by_key(|(at, _)| *at);
    let saving = crate::findings::together(input, &own);
    Ok(Plan {
        changes: draft.changes(files.dockerignore),
        saving,
        applied,
        refused: refused.into_iter().map(|(at, reason)| (advice.findings[at].clone(), reason)).collect(),
        unmatched: (draft.steps.iter())
            .filter(|step| {
                step.layer.is_none() && matches!(step.instruction.keyword.as_str(), "RUN" | "COPY" | "ADD")
            })
            .map(|step| step.instruction.line)
            .collect(),
        needs_buildkit: draft.made.needs_buildkit
            && !files.dockerfile.contains("--mount")
            && !files.dockerfile.contains("--chmod"),
    })
}

/// A finding with only the files that instructions of the Dockerfile made, and that the fix does not leave; and with those
/// that the fix frees besides.
fn fixed_part(draft: &Draft<'_>, finding: &Finding, left: &BTreeSet<u32>, also: &BTreeSet<u32>) -> Finding {
    let is_own = |index: u32| {
        !left.contains(&index) && draft.step_of(draft.input.squashed.inodes[index as usize].layer).is_ok()
    };
    let inodes: BTreeSet<u32> =
        finding.inodes.iter().filter(|index| is_own(**index)).chain(also).copied().collect();
    Finding {
        inodes: inodes.into_iter().collect(),
        parts: finding.parts.iter().copied().filter(|&(index, _)| is_own(index)).collect(),
        ..finding.clone()
    }
}
