//! The page at 1, 10 and 100 % of its limits: how long it takes until a file is shown, and how much memory. Ignored by
//! default; it prints the column "page" of `docs/hostile-input.md`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use plimsoll_snapshot::{Runtime, Service, Snapshot, runtime::Container};
use plimsoll_tests::browser::Browser;
use plimsoll_tests::craft::{Layer, docker_archive};
use plimsoll_tests::made::snapshot;
use plimsoll_tests::page::Page as _;
use plimsoll_tests::program;
use tar::EntryType;
use tempfile::TempDir;

/// What is bounded, how many of it the page allows, and a file that has that many.
type Limit = (&'static str, usize, fn(&Path, usize) -> PathBuf);

const LIMITS: &[Limit] = &[
    ("services", 1_000, services),
    ("stacked entries", 4_000_000, stacked),
    ("entries of a layer", 1_000_000, entries),
    ("packages", 50_000, packages),
    ("containers", 10_000, containers),
];

/// Longer than any reader waits.
const PATIENCE: Duration = Duration::from_secs(240);

#[test]
#[ignore = "takes minutes: see docs/hostile-input.md"]
fn at_one_ten_and_a_hundred_percent_in_the_page() {
    let desk = TempDir::new().unwrap();
    let viewer = desk.path().join("viewer.html");
    program::succeed(["viewer".as_ref(), "-o".as_ref(), viewer.as_os_str()]);
    println!("| what | limit in the page | 1 % | 10 % | 100 % |\n|---|--:|--:|--:|--:|");
    for (what, limit, make) in LIMITS {
        let mut row = format!("| {what} | {limit} |");
        for part in [limit / 100, limit / 10, *limit] {
            let file = make(desk.path(), part);
            let mut browser = Browser::launch().unwrap();
            browser.open_file(&viewer).unwrap();
            let start = Instant::now();
            browser.choose_files("[data-choose=after]", &[&file]).unwrap();
            let shown = "document.querySelectorAll('[data-held]').length === 1 && !document.querySelector('[data-job]')";
            let failed = "document.querySelector('.failed span')?.textContent ?? null";
            let outcome = loop {
                if browser.eval(shown).is_ok_and(|shown| shown == true) {
                    break "shown".to_owned();
                }
                if let Some(text) = browser.eval(failed).ok().and_then(|text| Some(text.as_str()?.to_owned()))
                {
                    break text;
                }
                if start.elapsed() > PATIENCE {
                    break "not shown in time".to_owned();
                }
                std::thread::sleep(Duration::from_millis(50));
            };
            let (seconds, peak) = (start.elapsed().as_secs_f64(), browser.peak_memory().unwrap_or(0));
            let outcome = if outcome == "shown" { String::new() } else { format!(" ({outcome})") };
            let _ = write!(row, " {seconds:.1} s, {peak} MiB{outcome} |");
        }
        println!("{row}");
    }
}

fn written(desk: &Path, snapshot: &Snapshot) -> PathBuf {
    let path = desk.join("made.plimsoll");
    plimsoll_snapshot::write_gzip(snapshot, fs::File::create(&path).unwrap()).unwrap();
    path
}

/// Services that run as many images of one layer.
fn many_images(desk: &Path, images: usize, files: usize) -> PathBuf {
    let files: Vec<_> = (0..files).map(|at| (format!("srv/{}/{at}", at / 100).into_bytes(), 1)).collect();
    let mut sorted = files;
    sorted.sort();
    let mut made = snapshot(&["s0"], "x", &sorted);
    let image = made.images[0].clone();
    made.images = vec![image; images];
    made.services =
        (0..images).map(|image| Service { name: format!("s{image}"), image, build: None }).collect();
    written(desk, &made)
}

fn services(desk: &Path, count: usize) -> PathBuf {
    many_images(desk, count, 100)
}

fn stacked(desk: &Path, count: usize) -> PathBuf {
    many_images(desk, 100, count / 102)
}

fn entries(desk: &Path, count: usize) -> PathBuf {
    many_images(desk, 1, count)
}

fn packages(desk: &Path, count: usize) -> PathBuf {
    let one = |at: usize| {
        format!(
            "Package: p{at}\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\nDepends: p{}\n\n",
            at / 2
        )
    };
    let status: String = (0..count).map(one).collect();
    let layer = Layer::default().entry("var/lib/dpkg/status", EntryType::Regular, "", status.as_bytes());
    let path = desk.join("a.tar");
    fs::write(&path, docker_archive(&[layer.finish()], "a:1")).unwrap();
    path
}

fn containers(desk: &Path, count: usize) -> PathBuf {
    let container = |at: usize| Container { service: Some(format!("s{}", at / 10)), ..Container::default() };
    let runtime = Runtime { containers: (0..count).map(container).collect(), ..Runtime::default() };
    let made = Snapshot { runtime: Some(runtime), ..snapshot(&["s0"], "x", &[(b"a".to_vec(), 1)]) };
    written(desk, &made)
}
