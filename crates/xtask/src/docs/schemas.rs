//! The JSON Schemas in `docs`, and the page that lists them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use plimsoll_report::schema::{DOCUMENTS, target_file};
use serde_json::Value;

use crate::error::Result;
use crate::workspace::root;

/// Writes `docs/schemas`, without files of documents that are no more, the table of the page, and the schema of target files.
pub(super) fn write() -> Result {
    fs::create_dir_all(directory())?;
    for file in fs::read_dir(directory())? {
        fs::remove_file(file?.path())?;
    }
    for (path, text) in files()? {
        fs::write(&path, text)?;
    }
    fs::write(page(), with_table(&fs::read_to_string(page())?)?)?;
    println!("wrote {}, and its table into {}", directory().display(), page().display());
    Ok(())
}

fn directory() -> PathBuf {
    root().join("docs/schemas")
}

/// The page about JSON.
fn page() -> PathBuf {
    root().join("docs/json.md")
}

/// Every schema by its file.
fn files() -> Result<BTreeMap<PathBuf, String>> {
    let text = |schema: &Value| -> Result<String> { Ok(serde_json::to_string_pretty(schema)? + "\n") };
    let mut files = BTreeMap::new();
    for document in DOCUMENTS {
        let name = format!("{}.schema.json", document.name);
        files.insert(directory().join(name), text(&document.schema())?);
    }
    files.insert(root().join("docs/plimsoll.schema.json"), text(&target_file())?);
    Ok(files)
}

/// What stands around the generated table.
const TABLE: [&str; 2] =
    ["<!-- documents: `cargo xtask docs` writes this table -->\n\n", "\n<!-- end of documents -->"];

/// The page with the table as it is now.
fn with_table(page: &str) -> Result<String> {
    let [start, end] = TABLE;
    let (before, rest) = page.split_once(start).ok_or("docs/json.md lacks the start of the table")?;
    let (_, after) = rest.split_once(end).ok_or("docs/json.md lacks the end of the table")?;
    let row = |document: &plimsoll_report::schema::DocumentSchema| {
        let (name, page) = (document.name, document.page);
        format!("| [`{name}`](schemas/{name}.schema.json) | {} | [{page}]({page}) |\n", document.printed_by)
    };
    let rows: String = DOCUMENTS.iter().map(row).collect();
    Ok(format!("{before}{start}| document | printed by | described in |\n|---|---|---|\n{rows}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schemas_are_up_to_date() {
        for (path, text) in files().unwrap() {
            let written = fs::read_to_string(&path).unwrap_or_default();
            assert!(written == text, "{} is not up to date: run `cargo xtask docs`", path.display());
        }
        assert_eq!(fs::read_dir(directory()).unwrap().count(), DOCUMENTS.len());
        let written = fs::read_to_string(page()).unwrap();
        assert_eq!(written, with_table(&written).unwrap(), "docs/json.md: run `cargo xtask docs`");
    }
}
