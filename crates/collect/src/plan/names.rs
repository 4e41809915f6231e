//! Names of images and of the members that hold them.

use plimsoll_snapshot::Digest;
use sha2::{Digest as _, Sha256};

pub(super) fn blob_member(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.hex())
}

/// The digest that a member is named by: `blobs/sha256/<hex>`, `<hex>.json`, `sha256:<hex>.tar`.
pub(super) fn digest_in_name(member: &str) -> Option<Digest> {
    let name = member.rsplit('/').next()?.split('.').next()?;
    let hex = name.strip_prefix("sha256:").unwrap_or(name);
    (hex.len() == 64).then(|| Digest::parse(&format!("sha256:{hex}")).ok()).flatten()
}

pub(super) fn sha256(bytes: &[u8]) -> Digest {
    Digest::sha256(Sha256::digest(bytes).into())
}

/// The name as people write it: without the default registry, the default namespace and the default tag.
pub(super) fn familiar(reference: &str) -> &str {
    let name = reference.strip_prefix("docker.io/").unwrap_or(reference);
    let name = name.strip_prefix("library/").unwrap_or(name);
    name.strip_suffix(":latest").unwrap_or(name)
}

pub(super) fn is_id(id: &Digest, wanted: &str) -> bool {
    let hex = wanted.strip_prefix("sha256:").unwrap_or(wanted);
    hex.len() >= 6 && id.hex().starts_with(hex)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_people_write_them() {
        assert_eq!(familiar("docker.io/library/nginx:latest"), "nginx");
        assert_eq!(familiar("agente/backend:after"), "agente/backend:after");
    }

    #[test]
    fn digests_in_names_are_found() {
        let hex = "e2511a98db6dd16278299aa38f9596aa56ccd75553f396ea3ac24c9c743e7d7d";
        for name in [format!("blobs/sha256/{hex}"), format!("{hex}.json"), format!("sha256:{hex}")] {
            assert_eq!(digest_in_name(&name).unwrap().hex(), hex);
        }
        assert_eq!(digest_in_name("manifest.json"), None);
    }
}
