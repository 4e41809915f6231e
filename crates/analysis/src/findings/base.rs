//! Where the base image ends: the Dockerfile of the image cannot fix what lies below.

use plimsoll_snapshot::Image;

use crate::instruction;

/// How many of the lowest layers come with the base image.
///
/// No format records it. A base image usually ends with its `CMD`, so the layers above the last `CMD` that layers follow
/// belong to the image itself. Without one, the root file system that is added first is the base.
pub(crate) fn layers(image: &Image) -> u32 {
    let step_of = |text: &str| instruction::readable(text).into_owned();
    let last_made = image.layers.iter().filter_map(|layer| layer.history).max().unwrap_or(0);
    let end = (image.history.iter().take(last_made))
        .rposition(|step| step.empty_layer && step_of(&step.created_by).starts_with("CMD "));
    if let Some(end) = end {
        let below = image.layers.iter().take_while(|layer| layer.history.is_none_or(|step| step < end));
        return u32::try_from(below.count()).unwrap_or(u32::MAX);
    }
    let first = image.layers.first().and_then(|layer| image.history.get(layer.history?));
    let added = first.is_some_and(|step| step_of(&step.created_by).starts_with("ADD "));
    u32::from(added)
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::HistoryEntry;

    use super::*;
    use crate::testing::snapshot;

    #[test]
    fn the_base_ends_with_its_command() {
        let mut snapshot = snapshot("app", &["i ADD rootfs\nf a 1", "i RUN x\nf b 1", "i COPY . .\nf c 1"]);
        assert_eq!(layers(&snapshot.images[0]), 1);
        let image = &mut snapshot.images[0];
        let command = HistoryEntry { created_by: "CMD [\"sh\"]".into(), created: None, empty_layer: true };
        image.history.insert(2, command.clone());
        image.layers[2].history = Some(3);
        image.history.push(command);
        assert_eq!(layers(image), 2);
        // A base alone is all base.
        assert_eq!(layers(&crate::testing::snapshot("app", &["i ADD rootfs /\nf a 1"]).images[0]), 1);
    }
}
