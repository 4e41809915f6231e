//! `packages`, `why`, `whatif` and `split`: what is read is what programs get.

use plimsoll_report::format::bytes;
use plimsoll_snapshot::Bytes;
use plimsoll_tests::{program, root};
use serde_json::Value;

fn example() -> String {
    root().join("examples/agente-before.plimsoll").display().to_string()
}

/// A number of bytes as a reader sees it.
fn shown(value: &Value) -> String {
    let quantity = bytes(Bytes(value.as_u64().expect("a number of bytes")));
    format!("{} {}", quantity.number, quantity.unit)
}

/// The lines of a text, and the cells of its tables between single spaces.
fn lines(text: &str) -> Vec<String> {
    let words = |line: &str| {
        line.split(['|', ' ', '\u{a0}']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    text.lines().map(words).collect()
}

fn has(lines: &[String], parts: &[&str]) -> bool {
    lines.iter().any(|line| parts.iter().all(|part| line.contains(part)))
}

#[test]
fn the_largest_packages_are_the_same_in_every_format() {
    let example = example();
    let document = program::json(["packages", &example, "--format", "json"]);
    for format in ["text", "markdown"] {
        let lines = lines(&program::succeed(["packages", &example, "--format", format]).stdout);
        for image in document["images"].as_array().unwrap() {
            assert!(has(&lines, &[image["service"].as_str().unwrap()]));
            for owner in image["owners"].as_array().unwrap() {
                let figures = format!("{} {}", shown(&owner["tree_bytes"]), shown(&owner["image_bytes"]));
                assert!(has(&lines, &[&figures]), "{format}: {owner}");
            }
            for package in image["packages"].as_array().unwrap().iter().take(3) {
                let (name, own) = (package["name"].as_str().unwrap(), shown(&package["tree_bytes"]));
                let leaves = shown(&package["retained_tree_bytes"]);
                assert!(has(&lines, &[name, &own, &leaves]), "{format}: {name}, {own}, {leaves}");
            }
        }
    }
    let largest = lines(&program::succeed(["packages", &example]).stdout);
    let all = lines(&program::succeed(["packages", &example, "--all"]).stdout);
    assert!(all.len() > largest.len());
}

#[test]
fn a_package_says_why_it_is_there() {
    let example = example();
    let run = program::succeed(["why", &example, "numpy"]);
    let lines = lines(&run.stdout);
    assert!(has(&lines, &["backend", "python", "numpy 1.26.4"]), "{}", run.stdout);
    assert!(has(&lines, &["RUN pip install -r requirements.txt"]), "{}", run.stdout);
    // The crate of the same name is another package.
    assert!(has(&lines, &["transformers → tokenizers → numpy"]), "{}", run.stdout);
    let none = program::run(["why", &example, "nothing-of-the-kind"]);
    assert_eq!(none.code, Some(2));
    assert!(none.stderr.contains("no image has a package `nothing-of-the-kind`"), "{}", none.stderr);
}

#[test]
fn what_leaves_with_a_package_is_what_an_image_would_lose() {
    let example = example();
    let document = program::json(["whatif", &example, "--without", "torch", "--format", "json"]);
    let backend = &document["services"][0];
    let run = program::succeed(["whatif", &example, "--without", "torch"]);
    let lines = lines(&run.stdout);
    assert!(has(&lines, &["backend", "torch", &shown(&backend["before_bytes"])]), "{}", run.stdout);
    assert!(has(&lines, &["sentence-transformers needs torch"]), "{}", run.stdout);
    assert!(has(&lines, &["app/backend/main.py"]), "{}", run.stdout);
}

#[test]
fn services_of_one_image_are_told_what_each_needs() {
    let example = example();
    let document = program::json(["split", &example, "--format", "json"]);
    let run = program::succeed(["split", &example]);
    let lines = lines(&run.stdout);
    for service in document["images"][0]["services"].as_array().unwrap() {
        let (name, only) = (service["service"].as_str().unwrap(), shown(&service["only"]["bytes"]));
        assert!(has(&lines, &[name, &only]), "{name}, {only}: {}", run.stdout);
    }
}
