//! Which limit is right for a service, and why; or why none can be named.
//!
//! The rule is ours; what others do is beside it. KRR takes the maximum × 1.15 from 100 points on, Kubernetes' VPA a peak
//! a day over eight days, p90, + 15 %. A recording of minutes is neither: windows of a minute count for as many
//! independent ones as they are worth, and Wilks 1941 ("Determination of Sample Sizes for Setting Tolerance Limits")
//! says what their maximum covers: the 95th percentile with 95 % confidence from 59 on, the 99th from 299 on.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{Metric, Regime};
use serde::Serialize;

use super::lives::crash_loop;
use super::oom::Oom;
use super::recorded::WINDOW_MS;
use super::samples::{Distribution, Windows, is_loaded, start_was_seen, to_bytes, to_float, working_set};
use super::stack::{Limit, StackService};
use super::{CrashLoop, KillEvidence, Trend, TrendReason, TrendVerdict};

const MIB: u64 = 1 << 20;
/// Limits are multiples of this: more digits are not useful.
const STEP: u64 = 16 * MIB;
/// Fewer windows say too little of anything.
const LEAST_WINDOWS: u64 = 10;
/// As many independent windows as Wilks asks for p95 and p99 with 95 % confidence.
const WILKS_P95: f64 = 59.0;
const WILKS_P99: f64 = 299.0;
/// At this share of the limit a container may have wanted more than it could have.
const CENSORED: f64 = 0.95;

/// How much a suggestion rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// From 299 independent windows on: 15 % are added.
    High,
    /// From 59 on: 25 %.
    Medium,
    /// Fewer independent windows: 50 %.
    Low,
}

/// A limit that fits, or why none is named.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Suggestion {
    /// The limit; absent where it is not named.
    pub limit: Option<Bytes>,
    /// Whether the true need may be larger: the container was at its limit, or was killed.
    pub at_least: bool,
    /// What it rests on; absent with the limit.
    pub confidence: Option<Confidence>,
    /// What was added to the largest window, in percent.
    pub margin_percent: Option<u64>,
    /// What should be guaranteed: the median of the windows.
    pub reservation: Option<Bytes>,
    /// The windows: the largest value of each minute.
    pub windows: Option<Distribution>,
    /// How many independent windows they are worth, in hundredths.
    pub effective_windows_hundredths: u64,
    /// The reasons for the suggestion.
    #[serde(skip)]
    pub reasons: Vec<LimitReason>,
    /// What keeps a limit from being named; empty if one is.
    #[serde(skip)]
    pub refused: Vec<LimitRefusal>,
}

/// Why a limit is suggested.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LimitReason {
    /// It was killed for memory: more than it had is needed.
    Killed {
        /// What says so first.
        evidence: Option<KillEvidence>,
        /// What is added at the least.
        added: Bytes,
        /// What it had when it was killed.
        had: Bytes,
    },
    /// It may leak: a larger limit only delays the next kill.
    LeakDelayed {
        /// What its memory does.
        trend: TrendReason,
    },
    /// It crashes for another reason than memory.
    Crashes {
        /// The sign of the crash loop.
        crash: CrashLoop,
    },
    /// The largest window, and what is added to it.
    LargestWindow {
        /// How many windows there are.
        windows: u64,
        /// The maximum of the largest window.
        largest: Bytes,
        /// What is added, in percent.
        margin_percent: u64,
        /// How many independent windows they are worth.
        independent: u64,
        /// What the largest of them says.
        coverage: Coverage,
    },
    /// Its memory has risen.
    Risen {
        /// The trend of its memory.
        trend: TrendReason,
    },
    /// It was at its limit, and may have wanted more.
    AtLimit {
        /// The most it took.
        took: Bytes,
        /// The memory limit while it was recorded.
        limit: Bytes,
    },
}

/// What the largest of some independent windows covers with 95 % confidence (Wilks 1941).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// It covers the 99th percentile.
    P99,
    /// It covers the 95th percentile.
    P95,
    /// Less than the 95th percentile.
    Less,
    /// Nothing: it took more at the end than at the beginning.
    StillRising,
}

/// Why no limit is suggested.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LimitRefusal {
    /// Nothing was recorded of it.
    NothingRecorded,
    /// A recording has no times, so it cannot be cut into windows.
    NoTimes,
    /// Too few windows of a minute were recorded.
    TooFewWindows {
        /// How many were recorded.
        windows: u64,
        /// How many are needed.
        least: u64,
    },
    /// Its start was not recorded.
    StartNotRecorded,
    /// No load is named.
    NoLoad,
    /// The engine counts the memory of processes alone.
    ProcessesOnly,
    /// It crashes again and again.
    Crashes {
        /// The sign of the crash loop.
        crash: CrashLoop,
    },
    /// Its memory rises, which is a possible leak.
    PossibleLeak {
        /// What its memory does.
        trend: TrendReason,
    },
}

pub(crate) fn suggest(service: &StackService<'_>, limit: Limit, oom: &Oom, trend: &Trend) -> Suggestion {
    let windows = Windows::of(service, Bytes(STEP));
    let distribution = Distribution::of(&windows.maxima);
    let mut suggestion = Suggestion {
        limit: None,
        at_least: false,
        confidence: None,
        margin_percent: None,
        reservation: None,
        windows: distribution,
        effective_windows_hundredths: to_bytes(windows.effective * 100.0).0,
        reasons: Vec::new(),
        refused: refusals(service, &windows, trend),
    };
    // What was killed for memory says itself what was too little, however short the recording.
    if oom.verdict.is_kill()
        && let Some(reached) = limit.bytes().or(Some(to_bytes(windows.most)).filter(|most| !most.is_zero()))
    {
        let most = reached.max(to_bytes(windows.most));
        suggestion.refused.clear();
        suggestion.at_least = true;
        suggestion.confidence = Some(Confidence::Low);
        suggestion.limit = Some(round_up(bump(most)));
        let evidence = oom.evidence.first().copied();
        suggestion.reasons.push(LimitReason::Killed { evidence, added: KILL_MARGIN, had: most });
        // A larger limit helps against neither of these.
        if trend.verdict == TrendVerdict::Rising {
            suggestion.reasons.push(LimitReason::LeakDelayed { trend: trend.reason.clone() });
        }
        suggestion.reasons.extend(crash_loop(service).map(|crash| LimitReason::Crashes { crash }));
        suggestion.reservation = distribution.map(|windows| round_up(windows.p50));
        return suggestion;
    }
    let Some(windows_of) = distribution.filter(|_| suggestion.refused.is_empty()) else { return suggestion };
    let largest = windows_of.max.max(to_bytes(windows.most));
    let has_risen = trend.verdict == TrendVerdict::Risen;
    let (confidence, margin) = confidence(windows.effective, has_risen);
    let need = to_float(largest.0) * (1.0 + to_float(margin) / 100.0);
    let suggested = round_up(to_bytes(need));
    suggestion.reasons.push(LimitReason::LargestWindow {
        windows: windows_of.count,
        largest,
        margin_percent: margin,
        independent: to_bytes(windows.effective).0,
        coverage: match confidence {
            Confidence::Low if has_risen => Coverage::StillRising,
            Confidence::High => Coverage::P99,
            Confidence::Medium => Coverage::P95,
            Confidence::Low => Coverage::Less,
        },
    });
    if has_risen {
        suggestion.reasons.push(LimitReason::Risen { trend: trend.reason.clone() });
    }
    if let Limit::Limited(limit) = limit
        && to_float(largest.0) >= CENSORED * to_float(limit.0)
    {
        suggestion.at_least = true;
        suggestion.reasons.push(LimitReason::AtLimit { took: largest, limit });
    }
    suggestion.limit = Some(suggested);
    suggestion.confidence = Some(confidence);
    suggestion.margin_percent = Some(margin);
    suggestion.reservation = Some(round_up(windows_of.p50).min(suggested));
    suggestion
}

/// What that many independent windows say, and what is added to the largest of them, in percent.
pub(crate) fn confidence(independent: f64, has_risen: bool) -> (Confidence, u64) {
    match independent {
        _ if has_risen => (Confidence::Low, 50),
        WILKS_P99.. => (Confidence::High, 15),
        WILKS_P95.. => (Confidence::Medium, 25),
        _ => (Confidence::Low, 50),
    }
}

/// What is added after a kill at the least.
const KILL_MARGIN: Bytes = Bytes(100 * MIB);

/// What the VPA adds after a kill: 100 MiB or a fifth, whichever is more.
fn bump(reached: Bytes) -> Bytes {
    (reached + KILL_MARGIN).max(to_bytes(to_float(reached.0) * 1.2))
}

fn round_up(bytes: Bytes) -> Bytes {
    Bytes(bytes.0.div_ceil(STEP).saturating_mul(STEP))
}

fn refusals(service: &StackService<'_>, windows: &Windows, trend: &Trend) -> Vec<LimitRefusal> {
    if service.series.iter().all(|(_, series)| working_set(series).next().is_none()) {
        return vec![LimitRefusal::NothingRecorded];
    }
    let mut refused = evidence_lacks(service, windows);
    if service.series.iter().any(|(recording, _)| recording.regime == Regime::Anon) {
        refused.push(LimitRefusal::ProcessesOnly);
    }
    if trend.verdict == TrendVerdict::Rising {
        refused.push(LimitRefusal::PossibleLeak { trend: trend.reason.clone() });
    }
    refused
}

/// What a recording lacks to name a limit of anything: windows, the start, a load; or that it crashes.
pub(crate) fn evidence_lacks(service: &StackService<'_>, windows: &Windows) -> Vec<LimitRefusal> {
    let mut refused = Vec::new();
    if windows.untimed {
        refused.push(LimitRefusal::NoTimes);
    }
    // Halves of windows that many short lives leave are no time.
    let lived = u64::try_from(windows.lived_ms.saturating_add(WINDOW_MS / 2) / WINDOW_MS).unwrap_or(0);
    let count = (windows.maxima.len() as u64).min(lived);
    if count < LEAST_WINDOWS {
        refused.push(LimitRefusal::TooFewWindows { windows: count, least: LEAST_WINDOWS });
    }
    if !start_was_seen(service) {
        refused.push(LimitRefusal::StartNotRecorded);
    }
    let loaded = service
        .series
        .iter()
        .any(|(recording, series)| working_set(series).any(|(frame, _)| is_loaded(recording, frame)));
    if !loaded {
        refused.push(LimitRefusal::NoLoad);
    }
    refused.extend(crash_loop(service).map(|crash| LimitRefusal::Crashes { crash }));
    refused
}

/// What cannot be taken away at the worst moment: anon + shmem + unreclaimable slab + kernel stacks + network
/// buffers. None where some of the first two is not recorded.
pub(crate) fn floor(service: &StackService<'_>) -> Option<Bytes> {
    let mut most = None;
    for (_, series) in &service.series {
        // The others are asked frame by frame beside the first, so each column is read once.
        let mut others = [Metric::Shmem, Metric::SlabUnreclaimable, Metric::KernelStack, Metric::Sock]
            .map(|metric| series.values(metric).peekable());
        for (frame, anon) in series.values(Metric::Anon) {
            let [shmem, rest @ ..] = others.each_mut().map(|values| {
                while values.next_if(|(at, _)| *at < frame).is_some() {}
                values.next_if(|(at, _)| *at == frame).map(|(_, value)| value)
            });
            let Some(shmem) = shmem else { continue };
            let rest = rest.into_iter().flatten();
            most = most.max(Some(Bytes(rest.fold(anon.saturating_add(shmem), u64::saturating_add))));
        }
    }
    most
}
