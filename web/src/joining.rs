//! Services that go by another name after: renamed, split or joined ones, which the reader pairs. No document here.

use std::cmp::Reverse;

use plimsoll_analysis::compare::{Comparison, ServiceComparison};
use plimsoll_snapshot::{Bytes, Order as _, Snapshot};

/// A service before and the one after that it is compared with, by their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Joint {
    pub(crate) before: String,
    pub(crate) after: String,
}

/// The most pairs that are offered.
const OFFERED: usize = 6;

/// Gives services before the names that they are compared under. A service that is split stands for each of its parts; what
/// was recorded of it goes to the first. What names no service, or one that has its pair already, changes nothing.
pub(crate) fn join(before: &mut Snapshot, after: &Snapshot, joints: &[Joint]) {
    let mut renamed: Vec<&str> = Vec::new();
    for joint in joints {
        let found = before.services.iter().find(|service| service.name == joint.before).cloned();
        let is_free =
            |snapshot: &Snapshot| !snapshot.services.iter().any(|service| service.name == joint.after);
        let Some(mut service) = found.filter(|_| is_free(before) && !is_free(after)) else { continue };
        service.name.clone_from(&joint.after);
        before.services.push(service);
        if !renamed.contains(&&*joint.before) {
            renamed.push(&joint.before);
            let runtime = before.runtime.iter_mut();
            for runtime in runtime {
                let containers =
                    runtime.containers.iter_mut().filter_map(|container| container.service.as_mut());
                let planned = runtime.planned.iter_mut().map(|planned| &mut planned.name);
                let names = containers.chain(planned).filter(|name| **name == joint.before);
                names.for_each(|name| name.clone_from(&joint.after));
            }
        }
    }
    before.services.retain(|service| !renamed.contains(&&*service.name));
}

/// The pairs of a service that is gone and one that is new, those with most layers in common first.
pub(crate) fn offers(comparison: &Comparison) -> Vec<Joint> {
    let gone = comparison.services.iter().filter(|service| service.after.is_none());
    let mut offers: Vec<(Bytes, u64, Joint)> = Vec::new();
    for old in gone {
        for new in comparison.services.iter().filter(|service| service.before.is_none()) {
            let joint = Joint { before: old.name.clone(), after: new.name.clone() };
            offers.push((shared(old, new), old.size.before.0.abs_diff(new.size.after.0), joint));
        }
    }
    offers.order_by_key(|&(shared, distance, _)| (Reverse(shared), distance));
    offers.into_iter().take(OFFERED).map(|(.., joint)| joint).collect()
}

/// The bytes of the layers that both have.
fn shared(old: &ServiceComparison, new: &ServiceComparison) -> Bytes {
    let layers = old.before.iter().flat_map(|image| image.layers.iter());
    let has = |diff_id| {
        new.after.iter().flat_map(|image| image.layers.iter()).any(|layer| &layer.diff_id == diff_id)
    };
    layers.filter(|layer| has(&layer.diff_id)).map(|layer| layer.file_bytes).sum()
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::Service;

    use super::*;

    fn snapshot(names: &[&str]) -> Snapshot {
        let service =
            |(image, name): (usize, &&str)| Service { name: (*name).to_owned(), image, build: None };
        Snapshot { services: names.iter().enumerate().map(service).collect(), ..Snapshot::default() }
    }

    #[test]
    fn services_are_renamed_split_and_joined() {
        let check = |before: &[&str], after: &[&str], joints: &[[&str; 2]], expected: &[(&str, usize)]| {
            let mut before = snapshot(before);
            let joints: Vec<Joint> = joints
                .iter()
                .map(|[before, after]| Joint { before: (*before).to_owned(), after: (*after).to_owned() })
                .collect();
            join(&mut before, &snapshot(after), &joints);
            let names: Vec<_> = before.services.iter().map(|one| (one.name.as_str(), one.image)).collect();
            assert_eq!(names, expected, "{joints:?}");
        };
        check(&["app", "db"], &["backend", "db"], &[["app", "backend"]], &[("db", 1), ("backend", 0)]);
        check(&["app"], &["api", "web"], &[["app", "api"], ["app", "web"]], &[("api", 0), ("web", 0)]);
        check(&["a", "b"], &["one"], &[["a", "one"], ["b", "one"]], &[("b", 1), ("one", 0)]);
        check(&["app"], &["web"], &[["app", "nothing"], ["nothing", "web"]], &[("app", 0)]);
        check(&["app", "web"], &["web"], &[["app", "web"]], &[("app", 0), ("web", 1)]);
    }
}
