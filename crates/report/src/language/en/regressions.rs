//! English.

use plimsoll_analysis::inspect::SizeChange;
use plimsoll_analysis::memory::StartUp;
use plimsoll_analysis::memory::compare::ChangeVerdict;
use plimsoll_analysis::regressions::{MemoryFigure, RegressionKind};
use plimsoll_snapshot::Bytes;

use crate::format::count;
use crate::language::{Language, Noun};

pub(super) const EN: Language = Language::English;
pub(super) const TIME: Noun = Noun { one: "time", more: "times" };
const NEW_FINDING: Noun = Noun { one: "new finding", more: "new findings" };

pub(super) fn sentence(kind: &RegressionKind) -> String {
    match kind {
        RegressionKind::Kills { before, after } => {
            format!("OOM-killed {} (before: {})", EN.many(*after, &TIME), count(*before))
        }
        RegressionKind::CrashLoop => "crashes repeatedly".to_owned(),
        RegressionKind::FailedEnds { before, after } => {
            format!("exited with an error {} (before: {})", EN.many(*after, &TIME), count(*before))
        }
        RegressionKind::Unhealthy => "unhealthy".to_owned(),
        RegressionKind::LostLimit { before } => {
            format!("memory limit removed (before: {})", EN.memory(*before))
        }
        RegressionKind::RisingMemory { before: None, bytes_per_hour } => {
            format!("memory rises by {}", rate(*bytes_per_hour))
        }
        RegressionKind::RisingMemory { before: Some(before), bytes_per_hour } => {
            format!("memory still rises by {} (before: {})", rate(*bytes_per_hour), rate(*before))
        }
        RegressionKind::ExceedsHost { limits, host } => {
            format!(
                "the sum of limits, {}, exceeds the host memory, {}",
                EN.memory(*limits),
                EN.memory(*host)
            )
        }
        RegressionKind::LostHealthCheck => "health check removed".to_owned(),
        RegressionKind::SlowerStart { before, after } => {
            format!("slower start: healthy after {} (before: {})", interval(after), interval(before))
        }
        RegressionKind::NewFindings { findings, saving } => {
            let number = EN.many(findings.len() as u64, &NEW_FINDING);
            let bytes =
                if *saving == Bytes::ZERO { String::new() } else { format!(", {}", EN.bytes(*saving)) };
            format!("{number}{bytes}: {}", EN.named_findings(findings.iter()))
        }
        RegressionKind::LostReservation { before } => {
            format!("memory reservation removed (before: {})", EN.memory(*before))
        }
        RegressionKind::UnboundedLog => "log size no longer limited".to_owned(),
        RegressionKind::LargerImage { size } => format!("larger image: {}", change(size)),
        RegressionKind::LargerDownload { size } => format!("larger download: {}", change(size)),
        RegressionKind::MoreMemory { figure: of, before, after, verdict } => {
            let (before, after) = (EN.memory(*before), EN.memory(*after));
            format!("more memory: {} {before} → {after}{}", figure(*of), caveat(*verdict))
        }
        RegressionKind::SlowerChecks { before, after } => {
            format!("slower health check: {} (before: {})", EN.duration(*after), EN.duration(*before))
        }
    }
}

pub(super) fn change(size: &SizeChange) -> String {
    let relative = size.percent().map(|percent| format!(" ({})", EN.percent(percent))).unwrap_or_default();
    format!("{} → {}{relative}", EN.bytes(size.before), EN.bytes(size.after))
}

/// `42 s to 102 s`, or `at most 30.7 s` if the start may have taken no time.
pub(super) fn interval(start: &StartUp) -> String {
    let [low, high] = [start.at_least_ms, start.at_most_ms].map(|end| EN.duration(end));
    if start.at_least_ms == 0 { ["at most ", &high].concat() } else { [&low, " to ", &high].concat() }
}

/// A rate per minute, or per hour if a minute brings less than a mebibyte.
pub(super) fn rate(bytes_per_hour: i64) -> String {
    let (amount, by_minute) = EN.rate(bytes_per_hour);
    amount + if by_minute { " per minute" } else { " per hour" }
}

/// A figure of memory.
pub(super) const fn figure(figure: MemoryFigure) -> &'static str {
    match figure {
        MemoryFigure::Median => "median",
        MemoryFigure::P95 => "p95",
        MemoryFigure::Most => "maximum",
    }
}

/// What a verdict on two recordings adds to the figures.
pub(super) const fn caveat(verdict: ChangeVerdict) -> &'static str {
    match verdict {
        ChangeVerdict::NotComparable => ", but the recordings are not comparable",
        ChangeVerdict::Indicative => " (indicative)",
        ChangeVerdict::Smaller | ChangeVerdict::Larger | ChangeVerdict::NoDifference => "",
    }
}
