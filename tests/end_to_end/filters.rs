//! The `jq` filters of the documents and the help name fields that the schemas in `docs/schemas` have.

use std::fs;

use plimsoll_tests::root;
use serde_json::Value;

/// The documents that commands of the examples print, by the start of the command.
const DOCUMENTS: [(&str, &str); 5] = [
    ("plimsoll compare", "plimsoll-comparison"),
    ("plimsoll df", "plimsoll-disk"),
    ("plimsoll findings", "plimsoll-findings"),
    ("plimsoll inspect", "plimsoll-inspection"),
    ("plimsoll watch", "plimsoll-watch"),
];

/// The lines of a document that pass JSON to jq: the command and the filter.
fn examples(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().filter_map(|line| {
        let (command, rest) = line.split_once("| jq ")?;
        let command = command.trim().trim_start_matches("$ ").to_owned();
        let filter = rest.split('\'').nth(1).expect("the filter is in single quotes");
        Some((command, filter.to_owned()))
    });
    lines.collect()
}

/// The paths of a filter, each with the steps of the pipe before it: `.a[] | "\(.b.c)"` has `a` and `a`, `b`, `c`.
fn paths(filter: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    let mut before: Vec<String> = Vec::new();
    for stage in filter.split(" | ") {
        let mut last = Vec::new();
        let mut rest = stage;
        while let Some(at) = rest.find('.') {
            let chain = &rest[at..];
            let is_part = |char: char| char.is_ascii_alphanumeric() || "_.[]".contains(char);
            let end = chain.find(|char| !is_part(char)).unwrap_or(chain.len());
            let names = chain[..end].split('.').map(|name| name.split('[').next().unwrap());
            let names = names.filter(|name| !name.is_empty()).map(str::to_owned);
            last = before.iter().cloned().chain(names).collect();
            paths.push(last.clone());
            rest = &chain[end..];
        }
        before = last;
    }
    paths
}

/// The schemas of a field, through references, alternatives and lists.
fn fields<'a>(root: &'a Value, schema: &'a Value, name: &str) -> Vec<&'a Value> {
    let mut found: Vec<&Value> = schema["properties"].get(name).into_iter().collect();
    if let Some(pointer) = schema["$ref"].as_str() {
        let target = root.pointer(pointer.trim_start_matches('#')).expect("the schema has what it refers to");
        found.extend(fields(root, target, name));
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        found.extend(schema[key].as_array().into_iter().flatten().flat_map(|one| fields(root, one, name)));
    }
    if let Some(items) = schema.get("items") {
        found.extend(fields(root, items, name));
    }
    found
}

fn has(schema: &Value, path: &[String]) -> bool {
    let mut places = vec![schema];
    for name in path {
        places = places.into_iter().flat_map(|place| fields(schema, place, name)).collect();
    }
    !places.is_empty()
}

#[test]
fn filters_of_examples_name_fields_that_exist() {
    let mut checked = 0;
    for directory in ["docs", "tests/help"] {
        for file in fs::read_dir(root().join(directory)).unwrap() {
            let path = file.unwrap().path();
            if !path.extension().is_some_and(|extension| extension == "md" || extension == "txt") {
                continue;
            }
            for (command, filter) in examples(&fs::read_to_string(&path).unwrap()) {
                let place = format!("{}: {command} | jq '{filter}'", path.display());
                let document = DOCUMENTS.iter().find(|(start, _)| command.starts_with(start));
                let (_, document) = document.unwrap_or_else(|| panic!("{place}: what does it print?"));
                let schema = root().join(format!("docs/schemas/{document}.schema.json"));
                let schema: Value = serde_json::from_slice(&fs::read(schema).unwrap()).unwrap();
                for path in paths(&filter) {
                    assert!(has(&schema, &path), "{place}: no field {}", path.join("."));
                    checked += 1;
                }
            }
        }
    }
    assert!(checked >= 8, "only {checked} fields were found in the examples");
}

#[test]
fn a_filter_is_read_as_the_paths_that_it_follows() {
    let names = |filter: &str| paths(filter).iter().map(|path| path.join(".")).collect::<Vec<_>>();
    assert_eq!(names(".containers[0].working_set"), ["containers.working_set"]);
    assert_eq!(names(r#".services[] | "\(.a) \(.b.c)""#), ["services", "services.a", "services.b.c"]);
    let watch = root().join("docs/schemas/plimsoll-watch.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(watch).unwrap()).unwrap();
    assert!(!has(&schema, &["containers".to_owned(), "working_set".to_owned()]));
}
