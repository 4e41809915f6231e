//! What shows that a package is used: imports of the application, and the commands that are run.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;
use plimsoll_snapshot::{Ecosystem, Files, Image, Order as _, Snapshot, filled, path};

use super::facts::{Found, facts, path_of};
use super::package::PackageId;
use crate::squash::Squashed;

/// What tells that a package is used: the source files of the application, and what modules and scripts belong to.
pub(super) struct Evidence<'a> {
    pub(super) sources: Vec<Source<'a>>,
    pub(super) modules: Modules<'a>,
}

/// A source file of the application.
pub(super) struct Source<'a> {
    pub(super) ecosystem: Ecosystem,
    pub(super) path: &'a [u8],
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
        filled(
            source.modules.iter().flat_map(|module| self.modules.packages(source.ecosystem, module)).copied(),
        )
    }

    /// The packages that a command runs.
    pub(super) fn run_by(&self, words: &[&str]) -> BTreeSet<PackageId> {
        self.modules.run_by(words)
    }
}

/// Which packages a module or a script belongs to.
pub(super) struct Modules<'a> {
    /// Modules of Python, `google.cloud.storage` and its beginnings, as they lie in the directories of packages.
    python: HashMap<String, Vec<PackageId>, RandomState>,
    npm: HashMap<&'a str, Vec<PackageId>>,
    /// Packages of Python by their names.
    distributions: HashMap<&'a str, Vec<PackageId>>,
    /// Scripts by the last component of their path.
    scripts: HashMap<&'a [u8], BTreeSet<PackageId>>,
    /// The directory of the last file that lies deeper than modules are distinguished, and its package.
    last: Option<(PackageId, &'a [u8])>,
}

/// Modules are distinguished to this depth: namespace packages share the first component, or the first two.
const MODULE_DEPTH: usize = 3;

impl<'a> Modules<'a> {
    fn new(snapshot: &'a Snapshot, image: &Image, found: &Found<'a>) -> Self {
        let mut modules = Self {
            python: HashMap::default(),
            npm: HashMap::new(),
            distributions: HashMap::new(),
            scripts: HashMap::new(),
            last: None,
        };
        let mut directories: HashMap<&str, PackageId> = HashMap::new();
        for (id, package) in found.installed() {
            for program in &package.fact.programs {
                modules.scripts.entry(program.as_bytes()).or_default().insert(id);
            }
            match package.fact.ecosystem {
                Ecosystem::Python => {
                    modules.distributions.entry(package.fact.name.as_str()).or_default().push(id);
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
        // Neighbours below the same directories are of the same modules.
        let mut slashes = rest.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
        if let Some(end) = slashes.nth(MODULE_DEPTH - 1) {
            let directory = Some((id, &path[..path.len() - rest.len() + end]));
            if self.last == directory {
                return;
            }
            self.last = directory;
        }
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
    pub(super) fn packages(&self, ecosystem: Ecosystem, module: &str) -> &[PackageId] {
        match ecosystem {
            Ecosystem::Python => {
                let mut name = module;
                loop {
                    if let Some(packages) = self.python.get(name) {
                        return packages;
                    }
                    match name.rsplit_once('.') {
                        Some((shorter, _)) => name = shorter,
                        None => return &[],
                    }
                }
            }
            Ecosystem::Npm => {
                let scoped = usize::from(module.starts_with('@'));
                let end = module.match_indices('/').nth(scoped).map_or(module.len(), |(at, _)| at);
                self.npm.get(&module[..end]).map_or(&[], Vec::as_slice)
            }
            _ => &[],
        }
    }

    /// The packages of Python that are called so, whatever separates the parts of the name (PEP 503).
    pub(super) fn distribution(&self, name: &str) -> impl Iterator<Item = PackageId> {
        let name = name.replace(['_', '.'], "-").to_ascii_lowercase();
        self.distributions.get(name.as_str()).into_iter().flatten().copied()
    }

    /// The packages that bring a program.
    pub(super) fn programs(&self, program: &str) -> impl Iterator<Item = PackageId> {
        let name = program.rsplit('/').next().unwrap_or(program);
        self.scripts.get(name.as_bytes()).into_iter().flatten().copied()
    }

    /// The packages that a command runs: by their script, or as `python -m module`.
    pub(super) fn run_by(&self, words: &[&str]) -> BTreeSet<PackageId> {
        let mut run = BTreeSet::new();
        for (at, word) in words.iter().enumerate() {
            if at > 0 && words[at - 1] == "-m" {
                run.extend(self.packages(Ecosystem::Python, word));
            }
            let word = word.trim_matches(['"', '\'', '(', ')', ';', '&']);
            run.extend(self.programs(word));
            // `jupyter lab` runs `jupyter-lab`.
            if at > 0 {
                let last = words[at - 1].rsplit('/').next().unwrap_or_default();
                run.extend(self.programs(&format!("{last}-{word}")));
            }
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
