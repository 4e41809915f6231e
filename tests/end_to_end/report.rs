//! The page of a report on real images: its figures are those of the analysis, and it does what it is told.

use plimsoll_analysis::compare::{Comparison, ServiceComparison};
use plimsoll_report::format::unbroken;
use plimsoll_report::language::Language;
use plimsoll_report::verdict;
use plimsoll_tests::browser::Browser;
use serde_json::{Value, json};

use crate::reports::{Report, micro};

/// A browser with the report on the small images open in it.
struct Opened {
    browser: Browser,
    /// What `compare --format json` prints.
    json: Value,
    comparison: Comparison,
    _report: Report,
}

impl Opened {
    fn at_width(width: u32) -> Self {
        let (report, json, comparison) = micro();
        let mut browser = Browser::launch().unwrap();
        browser.set_viewport(width, 900).unwrap();
        browser.open_file(&report.file).unwrap();
        Self { browser, json, comparison, _report: report }
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
        assert!(record.requests.iter().all(|request| request.url == "data:,"), "{:?}", record.requests);
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
    assert_eq!(page.eval("$('#verdict').textContent"), unbroken(json["verdict"].as_str().unwrap()).as_str());
    let sides = |change: &Value| json!([change["before"], change["after"]]);
    assert_eq!(page.sizes("[data-card=total]"), sides(&json["total"]));
    for service in json["services"].as_array().unwrap() {
        let row = format!("tr[data-service={}]", service["name"].as_str().unwrap());
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

    page.click("[data-filter=all]");
    page.click("[data-sort=name]");
    let mut by_name = closed.clone();
    by_name.sort();
    assert_eq!(page.paths(), by_name);

    page.click("input[type=search]");
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
    page.click("[data-layer='0'] button");
    page.click("details summary");
    let wide = page.eval("document.scrollingElement.scrollWidth");
    assert!(wide.as_u64().unwrap() <= 390, "{wide}");
    page.assert_quiet();
}
