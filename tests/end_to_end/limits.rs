//! Input that wants to take all memory or all time: each is read within bounds, or refused with the limit, the figure, the
//! place and the flag. The large ones are ignored; `docs/hostile-input.md` says how they are run, and what came of it.

#![expect(clippy::print_stdout, reason = "the rows of a table in the documentation")]

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use plimsoll_tests::craft::{LAYER, Layer, Layout, config, docker_archive};
use plimsoll_tests::program::{self, Run};
use serde_json::{Value, json};
use tar::{EntryType, Header};
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

/// A call, the most memory it took, in MiB, and its seconds.
pub(crate) fn observed(arguments: &[&str]) -> (Run, u64, f64) {
    let start = Instant::now();
    let mut child = program::command()
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let read = |mut pipe: Box<dyn io::Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).map(|_| bytes).unwrap_or_default()
        })
    };
    let stdout = read(Box::new(child.stdout.take().unwrap()));
    let stderr = read(Box::new(child.stderr.take().unwrap()));
    let mut peak = 0;
    let code = loop {
        // The kernel remembers the peak, so the last look sees nearly all of it.
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or(0) / 1024);
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let run = Run { code, stdout: text(stdout.join().unwrap()), stderr: text(stderr.join().unwrap()) };
    (run, peak, start.elapsed().as_secs_f64())
}

/// A call, and the most memory it took, in MiB. Prints a row of the table in the documentation.
fn measured(name: &str, arguments: &[&str]) -> (Run, u64) {
    let (run, peak, seconds) = observed(arguments);
    let said = run.stderr.lines().find(|line| line.starts_with("error")).unwrap_or("read");
    let said = said.replace('|', "\\|").replace(program::path().parent().unwrap().to_str().unwrap(), "");
    println!(
        "| {name} | {} | {} | {peak} MiB | {seconds:.1} s |",
        said.chars().take(170).collect::<String>(),
        run.code.unwrap_or(-1),
    );
    assert!(!run.stderr.contains("panicked"), "{name}: {}", run.stderr);
    (run, peak)
}

fn refused(name: &str, arguments: &[&str], expected: &[&str]) {
    let (run, peak) = measured(name, arguments);
    assert_eq!(run.code, Some(2), "{name}: {}", run.stderr);
    for part in expected {
        assert!(run.stderr.contains(part), "{name}: `{part}` is not in: {}", run.stderr);
    }
    assert!(peak < 1500, "{name} took {peak} MiB");
}

fn accepted(name: &str, arguments: &[&str]) -> Run {
    let (run, peak) = measured(name, arguments);
    assert_eq!(run.code, Some(0), "{name}: {}", run.stderr);
    assert!(peak < 1500, "{name} took {peak} MiB");
    run
}

struct Workspace {
    directory: TempDir,
}

impl Workspace {
    fn new() -> Self {
        Self { directory: TempDir::new().unwrap() }
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// An archive of one image of this layer.
    fn archive(&self, name: &str, layer: &[u8]) -> String {
        self.file(name, &docker_archive(&[layer.to_vec()], "hostile:1"))
    }

    /// A layout whose only layer is this blob, of this diff ID.
    fn blob(&self, name: &str, diff_id: &str, blob: &[u8]) -> String {
        let root = self.path(name);
        let layout = Layout::new(&root);
        let mut config = config(&[Vec::new()], "amd64");
        config["rootfs"]["diff_ids"] = json!([diff_id]);
        layout.finish(&[layout.manifest(&config, &[layout.blob(LAYER, blob)])]);
        root.display().to_string()
    }
}

const NO_DIFF_ID: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

fn header(name: &[u8], kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_mode(0o644);
    header.set_entry_type(kind);
    header.set_size(size);
    let length = name.len().min(100);
    header.as_mut_bytes()[..length].copy_from_slice(&name[..length]);
    header.set_cksum();
    header
}

fn with_size(name: &[u8], size: [u8; 12]) -> Vec<u8> {
    let mut header = header(name, EntryType::Regular, 0);
    header.as_mut_bytes()[124..136].copy_from_slice(&size);
    header.set_cksum();
    header.as_bytes().to_vec()
}

fn blocks(parts: &[&[u8]]) -> Vec<u8> {
    let mut layer = Layer::default();
    parts.iter().for_each(|part| layer.block(part));
    layer.finish()
}

/// An entry with a long name, as GNU tar writes it.
fn named(name: &[u8]) -> [Vec<u8>; 3] {
    let long = header(b"././@LongLink", EntryType::GNULongName, name.len() as u64 + 1).as_bytes().to_vec();
    [long, [name, &[0]].concat(), header(b"x", EntryType::Regular, 0).as_bytes().to_vec()]
}

#[test]
fn sizes_that_cannot_be() {
    let workspace = Workspace::new();
    let mut two_to_63 = [0; 12];
    (two_to_63[0], two_to_63[4]) = (0x80, 0x80);
    let minus_one = [0xff; 12];
    let pax = |records: &[u8]| {
        let head = header(b"pax", EntryType::XHeader, records.len() as u64);
        blocks(&[head.as_bytes(), records, header(b"f", EntryType::Regular, 0).as_bytes()])
    };
    for (name, layer) in [
        ("a size of 2^63", blocks(&[&with_size(b"f", two_to_63)])),
        ("a size of -1", blocks(&[&with_size(b"f", minus_one)])),
        ("a size that is no number", blocks(&[&with_size(b"f", *b"-0000000001 ")])),
        ("a pax size of 2^63", pax(b"28 size=9223372036854775808\n")),
        ("a pax size of -1", pax(b"11 size=-1\n")),
        ("a pax size of 2^64 + 1", pax(b"29 size=18446744073709551617\n")),
    ] {
        refused(name, &["inspect", &workspace.archive("a.tar", &layer)], &["layer"]);
        let packed = zstd::encode_all(&docker_archive(std::slice::from_ref(&layer), "h:1")[..], 1).unwrap();
        refused(
            &format!("{name}, in a stream"),
            &["inspect", &workspace.file("a.tar.zst", &packed)],
            &["a.tar.zst"],
        );
        refused(
            &format!("{name}, of the archive"),
            &["inspect", &workspace.file("b.tar", &layer)],
            &["b.tar"],
        );
    }
}

#[test]
fn names_that_cannot_be() {
    let workspace = Workspace::new();
    let long = |length: usize| "abc/".repeat(length / 4).into_bytes();
    let mut layer = Layer::default();
    for name in [
        b"nul\0byte".to_vec(),
        b"../../etc/passwd".to_vec(),
        b"a/../../b".to_vec(),
        long(4000),
        vec![0xff; 200],
    ] {
        named(&name).iter().for_each(|block| layer.block(block));
    }
    let run = accepted(
        "names with NUL, `..`, 4,000 characters",
        &["inspect", &workspace.archive("a.tar", &layer.finish())],
    );
    assert!(run.stdout.contains("leaves the image"), "{}", run.stdout);
    let mut layer = Layer::default();
    named(&long(5000)).iter().for_each(|block| layer.block(block));
    refused(
        "a name of 5,000 characters",
        &["inspect", &workspace.archive("b.tar", &layer.finish())],
        &["the length of a path", "exceeds the limit of 4096 (met: 5000)", "--limit-path-bytes"],
    );
    let claims = header(b"pax", EntryType::XHeader, 1 << 30);
    refused(
        "a pax header of 1 GiB",
        &["inspect", &workspace.archive("c.tar", &blocks(&[claims.as_bytes(), &[b'1'; 4096]]))],
        &["an extended header", "exceeds the limit of 1048576 (met: 1073741824)", "--limit-header-bytes"],
    );
}

#[test]
fn too_many_of_everything() {
    let workspace = Workspace::new();
    let mut same = Layer::default();
    let mut different = Layer::default();
    for index in 0..20_000 {
        same.block(header(b"same", EntryType::Regular, 0).as_bytes());
        different.block(header(format!("f{index}").as_bytes(), EntryType::Regular, 0).as_bytes());
    }
    let run =
        accepted("20,000 entries of one name", &["inspect", &workspace.archive("a.tar", &same.finish())]);
    assert!(run.stdout.contains("superseded"), "{}", run.stdout);
    let archive = workspace.archive("b.tar", &different.finish());
    refused(
        "20,000 entries, 10,000 allowed",
        &["inspect", &archive, "--limit-entries", "10000"],
        &["the number of entries in layer", "limit of 10000 (met: 10001)", "--limit-entries"],
    );
    for (flag, what) in [
        ("--limit-name-bytes", "the length of all names"),
        ("--limit-retained-bytes", "what has to be kept of all layers"),
        ("--limit-document-bytes", "the size of a document"),
    ] {
        refused(what, &["inspect", &archive, flag, "100"], &[what, "limit of 100", "(met: ", flag]);
    }
    // A member of an archive for each entry, and none of them a layer.
    refused(
        "an archive of 20,000 members, 10,000 allowed",
        &["inspect", &workspace.file("c.tar", &different.finish()), "--limit-entries", "10000"],
        &["the number of members", "--limit-entries"],
    );
    let packed = zstd::encode_all(&different.finish()[..], 1).unwrap();
    refused(
        "the same in a stream",
        &["inspect", &workspace.file("c.tar.zst", &packed), "--limit-entries", "10000"],
        &["the number of members", "--limit-entries"],
    );
    // Each path leads through 2,000 directories that no other has.
    let mut deep = Layer::default();
    for index in 0..50 {
        named(format!("d{index}/{}", "a/".repeat(1990)).as_bytes())
            .iter()
            .for_each(|block| deep.block(block));
    }
    let deep = workspace.archive("d.tar", &deep.finish());
    accepted("100,000 directories in 50 paths", &["inspect", &deep]);
    accepted("the same, compared", &["report", &deep, &deep, "--format", "json"]);
    refused(
        "the same, 1,000 entries allowed",
        &["inspect", &deep, "--limit-entries", "1000"],
        &["the number of directories in paths", "limit of 4000"],
    );
}

#[test]
fn links_in_circles() {
    let workspace = Workspace::new();
    let layer = Layer::default()
        .symlink("a", "b")
        .symlink("b", "a")
        .symlink("self", "self")
        .hardlink("c", "d")
        .hardlink("d", "c")
        .hardlink("me", "me")
        .symlink("up", "../../../../..")
        .directory("dir")
        .symlink("dir/in", "../dir")
        .finish();
    let archive = workspace.archive("a.tar", &layer);
    accepted("symbolic and hard links in circles", &["inspect", &archive]);
    accepted("the same, compared", &["compare", &archive, &archive]);
    // Members of the archive that link to each other, and many links to one layer.
    let layer = Layer::default().file("f", 1000, 1).finish();
    let config = config(std::slice::from_ref(&layer), "amd64").to_string();
    for (name, count) in [("members that link in circles", 2), ("10,000 links to one layer", 10_000)] {
        let mut archive = Layer::default();
        if count == 2 {
            archive = archive.symlink("l0", "l1").symlink("l1", "l0");
        } else {
            archive = archive.entry("layer.tar", EntryType::Regular, "", &layer);
            for index in 0..count {
                archive = archive.symlink(&format!("l{index}"), "layer.tar");
            }
        }
        let manifest = json!([{"Config": "c.json", "RepoTags": ["h:1"], "Layers": ["l0"]}]).to_string();
        let archive = archive
            .entry("c.json", EntryType::Regular, "", config.as_bytes())
            .entry("manifest.json", EntryType::Regular, "", manifest.as_bytes())
            .finish();
        for (file, bytes) in
            [("b.tar", archive.clone()), ("b.tar.zst", zstd::encode_all(&archive[..], 1).unwrap())]
        {
            let file = workspace.file(file, &bytes);
            if count == 2 {
                refused(name, &["inspect", &file], &["is missing"]);
            } else {
                accepted(name, &["inspect", &file]);
            }
        }
    }
}

#[test]
fn indexes_that_stand_for_more_than_there_is() {
    let workspace = Workspace::new();
    let root = workspace.path("layout");
    let layout = Layout::new(&root);
    let mut inner = layout.image(&[Layer::default().file("f", 10, 1).finish()], "amd64");
    // Six levels, each of which refers to the next a hundred times: 10^12 images.
    for _ in 0..6 {
        inner = layout.index(&vec![inner; 100]);
    }
    layout.finish(&[inner]);
    refused(
        "an index of 10^12 images",
        &["inspect", root.to_str().unwrap()],
        &["the number of images", "limit of 1000 (met: 1001)", "--limit-images"],
    );
    refused(
        "the same, of two levels allowed",
        &["inspect", root.to_str().unwrap(), "--limit-index-depth", "2"],
        &["the depth of nested indexes", "limit of 2 (met: 3)", "--limit-index-depth"],
    );
    let manifest = vec![json!({"Config": "c.json", "Layers": []}); 2000];
    let config = config(&[], "amd64").to_string();
    let archive = Layer::default()
        .entry("c.json", EntryType::Regular, "", config.as_bytes())
        .entry("manifest.json", EntryType::Regular, "", Value::from(manifest).to_string().as_bytes())
        .finish();
    refused(
        "a manifest of 2,000 images",
        &["inspect", &workspace.file("a.tar", &archive)],
        &["--limit-images"],
    );
}

/// Writes `n` zeros.
fn zeros(out: &mut impl Write, mut bytes: u64) {
    let piece = vec![0; 1 << 20];
    while bytes > 0 {
        let length = bytes.min(1 << 20);
        out.write_all(&piece[..usize::try_from(length).unwrap()]).unwrap();
        bytes -= length;
    }
}

/// A tar of one file of `n` zeros.
fn tar_of_zeros(out: &mut impl Write, bytes: u64) {
    out.write_all(header(b"zeros", EntryType::Regular, bytes).as_bytes()).unwrap();
    zeros(out, bytes + 1024);
}

/// The same, compressed.
fn bombs(bytes: u64, kinds: &[&'static str]) -> Vec<(&'static str, Vec<u8>)> {
    let pack = |kind: &&'static str| {
        let packed = match *kind {
            "gzip" => {
                let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
                tar_of_zeros(&mut out, bytes);
                out.finish().unwrap()
            }
            "zstd" => {
                let mut out = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
                tar_of_zeros(&mut out, bytes);
                out.finish().unwrap()
            }
            "bzip2" => {
                let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
                tar_of_zeros(&mut out, bytes);
                out.finish().unwrap()
            }
            _ => {
                let options = lzma_rust2::XzOptions::with_preset(0);
                let mut out = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
                tar_of_zeros(&mut out, bytes);
                out.finish().unwrap()
            }
        };
        (*kind, packed)
    };
    kinds.iter().map(pack).collect()
}

#[test]
fn bombs_of_every_compression() {
    let workspace = Workspace::new();
    for (kind, bomb) in bombs(50 * MIB, &["gzip", "zstd", "bzip2", "xz"]) {
        let flags = ["--limit-inflated-bytes", "20000000"];
        let expected = ["exceeds the limit of 20000000", "--limit-inflated-bytes"];
        let layout = workspace.blob(kind, NO_DIFF_ID, &bomb);
        refused(
            &format!("a {kind} of 50 MiB in {} KiB, 20 MB allowed", bomb.len() / 1024),
            &[&["inspect", &layout][..], &flags].concat(),
            &expected,
        );
        // The archive itself may be one.
        let archive = workspace.file("archive", &bomb);
        refused(
            &format!("an archive that is one, by {kind}"),
            &[&["inspect", &archive][..], &flags].concat(),
            &expected,
        );
    }
    // A layer of 10 MB five times over.
    let root = workspace.path("many");
    let layout = Layout::new(&root);
    let tars: Vec<Vec<u8>> =
        (0..5).map(|fill| Layer::default().file("f", 10_000_000, fill).finish()).collect();
    let blobs: Vec<Value> =
        tars.iter().map(|tar| layout.blob(LAYER, &zstd::encode_all(&tar[..], 1).unwrap())).collect();
    layout.finish(&[layout.manifest(&config(&tars, "amd64"), &blobs)]);
    accepted("five layers of 10 MB", &["inspect", root.to_str().unwrap()]);
    refused(
        "five layers of 10 MB, 20 MB allowed of all",
        &["inspect", root.to_str().unwrap(), "--limit-inflated-bytes", "20000000"],
        &["the size of all layers, inflated,", "--limit-inflated-bytes"],
    );
    // Zeros are common: below a gibibyte they are allowed.
    let (_, bomb) = bombs(50 * MIB, &["zstd"]).remove(0);
    let mut tar = Vec::new();
    tar_of_zeros(&mut tar, 50 * MIB);
    let diff_id = format!("sha256:{}", plimsoll_tests::craft::sha256(&tar));
    accepted("50 MiB of zeros", &["inspect", &workspace.blob("zeros", &diff_id, &bomb)]);
}

#[test]
fn decoders_that_want_memory() {
    let workspace = Workspace::new();
    let mut tar = Vec::new();
    tar_of_zeros(&mut tar, MIB);
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(30).unwrap();
    encoder.write_all(&tar).unwrap();
    let mut options = lzma_rust2::XzOptions::with_preset(0);
    options.lzma_options.dict_size = 512 << 20;
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    xz.write_all(&tar).unwrap();
    for (name, bytes) in [
        ("a zstd with a window of 1 GiB", encoder.finish().unwrap()),
        ("an xz with a dictionary of 512 MiB", xz.finish().unwrap()),
    ] {
        let layout = workspace.blob(name, NO_DIFF_ID, &bytes);
        refused(
            name,
            &["inspect", &layout],
            &["the memory that a decoder needs", "limit of 134217728", "--limit-window-bytes"],
        );
    }
}

#[test]
fn sparse_files_and_sizes_that_add_up() {
    let workspace = Workspace::new();
    let mut layer = Layer::default();
    for index in 0..40 {
        let mut sparse = header(format!("s{index}").as_bytes(), EntryType::GNUSparse, 0);
        sparse.as_gnu_mut().unwrap().set_real_size(1 << 62);
        sparse.set_cksum();
        layer.block(sparse.as_bytes());
    }
    // Forty times 2^62 is more than 64 bits hold.
    let archive = workspace.archive("a.tar", &layer.finish());
    let run = accepted("40 sparse files of 2^62 bytes", &["inspect", &archive]);
    assert!(!run.stdout.is_empty());
    accepted("the same, compared", &["compare", &archive, &archive]);
}

#[test]
fn snapshots_that_unfold() {
    let workspace = Workspace::new();
    // Each path shares all of the one before: 40,000 times 32 kilobytes.
    let source = workspace.archive("a.tar", &Layer::default().file("f", 10, 1).finish());
    let out = workspace.path("out.json").display().to_string();
    accepted("a sound image", &["snapshot", &source, "-o", &out]);
    let mut document: Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
    let mut with_paths = |name: &str, shared: &[u32], rest: &str| {
        let entries = document.pointer_mut("/layers/0/contents/entries").expect("columns of entries");
        let count = shared.len();
        *entries = json!({
            "paths": {"shared": shared, "rest": rest},
            "kinds": "d".repeat(count),
            "sizes": [],
            "contents": "",
            "targets": {"shared": [], "rest": ""},
            "attributes": vec![0; count],
            "attribute_table": [{"mode": 493, "uid": 0, "gid": 0}],
        });
        workspace.file(name, document.to_string().as_bytes())
    };
    let mut shared = vec![32_000; 40_000];
    shared[0] = 0;
    let bomb = with_paths("a.json", &shared, &format!("{}{}", "a".repeat(32_000), "\n".repeat(39_999)));
    let (run, peak) = measured("a snapshot whose paths unfold to 1.3 GB", &["inspect", &bomb]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("the paths are longer than"), "{}", run.stderr);
    assert!(peak < 2500, "{peak}");
    refused(
        "a snapshot of a path 100,000 directories deep",
        &["inspect", &with_paths("b.json", &[0], &"a/".repeat(100_000))],
        &["path 0 is longer than 32768 bytes"],
    );
    let chain = "a/".repeat(16_000);
    let chains: Vec<_> = (0..600).map(|number| format!("{number:03}/{chain}a")).collect();
    refused(
        "a snapshot of 9.6 million directories in 600 paths",
        &["inspect", &with_paths("c.json", &[0; 600], &chains.join("\n"))],
        &["the files and directories of the snapshot exceed the limit of 8388608", "--limit-snapshot-bytes"],
    );
    refused(
        "a snapshot of more than is allowed",
        &["inspect", &out, "--limit-snapshot-bytes", "100"],
        &["exceeds the limit of 100 bytes", "--limit-snapshot-bytes"],
    );
    let nested = format!("{{\"schema_version\": 2, \"services\": {}", "[".repeat(1_000_000));
    refused(
        "a snapshot of a million brackets",
        &["inspect", &workspace.file("n.json", nested.as_bytes())],
        &["damaged"],
    );
    let stats = "[".repeat(3_000_000);
    refused(
        "a memory file of three million brackets",
        &["snapshot", "--memory", &workspace.file("s.json", stats.as_bytes()), "-o", &out],
        &["s.json"],
    );
    refused(
        "a memory file of more than is allowed",
        &[
            "snapshot",
            "--memory",
            &workspace.file("t.json", &vec![b' '; 10_000]),
            "--limit-memory-bytes",
            "1000",
            "-o",
            &out,
        ],
        &["limit of 1000", "--limit-memory-bytes"],
    );
}

/// What takes longer: `cargo test -p plimsoll-tests --test end_to_end limits -- --ignored --nocapture --test-threads 1`.
mod large {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    #[ignore = "ten gigabytes"]
    fn ten_gigabytes_of_zeros() {
        let workspace = Workspace::new();
        for (kind, bomb) in bombs(10 * GIB, &["gzip", "zstd"]) {
            let layout = workspace.blob(kind, NO_DIFF_ID, &bomb);
            let name = format!("a {kind} of 10 GiB in {} KiB", bomb.len() / 1024);
            refused(
                &name,
                &["inspect", &layout],
                &["how many times its size", "limit of 200", "--limit-inflation"],
            );
        }
        for (kind, bomb) in bombs(2 * GIB, &["xz"]) {
            let layout = workspace.blob(kind, NO_DIFF_ID, &bomb);
            let name = format!("an {kind} of 2 GiB in {} KiB", bomb.len() / 1024);
            refused(&name, &["inspect", &layout], &["--limit-inflation"]);
        }
    }

    #[test]
    #[ignore = "five gigabytes"]
    fn ten_million_entries() {
        let workspace = Workspace::new();
        let mut out = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        for index in 0..10_000_000_u64 {
            out.write_all(
                header(format!("d{}/f{index}", index / 1000).as_bytes(), EntryType::Regular, 0).as_bytes(),
            )
            .unwrap();
        }
        zeros(&mut out, 1024);
        let layout = workspace.blob("many", NO_DIFF_ID, &out.finish().unwrap());
        let (run, peak) = measured("10,000,000 entries", &["inspect", &layout]);
        assert_eq!(run.code, Some(2));
        assert!(run.stderr.contains("--limit-entries") && peak < 3000, "{peak}: {}", run.stderr);
    }

    #[test]
    #[ignore = "four gigabytes of JSON"]
    fn a_gigabyte_of_json() {
        let workspace = Workspace::new();
        let json = |name: &str, head: &str| {
            let path = workspace.path(name);
            let mut out = BufWriter::new(File::create(&path).unwrap());
            out.write_all(head.as_bytes()).unwrap();
            let piece = "0,".repeat(1 << 19);
            (0..1024).for_each(|_| out.write_all(piece.as_bytes()).unwrap());
            out.flush().unwrap();
            path.display().to_string()
        };
        let stats = json("stats.json", "[");
        let out = workspace.path("out").display().to_string();
        refused("stats of 1 GiB", &["snapshot", "--memory", &stats, "-o", &out], &["--limit-memory-bytes"]);
        let snapshot = json("snapshot.json", "{\"schema_version\": 2, \"services\": [");
        let (run, peak) = measured("a snapshot of 1 GiB", &["inspect", &snapshot]);
        assert_eq!(run.code, Some(2));
        assert!(peak < 2500, "{peak}");
        for name in ["manifest.json", "index.json"] {
            let root = workspace.path(name).with_extension("d");
            fs::create_dir(&root).unwrap();
            fs::rename(&stats, root.join(name)).unwrap();
            refused(
                &format!("a `{name}` of 1 GiB"),
                &["inspect", root.to_str().unwrap()],
                &["--limit-document-bytes"],
            );
            fs::rename(root.join(name), &stats).unwrap();
        }
        // A config: named by its digest, and never read so far that it could be compared.
        let root = workspace.path("layout");
        let layout = Layout::new(&root);
        let layer = Layer::default().finish();
        let digest = "0".repeat(64);
        let descriptor = json!({"mediaType": "application/vnd.oci.image.config.v1+json", "digest": format!("sha256:{digest}"), "size": 5});
        let manifest =
            json!({"schemaVersion": 2, "config": descriptor, "layers": [layout.blob(LAYER, &layer)]});
        layout.finish(&[layout.document("application/vnd.oci.image.manifest.v1+json", &manifest)]);
        fs::rename(&stats, root.join("blobs/sha256").join(digest)).unwrap();
        refused("a config of 1 GiB", &["inspect", root.to_str().unwrap()], &["--limit-document-bytes"]);
    }

    #[test]
    #[ignore = "half a gigabyte"]
    fn a_million_and_a_half_files_are_read() {
        let workspace = Workspace::new();
        let mut tar = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
        for index in 0..1_500_000_u64 {
            let name =
                format!("usr/lib/group{:03}/package{:05}/module{index:06}.py", index / 10_000, index / 100);
            tar.write_all(header(name.as_bytes(), EntryType::Regular, 0).as_bytes()).unwrap();
        }
        zeros(&mut tar, 1024);
        let blob = tar.finish().unwrap();
        let mut plain = Vec::new();
        zstd::stream::read::Decoder::new(&blob[..]).unwrap().read_to_end(&mut plain).unwrap();
        let diff_id = format!("sha256:{}", plimsoll_tests::craft::sha256(&plain));
        let layout = workspace.blob("many", &diff_id, &blob);
        let out = workspace.path("out.plimsoll").display().to_string();
        let (run, _) = measured("1,500,000 files", &["snapshot", &layout, "-o", &out]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
}
