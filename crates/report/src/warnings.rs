//! The warnings of an image: a few of each kind, and how many more there are.

use plimsoll_analysis::inspect::{ImageInspection, warning_groups};

use crate::format::count;
use crate::language::Language;

/// One line for each warning that is shown, and one for those of its kind that are not.
#[must_use]
pub fn lines(image: &ImageInspection, language: Language) -> Vec<String> {
    let mut lines = Vec::new();
    for group in warning_groups(&image.warnings) {
        lines.extend(group.first.iter().map(|warning| language.warning(warning)));
        if group.more > 0 {
            lines.push((language.words().more_of_this_kind)(&count(group.more)));
        }
    }
    lines
}
