//! The crates a Rust binary is made of: as cargo-auditable lists them, or else as the places of panics name them.

use std::collections::BTreeSet;
use std::io::Read as _;

use plimsoll_snapshot::{Ecosystem, Files, MetadataFault, MetadataProblem, PackageFact, Requirement};
use serde::Deserialize;

use super::package::package;
use crate::catalog::facts::Catalog;

/// The section in which cargo-auditable keeps its list (cargo-auditable, PARSING.md).
pub(super) const SECTION: &[u8] = b".dep-v0";

/// What the sources of crates have in their path: `…/registry/src/HOST/NAME-VERSION/src/lib.rs` by Cargo,
/// `/usr/share/cargo/registry/NAME-VERSION/src/lib.rs` by Debian.
pub(super) const SOURCE: &[u8] = b"/registry/";

/// How much of a path is looked at.
pub(super) const LONGEST_SOURCE: usize = 320;

/// The most crates that are listed of one binary.
pub(super) const MOST_CRATES: usize = 10_000;

/// The most requirements that are listed of one binary.
const MOST_REQUIREMENTS: usize = 100_000;

/// The longest list that is read; uncompressed.
const LONGEST_LIST: u64 = 8 << 20;

/// A name and a version.
pub(super) type Crate = (String, String);

/// The crate that a path belongs to which begins with [`SOURCE`].
pub(super) fn crate_of_source(path: &[u8]) -> Option<Crate> {
    let mut parts = path.strip_prefix(SOURCE)?.split(|&byte| byte == b'/');
    let first = parts.next()?;
    let directory = if first == b"src" { parts.nth(1)? } else { first };
    // What follows is inside the crate, or this is no directory; or it is cut.
    parts.next()?;
    let directory = std::str::from_utf8(directory).ok()?;
    let (at, _) = directory.match_indices('-').find(|(at, _)| is_version(&directory[at + 1..]))?;
    let name = &directory[..at];
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (!name.is_empty() && name.bytes().all(is_name)).then(|| (name.to_owned(), directory[at + 1..].to_owned()))
}

/// `1.2.3`, `1.2.3-beta.1`, `1.2.3+build`.
fn is_version(text: &str) -> bool {
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let mut numbers = 0;
    let is_plain = text[..end].split('.').all(|number| {
        numbers += 1;
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b".-+".contains(&byte);
    is_plain && numbers == 3 && text[end..].bytes().all(is_word)
}

/// Lists the crates whose sources were found. There may be more: one that cannot panic leaves no trace.
pub(super) fn found(crates: BTreeSet<Crate>, entry: u32, catalog: &mut Catalog) {
    catalog.packages.extend(crates.into_iter().map(|(name, version)| inside(entry, &name, &version)));
}

fn inside(entry: u32, name: &str, version: &str) -> PackageFact {
    package(entry, Ecosystem::Rust, name, version, Files::Unknown)
}

/// Reads the list of cargo-auditable: JSON, compressed by zlib.
pub(super) fn read(list: Option<&[u8]>, entry: u32, catalog: &mut Catalog) {
    let Some(list) = list else {
        return catalog.problem(entry, MetadataProblem::CratesNotKept);
    };
    let mut json = Vec::new();
    let inflated = flate2::read::ZlibDecoder::new(list).take(LONGEST_LIST).read_to_end(&mut json);
    if let Err(error) = inflated {
        return catalog.problem(entry, MetadataFault::from(MetadataProblem::InvalidCrates).because(error));
    }
    match serde_json::from_slice::<List>(&json) {
        Ok(list) => packages(&list, entry, catalog),
        Err(error) => {
            catalog.problem(entry, MetadataFault::from(MetadataProblem::InvalidCrates).because(error));
        }
    }
}

#[derive(Deserialize)]
struct List {
    packages: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    version: String,
    /// `build` where it only ran while the binary was built.
    #[serde(default)]
    kind: Option<String>,
    /// Indices into the list.
    #[serde(default)]
    dependencies: Vec<usize>,
    /// Whether it is the binary itself.
    #[serde(default)]
    root: bool,
}

impl Listed {
    /// Names longer than that are none.
    const LONGEST_NAME: usize = 256;

    fn is_inside(&self) -> bool {
        self.kind.as_deref() != Some("build") && self.name.len().max(self.version.len()) <= Self::LONGEST_NAME
    }
}

fn packages(list: &List, entry: u32, catalog: &mut Catalog) {
    let listed = &list.packages;
    let mut left = MOST_REQUIREMENTS;
    for package in listed.iter().filter(|package| package.is_inside()).take(MOST_CRATES) {
        let mut fact = inside(entry, &package.name, &package.version);
        if package.root {
            fact.files = Files::Itself;
        }
        let needed = package.dependencies.iter().filter_map(|&index| listed.get(index));
        for needed in needed.filter(|needed| needed.is_inside()).take(left) {
            fact.requires.push(Requirement { any_of: vec![needed.name.clone()], ..Requirement::default() });
        }
        left -= fact.requires.len();
        catalog.packages.push(fact);
    }
}
