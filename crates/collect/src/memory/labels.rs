//! Which service a container runs, as its labels say: those of compose, Swarm and Kubernetes.

use serde_json::Value;

use super::json::{owned, text};

/// What labels say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Labelled {
    pub(crate) service: Option<String>,
    /// The project of compose, the stack of Swarm, the namespace of Kubernetes.
    pub(crate) project: Option<String>,
}

/// Reads labels, or the attributes of an event, which hold them.
pub(crate) fn of(labels: &Value) -> Labelled {
    let first = |names: [&str; 2]| names.iter().find_map(|name| owned(labels, name));
    let service = first(["com.docker.compose.service", "io.podman.compose.service"]);
    let project = first(["com.docker.compose.project", "io.podman.compose.project"]);
    if service.is_some() {
        return Labelled { service, project };
    }
    if let Some(service) = text(labels, "com.docker.swarm.service.name") {
        let stack = text(labels, "com.docker.stack.namespace");
        let own = stack.and_then(|stack| service.strip_prefix(stack)?.strip_prefix('_'));
        let service = own.unwrap_or(service).to_owned();
        return Labelled { service: Some(service), project: stack.map(ToOwned::to_owned).or(project) };
    }
    let (pod, container) =
        (text(labels, "io.kubernetes.pod.name"), text(labels, "io.kubernetes.container.name"));
    if let (Some(pod), Some(container)) = (pod, container) {
        let service = service_of_pod(pod, container);
        return Labelled { service: Some(service), project: owned(labels, "io.kubernetes.pod.namespace") };
    }
    Labelled { service, project }
}

/// The service of a container in a pod: the workload, and the container where it is called otherwise.
pub(crate) fn service_of_pod(pod: &str, container: &str) -> String {
    let workload = workload_of_pod(pod);
    if container == workload { workload.to_owned() } else { format!("{workload}/{container}") }
}

/// Whether it is the container that holds the namespaces of a pod, and runs nothing.
pub(crate) fn is_pause(name: &str) -> bool {
    name.trim_start_matches('/').starts_with("k8s_POD_")
}

/// `backend-7d9c4b5f6-abcde` and `postgres-0` are pods of `backend` and of `postgres`.
pub(crate) fn workload_of_pod(pod: &str) -> &str {
    // Kubernetes makes these names without vowels and without 0, 1 and 3 (apimachinery, `rand.SafeEncodeString`).
    let is_random = |word: &str| word.bytes().all(|byte| b"bcdfghjklmnpqrstvwxz2456789".contains(&byte));
    let Some((rest, last)) = pod.trim_end_matches('-').rsplit_once('-') else {
        return pod.trim_end_matches('-');
    };
    if !last.is_empty() && last.len() <= 4 && last.bytes().all(|byte| byte.is_ascii_digit()) {
        return rest;
    }
    if last.len() != 5 || !is_random(last) {
        return pod;
    }
    match rest.rsplit_once('-') {
        Some((workload, hash)) if (6..=10).contains(&hash.len()) && is_random(hash) => workload,
        _ => rest,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(labels: &Value, service: &str, project: &str) {
        let found = of(labels);
        assert_eq!((found.service.as_deref(), found.project.as_deref()), (Some(service), Some(project)));
    }

    #[test]
    fn labels_of_every_orchestrator_are_read() {
        check(
            &json!({"com.docker.compose.service": "web", "com.docker.compose.project": "shop"}),
            "web",
            "shop",
        );
        check(
            &json!({"com.docker.swarm.service.name": "shop_web_api", "com.docker.stack.namespace": "shop"}),
            "web_api",
            "shop",
        );
        check(
            &json!({"io.kubernetes.container.name": "app", "io.kubernetes.pod.name": "web-7d9c4b5f6-xk2vz",
                "io.kubernetes.pod.namespace": "shop"}),
            "web/app",
            "shop",
        );
        assert_eq!(of(&json!({"com.docker.swarm.service.name": "web"})).service.as_deref(), Some("web"));
        assert_eq!(of(&json!({"a": "b"})), Labelled::default());
    }
}
