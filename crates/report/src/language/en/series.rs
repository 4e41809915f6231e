//! The words of a series: in English.

use plimsoll_analysis::series::Measure;

use crate::language::{Noun, SeriesWords};

pub(super) const WORDS: SeriesWords = SeriesWords {
    title: "Trend",
    point: Noun { one: "point", more: "points" },
    measure: |measure| match measure {
        Measure::ImageSize => "image size",
        Measure::Compressed => "compressed layers",
    },
    extent: |measure, points| format!("{measure} over {points}"),
    between: |from, to| format!("from {from} to {to}"),
    none: "There is no point with a size.",
    unmeasured: |points| format!("{points} without this size"),
    point_head: "point",
    time_head: "time (UTC)",
    own_head: "own",
    base_head: "base image",
    note_head: "note",
    first_head: "first",
    last_head: "last",
    steps: "Steps",
    no_steps: |bytes, percent| format!("There is no step: no change reaches {bytes} and {percent}."),
    rebuild: "the same commit, built again",
    accepted: |reason| format!("accepted: {reason}"),
    drift: |delta, percent, changes, since| {
        format!("Drift: {delta} ({percent}) by {changes} too small to be steps, since {since}")
    },
    drift_reported: |percent, at| format!("above {percent} since {at}"),
    change: Noun { one: "change", more: "changes" },
    budget_left: |budget, left| format!("Budget: {budget}, of which {left} are left"),
    budget_over: |budget, over| format!("Budget: {budget}, exceeded by {over}"),
    budget: "budget",
    level_memory: "Memory of all services, 95th percentile",
    level_start_up: "Time until all services are healthy",
    level_few: |points, least| {
        format!("{points}, and at least {least} are needed to tell a change from noise")
    },
    level_same: |points| format!("no change of the level over {points}"),
    level_change: |from, to, at| format!("{from} → {to} from {at} on"),
    line: "Show",
    compare: "Compared states",
    pick: "Choose two points to compare them: click, or use the arrow keys and Enter.",
    picked: |state| format!("{state}: choose the point to compare it with."),
    compare_with: |state| format!("compare with {state}"),
    not_here: "this file does not contain its snapshot",
    all_steps: |steps| format!("All {steps} steps"),
    all_points: |points| format!("All {points} points"),
    earlier: |points| format!("{points} before these"),
};
