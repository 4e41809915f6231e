//! All names of a snapshot, and texts without them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::kind::Kind;
use super::known;
use super::scan::Found;
use crate::error::{Error, Result};
use plimsoll_snapshot::Order as _;

/// The longest name that is looked for in other texts: longer ones are whole texts, and are replaced where they stand.
const LONGEST: usize = 256;

/// The names that were found, each once.
#[derive(Default)]
pub(super) struct Collected(BTreeSet<(String, Kind)>);

impl Collected {
    pub(super) fn add(&mut self, found: &[Found]) {
        self.0.extend(found.iter().map(|found| (found.name.clone(), found.kind)));
    }
}

/// All names, to be looked for at once: there may be as many of them as there are texts.
pub(super) struct Names {
    automaton: AhoCorasick,
    pseudonyms: Vec<String>,
    /// What each name is of: one that was found as two kinds is one of them everywhere.
    kinds: HashMap<String, Kind>,
}

/// A part of a text, and what stands there instead.
type Replacement<'a> = (Range<usize>, std::borrow::Cow<'a, str>);

impl Names {
    /// Names that are looked for in every text. One that is a word of `subjects`, or of everybody, is replaced only where
    /// it was found.
    pub(super) fn new(collected: &Collected, subjects: &HashSet<String>) -> Result<Self> {
        let is_told = |name: &str, kind: Kind| {
            let lower = name.to_lowercase();
            // A host of one plain word may be any word elsewhere.
            if name.len() > LONGEST || kind == Kind::Host && name.chars().all(char::is_alphabetic) {
                return false;
            }
            name.contains(['.', ':', '/', '\\', ' '])
                || !known::is_common(&lower) && !subjects.contains(&lower)
        };
        let mut seen = HashSet::new();
        // The set is sorted by name, so one that is of two kinds keeps the first.
        let all = &collected.0;
        let names: Vec<_> = all
            .iter()
            .filter(|(name, kind)| is_told(name, *kind) && seen.insert(name.to_lowercase()))
            .collect();
        // `registry.example` may be a part of `a.registry.example`.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .ascii_case_insensitive(true)
            .build(names.iter().map(|(name, _)| name))
            .map_err(|error| Error::Document { member: "snapshot".to_owned(), reason: error.to_string() })?;
        let mut kinds = HashMap::new();
        for (name, kind) in all.iter().filter(|(_, kind)| *kind != Kind::Path) {
            kinds.entry(name.to_lowercase()).or_insert(*kind);
        }
        let kind_of = |name: &str, kind: Kind| match kind {
            Kind::Path => Kind::Path,
            _ => kinds.get(&name.to_lowercase()).copied().unwrap_or(kind),
        };
        let pseudonyms = names.iter().map(|(name, kind)| kind_of(name, *kind).pseudonym(name)).collect();
        Ok(Self { automaton, pseudonyms, kinds })
    }

    /// A text without the names found in it, and without those that other texts gave away.
    pub(super) fn without(&self, text: &str, found: &[Found], part: usize) -> String {
        let joins =
            |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        // `libfoo.so.1.2.3.4` holds no address, however often that is one.
        let is_part = |name: &str, before: Option<&u8>| {
            before == Some(&b'.') && name.starts_with(|first: char| first.is_ascii_digit())
        };
        let bytes = text.as_bytes();
        let known: Vec<Replacement<'_>> = self
            .automaton
            .find_iter(text)
            .filter(|found| {
                let before = found.start().checked_sub(1).and_then(|before| bytes.get(before));
                let name = &text[found.range()];
                !joins(before) && !joins(bytes.get(found.end())) && !is_part(name, before)
            })
            .map(|found| (found.range(), self.pseudonyms[found.pattern().as_usize()].as_str().into()))
            .collect();
        let of_one_kind = |found: &Found| {
            let kind =
                if found.kind == Kind::Path { None } else { self.kinds.get(&found.name.to_lowercase()) };
            Found { kind: kind.copied().unwrap_or(found.kind), ..found.clone() }
        };
        let found: Vec<_> = of_part(found, part).iter().map(of_one_kind).collect();
        replaced(text, &found, &known, part)
    }
}

/// The names of one of several texts, which they are in the order of.
fn of_part(found: &[Found], part: usize) -> &[Found] {
    let start = found.partition_point(|found| found.part < part);
    &found[start..start + found[start..].partition_point(|found| found.part == part)]
}

/// A text with names replaced: of two that overlap, the one that begins first, then the longer one.
pub(super) fn replaced(text: &str, found: &[Found], known: &[Replacement<'_>], part: usize) -> String {
    let found = of_part(found, part).iter();
    let mut all: Vec<Replacement<'_>> =
        found.map(|found| (found.range.clone(), found.kind.pseudonym(&found.name).into())).collect();
    if all.is_empty() && known.is_empty() {
        return text.to_owned();
    }
    all.extend(known.iter().cloned());
    all.order_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let (mut out, mut end) = (String::with_capacity(text.len()), 0);
    for (range, pseudonym) in all {
        if range.start >= end {
            out.push_str(&text[end..range.start]);
            out.push_str(&pseudonym);
            end = range.end;
        }
    }
    out.push_str(&text[end..]);
    out
}
