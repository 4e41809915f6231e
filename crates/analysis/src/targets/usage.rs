//! What is taken under load: at one instant, and service by service.

use super::Input;
use super::outcome::{Good, Measured, Outcome};
use crate::memory::Distribution;
use crate::memory::words::{binary, plural};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let idle = "no load is named, and an idle stack says nothing of a loaded one";
    if let Some(levels) = &input.targets.stack.memory_under_load {
        let at_once = input.after.memory.as_ref().map(|memory| memory.at_once);
        let (measured, evidence) = match at_once {
            None => (Measured::Unknown(input.unseen()), None),
            Some(None) => (Measured::Unknown("nothing was recorded".to_owned()), None),
            Some(Some(at_once)) => match at_once.loaded {
                None => (Measured::Unknown(idle.to_owned()), Some(words("idle or unlabelled", &at_once.all))),
                Some(loaded) => (p95(&loaded), Some(words("the sum at one instant under load", &loaded))),
            },
        };
        let title = "all services together take less under load";
        let id = "stack.memory_under_load".to_owned();
        outcomes.push(Outcome::figure(id, title, None, Good::Below, levels, &measured).because(evidence));
    }
    for (name, targets) in &input.services {
        let Some(levels) = &targets.memory_under_load else { continue };
        let (measured, evidence) = match input.after.service(name) {
            None => (Measured::Unknown(input.unseen()), None),
            Some(service) => match (service.loaded, service.working_set) {
                (Some(loaded), _) => (p95(&loaded), Some(words("under load", &loaded))),
                (None, Some(all)) => {
                    (Measured::Unknown(idle.to_owned()), Some(words("idle or unlabelled", &all)))
                }
                (None, None) => (Measured::Unknown("nothing was recorded of it".to_owned()), None),
            },
        };
        let id = format!("services.{name}.memory_under_load");
        let title = "it takes less under load";
        outcomes
            .push(Outcome::figure(id, title, Some(name), Good::Below, levels, &measured).because(evidence));
    }
    outcomes
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
fn p95(distribution: &Distribution) -> Measured {
    Measured::Exactly(distribution.p95.0 as f64)
}

fn words(what: &str, distribution: &Distribution) -> String {
    let Distribution { count, p50, p95, max, .. } = distribution;
    format!(
        "{what}: median {}, p95 {}, most {} of {}",
        binary(*p50),
        binary(*p95),
        binary(*max),
        plural(*count, "sample")
    )
}
