//! Who stands on every way to a node: the tree of dominators (Lengauer and Tarjan, "A Fast Algorithm for Finding
//! Dominators in a Flowgraph", 1979, with path compression).
//!
//! The common iterative algorithm is faster on small graphs and takes a time that grows with the square of some large
//! ones, which a hostile image may describe.

/// No node.
const NONE: usize = usize::MAX;

/// For each node the last one that every way from `top` to it leads through; none for `top`, and for what it does not
/// reach.
pub(super) fn immediate_dominators(next: &[Vec<usize>], top: usize) -> Vec<Option<usize>> {
    let walk = Walk::new(next, top);
    let count = walk.order.len();
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, &node) in walk.order.iter().enumerate() {
        next[node].iter().for_each(|&to| before[walk.number[to]].push(from));
    }
    // From here on, a node is its number in the walk.
    let mut forest = Forest::new(count);
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut dominator = vec![0; count];
    for node in (1..count).rev() {
        for &from in &before[node] {
            let best = forest.best(from);
            forest.semi[node] = forest.semi[node].min(forest.semi[best]);
        }
        waiting[forest.semi[node]].push(node);
        let parent = walk.parent[node];
        forest.above[node] = parent;
        for below in std::mem::take(&mut waiting[parent]) {
            let best = forest.best(below);
            dominator[below] = if forest.semi[best] < forest.semi[below] { best } else { parent };
        }
    }
    for node in 1..count {
        if dominator[node] != forest.semi[node] {
            dominator[node] = dominator[dominator[node]];
        }
    }
    let mut found = vec![None; next.len()];
    for node in 1..count {
        found[walk.order[node]] = Some(walk.order[dominator[node]]);
    }
    found
}

/// A walk to all that is reached, depth first.
struct Walk {
    /// The nodes in the order in which they were reached.
    order: Vec<usize>,
    /// Their places in that order.
    number: Vec<usize>,
    /// By its place, the place of the node that each was reached from.
    parent: Vec<usize>,
}

impl Walk {
    fn new(next: &[Vec<usize>], top: usize) -> Self {
        let mut walk = Self { order: Vec::new(), number: vec![NONE; next.len()], parent: Vec::new() };
        let mut pending = vec![(top, 0)];
        while let Some((node, from)) = pending.pop() {
            if walk.number[node] != NONE {
                continue;
            }
            let number = walk.order.len();
            walk.number[node] = number;
            walk.order.push(node);
            walk.parent.push(from);
            pending.extend(next[node].iter().rev().map(|&to| (to, number)));
        }
        walk
    }
}

/// What was looked at so far, linked upwards.
struct Forest {
    semi: Vec<usize>,
    above: Vec<usize>,
    /// The node with the least `semi` on the way up, as far as that is known.
    best: Vec<usize>,
}

impl Forest {
    fn new(count: usize) -> Self {
        Self { semi: (0..count).collect(), above: vec![NONE; count], best: (0..count).collect() }
    }

    /// The node with the least `semi` on the way up to the end of the links. The way is made shorter for the next one.
    fn best(&mut self, node: usize) -> usize {
        if self.above[node] == NONE {
            return node;
        }
        let mut way = Vec::new();
        let mut at = node;
        while self.above[self.above[at]] != NONE {
            way.push(at);
            at = self.above[at];
        }
        let end = self.above[at];
        let mut best = self.best[at];
        for &at in way.iter().rev() {
            if self.semi[best] < self.semi[self.best[at]] {
                self.best[at] = best;
            }
            best = self.best[at];
            self.above[at] = end;
        }
        self.best[node]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(graph: &[&[usize]]) -> Vec<Option<usize>> {
        immediate_dominators(&graph.iter().map(|next| next.to_vec()).collect::<Vec<_>>(), 0)
    }

    /// What is reached from the first node without another.
    fn reached(next: &[Vec<usize>], without: usize) -> Vec<bool> {
        let mut reached = vec![false; next.len()];
        let mut pending = vec![0];
        while let Some(node) = pending.pop() {
            if node != without && !std::mem::replace(&mut reached[node], true) {
                pending.extend(&next[node]);
            }
        }
        reached
    }

    #[test]
    fn two_ways_meet_below_whom_both_lead_from() {
        assert_eq!(check(&[&[1, 2], &[3], &[3], &[4], &[]]), [None, Some(0), Some(0), Some(0), Some(3)]);
        assert_eq!(check(&[&[1], &[2], &[1, 2]]), [None, Some(0), Some(1)]);
        assert_eq!(check(&[&[], &[0]]), [None, None]);
    }

    #[test]
    fn two_chains_with_steps_between_them_take_no_time() {
        // What the iterative algorithm takes a minute for.
        const LENGTH: usize = 200_000;
        let chain = |start: usize, at: usize| if at + 1 < LENGTH { vec![start + at + 1] } else { Vec::new() };
        let mut next = vec![vec![1, 1 + LENGTH]];
        next.extend((0..LENGTH).map(|at| chain(1, at)));
        next.extend((0..LENGTH).map(|at| [chain(1 + LENGTH, at), vec![1 + at]].concat()));
        let found = immediate_dominators(&next, 0);
        assert_eq!(found[LENGTH], Some(0));
        assert_eq!(found[2 * LENGTH], Some(2 * LENGTH - 1));
    }

    proptest! {
        #[test]
        fn a_dominator_is_on_every_way(
            next in prop::collection::vec(prop::collection::vec(0_usize..12, 0..4), 12),
        ) {
            let found = immediate_dominators(&next, 0);
            let all = reached(&next, usize::MAX);
            let above: Vec<Vec<usize>> = (0..12)
                .map(|node| std::iter::successors(found[node], |&above| found[above]).collect())
                .collect();
            for without in 0..12 {
                let left = reached(&next, without);
                for node in (1..12).filter(|&node| node != without && all[node]) {
                    prop_assert_eq!(!left[node], above[node].contains(&without), "{} without {}", node, without);
                }
            }
            prop_assert!((0..12).all(|node| found[node].is_some() == (all[node] && node != 0)));
        }
    }
}
