//! Common typing errors, from the dictionary of the `typos` program. Its tokenizer is not needed: texts have no code in them.

use std::collections::HashMap;

use crate::texts::Text;

/// Spanish words that the dictionary takes for errors, in lower case.
pub(crate) const ALLOWED: &[&str] = &["historial", "manifiesto"];

pub(crate) struct Dictionary {
    /// What to write instead of each error, in lower case.
    corrections: HashMap<String, &'static [&'static str]>,
}

impl Dictionary {
    pub(crate) fn new() -> Self {
        let entries = typos_dict::WORD.map.entries();
        let corrections = entries.map(|(word, right)| (word.into_inner().to_lowercase(), *right));
        Self { corrections: corrections.collect() }
    }

    /// Every error in a text: where it is, and what to write.
    pub(crate) fn hits(&self, text: &Text) -> Vec<(usize, String)> {
        words(&text.plain)
            .filter_map(|(at, word)| {
                let lower = word.to_lowercase();
                let right = self.corrections.get(&lower)?;
                let is_allowed = ALLOWED.contains(&lower.as_str());
                (!is_allowed).then(|| (at, format!("`{word}`: {}", right.join(", "))))
            })
            .collect()
    }
}

/// The words of a text, without names such as `diffId`, `x86` and `sha256`.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let identifiers = text.split(|character: char| !character.is_alphanumeric() && character != '_');
    let is_plain = |word: &&str| {
        let mut characters = word.chars();
        characters.next().is_some_and(char::is_alphabetic) && characters.all(char::is_lowercase)
    };
    identifiers.filter(is_plain).map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}
