//! The words of the review of a change: in Spanish.

use plimsoll_analysis::review::{Baseline, Decision};

use crate::language::ReviewWords;

pub(super) const WORDS: ReviewWords = ReviewWords {
    decision: |decision| match decision {
        Decision::Met => "Objetivos cumplidos",
        Decision::Missed => "Objetivo incumplido",
        Decision::Accepted => "Crecimiento aceptado",
        Decision::Unknown => "No se pueden juzgar todos los objetivos",
        Decision::FirstMeasurement => "Primera medición: no hay con qué comparar",
        Decision::Measured => "Medido, sin objetivos",
    },
    met: |targets| format!("{targets} cumplidos"),
    more: |targets| format!("{targets} más incumplidos"),
    accepted_for: |reason| format!("motivo: {reason}"),
    own: |delta| format!("propio {delta}"),
    base: |delta| format!("imagen base {delta}"),
    total: |before, after| format!("total {before} → {after}"),
    weighs: |size| format!("total {size}"),
    compared_with: |baseline| format!("comparado con {baseline}"),
    baseline: |baseline| match baseline {
        Baseline::Given { name } => format!("`{name}`"),
        Baseline::History { revision, behind: 0 } => {
            format!("la entrada del historial del commit `{revision}`")
        }
        Baseline::History { revision, behind: 1 } => {
            format!("la entrada del historial del commit `{revision}`, 1 commit antes de la base común")
        }
        Baseline::History { revision, behind } => {
            format!(
                "la entrada del historial del commit `{revision}`, {behind} commits antes de la base común"
            )
        }
        Baseline::Image { reference } => format!("la imagen `{reference}`"),
        Baseline::Attached { reference } => format!("la instantánea adjunta a `{reference}`"),
        Baseline::Rebuild { revision } => format!("una construcción del commit `{revision}`"),
        Baseline::None => "nada".to_owned(),
    },
    cause: |what, delta| format!("Causa: {what} {delta}"),
    base_image: "la imagen base",
    layer: "una capa",
    at_line: |file, line| format!("`{file}` línea {line}"),
    no_cause: "Ninguna capa cambió de tamaño.",
    details: "Objetivos, servicios, capas y archivos",
    report: "Informe",
    targets: "Objetivos",
};
