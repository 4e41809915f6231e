//! The words for what runs: memory, limits, health, and what is demanded of it.

use plimsoll_analysis::memory::compare::ChangeVerdict;
use plimsoll_analysis::memory::{Confidence, HealthVerdict, OomVerdict, Resource};
use plimsoll_analysis::targets::{Level, Status};

use super::Noun;

/// All texts about memory and targets, in one language.
#[derive(Debug)]
#[expect(missing_docs, reason = "what a field says stands in `en.rs`")]
pub struct RunningWords {
    // Memory.
    pub lead: &'static str,
    pub empty: &'static str,
    pub timeline: &'static str,
    pub reading_help: &'static str,
    pub no_value: &'static str,
    pub sample: fn(number: &str) -> String,
    pub time: &'static str,
    pub most_within: &'static str,
    pub table: &'static str,
    pub events: &'static str,
    pub legend_line: &'static str,
    pub legend_load: &'static str,
    pub summary: fn(side: &str, low: &str, most: &str) -> String,
    pub only_planned: &'static str,
    pub phase: fn(under_load: bool) -> &'static str,

    // Figures of a service.
    pub median: &'static str,
    pub p95: &'static str,
    pub most: &'static str,
    pub limit: &'static str,
    pub reservation: &'static str,
    pub headroom: &'static str,
    pub suggested: &'static str,
    pub none: &'static str,
    pub unknown: &'static str,
    pub of_limit: fn(share: &str) -> String,
    pub replicas: fn(number: &str) -> String,

    // What is used besides memory.
    pub other_resources: &'static str,
    pub resource_head: &'static str,
    pub resource: fn(resource: Resource) -> &'static str,
    pub cpus: fn(number: &str) -> String,
    pub each_second: fn(bytes: &str) -> String,
    // What became of the memory.
    pub median_before_after: &'static str,
    pub most_before_after: &'static str,
    pub change: &'static str,
    pub conclusion: &'static str,
    /// Services, and what holds for all of them.
    pub of_services: fn(services: &str, text: &str) -> String,
    pub record_runs: fn(least: &str) -> String,
    pub record_longer: &'static str,

    // What happened.
    pub oom_kill: &'static str,
    pub ended: &'static str,
    pub ended_with: fn(code: &str) -> String,
    pub started: &'static str,
    pub became_unhealthy: &'static str,

    // Facts.
    pub suggestion: &'static str,
    pub not_suggested: &'static str,
    pub suggest: fn(limit: &str, confidence: &str) -> String,
    pub suggest_reservation: fn(reservation: &str) -> String,
    pub confidence: fn(Confidence) -> &'static str,
    pub kills: &'static str,
    pub kill_verdict: fn(OomVerdict, kills: &str) -> String,
    pub start_up: &'static str,
    pub healthy_within: fn(words: &str) -> String,
    pub health: &'static str,
    pub health_verdict: fn(HealthVerdict) -> &'static str,
    pub checks: fn(per_day: &str, duration: &str) -> String,
    pub restarts: &'static str,
    pub restart: Noun,
    pub failed_end: Noun,
    pub log: &'static str,
    pub trend: &'static str,
    pub peak: &'static str,
    pub swap: &'static str,
    pub limit_hits: &'static str,
    pub time_noun: Noun,
    pub difference: &'static str,
    pub change_verdict: fn(ChangeVerdict) -> &'static str,
    pub comparable: &'static str,
    pub alike: &'static str,
    pub unlike: &'static str,
    pub postgres: &'static str,

    // The stack.
    pub stack: &'static str,
    pub all_limits: &'static str,
    pub all_limits_with_swap: &'static str,
    pub all_reservations: &'static str,
    pub host: &'static str,
    pub at_once: &'static str,
    pub at_once_loaded: &'static str,
    pub without_limit: fn(services: &str) -> String,
    pub limit_unknown_of: fn(services: &str) -> String,
    pub fits: &'static str,
    pub does_not_fit: &'static str,
    pub bystanders: fn(containers: &str) -> String,

    // Cards.
    pub card_headroom: &'static str,
    pub card_headroom_of: fn(service: &str, taken: &str, limit: &str) -> String,
    pub card_no_limit: fn(services: &str) -> String,
    pub card_targets: &'static str,
    pub card_of: fn(required: &str) -> String,

    // Targets.
    pub targets_lead: &'static str,
    pub plain_lead: &'static str,
    pub targets_empty: &'static str,
    pub verdict: fn(met: &str, required: &str) -> String,
    pub missed: fn(number: &str) -> String,
    pub unknown_count: fn(number: &str) -> String,
    pub ideals: fn(reached: &str, named: &str) -> String,
    pub status: fn(Status) -> &'static str,
    pub level: fn(Level) -> &'static str,
    pub all_met: &'static str,
    pub met: fn(number: &str) -> String,
    pub manual: &'static str,
    pub ideal_only: &'static str,
    pub measured: &'static str,
    pub edit: fn(target: &str, level: &str) -> String,
    pub edited: fn(number: &str) -> String,
    pub reset: &'static str,
    pub refused: fn(value: &str) -> String,
}
