//! `cargo xtask site`: the documents as a website that works from disk, with a search, and without broken links.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::error::Result;
use crate::step::{run as start, step};
use crate::tools;
use crate::workspace::{root, target};

/// Documents that lie beside the directory of documents, because people and hosts look for them there.
const OUTSIDE: [&str; 3] = ["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];

/// Writes `target/site`.
pub(crate) fn run() -> Result {
    let path = tools::ensure_python(&tools::SITE)?;
    let work = target().join("site-source");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    let pages = pages()?;
    for (name, bytes) in &pages {
        let file = work.join("pages").join(name);
        fs::create_dir_all(file.parent().ok_or("a page without a directory")?)?;
        fs::write(file, bytes)?;
    }
    let contents = fs::read_to_string(root().join("docs/README.md"))?;
    // Every JSON document is a YAML document.
    fs::write(work.join("mkdocs.yml"), serde_json::to_string_pretty(&config(&contents))?)?;
    step("site", || {
        start(
            Command::new("mkdocs")
                .args(["build", "--quiet", "--strict", "--clean", "--site-dir"])
                .arg(target().join("site"))
                .arg("--config-file")
                .arg(work.join("mkdocs.yml"))
                .env("PATH", &path)
                // The theme advertises its successor.
                .env("NO_MKDOCS_2_WARNING", "1"),
        )
    })?;
    step("links", || check_links(&path))?;
    println!("  {}", target().join("site/index.html").display());
    Ok(())
}

/// Checks the links between all documents of the repository, without a network.
fn check_links(path: &std::ffi::OsStr) -> Result {
    let documents = crate::step::output(Command::new("git").args(["ls-files", "*.md"]).current_dir(root()))
        .ok_or("`git ls-files` gives nothing")?;
    let is_ours = |name: &&str| !["tests/", "fuzz/"].iter().any(|start| name.starts_with(start));
    start(
        Command::new("lychee")
            .args(["--offline", "--no-progress", "--include-fragments"])
            .args(documents.lines().filter(is_ours))
            .current_dir(root())
            .env("PATH", path),
    )
}

fn config(contents: &str) -> Value {
    json!({
        "site_name": "Plimsoll",
        "docs_dir": "pages",
        "use_directory_urls": false,
        "nav": navigation(contents),
        // `offline` loads the index of the search as a script, which a page from disk may.
        "plugins": ["search", "offline"],
        "theme": {
            "name": "material",
            "font": false,
            "features": ["navigation.indexes", "search.highlight", "content.code.copy"],
            "palette": [
                {"media": "(prefers-color-scheme: light)", "scheme": "default", "primary": "teal"},
                {"media": "(prefers-color-scheme: dark)", "scheme": "slate", "primary": "teal"},
            ],
        },
        "markdown_extensions": ["tables", "pymdownx.highlight", "pymdownx.superfences", {"toc": {"permalink": true}}],
        "validation": {"links": {"anchors": "warn"}},
    })
}

/// The navigation: the headings of the contents list, and the documents that its items name first.
fn navigation(contents: &str) -> Vec<Value> {
    let mut sections = vec![json!({"Contents": "README.md"})];
    let mut open: Option<(String, Vec<Value>)> = None;
    let mut close = |section: Option<(String, Vec<Value>)>| {
        if let Some((heading, pages)) = section {
            sections.push(Value::Object([(heading, Value::Array(pages))].into_iter().collect()));
        }
    };
    for line in contents.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            close(open.replace((heading.to_owned(), Vec::new())));
        } else if let (Some((_, pages)), true) = (&mut open, line.starts_with("- ")) {
            for (title, link) in links(line) {
                let title = title.replace('`', "");
                let page = link.strip_prefix("../").unwrap_or(link);
                pages.push(Value::Object([(title, Value::String(page.to_owned()))].into_iter().collect()));
            }
        }
    }
    close(open);
    sections
}

/// The links of a line: text and address.
fn links(line: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("](") {
        let (Some(text), Some((address, after))) = (before.rsplit('[').next(), after.split_once(')')) else {
            break;
        };
        found.push((text, address));
        rest = after;
    }
    found
}

/// Every file of the site by its place.
fn pages() -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    add(&root().join("docs"), Path::new(""), &mut files)?;
    for name in OUTSIDE {
        let text = fs::read_to_string(root().join(name))?;
        files.insert(PathBuf::from(name), with_links(&text, Path::new(""), Path::new("..")).into_bytes());
    }
    Ok(files)
}

fn add(directory: &Path, place: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let place = place.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            add(&entry.path(), &place, files)?;
        } else if place.extension().is_some_and(|ending| ending == "md") {
            let text = fs::read_to_string(entry.path())?;
            let directory = place.parent().unwrap_or(Path::new(""));
            files.insert(place.clone(), with_links(&text, directory, directory).into_bytes());
        } else {
            files.insert(place, fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// A document with links that lead to pages of the site. Links to sources become their text: the site has none.
///
/// `page` is the directory of the page in the site, `source` that of its file, seen from `docs`.
fn with_links(text: &str, page: &Path, source: &Path) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](") {
        let Some((address, after)) = after.split_once(')') else { break };
        let text_at = before.rfind('[').unwrap_or(before.len());
        match in_site(address, page, source) {
            Some(address) => out.push_str(&format!("{before}]({address})")),
            // An image without a file has no text that is worth anything.
            None => out.push_str(&format!(
                "{}{}",
                &before[..text_at],
                before.get(text_at + 1..).unwrap_or_default()
            )),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Where a link leads in the site; nothing if it leads out of it.
fn in_site(address: &str, page: &Path, source: &Path) -> Option<String> {
    if address.starts_with('#') || address.contains("://") || address.starts_with("mailto:") {
        return Some(address.to_owned());
    }
    let (path, fragment) =
        address.split_once('#').map_or((address, String::new()), |(path, rest)| (path, format!("#{rest}")));
    // Seen from `docs`, without the steps that cancel each other.
    let mut place = PathBuf::new();
    for component in source.join(path).components() {
        match component {
            Component::ParentDir if place.file_name().is_some() => {
                place.pop();
            }
            Component::ParentDir => place.push(".."),
            component => place.push(component),
        }
    }
    // `..` is no name of a file, so it never cancels itself.
    let place = place.strip_prefix("../docs").unwrap_or(&place).to_owned();
    let place = match place.strip_prefix("..") {
        Ok(outside) if OUTSIDE.iter().any(|name| outside == Path::new(name)) => outside.to_owned(),
        Ok(_) => return None,
        Err(_) => place,
    };
    let up = "../".repeat(page.components().count());
    Some(format!("{up}{}{fragment}", place.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_pages_or_become_text() {
        let linked =
            |text: &str, page: &str, source: &str| with_links(text, Path::new(page), Path::new(source));
        assert_eq!(linked("[a](b.md#c) d", "", ""), "[a](b.md#c) d");
        assert_eq!(linked("[s](../SECURITY.md)", "", ""), "[s](SECURITY.md)");
        assert_eq!(linked("see [the code](../crates/x.rs).", "", ""), "see the code.");
        assert_eq!(
            linked("[s](../../crates/x.rs) [p](../packages.md)", "findings", "findings"),
            "s [p](../packages.md)"
        );
        assert_eq!(
            linked("[d](docs/memory.md) [w](https://a.example)", "", ".."),
            "[d](memory.md) [w](https://a.example)"
        );
        assert_eq!(linked("[l](LICENSE-MIT) a](", "", ".."), "l a](");
    }

    #[test]
    fn the_navigation_is_the_contents_list() {
        let contents = "# D\n\n## Look\n\n- [Sizes](sizes.md): a\n- JSON of [`a`](a.md), [b](../B.md)\n";
        assert_eq!(
            navigation(contents),
            [
                json!({"Contents": "README.md"}),
                json!({"Look": [{"Sizes": "sizes.md"}, {"a": "a.md"}, {"b": "B.md"}]})
            ]
        );
    }

    #[test]
    fn every_document_is_in_the_contents_list() {
        let contents = fs::read_to_string(root().join("docs/README.md")).unwrap();
        for entry in fs::read_dir(root().join("docs")).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") && name != "README.md" {
                assert!(contents.contains(&format!("({name})")), "docs/README.md does not list {name}");
            }
        }
    }
}
