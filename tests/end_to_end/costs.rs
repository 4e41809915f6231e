//! Small inputs that stand for a lot of work, and files that wait or have no end: each is read in bounds, or refused.

use std::fs;
use std::path::Path;
use std::process::Command;

use plimsoll_tests::craft::{Layer, Layout, docker_archive};
use plimsoll_tests::program::{self, run, succeed};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A snapshot of one image of some files, as a document.
fn snapshot(desk: &TempDir, files: usize) -> Value {
    let layer = (0..files).fold(Layer::default(), |layer, file| layer.file(&format!("d/{file}"), 1, 1));
    let (archive, out) = (desk.path().join("a.tar"), desk.path().join("one.json"));
    fs::write(&archive, docker_archive(&[layer.finish()], "a:1")).unwrap();
    succeed(["snapshot", archive.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    serde_json::from_slice(&fs::read(out).unwrap()).unwrap()
}

fn write(desk: &TempDir, document: &Value) -> String {
    let path = desk.path().join("many.json");
    fs::write(&path, document.to_string()).unwrap();
    path.display().to_string()
}

fn services(count: usize, image: impl Fn(usize) -> usize) -> Value {
    (0..count).map(|index| json!({"name": format!("s{index}"), "image": image(index)})).collect()
}

fn refused(arguments: &[&str], expected: &[&str]) {
    let run = run(arguments);
    assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
    for part in expected {
        assert!(run.stderr.contains(part), "`{part}` is not in: {}", run.stderr);
    }
}

#[test]
fn services_that_share_an_image_are_all_named_and_bounded() {
    let desk = TempDir::new().unwrap();
    let mut document = snapshot(&desk, 100);
    document["services"] = services(1000, |_| 0);
    let file = write(&desk, &document);
    for command in ["inspect", "packages", "findings"] {
        let images = program::json([command, &file, "--format", "json"]);
        let list = images["images"].as_array().or(images["services"].as_array()).unwrap();
        let names: Vec<&str> = list.iter().map(|image| image["service"].as_str().unwrap()).collect();
        assert_eq!((names.len(), names[0], names[999]), (1000, "s0", "s999"), "{command}");
    }
    let compared = program::json(["compare", &file, &file, "--format", "json"]);
    assert_eq!(compared["services"].as_array().unwrap().len(), 1000);
    document["services"] = services(1001, |_| 0);
    let file = write(&desk, &document);
    refused(
        &["inspect", &file],
        &["the services of the snapshot exceed the limit of 1000 (met: 1001)", "--limit-services"],
    );
    succeed(["inspect", &file, "--limit-services", "1001"]);
}

#[test]
fn images_that_stack_up_one_layer_are_bounded() {
    let desk = TempDir::new().unwrap();
    let mut document = snapshot(&desk, 100);
    let image = document["images"][0].clone();
    document["images"] = vec![image.clone(); 50].into();
    document["services"] = services(50, |index| index);
    let file = write(&desk, &document);
    succeed(["inspect", &file]);
    refused(
        &["inspect", &file, "--limit-stacked-entries", "5000"],
        &[
            "the stacked entries of the snapshot exceed the limit of 5000 (met: 5050)",
            "--limit-stacked-entries",
        ],
    );
    let mut image = image;
    image["layers"] = vec![image["layers"][0].clone(); 1001].into();
    document["images"] = json!([image]);
    document["services"] = services(1, |_| 0);
    refused(
        &["inspect", &write(&desk, &document)],
        &["the layers of one image of the snapshot exceed the limit of 1000 (met: 1001)", "--limit-layers"],
    );
}

#[test]
fn more_packages_than_an_image_can_have_are_left_out() {
    let desk = TempDir::new().unwrap();
    let stanza = |number| format!("Package: p{number}\nStatus: install ok installed\nVersion: 1\n\n");
    let status: String = (0..50).map(stanza).collect();
    let layer = Layer::default().entry("var/lib/dpkg/status", tar::EntryType::Regular, "", status.as_bytes());
    let archive = desk.path().join("a.tar");
    fs::write(&archive, docker_archive(&[layer.finish()], "a:1")).unwrap();
    let archive = archive.to_str().unwrap();
    let packages = program::json(["packages", archive, "--format", "json", "--limit-packages", "20"]);
    assert_eq!(packages["images"][0]["packages"].as_array().unwrap().len(), 20);
    let inspected = succeed(["inspect", archive, "--limit-packages", "20"]);
    assert!(inspected.stdout.contains("more than 20 packages"), "{}", inspected.stdout);
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_does_not_stop_a_command() {
    let desk = TempDir::new().unwrap();
    let path = |name: &str| desk.path().join(name).display().to_string();
    let archive = path("a.tar");
    fs::write(&archive, docker_archive(&[Layer::default().file("a", 1, 1).finish()], "a:1")).unwrap();
    let out = path("out.plimsoll");
    let zero = "/dev/zero";
    for arguments in [
        vec!["inspect", zero],
        vec!["check", &archive, "--targets", zero],
        vec!["snapshot", &archive, "--memory", zero, "-o", &out],
        vec!["snapshot", &archive, "--dockerfile", zero, "-o", &out],
        vec!["record", "--seal", zero, "-o", &out],
    ] {
        refused(&arguments, &["cannot read `/dev/zero`", "a device or a socket, not a regular file"]);
    }
    let folder = desk.path().display().to_string();
    refused(&["check", &archive, "--targets", &folder], &["it is a directory, not a file"]);
    refused(&["snapshot", &archive, "--memory", &folder, "-o", &out], &["it is a directory, not a file"]);
    assert!(!Path::new(&out).exists());
}

#[cfg(unix)]
#[test]
fn a_pipe_in_a_layout_is_refused() {
    let desk = TempDir::new().unwrap();
    let root = desk.path().join("layout");
    let layout = Layout::new(&root);
    let image = layout.image(&[Layer::default().file("a", 1, 1).finish()], "amd64");
    layout.finish(&[image]);
    for member in [
        root.join("index.json"),
        fs::read_dir(root.join("blobs/sha256")).unwrap().next().unwrap().unwrap().path(),
    ] {
        let whole = fs::read(&member).unwrap();
        fs::remove_file(&member).unwrap();
        assert!(Command::new("mkfifo").arg(&member).status().unwrap().success());
        refused(&["inspect", root.to_str().unwrap()], &["it is a named pipe, not a regular file"]);
        fs::remove_file(&member).unwrap();
        fs::write(&member, whole).unwrap();
    }
    succeed(["inspect", root.to_str().unwrap()]);
}

/// What `<(…)` and `/dev/stdin` are.
#[cfg(unix)]
#[test]
fn pipes_that_are_given_are_read() {
    let desk = TempDir::new().unwrap();
    let archive = desk.path().join("a.tar");
    fs::write(&archive, docker_archive(&[Layer::default().file("a", 1, 1).finish()], "a:1")).unwrap();
    let script = "cat \"$2\" | \"$1\" inspect /dev/stdin && cat \"$2\" | \"$1\" inspect - && \"$1\" inspect <(cat \"$2\")";
    let status = Command::new("bash")
        .args(["-c", script, "bash", program::path().to_str().unwrap(), archive.to_str().unwrap()])
        .env("PLIMSOLL_NO_CACHE", "true")
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stderr));
}

/// A file of the build would be lost; a new file, or one that the build does not see, harms nothing.
#[test]
fn no_output_takes_the_place_of_a_measured_file() {
    let desk = TempDir::new().unwrap();
    let path = |name: &str| desk.path().join(name).display().to_string();
    fs::write(path("a.tar"), docker_archive(&[Layer::default().file("a", 1, 1).finish()], "a:1")).unwrap();
    fs::create_dir(path("context")).unwrap();
    for name in ["main.py", "old.plimsoll", "Dockerfile"] {
        fs::write(path(&format!("context/{name}")), "FROM scratch\n").unwrap();
    }
    fs::write(path("context/.dockerignore"), "*.plimsoll\n").unwrap();
    fs::hard_link(path("context/main.py"), path("linked")).unwrap();
    let call = |output: &str| {
        let (archive, context, output) = (path("a.tar"), path("context"), path(output));
        let ignore = path("context/.dockerignore");
        run(["snapshot", &archive, "--context", &context, "--dockerignore", &ignore, "-o", &output])
    };
    for output in ["context/main.py", "linked"] {
        let refused = call(output);
        assert_eq!(refused.code, Some(2), "{output}");
        assert!(
            refused.stderr.contains("an input") || refused.stderr.contains("the input"),
            "{}",
            refused.stderr
        );
        assert_eq!(fs::read_to_string(path("context/main.py")).unwrap(), "FROM scratch\n");
    }
    for output in ["context/new.plimsoll", "context/old.plimsoll", "beside.plimsoll"] {
        assert_eq!(call(output).code, Some(0), "{output}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_that_nobody_reads_is_no_output() {
    let desk = TempDir::new().unwrap();
    let path = |name: &str| desk.path().join(name).display().to_string();
    fs::write(path("a.tar"), docker_archive(&[Layer::default().file("a", 1, 1).finish()], "a:1")).unwrap();
    assert!(Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    refused(
        &["snapshot", &path("a.tar"), "-o", &path("pipe")],
        &["it is a named pipe, and nothing opened it to read for 10 s"],
    );
    // A reader that comes in time gets the whole.
    let reader = path("pipe");
    let reader = std::thread::spawn(move || fs::read(reader).unwrap());
    succeed(["snapshot", &path("a.tar"), "-o", &path("pipe")]);
    assert_eq!(plimsoll_snapshot::read(&reader.join().unwrap()[..]).unwrap().services.len(), 1);
}

/// `--env-file <(…)`, and two compose files that both use it.
#[cfg(unix)]
#[test]
fn variables_are_read_from_a_pipe() {
    let desk = TempDir::new().unwrap();
    let path = |name: &str| desk.path().join(name).display().to_string();
    fs::write(path("compose.yml"), "services: {web: {image: x, mem_limit: \"${LIMIT}\"}}").unwrap();
    fs::write(path("over.yml"), "services: {web: {memswap_limit: \"${LIMIT}\"}}").unwrap();
    let script = "\"$1\" snapshot --compose \"$2\" --compose \"$3\" --env-file <(echo LIMIT=64m) -o \"$4\"";
    let output = Command::new("bash")
        .args(["-c", script, "bash", program::path().to_str().unwrap()])
        .args([path("compose.yml"), path("over.yml"), path("out.json")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("warning"), "{said}");
    let snapshot: Value = serde_json::from_slice(&fs::read(path("out.json")).unwrap()).unwrap();
    let limits = &snapshot["runtime"]["planned"][0]["limits"];
    assert_eq!((&limits["memory"], &limits["memory_swap"]), (&json!(64 << 20), &limits["memory_swap"]));
    assert!(!limits["memory_swap"].is_null());
    let missing = path("none");
    refused(
        &["snapshot", "--compose", &path("compose.yml"), "--env-file", &missing, "-o", &path("x.json")],
        &["cannot read"],
    );
}

/// Three bytes of a file stand for hundreds in memory.
#[test]
fn lists_of_nothing_take_no_more_memory_than_is_allowed() {
    let desk = TempDir::new().unwrap();
    let version = plimsoll_snapshot::SCHEMA_VERSION;
    let list = vec!["{}"; 4_000_000].join(",");
    for place in ["containers", "planned", "recordings"] {
        let path = desk.path().join(place);
        fs::write(&path, format!("{{\"schema_version\":{version},\"runtime\":{{\"{place}\":[{list}]}}}}"))
            .unwrap();
        let (run, peak, _) = crate::limits::observed(&["inspect", path.to_str().unwrap()]);
        assert_eq!(run.code, Some(2), "{place}: {}", run.stderr);
        assert!(run.stderr.contains("its lists take more memory than a snapshot may"), "{}", run.stderr);
        assert!(peak < 2500, "{place}: {peak} MiB");
    }
    let path = desk.path().join("inspect.json");
    fs::write(&path, format!("[{}]", vec!["{\"a\":1}"; 3_000_000].join(","))).unwrap();
    let out = desk.path().join("out.plimsoll").display().to_string();
    let (run, peak, _) =
        crate::limits::observed(&["snapshot", "--memory", path.to_str().unwrap(), "-o", &out]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(peak < 2500, "{peak} MiB");
}

/// A recording may claim billions of frames.
#[test]
fn frames_that_are_not_there_cost_nothing() {
    let desk = TempDir::new().unwrap();
    let path = desk.path().join("frames.json");
    let series: Vec<Value> = (0..1000)
        .map(|_| json!({"container": 0, "first": 1, "length": 4_000_000_000_u32, "columns": {}}))
        .collect();
    let recording = json!({"file": "x", "format": "recorded", "regime": "usage", "frames": 4_000_000_001_u32,
        "quality": {"resolution": "exact", "base": "none", "timestamps": "absent"}, "series": series});
    let version = plimsoll_snapshot::SCHEMA_VERSION;
    let document = json!({"schema_version": version, "generator": "x", "services": [], "images": [], "layers": [],
        "runtime": {"containers": [{"service": "a"}], "recordings": [recording]}});
    fs::write(&path, document.to_string()).unwrap();
    let (run, peak, seconds) = crate::limits::observed(&["inspect", path.to_str().unwrap()]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(peak < 100 && seconds < 5.0, "{peak} MiB, {seconds} s");
}
