//! Spanish.

use plimsoll_analysis::inspect::SizeChange;
use plimsoll_analysis::memory::StartUp;
use plimsoll_analysis::memory::compare::ChangeVerdict;
use plimsoll_analysis::regressions::{MemoryFigure, RegressionKind};
use plimsoll_snapshot::Bytes;

use crate::format::count;
use crate::language::{Language, Noun};

pub(super) const ES: Language = Language::Spanish;
pub(super) const TIME: Noun = Noun { one: "vez", more: "veces" };
const NEW_FINDING: Noun = Noun { one: "hallazgo nuevo", more: "hallazgos nuevos" };

pub(super) fn sentence(kind: &RegressionKind) -> String {
    match kind {
        RegressionKind::Kills { before, after } => {
            format!("terminado por OOM {} (antes: {})", ES.many(*after, &TIME), count(*before))
        }
        RegressionKind::CrashLoop => "falla repetidamente".to_owned(),
        RegressionKind::FailedEnds { before, after } => {
            format!("terminó con un error {} (antes: {})", ES.many(*after, &TIME), count(*before))
        }
        RegressionKind::Unhealthy => "no está sano".to_owned(),
        RegressionKind::LostLimit { before } => {
            format!("límite de memoria eliminado (antes: {})", ES.memory(*before))
        }
        RegressionKind::RisingMemory { before: None, bytes_per_hour } => {
            format!("la memoria crece {}", rate(*bytes_per_hour))
        }
        RegressionKind::RisingMemory { before: Some(before), bytes_per_hour } => {
            format!("la memoria sigue creciendo {} (antes: {})", rate(*bytes_per_hour), rate(*before))
        }
        RegressionKind::ExceedsHost { limits, host } => {
            format!(
                "la suma de límites, {}, supera la memoria del host, {}",
                ES.memory(*limits),
                ES.memory(*host)
            )
        }
        RegressionKind::LostHealthCheck => "comprobación de salud eliminada".to_owned(),
        RegressionKind::SlowerStart { before, after } => {
            format!("arranque más lento: sano al cabo de {} (antes: {})", interval(after), interval(before))
        }
        RegressionKind::NewFindings { findings, saving } => {
            let number = ES.many(findings.len() as u64, &NEW_FINDING);
            let bytes =
                if *saving == Bytes::ZERO { String::new() } else { format!(", {}", ES.bytes(*saving)) };
            format!("{number}{bytes}: {}", ES.named_findings(findings.iter()))
        }
        RegressionKind::LostReservation { before } => {
            format!("reserva de memoria eliminada (antes: {})", ES.memory(*before))
        }
        RegressionKind::UnboundedLog => "tamaño del registro ya no limitado".to_owned(),
        RegressionKind::LargerImage { size } => format!("imagen más grande: {}", change(size)),
        RegressionKind::LargerDownload { size } => format!("descarga más grande: {}", change(size)),
        RegressionKind::MoreMemory { figure: of, before, after, verdict } => {
            let (before, after) = (ES.memory(*before), ES.memory(*after));
            format!("más memoria: {} {before} → {after}{}", figure(*of), caveat(*verdict))
        }
        RegressionKind::SlowerChecks { before, after } => {
            format!(
                "comprobación de salud más lenta: {} (antes: {})",
                ES.duration(*after),
                ES.duration(*before)
            )
        }
    }
}

pub(super) fn change(size: &SizeChange) -> String {
    let relative = size.percent().map(|percent| format!(" ({})", ES.percent(percent))).unwrap_or_default();
    format!("{} → {}{relative}", ES.bytes(size.before), ES.bytes(size.after))
}

/// `42 s a 102 s`, or `30,7 s como máximo` if the start may have taken no time.
pub(super) fn interval(start: &StartUp) -> String {
    let [low, high] = [start.at_least_ms, start.at_most_ms].map(|end| ES.duration(end));
    if start.at_least_ms == 0 { high + " como máximo" } else { [&low, " a ", &high].concat() }
}

/// A rate per minute, or per hour if a minute brings less than a mebibyte.
pub(super) fn rate(bytes_per_hour: i64) -> String {
    let (amount, by_minute) = ES.rate(bytes_per_hour);
    amount + if by_minute { " por minuto" } else { " por hora" }
}

/// A figure of memory.
pub(super) const fn figure(figure: MemoryFigure) -> &'static str {
    match figure {
        MemoryFigure::Median => "mediana",
        MemoryFigure::P95 => "p95",
        MemoryFigure::Most => "máximo",
    }
}

/// What a verdict on two recordings adds to the figures.
pub(super) const fn caveat(verdict: ChangeVerdict) -> &'static str {
    match verdict {
        ChangeVerdict::NotComparable => ", pero las grabaciones no son comparables",
        ChangeVerdict::Indicative => " (indicativo)",
        ChangeVerdict::Smaller | ChangeVerdict::Larger | ChangeVerdict::NoDifference => "",
    }
}
