//! Findings in JSON documents: English texts, each with the values that it is made of. See `docs/findings-format.md`.

use plimsoll_analysis::findings::{
    AcceptedFinding, Action, Advice, Confidence, Day, Evidence, Finding, Fingerprint, Fix, FixKind,
    FixedFinding, Followed, Group, Headline, Ledger, LedgerCause, LedgerLine, Lines, NamedFinding, Note,
    Outcome, Progress, RuleId, ServiceProgress, Severity, StackAdvice, Subject,
};
use plimsoll_analysis::improvements::{Improvement, ImprovementKind};
use plimsoll_analysis::lines::Unfit;
use plimsoll_analysis::regressions::{Regression, RegressionKind};
use plimsoll_snapshot::{ByteDelta, Bytes};
use serde::Serialize;

use crate::language::{Language, Messages};

fn messages() -> &'static Messages {
    &Language::English.words().messages
}

/// The findings of all services.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct StackDocument<'a> {
    services: Vec<ServiceDocument<'a>>,
    /// What was found in several services together.
    stack: Vec<FindingDocument<'a>>,
    /// What was found in several services together and is accepted.
    accepted: Vec<AcceptedDocument<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ServiceDocument<'a> {
    service: &'a str,
    findings: Vec<FindingDocument<'a>>,
    /// What is accepted in the target file. No saving counts it.
    accepted: Vec<AcceptedDocument<'a>>,
    /// How many more findings there are: `--top` leaves them out.
    more_findings: u64,
    size_bytes: Bytes,
    saving_bytes: Bytes,
    possible_saving_bytes: Bytes,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FindingDocument<'a> {
    fingerprint: Fingerprint,
    rule: RuleId,
    service: &'a str,
    title: String,
    title_value: &'a Headline,
    severity: Severity,
    confidence: Confidence,
    saving_bytes: Bytes,
    evidence: Vec<EvidenceDocument<'a>>,
    evidence_count: u64,
    fixes: Vec<FixDocument<'a>>,
    left_out: Vec<String>,
    left_out_values: &'a [Unfit],
}

/// A finding that need not be fixed.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AcceptedDocument<'a> {
    finding: FindingDocument<'a>,
    /// Why it is accepted.
    reason: &'a str,
    /// The last day on which it is accepted; null if there is none.
    until: Option<Day>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EvidenceDocument<'a> {
    subject: String,
    subject_value: &'a Subject,
    bytes: Bytes,
    layer: Option<u32>,
    instruction: Option<&'a str>,
    line: Option<u32>,
    note: Option<String>,
    note_value: Option<&'a Note>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FixDocument<'a> {
    kind: FixKind,
    does: &'static str,
    does_value: Action,
    replaces: Option<&'a str>,
    lines: &'a Lines,
}

/// What became of findings.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ProgressDocument<'a> {
    services: Vec<ServiceProgressDocument<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ServiceProgressDocument<'a> {
    service: &'a str,
    predicted_bytes: Bytes,
    saved_bytes: Bytes,
    ledger: LedgerDocument<'a>,
    findings: Vec<FollowedDocument<'a>>,
    new: Vec<FindingDocument<'a>>,
    /// What is accepted in the target file.
    accepted: Vec<AcceptedDocument<'a>>,
}

/// How one image size becomes another.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct LedgerDocument<'a> {
    before: Bytes,
    after: Bytes,
    delta: ByteDelta,
    added_bytes: Bytes,
    lines: Vec<LedgerLineDocument<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct LedgerLineDocument<'a> {
    cause: &'static str,
    delta: ByteDelta,
    finding: Option<usize>,
    group: Option<String>,
    group_value: Option<&'a Group>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FollowedDocument<'a> {
    finding: FindingDocument<'a>,
    outcome: Outcome,
    saved_bytes: Bytes,
    shared_bytes: Bytes,
    remains_bytes: Bytes,
    moved_bytes: Bytes,
    added_bytes: Bytes,
    found_after_bytes: Bytes,
}

/// Something that got worse.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum RegressionDocument<'a> {
    NewFindings {
        service: Option<&'a str>,
        kind: &'static str,
        findings: Vec<NamedFindingDocument<'a>>,
        saving_bytes: Bytes,
    },
    Other(&'a Regression),
}

/// Something that got better.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub(crate) enum ImprovementDocument<'a> {
    FixedFindings {
        service: Option<&'a str>,
        kind: &'static str,
        findings: Vec<FixedFindingDocument<'a>>,
        saved_bytes: Bytes,
    },
    Other(&'a Improvement),
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct NamedFindingDocument<'a> {
    rule: RuleId,
    title: String,
    title_value: &'a Headline,
    severity: Severity,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct FixedFindingDocument<'a> {
    #[serde(flatten)]
    finding: NamedFindingDocument<'a>,
    saved_bytes: Bytes,
}

impl<'a> StackDocument<'a> {
    pub(crate) fn of(advice: &'a StackAdvice) -> Self {
        Self {
            services: advice.services.iter().map(ServiceDocument::of).collect(),
            stack: advice.stack.iter().map(FindingDocument::of).collect(),
            accepted: advice.accepted.iter().map(AcceptedDocument::of).collect(),
        }
    }
}

impl<'a> ServiceDocument<'a> {
    fn of(advice: &'a Advice) -> Self {
        let Advice { service, findings, accepted, more, size_bytes, saving, possible_saving } = advice;
        Self {
            service,
            findings: findings.iter().map(FindingDocument::of).collect(),
            accepted: accepted.iter().map(AcceptedDocument::of).collect(),
            more_findings: *more,
            size_bytes: *size_bytes,
            saving_bytes: *saving,
            possible_saving_bytes: *possible_saving,
        }
    }
}

impl<'a> FindingDocument<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            fingerprint: finding.fingerprint(),
            rule: finding.rule,
            service: &finding.service,
            title: (messages().headline)(&finding.headline),
            title_value: &finding.headline,
            severity: finding.severity,
            confidence: finding.confidence,
            saving_bytes: finding.saving,
            evidence: finding.evidence.iter().map(EvidenceDocument::of).collect(),
            evidence_count: finding.evidence_count,
            fixes: finding.fixes.iter().map(FixDocument::of).collect(),
            left_out: finding.left_out.iter().map(messages().unfit).collect(),
            left_out_values: &finding.left_out,
        }
    }
}

impl<'a> AcceptedDocument<'a> {
    fn of(accepted: &'a AcceptedFinding) -> Self {
        let AcceptedFinding { finding, reason, until } = accepted;
        Self { finding: FindingDocument::of(finding), reason, until: *until }
    }
}

impl<'a> EvidenceDocument<'a> {
    fn of(evidence: &'a Evidence) -> Self {
        let Evidence { subject, bytes, layer, instruction, line, note } = evidence;
        Self {
            subject: (messages().subject)(subject),
            subject_value: subject,
            bytes: *bytes,
            layer: *layer,
            instruction: instruction.as_deref(),
            line: *line,
            note: note.as_ref().map(messages().note),
            note_value: note.as_ref(),
        }
    }
}

impl<'a> FixDocument<'a> {
    fn of(fix: &'a Fix) -> Self {
        let Fix { kind, action, replaces, lines } = fix;
        Self {
            kind: *kind,
            does: (messages().action)(*action),
            does_value: *action,
            replaces: replaces.as_deref(),
            lines,
        }
    }
}

impl<'a> ProgressDocument<'a> {
    pub(crate) fn of(progress: &'a Progress) -> Self {
        Self { services: progress.services.iter().map(ServiceProgressDocument::of).collect() }
    }
}

impl<'a> ServiceProgressDocument<'a> {
    fn of(progress: &'a ServiceProgress) -> Self {
        let ServiceProgress { service, predicted, saved, ledger, findings, new, accepted, known: _ } =
            progress;
        Self {
            service,
            predicted_bytes: *predicted,
            saved_bytes: *saved,
            ledger: LedgerDocument::of(ledger),
            findings: findings.iter().map(FollowedDocument::of).collect(),
            new: new.iter().map(FindingDocument::of).collect(),
            accepted: accepted.iter().map(AcceptedDocument::of).collect(),
        }
    }
}

impl<'a> LedgerDocument<'a> {
    fn of(ledger: &'a Ledger) -> Self {
        let Ledger { before, after, lines } = ledger;
        Self {
            before: *before,
            after: *after,
            delta: ledger.delta(),
            added_bytes: ledger.added(),
            lines: lines.iter().map(LedgerLineDocument::of).collect(),
        }
    }
}

impl<'a> LedgerLineDocument<'a> {
    fn of(line: &'a LedgerLine) -> Self {
        let (cause, finding, group) = match &line.cause {
            LedgerCause::Finding(finding) => ("finding", Some(*finding), None),
            LedgerCause::Removed(group) => ("removed", None, Some(group)),
            LedgerCause::Changed(group) => ("changed", None, Some(group)),
            LedgerCause::Rebuilt => ("rebuilt", None, None),
            LedgerCause::Added(group) => ("added", None, Some(group)),
        };
        let delta = line.delta;
        Self { cause, delta, finding, group: group.map(messages().group), group_value: group }
    }
}

impl<'a> FollowedDocument<'a> {
    fn of(followed: &'a Followed) -> Self {
        let Followed { finding, outcome, saved, shared, remains, moved, added, found_after } = followed;
        Self {
            finding: FindingDocument::of(finding),
            outcome: *outcome,
            saved_bytes: *saved,
            shared_bytes: *shared,
            remains_bytes: *remains,
            moved_bytes: *moved,
            added_bytes: *added,
            found_after_bytes: *found_after,
        }
    }
}

impl<'a> RegressionDocument<'a> {
    pub(crate) fn of(regression: &'a Regression) -> Self {
        let RegressionKind::NewFindings { findings, saving } = &regression.kind else {
            return Self::Other(regression);
        };
        Self::NewFindings {
            service: regression.service.as_deref(),
            kind: "new_findings",
            findings: findings.iter().map(NamedFindingDocument::of).collect(),
            saving_bytes: *saving,
        }
    }
}

impl<'a> ImprovementDocument<'a> {
    pub(crate) fn of(improvement: &'a Improvement) -> Self {
        let ImprovementKind::FixedFindings { findings, saved } = &improvement.kind else {
            return Self::Other(improvement);
        };
        Self::FixedFindings {
            service: improvement.service.as_deref(),
            kind: "fixed_findings",
            findings: findings.iter().map(FixedFindingDocument::of).collect(),
            saved_bytes: *saved,
        }
    }
}

impl<'a> FixedFindingDocument<'a> {
    fn of(fixed: &'a FixedFinding) -> Self {
        Self { finding: NamedFindingDocument::of(&fixed.finding), saved_bytes: fixed.saved }
    }
}

impl<'a> NamedFindingDocument<'a> {
    fn of(finding: &'a NamedFinding) -> Self {
        let NamedFinding { rule, headline, severity } = finding;
        Self {
            rule: *rule,
            title: (messages().headline)(headline),
            title_value: headline,
            severity: *severity,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn value(document: impl Serialize) -> Value {
        serde_json::to_value(document).unwrap()
    }

    #[test]
    fn a_text_stands_beside_its_values() {
        let evidence = Evidence {
            subject: Subject::Path { path: "a/b".into() },
            bytes: Bytes(5),
            layer: Some(1),
            instruction: None,
            line: None,
            note: Some(Note::DeletedBy { layer: 2 }),
        };
        let document = value(EvidenceDocument::of(&evidence));
        assert_eq!(document["subject"], "a/b");
        assert_eq!(document["subject_value"], json!({"kind": "path", "path": "a/b"}));
        assert_eq!(document["note"], "deleted by layer 2, but still stored");
        assert_eq!(document["note_value"], json!({"kind": "deleted_by", "layer": 2}));
    }

    #[test]
    fn a_regression_keeps_its_shape() {
        let finding =
            NamedFinding { rule: RuleId::LogFiles, headline: Headline::LogFiles, severity: Severity::Low };
        let kind = RegressionKind::NewFindings { findings: vec![finding], saving: Bytes(9) };
        let regression = Regression { service: Some("app".into()), kind };
        let expected = json!({
            "service": "app",
            "kind": "new_findings",
            "findings": [{
                "rule": "log-files",
                "title": "Build logs",
                "title_value": {"kind": "log_files"},
                "severity": "low",
            }],
            "saving_bytes": 9,
        });
        assert_eq!(value(RegressionDocument::of(&regression)), expected);
        let regression = Regression { service: None, kind: RegressionKind::CrashLoop };
        let expected = json!({"service": null, "kind": "crash_loop"});
        assert_eq!(value(RegressionDocument::of(&regression)), expected);
    }

    #[test]
    fn a_ledger_names_its_findings_and_groups() {
        let group = Group::Directory { path: "opt/d".into() };
        let ledger = Ledger {
            before: Bytes(20),
            after: Bytes(18),
            lines: vec![
                LedgerLine { cause: LedgerCause::Finding(1), delta: ByteDelta(-7) },
                LedgerLine { cause: LedgerCause::Added(group), delta: ByteDelta(5) },
            ],
        };
        let expected = json!({
            "before": 20,
            "after": 18,
            "delta": -2,
            "added_bytes": 5,
            "lines": [
                {"cause": "finding", "delta": -7, "finding": 1, "group": null, "group_value": null},
                {
                    "cause": "added",
                    "delta": 5,
                    "finding": null,
                    "group": "files in /opt/d",
                    "group_value": {"kind": "directory", "path": "opt/d"},
                },
            ],
        });
        assert_eq!(value(LedgerDocument::of(&ledger)), expected);
    }
}
