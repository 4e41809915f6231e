//! What engines and orchestrators say of memory: each file alone, then all of them joined, judged and written.
//!
//! An input is one file or several, parted by `PARTING`.

use plimsoll_collect::memory::{FileFault, RuntimeBuilder, Surroundings, read};
use plimsoll_snapshot::runtime::Runtime;
use plimsoll_snapshot::{SCHEMA_VERSION, Snapshot};

use crate::catalog::PARTING;
use crate::checks;

/// The most files of one input.
const MOST_FILES: usize = 6;

/// More frames than this are left unjudged: it would only be slow.
const MOST_FRAMES: u64 = 20_000;

/// Runs one input.
pub fn run(data: &[u8]) {
    let files = files(data);
    let runtime = joined(&files, &Surroundings::NONE);
    assert!(runtime == joined(&files, &Surroundings::NONE), "what is read twice is the same");
    check(runtime);
}

/// Compose files with variables, and with files to extend: the last file of an input is `.env`, those before
/// it are there by number.
pub fn compose(data: &[u8]) {
    let files = files(data);
    let Some((last, rest)) = files.split_last() else { return };
    let file = |name: &str, most: u64| {
        let bytes = match name {
            ".env" => *last,
            name => {
                let number = name.trim_end_matches(".yml").parse::<usize>().ok();
                *number.and_then(|number| rest.get(number)).ok_or(FileFault::Missing)?
            }
        };
        if bytes.len() as u64 > most { Err(FileFault::TooLarge) } else { Ok(bytes.to_vec()) }
    };
    let surroundings = Surroundings { file: &file, env_files: &[] };
    let files = if rest.is_empty() { &files[..] } else { rest };
    let runtime = joined(files, &surroundings);
    assert!(runtime == joined(files, &surroundings), "what is read twice is the same");
    check(runtime);
}

fn joined(files: &[&[u8]], surroundings: &Surroundings<'_>) -> Runtime {
    let mut builder = RuntimeBuilder::new();
    for (number, file) in files.iter().enumerate() {
        match read(&format!("file-{number}"), file, surroundings) {
            Ok(input) => builder.add(input),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    builder.finish()
}

fn check(runtime: Runtime) {
    let mut builder = RuntimeBuilder::new();
    builder.add_runtime(runtime.clone());
    builder.rename("web", "site");
    assert!(builder.finish().containers.len() <= runtime.containers.len());
    let frames: u64 = runtime.recordings.iter().map(|recording| u64::from(recording.frames)).sum();
    let snapshot = Snapshot { schema_version: SCHEMA_VERSION, runtime: Some(runtime), ..Snapshot::default() };
    checks::snapshot(&snapshot);
    if frames < MOST_FRAMES {
        checks::running(&snapshot, &snapshot);
    }
}

fn files(data: &[u8]) -> Vec<&[u8]> {
    let mut files = Vec::new();
    let mut rest = data;
    while files.len() < MOST_FILES && !rest.is_empty() {
        let end = rest.windows(PARTING.len()).position(|window| window == PARTING);
        let (file, next) = match end {
            Some(end) => (&rest[..end], &rest[end + PARTING.len()..]),
            None => (rest, &[][..]),
        };
        files.push(file);
        rest = next;
    }
    files
}
