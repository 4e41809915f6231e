//! Nothing is killed for memory under load.

use super::Input;
use super::outcome::{Outcome, Status};
use crate::memory::OomVerdict;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let title = "nothing of it is killed for memory under load";
    input.each_service(
        "no_oom",
        title,
        |targets| targets.no_oom == Some(true),
        |service| {
            let evidence = service.oom.evidence.clone();
            match service.oom.verdict {
                OomVerdict::Certain | OomVerdict::Likely => (Status::Fail, evidence),
                OomVerdict::Unknown => (Status::Unknown, evidence),
                // What idles is not killed: that says nothing of the load.
                OomVerdict::NoneSeen if service.loaded.is_none() => {
                    let mut evidence = evidence;
                    evidence.push("but no load is named, so it may have idled".to_owned());
                    (Status::Unknown, evidence)
                }
                OomVerdict::NoneSeen => (Status::Pass, evidence),
            }
        },
    )
}
