//! Texts about containers and services: their names and settings hold no secrets. Commands and health checks were
//! looked at where they were read, as lists of arguments.

use plimsoll_snapshot::runtime::{
    Container, Mount, PlannedService, PublishedPort, Recording, RestartPolicy, RuntimeWarning,
};

use super::text::{name, setting};
use crate::memory::{Identity, MemoryInput};

/// Takes secrets out of everything that one file says. Equal names stay equal, so what belongs together still does.
pub(crate) fn memory_input(input: &mut MemoryInput) {
    input.containers.iter_mut().for_each(container);
    for (service, container) in &mut input.planned {
        planned(service);
        optional(container);
    }
    for samples in &mut input.samples {
        recording(&mut samples.recording);
        samples.containers.iter_mut().for_each(identity);
    }
    for event in &mut input.events {
        identity(&mut event.who);
    }
    for seen in &mut input.observed {
        identity(&mut seen.who);
        clean(&mut seen.observation.service);
        if let Some(load) = &mut seen.observation.load {
            settle(&mut load.label);
        }
    }
    for read in &mut input.settings {
        identity(&mut read.who);
        read.settings.values.values_mut().for_each(settle);
    }
    for RuntimeWarning { reason, .. } in &mut input.warnings {
        settle(reason);
    }
}

/// Takes secrets out of what one container is called, and how it is set up.
pub(crate) fn container(container: &mut Container) {
    let Container {
        service, project, id, name, image, restart, logging, env_names, published, mounts, ..
    } = container;
    for PublishedPort { port, host } in published {
        [port, host].into_iter().for_each(settle);
    }
    for Mount { target, kind, volume, .. } in mounts {
        [target, kind].into_iter().for_each(settle);
        optional(volume);
    }
    [service, project, id, name, image].into_iter().for_each(optional);
    restart.iter_mut().for_each(policy);
    if let Some(logging) = logging {
        settle(&mut logging.driver);
        logging.options.values_mut().for_each(settle);
    }
    env_names.iter_mut().for_each(clean);
}

fn planned(planned: &mut PlannedService) {
    clean(&mut planned.name);
    [&mut planned.project, &mut planned.image].into_iter().for_each(optional);
    planned.restart.iter_mut().for_each(policy);
    if let Some(logging) = &mut planned.logging {
        settle(&mut logging.driver);
        logging.options.values_mut().for_each(settle);
    }
    for dependency in &mut planned.depends_on {
        clean(&mut dependency.service);
        settle(&mut dependency.condition);
    }
    planned.env_names.iter_mut().chain(&mut planned.profiles).for_each(clean);
}

fn recording(recording: &mut Recording) {
    if let Some(engine) = &mut recording.engine {
        settle(&mut engine.version);
        settle(&mut engine.api_version);
    }
    if let Some(host) = &mut recording.host {
        host.kernel.iter_mut().for_each(settle);
    }
    if let Some(load) = &mut recording.load {
        settle(&mut load.label);
    }
    for interruption in &mut recording.interruptions {
        settle(&mut interruption.reason);
    }
}

fn identity(identity: &mut Identity) {
    let Identity { id, name, service, project } = identity;
    [id, name, service, project].into_iter().for_each(optional);
}

fn policy(policy: &mut RestartPolicy) {
    settle(&mut policy.name);
}

fn optional(text: &mut Option<String>) {
    text.iter_mut().for_each(clean);
}

/// Names and references have neither spaces nor assignments; a text that has is read as a setting.
fn clean(text: &mut String) {
    let is_name = !text.contains(|char: char| char == '=' || char.is_whitespace());
    if let std::borrow::Cow::Owned(kept) = if is_name { name(text) } else { setting(text) } {
        *text = kept;
    }
}

fn settle(text: &mut String) {
    if let std::borrow::Cow::Owned(kept) = setting(text) {
        *text = kept;
    }
}
