//! Spanish: comments of a Dockerfile that was made again.

use plimsoll_analysis::reconstruct::{LeftOut, Remark};
use plimsoll_snapshot::Bytes;

use super::findings::unfit;
use crate::language::Language;

const ES: Language = Language::Spanish;

const WITHHELD: &str = "Plimsoll no guarda valores de variables, que pueden ser secretos";

pub(super) fn remark(remark: &Remark) -> Vec<String> {
    match remark {
        Remark::Image { name } => {
            vec![format!("Reconstruido a partir del historial de {name}: no contiene archivos ni valores de variables")]
        }
        Remark::Base { layers } => vec![format!("La imagen base aporta lo inferior: {}", ES.many(*layers, &ES.words().layer))],
        Remark::Context => vec!["Las fuentes que siguen son archivos del contexto de construcción, con los nombres del Dockerfile de la imagen".to_owned()],
        Remark::Placeholder { place, instruction, holds } => {
            let put = format!("{}: ponga ahí los archivos que copió esta instrucción{}", &**place, held(holds));
            vec![put, format!("Registrada como: {instruction}")]
        }
        Remark::Layer { place, instruction, layer, holds } => {
            let put = format!("{}: ponga ahí la capa {layer} de la imagen{}", &**place, held(holds));
            let noted = (!instruction.is_empty()).then(|| format!("Registrada como: {instruction}"));
            [Some(put), noted].into_iter().flatten().collect()
        }
        Remark::Variables { names } => {
            vec![format!("{WITHHELD}. Indíquelos con `--build-arg`: {}", names.join(", "))]
        }
        Remark::Defaults { names } => {
            vec![format!("{WITHHELD}. Indique los predeterminados con `--build-arg`: {}", names.join(", "))]
        }
        Remark::SearchPath => vec![format!("Se omite `ENV PATH`. {WITHHELD}: vea la configuración de la imagen")],
        Remark::Removed => vec!["`…` sustituye un valor que se eliminó porque puede ser un secreto".to_owned()],
        Remark::LeftOut { instruction, reason } => {
            let reason = match reason {
                LeftOut::Unfit(value) => unfit(value),
                LeftOut::OnBuild => "actúa sobre las imágenes que se construyen sobre esta".to_owned(),
                LeftOut::Port => "no es un puerto válido".to_owned(),
            };
            vec![format!("Se omite: {instruction}"), reason]
        }
        Remark::Settings => vec!["Cómo se ejecuta la imagen".to_owned()],
    }
}

fn held(holds: &Option<(u64, Bytes)>) -> String {
    holds
        .map(|(files, bytes)| format!(" ({}, {})", ES.many(files, &ES.words().file), ES.bytes(bytes)))
        .unwrap_or_default()
}
