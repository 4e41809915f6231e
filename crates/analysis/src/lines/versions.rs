//! Versions of packages of Python (PEP 440, appendix B).

/// Whether a text is a version, normalised or not.
pub(super) fn is_python(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let mut rest = Rest(&text);
    rest.take("v");
    let mut epoch = Rest(rest.0);
    if epoch.digits() && epoch.take("!") {
        rest = epoch;
    }
    if !rest.digits() {
        return false;
    }
    while rest.both(".", Rest::digits) {}
    rest.suffix(&["alpha", "a", "beta", "b", "preview", "pre", "c", "rc"]);
    if !rest.both("-", Rest::digits) {
        rest.suffix(&["post", "rev", "r"]);
    }
    rest.suffix(&["dev"]);
    if rest.take("+") {
        if !rest.alphanumeric() {
            return false;
        }
        while ["-", "_", "."].iter().any(|between| rest.both(between, Rest::alphanumeric)) {}
    }
    rest.0.is_empty()
}

/// What is left of a version.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn take(&mut self, start: &str) -> bool {
        let rest = self.0.strip_prefix(start);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn run_of(&mut self, is_one: impl Fn(char) -> bool) -> bool {
        let rest = self.0.trim_start_matches(is_one);
        let some = rest.len() < self.0.len();
        self.0 = rest;
        some
    }

    fn digits(&mut self) -> bool {
        self.run_of(|character| character.is_ascii_digit())
    }

    fn alphanumeric(&mut self) -> bool {
        self.run_of(|character| character.is_ascii_alphanumeric())
    }

    /// A text and what follows it; empty if either is absent.
    fn both(&mut self, start: &str, then: impl Fn(&mut Self) -> bool) -> bool {
        let before = self.0;
        let both = self.take(start) && then(self);
        if !both {
            self.0 = before;
        }
        both
    }

    /// `-rc.1`, `rc1`, `rc`: a word with a separator before it, and one before its number.
    fn suffix(&mut self, words: &[&str]) {
        let before = self.0;
        self.run_once(b"-_.");
        if !words.iter().any(|word| self.take(word)) {
            self.0 = before;
            return;
        }
        let behind = self.0;
        self.run_once(b"-_.");
        if !self.digits() {
            self.0 = behind;
        }
    }

    fn run_once(&mut self, bytes: &[u8]) {
        if self.0.bytes().next().is_some_and(|first| bytes.contains(&first)) {
            self.0 = &self.0[1..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_a_grammar() {
        for good in [
            "1",
            "2.5.1",
            "2.5.1+cu124",
            "1!2.0",
            "1.0a1",
            "1.0.rc-2",
            "1.0.post1",
            "1.0-1",
            "1.0.dev3",
            "1.0b2.post345.dev456",
            "v1.0",
            "1.0+ubuntu-1.x",
            "2024.1",
            "1.0rc",
            "1.0RC1",
        ] {
            assert!(is_python(good), "{good}");
        }
        for bad in [
            "",
            "x",
            "1;a",
            "1 ",
            "1 --index-url http://evil",
            "1.",
            "1..2",
            "1+",
            "1+-",
            "1.0foo",
            "1!",
            "-1",
            "1\n",
            "1*",
            "$(a)",
            "1.0+a..b",
            "1.0-",
        ] {
            assert!(!is_python(bad), "{bad:?}");
        }
    }
}
