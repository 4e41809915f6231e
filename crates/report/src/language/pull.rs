//! The words for pulling an image.

/// Texts about how long a pull takes.
#[derive(Debug)]
#[expect(missing_docs, reason = "what a field says stands in `en/pull.rs`")]
pub struct PullWords {
    pub head: fn(service: &str, seconds: &str, size: &str) -> String,
    pub transfer: fn(seconds: &str, rate: &str) -> String,
    pub present: fn(layers: &str) -> String,
    pub unknown: fn(layers: &str) -> String,
    pub nodes: fn(nodes: &str, size: &str) -> String,
    pub estimated: &'static str,
    pub layer: &'static str,
    pub blob: &'static str,
    pub unpacked: &'static str,
    pub transferred: &'static str,
    pub unpacking: &'static str,
    pub done: &'static str,
    pub decisive: &'static str,
    pub zstd: fn(seconds: &str) -> String,
    pub split: fn(layer: &str, parts: &str, seconds: &str) -> String,
    pub constants: fn(gzip: &str, zstd: &str, write: &str, file: &str, streams: &str) -> String,
}
