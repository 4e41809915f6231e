//! Bad registries, bad images, killed scans: nothing is lost, and nothing is counted twice.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::made::disk::{self, Written};
use crate::made::{Made, make};
use crate::program::Place;
use crate::server::{Answer, Request, Server};
use crate::sources::{Registry, TINY};

struct Whole {
    place: Place,
    made: Made,
    written: Written,
    registry: Registry,
}

fn whole() -> Whole {
    let place = Place::new();
    let made = make(TINY);
    let layout = place.path("layout");
    let written = disk::layout(&made, &layout);
    let registry = Registry::of(&made, &written, &layout);
    Whole { place, made, written, registry }
}

fn count(place: &Place, table: &str) -> u64 {
    place.number(&format!("SELECT count(*) FROM {table}"))
}

#[test]
fn a_busy_registry_is_asked_again() {
    let Whole { place, made, registry, .. } = whole();
    let server = Server::start(move |request, before| match before {
        // The first answer to every fourth request is a refusal.
        0 if request.path.len() % 4 == 0 => Answer::new(429, b"{}").header("Retry-After", "0"),
        0 if request.path.len() % 4 == 1 => Answer::new(503, b"{}"),
        _ => registry.answer(request),
    });
    place.scan_all(&[&format!("docker://{}", server.address)]);
    assert_eq!(count(&place, "images"), made.images.len() as u64);
}

/// Scans a registry that is wrong about some things, and then one that is right.
fn check_recovery(
    wrong: impl Fn(&Registry, &Request, usize) -> Answer + Send + Sync + 'static,
    expected: impl Fn(&Made, &Written, &[String]),
) {
    let Whole { place, made, written, registry } = whole();
    let is_right = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let (answers, flag) = (registry.clone(), std::sync::Arc::clone(&is_right));
    let server = Server::start(move |request, before| {
        if flag.load(std::sync::atomic::Ordering::SeqCst) {
            answers.answer(request)
        } else {
            wrong(&answers, request, before)
        }
    });
    let source = format!("docker://{}", server.address);
    let (code, said) = place.scan(&[&source]);
    assert_eq!(code, 1, "{said}");
    let failed: Vec<String> = (place.ask(&["errors"]).iter())
        .map(|row| format!("{} {} {}", row["stage"], row["unit"], row["message"]))
        .collect();
    assert!(!failed.is_empty());
    expected(&made, &written, &failed);
    is_right.store(true, std::sync::atomic::Ordering::SeqCst);
    place.scan_all(&[&source]);
    let found = place.everything();
    let other = Place::new();
    other.scan_all(&[&source]);
    assert_eq!(found, other.everything());
    assert_eq!(count(&place, "images"), made.images.len() as u64);
}

#[test]
fn one_bad_manifest_among_many() {
    check_recovery(
        |registry, request, _| {
            if request.path.ends_with("/app-0/manifests/v2") {
                return Answer::new(200, b"{\"schemaVersion\": 2}");
            }
            registry.answer(request)
        },
        |_, _, failed| {
            assert_eq!(failed.len(), 1, "{failed:?}");
            assert!(failed[0].contains("app-0:v2"), "{failed:?}");
        },
    );
}

#[test]
fn a_registry_that_lies_about_a_layer() {
    let Whole { written, .. } = whole();
    // The second layer of the first application: one image alone has it.
    let app = written.layers.iter().position(|layers| layers.len() > 3).unwrap();
    let victim = written.layers[app][3].blob.clone();
    let other = written.layers[app][4].blob.clone();
    check_recovery(
        move |registry, request, _| {
            let path = request.path.replace(&victim, &other);
            registry.answer(&Request::plain(&path))
        },
        |_, _, failed| {
            assert_eq!(failed.len(), 2, "{failed:?}");
            assert!(failed.iter().any(|one| one.starts_with("\"layer\"")), "{failed:?}");
        },
    );
}

#[test]
fn a_layer_that_is_gone() {
    let Whole { written, .. } = whole();
    let app = written.layers.iter().position(|layers| layers.len() > 3).unwrap();
    // The dependencies, which all three tags of the application share.
    let victim = written.layers[app][2].blob.clone();
    check_recovery(
        move |registry, request, _| {
            if request.path.ends_with(&victim) { Answer::not_found() } else { registry.answer(request) }
        },
        |_, _, failed| assert_eq!(failed.len(), 1 + 3, "{failed:?}"),
    );
}

#[test]
fn what_could_not_be_read_again_stays_as_it_was() {
    let Whole { place, made, registry, .. } = whole();
    let is_down = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let flag = std::sync::Arc::clone(&is_down);
    let server = Server::start(move |request, _| {
        if flag.load(std::sync::atomic::Ordering::SeqCst) && request.path.contains("app-1/manifests") {
            return Answer::new(403, b"{}");
        }
        registry.answer(request)
    });
    let source = format!("docker://{}", server.address);
    place.scan_all(&[&source]);
    let before = place.everything();
    is_down.store(true, std::sync::atomic::Ordering::SeqCst);
    let (code, said) = place.scan(&[&source]);
    assert_eq!(code, 1, "{said}");
    assert_eq!(place.everything(), before);
    assert_eq!(count(&place, "images"), made.images.len() as u64);
}

#[test]
fn two_scans_into_one_fleet() {
    let Whole { place, made, .. } = whole();
    let start = || {
        let mut command = place.command();
        command.args(["scan", "layout", "-o", "fleet"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let mut both = [start(), start()];
    for scan in &mut both {
        assert!(scan.wait().unwrap().success());
    }
    assert_eq!(count(&place, "images"), made.images.len() as u64);
    let alone = Place::new();
    disk::layout(&made, &alone.path("layout"));
    alone.scan_all(&["layout"]);
    assert_eq!(place.everything(), alone.everything());
}

#[test]
fn a_scan_that_is_killed_goes_on_where_it_was() {
    let Whole { place, made, registry, .. } = whole();
    let slow = registry.clone();
    let server = Server::start(move |request, _| {
        if request.path.contains("/blobs/") {
            std::thread::sleep(Duration::from_millis(60));
        }
        slow.answer(request)
    });
    let source = format!("docker://{}", server.address);
    let read = |place: &Place| -> BTreeSet<String> {
        let layers = |path: &Path| -> Vec<String> {
            let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
        };
        let facts = place.path("fleet/facts/layers-8");
        let files = layers(&facts).into_iter().flat_map(|byte| layers(&facts.join(byte)));
        files.filter(|name| name.ends_with(".gz") && !name.starts_with('.')).collect()
    };
    let mut command = place.command();
    command.args(["scan", &source, "-o", "fleet", "--jobs", "1"]);
    let mut scan = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while read(&place).len() < 4 {
        assert!(scan.try_wait().unwrap().is_none(), "the scan ended before it was killed");
        std::thread::sleep(Duration::from_millis(10));
    }
    scan.kill().unwrap();
    scan.wait().unwrap();
    let kept = read(&place).len();
    let before = crate::sources::requests_of_blobs(&server);
    place.scan_all(&[&source]);
    let configs = made.images.len();
    let all = count(&place, "layers");
    assert_eq!(crate::sources::requests_of_blobs(&server) - before, all as usize - kept + configs);
    let other = Place::new();
    other.scan_all(&[&source]);
    assert_eq!(place.everything(), other.everything());
}

#[test]
fn what_an_interrupted_batch_left_behind_is_not_counted() {
    let Whole { place, .. } = whole();
    place.scan_all(&["layout"]);
    let before = place.everything();
    // As if the run had ended before the table of layers had its place.
    fs::remove_file(place.path("fleet/tables/layers/000001.parquet")).unwrap();
    place.scan_all(&["layout"]);
    assert_eq!(place.everything(), before);
}

#[test]
fn damaged_facts_are_read_again() {
    let Whole { place, .. } = whole();
    place.scan_all(&["layout"]);
    let before = place.everything();
    fs::remove_dir_all(place.path("fleet/tables")).unwrap();
    let facts = place.path("fleet/facts/layers-8");
    let byte = fs::read_dir(&facts).unwrap().next().unwrap().unwrap().path();
    for file in fs::read_dir(byte).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_some_and(|one| one == "gz") {
            fs::write(file, b"torn").unwrap();
        }
    }
    assert_eq!(place.scan(&["layout"]).0, 1);
    place.scan_all(&["layout"]);
    assert_eq!(place.everything(), before);
}

#[test]
fn a_store_of_another_version_is_left_alone() {
    let Whole { place, .. } = whole();
    fs::create_dir(place.path("fleet")).unwrap();
    fs::write(place.path("fleet/fleet.json"), r#"{"format": "fleet/v9", "generator": "x"}"#).unwrap();
    for arguments in [&["scan", "layout", "-o", "fleet"][..], &["query", "totals", "-i", "fleet"]] {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("a fleet of version `fleet/v9`") && said.contains("hint:"), "{said}");
    }
    assert_eq!(fs::read_dir(place.path("fleet")).unwrap().count(), 1);
}
