//! The real program on made fleets whose truth is known.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod faults;
#[expect(unreachable_pub, reason = "an example uses it, too")]
mod made;
mod program;
mod questions;
#[expect(dead_code, reason = "the tests of the program use more of it")]
#[path = "../../../cli/tests/live/server.rs"]
mod server;
mod sources;
