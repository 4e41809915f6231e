//! Compose files are read as Compose reads them: projects of `compose/cases.txt` against what `docker compose config`
//! says of them. Its answers are kept in `compose/answers.json`; where `docker-compose` is installed they are asked again.
//!
//! `DOCKER_COMPOSE=PATH BLESS=1 cargo test -p plimsoll-collect --test compose` writes the answers.
//! `COMPOSE_FILES=DIR cargo test -p plimsoll-collect --test compose -- --ignored` compares any files below a directory.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::cast_possible_truncation,
    clippy::unwrap_used,
    reason = "a test runs Compose on files, and fails if it cannot"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll_collect::memory::{FileFault, MemoryInput, Surroundings, read, read_compose};
use plimsoll_snapshot::runtime::{PlannedService, Swap};
use serde_json::{Map, Value, json};

/// A project of the file of cases.
#[derive(Default)]
struct Case {
    name: String,
    files: Vec<(String, String)>,
    /// `SERVICE.FIELD` of what is meant to differ.
    differs: Vec<String>,
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in include_str!("compose/cases.txt").lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            cases.push(Case { name: name.to_owned(), ..Case::default() });
            continue;
        }
        let Some(case) = cases.last_mut() else { continue };
        if let Some(path) = line.strip_prefix("--- ") {
            case.files.push((path.to_owned(), String::new()));
        } else if let Some(differs) = line.strip_prefix("differs: ") {
            case.differs.push(differs.split(' ').next().unwrap().to_owned());
        } else if let Some((_, text)) = case.files.last_mut() {
            *text += line;
            text.push('\n');
        }
    }
    cases
}

impl Case {
    fn given(&self) -> Vec<&(String, String)> {
        let mut given: Vec<_> = self
            .files
            .iter()
            .filter(|(path, _)| path.starts_with('f') && !path.contains('/') && !path.ends_with(".env"))
            .collect();
        given.sort();
        given
    }

    fn read(&self) -> plimsoll_collect::Result<MemoryInput> {
        let open = |path: &str, most: u64| {
            let (_, text) = self.files.iter().find(|(known, _)| known == path).ok_or(FileFault::Missing)?;
            if text.len() as u64 > most { Err(FileFault::TooLarge) } else { Ok(text.clone().into_bytes()) }
        };
        let given: Vec<_> =
            self.given().into_iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
        read_given(&given, &Surroundings { file: &open, env_files: &[] })
    }
}

fn read_given(
    given: &[(String, Vec<u8>)],
    surroundings: &Surroundings<'_>,
) -> plimsoll_collect::Result<MemoryInput> {
    match given {
        [(name, bytes)] => read(name, bytes, surroundings),
        given => Ok(read_compose(given, surroundings, 1 << 20)?.expect("they are compose files")),
    }
}

/// What we read of a project, in the form that Compose's answer is brought into. `null` for what is absent.
fn ours(input: &MemoryInput) -> Map<String, Value> {
    let swap = |swap: Swap| match swap {
        Swap::Unlimited => json!(-1),
        Swap::Total(bytes) => json!(bytes.0),
    };
    let service = |plan: &PlannedService| {
        let check = plan.health_check.as_ref();
        let limits = &plan.limits;
        json!({
            "image": plan.image, "build": plan.build, "replicas": plan.replicas,
            "memory": limits.memory, "reservation": limits.reservation, "shm": limits.shm,
            "swap": limits.memory_swap.map(swap), "oom_kill_disable": limits.oom_kill_disable.filter(|flag| *flag),
            "oom_score_adj": limits.oom_score_adj, "pids": limits.pids,
            "cpus": limits.cpu_millis, "cpu_reservation": limits.cpu_reservation_millis,
            "health_check": check.map(|check| json!([check.test, check.interval_ms, check.timeout_ms, check.start_period_ms,
                check.start_interval_ms, check.retries])),
            "logging": plan.logging.as_ref().map(|logging| json!([logging.driver, logging.options])),
            "restart": plan.restart.as_ref().map(|restart| json!([restart.name, restart.max_retries])),
            "command": plan.command.as_ref().map(|command| &command.0),
            "depends_on": plan.depends_on.iter().map(|on| (on.service.clone(), on.condition.clone())).collect::<BTreeMap<_, _>>(),
            "environment": plan.env_names, "profiles": plan.profiles,
        })
    };
    input.planned.iter().map(|(plan, _)| (plan.name.clone(), service(plan))).collect()
}

/// What Compose says of a project, as far as we read it.
fn theirs(config: &Value) -> Map<String, Value> {
    let services = config["services"].as_object().into_iter().flatten();
    services.map(|(name, service)| (name.clone(), their_service(service))).collect()
}

fn their_service(service: &Value) -> Value {
    let at = |pointer: &str| service.pointer(pointer).filter(|value| !value.is_null());
    let whole = |pointer: &str| match at(pointer)? {
        Value::String(text) => text.parse::<i64>().ok(),
        number => number.as_i64(),
    };
    let some = |value: Option<i64>| value.filter(|value| *value > 0);
    let limit = |new: &str, old: &str| some(whole(&format!("/deploy/resources/{new}"))).or(some(whole(old)));
    let millis = |pointer: &str| {
        let cpus = match at(pointer)? {
            Value::String(text) => text.parse::<f64>().ok()?,
            number => number.as_f64()?,
        };
        Some((cpus * 1000.0).round() as u64).filter(|millis| *millis > 0)
    };
    let duration =
        |key: &str| plimsoll_collect::memory::duration_ms(at(&format!("/healthcheck/{key}"))?.as_str()?);
    let strings = |pointer: &str| -> Vec<String> {
        let items = at(pointer).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_str().map(ToOwned::to_owned)).collect()
    };
    let test = if at("/healthcheck/disable") == Some(&json!(true)) {
        vec!["NONE".to_owned()]
    } else {
        strings("/healthcheck/test")
    };
    let logging = at("/logging").map(|logging| {
        let options: Map<String, Value> = logging["options"]
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, _)| {
                ["max-size", "max-file", "mode", "max-buffer-size", "compress"].contains(&key.as_str())
            })
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        json!([logging["driver"].as_str().unwrap_or_default(), options])
    });
    let restart = match (at("/deploy/restart_policy"), at("/restart")) {
        (Some(policy), _) => {
            let name = match policy["condition"].as_str() {
                None | Some("any") => "always",
                Some("none") => "no",
                Some(other) => other,
            };
            Some(json!([name, policy["max_attempts"].as_u64()]))
        }
        (None, Some(text)) => {
            let text = text.as_str().unwrap();
            let (name, retries) = text.split_once(':').unwrap_or((text, ""));
            Some(json!([name, retries.parse::<u64>().ok()]))
        }
        (None, None) => None,
    };
    let mut command = strings("/entrypoint");
    command.extend(strings("/command"));
    let mut environment: Vec<String> = at("/environment")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    environment.sort();
    let depends: BTreeMap<String, Value> = at("/depends_on")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, how)| (name.clone(), how["condition"].clone()))
        .collect();
    let deploy = "/deploy/resources";
    json!({
        "image": at("/image"), "build": at("/build").is_some(),
        "replicas": whole("/deploy/replicas").or(whole("/scale")),
        "memory": limit("limits/memory", "/mem_limit"), "reservation": limit("reservations/memory", "/mem_reservation"),
        "shm": some(whole("/shm_size")), "swap": whole("/memswap_limit").filter(|swap| *swap != 0),
        "oom_kill_disable": at("/oom_kill_disable").filter(|flag| **flag == json!(true)),
        "oom_score_adj": whole("/oom_score_adj"), "pids": limit("limits/pids", "/pids_limit"),
        "cpus": millis(&format!("{deploy}/limits/cpus")).or(millis("/cpus")),
        "cpu_reservation": millis(&format!("{deploy}/reservations/cpus")),
        "health_check": at("/healthcheck").map(|check| json!([test, duration("interval"), duration("timeout"), duration("start_period"),
            duration("start_interval"), check["retries"].as_u64()])),
        "logging": logging, "restart": restart,
        "command": Some(command).filter(|command| !command.is_empty()),
        "depends_on": depends, "environment": environment, "profiles": strings("/profiles"),
    })
}

/// Runs Compose, without a daemon and with no variables but those of files.
fn ask(program: &Path, directory: &Path, given: &[PathBuf]) -> Option<Map<String, Value>> {
    let mut command = Command::new(program);
    command.current_dir(directory).env_clear().args(["--profile", "*"]);
    for file in given {
        command.arg("-f").arg(file);
    }
    let output = command.args(["config", "--format", "json"]).output().expect("docker-compose runs");
    output.status.success().then(|| theirs(&serde_json::from_slice(&output.stdout).expect("it prints JSON")))
}

/// Docker Compose 2, if it is here.
fn docker_compose() -> Option<PathBuf> {
    let named = std::env::var_os("DOCKER_COMPOSE").map(PathBuf::from);
    let usual =
        ["/usr/libexec/docker/cli-plugins/docker-compose", "/usr/bin/docker-compose"].map(PathBuf::from);
    named.into_iter().chain(usual).find(|program| {
        let version = Command::new(program).arg("version").output();
        version.is_ok_and(|version| {
            String::from_utf8_lossy(&version.stdout).contains("version 2")
                || String::from_utf8_lossy(&version.stdout).contains("version v2")
        })
    })
}

/// The fields in which two answers differ, as lines.
fn differences(ours: &Map<String, Value>, theirs: &Map<String, Value>, meant: &[String]) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let mut found = Vec::new();
    for name in names {
        let (Some(mine), Some(answer)) = (ours.get(name), theirs.get(name)) else {
            let who = if ours.contains_key(name) { "Compose" } else { "we" };
            found.push(format!("{name}: {who} do not have this service"));
            continue;
        };
        for (field, value) in answer.as_object().unwrap() {
            let is_meant = meant.contains(&format!("{name}.{field}"));
            if (mine[field] != *value) != is_meant {
                found.push(format!("{name}.{field}: ours {}, Compose {value}", mine[field]));
            }
        }
    }
    found
}

#[test]
fn projects_are_read_as_compose_reads_them() {
    let answers: Map<String, Value> =
        serde_json::from_str(include_str!("compose/answers.json")).expect("the answers are JSON");
    let mut found = Vec::new();
    for case in cases() {
        let read = case.read();
        match (&answers[&case.name], &read) {
            // What Compose refuses is not read without a word.
            (Value::Null, Ok(input)) if input.warnings.is_empty() => {
                found.push(format!("{}: Compose refuses it, and we say nothing", case.name));
            }
            (Value::Null, _) => {}
            (Value::Object(answer), Ok(input)) => {
                let differ = differences(&ours(input), answer, &case.differs);
                found.extend(differ.into_iter().map(|line| format!("{}: {line}", case.name)));
                if !input.warnings.is_empty() && case.differs.is_empty() {
                    found.push(format!("{}: Compose reads it, and we warn: {:?}", case.name, input.warnings));
                }
            }
            (_, read) => found.push(format!("{}: {read:?}", case.name)),
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn the_answers_are_those_of_compose() {
    let Some(program) = docker_compose() else {
        println!(
            "skipped: there is no Docker Compose 2; `apt-get install docker-compose` of Debian 13, or DOCKER_COMPOSE=PATH"
        );
        return;
    };
    let root = std::env::temp_dir().join(format!("plimsoll-compose-{}", std::process::id()));
    let mut answers = Map::new();
    for case in cases() {
        let directory = root.join(&case.name);
        for (path, text) in &case.files {
            let path = directory.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let given: Vec<PathBuf> = case.given().into_iter().map(|(path, _)| directory.join(path)).collect();
        let answer = ask(&program, &directory, &given).map_or(Value::Null, Value::Object);
        answers.insert(case.name, answer);
    }
    std::fs::remove_dir_all(&root).unwrap();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compose/answers.json");
    if std::env::var_os("BLESS").is_some() {
        let lines: Vec<String> = answers
            .iter()
            .map(|(name, answer)| format!("{}: {answer}", Value::from(name.as_str())))
            .collect();
        std::fs::write(&kept, format!("{{\n{}\n}}\n", lines.join(",\n"))).unwrap();
    } else {
        let kept: Map<String, Value> = serde_json::from_slice(&std::fs::read(&kept).unwrap()).unwrap();
        assert_eq!(kept, answers);
    }
}

/// Compares any compose files: those below `COMPOSE_FILES`, each alone.
#[test]
#[ignore = "it needs Docker Compose and files"]
fn any_files_are_read_as_compose_reads_them() {
    let (program, root) = (docker_compose().unwrap(), std::env::var_os("COMPOSE_FILES").unwrap());
    let (mut files, mut directories) = (Vec::new(), vec![PathBuf::from(root)]);
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                directories.push(path);
            } else if path
                .extension()
                .is_some_and(|end| ["yml", "yaml", "json"].iter().any(|known| end == *known))
            {
                files.push(path);
            }
        }
    }
    files.sort();
    let (mut compared, mut refused, mut different) = (0, 0, 0);
    for file in files {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        let directory = file.parent().unwrap();
        let open = |path: &str, _: u64| std::fs::read(directory.join(path)).map_err(|_| FileFault::Missing);
        let read = read("compose.yml", &bytes, &Surroundings { file: &open, env_files: &[] });
        match (ask(&program, directory, std::slice::from_ref(&file)), read) {
            (Some(answer), Ok(input)) if !input.planned.is_empty() || !answer.is_empty() => {
                compared += 1;
                let found = differences(&ours(&input), &answer, &[]);
                different += usize::from(!found.is_empty());
                found.iter().for_each(|line| println!("{}: {line}", file.display()));
            }
            (Some(answer), Err(error)) if !answer.is_empty() => println!("{}: {error}", file.display()),
            (None, Ok(input)) if !input.planned.is_empty() => {
                refused += 1;
                if input.warnings.is_empty() {
                    println!("{}: Compose refuses it, and we say nothing", file.display());
                }
            }
            _ => {}
        }
    }
    println!("{compared} compared, {different} differ, {refused} refused by Compose");
}
