//! End-to-end tests: the real program on real images, the real page in a real browser. `cargo xtask test` builds what
//! they need.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod access;
mod accounting;
mod archives;
mod artifacts;
mod bad_input;
mod buttons;
mod costs;
mod drop;
mod ecosystems;
mod finder;
mod firefox;
mod help;
mod hostile;
mod images;
mod layout;
mod limits;
mod lost;
mod owners;
mod packages;
mod page;
mod page_limits;
mod planted;
mod programs;
mod readers;
mod redact;
mod report;
mod reports;
mod secrets;
mod sections;
mod shapes;
mod work;
