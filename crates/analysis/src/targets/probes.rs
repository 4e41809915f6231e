//! What no snapshot can show: probes that somebody ran, and what a person vouches for.

use super::outcome::{Outcome, Status};
use super::{Check, Input};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    input.targets.checks.iter().map(|check| outcome(input, check)).collect()
}

fn outcome(input: &Input<'_>, check: &Check) -> Outcome {
    let exit_code = input.probes.get(&check.id).copied().or(check.exit_code);
    let id = format!("checks.{}", check.id);
    let plain = |status| Outcome::plain(id.clone(), &check.title, None, status);
    match (exit_code, &check.attested) {
        (Some(0), _) => plain(Status::Pass).because(["its probe ended with 0".to_owned()]),
        (Some(code), _) => plain(Status::Fail).because([format!("its probe ended with {code}")]),
        (None, Some(word)) if word.by.trim().is_empty() || word.on.trim().is_empty() => {
            plain(Status::Unknown).because(["it is vouched for, but not by whom or when".to_owned()])
        }
        (None, Some(word)) => {
            let mut outcome = plain(if word.passed { Status::Pass } else { Status::Fail });
            outcome.attested = true;
            let note = word.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
            outcome.because([format!("the word of {}, {}{note}", word.by, word.on)])
        }
        (None, None) => plain(Status::Unknown).because([format!(
            "no probe was run (`--probe {}=EXIT_CODE`) and nobody vouches for it",
            check.id
        )]),
    }
}
