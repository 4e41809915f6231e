//! The buttons of a page whose every name is hostile, in Chromium and Firefox: what is copied, saved and printed is text
//! that does nothing, and neither an address nor the name of a file does more.

use std::fs;
use std::path::PathBuf;

use plimsoll_snapshot::hidden::is_hidden;
use plimsoll_tests::browser::Browser;
use plimsoll_tests::firefox::Firefox;
use plimsoll_tests::made::{File, snapshot};
use plimsoll_tests::page::Page;
use plimsoll_tests::program;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::hostile::{MARKUP, names};

/// Keeps what the page copies and saves.
const KEEP: &str = "(() => { window.taken = []; \
    const clipboard = { writeText: async (text) => { taken.push({ kind: 'copied', text }); } }; \
    Object.defineProperty(navigator, 'clipboard', { value: clipboard, configurable: true }); \
    const made = URL.createObjectURL; \
    URL.createObjectURL = (blob) => { blob.text().then((text) => taken.push({ kind: blob.type, text })); return made.call(URL, blob); }; \
    window.print = () => {}; return 0; })()";

/// Presses every button that copies, saves or prints, one after the other.
const PRESS: &str = "(() => { document.querySelectorAll('details').forEach((details) => { details.open = true; }); \
    const buttons = [...document.querySelectorAll('[data-do^=copy-], [data-do^=save], [data-do^=print-]')]; \
    for (const button of buttons.slice(0, 40)) button.click(); return buttons.length; })()";

/// What of a picture is more than a drawing.
const DRAWN: &str = "(() => taken.filter(({ kind, text }) => kind === 'image/svg+xml' || text.startsWith('<svg')).map(({ text }) => { \
    const picture = new DOMParser().parseFromString(text, 'image/svg+xml'); \
    const active = [...picture.querySelectorAll('parsererror, script, image, img, foreignObject, a, use, style, animate, set')]; \
    const handlers = [...picture.querySelectorAll('*')].flatMap((element) => element.getAttributeNames()).filter((name) => name.startsWith('on') || name.endsWith('href')); \
    return [...active.map((element) => element.nodeName), ...handlers]; }))()";

struct Hostile {
    directory: TempDir,
}

impl Hostile {
    fn new() -> Self {
        let hostile = Self { directory: TempDir::new().unwrap() };
        let names = names();
        let services: Vec<&str> = names.iter().map(String::as_str).collect();
        for (side, size) in [("before", 900), ("after", 100)] {
            let mut files: Vec<File> =
                names.iter().map(|text| (text.replace('/', "_").into_bytes(), size)).collect();
            files.sort();
            let out = fs::File::create(hostile.path(side)).unwrap();
            plimsoll_snapshot::write_gzip(&snapshot(&services, MARKUP, &files), out).unwrap();
        }
        let [before, after, report] = ["before", "after", "report.html"].map(|name| hostile.path(name));
        let [command, output] = ["report", "-o"].map(AsRef::as_ref);
        program::succeed([command, before.as_os_str(), after.as_os_str(), output, report.as_os_str()]);
        hostile
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

fn check_buttons(page: &mut impl Page) {
    let hostile = Hostile::new();
    page.open_file(&hostile.path("report.html")).unwrap();
    page.eval(KEEP).unwrap();
    let pressed = page.eval(PRESS).unwrap().as_u64().unwrap();
    assert!(pressed > 8, "{pressed} buttons");
    for kind in ["text/csv", "application/json", "image/svg+xml"] {
        page.wait_for(&format!("taken.some(({{ kind }}) => kind === '{kind}')")).unwrap();
    }
    page.wait_for("taken.some(({ text }) => text.startsWith('**'))").unwrap();
    let drawn = page.eval(DRAWN).unwrap();
    assert!(drawn.as_array().unwrap().iter().all(|found| found == &json!([])), "{drawn}");
    let taken = page.eval("taken").unwrap();
    for taken in taken.as_array().unwrap() {
        let (kind, text) = (taken["kind"].as_str().unwrap(), taken["text"].as_str().unwrap());
        // Pictures are bytes, and the program in a saved page is packed into all characters of seven bits: `check_file_names`
        // opens such a page.
        if kind.starts_with("text/html") || kind == "image/png" {
            continue;
        }
        let hidden = text.chars().find(|character| is_hidden(*character) && !"\r\n".contains(*character));
        assert_eq!(hidden, None, "{kind}: {text}");
        if kind == "text/csv" {
            assert!(!formulas(text), "{text}");
        }
        if text.starts_with("**") {
            let outside = without_code(text);
            assert!(!outside.contains("@everybody") && !outside.contains("www."), "{text}");
        }
    }
    assert_quiet(page);
}

/// Markdown without its code spans: from a run of backticks to the next run as long (CommonMark, 6.1), and its fences.
fn without_code(text: &str) -> String {
    let run = |text: &str| text.bytes().take_while(|byte| *byte == b'`').count();
    let mut outside = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        let (before, code) = rest.split_at(start);
        outside.push_str(before);
        let (ticks, inside) = code.split_at(run(code));
        let mut at = 0;
        rest = loop {
            let Some(next) = inside[at..].find('`').map(|next| at + next) else { break inside };
            let length = run(&inside[next..]);
            if length == ticks.len() {
                break &inside[next + length..];
            }
            at = next + length;
        };
    }
    outside.push_str(rest);
    // Neither are mentions and links found in elements of code.
    outside.split("<code>").map(|part| part.rsplit("</code>").next().unwrap_or_default()).collect()
}

/// Whether any cell is one that a spreadsheet would work out.
fn formulas(csv: &str) -> bool {
    csv.lines().skip(1).flat_map(|line| line.split(',')).any(|cell| {
        let cell = cell.trim_start_matches('"').trim_start();
        cell.starts_with(['=', '+', '@', '＝']) || cell.starts_with('-') && cell.parse::<i64>().is_err()
    })
}

fn assert_quiet(page: &mut impl Page) {
    assert_eq!(page.eval("document.hacked ?? null").unwrap(), Value::Null);
    assert_eq!(
        page.eval("document.querySelectorAll('#app img, iframe, object, form, base').length").unwrap(),
        json!(0)
    );
    assert_eq!(page.record().unwrap().complaints(), [""; 0]);
}

fn check_addresses(page: &mut impl Page) {
    let hostile = Hostile::new();
    page.open_file(&hostile.path("report.html")).unwrap();
    for fragment in [
        "</script><img src=x onerror=document.hacked=1>",
        "v1&service=%3Cimg%20src%3Dx%20onerror%3Ddocument.hacked%3D1%3E",
        "v1&service=__proto__&path=constructor",
        "v1&path=../../../etc/passwd&view=javascript:document.hacked=1",
        "v1&without=%00%ff%&filter=%",
        "%",
        "v1&service=999999999999999999999&layer=-1",
        "javascript:document.hacked=1",
    ] {
        page.eval(&format!("(location.hash = {}, 0)", json!(fragment))).unwrap();
        page.wait_for("document.documentElement.dataset.state === 'ready'").unwrap();
        assert_eq!(
            page.eval("document.querySelectorAll('#app [data-service]').length > 0").unwrap(),
            json!(true),
            "{fragment}"
        );
    }
    page.eval("(location.hash = 'v1&find=' + 'x'.repeat(100000), 0)").unwrap();
    page.wait_for("document.documentElement.dataset.state === 'ready'").unwrap();
    assert_quiet(page);
}

fn check_file_names(page: &mut impl Page) {
    let hostile = Hostile::new();
    let viewer = hostile.path("viewer.html");
    program::succeed(["viewer".as_ref(), "-o".as_ref(), viewer.as_os_str()]);
    page.open_file(&viewer).unwrap();
    for (held, name) in
        ["<img src=x onerror=document.hacked=1>\u{202e}gpj", "\"'&lt;`${7*7}` \u{9b}31m"].iter().enumerate()
    {
        let file = hostile.path(name);
        fs::copy(hostile.path(["before", "after"][held]), &file).unwrap();
        page.choose_files(&format!("[data-choose={}]", ["before", "after"][held]), &[&file]).unwrap();
        page.wait_for(&format!(
            "document.querySelectorAll('[data-held]').length === {} && !document.querySelector('[data-job]')",
            held + 1
        ))
        .unwrap();
    }
    // What is no snapshot is named in an error.
    let none = hostile.path("<script>document.hacked = 1<\u{2067}");
    fs::write(&none, "none").unwrap();
    page.choose_files("[data-choose=before]", &[&none]).unwrap();
    page.wait_for("document.querySelector('.failed span') !== null").unwrap();
    let text = page.eval("document.body.innerText").unwrap();
    let hidden = text
        .as_str()
        .unwrap()
        .chars()
        // Numbers have a narrow space in them.
        .find(|character| {
            *character != '\u{202f}' && (is_hidden(*character) && !"\r\n\t".contains(*character))
        });
    assert_eq!(hidden, None);
    // A report that the page saves is as harmless as the page.
    page.eval(KEEP).unwrap();
    page.eval("(document.querySelector('[data-do=dismiss]')?.click(), document.querySelector('[data-do=save]').click(), 0)").unwrap();
    page.wait_for("taken.some(({ kind }) => kind.startsWith('text/html'))").unwrap();
    let saved = page.eval("taken.find(({ kind }) => kind.startsWith('text/html')).text").unwrap();
    let file = hostile.path("saved.html");
    fs::write(&file, saved.as_str().unwrap()).unwrap();
    page.open_file(&file).unwrap();
    assert_eq!(page.eval("document.querySelectorAll('script').length <= 5").unwrap(), json!(true));
    assert_quiet(page);
}

#[test]
fn what_the_buttons_give_is_text_in_chromium() {
    check_buttons(&mut Browser::launch().unwrap());
}

#[test]
fn what_the_buttons_give_is_text_in_firefox() {
    check_buttons(&mut Firefox::launch().unwrap());
}

#[test]
fn no_address_does_more_than_choose_a_view_in_chromium() {
    check_addresses(&mut Browser::launch().unwrap());
}

#[test]
fn no_address_does_more_than_choose_a_view_in_firefox() {
    check_addresses(&mut Firefox::launch().unwrap());
}

#[test]
fn no_name_of_a_file_is_markup_in_chromium() {
    check_file_names(&mut Browser::launch().unwrap());
}

#[test]
fn no_name_of_a_file_is_markup_in_firefox() {
    check_file_names(&mut Firefox::launch().unwrap());
}
