//! A Dockerfile out of the history of an image, where its own is lost.

use std::fmt::Write as _;

use plimsoll_snapshot::Image;

use crate::base_image::base_layers_by_history;
use crate::instruction::readable;

/// What stands in the place of a base image that nothing names.
const UNKNOWN: &str = "base-image";

/// The instructions above the base image, as the builder recorded them: without values, without options of `COPY`, and without
/// other stages.
#[must_use]
pub fn reconstructed(image: &Image) -> String {
    let named = image.config.labels.get("org.opencontainers.image.base.name");
    let plain =
        |name: &&String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/:@".contains(&byte));
    let base = named.filter(plain).map_or(UNKNOWN, String::as_str);
    let below = base_layers_by_history(image);
    let first = image.layers[..below.min(image.layers.len())].iter().filter_map(|layer| layer.history).max();
    let mut text = format!("FROM {base}\n");
    for step in image.history.iter().skip(first.map_or(0, |first| first + 1)) {
        let instruction = readable(&step.created_by);
        let instruction = instruction.trim();
        match instruction.strip_prefix("RUN ") {
            Some(script) if script.contains('\n') => {
                let _ = write!(text, "RUN <<EOF\n{}\nEOF\n", script.trim());
            }
            // A line break elsewhere would begin another instruction.
            _ if instruction.is_empty() || instruction.contains('\n') => {}
            // Values are not in a snapshot.
            _ if instruction.starts_with("ENV ") || instruction.starts_with("ARG ") => {}
            _ => {
                let _ = writeln!(text, "{instruction}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::snapshot;

    #[test]
    fn the_steps_above_the_base_are_instructions() {
        let layers = [
            "i ADD rootfs /\nf a 1",
            "i RUN /bin/sh -c apt-get update # buildkit\nf b 1",
            "i COPY . /app # buildkit\nf c 1",
        ];
        let snapshot = snapshot("app", &layers);
        assert_eq!(reconstructed(&snapshot.images[0]), "FROM base-image\nRUN apt-get update\nCOPY . /app\n");
    }
}
