//! The words of a series: how a stack developed.

use plimsoll_analysis::series::Measure;

use super::Noun;

/// The words of a series, in one language. Every figure is formatted before it comes here.
#[derive(Debug)]
#[expect(missing_docs, reason = "the words stand in `en/series.rs`")]
pub struct SeriesWords {
    pub title: &'static str,
    pub point: Noun,
    pub measure: fn(Measure) -> &'static str,
    pub extent: fn(measure: &str, points: &str) -> String,
    pub between: fn(from: &str, to: &str) -> String,
    pub none: &'static str,
    pub unmeasured: fn(points: &str) -> String,
    pub point_head: &'static str,
    pub time_head: &'static str,
    pub own_head: &'static str,
    pub base_head: &'static str,
    pub note_head: &'static str,
    pub first_head: &'static str,
    pub last_head: &'static str,
    pub steps: &'static str,
    pub no_steps: fn(bytes: &str, percent: &str) -> String,
    pub rebuild: &'static str,
    pub accepted: fn(reason: &str) -> String,
    pub drift: fn(delta: &str, percent: &str, changes: &str, since: &str) -> String,
    pub drift_reported: fn(percent: &str, at: &str) -> String,
    pub change: Noun,
    pub budget_left: fn(budget: &str, left: &str) -> String,
    pub budget_over: fn(budget: &str, over: &str) -> String,
    pub budget: &'static str,
    pub level_memory: &'static str,
    pub level_start_up: &'static str,
    pub level_few: fn(points: &str, least: &str) -> String,
    pub level_same: fn(points: &str) -> String,
    pub level_change: fn(from: &str, to: &str, at: &str) -> String,
    pub line: &'static str,
    pub compare: &'static str,
    pub pick: &'static str,
    pub picked: fn(state: &str) -> String,
    pub compare_with: fn(state: &str) -> String,
    pub not_here: &'static str,
    pub all_steps: fn(steps: &str) -> String,
    pub all_points: fn(points: &str) -> String,
    pub earlier: fn(points: &str) -> String,
}
