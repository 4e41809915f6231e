//! The one-file page: it starts from a file, asks nobody for anything, and its policy holds.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use plimsoll_report::html::{Page, Viewer};
use plimsoll_tests::browser::Browser;
use tempfile::TempDir;

const SUMMARY: &str = "<p>The summary.</p>";

/// A report in a directory of its own.
struct Report {
    file: PathBuf,
    _directory: TempDir,
}

fn report(title: &str, data: &[u8]) -> Report {
    let viewer = fs::read_to_string(plimsoll_tests::viewer()).expect("run `cargo xtask viewer` first");
    let mut page = Vec::new();
    Viewer::parse(&viewer)
        .unwrap()
        .write(&Page { title, lang: "en", static_html: SUMMARY, data }, &mut page)
        .unwrap();
    let directory = TempDir::new().unwrap();
    // A name that has to be encoded in an address.
    let file = directory.path().join("before & after #1.html");
    fs::write(&file, page).unwrap();
    Report { file, _directory: directory }
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_report_starts_from_its_file_and_asks_nobody() {
    let report =
        report("</title><script>document.hacked = true</script> $& 3.18 GB", &gzip(&"x".repeat(123_456)));
    let mut browser = Browser::launch().unwrap();
    browser.open_file(&report.file).unwrap();

    let shown = browser.eval("document.getElementById('app').innerText").unwrap();
    assert!(shown.as_str().unwrap().contains("123456 bytes"), "{shown}");
    assert_eq!(
        browser.eval("document.title").unwrap(),
        "</title><script>document.hacked = true</script> $& 3.18 GB"
    );
    assert!(browser.eval("document.hacked").unwrap().is_null());
    assert_eq!(browser.eval("getComputedStyle(document.getElementById('static')).display").unwrap(), "none");
    let record = browser.record().unwrap();
    assert_eq!(record.complaints(), [""; 0]);
    assert!(record.requests.iter().all(|request| request.url == "data:,"), "{:?}", record.requests);
}

#[test]
fn the_policy_stops_what_the_page_never_does() {
    let report = report("Plimsoll", &gzip("data"));
    let mut browser = Browser::launch().unwrap();
    browser.open_file(&report.file).unwrap();

    for url in ["https://example.com", "data:,x", "other.html"] {
        let fetched =
            browser.eval(&format!("fetch('{url}').then(() => 'fetched', (error) => error.name)")).unwrap();
        assert_eq!(fetched, "TypeError", "{url}");
    }
    let evaluated = browser
        .eval("new Promise((done) => setTimeout(() => { try { done((0, eval)('1')) } catch (e) { done(e.name) } }))");
    assert_eq!(evaluated.unwrap(), "EvalError");
    let ran = browser.eval(
        "new Promise((done) => { \
           const box = document.createElement('div'); \
           box.innerHTML = '<img src=\"x\" onerror=\"document.ran = 1\"><a onclick=\"document.ran = 2\">a</a>'; \
           document.body.append(box); \
           const script = document.createElement('script'); \
           script.textContent = 'document.ran = 3'; \
           document.body.append(script); \
           box.querySelector('a').click(); \
           setTimeout(() => done(document.ran ?? 'nothing'), 200); })",
    );
    assert_eq!(ran.unwrap(), "nothing");

    let record = browser.record().unwrap();
    assert!(record.external().iter().all(|request| request.blocked.as_deref() == Some("csp")), "{record:?}");
    assert!(record.browser.iter().any(|text| text.contains("Content Security Policy")), "{record:?}");
}

#[test]
fn a_report_that_cannot_be_read_says_so_beside_its_summary() {
    let report = report("Plimsoll", b"");
    let mut browser = Browser::launch().unwrap();
    let error = browser.open_file(&report.file).unwrap_err().to_string();
    assert!(error.contains("this page was written without data"), "{error}");
    let shown = browser.eval("document.body.innerText").unwrap();
    assert!(shown.as_str().unwrap().contains("The summary."), "{shown}");
}

#[test]
fn a_report_with_a_damaged_program_still_shows_its_summary() {
    let report = report("Plimsoll", &gzip("data"));
    let page = fs::read_to_string(&report.file).unwrap();
    fs::write(&report.file, page.replace("id=\"plimsoll-wasm\">", "id=\"plimsoll-wasm\">AAAA")).unwrap();
    let mut browser = Browser::launch().unwrap();
    let error = browser.open_file(&report.file).unwrap_err().to_string();
    assert!(error.contains("This report cannot be shown in full"), "{error}");
    let shown = browser.eval("document.body.innerText").unwrap();
    assert!(shown.as_str().unwrap().contains("The summary."), "{shown}");
}
