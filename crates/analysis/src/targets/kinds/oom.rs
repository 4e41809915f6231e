//! Nothing is killed for memory under load.

use crate::memory::OomVerdict;
use crate::targets::input::Input;
use crate::targets::outcome::{Outcome, Status};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    input.each_service(
        "no_oom",
        &Title::NoKill,
        |targets| targets.no_oom == Some(true),
        |service| {
            let evidence = service.oom.evidence.iter().map(|&evidence| Reason::Kills { evidence });
            let mut evidence: Vec<Reason> = evidence.collect();
            match service.oom.verdict {
                OomVerdict::Certain | OomVerdict::Likely => (Status::Fail, evidence),
                OomVerdict::Unknown => (Status::Unknown, evidence),
                // An idle service is not killed, which does not show what happens under load.
                OomVerdict::NoneSeen if service.loaded.is_none() => {
                    evidence.push(Reason::MayHaveIdled);
                    (Status::Unknown, evidence)
                }
                OomVerdict::NoneSeen => (Status::Pass, evidence),
            }
        },
    )
}
