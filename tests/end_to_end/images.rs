//! Real images of every engine: all open, and the figures are those of references that share no code with us.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_analysis::{Holds, Tree, squash};
use plimsoll_snapshot::{EntryKind, Snapshot, path};
use plimsoll_tests::{image, program, root};
use serde_json::Value;

/// The images that come with the repository, and the whole corpus they were taken from where it lies beside it.
fn folders() -> Vec<PathBuf> {
    let corpus = root().join("../shared/corpus/small");
    [Some(image("")), corpus.is_dir().then_some(corpus)].into_iter().flatten().collect()
}

/// Everything below the folders that is an archive or a layout.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = folders();
    while let Some(folder) = pending.pop() {
        if folder.join("index.json").exists() || folder.join("manifest.json").exists() {
            found.push(folder);
            continue;
        }
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                pending.push(path);
            } else if name.contains(".tar") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn inspect(source: &Path) -> Vec<Value> {
    let source = source.to_string_lossy().into_owned();
    let document = program::json(["inspect", &source, "--format", "json"]);
    document["images"].as_array().unwrap().clone()
}

#[test]
fn every_archive_and_layout_opens_and_every_byte_is_accounted_for() {
    let sources = sources();
    assert!(sources.len() >= 6, "{sources:?}");
    for source in sources {
        let images = inspect(&source);
        assert!(!images.is_empty(), "{}", source.display());
        for image in images {
            let bytes = |name: &str| image[name].as_u64().unwrap();
            assert_eq!(
                bytes("size_bytes"),
                bytes("final_tree_bytes") + bytes("hidden_bytes"),
                "{}",
                source.display()
            );
            let sum = |list: &str, name: &str| -> u64 {
                image[list].as_array().unwrap().iter().map(|item| item[name].as_u64().unwrap()).sum()
            };
            assert_eq!(sum("layers", "file_bytes"), bytes("size_bytes"));
            assert_eq!(sum("layers", "hidden_bytes"), bytes("hidden_bytes"));
            assert_eq!(sum("hidden", "bytes"), bytes("hidden_bytes"));
        }
    }
}

#[test]
fn figures_equal_those_of_the_independent_reference() {
    let mut compared = 0;
    for source in sources() {
        let name = source.file_name().unwrap().to_string_lossy().into_owned();
        let stem = name.split('.').next().unwrap();
        let truth = source.with_file_name(format!("{stem}.truth.json"));
        let Ok(truth) = fs::read(truth) else { continue };
        let truth: Value = serde_json::from_slice(&truth).unwrap();
        let images = inspect(&source);
        for (image, truth) in images.iter().zip(truth["images"].as_array().unwrap()) {
            for (ours, theirs) in [
                ("size_bytes", "total_file_bytes"),
                ("final_tree_bytes", "merged_regular_bytes_hardlinks_zero"),
                ("hidden_bytes", "wasted_bytes"),
                ("files", "merged_files"),
            ] {
                assert_eq!(image[ours], truth[theirs], "{ours} of {} in {name}", image["service"]);
            }
            for (layer, truth) in
                image["layers"].as_array().unwrap().iter().zip(truth["layers"].as_array().unwrap())
            {
                for (ours, theirs) in [
                    ("diff_id", "diff_id"),
                    ("blob_bytes", "blob_bytes"),
                    ("tar_bytes", "tar_bytes"),
                    ("file_bytes", "file_bytes"),
                    ("symlinks", "symlinks"),
                    ("hardlinks", "hardlinks"),
                    ("whiteouts", "whiteouts"),
                    ("opaque", "opaque"),
                ] {
                    assert_eq!(layer[ours], truth[theirs], "{ours} of a layer in {name}");
                }
                // The reference counts every entry of the tar, including markers, which are not files.
                let count = |name: &str| layer[name].as_u64().unwrap();
                let regular = count("files") + count("whiteouts") + count("opaque");
                assert_eq!(Some(regular), truth["regular_files"].as_u64(), "files of a layer in {name}");
            }
            compared += 1;
        }
    }
    assert!(compared >= 9, "{compared} images");
}

#[test]
fn the_merged_list_is_that_of_the_engine() {
    let mut compared = 0;
    for source in sources() {
        let name = source.file_name().unwrap().to_string_lossy().into_owned();
        if !name.contains("3.save.tar") {
            continue;
        }
        let snapshot = snapshot(&source);
        for service in &snapshot.services {
            let listing = source.with_file_name(format!("{}.export-listing.txt", service.name));
            let Ok(listing) = fs::read_to_string(listing) else { continue };
            let theirs: BTreeMap<String, String> =
                listing.lines().map(parse_line).filter(|(path, _)| !made_by_engine(path)).collect();
            let ours = lines(&squash(&snapshot, &snapshot.images[service.image]).tree);
            let ours: BTreeMap<String, String> =
                ours.into_iter().filter(|(path, _)| !made_by_engine(path)).collect();
            assert_eq!(ours, theirs, "{} in {}", service.name, source.display());
            compared += 1;
        }
    }
    assert!(compared >= 9, "{compared} images");
}

fn snapshot(source: &Path) -> Snapshot {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("snapshot");
    program::succeed(["snapshot".as_ref(), source.as_os_str(), "-o".as_ref(), file.as_os_str()]);
    plimsoll_snapshot::read(fs::File::open(file).unwrap()).unwrap()
}

/// What an engine puts into every container, whatever the image.
fn made_by_engine(path: &str) -> bool {
    let made =
        ["dev", "proc", "sys", "etc/hosts", "etc/hostname", "etc/resolv.conf", "etc/mtab", ".dockerenv"];
    made.contains(&path) || path.starts_with("dev/")
}

/// A line of `tar -tv`: the path, and `kind+mode owner size →target`. The engine names a file of several names in its
/// own order, so a hard link counts as a file, and only what carries the content has a size.
fn parse_line(line: &str) -> (String, String) {
    let (mode, rest) = line.split_once(' ').unwrap();
    let (owner, rest) = rest.split_once(' ').unwrap();
    let rest = rest.trim_start();
    let (size, rest) = rest.split_once(' ').unwrap();
    let path = rest.splitn(3, ' ').nth(2).unwrap();
    let (path, target) = match path.split_once(" -> ") {
        Some((path, target)) => (path, target),
        None => (path.split(" link to ").next().unwrap(), ""),
    };
    let is_file = mode.starts_with(['-', 'h']);
    let mode = mode.replacen('h', "-", 1);
    let size = if is_file && !line.contains(" link to ") { size } else { "" };
    let path = unescape_octal(path.trim_end_matches('/'));
    let size = if size.is_empty() { String::new() } else { format!(" {size}") };
    (
        path,
        format!("{mode} {owner}{} {target}", if line.contains(" link to ") { String::new() } else { size }),
    )
}

/// `tar` prints what is not ASCII in octal.
fn unescape_octal(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        match (byte, tail) {
            (b'\\', [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', tail @ ..]) => {
                bytes.push((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'));
                rest = tail;
            }
            _ => {
                bytes.push(byte);
                rest = tail;
            }
        }
    }
    path::escape(&bytes).into_owned()
}

/// The tree in the same form.
fn lines(tree: &Tree<'_>) -> Vec<(String, String)> {
    tree.paths()
        .map(|(path, node)| {
            let attributes = node.attributes.cloned().unwrap_or_default();
            let kind = match node.kind {
                EntryKind::File | EntryKind::Hardlink => '-',
                EntryKind::Directory => 'd',
                EntryKind::Symlink => 'l',
                EntryKind::CharDevice => 'c',
                EntryKind::BlockDevice => 'b',
                EntryKind::Fifo => 'p',
            };
            let size = match node.holds {
                Holds::Content(size, _) if !node.counted_elsewhere => format!(" {}", size.0),
                _ => String::new(),
            };
            let target = match node.holds {
                Holds::Target(target) => path::escape(target),
                _ => Cow::default(),
            };
            let line = format!(
                "{kind}{} {}/{}{size} {target}",
                permissions(attributes.mode),
                attributes.uid,
                attributes.gid
            );
            (path::escape(&path).into_owned(), line)
        })
        .collect()
}

fn permissions(mode: u32) -> String {
    let mut text = String::new();
    for (shift, special, letter) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

#[test]
fn one_image_gives_the_same_figures_in_every_form() {
    let figures = |source: &str, service: usize| {
        let image = inspect(&image(source))[service].clone();
        let layers: Vec<Value> =
            image["layers"].as_array().unwrap().iter().map(|layer| layer["diff_id"].clone()).collect();
        (image["size_bytes"].clone(), image["hidden_bytes"].clone(), image["hidden"].clone(), layers)
    };
    let archive = figures("docker-26.1.5-graphdriver/micro3.save.tar.gz", 0);
    assert_eq!(figures("skopeo-1.18.0/oci-zstd-chunked", 0), archive);
}
