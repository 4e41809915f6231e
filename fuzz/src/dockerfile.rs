//! Dockerfiles, `.dockerignore` files, and the history that a Dockerfile is held against.
//!
//! An input has up to three parts, parted by `PARTING`: a Dockerfile, a `.dockerignore`, and the steps of a history,
//! one per line.

use plimsoll_analysis::dockerfile::instructions_of_layers;
use plimsoll_analysis::dockerignore::Ignore;
use plimsoll_analysis::instruction;
use plimsoll_collect::{read_dockerfile, read_dockerignore};
use plimsoll_snapshot::{
    Bytes, Compression, Config, Digest, HistoryEntry, Image, ImageLayer, Platform, Source, Transport,
};

use crate::catalog::PARTING;

/// Runs one input.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let parts: Vec<&str> = text.split(&*String::from_utf8_lossy(PARTING)).collect();
    let dockerfile = parts[0];
    let (build, problem) = read_dockerfile("Dockerfile", dockerfile);
    assert!((&build, &problem) == (&read_dockerfile("Dockerfile", dockerfile).0, &problem));
    let lines = dockerfile.lines().count().max(1);
    let mut line = 0;
    for instruction in &build.instructions {
        assert!(instruction.line > line, "an instruction begins behind the last one: {instruction:?}");
        assert!(instruction.end_line >= instruction.line && instruction.end_line as usize <= lines);
        line = instruction.line;
    }
    if let Some(ignore) = parts.get(1) {
        let patterns = read_dockerignore(ignore);
        let ignore = Ignore::new(patterns.iter().map(String::as_str));
        for path in
            ["a", "a/b/c.py", ".git/config", "src/node_modules/x/y"].into_iter().chain(ignore_paths(&parts))
        {
            assert_eq!(ignore.leaves_out(path), ignore.leaves_out(path));
        }
    }
    let image = image(parts.get(2).copied().unwrap_or(dockerfile));
    let found = instructions_of_layers(&image, &build);
    assert_eq!(found.len(), image.layers.len());
    let found: Vec<usize> = found.into_iter().flatten().collect();
    assert!(found.is_sorted_by(|a, b| a < b), "layers are in the order of their instructions");
    assert!(found.iter().all(|&instruction| instruction < build.instructions.len()));
    for step in &image.history {
        assert_eq!(instruction::readable(&step.created_by), instruction::readable(&step.created_by));
    }
}

fn ignore_paths<'a>(parts: &[&'a str]) -> impl Iterator<Item = &'a str> {
    parts.get(2).into_iter().flat_map(|text| text.lines()).take(20)
}

fn image(history: &str) -> Image {
    let steps: Vec<&str> = history.lines().take(200).collect();
    let entry = |step: &&str| HistoryEntry {
        created_by: (*step).to_owned(),
        created: None,
        empty_layer: step.starts_with("ENV"),
    };
    let history: Vec<HistoryEntry> = steps.iter().map(entry).collect();
    let layers =
        history.iter().enumerate().filter(|(_, step)| !step.empty_layer).map(|(index, _)| ImageLayer {
            layer: 0,
            digest: None,
            compression: Compression::None,
            blob_bytes: Bytes::ZERO,
            history: Some(index),
        });
    Image {
        reference: None,
        tags: Vec::new(),
        source: Source { transport: Transport::DockerArchive, name: "fuzz".to_owned() },
        id: Digest::sha256([0; 32]),
        manifest_digest: None,
        platform: Platform::default(),
        created: None,
        config: Config::default(),
        layers: layers.collect(),
        history,
        warnings: Vec::new(),
    }
}
