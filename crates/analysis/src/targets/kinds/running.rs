//! Containers start, and stay up.

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::{Container, Status as State};

use crate::targets::input::Input;
use crate::targets::outcome::{Outcome, Status};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let services = input.services.iter().filter(|(_, targets)| targets.runs == Some(true));
    let containers = by_service(input);
    services
        .map(|(name, _)| {
            let own = containers.as_ref().map(|containers| containers.get(name.as_str()));
            let (status, evidence) = judge(input, name, own.map(|own| own.map_or(&[][..], Vec::as_slice)));
            let id = format!("services.{name}.runs");
            Outcome::plain(id, Title::Runs, Some(name), status).because(evidence)
        })
        .collect()
}

/// The containers of each service; none where nothing was recorded.
fn by_service<'a>(input: &Input<'a>) -> Option<BTreeMap<&'a str, Vec<&'a Container>>> {
    let mut services: BTreeMap<&str, Vec<&Container>> = BTreeMap::new();
    for container in &input.snapshot.runtime.as_ref()?.containers {
        if let Some(service) = container.service.as_deref().or(container.name.as_deref()) {
            services.entry(service).or_default().push(container);
        }
    }
    Some(services)
}

fn judge(input: &Input<'_>, service: &str, own: Option<&[&Container]>) -> (Status, Vec<Reason>) {
    let Some(own) = own else { return (Status::Unknown, vec![input.unseen()]) };
    let (mut wrong, mut fine) = (Vec::new(), Vec::new());
    for state in own.iter().filter_map(|container| container.states.last()) {
        let restarts = state.restart_count.unwrap_or(0);
        let found = match state.status {
            State::Running if restarts == 0 => {
                fine.push(Reason::Running);
                continue;
            }
            State::Running => Reason::Restarted { times: restarts },
            State::Exited | State::Dead => Reason::Ended { exit_code: state.exit_code },
            State::Restarting => Reason::Restarting,
            State::Paused => Reason::Paused,
            State::Created => Reason::NeverStarted,
            State::Removing | State::Unknown => continue,
        };
        wrong.push(found);
    }
    // What was watched and is gone by now may have died meanwhile.
    let deaths = input.after.service(service).map_or(0, |service| service.failed_ends);
    if deaths > 0 {
        wrong.push(Reason::FailedEnds { ends: deaths });
    }
    match (wrong.is_empty(), fine.is_empty()) {
        (false, _) => (Status::Fail, wrong),
        (true, false) => (Status::Pass, fine),
        (true, true) if own.is_empty() => (Status::Unknown, vec![input.unseen()]),
        (true, true) => (Status::Unknown, vec![Reason::NotInspected]),
    }
}
