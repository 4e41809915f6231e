//! What ends the program with exit code 2.

use std::io;
use std::path::{Path, PathBuf};

use plimsoll_collect::Hint;
use plimsoll_snapshot::{FormatError, Limit};

/// Why an input is not opened: the output would take its place.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the output `{}` is an input", .0.display())]
pub(crate) struct IsOutput(pub(crate) PathBuf);

/// Why a command could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Collect(#[from] plimsoll_collect::Error),
    #[error("cannot read `{}`", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write `{}`", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("`{}`: {source}", path.display())]
    Snapshot { path: PathBuf, source: FormatError },
    #[error("`{}`: {message}", path.display())]
    Targets { path: PathBuf, message: String },
    #[error("{message}")]
    Usage { message: String, hint: String },
    /// What an engine answered, or that it did not. `reason` is the same without its address, which is a place of this
    /// machine.
    #[error("{message}")]
    Engine { message: String, reason: String, hint: String },
    #[error("cannot write to standard output")]
    Stdout(#[source] io::Error),
    #[error("standard output was closed")]
    ClosedPipe,
}

impl Error {
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: hint.into() }
    }

    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        if let Some(IsOutput(output)) = source.get_ref().and_then(|inner| inner.downcast_ref()) {
            return Self::output_is_input(output, path);
        }
        Self::Read { path: path.to_owned(), source }
    }

    /// Why an output is refused that is an input.
    pub(crate) fn output_is_input(output: &Path, input: &Path) -> Self {
        let (output, input) = (output.display(), input.display());
        Self::usage(
            if output.to_string() == input.to_string() {
                format!("the output `{output}` is an input")
            } else {
                format!("the output `{output}` is the input `{input}`, or lies in it")
            },
            "write to another file: an input is never changed",
        )
    }

    pub(crate) fn snapshot(path: &Path, source: FormatError) -> Self {
        let limit = match &source {
            FormatError::TooLarge { .. } => Limit::SnapshotBytes,
            FormatError::TooMany { which, .. } => *which,
            _ => return Self::Snapshot { path: path.to_owned(), source },
        };
        Self::usage(format!("`{}`: {source}", path.display()), raise(limit, "the file"))
    }

    /// A snapshot that was made of images and holds more than it may.
    pub(crate) fn too_large(source: FormatError) -> Self {
        match source {
            FormatError::TooMany { which, .. } => Self::usage(source.to_string(), raise(which, "the images")),
            source => Self::Snapshot { path: "the images".into(), source },
        }
    }

    /// What helps against it.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Usage { hint, .. } | Self::Engine { hint, .. } => Some(hint.clone()),
            Self::Collect(error) => error.hint().map(sentence),
            _ => None,
        }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }
}

/// The flag that raises a limit.
pub(crate) fn flag(limit: Limit) -> String {
    format!("--limit-{}", limit.name())
}

fn raise(limit: Limit, what: &str) -> String {
    format!("raise it with `{}` if you trust {what}", flag(limit))
}

/// A hint of a reader as text.
fn sentence(hint: Hint<'_>) -> String {
    match hint {
        Hint::LayersAreArchives => "layers have to be tar archives, plain or compressed".to_owned(),
        Hint::Expected(expected) => expected.to_owned(),
        Hint::Formats(known) => format!("supported formats: {known}"),
        Hint::Available([]) => "there is none".to_owned(),
        Hint::Available(names) => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("there is {}", names.join(", "))
        }
        Hint::Raise(limit) => raise(limit, "the image"),
    }
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_limit_has_its_flag() {
        let program = crate::program::program();
        let flags: Vec<&str> = program
            .get_subcommands()
            .flat_map(clap::Command::get_arguments)
            .filter_map(clap::Arg::get_long)
            .collect();
        for limit in Limit::ALL {
            let flag = flag(limit);
            assert!(flags.contains(&flag.trim_start_matches("--")), "{flag}");
        }
    }
}
