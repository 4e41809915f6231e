//! The browser of a terminal: the model is what is shown, `draw` puts it on the screen, `crate::terminal` is the screen.

mod data;
mod draw;
mod files;
mod model;
mod shelf;
#[cfg(test)]
mod tests;

use std::time::Duration;

use plimsoll_analysis::compare::compare_with_trees;
use plimsoll_report::language::Language;
use plimsoll_snapshot::Snapshot;

use self::data::Service;
use self::model::Model;
use crate::error::{Error, Result};
use crate::terminal::Screen;

/// How long the browser waits for a key before it looks again: nothing changes by itself.
const WAIT: Duration = Duration::from_secs(60);

/// Browses one image or two until the user leaves.
pub(crate) fn browse(before: &Snapshot, after: &Snapshot, language: Language) -> Result<()> {
    let (comparison, trees) = compare_with_trees(before, after);
    let services: Vec<Service<'_>> = (comparison.services.iter().zip(&trees))
        .filter_map(|(service, trees)| Service::new([before, after], service, trees))
        .collect();
    if services.is_empty() {
        return Err(Error::usage("there is no image to browse", "give an image, or a snapshot that has one"));
    }
    let mut screen = Screen::take()?;
    let mut model = Model::new(&services);
    while !model.done {
        screen.draw(|frame| draw::draw(&mut model, language, frame))?;
        if let Some(input) = screen.input(WAIT)? {
            model.press(input);
        }
    }
    Ok(())
}
