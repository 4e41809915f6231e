//! What to do first, as text.

use plimsoll_analysis::fleet::FleetStepKind;

use crate::format::{one_line, shorten};
use crate::language::Language;

/// The longest instruction or path in a step.
const WIDTH: usize = 96;

/// A step as text. Backquotes enclose what is code.
pub(super) fn text(kind: &FleetStepKind, language: Language) -> String {
    let words = language.fleet();
    let short = |text: &str| shorten(&one_line(text).replace('`', "'"), WIDTH);
    match kind {
        FleetStepKind::FixHidden { instruction, pairs } => {
            (words.fix_hidden)(&short(instruction), &language.many(*pairs, &words.pair))
        }
        FleetStepKind::ShareFiles { example } => {
            (words.share_files)(example.as_deref().map(short).as_deref())
        }
        FleetStepKind::ShareModels { example, models } => {
            (words.share_models)(&short(example), &language.many(*models, &words.model))
        }
        FleetStepKind::OneCompression { layers } => {
            (words.one_compression)(&language.many(*layers, &language.words().layer))
        }
        FleetStepKind::FixFindings { project, images } => {
            (words.fix_findings)(&short(project), &language.many(*images, &words.image_noun))
        }
    }
}
