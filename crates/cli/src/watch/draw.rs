//! The screen of the live view.

use plimsoll_report::format::{count, one_line};
use plimsoll_report::language::{Language, WatchWords};
use plimsoll_report::watch_json::Figures;
use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{HealthStatus, Status};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::board::Row;
use super::model::Model;
use crate::keys_help::HelpText;
use crate::paint::fill;

/// The lowest screen that has details below the list.
const WITH_DETAILS: u16 = 14;
/// From this share of the limit on, the working set is shown in another colour.
const HIGH: f64 = 0.9;
/// An engine that says nothing for longer is reported, in seconds.
const SILENT: u64 = 5;
/// The least height of the chart of the CPU, in percent of one: less than that is quiet.
const CPU: f64 = 10.0;
/// The steps of a small chart.
const STEPS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// A column: its head, its width, and from which width of the screen on it is there.
struct Column {
    head: &'static str,
    width: usize,
    from: u16,
    text: fn(&Row, Language) -> String,
}

/// Draws everything, and tells the model how many rows fit.
pub(crate) fn draw(model: &mut Model, language: Language, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.height < 3 || area.width < 10 {
        return;
    }
    let words = &language.words().watch;
    let body = Rect { y: area.y + 1, height: area.height - 2, ..area };
    let below = if area.height >= WITH_DETAILS { (body.height / 2).clamp(6, 16) } else { 0 };
    let list = Rect { height: body.height - below, ..body };
    model.height = usize::from(list.height.saturating_sub(1));
    model.settle();
    let buffer = frame.buffer_mut();
    head(model, words, Rect { height: 1, ..area }, buffer);
    rows(model, words, language, list, buffer);
    if below > 0 {
        details(model, words, language, Rect { y: list.bottom(), height: below, ..body }, buffer);
    }
    let text = if model.typing {
        format!(" {} {}_", words.search, one_line(&model.filter))
    } else {
        format!(" {}", words.keys)
    };
    let foot = Rect { y: area.bottom() - 1, height: 1, ..area };
    fill(foot, buffer, &text, Style::new().add_modifier(Modifier::REVERSED));
    if model.help.is_open() {
        let text = HelpText { title: words.help, keys: words.keys_help, foot: words.help_foot };
        model.help.draw(area, buffer, text);
    }
}

fn head(model: &Model, words: &WatchWords, area: Rect, buffer: &mut Buffer) {
    let mut parts =
        vec![(words.containers)(&count(model.board.rows.len() as u64)), words.read_only.to_owned()];
    // What is wrong comes first: a narrow screen cuts the end.
    if model.is_lost {
        parts.insert(0, words.gone.to_owned());
    } else if model.silent >= SILENT {
        parts.insert(0, (words.no_answer)(&model.silent.to_string()));
    }
    match (&model.recording, &model.recorded) {
        (Some(file), _) => parts.insert(0, (words.recording)(&one_line(file))),
        (None, Some(Ok(file))) => parts.push((words.written)(&one_line(file))),
        (None, Some(Err(why))) => parts.insert(0, (words.failed)(&one_line(why))),
        (None, None) => {}
    }
    let style = Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD);
    fill(area, buffer, &format!(" {}", parts.join("  ")), style);
}

fn columns(words: &WatchWords, width: u16) -> Vec<Column> {
    let memory = |row: &Row, language: Language| memory(row.figures.working_set, language);
    let share = |row: &Row, language: Language| match (row.figures.working_set, row.limits.memory) {
        (Some(set), Some(limit)) => language.share(Bytes(set), limit),
        _ => "–".to_owned(),
    };
    let cpu = |row: &Row, language: Language| {
        row.figures.cpu_percent.map_or_else(|| "–".to_owned(), |cpu| language.decimal(format!("{cpu:.1} %")))
    };
    let all = [
        // `unhealthy` or `exited 137` says more than any figure, so the state is there on narrow screens, too.
        Column { head: words.memory, width: 9, from: 0, text: memory },
        Column { head: words.of_limit, width: 8, from: 50, text: share },
        Column { head: words.cpu, width: 8, from: 60, text: cpu },
        Column {
            head: words.reservation,
            width: 9,
            from: 120,
            text: |row, language| self::memory(row.limits.reservation.map(|bytes| bytes.0), language),
        },
        Column {
            head: words.network,
            width: 20,
            from: 100,
            text: |row, language| {
                format!(
                    "{} {}",
                    bytes(row.figures.net_received, language),
                    bytes(row.figures.net_sent, language)
                )
            },
        },
        Column {
            head: words.disk,
            width: 20,
            from: 130,
            text: |row, language| {
                format!(
                    "{} {}",
                    bytes(row.figures.block_read, language),
                    bytes(row.figures.block_written, language)
                )
            },
        },
        Column { head: words.pids, width: 5, from: 70, text: |row, _| number(row.figures.pids) },
        Column { head: words.restarts, width: 9, from: 90, text: |row, _| row.restarts.to_string() },
        Column { head: words.kills, width: 4, from: 70, text: |row, _| row.oom_kills.to_string() },
        Column { head: words.state, width: 12, from: 32, text: state },
    ];
    all.into_iter().filter(|column| column.from <= width).collect()
}

fn number(value: Option<u64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| value.to_string())
}

fn memory(value: Option<u64>, language: Language) -> String {
    value.map_or_else(|| "–".to_owned(), |value| language.memory(Bytes(value)))
}

fn bytes(value: Option<u64>, language: Language) -> String {
    value.map_or_else(|| "–".to_owned(), |value| language.bytes(Bytes(value)).to_string())
}

/// The health of what runs, or else the state.
fn state(row: &Row, language: Language) -> String {
    let words = &language.words().watch;
    match (row.status, row.health, row.exit_code) {
        (Status::Running, Some(health), _) => (words.health)(health).to_owned(),
        (Status::Exited, _, Some(code)) => format!("{} {code}", (words.status)(row.status)),
        (status, ..) => (words.status)(status).to_owned(),
    }
}

fn rows(model: &Model, words: &WatchWords, language: Language, area: Rect, buffer: &mut Buffer) {
    let columns = columns(words, area.width);
    let taken: usize = columns.iter().map(|column| column.width + 1).sum();
    let name = usize::from(area.width).saturating_sub(taken + 2).max(6);
    let line = |mark: &str, first: &str, cell: &dyn Fn(&Column) -> String| {
        let mut text = format!("{mark}{}", cut(first, name));
        for column in &columns {
            text.push_str(&format!(" {:>width$}", cell(column), width = column.width));
        }
        text
    };
    let title = line(" ", words.service, &|column| column.head.to_owned());
    fill(Rect { height: 1, ..area }, buffer, &title, Style::new().add_modifier(Modifier::UNDERLINED));
    let shown = model.rows();
    for (y, at) in (area.y + 1..area.bottom()).zip(model.cursor.top..shown.len()) {
        let row = shown[at];
        let is_chosen = at == model.cursor.at;
        let text = line(if is_chosen { ">" } else { " " }, &one_line(row.called()), &|column| {
            (column.text)(row, language)
        });
        let style = Style::new().fg(colour(row));
        let style = if is_chosen { style.add_modifier(Modifier::REVERSED) } else { style };
        fill(Rect { y, height: 1, ..area }, buffer, &text, style);
    }
}

fn colour(row: &Row) -> Color {
    #[expect(clippy::cast_precision_loss, reason = "a share of the limit")]
    let share = match (row.figures.working_set, row.limits.memory) {
        (Some(set), Some(limit)) if limit.0 > 0 => set as f64 / limit.0 as f64,
        _ => 0.0,
    };
    match row.health {
        _ if !row.is_running() => Color::DarkGray,
        Some(HealthStatus::Unhealthy) => Color::Red,
        _ if share >= HIGH || row.oom_kills > 0 => Color::Red,
        Some(HealthStatus::Starting) => Color::Yellow,
        _ => Color::Reset,
    }
}

fn details(model: &Model, words: &WatchWords, language: Language, area: Rect, buffer: &mut Buffer) {
    let Some(row) = model.rows().get(model.cursor.at).copied() else { return };
    let title = format!(" {}: {} ({})", words.last_minutes, one_line(row.called()), one_line(&row.name));
    fill(Rect { height: 1, ..area }, buffer, &title, Style::new().add_modifier(Modifier::UNDERLINED));
    let wide = usize::from(area.width).saturating_sub(26).min(super::board::PAST);
    let most = row.limits.memory.map(|limit| limit.0);
    #[expect(clippy::cast_precision_loss, reason = "a height in eight steps")]
    let sets =
        chart(row, wide, most.map(|most| most as f64), |figures| figures.working_set.map(|set| set as f64));
    let cpus = chart(row, wide, Some(CPU), |figures| figures.cpu_percent);
    let limit = most.map(|most| format!("/{}", language.memory(Bytes(most)))).unwrap_or_default();
    let mut lines = vec![
        format!("{:8} {sets} {}{limit}", words.memory, memory(row.figures.working_set, language)),
        format!("{:8} {cpus}", words.cpu),
    ];
    let known = Some(&model.details).filter(|details| details.id == row.id);
    if let Some(probe) = known.and_then(|details| details.probe.as_ref()) {
        lines.push(format!("{}: {probe}", words.probe));
    }
    lines.push(format!("{}:", words.log));
    lines.extend(known.and_then(|details| details.failed.clone()));
    let left = usize::from(area.height).saturating_sub(1 + lines.len());
    let log = known.map_or(&[][..], |details| &details.log[..]);
    lines.extend(log[log.len().saturating_sub(left)..].iter().cloned());
    for (y, text) in (area.y + 1..area.bottom()).zip(lines) {
        fill(Rect { y, height: 1, ..area }, buffer, &format!(" {text}"), Style::new());
    }
}

/// A small chart of the past, of at most a width; samples that are missing are gaps.
fn chart(row: &Row, width: usize, most: Option<f64>, of: fn(&Figures) -> Option<f64>) -> String {
    let values: Vec<Option<f64>> =
        row.past.iter().skip(row.past.len().saturating_sub(width)).map(of).collect();
    let most = values.iter().flatten().copied().chain(most).fold(0.0, f64::max);
    let step = |value: &Option<f64>| match value {
        None => " ",
        Some(_) if most <= 0.0 => STEPS[0],
        Some(value) => {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from zero to seven")]
            let step = (value / most * 7.0).round() as usize;
            STEPS[step.min(STEPS.len() - 1)]
        }
    };
    values.iter().map(step).collect()
}

/// A text of exactly a width: cut, or filled up.
fn cut(text: &str, width: usize) -> String {
    let mut cut: String = text.chars().take(width).collect();
    if text.chars().count() > width {
        cut.pop();
        cut.push('…');
    }
    format!("{cut:width$}")
}
