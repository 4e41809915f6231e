//! What the rules find in a service, and what became of what they found before. No document here.

use plimsoll_analysis::compare::ServiceTrees;
use plimsoll_analysis::findings::{
    Advice, Check, Finding, Followed, Input, Outcome, RULES, Rule, ServiceProgress, advise, follow,
};
use plimsoll_snapshot::{Bundle, Snapshot};

use crate::state::Report;

/// The findings of a service.
#[derive(Debug)]
pub(crate) struct Judged {
    /// In the image after.
    pub(crate) advice: Advice,
    /// What became of those in the image before, if there is one.
    pub(crate) progress: Option<ServiceProgress>,
}

impl Judged {
    /// Whether a finding came with the image after.
    pub(crate) fn is_new(&self, finding: &Finding) -> bool {
        self.progress.as_ref().is_some_and(|progress| progress.new.iter().any(|new| new.rule == finding.rule))
    }

    /// The findings before of which something is done, the largest saving first.
    pub(crate) fn done(&self) -> Vec<&Followed> {
        let followed = self.progress.iter().flat_map(|progress| &progress.findings);
        let mut done: Vec<_> = followed.filter(|followed| followed.outcome != Outcome::Open).collect();
        done.sort_by_key(|followed| std::cmp::Reverse(followed.saved));
        done
    }
}

/// Checks a service by all rules; `None` if it is not there after.
pub(crate) fn judge(bundle: &Bundle, name: &str, trees: &ServiceTrees<'_>) -> Option<Judged> {
    let rules: Vec<&Rule> = RULES.iter().collect();
    let new = after(&bundle.after, name, trees)?;
    let advice = advise(&new, &rules);
    let progress =
        before(&bundle.before, name, trees).map(|old| follow(&old, &advise(&old, &rules), &new, &advice));
    Some(Judged { advice, progress })
}

/// What the rules find in all services after together.
pub(crate) fn stack(report: &Report) -> Vec<Finding> {
    let services = report.comparison.services.iter().zip(&report.trees);
    let inputs: Vec<Input<'_>> =
        services.filter_map(|(service, trees)| after(&report.bundle.after, &service.name, trees)).collect();
    let checks = RULES.iter().filter_map(|rule| match rule.check {
        Check::Stack(check) => Some(check),
        Check::Image(_) => None,
    });
    checks.flat_map(|check| check(&inputs)).collect()
}

/// The rule of a finding.
pub(crate) fn rule(finding: &Finding) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == finding.rule)
}

fn before<'a>(snapshot: &'a Snapshot, name: &str, trees: &'a ServiceTrees<'_>) -> Option<Input<'a>> {
    let service = snapshot.services.iter().find(|service| service.name == name)?;
    Some(Input::new(snapshot, service, trees.before.as_ref()?, trees.packages_before.as_ref()?))
}

fn after<'a>(snapshot: &'a Snapshot, name: &str, trees: &'a ServiceTrees<'_>) -> Option<Input<'a>> {
    let service = snapshot.services.iter().find(|service| service.name == name)?;
    Some(Input::new(snapshot, service, trees.after.as_ref()?, trees.packages_after.as_ref()?))
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::compare::service_trees;
    use plimsoll_snapshot::Bytes;

    use super::*;
    use crate::tree::testing::snapshot;

    fn judged(before: &[(&str, u64)], after: &[(&str, u64)]) -> Judged {
        let bundle = Bundle { before: snapshot(before), after: snapshot(after) };
        judge(&bundle, "app", &service_trees(&bundle.before, &bundle.after, "app")).unwrap()
    }

    #[test]
    fn what_is_gone_is_done_and_what_came_is_new() {
        let (log, git) = (("var/log/make.log", 5_000_000), ("app/.git/objects/pack", 4_000_000));
        let gone = judged(&[log, ("a", 1)], &[("a", 1)]);
        let done = gone.done();
        assert_eq!(
            (done[0].finding.rule, done[0].outcome, done[0].saved),
            ("log-files", Outcome::Done, Bytes(5_000_000))
        );
        let came = judged(&[("a", 1)], &[("a", 1), git]);
        assert!(came.done().is_empty());
        let finding =
            came.advice.findings.iter().find(|finding| finding.rule == "context-leftovers").unwrap();
        assert!(came.is_new(finding) && rule(finding).is_some());
        let same = judged(&[log], &[log]);
        assert!(!same.is_new(&same.advice.findings[0]) && same.done().is_empty());
    }
}
