//! The modules a Go binary is made of: the build information that the linker leaves in it (Go, `debug/buildinfo`).

use plimsoll_snapshot::{Ecosystem, Files, MetadataProblem, PackageFact};

use super::package::package;
use crate::catalog::facts::Catalog;

/// What the build information begins with.
pub(super) const MAGIC: &[u8] = b"\xff Go buildinf:";

/// What its offset is a multiple of.
pub(super) const ALIGNMENT: u64 = 16;

/// The longest build information that is read. That of Kubernetes, one of the largest, takes 40 kB.
pub(super) const LONGEST: u64 = 1 << 20;

/// Where the strings begin, since Go 1.18.
const STRINGS: usize = 32;
/// The flag that says that the strings follow. Older binaries have pointers to them.
const INLINE: u8 = 2;
/// What encloses the list of modules on either side.
const SENTINEL: usize = 16;

/// Reads build information, which begins with the magic.
pub(super) fn read(bytes: &[u8], entry: u32, catalog: &mut Catalog) {
    let Some(flags) = bytes.get(MAGIC.len() + 1) else { return };
    if flags & INLINE == 0 {
        return catalog.problem(entry, MetadataProblem::OldGo);
    }
    let Some((version, rest)) = bytes.get(STRINGS..).and_then(string) else {
        return catalog.problem(entry, MetadataProblem::InvalidGo);
    };
    let modules = match string(rest) {
        Some((modules, _)) => {
            modules.get(SENTINEL..modules.len().saturating_sub(SENTINEL)).unwrap_or_default()
        }
        None => return catalog.problem(entry, MetadataProblem::InvalidGo),
    };
    packages(&String::from_utf8_lossy(version), &String::from_utf8_lossy(modules), entry, catalog);
}

/// A string with its length in front (`encoding/binary`, `Uvarint`), and what follows it.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0_usize;
    for (index, &byte) in bytes.iter().enumerate().take(4) {
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return bytes[index + 1..].split_at_checked(length);
        }
    }
    None
}

/// The packages that the lines name (`runtime/debug`, `ParseBuildInfo`): the binary, the modules that are in it, and
/// the standard library.
fn packages(version: &str, modules: &str, entry: u32, catalog: &mut Catalog) {
    let package = |name: &str, version: &str, files| {
        let version = if version == "(devel)" { "" } else { version };
        package(entry, Ecosystem::Go, name, version, files)
    };
    let mut main = None;
    let mut program = None;
    let mut dependencies: Vec<PackageFact> = Vec::new();
    for line in modules.lines() {
        let mut fields = line.split('\t');
        let (key, name, version) =
            (fields.next(), fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        match key {
            Some("path") => program = Some(name),
            Some("mod") => main = Some(package(name, version, Files::Itself)),
            Some("dep") if !name.is_empty() => dependencies.push(package(name, version, Files::Unknown)),
            // The module above was replaced by this one.
            Some("=>") => {
                if let Some(last) = dependencies.last_mut().filter(|_| !name.is_empty()) {
                    *last = package(name, version, Files::Unknown);
                }
            }
            _ => {}
        }
    }
    let program = program.filter(|program| !program.is_empty());
    catalog.packages.extend(main.or_else(|| Some(package(program?, "", Files::Itself))));
    catalog.packages.extend(dependencies);
    let toolchain = version.split(' ').next().unwrap_or_default();
    catalog.packages.push(package(
        "stdlib",
        toolchain.strip_prefix("go").unwrap_or(toolchain),
        Files::Unknown,
    ));
}
