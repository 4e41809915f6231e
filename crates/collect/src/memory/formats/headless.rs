//! Rows of `docker stats` without a head, as a format of the user's own prints them: `web: 12.5MiB / 1GiB`.

use plimsoll_snapshot::runtime::RecordingFormat;

use super::docker_stats::{is_id, recording};
use crate::memory::identity::Identity;
use crate::memory::printed::{Units, memory};
use crate::memory::reader::{Reader, Recognition};
use crate::memory::samples::{Framer, Sample};
use crate::memory::text::lines;
use crate::memory::time;

/// Whether the first lines are such rows, and nothing else.
pub(crate) fn is_rows(text: &str) -> bool {
    let mut first = lines(text).filter(|line| time::parse(&line.text).is_none()).take(20).peekable();
    first.peek().is_some() && first.all(|line| row(&line.text).is_some())
}

pub(crate) fn read(reader: &mut Reader, text: &str) -> Recognition {
    reader.input.format = "docker stats, rows without a head";
    let mut framer = Framer::new(recording(&reader.input.file, RecordingFormat::DockerStats));
    for line in lines(text) {
        if line.clears {
            framer.next_frame();
        }
        if let Some(time) = time::parse(&line.text) {
            framer.announce(time);
            continue;
        }
        match row(&line.text) {
            Some((time, who, sample)) => framer.push(who, time, sample),
            None => reader.warn(Some(line.number), "neither a name nor an amount of memory and its limit"),
        }
    }
    reader.input.samples.push(framer.finish());
    Recognition::Yes
}

type Row = (Option<plimsoll_snapshot::runtime::Time>, Identity, Sample);

/// A name in front, and the first pair of amounts in binary units: traffic is printed in decimal ones.
fn row(line: &str) -> Option<Row> {
    let (time, text) = time::split_prefix(line).map_or((None, line), |(time, rest)| (Some(time), rest));
    let (left, right) = text.split_once(" / ")?;
    let is_between = |sign: char| sign.is_whitespace() || matches!(sign, ',' | ';' | '|' | ':' | '=');
    let limit = right.split(is_between).next()?;
    let start = left.trim_end().rfind(is_between)?;
    let (before, used) = left.split_at(start + 1);
    let pair = format!("{} / {limit}", used.trim());
    if Units::of(&pair) != Some(Units::Binary) {
        return None;
    }
    let mut words = before.split(is_between).filter(|word| !word.is_empty() && !word.ends_with('%'));
    let first = words.next()?;
    let is_name =
        |word: &str| word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    let (id, name) = match words.next() {
        Some(second) if is_id(first) => (Some(first), Some(second)),
        None if is_id(first) => (Some(first), None),
        None => (None, Some(first)),
        Some(_) => return None,
    };
    let mut sample = Sample::default();
    memory(&mut sample, &pair).ok()?;
    if !name.is_none_or(is_name) || words.next().is_some() {
        return None;
    }
    let who = Identity { id: id.map(str::to_owned), name: name.map(str::to_owned), ..Identity::default() };
    Some((time, who, sample))
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::runtime::Metric;

    use super::*;

    fn check(line: &str, name: Option<&str>, used: u64) {
        let (_, who, sample) = row(line).unwrap_or_else(|| panic!("{line}"));
        assert_eq!((who.name.as_deref(), &sample.values[0]), (name, &(Metric::WorkingSet, used)), "{line}");
    }

    #[test]
    fn rows_of_own_formats_are_read() {
        const MIB: u64 = 1 << 20;
        check("web: 12MiB / 1GiB", Some("web"), 12 * MIB);
        check("web\t0.03%\t12MiB / 1GiB", Some("web"), 12 * MIB);
        check("web,12MiB / 1GiB,0.03%", Some("web"), 12 * MIB);
        check("1a2b3c4d5e6f web 0.03% 12MiB / 1GiB 1.2% 1kB / 2kB", Some("web"), 12 * MIB);
        check("2026-11-22T16:38:51Z web 12MiB / 1GiB", Some("web"), 12 * MIB);
        for line in
            ["web 1.2kB / 3MB", "a sentence about 12MiB / 1GiB", "12MiB / 1GiB", "web 12MiB", "path: /a / b"]
        {
            assert!(row(line).is_none(), "{line}");
        }
        assert!(is_rows("web 1MiB / 2MiB\n2026-11-22T16:38:51Z\ndb 1MiB / 2MiB\n"));
        assert!(!is_rows("web 1MiB / 2MiB\nservices:\n") && !is_rows(""));
    }
}
