//! Bad input and bad days: a clear error that names the place, exit code 2, nothing on standard output, and an output
//! file that is whole or as it was.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::GzDecoder;
use plimsoll_tests::image;
use plimsoll_tests::program::{self, Run};
use tempfile::TempDir;

const OLD: &str = "the old file";

/// Takes a snapshot of something bad over an old file, and compares the message.
fn check(source: &Path, expected: &[&str]) {
    let directory = TempDir::new().unwrap();
    let output = directory.path().join("out.plimsoll");
    fs::write(&output, OLD).unwrap();
    let run = program::run(["snapshot".as_ref(), source.as_os_str(), "-o".as_ref(), output.as_os_str()]);
    failed_with(&run, expected);
    assert_eq!(fs::read_to_string(&output).unwrap(), OLD);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left behind");
}

fn failed_with(run: &Run, expected: &[&str]) {
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    for part in expected {
        assert!(run.stderr.contains(part), "`{part}` is not in: {}", run.stderr);
    }
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
}

/// A file with this content.
fn file(directory: &TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = directory.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

fn plain_archive() -> Vec<u8> {
    let packed = fs::read(image("docker-26.1.5-graphdriver/micro3.save.tar.gz")).unwrap();
    let mut tar = Vec::new();
    GzDecoder::new(&packed[..]).read_to_end(&mut tar).unwrap();
    tar
}

/// A copy of an OCI layout that can be damaged.
fn layout(directory: &TempDir) -> PathBuf {
    let copy = directory.path().join("layout");
    let original = image("skopeo-1.18.0/oci-zstd-chunked");
    fs::create_dir_all(copy.join("blobs/sha256")).unwrap();
    for name in ["index.json", "oci-layout"] {
        fs::copy(original.join(name), copy.join(name)).unwrap();
    }
    for blob in fs::read_dir(original.join("blobs/sha256")).unwrap() {
        let blob = blob.unwrap();
        fs::copy(blob.path(), copy.join("blobs/sha256").join(blob.file_name())).unwrap();
    }
    copy
}

/// The largest blob of a layout: a layer.
fn layer_of(layout: &Path) -> PathBuf {
    let blobs = fs::read_dir(layout.join("blobs/sha256")).unwrap().map(|blob| blob.unwrap().path());
    blobs.max_by_key(|blob| fs::metadata(blob).unwrap().len()).unwrap()
}

#[test]
fn a_truncated_archive() {
    let directory = TempDir::new().unwrap();
    let tar = plain_archive();
    let half = &tar[..tar.len() / 2];
    check(&file(&directory, "half.tar", half), &["half.tar` is truncated after"]);
    check(&file(&directory, "header.tar", &tar[..300]), &["header.tar`"]);
    let packed = fs::read(image("docker-26.1.5-graphdriver/micro3.save.tar.gz")).unwrap();
    check(&file(&directory, "half.tar.gz", &packed[..packed.len() / 2]), &["half.tar.gz", "truncated"]);
}

#[test]
fn a_missing_blob_is_named() {
    let directory = TempDir::new().unwrap();
    let layout = layout(&directory);
    let layer = layer_of(&layout);
    let digest = layer.file_name().unwrap().to_string_lossy().into_owned();
    fs::remove_file(&layer).unwrap();
    check(&layout, &["blob sha256:", &digest, "is missing", "refers to it"]);
}

#[test]
fn a_digest_that_lies_is_named() {
    let directory = TempDir::new().unwrap();
    let layout = layout(&directory);
    // The layer is another one, sound but not the one the manifest means.
    let layer = layer_of(&layout);
    let digest = layer.file_name().unwrap().to_string_lossy().into_owned();
    let other = zstd::encode_all(&[0_u8; 1024][..], 1).unwrap();
    fs::write(&layer, other).unwrap();
    check(&layout, &[&digest, "does not match its digest", "expected sha256:", "found sha256:"]);

    let mut tar = plain_archive();
    let position = tar.windows(8).rposition(|window| window == b"busybox\n").unwrap_or(tar.len() / 3);
    tar[position + 5] ^= 1;
    check(&file(&directory, "flipped.tar", &tar), &["does not match its digest"]);
}

#[test]
fn a_broken_manifest_or_config_is_named() {
    let directory = TempDir::new().unwrap();
    let layout = layout(&directory);
    fs::write(layout.join("index.json"), "{\"schemaVersion\": 2, \"manifests\": [{}]}").unwrap();
    check(&layout, &["`index.json` is not valid", "missing field"]);
    fs::write(layout.join("index.json"), "{\"schemaVersion\": 2, \"manifests\": []}").unwrap();
    check(&layout, &["the index is empty"]);
}

#[test]
fn what_is_no_image() {
    let directory = TempDir::new().unwrap();
    check(
        &file(&directory, "notes.txt", b"shopping list\n"),
        &["notes.txt`", "is a text file, not a container image"],
    );
    check(&file(&directory, "empty.tar", b""), &["empty.tar`", "empty"]);
    check(&file(&directory, "other.json", b"{\"a\": 1}"), &["other.json"]);
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(5);
    header.set_cksum();
    tar.append_data(&mut header, "hello.txt", &b"hello"[..]).unwrap();
    let tar = tar.into_inner().unwrap();
    check(&file(&directory, "other.tar", &tar), &["other.tar`", "there is no image here", "hint: "]);
    check(directory.path(), &["there is no image here", "manifest.json", "index.json"]);
    check(&directory.path().join("missing.tar"), &["cannot read", "missing.tar", "no such file"]);
}

#[test]
fn an_image_that_is_not_there() {
    let archive = image("docker-26.1.5-graphdriver/micro3.save.tar.gz");
    let run = program::run(["inspect", &format!("docker-archive:{}:agente/ghost", archive.display())]);
    failed_with(
        &run,
        &["no image `agente/ghost`", "agente/micro-before:latest", "agente/micro-backend:after"],
    );
    let run = program::run(["snapshot", &format!("app={}", archive.display()), "-o", "/dev/null"]);
    failed_with(&run, &["`app` names one image", "has 3", "agente/micro-backend:after"]);
    let run = program::run(["inspect", archive.to_str().unwrap(), "--platform", "linux/s390x"]);
    failed_with(&run, &["no image for platform linux/s390x", "linux/amd64"]);
}

#[test]
fn a_snapshot_from_the_future_or_in_pieces() {
    let directory = TempDir::new().unwrap();
    let future = file(&directory, "future.json", b"{\"schema_version\": 99}");
    let inspect = |path: &Path| program::run(["inspect".as_ref(), path.as_os_str()]);
    failed_with(&inspect(&future), &["future.json", "schema version 99", "use a newer plimsoll"]);
    let broken = file(&directory, "broken.json", b"{\"schema_version\": 1, \"services\": [");
    failed_with(&inspect(&broken), &["broken.json", "damaged"]);
}

#[test]
fn a_full_disk_leaves_the_old_file() {
    let archive = image("docker-26.1.5-graphdriver/micro3.save.tar.gz");
    failed_with(
        &program::run(["snapshot", archive.to_str().unwrap(), "-o", "/dev/full"]),
        &["cannot write `/dev/full`", "No space left"],
    );
    // A limit on the size of files fails in the middle of writing, as a full disk does.
    let directory = TempDir::new().unwrap();
    let output = file(&directory, "out.plimsoll", OLD.as_bytes());
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$0\" snapshot \"$1\" -o \"$2\"";
    let run: Run = Command::new("sh")
        .args(["-c", script])
        .args([program::path().as_os_str(), archive.as_os_str(), output.as_os_str()])
        .output()
        .unwrap()
        .into();
    failed_with(&run, &["cannot write", "out.plimsoll", "File too large"]);
    assert_eq!(fs::read_to_string(&output).unwrap(), OLD);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn no_permission() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = TempDir::new().unwrap();
    let closed = file(&directory, "closed.tar", b"x");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // To root every file is open, so the program has to run as another user.
    let is_open = fs::File::open(&closed).is_ok();
    let run: Run = if is_open {
        let program = directory.path().join("plimsoll");
        fs::copy(program::path(), &program).unwrap();
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        command.arg(program).arg("inspect").arg(&closed).output().unwrap().into()
    } else {
        program::run(["inspect".as_ref(), closed.as_os_str()])
    };
    failed_with(&run, &["cannot read", "closed.tar", "Permission denied"]);
}
