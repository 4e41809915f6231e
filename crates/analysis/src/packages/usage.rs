//! Whether anything uses a package, by static evidence: imports of the application's own code, the command the image
//! runs, and the needs of packages that are used.
//!
//! "Unused" means: not imported by the code that was seen, not run by the image, nor needed by anything that is. What
//! is loaded by a name that is made at run time cannot be seen. A package that a used one *can* make use of (an extra,
//! such as the driver of a database) is therefore never called unused.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use foldhash::fast::RandomState;
use plimsoll_snapshot::{Ecosystem, Files, Image, Order as _, Snapshot, filled, path};
use serde::Serialize;

use super::graph::Graph;
use super::installed::{Found, facts, path_of};
use super::{Package, PackageId};
use crate::squash::Squashed;

/// Whether anything uses a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Use {
    /// The application imports it.
    Imported {
        /// Some of the files that do.
        files: Vec<String>,
        /// The number of files that import it.
        count: u64,
    },
    /// The image runs it.
    Run {
        /// The setting that does: `entrypoint`, `command` or `health check`.
        by: String,
    },
    /// A package that is used needs it.
    Needed {
        /// The package that needs it.
        by: PackageId,
    },
    /// A package that is used can make use of it.
    Optional {
        /// The package that it is optional for.
        of: PackageId,
    },
    /// Nothing that was seen uses it.
    Unused,
    /// No code was seen that could tell.
    Unknown,
}

impl Use {
    /// The number of files that are named of those that import a package.
    pub const FILES: usize = 5;
}

/// Finds what is used.
pub(super) fn find(
    snapshot: &Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    found: &Found<'_>,
    graph: &Graph,
    packages: &mut [Package],
) {
    let evidence = Evidence::new(snapshot, image, squashed, found);
    let mut seen: BTreeSet<Ecosystem> = filled(evidence.sources.iter().map(|source| source.ecosystem));
    let mut imported: BTreeMap<PackageId, BTreeSet<&[u8]>> = BTreeMap::new();
    for (file, source) in evidence.sources.iter().enumerate() {
        for id in evidence.imported_by(file) {
            imported.entry(id).or_default().insert(source.path);
        }
    }
    let mut run: BTreeMap<PackageId, &str> = BTreeMap::new();
    for (by, words) in commands(snapshot, image) {
        for id in evidence.run_by(&words) {
            run.entry(id).or_insert(by);
        }
    }
    // Where nothing at all was seen to be used, the code was not seen.
    let evident = |ecosystem: Ecosystem| {
        imported.keys().chain(run.keys()).any(|id| packages[id.index()].ecosystem == ecosystem)
    };
    seen.retain(|&ecosystem| evident(ecosystem));

    let mut usage: Vec<Option<Use>> = vec![None; packages.len()];
    for (&id, files) in &imported {
        let named = files.iter().take(Use::FILES).map(|file| path::escape(file).into_owned()).collect();
        usage[id.index()] = Some(Use::Imported { files: named, count: files.len() as u64 });
    }
    for (&id, by) in &run {
        usage[id.index()].get_or_insert(Use::Run { by: (*by).to_owned() });
    }
    spread(&mut usage, |id| graph.needs(id), |by| Use::Needed { by });
    let used: Vec<PackageId> =
        (0..usage.len()).filter(|&at| usage[at].is_some()).map(PackageId::new).collect();
    for of in used {
        for want in graph.wants(of) {
            usage[want.package.index()].get_or_insert(Use::Optional { of });
        }
    }
    spread(&mut usage, |id| graph.needs(id), |by| Use::Needed { by });
    for (package, usage) in packages.iter_mut().zip(usage) {
        let unseen = if seen.contains(&package.ecosystem) { Use::Unused } else { Use::Unknown };
        package.usage = usage.unwrap_or(unseen);
        // A package of the system that brings a used one is used by that.
        if package.ecosystem.is_system() {
            package.usage = match &package.usage {
                Use::Unused => Use::Unknown,
                other => other.clone(),
            };
        }
    }
}

/// Hands the use of a package on to what it needs.
fn spread<'g>(
    usage: &mut [Option<Use>],
    needs: impl Fn(PackageId) -> &'g [PackageId],
    use_by: impl Fn(PackageId) -> Use,
) {
    let mut pending: Vec<PackageId> =
        (0..usage.len()).filter(|&at| usage[at].is_some()).map(PackageId::new).collect();
    // Nearest first, so that the package named is the one that needs it most directly.
    while !pending.is_empty() {
        let mut next = Vec::new();
        for by in pending {
            for need in needs(by) {
                if usage[need.index()].is_none() {
                    usage[need.index()] = Some(use_by(by));
                    next.push(*need);
                }
            }
        }
        pending = next;
    }
}

/// What tells that a package is used: the source files of the application, and what modules and scripts belong to.
pub(super) struct Evidence<'a> {
    sources: Vec<Source<'a>>,
    modules: Modules<'a>,
}

/// A source file of the application.
struct Source<'a> {
    ecosystem: Ecosystem,
    path: &'a [u8],
    modules: &'a [String],
}

impl<'a> Evidence<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        image: &Image,
        squashed: &Squashed<'_>,
        found: &Found<'a>,
    ) -> Self {
        // Only files that are there count.
        let is_there = |layer: u32, entry: u32| squashed.names.is_alive(layer, entry);
        let sources = facts(snapshot, image)
            .flat_map(|(layer, facts)| facts.imports.iter().map(move |import| (layer, import)))
            .filter(|&(layer, import)| is_there(layer, import.entry))
            .map(|(layer, import)| Source {
                ecosystem: import.ecosystem,
                path: path_of(snapshot, image, layer, import.entry),
                modules: &import.modules,
            })
            .collect();
        Self { sources, modules: Modules::new(snapshot, image, found) }
    }

    /// The number of source files.
    pub(super) fn len(&self) -> usize {
        self.sources.len()
    }

    /// The path of a source file.
    pub(super) fn path(&self, file: usize) -> &'a [u8] {
        self.sources[file].path
    }

    /// What a source file imports.
    pub(super) fn modules(&self, file: usize) -> &'a [String] {
        self.sources[file].modules
    }

    /// The packages that a source file imports.
    pub(super) fn imported_by(&self, file: usize) -> BTreeSet<PackageId> {
        let source = &self.sources[file];
        filled(source.modules.iter().flat_map(|module| self.modules.packages(source.ecosystem, module)))
    }

    /// The packages that a command runs.
    pub(super) fn run_by(&self, words: &[&str]) -> BTreeSet<PackageId> {
        self.modules.run_by(words)
    }
}

/// The words of an argument list: in the form of a shell, all of them are one argument.
pub(super) fn words_of(arguments: &[String]) -> Vec<&str> {
    arguments.iter().flat_map(|argument| argument.split_whitespace()).collect()
}

/// The words of the commands that the image runs, by itself and as compose files plan it.
pub(super) fn commands<'a>(snapshot: &'a Snapshot, image: &'a Image) -> Vec<(&'static str, Vec<&'a str>)> {
    let mut commands = vec![
        ("entrypoint", words_of(&image.config.entrypoint)),
        ("command", words_of(&image.config.command)),
    ];
    if let Some(check) = &image.config.health_check {
        commands.push(("health check", words_of(&check.test)));
    }
    let is_image = |index: usize| std::ptr::eq(&raw const snapshot.images[index], image);
    let of_image: HashSet<&str> = (snapshot.services.iter())
        .filter(|service| is_image(service.image))
        .map(|service| service.name.as_str())
        .collect();
    for planned in snapshot.runtime.iter().flat_map(|runtime| &runtime.planned) {
        if let Some(command) = &planned.command
            && of_image.contains(planned.name.as_str())
        {
            commands.push(("command of the service", words_of(&command.0)));
        }
    }
    // Services that run the same command say the same.
    let mut seen = BTreeSet::new();
    commands.retain(|(_, words)| seen.insert(words.clone()));
    commands
}

/// Which packages a module or a script belongs to.
struct Modules<'a> {
    /// Modules of Python, `google.cloud.storage` and its beginnings, as they lie in the directories of packages.
    python: HashMap<String, Vec<PackageId>, RandomState>,
    npm: HashMap<&'a str, Vec<PackageId>>,
    /// Scripts by the last component of their path.
    scripts: HashMap<&'a [u8], BTreeSet<PackageId>>,
}

/// Modules are distinguished to this depth: namespace packages share the first component, or the first two.
const MODULE_DEPTH: usize = 3;

impl<'a> Modules<'a> {
    fn new(snapshot: &'a Snapshot, image: &Image, found: &Found<'a>) -> Self {
        let mut modules = Self { python: HashMap::default(), npm: HashMap::new(), scripts: HashMap::new() };
        let mut directories: HashMap<&str, PackageId> = HashMap::new();
        for (id, package) in found.installed() {
            match package.fact.ecosystem {
                Ecosystem::Python => {
                    directories.insert(package.fact.key.as_str(), id);
                    if let Files::Below(paths) = &package.fact.files {
                        let site = path::parent(path::parent(package.path));
                        paths.iter().for_each(|path| modules.add_python(id, site, path));
                    }
                    if let Files::Listed(list) = &package.fact.files {
                        let site = path::parent(path::parent(package.path));
                        for entry in list.entries() {
                            modules.add_python(id, site, path_of(snapshot, image, package.layer, entry));
                        }
                    }
                }
                Ecosystem::Npm => modules.npm.entry(package.fact.name.as_str()).or_default().push(id),
                _ => {}
            }
        }
        for (layer, facts) in facts(snapshot, image) {
            for list in facts.file_lists.iter().filter(|list| list.ecosystem == Ecosystem::Python) {
                let Some(&id) = directories.get(list.package.as_str()) else { continue };
                let site = path::parent(list.package.as_bytes());
                for entry in list.files.entries() {
                    modules.add_python(id, site, path_of(snapshot, image, layer, entry));
                }
            }
        }
        for packages in modules.python.values_mut() {
            packages.order();
            packages.dedup();
        }
        modules
    }

    fn add_python(&mut self, id: PackageId, site: &[u8], path: &'a [u8]) {
        let Some(rest) = path.strip_prefix(site).and_then(|rest| rest.strip_prefix(b"/")) else {
            if path::name(path::parent(path)) == b"bin" {
                self.scripts.entry(path::name(path)).or_default().insert(id);
            }
            return;
        };
        let mut module = String::new();
        let mut parts = rest.split(|&byte| byte == b'/').peekable();
        for depth in 0..MODULE_DEPTH {
            let Some(part) = parts.next() else { return };
            let Some(name) = module_name(part, parts.peek().is_none()) else { return };
            if depth > 0 {
                module.push('.');
            }
            module.push_str(name);
            match self.python.get_mut(module.as_str()) {
                // The files of a package come one after the other.
                Some(known) if known.last() == Some(&id) => {}
                Some(known) => known.push(id),
                None => drop(self.python.insert(module.clone(), vec![id])),
            }
        }
    }

    /// The packages of a module: of the longest beginning of its name that is known.
    fn packages(&self, ecosystem: Ecosystem, module: &str) -> Vec<PackageId> {
        match ecosystem {
            Ecosystem::Python => {
                let mut name = module;
                loop {
                    if let Some(packages) = self.python.get(name) {
                        return packages.clone();
                    }
                    match name.rsplit_once('.') {
                        Some((shorter, _)) => name = shorter,
                        None => return Vec::new(),
                    }
                }
            }
            Ecosystem::Npm => {
                let scoped = usize::from(module.starts_with('@'));
                let end = module.match_indices('/').nth(scoped).map_or(module.len(), |(at, _)| at);
                self.npm.get(&module[..end]).cloned().unwrap_or_default()
            }
            _ => Vec::new(),
        }
    }

    /// The packages that a command runs: by their script, or as `python -m module`.
    fn run_by(&self, words: &[&str]) -> BTreeSet<PackageId> {
        let mut run = BTreeSet::new();
        for (at, word) in words.iter().enumerate() {
            if at > 0 && words[at - 1] == "-m" {
                run.extend(self.packages(Ecosystem::Python, word));
            }
            let word = word.trim_matches(['"', '\'', '(', ')', ';', '&']);
            let name = word.rsplit('/').next().unwrap_or(word);
            run.extend(self.scripts.get(name.as_bytes()).into_iter().flatten());
        }
        run
    }
}

/// The part of a module's name that a directory or file stands for.
fn module_name(part: &[u8], is_file: bool) -> Option<&str> {
    let name = str::from_utf8(part).ok()?;
    if !is_file {
        return (!name.contains(['.', '-']) && name != "__pycache__").then_some(name);
    }
    let is_module = name.ends_with(".py") || name.ends_with(".so") || name.ends_with(".pyd");
    name.split('.').next().filter(|stem| is_module && !stem.is_empty())
}
