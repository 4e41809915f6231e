//! Twice the input takes at most twice the instructions, for every command and reader.
//!
//! The instructions that the program executes are counted by cachegrind, so neither the clock nor what else the machine
//! does matters. What allocates is counted by the unit tests (`work.rs` of `collect`) as well; this sees the rest: searches,
//! nested loops, sorting. Without valgrind there is nothing to count with, and the test says so.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use plimsoll_snapshot::runtime::{
    Column, Container, ContainerState, Event, EventKind, HealthStatus, Metric, Recording, Series, Span, Time,
};
use plimsoll_snapshot::{Runtime, Snapshot};
use plimsoll_tests::craft::{Layer, docker_archive};
use plimsoll_tests::program::{self, succeed};
use tar::EntryType;
use tempfile::TempDir;

/// Makes an input of `n` parts in a directory, and gives the call that reads it.
type Make = fn(&Path, usize) -> Vec<String>;

/// A call, and how many parts its smaller input has.
const CALLS: &[(&str, usize, Make)] = &[
    ("entries of a layer", 2000, |desk, n| call(["inspect", &image(desk, "a", n, 1)])),
    ("layers of an image", 40, |desk, n| call(["inspect", &layers(desk, n)])),
    ("files compared", 2000, |desk, n| {
        call(["compare", &image(desk, "a", n, 1), &image(desk, "b", n, 2), "--format", "json"])
    }),
    ("files of findings", 2000, |desk, n| call(["findings", &image(desk, "a", n, 1), "--format", "json"])),
    ("findings followed", 1000, |desk, n| {
        call(["findings", &image(desk, "a", n, 1), "--since", &image(desk, "b", n, 2)])
    }),
    ("packages and what they need", 500, |desk, n| {
        call(["packages", &packages(desk, n), "--format", "json"])
    }),
    ("why a package is there", 500, |desk, n| call(["why", &packages(desk, n), "p0"])),
    ("instructions of a Dockerfile", 500, |desk, n| {
        let text: String = (0..n).map(|at| format!("RUN echo {at}\n")).collect();
        let file = saved(desk, "Dockerfile", format!("FROM scratch\n{text}").as_bytes());
        call(["findings", &image(desk, "a", 100, 1), "--dockerfile", &file])
    }),
    ("checks of a target file", 200, |desk, n| {
        let check = |at| format!("[[checks]]\nid = \"c{at}\"\ntitle = \"check {at}\"\n\n");
        let file = saved(desk, "plimsoll.toml", (0..n).map(check).collect::<String>().as_bytes());
        call(["check", &image(desk, "a", 10, 1), "--targets", &file])
    }),
    ("a snapshot that is read", 4000, |desk, n| {
        let out = desk.join("s.json").display().to_string();
        succeed(["snapshot", &image(desk, "a", n, 1), "-o", &out]);
        call(["snapshot", &out, "-o", &desk.join("t.json").display().to_string()])
    }),
    ("frames and series", 500, |desk, n| call(["inspect", &recorded(desk, n)])),
    ("frames and series in a report", 500, |desk, n| {
        let file = recorded(desk, n);
        call(["report", &file, "--format", "markdown", "-o", "-"])
    }),
    ("containers of one service", 300, |desk, n| call(["inspect", &replicas(desk, n)])),
    ("containers with targets", 300, |desk, n| {
        let file = saved(desk, "plimsoll.toml", b"[services.\"*\"]\nruns = true\n");
        call(["check", &replicas(desk, n), "--targets", &file])
    }),
    ("recommendations", 300, |desk, n| call(["recommend", &replicas(desk, n)])),
    ("lines of stats", 1000, |desk, n| {
        let line = |at: usize| {
            format!(
                "{{\"ID\":\"{:012x}\",\"Name\":\"c{at}\",\"MemUsage\":\"{}MiB / 2GiB\"}}\n",
                at % 50,
                at % 900 + 1
            )
        };
        memory(desk, "stats.json", &(0..n).map(line).collect::<String>())
    }),
    ("containers that come and go", 500, |desk, n| {
        // Each is seen again just before its gap would end its series.
        let line = |at: usize| {
            let other = at % 60 + 1;
            format!(
                "{{\"Name\":\"a\",\"MemUsage\":\"1MiB / 2GiB\"}}\n{{\"Name\":\"b{other}\",\"MemUsage\":\"1MiB / 2GiB\"}}\n"
            )
        };
        memory(desk, "stats.json", &(0..n).map(line).collect::<String>())
    }),
    ("services of a compose file", 500, |desk, n| {
        let services: String =
            (0..n).map(|at| format!("  s{at}:\n    image: a\n    mem_limit: 10m\n")).collect();
        let file = saved(desk, "compose.yml", format!("services:\n{services}").as_bytes());
        call(["snapshot", "--compose", &file, "-o", &desk.join("m.json").display().to_string()])
    }),
];

/// What a table that doubles its room may add.
const SLACK: u64 = 3_000_000;

#[test]
#[ignore = "minutes under valgrind; `cargo nextest run -E 'test(work::)' --run-ignored only`"]
fn twice_the_input_takes_at_most_twice_the_instructions() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("valgrind is not installed: nothing is counted");
        return;
    }
    let mut failed = Vec::new();
    for (what, parts, make) in CALLS {
        let count = |parts: usize| {
            let desk = TempDir::new().unwrap();
            instructions(&make(desk.path(), parts))
        };
        // What every call costs is no part of it.
        let least = count(1);
        let (once, twice) = (count(*parts).saturating_sub(least), count(2 * parts).saturating_sub(least));
        println!("{what}: {once} for {parts}, {twice} for twice as many");
        if twice > once * 22 / 10 + SLACK {
            failed.push(format!("{what}: {once} → {twice}"));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// How many instructions a call executes.
fn instructions(arguments: &[String]) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"])
        .arg(program::path())
        .args(arguments)
        .env("PLIMSOLL_NO_CACHE", "true")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {text}");
    let refs =
        text.lines().find_map(|line| line.split_once("I   refs:").or_else(|| line.split_once("I refs:")));
    let digits: String = refs.unwrap().1.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

fn call<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

fn saved(desk: &Path, name: &str, content: &[u8]) -> String {
    let path = desk.join(name);
    fs::write(&path, content).unwrap();
    path.display().to_string()
}

/// An image of files in directories of 50.
fn image(desk: &Path, name: &str, files: usize, fill: u8) -> String {
    let file = |layer: Layer, at: usize| layer.file(&format!("srv/{}/{at}.log", at / 50), at % 7 + 1, fill);
    let layer = (0..files).fold(Layer::default(), file);
    saved(desk, &format!("{name}.tar"), &docker_archive(&[layer.finish()], "a:1"))
}

/// An image of layers that replace and delete each other's files.
fn layers(desk: &Path, count: usize) -> String {
    let layer = |number: usize| {
        let files = (0..50).fold(Layer::default(), |layer, at| layer.file(&format!("d{number}/{at}"), 1, 1));
        let lower = number.saturating_sub(1);
        files.file(&format!("d{lower}/1"), 2, 2).whiteout(&format!("d{lower}/2")).finish()
    };
    saved(desk, "a.tar", &docker_archive(&(0..count).map(layer).collect::<Vec<_>>(), "a:1"))
}

fn packages(desk: &Path, count: usize) -> String {
    let stanza = |at: usize| {
        format!(
            "Package: p{at}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nDepends: p{}, p{}\n\n",
            at + 1,
            at / 2
        )
    };
    let status: String = (0..count).map(stanza).collect();
    let layer = Layer::default().entry("var/lib/dpkg/status", EntryType::Regular, "", status.as_bytes());
    saved(desk, "a.tar", &docker_archive(&[layer.finish()], "a:1"))
}

fn memory(desk: &Path, name: &str, text: &str) -> Vec<String> {
    let file = saved(desk, name, text.as_bytes());
    call(["snapshot", "--memory", &file, "-o", &desk.join("m.json").display().to_string()])
}

fn written(desk: &Path, runtime: Runtime) -> String {
    let snapshot = Snapshot { runtime: Some(runtime), ..Snapshot::default() };
    let path = desk.join("runtime.json");
    plimsoll_snapshot::write_json(&snapshot, fs::File::create(&path).unwrap()).unwrap();
    path.display().to_string()
}

fn container(service: String) -> Container {
    Container { service: Some(service), ..Container::default() }
}

/// As many series as frames, each of one value, which claim to cover all frames.
fn recorded(desk: &Path, count: usize) -> String {
    let frames = u32::try_from(count).unwrap();
    let series = |container: usize| Series {
        container,
        length: if container.is_multiple_of(2) { 1 } else { frames },
        columns: if container.is_multiple_of(2) {
            BTreeMap::from([(Metric::WorkingSet, Column::from(vec![Some(1 << 20)]))])
        } else {
            BTreeMap::new()
        },
        ..Series::default()
    };
    let recording = Recording {
        frames,
        times: Some((0..i64::from(frames)).map(|frame| Time(frame * 1000)).collect()),
        series: (0..count).map(series).collect(),
        ..Recording::default()
    };
    let containers = (0..count).map(|at| container(format!("s{at}"))).collect();
    written(desk, Runtime { containers, recordings: vec![recording], ..Runtime::default() })
}

/// One service with many containers, all of which start, fail and are watched again and again.
fn replicas(desk: &Path, count: usize) -> String {
    let at = |index: usize| Time(i64::try_from(index).unwrap() * 10_000);
    let event = |index: usize, kind| Event { time: at(index), container: index % count, kind };
    let kinds = [
        EventKind::Start,
        EventKind::Health { status: HealthStatus::Healthy },
        EventKind::Die { exit_code: Some(1) },
        EventKind::Stop,
    ];
    let state = |index: usize| ContainerState { started: Some(at(index)), ..ContainerState::default() };
    let mut first = container("a".to_owned());
    first.states = (0..count).map(state).collect();
    let others = (1..count).map(|_| container("a".to_owned()));
    let series = |container: usize| Series {
        container,
        length: 2,
        columns: BTreeMap::from([
            (Metric::WorkingSet, Column::from(vec![Some(1 << 20); 2])),
            (Metric::Limit, Column::from(vec![Some(1 << 30); 2])),
        ]),
        ..Series::default()
    };
    let recording = Recording {
        frames: 2,
        times: Some(vec![Time(0), Time(1000)]),
        series: (0..count).map(series).collect(),
        ..Recording::default()
    };
    written(
        desk,
        Runtime {
            containers: std::iter::once(first).chain(others).collect(),
            recordings: vec![recording],
            events: (0..count).flat_map(|index| kinds.map(|kind| event(index, kind))).collect(),
            watched: (0..count).map(|index| Span { from: at(index), to: at(index + 1) }).collect(),
            ..Runtime::default()
        },
    )
}
