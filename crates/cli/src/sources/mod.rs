//! Where images come from: what the user wrote is parsed here once, and opened.

pub(crate) mod archive;
pub(crate) mod layout;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use plimsoll_snapshot::Transport;

use crate::error::{Error, Result};

/// `[NAME=]SOURCE` as given on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedSource {
    /// The name of the service, if one was given.
    pub(crate) name: Option<String>,
    pub(crate) source: SourceSpec,
}

/// A source of images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SourceSpec {
    /// How to read it, if the user says so; otherwise its content decides.
    pub(crate) transport: Option<Transport>,
    /// The file or directory; `-` is standard input.
    pub(crate) path: PathBuf,
    /// Which image of several.
    pub(crate) reference: Option<String>,
}

/// The transports of files and directories, as skopeo names them, and whether a `:REFERENCE` may follow the path.
const TRANSPORTS: [(Transport, bool); 4] = [
    (Transport::DockerArchive, true),
    (Transport::OciArchive, true),
    (Transport::Oci, true),
    (Transport::Dir, false),
];

impl SourceSpec {
    /// Whether it is standard input.
    pub(crate) fn is_stdin(&self) -> bool {
        self.path == Path::new("-")
    }

    /// The name of the file without its directory: no path of a machine gets into a snapshot.
    pub(crate) fn file_name(&self) -> String {
        if self.is_stdin() {
            return "(standard input)".to_owned();
        }
        let canonical = std::fs::canonicalize(&self.path).ok();
        let name = self.path.file_name().or_else(|| canonical.as_ref()?.file_name());
        name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

impl FromStr for SourceSpec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = TRANSPORTS.iter().find_map(|&(transport, takes_reference)| {
            let rest = text.strip_prefix(transport.name())?.strip_prefix(':')?;
            Some((transport, takes_reference, rest))
        });
        let Some((transport, takes_reference, rest)) = known else {
            return Ok(Self { transport: None, path: PathBuf::from(text), reference: None });
        };
        let (path, reference) = match rest.split_once(':') {
            Some((path, reference)) if takes_reference && !Path::new(rest).exists() => {
                (path, Some(reference.to_owned()).filter(|reference| !reference.is_empty()))
            }
            _ => (rest, None),
        };
        if path.is_empty() {
            return Err(Error::usage(
                format!("`{text}` names no path"),
                format!("write `{}:PATH`", transport.name()),
            ));
        }
        Ok(Self { transport: Some(transport), path: PathBuf::from(path), reference })
    }
}

impl FromStr for NamedSource {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let is_name = |name: &str| {
            !name.is_empty()
                && name.chars().all(|character| character.is_alphanumeric() || "._-".contains(character))
        };
        match text.split_once('=') {
            Some((name, source)) if is_name(name) && !Path::new(text).exists() => {
                Ok(Self { name: Some(name.to_owned()), source: source.parse()? })
            }
            _ => Ok(Self { name: None, source: text.parse()? }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_parsed_as_skopeo_writes_them() {
        let check = |text: &str, name: Option<&str>, transport, path: &str, reference: Option<&str>| {
            let expected = NamedSource {
                name: name.map(str::to_owned),
                source: SourceSpec {
                    transport,
                    path: PathBuf::from(path),
                    reference: reference.map(str::to_owned),
                },
            };
            assert_eq!(text.parse::<NamedSource>().unwrap(), expected, "{text}");
        };
        check("image.tar", None, None, "image.tar", None);
        check("backend=image.tar", Some("backend"), None, "image.tar", None);
        check("./a=b/image.tar", None, None, "./a=b/image.tar", None);
        check("oci:layout", None, Some(Transport::Oci), "layout", None);
        check("oci:layout:v1", None, Some(Transport::Oci), "layout", Some("v1"));
        check(
            "db=docker-archive:save.tar:agente/db:15",
            Some("db"),
            Some(Transport::DockerArchive),
            "save.tar",
            Some("agente/db:15"),
        );
        check("dir:copy", None, Some(Transport::Dir), "copy", None);
        assert!("oci:".parse::<NamedSource>().is_err());
    }
}
