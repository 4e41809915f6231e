//! What the files of a layer say: each cataloger knows one kind of file, and reads it while the layer passes by.
//!
//! A cataloger is a file here and a line in [`CATALOGERS`]. It says which files it wants by their path, and reads them
//! into [`Catalog`]. What it cannot read becomes a warning that names the file and the place in it; the rest counts.

mod apk;
mod assemblies;
mod binaries;
mod bitnami;
mod chisel;
mod claims;
mod composer;
mod conan;
mod conda;
mod dart;
mod deb822;
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
mod linked;
mod lua;
mod manifests;
mod nix;
mod npm;
mod ocaml;
mod otp;
mod pacman;
mod passing;
mod pecl;
mod pep508;
mod perl;
mod portage;
mod programs;
mod prolog;
mod python;
mod r;
mod room;
mod rpm;
mod runtimes;
mod secrets;
mod snap;
mod stated;
mod terms;
mod terraform;
mod wordpress;
mod yarn;

use std::borrow::Cow;

use plimsoll_snapshot::{
    BinaryFact, DiffId, DiversionFact, Ecosystem, Entries, Facts, FileListFact, Files, ImportFact, LeadFact,
    Order as _, PackageFact, SecretFact, SelectionFact, Warning, path,
};

pub(crate) use claims::{listed, resolve};

use crate::limits::Limits;
use crate::redact;

/// Every cataloger: the package managers of operating systems, then of languages, then the rest.
const CATALOGERS: &[Cataloger] = &[
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
    assemblies::CATALOGER,
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
    imports::CATALOGER,
    manifests::CATALOGER,
    leads::CATALOGER,
    secrets::CATALOGER,
    // One a line.
];

/// The names of all catalogers, as warnings give them.
pub fn catalogers() -> impl Iterator<Item = &'static str> {
    CATALOGERS.iter().map(|cataloger| cataloger.id)
}

/// Knows one kind of file.
pub(crate) struct Cataloger {
    /// Its name, as warnings give it.
    pub(crate) id: &'static str,
    /// Whether it wants a file. It is asked for every file of every layer: the cheapest test comes first.
    pub(crate) wants: fn(&Candidate<'_>) -> bool,
    /// How it reads the file.
    pub(crate) read: Read,
}

/// How a cataloger reads a file.
pub(crate) enum Read {
    /// As a whole. Files beyond [`Limits::metadata_bytes`] are left unread, with a warning.
    Whole(ReadWhole),
    /// In pieces, however large it is.
    Pieces(fn(&Candidate<'_>) -> Box<dyn Scan>),
}

/// Reads a file as a whole.
pub(crate) type ReadWhole = fn(&SourceFile<'_>, &mut Catalog);

/// A file before it is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    /// Where it lies, without a leading slash.
    pub(crate) path: &'a [u8],
    /// The last component of the path.
    pub(crate) name: &'a [u8],
    /// How large it is.
    pub(crate) size: u64,
    /// Its permission bits.
    pub(crate) mode: u32,
}

/// A file that was read as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SourceFile<'a> {
    /// Where it lies, without a leading slash.
    pub(crate) path: &'a [u8],
    /// What is in it.
    pub(crate) bytes: &'a [u8],
    /// What facts call it.
    pub(crate) entry: u32,
}

impl<'a> SourceFile<'a> {
    /// The content as text; what is not UTF-8 is replaced.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.bytes)
    }

    /// The directory it lies in.
    pub(crate) fn directory(&self) -> &'a [u8] {
        path::parent(self.path)
    }
}

/// Reads a file that passes by in pieces.
pub(crate) trait Scan {
    /// The next piece.
    fn feed(&mut self, bytes: &[u8]);
    /// The end of the file. `entry` is what facts call it.
    fn finish(self: Box<Self>, entry: u32, catalog: &mut Catalog);
}

/// What was found so far. Facts are pushed by the catalogers, with the `entry` they were given.
#[derive(Default)]
pub(crate) struct Catalog {
    pub(crate) packages: Vec<PackageFact>,
    pub(crate) file_lists: Vec<FileListFact>,
    pub(crate) selections: Vec<SelectionFact>,
    pub(crate) imports: Vec<ImportFact>,
    pub(crate) binaries: Vec<BinaryFact>,
    pub(crate) secrets: Vec<SecretFact>,
    pub(crate) diversions: Vec<DiversionFact>,
    pub(crate) leads: Vec<LeadFact>,
    /// What is told of packages in files of its own, until all of a layer is there.
    dpkg: dpkg::Beside,
    python: python::Beside,
    licenses: portage::Licenses,
    perl: perl::Versions,
    rocks: lua::Manifests,
    sightings: Vec<runtimes::Sighting>,
    assemblies: Vec<PackageFact>,
    /// The files that were read. Until the entries are in order, facts call a file by its index here.
    files: Vec<Vec<u8>>,
    /// What is wrong with which file.
    problems: Vec<(u32, String)>,
    read_bytes: u64,
    /// What links may give another name, and the links that wait for it.
    linked: linked::Linked,
    /// How many files came after the most that are read.
    left_out: u64,
    /// The cataloger that is reading.
    cataloger: &'static str,
}

/// The most problems that are noted of one file.
const MAX_PROBLEMS: usize = 20;

impl Catalog {
    /// Notes that a file, or a part of it, could not be read. `reason` names the place in the file.
    pub(crate) fn problem(&mut self, entry: u32, reason: impl Into<String>) {
        let known = self.problems.iter().rev().take_while(|(other, _)| *other == entry).count();
        match known.cmp(&MAX_PROBLEMS) {
            std::cmp::Ordering::Less => {
                let reason = redact::message(&reason.into());
                self.problems.push((entry, format!("{}: {reason}", self.cataloger)));
            }
            std::cmp::Ordering::Equal => self.problems.push((entry, "more of the kind".to_owned())),
            std::cmp::Ordering::Greater => {}
        }
    }

    /// Starts to read a file, if a cataloger wants it.
    pub(crate) fn start(&mut self, path: &[u8], size: u64, mode: u32, limits: &Limits) -> Option<Reading> {
        if limits.metadata_bytes == 0 {
            return None;
        }
        let candidate = Candidate { path, name: path::name(path), size, mode };
        let mut reading = Reading::default();
        for cataloger in CATALOGERS.iter().filter(|cataloger| (cataloger.wants)(&candidate)) {
            match cataloger.read {
                Read::Whole(read) => reading.whole.push((cataloger.id, read)),
                Read::Pieces(scan) => reading.scans.push((cataloger.id, scan(&candidate))),
            }
        }
        if reading.whole.is_empty() && reading.scans.is_empty() {
            // A link may give it a name that is wanted.
            return (size > 1).then_some(reading);
        }
        let is_full = self.packages.len() as u64 >= limits.packages && !reading.whole.is_empty();
        if is_full || self.files.len() as u64 >= limits.metadata_files {
            self.left_out += 1;
            return None;
        }
        let entry = u32::try_from(self.files.len()).ok()?;
        reading.entry = Some(entry);
        self.files.push(path.to_vec());
        if !reading.whole.is_empty() {
            let total = self.read_bytes.saturating_add(size);
            if size > limits.metadata_bytes || total > limits.metadata_total_bytes {
                self.cataloger = reading.whole[0].0;
                reading.whole.clear();
                self.problem(entry, format!("it was not read: its {size} bytes are too many"));
            } else {
                self.read_bytes = total;
                reading.bytes.reserve_exact(usize::try_from(size).unwrap_or(0));
            }
        }
        Some(reading)
    }

    /// Hands over the next piece of a file.
    pub(crate) fn feed(&self, reading: &mut Reading, path: &[u8], size: u64, bytes: &[u8]) {
        if reading.is_kept.is_none() {
            reading.is_kept = Some(self.linked.wants(path, size, bytes));
        }
        reading.feed(bytes);
    }

    /// Reads a file that has passed by.
    pub(crate) fn finish_file(&mut self, mut reading: Reading, path: &[u8], limits: &Limits) {
        if let Some(entry) = reading.entry {
            self.read(entry, &mut reading, limits);
        }
        if reading.is_kept == Some(true) {
            for link in self.linked.waited_for(path) {
                self.read_link(&link, &reading.bytes, limits);
            }
            self.linked.keep(path, reading.bytes);
        }
    }

    /// Reads a link to another file of the layer. Its content is read when it has passed by; until then it waits.
    pub(crate) fn link(&mut self, path: &[u8], mode: u32, target: &[u8], is_hard: bool, limits: &Limits) {
        if limits.metadata_bytes == 0 {
            return;
        }
        let target = if is_hard { self.linked.follow(path, target).to_vec() } else { target.to_vec() };
        // How large it is, is not known yet.
        let candidate = Candidate { path, name: path::name(path), size: 1, mode };
        let is_whole = |cataloger: &&Cataloger| matches!(cataloger.read, Read::Whole(_));
        if !CATALOGERS.iter().filter(is_whole).any(|cataloger| (cataloger.wants)(&candidate)) {
            return;
        }
        let link = linked::Link { path: path.to_vec(), mode, is_hard };
        match self.linked.content(&target) {
            Some(content) => self.read_link(&link, &content, limits),
            None => self.linked.wait(&target, link),
        }
    }

    fn read_link(&mut self, link: &linked::Link, content: &[u8], limits: &Limits) {
        let Some(mut reading) = self.start(&link.path, content.len() as u64, link.mode, limits) else {
            return;
        };
        // What is read in pieces was read under its other name.
        reading.scans.clear();
        if let Some(entry) = reading.entry {
            reading.feed(content);
            self.read(entry, &mut reading, limits);
        }
    }

    /// Reads what catalogers take from the names of links whose content is not at hand, and says so.
    fn read_left(&mut self, limits: &Limits) {
        for link in self.linked.left() {
            let Some(mut reading) = self.start(&link.path, 0, link.mode, limits) else { continue };
            reading.scans.clear();
            if let Some(entry) = reading.entry
                && let Some(&(cataloger, _)) = reading.whole.first()
            {
                self.cataloger = cataloger;
                self.problem(entry, "it is a link to a file that this layer does not have, and was not read");
                self.read(entry, &mut reading, limits);
            }
        }
    }

    fn read(&mut self, entry: u32, reading: &mut Reading, limits: &Limits) {
        let path = std::mem::take(&mut self.files[entry as usize]);
        let file = SourceFile { path: &path, bytes: &reading.bytes, entry };
        for (cataloger, read) in std::mem::take(&mut reading.whole) {
            self.cataloger = cataloger;
            read(&file, self);
        }
        for (cataloger, scan) in std::mem::take(&mut reading.scans) {
            self.cataloger = cataloger;
            scan.finish(entry, self);
        }
        self.files[entry as usize] = path;
        let most = usize::try_from(limits.packages).unwrap_or(usize::MAX);
        if self.packages.len() > most {
            self.packages.truncate(most);
            let reason = format!("the layer has more than {most} packages, and the rest is left out");
            self.problem(entry, reason);
        }
    }

    /// Joins what several files say of a package.
    fn complete(&mut self, entries: &Entries) {
        dpkg::complete(&mut self.file_lists, std::mem::take(&mut self.dpkg));
        python::complete(&mut self.packages, &mut self.python, entries);
        portage::complete(&mut self.packages, &self.licenses);
        perl::complete(&mut self.packages, &self.perl);
        lua::complete(&mut self.packages, &self.files, &self.rocks);
        let sightings = std::mem::take(&mut self.sightings);
        self.packages.append(&mut runtimes::complete(sightings, &self.files, entries));
        let assemblies = std::mem::take(&mut self.assemblies);
        self.packages.append(&mut assemblies::complete(assemblies, &self.packages, &self.files));
        for package in &mut self.packages {
            if is_guess(package.ecosystem)
                && let Files::Below(paths) = &mut package.files
            {
                *paths = paths.iter().filter(|path| claims::is_there(path, entries)).collect();
            }
        }
    }

    /// The facts, of the entries of the layer in their order.
    pub(crate) fn finish(
        mut self,
        layer: &DiffId,
        entries: &Entries,
        limits: &Limits,
        warnings: &mut Vec<Warning>,
    ) -> Facts {
        self.read_left(limits);
        let index =
            |path: &Vec<u8>| Some(u32::try_from(entries.find(path)?).expect("entries are counted by u32"));
        let mut places: Vec<Option<u32>> = self.files.iter().map(index).collect();
        // Of two files of the same path only the last is there.
        let mut last = std::collections::HashMap::new();
        for (file, place) in places.iter_mut().enumerate().rev() {
            if place.is_some_and(|entry| *last.entry(entry).or_insert(file) != file) {
                *place = None;
            }
        }
        if self.left_out > 0 {
            warnings.push(Warning::MetadataLeftOut { layer: layer.clone(), files: self.left_out });
        }
        for (file, reason) in &self.problems {
            warnings.push(Warning::UnreadableMetadata {
                layer: layer.clone(),
                path: path::escape(&self.files[*file as usize]).into_owned(),
                reason: reason.clone(),
            });
        }
        self.complete(entries);
        let lists = (self.file_lists.iter_mut().map(|fact| &mut fact.files))
            .chain(self.packages.iter_mut().filter_map(|package| claims::list_of(&mut package.files)));
        lists.for_each(|list| claims::find(list, entries));
        let mut facts = Facts {
            packages: placed(self.packages, &places, |fact| &mut fact.entry),
            file_lists: placed(self.file_lists, &places, |fact| &mut fact.entry),
            selections: placed(self.selections, &places, |fact| &mut fact.entry),
            imports: placed(self.imports, &places, |fact| &mut fact.entry),
            binaries: placed(self.binaries, &places, |fact| &mut fact.entry),
            secrets: placed(self.secrets, &places, |fact| &mut fact.entry),
            diversions: placed(self.diversions, &places, |fact| &mut fact.entry),
            leads: placed(self.leads, &places, |fact| &mut fact.entry),
        };
        facts.packages.append(&mut nix::packages(entries, MOST_PLACES));
        facts.packages.order_by_key(|fact| fact.entry);
        redact::facts(&mut facts);
        facts
    }
}

/// The most packages of a layer that are known by their place alone.
const MOST_PLACES: usize = 100_000;

/// Whether the places of its packages are those where their files may lie. Those where none does are left out.
const fn is_guess(ecosystem: Ecosystem) -> bool {
    matches!(ecosystem, Ecosystem::Dotnet | Ecosystem::Lua | Ecosystem::Ocaml | Ecosystem::Generic)
}

/// The facts whose file is there, in the order of the entries.
fn placed<T>(facts: Vec<T>, places: &[Option<u32>], entry: fn(&mut T) -> &mut u32) -> Vec<T> {
    let mut placed: Vec<(u32, T)> = facts
        .into_iter()
        .filter_map(|mut fact| {
            let place = places[*entry(&mut fact) as usize]?;
            *entry(&mut fact) = place;
            Some((place, fact))
        })
        .collect();
    placed.order_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, fact)| fact).collect()
}

/// A file that passes by, and those who wait for it.
#[derive(Default)]
pub(crate) struct Reading {
    /// What facts call it, if a cataloger wants it under this name.
    entry: Option<u32>,
    bytes: Vec<u8>,
    /// Whether it is kept for links; not known before its first piece.
    is_kept: Option<bool>,
    whole: Vec<(&'static str, ReadWhole)>,
    scans: Vec<(&'static str, Box<dyn Scan>)>,
}

impl Reading {
    /// The next piece of the file.
    fn feed(&mut self, bytes: &[u8]) {
        if !self.whole.is_empty() || self.is_kept == Some(true) {
            self.bytes.extend_from_slice(bytes);
        }
        for (_, scan) in &mut self.scans {
            scan.feed(bytes);
        }
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! Layers for the tests of catalogers, and what was read of them in a form that can be compared.

    use plimsoll_snapshot::{Attributes, Bytes, ContentHash, Digest, EntriesBuilder, Node};

    use super::*;

    /// What all catalogers read in a layer of these files (path and content).
    pub(crate) fn catalogue<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> (Facts, Vec<String>) {
        let mut catalog = Catalog::default();
        let mut builder = EntriesBuilder::default();
        for (path, content) in files {
            let size = content.len() as u64;
            if let Some(mut reading) = catalog.start(path.as_bytes(), size, 0o755, &Limits::default()) {
                // In pieces, as large files come.
                let path = path.as_bytes();
                content.chunks(1000).for_each(|piece| catalog.feed(&mut reading, path, size, piece));
                catalog.finish_file(reading, path, &Limits::default());
            }
            let node = Node::File { size: Bytes(size), content: ContentHash::default() };
            builder.push(path.as_bytes(), node, Attributes::default());
        }
        let mut warnings = Vec::new();
        let layer = DiffId::new(Digest::sha256([0; 32]));
        let facts = catalog.finish(&layer, &builder.finish().0, &Limits::default(), &mut warnings);
        (facts, warnings.iter().map(ToString::to_string).collect())
    }

    /// The names and versions of packages.
    pub(crate) fn labels(facts: &Facts) -> Vec<String> {
        let label =
            |package: &PackageFact| format!("{} {}", package.name, package.version).trim_end().to_owned();
        facts.packages.iter().map(label).collect()
    }

    /// The places of a package.
    pub(crate) fn below(package: &PackageFact) -> Vec<String> {
        let Files::Below(paths) = &package.files else { panic!("{package:?}") };
        paths.iter().map(|path| path::escape(path).into_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cataloger_is_listed() {
        let ids: Vec<_> = CATALOGERS.iter().map(|cataloger| cataloger.id).collect();
        let mut unique = ids.clone();
        unique.dedup();
        assert_eq!(ids, unique);
        // What only serves them.
        let support = ["claims", "deb822", "linked", "nix", "passing", "pep508", "room", "stated", "terms"];
        let modules =
            include_str!("mod.rs").lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'));
        for module in modules.filter(|module| !support.contains(module)) {
            assert!(ids.contains(&module), "{module} is not in the list of catalogers");
        }
    }
}
