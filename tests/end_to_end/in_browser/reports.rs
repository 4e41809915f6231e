//! Reports for the tests: each in its own directory, around real images or around whatever a test needs.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use plimsoll_analysis::Changes;
use plimsoll_report::html::{Page, Viewer};
use plimsoll_snapshot::Bundle;
use plimsoll_tests::browser::Browser;
use plimsoll_tests::page::Page as _;
use plimsoll_tests::program;
use serde_json::Value;
use tempfile::TempDir;

/// A report in its own directory.
pub(crate) struct Report {
    pub(crate) file: PathBuf,
    _directory: TempDir,
}

impl Report {
    /// A report that was written into a directory.
    pub(crate) fn in_directory(file: PathBuf, directory: TempDir) -> Self {
        Self { file, _directory: directory }
    }
}

/// A report with these parts.
pub(crate) fn written(title: &str, static_html: &str, data: &[u8]) -> Report {
    let viewer = fs::read_to_string(plimsoll_tests::viewer()).expect("run `cargo xtask viewer` first");
    let mut page = Vec::new();
    Viewer::parse(&viewer).unwrap().write(&Page { title, lang: "en", static_html, data }, &mut page).unwrap();
    let directory = TempDir::new().unwrap();
    // A name that has to be encoded in an address.
    let file = directory.path().join("before & after #1.html");
    fs::write(&file, page).unwrap();
    Report { file, _directory: directory }
}

/// A bundle as the data slot holds it.
pub(crate) fn packed(bundle: &Bundle) -> Vec<u8> {
    let mut data = Vec::new();
    bundle.write_gzip(&mut data).unwrap();
    data
}

/// A text, compressed.
pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The report that the program writes of the snapshots in `examples`, judged by the targets beside them; and those
/// snapshots, before and after.
pub(crate) fn example() -> (Report, [PathBuf; 2]) {
    let directory = TempDir::new().unwrap();
    let examples = plimsoll_tests::root().join("examples");
    let sides = ["agente-before.plimsoll", "agente-after.plimsoll"].map(|name| examples.join(name));
    let (targets, file) = (examples.join("plimsoll.toml"), directory.path().join("report.html"));
    program::succeed([
        "report".as_ref(),
        sides[0].as_os_str(),
        sides[1].as_os_str(),
        "--targets".as_ref(),
        targets.as_os_str(),
        "-o".as_ref(),
        file.as_os_str(),
    ]);
    (Report { file, _directory: directory }, sides)
}

/// The report that the program writes of two snapshots.
pub(crate) fn of(before: &Path, after: &Path) -> Report {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("report.html");
    let [report, output] = ["report", "-o"].map(AsRef::as_ref);
    program::succeed([report, before.as_os_str(), after.as_os_str(), output, file.as_os_str()]);
    Report { file, _directory: directory }
}

/// A page that is open in a browser, and asked in scripts.
pub(crate) struct Asked {
    pub(crate) browser: Browser,
    _report: Report,
}

impl Asked {
    pub(crate) fn open(report: Report) -> Self {
        let mut browser = Browser::launch().unwrap();
        browser.set_viewport(1280, 900).unwrap();
        browser.open_file(&report.file).unwrap();
        Self { browser, _report: report }
    }

    /// The value of an expression in which `$` finds the first element and `$$` all of them.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        self.browser.eval(&in_page(expression)).unwrap()
    }

    /// Waits until such an expression is true.
    pub(crate) fn wait(&mut self, expression: &str) {
        self.browser.wait_for(&in_page(&format!("Boolean({expression})"))).unwrap();
    }

    pub(crate) fn click(&mut self, selector: &str) {
        self.browser.click(selector).unwrap();
    }

    pub(crate) fn press(&mut self, key: &str) {
        self.browser.press(key).unwrap();
    }

    /// Writes a text into a field in place of what is there.
    pub(crate) fn write(&mut self, selector: &str, text: &str) {
        let selector = Value::from(selector);
        self.eval(&format!("$({selector}).focus() ?? $({selector}).select()"));
        self.browser.type_text(text).unwrap();
    }

    pub(crate) fn assert_quiet(&mut self) {
        assert_eq!(self.browser.record().unwrap().complaints(), [""; 0]);
    }
}

/// A script in which `$` finds the first element and `$$` all of them.
pub(crate) fn in_page(expression: &str) -> String {
    format!(
        "(() => {{ const $ = (selector) => document.querySelector(selector); \
         const $$ = (selector) => [...document.querySelectorAll(selector)]; return {expression}; }})()"
    )
}

/// The report that the program writes of the small images, what it prints of the same snapshots as JSON, and what the
/// analysis says of them. Before, two services run one image; after, each has its own.
pub(crate) fn micro() -> (Report, Value, Changes) {
    let directory = TempDir::new().unwrap();
    let archive = plimsoll_tests::image("docker-26.1.5-graphdriver/micro3.save.tar.gz");
    let snapshot = |name: &str, backend: &str, frontend: &str| {
        let file = directory.path().join(name);
        let source =
            |service, reference| format!("{service}=docker-archive:{}:{reference}", archive.display());
        program::succeed([
            "snapshot".as_ref(),
            source("backend", backend).as_ref(),
            source("frontend", frontend).as_ref(),
            "-o".as_ref(),
            file.as_os_str(),
        ]);
        file
    };
    let before = snapshot("before", "agente/micro-before:latest", "agente/micro-before:latest");
    let after = snapshot("after", "agente/micro-backend:after", "agente/micro-frontend:after");
    let file = directory.path().join("report.html");
    let sides = [before.as_os_str(), after.as_os_str()];
    program::succeed([&["report".as_ref()], &sides[..], &["-o".as_ref(), file.as_os_str()]].concat());
    let json =
        program::json([&["compare".as_ref()], &sides[..], &["--format".as_ref(), "json".as_ref()]].concat());
    let read = |path: &Path| plimsoll_snapshot::read(fs::File::open(path).unwrap()).unwrap();
    let changes = Changes::between(&read(&before), &read(&after));
    (Report { file, _directory: directory }, json, changes)
}
