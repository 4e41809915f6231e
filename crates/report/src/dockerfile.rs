//! A Dockerfile that was made again from an image. What has to be known of it stands in comments.

use plimsoll_analysis::reconstruct::{Part, Reconstruction};

use crate::format::{one_line, shorten};
use crate::language::Language;

/// The width that a comment is cut to.
const COMMENT: usize = 160;

/// The text of the file.
#[must_use]
pub fn text(reconstruction: &Reconstruction, language: Language) -> String {
    let mut text = String::new();
    let mut remarks = 0;
    for part in &reconstruction.parts {
        match part {
            Part::Instruction(line) => {
                text.push_str(line);
                text.push('\n');
                remarks = 0;
            }
            Part::Remark(remark) => {
                if remarks == 0 && !text.is_empty() {
                    text.push('\n');
                }
                for line in (language.words().messages.remark)(remark) {
                    let line = shorten(&one_line(&line), COMMENT);
                    // Every line is a comment, and the first is no order to the parser, `# syntax=…` (Dockerfile reference,
                    // "Parser directives"), behind which none can follow.
                    text.push_str("# ");
                    text.push_str(&line);
                    text.push('\n');
                }
                remarks += 1;
            }
        }
    }
    text
}
