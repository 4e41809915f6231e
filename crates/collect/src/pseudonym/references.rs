//! References of images and addresses of repositories: which part is a host, which an owner, which a repository.

use std::ops::Range;

use super::kind::Kind;
use super::{addresses, hosts, known, organisations};

/// The names in a reference of an image: `registry.acme.com:5000/team/app:1.2`, `ghcr.io/acme/app`.
///
/// On a public registry the account says whose the image is, and so does every group on a private registry. A
/// name without a registry may be an account of Docker Hub as well as one of this machine: words do not tell.
pub(super) fn image(text: &str, add: &mut impl FnMut(Kind, Range<usize>)) {
    let start = text.find("://").map_or(0, |at| at + 3);
    let Some(slash) = text[start..].find('/').map(|at| start + at) else { return };
    let registry = &text[start..slash];
    let is_registry = registry.contains(['.', ':']) || registry.chars().any(char::is_uppercase);
    if !is_registry && registry != "localhost" {
        return;
    }
    let host = registry.split(':').next().unwrap_or_default();
    let lower = host.to_lowercase();
    if addresses::ipv4(host).is_some() {
        add(Kind::Address, start..start + host.len());
    }
    let path = text[slash + 1..].split(['@', ':']).next().unwrap_or_default();
    if known::is_account_registry(&lower) {
        owners(path, slash + 1, add);
    } else if is_address(registry) && !known::is_public_host(&lower) {
        groups(path, slash + 1, add);
    }
    if hosts::is_host(host) && !known::is_public_host(&lower) {
        add(Kind::Host, start..start + host.len());
    }
}

/// Every part but the last, until one that publishes for everybody.
fn owners(path: &str, mut at: usize, add: &mut impl FnMut(Kind, Range<usize>)) {
    let parts: Vec<&str> = path.split('/').collect();
    if parts.len() < 2 || known::is_publisher(parts[0]) {
        return;
    }
    for part in &parts[..parts.len() - 1] {
        if is_name(part) {
            add(Kind::Owner, at..at + part.len());
        }
        at += part.len() + 1;
    }
}

/// Whether it can be the address of a registry, by its shape: a host or a variable, with a port or without.
fn is_address(registry: &str) -> bool {
    let (host, port) = registry.split_once(':').unwrap_or((registry, "80"));
    let is_host = hosts::is_host(host.trim_start_matches('$')) || host.parse::<std::net::Ipv4Addr>().is_ok();
    (is_host || host == "localhost") && !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a word is such a reference by itself, wherever it stands: `registry.acme.com/team/app:1.2`.
pub(super) fn is_image(word: &str) -> bool {
    let (Some((registry, _)), Some((_, last))) = (word.split_once('/'), word.rsplit_once('/')) else {
        return false;
    };
    let (host, port) = registry.split_once(':').unwrap_or((registry, ""));
    let is_registry = hosts::dotted(&host.to_lowercase()) == hosts::Dotted::Host || !port.is_empty();
    is_registry && is_address(registry) && last.contains([':', '@'])
}

/// Whether a reference begins with a registry, and is no path of files: with a port, or a host that can be nothing else. A
/// variable or a host that could be a file needs a tag.
pub(super) fn is_on_registry(reference: &str) -> bool {
    let reference = reference.split_once("://").map_or(reference, |(_, rest)| rest);
    let Some((registry, path)) = reference.split_once('/') else { return false };
    let (host, port) = registry.split_once(':').unwrap_or((registry, ""));
    let is_told = match hosts::dotted(&host.to_lowercase()) {
        hosts::Dotted::Host => true,
        hosts::Dotted::Either => path.contains([':', '@']),
        hosts::Dotted::No => is_variable_or_capital(host) && path.contains([':', '@']),
    };
    is_told || !port.is_empty() || host == "localhost" || addresses::ipv4(host).is_some()
}

/// Whether a word without dots can be a registry at all: no account of a registry has a capital in its name.
fn is_variable_or_capital(host: &str) -> bool {
    host.starts_with('$') || host.chars().any(char::is_uppercase)
}

/// Every part but the last of a path on a registry that is not everybody's. What a mirror has of a publisher stays.
pub(super) fn groups(path: &str, mut at: usize, add: &mut impl FnMut(Kind, Range<usize>)) {
    let Some((groups, _)) = path.rsplit_once('/') else { return };
    for part in groups.split('/') {
        if known::is_publisher(part) {
            return;
        }
        if organisations::is_owner(part) && !known::is_public_host(part) {
            add(Kind::Owner, at..at + part.len());
        }
        at += part.len() + 1;
    }
}

/// The names in the path of a repository, `group/subgroup/name.git`, of which only `most` parts count.
pub(super) fn repository(path: &str, at: usize, most: usize, add: &mut impl FnMut(Kind, Range<usize>)) {
    let end = path.find(['?', '#', '@', '$', '*', ':']).unwrap_or(path.len());
    let path = path[..end].trim_end_matches('/');
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).take(most).collect();
    let Some((last, groups)) = parts.split_last() else { return };
    if groups.first().is_some_and(|owner| known::is_publisher(owner)) {
        return;
    }
    // An owner alone, as in `https://github.com/acme`.
    let last_kind = if groups.is_empty() && most == 2 { Kind::Owner } else { Kind::Repository };
    let mut start = path.find(|char| char != '/').unwrap_or(0);
    for (part, kind) in groups.iter().map(|part| (part, Kind::Owner)).chain([(last, last_kind)]) {
        let name = part.strip_suffix(".git").unwrap_or(part);
        if is_name(name) && !known::is_publisher(name) {
            add(kind, at + start..at + start + name.len());
        }
        start += part.len() + 1;
    }
}

fn is_name(part: &str) -> bool {
    part.contains(char::is_alphanumeric)
        && part.chars().all(|char| char.is_alphanumeric() || "._-~".contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(find: impl Fn(&str, &mut dyn FnMut(Kind, Range<usize>)), text: &str, expected: &[(Kind, &str)]) {
        let mut found = Vec::new();
        find(text, &mut |kind, range| found.push((kind, text[range].to_owned())));
        let found: Vec<_> = found.iter().map(|(kind, name)| (*kind, name.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn references_and_remotes_are_taken_apart() {
        let of = |text: &str, add: &mut dyn FnMut(Kind, Range<usize>)| {
            image(text, &mut |kind, range| add(kind, range));
        };
        check(of, "registry.acme.com:5000/team/app:1.2", &[(Kind::Host, "registry.acme.com")]);
        check(
            of,
            "registry.acme.example/shop/api/app:1",
            &[(Kind::Owner, "shop"), (Kind::Host, "registry.acme.example")],
        );
        check(of, "localhost:5000/acme/app", &[(Kind::Owner, "acme")]);
        check(of, "$REGISTRY/acme/app", &[(Kind::Owner, "acme")]);
        check(of, "reg:5000/docker.io/bitnami/x/redis", &[(Kind::Host, "reg")]);
        check(of, "mcr.microsoft.com/dotnet/sdk:8.0", &[]);
        check(of, "ghcr.io/acme/app:1", &[(Kind::Owner, "acme")]);
        check(of, "team/app:1.2", &[]);
        check(of, "docker.io/library/python:3.11", &[]);
        check(of, "docker://10.1.2.3:5000/app", &[(Kind::Address, "10.1.2.3")]);
        check(of, "gcr.io/distroless/base", &[]);
        let of = |text: &str, add: &mut dyn FnMut(Kind, Range<usize>)| {
            repository(text, 0, 9, &mut |kind, range| add(kind, range));
        };
        check(
            of,
            "/group/sub/name.git",
            &[(Kind::Owner, "group"), (Kind::Owner, "sub"), (Kind::Repository, "name")],
        );
        check(of, "astral-sh/uv", &[]);
    }
}
