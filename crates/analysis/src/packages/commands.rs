//! The commands that an image runs.

use std::collections::{BTreeSet, HashSet};

use plimsoll_snapshot::{Image, Snapshot};

/// The words of an argument list: in the form of a shell, all of them are one argument.
pub(super) fn words_of(arguments: &[String]) -> Vec<&str> {
    arguments.iter().flat_map(|argument| argument.split_whitespace()).collect()
}

/// The words of the commands that the image runs, by itself and as compose files plan it.
pub(super) fn commands<'a>(snapshot: &'a Snapshot, image: &'a Image) -> Vec<(&'static str, Vec<&'a str>)> {
    let mut commands = vec![
        ("entrypoint", words_of(&image.config.entrypoint)),
        ("command", words_of(&image.config.command)),
    ];
    if let Some(check) = &image.config.health_check {
        commands.push(("health check", words_of(&check.test)));
    }
    let is_image = |index: usize| std::ptr::eq(&raw const snapshot.images[index], image);
    let of_image: HashSet<&str> = (snapshot.services.iter())
        .filter(|service| is_image(service.image))
        .map(|service| service.name.as_str())
        .collect();
    for planned in snapshot.runtime.iter().flat_map(|runtime| &runtime.planned) {
        if let Some(command) = &planned.command
            && of_image.contains(planned.name.as_str())
        {
            commands.push(("command of the service", words_of(&command.0)));
        }
    }
    // Services that run the same command say the same.
    let mut seen = BTreeSet::new();
    commands.retain(|(_, words)| seen.insert(words.clone()));
    commands
}
