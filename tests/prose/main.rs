//! The words and the spelling of every text that a person reads: see `docs/style.md`.
//!
//! Texts are Markdown outside code, comments on their own lines, and the string literals of help and languages.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod spelling;
mod texts;
mod words;

use std::collections::BTreeMap;

use texts::{Language, Text};

/// Fails with every hit, and with their number in each directory.
fn expect_none(rule: &str, hits: impl Fn(&Text) -> Vec<(usize, String)>) {
    let (mut list, mut numbers) = (String::new(), BTreeMap::<&str, usize>::new());
    let texts = texts::tracked();
    for text in &texts {
        for (at, hit) in hits(text) {
            list.push_str(&format!("{}:{}: {hit}\n", text.path, text.line(at)));
            *numbers.entry(directory(&text.path)).or_default() += 1;
        }
    }
    assert!(list.is_empty(), "{rule}\n\n{list}\n{numbers:#?}");
}

/// The crate of a file, or the first directory.
fn directory(path: &str) -> &str {
    let depth = if path.starts_with("crates/") { 2 } else { 1 };
    path.match_indices('/').nth(depth - 1).map_or(path, |(end, _)| &path[..end])
}

#[test]
fn words_follow_the_style() {
    expect_none("docs/style.md has better words for these:", |text| {
        if text.language == Language::Spanish { Vec::new() } else { words::hits(text) }
    });
}

#[test]
fn words_are_spelled_right() {
    let dictionary = spelling::Dictionary::new();
    expect_none("these are typing errors, or belong to the list in tests/prose/spelling.rs:", |text| {
        if text.language == Language::Spanish { Vec::new() } else { dictionary.hits(text) }
    });
}

#[test]
fn every_exception_is_used() {
    let texts = texts::tracked();
    for word in spelling::ALLOWED {
        let is_used = texts.iter().any(|text| text.plain.to_lowercase().contains(word));
        assert!(is_used, "`{word}` is in no text: delete it from the list");
    }
}
