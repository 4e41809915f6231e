//! Hostile names in the page: shown as text, and nothing breaks.

use plimsoll_tests::browser::Browser;
use plimsoll_tests::page::Page as _;
use serde_json::{Value, json};

use crate::hostile::Hostile;

#[test]
fn the_page_shows_names_as_text() {
    let hostile = Hostile::new();
    let file = hostile.directory.path().join("report.html");
    hostile.call("report", &["-o", &file.display().to_string()]);
    let mut browser = Browser::launch().unwrap();
    browser.set_viewport(390, 800).unwrap();
    browser.open_file(&file).unwrap();
    let mut eval = |script: &str| browser.eval(script).unwrap();
    eval("document.querySelectorAll('details').forEach((details) => { details.open = true; })");
    eval("document.querySelector('[data-layer]:not([hidden]) button').click()");
    assert_eq!(eval("document.hacked ?? null"), Value::Null);
    assert_eq!(eval("document.querySelectorAll('img, iframe, object, form').length"), 0);
    assert_eq!(eval("[...document.scripts].every((script) => script.closest('#app') === null)"), true);
    let shown = eval("document.body.textContent.includes('</script><img src=x onerror=')");
    assert_eq!(shown, true);
    for width in [390, 1280] {
        browser.set_viewport(width, 800).unwrap();
        let wide = browser.eval("document.scrollingElement.scrollWidth").unwrap();
        let beyond = browser.eval(
            "[...document.querySelectorAll('#app *:not(.tabs *)')].filter((element) => element.getBoundingClientRect().right > innerWidth + 1)\
             .slice(0, 6).map((element) => element.outerHTML.slice(0, 160))",
        );
        assert!(wide.as_u64().unwrap() <= u64::from(width), "{wide} of {width}: {:#}", beyond.unwrap());
    }
    browser.click("tbody tr:nth-child(3) [data-do=copy-row]").unwrap();
    assert_eq!(browser.record().unwrap().complaints(), [""; 0]);
    assert_eq!(browser.eval("document.hacked ?? null").unwrap(), json!(null));
}
