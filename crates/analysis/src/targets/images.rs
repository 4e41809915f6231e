//! The images of the snapshot are those that run.

use super::outcome::{Outcome, Status};
use super::{Input, ServiceTargets};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let demands = |targets: &ServiceTargets| targets.image_built == Some(true);
    let services = input.services.iter().filter(|(_, targets)| demands(targets));
    services
        .map(|(name, _)| {
            let (status, evidence) = judge(input, name);
            Outcome::plain(
                format!("services.{name}.image_built"),
                "the image was built, and is the one that runs",
                Some(name),
                status,
            )
            .because([evidence])
        })
        .collect()
}

fn judge(input: &Input<'_>, service: &str) -> (Status, String) {
    let Some(image) = input.after.image(service) else {
        // A service whose image is not asked for may still run one.
        return (Status::Unknown, "the snapshot holds no image of it".to_owned());
    };
    let containers = input.snapshot.runtime.iter().flat_map(|runtime| &runtime.containers);
    let running: Vec<_> = containers
        .filter(|container| container.service.as_deref() == Some(service))
        .filter_map(|container| container.image_id.as_ref())
        .collect();
    match running.iter().find(|id| ***id != image.id) {
        _ if running.is_empty() => (
            Status::Unknown,
            format!("the image is {}, but no container that was inspected names its own", image.id.short()),
        ),
        None => (Status::Pass, format!("image {} in the snapshot and in every container", image.id.short())),
        Some(other) => (
            Status::Fail,
            format!("a container runs {}, the snapshot holds {}", other.short(), image.id.short()),
        ),
    }
}
