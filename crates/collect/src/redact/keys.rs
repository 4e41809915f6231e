//! Finds private keys that are written out: PEM (RFC 7468), OpenSSH, OpenPGP and PuTTY.

use std::ops::Range;

use memchr::memchr2_iter;

use super::look;
use super::marks::BETWEEN;

/// What stands in front of the secret part of a key.
const HEADS: [&str; 4] = ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----", "SECRET KEY-----", "Private-Lines:"];

/// Takes out every private key, to its end or that of the argument it stands in.
pub(super) fn keys(text: &str, found: &mut Vec<Range<usize>>) {
    look::looked_at(text.len());
    let mut done = 0;
    for start in memchr2_iter(b'P', b'S', text.as_bytes()).filter(|&at| text.is_char_boundary(at)) {
        let Some(head) = HEADS.iter().find(|head| text[start..].starts_with(**head)) else { continue };
        if start < done {
            continue;
        }
        let head = start + head.len();
        let argument = look::find(text, head, |char| char == BETWEEN);
        let ends = ["-----END", "Private-MAC:"];
        let rest = &text[head..argument];
        let length = ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
        look::looked_at(rest.len());
        done = head + length;
        found.push(head..done);
        if length == rest.len() {
            done = argument;
        }
    }
    found.retain(|range| !range.is_empty());
}
