//! The words of the review of a change: in English.

use plimsoll_analysis::review::{Baseline, Decision};

use crate::language::ReviewWords;

pub(super) const WORDS: ReviewWords = ReviewWords {
    decision: |decision| match decision {
        Decision::Met => "Targets met",
        Decision::Missed => "Target missed",
        Decision::Accepted => "Growth accepted",
        Decision::Unknown => "Not all targets can be judged",
        Decision::FirstMeasurement => "First measurement: there is nothing to compare with",
        Decision::Measured => "Measured, without targets",
    },
    met: |targets| format!("{targets} met"),
    more: |targets| format!("{targets} more missed"),
    accepted_for: |reason| format!("reason: {reason}"),
    own: |delta| format!("own {delta}"),
    base: |delta| format!("base image {delta}"),
    total: |before, after| format!("total {before} → {after}"),
    weighs: |size| format!("total {size}"),
    compared_with: |baseline| format!("compared with {baseline}"),
    baseline: |baseline| match baseline {
        Baseline::Given { name } => format!("`{name}`"),
        Baseline::History { revision, behind: 0 } => format!("the history entry of commit `{revision}`"),
        Baseline::History { revision, behind: 1 } => {
            format!("the history entry of commit `{revision}`, 1 commit before the merge base")
        }
        Baseline::History { revision, behind } => {
            format!("the history entry of commit `{revision}`, {behind} commits before the merge base")
        }
        Baseline::Image { reference } => format!("the image `{reference}`"),
        Baseline::Attached { reference } => format!("the snapshot attached to `{reference}`"),
        Baseline::Rebuild { revision } => format!("a build of commit `{revision}`"),
        Baseline::None => "nothing".to_owned(),
    },
    cause: |what, delta| format!("Cause: {what} {delta}"),
    base_image: "the base image",
    layer: "a layer",
    at_line: |file, line| format!("`{file}` line {line}"),
    no_cause: "No layer changed its size.",
    details: "Targets, services, layers and files",
    report: "Report",
    targets: "Targets",
};
