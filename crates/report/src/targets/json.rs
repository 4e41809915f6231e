//! Targets as a JSON document; see `docs/targets.md`.

use std::io::{self, Write};

use plimsoll_analysis::targets::Judgement;
use serde::Serialize;

use super::verdict;
use crate::json::FORMAT_VERSION;

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    format_version: u32,
    verdict: String,
    #[serde(flatten)]
    judgement: &'a Judgement,
}

/// Writes a judgement.
pub fn judgement(judgement: &Judgement, mut out: impl Write) -> io::Result<()> {
    let document = Document {
        format: "plimsoll-targets",
        format_version: FORMAT_VERSION,
        verdict: verdict(judgement),
        judgement,
    };
    crate::json_text::write(&document, &mut out)?;
    out.write_all(b"\n")
}
