//! What got better, in English.

use plimsoll_analysis::improvements::ImprovementKind;
use plimsoll_snapshot::Bytes;

use super::regressions::{EN, TIME, caveat, change, figure, interval, rate};
use crate::format::count;
use crate::language::Noun;

const FIXED_FINDING: Noun = Noun { one: "finding fixed", more: "findings fixed" };

pub(super) fn sentence(kind: &ImprovementKind) -> String {
    match kind {
        ImprovementKind::FewerKills { before, after: 0 } => {
            format!("no OOM kills (before: {})", count(*before))
        }
        ImprovementKind::FewerKills { before, after } => {
            format!("OOM-killed only {} (before: {})", EN.many(*after, &TIME), count(*before))
        }
        ImprovementKind::NoCrashLoop => "no longer crashes repeatedly".to_owned(),
        ImprovementKind::Healthy => "healthy (before: unhealthy)".to_owned(),
        ImprovementKind::NewLimit { after } => {
            format!("memory limit set: {} (before: none)", EN.memory(*after))
        }
        ImprovementKind::LevelMemory { before } => {
            format!("memory no longer rises (before: by {})", rate(*before))
        }
        ImprovementKind::FitsHost { limits, host } => {
            format!("the sum of limits, {}, fits the host memory, {}", EN.memory(*limits), EN.memory(*host))
        }
        ImprovementKind::NewHealthCheck => "health check added".to_owned(),
        ImprovementKind::FasterStart { before, after } => {
            format!("faster start: healthy after {} (before: {})", interval(after), interval(before))
        }
        ImprovementKind::SmallerImage { size } => format!("smaller image: {}", change(size)),
        ImprovementKind::SmallerDownload { size } => format!("smaller download: {}", change(size)),
        ImprovementKind::LessMemory { figure: of, before, after, verdict } => {
            let (before, after) = (EN.memory(*before), EN.memory(*after));
            format!("less memory: {} {before} → {after}{}", figure(*of), caveat(*verdict))
        }
        ImprovementKind::FixedFindings { findings, saved } => {
            let number = EN.many(findings.len() as u64, &FIXED_FINDING);
            let bytes = if *saved == Bytes::ZERO { String::new() } else { format!(", {}", EN.bytes(*saved)) };
            format!("{number}{bytes}: {}", EN.named_findings(findings.iter().map(|fixed| &fixed.finding)))
        }
        ImprovementKind::NewReservation { after } => {
            format!("memory reservation set: {}", EN.memory(*after))
        }
        ImprovementKind::BoundedLog => "log size limited".to_owned(),
        ImprovementKind::FasterChecks { before, after } => {
            format!("faster health check: {} (before: {})", EN.duration(*after), EN.duration(*before))
        }
    }
}
