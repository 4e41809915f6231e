//! English: comments of a Dockerfile that was made again.

use plimsoll_analysis::reconstruct::{LeftOut, Remark};
use plimsoll_snapshot::Bytes;

use super::findings::unfit;
use crate::language::Language;

const EN: Language = Language::English;

const WITHHELD: &str = "Plimsoll keeps no values of variables, which may be secrets";

pub(super) fn remark(remark: &Remark) -> Vec<String> {
    match remark {
        Remark::Image { name } => {
            vec![format!(
                "Reconstructed from the history of {name}, without files and without values of variables"
            )]
        }
        Remark::Base { layers } => {
            vec![match layers {
                1 => "The lowest layer is that of the base image".to_owned(),
                layers => {
                    format!("The lowest {} are those of the base image", EN.many(*layers, &EN.words().layer))
                }
            }]
        }
        Remark::Context => vec![
            "The sources below are files of the build context, as the Dockerfile of the image named them"
                .to_owned(),
        ],
        Remark::Placeholder { place, instruction, holds } => {
            let put =
                format!("{}: put the files there that this instruction copied{}", &**place, held(holds));
            vec![put, format!("Recorded as: {instruction}")]
        }
        Remark::Layer { place, instruction, layer, holds } => {
            let put = format!("{}: put layer {layer} of the image there{}", &**place, held(holds));
            let noted = (!instruction.is_empty()).then(|| format!("Recorded as: {instruction}"));
            [Some(put), noted].into_iter().flatten().collect()
        }
        Remark::Variables { names } => {
            vec![format!("{WITHHELD}. Give them with `--build-arg`: {}", names.join(", "))]
        }
        Remark::Defaults { names } => {
            vec![format!("{WITHHELD}. Give the defaults with `--build-arg`: {}", names.join(", "))]
        }
        Remark::SearchPath => vec![format!("`ENV PATH` is left out. {WITHHELD}: see the image config")],
        Remark::Removed => {
            vec!["`…` stands for a value that was removed because it may be a secret".to_owned()]
        }
        Remark::LeftOut { instruction, reason } => {
            let reason = match reason {
                LeftOut::Unfit(value) => unfit(value),
                LeftOut::OnBuild => "it acts on images that are built on this one".to_owned(),
                LeftOut::Port => "not a valid port".to_owned(),
            };
            vec![format!("Left out: {instruction}"), reason]
        }
        Remark::Settings => vec!["How the image is run".to_owned()],
    }
}

fn held(holds: &Option<(u64, Bytes)>) -> String {
    holds
        .map(|(files, bytes)| format!(" ({}, {})", EN.many(files, &EN.words().file), EN.bytes(bytes)))
        .unwrap_or_default()
}
