//! The page of a series: the trend, and the comparison of its first and its last state.

use std::collections::{BTreeMap, HashSet};

use plimsoll_analysis::Changes;
use plimsoll_analysis::series::Series;
use plimsoll_analysis::targets::Evidence;
use plimsoll_report::html::Viewer;
use plimsoll_report::language::Language;
use plimsoll_report::{summary, verdict};
use plimsoll_snapshot::{Bundle, DiffId, Snapshot, Trend};

use super::super::target_file::TargetFile;
use super::page::page;
use super::states::States;
use crate::error::{Error, Result};
use crate::output::Output;
use crate::printer::Printer;

/// The most files of all different layers that a page carries along, so that it stays a file to attach.
const MOST_FILES: usize = 400_000;

/// Writes the page; its verdict. The snapshots of states that do not fit are left out: their sizes stay in the trend.
pub(super) fn write(
    viewer: &Viewer<'_>,
    output: &Output,
    states: &mut States,
    targets: Option<TargetFile>,
    language: Language,
    printer: &Printer,
) -> Result<String> {
    let points = points(states, printer);
    let (Some((first, before)), Some((last, after))) = (points.first(), points.last()) else {
        return Err(Error::usage(
            "no state of the series has a snapshot that can be read",
            "`--format markdown` writes the sizes without a comparison",
        ));
    };
    // A single state has nothing before.
    let is_compared = first != last;
    let mut before = if is_compared { before.clone() } else { Snapshot::default() };
    let after = after.clone();
    before.take_name_of(&after);
    let name = |state: usize| states.series.states.get(state).map(|state| state.name.clone());
    let names = [name(*first).filter(|_| is_compared), name(*last)];
    let pair = [is_compared.then_some(*first), Some(*last)];
    let left_out = states.series.states.len() - points.len();
    if left_out > 0 {
        printer
            .note(&format!("note: {left_out} states are in the trend alone: the page cannot compare them"));
    }
    let (changes, trees) = Changes::with_trees(&before, &after, [None, None]);
    let judged = targets.as_ref().map(|file| {
        let memory = changes.running.each_ref().map(Option::as_ref);
        let compared = is_compared.then_some(&before);
        Evidence::of_compared(compared, &after, &changes.comparison, &trees, memory)
            .judge(&file.shown, &BTreeMap::new())
    });
    drop(trees);
    let mut summary = summary::of(&changes, judged.as_ref(), language);
    summary.push_str(&summary::trend(&states.series, language));
    let series = serde_json::to_value(&states.series).expect("a series is a document");
    let trend = Some(Trend { series, points, pair });
    let targets = targets.map(|file| file.document);
    let bundle = Bundle { before, after, targets, names, trend, patches: Vec::new() };
    page(viewer, output, &bundle, &changes, &summary, language)?;
    Ok(verdict::of(&changes, language))
}

/// The snapshots that the page carries along: of the last state and the first, of those around steps, then of the newest.
fn points(states: &mut States, printer: &Printer) -> Vec<(usize, Snapshot)> {
    let mut points: Vec<(usize, Snapshot)> = Vec::new();
    let mut known: HashSet<DiffId> = HashSet::new();
    let mut files = 0;
    for state in by_importance(&states.series) {
        let snapshot = match (states.load)(state) {
            Ok(snapshot) => snapshot,
            Err(error) => {
                printer.note(&format!(
                    "note: a state cannot be compared, because its snapshot cannot be read: {error}"
                ));
                continue;
            }
        };
        let new = snapshot.layers.iter().filter(|layer| !known.contains(&layer.diff_id));
        let added: usize = new.filter_map(|layer| Some(layer.contents.as_ref()?.entries.len())).sum();
        // The first one is always there: it is what the page is about.
        if files + added > MOST_FILES && !points.is_empty() {
            break;
        }
        files += added;
        known.extend(snapshot.layers.iter().map(|layer| layer.diff_id.clone()));
        points.push((state, snapshot));
    }
    points.sort_by_key(|(state, _)| *state);
    points
}

/// The indices of all states, those first that a reader compares first.
fn by_importance(series: &Series) -> Vec<usize> {
    let last = series.states.len().saturating_sub(1);
    let steps = series.steps.iter().rev().flat_map(|step| [step.to, step.from]);
    let mut seen = HashSet::new();
    let all = [last, 0].into_iter().chain(steps).chain((0..series.states.len()).rev());
    all.filter(|state| *state < series.states.len() && seen.insert(*state)).collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::series::{State, Thresholds};
    use plimsoll_snapshot::Bytes;

    use super::*;

    #[test]
    fn ends_and_steps_come_first() {
        let sizes = [50_000_000, 50_000_000, 90_000_000, 90_000_000, 90_000_000];
        let state = |size: u64| State { size: Some(Bytes(size)), ..State::default() };
        let series = Series::of(sizes.map(state).to_vec(), Thresholds::default(), None);
        assert_eq!(by_importance(&series), [4, 0, 2, 1, 3]);
        assert!(by_importance(&Series::of(Vec::new(), Thresholds::default(), None)).is_empty());
    }
}
