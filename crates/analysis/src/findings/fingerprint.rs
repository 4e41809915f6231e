//! What makes two findings of different builds the same, as digits.

use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// What a finding is about, without its service. It stays as lines, layers and sizes change.
///
/// It consists of the rule and the headline. Findings about security add their examples: a secret that comes later is
/// another finding, so it is not accepted unseen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(pub(super) [u8; 16]);

/// The same finding of another build has the same one: 32 hexadecimal digits, made of the service and the [`Identity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub(super) [u8; 16]);

/// The beginning of a SHA-256. The length of each part is hashed too, so no two lists of parts are the same bytes.
pub(super) fn hash(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut start = [0; 16];
    start.copy_from_slice(&hasher.finalize()[..16]);
    start
}

impl Fingerprint {
    /// The digits that name it in text, and that a target file needs.
    pub const SHORT: usize = 12;

    /// The first digits.
    #[must_use]
    pub fn short(self) -> String {
        self.to_string()[..Self::SHORT].to_owned()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(32);
        write!(text, "{self}").expect("a string takes everything");
        out.serialize_str(&text)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Fingerprint {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Fingerprint".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "The same for the same finding of another build.",
            "type": "string",
            "pattern": "^[0-9a-f]{32}$",
        })
    }
}
