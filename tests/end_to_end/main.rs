//! End-to-end tests: the real page in a real browser. `cargo xtask test` builds what they need.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod page;
mod report;
mod reports;
