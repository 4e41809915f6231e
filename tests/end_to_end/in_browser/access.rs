//! The page for everybody: what axe-core finds, and what the keys reach.

use std::fs;

use plimsoll_tests::browser::Browser;
use plimsoll_tests::page::Page as _;
use serde_json::{Value, json};

use super::reports::{Report, micro};

/// A browser with the report on the small images open in it.
struct Opened {
    browser: Browser,
    _report: Report,
}

impl Opened {
    fn new() -> Self {
        let (report, _, _) = micro();
        let mut browser = Browser::launch().unwrap();
        browser.set_viewport(1280, 900).unwrap();
        browser.open_file(&report.file).unwrap();
        Self { browser, _report: report }
    }

    fn eval(&mut self, expression: &str) -> Value {
        self.browser.eval(expression).unwrap()
    }

    fn press(&mut self, key: &str) {
        self.browser.press(key).unwrap();
    }

    /// What axe-core has to say against the page as it is: the rule and the elements.
    fn violations(&mut self) -> Vec<String> {
        let found = self.eval(
            "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations.flatMap(\
             (rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`)))",
        );
        serde_json::from_value(found).unwrap()
    }
}

#[test]
fn axe_finds_nothing_in_both_views_and_both_themes() {
    let mut page = Opened::new();
    let axe = fs::read_to_string(plimsoll_tests::root().join("tests/axe/axe.min.js")).unwrap();
    page.eval(&format!("{axe}; undefined"));
    // What opens is open, so that it is looked at too.
    page.eval(
        "document.querySelectorAll('details:not(.menu)').forEach((details) => { details.open = true; })",
    );
    page.eval("document.querySelector('[data-layer]:not([hidden]) button').click()");
    let mut found = Vec::new();
    for language in ["en", "es"] {
        page.browser.click(&format!("[data-value={language}]")).unwrap();
        for view in ["engineer", "stakeholder"] {
            page.browser.click(&format!("[data-value={view}]")).unwrap();
            for theme in ["light", "dark"] {
                page.browser.click(&format!("[data-value={theme}]")).unwrap();
                let violations = page.violations().into_iter();
                found.extend(violations.map(|violation| format!("{language}, {view}, {theme}: {violation}")));
            }
        }
    }
    page.browser.click("[data-value=engineer]").unwrap();
    page.browser.click(".menu summary").unwrap();
    found.extend(page.violations().into_iter().map(|violation| format!("menu: {violation}")));
    page.eval("document.querySelector('.menu').open = false");
    page.browser.set_viewport(390, 800).unwrap();
    found.extend(page.violations().into_iter().map(|violation| format!("390 px: {violation}")));
    assert_eq!(found, [""; 0]);
}

#[test]
fn every_control_is_reached_by_the_tab_key_and_seen_there() {
    let mut page = Opened::new();
    let expected = page.eval(
        "(() => { const controls = [...document.querySelectorAll('a[href], button, input, summary, [tabindex]')]\
         .filter((element) => element.tabIndex >= 0 && element.checkVisibility({ visibilityProperty: true })); \
         controls.forEach((element, index) => { element.reached = index; }); return controls.length; })()",
    );
    let expected = expected.as_u64().unwrap();
    let mut reached = vec![false; usize::try_from(expected).unwrap()];
    for _ in 0..expected + 5 {
        page.press("Tab");
        let at = page.eval(
            "(() => { const at = document.activeElement; if (at.reached === undefined) return null; \
             const style = getComputedStyle(at); \
             const seen = style.outlineStyle !== 'none' || at.querySelector('.active') !== null; \
             return [at.reached, seen, at.outerHTML.slice(0, 120)]; })()",
        );
        if let Some(index) = at[0].as_u64() {
            assert_eq!(at[1], true, "the focus is not seen on {}", at[2]);
            reached[usize::try_from(index).unwrap()] = true;
        }
    }
    let missed: Vec<_> = (0..reached.len()).filter(|&index| !reached[index]).collect();
    let names = page.eval(&format!(
        "[...document.querySelectorAll('*')].filter((element) => {missed:?}.includes(element.reached))\
         .map((element) => element.outerHTML.slice(0, 120))"
    ));
    assert_eq!(names, json!([]), "{missed:?} of {expected}");
}

#[test]
fn the_keys_do_what_the_pointer_does() {
    let mut page = Opened::new();
    page.eval("document.querySelector('.menu summary').focus()");
    page.press("Enter");
    assert_eq!(page.eval("document.querySelector('.menu').open"), true);
    page.press("Tab");
    assert_eq!(page.eval("document.activeElement.dataset.do"), "copy-link");
    page.press("Escape");
    assert_eq!(page.eval("document.querySelector('.menu').open"), false);
    assert_eq!(page.eval("document.activeElement.tagName"), "SUMMARY");

    // The map: a step chooses a file, which the tree shows as well; Enter looks into its directory, Backspace goes back.
    page.eval("document.querySelector('#map').focus()");
    page.press("ArrowRight");
    let line = page.eval("document.querySelector('.tile-line code').textContent");
    assert_ne!(line, "");
    let in_tree = "document.querySelector('.tr.active')?.dataset.path";
    assert_eq!(page.eval(in_tree), line);
    page.press("Enter");
    assert_ne!(page.eval("document.querySelectorAll('.crumbs li').length"), 1);
    page.press("Backspace");
    assert_eq!(page.eval("document.querySelectorAll('.crumbs li').length"), 1);
    assert_eq!(page.browser.record().unwrap().complaints(), [""; 0]);
}

#[test]
fn colours_of_the_readers_own_leave_everything_distinguishable() {
    let mut page = Opened::new();
    page.browser.emulate("screen", &[("forced-colors", "active")]).unwrap();
    assert_eq!(page.eval("matchMedia('(forced-colors: active)').matches"), true);
    // Kinds of layers, directions of steps and shares of what was taken: no two look the same.
    let looks = |parts: &str| {
        format!(
            "(() => {{ const box = document.createElement('div'); box.innerHTML = `{parts}`; \
             document.querySelector('main').append(box); \
             const looks = [...box.querySelectorAll('rect, i')].map((part) => {{ const style = getComputedStyle(part); \
             return [style.fill, style.stroke, style.strokeDasharray, style.backgroundColor, style.backgroundImage].join(); }}); \
             box.remove(); return [looks.length, new Set(looks).size]; }})()"
        )
    };
    for (parts, number) in [
        (
            "<div class=stack><svg><rect class=kept /><rect class=changed /><rect class=removed /><rect class=added /></svg></div>",
            4,
        ),
        (
            "<ol class=waterfall><li class=less><svg><rect /></svg></li><li class=more><svg><rect /></svg></li></ol>",
            2,
        ),
        ("<svg class=bullet><rect class=most /><rect class=p95 /><rect class=p50 /></svg>", 3),
        (
            "<p class=legend><i class='swatch smaller'></i><i class='swatch larger'></i><i class='swatch removed'></i>\
          <i class='swatch added'></i><i class='swatch kept'></i></p>",
            5,
        ),
    ] {
        assert_eq!(page.eval(&looks(parts)), json!([number, number]), "{parts}");
    }
    // The map is drawn with them, too: on their ground, and not in one colour.
    page.browser.set_viewport(1281, 900).unwrap();
    page.browser
        .wait_for(
            "(() => { const canvas = document.querySelector('.map canvas'); \
             const all = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data; \
             const seen = new Set(); for (let at = 0; at < all.length; at += 4) seen.add(all[at] << 16 | all[at + 1] << 8 | all[at + 2]); \
             return seen.size > 4; })()",
        )
        .unwrap();
    let outline = page.eval("getComputedStyle(document.querySelector('tr.chosen')).outlineStyle");
    assert_eq!(outline, "solid");
    assert_eq!(page.browser.record().unwrap().complaints(), [""; 0]);
}

#[test]
fn nothing_moves_for_who_wants_rest() {
    let mut page = Opened::new();
    page.browser.emulate("screen", &[("prefers-reduced-motion", "reduce")]).unwrap();
    let moving = page.eval(
        "[...document.querySelectorAll('*')].flatMap((element) => ['', '::before', '::after'].map((part) => \
         getComputedStyle(element, part))).filter((style) => !/^(0s(, )?)+$/.test(style.transitionDuration) || \
         style.animationName !== 'none' || style.scrollBehavior !== 'auto').length",
    );
    assert_eq!(moving, 0);
}
