//! End-to-end tests: the real program on real images, the real page in a real browser. `cargo xtask test` builds what
//! they need.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod accounting;
mod archives;
mod artifacts;
mod bad_input;
mod command_line;
mod contents;
mod costs;
mod ecosystems;
mod filters;
mod help;
mod host;
mod hostile;
mod images;
mod in_browser;
mod limits;
mod lost;
mod owners;
mod packages;
mod planted;
mod programs;
mod readers;
mod redact;
mod schemas;
mod secrets;
mod terminal;
mod work;
