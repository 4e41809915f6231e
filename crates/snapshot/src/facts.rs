//! What the files of a layer say: packages, what they need, what was asked for, what is imported, what was left in.
//!
//! Catalogers read each layer alone, so nothing here knows of other layers: which package is installed in an image,
//! who owns which byte, and why, is derived by `plimsoll-analysis` from the facts of all its layers.

use serde::{Deserialize, Serialize};

use crate::Bytes;
use crate::ecosystem::Ecosystem;
use crate::path_list::Paths;
use crate::room;

/// Everything the catalogers read in one layer, in the order of the entries it was read of.
///
/// `entry`, wherever it stands here, is an index into the entries of the layer: the file a fact was read of. It
/// counts only where that file does, that is in images whose later layers leave it alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Facts {
    /// Packages, as their metadata describes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub packages: Vec<PackageFact>,
    /// Which files belong to a package, where that is separate from its description.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub file_lists: Vec<FileListFact>,
    /// What was asked for, and what came along.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub selections: Vec<SelectionFact>,
    /// What the source files of applications import.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub imports: Vec<ImportFact>,
    /// Executables and libraries that carry more than it takes to run them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub binaries: Vec<BinaryFact>,
    /// Files that hold a secret. Never what it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub secrets: Vec<SecretFact>,
    /// Files that a package moved away to make room for its files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub diversions: Vec<DiversionFact>,
    /// Files that lead into the cache of a package manager.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub leads: Vec<LeadFact>,
    /// Modules and programs that files of applications name as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub mentions: Vec<MentionFact>,
}

impl Facts {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// About how many bytes it takes in memory.
    #[must_use]
    pub fn retained_bytes(&self) -> u64 {
        const FACT: usize = 64;
        const PACKAGE: usize = 512;
        const NAME: usize = 48;
        const LINE: usize = 4;
        let list =
            |list: &FileList| list.runs.len() * 8 + list.elsewhere.len() * 4 + list.elsewhere.byte_len();
        let files = |files: &Files| match files {
            Files::Listed(files) => list(files),
            Files::Below(paths) => paths.len() * 4 + paths.byte_len(),
            Files::Unknown | Files::Itself => 0,
        };
        let needs = |need: &Requirement| FACT + need.any_of.len() * NAME;
        let package = |package: &PackageFact| {
            let needs: usize = package.requires.iter().map(needs).sum();
            let names = package.provides.len() + package.programs.len() + package.plugin_groups.len();
            PACKAGE + needs + names * NAME + files(&package.files)
        };
        let selection = |fact: &SelectionFact| {
            FACT + fact.manual.iter().map(needs).sum::<usize>() + fact.automatic.len() * NAME
        };
        let bytes = self.packages.iter().map(package).sum::<usize>()
            + self.file_lists.iter().map(|fact| FACT + list(&fact.files)).sum::<usize>()
            + self.selections.iter().map(selection).sum::<usize>()
            + self.imports.iter().map(|fact| FACT + fact.modules.len() * NAME).sum::<usize>()
            + self.leads.iter().map(|fact| FACT + fact.paths.len() * NAME).sum::<usize>()
            + self.mentions.iter().map(|fact| FACT + fact.names.len() * (NAME + LINE)).sum::<usize>()
            + (self.binaries.len() + self.secrets.len()) * FACT
            + self.diversions.len() * (FACT + 3 * NAME);
        bytes as u64
    }

    /// Whether every index hits one of this many entries.
    pub(crate) fn fit(&self, entries: usize) -> bool {
        let lists = self.file_lists.iter().map(|fact| &fact.files).chain(self.packages.iter().filter_map(
            |package| match &package.files {
                Files::Listed(list) => Some(list),
                _ => None,
            },
        ));
        let facts = (self.packages.iter().map(|fact| fact.entry))
            .chain(self.file_lists.iter().map(|fact| fact.entry))
            .chain(self.selections.iter().map(|fact| fact.entry))
            .chain(self.imports.iter().map(|fact| fact.entry))
            .chain(self.binaries.iter().map(|fact| fact.entry))
            .chain(self.secrets.iter().map(|fact| fact.entry))
            .chain(self.diversions.iter().map(|fact| fact.entry))
            .chain(self.leads.iter().map(|fact| fact.entry))
            .chain(self.mentions.iter().map(|fact| fact.entry));
        facts.chain(lists.filter_map(FileList::last)).all(|entry| (entry as usize) < entries)
    }
}

/// One package, as its metadata describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PackageFact {
    /// The metadata it was read of: a database of many packages, or a file of this one.
    pub entry: u32,
    /// The world it comes from.
    pub ecosystem: Ecosystem,
    /// The name, normalised as the ecosystem does (PEP 503 for Python; `group:artifact` for Java).
    pub name: String,
    /// The version as it is written; empty where none is.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub version: String,
    /// What [`FileListFact::package`] calls it, where its files are listed elsewhere: `name:architecture` or `name` for
    /// dpkg, the directory of the metadata for Python.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub key: String,
    /// `amd64`, `noarch`, …
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub architecture: Option<String>,
    /// The licence as the package states it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub license: Option<String>,
    /// The source package it was built of, where that has another name (dpkg, apk, rpm).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<String>,
    /// What the package says it takes up on disk.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub declared_bytes: Option<Bytes>,
    /// Whether a person asked for it (`REQUESTED` for Python); `None` where this file does not say.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub requested: Option<bool>,
    /// Whether the system cannot do without it (dpkg: `Essential` or a priority of `required`).
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub essential: bool,
    /// What it needs.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[serde(deserialize_with = "room::list")]
    pub requires: Vec<Requirement>,
    /// Other names it answers to (dpkg `Provides`, sonames for apk and rpm).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[serde(deserialize_with = "room::list")]
    pub provides: Vec<String>,
    /// The programs it brings, where its metadata says so (npm `bin`, Python `console_scripts`).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[serde(deserialize_with = "room::list")]
    pub programs: Vec<String>,
    /// The groups of entry points in which it registers itself (PyPA, "Entry points specification").
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[serde(deserialize_with = "room::list")]
    pub plugin_groups: Vec<String>,
    /// The files that belong to it, where its metadata or its place says so.
    #[serde(skip_serializing_if = "Files::is_unknown", default)]
    pub files: Files,
}

impl PackageFact {
    /// A package of which nothing is known but its name.
    #[must_use]
    pub fn new(entry: u32, ecosystem: Ecosystem, name: impl Into<String>) -> Self {
        Self {
            entry,
            ecosystem,
            name: name.into(),
            version: String::new(),
            key: String::new(),
            architecture: None,
            license: None,
            source: None,
            declared_bytes: None,
            requested: None,
            essential: false,
            requires: Vec::new(),
            provides: Vec::new(),
            programs: Vec::new(),
            plugin_groups: Vec::new(),
            files: Files::Unknown,
        }
    }
}

/// Something a package needs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Requirement {
    /// Names, any of which will do; normalised like [`PackageFact::name`].
    #[serde(deserialize_with = "room::list")]
    pub any_of: Vec<String>,
    /// How much it needs it.
    #[serde(skip_serializing_if = "RequirementKind::is_required", default)]
    pub kind: RequirementKind,
    /// The extras of the other package that it needs as well (PEP 508, `name[extra]`).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[serde(deserialize_with = "room::list")]
    pub extras: Vec<String>,
    /// The environment marker under which it holds (PEP 508), as it is written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub marker: Option<String>,
}

/// How much a package needs another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum RequirementKind {
    /// It does not work without.
    #[default]
    Required,
    /// It is installed along by default (dpkg `Recommends`).
    Recommended,
    /// It can make use of it (dpkg `Suggests`, npm `optionalDependencies`).
    Optional,
    /// The user of the package has to install it (npm `peerDependencies`).
    Peer,
    /// Only its developers need it (npm `devDependencies`).
    Development,
}

impl RequirementKind {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_required(&self) -> bool {
        *self == Self::Required
    }
}

/// The files that belong to a package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Files {
    /// This file does not list them.
    #[default]
    Unknown,
    /// Only the file the metadata was read of (a jar, a binary).
    Itself,
    /// All that lies below these directories, except what lies below a directory of another package. A path may also
    /// be that of a file.
    Below(Paths),
    /// These and no others.
    Listed(FileList),
}

impl Files {
    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

/// A list of files. Directories are not listed: they belong to everyone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileList {
    /// Runs of entries of the same layer: how many entries are left out since the last run, and how many follow.
    #[serde(deserialize_with = "room::list")]
    pub runs: Vec<(u32, u32)>,
    /// Files that this layer does not have, in path order.
    #[serde(skip_serializing_if = "Paths::is_empty", default)]
    pub elsewhere: Paths,
}

impl FileList {
    /// A list of these entries, which have to be in order.
    #[must_use]
    pub fn new(entries: impl IntoIterator<Item = u32>, elsewhere: Paths) -> Self {
        let mut runs: Vec<(u32, u32)> = Vec::new();
        let mut end = 0;
        for entry in entries {
            match runs.last_mut() {
                Some((_, length)) if entry == end => *length += 1,
                _ => runs.push((entry - end, 1)),
            }
            end = entry + 1;
        }
        Self { runs, elsewhere }
    }

    /// The last entry of the same layer; past all entries if the runs count too far.
    fn last(&self) -> Option<u32> {
        let end: u64 = self.runs.iter().map(|&(gap, length)| u64::from(gap) + u64::from(length)).sum();
        (end > 0).then(|| u32::try_from(end - 1).unwrap_or(u32::MAX))
    }

    /// The entries of the same layer, in order.
    pub fn entries(&self) -> impl Iterator<Item = u32> {
        self.ranges().flat_map(|(start, end)| start..end)
    }

    /// The same as ranges, each without its end.
    pub fn ranges(&self) -> impl Iterator<Item = (u32, u32)> {
        let mut end = 0_u32;
        self.runs.iter().map(move |&(gap, length)| {
            let start = end.saturating_add(gap);
            end = start.saturating_add(length);
            (start, end)
        })
    }
}

/// The files of a package, listed in a separate file (dpkg `info/*.list`, Python `RECORD`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileListFact {
    /// The list.
    pub entry: u32,
    /// The world it belongs to.
    pub ecosystem: Ecosystem,
    /// The [`PackageFact::key`] of the package.
    pub package: String,
    /// The files.
    pub files: FileList,
}

/// What was asked for by name, and what only came along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SelectionFact {
    /// Where that is noted (apt `extended_states`, apk `world`, `requirements.txt`, `package.json` of a project).
    pub entry: u32,
    /// The world it speaks of.
    pub ecosystem: Ecosystem,
    /// The packages that were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[serde(deserialize_with = "room::list")]
    pub manual: Vec<Requirement>,
    /// The packages that came along; those the same world has beside them were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[serde(deserialize_with = "room::list")]
    pub automatic: Vec<String>,
}

/// What a source file of an application imports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportFact {
    /// The source file.
    pub entry: u32,
    /// The world its imports are found in: Python or npm.
    pub ecosystem: Ecosystem,
    /// Modules as they are written (`google.cloud`, `@scope/name/part`), sorted, relative ones left out. What Python
    /// imports from a module stands here too if it may be one itself (`google.cloud.storage`).
    #[serde(deserialize_with = "room::list")]
    pub modules: Vec<String>,
}

/// Modules or programs that a file of an application names as text: settings, scripts, arguments of functions that load
/// by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MentionFact {
    /// The file.
    pub entry: u32,
    /// The world its names are found in: Python or npm. Programs may be of either.
    pub ecosystem: Ecosystem,
    /// What the names are.
    pub kind: MentionKind,
    /// By which name a command runs this file, or this part of it: then it counts only if the image does so. Absent: it
    /// always counts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub run_as: Option<String>,
    /// The names as they are written, sorted, each once.
    #[serde(deserialize_with = "room::list")]
    pub names: Vec<String>,
    /// The line of each name, the first one where there are several; 0 if unknown.
    #[serde(deserialize_with = "room::list")]
    pub lines: Vec<u32>,
}

/// What names in a text are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum MentionKind {
    /// Modules, classes in them, packages.
    Module,
    /// Drivers, dialects and schemes of addresses (`postgresql+psycopg2`), without the address.
    Driver,
    /// Programs that a command runs.
    Program,
}

/// An executable or library that carries more than it takes to run it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BinaryFact {
    /// The file.
    pub entry: u32,
    /// The bytes of its debug sections (`.debug_*`, `.zdebug_*`).
    #[serde(skip_serializing_if = "Bytes::is_zero", default)]
    pub debug_bytes: Bytes,
    /// The bytes of its symbol table (`.symtab` and `.strtab`), which `strip` removes.
    #[serde(skip_serializing_if = "Bytes::is_zero", default)]
    pub symbol_bytes: Bytes,
}

/// A file that a package has another name for, so that its own can have the name (dpkg-divert(1)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DiversionFact {
    /// Where that is noted.
    pub entry: u32,
    /// The path that lists give, escaped.
    pub from: String,
    /// The path where the file lies, escaped.
    pub to: String,
    /// The package whose own file has the first path; empty if a person did it.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub by: String,
}

/// A file that names others in the cache of a package manager: the interpreter of a script, the home of an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeadFact {
    /// The file.
    pub entry: u32,
    /// The paths it names, as they are written, sorted.
    pub paths: Vec<String>,
}

/// A file that holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SecretFact {
    /// The file.
    pub entry: u32,
    /// What kind of secret it is.
    pub kind: SecretKind,
}

/// Kinds of secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// A private key (PEM, OpenSSH, PuTTY).
    PrivateKey,
    /// A private key that a passphrase protects.
    EncryptedPrivateKey,
    /// Credentials of a cloud (`.aws/credentials`, a service account of Google, …).
    CloudCredentials,
    /// Logins of a registry (`.docker/config.json`).
    RegistryLogin,
    /// A login or token of a package registry (`.npmrc`, `.pypirc`, `pip.conf`, `.gem/credentials`, `.cargo/credentials`).
    PackageRegistryToken,
    /// A login of hosts (`.netrc`, `.git-credentials`, a remote with a password in `.git/config`).
    HostLogin,
    /// A password of a database (`.pgpass`, `.my.cnf`).
    DatabasePassword,
    /// Access to a cluster (`kubeconfig`).
    ClusterAccess,
    /// An environment file with a variable whose name says it is a secret.
    EnvironmentFile,
    /// A token of a known form in a file of configuration.
    Token,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_files_gives_back_its_entries() {
        for entries in [vec![], vec![0], vec![0, 1, 2], vec![3, 4, 9, 11, 12]] {
            let list = FileList::new(entries.iter().copied(), Paths::default());
            assert_eq!(list.entries().collect::<Vec<_>>(), entries);
        }
        assert_eq!(FileList::new([3, 4, 9], Paths::default()).runs, [(3, 2), (4, 1)]);
    }
}
