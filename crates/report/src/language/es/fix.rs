//! Arreglos combinados, en español.

use plimsoll_analysis::fix::{ProofStep, Refusal};

use super::findings;
use crate::language::FixWords;

pub(super) const WORDS: FixWords = FixWords {
    summary: |fixed, all, saving| format!("{fixed} de {all} hallazgos corregidos; ahorro: {saving}"),
    fixed: "Corregidos",
    not_fixed: "Sin corregir",
    partly: |reason| format!("en parte: {reason}"),
    nothing: "No hay nada que cambiar.",
    needs_buildkit: "El nuevo Dockerfile necesita BuildKit.",
    head: ["Ahorra", "Hallazgo", "Regla", "Confianza"],
    reason_head: "Motivo",
    tried: |before, after, difference| format!("Construida: {before} antes, {after} después ({difference})"),
    probed: "La prueba ha funcionado.",
    not_probed: "Sin probar: `--probe COMANDO` comprueba que el servicio funciona.",
    saved: "Ahorrado",
    refusal,
};

fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::ByHand => "requiere una decisión: `plimsoll findings` muestra las opciones".into(),
        Refusal::NotInDockerfile => "ninguna instrucción del Dockerfile ha creado estos archivos".into(),
        Refusal::Form { line } => format!("la línea {line} es demasiado compleja para editarla"),
        Refusal::UsedLater { line, name } => format!("la línea {line} usa `{name}`"),
        Refusal::UsedAtStart { name } => format!("el contenedor usa `{name}` al arrancar"),
        Refusal::NotRoot { line } => format!("la línea {line} no se ejecuta como root"),
        Refusal::UsedBetween { line } => format!("la línea {line} necesita los archivos"),
        Refusal::LacksProgram { name } => format!("falta `{name}` en la imagen"),
        Refusal::LacksFile { file } => format!("falta `{file}` en el contexto de construcción"),
        Refusal::Overlaps => "otro arreglo cambia las mismas palabras".into(),
        Refusal::Uncertain { .. } => "posiblemente intencionado: `--confidence low` lo incluye".into(),
        Refusal::Kept { pattern } => format!("`.dockerignore` conserva lo que `{pattern}` excluiría"),
        Refusal::Present => "el Dockerfile ya lo corrige: vuelve a construir la imagen".into(),
        Refusal::Failed { step: ProofStep::Build } => "la construcción falla con este arreglo".into(),
        Refusal::Failed { step: ProofStep::Probe } => "la prueba falla con este arreglo".into(),
        Refusal::Unfit { value } => findings::unfit(value),
    }
}
