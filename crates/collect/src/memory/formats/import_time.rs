//! What Python prints with `-X importtime` or `PYTHONPROFILEIMPORTTIME=1`, alone or in the log of a container.
//!
//! `import time: self [us] | cumulative | imported package`: children come before their parents, indented by two spaces a
//! level (`Python/import.c`).

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::{ImportRun, ImportedModule, Observation, ObservationSource};

use crate::memory::identity::Identity;
use crate::memory::observed::{SourceObservation, named_by};
use crate::memory::reader::{Reader, Recognition};
use crate::memory::text::lines;
use crate::memory::time;

const MARK: &str = "import time:";

/// The most imports of one file.
const MAX_MODULES: usize = 1 << 20;

/// The most interpreters of one file.
const MAX_RUNS: usize = 1024;

/// The longest name of a module.
const MAX_NAME: usize = 1024;

/// Whether some line is one of these.
pub(crate) fn is_log(text: &str) -> bool {
    text.lines().filter(|line| line.contains(MARK)).take(20).any(|line| Row::of(line).is_some())
}

pub(crate) fn read(reader: &mut Reader, text: &str) -> Recognition {
    reader.input.format = "import times of Python";
    let mut logs: BTreeMap<String, Log> = BTreeMap::new();
    let mut modules = 0;
    for line in lines(text) {
        let Some((prefix, _)) = line.text.split_once(MARK) else { continue };
        let Some(row) = Row::of(&line.text) else {
            reader.warn(Some(line.number), "no import time");
            continue;
        };
        let log = logs.entry(container(prefix).to_owned()).or_default();
        match row {
            Row::Head => log.begin(),
            Row::Import(import) if modules < MAX_MODULES => {
                modules += 1;
                log.push(import);
            }
            Row::Import(_) => log.lost += 1,
        }
    }
    for (name, log) in logs {
        let who = if name.is_empty() { named_by(&reader.input.file) } else { Identity::named(&name) };
        let observation = Observation {
            file: reader.input.file.clone(),
            source: ObservationSource::ImportTime,
            from_start: log.has_head,
            lost: log.lost,
            imports: log.runs.into_iter().filter(|run| !run.modules.is_empty()).collect(),
            ..Observation::default()
        };
        if observation.imports.iter().any(|run| run.interleaved) {
            reader.warn(
                None,
                "import times of several processes are mixed: times with everything below are unknown",
            );
        }
        reader.input.observed.push(SourceObservation { who, observation });
    }
    Recognition::Yes
}

/// The imports of one container.
#[derive(Default)]
struct Log {
    runs: Vec<ImportRun>,
    /// Imports whose parents are still under way: their depth and their times with everything below.
    open: Vec<(u32, u64)>,
    has_head: bool,
    lost: u64,
}

impl Log {
    /// Another interpreter starts.
    fn begin(&mut self) {
        self.has_head |= self.runs.is_empty();
        self.open.clear();
        if self.runs.len() < MAX_RUNS {
            self.runs.push(ImportRun::default());
        }
    }

    fn push(&mut self, import: ImportedModule) {
        if self.runs.is_empty() {
            self.runs.push(ImportRun::default());
        }
        let Some(run) = self.runs.last_mut() else { return };
        // What lies below is a level deeper, and takes what the times differ by: each is rounded to a microsecond.
        let below = self.open.iter().rev().take_while(|(depth, _)| *depth > import.depth);
        let (mut count, mut sum, mut skips) = (0, 0_u64, false);
        for &(depth, cumulative) in below {
            count += 1;
            skips |= depth != import.depth + 1;
            sum = sum.saturating_add(cumulative);
        }
        let taken = import.cumulative_us.saturating_sub(import.own_us);
        run.interleaved |= skips || taken.abs_diff(sum) > count as u64 + 2;
        self.open.truncate(self.open.len() - count);
        self.open.push((import.depth, import.cumulative_us));
        run.modules.push(import);
    }
}

enum Row {
    /// The line over the columns, which each interpreter prints once.
    Head,
    Import(ImportedModule),
}

impl Row {
    fn of(line: &str) -> Option<Self> {
        let (_, columns) = line.split_once(MARK)?;
        let mut columns = columns.splitn(3, '|');
        let (own, cumulative, name) = (columns.next()?, columns.next()?, columns.next()?);
        if own.trim() == "self [us]" {
            return Some(Self::Head);
        }
        let module = name.trim();
        if module.is_empty() || module.len() > MAX_NAME || module.contains(char::is_whitespace) {
            return None;
        }
        let indent = name.len() - name.trim_start().len();
        Some(Self::Import(ImportedModule {
            module: module.to_owned(),
            own_us: own.trim().parse().ok()?,
            cumulative_us: cumulative.trim().parse().ok()?,
            depth: u32::try_from(indent.saturating_sub(1) / 2).ok()?,
        }))
    }
}

/// The container in front of a line of `docker compose logs`: `web-1  | …`. Times in front name none.
fn container(prefix: &str) -> &str {
    let Some((name, _)) = prefix.split_once('|') else { return "" };
    let name = name.trim();
    let is_name = |sign: char| sign.is_ascii_alphanumeric() || "_.-".contains(sign);
    if name.chars().all(is_name) && time::parse(name).is_none() { name } else { "" }
}

#[cfg(test)]
mod tests {
    use crate::memory::{RuntimeBuilder, Surroundings, read};

    fn observed(text: &str) -> plimsoll_snapshot::Runtime {
        let mut builder = RuntimeBuilder::new();
        builder.add(read("web.log", text.as_bytes(), &Surroundings::NONE).unwrap());
        builder.finish()
    }

    const LOG: &str = "starting\n\
        import time: self [us] | cumulative | imported package\n\
        import time:       100 |        100 |     a.b\n\
        import time:        50 |        150 |   a\n\
        import time:        25 |        175 | top\n";

    #[test]
    fn imports_keep_their_times_and_depth() {
        let runtime = observed(LOG);
        let seen = &runtime.observed[0];
        assert_eq!((seen.service.as_str(), seen.from_start), ("web", true));
        let run = &seen.imports[0];
        let rows: Vec<_> =
            run.modules.iter().map(|one| (&*one.module, one.own_us, one.cumulative_us, one.depth)).collect();
        assert_eq!(rows, [("a.b", 100, 100, 2), ("a", 50, 150, 1), ("top", 25, 175, 0)]);
        assert!(!run.interleaved && runtime.warnings.is_empty());
    }

    #[test]
    fn workers_that_print_at_the_same_time_are_noticed() {
        let mixed = LOG.replace("     a.b\n", "     a.b\nimport time: 7 | 7 |     x.y\n");
        let runtime = observed(&mixed);
        assert!(runtime.observed[0].imports[0].interleaved);
        assert!(runtime.warnings[0].reason.contains("mixed"));
    }

    #[test]
    fn each_interpreter_and_each_container_is_one() {
        let twice = format!("{LOG}{LOG}");
        assert_eq!(observed(&twice).observed[0].imports.len(), 2);
        let compose = LOG.replace("import", "api-1  | 2026-11-28T10:00:00Z import") + "db-1 | ready\n";
        let runtime = observed(&compose);
        assert_eq!((runtime.observed.len(), runtime.observed[0].service.as_str()), (1, "api"));
    }

    #[test]
    fn other_programs_may_write_between_the_lines() {
        let json = format!("{{\"level\":\"info\"}}\n[INFO] x\n{LOG}");
        assert_eq!(observed(&json).observed[0].imports[0].modules.len(), 3);
        assert_eq!(observed(&format!("[INFO] x\n{LOG}")).observed[0].imports[0].modules.len(), 3);
    }

    #[test]
    fn what_is_cut_off_is_counted() {
        let runtime = observed("import time: 1 | 2 | a\nimport time: 1 |\nimport time: x | 2 | a\n");
        assert_eq!((runtime.observed[0].imports[0].modules.len(), runtime.warnings[0].count), (1, 2));
        assert!(!runtime.observed[0].from_start);
    }
}
