//! The stages that services of one image get, and the Dockerfile with them.

use super::edits::Edits;
use crate::packages::PackageId;

/// The stages that a Dockerfile gets.
#[derive(Clone, Debug)]
pub(super) struct Stages {
    /// Where the part begins that is repeated.
    pub(super) from: usize,
    /// The name of the part before, and where it is added if it has none yet.
    pub(super) common: String,
    pub(super) named_at: Option<usize>,
    /// What build arguments the stages declare again.
    pub(super) arguments: String,
    pub(super) stages: Vec<Stage>,
}

/// The stage of one service.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    /// The service.
    pub(super) service: String,
    /// The name of the stage.
    pub(super) name: String,
    /// The changes in the part that is repeated.
    pub(super) edits: Edits,
    /// The instructions at its end.
    pub(super) end: String,
    /// The lists of packages that it gets: paths in the context and texts.
    pub(super) lists: Vec<(String, String)>,
    /// The packages that it no longer has.
    pub(super) gone: Vec<PackageId>,
}

impl Stages {
    /// The Dockerfile with its stages.
    pub(super) fn text(&self, edits: &Edits, text: &str) -> String {
        let mut head = edits.clone();
        if let Some(at) = self.named_at {
            // It stands behind the `FROM`, whatever another fix makes of that.
            let _ = head.insert(at, &format!(" AS {}", self.common));
        }
        let mut written = head.apply_to(text, 0..self.from);
        for stage in &self.stages {
            let part = stage.edits.apply_to(text, self.from..text.len());
            let gap = if written.ends_with("\n\n") { "" } else { "\n" };
            let line = if part.ends_with('\n') || stage.end.is_empty() { "" } else { "\n" };
            written.push_str(&format!(
                "{gap}FROM {} AS {}\n{}{part}{line}{}",
                self.common, stage.name, self.arguments, stage.end
            ));
            if !written.ends_with('\n') {
                written.push('\n');
            }
        }
        written
    }
}
