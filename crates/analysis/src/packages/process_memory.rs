//! Memory of running processes by owner: what is mapped of files, joined with the packages that have them.

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::{Observation, ProcessMemory, Resident};
use plimsoll_snapshot::{Bytes, Order as _};
use serde::Serialize;

use super::catalogue::Catalogue;
use super::observed::Observed;
use super::package::{Owner, PackageId};

/// The memory of the processes of a service at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PackageMemory {
    /// The file it was read of.
    pub file: String,
    /// The service.
    pub service: String,
    /// The number of processes.
    pub processes: u64,
    /// The sum over all processes.
    pub total: Resident,
    /// What belongs to whom, the largest share first. The proportional bytes sum to the total.
    pub shares: Vec<MemoryShare>,
}

/// The memory of one owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemoryShare {
    /// Whose it is.
    pub of: MemoryOwner,
    /// What is in memory, where pages that processes share count once.
    #[serde(flatten)]
    pub resident: Resident,
}

/// Whose memory it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MemoryOwner {
    /// Files of a package.
    Package {
        /// The package.
        package: PackageId,
        /// Its name and version.
        name: String,
    },
    /// Files of the image that belong to no package.
    OtherFiles,
    /// Files that are not of the image: volumes, and what was deleted since.
    Outside,
    /// The heap of the C library.
    Heap,
    /// Stacks that the kernel names.
    Stacks,
    /// Other memory without a file: arenas of allocators, stacks of threads, shared memory.
    Anonymous,
}

/// The largest of the observations that measured memory.
pub(super) fn of_observations(
    observations: &[&Observation],
    observed: &Observed,
    catalogue: &Catalogue,
) -> Option<PackageMemory> {
    let measured = observations.iter().filter(|observation| !observation.processes.is_empty());
    measured.map(|observation| of_processes(observation, observed, catalogue)).max_by_key(|memory| {
        // Of equal ones the first.
        (memory.total.proportional, std::cmp::Reverse(memory.file.clone()))
    })
}

fn of_processes(observation: &Observation, observed: &Observed, catalogue: &Catalogue) -> PackageMemory {
    let mut sums: BTreeMap<MemoryOwner, Shared> = BTreeMap::new();
    for process in &observation.processes {
        // Pages that several processes share belong to a file, so files are what is counted once.
        let mut add = |of: MemoryOwner, path: &str, resident: Resident| {
            sums.entry(of).or_default().add(path, resident);
        };
        for file in &process.files {
            add(owner(&file.path, observed, catalogue), &file.path, file.resident);
        }
        let ProcessMemory { heap, stacks, other, .. } = process;
        add(MemoryOwner::Heap, "", *heap);
        add(MemoryOwner::Stacks, "", *stacks);
        add(MemoryOwner::Anonymous, "", *other);
    }
    let mut shares: Vec<MemoryShare> =
        sums.into_iter().map(|(of, shared)| MemoryShare { of, resident: shared.sum() }).collect();
    shares.retain(|share| share.resident != Resident::default());
    shares.order_by_key(|share| (std::cmp::Reverse(share.resident.proportional), share.of.clone()));
    let mut total = Resident::default();
    shares.iter().for_each(|share| total += share.resident);
    PackageMemory {
        file: observation.file.clone(),
        service: observation.service.clone(),
        processes: observation.processes.len() as u64,
        total,
        shares,
    }
}

fn owner(path: &str, observed: &Observed, catalogue: &Catalogue) -> MemoryOwner {
    let Some(&inode) = observed.mapped.get(path) else { return MemoryOwner::Outside };
    match catalogue.owners[inode as usize] {
        Owner::Package(id) => MemoryOwner::Package { package: id, name: catalogue.package(id).label() },
        _ => MemoryOwner::OtherFiles,
    }
}

/// Memory that processes share, added up.
#[derive(Default)]
struct Shared {
    /// By path: what each process has for itself, and the most that one of them shares.
    files: BTreeMap<String, (Resident, Bytes)>,
}

impl Shared {
    fn add(&mut self, path: &str, resident: Resident) {
        let (sum, shared) = match self.files.get_mut(path) {
            Some(known) => known,
            None => self.files.entry(path.to_owned()).or_default(),
        };
        *sum += Resident { resident: resident.private, ..resident };
        *shared = (*shared).max(resident.resident - resident.private);
    }

    fn sum(self) -> Resident {
        let mut sum = Resident::default();
        for (own, shared) in self.files.into_values() {
            sum += Resident { resident: own.resident + shared, ..own };
        }
        sum
    }
}
