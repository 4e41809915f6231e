//! Images as `docker save` writes them: a base image of one layer, and layers above it.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::image::{append, digest};

/// A layer: its instruction, its file, and the size of the file.
pub(crate) type Layer<'a> = (&'a str, &'a str, usize);

/// An image on a base image of this size, as an archive.
pub(crate) fn save(path: &Path, base: usize, layers: &[Layer<'_>]) {
    let mut archive = tar::Builder::new(Vec::new());
    let (mut members, mut diff_ids, mut history) = (Vec::new(), Vec::new(), Vec::new());
    let all = [("ADD rootfs /", "lib/base", base)].into_iter().chain(layers.iter().copied());
    for (instruction, name, size) in all {
        let mut tar = tar::Builder::new(Vec::new());
        let bytes: Vec<u8> = (0..size).map(|index| (index * index % 251 + size).to_le_bytes()[0]).collect();
        append(&mut tar, name, &bytes);
        let bytes = tar.into_inner().unwrap();
        let id = digest(&bytes);
        let member = format!("{}/layer.tar", id.trim_start_matches("sha256:"));
        append(&mut archive, &member, &bytes);
        members.push(member);
        diff_ids.push(id);
        history.push(json!({ "created_by": instruction }));
    }
    let config = json!({
        "os": "linux", "architecture": "amd64", "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids}, "history": history,
    });
    let config = config.to_string().into_bytes();
    let name = format!("{}.json", digest(&config).trim_start_matches("sha256:"));
    append(&mut archive, &name, &config);
    let list = json!([{ "Config": name, "RepoTags": ["app:ci"], "Layers": members }]).to_string();
    append(&mut archive, "manifest.json", list.as_bytes());
    fs::write(path, archive.into_inner().unwrap()).unwrap();
}
