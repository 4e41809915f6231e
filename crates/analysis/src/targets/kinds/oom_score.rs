//! Who the kernel kills first.

use crate::targets::input::Input;
use crate::targets::outcome::{Outcome, Status};
use crate::targets::reason::Reason;
use crate::targets::title::{Measure, Title};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let demands = input.services.iter().filter_map(|(name, targets)| Some((name, targets.oom_score_adj?.0)));
    demands
        .map(|(name, wanted)| {
            let found = input.after.service(name).map(|service| service.oom_score_adj);
            let (status, evidence) = match found {
                None => (Status::Unknown, input.unseen()),
                Some(None) => (Status::Unknown, Reason::NotInspected),
                Some(Some(found)) if found == wanted => {
                    (Status::Pass, Reason::SetToNumber { found, wanted: None })
                }
                Some(Some(found)) => (Status::Fail, Reason::SetToNumber { found, wanted: Some(wanted) }),
            };
            let title = Title::OomScore { score: wanted };
            let id = format!("services.{name}.oom_score_adj");
            let mut outcome = Outcome::plain(id, title, Some(name), status);
            outcome.measured = found.flatten().map(|number| Measure::Number { number });
            outcome.because([evidence])
        })
        .collect()
}
