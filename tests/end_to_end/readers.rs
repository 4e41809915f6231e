//! Readers at 1, 10 and 100 % of their limits: how long they take and how much memory. Ignored by default, since the
//! largest inputs have gigabytes; it prints the table of `docs/hostile-input.md`.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use plimsoll_tests::craft::{Layer, config, docker_archive, sha256};
use serde_json::json;
use tar::EntryType;
use tempfile::TempDir;

use crate::limits::observed;

/// A reader: what is bounded, how many of it are allowed, and a call that reads that many.
struct Reader {
    what: &'static str,
    limit: usize,
    call: fn(&Path, usize) -> Vec<String>,
}

const READERS: &[Reader] = &[
    Reader { what: "entries of a layer", limit: 5_000_000, call: entries },
    Reader { what: "bytes of a config: one instruction of words", limit: 16 << 20, call: instruction },
    Reader { what: "bytes of a config: steps of a history", limit: 16 << 20, call: history },
    Reader { what: "packages in a dpkg database", limit: 100_000, call: dpkg },
    Reader { what: "bytes of a Python `RECORD`", limit: 64 << 20, call: record },
    Reader { what: "services of one image", limit: 1_000, call: services },
    Reader { what: "bytes of `docker stats` as JSON", limit: 128 << 20, call: stats },
    Reader { what: "containers of `docker inspect`", limit: 50_000, call: inspected },
    Reader { what: "services of a compose file", limit: 50_000, call: compose },
    Reader { what: "bytes of a target file", limit: 4 << 20, call: targets },
    Reader { what: "bytes of a Dockerfile", limit: 1 << 20, call: dockerfile },
    Reader { what: "bytes of a `.dockerignore`", limit: 1 << 20, call: dockerignore },
];

#[test]
#[ignore = "inputs of gigabytes: see docs/hostile-input.md"]
fn at_one_ten_and_a_hundred_percent() {
    println!("| reader | limit | 1 % | 10 % | 100 % |\n|---|--:|--:|--:|--:|");
    for Reader { what, limit, call } in READERS {
        let mut row = format!("| {what} | {limit} |");
        for part in [limit / 100, limit / 10, *limit] {
            let desk = TempDir::new().unwrap();
            let arguments = call(desk.path(), part);
            let (run, peak, seconds) = observed(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(run.code, Some(0), "{what}, {part}: {}", run.stderr);
            let _ = write!(row, " {seconds:.2} s, {peak} MiB |");
        }
        println!("{row}");
    }
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

fn saved(desk: &Path, name: &str, content: &[u8]) -> String {
    let path = desk.join(name);
    fs::write(&path, content).unwrap();
    path.display().to_string()
}

/// Reads an archive whose layer has one file of this content.
fn layer_of(desk: &Path, path: &str, content: &[u8], more: &[(&str, &str)]) -> Vec<String> {
    let layer = Layer::default().entry(path, EntryType::Regular, "", content);
    let layer = more
        .iter()
        .fold(layer, |layer, (path, content)| layer.entry(path, EntryType::Regular, "", content.as_bytes()));
    let archive = saved(desk, "a.tar", &docker_archive(&[layer.finish()], "a:1"));
    words(["packages", &archive, "--no-cache", "--format", "json"])
}

fn filled(bytes: usize, mut line: impl FnMut(usize) -> String) -> String {
    let mut text = String::with_capacity(bytes);
    for index in 0.. {
        let line = line(index);
        if text.len() + line.len() > bytes {
            return text;
        }
        text.push_str(&line);
    }
    text
}

/// An archive that is written as it goes: its layer has gigabytes.
fn entries(desk: &Path, count: usize) -> Vec<String> {
    let path = desk.join("a.tar");
    let mut archive = BufWriter::new(File::create(&path).unwrap());
    let header = |name: &str, size: u64| {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_mode(0o644);
        header.set_size(size);
        header.set_cksum();
        header
    };
    let config = json!({"architecture": "amd64", "os": "linux", "config": {},
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", "0".repeat(64))]}})
    .to_string();
    let name = format!("{}.json", sha256(config.as_bytes()));
    let manifest = json!([{"Config": name, "Layers": ["l.tar"]}]).to_string();
    for (name, content) in [(name.as_str(), config.as_bytes()), ("manifest.json", manifest.as_bytes())] {
        archive.write_all(header(name, content.len() as u64).as_bytes()).unwrap();
        archive.write_all(content).unwrap();
        archive.write_all(&vec![0; content.len().next_multiple_of(512) - content.len()]).unwrap();
    }
    let size = (count as u64 + 2) * 512;
    archive.write_all(header("l.tar", size).as_bytes()).unwrap();
    for index in 0..count {
        archive.write_all(header(&format!("d{}/{index}", index / 1000), 0).as_bytes()).unwrap();
    }
    archive.write_all(&[0; 2048]).unwrap();
    archive.flush().unwrap();
    let path = path.display().to_string();
    // The digest of the layer is not known beforehand.
    words(["inspect", &path, "--depth", "unverified", "--no-cache", "--format", "json"])
}

fn with_history(desk: &Path, history: &serde_json::Value) -> Vec<String> {
    let layer = Layer::default().file("a", 1, 1).finish();
    let mut config = config(std::slice::from_ref(&layer), "amd64");
    config["history"] = history.clone();
    let config = config.to_string();
    let name = format!("{}.json", sha256(config.as_bytes()));
    let manifest = json!([{"Config": name, "Layers": ["l.tar"]}]).to_string();
    let archive = Layer::default()
        .entry("l.tar", EntryType::Regular, "", &layer)
        .entry(&name, EntryType::Regular, "", config.as_bytes())
        .entry("manifest.json", EntryType::Regular, "", manifest.as_bytes())
        .finish();
    let archive = saved(desk, "a.tar", &archive);
    words(["findings", &archive, "--no-cache", "--format", "json"])
}

fn instruction(desk: &Path, bytes: usize) -> Vec<String> {
    let text = filled(bytes - 1000, |_| "-ax ".to_owned());
    with_history(desk, &json!([{"created_by": format!("RUN {text}")}]))
}

fn history(desk: &Path, bytes: usize) -> Vec<String> {
    let step = |index: usize| json!({"created_by": format!("RUN x{index}"), "empty_layer": true});
    let count = (bytes - 1000) / (step(1_000_000).to_string().len() + 1);
    let mut steps: Vec<_> = (0..count).map(step).collect();
    steps.push(json!({"created_by": "COPY . /x"}));
    with_history(desk, &json!(steps))
}

fn dpkg(desk: &Path, count: usize) -> Vec<String> {
    let one = |index: usize| {
        format!(
            "Package: p{index}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nDepends: p{}\n\n",
            index / 2
        )
    };
    let status: String = (0..count).map(one).collect();
    layer_of(desk, "var/lib/dpkg/status", status.as_bytes(), &[])
}

fn record(desk: &Path, bytes: usize) -> Vec<String> {
    let text = filled(bytes, |index| format!("a/{index}.py,sha256=x,1\n"));
    let metadata = "Metadata-Version: 2.1\nName: a\nVersion: 1\n";
    layer_of(
        desk,
        "usr/lib/python3/site-packages/a-1.dist-info/RECORD",
        text.as_bytes(),
        &[("usr/lib/python3/site-packages/a-1.dist-info/METADATA", metadata)],
    )
}

fn services(desk: &Path, count: usize) -> Vec<String> {
    let layer = (0..100).fold(Layer::default(), |layer, file| layer.file(&format!("d/{file}"), 1, 1));
    let archive = saved(desk, "a.tar", &docker_archive(&[layer.finish()], "a:1"));
    let mut arguments = words(["findings"]);
    let named: Vec<String> = (0..count).map(|index| format!("s{index}={archive}")).collect();
    let out = desk.join("s.plimsoll").display().to_string();
    let mut call = words(["snapshot", "-o", &out]);
    call.extend(named);
    plimsoll_tests::program::succeed(call);
    arguments.extend([out, "--format".to_owned(), "json".to_owned()]);
    arguments
}

fn memory(desk: &Path, file: &str, text: &str) -> Vec<String> {
    let file = saved(desk, file, text.as_bytes());
    let out = desk.join("m.plimsoll").display().to_string();
    words(["snapshot", "--memory", &file, "-o", &out])
}

fn stats(desk: &Path, bytes: usize) -> Vec<String> {
    let text = filled(bytes, |index| {
        format!(
            "{{\"BlockIO\":\"0B / 0B\",\"CPUPerc\":\"1%\",\"ID\":\"{:012x}\",\"MemUsage\":\"{}MiB / 2GiB\",\"Name\":\"c{}\",\"PIDs\":\"1\"}}\n",
            index % 20,
            index % 900 + 1,
            index % 20
        )
    });
    memory(desk, "stats.json", &text)
}

fn inspected(desk: &Path, count: usize) -> Vec<String> {
    let one = |index: usize| json!({"Id": format!("{index:064x}"), "Name": format!("/c{index}"), "Config": {}, "HostConfig": {}, "State": {}});
    memory(desk, "inspect.json", &json!((0..count).map(one).collect::<Vec<_>>()).to_string())
}

fn compose(desk: &Path, count: usize) -> Vec<String> {
    let services: String =
        (0..count).map(|index| format!("  s{index}:\n    image: a\n    mem_limit: 10m\n")).collect();
    let file = saved(desk, "compose.yml", format!("services:\n{services}").as_bytes());
    let out = desk.join("m.plimsoll").display().to_string();
    words(["snapshot", "--compose", &file, "-o", &out])
}

fn targets(desk: &Path, bytes: usize) -> Vec<String> {
    let layer = Layer::default().file("a", 1, 1).finish();
    let archive = saved(desk, "a.tar", &docker_archive(&[layer], "a:1"));
    let text =
        filled(bytes - 100, |index| format!("[[checks]]\nid = \"c{index}\"\ntitle = \"check {index}\"\n\n"));
    let file = saved(desk, "plimsoll.toml", text.as_bytes());
    words(["check", &archive, "--targets", &file, "--format", "json"])
}

fn built_from(desk: &Path, flag: &str, text: &str) -> Vec<String> {
    let files = (0..1000).fold(Layer::default(), |layer, file| layer.file(&format!("app/{file}/.env"), 9, 1));
    let archive = saved(desk, "a.tar", &docker_archive(&[files.finish()], "a:1"));
    let file = saved(desk, "build", text.as_bytes());
    let docker = saved(desk, "Dockerfile", b"FROM scratch\nCOPY . /app\n");
    match flag {
        "--dockerfile" => words(["findings", &archive, "--no-cache", "--dockerfile", &file]),
        _ => words(["findings", &archive, "--no-cache", "--dockerfile", &docker, flag, &file]),
    }
}

fn dockerfile(desk: &Path, bytes: usize) -> Vec<String> {
    let text = filled(bytes - 20, |index| format!("RUN echo {index} && \\\n    true\n"));
    built_from(desk, "--dockerfile", &format!("FROM scratch\n{text}"))
}

fn dockerignore(desk: &Path, bytes: usize) -> Vec<String> {
    built_from(desk, "--dockerignore", &filled(bytes, |index| format!("**/a{index}/*b/**\n")))
}
