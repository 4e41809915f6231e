//! `cargo xtask docs`: the pages of the rules, written from the rules themselves.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use plimsoll_analysis::findings::{Check, RULES, Rule};

use crate::error::Result;
use crate::workspace::root;

/// Writes `docs/findings`, and removes the pages of rules that are no more.
pub(crate) fn run() -> Result {
    let directory = directory();
    fs::create_dir_all(&directory)?;
    let pages = pages();
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
    Ok(())
}

fn directory() -> PathBuf {
    root().join("docs/findings")
}

/// Every page by the name of its file.
fn pages() -> BTreeMap<String, String> {
    let mut pages: BTreeMap<String, String> =
        RULES.iter().map(|rule| (format!("{}.md", rule.id), page(rule))).collect();
    pages.insert("README.md".to_owned(), contents());
    pages
}

fn page(rule: &Rule) -> String {
    let looks_at = match rule.check {
        Check::Image(_) => "one image",
        Check::Stack(_) => "all services of a snapshot together",
    };
    let source = format!("../../crates/analysis/src/findings/{}.rs", rule.id.replace('-', "_"));
    format!(
        "# {}\n\n`{}` · looks at {looks_at} · [source]({source})\n\n\
         ## Why it matters\n\n{}\n\n## How to mend it\n\n{}\n\n## Limits\n\n{}\n\n\
         `plimsoll findings --rule {} SOURCE` shows it alone.\n",
        rule.title, rule.id, rule.why, rule.how, rule.limits, rule.id
    )
}

fn contents() -> String {
    let rows: String =
        RULES.iter().map(|rule| format!("| [`{}`]({}.md) | {} |\n", rule.id, rule.id, rule.title)).collect();
    format!(
        "# Findings\n\nWhat `plimsoll findings` looks for. Each page says why it matters, how it is mended, and where the rule may be \
         wrong. The pages are written by `cargo xtask docs` from the rules themselves.\n\n\
         What a finding saves is a set of files, so savings add up without counting anything twice. Findings of low confidence may well \
         be meant so: look first.\n\n| rule | what is wrong |\n|---|---|\n{rows}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pages_are_up_to_date() {
        for (name, text) in pages() {
            let written = fs::read_to_string(directory().join(&name)).unwrap_or_default();
            assert_eq!(written, text, "docs/findings/{name} is not up to date: run `cargo xtask docs`");
        }
        assert_eq!(fs::read_dir(directory()).unwrap().count(), pages().len());
    }
}
