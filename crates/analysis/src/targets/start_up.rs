//! Services are healthy soon after they are started.

use super::Input;
use super::outcome::{Good, Measured, Outcome};
use crate::memory::{StackStartUp, StartUp};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    if let Some(levels) = &input.targets.stack.start_up {
        let (measured, evidence) = match &input.after.memory {
            Some(memory) => stack(&memory.start_up),
            None => (Measured::Unknown(input.unseen()), None),
        };
        let title = "all services are healthy soon after the first start";
        let outcome =
            Outcome::figure("stack.start_up".to_owned(), title, None, Good::Below, levels, &measured);
        outcomes.push(outcome.because(evidence));
    }
    for (name, targets) in &input.services {
        let Some(levels) = &targets.start_up else { continue };
        let measured = match input.after.service(name) {
            None => Measured::Unknown(input.unseen()),
            Some(service) => match service.start_ups.first() {
                Some(slowest) => between(slowest),
                None => Measured::Unknown("no start with a first healthy probe was seen".to_owned()),
            },
        };
        let id = format!("services.{name}.start_up");
        let title = "it is healthy soon after its start";
        outcomes.push(Outcome::figure(id, title, Some(name), Good::Below, levels, &measured));
    }
    outcomes
}

fn stack(start_up: &StackStartUp) -> (Measured, Option<String>) {
    let Some(whole) = &start_up.whole else {
        let unseen = if start_up.unseen.is_empty() {
            "no start with a first healthy probe was seen".to_owned()
        } else {
            format!("no healthy start was seen of {}", start_up.unseen.join(", "))
        };
        return (Measured::Unknown(unseen), None);
    };
    if !start_up.without_check.is_empty() {
        let services = start_up.without_check.join(", ");
        let reason = format!(
            "{services}: no health check, so nothing tells when it is ready (the others: {})",
            whole.words()
        );
        return (Measured::Unknown(reason), None);
    }
    (between(whole), Some("from the first start to the last first healthy probe".to_owned()))
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a start")]
fn between(start: &StartUp) -> Measured {
    Measured::Between(start.at_least_ms as f64, start.at_most_ms as f64)
}
