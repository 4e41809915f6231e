//! The limits of CPU and of processes.

use super::super::{Resource, ResourceSuggestion};
use super::draft::{Draft, Known};
use super::reason::SettingReason;
use super::setting::Setting;

/// Adds the limits that the recordings support. Where they support none, the limit of memory has the reason.
pub(super) fn add(known: &Known<'_>, draft: &mut Draft) {
    let memory = &known.memory;
    for (resource, suggestion, setting) in [
        (Resource::Cpu, &memory.cpu_suggestion, Setting::Cpus as fn(u64) -> Setting),
        (Resource::Pids, &memory.pids_suggestion, Setting::Pids),
    ] {
        if let Some((limit, reason)) = found(resource, suggestion) {
            draft.set(setting(limit), vec![reason]);
        }
    }
}

fn found(resource: Resource, suggestion: &ResourceSuggestion) -> Option<(u64, SettingReason)> {
    let &ResourceSuggestion {
        limit,
        at_least,
        confidence,
        margin_percent,
        largest,
        windows,
        independent,
        ..
    } = suggestion;
    let (confidence, margin_percent) = (confidence?, margin_percent?);
    let reason = SettingReason::LargestUse {
        resource,
        largest,
        windows,
        independent,
        margin_percent,
        confidence,
        at_least,
    };
    Some((limit?, reason))
}
