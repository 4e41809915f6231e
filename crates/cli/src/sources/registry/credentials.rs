//! Finds the user and password of a registry where Docker, Podman and their helpers keep them.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::helper;
use super::secret::Credentials;
use crate::sources::config_file;
use crate::sources::reference::{DOCKER_HUB, Reference};

/// What was found for a registry.
#[derive(Default)]
pub(crate) struct StoredLogin {
    pub(crate) credentials: Option<Credentials>,
    /// Why there may be some that could not be read.
    pub(crate) trouble: Option<String>,
}

/// A config.json of Docker or an auth.json of Podman.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct File {
    auths: BTreeMap<String, Entry>,
    creds_store: Option<String>,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
}

/// Looks up the credentials for an image. Without any, registries give what is public.
pub(crate) fn find(reference: &Reference) -> StoredLogin {
    let mut troubles = Vec::new();
    for path in files() {
        let text = match config_file::read(&path) {
            Ok(Some(text)) => text,
            Ok(None) => continue,
            Err(trouble) => {
                troubles.push(trouble);
                continue;
            }
        };
        let file: File = match serde_json::from_slice(&text) {
            Ok(file) => file,
            Err(error) => {
                // The position only: the text around it may be a secret.
                troubles.push(format!("`{}` is not valid at line {}", path.display(), error.line()));
                continue;
            }
        };
        match file.find(reference, helper::ask) {
            Ok(Some(credentials)) => return StoredLogin { credentials: Some(credentials), trouble: None },
            Ok(None) => {}
            Err(trouble) => troubles.push(trouble),
        }
    }
    StoredLogin { credentials: None, trouble: troubles.into_iter().next() }
}

fn files() -> Vec<PathBuf> {
    let directory = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = env::home_dir();
    let docker = directory("DOCKER_CONFIG")
        .or_else(|| Some(home.as_ref()?.join(".docker")))
        .map(|at| at.join("config.json"));
    let run = directory("XDG_RUNTIME_DIR").map(|at| at.join("containers/auth.json"));
    let config = directory("XDG_CONFIG_HOME").or_else(|| Some(home?.join(".config")));
    let config = config.map(|at| at.join("containers/auth.json"));
    [directory("REGISTRY_AUTH_FILE"), docker, run, config].into_iter().flatten().collect()
}

impl File {
    fn find(
        &self,
        reference: &Reference,
        ask: impl Fn(&str, &str) -> Result<Option<Credentials>, String>,
    ) -> Result<Option<Credentials>, String> {
        let key = server_key(&reference.host);
        let helper = self.cred_helpers.get(&reference.host).or_else(|| self.cred_helpers.get(key));
        if let Some(helper) = helper {
            return ask(helper, key);
        }
        let entry = self.entry(reference).and_then(Entry::credentials);
        match (&self.creds_store, entry) {
            (_, Some(credentials)) => Ok(Some(credentials)),
            (Some(store), None) => ask(store, key),
            (None, None) => Ok(None),
        }
    }

    /// The entry for the host, or for a part of it: Podman has keys as `quay.io/team`, the longest one holds.
    fn entry(&self, reference: &Reference) -> Option<&Entry> {
        let name = format!("{}/{}", reference.host, reference.repository);
        let matches = |key: &str| name.strip_prefix(key).is_some_and(|rest| rest.starts_with('/'));
        let entries =
            self.auths.iter().map(|(key, entry)| (plain_key(&key.to_ascii_lowercase()).to_owned(), entry));
        entries.filter(|(key, _)| matches(key)).max_by_key(|(key, _)| key.len()).map(|(_, entry)| entry)
    }
}

/// The name that Docker has its credentials for a registry under.
fn server_key(host: &str) -> &str {
    if host == DOCKER_HUB { "https://index.docker.io/v1/" } else { host }
}

/// `https://host/v1/` is an old form of `host`.
fn plain_key(key: &str) -> &str {
    let bare = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    let bare = bare.trim_end_matches('/');
    let bare = bare.strip_suffix("/v1").or_else(|| bare.strip_suffix("/v2")).unwrap_or(bare);
    if bare == "index.docker.io" || bare == "registry-1.docker.io" { DOCKER_HUB } else { bare }
}

impl Entry {
    fn credentials(&self) -> Option<Credentials> {
        if let Some(token) = self.identitytoken.as_ref().filter(|token| !token.is_empty()) {
            return Some(Credentials::IdentityToken(token.clone()));
        }
        if let (Some(user), Some(password)) = (&self.username, &self.password)
            && !user.is_empty()
        {
            return Some(Credentials::Password { user: user.clone(), password: password.clone() });
        }
        let decoded = String::from_utf8(STANDARD.decode(self.auth.as_ref()?.trim()).ok()?).ok()?;
        let (user, password) = decoded.split_once(':')?;
        // Docker once padded with zeros.
        let password = password.trim_end_matches('\0');
        Some(Credentials::Password { user: user.to_owned(), password: password.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, image: &str, expected: Option<(&str, &str)>) {
        let file: File = serde_json::from_str(file).unwrap();
        let ask = |helper: &str, server: &str| {
            Ok(Some(Credentials::Password { user: helper.to_owned(), password: server.to_owned() }))
        };
        let expected = expected.map(|(user, password)| Credentials::Password {
            user: user.to_owned(),
            password: password.to_owned(),
        });
        assert!(file.find(&image.parse().unwrap(), ask) == Ok(expected), "{image}");
    }

    #[test]
    fn credentials_are_found_under_every_form_of_the_host() {
        // "u:p" and "hub:p" and "team:p"
        let file = r#"{"auths": {
            "https://index.docker.io/v1/": {"auth": "aHViOnA="},
            "quay.io": {"auth": "dTpw"},
            "quay.io/team": {"auth": "dGVhbTpw"},
            "https://old.example/v2/": {"username": "u", "password": "p"}
        }}"#;
        check(file, "nginx", Some(("hub", "p")));
        check(file, "quay.io/a/b", Some(("u", "p")));
        check(file, "quay.io/team/b", Some(("team", "p")));
        check(file, "quay.io/teams/b", Some(("u", "p")));
        check(file, "old.example/a", Some(("u", "p")));
        check(file, "other.example/a", None);
    }

    #[test]
    fn helpers_are_asked_for_what_the_file_does_not_hold() {
        let file = r#"{"auths": {"https://index.docker.io/v1/": {}}, "credsStore": "desktop",
            "credHelpers": {"gcr.io": "gcloud"}}"#;
        check(file, "nginx", Some(("desktop", "https://index.docker.io/v1/")));
        check(file, "gcr.io/a", Some(("gcloud", "gcr.io")));
    }
}
