//! Snapshots that are attached to images, in registries with and without the referrers API.

use std::fs;
use std::process::Output;

use serde_json::json;

use crate::program::Program;
use crate::saved::save;
use crate::server::Answer;
use crate::warehouse::{Layer, Warehouse};

const LAYERS: &[Layer<'static>] =
    &[("ADD rootfs /", "lib/base", 500_000), ("RUN make", "app/program", 200_000)];

fn check(output: &Output, code: i32, words: &[&str]) {
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{said}");
    words.iter().for_each(|word| assert!(said.contains(word), "no {word} in {said}"));
}

fn warehouse(has_api: bool) -> Warehouse {
    let warehouse = Warehouse::open(has_api, |_, _| None);
    warehouse.shelves.lock().unwrap().image("v1", None, &json!({}), LAYERS);
    warehouse
}

#[test]
fn an_attached_snapshot_is_the_state_before_and_no_layer_is_read() {
    for (has_api, listed) in [(true, "listed by the referrers API"), (false, "listed by the tag `sha256-")] {
        let warehouse = warehouse(has_api);
        let program = Program::new();
        let image = format!("{}:v1", warehouse.repository());
        check(&program.run(&["attach", &image]), 0, &["attached as sha256:", listed]);
        check(&program.run(&["attach", &image]), 0, &["was attached before", listed]);
        save(&program.home.path().join("new.tar"), 500_000, &[("RUN make", "app/program", 290_000)]);
        let fresh = Program::new();
        fs::copy(program.home.path().join("new.tar"), fresh.home.path().join("new.tar")).unwrap();
        let before = warehouse.blobs_read();
        let output = fresh.run(&["ci", "app=new.tar", "--baseline", &format!("app={image}")]);
        check(&output, 0, &["own +90.0 kB", "compared with the snapshot attached to `app=docker://"]);
        // The config of the image and the snapshot.
        assert_eq!(warehouse.blobs_read() - before, 2);
        let output = fresh.run(&["inspect", "--attached", &image]);
        check(&output, 0, &["700 kB"]);
        assert_eq!(warehouse.blobs_read() - before, 4);
    }
}

#[test]
fn only_a_snapshot_of_the_image_is_attached_or_believed() {
    let warehouse = warehouse(true);
    let program = Program::new();
    let image = format!("{}:v1", warehouse.repository());
    save(&program.home.path().join("other.tar"), 5_000, &[]);
    check(&program.run(&["snapshot", "app=other.tar", "-o", "other.plimsoll"]), 0, &[]);
    check(&program.run(&["attach", &image, "--snapshot", "other.plimsoll"]), 2, &["of another image"]);
    check(
        &program.run(&["attach", &format!("{}:v9", warehouse.repository())]),
        2,
        &["is not in the registry"],
    );
    check(&program.run(&["attach", "other.tar"]), 2, &["docker://"]);
    check(&program.run(&["attach", "--offline", &image]), 2, &["is in a registry"]);
    // Someone attached garbage: it is of the right type, and left out.
    check(&program.run(&["attach", &image]), 0, &["attached"]);
    {
        let mut shelves = warehouse.shelves.lock().unwrap();
        let manifest =
            shelves.blobs.values().find(|bytes| String::from_utf8_lossy(bytes).contains("\"subject\""));
        let manifest: serde_json::Value = serde_json::from_slice(manifest.unwrap()).unwrap();
        let layer = manifest["layers"][0]["digest"].as_str().unwrap();
        shelves.blobs.get_mut(layer).unwrap()[40] ^= 1;
    }
    let output = Program::new().run(&["inspect", "--attached", &image]);
    check(&output, 0, &["700 kB"]);
}

#[test]
fn a_registry_that_refuses_says_why_and_a_busy_one_is_asked_again() {
    let busy = Warehouse::open(true, |request, before| {
        (request.method == "POST" && before == 0).then(|| Answer::new(429, b"").header("Retry-After", "0"))
    });
    busy.shelves.lock().unwrap().image("v1", None, &json!({}), LAYERS);
    check(&Program::new().run(&["attach", &format!("{}:v1", busy.repository())]), 0, &["attached as"]);
    let closed = Warehouse::open(false, |request, _| {
        (request.method == "POST").then(|| Answer::new(403, br#"{"errors": [{"message": "read-only"}]}"#))
    });
    closed.shelves.lock().unwrap().image("v1", None, &json!({}), LAYERS);
    check(&Program::new().run(&["attach", &format!("{}:v1", closed.repository())]), 2, &["read-only"]);
    // GitLab gives the image itself for the tag of its list, and keeps nothing else.
    let odd = Warehouse::open(false, |request, _| {
        (request.method == "PUT" && request.path.contains("/manifests/sha256-"))
            .then(|| Answer::new(201, b""))
    });
    odd.shelves.lock().unwrap().image("v1", None, &json!({}), LAYERS);
    let output = Program::new().run(&["attach", &format!("{}:v1", odd.repository())]);
    check(&output, 2, &["does not keep what is attached"]);
}
