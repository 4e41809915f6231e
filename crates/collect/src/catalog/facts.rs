//! What catalogers find in a layer.

use std::any::{Any, TypeId};
use std::collections::HashMap;

use plimsoll_snapshot::{
    BinaryFact, DiversionFact, FaultPlace, FileListFact, ImportFact, LeadFact, MentionFact, MetadataFault,
    MetadataProblem, PackageFact, SecretFact, SelectionFact,
};

use crate::redact;

/// What was found so far. Facts are pushed by the catalogers, with the `entry` they were given.
#[derive(Default)]
pub(crate) struct Catalog {
    pub(crate) packages: Vec<PackageFact>,
    pub(crate) file_lists: Vec<FileListFact>,
    pub(crate) selections: Vec<SelectionFact>,
    pub(crate) imports: Vec<ImportFact>,
    pub(crate) binaries: Vec<BinaryFact>,
    pub(crate) secrets: Vec<SecretFact>,
    pub(crate) diversions: Vec<DiversionFact>,
    pub(crate) leads: Vec<LeadFact>,
    pub(crate) mentions: Vec<MentionFact>,
    /// What single catalogers keep until all of a layer is there.
    notes: Notes,
    /// The files that were read. Until the entries are in order, facts call a file by its index here.
    pub(super) files: Vec<Vec<u8>>,
    /// What is wrong with which file.
    pub(super) problems: Vec<(u32, MetadataFault)>,
    /// The cataloger that is reading.
    pub(super) cataloger: &'static str,
}

/// One value of each type that a cataloger keeps.
type Notes = HashMap<TypeId, Box<dyn Any + Send>>;

/// The most problems that are noted of one file.
const MAX_PROBLEMS: usize = 20;

impl Catalog {
    /// Notes that a file, or a part of it, could not be read.
    pub(crate) fn problem(&mut self, entry: u32, fault: impl Into<MetadataFault>) {
        let known = self.problems.iter().rev().take_while(|(other, _)| *other == entry).count();
        match known.cmp(&MAX_PROBLEMS) {
            std::cmp::Ordering::Less => {
                let mut fault = fault.into();
                self.cataloger.clone_into(&mut fault.reader);
                fault.detail = fault.detail.map(|detail| redact::message(&detail));
                if let Some(FaultPlace::Named(name)) = &mut fault.place {
                    *name = redact::message(name);
                }
                self.problems.push((entry, fault));
            }
            std::cmp::Ordering::Equal => self.problems.push((entry, MetadataProblem::More.into())),
            std::cmp::Ordering::Greater => {}
        }
    }

    /// What the cataloger keeps that has this type.
    pub(crate) fn notes<T: Any + Default + Send>(&mut self) -> &mut T {
        let notes = self.notes.entry(TypeId::of::<T>()).or_insert_with(|| Box::<T>::default());
        notes.downcast_mut().expect("the key is the type of the value")
    }

    /// Takes what the cataloger kept that has this type.
    pub(crate) fn take_notes<T: Any + Default + Send>(&mut self) -> T {
        std::mem::take(self.notes())
    }

    /// The packages found so far, and the paths of the files that their `entry` stands for.
    pub(crate) fn packages_and_files(&mut self) -> (&mut Vec<PackageFact>, &[Vec<u8>]) {
        (&mut self.packages, &self.files)
    }
}
