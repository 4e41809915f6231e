//! Who the kernel kills first.

use super::Input;
use super::outcome::{Outcome, Status};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let demands = input.services.iter().filter_map(|(name, targets)| Some((name, targets.oom_score_adj?.0)));
    demands
        .map(|(name, wanted)| {
            let found = input.after.service(name).map(|service| service.oom_score_adj);
            let (status, evidence) = match found {
                None => (Status::Unknown, input.unseen()),
                Some(None) => (Status::Unknown, "no container of it was inspected".to_owned()),
                Some(Some(found)) if found == wanted => (Status::Pass, format!("set to {found}")),
                Some(Some(found)) => (Status::Fail, format!("set to {found}, not {wanted}")),
            };
            let title = format!("its `oom_score_adj` is {wanted}");
            let id = format!("services.{name}.oom_score_adj");
            let mut outcome = Outcome::plain(id, &title, Some(name), status);
            outcome.measured = found.flatten().map(|score| score.to_string());
            outcome.because([evidence])
        })
        .collect()
}
