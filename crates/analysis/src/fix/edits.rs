//! Changes of a text at places, merged and applied together.

use std::ops::Range;

/// A change: a range of the text and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edit {
    range: Range<usize>,
    text: String,
    /// Whether it belongs to the word before it: no other insertion comes between.
    is_word: bool,
}

/// Changes of one text. Each is at places of the text as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Edits {
    edits: Vec<Edit>,
    /// The character that continues lines, if it is not a backslash.
    escape: Option<char>,
}

/// Two changes of the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Conflict;

impl Edits {
    /// Changes of a Dockerfile whose lines another character than a backslash continues.
    pub(super) fn continued_by(escape: char) -> Self {
        Self { escape: Some(escape).filter(|escape| *escape != '\\'), ..Self::default() }
    }

    /// Inserts a text. The same insertion at the same place is made once.
    pub(super) fn insert(&mut self, at: usize, text: &str) -> Result<(), Conflict> {
        self.push(Edit { range: at..at, text: text.to_owned(), is_word: false })
    }

    /// Inserts words behind a word: before what follows the command, whichever was inserted first.
    pub(super) fn insert_words(&mut self, at: usize, text: &str) -> Result<(), Conflict> {
        self.push(Edit { range: at..at, text: text.to_owned(), is_word: true })
    }

    /// Removes a range. Ranges that overlap are removed together.
    pub(super) fn remove(&mut self, range: Range<usize>) -> Result<(), Conflict> {
        self.push(Edit { range, text: String::new(), is_word: false })
    }

    /// Replaces a range.
    pub(super) fn replace(&mut self, range: Range<usize>, text: &str) -> Result<(), Conflict> {
        self.push(Edit { range, text: text.to_owned(), is_word: false })
    }

    fn push(&mut self, mut new: Edit) -> Result<(), Conflict> {
        if let Some(escape) = self.escape {
            new.text = new.text.replace("\\\n", &format!("{escape}\n"));
        }
        if self.edits.contains(&new) {
            return Ok(());
        }
        let overlaps = |old: &&Edit| old.range.start < new.range.end && new.range.start < old.range.end;
        let contains = |outer: &Edit, inner: &Edit| {
            inner.range.is_empty()
                && outer.range.start < inner.range.start
                && inner.range.start < outer.range.end
        };
        for old in &self.edits {
            let both_remove = old.text.is_empty() && new.text.is_empty();
            if overlaps(&old) && !both_remove || contains(old, &new) || contains(&new, old) {
                return Err(Conflict);
            }
        }
        self.edits.push(new);
        Ok(())
    }

    /// Whether something is inserted at a place.
    pub(super) fn has_insertion_at(&self, at: usize) -> bool {
        self.edits.iter().any(|edit| edit.range == (at..at))
    }

    /// Whether a new text has these words.
    pub(super) fn mention(&self, words: &str) -> bool {
        self.edits.iter().any(|edit| edit.text.contains(words))
    }

    /// Whether nothing is changed.
    pub(super) fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Whether every change lies before a place, or behind it.
    pub(super) fn are_apart_at(&self, at: usize) -> bool {
        self.edits.iter().all(|edit| edit.range.end <= at || edit.range.start >= at)
    }

    /// The text with all changes.
    pub(super) fn apply(&self, text: &str) -> String {
        self.apply_to(text, 0..text.len())
    }

    /// A part of the text with its changes. What is inserted where it begins belongs to it, what is inserted where it ends
    /// only if the text ends there.
    pub(super) fn apply_to(&self, text: &str, part: Range<usize>) -> String {
        let is_inside = |edit: &&Edit| {
            part.start <= edit.range.start
                && edit.range.end <= part.end
                && (edit.range.start < part.end || part.end == text.len())
        };
        let mut edits: Vec<&Edit> = self.edits.iter().filter(is_inside).collect();
        // Insertions at one place stay in their order, words first, before what is replaced there.
        edits.sort_by_key(|edit| (edit.range.start, edit.range.end, !edit.is_word));
        let (mut out, mut at) = (String::with_capacity(part.len()), part.start);
        for edit in edits {
            out.push_str(text.get(at..edit.range.start).unwrap_or_default());
            out.push_str(&edit.text);
            at = at.max(edit.range.end);
        }
        out.push_str(text.get(at..part.end).unwrap_or_default());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_one_text_are_merged() {
        let mut edits = Edits::default();
        edits.insert(1, "X").unwrap();
        edits.insert(1, "X").unwrap();
        edits.insert(1, "Y").unwrap();
        edits.remove(2..4).unwrap();
        edits.remove(3..5).unwrap();
        edits.replace(6..7, "Z").unwrap();
        assert_eq!(edits.apply("abcdefgh"), "aXYbfZh");
    }

    #[test]
    fn words_belong_to_the_command_before_them() {
        let mut edits = Edits::default();
        edits.insert(12, " && rm -rf /tmp/a").unwrap();
        edits.insert_words(12, " --production").unwrap();
        edits.insert_words(12, " --silent").unwrap();
        assert_eq!(edits.apply("yarn install"), "yarn install --production --silent && rm -rf /tmp/a");
    }

    #[test]
    fn a_part_has_its_own_changes() {
        let mut edits = Edits::default();
        edits.insert(3, "X").unwrap();
        edits.remove(1..2).unwrap();
        edits.insert(6, "Y").unwrap();
        assert_eq!(
            (edits.apply_to("012345", 0..3), edits.apply_to("012345", 3..6)),
            ("02".into(), "X345Y".into())
        );
        assert!(edits.are_apart_at(3) && edits.are_apart_at(2));
        edits.remove(2..5).unwrap_err();
    }

    #[test]
    fn a_place_is_changed_once() {
        let mut edits = Edits::default();
        edits.replace(2..5, "X").unwrap();
        for (range, text) in [(3..3, "a"), (4..6, ""), (0..3, "b")] {
            assert_eq!(edits.replace(range, text), Err(Conflict));
        }
        edits.insert(2, "a").unwrap();
        edits.insert(5, "b").unwrap();
        assert_eq!(edits.apply("0123456"), "01aXb56");
    }
}
