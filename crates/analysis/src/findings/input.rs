//! An image as rules see it, and the findings that they make of it.

use std::cell::Cell;
use std::collections::BTreeMap;

use plimsoll_snapshot::{BuildFile, BuildInstruction, Bytes, Image, Order as _, Service, Snapshot};

use super::evidence::{Evidence, Note, Subject};
use super::finding::{Finding, severity_of};
use super::headline::Headline;
use super::places;
use super::rule_id::RuleId;
use crate::base_image::{base_layers_by_history, first_written};
use crate::dockerfile::instructions_of_layers;
use crate::dockerignore::Ignore;
use crate::instruction::{self, Instruction};
use crate::lines::{Line, Shell, Unfit, shell};
use crate::packages::{Catalogue, Owner, Package, PackageId};
use crate::squash::{Cause, Inode, Squashed};

/// An image as rules see it.
#[derive(Debug)]
pub struct Input<'a> {
    pub(super) service: &'a str,
    /// Whether a rule has asked for the service: then its findings do not hold for other services of the image.
    pub(super) asked: Cell<bool>,
    /// The source as the user typed it, for suggested commands; absent if it must stay private.
    pub source: Option<&'a str>,
    /// The snapshot that holds it.
    pub snapshot: &'a Snapshot,
    /// The image.
    pub image: &'a Image,
    /// Its layers, stacked.
    pub squashed: &'a Squashed<'a>,
    /// Its packages, and the owner of every byte.
    pub catalogue: &'a Catalogue,
    /// How many of the lowest layers come with the base image, as far as is known.
    pub base_layers: u32,
    /// What it was built from, where that was given.
    pub build: Option<&'a BuildFile>,
    /// Its `.dockerignore`, where that was given.
    pub ignore: Option<Ignore>,
    /// The instruction of that file which made each layer.
    pub written: Vec<Option<usize>>,
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
        let first = first_written(&written).unwrap_or_else(|| base_layers_by_history(image));
        let base_layers = u32::try_from(first).unwrap_or(u32::MAX);
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

    /// Whether the `.dockerignore` excludes a path of the context.
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

    pub(super) fn path_of(&self, layer: u32, entry: u32) -> &'a [u8] {
        let layer = &self.snapshot.layers[self.image.layers[layer as usize].layer];
        layer.contents.as_ref().map_or(&[], |contents| contents.entries.path(entry as usize))
    }

    /// The permission bits of an inode.
    #[must_use]
    pub fn mode(&self, inode: &Inode) -> u32 {
        let layer = &self.snapshot.layers[self.image.layers[inode.layer as usize].layer];
        let entries = layer.contents.as_ref().map(|contents| &contents.entries);
        entries.map_or(0, |entries| entries.get(inode.entry as usize).attributes.mode)
    }

    /// The paths of the names of an inode: those of the final tree or, if it is hidden, all it ever had.
    pub fn names(&self, index: u32) -> impl Iterator<Item = &'a [u8]> {
        self.squashed.names_of(index).map(|(layer, entry)| self.path_of(layer, entry))
    }

    /// Whether a condition holds for all names of an inode: while it has another name, its bytes stay.
    #[must_use]
    pub fn everywhere(&self, index: u32, is_meant: impl Fn(&'a [u8]) -> bool) -> bool {
        self.names(index).all(is_meant)
    }

    /// Whether only packages of a kind own an inode.
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

    /// The instruction that made a layer: as it is written in the Dockerfile, or else as the builder recorded it, without
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

    /// The inodes that are freed with some packages, in all layers.
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
            subject: Subject::path(place),
            bytes: inode.size,
            layer: Some(inode.layer),
            instruction: self.instruction(inode.layer).map(String::from),
            line: self.written(inode.layer).map(|written| written.line),
            note: inode.hidden.map(|(by, cause)| match cause {
                Cause::Deleted | Cause::Opaque => Note::DeletedBy { layer: by },
                Cause::Overwritten | Cause::RewrittenSameContent | Cause::ReplacedByOtherKind => {
                    Note::ReplacedBy { layer: by }
                }
            }),
        }
    }

    /// A finding about some inodes; the rest is filled in by the rule.
    #[must_use]
    pub fn finding(&self, rule: RuleId, headline: Headline, mut inodes: Vec<u32>) -> Finding {
        inodes.order();
        inodes.dedup();
        let saving = self.bytes(&inodes);
        Finding {
            severity: severity_of(saving),
            saving,
            evidence: self.largest(&inodes),
            evidence_count: inodes.len() as u64,
            inodes: inodes.into(),
            ..Finding::new(rule, self.service, headline)
        }
    }

    /// A finding about how the image is set up, which costs no bytes.
    #[must_use]
    pub fn remark(&self, rule: RuleId, headline: Headline, subject: Subject) -> Finding {
        let evidence = vec![Evidence::new(subject)];
        Finding { evidence, evidence_count: 1, ..self.finding(rule, headline, Vec::new()) }
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
    pub fn grouped(&self, inodes: &[u32], label: impl Fn(u32, &Inode) -> Subject) -> (Vec<Evidence>, u64) {
        let mut groups: BTreeMap<Subject, (Bytes, u64, u32)> = BTreeMap::new();
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
            note: (files > 1).then_some(Note::Files { files }),
            ..self.evidence(index)
        });
        (evidence.collect(), count)
    }

    /// The owner of an inode as evidence: the package, or a directory.
    #[must_use]
    pub fn owner(&self, index: u32, inode: &Inode) -> Subject {
        match self.catalogue.owners[index as usize] {
            Owner::Package(id) => Subject::of_package(self.catalogue.package(id)),
            _ => Subject::path(places::top(self.path(inode), 3)),
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

    /// Whether the image runs a service. A base image only starts a shell or an interpreter.
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

    /// The directory of packages that holds the first of some files.
    pub(super) fn packages_directory(&self, inodes: &[u32]) -> Option<Result<Line<Shell>, Unfit>> {
        let place = self.path(&self.squashed.inodes[*inodes.first()? as usize]);
        let directory = ["site-packages", "dist-packages", "node_modules"]
            .iter()
            .find_map(|name| places::down_to(place, name.as_bytes()))?;
        Some(shell::path(directory))
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
