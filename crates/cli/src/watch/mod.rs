//! Containers as they run, on the screen of a terminal or as lines of JSON. Nothing is changed: only questions are asked.

mod board;
mod draw;
mod json;
mod live;
mod model;
mod reader;
mod recorder;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use plimsoll_collect::memory::JournalLine;
use plimsoll_report::language::Language;

use self::board::Board;
pub(crate) use self::live::Live;
use self::model::{Model, Wish};
use self::reader::Said;
use self::recorder::Recorder;
use crate::error::{Error, Result};
use crate::printer::{self, Printer};
use crate::recording::Target;
use crate::sources::engine::Engine;
use crate::terminal::{Screen, expect_terminal};

/// How soon news are shown.
const TICK: Duration = Duration::from_millis(200);
/// How often the log of the container under the cursor is asked for.
const DETAILS: Duration = Duration::from_secs(2);

/// What is watched.
pub(crate) struct Watch {
    pub(crate) engine: Engine,
    pub(crate) target: Target,
    pub(crate) interval: Duration,
    /// Whether names that no container has are a mistake.
    pub(crate) expects: bool,
}

impl Watch {
    /// Starts to read, and waits until the engine has said what it is.
    fn start(&self) -> Result<(Receiver<Said>, JournalLine)> {
        let heard = reader::start(self.engine, self.target.clone(), self.interval, self.expects);
        match heard.recv() {
            Ok(Said::Line(line)) => Ok((heard, *line)),
            Ok(Said::Failed(error)) => Err(error),
            _ => Err(lost()),
        }
    }
}

fn lost() -> Error {
    Error::usage("the engine did not come back", "start it, and watch again")
}

/// Writes a line of JSON for each sample, until the time is over or an interruption.
pub(crate) fn lines(
    watch: &Watch,
    duration: Option<Duration>,
    asked: &AtomicBool,
    printer: &Printer,
) -> Result<()> {
    let begin = Instant::now();
    let (heard, first) = watch.start()?;
    let mut board = Board::default();
    board.take(&first);
    while !asked.load(Ordering::Relaxed) && duration.is_none_or(|duration| begin.elapsed() < duration) {
        match heard.recv_timeout(TICK) {
            Ok(Said::Line(line)) => {
                board.take(&line);
                if matches!(*line, JournalLine::Frame { .. }) {
                    printer.stream(|out| json::write(&board, out))?;
                }
            }
            Ok(Said::Failed(error)) => return Err(error),
            Ok(Said::Ended) | Err(RecvTimeoutError::Disconnected) => return Err(lost()),
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    Ok(())
}

/// Shows everything on the screen until the user leaves. A recording that still runs is sealed then; its file is given.
pub(crate) fn screen(watch: &Watch, output: Option<&PathBuf>, language: Language) -> Result<Option<String>> {
    expect_terminal("plimsoll watch --json")?;
    // Before the screen is taken: an engine that does not answer is an error like any other.
    let (heard, first) = watch.start()?;
    let mut screen = Screen::take()?;
    // A note would stand in the middle of the picture.
    printer::set_loudness(true, false);
    let mut model = Model::default();
    let mut recorder = Recorder::default();
    recorder.take(&first);
    let shown = run(watch, &heard, output, language, &mut screen, &mut model, &mut recorder);
    let sealed = recorder.stop();
    drop(screen);
    shown?;
    sealed?;
    Ok(recorder.last.and_then(std::result::Result::ok))
}

fn run(
    watch: &Watch,
    heard: &Receiver<Said>,
    output: Option<&PathBuf>,
    language: Language,
    screen: &mut Screen,
    model: &mut Model,
    recorder: &mut Recorder,
) -> Result<()> {
    let (ask, answers) = reader::details(watch.engine);
    let mut asked: Option<(String, Instant)> = None;
    let mut last = Instant::now();
    loop {
        loop {
            match heard.try_recv() {
                Ok(Said::Line(line)) => {
                    last = Instant::now();
                    recorder.take(&line);
                    model.board.take(&line);
                }
                Ok(Said::Failed(error)) => return Err(error),
                Ok(Said::Ended) => model.is_lost = true,
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
            }
        }
        while let Ok(details) = answers.try_recv() {
            model.details = details;
        }
        model.silent = last.elapsed().saturating_sub(watch.interval).as_secs();
        model.recording = recorder.output().map(ToString::to_string);
        model.recorded.clone_from(&recorder.last);
        model.settle();
        let is_due =
            |(id, when): &(String, Instant)| model.selected.as_ref() != Some(id) || when.elapsed() >= DETAILS;
        if let Some(id) = &model.selected
            && asked.as_ref().is_none_or(is_due)
        {
            // The thread that answers ends with the program.
            let _ = ask.send(id.clone());
            asked = Some((id.clone(), Instant::now()));
        }
        screen.draw(|frame| draw::draw(model, language, frame))?;
        if let Some(input) = screen.input(TICK)? {
            match model.press(input) {
                Wish::Nothing => {}
                Wish::Quit => return Ok(()),
                Wish::Record => recorder.toggle(output),
            }
        }
    }
}
