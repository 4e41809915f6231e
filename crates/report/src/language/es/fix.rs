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
    health_checked: "La comprobación de salud ha funcionado.",
    promised: |service, target, before, after| {
        format!("{service}: etapa propia `{target}`, {before} antes, {after} previsto")
    },
    built: |service, target, promised, after| {
        format!("{service}: construida desde la etapa `{target}`, {after} (previsto: {promised})")
    },
    settings: "Archivo Compose",
    reconstructed: "No hay Dockerfile: este se reconstruye a partir del historial de la imagen. Le faltan valores, opciones de `COPY` y otras etapas. Cambie su Dockerfile a mano o indíquelo con `--dockerfile`.",
    not_probed: "Sin probar: `--probe COMANDO` comprueba que el servicio funciona.",
    saved: "Ahorrado",
    patch_title: |services, findings, saving| {
        format!("Parche para {services}: corrige {findings}; ahorro: {saving}")
    },
    how_to_apply: "Aplíquelo con `git apply`; `plimsoll fix --build auto` además construye la imagen y demuestra el ahorro.",
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
        Refusal::UsedBetween { line } => format!("la línea {line}, intermedia, puede necesitar los archivos"),
        Refusal::LacksProgram { name } => format!("falta `{name}` en la imagen"),
        Refusal::LacksFile { file } => format!("falta `{file}` en el contexto de construcción"),
        Refusal::FileExists { file } => format!("el contexto de construcción ya tiene otro `{file}`"),
        Refusal::Hashes { file } => format!("`{file}` tiene hashes de los paquetes que se instalan ahora"),
        Refusal::ComposeForm { key } => {
            format!("`{key}` del archivo Compose es un alias o una variable, o tiene una forma que no se edita")
        }
        Refusal::OldSnapshot => {
            "la instantánea es demasiado antigua para saber qué paquetes se nombran en textos: vuelva a leer la imagen".into()
        }
        Refusal::Overlaps => "otra corrección cambia las mismas palabras".into(),
        Refusal::Uncertain { .. } => "posiblemente intencionado: `--confidence low` lo incluye".into(),
        Refusal::Kept { pattern } => format!("`.dockerignore` conserva lo que `{pattern}` excluiría"),
        Refusal::Present => "el Dockerfile ya lo corrige: vuelva a construir la imagen".into(),
        Refusal::Failed { step: ProofStep::Build } => "la construcción falla con esta corrección".into(),
        Refusal::Failed { step: ProofStep::Probe } => "la prueba falla con esta corrección".into(),
        Refusal::Unfit { value } => findings::unfit(value),
    }
}
