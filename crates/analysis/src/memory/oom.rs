//! Whether the kernel killed something for memory, from all that says so.
//!
//! No source alone is enough: engines clear their flag at each start and some never set it (moby#15621, podman#26701),
//! an exit code of 137 may be any SIGKILL, and the kernel's counter begins anew with each start.

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::{Event, EventKind, Metric, Series, Time};
use serde::Serialize;

use super::stack::StackService;
use super::words::plural;

/// How sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OomVerdict {
    /// The kernel or the engine says so.
    Certain,
    /// A process ended by SIGKILL that nobody is seen to have sent.
    Likely,
    /// Somebody watched, and saw none.
    NoneSeen,
    /// Nobody watched: a flag that is not set proves nothing.
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
pub struct Oom {
    /// How sure it is.
    pub verdict: OomVerdict,
    /// How many kills the best source counts.
    pub kills: u64,
    /// What says so, in words.
    pub evidence: Vec<String>,
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
        certain.push(format!("the kernel counted {} (`oom_kill`)", plural(counted, "kill")));
    }
    let events = service.events.iter().filter(|event| event.kind == EventKind::Oom).count() as u64;
    if events > 0 {
        kills = kills.max(events);
        certain.push(format!("the engine reported {} (`oom`)", plural(events, "event")));
    }
    let states = || service.containers.iter().flat_map(|(_, container)| &container.states);
    if states().any(|state| state.oom_killed == Some(true)) {
        kills = kills.max(1);
        certain.push("the engine's flag `OOMKilled` is set".to_owned());
    }
    let ends = unexplained_kills(&service.events);
    let state_137 = states().any(|state| state.exit_code == Some(137)) && stops(&service.events).is_empty();
    if !certain.is_empty() {
        if ends > 0 {
            certain.push(format!("{} with exit code 137 and without a stop", plural(ends, "end")));
        }
        return Oom { verdict: OomVerdict::Certain, kills, evidence: certain };
    }
    if ends > 0 || state_137 {
        let what = if ends > 0 { plural(ends, "end") } else { "an end".to_owned() };
        let evidence = vec![format!("{what} with exit code 137 that no stop explains")];
        return Oom { verdict: OomVerdict::Likely, kills: ends.max(1), evidence };
    }
    let evidence = watched(service);
    let verdict = if evidence.is_empty() { OomVerdict::Unknown } else { OomVerdict::NoneSeen };
    let evidence = match (verdict, states().any(|state| state.oom_killed == Some(false))) {
        (OomVerdict::Unknown, true) => {
            vec!["only the flag `OOMKilled: false` is known, which engines clear at each start".to_owned()]
        }
        (OomVerdict::Unknown, false) => vec!["nothing that was read says anything of kills".to_owned()],
        _ => evidence,
    };
    Oom { verdict, kills: 0, evidence }
}

/// What the kernel counted since the start of the container.
fn counter(series: &Series) -> Option<u64> {
    series.values(Metric::OomKills).map(|(_, count)| count).max()
}

/// What stands for it that nothing was killed: a counter that stayed at zero, or a time in which events were heard.
fn watched(service: &StackService<'_>) -> Vec<String> {
    let mut evidence = Vec::new();
    let counters = service.series.iter().filter(|(_, series)| counter(series) == Some(0)).count();
    if counters > 0 && counters == service.series.len() {
        evidence.push("the kernel's counter `oom_kill` stayed at 0".to_owned());
    }
    let covered = service.series.iter().any(|(recording, _)| {
        recording.span().is_some_and(|recorded| {
            service.runtime.watched.iter().any(|span| {
                // One interval of slack: events are asked for before or after the first sample.
                let slack = i64::try_from(recording.interval_ms.unwrap_or(0)).unwrap_or(0).max(5_000);
                span.from.0 <= recorded.from.0.saturating_add(slack)
                    && recorded.to.0 <= span.to.0.saturating_add(slack)
            })
        })
    });
    if covered {
        evidence.push("events were heard throughout a recording, with no `oom` among them".to_owned());
    }
    evidence
}

/// When somebody ended each container on purpose.
fn stops(events: &[&Event]) -> BTreeMap<usize, Vec<Time>> {
    let mut stops: BTreeMap<usize, Vec<Time>> = BTreeMap::new();
    for event in events {
        if matches!(event.kind, EventKind::Stop | EventKind::Kill { .. } | EventKind::Restart) {
            stops.entry(event.container).or_default().push(event.time);
        }
    }
    stops
}

/// Ends by SIGKILL (137 = 128 + 9) that no stop or signal explains.
fn unexplained_kills(events: &[&Event]) -> u64 {
    unexplained_ends(events, |code| code == 137)
}

/// Ends with such an exit code that no stop or signal through the engine explains.
pub(crate) fn unexplained_ends(events: &[&Event], code: fn(i64) -> bool) -> u64 {
    let stops = stops(events);
    let explained = |event: &Event| {
        let Some(times) = stops.get(&event.container) else { return false };
        let before = times.partition_point(|time| *time <= event.time);
        // The `stop` and `restart` events come after the end they caused.
        let soon = |from: Time, to: Time, most: u64| from.until(to).is_some_and(|passed| passed <= most);
        before.checked_sub(1).is_some_and(|last| soon(times[last], event.time, STOP_MS))
            || times.get(before).is_some_and(|next| soon(event.time, *next, 2_000))
    };
    let ends = events.iter().filter(|event| match event.kind {
        EventKind::Die { exit_code } => exit_code.is_some_and(code),
        _ => false,
    });
    ends.filter(|event| !explained(event)).count() as u64
}
