//! The command that usually follows, for the hint after a command.

/// A command as a line to paste. Nothing if a word would need quotes: the hint is not worth a line that is hard to read.
pub(crate) fn command(words: &[&str]) -> Option<String> {
    let is_plain = |word: &&str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@=".contains(&byte);
        !word.is_empty() && word.bytes().all(is_plain)
    };
    words.iter().all(is_plain).then(|| format!("plimsoll {}", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_words_become_a_line() {
        assert_eq!(command(&["findings", "app:1.0"]).unwrap(), "plimsoll findings app:1.0");
        for word in ["", "a b", "$(id)", "a;b", "a\u{1b}[31m", "'"] {
            assert_eq!(command(&["findings", word]), None, "{word:?}");
        }
    }
}
