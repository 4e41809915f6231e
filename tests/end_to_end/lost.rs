//! Nothing is lost: an output is whole or as it was, whatever ends the program; a cache that is damaged is no cache; and the
//! same input gives the same bytes on whatever machine.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use plimsoll_tests::craft::{Layer, docker_archive};
use plimsoll_tests::program::{self, Run};
use plimsoll_tests::{image, made};
use tempfile::TempDir;

const ARCHIVE: &str = "docker-26.1.5-graphdriver/micro3.save.tar.gz";
const OLD: &str = "the old file";

fn names(directory: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

/// A snapshot that takes a while to be written into a report.
fn large(directory: &Path) -> String {
    let path = directory.join("large.json");
    let made = made::snapshot(&["app"], "x", &made::many_files(20_000, false));
    plimsoll_snapshot::write_json(&made, fs::File::create(&path).unwrap()).unwrap();
    path.display().to_string()
}

/// An image that takes a while to be written: of many files, whose names and sizes compress badly.
fn many_files(directory: &Path) -> String {
    let mut layer = Layer::default();
    let mut state = 1_u64;
    for index in 0..40_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(index);
        let size = usize::try_from(state % 200).unwrap();
        layer = layer.file(&format!("{state:016x}{:016x}", state.rotate_left(17) ^ index), size, 1);
    }
    let path = directory.join("image.tar");
    fs::write(&path, docker_archive(&[layer.finish()], "test:1")).unwrap();
    path.display().to_string()
}

/// Sends a signal while a snapshot is on its way into an existing file. False if the snapshot was finished too soon.
fn interrupted(source: &str, output: &Path, signal: &str, code: Option<i32>) -> bool {
    let mut child = program::command()
        .args(["snapshot", source, "-o", output.to_str().unwrap()])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !names(output.parent().unwrap()).iter().any(|name| name.starts_with(".plimsoll-")) {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
    }
    assert!(Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap().success());
    let status = child.wait().unwrap();
    if status.success() {
        return false;
    }
    assert_eq!(status.code(), code, "{signal}");
    true
}

#[test]
fn a_signal_leaves_the_old_file() {
    let directory = TempDir::new().unwrap();
    let source = many_files(directory.path());
    for (signal, code) in [("INT", Some(130)), ("TERM", Some(130)), ("KILL", None)] {
        let place = TempDir::new().unwrap();
        let output = place.path().join("out.plimsoll");
        let is_caught = (0..50).any(|_| {
            fs::write(&output, OLD).unwrap();
            interrupted(&source, &output, signal, code)
        });
        assert!(is_caught, "{signal}: it was always there too soon");
        assert_eq!(fs::read_to_string(&output).unwrap(), OLD, "{signal}");
        // Nothing can tidy up behind SIGKILL; the rest is hidden and does no harm.
        if signal != "KILL" {
            assert_eq!(names(place.path()).len(), 1, "{signal}");
        }
        program::succeed(["snapshot", &source, "-o", output.to_str().unwrap()]);
        program::succeed(["inspect", output.to_str().unwrap()]);
    }
}

#[test]
fn a_file_keeps_its_permissions_and_a_link_stays_one() {
    let directory = TempDir::new().unwrap();
    let at = |name: &str| directory.path().join(name);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    fs::write(at("private"), OLD).unwrap();
    fs::set_permissions(at("private"), fs::Permissions::from_mode(0o600)).unwrap();
    fs::create_dir(at("sub")).unwrap();
    fs::write(at("sub/target"), OLD).unwrap();
    symlink("sub/target", at("link")).unwrap();
    symlink("sub/new", at("dangling")).unwrap();
    for name in ["private", "link", "dangling"] {
        program::succeed(["snapshot", image(ARCHIVE).to_str().unwrap(), "-o", at(name).to_str().unwrap()]);
    }
    assert_eq!(mode(&at("private")), 0o600);
    for (link, target) in [("link", "sub/target"), ("dangling", "sub/new")] {
        assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
        assert_eq!(fs::read(at(target)).unwrap(), fs::read(at("private")).unwrap());
    }
    assert_eq!(names(directory.path()).len(), 4);
}

/// A file system of a megabyte, where this user may mount one.
struct Small(PathBuf);

impl Small {
    fn mount(at: &Path) -> Option<Self> {
        let options = ["-t", "tmpfs", "-o", "size=1m", "plimsoll-test"];
        let mounted = Command::new("mount").args(options).arg(at).stderr(Stdio::null()).status().ok()?;
        mounted.success().then(|| Self(at.to_owned()))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_and_one_that_is_read_only() {
    let directory = TempDir::new().unwrap();
    let sources = TempDir::new().unwrap();
    let source = large(sources.path());
    let Some(small) = Small::mount(directory.path()) else {
        // There remain `/dev/full` and a limit on sizes, in `bad_input.rs`.
        println!("not tested: this user may not mount a small file system");
        return;
    };
    let output = small.0.join("report.html");
    fs::write(&output, OLD).unwrap();
    let check = |reason: &str| {
        let run = program::run(["report", &source, &source, "-o", output.to_str().unwrap()]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{}", run.stderr);
        assert!(run.stderr.contains("cannot write") && run.stderr.contains(reason), "{}", run.stderr);
        assert_eq!(fs::read_to_string(&output).unwrap(), OLD);
        assert_eq!(names(&small.0).len(), 1);
    };
    check("No space left");
    let remounted = Command::new("mount").args(["-o", "remount,ro"]).arg(&small.0).status().unwrap();
    assert!(remounted.success());
    check("Read-only file system");
}

#[test]
fn a_source_that_changes_while_it_is_read() {
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("image.tar");
    let layer = Layer::default().file("large", 100 << 20, 1).finish();
    fs::write(&path, docker_archive(&[layer], "test:1")).unwrap();
    let output = directory.path().join("out.plimsoll");
    let mut child = program::command()
        .args(["snapshot", path.to_str().unwrap(), "-o", output.to_str().unwrap()])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    while child.try_wait().unwrap().is_none() {
        // What is behind the end of an archive is no content: only a look at the file reveals it.
        file.write_all(&[0]).unwrap();
        std::thread::sleep(Duration::from_millis(2));
    }
    let run: Run = child.wait_with_output().unwrap().into();
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("image.tar` changed while it was being read"), "{}", run.stderr);
    assert!(!output.exists());
}

/// A call with a cache in this directory.
fn cached(cache: &Path) -> Command {
    let mut command = Command::new(program::path());
    command.env("PLIMSOLL_CACHE_DIR", cache).env_remove("PLIMSOLL_NO_CACHE");
    command
}

/// An archive whose members can be opened in any order: only those are cached.
fn plain(directory: &Path) -> String {
    let layers: Vec<Vec<u8>> = (1..5)
        .map(|fill| Layer::default().file(&format!("file{fill}"), 1000, fill).symlink("a", "b").finish())
        .collect();
    let path = directory.join("image.tar");
    fs::write(&path, docker_archive(&layers, "test/image:1")).unwrap();
    path.display().to_string()
}

fn snapshot_with(cache: &Path, source: &str) -> Vec<u8> {
    let output = TempDir::new().unwrap();
    let path = output.path().join("out.json");
    let run = cached(cache).args(["snapshot", source, "-o", path.to_str().unwrap()]).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    fs::read(path).unwrap()
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    let versions = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    versions.flat_map(|version| fs::read_dir(version).unwrap().map(|entry| entry.unwrap().path())).collect()
}

#[test]
fn a_damaged_cache_is_no_cache() {
    let directory = TempDir::new().unwrap();
    let cache = directory.path().join("cache");
    let source = plain(directory.path());
    let cold = snapshot_with(&cache, &source);
    assert_eq!(entries(&cache).len(), 4);
    assert_eq!(snapshot_with(&cache, &source), cold, "a warm cache");
    let damages: [fn(Vec<u8>) -> Vec<u8>; 6] = [
        |whole| whole[..whole.len() / 2].to_vec(),
        |whole| whole[..whole.len() - 1].to_vec(),
        |_| Vec::new(),
        |_| b"garbage".to_vec(),
        |mut whole| {
            let middle = whole.len() / 2;
            whole[middle] ^= 0xff;
            whole
        },
        |whole| [&whole[..], b"more"].concat(),
    ];
    for damage in damages {
        for entry in entries(&cache) {
            let whole = fs::read(&entry).unwrap();
            fs::write(&entry, damage(whole)).unwrap();
        }
        assert_eq!(snapshot_with(&cache, &source), cold);
    }
    // Directories in the place of entries.
    for entry in entries(&cache) {
        fs::remove_file(&entry).unwrap();
        fs::create_dir(&entry).unwrap();
    }
    assert_eq!(snapshot_with(&cache, &source), cold);
}

#[test]
fn runs_at_once_share_a_cache() {
    let directory = TempDir::new().unwrap();
    let source = plain(directory.path());
    let expected = snapshot_with(&directory.path().join("other"), &source);
    let cache = directory.path().join("cache");
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| snapshot_with(&cache, &source))).collect();
        runs.into_iter().for_each(|run| assert_eq!(run.join().unwrap(), expected));
    });
    assert!(entries(&cache).iter().all(|entry| entry.extension().is_some_and(|extension| extension == "gz")));
}

#[test]
fn the_same_input_gives_the_same_bytes_everywhere() {
    let archive = fs::read(image(ARCHIVE)).unwrap();
    let cache = TempDir::new().unwrap();
    let outputs = |shell: &str, variables: &[(&str, &str)], is_relative: bool, keeps: bool| -> Vec<Vec<u8>> {
        let directory = TempDir::new().unwrap();
        fs::write(directory.path().join("image.tar.gz"), &archive).unwrap();
        let plain = plain(directory.path());
        let source = |name: &str| {
            if is_relative { name.to_owned() } else { directory.path().join(name).display().to_string() }
        };
        assert!(plain.ends_with("image.tar"));
        let (packed, plain) = (source("image.tar.gz"), source("image.tar"));
        let commands: [(&str, Vec<&str>); 6] = [
            ("a.plimsoll", vec!["snapshot", &packed, &plain]),
            ("a.json", vec!["snapshot", &plain]),
            ("a.html", vec!["report", &plain, &packed]),
            ("a.md", vec!["report", &plain, &packed, "--format", "markdown"]),
            ("a.svg", vec!["report", &plain, &packed, "--format", "card"]),
            ("b.json", vec!["report", &plain, &packed, "--format", "json"]),
        ];
        let call = |(name, arguments): (&str, Vec<&str>)| {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("{shell} exec $0 \"$@\"")]);
            // `taskset` takes the place of the program, and runs it.
            command.arg(program::path()).args(&arguments).args(["-o", name]).current_dir(directory.path());
            command.envs(variables.iter().copied()).env("PLIMSOLL_CACHE_DIR", cache.path());
            if keeps {
                command.env_remove("PLIMSOLL_NO_CACHE");
            } else {
                command.env("PLIMSOLL_NO_CACHE", "true");
            }
            let run = command.output().unwrap();
            assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
            fs::read(directory.path().join(name)).unwrap()
        };
        commands.into_iter().map(call).collect()
    };
    let expected = outputs("", &[], false, false);
    assert_eq!(outputs("", &[("TZ", "Pacific/Kiritimati")], false, false), expected, "time zone");
    assert_eq!(
        outputs("", &[("LANG", "tr_TR.UTF-8"), ("LC_ALL", "de_DE.UTF-8")], false, false),
        expected,
        "locale"
    );
    assert_eq!(
        outputs("", &[("LC_ALL", "C"), ("HOME", "/"), ("COLUMNS", "20")], true, false),
        expected,
        "relative"
    );
    assert_eq!(outputs("umask 077;", &[], false, false), expected, "umask");
    assert_eq!(outputs("taskset -p -c 0 $$ >/dev/null 2>&1;", &[], false, false), expected, "one processor");
    assert_eq!(outputs("", &[], false, true), expected, "a cold cache");
    assert_eq!(outputs("", &[], false, true), expected, "a warm cache");
}
