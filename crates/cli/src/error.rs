//! What ends the program with exit code 2.

use std::io;
use std::path::{Path, PathBuf};

use plimsoll_snapshot::FormatError;

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
    #[error("{message}\nhint: {hint}")]
    Usage { message: String, hint: String },
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
        let flag = match &source {
            FormatError::TooLarge { .. } => "--limit-snapshot-bytes",
            FormatError::TooMany { flag, .. } => flag,
            _ => return Self::Snapshot { path: path.to_owned(), source },
        };
        let hint = format!("raise it with `{flag}` if you trust the file");
        Self::usage(format!("`{}`: {source}", path.display()), hint)
    }

    /// A snapshot that was made of images and holds more than it may.
    pub(crate) fn too_large(source: FormatError) -> Self {
        match source {
            FormatError::TooMany { flag, .. } => {
                Self::usage(source.to_string(), format!("raise it with `{flag}` if you trust the images"))
            }
            source => Self::Snapshot { path: "the images".into(), source },
        }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }
}

pub(crate) type Result<T> = std::result::Result<T, Error>;
