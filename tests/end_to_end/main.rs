//! End-to-end tests: the real page in a real browser. `cargo xtask test` builds what they need.

mod page;
