//! What makes two things the same: digests of blobs, diff IDs of layers, hashes of file contents.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The digest of a blob as it is stored (a compressed layer, a config, a manifest), as `sha256:<hex>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

/// The digest of a layer's *uncompressed* tar: the same layer keeps it through recompression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct DiffId(Digest);

/// A string that should be a digest and is none.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a digest: expected an algorithm, a colon and hexadecimal digits")]
pub struct InvalidDigest(String);

impl Digest {
    /// Reads `algorithm:hex` (image-spec, descriptor.md, "Digests").
    pub fn parse(text: &str) -> Result<Self, InvalidDigest> {
        let valid = text.split_once(':').is_some_and(|(algorithm, hex)| {
            !algorithm.is_empty()
                && algorithm.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+._-".contains(&byte))
                && hex.len() >= 32
                && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidDigest(text.to_owned())) }
    }

    /// The digest of the bytes that hash to `hash` by SHA-256.
    #[must_use]
    pub fn sha256(hash: [u8; 32]) -> Self {
        use fmt::Write as _;
        let mut text = String::with_capacity(71);
        text.push_str("sha256:");
        for byte in hash {
            write!(text, "{byte:02x}").expect("a string takes everything");
        }
        Self(text)
    }

    /// The name of the algorithm, `sha256` nearly always.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        self.0.split_once(':').map_or("", |(algorithm, _)| algorithm)
    }

    /// The hexadecimal part.
    #[must_use]
    pub fn hex(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, hex)| hex)
    }

    /// The first twelve digits, as engines abbreviate an ID.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.hex()[..12]
    }

    /// The digest as it is written everywhere: `algorithm:hex`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl DiffId {
    /// A layer whose uncompressed tar has this digest.
    #[must_use]
    pub fn new(digest: Digest) -> Self {
        Self(digest)
    }

    /// The digest of the uncompressed tar.
    #[must_use]
    pub fn digest(&self) -> &Digest {
        &self.0
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Digest {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Digest".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An algorithm, a colon and hexadecimal digits.",
            "type": "string",
            "pattern": "^[A-Za-z0-9+._-]+:[0-9a-fA-F]{32,}$",
        })
    }
}

impl TryFrom<String> for Digest {
    type Error = InvalidDigest;
    fn try_from(text: String) -> Result<Self, InvalidDigest> {
        Self::parse(&text)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Display for DiffId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// XXH3 (64 bits) of a file's content.
///
/// Two files are taken for the same content if size *and* hash agree. That is a statement about accidents,
/// not about adversaries: an image author can forge such a hash, and with it only spoil the
/// figures of that very image. What has to be trusted, blobs and layers, is verified by SHA-256.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_checked() {
        let hex = "e2511a98db6dd16278299aa38f9596aa56ccd75553f396ea3ac24c9c743e7d7d";
        let digest = Digest::parse(&format!("sha256:{hex}")).unwrap();
        assert_eq!((digest.algorithm(), digest.hex(), digest.short()), ("sha256", hex, "e2511a98db6d"));
        for wrong in ["", "sha256", "sha256:", "sha256:xyz", ":00", "sha256:../../etc/passwd"] {
            assert!(Digest::parse(wrong).is_err(), "{wrong}");
        }
    }
}
