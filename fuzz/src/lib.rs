//! What the fuzzer runs: one harness a kind of input, each a function of bytes that panics where something is wrong.
//!
//! A harness asserts more than that nothing panics: what is read twice is the same, what is written is read again,
//! parts sum to their whole. `docs/fuzzing.md` lists them. The same functions run over the committed seeds as
//! ordinary tests.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_snapshot::{Limit, ReadLimits};

pub mod archive;
pub mod catalog;
mod checks;
pub mod dockerfile;
pub mod documents;
pub mod image;
pub mod layer;
pub mod memory;
pub mod snapshot;
mod tarball;
pub mod targets;
pub mod zstd;

pub use tarball::{Member, members, mend};

/// A harness: it panics if the library did wrong.
pub type Harness = fn(&[u8]);

/// Every harness, by the name of its target.
pub const HARNESSES: &[(&str, Harness)] = &[
    ("archive", archive::run),
    ("layer", layer::run),
    ("documents", documents::run),
    ("snapshot", snapshot::run),
    ("system_packages", catalog::system_packages),
    ("rpm", catalog::rpm),
    ("language_packages", catalog::language_packages),
    ("java", catalog::java),
    ("binaries", catalog::binaries),
    ("imports", catalog::imports),
    ("secrets", catalog::secrets),
    ("memory", memory::run),
    ("compose", memory::compose),
    ("dockerfile", dockerfile::run),
    ("targets", targets::run),
    ("image", image::run),
    ("zstd", zstd::run),
];

/// The places that the files of a cataloger's target are put at: the first byte of an input chooses one.
#[must_use]
pub fn places(target: &str) -> &'static [&'static str] {
    catalog::places(target)
}

/// Runs one input.
///
/// # Panics
/// If there is no such target, or the library did wrong.
pub fn run(target: &str, data: &[u8]) {
    let (_, harness) = HARNESSES.iter().find(|(name, _)| *name == target).expect("the target has a harness");
    harness(data);
}

/// The files of a directory, in order; or the file itself.
///
/// # Errors
/// If it cannot be listed.
pub fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files: Vec<_> =
        fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.sort();
    Ok(files)
}

/// Bounds that small inputs reach.
pub(crate) fn limits() -> ReadLimits {
    ReadLimits::default()
        .with(Limit::Entries, 3000)
        .with(Limit::NameBytes, 256 << 10)
        .with(Limit::HeaderBytes, 32 << 10)
        .with(Limit::DocumentBytes, 64 << 10)
        .with(Limit::Layers, 20)
        .with(Limit::MetadataBytes, 512 << 10)
        .with(Limit::MetadataFiles, 100)
        .with(Limit::MetadataTotalBytes, 1 << 20)
        .with(Limit::IndexDepth, 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Committed seeds, and inputs that once broke something.
    #[test]
    fn every_seed_and_every_input_of_before_is_fine() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for (target, harness) in HARNESSES {
            let seeds = files(&root.join("seeds").join(target)).expect("it has seeds");
            // Not every target has been broken yet.
            let broken = files(&root.join("regressions").join(target)).unwrap_or_default();
            assert!(!seeds.is_empty(), "{target} has no seeds");
            for file in seeds.into_iter().chain(broken) {
                eprintln!("{}", file.display());
                harness(&fs::read(&file).expect("it can be read"));
            }
        }
    }

    #[test]
    fn every_harness_has_a_target() {
        let targets =
            files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets")).expect("it is there");
        let mut names: Vec<_> = HARNESSES.iter().map(|(name, _)| format!("{name}.rs")).collect();
        names.sort();
        let targets: Vec<_> =
            targets.iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
        assert_eq!(targets, names);
    }

    #[test]
    fn harnesses_take_anything() {
        for (_, harness) in HARNESSES {
            for data in [&b""[..], b"\0", b"\x01{", &[0xff; 600], &[0; 1024]] {
                harness(data);
            }
        }
    }
}
