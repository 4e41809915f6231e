//! Which service a container runs, as its name says: the names that compose, Swarm and Kubernetes give.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::Order as _;
use plimsoll_snapshot::runtime::{Container, Runtime};

use super::labels::service_of_pod;

/// More parts than the name of a container has.
const MAX_PARTS: usize = 64;

/// What the names of a stack are read with: all of them, since what they share is the name of the project.
pub(super) struct Names<'a> {
    planned: BTreeSet<&'a str>,
    /// Which service a container of a fixed name runs.
    fixed: &'a BTreeMap<String, String>,
    prefixes: Vec<&'a str>,
}

/// A name, taken apart.
#[derive(Debug, PartialEq, Eq)]
enum Name<'a> {
    /// `project-service-1`, without its number.
    Compose(&'a str),
    /// `stack_service.1.ID`, without number and ID.
    Swarm(&'a str),
    /// `k8s_CONTAINER_POD_NAMESPACE_UID_0`.
    Pod {
        pod: &'a str,
        container: &'a str,
    },
    Other,
}

impl<'a> Names<'a> {
    pub(super) fn new(runtime: &'a Runtime, fixed: &'a BTreeMap<String, String>) -> Self {
        let numbered: Vec<&str> = runtime
            .containers
            .iter()
            .filter_map(|container| match Name::of(container.name.as_deref()?) {
                Name::Compose(stem) => Some(stem),
                _ => None,
            })
            .collect();
        let planned = runtime.planned.iter().map(|planned| planned.name.as_str()).collect();
        Self { planned, fixed, prefixes: common_prefixes(&numbered) }
    }

    /// The service of a container: as its labels say, else as its name does.
    pub(super) fn service(&self, container: &Container) -> Option<String> {
        if let Some(service) = &container.service {
            return Some(self.of_pod(service).to_owned());
        }
        let name = container.name.as_deref()?;
        if let Some(service) = self.fixed.get(name) {
            return Some(service.clone());
        }
        Some(match Name::of(name) {
            Name::Compose(stem) => self.of_compose(stem).to_owned(),
            Name::Swarm(stem) => self.of_swarm(stem).to_owned(),
            Name::Pod { pod, container } => self.of_pod(&service_of_pod(pod, container)).to_owned(),
            Name::Other => name.to_owned(),
        })
    }

    /// The part of a name that is planned, the longest first: `redis-cache` before `cache`.
    fn planned_in<'b>(&self, stem: &'b str, separators: &[char]) -> Option<&'b str> {
        let starts = stem.match_indices(separators).map(|(at, _)| at + 1);
        let mut parts = std::iter::once(0).chain(starts).take(MAX_PARTS).map(|at| &stem[at..]);
        parts.find(|part| self.planned.contains(part))
    }

    fn of_compose<'b>(&self, stem: &'b str) -> &'b str {
        if let Some(service) = self.planned_in(stem, &['-', '_']) {
            return service;
        }
        match self.prefixes.iter().find(|prefix| stem.starts_with(**prefix)) {
            Some(project) => &stem[project.len()..],
            None => stem.rsplit(['-', '_']).next().unwrap_or(stem),
        }
    }

    /// A stack stands in front of its services, with an underscore.
    fn of_swarm<'b>(&self, stem: &'b str) -> &'b str {
        let of_stack = || stem.split_once('_').map_or(stem, |(_, service)| service);
        self.planned_in(stem, &['_']).unwrap_or_else(of_stack)
    }

    /// A pod spec with one container plans the workload alone, whatever its container is called.
    fn of_pod<'b>(&self, service: &'b str) -> &'b str {
        match service.split_once('/') {
            Some((workload, _)) if !self.planned.contains(service) && self.planned.contains(workload) => {
                workload
            }
            _ => service,
        }
    }
}

impl<'a> Name<'a> {
    fn of(name: &'a str) -> Self {
        // No name of Kubernetes has an underscore or a slash.
        let parts: Vec<&str> = name.split('_').take(8).collect();
        if let ["k8s", container, pod, _namespace, _uid, _attempt]
        | ["k8s", container, pod, _namespace, _uid, _attempt, _] = parts[..]
        {
            return Self::Pod { pod, container };
        }
        if let Some(("", path)) = name.split_once("k8s://")
            && let [_namespace, pod, container] = path.split('/').collect::<Vec<_>>()[..]
        {
            return Self::Pod { pod, container };
        }
        if let Some(service) = without_task(name) {
            return Self::Swarm(service);
        }
        stem(name).map_or(Self::Other, Self::Compose)
    }
}

/// The name of a Swarm service: `web` of `web.1.u8q7zk2m3nfe5l1yt0wxd94cb`, or of `web.NODE.TASK` where it runs on each node.
fn without_task(name: &str) -> Option<&str> {
    let is_id = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let (rest, task) = name.rsplit_once('.')?;
    let (service, slot) = rest.rsplit_once('.')?;
    // Swarm's IDs have 25 digits; people cut them short.
    let is_task = task.trim_end_matches(['…', '.']).len() >= 6 && is_id(task.trim_end_matches('…'));
    let is_slot = !slot.is_empty() && slot.len() <= 6 && slot.bytes().all(|byte| byte.is_ascii_digit());
    let is_node = slot.len() == 25 && is_id(slot);
    (!service.is_empty() && is_task && (is_slot || is_node)).then_some(service)
}

/// The name that compose gives, without the number of the replica: `project-service` of `project-service-1`.
fn stem(name: &str) -> Option<&str> {
    let (stem, number) = name.rsplit_once(['-', '_'])?;
    let is_number =
        !number.is_empty() && number.len() <= 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(stem)
}

/// What at least two names have in common, up to a hyphen or an underscore; longest first.
fn common_prefixes<'a>(stems: &[&'a str]) -> Vec<&'a str> {
    let mut sorted: Vec<&str> = stems.to_vec();
    sorted.order();
    sorted.dedup();
    let mut prefixes: Vec<&str> = sorted
        .windows(2)
        .filter_map(|pair| {
            let common =
                pair[0].bytes().zip(pair[1].bytes()).take_while(|(left, right)| left == right).count();
            let end = pair[0].as_bytes()[..common].iter().rposition(|byte| b"-_".contains(byte))?;
            Some(&pair[0][..=end])
        })
        .collect();
    prefixes.order_by_key(|prefix| (std::cmp::Reverse(prefix.len()), *prefix));
    prefixes.dedup();
    /// More projects than anybody runs; each name is compared with all of them.
    const MAX: usize = 64;
    prefixes.truncate(MAX);
    prefixes
}

#[cfg(test)]
mod tests {
    use crate::memory::{RuntimeBuilder, Surroundings, read};

    fn services(names: &[&str], plan: &str) -> Vec<String> {
        let lines: Vec<_> = names
            .iter()
            .map(|name| {
                format!("{{\"Name\":\"{name}\",\"MemUsage\":\"1MiB / 2MiB\",\"Container\":\"{name}\"}}")
            })
            .collect();
        let plan = format!("services:\n{plan}  unused: {{}}\n");
        let mut builder = RuntimeBuilder::new();
        for (file, text) in [("stats", lines.join("\n")), ("compose.yml", plan)] {
            builder.add(read(file, text.as_bytes(), &Surroundings::NONE).unwrap());
        }
        builder.finish().containers.into_iter().filter_map(|container| container.service).collect()
    }

    #[test]
    fn services_are_found_by_the_names_compose_gives() {
        assert_eq!(services(&["agente_after-backend-1", "load"], "  backend: {}\n"), ["backend", "load"]);
        assert_eq!(services(&["my-app-a-b-1", "my-app-c-1"], ""), ["a-b", "c"]);
        assert_eq!(services(&["shop_web_1"], ""), ["web"]);
        assert_eq!(services(&["pg"], "  db: {container_name: pg}\n"), ["db"]);
        assert_eq!(services(&["app-redis-cache-1"], "  cache: {}\n  redis-cache: {}\n"), ["redis-cache"]);
    }

    #[test]
    fn services_are_found_by_the_names_swarm_gives() {
        let task = "u8q7zk2m3nfe5l1yt0wxd94cb";
        assert_eq!(services(&[&format!("web.1.{task}")], ""), ["web"]);
        assert_eq!(services(&[&format!("my-api.12.{task}")], ""), ["my-api"]);
        assert_eq!(services(&[&format!("shop_web_api.1.{task}")], ""), ["web_api"]);
        assert_eq!(services(&[&format!("a_b_web.1.{task}")], "  web: {}\n"), ["web"]);
        assert_eq!(services(&[&format!("agent.{task}.{task}")], ""), ["agent"]);
        assert_eq!(services(&["web.1.abc123"], ""), ["web"]);
        assert_eq!(services(&["web.v1.2"], ""), ["web.v1.2"]);
    }

    #[test]
    fn services_are_found_by_the_names_kubernetes_gives() {
        let uid = "6f1a8d1e-9c44-4b4e-8f0e-2d8f5b7d8c1a";
        let app = format!("k8s_app_web-7d9c4b5f6-xk2vz_shop_{uid}_0");
        let pause = format!("k8s_POD_web-7d9c4b5f6-xk2vz_shop_{uid}_0");
        assert_eq!(services(&[&app, &pause], ""), ["web/app"]);
        assert_eq!(services(&[&app], "  web: {}\n"), ["web"]);
        assert_eq!(services(&[&format!("k8s_web_web-7d9c4b5f6-xk2vz_shop_{uid}_12")], ""), ["web"]);
        assert_eq!(services(&[&format!("k8s_postgres_postgres-0_shop_{uid}_3")], ""), ["postgres"]);
        assert_eq!(services(&["k8s_app_pod_ns_uid_0"], ""), ["pod/app"]);
        assert_eq!(services(&["k8s://shop/web-7d9c4b5f6-xk2vz/app"], ""), ["web/app"]);
    }
}
