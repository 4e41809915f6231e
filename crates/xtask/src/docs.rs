//! `cargo xtask docs`: the pages of the rules, written from the texts of the rules, the table of the limits, and the schemas.

mod schemas;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use plimsoll_analysis::findings::{Check, RULES, Rule};
use plimsoll_report::language::{Language, RuleWords};

use plimsoll_snapshot::Bytes;

use crate::error::Result;
use crate::fixes::row::{self, Built, Outcome, Results, Row};
use crate::workspace::root;

/// Writes `docs/findings`, and removes the pages of rules that are no more.
pub(crate) fn run() -> Result {
    let directory = directory();
    fs::create_dir_all(&directory)?;
    let pages = pages(&row::read(&row::tracked())?);
    for file in fs::read_dir(&directory)? {
        let file = file?;
        if !pages.contains_key(&*file.file_name().to_string_lossy()) {
            fs::remove_file(file.path())?;
        }
    }
    for (name, text) in pages {
        fs::write(directory.join(name), text)?;
    }
    println!("wrote {}", directory.display());
    let text = fs::read_to_string(limits_page())?;
    fs::write(limits_page(), with_table(&text)?)?;
    println!("wrote the limits into {}", limits_page().display());
    schemas::write()
}

/// The page with the table of the limits.
fn limits_page() -> PathBuf {
    root().join("docs/hostile-input.md")
}

/// What stands around the generated table.
const TABLE: [&str; 2] =
    ["<!-- limits: `cargo xtask docs` writes this table -->\n\n", "\n<!-- end of limits -->"];

/// The page with the table as it is now.
fn with_table(page: &str) -> Result<String> {
    let [start, end] = TABLE;
    let (before, rest) = page.split_once(start).ok_or("the page lacks the start of the table")?;
    let (_, after) = rest.split_once(end).ok_or("the page lacks the end of the table")?;
    Ok(format!("{before}{start}{}{end}{after}", plimsoll_report::limits::table()))
}

fn directory() -> PathBuf {
    root().join("docs/findings")
}

/// Every page by the name of its file.
fn pages(results: &Results) -> BTreeMap<String, String> {
    let mut pages: BTreeMap<String, String> =
        RULES.iter().map(|rule| (format!("{}.md", rule.id), page(rule, results))).collect();
    pages.insert("README.md".to_owned(), contents());
    pages
}

fn page(rule: &Rule, results: &Results) -> String {
    let looks_at = match rule.check {
        Check::Image(_) => "one image",
        Check::Stack(_) => "all services of a snapshot together",
    };
    let source =
        format!("../../crates/analysis/src/findings/rules/{}.rs", rule.id.as_str().replace('-', "_"));
    let RuleWords { title, why, how, limits } = Language::English.rule(rule.id);
    format!(
        "# {}\n\n`{}` · looks at {looks_at} · [source]({source})\n\n\
         ## Why it matters\n\n{}\n\n## How to fix it\n\n{}\n\n## Limits\n\n{}\n\n{}\
         `plimsoll findings --rule {} SOURCE` reports only this rule.\n",
        title,
        rule.id,
        why,
        how,
        limits,
        proof(rule.id.as_str(), results),
        rule.id
    )
}

/// The cases that the fix of a rule was tried on; empty if there are none.
fn proof(rule: &str, results: &Results) -> String {
    let of_rule = |row: &&Row| {
        let was_applied = matches!(row.outcome, Outcome::Works { .. } | Outcome::Fails { .. });
        was_applied && row.rules.iter().any(|id| id == rule)
    };
    let rows: Vec<&Row> = results.values().flatten().filter(of_rule).collect();
    let is_alone = |row: &&&Row| row.build == Built::One || row.rules.len() == 1;
    let alone: Vec<&&Row> = rows.iter().filter(is_alone).collect();
    let merged: Vec<&&Row> = rows.iter().filter(|row| row.rules.len() > 1).collect();
    if rows.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "## Proof\n\n`cargo xtask fixes` wrote these figures: it applies the fix to the case, builds it and runs it.\n\n\
         | case | confidence | built | ran | promised | saved |\n|---|---|---|---|---:|---:|\n",
    );
    for row in alone {
        let case = format!("[`{0}`](../../tests/fixes/{0})", row.case);
        let confidence = row.confidence.as_deref().unwrap_or("–");
        let bytes = |bytes: i64| Language::English.bytes(Bytes(bytes.unsigned_abs()));
        let rest = match &row.outcome {
            Outcome::Fails { step, .. } if step.contains("build of") => "no | – | – | –".to_owned(),
            Outcome::Works { promised, saved } => {
                format!("yes | yes | {} | {}", bytes(*promised), bytes(*saved))
            }
            _ => "yes | no | – | –".to_owned(),
        };
        text += &format!("| {case} | {confidence} | {rest} |\n");
    }
    if !merged.is_empty() {
        let works = merged.iter().filter(|row| matches!(row.outcome, Outcome::Works { .. })).count();
        text += &format!("\nTogether with fixes of other rules: {works} of {} builds work.\n", merged.len());
    }
    text + "\n"
}

fn contents() -> String {
    let row = |rule: &Rule| {
        format!("| [`{}`]({}.md) | {} |\n", rule.id, rule.id, Language::English.rule(rule.id).title)
    };
    let rows: String = RULES.iter().map(row).collect();
    format!(
        "# Findings\n\nThe rules of `plimsoll findings`. Each page explains why a finding matters, how to fix it, and where the rule may be \
         wrong. `cargo xtask docs` writes the pages from the texts of the rules.\n\n\
         The saving of a finding is a set of files, so savings add up without counting anything twice. Findings of low confidence are \
         possibly intentional: look first.\n\n| rule | problem |\n|---|---|\n{rows}"
    )
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::Limit;

    use super::*;

    #[test]
    fn every_limit_is_documented_as_it_is() {
        let page = fs::read_to_string(limits_page()).unwrap();
        let hint = "docs/hostile-input.md is not up to date: run `cargo xtask docs`";
        assert_eq!(page, with_table(&page).unwrap(), "{hint}");
        for limit in Limit::ALL {
            assert!(page.contains(&format!("\n| `--limit-{}` |", limit.name())), "{}", limit.name());
        }
    }

    #[test]
    fn a_page_shows_the_cases_of_its_fix() {
        let row = |build, rules: &[&str], outcome| Row {
            case: "a".into(),
            build,
            rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
            confidence: Some("high".into()),
            outcome,
            since: None,
        };
        let works = Outcome::Works { promised: 2_000_000, saved: 1_990_000 };
        let fails = Outcome::Fails { step: "probe of bytecode".into(), partly: None };
        let refused = Outcome::Refused { reason: "x".into() };
        let rows = vec![
            row(Built::One, &["locales"], works.clone()),
            row(Built::One, &["bytecode"], fails),
            row(Built::All, &["bytecode", "locales"], works),
            row(Built::One, &["secrets"], refused),
        ];
        let results = Results::from([("a".to_owned(), rows)]);
        let text = proof("locales", &results);
        let shown = |bytes| Language::English.bytes(Bytes(bytes));
        let (promised, saved) = (shown(2_000_000), shown(1_990_000));
        let line = format!("| [`a`](../../tests/fixes/a) | high | yes | yes | {promised} | {saved} |");
        assert!(text.contains(&line), "{text}");
        assert!(text.contains("other rules: 1 of 1 builds work"), "{text}");
        assert!(proof("bytecode", &results).contains("| high | yes | no | – | – |"));
        assert_eq!(proof("secrets", &results), "");
    }

    #[test]
    fn the_pages_are_up_to_date() {
        let results = row::read(&row::tracked()).unwrap();
        for (name, text) in pages(&results) {
            let written = fs::read_to_string(directory().join(&name)).unwrap_or_default();
            assert_eq!(written, text, "docs/findings/{name} is not up to date: run `cargo xtask docs`");
        }
        assert_eq!(fs::read_dir(directory()).unwrap().count(), pages(&results).len());
    }
}
