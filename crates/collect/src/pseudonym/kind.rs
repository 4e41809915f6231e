//! The kinds of names, and the pseudonym of a name.

use sha2::{Digest as _, Sha256};

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Host,
    /// An IP or MAC address.
    Address,
    User,
    /// A directory or file of a machine.
    Path,
    /// Who owns a repository: a user or an organisation.
    Owner,
    Repository,
    Bucket,
    /// A compose project or a Kubernetes namespace.
    Project,
    Pod,
    /// An identifier of an account, a subscription or a machine.
    Id,
}

const KINDS: [Kind; 10] = [
    Kind::Host,
    Kind::Address,
    Kind::User,
    Kind::Path,
    Kind::Owner,
    Kind::Repository,
    Kind::Bucket,
    Kind::Project,
    Kind::Pod,
    Kind::Id,
];

impl Kind {
    /// How its pseudonyms begin.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Address => "ip",
            Self::User => "user",
            Self::Path => "path",
            Self::Owner => "owner",
            Self::Repository => "repo",
            Self::Bucket => "bucket",
            Self::Project => "project",
            Self::Pod => "pod",
            Self::Id => "id",
        }
    }

    /// The pseudonym of a name. Hosts, people and addresses are the same in capitals; paths are not.
    pub(super) fn pseudonym(self, name: &str) -> String {
        let name = if self == Self::Path { name.to_owned() } else { name.to_lowercase() };
        let hash = Sha256::digest([self.word(), "\0", &name].concat());
        format!("{}-{:02x}{:02x}{:02x}", self.word(), hash[0], hash[1], hash[2])
    }
}

/// Whether a name is a pseudonym: it stays as it is when a snapshot is redacted again.
pub(super) fn is_pseudonym(name: &str) -> bool {
    let is_hash = |rest: &str| rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_hexdigit());
    KINDS.iter().filter_map(|kind| name.strip_prefix(kind.word())?.strip_prefix('-')).any(is_hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_stable_and_stays_one() {
        assert_eq!(Kind::Host.pseudonym("Db.Acme.com"), Kind::Host.pseudonym("db.acme.com"));
        assert_ne!(Kind::Host.pseudonym("a"), Kind::Host.pseudonym("b"));
        assert_ne!(Kind::Path.pseudonym("/home/A"), Kind::Path.pseudonym("/home/a"));
        assert!(KINDS.iter().all(|kind| is_pseudonym(&kind.pseudonym("alice"))));
    }
}
