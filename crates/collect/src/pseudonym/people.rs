//! Names of people: accounts, addresses of mail, maintainers.

use super::known;

/// Keys of labels whose value names a person or a company.
const LABELS: [&str; 16] = [
    "maintainer",
    "maintainers",
    "author",
    "authors",
    "vendor",
    "owner",
    "owners",
    "contact",
    "contacts",
    "created-by",
    "created_by",
    "built-by",
    "built_by",
    "build-user",
    "team",
    "company",
];

/// Keys of settings whose value is an account.
const KEYS: [&str; 12] = [
    "user",
    "username",
    "user-name",
    "user_name",
    "login",
    "owner",
    "account",
    "runas",
    "run-as",
    "run_as",
    "group",
    "assignee",
];

/// Whether a label's key says that its value names a person.
pub(super) fn is_label(key: &str) -> bool {
    let last = key.rsplit(['.', '/']).next().unwrap_or_default().to_ascii_lowercase();
    LABELS.contains(&last.as_str())
}

/// Whether the value of an option or a variable is an account.
pub(super) fn is_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    KEYS.iter().any(|known| {
        key.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with(['_', '-', '.']))
    }) || matches!(key.as_str(), "pguser" | "chown")
}

/// Whether the value of an option or a variable is the name of a person: `--author`, `GIT_AUTHOR_NAME`. It is in lower case.
pub(super) fn is_person_key(key: &str) -> bool {
    const PERSONS: [&str; 5] = ["author", "committer", "comment", "gecos", "signer"];
    PERSONS.contains(&key)
        || matches!(key, "user.name" | "user.email")
        || ["git_author_", "git_committer_"]
            .iter()
            .any(|start| key.strip_prefix(start).is_some_and(|rest| matches!(rest, "name" | "email")))
}

/// Whose directory a word begins with, or names behind a host: `~alice/x`, `db:~alice`.
pub(super) fn home(word: &str) -> Option<std::ops::Range<usize>> {
    let at = if word.starts_with('~') { 1 } else { word.find(":~")? + 2 };
    let name = word[at..].split(['/', ':']).next().unwrap_or_default();
    is_person(name).then_some(at..at + name.len())
}

/// Whether it may be the name of a person: not a number, and not an account that every system has.
pub(super) fn is_person(name: &str) -> bool {
    name.chars().count() >= 2
        && name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().all(|char| char.is_alphanumeric() || "._-+".contains(char))
        && !known::is_role(name)
}
