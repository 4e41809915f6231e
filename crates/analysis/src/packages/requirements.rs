//! Finds the installed packages that meet requirements, each ecosystem by its own rules.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_snapshot::{
    Ecosystem, Files, Image, PackageFact, Requirement, RequirementKind, Snapshot, filled, path,
};

use super::facts::{Found, facts};
use super::markers::{Environment, holds};
use super::package::{DependencyKind, PackageId, Want};

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
    pub(super) wants: Vec<Vec<Want>>,
    pub(super) missing: Vec<Vec<String>>,
}

/// The extras of each Python package that are asked for, and by whom.
struct ActiveExtras<'a> {
    by_files: BTreeMap<usize, BTreeSet<&'a str>>,
    by_packages: BTreeMap<usize, BTreeSet<&'a str>>,
    none: BTreeSet<&'a str>,
}

/// The extras of one package.
struct Extras<'e> {
    by_files: &'e BTreeSet<&'e str>,
    by_packages: &'e BTreeSet<&'e str>,
}

impl ActiveExtras<'_> {
    fn of(&self, package: usize) -> Extras<'_> {
        Extras {
            by_files: self.by_files.get(&package).unwrap_or(&self.none),
            by_packages: self.by_packages.get(&package).unwrap_or(&self.none),
        }
    }
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

    /// What every installed package needs, makes use of, and misses.
    pub(super) fn resolve(&self, snapshot: &Snapshot, image: &Image) -> Resolved {
        let length = self.facts.iter().map(|(id, ..)| id.index() + 1).max().unwrap_or(0);
        let mut resolved = Resolved {
            needs: vec![Vec::new(); length],
            wants: vec![Vec::new(); length],
            missing: vec![Vec::new(); length],
        };
        let extras = self.extras(snapshot, image);
        for (at, &(id, fact, place)) in self.facts.iter().enumerate() {
            for requirement in &fact.requires {
                self.add(&mut resolved, id, fact, place, requirement, &extras.of(at));
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
        extras: &Extras<'_>,
    ) {
        let target = requirement.any_of.iter().find_map(|name| self.find(fact.ecosystem, name, place));
        let target = target.map(|at| self.facts[at].0).filter(|target| *target != id);
        let met = requirement.any_of.iter().any(|name| self.find(fact.ecosystem, name, place).is_some());
        let Some(kind) = self.kind(requirement, extras) else { return };
        match target {
            Some(target) if matches!(kind, DependencyKind::Required | DependencyKind::Peer) => {
                resolved.needs[id.index()].push(target);
            }
            Some(package) => resolved.wants[id.index()].push(Want { package, kind }),
            None if !met && kind == DependencyKind::Required => {
                resolved.missing[id.index()].push(requirement.any_of.join(" | "));
            }
            None => {}
        }
    }

    /// How much a requirement means; `None` if it never holds here.
    fn kind(&self, requirement: &Requirement, extras: &Extras<'_>) -> Option<DependencyKind> {
        let weakest = match requirement.kind {
            RequirementKind::Required => DependencyKind::Required,
            RequirementKind::Peer => DependencyKind::Peer,
            RequirementKind::Recommended => DependencyKind::Recommended,
            RequirementKind::Optional => DependencyKind::Optional,
            RequirementKind::Development => return None,
        };
        let Some(marker) = &requirement.marker else { return Some(weakest) };
        let holds = |extras: &BTreeSet<&str>| holds(marker, &self.environment, extras);
        // What other packages ask for, they do not work without.
        let by_condition = if holds(&BTreeSet::new()) || holds(extras.by_packages) {
            DependencyKind::Required
        } else if holds(extras.by_files) {
            DependencyKind::Extra
        } else if marker.contains("extra") {
            DependencyKind::Optional
        } else {
            return None;
        };
        Some(weakest.max(by_condition))
    }

    /// The extras that are asked for of each Python package, by files of requirements and by other packages.
    fn extras(&self, snapshot: &'a Snapshot, image: &Image) -> ActiveExtras<'a> {
        let mut by_files = Vec::new();
        for (_, facts) in facts(snapshot, image) {
            for selection in facts.selections.iter().filter(|fact| fact.ecosystem == Ecosystem::Python) {
                for requirement in &selection.manual {
                    by_files.extend(self.wanted(requirement, &[]));
                }
            }
        }
        let mut by_packages = Vec::new();
        for &(_, fact, place) in self.facts.iter().filter(|(_, fact, _)| fact.ecosystem == Ecosystem::Python)
        {
            for requirement in fact.requires.iter().filter(|requirement| requirement.marker.is_none()) {
                by_packages.extend(self.wanted(requirement, place));
            }
        }
        ActiveExtras {
            by_files: self.with_implied(by_files),
            by_packages: self.with_implied(by_packages),
            none: BTreeSet::new(),
        }
    }

    /// Some extras, and those they ask for. Each is looked at once.
    fn with_implied(&self, mut pending: Vec<(usize, &'a str)>) -> BTreeMap<usize, BTreeSet<&'a str>> {
        let mut extras: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
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

    /// What is linked into a binary, or packed into an archive, is retained by it.
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
