//! What services use besides memory, as rows: CPU, network, block devices, processes, waiting for memory.

use plimsoll_analysis::memory::{Memory, Resource, ResourceUsage};

use crate::format::name;
use crate::language::Language;

/// The heads of the table.
pub(super) fn header(language: Language) -> [&'static str; 6] {
    let (words, running) = (language.words(), &language.words().running);
    [words.service, running.resource_head, running.median, running.p95, running.most, running.suggested]
}

/// A row for each resource of each service.
pub(super) fn rows(memory: &Memory, language: Language) -> Vec<[String; 6]> {
    let mut rows = Vec::new();
    for service in &memory.services {
        // That nothing waited needs no row.
        let is_worth = |usage: &&ResourceUsage| {
            usage.max > 0 || !matches!(usage.resource, Resource::Throttled | Resource::Pressure)
        };
        for usage in service.usage.iter().filter(is_worth) {
            let value = |value| language.amount(usage.resource, value);
            let suggestion = match usage.resource {
                Resource::Cpu => Some(&service.cpu_suggestion),
                Resource::Pids => Some(&service.pids_suggestion),
                _ => None,
            };
            let suggested = suggestion.and_then(|suggestion| {
                let at_least = if suggestion.at_least { "≥ " } else { "" };
                Some(format!("{at_least}{}", value(suggestion.limit?)))
            });
            rows.push([
                name(&service.name),
                (language.words().running.resource)(usage.resource).to_owned(),
                value(usage.p50),
                value(usage.p95),
                value(usage.max),
                suggested.unwrap_or_else(|| "–".to_owned()),
            ]);
        }
    }
    rows
}
