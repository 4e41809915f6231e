//! Whether the kernel killed something for memory, from all that says so.
//!
//! No source alone is enough: engines clear their flag at each start and some never set it (moby#15621, podman#26701),
//! an exit code of 137 may be any SIGKILL, and the kernel's counter begins anew with each start.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::filled;
use plimsoll_snapshot::runtime::{Event, EventKind, Limits, Metric, Series, Time};
use serde::Serialize;

use super::stack::StackService;

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OomVerdict {
    /// The kernel or the engine says so.
    Certain,
    /// A process ended by SIGKILL, and no sender was recorded.
    Likely,
    /// Events or counters were recorded, and show none.
    NoneSeen,
    /// Not recorded: a flag that is not set proves nothing.
    Unknown,
}

impl OomVerdict {
    /// Whether something was killed, as far as can be told.
    #[must_use]
    pub const fn is_kill(self) -> bool {
        matches!(self, Self::Certain | Self::Likely)
    }
}

/// What is known of kills for memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Oom {
    /// How sure it is.
    pub verdict: OomVerdict,
    /// How many kills the best source counts.
    pub kills: u64,
    /// The evidence for the verdict.
    #[serde(skip)]
    pub evidence: Vec<KillEvidence>,
}

/// What says that something was killed for memory, or that nothing was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KillEvidence {
    /// The kernel's counter `oom_kill`.
    KernelCounted {
        /// What it stood at.
        kills: u64,
    },
    /// Events `oom` of the engine.
    EngineReported {
        /// The number of `oom` events.
        events: u64,
    },
    /// The engine's flag `OOMKilled` is set.
    FlagSet,
    /// Ends with exit code 137 and without a stop, beside what is certain.
    EndsWithoutStop {
        /// The number of exits.
        ends: u64,
    },
    /// Ends with exit code 137 that no stop explains; that is all there is.
    UnexplainedEnds {
        /// The number of exits.
        ends: u64,
    },
    /// Processes waited for memory: `oom_kill_disable` is set.
    WaitedForMemory {
        /// How many `oom` events.
        events: u64,
    },
    /// The kernel's counter stayed at zero.
    CounterAtZero,
    /// Events were heard throughout a recording.
    EventsHeard {
        /// Whether there was no `oom` among them.
        without_oom: bool,
    },
    /// Only the engine's flag is known, and it is not set.
    OnlyFlag,
    /// There is no evidence.
    Nothing,
}

/// How long after a signal or a stop an end is still its doing: engines wait 10 s before they kill, and compose lets
/// services ask for more.
const STOP_MS: u64 = 60_000;

pub(crate) fn oom(service: &StackService<'_>) -> Oom {
    let mut certain = Vec::new();
    let mut kills = 0;
    let counted: u64 = service.series.iter().filter_map(|(_, series)| counter(series)).sum();
    if counted > 0 {
        kills = counted;
        certain.push(KillEvidence::KernelCounted { kills: counted });
    }
    let hangs = hangs(service);
    let ooms = service.events.iter().filter(|event| event.kind == EventKind::Oom);
    let (waits, events): (Vec<&Event>, Vec<&Event>) =
        ooms.partition(|event| hangs.contains(&event.container));
    let events = events.len() as u64;
    if events > 0 {
        kills = kills.max(events);
        certain.push(KillEvidence::EngineReported { events });
    }
    let states = || service.containers.iter().flat_map(|(_, container)| &container.states);
    // Engines set their flag at the event, be anything killed or not.
    let killable = service.containers.iter().filter(|(index, _)| !hangs.contains(index));
    if killable.flat_map(|(_, container)| &container.states).any(|state| state.oom_killed == Some(true)) {
        kills = kills.max(1);
        certain.push(KillEvidence::FlagSet);
    }
    let ends = unexplained_kills(&service.events);
    let stops = stops(&service.events, 137);
    let state_137 = service.containers.iter().any(|(index, container)| {
        container.states.iter().any(|state| state.exit_code == Some(137)) && !stops.contains_key(index)
    });
    if !certain.is_empty() {
        if ends > 0 {
            certain.push(KillEvidence::EndsWithoutStop { ends });
        }
        return Oom { verdict: OomVerdict::Certain, kills, evidence: certain };
    }
    if ends > 0 || state_137 {
        let ends = ends.max(1);
        let evidence = vec![KillEvidence::UnexplainedEnds { ends }];
        return Oom { verdict: OomVerdict::Likely, kills: ends, evidence };
    }
    let evidence = watched(service);
    let verdict = if evidence.is_empty() { OomVerdict::Unknown } else { OomVerdict::NoneSeen };
    if !waits.is_empty() {
        let waits = KillEvidence::WaitedForMemory { events: waits.len() as u64 };
        return Oom { verdict, kills: 0, evidence: std::iter::once(waits).chain(evidence).collect() };
    }
    let evidence = match (verdict, states().any(|state| state.oom_killed == Some(false))) {
        (OomVerdict::Unknown, true) => vec![KillEvidence::OnlyFlag],
        (OomVerdict::Unknown, false) => vec![KillEvidence::Nothing],
        _ => evidence,
    };
    Oom { verdict, kills: 0, evidence }
}

/// What the kernel counted since the start of the container.
fn counter(series: &Series) -> Option<u64> {
    series.values(Metric::OomKills).map(|(_, count)| count).max()
}

/// What stands for it that nothing was killed: a counter that stayed at zero, or a time in which events were heard.
fn watched(service: &StackService<'_>) -> Vec<KillEvidence> {
    let mut evidence = Vec::new();
    let counters = service.series.iter().filter(|(_, series)| counter(series) == Some(0)).count();
    if counters > 0 && counters == service.series.len() {
        evidence.push(KillEvidence::CounterAtZero);
    }
    let spans = &service.watched_until;
    let recordings = service.series.chunk_by(|(one, _), (other, _)| one.is(*other));
    let covered = recordings.map(|series| series[0].0).any(|recording| {
        recording.span().is_some_and(|recorded| {
            // One interval of slack: events are asked for before or after the first sample.
            let slack = i64::try_from(recording.interval_ms.unwrap_or(0)).unwrap_or(0).max(5_000);
            let begun = spans.partition_point(|(from, _)| *from <= recorded.from.0.saturating_add(slack));
            let until = begun.checked_sub(1).map(|last| spans[last].1);
            until.is_some_and(|until| recorded.to.0 <= until.saturating_add(slack))
        })
    });
    if covered {
        let without_oom = !service.events.iter().any(|event| event.kind == EventKind::Oom);
        evidence.push(KillEvidence::EventsHeard { without_oom });
    }
    evidence
}

/// The containers that wait at their limit instead of being killed. What was only planned counts for none: engines ignore
/// it on cgroup v2.
fn hangs(service: &StackService<'_>) -> BTreeSet<usize> {
    let is_disabled = |limits: &Limits| limits.oom_kill_disable == Some(true);
    let of =
        service.containers.iter().filter(|(_, container)| container.limits.as_ref().is_some_and(is_disabled));
    filled(of.map(|(index, _)| *index))
}

/// When each container received a stop or a signal that ends it with this code.
fn stops(events: &[&Event], code: i64) -> BTreeMap<usize, Vec<Time>> {
    let mut stops: BTreeMap<usize, Vec<Time>> = BTreeMap::new();
    for event in events.iter().filter(|event| ends_with(event.kind, code)) {
        stops.entry(event.container).or_default().push(event.time);
    }
    stops
}

/// Whether what was done explains an end with a code. A signal that asks for an end may lead to any; another one, as the
/// hang-up that makes servers read their settings again, only to its own: 128 and its number.
fn ends_with(kind: EventKind, code: i64) -> bool {
    /// SIGINT, SIGQUIT, SIGKILL and SIGTERM.
    const ENDING: [i64; 4] = [2, 3, 9, 15];
    match kind {
        EventKind::Stop | EventKind::Restart | EventKind::Kill { signal: None } => true,
        EventKind::Kill { signal: Some(signal) } => {
            ENDING.contains(&signal) || code == signal.saturating_add(128)
        }
        _ => false,
    }
}

/// Ends by SIGKILL (137 = 128 + 9) that no stop or signal explains.
fn unexplained_kills(events: &[&Event]) -> u64 {
    unexplained_ends(events, |code| code == 137)
}

/// Ends with such an exit code that no stop or signal through the engine explains.
pub(crate) fn unexplained_ends(events: &[&Event], code: fn(i64) -> bool) -> u64 {
    let mut by_code: BTreeMap<i64, BTreeMap<usize, Vec<Time>>> = BTreeMap::new();
    let mut explained = |event: &Event, code: i64| {
        // Only these can be those of a signal: of all others one answer is enough, however many there are.
        let code = if (129..=192).contains(&code) { code } else { 0 };
        let stops = by_code.entry(code).or_insert_with(|| stops(events, code));
        let Some(times) = stops.get(&event.container) else { return false };
        let before = times.partition_point(|time| *time <= event.time);
        // The `stop` and `restart` events come after the end they caused.
        let soon = |from: Time, to: Time, most: u64| from.until(to).is_some_and(|passed| passed <= most);
        before.checked_sub(1).is_some_and(|last| soon(times[last], event.time, STOP_MS))
            || times.get(before).is_some_and(|next| soon(event.time, *next, 2_000))
    };
    let ends = events.iter().filter_map(|event| match event.kind {
        EventKind::Die { exit_code } => Some((event, exit_code.filter(|exit_code| code(*exit_code))?)),
        _ => None,
    });
    ends.filter(|(event, code)| !explained(event, *code)).count() as u64
}
