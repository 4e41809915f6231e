//! The search over the whole page: what it finds, and where it leads.

use std::fs::File;
use std::path::Path;

use plimsoll_analysis::compare::compare_with_trees;
use plimsoll_snapshot::{Bundle, Snapshot};
use plimsoll_tests::made::{many_files, snapshot};
use serde_json::{Value, json};

use super::reports::{Asked, example, packed, written};

const FIELD: &str = ".finder input";

/// Searches by the keys alone, and waits until all names are read.
fn search(page: &mut Asked, text: &str) {
    page.eval("document.activeElement.blur()");
    page.press("/");
    page.wait("$('.finder').matches(':popover-open') && document.activeElement === $('.finder input')");
    page.write(FIELD, text);
    page.wait("!$('.finder .status').textContent.includes('still being read')");
}

#[test]
fn one_field_finds_files_packages_layers_and_findings_and_leads_there() {
    let (report, sides) = example();
    let mut page = Asked::open(report);
    search(&mut page, "onnxruntime");
    let found =
        page.eval("Object.fromEntries($$('.found .kind').map((kind) => kind.textContent.split(' ')))");
    let read = |path: &Path| plimsoll_snapshot::read(File::open(path).unwrap()).unwrap();
    let (before, after) = (read(&sides[0]), read(&sides[1]));
    let (_, trees) = compare_with_trees(&before, &after);
    let holds = |name: &[u8]| String::from_utf8_lossy(name).to_ascii_lowercase().contains("onnxruntime");
    let files = trees.iter().flat_map(|trees| &trees.union.nodes).filter(|node| holds(node.name)).count();
    assert_eq!(found["Files"], files.to_string().as_str());
    assert_eq!(found["Packages"], "1");

    // The best file is chosen: the tree opens around it.
    let best = page.eval("$('[data-hit=files]').innerText");
    assert!(best.as_str().unwrap().contains("onnxruntime/"), "{best}");
    page.press("Enter");
    page.wait(
        "document.activeElement.id === 'tree' && $('.tr.active')?.dataset.path.endsWith('/onnxruntime')",
    );
    assert_eq!(page.eval("$('.finder').matches(':popover-open')"), false);

    // A package: its row is in sight, and its details are open.
    search(&mut page, "onnxruntime");
    page.click("[data-hit=packages]");
    page.wait("document.activeElement.id === 'packages-rows' && $('.package-detail h3')?.textContent === 'onnxruntime'");
    let row = "[data-package=\"python:onnxruntime\"]";
    let expanded = page.eval(&format!("$({0} + ' button').getAttribute('aria-expanded')", Value::from(row)));
    assert_eq!(expanded, "true");

    // A layer by its instruction, of another service.
    search(&mut page, "apt-get install");
    page.click("[data-hit=layers][data-service=frontend]");
    page.wait("document.activeElement.closest('[data-layer]') && $('.layers tr.detail')");
    assert_eq!(page.eval("$('[role=tab][aria-selected=true]').dataset.tab"), "frontend");

    // A finding, from the view that shows the least.
    page.click("[data-value=stakeholder]");
    search(&mut page, "bytecode");
    page.click("[data-hit=findings]");
    page.wait("document.activeElement.closest('[data-rule=bytecode]')?.querySelector('details').open");
    assert_eq!(page.eval("document.documentElement.dataset.view"), "engineer");
    page.assert_quiet();
}

#[test]
fn the_arrow_keys_choose_and_a_text_that_nothing_holds_says_so() {
    let (report, _, _) = super::reports::micro();
    let mut page = Asked::open(report);
    search(&mut page, "b");
    // The answer may still be drawn when a key is pressed.
    let chosen = "$('[role=option][aria-selected=true]')?.id === $('.finder input').getAttribute('aria-activedescendant')";
    for key in ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp"] {
        page.press(key);
        page.wait(chosen);
    }
    page.write(FIELD, "nothing is called so");
    page.wait("$('.finder .status').textContent === 'No matches.'");
    page.press("Enter");
    page.press("Escape");
    page.wait("!$('.finder').matches(':popover-open')");
    // In a field the key is a letter.
    page.eval("$('[data-sort=name]').closest('section').querySelector('input[type=search]').focus()");
    page.press("/");
    assert_eq!(page.eval("$('.finder').matches(':popover-open')"), false);
    page.assert_quiet();
}

#[test]
fn six_hundred_thousand_files_are_searched_between_two_keys() {
    let side = |after| snapshot(&["app"], "app", &many_files(300_000, after));
    let bundle = Bundle { before: side(false), after: side(true), ..Bundle::default() };
    let mut page = Asked::open(written("Plimsoll", "", &packed(&bundle)));
    drop::<Snapshot>(bundle.after);
    search(&mut page, "module0");
    // From the key until the answer stands, and the best of a few: the machine does other things, too.
    let times = page.eval(
        "(async () => { const field = $('.finder input'); const times = []; \
         const answered = () => new Promise((done) => { const channel = new MessageChannel(); \
           channel.port1.onmessage = done; channel.port2.postMessage(0); }); \
         for (const text of ['module01', 'module012', 'm', 'group011/package', 'nothing at all']) { \
           let best = Infinity; for (let turn = 0; turn < 3; turn++) { \
             field.value = text + ' '.repeat(turn); const from = performance.now(); \
             field.dispatchEvent(new Event('input')); await answered(); \
             best = Math.min(best, performance.now() - from); } \
           times.push(best); } \
         return times; })()",
    );
    let slowest = times.as_array().unwrap().iter().filter_map(Value::as_f64).fold(0.0, f64::max);
    assert!(slowest < 50.0, "{times} ms");
    assert_eq!(page.eval("$$('[role=option]').length"), json!(0));
}
