//! Finds private keys that are written out: PEM (RFC 7468), OpenSSH, OpenPGP and PuTTY.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::{BETWEEN, look};

/// What stands in front of the secret part of a key.
static HEADS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let heads = ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----", "SECRET KEY-----", "Private-Lines:"];
    AhoCorasick::new(heads).expect("four short texts make an automaton")
});

/// Takes out every private key, to its end or that of the argument it stands in.
pub(super) fn keys(text: &str, found: &mut Vec<Range<usize>>) {
    look::looked_at(text.len());
    let mut done = 0;
    for head in HEADS.find_iter(text) {
        if head.start() < done {
            continue;
        }
        let argument = look::find(text, head.end(), |char| char == BETWEEN);
        let ends = ["-----END", "Private-MAC:"];
        let rest = &text[head.end()..argument];
        let length = ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
        look::looked_at(rest.len());
        done = head.end() + length;
        found.push(head.end()..done);
        if length == rest.len() {
            done = argument;
        }
    }
    found.retain(|range| !range.is_empty());
}
