//! Renders what the analysis found: text for a terminal, Markdown for a pull request, JSON for programs, and the
//! parts of the HTML page that are there before anything runs.
//!
//! Renderers neither compute nor sort: a figure that two of them need belongs in `plimsoll-analysis`.

pub mod brief;
pub mod card;
mod cause;
pub mod chart;
mod compare_json;
pub mod compose_override;
pub mod csv;
pub mod disk;
pub mod dockerfile;
pub mod exchange;
mod finding_json;
pub mod findings;
pub mod fix;
mod fix_json;
pub mod fleet;
pub mod format;
pub mod html;
pub mod json;
mod json_document;
mod json_text;
pub mod language;
pub mod limits;
pub mod markdown;
mod markup;
pub mod memory;
pub mod observed;
pub mod packages;
pub mod platforms;
pub mod progress;
pub mod pull;
pub mod review;
pub mod review_json;
#[cfg(feature = "schema")]
pub mod schema;
pub mod series;
pub mod sizes;
pub mod summary;
mod table;
pub mod targets;
pub mod text;
pub mod turns;
pub mod verdict;
pub mod warnings;
pub mod watch_json;
pub mod why;
pub mod words;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
