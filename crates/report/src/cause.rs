//! The cause of a change in one line: its layer, and the packages or the file in it.

use std::fmt::Write as _;

use plimsoll_analysis::compare::BridgePart;
use plimsoll_analysis::review::Cause;

use crate::format::{one_line, shorten};
use crate::language::Language;

/// The width that an instruction or a path is cut to.
const CELL: usize = 80;

/// ``Cause: `RUN make` (`Dockerfile` line 3) +90 kB: app/program +90 kB``. The service is named where there are several.
pub(crate) fn text(cause: &Cause, services: u64, language: Language) -> String {
    let words = &language.words().review;
    let instruction = cause.instruction.as_ref().map(|text| {
        // A code span cannot hold a backtick and stand alone.
        format!("`{}`", shorten(&one_line(&text.replace('`', "'")), CELL).trim())
    });
    let mut what = match (cause.is_base, instruction) {
        (true, _) => words.base_image.to_owned(),
        (false, Some(instruction)) => instruction,
        (false, None) => words.layer.to_owned(),
    };
    if let Some(place) = cause.place.as_ref().filter(|_| !cause.is_base) {
        let _ = write!(what, " ({})", (words.at_line)(&place.file, &place.line.to_string()));
    }
    if services > 1 {
        what = format!("{}: {what}", shorten(&cause.service, CELL));
    }
    let mut text = (words.cause)(&what, &language.delta(cause.delta).to_string());
    let part = |part: &BridgePart| format!("{} {}", shorten(&part.name, CELL), language.delta(part.delta));
    let parts: Vec<String> = cause.parts.iter().map(part).collect();
    if !parts.is_empty() {
        let _ = write!(text, ": {}", parts.join(", "));
    }
    text
}
