//! The real page in a real browser. `cargo xtask test` leaves these tests out where there is no Chromium, and those with
//! `firefox` in their names where there is no Firefox.

mod access;
mod buttons;
mod drop;
mod finder;
mod firefox;
mod hostile;
mod layout;
mod page;
mod page_limits;
mod reading;
mod report;
mod reports;
mod sections;
mod shapes;
mod trend;
