//! The catalogers: each knows one kind of file.
//!
//! To add one:
//! 1. Write its file here: a `CATALOGER` that wants files by their path, and reads them into [`Catalog`](super::facts::Catalog).
//! 2. Add it to `CATALOGERS`; a new ecosystem also to `plimsoll_snapshot::Ecosystem` (its `ALL`, `name` and `is_system`).
//! 3. If packages of that ecosystem need each other, add its rules to `analysis/src/packages/requirements.rs`, and its
//!    type of package URL to `purl.rs`.
//! 4. Give its paths to the fuzzer (`fuzz/src/catalog.rs`), and describe it in `docs/packages.md`.
//! 5. Test it beside the code with `catalog::testing::catalogue`, which shows a layer of files to every cataloger.

mod apk;
mod assemblies;
mod binaries;
mod bitnami;
mod chisel;
mod composer;
mod conan;
mod conda;
mod dart;
mod dotnet;
mod dpkg;
mod gem;
mod haskell;
mod homebrew;
mod imports;
mod java;
mod julia;
mod kernel;
mod leads;
mod lua;
mod manifests;
mod mentions;
mod npm;
mod ocaml;
mod otp;
mod pacman;
mod pecl;
mod perl;
mod portage;
mod programs;
mod prolog;
mod python;
mod r;
mod rpm;
mod runtimes;
mod secrets;
mod snap;
mod terraform;
mod wordpress;
mod yarn;

use super::cataloger::Cataloger;

/// Every cataloger: the package managers of operating systems, then of languages, then the rest.
pub(super) const CATALOGERS: &[Cataloger] = &[
    dpkg::CATALOGER,
    chisel::CATALOGER,
    apk::CATALOGER,
    rpm::CATALOGER,
    pacman::CATALOGER,
    portage::CATALOGER,
    homebrew::CATALOGER,
    snap::CATALOGER,
    bitnami::CATALOGER,
    conda::CATALOGER,
    python::CATALOGER,
    npm::CATALOGER,
    yarn::CATALOGER,
    gem::CATALOGER,
    java::CATALOGER,
    dotnet::CATALOGER,
    composer::CATALOGER,
    pecl::CATALOGER,
    r::CATALOGER,
    perl::CATALOGER,
    lua::CATALOGER,
    otp::CATALOGER,
    julia::CATALOGER,
    dart::CATALOGER,
    conan::CATALOGER,
    haskell::CATALOGER,
    ocaml::CATALOGER,
    prolog::CATALOGER,
    wordpress::CATALOGER,
    terraform::CATALOGER,
    kernel::CATALOGER,
    binaries::CATALOGER,
    programs::CATALOGER,
    runtimes::CATALOGER,
    // After the lists of packages: it only adds what none of them has.
    assemblies::CATALOGER,
    imports::CATALOGER,
    mentions::CATALOGER,
    manifests::CATALOGER,
    leads::CATALOGER,
    secrets::CATALOGER,
];

/// The names of all catalogers, as warnings give them.
pub fn catalogers() -> impl Iterator<Item = &'static str> {
    CATALOGERS.iter().map(|cataloger| cataloger.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cataloger_is_listed() {
        let ids: Vec<_> = CATALOGERS.iter().map(|cataloger| cataloger.id).collect();
        let modules =
            include_str!("mod.rs").lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
        let (mut modules, mut sorted): (Vec<_>, Vec<_>) = (modules.collect(), ids);
        modules.sort_unstable();
        sorted.sort_unstable();
        assert_eq!(sorted, modules);
    }
}
