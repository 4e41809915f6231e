//! What ends the program with exit code 2.

use std::io;
use std::path::{Path, PathBuf};

use plimsoll_collect::Hint;
use plimsoll_snapshot::{FormatError, Limit};

use crate::limits::flag;

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
    Usage { message: String, hint: Help },
    /// What an engine answered, or that it did not. `reason` is the same without its address, which is a place of this
    /// machine.
    #[error("{message}")]
    Engine { message: String, reason: String, hint: Help },
    #[error("cannot write to standard output")]
    Stdout(#[source] io::Error),
    #[error("standard output was closed")]
    ClosedPipe,
}

/// What helps against an error.
#[derive(Clone, Debug)]
pub(crate) enum Help {
    Text(String),
    /// A limit can be raised, if this is trusted.
    Raise(Limit, &'static str),
    /// These limits set how slow a server may be. Where no flag changes them, the text helps.
    Slowness(&'static [Limit], &'static str),
}

impl From<String> for Help {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Help {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Help {
    /// As text, with flags that the command has.
    fn text(&self, is_changeable: &dyn Fn(Limit) -> bool) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Raise(limit, what) if is_changeable(*limit) => {
                format!("raise it with `{}` if you trust {what}", flag(*limit))
            }
            Self::Raise(limit, what) => format!(
                "if you trust {what}, make a snapshot of it with `plimsoll snapshot {}`, and give that",
                flag(*limit)
            ),
            Self::Slowness(limits, _) if limits.iter().all(|limit| is_changeable(*limit)) => {
                let flags: Vec<String> = limits.iter().map(|limit| format!("`{}`", flag(*limit))).collect();
                let (last, others) =
                    flags.split_last().map_or(("", &[][..]), |(last, others)| (last, others));
                format!("{} and {last} set how slow it may be", others.join(", "))
            }
            Self::Slowness(_, text) => (*text).to_owned(),
        }
    }
}

impl Error {
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<Help>) -> Self {
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
        Self::usage(format!("`{}`: {source}", path.display()), Help::Raise(limit, "the file"))
    }

    /// Why a file could not be opened as an image or a snapshot.
    pub(crate) fn opened(path: &Path, error: plimsoll_collect::Error) -> Self {
        match error {
            plimsoll_collect::Error::Snapshot(source) => Self::snapshot(path, source),
            plimsoll_collect::Error::Io { source, .. } => Self::read(path, source),
            error => error.into(),
        }
    }

    /// A snapshot that was made of images and holds more than it may.
    pub(crate) fn too_large(source: FormatError) -> Self {
        match source {
            FormatError::TooMany { which, .. } => {
                Self::usage(source.to_string(), Help::Raise(which, "the images"))
            }
            source => Self::Snapshot { path: "the images".into(), source },
        }
    }

    /// What helps against it, in a command that can change some limits.
    pub(crate) fn hint(&self, is_changeable: &dyn Fn(Limit) -> bool) -> Option<String> {
        let help = match self {
            Self::Usage { hint, .. } | Self::Engine { hint, .. } => hint.clone(),
            Self::Collect(error) => help(error.hint()?),
            _ => return None,
        };
        Some(help.text(is_changeable))
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }
}

/// A hint of a reader.
fn help(hint: Hint<'_>) -> Help {
    match hint {
        Hint::LayersAreArchives => "layers have to be tar archives, plain or compressed".into(),
        Hint::Expected(expected) => expected.into(),
        Hint::Formats(known) => format!("supported formats: {known}").into(),
        Hint::Available([]) => "there is none".into(),
        Hint::Available(names) => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("there is {}", names.join(", ")).into()
        }
        Hint::Raise(limit) => Help::Raise(limit, "the image"),
    }
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_names_the_flags_that_a_command_has() {
        let check = |help: Help, is_changeable, expected: &str| {
            assert_eq!(help.text(&|_| is_changeable), expected);
        };
        let raise = Help::Raise(Limit::Entries, "the image");
        check(raise.clone(), true, "raise it with `--limit-entries` if you trust the image");
        let elsewhere = "if you trust the image, make a snapshot of it with `plimsoll snapshot --limit-entries`, and give that";
        check(raise, false, elsewhere);
        let slow = Help::Slowness(&[Limit::SlowRate, Limit::SlowSeconds], "try again later");
        check(slow.clone(), true, "`--limit-slow-rate` and `--limit-slow-seconds` set how slow it may be");
        check(slow, false, "try again later");
    }
}
