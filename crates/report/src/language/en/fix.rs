//! Merged fixes, in English.

use plimsoll_analysis::fix::{ProofStep, Refusal};

use super::findings;
use crate::language::FixWords;

pub(super) const WORDS: FixWords = FixWords {
    summary: |fixed, all, saving| format!("{fixed} of {all} findings fixed, saving {saving}"),
    fixed: "Fixed",
    not_fixed: "Not fixed",
    partly: |reason| format!("in part: {reason}"),
    nothing: "Nothing to change.",
    needs_buildkit: "The new Dockerfile needs BuildKit.",
    head: ["Saves", "Finding", "Rule", "Confidence"],
    reason_head: "Reason",
    tried: |before, after, difference| format!("Built: {before} before, {after} after ({difference})"),
    probed: "The probe succeeded.",
    health_checked: "The health check succeeded.",
    promised: |service, target, before, after| {
        format!("{service}: its own stage `{target}`, {before} before, {after} expected")
    },
    built: |service, target, promised, after| {
        format!("{service}: built from stage `{target}`, {after} ({promised} expected)")
    },
    settings: "Compose file",
    reconstructed: "There is no Dockerfile: this one is reconstructed from the history of the image. Values, options of `COPY` and other stages are missing in it. Change your Dockerfile by hand, or name it with `--dockerfile`.",
    not_probed: "Not probed: `--probe COMMAND` tests that the service works.",
    saved: "Saved",
    patch_title: |services, findings, saving| {
        format!("Patch for {services}: {findings} fixed, saving {saving}")
    },
    how_to_apply: "Apply it with `git apply`; `plimsoll fix --build auto` also builds the image and proves the saving.",
    refusal,
};

fn refusal(refusal: &Refusal) -> String {
    match refusal {
        Refusal::ByHand => "needs a decision: `plimsoll findings` shows the options".into(),
        Refusal::NotInDockerfile => "no instruction of the Dockerfile made these files".into(),
        Refusal::Form { line } => format!("line {line} is too complex to edit"),
        Refusal::UsedLater { line, name } => format!("line {line} uses `{name}`"),
        Refusal::UsedAtStart { name } => format!("the container uses `{name}` when it starts"),
        Refusal::NotRoot { line } => format!("line {line} does not run as root"),
        Refusal::UsedBetween { line } => format!("line {line}, in between, may need the files"),
        Refusal::LacksProgram { name } => format!("the image lacks `{name}`"),
        Refusal::LacksFile { file } => format!("the build context lacks `{file}`"),
        Refusal::FileExists { file } => format!("the build context already has another `{file}`"),
        Refusal::Hashes { file } => format!("`{file}` has hashes of the packages that are installed now"),
        Refusal::ComposeForm { key } => {
            format!("`{key}` of the Compose file is an alias, a variable, or in a form that is not edited")
        }
        Refusal::OldSnapshot => {
            "the snapshot is too old to know which packages are named in strings: read the image again".into()
        }
        Refusal::Overlaps => "another fix changes the same words".into(),
        Refusal::Uncertain { .. } => "possibly intentional: `--confidence low` includes it".into(),
        Refusal::Kept { pattern } => format!("`.dockerignore` keeps what `{pattern}` would exclude"),
        Refusal::Present => "the Dockerfile has the fix: build the image again".into(),
        Refusal::Failed { step: ProofStep::Build } => "the build fails with it".into(),
        Refusal::Failed { step: ProofStep::Probe } => "the probe fails with it".into(),
        Refusal::Unfit { value } => findings::unfit(value),
    }
}
