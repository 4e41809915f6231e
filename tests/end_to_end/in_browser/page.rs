//! The one-file page: it starts from a file, makes no request, and its policy holds.

use std::fs;

use plimsoll_snapshot::Bundle;
use plimsoll_tests::browser::Browser;
use plimsoll_tests::page::Page as _;

use super::reports::{Report, gzip, packed, written};

const SUMMARY: &str = "<p>The summary.</p>";

fn report(title: &str, data: &[u8]) -> Report {
    written(title, SUMMARY, data)
}

/// The data of a report about nothing.
fn nothing() -> Vec<u8> {
    packed(&Bundle::default())
}

#[test]
fn a_report_starts_from_its_file_and_asks_nobody() {
    let report = report("</title><script>document.hacked = true</script> $& 3.18 GB", &nothing());
    let mut browser = Browser::launch().unwrap();
    browser.open_file(&report.file).unwrap();

    let shown = browser.eval("document.getElementById('app').innerText").unwrap();
    assert!(shown.as_str().unwrap().contains("There is nothing to compare"), "{shown}");
    assert_eq!(
        browser.eval("document.title").unwrap(),
        "</title><script>document.hacked = true</script> $& 3.18 GB"
    );
    assert!(browser.eval("document.hacked").unwrap().is_null());
    assert_eq!(browser.eval("getComputedStyle(document.getElementById('static')).display").unwrap(), "none");
    let record = browser.record().unwrap();
    assert_eq!(record.complaints(), [""; 0]);
}

#[test]
fn the_policy_stops_what_the_page_never_does() {
    let report = report("Plimsoll", &nothing());
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
    let mut browser = Browser::launch().unwrap();
    for (data, message) in [
        (gzip("{}"), "this is not a Plimsoll snapshot"),
        (gzip("{\"schema_version\": 99}"), "use a newer plimsoll"),
        (nothing()[..20].to_vec(), "the snapshot cannot be read: "),
    ] {
        let report = report("Plimsoll", &data);
        let error = browser.open_file(&report.file).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        let versions = format!(
            "The page was made by plimsoll {}, which reads snapshots up to format {}.",
            env!("CARGO_PKG_VERSION"),
            plimsoll_snapshot::SCHEMA_VERSION
        );
        assert!(error.contains(&versions), "{error}");
        let shown = browser.eval("document.body.innerText").unwrap();
        assert!(shown.as_str().unwrap().contains("The summary."), "{shown}");
    }
}

#[test]
fn a_report_with_a_damaged_program_still_shows_its_summary() {
    let report = report("Plimsoll", &gzip("data"));
    let page = fs::read_to_string(&report.file).unwrap();
    fs::write(&report.file, page.replace("id=\"plimsoll-program\">", "id=\"plimsoll-program\">AAAA"))
        .unwrap();
    let mut browser = Browser::launch().unwrap();
    let error = browser.open_file(&report.file).unwrap_err().to_string();
    assert!(error.contains("This report cannot be shown in full"), "{error}");
    let shown = browser.eval("document.body.innerText").unwrap();
    assert!(shown.as_str().unwrap().contains("The summary."), "{shown}");
}

#[test]
fn a_report_without_its_program_says_so() {
    let report = report("Plimsoll", &nothing());
    let page = fs::read_to_string(&report.file).unwrap();
    let (head, rest) = page.split_once("id=\"plimsoll-program\">").unwrap();
    let (_, tail) = rest.split_once('<').unwrap();
    fs::write(&report.file, format!("{head}id=\"plimsoll-program\"><{tail}")).unwrap();
    let mut browser = Browser::launch().unwrap();
    let error = browser.open_file(&report.file).unwrap_err().to_string();
    assert!(error.contains("the file does not contain its program"), "{error}");
}

#[test]
fn a_browser_that_is_too_old_is_told_what_it_lacks() {
    let report = report("Plimsoll", &nothing());
    for (missing, name) in [
        ("delete globalThis.WebAssembly", "WebAssembly"),
        ("WebAssembly.validate = () => false", "the vectors of WebAssembly"),
    ] {
        let mut browser = Browser::launch().unwrap();
        let script = serde_json::json!({ "source": missing });
        browser.call("Page.addScriptToEvaluateOnNewDocument", script).unwrap();
        let error = browser.open_file(&report.file).unwrap_err().to_string();
        assert!(error.contains(&format!("this browser is too old, it lacks {name}")), "{error}");
    }
}
