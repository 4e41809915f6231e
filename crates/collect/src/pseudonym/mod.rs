//! Takes names out of a snapshot that say whose machine it was made on: hosts, registries, addresses, people, owners of
//! repositories and their directories become short pseudonyms. The same name always has the same one, so what belongs
//! together stays together.
//!
//! What lies in an image (its files, its packages) stays as it is, and so do the names of services: that is what a
//! report is about. `known` lists names that identify no person or organisation.

mod addresses;
mod commands;
mod everywhere;
mod hosts;
mod kind;
mod known;
mod names;
mod observed;
mod organisations;
mod paths;
mod people;
mod references;
mod scan;
mod words;

use std::collections::{BTreeMap, HashSet};

use plimsoll_snapshot::{Digest, Runtime, Snapshot, filled};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use self::names::{Collected, Names};
use self::scan::{Field, scan};
use crate::error::{Error, Result};

/// Replaces the names in everything that does not lie in a layer.
///
/// # Errors
/// If a snapshot does not fit its own format any more, which no name makes it.
pub fn pseudonymise(snapshot: &mut Snapshot) -> Result<()> {
    let observed = observed::taken_out(snapshot);
    let mut images = value(&snapshot.images)?;
    let mut services = value(&snapshot.services)?;
    let mut runtime = value(&snapshot.runtime)?;
    let mut disk = value(&snapshot.disk)?;
    let mut collected = Collected::default();
    for tree in [&images, &services, &runtime, &disk] {
        collect(tree, Field::default(), &mut collected);
    }
    let names = Names::new(&collected, &subjects(snapshot))?;
    for tree in [&mut images, &mut services, &mut runtime, &mut disk] {
        replace(tree, Field::default(), &names);
    }
    snapshot.images = back(images)?;
    snapshot.services = back(services)?;
    snapshot.runtime = back(runtime)?;
    snapshot.disk = back(disk)?;
    observed::put_back(snapshot, observed);
    Ok(())
}

/// A message without the names it shows by itself.
#[must_use]
pub fn without_names(message: &str) -> String {
    let line = |line: &str| names::replaced(line, &scan(Field::default(), &[line]), &[], 0);
    message.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// What a report is about: a name that is also one of these is replaced only where it stands for a machine or a person.
fn subjects(snapshot: &Snapshot) -> HashSet<String> {
    let services = snapshot.services.iter().map(|service| service.name.as_str());
    let running = snapshot.runtime.iter().flat_map(Runtime::service_names);
    let facts = snapshot.layers.iter().filter_map(|layer| layer.contents.as_ref()?.facts.as_ref());
    let packages = facts.flat_map(|facts| &facts.packages).map(|package| package.name.as_str());
    services.chain(running).chain(packages).map(str::to_lowercase).collect()
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

/// The texts of a list that is one command, argument by argument.
fn command<'a>(key: &str, list: &'a [Value]) -> Option<Vec<&'a str>> {
    let is_command = matches!(key, "entrypoint" | "command" | "test");
    is_command.then(|| list.iter().map(|value| value.as_str().unwrap_or_default()).collect())
}

/// Times, versions of kernels and digests hold no names, and look like some.
fn is_data(field: Field<'_>, text: &str) -> bool {
    !field.is_label && matches!(field.key, "created" | "version" | "api_version" | "kernel")
        || Digest::parse(text).is_ok()
}

/// Finds the names in a tree of values. A tree is as deep as the format of a snapshot.
fn collect(value: &Value, field: Field<'_>, names: &mut Collected) {
    match value {
        Value::String(text) if is_data(field, text) => {}
        Value::String(text) => names.add(&scan(field, &[text])),
        Value::Array(list) => match command(field.key, list) {
            Some(texts) => names.add(&scan(field, &texts)),
            None => list.iter().for_each(|value| collect(value, field, names)),
        },
        Value::Object(map) => {
            let is_label = field.key == "labels";
            for (key, value) in map {
                if is_label {
                    names.add(&scan_key(key));
                }
                collect(value, Field { key, is_label }, names);
            }
        }
        _ => {}
    }
}

/// The names in the key of a label. It is scanned as an instruction `LABEL` would be: countries begin reversed names.
fn scan_key(key: &str) -> Vec<scan::Found> {
    const INSTRUCTION: &str = "LABEL ";
    let mut found = scan(Field::default(), &[&format!("{INSTRUCTION}{key}")]);
    for name in &mut found {
        name.range = name.range.start - INSTRUCTION.len()..name.range.end - INSTRUCTION.len();
    }
    found
}

fn replace(value: &mut Value, field: Field<'_>, names: &Names) {
    match value {
        Value::String(text) if is_data(field, text) => {}
        Value::String(text) => *text = names.without(text, &scan(field, &[text]), 0),
        Value::Array(list) => {
            let Some(texts) = command(field.key, list) else {
                list.iter_mut().for_each(|value| replace(value, field, names));
                return;
            };
            let found = scan(field, &texts);
            let replaced: Vec<_> =
                texts.iter().enumerate().map(|(part, text)| names.without(text, &found, part)).collect();
            for (value, text) in list.iter_mut().zip(replaced) {
                *value = Value::String(text);
            }
        }
        Value::Object(map) => {
            let is_label = field.key == "labels";
            for (key, value) in &mut *map {
                replace(value, Field { key, is_label }, names);
            }
            if is_label {
                *map = relabelled(std::mem::take(map), names);
            }
        }
        _ => {}
    }
}

/// Labels under keys without names.
fn relabelled(labels: Map<String, Value>, names: &Names) -> Map<String, Value> {
    let keys: BTreeMap<_, _> =
        filled(labels.into_iter().map(|(key, value)| (names.without(&key, &scan_key(&key), 0), value)));
    keys.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a text alone.
    fn check(key: &str, text: &str, expected: &str) {
        let field = Field { key, is_label: key.contains('.') || key == "maintainer" };
        assert_eq!(shown(&names::replaced(text, &scan(field, &[text]), &[], 0)), expected, "{text}");
    }

    /// With `<host>` for each pseudonym of a host.
    fn shown(text: &str) -> String {
        let mut out = text.to_owned();
        for word in ["host", "ip", "user", "path", "owner", "repo", "bucket", "project", "pod", "id"] {
            while let Some(at) = out.match_indices(&format!("{word}-")).map(|(at, _)| at).find(|&at| {
                let end = at + word.len() + 7;
                out.get(at..end).is_some_and(kind::is_pseudonym)
            }) {
                out.replace_range(at..at + word.len() + 7, &format!("<{word}>"));
            }
        }
        out
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
    fn names_are_found_by_the_place_they_have_in_a_command() {
        for (text, expected) in [
            ("CMD [\"serve\",\"--host\",\"db\",\"web1\"]", "CMD [\"serve\",\"--host\",\"db\",\"web1\"]"),
            ("CMD [\"serve\",\"--host\",\"db1\",\"web1\"]", "CMD [\"serve\",\"--host\",\"<host>\",\"web1\"]"),
            ("CMD [\"python\",\"-u\",\"main\"]", "CMD [\"python\",\"-u\",\"main\"]"),
            ("CMD [\"-u\",\"alice\"]", "CMD [\"-u\",\"<user>\"]"),
            ("serve --peers [\"peer1\",\"peer2\"]", "serve --peers [\"<host>\",\"<host>\"]"),
            ("RUN hostname db1 && echo hostname db1", "RUN hostname <host> && echo hostname db1"),
            ("RUN echo '10.0.0.1 db1 db2' >> /etc/hosts", "RUN echo '<ip> <host> <host>' >> /etc/hosts"),
            ("RUN ping 127.0.0.1 db1", "RUN ping 127.0.0.1 db1"),
            (
                "RUN printf '::1\\tdb1\\tdb2\\n' >> /etc/hosts",
                "RUN printf '::1\\t<host>\\t<host>\\n' >> /etc/hosts",
            ),
            ("RUN echo redis://red1:1,red2:2,red3:3", "RUN echo redis://<host>:1,<host>:2,<host>:3"),
            ("RUN echo https://pypi.org,other", "RUN echo https://pypi.org,other"),
            ("RUN kcat -b kaf1,kaf2 -t topic", "RUN kcat -b <host>,<host> -t topic"),
            ("RUN erl -sname app@db1", "RUN erl -sname app@<host>"),
            (
                "RUN openssl req -subj /O=Acme/CN=db1 -out x",
                "RUN openssl req -subj /O=<owner>/CN=<host> -out x",
            ),
            ("RUN npm i lodash@latest", "RUN npm i lodash@latest"),
            ("RUN cd ~alice/x && cd ~/y", "RUN cd ~<user>/x && cd ~/y"),
        ] {
            check("created_by", text, expected);
        }
    }

    #[test]
    fn a_redacted_snapshot_stays_as_it_is() {
        let text = "FROM reg.acme.io/team/app AS b && ssh alice@db-prod-1 && git clone git@git.acme.com:platform/shop.git /srv/acme";
        let once = without_names(text);
        assert_eq!(without_names(&once), once);
    }

    /// Counted, not timed: what is found of a text is no more than a few times the text.
    #[test]
    fn no_text_costs_more_than_its_size() {
        for unit in [
            "nop MAINTAINER ",
            "\"/home/u ",
            "maintainer=u x ",
            "a@b.com:",
            "1.2.3.4:",
            "\\\\a\\b \"",
            "--host h-1,",
            "dc=a ",
            "/O=a b",
            "a://b,c",
            "1.1.1.1 h1 > /etc/hosts ",
            "[\"--host\",\"h\"],",
            "\\th1",
        ] {
            let text = format!("LABEL {}", unit.repeat(20_000));
            let found = scan(Field::default(), &[&text]);
            let bytes: usize = found.iter().map(|found| found.name.len()).sum();
            assert!(bytes < 5 * text.len(), "{unit}: {bytes} of {}", text.len());
        }
    }
}
