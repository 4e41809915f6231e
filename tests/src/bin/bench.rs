//! Measures the program as a whole beside its peers and beside what the machine can do at best: wall time, time of the
//! processor, and peak memory, as medians of runs in turn.
//!
//! The data is made: an image of layers that compress as files of programs do, as an archive of plain layers and as
//! layouts of gzip and zstd layers. Peers that are not installed are left out, and said to be.

#![expect(clippy::print_stdout, reason = "its output is the table")]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use flate2::Compression;
use flate2::write::GzEncoder;
use plimsoll_tests::craft::{Layer, Layout, config, docker_archive};
use tar::EntryType;
use wait4::Wait4 as _;

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Benchmark the program and dive, syft, cat, gzip, zstd and openssl
#[derive(Parser)]
struct Arguments {
    /// Program to measure
    #[arg(long, default_value = "target/release/plimsoll")]
    program: PathBuf,
    /// Also measure with this `docker save` archive
    #[arg(long)]
    archive: Option<PathBuf>,
    /// Directory for generated data, which is kept
    #[arg(long, default_value = "target/bench")]
    directory: PathBuf,
    /// Number of runs of each
    #[arg(long, default_value_t = 3)]
    runs: usize,
}

/// What one run took.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    processor: Duration,
    peak: u64,
}

/// A line of a table: what it is, and the shell's words for it.
struct Line {
    name: &'static str,
    command: String,
}

fn main() -> Result {
    let arguments = Arguments::parse();
    let (data, complete) = (Data::of(&arguments.directory), arguments.directory.join("complete"));
    if !complete.exists() {
        data.make()?;
        fs::write(complete, "")?;
        // What a process took is charged to those it starts: the measuring is left to one that took little.
        let again = Command::new(std::env::current_exe()?).args(std::env::args_os().skip(1)).status()?;
        return if again.success() { Ok(()) } else { Err("the measuring failed".into()) };
    }
    let program = arguments.program.display().to_string();
    println!("Medians of {} runs in turn. Ratios are to the first line of each table.", arguments.runs);
    if let Some(archive) = &arguments.archive {
        let title = format!("{} ({:.2} GB)", file_name(archive), gigabytes(archive)?);
        table(&title, &archive_lines(&program, archive), arguments.runs)?;
    }
    let title = format!("Made archive of plain layers ({:.2} GB)", gigabytes(&data.archive)?);
    table(&title, &archive_lines(&program, &data.archive), arguments.runs)?;
    table("Made layout of gzip layers", &layout_lines(&program, &data.gzip, "gzip -dc"), arguments.runs)?;
    table("Made layout of zstd layers", &layout_lines(&program, &data.zstd, "zstd -dcq"), arguments.runs)?;
    for files in FILES {
        let (before, after) = (data.snapshot(files, "before"), data.snapshot(files, "after"));
        let title = format!("Two snapshots of {files} files");
        let report = arguments.directory.join("report.html");
        let lines = [
            Line { name: "compare", command: format!("{program} compare {before} {after} --format json") },
            Line {
                name: "report",
                command: format!("{program} report {before} {after} -o {}", report.display()),
            },
        ];
        table(&title, &lines, arguments.runs)?;
        println!("The report has {} bytes.", fs::metadata(&report)?.len());
    }
    Ok(())
}

fn archive_lines(program: &str, archive: &Path) -> Vec<Line> {
    let archive = archive.display();
    let snapshot = format!("{program} snapshot --no-cache -o /dev/null");
    vec![
        Line { name: "cat", command: format!("cat {archive}") },
        Line { name: "openssl dgst -sha256", command: format!("openssl dgst -sha256 {archive}") },
        Line {
            name: "dive",
            command: format!(
                "CI=true dive --source docker-archive {archive} --lowestEfficiency 0 --highestWastedBytes 100TB --highestUserWastedPercent 1"
            ),
        },
        Line { name: "syft", command: format!("syft docker-archive:{archive} -q -o json") },
        Line { name: "plimsoll snapshot", command: format!("{snapshot} docker-archive:{archive}") },
        Line {
            name: "plimsoll snapshot --depth unverified",
            command: format!("{snapshot} --depth unverified docker-archive:{archive}"),
        },
        Line {
            name: "plimsoll snapshot --depth headers",
            command: format!("{snapshot} --depth headers docker-archive:{archive}"),
        },
        Line {
            name: "plimsoll snapshot, no packages",
            command: format!("{snapshot} --limit-metadata-bytes 0 docker-archive:{archive}"),
        },
    ]
}

fn layout_lines(program: &str, layout: &Path, decoder: &str) -> Vec<Line> {
    let blobs = layout.join("layers");
    let decoder = format!("for blob in {}/*; do {decoder} $blob; done", blobs.display());
    vec![
        Line { name: "decoder, layer by layer", command: decoder },
        Line {
            name: "plimsoll snapshot",
            command: format!("{program} snapshot --no-cache -o /dev/null oci:{}", layout.display()),
        },
    ]
}

/// Runs each line in turn, so that what else the machine does hits all of them, and prints what they took.
fn table(title: &str, lines: &[Line], runs: usize) -> Result {
    println!("\n## {title}\n\n| | wall s | ratio | CPU s | ratio | peak MB |\n|---|--:|--:|--:|--:|--:|");
    let mut costs: Vec<Vec<Cost>> = lines.iter().map(|_| Vec::new()).collect();
    for _ in 0..runs {
        for (line, costs) in lines.iter().zip(&mut costs) {
            costs.extend(measure(&line.command)?);
        }
    }
    let mut first: Option<Cost> = None;
    for (line, costs) in lines.iter().zip(&costs) {
        let Some(cost) = median(costs) else {
            println!("| {} | not installed, or failed | | | | |", line.name);
            continue;
        };
        let base = *first.get_or_insert(cost);
        let ratio = |of: Duration, to: Duration| of.as_secs_f64() / to.as_secs_f64();
        println!(
            "| {} | {:.2} | {:.2} | {:.2} | {:.2} | {} |",
            line.name,
            cost.wall.as_secs_f64(),
            ratio(cost.wall, base.wall),
            cost.processor.as_secs_f64(),
            ratio(cost.processor, base.processor),
            cost.peak / 1_000_000,
        );
    }
    Ok(())
}

/// What a command takes, those it starts included; nothing if it fails.
fn measure(command: &str) -> Result<Option<Cost>> {
    let start = Instant::now();
    let child = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let used = child.wait4()?;
    let wall = start.elapsed();
    let cost = Cost { wall, processor: used.rusage.utime + used.rusage.stime, peak: used.rusage.maxrss };
    Ok(used.status.success().then_some(cost))
}

/// Each figure is a separate median.
fn median(costs: &[Cost]) -> Option<Cost> {
    let middle = |mut values: Vec<Duration>| {
        values.sort_unstable();
        values.get(values.len() / 2).copied()
    };
    Some(Cost {
        wall: middle(costs.iter().map(|cost| cost.wall).collect())?,
        processor: middle(costs.iter().map(|cost| cost.processor).collect())?,
        peak: costs.iter().map(|cost| cost.peak).max()?,
    })
}

/// The numbers of files of the snapshots that are compared.
const FILES: [u64; 3] = [10_000, 100_000, 300_000];
/// The layers of the made image, and the files and bytes of each.
const LAYERS: usize = 8;
const FILES_OF_LAYER: usize = 4_000;
const LARGEST_FILE: usize = 20_000;

/// What is measured with.
struct Data {
    directory: PathBuf,
    archive: PathBuf,
    gzip: PathBuf,
    zstd: PathBuf,
}

impl Data {
    fn of(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            archive: directory.join("plain.tar"),
            gzip: directory.join("gzip"),
            zstd: directory.join("zstd"),
        }
    }

    fn make(&self) -> Result {
        fs::create_dir_all(&self.directory)?;
        let layers: Vec<Vec<u8>> = (0..LAYERS).map(layer).collect();
        fs::write(&self.archive, docker_archive(&layers, "bench:1"))?;
        layout(&self.gzip, &layers, "gzip", |layer| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
            encoder.write_all(layer)?;
            encoder.finish()
        })?;
        layout(&self.zstd, &layers, "zstd", |layer| zstd::bulk::compress(layer, 3))?;
        for files in FILES {
            for side in ["before", "after"] {
                let made = plimsoll_tests::made::many_files(files, side == "after");
                let made = plimsoll_tests::made::snapshot(&["app"], "app", &made);
                plimsoll_snapshot::write_gzip(&made, File::create(self.snapshot(files, side))?)?;
            }
        }
        Ok(())
    }

    fn snapshot(&self, files: u64, side: &str) -> String {
        self.directory.join(format!("{side}-{files}.plimsoll")).display().to_string()
    }
}

/// A layout of compressed layers. They lie in `layers` too, in order, for the decoder.
fn layout(
    root: &Path,
    layers: &[Vec<u8>],
    compression: &str,
    compress: impl Fn(&[u8]) -> std::io::Result<Vec<u8>>,
) -> Result {
    let layout = Layout::new(root);
    let media_type = format!("{}+{compression}", plimsoll_tests::craft::LAYER);
    fs::create_dir_all(root.join("layers"))?;
    let mut blobs = Vec::new();
    for (number, layer) in layers.iter().enumerate() {
        let blob = compress(layer)?;
        fs::write(root.join(format!("layers/{number}")), &blob)?;
        blobs.push(layout.blob(&media_type, &blob));
    }
    layout.finish(&[layout.manifest(&config(layers, "amd64"), &blobs)]);
    Ok(())
}

/// A layer of files that are half words and half noise: gzip makes less than half of them.
fn layer(number: usize) -> Vec<u8> {
    const WORDS: &[u8] =
        b"import return static function const library version module license package require ";
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ (number as u64 + 1);
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut layer = Layer::default();
    for file in 0..FILES_OF_LAYER {
        let size = usize::try_from(random() % LARGEST_FILE as u64).unwrap_or(0);
        let mut content = Vec::with_capacity(size + 64);
        while content.len() < size {
            let word = random();
            if word & 3 == 0 {
                content.extend_from_slice(&random().to_le_bytes());
            } else {
                let start = usize::try_from(word >> 8).unwrap_or(0) % (WORDS.len() - 16);
                content.extend_from_slice(&WORDS[start..start + 16]);
            }
        }
        let path = format!("opt/layer{number}/package{:03}/module{file:05}.so", file / 40);
        layer = layer.entry(&path, EntryType::Regular, "", &content);
    }
    layer.finish()
}

fn gigabytes(file: &Path) -> Result<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a heading of three digits")]
    Ok(fs::metadata(file)?.len() as f64 / 1e9)
}

fn file_name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
