//! Where images come from: what the user wrote is parsed here once, and opened.

pub(crate) mod archive;
pub(crate) mod context;
pub(crate) mod engine;
pub(crate) mod layout;
pub(crate) mod lookup;
pub(crate) mod reference;
pub(crate) mod registry;
#[cfg(unix)]
mod unix;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use plimsoll_snapshot::Transport;

use self::engine::Engine;
use self::reference::Reference;
use crate::error::{Error, Result};

/// `[NAME=]SOURCE` as given on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedSource {
    /// The name of the service, if one was given.
    pub(crate) name: Option<String>,
    pub(crate) source: Wanted,
}

/// What was asked for: a source, or a name that may be one of several and has to be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Source(SourceSpec),
    Name(String),
}

/// A source of images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SourceSpec {
    /// Standard input.
    Stdin(Selection),
    /// A file or a directory.
    Path(PathBuf, Selection),
    /// An image of an engine that runs.
    Engine { engine: Engine, reference: String },
    /// An image of a registry.
    Registry(Reference),
}

/// What is wanted of an archive or a layout.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// How to read it, if the user says so; otherwise its content decides.
    pub(crate) transport: Option<Transport>,
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

/// The transports of engines.
const ENGINES: [(&str, Engine); 3] = [
    ("docker-daemon:", Engine::Docker),
    ("podman:", Engine::Podman),
    ("containers-storage:", Engine::Podman),
];

/// The transport of registries.
const REGISTRY: &str = "docker://";

impl SourceSpec {
    /// The name of the file without its directory, or of the image: no path of a machine gets into a snapshot.
    pub(crate) fn file_name(&self) -> String {
        match self {
            Self::Stdin(_) => "(standard input)".to_owned(),
            Self::Path(path, _) => {
                let canonical = std::fs::canonicalize(path).ok();
                let name = path.file_name().or_else(|| canonical.as_ref()?.file_name());
                name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
            }
            Self::Engine { reference, .. } => reference.clone(),
            Self::Registry(reference) => reference.to_string(),
        }
    }

    fn path(path: &str, selection: Selection) -> Self {
        if path == "-" { Self::Stdin(selection) } else { Self::Path(PathBuf::from(path), selection) }
    }
}

impl FromStr for Wanted {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Some(reference) = text.strip_prefix(REGISTRY) {
            return Ok(Self::Source(SourceSpec::Registry(reference.parse()?)));
        }
        let engine = ENGINES.iter().find_map(|(prefix, engine)| Some((text.strip_prefix(prefix)?, *engine)));
        if let Some((reference, engine)) = engine {
            return engine_source(engine, reference).map(Self::Source);
        }
        let known = TRANSPORTS.iter().find_map(|&(transport, takes_reference)| {
            let rest = text.strip_prefix(transport.name())?.strip_prefix(':')?;
            Some((transport, takes_reference, rest))
        });
        let Some((transport, takes_reference, rest)) = known else {
            return Ok(if is_bare_name(text) {
                Self::Name(text.to_owned())
            } else {
                Self::Source(SourceSpec::path(text, Selection::default()))
            });
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
        Ok(Self::Source(SourceSpec::path(path, Selection { transport: Some(transport), reference })))
    }
}

/// An engine takes names and IDs; anything else would be another request.
fn engine_source(engine: Engine, reference: &str) -> Result<SourceSpec> {
    let is_safe = |part: &str| {
        !part.is_empty()
            && part != ".."
            && part.chars().all(|char| char.is_ascii_alphanumeric() || "._:@-".contains(char))
    };
    if !reference.split('/').all(is_safe) {
        return Err(Error::usage(
            format!("`{reference}` is no name of an image"),
            "write `NAME[:TAG]` or an image ID",
        ));
    }
    Ok(SourceSpec::Engine { engine, reference: reference.to_owned() })
}

/// Whether it is the name of an image rather than a path: only such a name is looked up, perhaps in the network.
fn is_bare_name(text: &str) -> bool {
    const FILES: [&str; 9] = ["tar", "tgz", "gz", "zst", "zstd", "xz", "bz2", "json", "oci"];
    let is_file = text.rsplit_once('.').is_some_and(|(_, extension)| FILES.contains(&extension));
    !is_file && !Path::new(text).exists() && text.parse::<Reference>().is_ok()
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
        let check = |text: &str, name: Option<&str>, source: SourceSpec| {
            let expected = NamedSource { name: name.map(str::to_owned), source: Wanted::Source(source) };
            assert_eq!(text.parse::<NamedSource>().unwrap(), expected, "{text}");
        };
        let path = |path: &str, transport, reference: Option<&str>| {
            let selection = Selection { transport, reference: reference.map(str::to_owned) };
            SourceSpec::Path(PathBuf::from(path), selection)
        };
        let engine = |engine, reference: &str| SourceSpec::Engine { engine, reference: reference.to_owned() };
        check("image.tar", None, path("image.tar", None, None));
        check("backend=image.tar", Some("backend"), path("image.tar", None, None));
        check("./a=b/image.tar", None, path("./a=b/image.tar", None, None));
        check("-", None, SourceSpec::Stdin(Selection::default()));
        check("oci:layout", None, path("layout", Some(Transport::Oci), None));
        check("oci:layout:v1", None, path("layout", Some(Transport::Oci), Some("v1")));
        check(
            "db=docker-archive:save.tar:agente/db:15",
            Some("db"),
            path("save.tar", Some(Transport::DockerArchive), Some("agente/db:15")),
        );
        check("dir:copy", None, path("copy", Some(Transport::Dir), None));
        check("db=docker-daemon:agente/db:15", Some("db"), engine(Engine::Docker, "agente/db:15"));
        check("podman:sha256:0123", None, engine(Engine::Podman, "sha256:0123"));
        check("containers-storage:db", None, engine(Engine::Podman, "db"));
        check("docker://db:15", None, SourceSpec::Registry("docker.io/library/db:15".parse().unwrap()));
        for text in ["oci:", "docker-daemon:", "docker-daemon:a?b", "podman:../x", "docker://A"] {
            assert!(text.parse::<NamedSource>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_what_looks_like_an_image_is_looked_up() {
        for text in ["nginx", "nginx:1.27", "docker:27", "quay.io/a/b@sha256:".to_owned().as_str()] {
            assert_eq!(is_bare_name(text), !text.ends_with(':'), "{text}");
        }
        for text in
            ["image.tar", "out/image.tar.gz", "./nginx", "/nginx", "../nginx", "a.json", "~/x", "A b", "src"]
        {
            assert!(!is_bare_name(text), "{text}");
        }
    }
}
