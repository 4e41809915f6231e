//! How a check ends, in one last line: what was met, what was missed and named, what could not be judged.

use plimsoll_analysis::targets::{Judgement, Level, LevelOutcome, Outcome, Status};

use crate::format::one_line;
use crate::language::Language;

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
pub fn conclusion(judgement: &Judgement, gate: Gate, language: Language) -> Conclusion {
    let (terminal, running) = (&language.words().terminal, &language.words().running);
    let with = |wanted: Status| -> Vec<String> {
        let levels = judgement.outcomes.iter().flat_map(|outcome| states(outcome, gate, language));
        levels.filter(|(_, status)| *status == wanted).map(|(name, _)| one_line(&name)).collect()
    };
    let (missed, unknown) = (with(Status::Fail), with(Status::Unknown));
    let required = judgement.passed + judgement.failed + judgement.unknown;
    let mut words = (terminal.targets_met)(&judgement.passed.to_string(), &required.to_string());
    if gate.ideals {
        let [reached, ideals] = [judgement.ideals_reached, judgement.ideals].map(|count| count.to_string());
        words.push_str(&format!("; {}", (running.ideals)(&reached, &ideals)));
    }
    if !missed.is_empty() {
        words.push_str(&format!("; {}: {}", (running.missed)(&missed.len().to_string()), missed.join(", ")));
    }
    if !unknown.is_empty() {
        let count = if gate.strict { terminal.counted_as_missed } else { running.unknown_count };
        words.push_str(&format!("; {}: {}", count(&unknown.len().to_string()), unknown.join(", ")));
    }
    let is_met = missed.is_empty() && (unknown.is_empty() || !gate.strict);
    Conclusion {
        is_met,
        words: format!("{}: {words}", if is_met { terminal.passed } else { terminal.failed }),
    }
}

/// The parts of a target that the gate asks for, each with what became of it.
fn states(outcome: &Outcome, gate: Gate, language: Language) -> Vec<(String, Status)> {
    let minimum = outcome.required.then(|| (outcome.id.clone(), outcome.status));
    let ideals = outcome.levels.iter().filter(|level| gate.ideals && level.level == Level::Ideal);
    let ideal = |level: &LevelOutcome| ((language.words().terminal.ideal_of)(&outcome.id), level.status);
    minimum.into_iter().chain(ideals.map(ideal)).collect()
}
