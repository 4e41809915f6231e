//! The packages that texts name: strings in sources, settings, scripts, variables of the environment.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_snapshot::{Ecosystem, Image, MentionFact, MentionKind, Snapshot, command, filled, path};

use super::commands::commands;
use super::drivers::drivers;
use super::evidence::Modules;
use super::facts::{facts, path_of};
use super::package::PackageId;
use crate::squash::Squashed;

/// The most packages that one name of a module, and one of a driver, stands for.
const MOST_OF_ONE_NAME: usize = 5;
const MOST_OF_ONE_DRIVER: usize = 50;

/// The packages that are named, with the places that do.
pub(super) struct Mentions<'a> {
    /// By the setting that runs them.
    pub(super) run: BTreeMap<PackageId, &'static str>,
    pub(super) named: BTreeMap<PackageId, BTreeSet<Place<'a>>>,
}

/// Where a name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place<'a> {
    /// A file and the line, 0 if unknown.
    File(&'a [u8], u32),
    Variable(&'a str),
}

impl Place<'_> {
    /// `app/settings.py:5`, `$DATABASE_URL`.
    pub(super) fn shown(self) -> String {
        match self {
            Self::File(file, 0) => path::escape(file).into_owned(),
            Self::File(file, line) => format!("{}:{line}", path::escape(file)),
            Self::Variable(name) => format!("${name}"),
        }
    }
}

/// Finds what texts name. What a script names that lies among the programs, or that developers run, counts if the image
/// runs it.
pub(super) fn find<'a>(
    snapshot: &'a Snapshot,
    image: &'a Image,
    squashed: &Squashed<'_>,
    modules: &Modules<'a>,
) -> Mentions<'a> {
    let mut mentions = Mentions { run: BTreeMap::new(), named: BTreeMap::new() };
    let mut by_command: HashMap<&str, Vec<(&[u8], &MentionFact)>> = HashMap::new();
    // Words of commands: each may be a script, whose words follow.
    let mut pending: Vec<&str> = Vec::new();
    for (by, words) in commands(snapshot, image) {
        for id in modules.run_by(&words) {
            mentions.run.entry(id).or_insert(by);
        }
        for (kind, name) in command::names(&words) {
            if kind == MentionKind::Program {
                pending.push(name);
                continue;
            }
            for ecosystem in [Ecosystem::Python, Ecosystem::Npm] {
                for id in modules.named(ecosystem, kind, name) {
                    mentions.run.entry(id).or_insert(by);
                }
            }
        }
    }
    for variable in &image.config.environment {
        for (ecosystem, name) in [Ecosystem::Python, Ecosystem::Npm]
            .iter()
            .flat_map(|world| variable.names.iter().map(move |name| (world, name)))
        {
            for id in modules.named(*ecosystem, variable.kind, name) {
                mentions.named.entry(id).or_default().insert(Place::Variable(&variable.variable));
            }
        }
    }
    for (layer, facts) in facts(snapshot, image) {
        let alive = facts.mentions.iter().filter(|fact| squashed.names.is_alive(layer, fact.entry));
        for fact in alive {
            let file = path_of(snapshot, image, layer, fact.entry);
            match &fact.run_as {
                None => mentions.add(file, fact, modules, &mut pending),
                Some(run_as) => by_command.entry(run_as).or_default().push((file, fact)),
            }
        }
    }
    while let Some(word) = pending.pop() {
        let program = word.rsplit('/').next().unwrap_or(word);
        // Each part is read once.
        for (file, fact) in by_command.remove(program).unwrap_or_default() {
            mentions.add(file, fact, modules, &mut pending);
        }
    }
    mentions
}

impl<'a> Mentions<'a> {
    fn add(
        &mut self,
        file: &'a [u8],
        fact: &'a MentionFact,
        modules: &Modules<'a>,
        pending: &mut Vec<&'a str>,
    ) {
        for (at, name) in fact.names.iter().enumerate() {
            let place = Place::File(file, fact.lines.get(at).copied().unwrap_or(0));
            if fact.kind == MentionKind::Program {
                pending.push(name);
            }
            for id in modules.named(fact.ecosystem, fact.kind, name) {
                self.named.entry(id).or_default().insert(place);
            }
        }
    }
}

impl Modules<'_> {
    /// The packages that a name in a text stands for.
    pub(super) fn named(&self, ecosystem: Ecosystem, kind: MentionKind, name: &str) -> BTreeSet<PackageId> {
        match kind {
            MentionKind::Program => self.programs(name).collect(),
            MentionKind::Driver => self.driven(ecosystem, name),
            MentionKind::Module => self.module(ecosystem, name),
        }
    }

    /// The packages of a driver: `postgresql+psycopg2` is a database and the way to it, `postgresql` any way that is
    /// there.
    fn driven(&self, ecosystem: Ecosystem, name: &str) -> BTreeSet<PackageId> {
        let packages = |name: &str| {
            let names = std::iter::once(name).chain(drivers(name).iter().copied());
            let some = |name| self.packages(ecosystem, name).iter().take(MOST_OF_ONE_DRIVER);
            filled(names.flat_map(some).copied())
        };
        let (database, way) = name.split_once('+').unwrap_or((name, ""));
        let mut found: BTreeSet<PackageId> = packages(way);
        // `mongodb+srv` finds the servers in another way.
        if found.is_empty() || way == "srv" {
            found.extend(packages(database));
        }
        found
    }

    fn module(&self, ecosystem: Ecosystem, name: &str) -> BTreeSet<PackageId> {
        let mut packages = self.packages(ecosystem, name);
        // `google.com` is a host: what many packages share (PEP 420) names none of them.
        if ecosystem == Ecosystem::Python && packages.len() > MOST_OF_ONE_NAME {
            packages = &[];
        }
        let mut found: BTreeSet<PackageId> = filled(packages.iter().copied());
        if ecosystem == Ecosystem::Npm {
            found.extend(long_names(name).iter().flat_map(|name| self.packages(ecosystem, name)).copied());
        } else if let Some((_, backend)) = name.split_once(".backends.") {
            // `django.db.backends.postgresql`
            found.extend(self.driven(ecosystem, backend.split('.').next().unwrap_or(backend)));
        } else if !name.contains('.') {
            found.extend(self.distribution(name));
        }
        if !name.contains(['.', '/']) {
            found.extend(drivers(name).iter().flat_map(|name| self.packages(ecosystem, name)).copied());
        }
        found
    }
}

/// The packages that Babel, ESLint, Jest and the like look for when settings give a short name.
fn long_names(name: &str) -> Vec<String> {
    const SHORTENED: [&str; 10] = [
        "@babel/plugin-",
        "@babel/preset-",
        "babel-plugin-",
        "babel-preset-",
        "eslint-config-",
        "eslint-import-resolver-",
        "eslint-plugin-",
        "jest-environment-",
        "postcss-",
        "stylelint-config-",
    ];
    match name.strip_prefix('@').map(|scoped| scoped.split_once('/').unwrap_or((scoped, ""))) {
        None => SHORTENED.iter().map(|start| format!("{start}{name}")).collect(),
        Some((scope, "")) => ["eslint-plugin", "eslint-config"].map(|end| format!("@{scope}/{end}")).into(),
        Some((scope, rest)) => ["plugin-", "preset-", "eslint-plugin-", "eslint-config-"]
            .map(|start| format!("@{scope}/{start}{rest}"))
            .into(),
    }
}
