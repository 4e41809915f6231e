//! Where images come from: what the user wrote is parsed here once, and opened.

pub(crate) mod archive;
mod config_file;
pub(crate) mod context;
pub(crate) mod disk;
pub(crate) mod engine;
pub(crate) mod layout;
pub(crate) mod lookup;
pub(crate) mod missing;
pub(crate) mod naming;
pub(crate) mod pace;
pub(crate) mod reference;
pub(crate) mod registry;
mod similar;
#[cfg(unix)]
mod unix;

use std::path::{Path, PathBuf};
use std::str::FromStr;

use plimsoll_snapshot::Transport;

use self::engine::Engine;
use self::naming::{Naming, naming};
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

/// Transports whose names are long enough to be misspelt, and distinguishable from the name of an image.
const LONG_TRANSPORTS: [&str; 5] =
    ["docker-archive", "oci-archive", "docker-daemon", "containers-storage", "podman"];

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
            if let Some(error) = misspelt(text) {
                return Err(error);
            }
            return Ok(match naming(text) {
                Naming::Path => Self::Source(SourceSpec::path(text, Selection::default())),
                Naming::Local | Naming::Image => Self::Name(text.to_owned()),
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
            format!("`{reference}` is not an image name"),
            "write `NAME[:TAG]` or an image ID",
        ));
    }
    Ok(SourceSpec::Engine { engine, reference: reference.to_owned() })
}

/// The error of a transport that does not exist, if one seems to be meant.
fn misspelt(text: &str) -> Option<Error> {
    let (scheme, rest) = text.split_once(':')?;
    if Path::new(text).exists() {
        return None;
    }
    let meant = similar::meant(scheme, LONG_TRANSPORTS);
    if let Some(meant) = meant {
        let image = if text.parse::<Reference>().is_ok() {
            format!("; an image of that name in a registry is `docker://{text}`")
        } else {
            String::new()
        };
        return Some(Error::usage(
            format!("`{scheme}:` is not a transport"),
            format!("write `{meant}:{rest}`{image}"),
        ));
    }
    let is_word =
        !scheme.is_empty() && scheme.chars().all(|char| char.is_ascii_alphanumeric() || "+.-".contains(char));
    let rest = rest.strip_prefix("//").filter(|_| is_word)?;
    Some(Error::usage(
        format!("`{scheme}://` is not a transport"),
        match rest.trim_end_matches('/').parse::<Reference>() {
            Ok(_) => format!("write `docker://{}` for an image of a registry", rest.trim_end_matches('/')),
            Err(_) => "write a path, or `docker://REGISTRY/NAME[:TAG]` for an image of a registry".to_owned(),
        },
    ))
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
                // `snapshot before.tar=backend`
                if Path::new(name).is_file() && !Path::new(source).exists() && !source.contains(':') {
                    return Err(Error::usage(
                        format!("`{source}` is not a file, and `{name}` is one"),
                        format!("write `{source}={name}`: the name of the service comes first"),
                    ));
                }
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
    fn a_misspelt_transport_is_no_image() {
        for (text, hint) in [
            ("docker-deamon:nginx", "`docker-daemon:nginx`"),
            ("docker-archve:a.tar", "`docker-archive:a.tar`"),
            ("oci-archiv:a.tar:v1", "`oci-archive:a.tar:v1`"),
            ("contianers-storage:a/b", "`containers-storage:a/b`"),
            ("db=podmn:db", "`podman:db`"),
            ("dokcer://ghcr.io/a/b", "`docker://ghcr.io/a/b`"),
            ("https://ghcr.io/a/b", "`docker://ghcr.io/a/b`"),
            ("https://hub.docker.com/_/nginx?tab=tags", "`docker://REGISTRY/NAME[:TAG]`"),
        ] {
            let error = text.parse::<NamedSource>().unwrap_err();
            let error = format!("{error} {}", error.hint(&|_| false).unwrap());
            assert!(error.contains("not a transport") && error.contains(hint), "{text}: {error}");
        }
        for text in ["docker:27", "nginx:1.27", "postman:1", "dir:copy", "localhost:5000/a"] {
            assert!(text.parse::<NamedSource>().is_ok(), "{text}");
        }
    }
}
