//! Compose files as they are written, and as `docker compose config` prints them. Only the keys named here are read.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use plimsoll_snapshot::runtime::{
    Command, Dependency, Limits, Logging, PlanFormat, PlannedService, Probe, RestartPolicy, UnreadLimit,
};
use plimsoll_snapshot::{Bytes, Order as _};
use serde_json::{Map, Value};

use super::container::{logging, strings, swap};
use super::interpolate::interpolate;
use super::json::{self, owned, text};
use super::{Found, Reader, Surroundings, units};

/// Whether a document is a compose file.
pub(crate) fn is_compose(value: &Value) -> bool {
    value.get("services").is_some_and(Value::is_object)
        || (value.get("services").is_none() && value.get("include").is_some_and(Value::is_array))
}

/// How many files and services may refer to one another in a row.
const MAX_DEPTH: u32 = 16;

pub(crate) fn read(reader: &mut Reader, document: &Value, surroundings: &Surroundings<'_>) -> Found {
    reader.input.format = "compose";
    let mut compose = Compose { reader, surroundings, documents: BTreeMap::new(), budget: 10_000 };
    let project = compose.scalar(document.get("name"), "name");
    compose.services(document, project.as_deref(), MAX_DEPTH);
    Found::Yes
}

struct Compose<'a, 'b> {
    reader: &'a mut Reader,
    surroundings: &'a Surroundings<'b>,
    /// The files that `extends` and `include` name, read once.
    documents: BTreeMap<String, Option<Rc<Value>>>,
    /// How often files and services may still refer to others: they can do so in ways that double.
    budget: u32,
}

impl Compose<'_, '_> {
    fn services(&mut self, document: &Value, project: Option<&str>, depth: u32) {
        let included = document.get("include").and_then(Value::as_array).into_iter().flatten();
        for include in included {
            let paths = match include.get("path").unwrap_or(include) {
                Value::Array(paths) => paths.iter().collect(),
                path => vec![path],
            };
            for path in paths.into_iter().filter_map(Value::as_str) {
                self.budget = self.budget.saturating_sub(1);
                match (self.document(path), depth.checked_sub(1).filter(|_| self.budget > 0)) {
                    (Some(included), Some(depth)) => self.services(&included, project, depth),
                    (None, _) => self.warn(&format!("`{path}` is included, and cannot be read")),
                    (_, None) => self.warn("files include each other in a circle"),
                }
            }
        }
        let services = document.get("services").and_then(Value::as_object).into_iter().flatten();
        for (name, service) in services {
            let service = self.extended(document, service, MAX_DEPTH);
            let planned = self.service(name, project, &service);
            let container = self.scalar(service.get("container_name"), "container_name");
            self.reader.input.planned.push((planned, container));
        }
    }

    fn warn(&mut self, reason: &str) {
        self.reader.warn(None, reason);
    }

    /// Another file, by the path that stands in this one.
    fn document(&mut self, path: &str) -> Option<Rc<Value>> {
        if let Some(known) = self.documents.get(path) {
            return known.clone();
        }
        let read = || {
            let bytes = (self.surroundings.file)(path)?;
            json::yaml(&super::text::decode(&bytes)).ok()?.into_iter().next().map(Rc::new)
        };
        let document = read();
        self.documents.insert(path.to_owned(), document.clone());
        document
    }

    /// The service with what it extends below it (compose-spec, 05-services.md, "extends").
    fn extended(&mut self, document: &Value, service: &Value, depth: u32) -> Value {
        let mut own = service.as_object().cloned().unwrap_or_default();
        let Some(extends) = own.remove("extends") else { return Value::Object(own) };
        let name = extends.as_str().or_else(|| text(&extends, "service")).unwrap_or_default();
        let file = text(&extends, "file");
        let other = file.map(|path| self.document(path));
        let place = match &other {
            None => Some(document),
            Some(other) => other.as_deref(),
        };
        let base = place.and_then(|place| place.get("services")?.get(name));
        self.budget = self.budget.saturating_sub(1);
        match (base, depth.checked_sub(1).filter(|_| self.budget > 0)) {
            (Some(base), Some(depth)) => {
                let base = self.extended(place.unwrap_or(document), base, depth);
                merge(base, Value::Object(own))
            }
            (Some(_), None) => {
                self.warn("services extend each other in a circle");
                Value::Object(own)
            }
            (None, _) => {
                let of = file.map(|file| format!(" of `{file}`")).unwrap_or_default();
                self.warn(&format!("service `{name}`{of} is extended, and cannot be read"));
                Value::Object(own)
            }
        }
    }

    fn service(&mut self, name: &str, project: Option<&str>, service: &Value) -> PlannedService {
        let deploy = service.get("deploy").unwrap_or(&Value::Null);
        let image = self.scalar(service.get("image"), &format!("{name}.image"));
        let replicas = deploy.get("replicas").or_else(|| service.get("scale"));
        let replicas = self.number(replicas, &format!("{name}.deploy.replicas"));
        PlannedService {
            name: name.to_owned(),
            project: project.map(ToOwned::to_owned),
            file: self.reader.input.file.clone(),
            format: PlanFormat::Compose,
            image: image.map(|image| crate::redact::credentials(&image).into_owned()),
            build: service.get("build").is_some_and(|build| !build.is_null()),
            limits: self.limits(name, service),
            replicas: replicas.and_then(|replicas| u64::try_from(replicas).ok()),
            health_check: service.get("healthcheck").and_then(|check| self.probe(name, check)),
            logging: service.get("logging").map(|value| self.logging(name, value)),
            restart: self.restart(service, deploy),
            entrypoint_words: u32::try_from(words(service, "entrypoint").len()).ok(),
            command: command(service),
            depends_on: dependencies(service.get("depends_on")),
            env_names: env_names(service.get("environment")),
            profiles: strings(service.get("profiles").and_then(Value::as_array)).collect(),
        }
    }

    /// Text or a number, with its variables replaced; none if it is absent or empty.
    fn scalar(&mut self, value: Option<&Value>, place: &str) -> Option<String> {
        let text = match value? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => return None,
        };
        let mut unset = Vec::new();
        // A variable whose name says that it is a secret stays one, wherever it is used.
        let variable = |name: &str| {
            let value = (self.surroundings.variable)(name)?;
            Some(crate::redact::value(name, &value))
        };
        let replaced = interpolate(&text, &variable, &mut unset);
        for name in unset {
            self.warn(&format!("`{place}`: variable `{name}` is not set, and taken for empty"));
        }
        match replaced {
            Ok(text) => {
                Some(crate::redact::credentials(text.trim()).into_owned()).filter(|text| !text.is_empty())
            }
            Err(reason) => {
                self.warn(&format!("`{place}`: {reason}"));
                None
            }
        }
    }

    fn parsed<T>(
        &mut self,
        value: Option<&Value>,
        place: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.scalar(value, place)?;
        let parsed = parse(&text);
        if parsed.is_none() {
            self.warn(&format!("`{place}` is not of a form that compose reads"));
        }
        parsed
    }

    fn number(&mut self, value: Option<&Value>, place: &str) -> Option<i64> {
        self.parsed(value, place, |text| text.parse().ok())
    }

    fn limits(&mut self, name: &str, service: &Value) -> Limits {
        let at = |pointer: &str| service.pointer(pointer);
        let place = |key: &str| format!("{name}.{key}");
        let mut unread = BTreeSet::new();
        let mut bytes = |key: &str, value: Option<&Value>, limit: Option<UnreadLimit>| {
            let text = self.scalar(value, &place(key))?;
            let Some(bytes) = unit_bytes(&text) else {
                self.warn(&format!("`{}` is not of a form that compose reads", place(key)));
                // It is set, so it is not none.
                unread.extend(limit);
                return None;
            };
            u64::try_from(bytes).ok().filter(|&bytes| bytes > 0).map(Bytes)
        };
        let (memory, reserve) = (Some(UnreadLimit::Memory), Some(UnreadLimit::Reservation));
        let limit = bytes("deploy.resources.limits.memory", at("/deploy/resources/limits/memory"), memory);
        let old_limit = bytes("mem_limit", at("/mem_limit"), memory);
        let reserved = bytes(
            "deploy.resources.reservations.memory",
            at("/deploy/resources/reservations/memory"),
            reserve,
        );
        let old_reserved = bytes("mem_reservation", at("/mem_reservation"), reserve);
        let shm = bytes("shm_size", at("/shm_size"), None);
        // Compose takes either.
        if limit.or(old_limit).is_some() {
            unread.remove(&UnreadLimit::Memory);
        }
        if reserved.or(old_reserved).is_some() {
            unread.remove(&UnreadLimit::Reservation);
        }
        // compose refuses this, so whoever runs it does not run this file.
        for (new, old, keys) in [
            (limit, old_limit, "`mem_limit` and `deploy.resources.limits.memory`"),
            (reserved, old_reserved, "`mem_reservation` and `deploy.resources.reservations.memory`"),
        ] {
            if new.is_some() && old.is_some() && new != old {
                self.warn(&format!("service `{name}`: {keys} differ, which compose refuses"));
            }
        }
        let cpus = |text: &str| units::whole(text.parse::<f64>().ok()? * 1000.0);
        let no_zero = |value: Option<u64>| value.filter(|&value| value > 0);
        let new_cpus =
            self.parsed(at("/deploy/resources/limits/cpus"), &place("deploy.resources.limits.cpus"), cpus);
        let old_cpus = self.parsed(at("/cpus"), &place("cpus"), cpus);
        let cpu_reservation = at("/deploy/resources/reservations/cpus");
        let cpu_reservation =
            self.parsed(cpu_reservation, &place("deploy.resources.reservations.cpus"), cpus);
        let pids = at("/deploy/resources/limits/pids").or(at("/pids_limit"));
        let pids = self.number(pids, &place("pids_limit")).and_then(|pids| u64::try_from(pids).ok());
        Limits {
            memory: limit.or(old_limit),
            memory_swap: self
                .parsed(at("/memswap_limit"), &place("memswap_limit"), unit_bytes)
                .and_then(swap),
            reservation: reserved.or(old_reserved),
            oom_kill_disable: at("/oom_kill_disable").and_then(Value::as_bool),
            oom_score_adj: self.number(at("/oom_score_adj"), &place("oom_score_adj")),
            pids: no_zero(pids),
            shm,
            cpu_millis: no_zero(new_cpus.or(old_cpus)),
            cpu_reservation_millis: no_zero(cpu_reservation),
            unread,
        }
    }

    fn probe(&mut self, name: &str, value: &Value) -> Option<Probe> {
        let is_off = value.get("disable").and_then(Value::as_bool) == Some(true);
        let test = match value.get("test") {
            _ if is_off => vec!["NONE".to_owned()],
            Some(Value::String(shell)) => {
                vec!["CMD-SHELL".to_owned(), crate::redact::text(shell).into_owned()]
            }
            Some(Value::Array(words)) => json::command(strings(Some(words))),
            // Only the times of the image's own check are changed.
            _ => Vec::new(),
        };
        let mut duration =
            |key: &str| self.parsed(value.get(key), &format!("{name}.healthcheck.{key}"), units::duration_ms);
        let probe = Probe {
            test,
            interval_ms: duration("interval"),
            timeout_ms: duration("timeout"),
            start_period_ms: duration("start_period"),
            start_interval_ms: duration("start_interval"),
            retries: None,
        };
        let retries = self.number(value.get("retries"), &format!("{name}.healthcheck.retries"));
        let probe = Probe { retries: retries.and_then(|retries| u64::try_from(retries).ok()), ..probe };
        Some(probe).filter(|probe| *probe != Probe::default())
    }

    fn logging(&mut self, name: &str, value: &Value) -> Logging {
        let mut logging = logging(value, "driver", "options");
        for (option, value) in &mut logging.options {
            let text = Value::String(std::mem::take(value));
            *value =
                self.scalar(Some(&text), &format!("{name}.logging.options.{option}")).unwrap_or_default();
        }
        logging
    }

    fn restart(&mut self, service: &Value, deploy: &Value) -> Option<RestartPolicy> {
        if let Some(policy) = deploy.get("restart_policy") {
            let name = match text(policy, "condition") {
                Some("none") => "no",
                Some("on-failure") => "on-failure",
                // Swarm's `any` starts again whatever happened.
                _ => "always",
            };
            let max_retries = json::field(policy, "max_attempts");
            return Some(RestartPolicy { name: name.to_owned(), max_retries });
        }
        // YAML 1.1 reads a bare `no` as false.
        let text = match service.get("restart")? {
            Value::Bool(false) => "no".to_owned(),
            value => self.scalar(Some(value), "restart")?,
        };
        let (name, retries) = text.split_once(':').unwrap_or((&text, ""));
        Some(RestartPolicy { name: name.to_owned(), max_retries: retries.parse().ok() })
    }
}

/// compose-go, `UnitBytes`: a whole number is bytes, so that `-1` works; anything else is what go-units makes of it.
fn unit_bytes(text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| i64::try_from(units::ram(text)?).ok())
}

/// The second over the first: objects are joined, everything else is replaced.
fn merge(base: Value, over: Value) -> Value {
    match (base, over) {
        (Value::Object(mut base), Value::Object(over)) => {
            for (key, value) in over {
                let below = base.remove(&key).unwrap_or_default();
                let joined = match key.as_str() {
                    "environment" => merge(as_map(&below), as_map(&value)),
                    "depends_on" if below.is_array() && value.is_array() => joined_lists(below, value),
                    _ => merge(below, value),
                };
                base.insert(key, joined);
            }
            Value::Object(base)
        }
        (base, Value::Null) => base,
        (_, over) => over,
    }
}

fn joined_lists(below: Value, value: Value) -> Value {
    let items = [below, value].into_iter().filter_map(|list| match list {
        Value::Array(items) => Some(items),
        _ => None,
    });
    Value::Array(items.flatten().collect())
}

/// The environment as a map of names; what they are set to is not wanted.
fn as_map(environment: &Value) -> Value {
    let names = env_names(Some(environment));
    Value::Object(names.into_iter().map(|name| (name, Value::Null)).collect::<Map<_, _>>())
}

fn env_names(environment: Option<&Value>) -> Vec<String> {
    match environment {
        Some(Value::Object(map)) => json::env_names(map.keys().map(String::as_str)),
        Some(Value::Array(list)) => json::env_names(list.iter().filter_map(Value::as_str)),
        _ => Vec::new(),
    }
}

/// What it runs, as it is written: a variable stays a variable.
fn command(service: &Value) -> Option<Command> {
    let mut all = words(service, "entrypoint");
    all.extend(words(service, "command"));
    Some(Command(all)).filter(|command| !command.0.is_empty())
}

fn words(service: &Value, key: &str) -> Vec<String> {
    match service.get(key) {
        Some(Value::String(line)) => vec![crate::redact::text(line).into_owned()],
        Some(Value::Array(words)) => json::command(strings(Some(words))),
        _ => Vec::new(),
    }
}

fn dependencies(value: Option<&Value>) -> Vec<Dependency> {
    let started = || "service_started".to_owned();
    let mut dependencies: Vec<_> = match value {
        Some(Value::Array(names)) => {
            strings(Some(names)).map(|service| Dependency { service, condition: started() }).collect()
        }
        Some(Value::Object(map)) => map
            .iter()
            .map(|(service, how)| Dependency {
                service: service.clone(),
                condition: owned(how, "condition").unwrap_or_else(started),
            })
            .collect(),
        _ => Vec::new(),
    };
    dependencies.order();
    dependencies.dedup();
    dependencies
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::runtime::{Runtime, Swap};

    use super::*;
    use crate::memory::{RuntimeBuilder, read};

    fn runtime(text: &str, files: &[(&str, &str)]) -> Runtime {
        let variable = |name: &str| match name {
            "LIMIT" => Some("768m".to_owned()),
            "REGISTRY_TOKEN" => Some("s3cret".to_owned()),
            _ => None,
        };
        let file = |path: &str| {
            files.iter().find(|(name, _)| *name == path).map(|(_, text)| text.as_bytes().to_vec())
        };
        let surroundings = Surroundings { variable: &variable, file: &file };
        let mut builder = RuntimeBuilder::new();
        builder.add(read("compose.yml", text.as_bytes(), &surroundings).unwrap());
        builder.finish()
    }

    fn service(yaml: &str) -> PlannedService {
        runtime(&format!("services:\n  web: {yaml}\n"), &[]).planned.remove(0)
    }

    #[test]
    fn units_are_binary_whatever_they_look_like() {
        let check = |value: &str, expected: Option<u64>| {
            let limit = service(&format!("{{mem_limit: {value}}}")).limits.memory;
            assert_eq!(limit.map(|bytes| bytes.0), expected, "{value}");
        };
        for value in ["1GB", "1g", "1G", "1gb", "\"1073741824\"", "1073741824", "1 GiB"] {
            check(value, Some(1 << 30));
        }
        for value in ["768m", "768MB", "\"${LIMIT}\"", "\"${LIMIT:-1g}\"", "\"${NONE:-768M}\""] {
            check(value, Some(768 << 20));
        }
        for value in ["0", "\"${NONE}\"", "lots", "null"] {
            check(value, None);
        }
    }

    #[test]
    fn swap_is_unset_unlimited_or_a_total() {
        let check = |value: &str| service(&format!("{{memswap_limit: {value}}}")).limits.memory_swap;
        assert_eq!(
            [check("0"), check("-1"), check("\"-1\"")],
            [None, Some(Swap::Unlimited), Some(Swap::Unlimited)]
        );
        assert_eq!(check("1g"), Some(Swap::Total(Bytes(1 << 30))));
    }

    #[test]
    fn anchors_and_merge_keys_are_resolved() {
        let text = "x-base: &base\n  logging: &log {driver: json-file, options: {max-size: 10m, tag: secret}}\n  restart: on-failure:3\n\
                    services:\n  a:\n    <<: *base\n    image: a\n  b: {logging: *log, healthcheck: {disable: true}}\n";
        let planned = runtime(text, &[]).planned;
        let expected = BTreeMap::from([("max-size".to_owned(), "10m".to_owned())]);
        assert!(planned.iter().all(|service| service.logging.as_ref().unwrap().options == expected));
        assert_eq!(
            planned[0].restart,
            Some(RestartPolicy { name: "on-failure".into(), max_retries: Some(3) })
        );
        assert!(planned[1].health_check.as_ref().unwrap().is_disabled());
    }

    #[test]
    fn services_extend_others_here_and_elsewhere() {
        let common = "services:\n  base: {mem_limit: 1g, environment: [A=1], deploy: {replicas: 2}}\n";
        let text = "services:\n  web: {extends: {file: common.yml, service: base}, mem_limit: 2g, environment: {B: x}}\n  \
                    api: {extends: web}\n  loop: {extends: loop}\n  lost: {extends: {file: no.yml, service: x}}\n";
        let runtime = runtime(text, &[("common.yml", common)]);
        let api = &runtime.planned[0];
        assert_eq!((api.limits.memory, api.replicas), (Some(Bytes(2 << 30)), Some(2)));
        assert_eq!(api.env_names, ["A", "B"]);
        let reasons: Vec<_> = runtime.warnings.iter().map(|warning| warning.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "services extend each other in a circle",
                "service `x` of `no.yml` is extended, and cannot be read"
            ]
        );
    }

    #[test]
    fn what_compose_refuses_is_named() {
        let text = "services:\n  web: {mem_limit: 1g, deploy: {resources: {limits: {memory: 2g}}}}\n";
        let warnings = runtime(text, &[]).warnings;
        assert!(warnings[0].reason.contains("service `web`: `mem_limit`"), "{warnings:?}");
    }

    #[test]
    fn values_of_variables_stay_out() {
        let service = service(
            "{image: \"host/${REGISTRY_TOKEN}/web\", environment: {API_KEY: s3cret}, command: [run, --token, s3cret], \
             healthcheck: {test: \"PGPASSWORD=s3cret psql\"}}",
        );
        assert!(!format!("{service:?}").contains("s3cret"), "{service:?}");
        assert_eq!(service.env_names, ["API_KEY"]);
    }
}
