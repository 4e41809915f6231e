//! Patterns of a `.dockerignore`.

use super::{Dockerignore, Line, Unfit, ValueKind, is_harmless};

/// The pattern that names this path of the build context, and nothing else.
///
/// # Errors
///
/// A path is [`Unfit`] if a line cannot hold it: spaces at its ends are cut off, and there are no quotes.
pub fn pattern(inside: &[u8]) -> Result<Line<Dockerignore>, Unfit> {
    let text = str::from_utf8(inside).map_err(|_| Unfit::new(ValueKind::Pattern, inside))?;
    let path = text.trim_end_matches('/');
    let is_clean = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if !is_clean || path != path.trim() || !is_harmless(path) {
        return Err(Unfit::new(ValueKind::Pattern, inside));
    }
    let mut text = String::with_capacity(path.len() + 1);
    for (at, character) in path.chars().enumerate() {
        // A backslash takes away the meaning of what follows (moby `patternmatcher`), of `!` and `#` at the beginning as well.
        if matches!(character, '*' | '?' | '[' | ']' | '\\') || at == 0 && matches!(character, '!' | '#') {
            text.push('\\');
        }
        text.push(character);
    }
    Ok(Line::checked(text))
}

/// The same for a directory, with a slash at its end.
///
/// # Errors
///
/// As [`pattern`].
pub fn directory(inside: &[u8]) -> Result<Line<Dockerignore>, Unfit> {
    pattern(inside).map(|pattern| Line::of([pattern, "/".into()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dockerignore::Ignore;

    #[test]
    fn a_pattern_names_its_path_alone() {
        for path in ["a/b", "!a", "#a", "a*", "a?b", "[a]", "a\\b", "a b", ".env", "**", "a!b#c"] {
            let pattern = pattern(path.as_bytes()).unwrap();
            let ignore = Ignore::new([pattern.as_str()]);
            assert!(ignore.leaves_out(path), "{path}: {pattern}");
            for other in ["a", "b", "ax", "axb", "x", "!x"] {
                assert!(other == path || !ignore.leaves_out(other), "{path}: {pattern} {other}");
            }
        }
        for path in
            ["", " a", "a ", "a\n!b", "..", "../a", "a//b", "a/./b", "a\u{feff}", "a\tb", "::error::x"]
        {
            assert!(pattern(path.as_bytes()).is_err(), "{path:?}");
        }
    }
}
