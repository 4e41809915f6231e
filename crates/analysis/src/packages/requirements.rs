//! Finds the installed packages that meet requirements, each ecosystem by its own rules.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_snapshot::{
    Ecosystem, Files, Image, PackageFact, Requirement, RequirementKind, Snapshot, filled, path,
};

use super::PackageId;
use super::installed::{Found, facts};
use super::markers::{Environment, holds};

/// The most packages of one name that are looked through for the one that is meant.
const MOST_OF_ONE_NAME: usize = 1000;

/// Knows which installed package answers to which name.
pub(super) struct Resolver<'a> {
    facts: Vec<(PackageId, &'a PackageFact, &'a [u8])>,
    by_name: HashMap<(Ecosystem, &'a str), Vec<usize>>,
    provided: HashMap<(Ecosystem, &'a str), Vec<usize>>,
    /// npm packages by the directory they lie in.
    by_directory: HashMap<&'a [u8], usize>,
    /// `3.11`, of the directory that holds the packages of Python.
    environment: Environment,
}

/// The edges of the graph.
pub(super) struct Resolved {
    pub(super) needs: Vec<Vec<PackageId>>,
    pub(super) offers: Vec<Vec<PackageId>>,
    pub(super) missing: Vec<Vec<String>>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(image: &Image, found: &Found<'a>) -> Self {
        let facts: Vec<_> = found.installed().map(|(id, package)| (id, package.fact, package.path)).collect();
        let mut by_name: HashMap<_, Vec<usize>> = HashMap::new();
        let mut provided: HashMap<_, Vec<usize>> = HashMap::new();
        let mut by_directory = HashMap::new();
        for (at, &(_, fact, place)) in facts.iter().enumerate() {
            by_name.entry((fact.ecosystem, fact.name.as_str())).or_default().push(at);
            for name in &fact.provides {
                provided.entry((fact.ecosystem, name.as_str())).or_default().push(at);
            }
            if fact.ecosystem == Ecosystem::Npm {
                by_directory.insert(path::parent(place), at);
            }
        }
        let python = facts.iter().find_map(|&(_, fact, place)| {
            (fact.ecosystem == Ecosystem::Python).then(|| python_version(place)).flatten()
        });
        let environment = Environment::new(python, &image.platform);
        Self { facts, by_name, provided, by_directory, environment }
    }

    /// The package that answers to a name for someone who lies at `place`.
    pub(super) fn package(&self, ecosystem: Ecosystem, name: &str, place: &[u8]) -> Option<PackageId> {
        self.find(ecosystem, name, place).map(|at| self.facts[at].0)
    }

    fn find(&self, ecosystem: Ecosystem, name: &str, place: &[u8]) -> Option<usize> {
        if ecosystem == Ecosystem::Npm
            && let Some(at) = self.find_module(name, place)
        {
            return Some(at);
        }
        let named = self.by_name.get(&(ecosystem, name)).or_else(|| self.provided.get(&(ecosystem, name)))?;
        // Of several packages of Python with one name, the one that lies beside is meant.
        let beside = |at: &&usize| site(self.facts[**at].2) == site(place);
        let looked_at = if ecosystem == Ecosystem::Python { MOST_OF_ONE_NAME } else { 0 };
        named.iter().take(looked_at).find(beside).or(named.first()).copied()
    }

    /// Node's own search: `node_modules` in every directory upwards (Node.js, "Loading from node_modules folders").
    fn find_module(&self, name: &str, place: &[u8]) -> Option<usize> {
        let mut directory = path::parent(place);
        loop {
            let mut candidate = directory.to_vec();
            if !candidate.is_empty() {
                candidate.push(b'/');
            }
            candidate.extend_from_slice(b"node_modules/");
            candidate.extend_from_slice(name.as_bytes());
            if let Some(&at) = self.by_directory.get(&candidate[..]) {
                return Some(at);
            }
            if directory.is_empty() {
                return None;
            }
            directory = path::parent(directory);
        }
    }

    /// What every installed package needs, offers to use, and misses.
    pub(super) fn resolve(&self, snapshot: &Snapshot, image: &Image) -> Resolved {
        let length = self.facts.iter().map(|(id, ..)| id.index() + 1).max().unwrap_or(0);
        let mut resolved = Resolved {
            needs: vec![Vec::new(); length],
            offers: vec![Vec::new(); length],
            missing: vec![Vec::new(); length],
        };
        let extras = self.extras(snapshot, image);
        let none = BTreeSet::new();
        for (at, &(id, fact, place)) in self.facts.iter().enumerate() {
            let active = extras.get(&at).unwrap_or(&none);
            for requirement in &fact.requires {
                self.add(&mut resolved, id, fact, place, requirement, active);
            }
        }
        self.add_contained(&mut resolved);
        resolved
    }

    fn add(
        &self,
        resolved: &mut Resolved,
        id: PackageId,
        fact: &PackageFact,
        place: &[u8],
        requirement: &Requirement,
        active: &BTreeSet<&str>,
    ) {
        let target = requirement.any_of.iter().find_map(|name| self.find(fact.ecosystem, name, place));
        let target = target.map(|at| self.facts[at].0).filter(|target| *target != id);
        let met = requirement.any_of.iter().any(|name| self.find(fact.ecosystem, name, place).is_some());
        let (now, ever) = match &requirement.marker {
            None => (true, true),
            Some(marker) => {
                let now = holds(marker, &self.environment, active);
                (now, now || marker.contains("extra"))
            }
        };
        let strong = match requirement.kind {
            RequirementKind::Required | RequirementKind::Recommended => true,
            // npm installs both, if it can.
            RequirementKind::Optional | RequirementKind::Peer => fact.ecosystem == Ecosystem::Npm,
            RequirementKind::Development => false,
        };
        match target {
            Some(target) if strong && now => resolved.needs[id.index()].push(target),
            Some(target) if ever => resolved.offers[id.index()].push(target),
            None if !met && now && requirement.kind == RequirementKind::Required => {
                resolved.missing[id.index()].push(requirement.any_of.join(" | "));
            }
            _ => {}
        }
    }

    /// The extras that are asked for of each Python package, by files of requirements and by other packages.
    fn extras(&self, snapshot: &'a Snapshot, image: &Image) -> BTreeMap<usize, BTreeSet<&'a str>> {
        let mut extras: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
        let mut pending: Vec<(usize, &'a str)> = Vec::new();
        for (_, facts) in facts(snapshot, image) {
            for selection in facts.selections.iter().filter(|fact| fact.ecosystem == Ecosystem::Python) {
                for requirement in &selection.manual {
                    pending.extend(self.wanted(requirement, &[]));
                }
            }
        }
        for &(_, fact, place) in self.facts.iter().filter(|(_, fact, _)| fact.ecosystem == Ecosystem::Python)
        {
            for requirement in fact.requires.iter().filter(|requirement| requirement.marker.is_none()) {
                pending.extend(self.wanted(requirement, place));
            }
        }
        // An extra may ask for extras of others: each is looked at once.
        while let Some((at, extra)) = pending.pop() {
            if !extras.entry(at).or_default().insert(extra) {
                continue;
            }
            let active = filled([extra]);
            let (_, fact, place) = self.facts[at];
            for requirement in &fact.requires {
                let Some(marker) = &requirement.marker else { continue };
                if holds(marker, &self.environment, &active) {
                    pending.extend(self.wanted(requirement, place));
                }
            }
        }
        extras
    }

    fn wanted(&self, requirement: &'a Requirement, place: &[u8]) -> Vec<(usize, &'a str)> {
        if requirement.extras.is_empty() {
            return Vec::new();
        }
        let targets = requirement.any_of.iter().filter_map(|name| self.find(Ecosystem::Python, name, place));
        targets.flat_map(|at| requirement.extras.iter().map(move |extra| (at, extra.as_str()))).collect()
    }

    /// What is linked into a binary, or packed into an archive, leaves with it.
    fn add_contained(&self, resolved: &mut Resolved) {
        let mut holders: HashMap<(Ecosystem, &[u8]), PackageId> = HashMap::new();
        for &(id, fact, place) in &self.facts {
            if fact.files == Files::Itself {
                holders.entry((fact.ecosystem, place)).or_insert(id);
            }
        }
        for &(id, fact, place) in &self.facts {
            if let Some(&holder) = holders.get(&(fact.ecosystem, place)).filter(|holder| **holder != id) {
                resolved.needs[holder.index()].push(id);
            }
        }
    }
}

/// The directory that holds the packages: above that of the metadata.
fn site(place: &[u8]) -> &[u8] {
    path::parent(path::parent(place))
}

/// `3.11` of `usr/lib/python3.11/site-packages/…`.
fn python_version(place: &[u8]) -> Option<&str> {
    let part = place.split(|&byte| byte == b'/').find_map(|part| part.strip_prefix(b"python"))?;
    str::from_utf8(part).ok().filter(|version| version.contains('.'))
}
