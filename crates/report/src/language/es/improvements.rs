//! What got better, in Spanish.

use plimsoll_analysis::improvements::ImprovementKind;
use plimsoll_snapshot::Bytes;

use super::regressions::{ES, TIME, caveat, change, figure, interval, rate};
use crate::format::count;
use crate::language::Noun;

const FIXED_FINDING: Noun = Noun { one: "hallazgo resuelto", more: "hallazgos resueltos" };

pub(super) fn sentence(kind: &ImprovementKind) -> String {
    match kind {
        ImprovementKind::FewerKills { before, after: 0 } => {
            format!("sin terminaciones por OOM (antes: {})", count(*before))
        }
        ImprovementKind::FewerKills { before, after } => {
            format!("terminado por OOM solo {} (antes: {})", ES.many(*after, &TIME), count(*before))
        }
        ImprovementKind::NoCrashLoop => "ya no falla repetidamente".to_owned(),
        ImprovementKind::Healthy => "sano (antes no lo estaba)".to_owned(),
        ImprovementKind::NewLimit { after } => {
            format!("límite de memoria fijado: {} (antes: ninguno)", ES.memory(*after))
        }
        ImprovementKind::LevelMemory { before } => {
            format!("la memoria ya no crece (antes: {})", rate(*before))
        }
        ImprovementKind::FitsHost { limits, host } => {
            format!(
                "la suma de límites, {}, cabe en la memoria del host, {}",
                ES.memory(*limits),
                ES.memory(*host)
            )
        }
        ImprovementKind::NewHealthCheck => "comprobación de salud añadida".to_owned(),
        ImprovementKind::FasterStart { before, after } => {
            format!("arranque más rápido: sano al cabo de {} (antes: {})", interval(after), interval(before))
        }
        ImprovementKind::SmallerImage { size } => format!("imagen más pequeña: {}", change(size)),
        ImprovementKind::SmallerDownload { size } => format!("descarga más pequeña: {}", change(size)),
        ImprovementKind::LessMemory { figure: of, before, after, verdict } => {
            let (before, after) = (ES.memory(*before), ES.memory(*after));
            format!("menos memoria: {} {before} → {after}{}", figure(*of), caveat(*verdict))
        }
        ImprovementKind::FixedFindings { findings, saved } => {
            let number = ES.many(findings.len() as u64, &FIXED_FINDING);
            let bytes = if *saved == Bytes::ZERO { String::new() } else { format!(", {}", ES.bytes(*saved)) };
            format!("{number}{bytes}: {}", ES.named_findings(findings.iter().map(|fixed| &fixed.finding)))
        }
        ImprovementKind::NewReservation { after } => {
            format!("reserva de memoria fijada: {}", ES.memory(*after))
        }
        ImprovementKind::BoundedLog => "tamaño del registro limitado".to_owned(),
        ImprovementKind::FasterChecks { before, after } => {
            format!(
                "comprobación de salud más rápida: {} (antes: {})",
                ES.duration(*after),
                ES.duration(*before)
            )
        }
    }
}
