//! How long the containers of a service live, and whether it crashes again and again.

use plimsoll_snapshot::runtime::{EventKind, Recording, Series, Status};

use serde::Serialize;

use super::oom::unexplained_ends;
use super::samples::{WINDOW_MS, frame_time, working_set};
use super::stack::StackService;

/// Once is an accident.
const LEAST_CRASHES: u64 = 2;
/// A container that was started this often is not started by hand.
const LEAST_STARTS: usize = 3;

/// How long a sample stands for, in milliseconds: the interval that was asked for, or the median of what there was.
pub(crate) fn step(recording: &Recording) -> i64 {
    let asked = recording.interval_ms.and_then(|interval| i64::try_from(interval).ok()).unwrap_or(0);
    let times = recording.times.as_deref().unwrap_or_default();
    let mut steps: Vec<i64> = times.windows(2).map(|pair| pair[1].0.saturating_sub(pair[0].0)).collect();
    let middle = steps.len() / 2;
    let median = if steps.is_empty() { 0 } else { *steps.select_nth_unstable(middle).1 };
    asked.max(median).clamp(1, WINDOW_MS)
}

/// What says that a service crashes again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CrashLoop {
    /// What was seen.
    #[serde(flatten)]
    pub sign: CrashSign,
    /// The longest life that was recorded, in milliseconds; absent if none was.
    pub longest_life_ms: Option<u64>,
}

/// What was seen of a service that crashes again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CrashSign {
    /// It ended with an error that no stop explains.
    FailedEnds {
        /// So many times.
        count: u64,
    },
    /// The engine restarts it right now.
    Restarting,
    /// It is started again and again.
    ShortLives {
        /// So many lives of less than a minute.
        count: u64,
    },
}

/// Whether a service crashes again and again, and what says so. What such a service takes while it starts says nothing of
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
    // Ends without an error, or engines that nobody listened to.
    let is_short = |life: &i64| *life < WINDOW_MS;
    let short = lives.iter().filter(|life| is_short(life)).count();
    let restarted = service.containers.iter().any(|(index, _)| {
        let starts = |event: &&&plimsoll_snapshot::runtime::Event| {
            event.container == *index && event.kind == EventKind::Start
        };
        service.events.iter().filter(starts).count() >= LEAST_STARTS
            || service.series.iter().filter(|(_, series)| series.container == *index).count() >= LEAST_STARTS
    });
    (restarted && short >= LEAST_STARTS && short * 2 > lives.len())
        .then_some(CrashLoop { sign: CrashSign::ShortLives { count: short as u64 }, longest_life_ms })
}

/// How long each life that was recorded took, in milliseconds: those that ended while somebody looked on.
fn lives(service: &StackService<'_>) -> Vec<i64> {
    let mut lives = Vec::new();
    for (recording, series) in &service.series {
        lives.extend(life(recording, series));
    }
    lives
}

fn life(recording: &Recording, series: &Series) -> Option<i64> {
    let first = frame_time(recording, working_set(series).next()?.0)?;
    let last = frame_time(recording, working_set(series).last()?.0)?;
    Some(last.saturating_sub(first).saturating_add(step(recording)))
}
