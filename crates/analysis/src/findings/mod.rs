//! Findings: what is in an image without need, how it can be seen, what it would save, and how to get rid of it.
//!
//! A rule is a file here and a line in [`RULES`]. What a finding saves is a set of inodes, never a number of its own:
//! so savings add up as unions, and all of them together never exceed what is there.

mod advice;
mod base;
mod build_tools;
mod bytecode;
mod cache_breaking_layers;
#[cfg(test)]
mod check;
mod context_leftovers;
mod cuda_libraries;
mod debug_symbols;
mod documentation;
mod duplicate_files;
mod duplicate_models;
mod fix;
mod heavy_packages;
mod locales;
mod log_files;
mod missing_health_check;
mod model_weights;
mod npm_dev_dependencies;
mod package_manager_cache;
mod packaging_tools;
mod places;
mod progress;
mod rewritten_files;
mod root_user;
mod secrets;
mod setuid_files;
mod several_versions;
mod shared_fat_image;
mod shipped_tests;
mod static_libraries;
mod unpinned_base;
mod unused_packages;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_snapshot::{BuildFile, BuildInstruction, Bytes, Image, Order as _, Service, Snapshot, path};
use serde::Serialize;

pub(crate) use advice::BothSides;
pub use advice::{Advice, StackAdvice, advise, advise_by, advise_stack};
pub use fix::{Fix, FixKind, Lines, Pasted};
pub use progress::{Followed, Outcome, Progress, ServiceProgress, follow, new_findings, progress};

use crate::dockerfile::instructions_of_layers;
use crate::dockerignore::Ignore;
use crate::instruction::{self, Instruction};
use crate::packages::{Catalogue, Owner, Package, PackageId};
use crate::said::{Said, said};
use crate::squash::{Cause, Inode, Squashed};

/// Every rule: those that cost bytes first, which usually save most at the top, then those about how the image is set
/// up. Findings that save the same stand in this order.
pub const RULES: &[Rule] = &[
    cuda_libraries::RULE,
    unused_packages::RULE,
    shared_fat_image::RULE,
    rewritten_files::RULE,
    build_tools::RULE,
    npm_dev_dependencies::RULE,
    model_weights::RULE,
    duplicate_models::RULE,
    package_manager_cache::RULE,
    context_leftovers::RULE,
    duplicate_files::RULE,
    several_versions::RULE,
    heavy_packages::RULE,
    debug_symbols::RULE,
    static_libraries::RULE,
    documentation::RULE,
    locales::RULE,
    shipped_tests::RULE,
    bytecode::RULE,
    packaging_tools::RULE,
    log_files::RULE,
    secrets::RULE,
    root_user::RULE,
    setuid_files::RULE,
    missing_health_check::RULE,
    unpinned_base::RULE,
    cache_breaking_layers::RULE,
];

/// Something that is often wrong with images.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// What the finding is called everywhere: a noun for the failing state.
    pub id: &'static str,
    /// The same as a sentence.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// How it is mended, in general; a finding has the very lines for its image.
    pub how: &'static str,
    /// What the rule does not see, and where it may be wrong.
    pub limits: &'static str,
    /// How it is found.
    pub check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// One image.
    Image(fn(&Input<'_>) -> Vec<Finding>),
    /// All services together. It stacks the images that it needs, one at a time.
    Stack(fn(&Snapshot) -> Vec<Finding>),
}

/// An image as rules see it.
#[derive(Debug)]
pub struct Input<'a> {
    service: &'a str,
    /// Whether a rule has asked which service it is: then what it finds is not that of any other service.
    asked: Cell<bool>,
    /// What the user named it by, for commands that are printed; absent where nobody may know.
    pub source: Option<&'a str>,
    /// Where it is from.
    pub snapshot: &'a Snapshot,
    /// The image.
    pub image: &'a Image,
    /// Its layers, stacked.
    pub squashed: &'a Squashed<'a>,
    /// Its packages, and the owner of every byte.
    pub catalogue: &'a Catalogue,
    /// How many of the lowest layers come with the base image, as far as can be told.
    pub base_layers: u32,
    /// What it was built from, where that was given.
    pub build: Option<&'a BuildFile>,
    /// What its `.dockerignore` leaves out, where that was given.
    pub ignore: Option<Ignore>,
    /// The instruction of that file which made each layer.
    pub written: Vec<Option<usize>>,
}

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Low,
    /// Worth the work.
    Medium,
    /// The first thing to do.
    High,
}

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// It may well be meant so: look first.
    Low,
    /// It is so in nearly all images that look like this.
    Medium,
    /// It follows from what is in the image.
    High,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The [`Rule::id`].
    pub rule: &'static str,
    /// The service it was found in; for a stack, the services, with commas.
    pub service: String,
    /// What was found, in one sentence, with its figures left to the renderers.
    pub title: Said,
    /// How much it matters.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// The bytes that image size would shrink by.
    pub saving: Bytes,
    /// The largest examples.
    pub evidence: Vec<Evidence>,
    /// How many there are in all.
    pub evidence_count: u64,
    /// What to do about it, in the order in which it is best tried.
    pub fixes: Vec<Fix>,
    /// Why fixes, or parts of them, are left out: values that cannot be put into a suggested line.
    pub left_out: Vec<Said>,
    /// The inodes that would go, in order: indices into [`Squashed::inodes`].
    #[serde(skip)]
    pub inodes: Arc<[u32]>,
    /// Inodes of which only so many bytes would go: what `strip` takes away.
    #[serde(skip)]
    pub parts: Arc<[(u32, Bytes)]>,
}

/// What shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// A path, a package or a setting.
    pub subject: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// The layer that has it.
    pub layer: Option<u32>,
    /// The instruction of that layer.
    pub instruction: Option<String>,
    /// The line of the Dockerfile that has it, where that was given.
    pub line: Option<u32>,
    /// What is to be said of it.
    pub note: Option<Said>,
}

impl Finding {
    /// The number of examples that a finding carries.
    pub const EXAMPLES: usize = 10;

    /// A finding that costs no bytes; the rest is filled in by the rule.
    fn new(rule: &'static str, service: &str, title: impl Into<Said>) -> Self {
        Self {
            rule,
            service: service.to_owned(),
            title: title.into(),
            severity: severity_of(Bytes::ZERO),
            confidence: Confidence::High,
            saving: Bytes::ZERO,
            evidence: Vec::new(),
            evidence_count: 0,
            fixes: Vec::new(),
            left_out: Vec::new(),
            inodes: Arc::default(),
            parts: Arc::default(),
        }
    }

    /// The finding with evidence by groups.
    fn with_groups(mut self, (evidence, count): (Vec<Evidence>, u64)) -> Self {
        (self.evidence, self.evidence_count) = (evidence, count);
        self
    }

    /// The finding, no more sure and no more pressing than this.
    fn at_most(mut self, severity: Severity, confidence: Confidence) -> Self {
        self.severity = self.severity.min(severity);
        self.confidence = self.confidence.min(confidence);
        self
    }
}

impl<'a> Input<'a> {
    /// An image of a service.
    #[must_use]
    pub fn new(
        snapshot: &'a Snapshot,
        service: &'a Service,
        squashed: &'a Squashed<'a>,
        catalogue: &'a Catalogue,
    ) -> Self {
        let image = &snapshot.images[service.image];
        let build = service.build.as_ref();
        let written = build.map(|build| instructions_of_layers(image, build)).unwrap_or_default();
        // The Dockerfile knows where its own layers begin.
        let first = written.iter().position(Option::is_some).and_then(|first| u32::try_from(first).ok());
        let base_layers = first.unwrap_or_else(|| base::layers(image));
        Self {
            service: &service.name,
            asked: Cell::new(false),
            source: None,
            snapshot,
            image,
            squashed,
            catalogue,
            base_layers,
            build,
            ignore: build.and_then(Ignore::of),
            written,
        }
    }

    /// Whether `.dockerignore` leaves a path of the context out.
    #[must_use]
    pub fn is_left_out(&self, inside: &str) -> bool {
        self.ignore.as_ref().is_some_and(|ignore| ignore.leaves_out(inside))
    }

    /// The name of the service that runs it.
    #[must_use]
    pub fn service(&self) -> &'a str {
        self.asked.set(true);
        self.service
    }

    /// Every inode with its index and its owner.
    pub fn inodes(&self) -> impl Iterator<Item = (u32, &'a Inode, Owner)> {
        let owners = self.catalogue.owners.iter().copied();
        self.squashed.inodes.iter().zip(owners).zip(0..).map(|((inode, owner), index)| (index, inode, owner))
    }

    /// The inodes of the final tree.
    pub fn visible(&self) -> impl Iterator<Item = (u32, &'a Inode, Owner)> {
        self.inodes().filter(|(_, inode, _)| inode.hidden.is_none())
    }

    /// The path an inode was stored under.
    #[must_use]
    pub fn path(&self, inode: &Inode) -> &'a [u8] {
        self.path_of(inode.layer, inode.entry)
    }

    fn path_of(&self, layer: u32, entry: u32) -> &'a [u8] {
        let layer = &self.snapshot.layers[self.image.layers[layer as usize].layer];
        layer.contents.as_ref().map_or(&[], |contents| contents.entries.path(entry as usize))
    }

    /// The paths of the names of an inode: those of the final tree or, if it is hidden, all it ever had.
    pub fn names(&self, index: u32) -> impl Iterator<Item = &'a [u8]> {
        self.squashed.names_of(index).map(|(layer, entry)| self.path_of(layer, entry))
    }

    /// Whether all names of an inode are meant: what has another name stays when one goes.
    #[must_use]
    pub fn everywhere(&self, index: u32, is_meant: impl Fn(&'a [u8]) -> bool) -> bool {
        self.names(index).all(is_meant)
    }

    /// Whether an inode belongs to packages of a kind, and to nobody else.
    #[must_use]
    pub fn is_only_of(&self, index: u32, is_meant: impl Fn(&Package) -> bool) -> bool {
        self.catalogue.is_only_of(index, is_meant)
    }

    /// The instruction of the Dockerfile that made a layer, where that file was given.
    #[must_use]
    pub fn written(&self, layer: u32) -> Option<&'a BuildInstruction> {
        let at = (*self.written.get(layer as usize)?)?;
        self.build?.instructions.get(at)
    }

    /// The instruction that made a layer: as it is written in the Dockerfile, or else as the builder noted it, without
    /// some of its options.
    #[must_use]
    pub fn instruction(&self, layer: u32) -> Option<Instruction> {
        if let Some(written) = self.written(layer) {
            return Some(Instruction::of(written.text.as_str()));
        }
        let step = self.image.layers.get(layer as usize)?.history?;
        Some(Instruction::of(instruction::readable(&self.image.history[step].created_by)))
    }

    /// The bytes of some inodes.
    #[must_use]
    pub fn bytes(&self, inodes: &[u32]) -> Bytes {
        inodes.iter().map(|&inode| self.squashed.inodes[inode as usize].size).sum()
    }

    /// The inodes that go with some packages, in all layers.
    #[must_use]
    pub fn inodes_of(&self, packages: &[PackageId]) -> Vec<u32> {
        let mut packages = packages.to_vec();
        packages.order();
        let freed = self.catalogue.freed_inodes(&packages);
        (0..).zip(freed).filter_map(|(index, is_freed)| is_freed.then_some(index)).collect()
    }

    /// The largest of some inodes as evidence.
    #[must_use]
    pub fn largest(&self, inodes: &[u32]) -> Vec<Evidence> {
        let mut sorted: Vec<u32> = inodes.to_vec();
        sorted.order_by_key(|&index| (std::cmp::Reverse(self.squashed.inodes[index as usize].size), index));
        sorted.truncate(Finding::EXAMPLES);
        sorted.into_iter().map(|index| self.evidence(index)).collect()
    }

    /// One inode as evidence.
    #[must_use]
    pub fn evidence(&self, index: u32) -> Evidence {
        let inode = &self.squashed.inodes[index as usize];
        let place = self.names(index).next().unwrap_or_else(|| self.path(inode));
        Evidence {
            subject: path::escape(place).into_owned(),
            bytes: inode.size,
            layer: Some(inode.layer),
            instruction: self.instruction(inode.layer).map(String::from),
            line: self.written(inode.layer).map(|written| written.line),
            note: inode.hidden.map(|(by, cause)| match cause {
                Cause::Deleted | Cause::Opaque => {
                    said!("deleted by layer {}, yet in the image", u64::from(by))
                }
                _ => said!("replaced by layer {}, yet in the image", u64::from(by)),
            }),
        }
    }

    /// A finding about some inodes; the rest is filled in by the rule.
    #[must_use]
    pub fn finding(&self, rule: &'static str, title: impl Into<Said>, mut inodes: Vec<u32>) -> Finding {
        inodes.order();
        inodes.dedup();
        let saving = self.bytes(&inodes);
        Finding {
            severity: severity_of(saving),
            saving,
            evidence: self.largest(&inodes),
            evidence_count: inodes.len() as u64,
            inodes: inodes.into(),
            ..Finding::new(rule, self.service, title)
        }
    }

    /// A finding about how the image is set up, which costs no bytes.
    #[must_use]
    pub fn remark(&self, rule: &'static str, title: impl Into<Said>, subject: impl Into<String>) -> Finding {
        let evidence = Evidence { subject: subject.into(), ..Evidence::default() };
        Finding { evidence: vec![evidence], evidence_count: 1, ..self.finding(rule, title, Vec::new()) }
    }

    /// The inodes that the layers above the base brought.
    pub fn added(&self) -> impl Iterator<Item = (u32, &'a Inode, Owner)> {
        self.inodes().filter(|(_, inode, _)| inode.layer >= self.base_layers)
    }

    /// All inodes that lie, or lay, at the paths of some: their copies in other layers.
    #[must_use]
    pub fn with_copies(&self, inodes: &[u32]) -> Vec<u32> {
        let names = &self.squashed.names;
        let mut meant = vec![false; names.len()];
        let of =
            |index: u32| self.squashed.names_of(index).map(|(layer, entry)| names.of(layer, entry) as usize);
        inodes.iter().for_each(|&index| of(index).for_each(|name| meant[name] = true));
        let is_copy = |&index: &u32| of(index).all(|name| meant[name]);
        self.inodes().map(|(index, ..)| index).filter(is_copy).collect()
    }

    /// Evidence by groups: the largest first, each with the number of its files, the layer and the instruction of the
    /// largest of them.
    #[must_use]
    pub fn grouped(&self, inodes: &[u32], label: impl Fn(u32, &Inode) -> String) -> (Vec<Evidence>, u64) {
        let mut groups: BTreeMap<String, (Bytes, u64, u32)> = BTreeMap::new();
        for &index in inodes {
            let inode = &self.squashed.inodes[index as usize];
            let group = groups.entry(label(index, inode)).or_insert((Bytes::ZERO, 0, index));
            group.0 += inode.size;
            group.1 += 1;
            if inode.size > self.squashed.inodes[group.2 as usize].size {
                group.2 = index;
            }
        }
        let count = groups.len() as u64;
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.order_by_key(|(_, (size, ..))| std::cmp::Reverse(*size));
        groups.truncate(Finding::EXAMPLES);
        let evidence = groups.into_iter().map(|(subject, (bytes, files, index))| Evidence {
            subject,
            bytes,
            note: (files > 1).then(|| said!("{file|files}", files)),
            ..self.evidence(index)
        });
        (evidence.collect(), count)
    }

    /// What evidence calls the owner of an inode: the package, or a directory.
    #[must_use]
    pub fn owner_label(&self, index: u32, inode: &Inode) -> String {
        match self.catalogue.owners[index as usize] {
            Owner::Package(id) => {
                let package = self.catalogue.package(id);
                format!("{} {}", package.ecosystem.name(), package.label())
            }
            _ => path::escape(places::top(self.path(inode), 3)).into_owned(),
        }
    }

    /// The package of an owner.
    #[must_use]
    pub fn package(&self, owner: Owner) -> Option<&'a Package> {
        match owner {
            Owner::Package(id) => Some(self.catalogue.package(id)),
            _ => None,
        }
    }

    /// The instructions of the layers above the base, with their layers.
    pub fn steps(&self) -> impl Iterator<Item = (u32, Instruction)> {
        let above = self.base_layers..u32::try_from(self.image.layers.len()).unwrap_or(u32::MAX);
        above.filter_map(|layer| Some((layer, self.instruction(layer)?)))
    }

    /// The layer that has most bytes of some inodes, above the base.
    #[must_use]
    pub fn main_layer(&self, inodes: &[u32]) -> Option<u32> {
        let mut sums: BTreeMap<u32, Bytes> = BTreeMap::new();
        for &index in inodes {
            let inode = &self.squashed.inodes[index as usize];
            if inode.layer >= self.base_layers {
                *sums.entry(inode.layer).or_default() += inode.size;
            }
        }
        sums.into_iter().max_by_key(|&(layer, sum)| (sum, std::cmp::Reverse(layer))).map(|(layer, _)| layer)
    }

    /// Whether the image runs something of its own, rather than being made to build others of.
    #[must_use]
    pub fn is_service(&self) -> bool {
        const SHELLS: [&str; 6] = ["sh", "bash", "/bin/sh", "/bin/bash", "ash", "/bin/ash"];
        let config = &self.image.config;
        let interactive = match &config.command[..] {
            [] => true,
            [one] => SHELLS.contains(&one.as_str()) || one == "python3" || one == "node",
            _ => false,
        };
        !config.exposed_ports.is_empty() || !config.entrypoint.is_empty() || !interactive
    }

    /// Whether the final tree has a program of this name in one of the usual places.
    #[must_use]
    pub fn has_program(&self, name: &str) -> bool {
        const PLACES: [&str; 7] =
            ["bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "venv/bin"];
        let places: Vec<String> = PLACES.iter().map(|place| format!("{place}/{name}")).collect();
        self.image.layers.iter().any(|layer| {
            let contents = self.snapshot.layers[layer.layer].contents.as_ref();
            contents.is_some_and(|contents| {
                places.iter().any(|place| contents.entries.find(place.as_bytes()).is_some())
            })
        })
    }
}

/// How much so many bytes matter.
#[must_use]
pub fn severity_of(saving: Bytes) -> Severity {
    match saving.0 {
        100_000_000.. => Severity::High,
        10_000_000.. => Severity::Medium,
        _ => Severity::Low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What helps rules rather than being one.
    const HELPERS: [&str; 6] = ["advice", "base", "check", "fix", "mod", "places"];

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test looks at its own sources")]
    fn every_file_is_a_rule_in_the_list_and_every_rule_says_what_it_is() {
        let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/findings")).unwrap() {
            let file = file.unwrap().file_name().into_string().unwrap();
            let stem = file.trim_end_matches(".rs");
            if !HELPERS.contains(&stem) && stem != "progress" {
                assert!(ids.contains(&stem.replace('_', "-").as_str()), "{stem} is not in the list of rules");
            }
        }
        for (index, rule) in RULES.iter().enumerate() {
            assert!(!ids[..index].contains(&rule.id), "{} twice", rule.id);
            for text in [rule.title, rule.why, rule.how, rule.limits] {
                assert!(!text.is_empty() && !text.contains("  "), "{}: {text}", rule.id);
            }
        }
    }
}
