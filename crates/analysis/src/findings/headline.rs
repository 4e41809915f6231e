//! What a finding is about.

use plimsoll_snapshot::Ecosystem;
use serde::Serialize;

use crate::packages::CacheKind;

/// What was found. Each language has a title for each of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Headline {
    /// Sources and object files of a build.
    BuildLeftovers,
    /// Compilers, headers and other build tools.
    BuildTools,
    /// Compiled Python beside its source.
    Bytecode,
    /// The sources are copied before the dependencies are installed.
    SourcesCopiedFirst,
    /// An instruction that only updates the package lists.
    UpdateInSeparateLayer,
    /// Files of the working copy that no image needs.
    ContextLeftovers,
    /// Files that builds, tests and development made in the working copy.
    ContextArtifacts,
    /// Files of the working copy that most images do not need.
    OptionalContextFiles,
    /// Files that the `.dockerignore` excludes.
    IgnoredFiles,
    /// Libraries for NVIDIA GPUs.
    CudaLibraries,
    /// Debug sections and symbol tables.
    DebugSymbols,
    /// Manuals and documentation.
    Documentation,
    /// Packages that only have documentation.
    DocumentationPackages,
    /// The same content at several paths.
    DuplicateFiles,
    /// The weights of one model for several frameworks.
    ModelInSeveralFormats,
    /// The weights of one model at several paths.
    ModelAtSeveralPaths,
    /// Large packages that have a lighter alternative.
    HeavyPackages,
    /// Translations of system packages.
    Locales,
    /// Logs of the build.
    LogFiles,
    /// No health check.
    MissingHealthCheck,
    /// Model weights.
    ModelWeights,
    /// Development dependencies of npm projects.
    NpmDevDependencies,
    /// The cache of a package manager.
    PackageManagerCache {
        /// The cache.
        cache: CacheKind,
    },
    /// Packages that apt installed because others recommend them.
    RecommendedPackages,
    /// pip and the like.
    PackagingTools,
    /// Files that a change of owner, mode or time stores again.
    StoredAgain {
        /// The instruction, shortened, if the image records it.
        by: Option<String>,
    },
    /// Files that a later layer deletes or replaces.
    DeletedLater {
        /// The instruction, shortened, if the image records it.
        by: Option<String>,
    },
    /// The service runs as root.
    RootUser,
    /// Secrets or keys.
    Secrets,
    /// Keys that the build generated.
    GeneratedKeys,
    /// Keys that belong to packages.
    PackagedKeys,
    /// Unusual setuid or setgid programs.
    SetuidFiles,
    /// Several Python interpreters.
    SeveralPythons,
    /// Several copies of packages.
    PackageCopies {
        /// Their ecosystem.
        ecosystem: Ecosystem,
    },
    /// Services share an image with packages that only one of them needs.
    SharedFatImage,
    /// Tests of packages.
    ShippedTests,
    /// Static libraries.
    StaticLibraries,
    /// Files in a directory for temporary files.
    TemporaryFiles,
    /// The memory of programs that crashed.
    CoreDumps,
    /// Installers in home directories.
    Installers,
    /// Packages that only tests and development use.
    TestTools,
    /// A base image without a version.
    UnpinnedBase,
    /// Packages that nothing seems to use.
    UnusedPackages,
}
