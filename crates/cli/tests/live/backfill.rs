//! Histories from the tags of a repository.

use std::fs;
use std::process::Output;

use serde_json::{Value, json};

use crate::program::Program;
use crate::server::Answer;
use crate::warehouse::Warehouse;

fn check(output: &Output, code: i32, words: &[&str]) {
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{said}");
    words.iter().for_each(|word| assert!(said.contains(word), "no {word} in {said}"));
}

/// `v1` to `v12`, of which `v10` is larger by a model, and `latest`, which is `v12`.
fn fill(warehouse: &Warehouse) {
    let mut shelves = warehouse.shelves.lock().unwrap();
    for number in 1..=12_usize {
        let app = 100_000 + number * 1_000;
        let model = if number < 10 { 300_000 } else { 2_300_000 };
        let layers = [
            ("ADD rootfs /", "lib/base", 500_000),
            ("RUN fetch", "app/model", model),
            ("COPY . /", "app/main", app),
        ];
        let labels =
            json!({ "org.opencontainers.image.revision": format!("{number:040x}").replace('0', "a") });
        let created = format!("2026-11-{number:02}T10:00:00Z");
        let manifest = shelves.image(&format!("v{number}"), Some(&created), &labels, &layers);
        shelves.tags.insert("latest".to_owned(), manifest);
    }
}

fn series(program: &Program) -> Value {
    let output = program.run(&["report", "--history", "sizes", "--format", "json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn one_manifest_and_one_config_are_read_per_tag_and_layers_of_steps_alone() {
    let warehouse = Warehouse::open(false, |_, _| None);
    fill(&warehouse);
    let program = Program::new();
    let output = program.run(&["history", "backfill", "sizes", &warehouse.repository()]);
    // 13 tags on 7 pages; the two layers of each side of the step.
    check(&output, 0, &["12 points added from 13 tags; 4 layers read for 1 steps"]);
    let asked =
        |part: &str| warehouse.server.requests().iter().filter(|request| request.path.contains(part)).count();
    assert_eq!((asked("/tags/list"), asked("/manifests/")), (7, 13));
    // 12 configs, of which the one of two tags is asked for twice, and four layers.
    assert_eq!(warehouse.blobs_read(), 13 + 4);
    let series = series(&program);
    assert_eq!(
        (series["measure"].as_str(), series["steps"].as_array().unwrap().len()),
        (Some("compressed"), 1)
    );
    let step = &series["steps"][0];
    assert_eq!((&step["from"], &step["to"]), (&json!(8), &json!(9)));
    assert_eq!(step["cause"]["instruction"], "RUN fetch");
    assert_eq!(step["cause"]["parts"][0], json!({ "name": "app/model", "delta": 2_000_000 }));
    assert_eq!(series["states"][11]["labels"], json!(["latest", "v12"]));
    // Such a point has no state before: most of its layers were never read.
    crate::saved::save(&program.home.path().join("app.tar"), 5_000, &[]);
    let base = format!("{:040x}", 3).replace('0', "a");
    let ci = program.run(&["ci", "app=app.tar", "--history", "sizes", "--base", &base]);
    check(&ci, 0, &["the entry of commit aaaaaaa lacks layers", "◌ First measurement"]);
    let again = program.run(&["history", "backfill", "sizes", &warehouse.repository(), "--tags", "v*"]);
    check(&again, 0, &["0 points added from 12 tags; 0 layers read"]);
}

#[test]
fn what_is_no_image_or_gone_is_left_out_and_a_busy_registry_loses_nothing() {
    let warehouse = Warehouse::open(false, |request, _| {
        let is = |tag: &str| request.path.ends_with(&format!("/manifests/{tag}"));
        if is("v3") {
            return Some(Answer::not_found());
        }
        is("v8").then(|| Answer::new(429, b"").header("Retry-After", "3600"))
    });
    fill(&warehouse);
    warehouse.shelves.lock().unwrap().blobs.insert("sha256:0".to_owned(), b"{}".to_vec());
    warehouse.shelves.lock().unwrap().tags.insert("v0".to_owned(), "sha256:0".to_owned());
    let program = Program::new();
    let output = program.run(&["history", "backfill", "sizes", &warehouse.repository(), "--tags", "v*"]);
    check(
        &output,
        2,
        &[
            "the tag `v3` is gone",
            "`v0` is left out",
            "too many requests",
            "6 points are kept",
            "asked again in 3600 s",
        ],
    );
    assert_eq!(series(&program)["states"].as_array().unwrap().len(), 6);
    let none = program.run(&["history", "backfill", "sizes", &warehouse.repository(), "--tags", "x*"]);
    check(&none, 2, &["none of the 14 tags"]);
    check(&program.run(&["history", "backfill", "sizes", "team/app"]), 2, &["docker://"]);
}

#[test]
fn images_without_a_time_are_in_the_order_of_their_numbers() {
    let warehouse = Warehouse::open(false, |_, _| None);
    for (number, size) in [(10, 30_000), (9, 20_000), (1, 10_000)] {
        let layers = [("COPY . /", "app", size)];
        let mut shelves = warehouse.shelves.lock().unwrap();
        shelves.image(&format!("v{number}"), Some("1970-01-01T00:00:00Z"), &json!({}), &layers);
    }
    let program = Program::new();
    check(&program.run(&["history", "backfill", "sizes", &warehouse.repository()]), 0, &["3 points added"]);
    let names: Vec<Value> =
        series(&program)["states"].as_array().unwrap().iter().map(|state| state["name"].clone()).collect();
    assert_eq!(names, ["v1", "v9", "v10"]);
    // A label that breaks a table or a terminal breaks neither.
    fs::write(program.home.path().join("sizes/points/zz.json"), "{").unwrap();
    let output = program.run(&["history", "list", "sizes", "--language", "es"]);
    check(&output, 0, &["Evolución: capas comprimidas en 3 puntos", "is not a history point"]);
}
