//! The images of the snapshot are those that run.

use crate::targets::file::ServiceTargets;
use crate::targets::input::Input;
use crate::targets::outcome::{Outcome, Status};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let demands = |targets: &ServiceTargets| targets.image_built == Some(true);
    let services = input.services.iter().filter(|(_, targets)| demands(targets));
    services
        .map(|(name, _)| {
            let (status, evidence) = judge(input, name);
            let id = format!("services.{name}.image_built");
            Outcome::plain(id, Title::ImageBuilt, Some(name), status).because([evidence])
        })
        .collect()
}

fn judge(input: &Input<'_>, service: &str) -> (Status, Reason) {
    let Some(image) = input.after.image(service) else {
        // A service whose image is not asked for may still run one.
        return (Status::Unknown, Reason::NoImage);
    };
    let containers = input.snapshot.runtime.iter().flat_map(|runtime| &runtime.containers);
    let running: Vec<_> = containers
        .filter(|container| container.service.as_deref() == Some(service))
        .filter_map(|container| container.image_id.as_ref())
        .collect();
    let (other, image) = (running.iter().find(|id| ***id != image.id), image.id.short().to_string());
    match other {
        _ if running.is_empty() => (Status::Unknown, Reason::NoContainerImage { image }),
        None => (Status::Pass, Reason::SameImage { image }),
        Some(other) => (Status::Fail, Reason::OtherImage { running: other.short().to_string(), image }),
    }
}
