//! The limits of CPU and of processes.

use plimsoll_snapshot::Bytes;

use super::super::inside::{self, InsideSetting, Made};
use super::super::{Resource, ResourceSuggestion, postgres};
use super::draft::{Draft, Known};
use super::reason::{Open, SettingReason};
use super::setting::Setting;

/// Limits of processes are multiples of this.
const STEP: u64 = 32;

/// Adds the limits that the recordings support. Where they support none, the limit of memory has the reason.
pub(super) fn add(known: &Known<'_>, limit: Option<Bytes>, draft: &mut Draft) {
    let memory = &known.memory;
    if let Some((cpus, reason)) = found(Resource::Cpu, &memory.cpu_suggestion) {
        if known.service.limits().is_some_and(|limits| limits.cpu_quota) {
            draft.leave(Open::CpuQuota);
        } else {
            draft.set(Setting::Cpus(cpus), vec![reason]);
        }
    }
    if let Some((pids, reason)) = found(Resource::Pids, &memory.pids_suggestion) {
        let processes = processes(known, limit, pids).filter(|processes| *processes > pids);
        let pids = processes.map_or(pids, |processes| processes.div_ceil(STEP).saturating_mul(STEP));
        let reasons =
            [reason].into_iter().chain(processes.map(|processes| SettingReason::Processes { processes }));
        draft.set(Setting::Pids(pids), reasons.collect());
    }
}

/// The processes that a program starts with the settings that will hold, where more are known of than were recorded.
fn processes(known: &Known<'_>, limit: Option<Bytes>, suggested: u64) -> Option<u64> {
    if let Some(processes) = postgres::processes(known.service, limit, known.demanded.postgres) {
        return Some(processes);
    }
    let used = known.memory.loaded.map(|loaded| loaded.max);
    let settings = inside::inside(known.service, limit?, used, known.cpus(), &known.memory.usage);
    settings.into_iter().find_map(|(setting, made)| match (setting, made) {
        // Each worker has the processes and threads that each had.
        (InsideSetting::Workers { workers, now, .. }, Made::Variable(..)) => {
            suggested.saturating_mul(workers).checked_div(now)
        }
        _ => None,
    })
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
