//! The names of the rules.

use std::fmt;

use serde::{Serialize, Serializer};

/// The name of a rule. It is the same in every language and every version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each language describes each of them")]
pub enum RuleId {
    BuildLeftovers,
    BuildTools,
    Bytecode,
    CacheBreakingLayers,
    ContextLeftovers,
    CudaLibraries,
    DebugSymbols,
    Documentation,
    DuplicateFiles,
    DuplicateModels,
    HeavyPackages,
    Locales,
    LogFiles,
    MissingHealthCheck,
    ModelWeights,
    NpmDevDependencies,
    PackageManagerCache,
    PackagingTools,
    RecommendedPackages,
    RewrittenFiles,
    RootUser,
    Secrets,
    SetuidFiles,
    SeveralVersions,
    SharedFatImage,
    ShippedTests,
    StaticLibraries,
    TemporaryFiles,
    TestTools,
    UnpinnedBase,
    UnusedPackages,
}

impl RuleId {
    /// The name as it is written in options, documents and addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BuildLeftovers => "build-leftovers",
            Self::BuildTools => "build-tools",
            Self::Bytecode => "bytecode",
            Self::CacheBreakingLayers => "cache-breaking-layers",
            Self::ContextLeftovers => "context-leftovers",
            Self::CudaLibraries => "cuda-libraries",
            Self::DebugSymbols => "debug-symbols",
            Self::Documentation => "documentation",
            Self::DuplicateFiles => "duplicate-files",
            Self::DuplicateModels => "duplicate-models",
            Self::HeavyPackages => "heavy-packages",
            Self::Locales => "locales",
            Self::LogFiles => "log-files",
            Self::MissingHealthCheck => "missing-health-check",
            Self::ModelWeights => "model-weights",
            Self::NpmDevDependencies => "npm-dev-dependencies",
            Self::PackageManagerCache => "package-manager-cache",
            Self::PackagingTools => "packaging-tools",
            Self::RecommendedPackages => "recommended-packages",
            Self::RewrittenFiles => "rewritten-files",
            Self::RootUser => "root-user",
            Self::Secrets => "secrets",
            Self::SetuidFiles => "setuid-files",
            Self::SeveralVersions => "several-versions",
            Self::SharedFatImage => "shared-fat-image",
            Self::ShippedTests => "shipped-tests",
            Self::StaticLibraries => "static-libraries",
            Self::TemporaryFiles => "temporary-files",
            Self::TestTools => "test-tools",
            Self::UnpinnedBase => "unpinned-base",
            Self::UnusedPackages => "unused-packages",
        }
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(self.as_str())
    }
}

impl PartialEq<&str> for RuleId {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}
