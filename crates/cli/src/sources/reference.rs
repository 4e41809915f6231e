//! Names of images as people write them, and what they mean to a registry.

use std::fmt;
use std::str::FromStr;

use plimsoll_snapshot::Digest;

use crate::error::{Error, Result};

/// An image in a registry: `[HOST/]REPOSITORY[:TAG][@DIGEST]`, completed the way Docker does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reference {
    /// Where it is: a host, perhaps with a port.
    pub(crate) host: String,
    /// `library/nginx`.
    pub(crate) repository: String,
    pub(crate) version: Version,
}

/// Which of a repository's images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Tag(String),
    Digest(Digest),
}

impl Version {
    /// What it is called in the address of a manifest.
    pub(crate) fn path(&self) -> String {
        match self {
            Self::Tag(tag) => tag.clone(),
            Self::Digest(digest) => digest.to_string(),
        }
    }
}

/// The registry of names that have none.
pub(crate) const DOCKER_HUB: &str = "docker.io";

impl Reference {
    /// Another image of the same repository.
    pub(crate) fn with_tag(&self, tag: &str) -> Self {
        Self { version: Version::Tag(tag.to_owned()), ..self.clone() }
    }

    /// The name as Docker shows it: what everyone leaves out is left out.
    pub(crate) fn familiar(&self) -> String {
        let name = self.to_string();
        match name.strip_prefix("docker.io/") {
            Some(name) => name.strip_prefix("library/").unwrap_or(name).to_owned(),
            None => name,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}{}", self.host, self.repository, self.version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => write!(out, ":{tag}"),
            Self::Digest(digest) => write!(out, "@{digest}"),
        }
    }
}

impl FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let invalid = |what: &str| {
            Error::usage(
                format!("`{text}` is not an image name: {what}"),
                "write `[HOST/]REPOSITORY[:TAG]` or `[HOST/]REPOSITORY@DIGEST`",
            )
        };
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => {
                let digest = Digest::parse(digest).map_err(|error| invalid(&error.to_string()))?;
                (name, Some(digest))
            }
            None => (text, None),
        };
        // A colon before a slash belongs to a port.
        let (path, tag) = match name.rsplit_once(':') {
            Some((path, tag)) if !tag.contains('/') => (path, Some(tag)),
            _ => (name, None),
        };
        let (host, repository) = match path.split_once('/') {
            Some((host, rest)) if host.eq_ignore_ascii_case("localhost") || host.contains(['.', ':']) => {
                (host, rest)
            }
            _ => (DOCKER_HUB, path),
        };
        if !is_host(host) {
            return Err(invalid("the host is not valid"));
        }
        if !is_repository(repository) {
            return Err(invalid("a repository is written in lower-case letters, digits and `/._-`"));
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(invalid("a tag is written in letters, digits and `._-`"));
        }
        // Names of hosts are the same in any case, and so are the logins for them.
        let host = host.to_ascii_lowercase();
        let host = if host == "index.docker.io" { DOCKER_HUB } else { &host };
        let repository = if host == DOCKER_HUB && !repository.contains('/') {
            format!("library/{repository}")
        } else {
            repository.to_owned()
        };
        // Of a tag and a digest, only the digest says for certain what is meant.
        let version = match digest {
            Some(digest) => Version::Digest(digest),
            None => Version::Tag(tag.unwrap_or("latest").to_owned()),
        };
        Ok(Self { host: host.to_owned(), repository, version })
    }
}

fn is_host(host: &str) -> bool {
    let is_name = |name: &str| {
        let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
        match address {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => name.split('.').all(|label| {
                label.starts_with(|char: char| char.is_ascii_alphanumeric())
                    && label.chars().all(|char| char.is_ascii_alphanumeric() || char == '-')
            }),
        }
    };
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => is_name(name) && port.parse::<u16>().is_ok(),
        _ => is_name(host),
    }
}

/// (distribution-spec, "Pulling manifests": `<name>` and `<reference>`.)
pub(crate) fn is_repository(text: &str) -> bool {
    let is_part = |part: &str| {
        let is_plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit();
        part.starts_with(is_plain)
            && part.ends_with(is_plain)
            && part.chars().all(|char| is_plain(char) || "._-".contains(char))
    };
    text.len() <= 255 && text.split('/').all(is_part)
}

/// (distribution-spec, "Pulling manifests": `<reference>`.)
pub(crate) fn is_tag(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && !text.starts_with(['.', '-'])
        && text.chars().all(|char| char.is_ascii_alphanumeric() || "._-".contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_completed_as_docker_does_it() {
        let check = |text: &str, full: &str, familiar: &str| {
            let reference: Reference = text.parse().unwrap();
            assert_eq!((reference.to_string(), reference.familiar()), (full.to_owned(), familiar.to_owned()));
        };
        check("nginx", "docker.io/library/nginx:latest", "nginx:latest");
        check("index.docker.io/library/nginx:1.27", "docker.io/library/nginx:1.27", "nginx:1.27");
        check("agente/db:15", "docker.io/agente/db:15", "agente/db:15");
        check("GHCR.io/a/b", "ghcr.io/a/b:latest", "ghcr.io/a/b:latest");
        check("Docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest");
        check("ghcr.io/a/b", "ghcr.io/a/b:latest", "ghcr.io/a/b:latest");
        check("localhost/a", "localhost/a:latest", "localhost/a:latest");
        check("localhost:5000/a:v1", "localhost:5000/a:v1", "localhost:5000/a:v1");
        check("[::1]:5000/a", "[::1]:5000/a:latest", "[::1]:5000/a:latest");
        let digest = format!("sha256:{}", "a".repeat(64));
        check(&format!("q.io/a:v1@{digest}"), &format!("q.io/a@{digest}"), &format!("q.io/a@{digest}"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in
            ["", "Nginx", "a//b", "a:", "a b", "a?x=1", "a/../b", "../a", "a@sha256:12", "a:b:c", "-a"]
        {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
