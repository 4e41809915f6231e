//! The engine in the page: snapshots and images that are dropped on it or chosen in it, read in a worker.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_report::format::unbroken;
use plimsoll_tests::browser::Browser;
use plimsoll_tests::page::Page as _;
use plimsoll_tests::program;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::reports::{gzip, micro};

/// A browser with the page without data open in it, and a directory for files.
struct Page {
    browser: Browser,
    directory: TempDir,
}

const IMAGES: [&str; 3] = [
    "docker-26.1.5-graphdriver/micro3.save.tar.gz",
    "docker-26.1.5-containerd/micro3.save.tar",
    "buildx-0.13.1/attest-default.docker-save.tar",
];

impl Page {
    fn empty() -> Self {
        let directory = TempDir::new().unwrap();
        let file = directory.path().join("viewer.html");
        program::succeed(["viewer".as_ref(), "-o".as_ref(), file.as_os_str()]);
        Self::of(&file, directory)
    }

    fn of(file: &Path, directory: TempDir) -> Self {
        let mut browser = Browser::launch().unwrap();
        browser.set_viewport(1280, 900).unwrap();
        browser.open_file(file).unwrap();
        Self { browser, directory }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// A snapshot that the program makes of one image of the first archive.
    fn snapshot(&self, name: &str, reference: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        let source = format!("app=docker-archive:{}:{reference}", plimsoll_tests::image(IMAGES[0]).display());
        program::succeed(["snapshot".as_ref(), source.as_ref(), "-o".as_ref(), path.as_os_str()]);
        path
    }

    fn eval(&mut self, expression: &str) -> Value {
        self.browser.eval(expression).unwrap()
    }

    fn choose(&mut self, role: &str, file: &Path) {
        self.browser.choose_files(&format!("[data-choose={role}]"), &[file]).unwrap();
    }

    /// Drops a file on the part of the page that a selector finds, or anywhere.
    fn drop(&mut self, role: Option<&str>, file: &Path) {
        let data = json!({ "items": [], "files": [file], "dragOperationsMask": 1 });
        let mut event = |kind: &str, x: f64, y: f64| {
            let event = json!({ "type": kind, "x": x, "y": y, "data": data });
            self.browser.call("Input.dispatchDragEvent", event).unwrap();
        };
        event("dragEnter", 100.0, 100.0);
        event("dragOver", 100.0, 100.0);
        let zone = format!(".zone[data-drop={}]", role.unwrap_or("held"));
        self.browser.wait_for(&format!("document.querySelector('{zone}').offsetParent !== null || getComputedStyle(document.querySelector('.zones')).display === 'flex'")).unwrap();
        let point = self.eval(&format!(
            "(() => {{ const box = document.querySelector('{zone}').getBoundingClientRect(); \
             return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        let (x, y) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
        let mut event = |kind: &str| {
            let event = json!({ "type": kind, "x": x, "y": y, "data": data });
            self.browser.call("Input.dispatchDragEvent", event).unwrap();
        };
        event("dragOver");
        event("drop");
    }

    /// Waits until this number of snapshots is loaded, and no file is being read.
    fn wait_for_held(&mut self, number: usize) {
        let condition = format!(
            "document.querySelectorAll('[data-held]').length === {number} && !document.querySelector('[data-job]')"
        );
        self.browser.wait_for(&condition).unwrap();
    }

    fn failure(&mut self) -> String {
        self.browser.wait_for("document.querySelector('.failed span') !== null").unwrap();
        let text = self.eval("document.querySelector('.failed span').textContent");
        self.browser.click("[data-do=dismiss]").unwrap();
        text.as_str().unwrap().to_owned()
    }

    /// The verdict, the title and the sizes of every service.
    fn shown(&mut self) -> Value {
        self.eval(
            "({ verdict: document.querySelector('#verdict')?.textContent, title: document.title, \
             services: [...document.querySelectorAll('tr[data-service]')].map((row) => \
               [row.dataset.service, Number(row.dataset.before), Number(row.dataset.after)]), \
             bridge: [...document.querySelectorAll('[data-delta]')].map((row) => Number(row.dataset.delta)) })",
        )
    }

    fn assert_quiet(&mut self) {
        let record = self.browser.record().unwrap();
        assert_eq!(record.complaints(), [""; 0]);
    }
}

/// What the page has to show of two files, by what the program prints.
fn printed(before: &Path, after: &Path) -> (String, Value) {
    let json = program::json([
        "compare".as_ref(),
        before.as_os_str(),
        after.as_os_str(),
        "--format".as_ref(),
        "json".as_ref(),
    ]);
    let services = json["services"]
        .as_array()
        .unwrap()
        .iter()
        .map(|service| json!([service["service"], service["size"]["before"], service["size"]["after"]]));
    (unbroken(json["verdict_text"].as_str().unwrap()), services.collect())
}

#[test]
fn snapshots_are_chosen_swapped_and_compared_in_any_pair() {
    let mut page = Page::empty();
    let before = page.snapshot("a.plimsoll", "agente/micro-before:latest");
    let after = page.snapshot("b.json", "agente/micro-backend:after");
    let other = page.snapshot("c.plimsoll", "agente/micro-frontend:after");
    assert!(page.eval("document.body.innerText").as_str().unwrap().contains("Compare container images"));

    page.choose("before", &before);
    page.wait_for_held(1);
    page.choose("after", &after);
    page.wait_for_held(2);
    let (verdict, services) = printed(&before, &after);
    assert_eq!((&page.shown()["verdict"], &page.shown()["services"]), (&json!(verdict), &services));

    page.browser.click("[data-do=swap]").unwrap();
    let (verdict, services) = printed(&after, &before);
    assert_eq!((&page.shown()["verdict"], &page.shown()["services"]), (&json!(verdict), &services));

    page.choose("held", &other);
    page.wait_for_held(3);
    assert_eq!(page.shown()["verdict"], verdict, "a third one waits to be chosen");
    page.browser.click("[data-do=choose]").unwrap();
    page.browser.click("[data-held]:nth-of-type(3) input[name=after]").unwrap();
    let (verdict, services) = printed(&after, &other);
    assert_eq!((&page.shown()["verdict"], &page.shown()["services"]), (&json!(verdict), &services));
    page.browser.click("[data-do=close]").unwrap();
    page.assert_quiet();
}

#[test]
fn a_snapshot_that_is_held_can_be_removed() {
    let (report, _, _) = micro();
    let mut page = Page::of(&report.file, TempDir::new().unwrap());
    let other = page.snapshot("other.plimsoll", "agente/micro-frontend:after");
    let shown = page.shown();
    page.choose("held", &other);
    page.wait_for_held(3);
    page.browser.click("[data-do=choose]").unwrap();
    // One that is not compared leaves the report as it is.
    page.browser.click("[data-held]:nth-of-type(3) [data-do=remove]").unwrap();
    page.wait_for_held(2);
    assert_eq!(page.shown(), shown);
    // Without the one after there is no report, and the other one is still held.
    page.browser.click("[data-held]:nth-of-type(2) [data-do=remove]").unwrap();
    page.wait_for_held(1);
    assert_eq!(page.eval("document.querySelector('#verdict')"), Value::Null);
    page.choose("after", &other);
    page.wait_for_held(2);
    page.browser.wait_for("document.querySelector('#verdict') !== null").unwrap();
    page.assert_quiet();
}

#[test]
fn images_that_are_dropped_give_the_figures_of_the_program() {
    for image in IMAGES {
        let archive = plimsoll_tests::image(image);
        let mut page = Page::empty();
        page.drop(Some("after"), &archive);
        page.wait_for_held(1);
        page.drop(Some("before"), &archive);
        page.wait_for_held(2);
        let (verdict, services) = printed(&archive, &archive);
        assert_eq!(
            (&page.shown()["verdict"], &page.shown()["services"]),
            (&json!(verdict), &services),
            "{image}"
        );
        page.assert_quiet();
    }
}

#[test]
fn a_file_that_cannot_be_used_leaves_the_report_as_it_was() {
    let (report, _, _) = micro();
    let mut page = Page::of(&report.file, TempDir::new().unwrap());
    let shown = page.shown();
    let archive = fs::read(plimsoll_tests::image(IMAGES[1])).unwrap();
    let mut damaged = archive.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 4096].fill(0xaa);
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("empty.tar", Vec::new(), "it is empty"),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\0".repeat(40), "a binary file of an unknown type"),
        ("inspect.json", b"[{\"Id\": 1}]".to_vec(), "not a snapshot"),
        (
            "future.plimsoll",
            gzip("{\"schema_version\": 99, \"generator\": \"plimsoll 9.9.9\"}"),
            "format 99, written by plimsoll 9.9.9",
        ),
        ("cut.tar", archive[..archive.len() / 2].to_vec(), "truncated"),
        ("damaged.tar", damaged, "`damaged.tar`"),
        ("greedy.tar.xz", greedy_xz(), "`greedy.tar.xz` is too large for a page"),
        ("<img onerror=x>.tar", b"hello".to_vec(), "`<img onerror=x>.tar` cannot be used"),
    ];
    for (name, bytes, expected) in cases {
        let file = page.file(name, &bytes);
        page.drop(None, &file);
        let message = page.failure();
        assert!(message.contains(expected), "{name}: {message}");
        assert!(
            message.contains(&format!("`{name}`"))
                && ["This page is plimsoll", "use `plimsoll` on the command line"]
                    .iter()
                    .any(|help| message.contains(help)),
            "{message}"
        );
        assert_eq!(page.shown(), shown, "{name}");
    }
    // The page lives on.
    let other = page.snapshot("other.plimsoll", "agente/micro-before:latest");
    page.drop(Some("before"), &other);
    page.wait_for_held(3);
    assert_ne!(page.shown(), shown);
    page.assert_quiet();
}

/// Names of files and what is searched for are texts of strangers, too.
#[test]
fn hostile_names_of_files_and_searches_stay_text() {
    let mut page = Page::empty();
    let markup = crate::hostile::MARKUP.replace('/', "\u{2215}");
    for name in [&markup, "\u{202e}gpj.plimsoll", "a\nb.tar", "::error::x", "%s%n${x}{{y}}.html"] {
        for bytes in [&b""[..], b"{\"schema_version\":", b"\x1f\x8b\x08broken", &[0; 1024]] {
            let file = page.file(name, bytes);
            page.drop(Some("after"), &file);
            let text = page.failure();
            assert!(!text.chars().any(plimsoll_snapshot::hidden::is_hidden), "{text:?}");
        }
    }
    let sound = page.snapshot(&format!("{markup}.plimsoll"), "agente/micro-before:latest");
    page.drop(Some("after"), &sound);
    page.wait_for_held(1);
    page.eval("document.activeElement.blur()");
    page.browser.press("/").unwrap();
    page.browser.wait_for("document.querySelector('.finder').matches(':popover-open')").unwrap();
    let long = "(".repeat(20_000);
    for text in [&markup, "[", "\\", "(a+)+$", "'\"><svg onload=document.hacked=1>", "\u{202e}", "\0", &long]
    {
        page.eval(&format!(
            "(() => {{ const field = document.querySelector('.finder input'); field.value = {}; \
             field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()",
            json!(text)
        ));
        page.browser.wait_for("document.querySelector('.finder .status').textContent !== ''").unwrap();
    }
    assert_eq!(page.eval("document.hacked ?? null"), Value::Null);
    assert_eq!(page.eval("document.querySelectorAll('img, iframe, object, svg[onload]').length"), 0);
    page.assert_quiet();
}

/// A stream that wants a dictionary of 4 GiB (The .xz File Format, section 5.3.1): more than a page may have.
fn greedy_xz() -> Vec<u8> {
    let sum = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_le_bytes()
    };
    let flags = [0, 1];
    let block = [2, 0, 0x21, 1, 40, 0, 0, 0];
    let mut bytes = b"\xfd7zXZ\0".to_vec();
    bytes.extend(flags.into_iter().chain(sum(&flags)).chain(block).chain(sum(&block)));
    // One piece of 512 bytes that are not compressed.
    bytes.extend([1, 1, 0xff]);
    bytes.extend([0; 512]);
    bytes
}

#[test]
fn reading_can_be_cancelled() {
    let mut page = Page::empty();
    let file = slow_archive(page.directory.path());
    page.choose("after", &file);
    page.browser.wait_for("document.querySelector('progress')?.value > 0").unwrap();
    page.browser.click("[data-do=cancel]").unwrap();
    page.browser.wait_for("document.querySelector('[data-job]') === null").unwrap();
    let archive = plimsoll_tests::image(IMAGES[1]);
    page.choose("after", &archive);
    page.wait_for_held(1);
    assert_eq!(page.eval("document.querySelectorAll('.failed').length"), 0);
    page.assert_quiet();
}

#[test]
fn a_saved_comparison_opens_by_itself_and_is_the_same() {
    let (report, _, _) = micro();
    let mut page = Page::of(&report.file, TempDir::new().unwrap());
    // What the page takes itself for is the viewer, to the byte.
    let viewer = fs::read_to_string(plimsoll_tests::viewer()).unwrap();
    assert_eq!(page.eval("plimsoll.viewer()").as_str().unwrap(), viewer);

    let other = page.snapshot("other.plimsoll", "agente/micro-backend:after");
    page.drop(Some("after"), &other);
    page.wait_for_held(3);
    let shown = page.shown();
    let first = saved(&mut page);
    let mut again = Page::of(&first, TempDir::new().unwrap());
    assert_eq!(again.shown(), shown);
    let second = saved(&mut again);
    assert!(fs::read(&first).unwrap() == fs::read(&second).unwrap(), "saved again, it is another file");
    again.assert_quiet();
}

#[test]
fn a_saved_comparison_is_the_report_of_the_program() {
    let mut page = Page::empty();
    let before = page.snapshot("a.plimsoll", "agente/micro-before:latest");
    let after = page.snapshot("b.plimsoll", "agente/micro-backend:after");
    page.choose("held", &after);
    page.wait_for_held(1);
    // The older one is what was before, in whatever order they come.
    page.choose("held", &before);
    page.wait_for_held(2);
    let written = page.directory.path().join("written.html");
    program::succeed([
        "report".as_ref(),
        before.as_os_str(),
        after.as_os_str(),
        "-o".as_ref(),
        written.as_os_str(),
    ]);
    let cut = |file: &Path| {
        let page = fs::read_to_string(file).unwrap();
        let (head, rest) = page.split_once("id=\"plimsoll-data\">").unwrap();
        let (data, tail) = rest.split_once('<').unwrap();
        let packed = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap();
        let mut json = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&packed[..]), &mut json).unwrap();
        (head.to_owned(), json, tail.to_owned())
    };
    let saved = saved(&mut page);
    assert!(cut(&saved) == cut(&written), "the two files differ in more than how their data is compressed");
}

/// An archive that is read for a while and takes no room: its layer is one file of zeros.
fn slow_archive(directory: &Path) -> PathBuf {
    const SIZE: u64 = 3 << 30;
    let config = json!({
        "os": "linux",
        "architecture": "amd64",
        "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{}", "0".repeat(64))] },
    });
    let manifest = json!([{ "Config": "config.json", "Layers": ["layer.tar"] }]);
    let header = |name: &str, size: u64| {
        let mut header = tar::Header::new_ustar();
        header.set_path(name).unwrap();
        header.set_size(size);
        header.set_cksum();
        header
    };
    let mut archive = tar::Builder::new(Vec::new());
    for (name, document) in [("manifest.json", manifest), ("config.json", config)] {
        let bytes = document.to_string();
        archive.append(&header(name, bytes.len() as u64), bytes.as_bytes()).unwrap();
    }
    let mut bytes = archive.get_ref().clone();
    bytes.extend(header("layer.tar", SIZE).as_bytes());
    bytes.extend(header("zeros", SIZE - 512).as_bytes());
    let path = directory.join("large.tar");
    fs::write(&path, &bytes).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_len(bytes.len() as u64 + SIZE + 512).unwrap();
    path
}

/// Saves the comparison; the file.
fn saved(page: &mut Page) -> PathBuf {
    let directory = page.directory.path().join("saved");
    fs::create_dir(&directory).unwrap();
    page.browser
        .call("Browser.setDownloadBehavior", json!({ "behavior": "allow", "downloadPath": directory }))
        .unwrap();
    page.browser.click("[data-do=choose]").unwrap();
    page.browser.click("#others [data-do=save]").unwrap();
    let file = directory.join("plimsoll-report.html");
    for _ in 0..200 {
        if file.exists() {
            return file;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("nothing was saved: {:?}", fs::read_dir(&directory).unwrap().collect::<Vec<_>>());
}
