//! English: pulling an image.

use crate::language::PullWords;

pub(super) const WORDS: PullWords = PullWords {
    head: |service, seconds, size| format!("{service}: {seconds} to pull {size}"),
    transfer: |seconds, rate| format!("all layers are transferred after {seconds} at {rate} Mbit/s"),
    present: |layers| format!("layers that already exist on the machine: {layers}"),
    unknown: |layers| format!("layers that the source does not have, and that the times lack: {layers}"),
    nodes: |nodes, size| format!("{nodes} machines: a registry sends {size}"),
    estimated: "the source stores layers uncompressed: their compressed size is an estimate",
    layer: "layer",
    blob: "transferred",
    unpacked: "unpacked",
    transferred: "arrives after",
    unpacking: "unpacking",
    done: "done after",
    decisive: "decides",
    zstd: |seconds| format!("with zstd: {seconds}"),
    split: |layer, parts, seconds| format!("with layer {layer} cut into {parts}: {seconds}"),
    constants: |gzip, zstd, write, file, streams| {
        format!(
            "per second: gzip {gzip}, zstd {zstd}, disk {write}; {file} µs per file; {streams} layers at a time"
        )
    },
};
