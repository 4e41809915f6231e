//! The words of the report for people who decide: in English.

use plimsoll_analysis::findings::RuleId;

use crate::brief::Work;
use crate::language::BriefWords;

pub(super) const WORDS: BriefWords = BriefWords {
    title: "For decision makers",
    money: "Money",
    time: "Time",
    risk: "Risk and operation",
    done: "What was done",
    remaining: "What remains",
    targets: "Checklist",
    storage: "Image storage",
    server: "Server cost",
    download: "Download",
    start: "Start of all services",
    missed: "Missed",
    unknown: "Not known",
    end_order: "order in which services end if memory runs out",
    attested: |by, on| format!("confirmed by {by} on {on}"),
    work,
};

const fn work(rule: RuleId) -> Work {
    let (done, open) = match rule {
        RuleId::BuildTools => {
            ("Removed tools that only the build needs", "Remove tools that only the build needs")
        }
        RuleId::Bytecode => {
            ("Removed compiled copies of Python files", "Remove compiled copies of Python files")
        }
        RuleId::CacheBreakingLayers => {
            ("Made builds reuse what did not change", "Make builds reuse what did not change")
        }
        RuleId::ContextLeftovers => {
            ("Removed files of the developers' working copy", "Remove files of the developers' working copy")
        }
        RuleId::CudaLibraries => (
            "Removed GPU libraries that the service does not use",
            "Remove GPU libraries that the service does not use",
        ),
        RuleId::DebugSymbols => {
            ("Removed debugging data from programs", "Remove debugging data from programs")
        }
        RuleId::Documentation => ("Removed manuals and documentation", "Remove manuals and documentation"),
        RuleId::DuplicateFiles => ("Removed duplicate files", "Remove duplicate files"),
        RuleId::DuplicateModels => {
            ("Removed second copies of AI models", "Remove second copies of AI models")
        }
        RuleId::HeavyPackages => {
            ("Replaced heavy components with lighter ones", "Replace heavy components with lighter ones")
        }
        RuleId::Locales => (
            "Removed translations that the service does not use",
            "Remove translations that the service does not use",
        ),
        RuleId::LogFiles => ("Removed logs of the build", "Remove logs of the build"),
        RuleId::MissingHealthCheck => (
            "Added a check that detects a service that hangs",
            "Add a check that detects a service that hangs",
        ),
        RuleId::ModelWeights => ("Moved AI models out of the image", "Move AI models out of the image"),
        RuleId::NpmDevDependencies => {
            ("Removed components that only developers need", "Remove components that only developers need")
        }
        RuleId::PackageManagerCache => {
            ("Removed downloads left over from installation", "Remove downloads left over from installation")
        }
        RuleId::PackagingTools => (
            "Removed installers that the service does not need",
            "Remove installers that the service does not need",
        ),
        RuleId::RecommendedPackages => (
            "Removed optional components that were installed by default",
            "Remove optional components that are installed by default",
        ),
        RuleId::RewrittenFiles => {
            ("Stopped storing the same files twice", "Stop storing the same files twice")
        }
        RuleId::RootUser => {
            ("Stopped running with administrator rights", "Stop running with administrator rights")
        }
        RuleId::Secrets => {
            ("Removed passwords or keys", "Remove passwords or keys, and replace them: they are disclosed")
        }
        RuleId::SetuidFiles => (
            "Removed programs that grant administrator rights",
            "Remove programs that grant administrator rights",
        ),
        RuleId::SeveralVersions => {
            ("Removed second versions of the same component", "Remove second versions of the same component")
        }
        RuleId::SharedFatImage => {
            ("Gave each service only what it needs", "Give each service only what it needs")
        }
        RuleId::ShippedTests => {
            ("Removed tests that came with components", "Remove tests that came with components")
        }
        RuleId::StaticLibraries => {
            ("Removed libraries that only the build needs", "Remove libraries that only the build needs")
        }
        RuleId::BuildLeftovers => (
            "Removed sources and objects that the build left",
            "Remove sources and objects that the build leaves",
        ),
        RuleId::TemporaryFiles => ("Removed temporary files", "Remove temporary files"),
        RuleId::TestTools => ("Removed test tools", "Remove test tools"),
        RuleId::UnpinnedBase => {
            ("Pinned the version of the base system", "Pin the version of the base system")
        }
        RuleId::UnusedPackages => (
            "Removed components that the service does not use",
            "Remove components that the service does not use",
        ),
    };
    Work { done, open }
}
