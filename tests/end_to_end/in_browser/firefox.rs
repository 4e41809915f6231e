//! The page in Firefox: what the program wrote opens from its file, says what the program says, and reads files.

use plimsoll_report::format::unbroken;
use plimsoll_tests::firefox::Firefox;
use plimsoll_tests::page::Page as _;
use plimsoll_tests::program;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::reports::{example, in_page};

/// A page in Firefox, asked in scripts.
struct Page {
    firefox: Firefox,
}

impl Page {
    fn open(file: &std::path::Path) -> Self {
        let mut firefox = Firefox::launch().unwrap();
        firefox.set_viewport(1280, 900).unwrap();
        firefox.open_file(file).unwrap();
        Self { firefox }
    }

    /// The value of an expression in which `$` finds the first element and `$$` all of them.
    fn eval(&mut self, expression: &str) -> Value {
        self.firefox.eval(&in_page(expression)).unwrap()
    }

    fn click(&mut self, selector: &str) {
        self.firefox.click(selector).unwrap();
    }

    /// The verdict and the sizes of every service.
    fn shown(&mut self) -> (Value, Value) {
        let services = "$$('tr[data-service]').map((row) => \
                        [row.dataset.service, Number(row.dataset.before), Number(row.dataset.after)])";
        (self.eval("$('#verdict').textContent"), self.eval(services))
    }

    fn bridge(&mut self) -> Value {
        self.eval("$$('[data-delta]').map((row) => Number(row.dataset.delta))")
    }

    fn assert_quiet(&mut self) {
        let record = self.firefox.record().unwrap();
        assert_eq!(record.complaints(), [""; 0]);
    }
}

/// What the page has to show of a comparison that the program printed.
fn printed(json: &Value) -> (Value, Value) {
    let services = json["services"].as_array().unwrap().iter();
    let sizes = services
        .map(|service| json!([service["service"], service["size"]["before"], service["size"]["after"]]));
    (unbroken(json["verdict_text"].as_str().unwrap()).into(), sizes.collect())
}

fn bridge(service: &Value) -> Value {
    service["bridge"].as_array().unwrap().iter().map(|step| step["delta"].clone()).collect()
}

#[test]
fn a_report_is_shown_and_does_what_it_is_told() {
    let (report, [before, after]) = example();
    let mut page = Page::open(&report.file);
    let [compare, format, as_json] = ["compare", "--format", "json"].map(AsRef::as_ref);
    let json = program::json([compare, before.as_os_str(), after.as_os_str(), format, as_json]);
    let services = json["services"].as_array().unwrap();
    assert_eq!(page.shown(), printed(&json));
    assert_eq!(page.bridge(), bridge(&services[0]));

    let name = services[1]["service"].as_str().unwrap();
    page.click(&format!("tr[data-service={name}] button"));
    assert_eq!(page.eval("$('[role=tab][aria-selected=true]').dataset.tab"), name);
    assert_eq!(page.bridge(), bridge(&services[1]));
    page.click(&format!("tr[data-service={}] button", services[0]["service"].as_str().unwrap()));

    let sides = page.eval("[...new Set($$('[data-memory]').map((row) => row.dataset.side))]");
    assert_eq!(sides, json!(["before", "after"]));
    assert!(page.eval("$$('[data-target]').length").as_u64().unwrap() > 10);

    page.click("[data-value=es]");
    assert_eq!(page.eval("document.documentElement.lang"), "es");
    assert_ne!(page.shown().0, printed(&json).0);
    page.click("[data-value=en]");
    assert_eq!(page.shown(), printed(&json));
    page.assert_quiet();
}

#[test]
fn a_package_is_unticked() {
    let (report, [_, after]) = example();
    let mut page = Page::open(&report.file);
    page.click("[data-packages=all]");
    page.click("[aria-label=\"Search packages\"]");
    page.firefox.type_text("onnxr").unwrap();
    let found = page.eval("$$('.packages [data-package]').map((row) => row.dataset.package)");
    assert_eq!(found, json!(["python:onnxruntime"]));
    page.click("[data-package] input");
    let [whatif, without, package, format, as_json] =
        ["whatif", "--without", "python:onnxruntime", "--format", "json"].map(AsRef::as_ref);
    let json = program::json([whatif, after.as_os_str(), without, package, format, as_json]);
    let services = json["services"].as_array().unwrap();
    let backend = services.iter().find(|service| service["service"] == "backend").unwrap();
    assert_eq!(page.eval("Number($('[data-without]').dataset.without)"), backend["after_bytes"]);
    page.assert_quiet();
}

#[test]
fn the_map_is_painted_and_a_narrow_window_scrolls_in_one_direction_only() {
    let (report, _) = example();
    let mut page = Page::open(&report.file);
    let colours = "(() => { const canvas = $('#map canvas'); \
         const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height); \
         return new Set(new Uint32Array(data.buffer)).size; })()";
    page.eval("($('#map').scrollIntoView(), 0)");
    page.firefox.wait_for(&in_page(&format!("{colours} > 3"))).unwrap();
    page.firefox.set_viewport(390, 844).unwrap();
    page.firefox.wait_for("innerWidth === 390").unwrap();
    let wide = page.eval("document.scrollingElement.scrollWidth");
    assert!(wide.as_u64().unwrap() <= 390, "{wide}");
    page.firefox.wait_for(&in_page(&format!("{colours} > 3"))).unwrap();
    page.assert_quiet();
}

#[test]
fn an_image_that_is_chosen_is_read_and_shown() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("viewer.html");
    program::succeed(["viewer".as_ref(), "-o".as_ref(), file.as_os_str()]);
    let mut page = Page::open(&file);
    let archives =
        ["docker-26.1.5-graphdriver/micro3.save.tar.gz", "docker-26.1.5-containerd/micro3.save.tar"]
            .map(plimsoll_tests::image);
    for (held, (role, archive)) in ["before", "after"].into_iter().zip(&archives).enumerate() {
        page.firefox.choose_files(&format!("[data-choose={role}]"), &[archive]).unwrap();
        let read = format!("$$('[data-held]').length === {} && !$('[data-job]')", held + 1);
        page.firefox.wait_for(&in_page(&read)).unwrap();
    }
    let [compare, format, as_json] = ["compare", "--format", "json"].map(AsRef::as_ref);
    let json = program::json([compare, archives[0].as_os_str(), archives[1].as_os_str(), format, as_json]);
    assert_eq!(page.shown(), printed(&json));
    page.assert_quiet();
}
