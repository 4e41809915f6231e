//! Spanish: pulling an image.

use crate::language::PullWords;

pub(super) const WORDS: PullWords = PullWords {
    head: |service, seconds, size| format!("{service}: {seconds} para descargar {size}"),
    transfer: |seconds, rate| format!("todas las capas llegan en {seconds} a {rate} Mbit/s"),
    present: |layers| format!("capas que ya están: {layers}"),
    unknown: |layers| format!("capas que la fuente no tiene y que faltan en los tiempos: {layers}"),
    nodes: |nodes, size| format!("{nodes} máquinas: un registro envía {size}"),
    estimated: "la fuente guarda capas sin comprimir: su tamaño comprimido es una estimación",
    layer: "capa",
    blob: "transferido",
    unpacked: "desempaquetado",
    transferred: "llega en",
    unpacking: "desempaquetar",
    done: "lista en",
    decisive: "decide",
    zstd: |seconds| format!("con zstd: {seconds}"),
    split: |layer, parts, seconds| format!("con la capa {layer} dividida en {parts}: {seconds}"),
    constants: |gzip, zstd, write, file, streams| {
        format!(
            "por segundo: gzip {gzip}, zstd {zstd}, disco {write}; {file} µs por archivo; {streams} capas a la vez"
        )
    },
};
