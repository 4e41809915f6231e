//! The page of a report on real images: its figures are those of the analysis, and its controls work.

use std::sync::Arc;

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::{Comparison, FileChanges, ServiceComparison};
use plimsoll_report::format::unbroken;
use plimsoll_report::language::Language;
use plimsoll_report::{csv, markdown, verdict};
use plimsoll_snapshot::{ByteDelta, Bytes};
use plimsoll_tests::browser::Browser;
use plimsoll_tests::page::Page as _;
use plimsoll_tests::program;
use serde_json::{Value, json};

use super::reports::{Report, micro};

/// A browser with the report on the small images open in it.
struct Opened {
    browser: Browser,
    /// What `compare --format json` prints.
    json: Value,
    changes: Changes,
    comparison: Arc<Comparison>,
    _report: Report,
}

impl Opened {
    fn at_width(width: u32) -> Self {
        let (report, json, changes) = micro();
        let mut browser = Browser::launch().unwrap();
        browser.set_viewport(width, 900).unwrap();
        browser.open_file(&report.file).unwrap();
        let comparison = Arc::clone(&changes.comparison);
        Self { browser, json, changes, comparison, _report: report }
    }

    fn service(&self, name: &str) -> &ServiceComparison {
        self.comparison.services.iter().find(|service| service.name == name).unwrap()
    }

    /// The value of an expression in which `$` finds the first element and `$$` all of them.
    fn eval(&mut self, expression: &str) -> Value {
        let script = format!(
            "(() => {{ const $ = (selector) => document.querySelector(selector); \
             const $$ = (selector) => [...document.querySelectorAll(selector)]; return {expression}; }})()"
        );
        self.browser.eval(&script).unwrap()
    }

    /// The exact sizes that an element carries.
    fn sizes(&mut self, selector: &str) -> Value {
        self.eval(&format!(
            "[$({0}).dataset.before, $({0}).dataset.after].map(Number)",
            Value::from(selector)
        ))
    }

    /// The paths of the tree, as they are shown.
    fn paths(&mut self) -> Vec<String> {
        serde_json::from_value(self.eval("$$('[data-path]').map((row) => row.dataset.path)")).unwrap()
    }

    fn click(&mut self, selector: &str) {
        self.browser.click(selector).unwrap();
    }

    fn assert_quiet(&mut self) {
        let record = self.browser.record().unwrap();
        assert_eq!(record.complaints(), [""; 0]);
    }
}

#[test]
fn the_figures_are_those_of_the_analysis() {
    let mut page = Opened::at_width(1280);
    let total = page.comparison.total;
    let expected = unbroken(&verdict::verdict(&page.comparison, Language::English));
    assert_eq!(page.eval("$('#verdict').textContent"), expected.as_str());
    assert_eq!(page.eval("$$('h1').filter((title) => title.offsetParent).length"), 1);
    let title = format!("{} · Plimsoll", verdict::title(&page.comparison, Language::English));
    assert_eq!(page.eval("document.title"), title.as_str());
    assert_eq!(page.sizes("[data-card=total]"), json!([total.before.0, total.after.0]));
    assert_eq!(page.sizes("tr[data-service-total]"), json!([total.before.0, total.after.0]));
    for service in page.comparison.services.clone() {
        let row = format!("tr[data-service={}]", service.name);
        assert_eq!(page.sizes(&row), json!([service.size.before.0, service.size.after.0]));
    }
    let first = page.comparison.services[0].clone();
    let steps = page.eval("$$('[data-delta]').map((row) => Number(row.dataset.delta))");
    assert_eq!(steps, json!(first.bridge.iter().map(|step| step.delta.0).collect::<Vec<_>>()));
    let layers = page.eval("$$('[data-layer]').length");
    assert_eq!(layers, first.layers.len());
    page.assert_quiet();
}

#[test]
fn the_figures_are_those_that_the_program_prints() {
    let mut page = Opened::at_width(1280);
    let json = page.json.clone();
    assert_eq!(
        page.eval("$('#verdict').textContent"),
        unbroken(json["verdict_text"].as_str().unwrap()).as_str()
    );
    let sides = |change: &Value| json!([change["before"], change["after"]]);
    assert_eq!(page.sizes("[data-card=total]"), sides(&json["total"]));
    for service in json["services"].as_array().unwrap() {
        let row = format!("tr[data-service={}]", service["service"].as_str().unwrap());
        assert_eq!(page.sizes(&row), sides(&service["size"]));
    }
}

#[test]
fn a_row_chooses_its_service_and_the_address_keeps_it() {
    let mut page = Opened::at_width(1280);
    let second = page.comparison.services[1].name.clone();
    page.click(&format!("tr[data-service={second}] button"));
    assert_eq!(page.eval("$('[role=tab][aria-selected=true]').dataset.tab"), second.as_str());
    let steps = page.eval("$$('[data-delta]').map((row) => Number(row.dataset.delta))");
    let bridge: Vec<i64> = page.service(&second).bridge.iter().map(|step| step.delta.0).collect();
    assert_eq!(steps, json!(bridge));
    assert_eq!(page.eval("location.hash"), format!("#v=1&service={second}").as_str());

    page.click("[data-value=stakeholder]");
    assert_eq!(page.eval("$('#tree').offsetParent"), Value::Null);
    assert_eq!(page.eval("location.hash"), format!("#v=1&view=stakeholder&service={second}").as_str());
    page.assert_quiet();
}

#[test]
fn the_page_speaks_the_language_that_is_chosen() {
    let mut page = Opened::at_width(1280);
    page.click("[data-value=es]");
    let spanish = unbroken(&verdict::verdict(&page.comparison, Language::Spanish));
    assert_eq!(page.eval("$('#verdict').textContent"), spanish.as_str());
    assert_eq!(page.eval("document.documentElement.lang"), "es");
    let title = format!("{} · Plimsoll", verdict::title(&page.comparison, Language::Spanish));
    assert_eq!(page.eval("document.title"), title.as_str());
    assert_eq!(page.eval("document.activeElement.dataset.value"), "es");
    assert_eq!(page.eval("location.hash"), "#v=1&lang=es");
    page.click("[data-value=en]");
    assert_eq!(page.eval("location.hash"), "");
    let english = unbroken(&verdict::verdict(&page.comparison, Language::English));
    assert_eq!(page.eval("$('#verdict').textContent"), english.as_str());
    page.assert_quiet();
}

#[test]
fn a_layer_opens_and_says_who_hides_its_bytes() {
    let mut page = Opened::at_width(1280);
    let service = page.comparison.services[0].clone();
    let before = service.before.as_ref().unwrap();
    let hidden = &before.hidden[0];
    let row = service.layers.iter().position(|pair| pair.before == Some(hidden.from_layer as usize)).unwrap();
    page.click(&format!("[data-layer='{row}'] button"));
    let shown = page.eval("$('tr.detail').innerText");
    let shown = shown.as_str().unwrap();
    assert!(shown.contains(before.layers[hidden.from_layer as usize].diff_id.digest().as_str()), "{shown}");
    assert!(shown.contains(&hidden.examples[0].path), "{shown}");
    page.click(&format!("[data-layer='{row}'] button"));
    assert_eq!(page.eval("$('tr.detail')"), Value::Null);
    page.assert_quiet();
}

#[test]
fn the_tree_opens_filters_sorts_and_searches() {
    let mut page = Opened::at_width(1280);
    let files = page.comparison.services[0].files.clone();
    let closed = page.paths();
    assert!(
        closed.contains(&"etc".to_owned()) && closed.iter().all(|path| !path.contains('/')),
        "{closed:?}"
    );

    page.click("[data-path=etc]");
    let opened = page.paths();
    assert!(opened.len() > closed.len() && opened.iter().any(|path| path.starts_with("etc/")), "{opened:?}");
    page.click("[data-path=etc]");
    assert_eq!(page.paths(), closed);

    page.click("[data-filter=added]");
    assert_eq!(page.eval("$('[data-filter=added] small').textContent"), files.added.files.to_string());
    let sum = page.eval("$$('[data-path]').reduce((sum, row) => sum + Number(row.dataset.after), 0)");
    assert_eq!(sum, files.added.size.after.0);

    // What changed is shown at first.
    page.click("[data-filter=changed]");
    page.click("[data-sort=name]");
    let mut by_name = closed.clone();
    by_name.sort();
    assert_eq!(page.paths(), by_name);
    page.click("[data-filter=all]");
    assert!(page.paths().len() > closed.len());

    page.click("[aria-labelledby=files] input[type=search]");
    page.browser.type_text("PASSWD").unwrap();
    let found = page.paths();
    assert!(found.contains(&"etc/passwd".to_owned()), "{found:?}");
    let leads_to_one = |path: &str| found.iter().any(|other| other.starts_with(&format!("{path}/")));
    assert!(found.iter().all(|path| path.contains("passwd") || leads_to_one(path)), "{found:?}");
    page.assert_quiet();
}

#[test]
fn the_keys_walk_the_tree() {
    let mut page = Opened::at_width(1280);
    let press = |page: &mut Opened, key: &str| {
        for kind in ["keyDown", "keyUp"] {
            page.browser.call("Input.dispatchKeyEvent", json!({ "type": kind, "key": key })).unwrap();
        }
        page.eval("document.getElementById($('#tree').getAttribute('aria-activedescendant'))?.dataset.path")
    };
    page.eval("$('#tree').focus()");
    let top = page.paths();
    let directory = page.eval("$$('[data-path]').findIndex((row) => row.hasAttribute('aria-expanded'))");
    let directory = usize::try_from(directory.as_u64().unwrap()).unwrap();
    for _ in 0..directory {
        press(&mut page, "ArrowDown");
    }
    assert_eq!(press(&mut page, "ArrowRight"), top[directory].as_str());
    let inside = press(&mut page, "ArrowRight");
    assert!(inside.as_str().unwrap().starts_with(&format!("{}/", top[directory])), "{inside}");
    assert_eq!(press(&mut page, "ArrowLeft"), top[directory].as_str());
    press(&mut page, "ArrowLeft");
    assert_eq!(page.paths(), top);
    assert_eq!(press(&mut page, "End"), top[top.len() - 1].as_str());
    page.assert_quiet();
}

#[test]
fn a_narrow_window_scrolls_in_one_direction_only() {
    let mut page = Opened::at_width(390);
    page.click("[data-layer]:not([hidden]) button");
    page.click("details summary");
    let wide = page.eval("document.scrollingElement.scrollWidth");
    assert!(wide.as_u64().unwrap() <= 390, "{wide}");
    page.assert_quiet();
}

#[test]
fn every_format_says_the_same_figures() {
    let sides = ["before", "after"].map(|side| {
        plimsoll_tests::root().join(format!("examples/agente-{side}.plimsoll")).display().to_string()
    });
    let call = |command: &str, rest: &[&str]| {
        let sides = sides.iter().map(String::as_str);
        program::succeed([command].into_iter().chain(sides).chain(rest.iter().copied())).stdout
    };
    let json: Value = serde_json::from_str(&call("report", &["--format", "json"])).unwrap();
    let text = call("compare", &[]);
    for language in Language::ALL {
        let markdown = call("report", &["--format", "markdown", "--language", language.tag()]);
        let card = call("report", &["--format", "card", "--language", language.tag()]);
        for service in json["services"].as_array().unwrap() {
            let bytes = |field: &str| Bytes(service["size"][field].as_u64().unwrap());
            let row = format!(
                "| {} | {} | {} | {}",
                service["service"].as_str().unwrap(),
                language.bytes(bytes("before")),
                language.bytes(bytes("after")),
                language.delta(ByteDelta(service["size"]["delta"].as_i64().unwrap())),
            );
            assert!(markdown.contains(&row), "{row}\n{markdown}");
            assert!(text.contains(&Language::English.bytes(bytes("after")).to_string()));
        }
        let total = |side: &str| language.bytes(Bytes(json["total"][side].as_u64().unwrap())).to_string();
        assert!(card.contains(&format!("{} → {}", total("before"), total("after"))), "{card}");
    }
    assert!(text.starts_with(json["verdict_text"].as_str().unwrap()));
}

#[test]
fn a_language_that_is_not_known_is_refused() {
    let run = program::run(["report", "a", "b", "--format", "markdown", "--language", "tlh"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("en, es"), "{}", run.stderr);
}

#[test]
fn paper_shows_the_summary_or_everything() {
    let mut page = Opened::at_width(1280);
    page.browser.set_media(false, true).unwrap();
    let shown = |page: &mut Opened, selector: &str| {
        page.eval(&format!("$({}).checkVisibility()", Value::from(selector)))
    };
    assert_eq!(shown(&mut page, ".bar"), false);
    page.eval("document.documentElement.dataset.paper = 'summary'");
    assert_eq!(shown(&mut page, "[data-brief=money]"), true);
    assert_eq!(shown(&mut page, "section[aria-labelledby=why]"), false);
    assert_eq!(shown(&mut page, "section[aria-labelledby=layers]"), false);
    page.eval("document.documentElement.dataset.paper = 'all'");
    assert_eq!(shown(&mut page, "section[aria-labelledby=layers]"), true);
    assert_eq!(shown(&mut page, "[data-brief=money]"), false);
    assert_eq!(shown(&mut page, "#map"), false);
    assert_eq!(shown(&mut page, "table.paper"), true);

    // Printing everything lays out every service, and one of them again once it is printed.
    page.eval("(window.print = () => { document.printed = $$('section[aria-labelledby=why]').length; }, 0)");
    page.eval("$('[data-do=print-all]').click()");
    page.browser.wait_for("document.printed !== undefined").unwrap();
    assert_eq!(page.eval("document.printed"), page.comparison.services.len());
    page.eval("(dispatchEvent(new Event('afterprint')), 0)");
    page.browser.wait_for("document.querySelectorAll('section[aria-labelledby=why]').length === 1").unwrap();
    page.assert_quiet();
}

#[test]
fn the_map_zooms_and_keeps_its_place_between_sizes_and_changes() {
    let mut page = Opened::at_width(1280);
    let tiles = |page: &mut Opened| -> u64 { page.eval("Number($('#map').dataset.tiles)").as_u64().unwrap() };
    assert!(tiles(&mut page) > 3);
    page.click("[data-area=size]");
    assert_eq!(page.eval("location.hash"), "#v=1&area=size");
    let all = tiles(&mut page);
    assert!(all > 3);
    // The table behind the map opens the same directories.
    page.click(".map-block summary");
    page.browser.wait_for("document.querySelector('.enter') !== null").unwrap();
    let name = page.eval("$('.enter').textContent");
    page.click(".enter");
    let crumb = page.eval("$('.crumbs [aria-current]').textContent");
    assert_eq!(format!("{}/", crumb.as_str().unwrap()), name.as_str().unwrap());
    let hash = page.eval("location.hash");
    assert!(hash.as_str().unwrap().starts_with("#v=1&area=size&in="), "{hash}");
    page.click("[data-crumb='0']");
    assert_eq!(tiles(&mut page), all);
    page.eval(&format!("(location.hash = {hash}, 0)"));
    page.browser.wait_for("document.querySelectorAll('.crumbs li').length > 1").unwrap();
    page.click("[data-crumb='0']");
    // Switching services while a frame is awaited leaves nothing behind.
    let second = page.comparison.services[1].name.clone();
    page.click(&format!("[data-tab={second}]"));
    page.eval("dispatchEvent(new Event('resize'))");
    let first = page.comparison.services[0].name.clone();
    page.click(&format!("[data-tab={first}]"));
    page.assert_quiet();
}

#[test]
fn what_is_copied_and_saved_is_what_is_shown() {
    let mut page = Opened::at_width(1280);
    page.eval(
        "(navigator.clipboard.writeText = (text) => { document.copied = text; return Promise.resolve(); }, \
         URL.createObjectURL = (blob) => { blob.text().then((text) => { document.saved = text; }); return 'blob:none'; }, \
         HTMLAnchorElement.prototype.click = function () { document.savedAs = this.download; }, 0)",
    );
    let act = |page: &mut Opened, key: &str, result: &str| {
        page.eval(&format!("(document.copied = document.saved = undefined, $('[data-do={key}]').click())"));
        page.browser.wait_for(&format!("document.{result} !== undefined")).unwrap();
        page.eval(&format!("document.{result}")).as_str().unwrap().to_owned()
    };
    let comparison = page.comparison.clone();
    assert_eq!(
        act(&mut page, "copy-markdown", "copied"),
        markdown::comparison(&page.changes, Language::English)
    );
    let first = markdown::service_row(&comparison.services[0], Language::English);
    assert_eq!(act(&mut page, "copy-row", "copied"), first);
    assert!(act(&mut page, "copy-link", "copied").starts_with("file://"));
    assert_eq!(act(&mut page, "save-csv", "saved"), csv::services(&comparison));
    assert_eq!(page.eval("document.savedAs"), "services.csv");
    let files = act(&mut page, "save-files-csv", "saved");
    let FileChanges { added, removed, modified, attributes, .. } = &*comparison.services[0].files;
    let changed = added.files + removed.files + modified.files + attributes.files;
    assert_eq!(files.lines().count() as u64, changed + 1);
    let saved: Value = serde_json::from_str(&act(&mut page, "save-json", "saved")).unwrap();
    assert_eq!(saved, page.json);
    assert!(act(&mut page, "copy-svg", "copied").starts_with("<svg xmlns="));
    page.assert_quiet();
}
