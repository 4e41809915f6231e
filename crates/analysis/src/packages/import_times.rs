//! The start of a Python program by package: what the imports of each take.

use std::collections::BTreeMap;

use plimsoll_snapshot::Order as _;
use plimsoll_snapshot::runtime::{ImportRun, Observation};
use serde::Serialize;

use super::catalogue::Catalogue;
use super::observed::Observed;
use super::package::PackageId;

/// The imports of one interpreter, by package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PackageStartUp {
    /// The file it was read of.
    pub file: String,
    /// The service.
    pub service: String,
    /// The number of interpreters that were seen. This is the one whose imports took longest.
    pub interpreters: u64,
    /// Microseconds of all imports.
    pub total_us: u64,
    /// The number of modules that were imported.
    pub modules: u64,
    /// Whether lines of several processes are mixed: then what a package brings along is unknown.
    pub interleaved: bool,
    /// The packages, the longest own time first; without a package, the application and the standard library. The own
    /// times sum to the total.
    pub shares: Vec<StartUpShare>,
}

/// The imports of one package.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StartUpShare {
    /// The package; none for all that belongs to no package.
    pub package: Option<PackageId>,
    /// Its name and version.
    pub name: String,
    /// The number of its modules that were imported.
    pub modules: u64,
    /// Microseconds that its modules took themselves.
    pub own_us: u64,
    /// Microseconds with everything that its modules were the first to import; absent if it is unknown.
    pub cumulative_us: Option<u64>,
}

/// The slowest start of all observations.
pub(super) fn of_observations(
    observations: &[&Observation],
    observed: &Observed,
    catalogue: &Catalogue,
) -> Option<PackageStartUp> {
    let starts = observations.iter().filter_map(|observation| {
        let slowest = observation.imports.iter().max_by_key(|run| own(run))?;
        Some((*observation, slowest))
    });
    let (observation, run) = starts.max_by_key(|(_, run)| own(run))?;
    Some(PackageStartUp {
        file: observation.file.clone(),
        service: observation.service.clone(),
        interpreters: observation.imports.len() as u64,
        total_us: own(run),
        modules: run.modules.len() as u64,
        interleaved: run.interleaved,
        shares: shares(run, observed, catalogue),
    })
}

fn own(run: &ImportRun) -> u64 {
    run.modules.iter().fold(0, |sum, module| sum.saturating_add(module.own_us))
}

fn shares(run: &ImportRun, observed: &Observed, catalogue: &Catalogue) -> Vec<StartUpShare> {
    let package = |module: &str| observed.modules.get(module).and_then(|packages| packages.first()).copied();
    let mut sums: BTreeMap<Option<PackageId>, StartUpShare> = BTreeMap::new();
    // From the last one backwards, parents come before children: the ones that are open lie on a stack.
    let mut open: Vec<(u32, Option<PackageId>)> = Vec::new();
    for module in run.modules.iter().rev() {
        let of = package(&module.module);
        while open.last().is_some_and(|(depth, _)| *depth >= module.depth) {
            open.pop();
        }
        let share = sums.entry(of).or_default();
        share.modules += 1;
        share.own_us = share.own_us.saturating_add(module.own_us);
        // The time of a parent in the same package already contains it.
        if !open.iter().any(|(_, above)| *above == of) {
            let sum = share.cumulative_us.unwrap_or(0).saturating_add(module.cumulative_us);
            share.cumulative_us = Some(sum);
        }
        // A stack as deep as the imports of real programs.
        if open.len() < MAX_DEPTH {
            open.push((module.depth, of));
        }
    }
    let mut shares: Vec<StartUpShare> = sums
        .into_iter()
        .map(|(of, share)| StartUpShare {
            package: of,
            name: of.map(|id| catalogue.package(id).label()).unwrap_or_default(),
            cumulative_us: share.cumulative_us.filter(|_| !run.interleaved && of.is_some()),
            ..share
        })
        .collect();
    shares.order_by_key(|share| (std::cmp::Reverse(share.own_us), share.package));
    shares
}

/// The deepest imports whose parents are looked at.
const MAX_DEPTH: usize = 256;
