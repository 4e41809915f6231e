//! Which file content of an image is which of a later image.
//!
//! Every inode of all layers is matched with at most one of the other image: at the same path first, with the same content
//! before other content; then the same content at another path; then what every rebuild stores under another name. A path
//! that several layers store has several inodes, so a copy of a lower layer that is no longer stored has no match. Of equal
//! candidates, those that no finding names are matched first: the rest is what the fix removed.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Bytes, ContentHash, Ecosystem, Order as _};

use super::advice::Advice;
use super::finding::Finding;
use super::input::Input;
use super::rebuilt::Rebuilt;
use super::rule_id::RuleId;

/// The matches between the inodes of two images.
#[derive(Debug)]
pub(super) struct Matching {
    /// For each inode before the one after.
    pub(super) of_old: Vec<Option<u32>>,
    /// For each inode after the one before.
    pub(super) of_new: Vec<Option<u32>>,
}

/// Different packages have the same small files: licences, and notes of who installed them. Those have not moved.
const LEAST_ELSEWHERE: Bytes = Bytes(16_384);

/// An image, and which of its inodes findings name.
struct Side<'a> {
    input: &'a Input<'a>,
    named: Vec<bool>,
    is_later: bool,
}

impl Matching {
    /// Matches the inodes of two images.
    pub(super) fn of(old: &Input<'_>, before: &Advice, new: &Input<'_>, after: &Advice) -> Self {
        let sides = (Side::new(old, before, false), Side::new(new, after, true));
        let mut matching =
            Self { of_old: vec![None; sides.0.named.len()], of_new: vec![None; sides.1.named.len()] };
        matching.pass(&sides, |side, index, keys| {
            let content = side.content(index);
            keys.extend(side.names(index).map(|name| (name, content)));
        });
        // A file that is empty now has lost its bytes, although its path is still there.
        matching.pass(&sides, |side, index, keys| {
            if !side.is_later || side.content(index).0 > Bytes::ZERO {
                keys.extend(side.names(index));
            }
        });
        matching.pass(&sides, |side, index, keys| {
            let content = Some(side.content(index)).filter(|(size, _)| *size > Bytes::ZERO);
            keys.extend(content.map(|content| (content, side.package(index))));
        });
        matching.pass(&sides, |side, index, keys| {
            keys.extend(Some(side.content(index)).filter(|(size, _)| *size >= LEAST_ELSEWHERE));
        });
        matching.pass(&sides, |side, index, keys| {
            let place = side.place(index).filter(|_| side.content(index).0 > Bytes::ZERO);
            keys.extend(place.and_then(|place| Some(Rebuilt::of(place)?.lasting_name(place))));
        });
        matching.pass(&sides, |side, index, keys| {
            let place = side.place(index).filter(|place| Rebuilt::of(place) == Some(Rebuilt::Bytecode));
            let name = |place| Rebuilt::Bytecode.lasting_name(last(place, 3));
            keys.extend(place.map(|place| (name(place), side.package(index))));
        });
        matching.keep_the_first(&sides, before);
        matching
    }

    /// Matches what is not matched yet by keys; an inode with several keys is matched by any of them.
    fn pass<'s, K: Ord>(
        &mut self,
        sides: &'s (Side<'s>, Side<'s>),
        keys: impl Fn(&'s Side<'s>, u32, &mut Vec<K>),
    ) {
        let keyed = |side: &'s Side<'s>, matched: &[Option<u32>]| {
            let mut all = Vec::new();
            let mut own = Vec::new();
            for (index, _) in (0..).zip(matched).filter(|(_, matched)| matched.is_none()) {
                keys(side, index, &mut own);
                all.extend(own.drain(..).map(|key| (key, index)));
            }
            all.sort_unstable();
            all
        };
        let (olds, news) = (keyed(&sides.0, &self.of_old), keyed(&sides.1, &self.of_new));
        let mut news = &news[..];
        for olds in olds.chunk_by(|left, right| left.0 == right.0) {
            let key = &olds[0].0;
            news = &news[news.partition_point(|(other, _)| other < key)..];
            let count = news.partition_point(|(other, _)| other == key);
            if count > 0 {
                let left = |keyed: &[(K, u32)], matched: &[Option<u32>]| -> Vec<u32> {
                    let indices = keyed.iter().map(|(_, index)| *index);
                    indices.filter(|&index| matched[index as usize].is_none()).collect()
                };
                let (olds, now) = (left(olds, &self.of_old), left(&news[..count], &self.of_new));
                self.pair(sides, olds, now);
            }
        }
    }

    fn pair(&mut self, sides: &(Side<'_>, Side<'_>), mut olds: Vec<u32>, mut news: Vec<u32>) {
        let count = olds.len().min(news.len());
        for (side, indices) in [(&sides.0, &mut olds), (&sides.1, &mut news)] {
            // What has no match is named by a finding, or lies in a lower layer.
            indices.order_by_key(|&index| (side.named[index as usize], std::cmp::Reverse(index)));
            indices.truncate(count);
            indices.order();
        }
        for (old, new) in olds.into_iter().zip(news) {
            self.of_old[old as usize] = Some(new);
            self.of_new[new as usize] = Some(old);
        }
    }

    /// Of several files of one content it does not matter which one stays: a finding about copies does not name the first.
    fn keep_the_first(&mut self, sides: &(Side<'_>, Side<'_>), before: &Advice) {
        let is_about_copies =
            |finding: &&Finding| matches!(finding.rule, RuleId::DuplicateFiles | RuleId::DuplicateModels);
        let copies = before.findings.iter().filter(is_about_copies).flat_map(|finding| finding.inodes.iter());
        let copies: BTreeSet<u32> = copies.copied().collect();
        if copies.is_empty() {
            return;
        }
        let mut gone: BTreeMap<(Bytes, ContentHash), Vec<u32>> = BTreeMap::new();
        for (index, matched) in (0..).zip(&self.of_old) {
            if matched.is_none() && !copies.contains(&index) {
                gone.entry(sides.0.content(index)).or_default().push(index);
            }
        }
        for copy in copies {
            let content = sides.0.content(copy);
            let same = |new: &u32| sides.1.content(*new) == content;
            let Some(new) = self.of_old[copy as usize].filter(same) else { continue };
            if let Some(first) = gone.get_mut(&content).and_then(Vec::pop) {
                self.of_old[copy as usize] = None;
                self.of_old[first as usize] = Some(new);
                self.of_new[new as usize] = Some(first);
            }
        }
    }
}

impl<'a> Side<'a> {
    fn new(input: &'a Input<'a>, advice: &Advice, is_later: bool) -> Self {
        let mut named = vec![false; input.squashed.inodes.len()];
        for finding in &advice.findings {
            finding.named().for_each(|(index, _)| named[index as usize] = true);
        }
        Self { input, named, is_later }
    }

    fn content(&self, index: u32) -> (Bytes, ContentHash) {
        let inode = &self.input.squashed.inodes[index as usize];
        (inode.size, inode.content)
    }

    /// The package that owns an inode, if one does.
    fn package(&self, index: u32) -> Option<(Ecosystem, &'a str)> {
        let package = self.input.package(self.input.catalogue.owners[index as usize])?;
        Some((package.ecosystem, &package.name))
    }

    fn names(&self, index: u32) -> impl Iterator<Item = &'a [u8]> {
        self.input.names(index)
    }

    fn place(&self, index: u32) -> Option<&'a [u8]> {
        self.names(index).next()
    }
}

/// The last components of a path.
fn last(place: &[u8], components: usize) -> &[u8] {
    let slashes = place.iter().enumerate().rev().filter(|(_, byte)| **byte == b'/');
    slashes.map(|(at, _)| &place[at + 1..]).nth(components - 1).unwrap_or(place)
}
