//! Layers: any bytes, and tars whose checksums are right.
//!
//! The first byte says what is done with the rest: see [`prepare`].

use std::io::Write as _;

use plimsoll_collect::{Error, ReadLayer, read_layer};
use plimsoll_snapshot::{Contents, EntryKind, Node, path};

use crate::{limits, mend};

/// What the rest of an input is: `0` taken as it is, `1` a tar whose checksums are fixed, `2` the same inside gzip,
/// `3` inside zstd.
pub(crate) fn prepare(data: &[u8]) -> Option<Vec<u8>> {
    let (&mode, rest) = data.split_first()?;
    let mut bytes = rest.to_vec();
    if mode % 4 == 0 {
        return Some(bytes);
    }
    mend(&mut bytes);
    Some(compressed(mode % 4, bytes))
}

/// Compresses a tar: not at all (`0` and `1`), with gzip (`2`), with zstd (`3`).
pub(crate) fn compressed(how: u8, tar: Vec<u8>) -> Vec<u8> {
    match how {
        2 => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&tar).expect("memory takes everything");
            encoder.finish().expect("memory takes everything")
        }
        3 => zstd::encode_all(&tar[..], 1).expect("memory takes everything"),
        _ => tar,
    }
}

/// Runs one input.
pub fn run(data: &[u8]) {
    let Some(blob) = prepare(data) else { return };
    match (read_layer("layer", &blob[..], &limits()), read_layer("layer", Slow(&blob), &limits())) {
        (Ok(first), Ok(second)) => {
            assert_eq!(first.blob_bytes.0, blob.len() as u64, "all of the blob is read");
            assert_eq!((&first.digest, &first.diff_id), (&second.digest, &second.diff_id));
            check(&first);
            assert!(first.contents == second.contents, "a layer that is read twice is the same");
        }
        (Err(first), Err(second)) => assert_eq!(say(&first), say(&second)),
        (first, second) => panic!("read twice: {:?} and {:?}", first.err(), second.err()),
    }
}

/// What holds of every layer.
pub(crate) fn check(layer: &ReadLayer) {
    let (diff_id, contents) = (&layer.diff_id, &layer.contents);
    let paths: Vec<&[u8]> = contents.entries.iter().map(|entry| entry.path).collect();
    assert!(paths.is_sorted_by(|a, b| path::compare(a, b).is_lt()), "paths are in order, each once");
    for (index, entry) in contents.entries.iter().enumerate() {
        assert_eq!(contents.entries.find(entry.path), Some(index));
        assert!(is_normal(entry.path), "{:?} leaves the image", path::escape(entry.path));
        assert!(entry.node.kind() != EntryKind::Directory || matches!(entry.node, Node::Directory));
    }
    for marker in contents.whiteouts.iter().chain(contents.opaque.iter()) {
        assert!(is_normal(marker));
    }
    let mut file = Vec::new();
    contents.write(diff_id, &mut file).expect("memory takes everything");
    let (of, again) = Contents::read(&file[..]).expect("what is written is read again");
    assert_eq!((&of, &again), (diff_id, contents), "what is written is read again as it was");
}

fn is_normal(path: &[u8]) -> bool {
    path.is_empty() || path.split(|&byte| byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."))
}

/// An error with all it names.
fn say(error: &Error) -> String {
    assert!(!error.to_string().is_empty());
    format!("{error}: {error:?}")
}

/// Gives a few bytes at a time, as a pipe may.
struct Slow<'a>(&'a [u8]);

impl std::io::Read for Slow<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let length = out.len().min(509);
        self.0.read(&mut out[..length])
    }
}
