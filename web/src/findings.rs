//! The findings of a service, and what became of earlier ones. No document here.

use plimsoll_analysis::findings::{Advice, Check, Finding, Followed, Outcome, RULES, ServiceProgress};
use plimsoll_snapshot::{Order as _, Snapshot};

/// The findings of a service.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judged<'a> {
    /// In the image after.
    pub(crate) advice: &'a Advice,
    /// What became of those in the image before, if there is one.
    pub(crate) progress: Option<&'a ServiceProgress>,
}

impl<'a> Judged<'a> {
    /// Whether a finding came with the image after.
    pub(crate) fn is_new(&self, finding: &Finding) -> bool {
        self.progress.is_some_and(|progress| progress.new.contains(finding))
    }

    /// The findings before of which something is done, the largest saving first.
    pub(crate) fn done(&self) -> Vec<&'a Followed> {
        let followed = self.progress.iter().flat_map(|progress| &progress.findings);
        let mut done: Vec<_> = followed.filter(|followed| followed.outcome != Outcome::Open).collect();
        done.order_by_key(|followed| std::cmp::Reverse(followed.saved));
        done
    }
}

/// What the rules find in all services after together.
pub(crate) fn stack(snapshot: &Snapshot) -> Vec<Finding> {
    let checks = RULES.iter().filter_map(|rule| match rule.check {
        Check::Stack(check) => Some(check),
        Check::Image(_) => None,
    });
    checks.flat_map(|check| check(snapshot)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plimsoll_analysis::findings::{Confidence, Headline, Identity, Ledger, RuleId, Severity};
    use plimsoll_snapshot::Bytes;

    use super::*;

    fn finding(rule: RuleId, headline: Headline, saving: u64) -> Finding {
        Finding {
            rule,
            service: "app".into(),
            headline,
            severity: Severity::Low,
            confidence: Confidence::High,
            saving: Bytes(saving),
            evidence: Vec::new(),
            evidence_count: 0,
            fixes: Vec::new(),
            left_out: Vec::new(),
            inodes: Arc::default(),
            parts: Arc::default(),
            identity: Identity::default(),
        }
    }

    #[test]
    fn what_was_found_before_is_done_or_open_and_the_rest_is_new() {
        let followed = |rule, headline, outcome, saved| Followed {
            finding: finding(rule, headline, 9),
            outcome,
            saved: Bytes(saved),
            shared: Bytes::ZERO,
            remains: Bytes(9 - saved),
            moved: Bytes::ZERO,
            added: Bytes::ZERO,
            found_after: Bytes::ZERO,
        };
        let advice = Advice {
            service: "app".into(),
            findings: vec![
                finding(RuleId::Locales, Headline::Locales, 9),
                finding(RuleId::Secrets, Headline::Secrets, 0),
            ],
            accepted: Vec::new(),
            more: 0,
            size_bytes: Bytes(100),
            saving: Bytes(9),
            possible_saving: Bytes(9),
        };
        let progress = ServiceProgress {
            service: "app".into(),
            predicted: Bytes(27),
            saved: Bytes(13),
            ledger: Ledger::default(),
            findings: vec![
                followed(RuleId::Locales, Headline::Locales, Outcome::Open, 0),
                followed(RuleId::Bytecode, Headline::Bytecode, Outcome::Part, 4),
                followed(RuleId::LogFiles, Headline::LogFiles, Outcome::Done, 9),
            ],
            new: vec![finding(RuleId::Secrets, Headline::Secrets, 0)],
            known: Vec::new(),
            accepted: Vec::new(),
        };
        let judged = Judged { advice: &advice, progress: Some(&progress) };
        let done: Vec<_> = judged.done().iter().map(|followed| followed.finding.rule).collect();
        assert_eq!(done, [RuleId::LogFiles, RuleId::Bytecode]);
        let new: Vec<_> = judged.advice.findings.iter().map(|finding| judged.is_new(finding)).collect();
        assert_eq!(new, [false, true]);
    }
}
