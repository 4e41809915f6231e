//! Pods, and what makes pods: limits and requests of their containers.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{Command, Limits, PlanFormat, PlannedService, Probe, UnreadLimit};
use serde_json::Value;

use super::container::strings;
use crate::memory::json::{self, field, owned, text};
use crate::memory::labels::workload_of_pod;
use crate::memory::reader::{Reader, Recognition};
use crate::memory::units;

/// Whether a value is an object of Kubernetes.
pub(crate) fn is_spec(value: &Value) -> bool {
    text(value, "apiVersion").is_some() && text(value, "kind").is_some()
}

/// How deep a list may hold lists.
const MAX_DEPTH: u32 = 4;

pub(crate) fn read(reader: &mut Reader, objects: &[Value]) -> Recognition {
    reader.input.format = "Kubernetes objects";
    objects.iter().for_each(|object| add(reader, object, MAX_DEPTH));
    if reader.input.planned.is_empty() {
        return Recognition::No("objects of Kubernetes without containers");
    }
    Recognition::Yes
}

fn add(reader: &mut Reader, object: &Value, depth: u32) {
    if let Some(items) = object.get("items").and_then(Value::as_array) {
        match depth.checked_sub(1) {
            Some(depth) => items.iter().for_each(|item| add(reader, item, depth)),
            None => reader.warn(None, "lists inside lists inside lists"),
        }
        return;
    }
    let pod = match text(object, "kind").unwrap_or_default() {
        "Pod" => object.get("spec"),
        "CronJob" => object.pointer("/spec/jobTemplate/spec/template/spec"),
        _ => object.pointer("/spec/template/spec"),
    };
    let Some(containers) = pod.and_then(|pod| pod.get("containers")?.as_array()) else { return };
    let metadata = object.get("metadata").unwrap_or(&Value::Null);
    let name = text(metadata, "name").or_else(|| text(metadata, "generateName")).unwrap_or("pod");
    let is_pod = text(object, "kind") == Some("Pod");
    let workload = if is_pod { workload_of_pod(name) } else { name };
    let restart = pod.and_then(|pod| owned(pod, "restartPolicy"));
    for container in containers {
        let own = text(container, "name").unwrap_or("container");
        let service = if containers.len() == 1 || own == workload {
            workload.to_owned()
        } else {
            format!("{workload}/{own}")
        };
        for limit in ["/resources/limits/memory", "/resources/requests/memory"] {
            if container.pointer(limit).is_some_and(|value| !value.is_null() && memory(Some(value)).is_none())
            {
                reader.warn(
                    None,
                    &format!("`{service}`: `{}` is not a quantity", &limit[1..].replace('/', ".")),
                );
            }
        }
        let env = container.get("env").and_then(Value::as_array).into_iter().flatten();
        let words = |name: &str| strings(container.get(name).and_then(Value::as_array));
        let command = words("command").chain(words("args"));
        let planned = PlannedService {
            name: service,
            project: owned(metadata, "namespace"),
            file: reader.input.file.clone(),
            format: PlanFormat::Kubernetes,
            image: owned(container, "image"),
            limits: limits(container),
            replicas: object.pointer("/spec/replicas").and_then(json::number),
            health_check: ["readinessProbe", "livenessProbe"]
                .iter()
                .find_map(|name| probe(container.get(name)?)),
            restart: restart
                .clone()
                .map(|name| plimsoll_snapshot::runtime::RestartPolicy { name, max_retries: None }),
            entrypoint_words: u32::try_from(words("command").count()).ok(),
            command: Some(Command(json::command(command))).filter(|command| !command.0.is_empty()),
            env_names: json::env_names(env.filter_map(|entry| text(entry, "name"))),
            ..PlannedService::default()
        };
        reader.input.planned.push((planned, None));
    }
}

fn memory(value: Option<&Value>) -> Option<Bytes> {
    match value? {
        Value::String(text) => units::quantity(text).map(Bytes),
        value => json::number(value).map(Bytes),
    }
}

fn limits(container: &Value) -> Limits {
    let at = |pointer: &str| container.pointer(pointer);
    let cpu = |pointer| match at(pointer)? {
        Value::String(text) => units::cpu_quantity(text),
        value => units::whole(value.as_f64()? * 1000.0),
    };
    let is_unread =
        |pointer: &str| memory(at(pointer)).is_none() && at(pointer).is_some_and(|value| !value.is_null());
    let unread = [
        (UnreadLimit::Memory, "/resources/limits/memory"),
        (UnreadLimit::Reservation, "/resources/requests/memory"),
    ];
    Limits {
        memory: memory(at("/resources/limits/memory")),
        reservation: memory(at("/resources/requests/memory")),
        cpu_millis: cpu("/resources/limits/cpu"),
        cpu_reservation_millis: cpu("/resources/requests/cpu"),
        unread: unread.into_iter().filter(|(_, at)| is_unread(at)).map(|(limit, _)| limit).collect(),
        ..Limits::default()
    }
}

fn probe(value: &Value) -> Option<Probe> {
    let seconds = |name| field(value, name).map(|seconds| seconds.saturating_mul(1000));
    let command = value.pointer("/exec/command").and_then(Value::as_array);
    let test = match command {
        Some(command) => {
            std::iter::once("CMD".to_owned()).chain(json::command(strings(Some(command)))).collect()
        }
        None if value.get("httpGet").is_some() => {
            vec![
                "HTTP".to_owned(),
                value.pointer("/httpGet/path").and_then(Value::as_str).unwrap_or("/").to_owned(),
            ]
        }
        None if value.get("tcpSocket").is_some() => vec!["TCP".to_owned()],
        None if value.get("grpc").is_some() => vec!["GRPC".to_owned()],
        None => return None,
    };
    Some(Probe {
        test,
        interval_ms: seconds("periodSeconds"),
        timeout_ms: seconds("timeoutSeconds"),
        start_period_ms: seconds("initialDelaySeconds"),
        start_interval_ms: None,
        retries: field(value, "failureThreshold"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{RuntimeBuilder, Surroundings};

    #[test]
    fn pods_belong_to_workloads() {
        for (pod, workload) in [
            ("backend-7d9c4b5f6-xk2vz", "backend"),
            ("api-gateway-5c6b8d9f7c-2zqwx", "api-gateway"),
            ("postgres-0", "postgres"),
            ("fluentd-xk2vz", "fluentd"),
            ("web", "web"),
            ("my-backend", "my-backend"),
        ] {
            assert_eq!(workload_of_pod(pod), workload);
        }
    }

    #[test]
    fn limits_have_units_of_their_own() {
        let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  replicas: 3\n  template:\n    spec:\n      \
                    containers:\n      - name: app\n        image: web:1\n        env: [{name: KEY, value: s3cret}]\n        resources:\n          limits: {memory: 512m, cpu: 500m}\n          \
                    requests: {memory: 256Mi, cpu: 0.25}\n";
        let input = crate::memory::read("web.yaml", text.as_bytes(), &Surroundings::NONE).unwrap();
        let mut builder = RuntimeBuilder::new();
        builder.add(input);
        let planned = &builder.finish().planned[0];
        assert_eq!((planned.name.as_str(), planned.replicas), ("web", Some(3)));
        assert_eq!(
            (planned.limits.memory, planned.limits.reservation),
            (Some(Bytes(1)), Some(Bytes(256 << 20)))
        );
        assert_eq!(
            (planned.limits.cpu_millis, planned.limits.cpu_reservation_millis),
            (Some(500), Some(250))
        );
        assert_eq!(planned.env_names, ["KEY"]);
        let unknown = text.replace("memory: 512m", "memory: 2GB");
        let mut input = crate::memory::read("web.yaml", unknown.as_bytes(), &Surroundings::NONE).unwrap();
        let (planned, _) = input.planned.remove(0);
        assert_eq!((planned.limits.memory, planned.limits.unread.len(), input.warnings.len()), (None, 1, 1));
    }
}
