//! What a target names and nothing has: a service, or a state before. Such a target can never be judged, which is a mistake
//! in the file or in the call. Absent evidence is another matter: it makes a target unknown.

use std::collections::BTreeSet;

use plimsoll_snapshot::{Snapshot, filled};

use super::file::{ServiceTargets, Targets};
use super::input::Side;
use super::judge::Evidence;

/// Why targets cannot be judged, whatever the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nameless {
    /// `[services.NAME]` is no service of the snapshot. `known` are all there are.
    Service {
        /// The name in the target file.
        name: String,
        /// The services of the snapshot.
        known: Vec<String>,
    },
    /// `[services."*"]` holds for nothing: the snapshot has no service at all.
    NoService,
    /// Targets compare with before, and no snapshot from before was given.
    NoBefore {
        /// The targets, as they stand in the file.
        targets: Vec<String>,
    },
    /// A service that is compared with before was not there before, under this name.
    ServiceBefore {
        /// The name in the target file.
        name: String,
        /// The services that exist before.
        known: Vec<String>,
    },
    /// No service of the snapshot was there before, under any name.
    NothingShared {
        /// The services that exist before.
        before: Vec<String>,
        /// The services that exist after.
        after: Vec<String>,
    },
}

impl Evidence<'_> {
    /// What the targets name and nothing has.
    #[must_use]
    pub fn nameless(&self, targets: &Targets) -> Vec<Nameless> {
        let after = names(&self.after);
        let mut found = Vec::new();
        let own = || targets.services.iter().filter(|(name, _)| *name != "*");
        for (name, _) in own().filter(|(name, _)| !after.contains(name.as_str())) {
            found.push(Nameless::Service { name: name.clone(), known: owned(&after) });
        }
        if after.is_empty() && targets.services.contains_key("*") {
            found.push(Nameless::NoService);
        }
        let compared = comparing(targets);
        match &self.before {
            None if !compared.is_empty() => found.push(Nameless::NoBefore { targets: compared }),
            None => {}
            Some((_, side)) => {
                let before = names(side);
                let is_lost =
                    |name: &String| after.contains(name.as_str()) && !before.contains(name.as_str());
                let lost = own().filter(|(name, targets)| !compares(targets).is_empty() && is_lost(name));
                found.extend(
                    lost.map(|(name, _)| Nameless::ServiceBefore {
                        name: name.clone(),
                        known: owned(&before),
                    }),
                );
                let all_lost = !after.is_empty() && !before.is_empty() && after.is_disjoint(&before);
                if found.is_empty() && all_lost && !compared.is_empty() {
                    found.push(Nameless::NothingShared { before: owned(&before), after: owned(&after) });
                }
            }
        }
        found
    }
}

/// The names of the services of a snapshot: those of images, and those of what runs or was planned.
#[must_use]
pub fn service_names(snapshot: &Snapshot) -> Vec<String> {
    owned(&names(&Side::of(snapshot)))
}

fn names<'a>(side: &'a Side<'_>) -> BTreeSet<&'a str> {
    let images = side.inspection.images.iter().map(|image| image.service.as_str());
    let running = side.memory.iter().flat_map(|memory| &memory.services);
    filled(images.chain(running.map(|service| service.name.as_str())))
}

fn owned(names: &BTreeSet<&str>) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The targets that compare with before.
fn comparing(targets: &Targets) -> Vec<String> {
    let stack = &targets.stack;
    let of_stack = [
        ("stack.reduction", stack.reduction.is_some()),
        ("stack.reduction_sum", stack.reduction_sum.is_some()),
        ("stack.growth", stack.growth.is_some()),
    ];
    // What the server cost before may stand in the file.
    let cost = targets.cost.as_ref().is_some_and(|cost| cost.reduction.is_some() && cost.before.is_none());
    let given = of_stack.into_iter().chain([("cost.reduction", cost)]).filter(|(_, is_given)| *is_given);
    let of_services = targets.services.iter().flat_map(|(name, targets)| {
        compares(targets).into_iter().map(move |key| format!("services.{name}.{key}"))
    });
    given.map(|(key, _)| key.to_owned()).chain(of_services).collect()
}

/// The keys of a service that compare with before.
fn compares(targets: &ServiceTargets) -> Vec<&'static str> {
    let keys = [
        ("reduction", targets.reduction.is_some()),
        ("growth", targets.growth.is_some()),
        ("own_growth", targets.own_growth.is_some()),
        ("layer_growth", targets.layer_growth.is_some()),
    ];
    keys.into_iter().filter(|(_, is_given)| *is_given).map(|(key, _)| key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::parse;
    use crate::testing::snapshot;

    fn check(targets: &str, before: Option<&Snapshot>, after: &Snapshot, expected: &[Nameless]) {
        let found = Evidence::of(before, after).nameless(&parse(targets).unwrap());
        assert_eq!(found, expected, "{targets}");
    }

    #[test]
    fn a_name_that_nothing_has_is_found() {
        let (app, web) = (snapshot("app", &["f a 1"]), snapshot("web", &["f a 1"]));
        let names = |name: &str| vec![name.to_owned()];
        let unknown = Nameless::Service { name: "api".into(), known: names("app") };
        check("[services.api]\nsize = 5", None, &app, &[unknown]);
        check("[services.app]\nsize = 5\n[services.'*']\nhidden = 0", None, &app, &[]);
        check("[services.'*']\nsize = 5", None, &Snapshot::default(), &[Nameless::NoService]);
        let growth = "[services.app]\ngrowth = 5";
        let lost = Nameless::ServiceBefore { name: "app".into(), known: names("web") };
        check(growth, Some(&web), &app, &[lost]);
        check(growth, Some(&app), &app, &[]);
        let nothing = Nameless::NothingShared { before: names("web"), after: names("app") };
        check("[services.'*']\ngrowth = 5", Some(&web), &app, &[nothing]);
    }

    #[test]
    fn what_compares_with_before_needs_a_before() {
        let app = snapshot("app", &["f a 1"]);
        for (targets, key) in [
            ("[stack]\ngrowth = 5", "stack.growth"),
            ("[stack]\nreduction = 5", "stack.reduction"),
            ("[stack]\nreduction_sum = 5", "stack.reduction_sum"),
            ("[services.'*']\nlayer_growth = 5", "services.*.layer_growth"),
            ("[services.app]\nreduction = 5", "services.app.reduction"),
            ("[cost]\nreduction = 5\nprice_per_gib = 1", "cost.reduction"),
        ] {
            check(targets, None, &app, &[Nameless::NoBefore { targets: vec![key.to_owned()] }]);
        }
        check("[cost]\nreduction = 5\nprice_per_gib = 1\nbefore = '8 GB'", None, &app, &[]);
    }
}
