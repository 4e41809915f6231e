//! Pages of other shapes: memory alone, one side alone, many services, next to nothing.

use plimsoll_snapshot::{Bundle, Snapshot};
use plimsoll_tests::made::{many_files, snapshot};
use plimsoll_tests::page::Page as _;
use serde_json::{Value, json};

use super::reports::{Asked, of, packed, written};

fn page_of(before: Snapshot, after: Snapshot) -> Asked {
    Asked::open(written("Plimsoll", "", &packed(&Bundle { before, after, ..Bundle::default() })))
}

/// Nothing is wider than the window, wide or narrow, and the console has no errors.
fn assert_fits(page: &mut Asked) {
    for width in [1280, 720, 390] {
        page.browser.set_viewport(width, 900).unwrap();
        assert_eq!(page.eval("document.documentElement.scrollWidth"), width, "{width} px");
    }
    page.assert_quiet();
}

#[test]
fn recordings_alone_are_compared() {
    let recordings = plimsoll_tests::root().join("tests/recordings");
    let sides = ["stack-before.plimsoll", "stack-after.plimsoll"].map(|name| recordings.join(name));
    let report = of(&sides[0], &sides[1]);
    let static_html = std::fs::read_to_string(&report.file).unwrap();
    let mut page = Asked::open(report);
    let verdict = page.eval("$('#verdict').textContent");
    let verdict = verdict.as_str().unwrap().replace('\u{a0}', " ");
    assert!(verdict.starts_with("Maximum memory of each service: backend 502 MiB → 400 MiB, "), "{verdict}");
    assert!(static_html.contains("Maximum memory of each service"));
    assert_eq!(page.eval("document.title"), "Memory and limits · Plimsoll");
    assert_eq!(page.eval("$$('[data-memory]').length"), 6);
    assert_eq!(
        page.eval(
            "$('#services').closest('.unfilled').querySelector('code').textContent.startsWith('plimsoll ')"
        ),
        true
    );
    assert_eq!(page.eval("$('[data-do=find]')"), Value::Null);
    assert_fits(&mut page);
}

#[test]
fn an_image_without_one_before_has_its_size() {
    let after = snapshot(&["app"], "app", &many_files(300, true));
    let mut page = page_of(Snapshot::default(), after);
    assert!(page.eval("$('#verdict').textContent").as_str().unwrap().starts_with("app weighs "));
    assert_eq!(
        page.eval("$$('.unfilled').every((section) => section.querySelector('.lead').textContent !== '')"),
        true
    );
    assert_eq!(page.eval("$('#memory').closest('.unfilled').querySelectorAll('code').length"), 2);
    assert_fits(&mut page);
}

#[test]
fn twenty_services_have_their_rows_and_tabs() {
    let names: Vec<String> = (1..=20).map(|number| format!("service-number-{number}-of-the-stack")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let side = |after| snapshot(&names, "app", &many_files(300, after));
    let mut page = page_of(side(false), side(true));
    assert_eq!(page.eval("[$$('tr[data-service]').length, $$('[role=tab]').length]"), json!([20, 20]));
    page.click("tr[data-service=service-number-20-of-the-stack] button");
    let shown = "$('[role=tab][aria-selected=true]').dataset.tab";
    assert_eq!(page.eval(shown), "service-number-20-of-the-stack");
    assert_fits(&mut page);
}

#[test]
fn one_file_is_an_image() {
    let side = |size| snapshot(&["tiny"], "tiny", &[(b"hello".to_vec(), size)]);
    let mut page = page_of(side(12), side(10));
    assert_eq!(page.eval("[$$('tr[data-service]').length, $$('[data-path]').length]"), json!([1, 1]));
    assert_eq!(page.eval("$$('[data-delta]').reduce((sum, row) => sum + Number(row.dataset.delta), 0)"), -2);
    assert_fits(&mut page);
}
