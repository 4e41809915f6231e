//! Which file content of an image is which of a later image.
//!
//! Every inode of all layers is matched with at most one of the other image: at the same path first, with the same content
//! before other content; then the same content at another path; then what every rebuild stores under another name. A path
//! that several layers store has several inodes, so a copy of a lower layer that is no longer stored has no match. Of equal
//! candidates, those that no finding names are matched first: the rest is what the fix removed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::RandomState;
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

/// Which inodes a side has at a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Tenant {
    #[default]
    None,
    /// One that has no other path.
    One(u32),
    /// Several, or one that has other paths.
    Several,
}

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
        let mut matching = Self::none(&sides);
        let at_common_paths = matching.pass_alone(&sides);
        matching.pass_paths(&sides, &at_common_paths);
        let all = matching.all();
        matching.pass(&sides, &all, |side, index, keys| {
            let content = Some(side.content(index)).filter(|(size, _)| *size > Bytes::ZERO);
            keys.extend(content.map(|content| (content, side.package(index))));
        });
        matching.pass(&sides, &all, |side, index, keys| {
            keys.extend(Some(side.content(index)).filter(|(size, _)| *size >= LEAST_ELSEWHERE));
        });
        matching.pass(&sides, &all, |side, index, keys| {
            let place = side.place(index).filter(|_| side.content(index).0 > Bytes::ZERO);
            keys.extend(place.and_then(|place| Some(Rebuilt::of(place)?.lasting_name(place))));
        });
        matching.pass(&sides, &all, |side, index, keys| {
            let place = side.place(index).filter(|place| Rebuilt::of(place) == Some(Rebuilt::Bytecode));
            let name = |place| Rebuilt::Bytecode.lasting_name(last(place, 3));
            keys.extend(place.map(|place| (name(place), side.package(index))));
        });
        matching.keep_the_first(&sides, before);
        matching
    }

    /// No match yet.
    fn none(sides: &(Side<'_>, Side<'_>)) -> Self {
        Self { of_old: vec![None; sides.0.named.len()], of_new: vec![None; sides.1.named.len()] }
    }

    /// The inodes of both sides.
    fn all(&self) -> [Vec<u32>; 2] {
        [&self.of_old, &self.of_new].map(|side| (0..).zip(side).map(|(index, _)| index).collect())
    }

    /// Matches what lies at the same path.
    fn pass_paths(&mut self, sides: &(Side<'_>, Side<'_>), indices: &[Vec<u32>; 2]) {
        self.pass(sides, indices, |side, index, keys| {
            let content = side.content(index);
            keys.extend(side.names(index).map(|name| (name, content)));
        });
        // A file that is empty now has lost its bytes, although its path is still there.
        self.pass(sides, indices, |side, index, keys| {
            if !side.is_later || side.content(index).0 > Bytes::ZERO {
                keys.extend(side.names(index));
            }
        });
    }

    /// Matches files that have one path and are alone there on both sides: nearly all. [`Self::pass_paths`] would match
    /// them too, after sorting the paths of all files. Gives the inodes of both sides that it is left with: those at a path
    /// that the other side has too.
    fn pass_alone(&mut self, sides: &(Side<'_>, Side<'_>)) -> [Vec<u32>; 2] {
        let mut places: HashMap<&[u8], [Tenant; 2], RandomState> = HashMap::default();
        for (at, side) in [&sides.0, &sides.1].into_iter().enumerate() {
            for (index, _) in (0..).zip(&side.named) {
                let has_one_name = side.names(index).nth(1).is_none();
                for name in side.names(index) {
                    let tenant = &mut places.entry(name).or_default()[at];
                    let is_alone = *tenant == Tenant::None && has_one_name;
                    *tenant = if is_alone { Tenant::One(index) } else { Tenant::Several };
                }
            }
        }
        let mut left = [Vec::new(), Vec::new()];
        for (at, side) in [&sides.0, &sides.1].into_iter().enumerate() {
            for (index, _) in (0..).zip(&side.named) {
                let mut tenants = side.names(index).filter_map(|name| places.get(name));
                match tenants.next() {
                    Some(&[Tenant::One(old), Tenant::One(new)]) => {
                        let content = sides.1.content(new);
                        if content.0 > Bytes::ZERO || content == sides.0.content(old) {
                            self.of_old[old as usize] = Some(new);
                            self.of_new[new as usize] = Some(old);
                        }
                    }
                    first => {
                        let is_common = |tenants: &[Tenant; 2]| !tenants.contains(&Tenant::None);
                        if first.into_iter().chain(tenants).any(is_common) {
                            left[at].push(index);
                        }
                    }
                }
            }
        }
        left
    }

    /// Matches what is not matched yet, of these inodes of both sides, by keys; an inode with several keys is matched by any
    /// of them.
    fn pass<'s, K: Ord>(
        &mut self,
        sides: &'s (Side<'s>, Side<'s>),
        [olds, news]: &[Vec<u32>; 2],
        keys: impl Fn(&'s Side<'s>, u32, &mut Vec<K>),
    ) {
        let keyed = |side: &'s Side<'s>, indices: &[u32], matched: &[Option<u32>]| {
            let mut all = Vec::new();
            let mut own = Vec::new();
            for &index in indices.iter().filter(|index| matched[**index as usize].is_none()) {
                keys(side, index, &mut own);
                all.extend(own.drain(..).map(|key| (key, index)));
            }
            // Each layer has its paths in order: a stable sort merges what is sorted already.
            all.sort();
            all
        };
        let news = keyed(&sides.1, news, &self.of_new);
        if news.is_empty() {
            return;
        }
        let (olds, mut news) = (keyed(&sides.0, olds, &self.of_old), &news[..]);
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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::super::advice::{Advisor, Stacked};
    use super::super::rules::RULES;
    use super::*;
    use crate::testing::snapshot;

    /// A layer of a few files, links and whiteouts that fall on the same paths.
    fn a_layer() -> impl Strategy<Value = String> {
        const PATHS: &[&str] = &["a", "b", "c/d", "c/e", "log"];
        let line = (select(PATHS), select(PATHS), select(&["0 x", "5 x", "5 y", "h", "w"][..]));
        vec(line, 0..6).prop_map(|lines| {
            let lines: BTreeMap<_, _> =
                lines.into_iter().map(|(path, to, kind)| (path, (to, kind))).collect();
            let line = |(path, (to, kind)): (&str, (&str, &str))| match kind {
                "h" => format!("h {path} {to}"),
                "w" => format!("w {path}"),
                file => format!("f {path} {file}"),
            };
            lines.into_iter().map(line).collect::<Vec<_>>().join("\n")
        })
    }

    proptest! {
        #[test]
        fn files_alone_at_their_path_are_matched_as_by_sorting(
            before in vec(a_layer(), 1..4),
            after in vec(a_layer(), 1..4),
        ) {
            let image = |layers: &[String]| snapshot("app", &layers.iter().map(String::as_str).collect::<Vec<_>>());
            let (before, after) = (image(&before), image(&after));
            let (old, new) = (Stacked::of(&before, 0), Stacked::of(&after, 0));
            let (old, new) = (old.input(&before.services[0]), new.input(&after.services[0]));
            let advice = [&old, &new].map(|input| Advisor::new(RULES).advise(input));
            let sides = (Side::new(&old, &advice[0], false), Side::new(&new, &advice[1], true));
            let (mut quick, mut sorted) = (Matching::none(&sides), Matching::none(&sides));
            let left = quick.pass_alone(&sides);
            quick.pass_paths(&sides, &left);
            let all = sorted.all();
            sorted.pass_paths(&sides, &all);
            prop_assert_eq!((quick.of_old, quick.of_new), (sorted.of_old, sorted.of_new));
        }
    }
}
