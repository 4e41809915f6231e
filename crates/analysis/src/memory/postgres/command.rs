//! The command of a PostgreSQL container with other settings, and with every word kept that is not replaced.
//!
//! Compose replaces a command as a whole: a word that is left out is gone, be it `ssl=on` or the path of `hba_file`. So
//! a line is changed only if all of it is understood.

use serde::Serialize;

use super::super::argv::Argv;
use super::super::server::image;
use super::super::stack::StackService;
use super::options::{self, PgOption};

/// More words are cut off where a command is recorded.
const MAX_WORDS: usize = 1000;
/// What stands for something that must not be shown.
const REMOVED: char = '…';

/// Why the command of a service must not be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CommandRefusal {
    /// A part of it was left out of the recording, as it may be a secret.
    Redacted,
    /// It is too long to be recorded as a whole.
    TooLong,
    /// It is not one of PostgreSQL's own.
    NotUnderstood,
    /// Nothing tells its entrypoint from its command.
    EntrypointUnknown,
    /// The command contains variables.
    Variables,
    /// It holds characters that cannot be written to a file.
    Unwritable,
    /// Nothing says what it runs, and its image is not one whose command is known.
    Unknown,
}

/// What starts a server: all words, and where the options of PostgreSQL begin.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    words: Vec<String>,
    /// How many of the words are the entrypoint, which an override leaves alone.
    entrypoint: usize,
    /// Where the options begin in `words`.
    first: usize,
    options: Vec<PgOption>,
}

impl Line {
    /// The line of a service, or why it must not be changed.
    pub(super) fn of(service: &StackService<'_>) -> Result<Self, CommandRefusal> {
        let (argv, default) = (argv(service)?, is_official(service));
        Self::parse(&argv, default)
    }

    fn parse(argv: &Argv, is_official: bool) -> Result<Self, CommandRefusal> {
        let entrypoint = argv.entrypoint.clone().unwrap_or_default();
        let words: Vec<String> = entrypoint.iter().chain(&argv.command).cloned().collect();
        if words.iter().any(|word| word.contains(REMOVED)) {
            return Err(CommandRefusal::Redacted);
        }
        if words.len() >= MAX_WORDS {
            return Err(CommandRefusal::TooLong);
        }
        let (first, starts) = start(&words).ok_or(CommandRefusal::NotUnderstood)?;
        match starts {
            // Without a word that names it, only the entrypoint of the official image starts the server.
            Starts::ByEntrypoint => {}
            Starts::Nothing if is_official && argv.is_planned && entrypoint.is_empty() => {}
            Starts::Nothing => return Err(CommandRefusal::NotUnderstood),
            Starts::ByName => {}
        }
        // Where the entrypoint is not known, its words would be doubled or lost. A file seldom has one.
        if argv.entrypoint.is_none() && !(argv.is_planned && first == 1) {
            return Err(CommandRefusal::EntrypointUnknown);
        }
        let options = options::parse(&words[first..]).ok_or(CommandRefusal::NotUnderstood)?;
        if argv.is_planned && words.iter().any(|word| word.contains('$')) {
            return Err(CommandRefusal::Variables);
        }
        if words.iter().any(|word| word.chars().any(is_invisible)) {
            return Err(CommandRefusal::Unwritable);
        }
        Ok(Self { words, entrypoint: entrypoint.len(), first, options })
    }

    /// What the line sets a parameter to; the last one counts.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let sets = self.options.iter().rev().filter_map(|option| option.sets.as_ref());
        sets.into_iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The command with these settings, and with all other words as they were, in their order.
    pub(super) fn with(&self, settings: &[(&str, String)]) -> Vec<String> {
        let is_replaced = |option: &&PgOption| {
            option.sets.as_ref().is_some_and(|(name, _)| settings.iter().any(|(set, _)| set == name))
        };
        let mut is_kept = vec![true; self.words.len()];
        for option in self.options.iter().filter(is_replaced) {
            option.words.clone().for_each(|at| is_kept[self.first + at] = false);
        }
        // What the entrypoint sets stays, and what comes later counts.
        let words = self.words.iter().zip(is_kept).skip(self.entrypoint);
        let kept = words.filter(|(_, is_kept)| *is_kept).map(|(word, _)| word.clone());
        let set = settings.iter().flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]);
        kept.chain(set).collect()
    }
}

/// The words that start a service: as its file says, else as it runs, else as its image is known to.
fn argv(service: &StackService<'_>) -> Result<Argv, CommandRefusal> {
    let running = Argv::running(service);
    if let Some(mut planned) = Argv::planned(service) {
        if planned.entrypoint.as_ref().is_some_and(Vec::is_empty) {
            // A file without an entrypoint leaves the one of the image.
            if let Some(known) = running.and_then(|running| running.entrypoint) {
                planned.entrypoint = Some(known);
            }
        }
        return Ok(planned);
    }
    if let Some(running) = running {
        return Ok(running);
    }
    if is_official(service) {
        let word = |word: &str| vec![word.to_owned()];
        let (entrypoint, command) = (Some(word("docker-entrypoint.sh")), word("postgres"));
        return Ok(Argv { entrypoint, command, is_planned: true });
    }
    Err(CommandRefusal::Unknown)
}

/// Whether its image is the official one, or is made of it and starts in the same way.
fn is_official(service: &StackService<'_>) -> bool {
    let Some(reference) = image(service) else { return false };
    let path = reference.split('@').next().unwrap_or(reference);
    let path = match path.rsplit_once(':') {
        Some((path, tag)) if !tag.contains('/') => path,
        _ => path,
    };
    let path = path.strip_prefix("docker.io/").unwrap_or(path);
    ["postgres", "pgvector/pgvector", "postgis/postgis", "timescale/timescaledb"].contains(&path)
        || path == "library/postgres"
        || path.ends_with("/library/postgres")
}

/// How a line starts the server.
enum Starts {
    /// `postgres` stands in it.
    ByName,
    /// The script of the official image starts it where options come first.
    ByEntrypoint,
    /// The command consists of options only.
    Nothing,
}

/// Where the options of PostgreSQL begin. Only programs that run the rest of the line as it stands may come before.
fn start(words: &[String]) -> Option<(usize, Starts)> {
    let mut at = 0;
    let mut starts = Starts::Nothing;
    while let Some(word) = words.get(at) {
        match word.rsplit('/').next().unwrap_or(word) {
            "postgres" | "postmaster" => return Some((at + 1, Starts::ByName)),
            "docker-entrypoint.sh" => {
                starts = Starts::ByEntrypoint;
                at += 1;
            }
            // Init programs, with their options.
            "tini" | "tini-static" | "dumb-init" | "catatonit" | "docker-init" => {
                at += 1;
                while words
                    .get(at)
                    .is_some_and(|word| matches!(word.as_str(), "--" | "-g" | "-s" | "-v" | "-w"))
                {
                    at += 1;
                }
            }
            // Programs that change the user, who is named next.
            "gosu" | "su-exec" if words.len() > at + 2 => at += 2,
            _ if word.starts_with('-') => return Some((at, starts)),
            _ => return None,
        }
    }
    None
}

/// Whether a character has no visible form, so that a file with it would not show what it does.
fn is_invisible(sign: char) -> bool {
    sign.is_control()
        || matches!(sign, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argv(entrypoint: Option<&[&str]>, command: &[&str]) -> Argv {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Argv { entrypoint: entrypoint.map(owned), command: owned(command), is_planned: false }
    }

    /// The command with `work_mem=4MB`; none if it must not be changed.
    fn check(entrypoint: Option<&[&str]>, command: &[&str], expected: Option<&[&str]>) {
        let line = Line::parse(&argv(entrypoint, command), false).ok();
        let found = line.map(|line| line.with(&[("work_mem", "4MB".to_owned())]));
        let expected = expected.map(|words| {
            let words = words.iter().chain(&["-c", "work_mem=4MB"]);
            words.map(|word| (*word).to_owned()).collect::<Vec<_>>()
        });
        assert_eq!(found, expected, "{entrypoint:?} {command:?}");
    }

    const ENTRY: Option<&[&str]> = Some(&["docker-entrypoint.sh"]);

    #[test]
    fn every_word_that_is_not_replaced_is_kept_in_order() {
        check(
            ENTRY,
            &["postgres", "-c", "ssl=on", "-c", "work_mem=64MB", "-c", "hba_file=/etc/hba.conf"],
            Some(&["postgres", "-c", "ssl=on", "-c", "hba_file=/etc/hba.conf"]),
        );
        check(
            ENTRY,
            &["postgres", "-cwork_mem=1MB", "--work-mem=2MB", "-S", "1024", "-p", "5433", "--ssl=on"],
            Some(&["postgres", "-p", "5433", "--ssl=on"]),
        );
        check(ENTRY, &["-c", "ssl=on", "-c", "WORK_MEM=1MB"], Some(&["-c", "ssl=on"]));
        check(
            ENTRY,
            &["postgres", "-c", "config_file=/etc/postgresql.conf", "-c", "log_line_prefix=%m 'x' "],
            Some(&["postgres", "-c", "config_file=/etc/postgresql.conf", "-c", "log_line_prefix=%m 'x' "]),
        );
        check(
            Some(&[]),
            &["tini", "-g", "--", "docker-entrypoint.sh", "postgres", "-il"],
            Some(&["tini", "-g", "--", "docker-entrypoint.sh", "postgres", "-il"]),
        );
        check(
            Some(&["tini", "--"]),
            &["gosu", "postgres", "/usr/lib/postgresql/16/bin/postgres", "-D", "/data"],
            Some(&["gosu", "postgres", "/usr/lib/postgresql/16/bin/postgres", "-D", "/data"]),
        );
        // The entrypoint stays as it is; what comes later counts.
        check(Some(&["docker-entrypoint.sh", "postgres", "-c", "work_mem=1GB"]), &[], Some(&[]));
        check(Some(&["postgres"]), &["-c", "ssl=on"], Some(&["-c", "ssl=on"]));
        check(None, &["docker-entrypoint.sh", "postgres"], None);
        check(None, &["postgres", "-c", "ssl=on"], None);
    }

    #[test]
    fn what_is_not_understood_is_not_changed() {
        for command in [
            &["sh", "-c", "exec postgres -c ssl=on"][..],
            &["/start.sh", "postgres"],
            &["postgres", "-c", "ssl"],
            &["postgres", "--", "x"],
            &["postgres", "-c", "ssl=on", "&&", "x"],
            &["postgres", "-c", "primary_conninfo=password=…"],
            &["postgres", "-c", "a=b\nc"],
            &["postgres", "-c", "a=\u{202e}b"],
            &["postgres", "--single"],
            &["env", "A=b", "postgres"],
            &["nice", "-n", "5", "postgres"],
            &["run.sh"],
            &[],
        ] {
            check(ENTRY, command, None);
        }
        check(Some(&["/opt/bitnami/scripts/postgresql/entrypoint.sh"]), &["postgres"], None);
        check(Some(&["sh", "-c"]), &["postgres", "-c", "ssl=on"], None);
        check(Some(&[]), &["-c", "ssl=on"], None);
        let planned = Argv { is_planned: true, ..argv(ENTRY, &["postgres", "-c", "port=${PORT}"]) };
        assert_eq!(Line::parse(&planned, true), Err(CommandRefusal::Variables));
    }
}
