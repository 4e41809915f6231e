//! Every question has the answer that the plan of the fleet has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use crate::made::disk::{self, Written};
use crate::made::{Content, Made, Size, make, truth};
use crate::program::Place;

struct Fleet {
    place: Place,
    made: Made,
    written: Written,
}

static FLEET: LazyLock<Fleet> = LazyLock::new(|| {
    let place = Place::new();
    let made = make(Size::SMALL);
    let written = disk::layout(&made, &place.path("images"));
    place.scan_all(&["images"]);
    Fleet { place, made, written }
});

fn number(row: &Value, column: &str) -> u64 {
    row[column].as_u64().unwrap_or_else(|| panic!("{column} of {row}"))
}

fn text<'a>(row: &'a Value, column: &str) -> &'a str {
    row[column].as_str().unwrap_or_else(|| panic!("{column} of {row}"))
}

#[test]
fn totals() {
    let Fleet { place, made, written } = &*FLEET;
    let rows = place.ask(&["totals"]);
    let used = truth::used(made);
    let stored: BTreeMap<&str, u64> =
        (0..made.images.len()).flat_map(|image| truth::blobs(written, image)).collect();
    let unshared: u64 =
        (0..made.images.len()).flat_map(|image| truth::blobs(written, image)).map(|(_, bytes)| bytes).sum();
    let (mut image_bytes, mut hidden_bytes) = (0, 0);
    for image in &made.images {
        let (tree, hidden) = truth::tree_and_hidden(made, image);
        image_bytes += tree + hidden;
        hidden_bytes += hidden;
    }
    let files: usize = used.iter().map(|&layer| made.layers[layer].files.len()).sum();
    for (column, expected) in [
        ("names", made.images.len() as u64),
        ("images", made.images.len() as u64),
        ("projects", 5),
        ("layers", used.len() as u64),
        ("unshared_bytes", unshared),
        ("stored_bytes", stored.values().sum()),
        ("file_bytes", used.iter().map(|&layer| truth::layer_bytes(made, layer)).sum()),
        ("files", files as u64),
        ("image_bytes", image_bytes),
        ("hidden_bytes", hidden_bytes),
    ] {
        assert_eq!(number(&rows[0], column), expected, "{column}");
    }
}

#[test]
fn projects() {
    let Fleet { place, made, written } = &*FLEET;
    let columns = ["images", "unshared_bytes", "stored_bytes", "unique_bytes"];
    let found: BTreeMap<String, [u64; 4]> = (place.ask(&["projects"]).iter())
        .map(|row| (text(row, "project").to_owned(), columns.map(|column| number(row, column))))
        .collect();
    assert_eq!(found, truth::projects(made, written));
}

#[test]
fn duplicates() {
    let Fleet { place, made, .. } = &*FLEET;
    let contents = truth::contents(made);
    let sum = |of: &dyn Fn(&(u64, u64, u64)) -> u64| contents.values().map(of).sum::<u64>();
    let row = &place.ask(&["duplicates"])[0];
    assert_eq!(number(row, "file_bytes"), sum(&|(size, _, copies)| size * copies));
    assert_eq!(number(row, "distinct_bytes"), sum(&|(size, ..)| *size));
    assert_eq!(number(row, "duplicate_bytes_across_layers"), sum(&|(size, layers, _)| size * (layers - 1)));
    assert_eq!(
        number(row, "duplicate_bytes_within_layers"),
        sum(&|(size, layers, copies)| size * (copies - layers))
    );

    let files = place.ask(&["duplicate-files", "--set", "limit=1000000"]);
    let mut found: Vec<[u64; 3]> =
        files.iter().map(|row| ["size", "layers", "copies"].map(|column| number(row, column))).collect();
    let mut expected: Vec<[u64; 3]> = (contents.values())
        .filter(|(_, _, copies)| *copies > 1)
        .map(|&(size, layers, copies)| [size, layers, copies])
        .collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    let largest = &files[0];
    assert_eq!(text(largest, "example"), "srv/app/models/small/model.safetensors");
}

#[test]
fn layers_that_are_compressed_twice() {
    let Fleet { place, made, written } = &*FLEET;
    let mut blobs: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for layer in written.layers.iter().flatten() {
        blobs.entry(&layer.diff_id).or_default().insert(&layer.blob, layer.bytes);
    }
    let expected: BTreeMap<&str, u64> = (blobs.iter())
        .filter(|(_, blobs)| blobs.len() > 1)
        .map(|(layer, blobs)| (*layer, blobs.values().sum::<u64>() - blobs.values().max().unwrap()))
        .collect();
    assert!(!expected.is_empty() && made.images.iter().any(|image| image.recompressed));
    let rows = place.ask(&["duplicate-layers"]);
    let found: BTreeMap<&str, u64> =
        rows.iter().map(|row| (text(row, "diff_id"), number(row, "duplicate_bytes"))).collect();
    assert_eq!(found, expected);
}

#[test]
fn packages() {
    let Fleet { place, made, .. } = &*FLEET;
    let rows = place.ask(&["packages", "--set", "limit=1000000"]);
    let found: BTreeMap<(String, String), [u64; 4]> = rows
        .iter()
        .filter(|row| ["dpkg", "python"].contains(&text(row, "ecosystem")))
        .map(|row| {
            let columns = ["versions", "images", "image_bytes", "stored_bytes"];
            let name = (text(row, "ecosystem").to_owned(), text(row, "name").to_owned());
            (name, columns.map(|column| number(row, column)))
        })
        .collect();
    let expected = truth::packages(made);
    let expected: BTreeMap<(String, String), [u64; 4]> = (expected.into_iter())
        .map(|(name, (versions, images, bytes, stored))| {
            (name, [versions.len() as u64, images, bytes, stored])
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn older_packages() {
    let Fleet { place, made, .. } = &*FLEET;
    let older = |arguments: &[&str]| -> BTreeSet<String> {
        let rows = place.ask(&[&["older"], arguments].concat());
        let name = |row: &Value| text(row, "reference").trim_start_matches("docker.io/").to_owned();
        rows.iter().map(name).collect()
    };
    // By default, `openssl` before 3.0.15-1: of 3.0.9, 3.0.11 and 3.0.13, all.
    assert_eq!(older(&[]), truth::with_package(made, "openssl", |_| true));
    assert_eq!(
        older(&["--set", "version=3.0.11-1"]),
        truth::with_package(made, "openssl", |version| !version.starts_with("3.0.13"))
    );
    assert_eq!(
        older(&["--set", "version=3.0.11-1~deb12u2"]),
        truth::with_package(made, "openssl", |version| version.starts_with("3.0.9"))
    );
    assert_eq!(
        older(&["--set", "ecosystem=python", "--set", "package=runtime-0", "--set", "version=1.10.0"]),
        truth::with_package(made, "runtime-0", |version| version != "1.10.0")
    );
}

#[test]
fn drift() {
    let Fleet { place, made, .. } = &*FLEET;
    let rows = place.ask(&["drift"]);
    let short = |row: &Value, column| text(row, column).trim_start_matches("docker.io/").to_owned();
    let found: BTreeSet<_> = rows
        .iter()
        .map(|row| (short(row, "reference"), short(row, "built_on"), short(row, "newest")))
        .collect();
    assert_eq!(found, truth::drift(made));
    assert!(!found.is_empty() && found.len() == rows.len());
    let of_one = place.ask(&["drift", "--set", "base=base/os-1"]);
    assert!(of_one.iter().all(|row| text(row, "base") == "base/os-1") && of_one.len() < rows.len());
}

#[test]
fn budgets_and_hidden_bytes() {
    let Fleet { place, made, .. } = &*FLEET;
    let sizes: Vec<u64> = (made.images.iter())
        .map(|image| truth::tree_and_hidden(made, image))
        .map(|(tree, hidden)| tree + hidden)
        .collect();
    let budget = sizes.iter().sum::<u64>() / sizes.len() as u64;
    let rows = place.ask(&["over-budget", "--set", &format!("budget={budget}")]);
    let mut found: Vec<u64> = rows.iter().map(|row| number(row, "image_bytes")).collect();
    let mut expected: Vec<u64> = sizes.into_iter().filter(|size| *size > budget).collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert!(rows.iter().all(|row| number(row, "over_bytes") == number(row, "image_bytes") - budget));

    let rows = place.ask(&["hidden"]);
    let hidden: u64 = made.images.iter().map(|image| truth::tree_and_hidden(made, image).1).sum();
    assert_eq!(rows.iter().map(|row| number(row, "image_bytes")).sum::<u64>(), hidden);
    let causes: BTreeSet<(&str, &str)> =
        rows.iter().map(|row| (text(row, "instruction"), text(row, "cause"))).collect();
    let expected = [("RUN configure.sh", "overwritten"), ("RUN rm /srv/app/data-1.bin", "deleted")];
    assert_eq!(causes, BTreeSet::from(expected));
}

#[test]
fn findings() {
    let Fleet { place, made, .. } = &*FLEET;
    let rows = place.ask(&["findings"]);
    let images =
        |rule: &str| rows.iter().find(|row| text(row, "rule") == rule).map(|row| number(row, "images"));
    let root = made.images.iter().filter(|image| image.user.is_empty()).count() as u64;
    assert_eq!(images("root-user"), Some(root));
}

#[test]
fn models() {
    let Fleet { place, made, .. } = &*FLEET;
    let is_model = |content: &&Content| matches!(content, Content::Pattern(..));
    let with: Vec<u64> = (made.layers.iter())
        .map(|layer| layer.files.values().filter(is_model).count() as u64)
        .filter(|count| *count > 0)
        .collect();
    let rows = place.ask(&["models"]);
    assert_eq!(rows.len(), 1);
    assert_eq!(number(&rows[0], "size"), 1_200_000);
    assert_eq!(number(&rows[0], "layers"), with.len() as u64);
    assert_eq!(number(&rows[0], "images"), with.len() as u64);
    assert_eq!(number(&rows[0], "duplicate_bytes"), 1_200_000 * (with.iter().sum::<u64>() - 1));
}

#[test]
fn directories() {
    let Fleet { place, made, .. } = &*FLEET;
    let rows = place.ask(&["directories", "--set", "depth=2"]);
    let below = |directory: &str| -> u64 {
        let prefix = format!("{directory}/");
        let files = truth::used(made).into_iter().flat_map(|layer| &made.layers[layer].files);
        files.filter(|(path, _)| path.starts_with(&prefix)).map(|(_, content)| content.len()).sum()
    };
    for row in &rows {
        assert_eq!(number(row, "bytes"), below(text(row, "path")), "{row}");
    }
    assert_eq!(text(&rows[0], "path"), "srv/app");
}

#[test]
#[expect(clippy::cast_precision_loss, reason = "money")]
fn cost_and_pulls() {
    let Fleet { place, made, written } = &*FLEET;
    let rows =
        place.ask(&["cost", "--set", "storage_price=1000", "--set", "pull_price=2", "--set", "pulls=10"]);
    let sum = |column: &str| rows.iter().map(|row| row[column].as_f64().unwrap()).sum::<f64>();
    let projects = truth::projects(made, written);
    let stored: BTreeMap<&str, u64> =
        (0..made.images.len()).flat_map(|image| truth::blobs(written, image)).collect();
    let near = |found: f64, expected: f64| (found - expected).abs() < 1e-9 * expected.abs();
    assert!(near(sum("storage"), stored.values().sum::<u64>() as f64 / 1e9 * 1000.0));
    let pulled: u64 = projects.values().map(|row| row[1]).sum();
    assert!(near(sum("pulls"), pulled as f64 / 1e9 * 20.0));
    assert!(near(sum("total"), sum("storage") + sum("pulls")));
    let rows = place.ask(&["pull", "--set", "limit=1000000"]);
    assert_eq!(rows.len(), made.images.len());
    for row in rows {
        // No faster than the connection.
        let seconds = row["pull_seconds_100m"].as_f64().unwrap();
        assert!(seconds >= number(&row, "stored_bytes") as f64 / 12.5e6, "{row}");
        assert!(seconds > row["pull_seconds_1g"].as_f64().unwrap(), "{row}");
    }
}

#[test]
fn answers_have_three_forms_and_questions_give_their_sql() {
    let Fleet { place, .. } = &*FLEET;
    let said = |arguments: &[&str]| {
        let output = place.run(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(said(&["query", "--list"]).contains("drift"));
    assert!(said(&["query", "SELECT 1 AS one", "--format", "csv"]).starts_with("one\r\n1"));
    assert!(said(&["query", "totals"]).lines().count() == 2);
    let sql = said(&["query", "older", "--sql", "--set", "version=1"]);
    assert!(sql.contains("p.version_key < 'A") && !sql.contains("{{"), "{sql}");
    let wrong = place.run(&["query", "SELECT nothing FROM images"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("the query failed"));
}
