//! What is made of the files of all targets: checksums, notes and installers.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::error::Result;
use crate::workspace::root;

use super::archive::sha256;
use super::release::{VERSION, directory};
use super::tables::TARGETS;
use super::{image, installers};

/// The list of checksums, which every other file is in.
const SUMS: &str = "SHA256SUMS";

/// Writes the notes, the installers and the checksums. With `complete`, every target has to be there.
pub(super) fn write(complete: bool, repository: Option<&str>) -> Result {
    if complete {
        let names = TARGETS.iter().map(super::tables::Target::archive).chain([image::name()]);
        let missing: Vec<String> = names.filter(|name| !directory().join(name).is_file()).collect();
        if !missing.is_empty() {
            return Err(format!("`{}` lacks {}", directory().display(), missing.join(", ")).into());
        }
    }
    let notes = notes(&fs::read_to_string(root().join("CHANGELOG.md"))?, VERSION)?;
    fs::write(directory().join("NOTES.md"), notes)?;
    if let Some(repository) = repository {
        installers::write(repository)?;
    } else {
        println!("  skipped: the installers, because no `--repository` is given");
    }
    let mut sums = String::new();
    for file in files()? {
        let name = file.file_name().ok_or("a file without a name")?.to_string_lossy().into_owned();
        if name != SUMS {
            writeln!(sums, "{}  {name}", sha256(&fs::read(&file)?))?;
        }
    }
    Ok(fs::write(directory().join(SUMS), sums)?)
}

/// Every file of the release, sorted.
pub(super) fn files() -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory())? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// The section of a version in the changelog.
fn notes(changelog: &str, version: &str) -> Result<String> {
    let start = format!("\n## {version} ");
    let (_, rest) = changelog
        .split_once(&start)
        .ok_or_else(|| format!("CHANGELOG.md has no section `## {version} (date)`"))?;
    let body = rest.split_once('\n').map_or("", |(_, body)| body);
    Ok(body.split("\n## ").next().unwrap_or_default().trim().to_owned() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_one_section() {
        let text = "# Changelog\n\n## 0.2.0 (unreleased)\n\n### A\n\n- b\n\n## 0.1.0 (2026)\n\n- c\n";
        assert_eq!(notes(text, "0.2.0").unwrap(), "### A\n\n- b\n");
        assert_eq!(notes(text, "0.1.0").unwrap(), "- c\n");
        assert!(notes(text, "0.2").unwrap_err().to_string().contains("`## 0.2 (date)`"));
    }

    #[test]
    fn the_changelog_has_the_version_of_the_workspace() {
        notes(&fs::read_to_string(root().join("CHANGELOG.md")).unwrap(), VERSION).unwrap();
    }
}
