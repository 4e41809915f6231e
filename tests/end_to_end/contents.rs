//! Files taken out of images: contents, versions, links, and what must never happen on the way.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use plimsoll_tests::craft::{Layer, Layout, docker_archive};
use plimsoll_tests::program::{self, Run};
use tar::EntryType;
use tempfile::TempDir;

fn layers() -> Vec<Vec<u8>> {
    let file = |layer: Layer, path: &str, content: &[u8]| layer.entry(path, EntryType::Regular, "", content);
    let base = file(Layer::default(), "etc/motd", b"old\n")
        .file("usr/lib/big.so", 70_000, b'x')
        .symlink("motd", "/etc/motd");
    let base = base.hardlink("usr/lib/same.so", "usr/lib/big.so").symlink("loop", "loop").file("empty", 0, 0);
    let next = file(Layer::default(), "etc/motd", b"new\n").file("app/secret", 3, b's');
    let last = Layer::default().whiteout("app/secret").entry("dev/null", EntryType::Char, "", b"");
    [base, next, last].iter().map(Layer::finish).collect()
}

struct Image {
    directory: TempDir,
    path: String,
}

fn image(layers: &[Vec<u8>]) -> Image {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("image.tar");
    fs::write(&path, docker_archive(layers, "app:1")).unwrap();
    Image { path: path.display().to_string(), directory }
}

fn failed(run: &Run, expected: &[&str]) {
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    for part in expected {
        assert!(run.stderr.contains(part), "`{part}` is not in: {}", run.stderr);
    }
}

#[test]
fn a_file_is_printed_as_the_image_has_it() {
    let image = image(&layers());
    let cat = |arguments: &[&str]| program::run(["cat", &image.path].iter().chain(arguments));
    assert_eq!(cat(&["/etc/motd"]).stdout, "new\n");
    assert_eq!(cat(&["motd"]).stdout, "new\n");
    assert_eq!(cat(&["./etc/../motd"]).stdout, "new\n");
    assert_eq!(cat(&["/etc/motd", "--layer", "0"]).stdout, "old\n");
    assert_eq!(cat(&["app/secret", "--layer", "1"]).stdout, "sss");
    assert_eq!(cat(&["usr/lib/same.so"]).stdout.len(), 70_000);
    assert_eq!((cat(&["empty"]).code, cat(&["empty"]).stdout.as_str()), (Some(0), ""));
    failed(&cat(&["app/secret"]), &["no `app/secret`", "`--layer 1`"]);
    failed(&cat(&["usr"]), &["is a directory", "plimsoll extract"]);
    failed(&cat(&["dev/null"]), &["a device"]);
    failed(&cat(&["loop"]), &["`loop` is a symbolic link that leads in a circle"]);
    failed(&cat(&["etc/motd", "--layer", "9"]), &["there is no layer 9", "has 3"]);
    failed(&cat(&["etc/motd", "--redact"]), &["--redact"]);
    failed(&cat(&["etc/motd", "--attached"]), &["--attached", "leave it out"]);
}

#[test]
fn a_link_to_nothing_is_called_a_link() {
    let base = Layer::default().symlink("stdout", "/dev/stdout").symlink("chain", "dangling");
    let base =
        base.symlink("dangling", "/nowhere/x").symlink("to-hidden", "app/secret").file("app/secret", 3, b's');
    let image = image(&[base.finish(), Layer::default().whiteout("app/secret").finish()]);
    let cat = |arguments: &[&str]| program::run(["cat", &image.path].iter().chain(arguments));
    let container = "exists in a running container alone";
    failed(
        &cat(&["stdout"]),
        &["`stdout` is a symbolic link to `/dev/stdout`, which the image does not have", container],
    );
    failed(
        &cat(&["dangling"]),
        &["`dangling` is a symbolic link to `/nowhere/x`, which the image does not have"],
    );
    failed(&cat(&["chain"]), &["`chain` leads to `dangling`, a symbolic link to `/nowhere/x`"]);
    failed(&cat(&["to-hidden"]), &["a symbolic link to `app/secret`", "`app/secret` is in `--layer 0`"]);
    assert_eq!(cat(&["to-hidden", "--layer", "0"]).stdout, "sss");
    // What was just tried is no hint.
    for path in ["dangling", "chain", "no/such"] {
        let run = cat(&[path, "--layer", "0"]);
        failed(&run, &["layer 0"]);
        assert!(!run.stderr.contains("--layer"), "{}", run.stderr);
    }
}

#[test]
fn every_kind_of_source_has_the_same_contents() {
    let layers = layers();
    let image = image(&layers);
    let archive = fs::read(&image.path).unwrap();
    let packed = image.directory.path().join("image.tar.gz");
    let mut gzip = GzEncoder::new(fs::File::create(&packed).unwrap(), Compression::fast());
    gzip.write_all(&archive).unwrap();
    gzip.finish().unwrap();
    let root = image.directory.path().join("layout");
    let layout = Layout::new(&root);
    let gzipped: Vec<Vec<u8>> = layers.clone();
    let manifest = layout.image(&gzipped, "amd64");
    layout.finish(&[manifest]);
    for source in [packed.as_path(), root.as_path()] {
        let run = program::succeed([Path::new("cat"), source, Path::new("etc/motd")]);
        assert_eq!(run.stdout, "new\n", "{}", source.display());
    }
    let mut child = program::command();
    let mut child =
        child.args(["cat", "-", "etc/motd"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&archive).unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, b"new\n");
}

#[test]
fn a_snapshot_has_no_contents() {
    let image = image(&layers());
    for name in ["stack.plimsoll", "stack.json"] {
        let snapshot = image.directory.path().join(name).display().to_string();
        program::succeed(["snapshot", &image.path, "-o", &snapshot]);
        failed(&program::run(["cat", &snapshot, "etc/motd"]), &["is a snapshot", "give the image"]);
    }
}

fn extract(image: &Image, arguments: &[&str]) -> (PathBuf, Run) {
    let output = image.directory.path().join("out");
    let mut all = vec!["extract", &image.path, "-o", output.to_str().unwrap()];
    all.extend(arguments);
    let run = program::run(all);
    (output, run)
}

#[cfg(unix)]
#[test]
fn everything_is_written_below_the_directory() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let image = image(&layers());
    let (output, run) = extract(&image, &["/"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("`dev/null` (a device)"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(output.join("etc/motd")).unwrap(), "new\n");
    assert_eq!(fs::read_link(output.join("motd")).unwrap(), Path::new("/etc/motd"));
    assert!(!output.join("app/secret").exists() && !output.join("dev/null").exists());
    let links = ["big.so", "same.so"].map(|name| fs::metadata(output.join("usr/lib").join(name)).unwrap());
    assert_eq!((links[0].ino(), links[0].nlink()), (links[1].ino(), 2));
    assert_eq!(links[0].permissions().mode() & 0o7777, 0o644);
    // Nothing is overwritten, and nothing is left beside it.
    let (_, again) = extract(&image, &["etc"]);
    failed(&again, &["is not empty", "nothing is overwritten"]);
    assert_eq!(fs::read_dir(image.directory.path()).unwrap().count(), 2);
}

#[test]
fn one_layer_is_written_with_what_later_ones_hide() {
    let image = image(&layers());
    let (output, run) = extract(&image, &["/", "--layer", "1"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(fs::read_to_string(output.join("app/secret")).unwrap(), "sss");
    assert!(!output.join("usr").exists());
}

#[test]
fn no_name_of_an_image_leads_out_of_the_directory() {
    let evil = Layer::default()
        .symlink("out", "../..")
        .entry("out/escaped", EntryType::Regular, "", b"evil")
        .entry("../above", EntryType::Regular, "", b"evil")
        .entry("/absolute", EntryType::Regular, "", b"fine")
        .symlink("etc", "/etc")
        .entry("setuid", EntryType::Regular, "", b"x");
    let over = Layer::default().entry("etc/passwd", EntryType::Regular, "", b"evil");
    let image = image(&[evil.finish(), over.finish()]);
    let (output, run) = extract(&image, &["/"]);
    let above = image.directory.path();
    for place in [above.join("escaped"), above.join("above"), above.parent().unwrap().join("escaped")] {
        assert!(!place.exists(), "{}: {}", place.display(), run.stderr);
    }
    assert_ne!(fs::read("/etc/passwd").unwrap_or_default(), b"evil");
    if run.code == Some(0) {
        assert_eq!(fs::read_to_string(output.join("absolute")).unwrap(), "fine");
    } else {
        assert!(!output.exists(), "{}", run.stderr);
        assert_eq!(fs::read_dir(above).unwrap().count(), 1);
    }
}

#[cfg(unix)]
#[test]
fn an_interruption_leaves_nothing_behind() {
    let image = image(&[Layer::default().file("big", 300 << 20, b'x').finish()]);
    let output = image.directory.path().join("out");
    let mut child = program::command();
    let mut child =
        child.args(["extract", &image.path, "/", "-o", output.to_str().unwrap()]).spawn().unwrap();
    let begun = || fs::read_dir(image.directory.path()).unwrap().count() > 1;
    let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !begun() && child.try_wait().unwrap().is_none() && std::time::Instant::now() < until {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    if child.wait().unwrap().success() {
        return;
    }
    assert_eq!(fs::read_dir(image.directory.path()).unwrap().count(), 1, "only the image is there");
}
