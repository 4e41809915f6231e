//! The tables that `docker stats`, `nerdctl stats`, `podman stats`, `podman pod stats` and `crictl stats` print for people,
//! on Linux and on Windows.

use plimsoll_snapshot::runtime::{RecordingFormat, Regime, Time, UnitBase};

use super::docker_stats::{is_id, recording};
use crate::memory::identity::Identity;
use crate::memory::printed::{Units, has_decimal_commas, is_blank, memory, others};
use crate::memory::reader::{Reader, Recognition};
use crate::memory::samples::{Framer, Sample};
use crate::memory::text::{Line, lines};
use crate::memory::time;

/// Whether one of the first lines is the head of such a table.
pub(crate) fn is_table(text: &str) -> bool {
    lines(text).take(50).any(|line| Head::of(&line.text).is_some())
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

/// Which program prints a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Docker,
    /// docker for containers of Windows: no limit, and another figure.
    DockerOnWindows,
    Podman,
    Crictl,
}

struct Head {
    columns: Vec<Column>,
    program: Program,
}

impl Head {
    fn of(line: &str) -> Option<Self> {
        let head = time::split_prefix(line).map_or(line, |(_, rest)| rest);
        let names: Vec<_> = cells(head).collect();
        let has = |wanted: &str| names.contains(&wanted);
        let is_crictl = has("MEM") && has("DISK");
        let column = |cell: &&str| match *cell {
            "CONTAINER ID" | "ID" | "CID" => Column::Id,
            "CONTAINER" => Column::Container,
            "NAME" | "NAMES" => Column::Name,
            "CPU %" => Column::Cpu,
            "MEM USAGE / LIMIT" | "MEM USAGE/LIMIT" | "MEM USAGE/ LIMIT" | "MEM USAGE"
            | "PRIV WORKING SET" => Column::Memory,
            "MEM" if is_crictl => Column::Memory,
            "NET I/O" | "NET IO" => Column::Net,
            "BLOCK I/O" | "BLOCK IO" => Column::Block,
            "PIDS" => Column::Pids,
            _ => Column::Other,
        };
        let columns: Vec<_> = names.iter().map(column).collect();
        let names_somebody =
            columns.iter().any(|column| matches!(column, Column::Id | Column::Container | Column::Name));
        let program = if is_crictl {
            Program::Crictl
        } else if has("PRIV WORKING SET") {
            Program::DockerOnWindows
        } else if has("NET IO") || has("BLOCK IO") || has("MEM USAGE/ LIMIT") || has("CID") {
            Program::Podman
        } else {
            Program::Docker
        };
        (columns.contains(&Column::Memory) && names_somebody).then_some(Self { columns, program })
    }
}

/// What is apart by at least two spaces or a tab.
fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split("  ").flat_map(|piece| piece.split('\t')).map(str::trim).filter(|cell| !cell.is_empty())
}

pub(crate) fn read(reader: &mut Reader, text: &str) -> Recognition {
    let mut framer = Framer::default();
    let (mut head, mut program, mut units) = (None, Program::Docker, None);
    for line in lines(text) {
        if line.clears {
            framer.next_frame();
        }
        if let Some(found) = Head::of(&line.text) {
            program = found.program;
            head = Some(found);
            framer.next_frame();
        } else if let Some(time) = time::parse(&line.text) {
            framer.announce(time);
        } else {
            match head.as_ref().ok_or("a line before the head of the table").and_then(|head| row(&line, head))
            {
                // `podman pod stats` of no pod.
                Ok(None) => {}
                Ok(Some(row)) => {
                    units = units.or(row.units);
                    framer.push(row.who, row.time, row.sample);
                }
                Err(reason) => reader.warn(Some(line.number), reason),
            }
        }
    }
    let mut samples = framer.finish();
    let (format, kind) = match program {
        Program::Docker => (RecordingFormat::DockerStats, "docker stats, table"),
        Program::DockerOnWindows => (RecordingFormat::DockerStats, "docker stats, table of Windows"),
        Program::Podman => (RecordingFormat::PodmanStats, "podman stats, table"),
        Program::Crictl => (RecordingFormat::CrictlStats, "crictl stats, table"),
    };
    let mut about = recording(&reader.input.file, format);
    (about.frames, about.times) = (samples.recording.frames, samples.recording.times.take());
    if about.times.is_none() {
        about.quality.timestamps = samples.recording.quality.timestamps;
    }
    if let Some(units) = units {
        Units::describe(units, &mut about);
    }
    match program {
        Program::Docker => {}
        Program::DockerOnWindows => about.regime = Regime::PrivateWorkingSet,
        // Which figure podman prints depends on its version.
        Program::Podman => (about.regime, about.quality.base) = (Regime::Unknown, UnitBase::Decimal),
        // Container runtimes give Kubernetes the working set (CRI, `WorkingSetBytes`).
        Program::Crictl => about.regime = Regime::UsageMinusInactiveFile,
    }
    samples.recording = about;
    reader.input.format = kind;
    reader.input.samples.push(samples);
    Recognition::Yes
}

struct Row {
    time: Option<Time>,
    who: Identity,
    sample: Sample,
    units: Option<Units>,
}

/// Reads a line; none if it states that there is no container.
fn row(line: &Line<'_>, head: &Head) -> Result<Option<Row>, &'static str> {
    let (time, text) =
        time::split_prefix(&line.text).map_or((None, &*line.text), |(time, rest)| (Some(time), rest));
    let mut cells: Vec<&str> = cells(text).collect();
    let joined;
    if cells.len() != head.columns.len() {
        joined = single_spaced(text, head.columns.len()).ok_or("not as many columns as the head has")?;
        cells = joined.iter().map(String::as_str).collect();
    }
    if cells.iter().all(|cell| is_blank(cell)) {
        return Ok(None);
    }
    let with_points: Vec<String>;
    if has_decimal_commas(cells.iter().copied()) {
        with_points = cells.iter().map(|cell| cell.replace(',', ".")).collect();
        let is_figure = |column: Column| !matches!(column, Column::Id | Column::Container | Column::Name);
        for (at, cell) in with_points.iter().enumerate().filter(|(at, _)| is_figure(head.columns[*at])) {
            cells[at] = cell;
        }
    }
    let cell = |wanted| {
        let at = head.columns.iter().position(|&column| column == wanted);
        at.and_then(|at| cells.get(at).copied()).filter(|cell| !is_blank(cell))
    };
    let called = cell(Column::Container);
    let id = cell(Column::Id).or(called.filter(|called| is_id(called))).map(ToOwned::to_owned);
    let name = cell(Column::Name).or(called.filter(|called| !is_id(called)));
    // A name that is cut short identifies no container, and an ID is enough.
    let is_cut = |name: &&str| name.ends_with('…') || name.ends_with("...");
    let name = name.filter(|name| id.is_none() || !is_cut(name)).map(ToOwned::to_owned);
    if id.is_none() && name.is_none() {
        return Err("neither an ID nor a name");
    }
    let mut sample = Sample::default();
    let amount = cell(Column::Memory);
    if let Some(text) = amount {
        memory(&mut sample, text)?;
    }
    let text = |column| cell(column).unwrap_or_default();
    others(&mut sample, text(Column::Cpu), text(Column::Net), text(Column::Block), text(Column::Pids));
    let who = Identity { id, name, ..Identity::default() };
    Ok(Some(Row { time, who, sample, units: amount.and_then(Units::of) }))
}

/// A row whose spaces were squeezed on its way through a chat: `342MiB / 1GiB` is three words of one cell.
fn single_spaced(text: &str, columns: usize) -> Option<Vec<String>> {
    let mut words = text.split_whitespace().peekable();
    let mut cells = Vec::new();
    while let Some(word) = words.next() {
        let mut cell = word.to_owned();
        // Old versions put a space between the number and its unit.
        let is_unit =
            |word: &&str| matches!(word.to_ascii_lowercase().as_str(), "b" | "kb" | "mb" | "gb" | "tb");
        if let Some(unit) = words.next_if(is_unit) {
            cell.push(' ');
            cell.push_str(unit);
        }
        if words.next_if_eq(&"/").is_some() {
            cell.push_str(" / ");
            cell.push_str(words.next()?);
            cell.extend(words.next_if(is_unit));
        }
        cells.push(cell);
        if cells.len() > columns {
            return None;
        }
    }
    (cells.len() == columns).then_some(cells)
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::runtime::{Column, Metric, Recording, Regime};

    use crate::memory::{RuntimeBuilder, Surroundings, read};

    fn recording(text: &str) -> (Recording, usize) {
        let input = read("table", text.as_bytes(), &Surroundings::NONE).unwrap();
        let mut builder = RuntimeBuilder::new();
        builder.add(input);
        let mut runtime = builder.finish();
        (runtime.recordings.remove(0), runtime.warnings.len())
    }

    /// The working sets of the first series, with the frames and the warnings.
    fn check(text: &str, expected: &[Option<u64>], frames: u32, warnings: usize) {
        let (recording, warned) = recording(text);
        let column = recording.series.first().and_then(|series| series.columns.get(&Metric::WorkingSet));
        assert_eq!(column.cloned().unwrap_or_default(), Column::from(expected.to_vec()), "{text}");
        assert_eq!((recording.frames, warned), (frames, warnings), "{text}");
    }

    const MIB: u64 = 1 << 20;
    const HEAD: &str = "CONTAINER ID   NAME   CPU %   MEM USAGE / LIMIT   MEM %   NET I/O   BLOCK I/O   PIDS";

    #[test]
    fn tables_of_several_ages_are_read() {
        let row = "f2ac88aabab9   web   0.03%   12MiB / 1GiB   1.2%   1e+03kB / 0B   0B / 0B   7";
        check(&format!("{HEAD}\n{row}"), &[Some(12 * MIB)], 1, 0);
        check(&format!("{HEAD}\n{row}\n{HEAD}\n{row}"), &[Some(12 * MIB); 2], 2, 0);
        check(&format!("$ docker stats\n{HEAD}\n{}", row.replace("   ", " ")), &[Some(12 * MIB)], 1, 1);
        check(&format!("{HEAD}\nf2ac88aabab9   --   --   -- / --   --   --   --   --"), &[], 1, 0);
        let old = "CONTAINER  CPU %  MEM USAGE / LIMIT  MEM %\n0123456789ab  0.1%  284.3 MB / 16.66 GB  1.7%";
        check(old, &[Some(284_300_000)], 1, 0);
        let squeezed = old.lines().nth(1).unwrap().replace("  ", " ");
        check(&format!("{}\n{squeezed}", old.lines().next().unwrap()), &[Some(284_300_000)], 1, 0);
    }

    #[test]
    fn other_columns_say_nothing_of_what_memory_counts() {
        let regime = |memory: &str, net: &str, block: &str| {
            let row = format!("f2ac88aabab9   web   0.03%   {memory}   1.2%   {net}   {block}   7");
            recording(&format!("{HEAD}\n{row}")).0.regime
        };
        for io in ["0B / 0B", "812kB / 640kB", "1.21MB / 955kB", "4.22GB / 1.5TB", "1e+03kB / 2.1PB"] {
            assert_eq!(regime("12MiB / 1GiB", io, "0B / 0B"), Regime::UsageMinusInactiveFile, "{io}");
            assert_eq!(regime("12MiB / 1GiB", "0B / 0B", io), Regime::UsageMinusInactiveFile, "{io}");
            assert_eq!(regime("284.3 MB / 16.66 GB", io, io), Regime::UsageMinusCache, "{io}");
            assert_eq!(regime("22.08MB / 67.11MB", io, io), Regime::Unknown, "{io}");
        }
    }

    #[test]
    fn containers_of_windows_have_another_figure_and_no_limit() {
        let head = "CONTAINER ID   NAME   CPU %   PRIV WORKING SET   NET I/O   BLOCK I/O";
        let text = format!("{head}\n1a2b3c4d5e6f   web   0.00%   31.27MiB   1.2kB / 3MB   0B / 0B");
        check(&text, &[Some(32_788_971)], 1, 0);
        let (recording, _) = recording(&text);
        assert_eq!(recording.regime, Regime::PrivateWorkingSet);
        assert!(!recording.series[0].columns.contains_key(&Metric::Limit));
    }

    #[test]
    fn pods_of_podman_and_crictl_have_tables_of_their_own() {
        let pods = "POD           CID           NAME    CPU %  MEM USAGE/ LIMIT   MEM %  NET IO         BLOCK IO     PIDS\n\
            5b4bd7a01bf1  2fb4f7de0f41  web     0.2%   22.08MB / 67.11MB  32.9%  1.1kB / 540B   -- / --      1";
        check(pods, &[Some(22_080_000)], 1, 0);
        assert_eq!(recording(pods).0.regime, Regime::Unknown);
        check(
            "POD   CID   NAME   CPU %   MEM USAGE/ LIMIT   MEM %   NET IO   BLOCK IO   PIDS\n--   --   --   --   --   --   --   --   --",
            &[],
            0,
            0,
        );
        let crictl = "CONTAINER           NAME      CPU %     MEM        DISK       INODES\n\
            2fb4f7de0f412       web       0.02      12.3MB     45.06kB    14";
        check(crictl, &[Some(12_300_000)], 1, 0);
        assert_eq!(recording(crictl).0.regime, Regime::UsageMinusInactiveFile);
    }

    #[test]
    fn commas_of_other_locales_are_read_where_they_are_no_thousands() {
        let row = |memory: &str, cpu: &str| {
            format!("{HEAD}\nf2ac88aabab9   a,b   {cpu}   {memory}   1   1kB / 0B   0B / 0B   7")
        };
        check(&row("12,5MiB / 1GiB", "0,03%"), &[Some(12 * MIB + MIB / 2)], 1, 0);
        check(&row("9,766GiB / 16GiB", "0,03%"), &[Some(10_486_162_653)], 1, 0);
        check(&row("1,024MiB / 16GiB", "0.03%"), &[], 0, 1);
    }

    #[test]
    fn a_name_that_is_cut_short_gives_way_to_the_id() {
        let row = "f2ac88aabab9   a-long-na…   0.03%   12MiB / 1GiB   1.2%   1kB / 0B   0B / 0B   7";
        let input = read("table", format!("{HEAD}\n{row}").as_bytes(), &Surroundings::NONE).unwrap();
        assert_eq!(input.samples[0].containers[0].name, None);
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
