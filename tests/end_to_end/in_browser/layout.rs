//! How the page lies: nothing overflows, nothing jumps, everything can be hit, and what is read stands where the reader is.

use std::fs;

use serde_json::{Value, json};

use plimsoll_tests::page::Page as _;

use super::reports::{Asked, example};

/// The widths at which pages break: phones, the breakpoints of the style sheet on both sides, tablets, screens.
const WIDTHS: [u32; 9] = [320, 390, 720, 721, 768, 850, 1000, 1100, 1280];

#[test]
fn nothing_overflows_at_any_width_in_any_language() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    let mut found = Vec::new();
    for language in ["en", "es"] {
        page.click(&format!("[data-value={language}]"));
        page.wait("$('.findings')");
        for width in WIDTHS {
            page.browser.set_viewport(width, 900).unwrap();
            // What scrolls by itself is not wider than the page.
            let wide = page.eval(
                "[document.documentElement.scrollWidth - innerWidth, $$('#report *, .bar *').filter((element) => \
                 element.checkVisibility() && !element.closest('.packages-view, .grid, .tabs, pre, svg, .unseen-words') \
                 && element.getBoundingClientRect().right > innerWidth + 1 \
                 && getComputedStyle(element).position !== 'absolute').slice(0, 3).map((element) => element.outerHTML.slice(0, 90))]",
            );
            if wide != json!([0, []]) {
                found.push(format!("{language}, {width} px: {wide}"));
            }
            // A text that has room for a letter a line has no room.
            let narrow = page.eval(
                "$$('#report :is(td, th, dd, dt, p, li, h2, h3), .bar .reference').filter((element) => \
                 element.checkVisibility() && element.textContent.trim().length > 3 && !element.closest('svg, .packages-view')) \
                 .filter((element) => { const box = element.getBoundingClientRect(); \
                 return box.width < 24 && box.height > 0; }).slice(0, 3).map((element) => element.outerHTML.slice(0, 90))",
            );
            if narrow != json!([]) {
                found.push(format!("{language}, {width} px, too narrow: {narrow}"));
            }
        }
    }
    assert_eq!(found, [""; 0]);
    page.assert_quiet();
}

#[test]
fn whatever_is_pointed_at_is_24_pixels_large() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    page.wait("$('.findings')");
    page.eval("($$('details:not(.menu)').forEach((details) => { details.open = true; }), 0)");
    let mut found = Vec::new();
    for width in [390, 850, 1280] {
        page.browser.set_viewport(width, 900).unwrap();
        let small = page.eval(
            "$$('a, button, summary, input, label').filter((element) => element.checkVisibility({ visibilityProperty: true }) \
             && !element.matches('.skip, label input')).filter((element) => { const box = element.getBoundingClientRect(); \
             return Math.min(box.width, box.height) < 23.9; }).slice(0, 8).map((element) => \
             `${element.outerHTML.slice(0, 90)} ${element.offsetWidth} × ${element.offsetHeight}`)",
        );
        if small != json!([]) {
            found.push(format!("{width} px: {small}"));
        }
    }
    assert_eq!(found, [""; 0]);
}

#[test]
fn the_first_untick_moves_nothing() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    page.wait("$('.findings')");
    page.click("[data-packages=all]");
    page.eval("$('.packages-view').scrollIntoView({ block: 'center' })");
    let place = "[$('.packages-view').getBoundingClientRect().top, $('#files').getBoundingClientRect().top]";
    let before = page.eval(place);
    page.eval(
        "(document.shifts = [], new PerformanceObserver((list) => document.shifts.push(...list.getEntries()\
         .map((entry) => entry.value))).observe({ type: 'layout-shift' }), 0)",
    );
    page.eval("$('[data-package] input').click()");
    page.wait("$('[data-without]')");
    page.eval("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
    assert_eq!(page.eval(place), before);
    assert_eq!(page.eval("document.shifts"), json!([]));
}

#[test]
fn what_got_worse_and_better_stands_right_under_the_headline() {
    let (report, [before, after]) = example();
    let text = fs::read_to_string(&report.file).unwrap();
    let printed = plimsoll_tests::program::json([
        "compare".as_ref(),
        before.as_os_str(),
        after.as_os_str(),
        "--format".as_ref(),
        "json".as_ref(),
    ]);
    let kinds: Vec<&str> =
        printed["regressions"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["new_findings", "new_findings", "more_memory"]);
    let mut page = Asked::open(report);
    assert_eq!(page.eval("$('#verdict').nextElementSibling.classList.contains('turns')"), true);
    assert_eq!(
        page.eval("$$('#report .turns > *').map((list) => list.className)"),
        json!(["worse", "better"])
    );
    for (list, all) in [("worse", "regressions"), ("better", "improvements")] {
        let lines = |of: &str| format!("$$('#report .{list} {of}').map((line) => line.textContent)");
        let shown: Vec<String> = serde_json::from_value(page.eval(&lines("> ul li"))).unwrap();
        let folded: Vec<String> = serde_json::from_value(page.eval(&lines("details li"))).unwrap();
        assert_eq!(shown.len() + folded.len(), printed[all].as_array().unwrap().len());
        // The same without the program.
        for line in &shown {
            assert!(text.contains(&format!("<li>{line}</li>")), "{line}");
        }
    }
    let shown = page.eval("$$('#report .worse li').map((line) => line.textContent)");
    let shown: Vec<String> = serde_json::from_value(shown).unwrap();
    assert_eq!(shown[2].replace('\u{a0}', " "), "frontend: more memory: maximum 41.2 MiB → 44.1 MiB");
    // What got worse is marked where it stands, too.
    let marked = page.eval("$$('td.worsened').map((cell) => cell.textContent)");
    assert_eq!(marked, json!(["44.1\u{a0}MiB"]));
    // And a line leads there. The view for people who decide tells the same in its own words.
    page.click("[data-value=stakeholder]");
    assert_eq!(page.eval("$('#report .turns').checkVisibility()"), false);
    let told = page.eval("$$('[data-brief=risk] [data-tone=bad]').map((line) => line.textContent)");
    assert_eq!(told[0], shown[2].as_str());
    page.click("[data-value=engineer]");
    page.click("#report .worse a[href=\"#memory\"]");
    page.wait("document.documentElement.dataset.view === 'engineer' && Math.abs($('#memory').getBoundingClientRect().top) < 200");
    page.assert_quiet();
}

#[test]
fn addresses_lead_to_sections_and_packages_and_a_copied_link_does_as_well() {
    let (report, _) = example();
    let file = report.file.clone();
    let mut page = Asked::open(report);
    let in_sight = |selector: &str| {
        format!(
            "(() => {{ const box = $('{selector}')?.getBoundingClientRect(); \
             return box && box.height > 0 && box.top > -5 && box.top < innerHeight; }})()"
        )
    };
    page.wait("$('.findings')");
    page.eval(
        "(navigator.clipboard.writeText = (text) => { document.copied = text; return Promise.resolve(); }, 0)",
    );
    page.click("[data-do=contents]");
    page.click(".contents a[href=\"#findings\"]");
    page.wait(&in_sight("#findings"));
    assert_eq!(page.eval("location.hash"), "#findings");
    page.eval("$('[data-do=copy-link]').click()");
    page.wait("document.copied");
    let copied = page.eval("document.copied");
    assert!(copied.as_str().unwrap().ends_with("#findings"), "{copied}");
    // With a choice beside it, both are in the address.
    page.click("[data-tab=frontend]");
    page.eval(
        "($('#packages').scrollIntoView(), document.copied = undefined, $('[data-do=copy-link]').click())",
    );
    page.wait("document.copied");
    let copied = page.eval("document.copied").as_str().unwrap().to_owned();
    assert!(copied.ends_with("#v=1&service=frontend&at=packages"), "{copied}");
    let address = plimsoll_tests::browser::file_url(&file).unwrap();
    let fragment = copied.split_once('#').unwrap().1;
    let open = |page: &mut Asked, fragment: &str| {
        page.browser.open("about:blank").unwrap();
        page.browser.open(&format!("{address}#{fragment}")).unwrap();
        page.browser.wait_until_ready().unwrap();
    };
    open(&mut page, fragment);
    page.wait(&format!("{} && $('[data-tab=frontend]').ariaSelected === 'true'", in_sight("#packages")));
    open(&mut page, "package-onnxruntime");
    page.wait("$('[data-package=\"python:onnxruntime\"] [aria-expanded=true]')");
    open(&mut page, "finding-packaging-tools");
    page.wait(&in_sight("[data-rule=packaging-tools]"));
    // An anchor of nothing leads nowhere.
    open(&mut page, "nothing%22%5D");
    page.assert_quiet();
}

#[test]
fn everything_is_printed_and_stays_until_it_is() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    page.wait("$('.findings')");
    // As browsers do that come back at once, and lay out later.
    page.eval("(window.print = () => { document.printed = true; }, $('[data-do=print-all]').click(), 0)");
    page.wait("document.printed");
    page.browser.set_media(false, true).unwrap();
    let sections = |page: &mut Asked| -> Value {
        page.eval(
            "['why', 'layers', 'packages', 'files'].map((name) => \
             $$(`section[aria-labelledby=${name}]`).filter((section) => section.checkVisibility()).length)",
        )
    };
    assert_eq!(sections(&mut page), json!([3, 3, 3, 3]));
    assert_eq!(
        page.eval(
            "$$('.of-service').filter((name) => name.checkVisibility()).map((name) => name.textContent)"
        ),
        json!(["backend", "frontend", "postgres"])
    );
    let findings = page.eval("$('#findings').parentElement.querySelectorAll('[data-possible]').length");
    assert_eq!(findings, 3);
    page.eval("(dispatchEvent(new Event('afterprint')), 0)");
    page.browser.set_media(false, false).unwrap();
    page.wait("$$('section[aria-labelledby=why]').length === 1");
}

#[test]
fn what_is_wrong_with_a_file_is_said_where_it_was_chosen() {
    let (report, _) = example();
    let bad = report.file.with_file_name("bad.tar");
    fs::write(&bad, "this is no archive").unwrap();
    let mut page = Asked::open(report);
    page.click("[data-do=choose]");
    page.browser.choose_files("#others [data-choose=held]", &[&bad]).unwrap();
    page.wait("$('#others .failed')?.checkVisibility()");
    // Nothing lies over it, and it is there once.
    let seen = page.eval(
        "(() => { const box = $('#others .failed').getBoundingClientRect(); \
         return $('#others .failed').contains(document.elementFromPoint(box.left + 8, box.top + box.height / 2)); })()",
    );
    assert_eq!(seen, true);
    assert_eq!(page.eval("$$('.failed').filter((one) => one.checkVisibility()).length"), 1);
    page.click("#others [data-do=close]");
    page.wait("$('#app > .messages .failed')?.checkVisibility()");
}

#[test]
fn the_header_names_the_snapshots() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    for width in [390, 850, 1280] {
        page.browser.set_viewport(width, 900).unwrap();
        let names = page.eval("$$('.bar .reference').map((name) => name.textContent)");
        assert_eq!(names, json!(["agente-before.plimsoll", "agente-after.plimsoll"]));
        let cut = page
            .eval("$$('.bar .reference').filter((name) => name.scrollWidth > name.clientWidth + 1).length");
        assert_eq!(cut, 0, "at {width} px");
    }
}
