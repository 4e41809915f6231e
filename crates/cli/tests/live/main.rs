//! Registries and engines on bad days: the real program against small servers that misbehave on purpose.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![expect(clippy::disallowed_methods, reason = "tests read what was written")]

mod action;
mod attach;
mod backfill;
mod branch;
mod ci;
mod comments;
mod engine;
mod helpers;
mod image;
mod login;
mod lookups;
mod memory;
mod program;
mod record;
mod registry;
mod saved;
mod server;
mod slow;
mod tls;
mod warehouse;
mod watch;
