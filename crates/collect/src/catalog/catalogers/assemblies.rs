//! Assemblies of .NET that no `*.deps.json` lists: the version that the resources of each state.
//!
//! The formats: Microsoft, "PE Format" (the section table and `.rsrc`) and "VS_VERSIONINFO" (names and values in UTF-16).

use std::collections::HashSet;

use plimsoll_snapshot::{Ecosystem, Entries, Files, PackageFact, path};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, Scan};
use crate::catalog::facts::Catalog;
use crate::catalog::passing::Window;
use crate::catalog::stated;

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "assemblies",
    wants: |file| file.size > HEADER && (has_ending(file.name, b".dll") || has_ending(file.name, b".exe")),
    read: Read::Pieces(|candidate| Box::new(Assembly::new(candidate))),
    complete,
};

fn has_ending(name: &[u8], ending: &[u8]) -> bool {
    name.len() > ending.len() && name[name.len() - ending.len()..].eq_ignore_ascii_case(ending)
}

/// How much is kept of the beginning, where the section table is.
const HEADER: u64 = 1024;

/// The most that is kept of the resources. Icons and texts may be large, versions come among the first or the last.
const RESOURCES: u64 = 1 << 20;

/// An assembly that passes by.
struct Assembly {
    name: Option<String>,
    head: Window,
    resources: Option<Window>,
    offset: u64,
}

impl Assembly {
    fn new(candidate: &Candidate<'_>) -> Self {
        let name = path::name(candidate.path);
        let stem = name.get(..name.len().saturating_sub(4)).and_then(stated::name_of_bytes);
        Self { name: stem.map(str::to_owned), head: Window::new(0, HEADER), resources: None, offset: 0 }
    }
}

impl Scan for Assembly {
    fn feed(&mut self, bytes: &[u8]) {
        self.head.feed(self.offset, bytes);
        if self.resources.is_none() && self.offset + bytes.len() as u64 >= HEADER {
            let (start, size) = resources(self.head.bytes()).unwrap_or_default();
            self.resources = Some(Window::new(start, start + size.min(RESOURCES)));
        }
        if let Some(resources) = &mut self.resources {
            resources.feed(self.offset, bytes);
        }
        self.offset += bytes.len() as u64;
    }

    fn finish(self: Box<Self>, entry: u32, catalog: &mut Catalog) {
        let (Some(name), Some(resources)) = (self.name, self.resources) else { return };
        let value = |key| value(resources.bytes(), key);
        let Some(version) = value("ProductVersion").or_else(|| value("FileVersion")) else { return };
        // `8.0.1+hash` says what it was built of.
        let version = version.split(['+', ' ', ',']).next().unwrap_or_default().to_owned();
        catalog.notes::<Assemblies>().0.push(PackageFact {
            version,
            files: Files::Itself,
            ..PackageFact::new(entry, Ecosystem::Dotnet, name)
        });
    }
}

/// Where the resources of an assembly lie in the file; `None` if it is no assembly, but a program of another kind.
fn resources(head: &[u8]) -> Option<(u64, u64)> {
    let number = |at: usize, width: usize| {
        let bytes = head.get(at..at.checked_add(width)?)?;
        Some(bytes.iter().rev().fold(0_u64, |number, &byte| number << 8 | u64::from(byte)))
    };
    let index = |number: u64| usize::try_from(number).ok();
    (head.get(..2)? == b"MZ").then_some(())?;
    let pe = index(number(0x3c, 4)?)?;
    (head.get(pe..pe.checked_add(4)?)? == b"PE\0\0").then_some(())?;
    let (sections, optional) = (number(pe + 6, 2)?, index(number(pe + 20, 2)?)?);
    // The directories behind the optional header; the fifteenth is the header of .NET.
    let directories = pe + 24 + if number(pe + 24, 2)? == 0x20b { 112 } else { 96 };
    (number(directories + 14 * 8, 4)? != 0).then_some(())?;
    (0..sections.min(32)).find_map(|section| {
        let at = pe + 24 + optional + index(section)? * 40;
        (head.get(at..at + 5)? == b".rsrc").then(|| Some((number(at + 20, 4)?, number(at + 16, 4)?)))?
    })
}

/// The value of a text of the version resource: the key in UTF-16, zeros to a multiple of four, the value.
fn value(resources: &[u8], key: &str) -> Option<String> {
    let key: Vec<u8> = key.encode_utf16().flat_map(u16::to_le_bytes).chain([0, 0]).collect();
    let at = memchr::memmem::find(resources, &key)? + key.len();
    let units = resources[at..].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let text = units.skip_while(|unit| *unit == 0).take_while(|unit| *unit != 0).take(stated::MAX_WORDS + 1);
    let text: String =
        char::decode_utf16(text).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    stated::stated(&text).map(str::to_owned)
}

/// The assemblies of a layer.
#[derive(Default)]
struct Assemblies(Vec<PackageFact>);

/// Adds the assemblies that are not files of a package.
fn complete(catalog: &mut Catalog, _: &Entries) {
    let Assemblies(mut assemblies) = catalog.take_notes();
    let (packages, files) = catalog.packages_and_files();
    let mut listed: HashSet<&[u8]> = HashSet::new();
    for package in packages.iter().filter(|package| package.ecosystem == Ecosystem::Dotnet) {
        if let Files::Below(paths) = &package.files {
            listed.extend(paths.iter());
        }
    }
    let is_listed = |package: &PackageFact| {
        let file = files[package.entry as usize].as_slice();
        // Texts in other languages, `de/X.resources.dll`, belong to the assembly.
        listed.contains(file) || listed.contains(path::parent(file)) || package.name.ends_with(".resources")
    };
    assemblies.retain(|package| !is_listed(package));
    packages.append(&mut assemblies);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{catalogue, labels};

    /// An assembly with this version.
    fn made(version: &str, is_assembly: bool) -> Vec<u8> {
        let mut file = vec![0; 2048];
        file[..2].copy_from_slice(b"MZ");
        file[0x3c] = 0x80;
        file[0x80..0x84].copy_from_slice(b"PE\0\0");
        (file[0x86], file[0x94]) = (1, 0xe0);
        file[0x98..0x9a].copy_from_slice(&0x10b_u16.to_le_bytes());
        file[0x98 + 96 + 14 * 8] = u8::from(is_assembly);
        let section = 0x98 + 0xe0;
        file[section..section + 5].copy_from_slice(b".rsrc");
        file[section + 16..section + 20].copy_from_slice(&512_u32.to_le_bytes());
        file[section + 20..section + 24].copy_from_slice(&1100_u32.to_le_bytes());
        let text = format!("\0FileVersion\0\0{version}\0");
        let text: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        file[1200..1200 + text.len()].copy_from_slice(&text);
        file
    }

    #[test]
    fn assemblies_state_their_version() {
        let (json, native) = (made("13.0.3+abc", true), made("1.0", false));
        let (facts, warnings) = catalogue([
            ("usr/lib/cli/Json/Newtonsoft.Json.dll", &json[..]),
            ("usr/lib/cli/Json/de/Newtonsoft.Json.resources.dll", &json),
            ("usr/lib/native.dll", &native),
        ]);
        assert_eq!((labels(&facts), warnings), (vec!["Newtonsoft.Json 13.0.3".to_owned()], vec![]));
        assert_eq!(facts.packages[0].files, Files::Itself);
    }

    #[test]
    fn files_of_a_package_are_no_packages() {
        let json = made("13.0.3", true);
        let document = br#"{"targets": {"t": {"Json/13.0.3": {"runtime": {"lib/Json.dll": {}}}}}, "libraries": {"Json/13.0.3": {"type": "package"}}}"#;
        let (facts, _) =
            catalogue([("app/Json.dll", &json[..]), ("app/Own.dll", &json), ("app/a.deps.json", document)]);
        assert_eq!(labels(&facts), ["Own 13.0.3", "Json 13.0.3"]);
    }

    #[test]
    fn damage_is_no_assembly() {
        let whole = made("1.0", true);
        for at in 0..0x1a0 {
            for byte in [0, 0x7f, 0xff] {
                let mut changed = whole.clone();
                changed[at] = byte;
                catalogue([("x.dll", &changed[..])]);
            }
        }
        assert_eq!(labels(&catalogue([("x.dll", &whole[..1100])]).0), [""; 0]);
    }
}
