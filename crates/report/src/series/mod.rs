//! A series as documents: how a stack developed, its steps with their causes, drift and budget.

pub mod json;
pub mod markdown;
pub mod mermaid;
pub mod text;

use plimsoll_analysis::series::{ChangePoint, Drift, LEAST_POINTS, Level, Line, Series, State, Step};
use plimsoll_snapshot::Bytes;

use crate::cause;
use crate::format::{name, one_line, plain_percent, shorten};
use crate::language::Language;

/// The width that a note is cut to.
const NOTE: usize = 80;

/// The points that a document for a comment shows.
pub const RECENT: usize = 30;

/// `2026-11-22 10:05`, in UTC.
#[must_use]
pub fn minute(seconds: u64) -> Option<String> {
    let time = jiff::Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    // The formatter of the library weighs more than the whole trend in the page.
    let time = jiff::tz::Offset::UTC.to_datetime(time);
    let [year, month, day] = [time.year().into(), i32::from(time.month()), time.day().into()];
    Some(format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", time.hour(), time.minute()))
}

/// The name of a state on one line.
#[must_use]
pub fn point(series: &Series, index: usize) -> String {
    series.states.get(index).map(|state| name(&state.name)).unwrap_or_default()
}

/// `Trend: image size over 12 points, from 2026-01-01 10:05 to 2026-02-03 09:00`.
fn lead(series: &Series, language: Language) -> String {
    format!("{}: {}", language.words().series.title, extent(series, language))
}

/// `image size over 12 points, from 2026-01-01 10:05 to 2026-02-03 09:00`.
#[must_use]
pub fn extent(series: &Series, language: Language) -> String {
    let words = &language.words().series;
    let points = language.many(series.states.len() as u64, &words.point);
    let mut text = (words.extent)((words.measure)(series.measure), &points);
    let times: Vec<u64> = series.states.iter().filter_map(|state| state.time).collect();
    if let (Some(from), Some(to)) =
        (times.first().copied().and_then(minute), times.last().copied().and_then(minute))
    {
        text = format!("{text}, {}", (words.between)(&from, &to));
    }
    if series.unmeasured > 0 {
        text = format!("{text}; {}", (words.unmeasured)(&language.many(series.unmeasured, &words.point)));
    }
    text
}

/// `410 MB → 442 MB (+7.80 %)`.
#[must_use]
pub fn total(series: &Series, language: Language) -> String {
    let (Some((_, first)), Some((_, last))) = (series.first(), series.last()) else {
        return language.words().series.none.to_owned();
    };
    let change = plimsoll_analysis::compare::SizeChange::new(first, last);
    let percent = change.percent().map(|percent| format!(" ({})", language.percent(percent)));
    format!("{} → {}{}", language.bytes(first), language.bytes(last), percent.unwrap_or_default())
}

/// The title of a chart: what it shows, and how it changed.
pub(crate) fn caption(series: &Series, language: Language) -> String {
    format!("{}: {}", language.words().series.title, total(series, language))
}

/// What is written below a chart: the points, drift, budget, memory.
pub(crate) fn sentences(series: &Series, language: Language) -> Vec<String> {
    std::iter::once(lead(series, language)).chain(conclusions(series, language)).collect()
}

/// One line for each step.
pub(crate) fn step_lines(series: &Series, language: Language) -> Vec<String> {
    let line = |of: &Step| {
        let [name, delta, cause] = step(series, of, language);
        format!("{name}  {delta}  {cause}")
    };
    series.steps.iter().map(line).collect()
}

/// The heads of the table of points. Without any known base image, own and base are left out.
#[must_use]
pub fn heads(series: &Series, language: Language) -> Vec<&'static str> {
    let words = language.words();
    let mut heads = vec![words.series.point_head, words.series.time_head, words.size_head, words.change];
    if shows_base(series) {
        heads.extend([words.series.own_head, words.series.base_head]);
    }
    heads.push(words.series.note_head);
    heads
}

fn shows_base(series: &Series) -> bool {
    series.states.iter().any(|state| state.base.is_some_and(|base| !base.is_zero()))
}

/// The number of columns of figures, which follow the first two.
#[must_use]
pub fn figures(series: &Series) -> usize {
    if shows_base(series) { 4 } else { 2 }
}

/// A row of that table: one cell for each head.
#[must_use]
pub fn row(series: &Series, index: usize, language: Language) -> Vec<String> {
    let state = &series.states[index];
    let size =
        |bytes: Option<Bytes>| bytes.map(|bytes| language.bytes(bytes).to_string()).unwrap_or_default();
    let change = series.change(index).map(|delta| language.delta(delta).to_string());
    let mut row = vec![
        point(series, index),
        state.time.and_then(minute).unwrap_or_default(),
        size(series.size(index)),
        change.unwrap_or_default(),
    ];
    if shows_base(series) {
        row.extend([size(state.own()), size(state.base)]);
    }
    row.push(note(state, language));
    row
}

/// A state on one line: its name, time, size and change.
#[must_use]
pub fn reading(series: &Series, index: usize, language: Language) -> String {
    let Some(state) = series.states.get(index) else { return String::new() };
    let size = series.size(index).map(|bytes| language.bytes(bytes).to_string());
    let change = series.change(index).filter(|delta| delta.0 != 0);
    let change = change.map(|delta| language.delta(delta).to_string());
    let note = Some(note(state, language)).filter(|note| !note.is_empty());
    let time = state.time.and_then(minute);
    [Some(point(series, index)), time, size, change, note]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

/// What a line of the chart is called: the bytes, or the service.
#[must_use]
pub fn line_name(line: &Line, language: Language) -> String {
    match &line.service {
        Some(service) => name(service),
        None => (language.words().series.measure)(line.measure).to_owned(),
    }
}

fn note(state: &State, language: Language) -> String {
    let accepted =
        state.accepted.as_ref().map(|reason| (language.words().series.accepted)(&one_line(reason)));
    // What names the point is not repeated.
    let labels = state.labels.iter().filter(|label| **label != state.name);
    let notes = state.branch.iter().chain(labels).map(|text| one_line(text)).chain(accepted);
    shorten(&notes.collect::<Vec<_>>().join(", "), NOTE)
}

/// The services of several, each with its size at the first and the last point that has it.
fn services(series: &Series, language: Language) -> Vec<[String; 4]> {
    let mut names: Vec<&str> = Vec::new();
    for service in series.states.iter().flat_map(|state| &state.services) {
        if !names.contains(&service.name.as_str()) {
            names.push(&service.name);
        }
    }
    if names.len() < 2 {
        return Vec::new();
    }
    let row = |wanted: &str| {
        let mut sizes = series.states.iter().filter_map(|state| {
            state.services.iter().find(|service| service.name == wanted)?.size_in(series.measure)
        });
        let first = sizes.next()?;
        let last = sizes.next_back().unwrap_or(first);
        let [from, to] = [first, last].map(|bytes| language.bytes(bytes).to_string());
        Some([name(wanted), from, to, language.delta(first.change_to(last)).to_string()])
    };
    names.into_iter().filter_map(row).collect()
}

/// The name of the state that a step leads to, the change, and its cause with what else is known.
#[must_use]
pub fn step(series: &Series, step: &Step, language: Language) -> [String; 3] {
    let known = step_cause(step, language).into_iter().chain(step_notes(step, language));
    let known = known.collect::<Vec<_>>().join("; ");
    [point(series, step.to), language.delta(step.delta).to_string(), known]
}

/// What did most of a step, if that is known.
#[must_use]
pub fn step_cause(step: &Step, language: Language) -> Option<String> {
    step.cause.as_ref().map(|of| cause::text(&of.cause, of.services, language))
}

/// What else is known of a step: that it was a rebuild, and why it was accepted.
#[must_use]
pub fn step_notes(step: &Step, language: Language) -> Vec<String> {
    let words = &language.words().series;
    let rebuild = step.is_rebuild.then(|| words.rebuild.to_owned());
    let accepted = step.accepted.as_ref().map(|reason| (words.accepted)(&shorten(&one_line(reason), NOTE)));
    rebuild.into_iter().chain(accepted).collect()
}

/// The sentence for a series without a step.
#[must_use]
pub fn no_steps(series: &Series, language: Language) -> String {
    let (bytes, percent) = (series.thresholds.step_bytes, series.thresholds.step_percent);
    (language.words().series.no_steps)(
        &language.bytes(bytes).to_string(),
        &language.decimal(plain_percent(percent)),
    )
}

fn drift(series: &Series, drift: &Drift, language: Language) -> String {
    let words = &language.words().series;
    let mut text = (words.drift)(
        &language.delta(drift.delta).to_string(),
        &drift.percent().map(|percent| language.percent(percent)).unwrap_or_default(),
        &language.many(drift.changes, &words.change),
        &point(series, drift.since),
    );
    if let Some(reported) = drift.reported {
        let percent = language.decimal(plain_percent(series.thresholds.drift_percent));
        text = format!("{text}; {}", (words.drift_reported)(&percent, &point(series, reported)));
    }
    text
}

fn budget(series: &Series, language: Language) -> Option<String> {
    let (budget, (_, last)) = (series.budget?, series.last()?);
    let words = &language.words().series;
    let size = language.bytes(budget).to_string();
    Some(if last <= budget {
        (words.budget_left)(&size, &language.bytes(budget - last).to_string())
    } else {
        (words.budget_over)(&size, &language.bytes(last - budget).to_string())
    })
}

/// `Memory of all services, 95th percentile: 1.20 GiB → 1.45 GiB from 1a2b3c4 on`.
fn level(
    series: &Series,
    title: &str,
    level: &Level,
    format: &dyn Fn(u64) -> String,
    language: Language,
) -> String {
    let words = &language.words().series;
    let points = language.many(level.points, &words.point);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of whole numbers")]
    let change = |change: &ChangePoint| {
        let [from, to] = [change.before, change.after].map(|mean| format(mean.round() as u64));
        (words.level_change)(&from, &to, &point(series, change.index))
    };
    let text = match &level.changes {
        None => (words.level_few)(&points, &LEAST_POINTS.to_string()),
        Some(changes) if changes.is_empty() => (words.level_same)(&points),
        Some(changes) => changes.iter().map(change).collect::<Vec<_>>().join("; "),
    };
    format!("{title}: {text}")
}

/// The sentences below the tables: drift, the remaining budget, and how memory and start-up changed.
#[must_use]
pub fn conclusions(series: &Series, language: Language) -> Vec<String> {
    let words = &language.words().series;
    let drift = series.drift.as_ref().map(|of| drift(series, of, language));
    let memory = series
        .memory
        .as_ref()
        .map(|of| level(series, words.level_memory, of, &|bytes| language.memory(Bytes(bytes)), language));
    let start_up = series
        .start_up
        .as_ref()
        .map(|of| level(series, words.level_start_up, of, &|time| language.duration(time), language));
    drift.into_iter().chain(budget(series, language)).chain(memory).chain(start_up).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_minute_is_in_utc() {
        assert_eq!(super::minute(1_795_341_600).as_deref(), Some("2026-11-22 10:00"));
        assert_eq!(super::minute(59).as_deref(), Some("1970-01-01 00:00"));
        assert_eq!(super::minute(u64::MAX), None);
    }
}
