//! What is demanded, as the file says it and as the reader has changed it in the page; and the verdict on that.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_analysis::compare::{Comparison, ServiceTrees};
use plimsoll_analysis::targets::{Evidence, Judgement, Level, Outcome, Status, read};
use plimsoll_snapshot::{Bundle, Order as _, Snapshot};
use serde_json::{Map, Value, json};

use crate::running::Running;

/// Targets that were changed in the page, each by [`key`], with what was typed.
pub(crate) type Edits = BTreeMap<String, String>;

/// What a report is judged by.
pub(crate) struct Judging {
    document: Value,
    /// Whether the targets are the reader's own: else they are what can be demanded of any stack.
    pub(crate) is_given: bool,
    evidence: Evidence<'static>,
}

impl Judging {
    /// Nothing where there is nothing to judge.
    pub(crate) fn of(
        bundle: &'static Bundle,
        comparison: &Arc<Comparison>,
        trees: &[ServiceTrees<'static>],
        running: &Running,
    ) -> Option<Self> {
        let has_runtime = bundle.after.runtime.is_some();
        let (document, is_given) = match &bundle.targets {
            Some(document) => (document.clone(), true),
            None if has_runtime => (of_any_stack(), false),
            None => return None,
        };
        // A document that cannot be read demands nothing: it was read before it was written.
        read(&document).ok()?;
        let is_there = |side: &Snapshot| !side.services.is_empty() || side.runtime.is_some();
        let before = Some(&bundle.before).filter(|side| is_there(side));
        let memory = running.memory.each_ref().map(Option::as_ref);
        let evidence = Evidence::of_compared(before, &bundle.after, comparison, trees, memory);
        Some(Self { document, is_given, evidence })
    }

    /// The verdict. What was typed and cannot be read leaves the target as it was.
    pub(crate) fn judge(&self, edits: &Edits) -> Judgement {
        let document = edits.iter().fold(self.document.clone(), |document, (key, value)| {
            with(&document, key, value).filter(|changed| read(changed).is_ok()).unwrap_or(document)
        });
        let targets = read(&document).unwrap_or_default();
        self.evidence.judge(&targets, &BTreeMap::new())
    }

    /// Whether a value can stand for a target.
    pub(crate) fn accepts(&self, key: &str, value: &str) -> bool {
        with(&self.document, key, value).is_some_and(|changed| read(&changed).is_ok())
    }
}

/// What can be demanded of any stack that runs.
fn of_any_stack() -> Value {
    let each =
        json!({ "runs": true, "healthy": true, "limit_respected": true, "no_oom": true, "logs": true });
    json!({ "stack": { "fits_host": true }, "services": { "*": each } })
}

/// Where a level of an outcome stands: `services.backend.size/minimum`.
pub(crate) fn key(outcome: &Outcome, level: Level) -> String {
    format!("{}/{}", outcome.id, if level == Level::Ideal { "ideal" } else { "minimum" })
}

/// A target file with one level of one target changed. A service that `"*"` covers gets its own target.
fn with(document: &Value, key: &str, value: &str) -> Option<Value> {
    let (id, level) = key.rsplit_once('/').filter(|(_, level)| ["minimum", "ideal"].contains(level))?;
    let (table, target) = id.rsplit_once('.')?;
    let mut document = document.clone();
    let root = document.as_object_mut()?;
    let levels = match table.strip_prefix("services.") {
        Some(service) => {
            let services = table_of(root, "services")?;
            let of_all = services.get("*").and_then(|all| all.get(target)).cloned();
            let own = table_of(services, service)?;
            let levels = own.get(target).cloned().or(of_all)?;
            changed(&levels, level, value).map(|changed| own.insert(target.to_owned(), changed))
        }
        None => {
            let table = root.get_mut(table)?.as_object_mut()?;
            let levels = table.get(target).cloned()?;
            changed(&levels, level, value).map(|changed| table.insert(target.to_owned(), changed))
        }
    };
    levels.map(|_| document)
}

fn table_of<'a>(parent: &'a mut Map<String, Value>, name: &str) -> Option<&'a mut Map<String, Value>> {
    parent.entry(name).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
}

/// Both levels of a target with one changed; a value alone is the minimum.
fn changed(levels: &Value, level: &str, value: &str) -> Option<Value> {
    let mut both = match levels {
        Value::Object(both) => both.clone(),
        Value::String(_) | Value::Number(_) => Map::from_iter([("minimum".to_owned(), levels.clone())]),
        _ => return None,
    };
    both.insert(level.to_owned(), Value::String(value.to_owned()));
    Some(Value::Object(both))
}

/// The outcomes in the order they are shown: what is missed, what is not known; and what is met.
pub(crate) fn sorted(outcomes: &[Outcome]) -> (Vec<&Outcome>, Vec<&Outcome>) {
    let (met, mut unmet): (Vec<&Outcome>, Vec<&Outcome>) =
        outcomes.iter().partition(|outcome| outcome.status == Status::Pass);
    // What has to be met comes before what would only be best.
    unmet.order_by_key(|outcome| (!outcome.required, outcome.status));
    (unmet, met)
}

#[cfg(test)]
mod tests {
    use plimsoll_report::targets::written;

    use super::*;
    use crate::report::Report;

    fn check(document: &Value, key: &str, value: &str, expected: &Value) {
        assert_eq!(with(document, key, value).as_ref(), Some(expected));
    }

    #[test]
    fn one_level_changes_and_the_other_stays() {
        check(
            &json!({ "stack": { "size": "3 GB" } }),
            "stack.size/ideal",
            "2 GB",
            &json!({ "stack": { "size": { "minimum": "3 GB", "ideal": "2 GB" } } }),
        );
        check(
            &json!({ "services": { "*": { "size": { "minimum": 5, "ideal": 4 } } } }),
            "services.web.app.size/minimum",
            "6",
            &json!({ "services": {
                "*": { "size": { "minimum": 5, "ideal": 4 } },
                "web.app": { "size": { "minimum": "6", "ideal": 4 } },
            } }),
        );
    }

    #[test]
    fn what_is_no_target_changes_nothing() {
        let document = json!({ "stack": { "fits_host": true }, "services": {} });
        for key in [
            "stack.fits_host/minimum",
            "stack.size/minimum",
            "services.a.size/minimum",
            "x",
            "",
            "a/b",
            "stack.size/most",
        ] {
            assert_eq!(with(&document, key, "5"), None, "{key}");
        }
    }

    #[test]
    fn an_edit_changes_the_verdict_and_nonsense_does_not() {
        let judging =
            Report::of(Bundle { targets: Some(json!({ "stack": { "size": "5 MB" } })), ..Bundle::default() })
                .judging()
                .unwrap();
        let demand = |value: &str| {
            let edits = Edits::from([("stack.size/minimum".to_owned(), value.to_owned())]);
            written(&judging.judge(&edits).outcomes[0].levels[0].demand)
        };
        assert_eq!(demand("7 MB"), "7.00 MB");
        assert_eq!(demand("much"), "5.00 MB");
        assert!(
            judging.accepts("stack.size/minimum", "~1 GiB") && !judging.accepts("stack.size/minimum", "much")
        );
        assert!(judging.is_given);
    }
}
