//! Every file of real engines is read, or refused with the reason.
//!
//! With `PLIMSOLL_MEMORY_FILES=DIRECTORY`, `every_file_of_a_directory` prints a table of all files below it.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test reads its files, and fails if it cannot"
)]

use std::path::{Path, PathBuf};

use plimsoll_collect::Hint;
use plimsoll_collect::memory::{MemoryInput, RuntimeBuilder, Surroundings, read};
use plimsoll_snapshot::Runtime;
use plimsoll_snapshot::runtime::{EventKind, HealthStatus, Metric, Status};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/memory")
}

fn read_file(path: &Path) -> Result<MemoryInput, plimsoll_collect::Error> {
    read(&path.file_name().unwrap().to_string_lossy(), &std::fs::read(path).unwrap(), &Surroundings::NONE)
}

fn runtime(names: &[&str]) -> Runtime {
    let mut builder = RuntimeBuilder::new();
    for name in names {
        builder.add(read_file(&fixtures().join(name)).unwrap());
    }
    builder.finish()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    found.sort();
    found
}

/// What a file gave, in one line.
fn outcome(path: &Path) -> String {
    let input = match read_file(path) {
        Ok(input) => input,
        Err(error) => return format!("refused: {}", error.to_string().lines().next().unwrap_or_default()),
    };
    let counts = [
        (input.containers.len(), "containers"),
        (input.planned.len(), "planned"),
        (input.events.len(), "events"),
        (input.warnings.len(), "warnings"),
    ];
    let mut parts: Vec<_> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let format = input.format;
    let warned: Vec<_> = input.warnings.iter().map(ToString::to_string).collect();
    let mut builder = RuntimeBuilder::new();
    builder.add(input);
    for recording in builder.finish().recordings {
        let values: usize =
            recording.series.iter().map(|series| series.values(Metric::WorkingSet).count()).sum();
        parts.push(format!(
            "{} frames, {} series, {values} values",
            recording.frames,
            recording.series.len()
        ));
    }
    parts.extend(warned);
    format!("{format}: {}", parts.join(", "))
}

#[test]
fn every_file_of_a_directory() {
    let directory = std::env::var_os("PLIMSOLL_MEMORY_FILES").map_or_else(fixtures, PathBuf::from);
    for path in files(&directory).iter().filter(|path| path.metadata().unwrap().len() < 1 << 22) {
        println!("{} | {}", path.strip_prefix(&directory).unwrap().display(), outcome(path));
    }
}

#[test]
fn every_fixture_is_read_without_a_warning() {
    /// What is something else, needs variables, has no figures, or is meant to warn.
    const OTHERS: [&str; 6] = [
        "PROVENANCE.md",
        "docker-26.1.5/ps-a.txt",
        "stack-before/docker-compose.before.yml",
        "docker-26.1.5/api-stats-exited0.json",
        "docker-26.1.5/stats-stream-raw.bin",
        "other/prometheus.json",
    ];
    for path in files(&fixtures()) {
        let outcome = outcome(&path);
        let is_fine = !outcome.contains("refused") && !outcome.contains("warning");
        assert!(is_fine || OTHERS.iter().any(|name| path.ends_with(name)), "{}: {outcome}", path.display());
    }
}

#[test]
fn what_is_something_else_is_refused_with_what_is_known() {
    for name in ["PROVENANCE.md", "docker-26.1.5/ps-a.txt"] {
        let error = read_file(&fixtures().join(name)).unwrap_err();
        let Some(Hint::Formats(known)) = error.hint() else { panic!("{error}") };
        assert!(known.starts_with("`docker stats`"), "{known}");
    }
}

/// The least and the most that a service took, in MiB.
fn megabytes(runtime: &Runtime, service: &str) -> (u64, u64) {
    let is_of = |container: usize| runtime.containers[container].service.as_deref() == Some(service);
    let series = runtime.recordings[0].series.iter().filter(|series| is_of(series.container));
    let values: Vec<u64> =
        series.flat_map(|series| series.values(Metric::WorkingSet)).map(|(_, value)| value >> 20).collect();
    (*values.iter().min().unwrap(), *values.iter().max().unwrap())
}

#[test]
fn the_stack_before_has_no_limits_and_grows() {
    let runtime = runtime(&[
        "stack-before/stats-timed.jsonl",
        "stack-before/inspect.json",
        "stack-before/events.jsonl",
    ]);
    assert_eq!(megabytes(&runtime, "backend"), (225, 825));
    assert_eq!(megabytes(&runtime, "postgres"), (59, 75));
    let recording = &runtime.recordings[0];
    assert_eq!(recording.frames, 22);
    for series in &recording.series {
        let container = &runtime.containers[series.container];
        let has_limit = series.values(Metric::Limit).next().is_some();
        // The load was run by hand, with a limit.
        assert_eq!(has_limit, container.service.as_deref() == Some("load-before"), "{container:?}");
        assert!(series.started.is_some());
    }
}

#[test]
fn the_kill_for_memory_is_in_the_events_alone() {
    let runtime = runtime(&[
        "stack-after/events.jsonl",
        "stack-after/inspect.json",
        "stack-after/inspect-backend-just-after-oom.json",
        "stack-after/inspect-backend-after-oom-restart.json",
        "stack-after/compose-config.yml",
    ]);
    let is_backend = |index: &usize| runtime.containers[*index].service.as_deref() == Some("backend");
    let index = (0..runtime.containers.len()).find(is_backend).unwrap();
    let backend = &runtime.containers[index];
    assert_eq!(backend.limits.as_ref().unwrap().memory.unwrap().0, 1 << 30);
    // The engine says the same one and seven seconds after the kill.
    assert_eq!(backend.states.len(), 2);
    let is_fine = |state: &_| {
        matches!(
            state,
            plimsoll_snapshot::runtime::ContainerState {
                oom_killed: Some(false),
                status: Status::Running,
                ..
            }
        )
    };
    assert!(backend.states.iter().all(is_fine));
    assert_eq!(backend.states[1].restart_count, Some(1));
    let of_backend: Vec<_> =
        runtime.events.iter().filter(|event| event.container == index).map(|event| event.kind).collect();
    let oom = of_backend.iter().position(|kind| *kind == EventKind::Oom).unwrap();
    assert!(of_backend[oom..].contains(&EventKind::Die { exit_code: Some(137) }), "{of_backend:?}");
    let planned = runtime.planned.iter().map(|planned| planned.limits.memory.unwrap().0 >> 20);
    assert_eq!(planned.collect::<Vec<_>>(), [1024, 768, 512]);
}

#[test]
fn states_of_both_engines_are_facts() {
    let state = |name: &str| runtime(&[name]).containers.remove(0).states.remove(0);
    assert_eq!(state("docker-20.10.24/inspect-oomchild.json").oom_killed, Some(false));
    assert_eq!(state("docker-26.1.5/inspect-oomchild.json").oom_killed, Some(true));
    let unhealthy = state("docker-26.1.5/inspect-unhealthy.json").health.unwrap();
    assert_eq!(unhealthy.status, HealthStatus::Unhealthy);
    assert!(unhealthy.log.iter().all(|probe| probe.exit_code != 0 && probe.start < probe.end));
    assert_eq!(state("podman-5.4.2/inspect-oom.json").exit_code, Some(137));
    assert_eq!(state("docker-26.1.5/inspect-restarting.json").status, Status::Restarting);
}

#[test]
fn no_value_of_a_variable_is_kept() {
    for path in files(&fixtures()) {
        let Ok(input) = read_file(&path) else { continue };
        let mut builder = RuntimeBuilder::new();
        builder.add(input);
        let text = serde_json::to_string(&builder.finish()).unwrap();
        for secret in ["postgresql+psycopg2", "not-a-real", "C.UTF-8", "3.11.2"] {
            assert!(!text.contains(secret), "{}: {secret}", path.display());
        }
    }
}

#[test]
fn damage_anywhere_is_survived() {
    for path in files(&fixtures()) {
        let bytes = std::fs::read(&path).unwrap();
        for cut in [1, bytes.len() / 3, bytes.len() / 2, bytes.len().saturating_sub(3)] {
            let mut damaged = bytes[..cut.min(bytes.len())].to_vec();
            damaged.extend_from_slice(b"\xff\x1b[\"{[: \n");
            if let Ok(input) = read("damaged", &damaged, &Surroundings::NONE) {
                let mut builder = RuntimeBuilder::new();
                builder.add(input);
                let _ = builder.finish();
            }
        }
    }
}

fn recording(name: &str) -> Runtime {
    let path = fixtures().join("../recordings").join(name);
    plimsoll_snapshot::read(&std::fs::read(path).unwrap()[..]).unwrap().runtime.unwrap()
}

#[test]
fn recordings_of_real_engines_hold_what_happened() {
    let kinds = |runtime: &Runtime, service: &str| -> Vec<EventKind> {
        let is_of = |container: usize| runtime.containers[container].service.as_deref() == Some(service);
        runtime.events.iter().filter(|event| is_of(event.container)).map(|event| event.kind).collect()
    };
    let incident = recording("incident.plimsoll");
    assert_eq!(
        kinds(&incident, "backend"),
        [EventKind::Oom, EventKind::Die { exit_code: Some(137) }, EventKind::Start]
    );
    let starts = |runtime: &Runtime, service: &str| {
        let series = &runtime.recordings[0].series;
        let is_of = |container: usize| runtime.containers[container].service.as_deref() == Some(service);
        series.iter().filter(|series| is_of(series.container)).count()
    };
    assert_eq!(["backend", "frontend", "postgres"].map(|service| starts(&incident, service)), [2, 2, 1]);

    let states = recording("states.plimsoll");
    assert_eq!(kinds(&states, "t-oom"), [EventKind::Oom, EventKind::Die { exit_code: Some(137) }]);
    assert_eq!(kinds(&states, "t-unhealthy"), [EventKind::Health { status: HealthStatus::Unhealthy }]);
    let limits = |service: &str| {
        let container = states.containers.iter().find(|one| one.service.as_deref() == Some(service)).unwrap();
        container.limits.as_ref().unwrap().memory.map(|limit| limit.0 >> 20)
    };
    assert_eq!((limits("t-free"), limits("t-limited")), (None, Some(64)));

    let restart = recording("engine-restart.plimsoll");
    assert_eq!((restart.recordings[0].interruptions.len(), restart.watched.len()), (1, 2));
    assert_eq!(starts(&recording("podman.plimsoll"), "p-ok"), 2);
}

#[test]
fn a_sealed_recording_joins_others() {
    let mut builder = RuntimeBuilder::new();
    builder.add_runtime(recording("incident.plimsoll"));
    builder.add_runtime(recording("stack-after.plimsoll"));
    let joined = builder.finish();
    assert_eq!((joined.containers.len(), joined.planned.len(), joined.recordings.len()), (3, 3, 3));
}
