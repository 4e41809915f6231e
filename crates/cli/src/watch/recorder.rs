//! Records what is on the screen, as `record` does.

use std::collections::BTreeMap;
use std::path::PathBuf;

use plimsoll_collect::memory::JournalLine;
use plimsoll_snapshot::runtime::Ended;

use crate::error::Result;
use crate::output::Output;
use crate::recording::{Journal, now};

/// Keeps what every recording begins with, and writes one while it is asked to.
#[derive(Default)]
pub(crate) struct Recorder {
    head: Option<JournalLine>,
    containers: BTreeMap<String, JournalLine>,
    listens: bool,
    running: Option<(Journal, Output)>,
    /// The last recording that was sealed, or why it was not.
    pub(crate) last: Option<std::result::Result<String, String>>,
}

impl Recorder {
    /// The file that is being written.
    pub(crate) fn output(&self) -> Option<&Output> {
        self.running.as_ref().map(|(_, output)| output)
    }

    /// Takes in what a session says, and writes it down if that is asked for.
    pub(crate) fn take(&mut self, line: &JournalLine) {
        match line {
            JournalLine::Recording { .. } => self.head = Some(line.clone()),
            JournalLine::Container { container } => {
                let id = container.id.clone().unwrap_or_default();
                self.containers.insert(id, line.clone());
            }
            JournalLine::Watching { .. } => self.listens = true,
            JournalLine::Deaf { .. } => self.listens = false,
            _ => {}
        }
        if let Some((journal, _)) = &mut self.running
            && let Err(error) = journal.write(line)
        {
            self.running = None;
            self.last = Some(Err(error.to_string()));
        }
    }

    /// Begins a recording, or ends the one that runs.
    pub(crate) fn toggle(&mut self, wanted: Option<&PathBuf>) {
        let done = if self.running.is_some() { self.stop() } else { self.start(wanted) };
        if let Err(error) = done {
            self.last = Some(Err(error.to_string()));
        }
    }

    fn start(&mut self, wanted: Option<&PathBuf>) -> Result<()> {
        let Some(head) = &self.head else { return Ok(()) };
        let output = Output::announce(free_place(wanted.cloned().unwrap_or_else(|| "watch.plimsoll".into())));
        output.expect_snapshot()?;
        let (mut journal, _) = Journal::create(&output)?;
        journal.write(head)?;
        if self.listens {
            journal.write(&JournalLine::Watching { from: now() })?;
        }
        self.containers.values().try_for_each(|container| journal.write(container))?;
        self.running = Some((journal, output));
        self.last = None;
        Ok(())
    }

    /// Seals the recording that runs, if one does.
    pub(crate) fn stop(&mut self) -> Result<()> {
        let Some((mut journal, output)) = self.running.take() else { return Ok(()) };
        journal.write(&JournalLine::End { time: now(), ended: Ended::Complete })?;
        journal.seal(&output)?;
        self.last = Some(Ok(output.to_string()));
        Ok(())
    }
}

/// A name that is free, also for the journal beside it: nothing is overwritten.
fn free_place(wanted: PathBuf) -> PathBuf {
    let is_free = |path: &PathBuf| {
        let mut journal = path.clone().into_os_string();
        journal.push(".journal");
        !path.exists() && !PathBuf::from(journal).exists()
    };
    if is_free(&wanted) {
        return wanted;
    }
    let stem = wanted.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let extension = wanted.extension().map(|extension| format!(".{}", extension.to_string_lossy()));
    let name = |number: u32| format!("{stem}-{number}{}", extension.as_deref().unwrap_or_default());
    let mut places = (2..).map(|number| wanted.with_file_name(name(number)));
    places.find(is_free).unwrap_or(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::board::tests::{container, frame};

    #[test]
    fn what_is_recorded_is_what_record_would_write() {
        let directory = tempfile::tempdir().unwrap();
        let wanted = directory.path().join("live.plimsoll");
        let mut recorder = Recorder::default();
        recorder.toggle(Some(&wanted));
        assert!(recorder.output().is_none(), "nothing is known yet");
        let recording = Box::default();
        recorder
            .take(&JournalLine::Recording { schema_version: plimsoll_snapshot::SCHEMA_VERSION, recording });
        recorder.take(&container("0123456789abcdef", "web"));
        recorder.take(&frame(500, &[("0123456789abcdef", 1, 0)]));
        recorder.toggle(Some(&wanted));
        assert!(recorder.output().is_some());
        recorder.take(&frame(1_000, &[("0123456789abcdef", 50 << 20, 0)]));
        recorder.take(&frame(2_000, &[("0123456789abcdef", 60 << 20, 0)]));
        recorder.toggle(Some(&wanted));
        assert_eq!(recorder.last, Some(Ok(wanted.display().to_string())));
        let file = crate::files::open_regular(&wanted).unwrap();
        let snapshot = plimsoll_snapshot::read_within(file, &Default::default()).unwrap();
        let runtime = snapshot.runtime.unwrap();
        assert_eq!(runtime.recordings.len(), 1);
        assert_eq!(free_place(wanted.clone()), directory.path().join("live-2.plimsoll"));
    }
}
