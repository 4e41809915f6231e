//! The tables that `docker stats`, `nerdctl stats` and `podman stats` print for people.

use plimsoll_snapshot::runtime::{Recording, RecordingFormat, Regime, UnitBase};

use super::docker_stats::{is_id, memory, others, recording};
use super::samples::{Framer, Sample};
use super::text::{Line, lines};
use super::{Found, Identity, Reader, time};

/// Whether one of the first lines is the head of such a table.
pub(crate) fn is_table(text: &str) -> bool {
    lines(text).take(50).any(|line| Columns::of_head(&line.text).is_some())
}

/// What stands in which column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Id,
    /// What the user called it: an ID or a name.
    Container,
    Name,
    Cpu,
    Memory,
    Net,
    Block,
    Pids,
    Other,
}

struct Columns(Vec<Column>);

impl Columns {
    fn of_head(line: &str) -> Option<Self> {
        let head = time::split_prefix(line).map_or(line, |(_, rest)| rest);
        let name = |cell: &str| match cell {
            "CONTAINER ID" | "ID" => Column::Id,
            "CONTAINER" => Column::Container,
            "NAME" | "NAMES" => Column::Name,
            "CPU %" => Column::Cpu,
            "MEM USAGE / LIMIT" | "MEM USAGE/LIMIT" | "MEM USAGE" => Column::Memory,
            "NET I/O" | "NET IO" => Column::Net,
            "BLOCK I/O" | "BLOCK IO" => Column::Block,
            "PIDS" => Column::Pids,
            _ => Column::Other,
        };
        let columns: Vec<_> = cells(head).map(name).collect();
        let names_somebody =
            columns.iter().any(|column| matches!(column, Column::Id | Column::Container | Column::Name));
        (columns.contains(&Column::Memory) && names_somebody).then_some(Self(columns))
    }
}

/// What is apart by at least two spaces or a tab.
fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split("  ").flat_map(|piece| piece.split('\t')).map(str::trim).filter(|cell| !cell.is_empty())
}

pub(crate) fn read(reader: &mut Reader, text: &str) -> Found {
    let mut framer = Framer::new(Recording::default());
    let mut columns = None;
    let (mut is_podman, mut is_decimal) = (false, false);
    for line in lines(text) {
        if line.clears {
            framer.next_frame();
        }
        if let Some(head) = Columns::of_head(&line.text) {
            is_podman |= line.text.contains("NET IO") && !line.text.contains("NET I/O");
            columns = Some(head);
            framer.next_frame();
        } else if let Some(time) = time::parse(&line.text) {
            framer.announce(time);
        } else {
            match columns
                .as_ref()
                .ok_or("a line before the head of the table")
                .and_then(|head| row(&line, head))
            {
                Ok((time, who, sample)) => {
                    is_decimal |= line.text.contains("MB / ") || line.text.contains("GB / ");
                    framer.push(who, time, sample);
                }
                Err(reason) => reader.warn(Some(line.number), reason),
            }
        }
    }
    let mut samples = framer.finish();
    let format = if is_podman { RecordingFormat::PodmanStats } else { RecordingFormat::DockerStats };
    let mut about = recording(&reader.input.file, format);
    (about.frames, about.times) = (samples.recording.frames, samples.recording.times.take());
    if about.times.is_none() {
        about.quality.timestamps = samples.recording.quality.timestamps;
    }
    if is_podman || is_decimal {
        // Which figure podman prints depends on its version; docker printed decimal units when it took away all cache.
        about.regime = if is_podman { Regime::Unknown } else { Regime::UsageMinusCache };
        about.quality.base = UnitBase::Decimal;
    }
    samples.recording = about;
    reader.input.format = if is_podman { "podman stats, table" } else { "docker stats, table" };
    reader.input.samples.push(samples);
    Found::Yes
}

type Row = (Option<plimsoll_snapshot::runtime::Time>, Identity, Sample);

fn row(line: &Line<'_>, columns: &Columns) -> Result<Row, &'static str> {
    let (time, text) =
        time::split_prefix(&line.text).map_or((None, &*line.text), |(time, rest)| (Some(time), rest));
    let mut cells: Vec<&str> = cells(text).collect();
    let joined;
    if cells.len() != columns.0.len() {
        joined = single_spaced(text, columns).ok_or("not as many columns as the head has")?;
        cells = joined.iter().map(String::as_str).collect();
    }
    let cell = |wanted| {
        let at = columns.0.iter().position(|&column| column == wanted);
        at.and_then(|at| cells.get(at).copied()).filter(|cell| !cell.is_empty() && *cell != "--")
    };
    let called = cell(Column::Container);
    let id = cell(Column::Id).or(called.filter(|called| is_id(called))).map(ToOwned::to_owned);
    let name = cell(Column::Name).or(called.filter(|called| !is_id(called))).map(ToOwned::to_owned);
    if id.is_none() && name.is_none() {
        return Err("neither an ID nor a name");
    }
    let mut sample = Sample::default();
    if let Some(text) = cell(Column::Memory) {
        memory(&mut sample, text)?;
    }
    let text = |column| cell(column).unwrap_or_default();
    others(&mut sample, text(Column::Cpu), text(Column::Net), text(Column::Block), text(Column::Pids));
    Ok((time, Identity { id, name, ..Identity::default() }, sample))
}

/// A row whose spaces were squeezed on its way through a chat: `342MiB / 1GiB` is three words of one cell.
fn single_spaced(text: &str, columns: &Columns) -> Option<Vec<String>> {
    let mut words = text.split_whitespace().peekable();
    let mut cells = Vec::new();
    while let Some(word) = words.next() {
        let mut cell = word.to_owned();
        // Old versions put a space between the number and its unit.
        let is_unit =
            |word: &&str| matches!(word.to_ascii_lowercase().as_str(), "b" | "kb" | "mb" | "gb" | "tb");
        cell.extend(words.next_if(is_unit));
        if words.next_if_eq(&"/").is_some() {
            cell.push_str(" / ");
            cell.push_str(words.next()?);
            cell.extend(words.next_if(is_unit));
        }
        cells.push(cell);
        if cells.len() > columns.0.len() {
            return None;
        }
    }
    (cells.len() == columns.0.len()).then_some(cells)
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::runtime::{Column, Metric};

    use crate::memory::{RuntimeBuilder, Surroundings, read};

    /// The working sets of the first series, with the frames and the warnings.
    fn check(text: &str, expected: &[Option<u64>], frames: u32, warnings: usize) {
        let input = read("table", text.as_bytes(), &Surroundings::NONE).unwrap();
        let mut builder = RuntimeBuilder::new();
        builder.add(input);
        let runtime = builder.finish();
        let recording = &runtime.recordings[0];
        let column = recording.series.first().and_then(|series| series.columns.get(&Metric::WorkingSet));
        assert_eq!(column.cloned().unwrap_or_default(), Column(expected.to_vec()), "{text}");
        assert_eq!((recording.frames, runtime.warnings.len()), (frames, warnings), "{text}");
    }

    const MIB: u64 = 1 << 20;

    #[test]
    fn tables_of_several_ages_are_read() {
        let head = "CONTAINER ID   NAME   CPU %   MEM USAGE / LIMIT   MEM %   NET I/O   BLOCK I/O   PIDS";
        let row = "f2ac88aabab9   web   0.03%   12MiB / 1GiB   1.2%   1e+03kB / 0B   0B / 0B   7";
        check(&format!("{head}\n{row}"), &[Some(12 * MIB)], 1, 0);
        check(&format!("{head}\n{row}\n{head}\n{row}"), &[Some(12 * MIB); 2], 2, 0);
        check(&format!("$ docker stats\n{head}\n{}", row.replace("   ", " ")), &[Some(12 * MIB)], 1, 1);
        check(&format!("{head}\nf2ac88aabab9   --   --   -- / --   --   --   --   --"), &[], 1, 0);
        let old = "CONTAINER  CPU %  MEM USAGE / LIMIT  MEM %\n0123456789ab  0.1%  284.3 MB / 16.66 GB  1.7%";
        check(old, &[Some(284_300_000)], 1, 0);
        check(
            &old.replace("  ", " ").replacen(
                "CONTAINER CPU % MEM USAGE / LIMIT MEM %",
                "CONTAINER  CPU %  MEM USAGE / LIMIT  MEM %",
                1,
            ),
            &[Some(284_300_000)],
            1,
            0,
        );
    }

    #[test]
    fn times_between_tables_hold_for_what_follows() {
        let table = "NAME  MEM USAGE / LIMIT\nweb  12MiB / 1GiB";
        let text = format!("2026-11-22T16:38:51Z\n{table}\n2026-11-22T16:38:56Z\n{table}");
        let input = read("table", text.as_bytes(), &Surroundings::NONE).unwrap();
        let times = input.samples[0].recording.times.as_ref().unwrap();
        assert_eq!(times[0].until(times[1]), Some(5000));
    }
}
