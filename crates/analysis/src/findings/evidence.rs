//! The evidence of a finding: its place, its size, and notes about it.

use plimsoll_snapshot::{Bytes, Ecosystem, SecretKind};
use serde::Serialize;

use crate::packages::Package;

/// An example of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What is shown.
    pub subject: Subject,
    /// Its bytes.
    pub bytes: Bytes,
    /// Its layer: an index into the layers of the image.
    pub layer: Option<u32>,
    /// The instruction of that layer, as it stands in the image or the Dockerfile.
    pub instruction: Option<String>,
    /// The line of the Dockerfile, where that was given.
    pub line: Option<u32>,
    /// What else is known about it.
    pub note: Option<Note>,
}

/// What evidence shows. The values come from the image, and no language changes them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Subject {
    /// A file or a directory.
    Path {
        /// Its path in the image, without a slash in front, with escapes for what is not UTF-8.
        path: String,
    },
    /// A pattern of a `.dockerignore`, and the files that match it.
    Pattern {
        /// The line.
        pattern: String,
    },
    /// A package.
    Package {
        /// Its name and version.
        package: String,
        /// Its ecosystem, where a finding names packages of several.
        ecosystem: Option<Ecosystem>,
    },
    /// A copy of a package.
    PackageAt {
        /// Its name and version.
        package: String,
        /// The directory that holds it, without a slash in front.
        directory: String,
    },
    /// An instruction, shortened.
    Instruction {
        /// The text.
        instruction: String,
    },
    /// A setting of the image, as a Dockerfile writes it.
    Setting {
        /// The setting: `EXPOSE 80/tcp`.
        setting: String,
    },
    /// The image has no `USER`.
    NoUser,
    /// A service.
    Service {
        /// Its name.
        service: String,
    },
    /// A base image.
    Image {
        /// Its reference.
        image: String,
    },
}

/// A fact about a piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Note {
    /// A later layer deletes the file, which is still stored.
    DeletedBy {
        /// The index of that layer.
        layer: u32,
    },
    /// A later layer replaces the file, which is still stored.
    ReplacedBy {
        /// The index of that layer.
        layer: u32,
    },
    /// How many files the subject stands for.
    Files {
        /// The number.
        files: u64,
    },
    /// The same content as another file.
    SameAs {
        /// The path of the other file, without a slash in front.
        path: String,
        /// How many more copies there are.
        more: u64,
    },
    /// The model that the weights belong to.
    Model {
        /// Its name.
        name: String,
    },
    /// The instruction runs again after each change of what another one copies.
    RunsAgainAfter {
        /// The other instruction, shortened.
        copy: String,
    },
    /// The permission bits of a file.
    Mode {
        /// The bits.
        mode: u32,
    },
    /// Probably the interpreter that runs.
    LikelyInterpreter,
    /// Another copy of the package.
    AlsoAt {
        /// The name and version of the other copy.
        package: String,
        /// Its directory, with a slash in front.
        directory: String,
    },
    /// The service has packages that only other services need.
    ForeignPackages {
        /// How many.
        count: u64,
        /// The largest of them.
        packages: Vec<String>,
    },
    /// The package has dependencies that no other package needs.
    ExclusiveDependencies {
        /// How many.
        packages: u64,
    },
    /// No recorded run opened a file of the package.
    NotOpened {
        /// How many runs were recorded.
        runs: u64,
        /// The number of dependencies that no other package needs.
        packages: u64,
    },
    /// A secret.
    Secret {
        /// What it is.
        secret: SecretKind,
        /// Whether a later layer hides it.
        hidden: bool,
    },
    /// What can take the place of a heavy package.
    Lighter {
        /// The alternative.
        alternative: Alternative,
    },
}

/// What can take the place of a heavy package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each language describes each of them")]
pub enum Alternative {
    OnnxOrEmbeddingApi,
    OnnxWithTokenizers,
    OnnxForInference,
    TfliteOrOnnx,
    HeadlessOpencv,
    HeadlessOpencvContrib,
    SmallSpacyModel,
    SingleAwsClient,
    SingleGoogleClient,
    OnnxExport,
    SeparateBrowser,
    Boto3OrSidecar,
    FewerProviders,
    NoNotebook,
    PurePsycopg,
    ModularAwsSdk,
    PuppeteerCore,
    CompiledOutput,
    ModularGoogleapis,
    NoDesktop,
}

impl Evidence {
    /// Evidence without bytes, layer and note.
    pub(super) fn new(subject: Subject) -> Self {
        Self { subject, bytes: Bytes::ZERO, layer: None, instruction: None, line: None, note: None }
    }

    /// A package with its layer and instruction. The bytes are those that the rule counts.
    pub(super) fn of_package(package: &Package, bytes: Bytes) -> Self {
        Self {
            bytes,
            layer: Some(package.layer),
            instruction: package.instruction.clone(),
            ..Self::new(Subject::Package { package: package.label(), ecosystem: None })
        }
    }
}

impl Subject {
    /// A package with its ecosystem.
    pub(super) fn of_package(package: &Package) -> Self {
        Self::Package { package: package.label(), ecosystem: Some(package.ecosystem) }
    }

    /// A path of an image.
    pub(super) fn path(place: &[u8]) -> Self {
        Self::Path { path: plimsoll_snapshot::path::escape(place).into_owned() }
    }
}
