//! How findings are fixed in a Dockerfile: one repair per kind of fix.
//!
//! A repair is added in three steps: a file here with `pub(super) fn repair`, its line in [`REPAIRS`], and a case in
//! `tests/fixes`.

mod caches;
mod copied;
mod cuda;
mod deleted;
mod documentation;
mod dpkg;
mod ignored;
mod lists;
mod npm;
mod python;
mod recommended;
mod replaced;
pub(in crate::fix) mod requirements;
mod rewritten;
mod setup;
mod staged;
mod tools;

use super::draft::Draft;
use super::refusal::Refusal;
use crate::findings::{Confidence, Finding, RuleId};

/// Changes a draft so that a finding is gone. Returns how certain it is that the image still builds and runs.
pub(super) type Repair = fn(&mut Draft<'_>, &Finding) -> Result<Confidence, Refusal>;

/// The repairs by rule. Their order is that of their edits: a tool is removed after the last command that needs it.
pub(super) const REPAIRS: &[(RuleId, Repair)] = &[
    (RuleId::UnpinnedBase, replaced::repair),
    (RuleId::ContextLeftovers, ignored::repair),
    (RuleId::ModelWeights, ignored::repair),
    (RuleId::CacheBreakingLayers, lists::repair),
    (RuleId::Documentation, documentation::repair),
    (RuleId::Locales, dpkg::repair),
    (RuleId::CudaLibraries, cuda::repair),
    (RuleId::UnusedPackages, python::repair),
    (RuleId::TestTools, python::test_tools),
    (RuleId::RecommendedPackages, recommended::repair),
    (RuleId::RewrittenFiles, rewritten::repair),
    // A user that was moved before the files belongs to the base of both stages.
    (RuleId::NpmDevDependencies, npm::repair),
    (RuleId::DebugSymbols, deleted::strip),
    (RuleId::StaticLibraries, deleted::libraries),
    (RuleId::DuplicateModels, copied::repair),
    (RuleId::DuplicateFiles, copied::repair),
    (RuleId::TemporaryFiles, deleted::temporary),
    (RuleId::BuildLeftovers, deleted::leftovers),
    (RuleId::LogFiles, deleted::logs),
    (RuleId::Bytecode, python::no_bytecode),
    (RuleId::BuildTools, tools::repair),
    (RuleId::PackageManagerCache, caches::repair),
    (RuleId::MissingHealthCheck, setup::repair),
    (RuleId::RootUser, setup::repair),
];
