//! Names that a word shows by itself: addresses with a scheme, addresses of mail, hosts with dots, IP addresses.

use std::ops::Range;

use super::hosts::{self, Dotted};
use super::kind::Kind;
use super::{addresses, known, organisations, people, references};

/// What is known of a word from what stands around it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// It is a version.
    pub(super) is_version: bool,
    /// It is the name of a package.
    pub(super) is_package: bool,
    /// It is part of a label.
    pub(super) is_label: bool,
    /// The command takes hosts: one label is enough behind an `@`.
    pub(super) takes_hosts: bool,
    pub(super) is_git: bool,
    /// Where the first letter of a word that is no address stands.
    pub(super) first_letter: Option<usize>,
}

/// The names in a word.
pub(super) fn names(word: &str, context: Context, add: &mut impl FnMut(Kind, Range<usize>)) {
    addresses::identifiers(word, add);
    organisations::names(word, add);
    if let Some(host) = hosts::of_device(word) {
        add(Kind::Host, host);
    }
    if let Some(user) = people::home(word) {
        add(Kind::User, user);
    }
    if references::is_image(word) {
        references::image(word, add);
    }
    if let Some(address) = addresses::ipv6(word) {
        let at = word.find(address).unwrap_or(0);
        add(Kind::Address, at..at + address.len());
    }
    if let Some(at) = word.find("://") {
        address(word, at, context, add);
    } else if let Some(at) = word.rfind('@') {
        account(word, at, context, add);
    }
    if let Some(host) =
        known::CODE_HOSTS.iter().find(|host| word.starts_with(**host) && word[host.len()..].starts_with('/'))
    {
        references::repository(&word[host.len()..], host.len(), 2, add);
    }
    parts(word, context, add);
}

/// `scheme://user@host:port/path`.
fn address(word: &str, scheme_end: usize, context: Context, add: &mut impl FnMut(Kind, Range<usize>)) {
    let scheme = word[..scheme_end]
        .rsplit(|char: char| !char.is_ascii_alphanumeric() && !"+.-".contains(char))
        .next()
        .unwrap_or_default();
    let start = scheme_end + 3;
    let rest = &word[start..];
    let authority = &rest[..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())];
    let (user, host_at) = authority.rsplit_once('@').map_or(("", 0), |(user, _)| (user, user.len() + 1));
    let user = user.split(':').next().unwrap_or_default();
    if people::is_person(user) {
        add(Kind::User, start..start + user.len());
    }
    let host = authority[host_at..].split(':').next().unwrap_or_default().trim_end_matches('.');
    let at = start + host_at;
    let lower = host.to_lowercase();
    let path_at = start + authority.len();
    let path = word[path_at..].split(['?', '#', '\\']).next().unwrap_or_default();
    if matches!(scheme, "docker" | "oci" | "docker-daemon") {
        references::image(&word[scheme_end - scheme.len()..], &mut |kind, range: Range<usize>| {
            add(kind, range.start + scheme_end - scheme.len()..range.end + scheme_end - scheme.len());
        });
        return;
    }
    if matches!(
        scheme,
        "s3" | "s3a" | "s3n" | "gs" | "az" | "abfs" | "abfss" | "wasb" | "wasbs" | "r2" | "b2"
    ) {
        if hosts::is_host(host) {
            add(Kind::Bucket, at..at + host.len());
        }
        return;
    }
    if hosts::is_host(host) && !known::is_public_host(&lower) {
        add(Kind::Host, at..at + host.len());
    }
    let is_store =
        lower == "storage.googleapis.com" || lower.starts_with("s3") && lower.ends_with(".amazonaws.com");
    if known::CODE_HOSTS.contains(&lower.as_str()) {
        references::repository(path, path_at, 2, add);
    } else if lower == "api.github.com" {
        let at = path.find("/repos/").map_or(0, |at| at + 7);
        if at > 0 {
            references::repository(&path[at..], path_at + at, 2, add);
        }
    } else if is_store {
        let bucket = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if hosts::is_host(bucket) {
            add(Kind::Bucket, path_at + 1..path_at + 1 + bucket.len());
        }
    } else if context.is_git || scheme.starts_with("git") || path.contains(".git") || user == "git" {
        references::repository(path, path_at, usize::MAX, add);
    }
}

/// `user@host`, `git@host:group/name.git`.
fn account(word: &str, at: usize, context: Context, add: &mut impl FnMut(Kind, Range<usize>)) {
    let right = &word[at + 1..];
    let host = right.split(['/', ':', '?', '#', '%']).next().unwrap_or_default().trim_end_matches(['.', '-']);
    let behind = &right[host.len()..];
    let lower = host.to_lowercase();
    let is_digest = matches!(host, "sha256" | "sha512");
    let is_dotted = hosts::dotted(&lower) != Dotted::No || addresses::ipv4(host).is_some();
    let user = word[..at].rsplit(['/', ':', '\\']).next().unwrap_or_default();
    let is_node = hosts::is_node(user);
    let is_alone = hosts::is_host(host)
        && (context.takes_hosts
            || is_node
            || behind.strip_prefix(':').is_some_and(|path| path.starts_with(['/', '~'])));
    if is_digest || !is_dotted && !is_alone {
        return;
    }
    if people::is_person(user) && !is_node {
        add(Kind::User, at - user.len()..at);
    }
    if hosts::is_host(host) && !known::is_public_host(&lower) {
        add(Kind::Host, at + 1..at + 1 + host.len());
    }
    let Some(path) = behind.strip_prefix(':') else { return };
    let path_at = at + 2 + host.len();
    if user == "git" || path.contains(".git") || context.is_git {
        references::repository(path, path_at, usize::MAX, add);
    } else if path.len() > 1 && path.starts_with('/') {
        add(Kind::Path, path_at..word.len());
    }
}

/// Hosts with dots and IP addresses between other characters.
fn parts(word: &str, context: Context, add: &mut impl FnMut(Kind, Range<usize>)) {
    let mut at = 0;
    // Found once for the word, however many parts it has.
    let first_letter = word.find(char::is_alphabetic).filter(|_| !word.contains("//"));
    for run in word.split(|char: char| !char.is_alphanumeric() && !"._-".contains(char)) {
        let part = run.trim_matches(['.', '-', '_']);
        let start = at + run.len() - run.trim_start_matches(['.', '-', '_']).len();
        part_at(word, part, start, Context { first_letter, ..context }, add);
        at += run.len();
        at += word[at..].chars().next().map_or(0, char::len_utf8);
    }
}

fn part_at(word: &str, part: &str, at: usize, context: Context, add: &mut impl FnMut(Kind, Range<usize>)) {
    let behind = &word[at + part.len()..];
    let port = behind
        .strip_prefix(':')
        .map(|port| port.split(['/', ':']).next().unwrap_or_default())
        .filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    if addresses::ipv4(part).is_some() {
        // `cuda:12.1.0.1` is a tag.
        let is_tag = word[..at].ends_with(':') && context.first_letter.is_some_and(|letter| letter < at);
        let is_version = context.is_version || context.is_package || is_tag;
        if !is_version || addresses::is_private(part) && !context.is_version {
            add(Kind::Address, at..at + part.len());
        }
        return;
    }
    // A range: `10.0.0.1-10.0.0.9`.
    if let Some((first, last)) = part.split_once('-')
        && addresses::ipv4(first).is_some()
        && addresses::ipv4(last).is_some()
    {
        add(Kind::Address, at..at + first.len());
        add(Kind::Address, at + first.len() + 1..at + part.len());
        return;
    }
    if !part.contains('.') {
        if port.is_some_and(|port| hosts::is_numbered(part, port)) {
            add(Kind::Host, at..at + part.len());
        }
        return;
    }
    let lower = part.to_lowercase();
    // Lower case may be longer than what it is of, in a few languages.
    if context.is_package || lower.len() != part.len() || known::is_public_host(&lower) {
        return;
    }
    let is_turned = ["com.", "org.", "net."].iter().any(|first| lower.starts_with(first));
    let dotted = hosts::dotted(&lower);
    if is_turned || dotted != Dotted::Host {
        if let Some((_, length)) = hosts::reversed(part, context.is_label) {
            add(Kind::Host, at..at + length);
            return;
        }
        if is_turned && lower.matches('.').count() > 1 {
            return;
        }
        // A coordinate of Maven: `com.acme:billing:1.0`.
        if is_turned && behind.starts_with(':') && port.is_none() && !known::is_public_reversed(&lower) {
            add(Kind::Host, at..at + part.len());
            return;
        }
    }
    let is_used = port.is_some_and(|port| (2..=5).contains(&port.len())) && lower.matches('.').count() > 1;
    match dotted {
        Dotted::Host => add(Kind::Host, at..at + part.len()),
        Dotted::Either if is_used => add(Kind::Host, at..at + part.len()),
        Dotted::Either | Dotted::No => {
            if let Some(host) = hosts::of_file(&lower).filter(|host| !known::is_public_host(host)) {
                add(Kind::Host, at..at + host.len());
            }
        }
    }
}
