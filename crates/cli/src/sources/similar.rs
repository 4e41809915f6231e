//! Names that may have been meant instead of one that does not exist.

use std::cmp::Reverse;

use plimsoll_report::format::one_line;
use strsim::osa_distance;

/// How many names are shown.
const SHOWN: usize = 6;

/// A list of names, those first that are most like the wanted one: "`a`, `b`, and 3 more".
pub(crate) fn listed(wanted: &str, mut names: Vec<String>) -> Option<String> {
    // What is far longer is not compared letter by letter: it may come from anywhere.
    let distance = |name: &String| match name.len() {
        0..=256 => osa_distance(wanted, name),
        length => length,
    };
    let common =
        |name: &String| wanted.bytes().zip(name.bytes()).take_while(|(wanted, byte)| wanted == byte).count();
    names.sort();
    names.dedup();
    names.sort_by_cached_key(|name| (distance(name), Reverse(common(name))));
    let shown: Vec<_> = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{}`", one_line(&name.chars().take(128).collect::<String>())))
        .collect();
    match names.len().saturating_sub(SHOWN) {
        _ if shown.is_empty() => None,
        0 => Some(shown.join(", ")),
        more => Some(format!("{}, and {more} more", shown.join(", "))),
    }
}

/// The one of some words that a misspelt one stands for: one letter off, or two in a long one.
pub(crate) fn meant<'a>(written: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.len() > 64 {
        return None;
    }
    let distances = words.into_iter().map(|word| (osa_distance(written, word), word));
    let (distance, word) = distances.min()?;
    let most = if word.len() > 8 { 2 } else { 1 };
    (1..=most).contains(&distance).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_names_come_first() {
        let names = ["1.25", "1.26", "1.27.0", "1.27.1", "latest", "alpine", "stable", "x"];
        let names = names.map(str::to_owned).to_vec();
        let shown = listed("1.27", names).unwrap();
        assert_eq!(shown, "`1.25`, `1.26`, `1.27.0`, `1.27.1`, `x`, `alpine`, and 2 more");
        assert_eq!(listed("a", Vec::new()), None);
        assert_eq!(listed("a", vec!["b\n".to_owned()]).unwrap().matches('\n').count(), 0);
    }

    #[test]
    fn a_slip_is_told_from_another_word() {
        let words = ["docker-daemon", "docker-archive", "podman", "oci"];
        for (written, expected) in [
            ("docker-deamon", Some("docker-daemon")),
            ("docker-archve", Some("docker-archive")),
            ("podmn", Some("podman")),
            ("podman", None),
            ("postman", None),
            ("nginx", None),
            ("docker", None),
        ] {
            assert_eq!(meant(written, words), expected, "{written}");
        }
    }
}
