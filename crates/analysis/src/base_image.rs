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
pub(crate) fn base_layers_by_history(image: &Image) -> usize {
    let step_of = |text: &str| instruction::readable(text).into_owned();
    let last_made = image.layers.iter().filter_map(|layer| layer.history).max().unwrap_or(0);
    let end = (image.history.iter().take(last_made))
        .rposition(|step| step.empty_layer && step_of(&step.created_by).starts_with("CMD "));
    if let Some(end) = end {
        let below = image.layers.iter().take_while(|layer| layer.history.is_none_or(|step| step < end));
        return below.count();
    }
    let first = image.layers.first().and_then(|layer| image.history.get(layer.history?));
    let added = first.is_some_and(|step| step_of(&step.created_by).starts_with("ADD "));
    usize::from(added)
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
        // A base alone is all base.
        assert_eq!(
            base_layers_by_history(&crate::testing::snapshot("app", &["i ADD rootfs /\nf a 1"]).images[0]),
            1
        );
    }
}
