//! Weights of machine-learning models: in caches of Hugging Face, or lying about as files of a known format.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Bytes, Image, Snapshot, path};

use super::facts::{Model, path_of};
use crate::squash::Squashed;

/// Below this a file of one of the formats is a test or an example rather than weights.
const LEAST: Bytes = Bytes(1_000_000);

/// Formats that hold nothing but weights.
const WEIGHTS: [&[u8]; 8] =
    [b".safetensors", b".gguf", b".ggml", b".onnx", b".tflite", b".pt", b".pth", b".onnx_data"];
/// Formats that hold other things too: only with these names are they weights.
const NAMED: [(&[u8], &[u8]); 6] = [
    (b"pytorch_model", b".bin"),
    (b"model", b".bin"),
    (b"tf_model", b".h5"),
    (b"flax_model", b".msgpack"),
    (b"rust_model", b".ot"),
    (b"openvino_model", b".bin"),
];

/// Finds the models of an image.
pub(super) fn find(snapshot: &Snapshot, image: &Image, squashed: &Squashed<'_>) -> Vec<Model> {
    let mut models: BTreeMap<Vec<u8>, Model> = BTreeMap::new();
    for (inode, index) in squashed.inodes.iter().zip(0..) {
        let mut paths = squashed.names_of(index).map(|(layer, entry)| path_of(snapshot, image, layer, entry));
        let Some((directory, name, from_hub)) = paths.find_map(|path| place(path, inode.size)) else {
            continue;
        };
        let model = models.entry(directory.to_vec()).or_insert_with(|| Model {
            name,
            from_hub,
            path: directory.to_vec(),
            layer: inode.layer,
            installed: false,
            inodes: Vec::new(),
        });
        model.layer = model.layer.min(inode.layer);
        model.installed |= inode.hidden.is_none();
        model.inodes.push(index);
    }
    models.into_values().collect()
}

/// The directory and the name of the model that a file belongs to.
fn place(path: &[u8], size: Bytes) -> Option<(&[u8], String, bool)> {
    hub(path).map(|(directory, name)| (directory, name, true)).or_else(|| {
        let directory = path::parent(path);
        let name = String::from_utf8_lossy(path::name(directory)).into_owned();
        (size >= LEAST && is_weights(path::name(path))).then_some((directory, name, false))
    })
}

/// A file of a cache of the hub: `…/models--ORGANISATION--NAME/…` (huggingface_hub, "Understand caching").
fn hub(path: &[u8]) -> Option<(&[u8], String)> {
    const MARK: &[u8] = b"models--";
    let mut start = 0;
    for part in path.split(|&byte| byte == b'/') {
        let end = start + part.len();
        if let Some(rest) = part.strip_prefix(MARK)
            && end < path.len()
        {
            return Some((&path[..end], String::from_utf8_lossy(rest).replacen("--", "/", 1)));
        }
        start = end + 1;
    }
    None
}

fn is_weights(name: &[u8]) -> bool {
    let named = |&(start, end): &(&[u8], &[u8])| name.starts_with(start) && name.ends_with(end);
    WEIGHTS.iter().any(|ending| name.ends_with(ending)) || NAMED.iter().any(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_told_by_place_and_format() {
        let name = |path: &str, size| {
            place(path.as_bytes(), Bytes(size))
                .map(|(directory, name, _)| format!("{name} in {}", String::from_utf8_lossy(directory)))
        };
        let hub = "root/.cache/huggingface/hub/models--sentence-transformers--all-MiniLM-L6-v2";
        assert_eq!(
            name(&format!("{hub}/blobs/abc"), 1).unwrap(),
            format!("sentence-transformers/all-MiniLM-L6-v2 in {hub}")
        );
        assert_eq!(name("app/models/e5/model.safetensors", 9_000_000).unwrap(), "e5 in app/models/e5");
        assert_eq!(name("app/models/e5/pytorch_model-1.bin", 9_000_000).unwrap(), "e5 in app/models/e5");
        assert_eq!(name("app/models/model.safetensors", 9), None);
        assert_eq!(name("app/data/corpus.bin", 9_000_000), None);
    }
}
