//! How long the containers of a service live, and whether it crashes again and again.

use std::collections::HashMap;

use plimsoll_snapshot::runtime::{EventKind, Series, Status};

use serde::Serialize;

use super::oom::unexplained_ends;
use super::recorded::Recorded;
use super::recorded::WINDOW_MS;
use super::samples::{frame_time, working_set};
use super::stack::StackService;

/// Once is an accident.
const LEAST_CRASHES: u64 = 2;
/// A container that was started this often is not started by hand.
const LEAST_STARTS: usize = 3;

/// What says that a service crashes again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CrashLoop {
    /// The sign of the crash loop.
    #[serde(flatten)]
    pub sign: CrashSign,
    /// The longest life that was recorded, in milliseconds; absent if none was.
    pub longest_life_ms: Option<u64>,
}

/// What was seen of a service that crashes again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CrashSign {
    /// It ended with an error that no stop explains.
    FailedEnds {
        /// The number of exits.
        count: u64,
    },
    /// The engine restarts it right now.
    Restarting,
    /// It is started again and again.
    ShortLives {
        /// How many lives of less than a minute.
        count: u64,
    },
}

/// Whether a service crashes again and again, and what says so. What such a service uses while it starts does not show
/// what it takes when it works.
pub(crate) fn crash_loop(service: &StackService<'_>) -> Option<CrashLoop> {
    // A kill for memory is another matter: there a larger limit helps.
    let crashes = unexplained_ends(&service.events, |code| code != 0 && code != 137);
    let lives = lives(service);
    let longest_life_ms = lives.iter().max().map(|longest| u64::try_from(*longest).unwrap_or(0));
    if crashes >= LEAST_CRASHES {
        return Some(CrashLoop { sign: CrashSign::FailedEnds { count: crashes }, longest_life_ms });
    }
    let restarting = service.states().iter().any(|(_, state)| state.status == Status::Restarting);
    if restarting {
        return Some(CrashLoop { sign: CrashSign::Restarting, longest_life_ms });
    }
    // Ends without an error, or engines whose events were not recorded.
    let is_short = |life: &i64| *life < WINDOW_MS;
    let short = lives.iter().filter(|life| is_short(life)).count();
    let starts = service.events.iter().filter(|event| event.kind == EventKind::Start);
    let restarted = is_frequent(starts.map(|event| event.container))
        || is_frequent(service.series.iter().map(|(_, series)| series.container));
    (restarted && short >= LEAST_STARTS && short * 2 > lives.len())
        .then_some(CrashLoop { sign: CrashSign::ShortLives { count: short as u64 }, longest_life_ms })
}

/// Whether some container is there often enough to have been started again and again.
fn is_frequent(containers: impl Iterator<Item = usize>) -> bool {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    containers.into_iter().any(|container| {
        let count = counts.entry(container).or_default();
        *count += 1;
        *count >= LEAST_STARTS
    })
}

/// How long each life that was recorded took, in milliseconds: lives that ended while the recording or the events cover them.
fn lives(service: &StackService<'_>) -> Vec<i64> {
    let mut lives = Vec::new();
    for (recording, series) in &service.series {
        lives.extend(life(recording, series));
    }
    lives
}

fn life(recording: &Recorded<'_>, series: &Series) -> Option<i64> {
    let first = frame_time(recording, working_set(series).next()?.0)?;
    let last = frame_time(recording, working_set(series).last()?.0)?;
    Some(last.saturating_sub(first).saturating_add(recording.sample_ms))
}
