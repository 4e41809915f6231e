//! Where the base image ends: the Dockerfile of the image cannot fix what lies below.

use plimsoll_snapshot::{BuildFile, Image};

use crate::dockerfile::instructions_of_layers;
use crate::instruction;

/// How many of the lowest layers come with the base image, as the Dockerfile tells: it knows where its own layers begin.
pub(crate) fn base_layers(image: &Image, build: Option<&BuildFile>) -> Option<usize> {
    first_written(&instructions_of_layers(image, build?))
}

/// The first layer that an instruction of the Dockerfile made.
pub(crate) fn first_written(written: &[Option<usize>]) -> Option<usize> {
    written.iter().position(Option::is_some)
}

/// How many of the lowest layers come with the base image, as far as the history of the image tells.
///
/// No format records it. A base image usually ends with its `CMD`, so the layers above the last `CMD` that layers follow
/// belong to the image itself. Without one, the root file system that is added first is the base.
///
/// A `CMD` that layers follow may be the image's own, though: its Dockerfile has it before other instructions. It is that of
/// the base image if the image has another `CMD` after its layers, or if it no longer holds: an `ENTRYPOINT` resets the `CMD`
/// of a base image, and never one of the same Dockerfile. Otherwise it is not known, and what lies below counts as the image's
/// own from the `CMD` before it on: growth of a base image may then be shown as own growth, and never the other way round.
pub(crate) fn base_layers_by_history(image: &Image) -> usize {
    let step_of = |text: &str| instruction::readable(text).into_owned();
    let last_made = image.layers.iter().filter_map(|layer| layer.history).max().unwrap_or(0);
    let commands: Vec<(usize, String)> = (image.history.iter().enumerate())
        .filter(|(_, step)| step.empty_layer)
        .map(|(index, step)| (index, step_of(&step.created_by)))
        .filter(|(_, step)| step.starts_with("CMD "))
        .collect();
    let mut followed = commands.iter().rev().filter(|(index, _)| *index < last_made);
    let has_own = commands.last().is_some_and(|(index, _)| *index >= last_made);
    let end = match followed.next() {
        Some((_, command)) if !has_own && is_in_force(command, image) => followed.next(),
        last => last,
    };
    if let Some(&(end, _)) = end {
        let below = image.layers.iter().take_while(|layer| layer.history.is_none_or(|step| step < end));
        return below.count();
    }
    let first = image.layers.first().and_then(|layer| image.history.get(layer.history?));
    let added = first.is_some_and(|step| step_of(&step.created_by).starts_with("ADD "));
    usize::from(added)
}

/// Whether a `CMD` step gives the command of the image: each of its words stands in it.
fn is_in_force(step: &str, image: &Image) -> bool {
    let command = &image.config.command;
    !command.is_empty() && command.iter().all(|word| step.contains(word.trim()))
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::HistoryEntry;

    use super::*;
    use crate::testing::snapshot;

    #[test]
    fn the_base_ends_with_its_command() {
        let mut snapshot = snapshot("app", &["i ADD rootfs\nf a 1", "i RUN x\nf b 1", "i COPY . .\nf c 1"]);
        assert_eq!(base_layers_by_history(&snapshot.images[0]), 1);
        let image = &mut snapshot.images[0];
        let command = HistoryEntry { created_by: "CMD [\"sh\"]".into(), created: None, empty_layer: true };
        image.history.insert(2, command.clone());
        image.layers[2].history = Some(3);
        image.history.push(command);
        assert_eq!(base_layers_by_history(image), 2);
        // Without another command, the image may have put that one there itself.
        image.history.pop();
        assert_eq!(base_layers_by_history(image), 2);
        image.config.command = vec!["sh".into()];
        assert_eq!(base_layers_by_history(image), 1);
        // Below it, the base image ends with its own.
        image
            .history
            .insert(1, HistoryEntry { created_by: "CMD [\"bash\"]".into(), ..image.history[2].clone() });
        for (layer, step) in image.layers.iter_mut().zip([0, 2, 4]) {
            layer.history = Some(step);
        }
        assert_eq!(base_layers_by_history(image), 1);
        // An entry point reset it: so it came with the base image.
        image.config.command.clear();
        assert_eq!(base_layers_by_history(image), 2);
        // A base alone is all base.
        assert_eq!(
            base_layers_by_history(&crate::testing::snapshot("app", &["i ADD rootfs /\nf a 1"]).images[0]),
            1
        );
    }
}
