//! Services are healthy soon after they are started.

use crate::memory::{StackStartUp, StartUp};
use crate::targets::input::Input;
use crate::targets::outcome::{Good, Measured, Outcome};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    if let Some(levels) = &input.targets.stack.start_up {
        let (measured, evidence) = match &input.after.memory {
            Some(memory) => stack(&memory.start_up),
            None => (Measured::Unknown(input.unseen()), None),
        };
        let id = "stack.start_up".to_owned();
        let outcome = Outcome::figure(id, Title::StackStartUp, None, Good::Below, levels, &measured);
        outcomes.push(outcome.because(evidence));
    }
    for (name, targets) in &input.services {
        let Some(levels) = &targets.start_up else { continue };
        let measured = match input.after.service(name) {
            None => Measured::Unknown(input.unseen()),
            Some(service) => match service.start_ups.first() {
                Some(slowest) => between(slowest),
                None => Measured::Unknown(Reason::NoHealthyStart { services: Vec::new() }),
            },
        };
        let id = format!("services.{name}.start_up");
        outcomes.push(Outcome::figure(id, Title::StartUp, Some(name), Good::Below, levels, &measured));
    }
    outcomes
}

fn stack(start_up: &StackStartUp) -> (Measured, Option<Reason>) {
    let Some(whole) = &start_up.whole else {
        let services = start_up.unseen.clone();
        return (Measured::Unknown(Reason::NoHealthyStart { services }), None);
    };
    if !start_up.without_check.is_empty() {
        let services = start_up.without_check.clone();
        return (Measured::Unknown(Reason::WithoutHealthCheck { services, others: *whole }), None);
    }
    (between(whole), Some(Reason::FirstStartToLastProbe))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a start")]
fn between(start: &StartUp) -> Measured {
    Measured::Between(start.at_least_ms as f64, start.at_most_ms as f64)
}
