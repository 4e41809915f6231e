//! Takes names out of a snapshot that say whose machine it was made on: hosts, registries, addresses, people and their
//! directories become short pseudonyms. The same name always has the same one, so what belongs together stays together.
//!
//! What lies in an image (its files, its packages) stays as it is: that is what a report is about.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

use aho_corasick::{AhoCorasick, MatchKind};
use plimsoll_snapshot::{Digest, Snapshot};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Host,
    Address,
    User,
    Path,
}

impl Kind {
    /// How its pseudonyms begin.
    fn word(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Address => "ip",
            Self::User => "user",
            Self::Path => "path",
        }
    }

    fn pseudonym(self, name: &str) -> String {
        let hash = Sha256::digest([self.word(), "\0", name].concat());
        format!("{}-{:02x}{:02x}{:02x}", self.word(), hash[0], hash[1], hash[2])
    }
}

/// Ends of names that are hosts wherever they stand. Others, such as `.py`, are files far more often.
const TOP: [&str; 26] = [
    "com",
    "net",
    "org",
    "io",
    "local",
    "localdomain",
    "internal",
    "corp",
    "lan",
    "dev",
    "cloud",
    "intra",
    "intranet",
    "home",
    "example",
    "invalid",
    "test",
    "edu",
    "gov",
    "mil",
    "svc",
    "consul",
    "private",
    "eu",
    "es",
    "de",
];

/// Where machines keep what is their users', and nothing of an image.
const PLACES: [&str; 5] = ["/home/", "/Users/", "/mnt/", "/media/", "/Volumes/"];

/// Labels whose value names a directory of the machine, or a person.
const PATH_LABELS: [&str; 4] = ["working_dir", "config_files", "environment_file", "project_dir"];
const USER_LABELS: [&str; 4] = ["maintainer", "authors", "author", "vendor"];

/// Replaces the names in everything that does not lie in a layer.
///
/// # Errors
/// If a snapshot does not fit its own format any more, which no name makes it.
pub fn pseudonymise(snapshot: &mut Snapshot) -> Result<()> {
    let mut images = value(&snapshot.images)?;
    let mut services = value(&snapshot.services)?;
    let mut runtime = value(&snapshot.runtime)?;
    let mut names = BTreeSet::new();
    for tree in [&images, &services, &runtime] {
        collect(tree, "", &mut names);
    }
    let names = Names::new(&names)?;
    for tree in [&mut images, &mut services, &mut runtime] {
        replace(tree, &names);
    }
    snapshot.images = back(images)?;
    snapshot.services = back(services)?;
    snapshot.runtime = back(runtime)?;
    Ok(())
}

fn value(part: &impl Serialize) -> Result<Value> {
    serde_json::to_value(part).map_err(|error| broken(&error))
}

fn back<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| broken(&error))
}

fn broken(error: &serde_json::Error) -> Error {
    Error::Document { member: "snapshot".to_owned(), reason: crate::redact::message(&error.to_string()) }
}

/// Finds the names in a tree of values. A tree is as deep as the format of a snapshot.
fn collect(value: &Value, key: &str, names: &mut BTreeSet<(Kind, String)>) {
    match value {
        Value::String(text) => of_text(key, text, names),
        Value::Array(list) => list.iter().for_each(|value| collect(value, key, names)),
        Value::Object(map) => map.iter().for_each(|(key, value)| collect(value, key, names)),
        _ => {}
    }
}

fn replace(value: &mut Value, names: &Names) {
    match value {
        Value::String(text) => *text = names.without(text),
        Value::Array(list) => list.iter_mut().for_each(|value| replace(value, names)),
        Value::Object(map) => map.values_mut().for_each(|value| replace(value, names)),
        _ => {}
    }
}

fn of_text(key: &str, text: &str, names: &mut BTreeSet<(Kind, String)>) {
    if Digest::parse(text).is_ok() {
        return;
    }
    let mut add = |kind: Kind, name: &str| {
        if !name.is_empty() && !is_pseudonym(name) {
            names.insert((kind, name.to_owned()));
        }
    };
    let ends_with = |ends: &[&str]| ends.iter().any(|end| key.ends_with(end));
    if ends_with(&PATH_LABELS) && (text.starts_with('/') || text.contains(":\\")) {
        add(Kind::Path, text);
        return;
    }
    if ends_with(&USER_LABELS) {
        add(Kind::User, text);
    }
    // `USER app:staff`, as a config and as an instruction has it.
    let user = if key == "user" { Some(text) } else { text.split_once("USER ").map(|(_, user)| user) };
    for name in user.into_iter().flat_map(|user| user.trim().split(':').take(2)) {
        if is_person(name) {
            add(Kind::User, name);
        }
    }
    // The registry of an image.
    if matches!(key, "reference" | "tags" | "image" | "name")
        && let Some((registry, _)) = text.trim_start_matches("docker://").split_once('/')
        && (registry.contains(['.', ':']) || registry == "localhost")
    {
        let host = registry.split(':').next().unwrap_or_default();
        add(if host.parse::<Ipv4Addr>().is_ok() { Kind::Address } else { Kind::Host }, host);
    }
    for word in text.split(|char: char| char.is_whitespace() || "\"'`<>,;()[]{}|=".contains(char)) {
        of_word(word, &mut add);
    }
}

fn of_word(word: &str, add: &mut impl FnMut(Kind, &str)) {
    if let Some(at) = PLACES.iter().find_map(|place| word.find(place)) {
        // Behind a scheme it is a path of another machine, and no less telling.
        add(Kind::Path, word[at..].trim_end_matches(['.', ':', '/']));
    }
    if let Some(at) = word.find(":\\") {
        add(Kind::Path, &word[at.saturating_sub(1)..]);
    }
    if let Some((user, host)) = word.rsplit_once('@')
        && !host.starts_with("sha")
    {
        let user = user.rsplit(['/', ':']).next().unwrap_or_default();
        if is_person(user) && host.contains('.') {
            add(Kind::User, user);
        }
    }
    if let Some((_, rest)) = word.split_once("://") {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        add_host(host.split(':').next().unwrap_or_default(), add);
    }
    if word.matches(':').count() >= 2 {
        let bare = word.trim_matches(['[', ']', '.']);
        let address = bare.split(['%', '/', ']']).next().unwrap_or_default();
        if let Ok(ip) = address.parse::<Ipv6Addr>()
            && !ip.is_loopback()
            && !ip.is_unspecified()
        {
            add(Kind::Address, address);
        }
    }
    for part in word.split(|char: char| !char.is_ascii_alphanumeric() && char != '.' && char != '-') {
        let part = part.trim_matches(['.', '-']);
        let is_known = part.rsplit_once('.').is_some_and(|(_, end)| TOP.contains(&end));
        if part.parse::<Ipv4Addr>().is_ok() || is_known {
            add_host(part, add);
        }
    }
}

fn add_host(host: &str, add: &mut impl FnMut(Kind, &str)) {
    match host.parse::<Ipv4Addr>() {
        Ok(ip) if ip.is_loopback() || ip.is_unspecified() => {}
        Ok(_) => add(Kind::Address, host),
        Err(_) if host == "localhost" || host.starts_with('$') || host.starts_with('…') => {}
        Err(_) => add(Kind::Host, host),
    }
}

/// Whether it may be the name of a person: no number, and nobody whom every system has.
fn is_person(name: &str) -> bool {
    const NOBODY: [&str; 6] = ["root", "nobody", "nogroup", "daemon", "www-data", "git"];
    name.len() >= 2
        && name.starts_with(|char: char| char.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        && !NOBODY.contains(&name)
}

fn is_pseudonym(name: &str) -> bool {
    let kinds = [Kind::Host, Kind::Address, Kind::User, Kind::Path];
    let is_hash = |rest: &str| rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let rest = |kind: &Kind| name.strip_prefix(kind.word())?.strip_prefix('-');
    kinds.iter().filter_map(rest).any(is_hash)
}

/// All names, to be looked for at once: there may be as many of them as there are texts.
struct Names {
    automaton: AhoCorasick,
    pseudonyms: Vec<String>,
}

impl Names {
    fn new(names: &BTreeSet<(Kind, String)>) -> Result<Self> {
        let pseudonyms = names.iter().map(|(kind, name)| kind.pseudonym(name)).collect();
        // `registry.example` may be a part of `a.registry.example`.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(names.iter().map(|(_, name)| name))
            .map_err(|error| Error::Document { member: "snapshot".to_owned(), reason: error.to_string() })?;
        Ok(Self { automaton, pseudonyms })
    }

    /// A text with every name in it replaced, where it stands for itself and is no part of another word.
    fn without(&self, text: &str) -> String {
        if Digest::parse(text).is_ok() {
            return text.to_owned();
        }
        let joins =
            |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let bytes = text.as_bytes();
        let (mut out, mut end) = (String::with_capacity(text.len()), 0);
        for found in self.automaton.find_iter(text) {
            let before = found.start().checked_sub(1).and_then(|before| bytes.get(before));
            if !joins(before) && !joins(bytes.get(found.end())) {
                out.push_str(&text[end..found.start()]);
                out.push_str(&self.pseudonyms[found.pattern().as_usize()]);
                end = found.end();
            }
        }
        out.push_str(&text[end..]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a text alone.
    fn check(key: &str, text: &str, expected: &str) {
        let mut names = BTreeSet::new();
        of_text(key, text, &mut names);
        let mut kept = Names::new(&names).unwrap().without(text);
        for (kind, name) in &names {
            kept = kept.replace(&kind.pseudonym(name), &format!("<{}>", kind.word()));
        }
        assert_eq!(kept, expected, "{text}");
    }

    #[test]
    fn names_of_machines_and_people_are_replaced() {
        check("tags", "registry.acme.corp:5000/team/app:1.2", "<host>:5000/team/app:1.2");
        check("tags", "team/app:1.2", "team/app:1.2");
        check("image", "10.1.2.3:5000/app", "<ip>:5000/app");
        check("created_by", "RUN curl https://build7.acme/x -H a", "RUN curl https://<host>/x -H a");
        check("created_by", "RUN pip install torch==2.4.1 app.py", "RUN pip install torch==2.4.1 app.py");
        check("created_by", "RUN ping fd00:12::7 10.0.0.8 127.0.0.1", "RUN ping <ip> <ip> 127.0.0.1");
        check("created_by", "/bin/sh -c #(nop)  USER alice", "/bin/sh -c #(nop)  USER <user>");
        check("user", "1000:1000", "1000:1000");
        check("created_by", "RUN scp alice@db.acme.lan:/home/alice/x .", "RUN scp <user>@<host>:<path> .");
        check("com.docker.compose.project.working_dir", "/srv/work of me", "<path>");
        check("maintainer", "Alice <alice@acme.com>", "<user>");
    }

    #[test]
    fn a_pseudonym_is_stable_and_stays_one() {
        assert_eq!(Kind::Host.pseudonym("a"), Kind::Host.pseudonym("a"));
        assert_ne!(Kind::Host.pseudonym("a"), Kind::Host.pseudonym("b"));
        assert!(is_pseudonym(&Kind::User.pseudonym("alice")));
    }
}
