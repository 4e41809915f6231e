//! What a registry is shown to prove who asks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What a registry is shown. It has no `Debug`, so that it gets into no message.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credentials {
    Password {
        user: String,
        password: String,
    },
    /// What a login in a browser leaves behind; it is exchanged for a token.
    IdentityToken(String),
}

impl Credentials {
    /// The value of an `Authorization` header (RFC 7617).
    pub(crate) fn basic(user: &str, password: &str) -> String {
        format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
    }

    /// What must be in no message.
    pub(crate) fn secrets(&self) -> Vec<String> {
        match self {
            Self::Password { user, password } => {
                let header = Self::basic(user, password);
                vec![header.trim_start_matches("Basic ").to_owned(), password.clone()]
            }
            Self::IdentityToken(token) => vec![token.clone()],
        }
    }
}
