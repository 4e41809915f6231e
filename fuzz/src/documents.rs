//! Indexes, manifests and configs that refer to each other by digests that are right.
//!
//! An input is a list of blobs, parted by `PARTING`; `@N` in a blob stands for the digest of the blob of that number.
//! The first byte of each says what it is besides: `0` the `index.json`, `1` the `manifest.json`.

use std::collections::BTreeMap;
use std::io::{self, Read};

use plimsoll_collect::Store;
use sha2::{Digest as _, Sha256};

use crate::archive::{Wanted, planned};
use crate::catalog::PARTING;
use crate::checks;

/// The most blobs of one input: `@9` is the last.
const MOST_BLOBS: usize = 10;

/// Runs one input.
pub fn run(data: &[u8]) {
    let Some((&mode, rest)) = data.split_first() else { return };
    let wanted = Wanted::of(mode);
    let store = Blobs::of(rest);
    match (planned(&store, &wanted), planned(&store, &wanted)) {
        (Ok(first), Ok(second)) => {
            assert!(first == second, "a layout that is read twice is the same");
            checks::snapshot(&first);
        }
        (Err(first), Err(second)) => assert_eq!(first.to_string(), second.to_string()),
        (first, second) => panic!("read twice: {:?} and {:?}", first.err(), second.err()),
    }
}

/// Members by name.
#[derive(Default)]
pub(crate) struct Blobs(pub(crate) BTreeMap<String, Vec<u8>>);

impl Blobs {
    fn of(data: &[u8]) -> Self {
        let mut blobs = Self::default();
        let mut digests: Vec<String> = Vec::new();
        let mut rest = data;
        while digests.len() < MOST_BLOBS && !rest.is_empty() {
            let end = rest.windows(PARTING.len()).position(|window| window == PARTING);
            let (blob, next) = match end {
                Some(end) => (&rest[..end], &rest[end + PARTING.len()..]),
                None => (rest, &[][..]),
            };
            rest = next;
            let Some((&kind, content)) = blob.split_first() else { continue };
            digests.push(blobs.add(kind, with_digests(content, &digests)));
        }
        blobs
    }

    fn add(&mut self, kind: u8, content: Vec<u8>) -> String {
        let hex: String = Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect();
        match kind {
            0 => self.0.insert("index.json".to_owned(), content.clone()),
            1 => self.0.insert("manifest.json".to_owned(), content.clone()),
            _ => None,
        };
        self.0.insert(hex.clone(), content.clone());
        self.0.insert(format!("blobs/sha256/{hex}"), content);
        hex
    }
}

fn with_digests(content: &[u8], digests: &[String]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(content.len());
    let mut rest = content.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        let digit = |next: &u8| char::from(*next).to_digit(10).and_then(|digit| digests.get(digit as usize));
        match rest.peek().filter(|_| byte == b'@').and_then(digit) {
            Some(digest) => {
                bytes.extend_from_slice(digest.as_bytes());
                rest.next();
            }
            None => bytes.push(byte),
        }
    }
    bytes
}

impl Store for Blobs {
    fn open(&self, member: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        Ok(self.0.get(member).map(|bytes| Box::new(&bytes[..]) as Box<dyn Read>))
    }

    fn size(&self, member: &str) -> Option<u64> {
        self.0.get(member).map(|bytes| bytes.len() as u64)
    }
}
