//! Findings that must not be in an image: those of a rule, or those that are severe.

use crate::findings::{Acceptance, Confidence, Finding, NamedFinding};
use crate::targets::file::FindingKind;
use crate::targets::input::Input;
use crate::targets::outcome::{Outcome, Status};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

/// The most findings that a target names.
const NAMED: usize = 5;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (name, targets) in &input.services {
        for kind in targets.findings_not_allowed.iter().flatten() {
            let (status, evidence) = judge(input, name, *kind);
            let id = format!("services.{name}.findings_not_allowed.{}", kind.name());
            let title = match *kind {
                FindingKind::Rule(rule) => Title::NoFindingOf { rule },
                FindingKind::Severity(severity) => Title::NoFindingAbove { severity },
            };
            outcomes.push(Outcome::plain(id, title, Some(name), status).because(evidence));
        }
    }
    outcomes
}

fn judge(input: &Input<'_>, service: &str, kind: FindingKind) -> (Status, Vec<Reason>) {
    let of_service = |advice: &'_ crate::findings::Advice| advice.service == service;
    let Some(advice) = input.advice.as_ref() else { return (Status::Unknown, vec![Reason::NoImage]) };
    let Some(own) = advice.services.iter().find(|advice| of_service(advice)) else {
        return (Status::Unknown, vec![Reason::NoImage]);
    };
    // A finding of several services names them all.
    let shared = advice.stack.iter().filter(|finding| finding.service.split(", ").any(|one| one == service));
    let forbidden = own.findings.iter().chain(shared).filter(|finding| is_forbidden(finding, kind));
    let acceptance = |finding: &Finding| Acceptance::of(&input.targets.accepted, finding);
    let (accepted, found): (Vec<&Finding>, Vec<&Finding>) =
        forbidden.partition(|finding| acceptance(finding).is_some());
    let accepted: Vec<Reason> = (accepted.into_iter().take(NAMED))
        .filter_map(|finding| {
            let reason = acceptance(finding)?.reason.clone();
            Some(Reason::FindingAccepted { finding: NamedFinding::of(finding), reason })
        })
        .collect();
    if found.is_empty() {
        // What was not read may hold it.
        return match input.after.image(service) {
            Some(image) if super::size::is_whole(image) => (Status::Pass, accepted),
            image => (Status::Unknown, vec![super::size::no_image(image)]),
        };
    }
    let named =
        found.iter().take(NAMED).map(|finding| Reason::FindingFound { finding: NamedFinding::of(finding) });
    let more = found.len().saturating_sub(NAMED) as u64;
    let more = (more > 0).then_some(Reason::MoreFindings { findings: more });
    (Status::Fail, named.chain(more).chain(accepted).collect())
}

fn is_forbidden(finding: &Finding, kind: FindingKind) -> bool {
    match kind {
        FindingKind::Rule(rule) => finding.rule == rule,
        FindingKind::Severity(least) => finding.severity >= least && finding.confidence > Confidence::Low,
    }
}
