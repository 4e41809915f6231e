//! The sections of the page: their figures are those that the program prints, and what is typed and ticked has its effect.

use plimsoll_report::language::Language;
use plimsoll_snapshot::Bytes;
use plimsoll_tests::page::Page as _;
use plimsoll_tests::program;
use serde_json::{Value, json};

use super::reports::{Asked, example};

#[test]
fn packages_are_sorted_searched_and_unticked() {
    let (report, [_, after]) = example();
    let mut page = Asked::open(report);
    let rows = "$$('.packages [data-package]').map((row) => row.dataset.package)";
    page.click("[data-packages=all]");
    page.click("[data-sort-packages=retained]");
    let retained = page.eval("$$('.packages [data-package]').map((row) => Number(row.dataset.retained))");
    let retained: Vec<u64> = serde_json::from_value(retained).unwrap();
    assert!(retained.len() > 10 && retained.is_sorted_by(|one, other| one >= other), "{retained:?}");
    page.click("[data-sort-packages=name]");
    assert_eq!(page.eval("$('.packages [aria-sort=ascending]').className"), "name");
    let names: Vec<String> = serde_json::from_value(page.eval(rows)).unwrap();
    let names: Vec<_> = names.iter().map(|key| key.split_once(':').unwrap().1).collect();
    assert!(names.is_sorted(), "{names:?}");

    page.write("[aria-label=\"Search packages\"]", "onnxr");
    assert_eq!(page.eval(rows), json!(["python:onnxruntime"]));
    // The key that ticks is the space bar.
    page.eval("$('[data-package] input').focus()");
    page.press(" ");
    let json = program::json([
        "whatif".as_ref(),
        after.as_os_str(),
        "--without".as_ref(),
        "python:onnxruntime".as_ref(),
        "--format".as_ref(),
        "json".as_ref(),
    ]);
    let printed =
        json["services"].as_array().unwrap().iter().find(|service| service["service"] == "backend").unwrap();
    assert_eq!(page.eval("Number($('[data-without]').dataset.without)"), printed["after_bytes"]);
    let gone = printed["gone"].as_array().unwrap().len();
    let said = page.eval("$('.without').textContent");
    assert!(said.as_str().unwrap().contains(&format!("{gone} package")), "{said}");
    assert!(page.eval("location.hash").as_str().unwrap().contains("without=python%3Aonnxruntime"));
    page.click("[data-do=reset]");
    assert_eq!(page.eval("$('[data-without]')"), Value::Null);
    page.assert_quiet();
}

#[test]
fn memory_is_what_the_program_prints() {
    let (report, sides) = example();
    let mut page = Asked::open(report);
    // What folds is made when it opens: a service, and in it the table of its chart.
    page.eval("$$('[data-service-memory]').forEach((part) => part.open = true)");
    page.wait("$$('[data-service-memory]').every((part) => part.querySelector('details.bytes'))");
    page.eval("$$('[data-service-memory] details.bytes').forEach((part) => part.open = true)");
    page.wait("$$('[data-service-memory]').every((part) => part.querySelector('details.bytes caption'))");
    for (side, path) in ["before", "after"].into_iter().zip(&sides) {
        let json =
            program::json(["inspect".as_ref(), path.as_os_str(), "--format".as_ref(), "json".as_ref()]);
        for service in json["memory"]["services"].as_array().unwrap() {
            let name = service["service"].as_str().unwrap();
            let row = format!("[data-memory={name}][data-side={side}]");
            let shown = page.eval(&format!(
                "[$('{row}').dataset.most, $('{row}').dataset.limit].map((text) => text && Number(text))"
            ));
            let limit = service["limit"]["bytes"].as_u64();
            assert_eq!(shown[0], service["working_set"]["max"], "{name} {side}");
            assert_eq!(shown[1].as_u64(), limit, "{name} {side}");
            // The chart's own table reaches the same most.
            let most = Language::English.memory(Bytes(service["working_set"]["max"].as_u64().unwrap()));
            let column = if side == "before" { 1 } else { 2 };
            let cells = page.eval(&format!(
                "$$('[data-service-memory={name}] .bytes tbody tr').map((row) => row.children[{column}]?.textContent)"
            ));
            let cells: Vec<Option<String>> = serde_json::from_value(cells).unwrap();
            let found = cells.iter().flatten().any(|cell| cell.replace('\u{a0}', " ") == most);
            assert!(found, "{name} {side}: {most} is not in {cells:?}");
        }
    }
    page.assert_quiet();
}

#[test]
fn runs_under_a_load_share_a_chart_that_marks_it() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    // What folds is made when it opens.
    page.eval("$('[data-service-memory=backend]').open = true");
    page.wait("$('[data-service-memory=backend] [data-timeline]')");
    let charts = page.eval(
        "$$('[data-service-memory=backend] [data-timeline]').map((chart) => [chart.dataset.timeline, \
         chart.querySelectorAll('.load').length > 0, chart.querySelectorAll('path.line').length])",
    );
    // Four runs of each side, with memory and two other resources.
    assert_eq!(charts, json!([["backend", true, 24]]));
    page.assert_quiet();
}

#[test]
fn the_picture_of_causes_names_their_packages() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    page.eval("(navigator.clipboard.writeText = (text) => { document.copied = text; return Promise.resolve(); }, 0)");
    page.click("#why ~ .chart-tools [data-do=copy-svg]");
    page.wait("document.copied !== undefined");
    let svg = page.eval("document.copied");
    assert!(svg.as_str().unwrap().contains("nvidia-cudnn-cu11"), "{svg}");
    page.assert_quiet();
}

#[test]
fn findings_are_what_the_program_prints() {
    let (report, [_, after]) = example();
    let mut page = Asked::open(report);
    let json = program::json(["findings".as_ref(), after.as_os_str(), "--format".as_ref(), "json".as_ref()]);
    for service in json["services"].as_array().unwrap() {
        let name = service["service"].as_str().unwrap();
        page.click(&format!("[data-tab={name}]"));
        page.wait(&format!("$('#findings ~ .lead')?.textContent.includes('{name}')"));
        let printed: Vec<Value> = service["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| json!([finding["rule"], finding["saving_bytes"]]))
            .collect();
        let shown = page.eval(
            "[...$('#findings').parentElement.querySelector('.findings:not(.done)').children]\
             .map((row) => [row.dataset.rule, Number(row.dataset.saving)])",
        );
        assert_eq!(shown, json!(printed), "{name}");
    }
    page.assert_quiet();
}

#[test]
fn a_target_that_is_changed_changes_the_verdict_until_it_is_reset() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    let status = "$('[data-target=\"services.backend.size\"]').dataset.status";
    let met = "$('[data-card=targets] .value').firstChild.textContent";
    let field = "[data-edit=\"services.backend.size/minimum\"]";
    let before = page.eval(met);
    assert_eq!(page.eval(status), "pass");
    page.eval("$('.met').open = true");
    page.write(field, "much");
    page.press("Tab");
    page.wait("$('.refused')");
    page.write(field, "1 MB");
    page.press("Tab");
    page.wait(&format!("{status} === 'fail'"));
    assert_ne!(page.eval(met), before);
    assert!(page.eval("location.hash").as_str().unwrap().contains("target=services.backend.size"));
    page.click("[data-do=reset-targets]");
    page.wait(&format!("{status} === 'pass'"));
    assert_eq!(page.eval(met), before);
    assert_eq!(page.eval("location.hash"), "");
    page.assert_quiet();
}

#[test]
fn every_control_of_a_full_page_has_a_name_and_is_reached_by_the_tab_key() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    // Everything that folds is open, so that what is in it is walked, too.
    page.eval("$$('details:not(.menu)').forEach((details) => { details.open = true; })");
    page.click("[data-layer]:not([hidden]) button");
    let nameless = page.eval(
        "(() => { window.controls = $$('a[href], button, input, summary, [tabindex]')\
         .filter((element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true })); \
         controls.forEach((element, index) => { element.reached = index; }); \
         const text = (id) => document.getElementById(id)?.textContent ?? ''; \
         const name = (element) => element.getAttribute('aria-label') || \
           (element.getAttribute('aria-labelledby') ?? '').split(' ').map(text).join('') || \
           [...element.labels ?? []].map((label) => label.textContent).join('') || element.textContent || element.title; \
         return controls.filter((element) => !name(element).trim()).map((element) => element.outerHTML.slice(0, 120)); })()",
    );
    assert_eq!(nameless, json!([]));
    let number = page.eval("controls.length").as_u64().unwrap();
    assert!(number > 100, "{number}");
    page.eval("$('.skip').focus()");
    page.eval("controls[document.activeElement.reached] = null");
    let mut unseen = Vec::new();
    // What scrolls is a stop of the browser's own.
    for _ in 0..number + 80 {
        page.press("Tab");
        let at = page.eval(
            "(() => { const at = document.activeElement; controls[at.reached] = null; \
             const seen = getComputedStyle(at).outlineStyle !== 'none' || at.querySelector('.active') || at === document.body; \
             return seen ? null : at.outerHTML.slice(0, 120); })()",
        );
        unseen.extend(at.as_str().map(str::to_owned));
        if page.eval("controls.every((control) => !control?.isConnected)") == true {
            break;
        }
    }
    assert_eq!(unseen, [""; 0]);
    let missed = page.eval("controls.filter((control) => control?.isConnected).map((control) => control.outerHTML.slice(0, 120))");
    assert_eq!(missed, json!([]));
    page.assert_quiet();
}

#[test]
fn paper_is_light_and_wide_and_has_no_empty_page() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    page.click("[data-value=dark]");
    page.browser.set_viewport(688, 1000).unwrap();
    page.browser.emulate("print", &[("prefers-color-scheme", "dark")]).unwrap();
    assert_eq!(page.eval("getComputedStyle(document.documentElement).colorScheme"), "light");
    assert_eq!(page.eval("getComputedStyle(document.body).backgroundColor"), "rgb(255, 255, 255)");
    // A sheet is narrower than a window of two columns, and yet its tables stay tables.
    assert_eq!(page.eval("getComputedStyle($('.services tbody tr')).display"), "table-row");
    assert!(page.eval("document.documentElement.scrollWidth").as_u64().unwrap() <= 690);
    assert_eq!(page.eval("$('.paper').checkVisibility() && !$('canvas').checkVisibility()"), true);
    page.eval("document.documentElement.dataset.paper = 'summary'");
    let directory = tempfile::TempDir::new().unwrap();
    let file = directory.path().join("summary.pdf");
    page.browser.print_pdf(&file).unwrap();
    let pdf = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
    let pages = pdf.matches("/Type /Page\n").count();
    assert!((1..=3).contains(&pages), "{pages} pages");
}
