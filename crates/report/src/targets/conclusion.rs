//! How a check ends, in one last line: what was met, what was missed and named, what could not be judged.

use plimsoll_analysis::targets::{Judgement, Level, Outcome, Status};

use crate::format::one_line;

/// What has to be met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gate {
    /// Whether unknown counts as missed.
    pub strict: bool,
    /// Whether the ideals have to be reached too.
    pub ideals: bool,
}

/// How a check ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conclusion {
    /// Whether the gate is passed.
    pub is_met: bool,
    /// The conclusion as one line.
    pub words: String,
}

/// Judges the gate, and names what does not pass it.
#[must_use]
pub fn conclusion(judgement: &Judgement, gate: Gate) -> Conclusion {
    let with = |wanted: Status| -> Vec<String> {
        let levels = judgement.outcomes.iter().flat_map(|outcome| states(outcome, gate));
        levels.filter(|(_, status)| *status == wanted).map(|(name, _)| one_line(&name)).collect()
    };
    let (missed, unknown) = (with(Status::Fail), with(Status::Unknown));
    let required = judgement.passed + judgement.failed + judgement.unknown;
    let mut words = format!("{} of {required} targets met", judgement.passed);
    if gate.ideals {
        words.push_str(&format!("; {} of {} ideals reached", judgement.ideals_reached, judgement.ideals));
    }
    if !missed.is_empty() {
        words.push_str(&format!("; {} missed: {}", missed.len(), missed.join(", ")));
    }
    if !unknown.is_empty() {
        let counts = if gate.strict { " and counted as missed" } else { "" };
        words.push_str(&format!("; {} unknown{counts}: {}", unknown.len(), unknown.join(", ")));
    }
    let is_met = missed.is_empty() && (unknown.is_empty() || !gate.strict);
    Conclusion { is_met, words: format!("{}: {words}", if is_met { "passed" } else { "failed" }) }
}

/// The parts of a target that the gate asks for, each with what became of it.
fn states(outcome: &Outcome, gate: Gate) -> Vec<(String, Status)> {
    let minimum = outcome.required.then(|| (outcome.id.clone(), outcome.status));
    let ideals = outcome.levels.iter().filter(|level| gate.ideals && level.level == Level::Ideal);
    minimum.into_iter().chain(ideals.map(|level| (format!("{} (ideal)", outcome.id), level.status))).collect()
}
