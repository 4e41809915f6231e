//! The page of a series: its steps, and two states that the reader chooses to compare.

use std::fs::{self, File};

use plimsoll_snapshot::{Bundle, Trend, write_gzip};
use plimsoll_tests::made::snapshot;
use plimsoll_tests::program;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::reports::{Asked, Report, packed, written};

/// The sizes of the states, and what each is called.
const STATES: [(&str, u64); 5] = [
    ("v1", 100_000_000),
    ("v2", 104_000_000),
    ("v3 <b>&", 104_100_000),
    ("v4", 90_000_000),
    ("v5", 130_000_000),
];

fn series() -> Report {
    let directory = TempDir::new().unwrap();
    let files = STATES.map(|(name, size)| {
        let path = directory.path().join(format!("{name}.plimsoll"));
        let made = snapshot(&["app"], "app", &[(b"lib/model".to_vec(), size)]);
        write_gzip(&made, File::create(&path).unwrap()).unwrap();
        path
    });
    let file = directory.path().join("trend.html");
    let arguments = ["report".as_ref()].into_iter().chain(files.iter().map(|path| path.as_os_str()));
    program::succeed(arguments.chain(["-o".as_ref(), file.as_os_str()]).collect::<Vec<_>>());
    Report::in_directory(file, directory)
}

/// The summary that is shown without scripts has the trend too.
#[test]
fn without_scripts_the_steps_are_a_list() {
    let text = fs::read_to_string(&series().file).unwrap();
    assert!(text.contains("<h2>Trend</h2>") && text.contains("v4"));
}

/// The states that are compared.
fn compared(page: &mut Asked) -> Value {
    page.eval("[$('[data-do=trend-before]').value, $('[data-do=trend-after]').value]")
}

#[test]
fn two_states_of_a_series_are_chosen_and_compared() {
    let mut page = Asked::open(series());
    assert_eq!(compared(&mut page), json!(["0", "4"]));
    let title = page.eval("$('#verdict').textContent");
    assert!(title.as_str().unwrap().contains("30"), "{title}");
    let steps = page.eval("$$('.steps tbody tr').map((row) => row.cells[0].textContent)");
    assert_eq!(steps, json!(["v2", "v4", "v5"]));
    assert_eq!(page.eval("$$('.trend svg circle').length"), json!(3));

    // A step leads to its comparison.
    page.click(".steps tbody tr:nth-child(2) button");
    page.wait("$('[data-do=trend-before]').value == '2'");
    assert_eq!(compared(&mut page), json!(["2", "3"]));
    page.wait("location.hash.includes('states=2-3')");
    assert_eq!(page.eval("$('[data-do=trend-before]').selectedOptions[0].textContent"), "v3 <b>&");

    // The keyboard: the first state and the third one.
    page.eval("$('.trend .field').focus()");
    for key in ["Home", "Enter", "ArrowRight", "ArrowRight"] {
        page.press(key);
    }
    page.wait("$('.trend .reading').textContent.includes('v1')");
    let reading = page.eval("$('.trend .reading').textContent");
    assert!(reading.as_str().unwrap().contains("v3 <b>& · 104 MB"), "{reading}");
    page.press("Enter");
    page.wait("$('[data-do=trend-after]').value == '2'");
    assert_eq!(compared(&mut page), json!(["0", "2"]));

    // A choice, and then the list of snapshots holds only what is compared.
    page.eval(
        "(() => { const side = $('[data-do=trend-after]'); side.value = '3'; \
         side.dispatchEvent(new Event('change', { bubbles: true })); })()",
    );
    page.wait("$('[data-do=trend-after]').value == '3' && $('#verdict').textContent.includes('10')");
    assert_eq!(page.eval("$$('table.held [data-held]').length"), json!(2));
    page.assert_quiet();
}

#[test]
fn all_points_are_a_table_that_is_made_when_it_is_opened() {
    let mut page = Asked::open(series());
    assert_eq!(page.eval("$$('.states tr').length"), json!(0));
    page.click("[data-do=states] summary");
    page.wait("$$('.states tbody tr').length == 5");
    assert_eq!(page.eval("$('.states tbody tr').cells[0].textContent"), "v5");
    page.assert_quiet();
}

#[test]
fn a_series_that_cannot_be_read_leaves_the_report() {
    let side = |size: u64| snapshot(&["app"], "app", &[(b"lib/model".to_vec(), size)]);
    let trend = Trend { series: json!({ "states": 5 }), points: vec![(0, side(7))], pair: [Some(0), None] };
    let (before, after) = (side(100_000_000), side(130_000_000));
    let bundle = Bundle { before, after, trend: Some(trend), ..Bundle::default() };
    let mut page = Asked::open(written("broken", "<p></p>", &packed(&bundle)));
    assert_eq!(page.eval("$('#trend')"), Value::Null);
    assert!(page.eval("$('#verdict').textContent").as_str().unwrap().contains("30"));
    let said = page.eval("$('[role=alert]').textContent");
    assert!(said.as_str().unwrap().contains("Trend"), "{said}");
}
