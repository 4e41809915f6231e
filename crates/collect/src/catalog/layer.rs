//! Shows the files of one layer to the catalogers while they pass by, and gives their facts at the end.

use plimsoll_snapshot::{
    Bytes, DiffId, Ecosystem, Entries, Facts, Files, Limit, MetadataProblem, Order as _, ReadLimits, Warning,
    path,
};

use super::cataloger::{Candidate, Cataloger, Read, ReadWhole, Scan, SourceFile};
use super::catalogers::CATALOGERS;
use super::facts::Catalog;
use super::{claims, linked, nix};
use crate::redact;

/// The catalogers at work on one layer.
#[derive(Default)]
pub(crate) struct LayerCatalog {
    catalog: Catalog,
    read_bytes: u64,
    /// What links may give another name, and the links that wait for it.
    linked: linked::Linked,
    /// How many files came after the most that are read.
    left_out: u64,
}

impl LayerCatalog {
    /// Starts to read a file, if a cataloger wants it.
    pub(crate) fn start(
        &mut self,
        path: &[u8],
        size: u64,
        mode: u32,
        limits: &ReadLimits,
    ) -> Option<Reading> {
        if limits[Limit::MetadataBytes] == 0 {
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
        let is_full =
            self.catalog.packages.len() as u64 >= limits[Limit::Packages] && !reading.whole.is_empty();
        if is_full || self.catalog.files.len() as u64 >= limits[Limit::MetadataFiles] {
            self.left_out += 1;
            return None;
        }
        let entry = u32::try_from(self.catalog.files.len()).ok()?;
        reading.entry = Some(entry);
        self.catalog.files.push(path.to_vec());
        if !reading.whole.is_empty() {
            let total = self.read_bytes.saturating_add(size);
            if size > limits[Limit::MetadataBytes] || total > limits[Limit::MetadataTotalBytes] {
                self.catalog.cataloger = reading.whole[0].0;
                reading.whole.clear();
                self.catalog.problem(entry, MetadataProblem::TooLarge { bytes: Bytes(size) });
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
    pub(crate) fn finish_file(&mut self, mut reading: Reading, path: &[u8], limits: &ReadLimits) {
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
    pub(crate) fn link(&mut self, path: &[u8], mode: u32, target: &[u8], is_hard: bool, limits: &ReadLimits) {
        if limits[Limit::MetadataBytes] == 0 {
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

    fn read_link(&mut self, link: &linked::Link, content: &[u8], limits: &ReadLimits) {
        let Some(mut reading) = self.start(&link.path, content.len() as u64, link.mode, limits) else {
            return;
        };
        // A file that is scanned in pieces was already scanned under its other name.
        reading.scans.clear();
        if let Some(entry) = reading.entry {
            reading.feed(content);
            self.read(entry, &mut reading, limits);
        }
    }

    /// Reads what catalogers take from the names of links whose content is not at hand, and says so.
    fn read_left(&mut self, limits: &ReadLimits) {
        for link in self.linked.left() {
            let Some(mut reading) = self.start(&link.path, 0, link.mode, limits) else { continue };
            reading.scans.clear();
            if let Some(entry) = reading.entry
                && let Some(&(cataloger, _)) = reading.whole.first()
            {
                self.catalog.cataloger = cataloger;
                self.catalog.problem(entry, MetadataProblem::LinkTarget);
                self.read(entry, &mut reading, limits);
            }
        }
    }

    fn read(&mut self, entry: u32, reading: &mut Reading, limits: &ReadLimits) {
        let path = std::mem::take(&mut self.catalog.files[entry as usize]);
        let file = SourceFile { path: &path, bytes: &reading.bytes, entry };
        for (cataloger, read) in std::mem::take(&mut reading.whole) {
            self.catalog.cataloger = cataloger;
            read(&file, &mut self.catalog);
        }
        for (cataloger, scan) in std::mem::take(&mut reading.scans) {
            self.catalog.cataloger = cataloger;
            scan.finish(entry, &mut self.catalog);
        }
        self.catalog.files[entry as usize] = path;
        let most = usize::try_from(limits[Limit::Packages]).unwrap_or(usize::MAX);
        if self.catalog.packages.len() > most {
            self.catalog.packages.truncate(most);
            self.catalog.problem(entry, MetadataProblem::LayerFull { limit: most as u64 });
        }
    }

    /// Joins what several files say of a package.
    fn complete(&mut self, entries: &Entries) {
        for cataloger in CATALOGERS {
            (cataloger.complete)(&mut self.catalog, entries);
        }
        for package in &mut self.catalog.packages {
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
        limits: &ReadLimits,
        warnings: &mut Vec<Warning>,
    ) -> Facts {
        self.read_left(limits);
        let index =
            |path: &Vec<u8>| Some(u32::try_from(entries.find(path)?).expect("entries are counted by u32"));
        let mut places: Vec<Option<u32>> = self.catalog.files.iter().map(index).collect();
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
        for (file, fault) in &self.catalog.problems {
            warnings.push(Warning::UnreadableMetadata {
                layer: layer.clone(),
                path: path::escape(&self.catalog.files[*file as usize]).into_owned(),
                fault: fault.clone(),
            });
        }
        self.complete(entries);
        let lists = (self.catalog.file_lists.iter_mut().map(|fact| &mut fact.files)).chain(
            self.catalog.packages.iter_mut().filter_map(|package| claims::list_of(&mut package.files)),
        );
        lists.for_each(|list| claims::find(list, entries));
        let mut facts = Facts {
            packages: placed(self.catalog.packages, &places, |fact| &mut fact.entry),
            file_lists: placed(self.catalog.file_lists, &places, |fact| &mut fact.entry),
            selections: placed(self.catalog.selections, &places, |fact| &mut fact.entry),
            imports: placed(self.catalog.imports, &places, |fact| &mut fact.entry),
            binaries: placed(self.catalog.binaries, &places, |fact| &mut fact.entry),
            secrets: placed(self.catalog.secrets, &places, |fact| &mut fact.entry),
            diversions: placed(self.catalog.diversions, &places, |fact| &mut fact.entry),
            leads: placed(self.catalog.leads, &places, |fact| &mut fact.entry),
            mentions: placed(self.catalog.mentions, &places, |fact| &mut fact.entry),
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
