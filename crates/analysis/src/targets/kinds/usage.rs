//! Memory under load: of all services at the same time, and service by service.

use crate::memory::Distribution;
use crate::targets::input::Input;
use crate::targets::outcome::{Good, Measured, Outcome};
use crate::targets::reason::{Reason, TakenWhen};
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let taken = |when, distribution| Some(Reason::Taken { when, distribution });
    if let Some(levels) = &input.targets.stack.memory_under_load {
        let at_once = input.after.memory.as_ref().map(|memory| memory.at_once);
        let (measured, evidence) = match at_once {
            None => (Measured::Unknown(input.unseen()), None),
            Some(None) => (Measured::Unknown(Reason::NothingRecorded), None),
            Some(Some(at_once)) => match at_once.loaded {
                None => (Measured::Unknown(Reason::NoLoad), taken(TakenWhen::IdleOrUnlabelled, at_once.all)),
                Some(loaded) => (p95(&loaded), taken(TakenWhen::LoadedAtOnce, loaded)),
            },
        };
        let id = "stack.memory_under_load".to_owned();
        let outcome = Outcome::figure(id, Title::StackUnderLoad, None, Good::Below, levels, &measured);
        outcomes.push(outcome.because(evidence));
    }
    for (name, targets) in &input.services {
        let Some(levels) = &targets.memory_under_load else { continue };
        let (measured, evidence) = match input.after.service(name) {
            None => (Measured::Unknown(input.unseen()), None),
            Some(service) => match (service.loaded, service.working_set) {
                (Some(loaded), _) => (p95(&loaded), taken(TakenWhen::Loaded, loaded)),
                (None, Some(all)) => {
                    (Measured::Unknown(Reason::NoLoad), taken(TakenWhen::IdleOrUnlabelled, all))
                }
                (None, None) => (Measured::Unknown(Reason::NothingRecorded), None),
            },
        };
        let id = format!("services.{name}.memory_under_load");
        let outcome = Outcome::figure(id, Title::UnderLoad, Some(name), Good::Below, levels, &measured);
        outcomes.push(outcome.because(evidence));
    }
    outcomes
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
fn p95(distribution: &Distribution) -> Measured {
    Measured::Exactly(distribution.p95.0 as f64)
}
