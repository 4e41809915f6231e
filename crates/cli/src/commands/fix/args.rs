//! The arguments of `plimsoll fix`.

use std::path::PathBuf;
use std::time::Duration;

use plimsoll_analysis::findings::Confidence;

use crate::commands::record::parse_duration;
use crate::commands::{Format, JsonArgs, LanguageArgs, ReadArgs};
use crate::output::Output;

/// Fix findings in the Dockerfile and the build context, as one patch
///
/// Findings that need a decision are not fixed, and neither are those whose files something else uses. The list says why.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot: the image that the Dockerfile builds
    #[arg(value_name = "SOURCE")]
    pub(super) source: String,
    /// Dockerfile of the image; by default `Dockerfile`
    ///
    /// Without one, the fixes are shown in a Dockerfile that is reconstructed from the history of the image.
    #[arg(long, value_name = "PATH")]
    pub(super) dockerfile: Option<PathBuf>,
    /// Build context; by default the directory of the Dockerfile
    #[arg(long, value_name = "DIRECTORY")]
    pub(super) context: Option<PathBuf>,
    /// Compose file of the services that run the image: fix it, too
    ///
    /// Services that share the image get one stage each. Limits, log rotation and health checks are set as `plimsoll recommend`
    /// suggests.
    #[arg(long, value_name = "FILE")]
    pub(super) compose: Option<PathBuf>,
    /// Target file with the limits and settings of the services
    #[arg(long, value_name = "FILE", requires = "compose")]
    pub(super) targets: Option<PathBuf>,
    /// Package index with CPU builds of PyTorch; by default PyTorch's own
    #[arg(long, value_name = "URL")]
    pub(super) cpu_index: Option<String>,
    /// Service to fix, if the source has several
    #[arg(long, value_name = "NAME")]
    pub(super) service: Option<String>,
    /// Fix only the findings of these rules
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(super) rule: Vec<String>,
    /// Minimum confidence that the image still builds and works
    #[arg(long, value_enum, default_value_t)]
    pub(super) confidence: Level,
    /// Write the patch to a file
    #[arg(long, value_name = "FILE")]
    pub(super) patch: Option<Output>,
    /// Change the files
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) write: bool,
    /// Change and build nothing: only print what would be done
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) json: JsonArgs,
    #[command(flatten)]
    pub(super) language: LanguageArgs,
    #[command(flatten)]
    pub(super) proof: ProofArgs,
    #[command(flatten)]
    pub(super) read: ReadArgs,
}

/// How a fix is tried.
#[derive(clap::Args)]
#[command(next_help_heading = "Proof options")]
pub(super) struct ProofArgs {
    /// Build the fixed image in a copy of the context, and measure it
    ///
    /// `auto` uses the first of docker, podman and buildah that works; a name selects one of them. Any other command runs
    /// in the copy of the context and builds the image `$PLIMSOLL_IMAGE` from `$PLIMSOLL_DOCKERFILE`, and from the stage
    /// `$PLIMSOLL_TARGET` if that is not empty. A fix that fails is omitted and reported.
    #[arg(long, value_name = "auto|ENGINE|COMMAND")]
    pub(super) build: Option<String>,
    /// Command that succeeds if the image `$PLIMSOLL_IMAGE` of the service `$PLIMSOLL_SERVICE` works
    ///
    /// Without one, the health check of the image is used.
    #[arg(long, value_name = "COMMAND", requires = "build")]
    pub(super) probe: Option<String>,
    /// Maximum time for one build or probe
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = parse_duration)]
    pub(super) timeout: Duration,
}

/// The least confidence of fixes.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
pub(super) enum Level {
    /// Certain to build and to work
    High,
    /// Works for nearly all images that look like this
    #[default]
    Medium,
    /// Possibly intentional: look first
    Low,
}

impl Level {
    pub(super) const fn confidence(self) -> Confidence {
        match self {
            Self::High => Confidence::High,
            Self::Medium => Confidence::Medium,
            Self::Low => Confidence::Low,
        }
    }
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Show the fixes of an image as a patch:
      plimsoll fix my-app:latest --dockerfile Dockerfile
  Prove them, then change the files:
      plimsoll fix my-app:latest --build auto --probe 'docker run --rm $PLIMSOLL_IMAGE python -c \"import app\"' --write
  Give two services of one image an image each, and set limits:
      plimsoll fix my-app:latest --compose compose.yml --targets plimsoll.toml --build auto
  Apply only what is certain:
      plimsoll fix my-app:latest --confidence high --patch fixes.patch
      git apply fixes.patch";
