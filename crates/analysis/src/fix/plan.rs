//! All fixes of a service as one changed Dockerfile.

use std::collections::BTreeSet;

use plimsoll_snapshot::{Bytes, Order as _, Service, Snapshot};

use super::change::{Change, FixedFile};
use super::compose::ComposeFile;
use super::draft::{Draft, ReadContext};
use super::refusal::Refusal;
use super::repairs::REPAIRS;
use super::settings::{self, BuildPlace, ServiceSetting};
use super::split::{self, Promise, Run};
use crate::findings::{Advice, Check, Confidence, Finding, Input, RULES, RuleId, advise};
use crate::instruction::readable;
use crate::memory::recommend::{Demands, recommend};
use crate::packages::{Split, catalogue, splits};
use crate::squash::squash;

/// The files that a plan is made for.
pub struct Files<'a> {
    /// The Dockerfile.
    pub dockerfile: &'a str,
    /// The `.dockerignore`, if there is one.
    pub dockerignore: Option<&'a str>,
    /// Reads a file of the build context by its path there.
    pub read: ReadContext<'a>,
    /// The Compose file, if there is one.
    pub compose: Option<Compose<'a>>,
}

/// The Compose file that services of the image are started with.
pub struct Compose<'a> {
    /// Its text.
    pub text: &'a str,
    /// Where the image is built.
    pub place: BuildPlace<'a>,
    /// What targets demand of the services.
    pub demands: &'a Demands<'a>,
}

/// All fixes as changed files.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The files that change.
    pub changes: Vec<Change>,
    /// The findings that are fixed, in the order of their fixes.
    pub applied: Vec<Applied>,
    /// The findings that are not, each with the reason, in the order of the findings.
    pub refused: Vec<(Finding, Refusal)>,
    /// Image size.
    pub before: Bytes,
    /// What the fixes save together: an inode that several name counts once.
    pub saving: Bytes,
    /// The lines of `RUN`, `COPY` and `ADD` that made no layer of the image: it is older than the Dockerfile, or another.
    pub unmatched: Vec<u32>,
    /// Whether the Dockerfile needs BuildKit, where it did not.
    pub needs_buildkit: bool,
    /// The stage that the image is built from, where it is not the last one.
    pub target: Option<String>,
    /// The images of services that shared one, where the plan splits it: the last one is that of a build without a target.
    pub promises: Vec<Promise>,
    /// What is set in the Compose file.
    pub settings: Vec<ServiceSetting>,
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
pub struct FixOptions<'a> {
    /// The least confidence.
    pub confidence: Confidence,
    /// Whether a finding is meant.
    pub is_meant: &'a dyn Fn(&Finding) -> bool,
    /// The index with builds of torch for the CPU, in the place of that of PyTorch.
    pub cpu_index: Option<&'a str>,
    /// Whether settings of the Compose file are meant.
    pub has_settings: bool,
}

/// Why no plan can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPlan {
    /// No instruction of the Dockerfile made a layer of the image.
    OtherImage {
        /// The first instructions of the Dockerfile that make layers: lines and texts.
        written: Vec<(u32, String)>,
        /// The last steps of the image that made layers.
        made: Vec<String>,
    },
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
    choice: &FixOptions<'_>,
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
    choice: &FixOptions<'_>,
) -> Result<Plan, NoPlan> {
    if input.written.iter().all(Option::is_none) {
        return Err(other_image(input));
    }
    let mut draft = Draft::new(input, files.dockerfile, files.read).ok_or(NoPlan::Unreadable)?;
    draft.cpu_index = choice.cpu_index;
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
    let mut refused: Vec<(Finding, Refusal)> =
        refused.into_iter().map(|(at, reason)| (advice.findings[at].clone(), reason)).collect();
    let mut saving = crate::findings::together(input, &own);
    let mut compose = files.compose.as_ref().and_then(|compose| ComposeFile::parse(compose.text));
    let mut promises = Vec::new();
    if let (Some(file), Some(given)) = (&mut compose, &files.compose)
        && let Some((finding, shared)) = shared(input, choice)
    {
        let before = draft.made.clone();
        let is_certain = finding.confidence >= choice.confidence;
        let done = if is_certain {
            split::split(&mut draft, &finding, &shared.0, &runs(input, &shared.1)).and_then(|certainty| {
                let Some(stages) = &draft.made.stages else { return Err(Refusal::ByHand) };
                settings::built_from(file, stages, &given.place)?;
                Ok(certainty)
            })
        } else {
            Err(Refusal::Uncertain { confidence: finding.confidence })
        };
        match done {
            Ok(confidence) => {
                let stages = draft.made.stages.iter().flat_map(|stages| &stages.stages);
                let mut last = Bytes::ZERO;
                for stage in stages {
                    let gone = Finding { inodes: input.inodes_of(&stage.gone).into(), ..finding.clone() };
                    let gone = fixed_part(&draft, &gone, &BTreeSet::new(), &BTreeSet::new());
                    last = crate::findings::together(input, [&gone]);
                    let all = crate::findings::together(input, own.iter().chain([&gone]));
                    saving = all;
                    promises.push(Promise {
                        service: stage.service.clone(),
                        target: stage.name.clone(),
                        after: advice.size_bytes - all,
                    });
                }
                applied.push(Applied { finding, confidence, saving: last, partly: Vec::new() });
            }
            Err(reason) => {
                draft.made = before;
                // What was changed in the Compose file goes with it.
                if let Some(again) = ComposeFile::parse(given.text) {
                    *file = again;
                }
                refused.push((finding, reason));
            }
        }
    }
    let mut changes = draft.changes(files.dockerignore);
    let mut set = Vec::new();
    if let (Some(mut file), Some(given)) = (compose, &files.compose) {
        if let Some(runtime) = input.snapshot.runtime.as_ref().filter(|_| choice.has_settings) {
            set = settings::recommended(&mut file, &recommend(runtime, given.demands));
        }
        let after = file.changed();
        if after != given.text {
            changes.push(Change { file: FixedFile::Compose, before: given.text.to_owned(), after });
        }
    }
    Ok(Plan {
        changes,
        before: advice.size_bytes,
        saving,
        applied,
        refused,
        unmatched: (draft.steps.iter())
            .filter(|step| {
                step.layer.is_none() && matches!(step.instruction.keyword.as_str(), "RUN" | "COPY" | "ADD")
            })
            .map(|step| step.instruction.line)
            .collect(),
        needs_buildkit: draft.made.needs_buildkit
            && !files.dockerfile.contains("--mount")
            && !files.dockerfile.contains("--chmod"),
        target: draft.target.clone(),
        promises,
        settings: set,
    })
}

/// How many instructions a difference names.
const NAMED: usize = 3;

/// The differences between an image and the Dockerfile of another.
fn other_image(input: &Input<'_>) -> NoPlan {
    let makes_layers = |text: &str| ["RUN ", "COPY ", "ADD "].iter().any(|keyword| text.starts_with(keyword));
    let written = input.build.iter().flat_map(|build| &build.instructions);
    let written = written.filter(|instruction| makes_layers(&instruction.text));
    let steps = input.image.history.iter().filter(|step| !step.empty_layer);
    let mut made: Vec<String> = steps.map(|step| readable(&step.created_by).into_owned()).collect();
    let made = made.split_off(made.len().saturating_sub(NAMED));
    let written = written.take(NAMED).map(|instruction| (instruction.line, instruction.text.clone()));
    NoPlan::OtherImage { written: written.collect(), made }
}

/// The split of the image, if services share it and it is meant: the finding, what each service needs, and their names.
fn shared(input: &Input<'_>, choice: &FixOptions<'_>) -> Option<(Finding, (Split, Vec<String>))> {
    let rule = RULES.iter().find(|rule| rule.id == RuleId::SharedFatImage)?;
    let Check::Stack(check) = rule.check else { return None };
    let service = input.service();
    for split in splits(input.snapshot) {
        let names: Vec<String> = split.services.iter().map(|share| share.service.clone()).collect();
        if names.iter().any(|name| name == service) {
            let finding = check(input.snapshot).into_iter().find(|one| one.service == names.join(", "))?;
            return (choice.is_meant)(&finding).then_some((finding, (split, names)));
        }
    }
    None
}

/// What services run.
fn runs<'a>(input: &Input<'a>, services: &'a [String]) -> Vec<Run<'a>> {
    let planned = input.snapshot.runtime.iter().flat_map(|runtime| &runtime.planned);
    services
        .iter()
        .map(|service| {
            let plan = planned.clone().find(|planned| planned.name == *service);
            let command = plan.filter(|plan| plan.entrypoint_words.unwrap_or(0) == 0);
            Run {
                service,
                command: command.and_then(|plan| plan.command.as_ref()).map(|command| &command.0[..]),
                has_check: plan.is_some_and(|plan| plan.health_check.is_some()),
            }
        })
        .collect()
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
