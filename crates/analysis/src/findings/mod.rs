//! Findings: what is in an image without need, how it can be seen, what it would save, and how to get rid of it.
//!
//! A rule is a file here and a line in [`RULES`]. What a finding saves is a set of inodes, never a number of its own:
//! so savings add up as unions, and all of them together never exceed what is there.

mod advice;
mod fix;
mod package_manager_cache;
mod rewritten_files;
mod unused_packages;

use plimsoll_snapshot::{Bytes, Image, Snapshot, path};
use serde::Serialize;

pub use advice::{Advice, advise, advise_stack};
pub use fix::{Fix, FixKind};

use crate::instruction;
use crate::packages::{Catalogue, Owner, PackageId};
use crate::squash::{Inode, Squashed};

/// Every rule, those that usually save most first. Findings that save the same stand in this order.
pub const RULES: &[Rule] = &[unused_packages::RULE, rewritten_files::RULE, package_manager_cache::RULE];

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
    /// All services together.
    Stack(fn(&[Input<'_>]) -> Vec<Finding>),
}

/// An image as rules see it.
#[derive(Debug)]
pub struct Input<'a> {
    /// The name of the service that runs it.
    pub service: &'a str,
    /// Where it is from.
    pub snapshot: &'a Snapshot,
    /// The image.
    pub image: &'a Image,
    /// Its layers, stacked.
    pub squashed: &'a Squashed<'a>,
    /// Its packages, and the owner of every byte.
    pub catalogue: &'a Catalogue,
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
    pub title: String,
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
    /// The inodes that would go, in order: indices into [`Squashed::inodes`].
    #[serde(skip)]
    pub inodes: Vec<u32>,
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
    /// What is to be said of it.
    pub note: Option<String>,
}

impl Finding {
    /// The number of examples that a finding carries.
    pub const EXAMPLES: usize = 10;
}

impl<'a> Input<'a> {
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
        let layer = &self.snapshot.layers[self.image.layers[inode.layer as usize].layer];
        layer.contents.as_ref().map_or(&[], |contents| contents.entries.get(inode.entry as usize).path)
    }

    /// The instruction that made a layer, as it stood in the Dockerfile.
    #[must_use]
    pub fn instruction(&self, layer: u32) -> Option<String> {
        let step = self.image.layers.get(layer as usize)?.history?;
        Some(instruction::readable(&self.image.history[step].created_by).into_owned())
    }

    /// The bytes of some inodes.
    #[must_use]
    pub fn bytes(&self, inodes: &[u32]) -> Bytes {
        inodes.iter().map(|&inode| self.squashed.inodes[inode as usize].size).sum()
    }

    /// The inodes of some packages, in all layers.
    #[must_use]
    pub fn inodes_of(&self, packages: &[PackageId]) -> Vec<u32> {
        let owned = |owner| matches!(owner, Owner::Package(id) if packages.contains(&id));
        self.inodes().filter(|&(.., owner)| owned(owner)).map(|(index, ..)| index).collect()
    }

    /// The largest of some inodes as evidence.
    #[must_use]
    pub fn largest(&self, inodes: &[u32]) -> Vec<Evidence> {
        let mut sorted: Vec<u32> = inodes.to_vec();
        sorted.sort_by_key(|&index| (std::cmp::Reverse(self.squashed.inodes[index as usize].size), index));
        sorted.truncate(Finding::EXAMPLES);
        sorted.into_iter().map(|index| self.evidence(index)).collect()
    }

    /// One inode as evidence.
    #[must_use]
    pub fn evidence(&self, index: u32) -> Evidence {
        let inode = &self.squashed.inodes[index as usize];
        Evidence {
            subject: path::escape(self.path(inode)).into_owned(),
            bytes: inode.size,
            layer: Some(inode.layer),
            instruction: self.instruction(inode.layer),
            note: None,
        }
    }

    /// A finding about some inodes; the rest is filled in by the rule.
    #[must_use]
    pub fn finding(&self, rule: &'static str, title: impl Into<String>, mut inodes: Vec<u32>) -> Finding {
        inodes.sort_unstable();
        inodes.dedup();
        let saving = self.bytes(&inodes);
        Finding {
            rule,
            service: self.service.to_owned(),
            title: title.into(),
            severity: severity_of(saving),
            confidence: Confidence::High,
            saving,
            evidence: self.largest(&inodes),
            evidence_count: inodes.len() as u64,
            fixes: Vec::new(),
            inodes,
        }
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
