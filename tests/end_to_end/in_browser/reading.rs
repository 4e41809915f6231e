//! How the page is read: the list of contents, what is folded, terms that are explained, what a change did, and links to rows.

use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;

use plimsoll_tests::browser::file_url;
use plimsoll_tests::page::Page as _;
use plimsoll_tests::program;
use serde_json::json;
use tempfile::TempDir;

use super::reports::{Asked, example, of};

const IN_SIGHT: &str = "(box) => box && box.height > 0 && box.top > -5 && box.top < innerHeight";

fn is_in_sight(selector: &str) -> String {
    format!("({IN_SIGHT})($('{selector}')?.getBoundingClientRect())")
}

#[test]
fn the_contents_stand_beside_a_wide_page_and_open_from_a_narrow_one() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    page.browser.set_viewport(1440, 900).unwrap();
    page.wait("$('.findings')");
    assert_eq!(page.eval("$('#contents').checkVisibility() && !$('.to-contents').checkVisibility()"), true);
    let right = "$('#contents').getBoundingClientRect().right <= $('#verdict').getBoundingClientRect().left";
    assert_eq!(page.eval(right), true);
    page.click("#contents a[href=\"#packages\"]");
    page.wait(&is_in_sight("#packages"));
    // The list stays, and says where the reader is.
    page.wait(
        "$('#contents [aria-current]')?.textContent === 'Packages' && $('#contents').checkVisibility()",
    );

    for width in [390, 850, 1280] {
        page.browser.set_viewport(width, 900).unwrap();
        page.eval("(scrollTo(0, 0), 0)");
        assert_eq!(page.eval("$('#contents').checkVisibility()"), false, "{width}");
        page.click("[data-do=contents]");
        page.wait("$('#contents').matches(':popover-open')");
        page.press("Escape");
        page.wait("!$('#contents').checkVisibility()");
        page.click("[data-do=contents]");
        page.click("#contents a[href=\"#findings\"]");
        page.wait(&format!("!$('#contents').checkVisibility() && {}", is_in_sight("#findings")));
    }
    page.browser.set_viewport(1440, 900).unwrap();
    page.eval("(scrollTo(0, 0), 0)");
    page.click("[data-value=stakeholder]");
    assert_eq!(page.eval("$('#contents').checkVisibility()"), false);
    page.assert_quiet();
}

#[test]
fn terms_are_explained_to_pointer_keyboard_and_finger() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    page.wait("$('.findings')");
    let term = "#report .services .term";
    let shown = "$('#tip').checkVisibility() && $('#tip').textContent";
    assert_eq!(page.eval("$('#tip').checkVisibility()"), false);
    page.eval(&format!("($('{term}').scrollIntoView({{ block: 'center' }}), $('{term}').focus(), 0)"));
    page.wait(shown);
    assert!(page.eval(shown).as_str().unwrap().starts_with("Hidden bytes: "));
    assert_eq!(page.eval(&format!("$('{term}').getAttribute('aria-describedby')")), "tip");
    page.press("Escape");
    assert_eq!(page.eval("$('#tip').checkVisibility()"), false);
    // Every term has its explanation, and none leaves the window, whatever its width.
    for width in [320, 768, 1280] {
        page.browser.set_viewport(width, 700).unwrap();
        let wrong = page.eval(
            "$$('[data-term]').filter((term) => term.checkVisibility()).filter((term) => { \
             term.scrollIntoView({ block: 'end' }); term.focus(); const box = $('#tip').getBoundingClientRect(); \
             return $('#tip').hidden || box.left < 0 || box.right > innerWidth || box.top < 0 || box.bottom > innerHeight; })\
             .map((term) => term.textContent)",
        );
        assert_eq!(wrong, json!([]), "at {width} px");
    }
    page.browser.set_viewport(390, 800).unwrap();
    page.eval("(document.activeElement.blur(), 0)");
    page.eval("($('.bullets') ?? $('#report')).scrollIntoView()");
    page.click("#report .folded summary");
    page.wait("$('#tip').hidden");
    page.assert_quiet();
}

#[test]
fn what_did_not_change_is_folded_with_a_count() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    page.wait("$('.findings')");
    page.click("[data-tab=postgres]");
    // All layers are alike: there is nothing else to see.
    page.wait("!$('.layers .fold') && $$('[data-layer]').every((row) => row.checkVisibility())");
    page.click("[data-tab=backend]");
    let kept = "$$('[data-layer][data-match=kept]')";
    page.wait(&format!("{kept}.length >= 0"));
    let number = page.eval(&format!("{kept}.length")).as_u64().unwrap();
    if number > 1 {
        assert_eq!(page.eval(&format!("{kept}.filter((row) => row.checkVisibility()).length")), 0);
        page.click(".layers [data-do=unfold]");
        page.wait(&format!("{kept}.every((row) => row.checkVisibility())"));
    }
    // Unchanged files are a click away.
    assert_eq!(page.eval("$('.filter[aria-pressed=true][data-filter]').dataset.filter"), "changed");
    assert_eq!(page.eval("$$('[data-path][data-change=unchanged]:not([aria-expanded])').length"), 0);
    // What is fixed is one line until it is wanted.
    assert_eq!(page.eval("$('.findings.done').checkVisibility()"), false);
    page.click(".folded > summary");
    page.wait("$('.findings.done').checkVisibility()");
    page.assert_quiet();
}

#[test]
fn a_reviewer_sees_what_the_change_did_and_gets_there() {
    let (report, _) = example();
    let mut page = Asked::open(report);
    page.wait("$('.findings')");
    let lead = page.eval("$('#change + .lead').textContent");
    assert!(lead.as_str().unwrap().starts_with("Own growth −"), "{lead}");
    let lists = page.eval("$$('.did h3').map((title) => title.firstChild.textContent)");
    assert_eq!(
        lists,
        json!(["Layers that changed", "Packages that changed", "New findings", "Fixed findings"])
    );
    assert_eq!(
        page.eval("$$('.did > div').every((list) => list.querySelectorAll(':scope > ul > li').length <= 5)"),
        true
    );
    // A line leads to its row, in the service that it is about.
    page.click(".did > div:nth-child(1) li a");
    page.wait("$('.layers tr.detail')");
    page.click(".did > div:nth-child(4) li a");
    page.wait("$('.folded').open && document.activeElement.closest('[data-fixed]') !== null");
    page.assert_quiet();
}

#[test]
fn addresses_lead_to_rows_and_open_what_is_folded() {
    let (report, _) = example();
    let file = report.file.clone();
    let mut page = Asked::open(report);
    let address = file_url(&file).unwrap();
    for (fragment, expected) in [
        ("change", is_in_sight("#change")),
        ("layer-0", "$('.layers tr.detail') && $('[data-layer=\"0\"]').checkVisibility()".to_owned()),
        ("target-services.postgres.growth", is_in_sight("[data-target=\"services.postgres.growth\"]")),
        ("service-frontend", "$('[data-tab=frontend]').ariaSelected === 'true'".to_owned()),
        ("file-etc/passwd", "$('[data-path=\"etc/passwd\"].active')".to_owned()),
        ("view=stakeholder", "$('.brief').checkVisibility()".to_owned()),
        ("content", is_in_sight("#content")),
    ] {
        page.browser.open("about:blank").unwrap();
        page.browser.open(&format!("{address}#{fragment}")).unwrap();
        page.browser.wait_until_ready().unwrap();
        page.wait(&expected);
    }
    page.assert_quiet();
}

/// Snapshots of the same image under these names.
fn snapshots(directory: &TempDir, sides: [&[(&str, &str)]; 2]) -> [PathBuf; 2] {
    let archive = plimsoll_tests::image("docker-26.1.5-graphdriver/micro3.save.tar.gz");
    [("before", sides[0]), ("after", sides[1])].map(|(name, services)| {
        let file = directory.path().join(format!("{name}.plimsoll"));
        let sources: Vec<String> = services
            .iter()
            .map(|(service, image)| format!("{service}=docker-archive:{}:{image}", archive.display()))
            .collect();
        let mut arguments: Vec<&OsStr> = vec!["snapshot".as_ref()];
        arguments.extend(sources.iter().map(OsStr::new));
        arguments.extend(["-o".as_ref(), file.as_os_str()]);
        program::succeed(arguments);
        file
    })
}

#[test]
fn a_renamed_service_is_compared_when_the_reader_pairs_it() {
    let directory = TempDir::new().unwrap();
    let (old, new) = ("agente/micro-before:latest", "agente/micro-backend:after");
    let [before, after] =
        snapshots(&directory, [&[("app", old), ("db", old)], &[("backend", new), ("db", old)]]);
    let report = of(&before, &after);
    let file = report.file.clone();
    let mut page = Asked::open(report);
    assert_eq!(page.eval("$$('[data-service]').length"), 3);
    assert_eq!(
        page.eval("$$('[data-do=pair]').map((button) => button.textContent)"),
        json!(["Compare app with backend"])
    );
    page.click("[data-do=pair]");
    page.wait("$$('[data-service]').length === 2");
    assert_eq!(page.eval("$('[data-service=backend]').dataset.before > 0"), true);
    let fragment = page.eval("location.hash").as_str().unwrap().to_owned();
    assert_eq!(fragment, "#v=1&pair=app%3Dbackend");
    // The address opens the same pair, and the page says how it can be left.
    page.browser.open("about:blank").unwrap();
    page.browser.open(&format!("{}{fragment}", file_url(&file).unwrap())).unwrap();
    page.browser.wait_until_ready().unwrap();
    page.wait("$$('[data-service]').length === 2");
    page.click("[data-do=pair]");
    page.wait("$$('[data-service]').length === 3");
    page.wait("!location.hash.includes('pair=')");
    page.assert_quiet();
}

#[test]
fn a_saved_page_opens_as_it_was_seen_and_says_what_it_holds() {
    let (report, _) = example();
    let file = report.file.with_file_name("saved.html");
    let mut page = Asked::open(report);
    page.wait("$('.findings')");
    let held = page.eval("$$('#content ~ table tbody tr').map((row) => row.cells[0].textContent)");
    assert_eq!(held, json!(["agente-before.plimsoll", "agente-after.plimsoll"]));
    page.click("[data-tab=frontend]");
    page.click("[data-value=stakeholder]");
    page.eval(
        "(URL.createObjectURL = (blob) => { blob.text().then((text) => { document.saved = text; }); return 'blob:none'; }, \
         HTMLAnchorElement.prototype.click = () => {}, $('[data-do=save]').click(), 0)",
    );
    page.wait("document.saved");
    fs::write(&file, page.eval("document.saved").as_str().unwrap()).unwrap();
    page.browser.open_file(&file).unwrap();
    assert_eq!(page.eval("document.documentElement.dataset.view"), "stakeholder");
    page.click("[data-value=engineer]");
    assert_eq!(page.eval("$('[data-tab=frontend]').ariaSelected"), "true");
}

#[test]
fn the_summary_says_what_matters_without_the_program() {
    let (report, _) = example();
    let text = fs::read_to_string(&report.file).unwrap();
    let (_, summary) = text.split_once("<main id=\"static\">").unwrap();
    let (summary, _) = summary.split_once("</main>").unwrap();
    for part in ["class=\"worse\"", "class=\"better\"", "<noscript>", "Missed: ", "This is a summary."] {
        assert!(summary.contains(part), "{part}");
    }
}
