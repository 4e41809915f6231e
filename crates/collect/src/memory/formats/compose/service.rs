//! One service of a project as a plan: only the keys named here are read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use plimsoll_snapshot::Order as _;
use plimsoll_snapshot::runtime::{
    Command, Dependency, Limits, Logging, PlanFormat, PlannedService, Probe, RestartPolicy, UnreadLimit,
};

use super::dotenv;
use super::files::{FileFault, join};
use super::limits;
use super::project::{LOST_BASE, Project};
use super::values::{Fields, Reading};
use super::words::words;
use crate::memory::json;
use crate::redact;
use crate::yaml::{Node, Spent};

/// A service, and the name its container is given.
pub(super) fn planned(
    project: &mut Project<'_>,
    name: &str,
    service: &Node,
) -> Result<(PlannedService, Option<String>), Spent> {
    project.budget.pay_text(name)?;
    let env_names = env_names(project, name, service)?;
    let mut fields = Fields { project, service: name, unread: Vec::new() };
    if service.get(LOST_BASE).is_some() {
        fields.unread.push(LOST_BASE.to_owned());
    }
    let build = service.get("build").is_some_and(|build| !build.is_null());
    if service.as_entries().is_none() {
        fields.project.warnings.push(format!("service `{name}` is not a mapping, which Compose refuses"));
    } else if !build && service.get("image").is_none_or(Node::is_null) && fields.unread.is_empty() {
        fields
            .project
            .warnings
            .push(format!("service `{name}` has neither an image nor a build, which Compose refuses"));
    }
    let planned = PlannedService {
        name: name.to_owned(),
        project: None,
        file: String::new(),
        format: PlanFormat::Compose,
        image: image(&mut fields, service)?,
        build,
        limits: limits::limits(&mut fields, service)?,
        replicas: replicas(&mut fields, service)?,
        health_check: match service.get("healthcheck") {
            Some(check) => probe(&mut fields, check)?,
            None => None,
        },
        logging: match service.get("logging").filter(|logging| !logging.is_null()) {
            Some(value) => Some(logging(&mut fields, value)?),
            None => None,
        },
        restart: restart(&mut fields, service)?,
        entrypoint_words: None,
        command: None,
        depends_on: dependencies(&mut fields, service)?,
        env_names,
        profiles: fields.texts(service.get("profiles"), "profiles")?,
        unread: Vec::new(),
    };
    let (command, entrypoint_words) = command(&mut fields, service)?;
    let container = match fields.read(service.get("container_name"), "container_name")? {
        Reading::Text(text) => Some(text).filter(|text| !text.is_empty()),
        _ => None,
    };
    let mut unread = fields.unread;
    unread.order();
    unread.dedup();
    let limits = with_unread(planned.limits.clone(), &unread);
    Ok((PlannedService { limits, command, entrypoint_words, unread, ..planned }, container))
}

/// The limits, with those that are set to something that could not be read: they are unknown, not none.
fn with_unread(mut limits: Limits, unread: &[String]) -> Limits {
    let is_lost = |keys: &[&str]| unread.iter().any(|key| key == LOST_BASE || keys.contains(&key.as_str()));
    let lost = [
        (UnreadLimit::Memory, limits.memory.is_none(), &["deploy.resources.limits.memory", "mem_limit"][..]),
        (UnreadLimit::MemorySwap, limits.memory_swap.is_none(), &["memswap_limit"]),
        (
            UnreadLimit::Reservation,
            limits.reservation.is_none(),
            &["deploy.resources.reservations.memory", "mem_reservation"],
        ),
    ];
    let lost = lost.into_iter().filter(|(_, is_absent, keys)| *is_absent && is_lost(keys));
    limits.unread.extend(lost.map(|(limit, ..)| limit));
    limits
}

/// The reference with its variables replaced; as it is written where one has no value, so that nothing is made up.
fn image(fields: &mut Fields<'_, '_>, service: &Node) -> Result<Option<String>, Spent> {
    let node = service.get("image");
    let written = || node.and_then(Node::as_scalar).map(|scalar| scalar.text.to_string());
    let image = match fields.read(node, "image")? {
        Reading::Absent => None,
        Reading::Text(text) => Some(text.trim().to_owned()),
        _ => written(),
    };
    let image = image.map(|image| redact::credentials(&image).into_owned());
    Ok(image.filter(|image| !image.is_empty()))
}

fn replicas(fields: &mut Fields<'_, '_>, service: &Node) -> Result<Option<u64>, Spent> {
    let new = fields.integer(service.at(&["deploy", "replicas"]), "deploy.replicas")?;
    let old = fields.integer(service.get("scale"), "scale")?;
    if new.zip(old).is_some_and(|(new, old)| new != old) {
        fields.differ("`scale` and `deploy.replicas`");
    }
    Ok(new.or(old).and_then(|replicas| u64::try_from(replicas).ok()))
}

fn probe(fields: &mut Fields<'_, '_>, check: &Node) -> Result<Option<Probe>, Spent> {
    let is_off = fields.boolean(check.get("disable"), "healthcheck.disable")? == Some(true);
    let test = match check.get("test") {
        _ if is_off => vec!["NONE".to_owned()],
        Some(Node::Scalar(shell)) if !shell.text.is_empty() => {
            fields.project.budget.pay_text(&shell.text)?;
            vec!["CMD-SHELL".to_owned(), redact::text(&shell.text).into_owned()]
        }
        // Only the times of the image's own check are changed.
        test => json::command(fields.written(test)?.iter()),
    };
    let mut duration = |key: &str| fields.duration_ms(check.get(key), &format!("healthcheck.{key}"));
    let probe = Probe {
        test,
        interval_ms: duration("interval")?,
        timeout_ms: duration("timeout")?,
        start_period_ms: duration("start_period")?,
        start_interval_ms: duration("start_interval")?,
        retries: None,
    };
    let retries = fields.integer(check.get("retries"), "healthcheck.retries")?;
    let probe = Probe { retries: retries.and_then(|retries| u64::try_from(retries).ok()), ..probe };
    Ok(Some(probe).filter(|probe| *probe != Probe::default()))
}

/// The drivers of the engines: what a variable gives has to be one of them.
const DRIVERS: [&str; 14] = [
    "awslogs",
    "etwlogs",
    "fluentd",
    "gcplogs",
    "gelf",
    "journald",
    "json-file",
    "k8s-file",
    "local",
    "none",
    "passthrough",
    "splunk",
    "syslog",
    "",
];

/// The options that bound or place what is written.
const OPTIONS: [&str; 5] = ["max-size", "max-file", "mode", "max-buffer-size", "compress"];

fn logging(fields: &mut Fields<'_, '_>, value: &Node) -> Result<Logging, Spent> {
    let driver = fields.one_of(value.get("driver"), "logging.driver", |text| DRIVERS.contains(&text))?;
    let mut options = BTreeMap::new();
    for name in OPTIONS {
        let node = value.at(&["options", name]);
        let is_option = |text: &str| {
            ["blocking", "non-blocking", "true", "false"].contains(&text)
                || crate::memory::units::ram(text).is_some()
        };
        if let Some(text) = fields.one_of(node, &format!("logging.options.{name}"), is_option)? {
            options.insert(name.to_owned(), text);
        }
    }
    Ok(Logging { driver: driver.unwrap_or_default(), options })
}

fn restart(fields: &mut Fields<'_, '_>, service: &Node) -> Result<Option<RestartPolicy>, Spent> {
    const POLICIES: [&str; 4] = ["no", "always", "on-failure", "unless-stopped"];
    if let Some(policy) = service.at(&["deploy", "restart_policy"]).filter(|policy| !policy.is_null()) {
        let conditions = |text: &str| ["none", "any"].contains(&text) || POLICIES.contains(&text);
        let condition =
            fields.one_of(policy.get("condition"), "deploy.restart_policy.condition", conditions)?;
        let name = match condition.as_deref() {
            // Swarm's `any` starts again whatever happened.
            None | Some("any") => "always",
            Some("none") => "no",
            Some(other) => other,
        };
        let most = fields.integer(policy.get("max_attempts"), "deploy.restart_policy.max_attempts")?;
        let max_retries = most.and_then(|most| u64::try_from(most).ok());
        return Ok(Some(RestartPolicy { name: name.to_owned(), max_retries }));
    }
    let is_policy = |text: &str| POLICIES.contains(&text.split_once(':').map_or(text, |(name, _)| name));
    let node = service.get("restart");
    let text = match fields.read(node, "restart")? {
        // YAML 1.1 reads a bare `no` as false.
        Reading::Bool(false) => Some("no".to_owned()),
        Reading::Text(text) if text.is_empty() => None,
        _ => fields.one_of(node, "restart", is_policy)?,
    };
    let Some(text) = text.filter(|text| is_policy(text)) else { return Ok(None) };
    let (name, retries) = text.split_once(':').unwrap_or((&text, ""));
    Ok(Some(RestartPolicy { name: name.to_owned(), max_retries: retries.parse().ok() }))
}

/// What it runs, as it is written: a variable stays a variable. And how many of the words are the entrypoint.
fn command(fields: &mut Fields<'_, '_>, service: &Node) -> Result<(Option<Command>, Option<u32>), Spent> {
    let mut all = Vec::new();
    let mut entrypoint = None;
    for key in ["entrypoint", "command"] {
        all.extend(match service.get(key) {
            Some(Node::Scalar(line)) if !service.get(key).is_some_and(Node::is_null) => {
                fields.project.budget.pay_text(&line.text)?;
                // One text again where Compose refuses to split it.
                let mut split = words(&line.text).unwrap_or_else(|| {
                    fields.refused(key, "Compose cannot split it into words");
                    vec![line.text.to_string()]
                });
                // What is dropped may tell that a word before it is a secret: `echo x | docker login --password-stdin`.
                if let Cow::Owned(kept) = redact::text(&line.text) {
                    split = words(&kept).unwrap_or_else(|| vec![kept]);
                }
                json::command(split.iter())
            }
            node => json::command(fields.written(node)?.iter()),
        });
        entrypoint = entrypoint.or_else(|| u32::try_from(all.len()).ok());
    }
    Ok((Some(Command(all)).filter(|command| !command.0.is_empty()), entrypoint))
}

/// What has to run first: as stated, and as implied by what is shared (compose-go, `loader/normalize.go`).
fn dependencies(fields: &mut Fields<'_, '_>, service: &Node) -> Result<Vec<Dependency>, Spent> {
    let started = || "service_started".to_owned();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    match service.get("depends_on") {
        Some(Node::Mapping(mapping)) => {
            fields.project.budget.pay(mapping.entries.len())?;
            for (name, how) in &mapping.entries {
                let condition = how.get("condition").and_then(Node::as_scalar);
                let condition = condition.map_or_else(started, |scalar| scalar.text.to_string());
                found.insert(name.to_string(), redact::credentials(&condition).into_owned());
            }
        }
        node => found.extend(fields.texts(node, "depends_on")?.into_iter().map(|name| (name, started()))),
    }
    let mut implied = Vec::new();
    for link in fields.texts(service.get("links"), "links")? {
        implied.push(link.split(':').next().unwrap_or_default().to_owned());
    }
    for key in ["network_mode", "ipc", "pid", "uts", "cgroup"] {
        let shared = service.get(key).and_then(Node::as_scalar);
        implied.extend(shared.and_then(|scalar| scalar.text.strip_prefix("service:").map(ToOwned::to_owned)));
    }
    for from in fields.texts(service.get("volumes_from"), "volumes_from")? {
        if !from.starts_with("container:") {
            implied.push(from.split(':').next().unwrap_or_default().to_owned());
        }
    }
    for name in implied.into_iter().filter(|name| !name.is_empty()) {
        found.entry(name).or_insert_with(started);
    }
    Ok(found.into_iter().map(|(service, condition)| Dependency { service, condition }).collect())
}

/// The names of its variables, those of its files among them. What they are set to is not wanted.
fn env_names(project: &mut Project<'_>, service: &str, node: &Node) -> Result<Vec<String>, Spent> {
    let mut names = Vec::new();
    match node.get("environment") {
        Some(Node::Mapping(mapping)) => {
            for name in mapping.entries.keys() {
                project.budget.pay_text(name)?;
                names.push(name.to_string());
            }
        }
        Some(Node::Sequence(sequence)) => {
            for scalar in sequence.items.iter().filter_map(Node::as_scalar) {
                let name = scalar.text.split('=').next().unwrap_or_default();
                project.budget.pay_text(name)?;
                names.push(name.to_owned());
            }
        }
        _ => {}
    }
    let files = match node.get("env_file") {
        Some(Node::Sequence(sequence)) => &sequence.items[..],
        Some(file) if !file.is_null() => std::slice::from_ref(file),
        _ => &[],
    };
    for file in files {
        project.budget.pay(1)?;
        let Some(path) = file.get("path").unwrap_or(file).as_scalar() else { continue };
        let is_required =
            file.get("required").and_then(Node::as_scalar).is_none_or(|flag| &*flag.text != "false");
        let path = join(project.directory_of(path.origin), &project.reference(path)?);
        let reason = match project.files.text(&path) {
            Ok(text) => match dotenv::names(&text, &project.budget) {
                Ok(of_file) => {
                    names.extend(of_file);
                    continue;
                }
                Err(dotenv::Fault::Spent) => return Err(Spent),
                Err(dotenv::Fault::Line(line, reason)) => format!("line {line}: {reason}"),
            },
            Err(FileFault::Missing) if !is_required => continue,
            Err(fault) => fault.to_string(),
        };
        project.warnings.push(format!("`{service}.env_file`: `{path}`: {reason}"));
    }
    Ok(json::env_names(names.iter().map(String::as_str)))
}
