//! What no snapshot can show: probes that were run, and what a person attests.

use crate::targets::file::Check;
use crate::targets::input::Input;
use crate::targets::outcome::{Outcome, Status};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    input.targets.checks.iter().map(|check| outcome(input, check)).collect()
}

fn outcome(input: &Input<'_>, check: &Check) -> Outcome {
    let exit_code = input.probes.get(&check.id).copied().or(check.exit_code);
    let id = format!("checks.{}", check.id);
    let plain =
        |status| Outcome::plain(id.clone(), Title::Check { title: check.title.clone() }, None, status);
    match (exit_code, &check.attested) {
        (Some(exit_code), _) => {
            let status = if exit_code == 0 { Status::Pass } else { Status::Fail };
            plain(status).because([Reason::ProbeEnded { exit_code }])
        }
        (None, Some(word)) if word.by.trim().is_empty() || word.on.trim().is_empty() => {
            plain(Status::Unknown).because([Reason::AttestedByNobody])
        }
        (None, Some(word)) => {
            let mut outcome = plain(if word.passed { Status::Pass } else { Status::Fail });
            outcome.attested = true;
            let (by, on, note) = (word.by.clone(), word.on.clone(), word.note.clone());
            outcome.because([Reason::Attested { by, on, note }])
        }
        (None, None) => plain(Status::Unknown).because([Reason::NoProbe { check: check.id.clone() }]),
    }
}
