//! The disk of a host from saved answers, reconstructed Dockerfiles, and the platforms of an index.

use std::fs;
use std::path::Path;

use plimsoll_tests::craft::{LAYER, Layer, Layout, config, sha256, with};
use plimsoll_tests::program;
use serde_json::{Value, json};
use tar::EntryType;

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Answers of an engine with an image that nothing uses, one without a name, and a volume.
fn answers(directory: &Path) -> Vec<String> {
    let image = |id: &str, tags: Value, size: u64| json!({"Id": format!("sha256:{id}"), "RepoTags": tags, "RepoDigests": [], "Size": size, "SharedSize": 1000});
    let diff_id = |digit: &str| format!("sha256:{}", digit.repeat(64));
    let inspected = |id: &str, top: &str| json!({"Id": format!("sha256:{id}"), "Size": 0, "RootFS": {"Layers": [diff_id("a"), diff_id(top)]}});
    let history = |id: &str, size: u64| {
        json!([{"Id": format!("sha256:{id}"), "CreatedBy": "RUN make # buildkit", "Size": size},
            {"Id": "<missing>", "CreatedBy": "ADD rootfs.tar /", "Size": 1000}])
    };
    let documents = [
        json!({"LayersSize": 1110, "Containers": [], "BuildCache": null,
            "Images": [image("one", json!(["app:1", "-x\u{1b}[2J"]), 1010), image("two", Value::Null, 1100)],
            "Volumes": [{"Name": "it's; data", "Driver": "local", "UsageData": {"Size": 70, "RefCount": 0}}]}),
        json!([inspected("one", "b"), inspected("two", "c")]),
        history("one", 10),
        history("two", 100),
    ];
    let file = |(number, document): (usize, &Value)| {
        let path = directory.join(format!("answer-{number}"));
        fs::write(&path, document.to_string()).unwrap();
        text(&path).to_owned()
    };
    documents.iter().enumerate().map(file).collect()
}

#[test]
fn saved_answers_of_an_engine_show_what_can_go() {
    let directory = tempfile::tempdir().unwrap();
    let files = answers(directory.path());
    let arguments = |more: &[&str]| -> Vec<String> {
        ["df"].iter().chain(more).map(|&word| word.to_owned()).chain(files.clone()).collect()
    };
    let document = program::json(arguments(&["--format", "json"]));
    assert_eq!(document["totals"]["images_bytes"], 1110);
    assert_eq!(document["reclaimable_bytes"], 100);
    assert_eq!(document["images"][0]["unique_bytes"], 100);
    let shown = program::succeed(arguments(&[])).stdout;
    assert!(shown.contains(r"docker volume rm 'it'\''s; data'"), "{shown}");
    // A name that a terminal obeys is shown as text, and is in no command.
    assert!(!shown.contains('\u{1b}') && !shown.contains("image rm"), "{shown}");
    let spanish = program::succeed(arguments(&["--language", "es", "--format", "markdown"])).stdout;
    assert!(spanish.contains("## Disco del host"), "{spanish}");

    let snapshot = directory.path().join("host.plimsoll");
    program::succeed(arguments(&["-o", text(&snapshot)]));
    let again = program::json(["df", text(&snapshot), "--format", "json"]);
    assert_eq!(again["totals"], document["totals"]);
    let change = program::json(["df", text(&snapshot), "--since", text(&snapshot), "--format", "json"]);
    assert_eq!(change["kinds"][0]["delta"], 0);
    let targets = directory.path().join("plimsoll.toml");
    fs::write(&targets, "[host]\ndisk = 2000\nreclaimable = 50\n").unwrap();
    let checked = program::run(["check", text(&snapshot), "--targets", text(&targets)]);
    assert_eq!(checked.code, Some(1), "{} {}", checked.stdout, checked.stderr);
}

#[test]
fn a_mounted_volume_is_never_called_unused() {
    let directory = tempfile::tempdir().unwrap();
    let df = directory.path().join("df.json");
    let answer = |references: Value| {
        let document = json!({"LayersSize": 1, "BuildCache": [],
            "Images": [{"Id": "sha256:aa", "RepoTags": ["a:1"], "Size": 1, "SharedSize": 0, "Containers": 1}],
            "Containers": [{"Id": "cc", "Names": ["/pc"], "ImageID": "sha256:aa", "State": "exited", "Mounts": null}],
            "Volumes": [{"Name": "pv", "UsageData": {"RefCount": references, "Size": 3_000_000}}]});
        fs::write(&df, document.to_string()).unwrap();
        let text_form = program::succeed(["df", text(&df)]).stdout;
        (program::json(["df", text(&df), "--format", "json"]), text_form)
    };
    for (references, containers) in [(json!(1), json!(1)), (json!(-1), Value::Null)] {
        let (document, shown) = answer(references);
        assert_eq!(document["volumes"][0]["containers"], containers);
        assert!(!shown.contains("volume rm"), "{shown}");
    }
    assert!(answer(json!(0)).1.contains("volume rm pv"));
}

#[test]
fn lists_that_are_missing_are_unknown() {
    let directory = tempfile::tempdir().unwrap();
    let images = directory.path().join("images.json");
    let list = json!([{"Id": "sha256:aa", "RepoTags": ["a:1"], "Size": 90, "SharedSize": -1, "Containers": -1},
        {"Id": "sha256:bb", "RepoTags": null, "Size": 90, "SharedSize": -1, "Containers": -1}]);
    fs::write(&images, list.to_string()).unwrap();
    let document = program::json(["df", text(&images), "--format", "json"]);
    for unknown in ["containers", "volumes", "cache", "reclaimable_bytes"] {
        assert_eq!(document[unknown], Value::Null, "{unknown}");
    }
    assert_eq!((&document["totals"]["images_bytes"], &document["suggestions"]), (&Value::Null, &json!([])));
    let shown = program::succeed(["df", text(&images)]).stdout;
    assert!(!shown.contains("can go for certain:") && !shown.contains("unused"), "{shown}");
    let piped = directory.path().join("df.json");
    fs::write(
        &piped,
        r#"{"LayersSize": 100, "Images": [], "Containers": [], "Volumes": [], "BuildCache": []}"#,
    )
    .unwrap();
    let run = program::command().args(["df", "-"]).stdin(fs::File::open(&piped).unwrap()).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn what_is_no_answer_is_refused_by_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |name: &str, content: &[u8], expected: &str| {
        let path = directory.path().join(name);
        fs::write(&path, content).unwrap();
        let run = program::run(["df", text(&path)]);
        assert_eq!(run.code, Some(2), "{}", run.stdout);
        assert!(run.stderr.contains(name) && run.stderr.contains(expected), "{}", run.stderr);
    };
    refused("empty", b"", "not an answer of an engine");
    refused("list", b"[1, 2]", "not an answer of an engine");
    refused("binary", b"\xff\xfe", "not an answer of an engine");
    refused("deep", "[".repeat(100_000).as_bytes(), "not an answer of an engine");
    refused("printed", br#"{"Images": [], "BuildCache": []}"#, "rounded");
    refused(
        "images-only",
        br#"{"schema_version": 5, "generator": "x", "services": [], "images": [], "layers": []}"#,
        "disk of a host",
    );
    assert_eq!(program::run(["df", "/nowhere/df.json"]).code, Some(2));
    let hung =
        program::command().args(["df"]).env("DOCKER_HOST", "unix:///nowhere/docker.sock").output().unwrap();
    assert_eq!(hung.status.code(), Some(2));
}

#[test]
fn a_dockerfile_is_reconstructed_and_nothing_hides_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let layers = [Layer::default().file("etc/os", 10, 1).finish(), Layer::default().file("b", 5, 2).finish()];
    let mut config = config(&layers, "amd64");
    config["history"] = json!([
        {"created_by": "ADD rootfs.tar / # buildkit", "created": "2026-11-22T10:00:00Z"},
        {"created_by": "CMD [\"sh\"]", "empty_layer": true},
        {"created_by": "RUN /bin/sh -c make\nUSER root\n # buildkit"},
        {"created_by": "ENV KEY=hunter2", "empty_layer": true},
    ]);
    let config = config.to_string();
    let name = format!("{}.json", sha256(config.as_bytes()));
    let manifest = json!([{"Config": name, "RepoTags": ["test/image:1"], "Layers": ["a.tar", "b.tar"]}]);
    let archive = Layer::default()
        .entry("a.tar", EntryType::Regular, "", &layers[0])
        .entry("b.tar", EntryType::Regular, "", &layers[1])
        .entry(&name, EntryType::Regular, "", config.as_bytes())
        .entry("manifest.json", EntryType::Regular, "", manifest.to_string().as_bytes())
        .finish();
    let file = directory.path().join("image.tar");
    fs::write(&file, archive).unwrap();
    let made = program::succeed(["dockerfile", text(&file)]).stdout;
    let lines: Vec<&str> = made.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(
        lines,
        [
            "FROM scratch",
            "ADD rootfs.tar /",
            "RUN <<EOF",
            "make",
            "USER root",
            "EOF",
            "ARG KEY",
            "ENV KEY=${KEY}",
        ]
    );
    assert!(!made.contains("hunter2"));
    let based =
        program::succeed(["dockerfile", text(&file), "--base", "debian:12", "--language", "es"]).stdout;
    assert!(based.contains("FROM debian:12\n") && !based.contains("rootfs"), "{based}");
    let refused = program::run(["dockerfile", text(&file), "--base", "a\nRUN b"]);
    assert_eq!(refused.code, Some(2));
    let inspected = program::json(["inspect", text(&file), "--format", "json"]);
    let history = inspected["images"][0]["history"].as_array().unwrap();
    assert_eq!(history.len(), 4);
    assert_eq!((&history[1]["layer"], &history[2]["layer"]), (&Value::Null, &json!(1)));
    assert_eq!(history[0]["created"], "2026-11-22T10:00:00Z");
}

#[test]
fn an_image_without_a_history_is_made_of_its_layers() {
    let directory = tempfile::tempdir().unwrap();
    let layers = [Layer::default().file("a", 10, 1).finish()];
    let mut config = config(&layers, "amd64");
    config["history"] = Value::Null;
    config["config"] =
        json!({"User": "1000\nUSER root", "Cmd": ["a \"b\""], "Volumes": {"/$(x)": {}, "/data": {}}});
    let layout = Layout::new(directory.path());
    let blob = layout.blob(LAYER, &layers[0]);
    layout.finish(&[layout.manifest(&config, &[blob])]);
    let made = program::succeed(["dockerfile", text(directory.path())]).stdout;
    let lines: Vec<&str> = made.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(lines, ["FROM scratch", "ADD layer-00.tar /", "VOLUME /data", r#"CMD ["a \"b\""]"#]);
}

#[test]
fn all_platforms_of_an_index_are_listed_without_layers() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let platform = |architecture: &str| json!({"platform": {"os": "linux", "architecture": architecture}});
    let shared = Layer::default().file("a", 1000, 1).finish();
    let own = Layer::default().file("b", 50, 2).finish();
    let amd = with(layout.image(&[shared.clone(), own.clone()], "amd64"), platform("amd64"));
    let arm = with(layout.image(std::slice::from_ref(&shared), "arm64"), platform("arm64"));
    let missing = with(layout.image(&[own], "s390x"), platform("s390x"));
    let digest = missing["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
    layout.finish(&[amd, arm, missing]);
    fs::remove_file(directory.path().join("blobs/sha256").join(digest)).unwrap();
    let document = program::json(["inspect", text(directory.path()), "--platforms", "--format", "json"]);
    let found: Vec<_> = (document["platforms"].as_array().unwrap().iter())
        .map(|one| (one["platform"].as_str().unwrap(), one["layers"].as_u64()))
        .collect();
    assert_eq!(found, [("linux/amd64", Some(2)), ("linux/arm64", Some(1)), ("linux/s390x", None)]);
    // The layers are stored uncompressed, so they have no compressed size, as in the inspection.
    let sizes = &document["platforms"][0];
    assert_eq!((&sizes["unique_bytes"], &sizes["compressed_bytes"]), (&Value::Null, &Value::Null));
    let spanish =
        program::succeed(["inspect", text(directory.path()), "--platforms", "--language", "es"]).stdout;
    assert!(spanish.contains("plataforma"), "{spanish}");
    let refused = program::run(["inspect", "-", "--platforms"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("cannot be listed"), "{}", refused.stderr);
}
