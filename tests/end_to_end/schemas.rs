//! What the program prints fits the schemas in `docs/schemas`: every JSON document, over the examples and images of the
//! tests, in every language.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use jsonschema::Validator;
use plimsoll_tests::craft::{Layer, Layout};
use plimsoll_tests::{image, program, root};
use serde_json::Value;

/// The schemas by the names of their documents.
struct Schemas(BTreeMap<String, Validator>);

impl Schemas {
    fn read() -> Self {
        let files = fs::read_dir(root().join("docs/schemas")).unwrap();
        let read = |file: fs::DirEntry| {
            let name = file.file_name().to_string_lossy().replace(".schema.json", "");
            let schema: Value = serde_json::from_slice(&fs::read(file.path()).unwrap()).unwrap();
            (name, jsonschema::draft202012::new(&schema).unwrap())
        };
        Self(files.map(|file| read(file.unwrap())).collect())
    }

    /// Validates a document of this name.
    fn check(&self, name: &str, document: &Value, place: &str) {
        let faults: Vec<String> = (self.0[name].iter_errors(document))
            .take(5)
            .map(|error| format!("{}: {error}", error.instance_path()).chars().take(600).collect())
            .collect();
        assert!(faults.is_empty(), "{place} does not fit {name}: {faults:#?}");
    }

    /// Validates what a command prints, in every language.
    fn printed(&self, name: &str, arguments: &[&str]) -> Value {
        let place = arguments.join(" ");
        let [english, spanish] = ["en", "es"].map(|language| {
            let arguments = [arguments, &["--format", "json", "--language", language]].concat();
            let run = program::run(arguments);
            assert!(matches!(run.code, Some(0 | 1)), "{place}: {}", run.stderr);
            run.stdout
        });
        assert_eq!(english, spanish, "{place}: JSON is the same in every language");
        let document: Value = serde_json::from_str(&english).unwrap();
        assert_eq!(document["format"], name, "{place}");
        self.check(name, &document, &place);
        document
    }
}

fn example(name: &str) -> String {
    root().join("examples").join(name).display().to_string()
}

fn archive(reference: &str) -> String {
    let file = image("docker-26.1.5-graphdriver/micro3.save.tar.gz");
    format!("docker-archive:{}:{reference}", file.display())
}

/// Snapshots of images, with and without memory, and recordings without images.
fn snapshots() -> Vec<String> {
    let names = ["agente-before", "agente-after", "agente-before-memory", "agente-after-memory"];
    let examples = names.map(|name| example(&format!("{name}.plimsoll"))).into_iter();
    let recordings = fs::read_dir(root().join("tests/recordings")).unwrap().map(|file| file.unwrap().path());
    let recordings = recordings.filter(|path| path.extension().is_some_and(|ending| ending == "plimsoll"));
    let mut recordings: Vec<String> = recordings.map(|path| path.display().to_string()).collect();
    recordings.sort();
    let old = root().join("tests/snapshots/schema-1.plimsoll").display().to_string();
    examples.chain(recordings).chain([old]).collect()
}

#[test]
fn inspections() {
    let schemas = Schemas::read();
    for source in snapshots() {
        schemas.printed("plimsoll-inspection", &["inspect", &source]);
    }
    for reference in ["agente/micro-before", "agente/micro-backend:after"] {
        schemas.printed("plimsoll-inspection", &["inspect", &archive(reference)]);
    }
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let layer = |size| Layer::default().file("file", size, 1).finish();
    layout.finish(&[layout.image(&[layer(5000)], "amd64"), layout.image(&[layer(6000)], "arm64")]);
    let source = directory.path().to_str().unwrap();
    let platforms = schemas.printed("plimsoll-platforms", &["inspect", source, "--platforms"]);
    assert_eq!(platforms["platforms"].as_array().unwrap().len(), 2);
}

#[test]
fn comparisons_and_findings() {
    let schemas = Schemas::read();
    let pairs = [
        [example("agente-before.plimsoll"), example("agente-after.plimsoll")],
        [example("agente-after.plimsoll"), example("agente-before.plimsoll")],
        [example("agente-before-memory.plimsoll"), example("agente-after-memory.plimsoll")],
        [example("agente-after-memory.plimsoll"), example("agente-before-memory.plimsoll")],
        [archive("agente/micro-before"), archive("agente/micro-backend:after")],
    ];
    for [before, after] in &pairs {
        schemas.printed("plimsoll-comparison", &["compare", before, after]);
        schemas.printed("plimsoll-findings", &["findings", after]);
    }
    let [before, after] = &pairs[0];
    schemas.printed("plimsoll-progress", &["findings", after, "--since", before]);
    schemas.printed("plimsoll-progress", &["findings", before, "--since", after]);
}

#[test]
fn packages_and_their_relatives() {
    let schemas = Schemas::read();
    let before = example("agente-before.plimsoll");
    for source in [&before, &example("agente-after.plimsoll"), &archive("agente/micro-before")] {
        schemas.printed("plimsoll-packages", &["packages", source]);
    }
    schemas.printed("plimsoll-why", &["why", &before, "torch"]);
    schemas.printed("plimsoll-whatif", &["whatif", &before, "--without", "torch,numpy"]);
    schemas.printed("plimsoll-split", &["split", &before]);
    schemas.printed("plimsoll-pull", &["pull", &archive("agente/micro-backend:after")]);
}

#[test]
fn judgements_and_fixes() {
    let schemas = Schemas::read();
    let targets = example("plimsoll.toml");
    for sides in [
        ["agente-before.plimsoll", "agente-after.plimsoll"],
        ["agente-before-memory.plimsoll", "agente-after-memory.plimsoll"],
    ] {
        let [before, after] = sides.map(example);
        schemas.printed("plimsoll-targets", &["check", &before, &after, "--targets", &targets]);
    }
    schemas.printed("plimsoll-fix", &["fix", &example("agente-before.plimsoll"), "--service", "backend"]);
}

/// A history of two states, and the review of the second one.
#[test]
fn series_and_reviews() {
    let schemas = Schemas::read();
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let history = path("history");
    let [before, after] = ["agente-before.plimsoll", "agente-after.plimsoll"].map(example);
    for (label, source) in [("before", &before), ("after", &after)] {
        program::succeed(["history", "add", &history, source, "--label", label]);
    }
    let series = schemas.printed("plimsoll-series", &["history", "list", &history]);
    assert_eq!(series["states"].as_array().unwrap().len(), 2);

    let output = path("ci");
    let mut command = program::command();
    command.args(["ci", &archive("agente/micro-backend:after"), "--before", &archive("agente/micro-before")]);
    command.args(["--max-own-growth", "1 MB", "--output", &output]);
    let run: program::Run =
        without_pipeline(&mut command).current_dir(directory.path()).output().unwrap().into();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let review = fs::read(Path::new(&output).join("review.json")).unwrap();
    schemas.check("plimsoll-review", &serde_json::from_slice(&review).unwrap(), "review.json");
}

/// A command that does not notice that a pipeline runs it.
fn without_pipeline(command: &mut Command) -> &mut Command {
    ["GITHUB_ACTIONS", "GITLAB_CI", "CI"].iter().for_each(|name| _ = command.env_remove(name));
    command
}

#[test]
fn snapshots_of_everything() {
    let schemas = Schemas::read();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("written.json");
    let images =
        [archive("agente/micro-before"), image("skopeo-1.18.0/oci-zstd-chunked").display().to_string()];
    for source in snapshots().into_iter().chain(images) {
        program::succeed(["snapshot", &source, "-o", file.to_str().unwrap()]);
        let snapshot = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        schemas.check("plimsoll-snapshot", &snapshot, &source);
    }
}
