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
use super::samples::{
    Distribution, WINDOW_MS, Windows, is_loaded, start_was_seen, to_bytes, to_float, working_set,
};
use super::stack::{Limit, StackService};
use super::words::{binary, plural};
use super::{Trend, TrendVerdict};

const MIB: u64 = 1 << 20;
/// Limits are multiples of this: nobody reads more digits.
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
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// From 299 independent windows on: 15 % are added.
    High,
    /// From 59 on: 25 %.
    Medium,
    /// Below: 50 %.
    Low,
}

/// A limit that fits, or why none is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
    /// Why, in words.
    pub reasons: Vec<String>,
    /// What keeps a limit from being named, in words; empty if one is.
    pub refused: Vec<String>,
}

pub(crate) fn suggest(service: &StackService<'_>, limit: Limit, oom: &Oom, trend: &Trend) -> Suggestion {
    let windows = Windows::of(service);
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
        suggestion.reasons.push(format!(
            "{}: at least {} more than the {} it was killed at, or a fifth (the rule of Kubernetes' VPA)",
            oom.evidence.first().map_or("killed for memory", String::as_str),
            binary(Bytes(100 * MIB)),
            binary(most),
        ));
        // A larger limit helps against neither of these.
        if trend.verdict == TrendVerdict::Rising {
            suggestion
                .reasons
                .push(format!("possible leak, which a larger limit only delays: {}", trend.reason));
        }
        suggestion.reasons.extend(crash_loop(service));
        suggestion.reservation = distribution.map(|windows| round_up(windows.p50));
        return suggestion;
    }
    let Some(windows_of) = distribution.filter(|_| suggestion.refused.is_empty()) else { return suggestion };
    let largest = windows_of.max.max(to_bytes(windows.most));
    let has_risen = trend.verdict == TrendVerdict::Risen;
    let (confidence, margin) = match windows.effective {
        _ if has_risen => (Confidence::Low, 50),
        WILKS_P99.. => (Confidence::High, 15),
        WILKS_P95.. => (Confidence::Medium, 25),
        _ => (Confidence::Low, 50),
    };
    let need = to_float(largest.0) * (1.0 + to_float(margin) / 100.0);
    let suggested = round_up(to_bytes(need));
    suggestion.reasons.push(format!(
        "the largest of {} of 60 s is {}, and {margin} % are added: they are worth {:.0} independent ones, {}",
        plural(windows_of.count, "window"),
        binary(largest),
        windows.effective,
        match confidence {
            Confidence::Low if has_risen => "but it takes more at the end than at the beginning: low confidence",
            Confidence::High => "so their maximum covers the 99th percentile with 95 % confidence",
            Confidence::Medium => "so their maximum covers the 95th percentile with 95 % confidence",
            Confidence::Low => "fewer than the 59 that would cover the 95th percentile: low confidence",
        }
    ));
    if has_risen {
        suggestion.reasons.push(trend.reason.clone());
    }
    if let Limit::Limited(limit) = limit
        && to_float(largest.0) >= CENSORED * to_float(limit.0)
    {
        suggestion.at_least = true;
        suggestion.reasons.push(format!(
            "it reached {} of its limit of {}, so it may have wanted more: at least this much",
            binary(largest),
            binary(limit)
        ));
    }
    suggestion.limit = Some(suggested);
    suggestion.confidence = Some(confidence);
    suggestion.margin_percent = Some(margin);
    suggestion.reservation = Some(round_up(windows_of.p50).min(suggested));
    suggestion
}

/// What the VPA adds after a kill: 100 MiB or a fifth, whichever is more.
fn bump(reached: Bytes) -> Bytes {
    (reached + Bytes(100 * MIB)).max(to_bytes(to_float(reached.0) * 1.2))
}

fn round_up(bytes: Bytes) -> Bytes {
    Bytes(bytes.0.div_ceil(STEP).saturating_mul(STEP))
}

fn refusals(service: &StackService<'_>, windows: &Windows, trend: &Trend) -> Vec<String> {
    let mut refused = Vec::new();
    if service.series.iter().all(|(_, series)| working_set(series).next().is_none()) {
        return vec!["nothing was recorded of it".to_owned()];
    }
    if windows.untimed {
        refused.push("a recording has no times, so it cannot be cut into windows".to_owned());
    }
    // Halves of windows that many short lives leave are no time.
    let lived = u64::try_from(windows.lived_ms.saturating_add(WINDOW_MS / 2) / WINDOW_MS).unwrap_or(0);
    let count = (windows.maxima.len() as u64).min(lived);
    if count < LEAST_WINDOWS {
        refused.push(format!("{} of 60 s recorded, {LEAST_WINDOWS} are the least", plural(count, "window")));
    }
    if !start_was_seen(service) {
        refused.push("its start was not recorded, which may be where it needs most".to_owned());
    }
    let loaded = service
        .series
        .iter()
        .any(|(recording, series)| working_set(series).any(|(frame, _)| is_loaded(recording, frame)));
    if !loaded {
        refused.push("no load is named, so this may be an idle service".to_owned());
    }
    if service.series.iter().any(|(recording, _)| recording.regime == Regime::Anon) {
        refused.push(
            "podman 4.9 to 5.5 counts the memory of processes alone, which is less than what the limit counts"
                .to_owned(),
        );
    }
    refused.extend(crash_loop(service));
    if trend.verdict == TrendVerdict::Rising {
        refused.push(format!("possible leak, not sized: {}", trend.reason));
    }
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
