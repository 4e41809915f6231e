//! Sorting, compiled once.
//!
//! The standard library sorts each type with a separate copy: a hundred of them took up a tenth of the page. Here
//! the positions are sorted, by one copy, and the items then moved to where they belong. Where sorting is the work
//! (paths, sizes of all files), the standard library does it.

use std::cmp::Ordering;

/// Stable sorting of slices, small in code.
pub trait Order<T> {
    /// Sorts.
    fn order(&mut self)
    where
        T: Ord;

    /// Sorts by a comparison.
    fn order_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// Sorts by a key, which is made for every comparison.
    fn order_by_key<K: Ord>(&mut self, key: impl FnMut(&T) -> K);
}

impl<T> Order<T> for [T] {
    fn order(&mut self)
    where
        T: Ord,
    {
        self.order_by(T::cmp);
    }

    fn order_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let order = positions(self.len(), &mut |left, right| compare(&self[left], &self[right]));
        arrange(self, order);
    }

    fn order_by_key<K: Ord>(&mut self, mut key: impl FnMut(&T) -> K) {
        self.order_by(|left, right| key(left).cmp(&key(right)));
    }
}

/// A set or a map, filled one item after the other.
///
/// Collecting one sorts its items first, with a copy of the sort for each type: together these took up as much as all other
/// sorts.
#[must_use]
pub fn filled<C: Default + Extend<T>, T>(items: impl IntoIterator<Item = T>) -> C {
    let mut filled = C::default();
    filled.extend(items);
    filled
}

/// The positions of `count` items in their order.
fn positions(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&left, &right| compare(left, right));
    order
}

/// Moves to each place the item that `order` names for it, circle by circle.
fn arrange<T>(items: &mut [T], mut order: Vec<usize>) {
    for start in 0..order.len() {
        let mut place = start;
        loop {
            let next = std::mem::replace(&mut order[place], place);
            if next == start || next == place {
                break;
            }
            items.swap(place, next);
            place = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_sorted_as_the_standard_library_does() {
        // Every list of up to six of three values: enough for all circles.
        for length in 0..7 {
            for number in 0..3_usize.pow(length) {
                let mut items: Vec<(usize, u32)> =
                    (0..length).map(|at| (number / 3_usize.pow(at) % 3, at)).collect();
                let mut expected = items.clone();
                expected.sort_by_key(|item| item.0);
                items.order_by_key(|item| item.0);
                assert_eq!(items, expected);
            }
        }
        let mut words = ["b", "", "a"];
        words.order();
        assert_eq!(words, ["", "a", "b"]);
    }
}
