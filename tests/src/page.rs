//! What the tests ask of a page, whichever browser shows it.

use std::path::Path;
use std::thread;
use std::time::Instant;

use serde_json::Value;

use crate::browser::{BrowserError, PATIENCE, PAUSE, Record, Result, file_url};

/// A page in a browser.
pub trait Page {
    /// Opens an address; what was recorded of the page before is forgotten.
    fn open(&mut self, url: &str) -> Result;

    /// The value of an expression, awaited if it is a promise.
    fn eval(&mut self, expression: &str) -> Result<Value>;

    /// Clicks the middle of the first element that a selector finds, as a person would.
    fn click(&mut self, selector: &str) -> Result;

    /// Types text into the element that has the focus.
    fn type_text(&mut self, text: &str) -> Result;

    /// Gives the files to an `<input type="file">`, as the reader's choice would.
    fn choose_files(&mut self, selector: &str, files: &[&Path]) -> Result;

    /// Sets the size of the window, in CSS pixels.
    fn set_viewport(&mut self, width: u32, height: u32) -> Result;

    /// What has been recorded of the page so far.
    fn seen(&self) -> &Record;

    /// Opens a file and waits until the page is ready.
    fn open_file(&mut self, path: &Path) -> Result {
        self.open(&file_url(path)?)?;
        self.wait_until_ready()
    }

    /// Waits until the page says that it is ready; an error with its message if it says that it failed.
    fn wait_until_ready(&mut self) -> Result {
        self.wait_for("['ready', 'failed'].includes(document.documentElement?.dataset.state)")?;
        let state =
            "[document.documentElement.dataset.state, document.getElementById('failure')?.textContent]";
        let state = self.eval(state)?;
        if state[0] == "ready" { Ok(()) } else { Err(BrowserError(format!("the page failed: {}", state[1]))) }
    }

    /// Waits until an expression is true.
    fn wait_for(&mut self, condition: &str) -> Result {
        let start = Instant::now();
        // An evaluation that throws while the page is navigating means "not yet".
        let mut last = String::from("it was never evaluated");
        while start.elapsed() < PATIENCE {
            match self.eval(condition) {
                Ok(Value::Bool(true)) => return Ok(()),
                Ok(value) => last = format!("it is {value}"),
                Err(error) => last = error.to_string(),
            }
            thread::sleep(PAUSE);
        }
        let complaints = self.seen().complaints().join("\n");
        Err(BrowserError(format!("`{condition}` did not become true in time: {last}\n{complaints}")))
    }

    /// What the page did since it was opened.
    fn record(&mut self) -> Result<&Record> {
        // Events come in order: once this is answered, all that was before it has been seen.
        self.eval("new Promise((done) => setTimeout(() => done(true), 50))")?;
        Ok(self.seen())
    }
}
