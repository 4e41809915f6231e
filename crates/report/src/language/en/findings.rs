//! What findings say: in English.

use plimsoll_analysis::findings::{
    Action, Alternative, Confidence, Group, Headline, Note, Subject, TorchPlace,
};
use plimsoll_analysis::lines::{Unfit, ValueKind};
use plimsoll_analysis::packages::CacheKind;
use plimsoll_snapshot::SecretKind;

use crate::format::count;
use crate::language::{FindingsWords, Language, Noun};

const EN: Language = Language::English;
const FILE: Noun = Noun { one: "file", more: "files" };
const DEPENDENCY: Noun = Noun { one: "dependency", more: "dependencies" };
const OTHER: Noun = Noun { one: "other", more: "others" };
const RECORDING: Noun = Noun { one: "recording", more: "recordings" };
const PACKAGE: Noun = Noun { one: "package", more: "packages" };

pub(super) const WORDS: FindingsWords = FindingsWords {
    none: |size| [size, ": no waste found"].concat(),
    saving: |size, findings, saving| [size, ": ", findings, ", saving ", saving].concat(),
    possible: |saving| ["; ", saving, " with those that are possibly intentional"].concat(),
    severity: "severity",
    confidence: "confidence",
    level: |confidence| match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    },
    line: |number| ["line ", number].concat(),
    all_services: "All services",
    saves_head: "saving",
    finding_head: "finding",
    bytes_head: "bytes",
    place_head: "where",

    accepted: |findings| ["Accepted: ", findings].concat(),
    until: |reason, day| [reason, " (until ", day, ")"].concat(),

    followed: |predicted, saved, added| {
        [predicted, " predicted, ", saved, " saved, ", added, " added"].concat()
    },
    predicted_head: "predicted",
    saved_head: "saved",
    remains_head: "remaining",
    open: "open",
    shared: |bytes| [bytes, " credited to a finding above"].concat(),
    moved: |bytes| [bytes, " moved to another path"].concat(),
    added: |bytes| [bytes, " new"].concat(),

    size_before: "image size before",
    size_after: "image size after",
    sizes: |before, after, delta| ["image size ", before, " → ", after, " (", delta, ")"].concat(),
    saved_by: |finding| ["saved: ", finding].concat(),
    files_removed: |group| ["also removed: ", group].concat(),
    files_changed: |group| ["changed: ", group].concat(),
    files_rebuilt: "changed by every rebuild: bytecode, logs, caches, databases of package managers",
    files_added: |group| ["added: ", group].concat(),
};

pub(super) fn headline(headline: &Headline) -> String {
    let text = match headline {
        Headline::RecommendedPackages => "Packages that are only recommended",
        Headline::BuildLeftovers => "Sources and object files of a build",
        Headline::BuildTools => "Compilers, headers and other build tools",
        Headline::Bytecode => "Python bytecode",
        Headline::SourcesCopiedFirst => "Every source change reinstalls all dependencies",
        Headline::UpdateInSeparateLayer => "Packages are installed from a cached package list",
        Headline::ContextLeftovers => "Leftovers of the working copy",
        Headline::ContextArtifacts => "Files that builds and tests made in the working copy",
        Headline::OptionalContextFiles => "Tests, documents or data of the working copy",
        Headline::IgnoredFiles => "Files that `.dockerignore` excludes are in the image",
        Headline::CudaLibraries => "Libraries for NVIDIA GPUs",
        Headline::DebugSymbols => "Program binaries with debug symbols",
        Headline::Documentation => "Manuals and documentation",
        Headline::DocumentationPackages => "Packages that only have documentation",
        Headline::DuplicateFiles => "The same content at several paths",
        Headline::ModelInSeveralFormats => "Model weights for several frameworks",
        Headline::ModelAtSeveralPaths => "Model weights at several paths",
        Headline::HeavyPackages => "Heavy packages with lighter alternatives",
        Headline::Locales => "Translations of system packages",
        Headline::LogFiles => "Build logs",
        Headline::MissingHealthCheck => "The image has no health check",
        Headline::ModelWeights => "Model weights in the image",
        Headline::NpmDevDependencies => "npm development dependencies",
        Headline::PackageManagerCache { cache: kind } => return [cache(*kind), " in the image"].concat(),
        Headline::PackagingTools => "Python packaging tools",
        Headline::StoredAgain { by } => {
            return because("Files stored again with the same content", by.as_deref());
        }
        Headline::DeletedLater { by } => {
            return because("Files of lower layers deleted or replaced", by.as_deref());
        }
        Headline::RootUser => "The service runs as root",
        Headline::Secrets => "Secrets or keys",
        Headline::GeneratedKeys => "Keys generated during the build: every container has the same ones",
        Headline::PackagedKeys => "Keys of packages, probably for tests",
        Headline::SetuidFiles => "Unusual setuid or setgid programs",
        Headline::SeveralPythons => "Several Python versions",
        Headline::PackageCopies { ecosystem } => {
            return ["Several copies of ", EN.ecosystem(*ecosystem), " packages"].concat();
        }
        Headline::SharedFatImage => "Services share an image with packages that only one of them needs",
        Headline::ShippedTests => "Tests of packages",
        Headline::StaticLibraries => "Static libraries",
        Headline::TemporaryFiles => "Temporary files",
        Headline::CoreDumps => "Core dumps",
        Headline::Installers => "Installers in home directories",
        Headline::TestTools => "Test and development tools among the run-time packages",
        Headline::UnpinnedBase => "The base image is not pinned",
        Headline::UnusedPackages => "Packages that nothing seems to use",
    };
    text.to_owned()
}

/// A title with the instruction that is the cause.
fn because(title: &str, by: Option<&str>) -> String {
    match by {
        Some(by) => [title, ": ", by].concat(),
        None => title.to_owned(),
    }
}

pub(super) const fn cache(cache: CacheKind) -> &'static str {
    match cache {
        CacheKind::AptLists => "apt package lists",
        CacheKind::AptArchives => "apt package downloads",
        CacheKind::Apk => "apk cache",
        CacheKind::Dnf => "dnf cache",
        CacheKind::Zypper => "zypper cache",
        CacheKind::Pacman => "pacman cache",
        CacheKind::Pip => "pip cache",
        CacheKind::Uv => "uv cache",
        CacheKind::Poetry => "Poetry cache",
        CacheKind::Conda => "conda package cache",
        CacheKind::Npm => "npm cache",
        CacheKind::Yarn => "Yarn cache",
        CacheKind::Pnpm => "pnpm store",
        CacheKind::Bun => "Bun cache",
        CacheKind::Cargo => "Cargo registry cache",
        CacheKind::Go => "Go cache",
        CacheKind::Gem => "RubyGems cache",
        CacheKind::Maven => "Maven repository",
        CacheKind::Gradle => "Gradle caches",
        CacheKind::Composer => "Composer cache",
        CacheKind::Other => "other cache",
    }
}

pub(super) fn group(group: &Group) -> String {
    match group {
        Group::Bytecode => "Python bytecode".to_owned(),
        Group::Logs => "logs".to_owned(),
        Group::Cache { cache: kind } => cache(*kind).to_owned(),
        Group::Package { package, ecosystem, directory: None } => {
            [package, " (", EN.ecosystem(*ecosystem), ")"].concat()
        }
        Group::Package { package, directory: Some(directory), .. } => [package, " in /", directory].concat(),
        Group::Directory { path } => ["files in /", path].concat(),
        Group::Others { groups } => EN.many(*groups, &OTHER),
    }
}

pub(super) fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Path { path: text }
        | Subject::Pattern { pattern: text }
        | Subject::Package { package: text, ecosystem: None }
        | Subject::Instruction { instruction: text }
        | Subject::Setting { setting: text }
        | Subject::Service { service: text }
        | Subject::Image { image: text } => text.clone(),
        Subject::Package { package, ecosystem: Some(ecosystem) } => [ecosystem.name(), " ", package].concat(),
        Subject::PackageAt { package, directory } => [package, " in ", directory].concat(),
        Subject::NoUser => "no `USER`".to_owned(),
    }
}

pub(super) fn note(note: &Note) -> String {
    match note {
        Note::DeletedBy { layer } => ["deleted by layer ", &layer.to_string(), ", but still stored"].concat(),
        Note::ReplacedBy { layer } => {
            ["replaced by layer ", &layer.to_string(), ", but still stored"].concat()
        }
        Note::Files { files } => EN.many(*files, &FILE),
        Note::SameAs { path, more: 0 } => ["same as ", path].concat(),
        Note::SameAs { path, more } => ["same as ", path, " and ", &count(*more), " more"].concat(),
        Note::Model { name } => ["model ", name].concat(),
        Note::RunsAgainAfter { copy } => {
            ["runs again after each change to the files that `", copy, "` copies"].concat()
        }
        Note::Mode { mode } => format!("mode {mode:04o}"),
        Note::LikelyInterpreter => "probably the one that runs".to_owned(),
        Note::AlsoAt { package, directory } => ["also ", package, " in ", directory].concat(),
        Note::ForeignPackages { count, packages } => {
            let more = if *count > packages.len() as u64 { " …" } else { "" };
            let number = EN.many(*count, &PACKAGE);
            [&number, " that only other services need: ", &packages.join(", "), more].concat()
        }
        Note::ExclusiveDependencies { packages } => {
            ["with ", &EN.many(*packages, &DEPENDENCY), " that nothing else needs"].concat()
        }
        Note::NotOpened { runs, packages: 0 } => ["not opened in ", &EN.many(*runs, &RECORDING)].concat(),
        Note::NotOpened { runs, packages } => {
            let dependencies = EN.many(*packages, &DEPENDENCY);
            ["with ", &dependencies, " that nothing else needs; not opened in ", &EN.many(*runs, &RECORDING)]
                .concat()
        }
        Note::Secret { secret: kind, hidden: true } => {
            [secret(*kind), ", hidden by a later layer, but still stored"].concat()
        }
        Note::Secret { secret: kind, hidden: false } => secret(*kind).to_owned(),
        Note::Lighter { alternative: kind } => alternative(*kind).to_owned(),
    }
}

const fn secret(kind: SecretKind) -> &'static str {
    match kind {
        SecretKind::PrivateKey => "private key",
        SecretKind::EncryptedPrivateKey => "private key with a passphrase",
        SecretKind::CloudCredentials => "cloud credentials",
        SecretKind::RegistryLogin => "image registry login",
        SecretKind::PackageRegistryToken => "package registry login or token",
        SecretKind::HostLogin => "host login",
        SecretKind::DatabasePassword => "database password",
        SecretKind::ClusterAccess => "cluster access",
        SecretKind::EnvironmentFile => "environment file with a secret",
        SecretKind::Token => "token",
    }
}

const fn alternative(alternative: Alternative) -> &'static str {
    match alternative {
        Alternative::OnnxOrEmbeddingApi => {
            "onnxruntime or fastembed run the same models without torch; an API can also provide embeddings"
        }
        Alternative::OnnxWithTokenizers => "onnxruntime with tokenizers runs exported models",
        Alternative::OnnxForInference => "onnxruntime runs exported models; only training needs torch",
        Alternative::TfliteOrOnnx => "tflite-runtime or onnxruntime run converted models",
        Alternative::HeadlessOpencv => {
            "opencv-python-headless has no window support, which a container does not need"
        }
        Alternative::HeadlessOpencvContrib => {
            "opencv-contrib-python-headless has no window support, which a container does not need"
        }
        Alternative::SmallSpacyModel => "a blank pipeline or a small model may be enough",
        Alternative::SingleAwsClient => {
            "most of it describes services that are never called; the client of a single service is small"
        }
        Alternative::SingleGoogleClient => "the client library of a single service is small",
        Alternative::OnnxExport => "onnxruntime runs trained models that are exported to ONNX",
        Alternative::SeparateBrowser => "one browser in a separate image can serve many services",
        Alternative::Boto3OrSidecar => "a command-line tool for people: in a service, use boto3 or a sidecar",
        Alternative::FewerProviders => "unused providers can be omitted",
        Alternative::NoNotebook => "a service does not need a notebook server",
        Alternative::PurePsycopg => "psycopg, in pure Python, uses the libpq of the system",
        Alternative::ModularAwsSdk => "version 3 has one package per client: @aws-sdk/client-…",
        Alternative::PuppeteerCore => "puppeteer-core uses a browser in a separate image",
        Alternative::CompiledOutput => "compiled code does not need it at run time",
        Alternative::ModularGoogleapis => "there is one package per client: @googleapis/…",
        Alternative::NoDesktop => "a container has no use for it",
    }
}

pub(super) const fn action(action: Action) -> &'static str {
    match action {
        Action::InstallRuntimeOnly => "install only the packages that are needed at run time",
        Action::InstallWithoutRecommended => "install without recommended packages",
        Action::BuildInSeparateStage => {
            "build in a separate stage; `base` stands for the stage with everything that runs"
        }
        Action::EndWithSlimBase => {
            "the tools come with the base image: build in it, and end with its slim variant"
        }
        Action::InstallWithoutBytecode => "install without compiling",
        Action::DeleteInInstallStage => {
            "delete them as the last step of the stage that installs the packages"
        }
        Action::DeleteInSameInstruction => "delete them in the instruction that creates them",
        Action::CopySourcesLast => "copy the sources after the dependencies are installed",
        Action::UpdateAndInstall => "update and install in one instruction",
        Action::Exclude => "exclude them from the build context",
        Action::ExcludeIfUnneeded => "exclude them from the build context, unless the build needs them",
        Action::Rebuild => "rebuild the image with this `.dockerignore`",
        Action::InstallCpuTorch { place } => match place {
            TorchPlace::Instruction => "install PyTorch without CUDA",
            TorchPlace::Pyproject => "in `pyproject.toml`, install PyTorch without CUDA",
            TorchPlace::BeforeRequirements => "before the other requirements, install PyTorch without CUDA",
        },
        Action::InstallCpuPackage => "install the CPU package",
        Action::StripInCargo => "in `Cargo.toml`, build without debug symbols",
        Action::BuildWithoutSymbols => "build without debug symbols",
        Action::StripInSameInstruction => "strip them in the instruction that creates them",
        Action::StripInBuildStage => "strip them in the stage that builds them",
        Action::InstallWithoutDocs => "install without documentation",
        Action::ExcludeInDpkg => "exclude them before the first `apt-get install`",
        Action::LinkLargest => "replace the largest copy with a link",
        Action::DownloadOneFormat => "download only one format",
        Action::InstallLighter => "install the lighter package",
        Action::AddHealthCheck => "query the service; adapt the path",
        Action::MountVolumes => "mount them from volumes that are filled once",
        Action::MountCache => "mount the cache, which keeps it out of the layer and speeds up the next build",
        Action::ClearCache => "or delete the cache in the instruction that fills it",
        Action::UninstallInSameInstruction => "uninstall them in the instruction that uses them",
        Action::UninstallInInstallStage => {
            "uninstall them as the last step of the stage that installs the packages"
        }
        Action::SetWhileCopying => "set the owner or mode while copying",
        Action::SetInSameInstruction => "set the owner or mode in the instruction that creates the files",
        Action::ChangeDirectoryOnly => "change only the directory",
        Action::BindMount => "mount the files for the instruction that needs them",
        Action::UseExistingUser => "run the service as the existing user",
        Action::CreateUser => "before `CMD`, create a user and run as that user",
        Action::MountSecret => {
            "mount the secret for the one instruction that needs it, which replaces `true`"
        }
        Action::ClearSetuid => "clear the bit in the instruction that creates the files",
        Action::NoNewPrivileges => "make the bit ineffective",
        Action::ShowPythonUsers => "show which packages need the Python of the distribution",
        Action::Dedupe => "merge copies in the lock file",
        Action::SeparateStages => {
            "give each service its own stage; `common` stands for the stage with everything that all of them need"
        }
        Action::BuildFromStages => "build each service from its stage",
        Action::PinBase => "pin the base that this image was built on",
        Action::ShowBaseDigest => "show the digest of the base image, to append to its name in `FROM`",
        Action::LinkInsteadOfCopy => "link the copies",
        Action::ShowWithout => "show the image without them",
        Action::InstallWithout => "install without them",
        Action::RemoveRequirements => "remove them from the list of requirements",
    }
}

pub(super) fn unfit(unfit: &Unfit) -> String {
    let why = match unfit.what {
        ValueKind::Path => "the path cannot be quoted safely",
        ValueKind::Pattern => "a `.dockerignore` cannot name it",
        ValueKind::PythonPackage => "not a valid Python package name",
        ValueKind::PythonVersion => "not a valid Python package version",
        ValueKind::NpmPackage => "not a valid npm package name",
        ValueKind::SystemPackage => "not a valid system package name",
        ValueKind::Model => "not a valid model name",
        ValueKind::Image => "not a valid image reference",
        ValueKind::Digest => "not a valid digest",
        ValueKind::Service => "not a valid service name",
        ValueKind::Stage => "not a valid build stage name",
        ValueKind::User => "not a valid user name",
        ValueKind::Instruction => "the instruction cannot be repeated safely",
        ValueKind::Index => "the address of an index is `https://…` without characters that a shell reads",
    };
    ["no line suggested for `", &unfit.value, "`: ", why].concat()
}
