//! Settings of PostgreSQL: what `psql` prints for `SHOW ALL` or of `pg_settings`, and `postgresql.conf`.
//!
//! Only parameters of memory, storage and parallel work are kept: others may hold passwords, as `primary_conninfo` does.

use plimsoll_snapshot::runtime::{ServerSettings, SettingsSource};

use crate::memory::input::SourceSettings;
use crate::memory::observed::named_by;
use crate::memory::reader::{Reader, Recognition};
use crate::memory::text::lines;

/// The parameters that are kept, in order.
const KEPT: &[&str] = &[
    "autovacuum_max_workers",
    "autovacuum_work_mem",
    "checkpoint_completion_target",
    "default_statistics_target",
    "effective_cache_size",
    "effective_io_concurrency",
    "hash_mem_multiplier",
    "huge_pages",
    "io_method",
    "io_workers",
    "jit",
    "maintenance_work_mem",
    "max_connections",
    "max_parallel_maintenance_workers",
    "max_parallel_workers",
    "max_parallel_workers_per_gather",
    "max_wal_senders",
    "max_wal_size",
    "max_worker_processes",
    "min_wal_size",
    "random_page_cost",
    "reserved_connections",
    "server_version",
    "shared_buffers",
    "superuser_reserved_connections",
    "temp_buffers",
    "wal_buffers",
    "wal_compression",
    "wal_level",
    "work_mem",
];

/// The version of the server.
const VERSION: &str = "server_version";

/// The first line of the file that comes with PostgreSQL, in which everything may be commented out.
const SAMPLE: &str = "# PostgreSQL configuration file";
/// What names other files in a configuration file.
const INCLUDES: [&str; 3] = ["include", "include_if_exists", "include_dir"];
/// How much of a file is looked at to recognise it.
const LOOKED_AT: usize = 400;

/// Whether `psql` printed it.
pub(crate) fn is_printed(text: &str) -> bool {
    lines(text).take(LOOKED_AT).any(|line| row(&line.text).is_some_and(|row| is_head(&row)))
        || rows_without_head(text)
}

/// With `-t`, there is no head: then every line is a row, and some name a parameter.
fn rows_without_head(text: &str) -> bool {
    let mut rows =
        lines(text).take(LOOKED_AT).map(|line| row(&line.text).map(|row| is_kept(row[0]))).peekable();
    rows.peek().is_some_and(Option::is_some) && {
        let rows: Option<Vec<bool>> = rows.collect();
        rows.is_some_and(|rows| rows.contains(&true))
    }
}

/// Whether it is a configuration file.
pub(crate) fn is_file(text: &str) -> bool {
    if lines(text).take(3).any(|line| line.text.starts_with(SAMPLE)) {
        return true;
    }
    let mut known = false;
    lines(text).take(LOOKED_AT).all(|line| match assignment(&line.text) {
        Ok(Some((name, _))) => {
            known |= is_kept(&name);
            true
        }
        Ok(None) => true,
        Err(_) => false,
    }) && known
}

pub(crate) fn read_printed(reader: &mut Reader, text: &str) -> Recognition {
    reader.input.format = "settings of PostgreSQL";
    let mut settings = settings(reader, SettingsSource::Server);
    let mut columns = Columns::default();
    for line in lines(text) {
        let Some(row) = row(&line.text) else { continue };
        if is_head(&row) {
            columns = Columns::of(&row);
        } else if let Some((name, value)) = columns.value(&row) {
            keep(&mut settings, name, value);
        }
    }
    finish(reader, settings)
}

pub(crate) fn read_file(reader: &mut Reader, text: &str) -> Recognition {
    reader.input.format = "postgresql.conf";
    let mut settings = settings(reader, SettingsSource::File);
    for line in lines(text) {
        match assignment(&line.text) {
            Ok(None) => {}
            Ok(Some((name, _))) if INCLUDES.contains(&&*name) => {
                reader.warn(
                    Some(line.number),
                    "it includes another file, which is not read: give that file, too",
                );
            }
            Ok(Some((name, value))) => keep(&mut settings, &name, value),
            Err(reason) => reader.warn(Some(line.number), reason),
        }
    }
    finish(reader, settings)
}

fn settings(reader: &Reader, source: SettingsSource) -> ServerSettings {
    ServerSettings { file: reader.input.file.clone(), source, ..ServerSettings::default() }
}

fn finish(reader: &mut Reader, settings: ServerSettings) -> Recognition {
    let who = named_by(&reader.input.file);
    reader.input.settings.push(SourceSettings { who, settings });
    Recognition::Yes
}

/// Keeps a parameter if it is one that counts; the last value of several does.
fn keep(settings: &mut ServerSettings, name: &str, value: String) {
    let name = name.to_ascii_lowercase();
    // `16.4 (Debian 16.4-1.pgdg120+1)`: the version alone.
    let value = if name == VERSION { value.split(' ').next().unwrap_or_default().to_owned() } else { value };
    if is_kept(&name) && value.len() <= LONGEST && !value.chars().any(char::is_control) {
        settings.values.insert(name, value);
    }
}

/// No value that is kept is longer.
const LONGEST: usize = 100;

fn is_kept(name: &str) -> bool {
    KEPT.binary_search(&name.to_ascii_lowercase().as_str()).is_ok()
}

/// The fields of a row: between bars, or of CSV. A name of a parameter comes first.
fn row(line: &str) -> Option<Vec<&str>> {
    let separator = if line.contains('|') { '|' } else { ',' };
    let fields: Vec<&str> = line.split(separator).map(|field| field.trim().trim_matches('"')).collect();
    (fields.len() >= 2 && is_name(fields[0])).then_some(fields)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_')
        && text.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.'))
}

fn is_head(row: &[&str]) -> bool {
    row[0] == "name" && row.contains(&"setting")
}

/// Where the columns lie.
struct Columns {
    setting: usize,
    unit: Option<usize>,
}

impl Default for Columns {
    fn default() -> Self {
        Self { setting: 1, unit: None }
    }
}

impl Columns {
    fn of(head: &[&str]) -> Self {
        let place = |name| head.iter().position(|field| *field == name);
        Self { setting: place("setting").unwrap_or(1), unit: place("unit") }
    }

    fn value<'a>(&self, row: &[&'a str]) -> Option<(&'a str, String)> {
        let setting = *row.get(self.setting)?;
        let unit = self.unit.and_then(|unit| row.get(unit).copied()).unwrap_or_default();
        Some((row[0], with_unit(setting, unit)))
    }
}

/// A value of `pg_settings`, which counts in its unit, as `SHOW` prints it: 16384 of `8kB` are `128MB`.
fn with_unit(setting: &str, unit: &str) -> String {
    const LARGER: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let digits = unit.bytes().take_while(u8::is_ascii_digit).count();
    let (factor, mut unit) = unit.split_at(digits);
    let count = setting.parse::<u64>().ok().filter(|count| *count > 0 && !unit.is_empty());
    let Some(mut count) = count.and_then(|count| count.checked_mul(factor.parse().unwrap_or(1))) else {
        return setting.to_owned();
    };
    for (smaller, larger) in LARGER.iter().zip(&LARGER[1..]) {
        if unit == *smaller && count.is_multiple_of(1024) {
            (count, unit) = (count / 1024, larger);
        }
    }
    format!("{count}{unit}")
}

/// `name = 'value' # comment` (PostgreSQL documentation, 19.1.2); none for an empty line or a comment.
fn assignment(line: &str) -> Result<Option<(String, String)>, &'static str> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let end = line.find(|sign: char| sign == '=' || sign.is_whitespace()).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    if !is_name(name) {
        return Err("neither a parameter nor a comment");
    }
    let (value, rest) = match rest.strip_prefix('\'') {
        Some(quoted) => quoted_value(quoted).ok_or("a quoted value that does not end")?,
        None => {
            let end = rest.find(|sign: char| sign == '#' || sign.is_whitespace()).unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        }
    };
    let rest = rest.trim_start();
    if value.is_empty() && rest.is_empty() || !(rest.is_empty() || rest.starts_with('#')) {
        return Err("a parameter without one value");
    }
    Ok(Some((name.to_ascii_lowercase(), value)))
}

/// The text up to the closing quote, and what follows. A quote inside is doubled or stands behind a backslash.
fn quoted_value(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut signs = text.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '\'' if text[at + 1..].starts_with('\'') => value.push(signs.next()?.1),
            '\'' => return Some((value, &text[at + 1..])),
            '\\' => value.push(signs.next()?.1),
            sign => value.push(sign),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{RuntimeBuilder, Surroundings, read};

    fn read_one(name: &str, text: &str) -> ServerSettings {
        let mut builder = RuntimeBuilder::new();
        builder.add(read(name, text.as_bytes(), &Surroundings::NONE).unwrap());
        builder.finish().settings.remove(0)
    }

    fn value<'a>(settings: &'a ServerSettings, name: &str) -> Option<&'a str> {
        settings.values.get(name).map(String::as_str)
    }

    #[test]
    fn the_kept_ones_are_in_order() {
        assert!(KEPT.is_sorted());
    }

    #[test]
    fn what_psql_prints_is_read_in_every_form() {
        let aligned = "          name          |  setting  |  description\n\
            ------------------------+-----------+--------------\n \
            max_connections        | 100       | Sets the maximum number of | connections.\n \
            primary_conninfo       | password=secret | Sets it.\n \
            server_version         | 16.4 (Debian 16.4-1.pgdg120+1) | Shows it.\n \
            shared_buffers         | 128MB     | Sets it.\n(4 rows)\n";
        let unaligned = "name|setting|description\nmax_connections|100|a\nshared_buffers|128MB|b\n(2 rows)\n";
        let csv = "name,setting,description\nmax_connections,100,\"a, b\"\nshared_buffers,128MB,c\n";
        let bare = " max_connections | 100 | a\n shared_buffers | 128MB | b\n";
        let typed = "psql (16.4)\napp=# SHOW ALL;\n name | setting | description\n---+---+---\n \
            max_connections | 100 | a\n shared_buffers | 128MB | b\n(2 rows)\n\napp=# ";
        for text in [aligned, unaligned, csv, bare, typed] {
            let settings = read_one("db.settings.txt", text);
            assert_eq!((&*settings.service, settings.source), ("db", SettingsSource::Server), "{text}");
            assert_eq!(value(&settings, "max_connections"), Some("100"), "{text}");
            assert_eq!(value(&settings, "shared_buffers"), Some("128MB"), "{text}");
            assert_eq!(value(&settings, "primary_conninfo"), None);
        }
        assert_eq!(value(&read_one("db", aligned), "server_version"), Some("16.4"));
    }

    #[test]
    fn values_of_the_view_count_in_units() {
        let text = "name|setting|unit\nshared_buffers|16384|8kB\nwork_mem|4096|kB\nmax_wal_size|1024|MB\n\
            autovacuum_work_mem|-1|kB\nmax_connections|100|\n";
        let settings = read_one("db", text);
        let values: Vec<&str> = settings.values.values().map(String::as_str).collect();
        assert_eq!(values, ["-1", "100", "1GB", "128MB", "4MB"]);
    }

    #[test]
    fn a_configuration_file_is_read_as_the_server_does() {
        let text = "# comment\nlisten_addresses = '*'\nMax_Connections = 50 # few\nshared_buffers '256MB'\n\
            work_mem=4MB\nwork_mem = 8MB\narchive_command = 'cp %p ''/x y''' # it''s\n#jit = off\n\
            include_if_exists = 'more.conf'\nwal_level = \n";
        let mut builder = RuntimeBuilder::new();
        builder.add(
            read("db.conf", text.replace("wal_level = \n", "").as_bytes(), &Surroundings::NONE).unwrap(),
        );
        let runtime = builder.finish();
        let settings = &runtime.settings[0];
        assert_eq!(settings.source, SettingsSource::File);
        let values: Vec<_> = settings.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(values, ["max_connections=50", "shared_buffers=256MB", "work_mem=8MB"]);
        assert_eq!(runtime.warnings.len(), 1);
        assert!(runtime.warnings[0].reason.contains("includes another file"));
        // A line that is not understood makes it another kind of file, unless it says what it is.
        assert!(read("db.conf", text.as_bytes(), &Surroundings::NONE).is_err());
        let sample = format!("# -----\n{SAMPLE}\n# -----\n{text}");
        assert_eq!(read("db.conf", sample.as_bytes(), &Surroundings::NONE).unwrap().warnings.len(), 2);
    }

    #[test]
    fn other_tables_and_files_are_not_taken() {
        for text in ["a | b\n1 | 2\n", "name,cpu\nweb,1\n", "KEY=value\nOTHER=1\n", "name: x\n", ""] {
            assert!(!is_printed(text) && !is_file(text), "{text:?}");
        }
    }
}
