//! What a `.dockerignore` leaves out of the build context (moby `patternmatcher`).

/// Patterns that are ready to be matched.
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug)]
struct Pattern {
    /// Whether what matches is kept after all (`!`).
    is_exception: bool,
    tokens: Vec<Token>,
}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// This character.
    Is(char),
    /// `?`: any but the slash.
    AnyCharacter,
    /// `*`: any number of characters but the slash.
    AnyName,
    /// `**`: any number of characters.
    AnyPath,
    /// `**/`: any number of directories, each with its slash.
    Directories,
    /// `[a-z]`, `[^a-z]`.
    Class { ranges: Vec<(char, char)>, is_negated: bool },
}

impl Ignore {
    /// Patterns as [`plimsoll_snapshot::BuildFile::ignore`] has them: clean, without comments. A pattern that is malformed
    /// matches nothing.
    #[must_use]
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let pattern = |text: &str| {
            let (is_exception, text) = text.strip_prefix('!').map_or((false, text), |text| (true, text));
            Some(Pattern { is_exception, tokens: tokens(text.trim_start_matches('/'))? })
        };
        Self { patterns: patterns.into_iter().filter_map(pattern).collect() }
    }

    /// Whether a path of the context, relative and without `.`, is left out. What lies below a directory that is left out is
    /// left out as well, unless an exception comes later; of all patterns that match, the last one counts.
    #[must_use]
    pub fn leaves_out(&self, path: &str) -> bool {
        let mut is_left_out = false;
        for pattern in &self.patterns {
            // A pattern that would change nothing is not tried.
            if pattern.is_exception == is_left_out && pattern.matches_or_parent(path) {
                is_left_out = !pattern.is_exception;
            }
        }
        is_left_out
    }
}

impl Pattern {
    /// Whether it matches a path or a directory above it.
    ///
    /// All states the pattern can be in are followed at once, so the time is the product of both lengths at worst.
    fn matches_or_parent(&self, path: &str) -> bool {
        let mut states = vec![State::Out; self.tokens.len() + 1];
        self.enter(&mut states, 0);
        for character in path.chars() {
            if character == '/' && states[self.tokens.len()] != State::Out {
                return true;
            }
            let mut next = vec![State::Out; states.len()];
            for (at, token) in self.tokens.iter().enumerate().filter(|(at, _)| states[*at] != State::Out) {
                match token {
                    Token::Is(expected) if *expected == character => self.enter(&mut next, at + 1),
                    Token::AnyCharacter if character != '/' => self.enter(&mut next, at + 1),
                    Token::AnyName if character != '/' => self.enter(&mut next, at),
                    Token::AnyPath => self.enter(&mut next, at),
                    Token::Directories => {
                        next[at] = next[at].max(State::Inside);
                        if character == '/' {
                            self.enter(&mut next, at + 1);
                        }
                    }
                    Token::Class { ranges, is_negated }
                        if ranges.iter().any(|(from, to)| (from..=to).contains(&&character))
                            != *is_negated =>
                    {
                        self.enter(&mut next, at + 1);
                    }
                    _ => {}
                }
            }
            states = next;
        }
        states[self.tokens.len()] != State::Out
    }

    /// Begins with a token, and with those that follow where it may stand for nothing.
    fn enter(&self, states: &mut [State], mut at: usize) {
        while states[at] != State::Entered {
            states[at] = State::Entered;
            match self.tokens.get(at) {
                Some(Token::AnyName | Token::AnyPath | Token::Directories) => at += 1,
                _ => return,
            }
        }
    }
}

/// Whether a token is being matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Out,
    /// In the midst of it.
    Inside,
    /// From its beginning: it may stand for nothing.
    Entered,
}

/// The parts of a pattern; `None` if it is malformed.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        tokens.push(match character {
            '*' if characters.next_if_eq(&'*').is_some() => {
                // `**/` is `**`, and stands for no directory as well.
                if characters.next_if_eq(&'/').is_some() && characters.peek().is_some() {
                    Token::Directories
                } else {
                    Token::AnyPath
                }
            }
            '*' => Token::AnyName,
            '?' => Token::AnyCharacter,
            '\\' => Token::Is(characters.next()?),
            '[' => {
                let is_negated = characters.next_if_eq(&'^').is_some();
                let mut ranges = Vec::new();
                loop {
                    let from = match characters.next()? {
                        ']' if ranges.is_empty() => return None,
                        ']' => break,
                        '\\' => characters.next()?,
                        from => from,
                    };
                    let is_range = characters.next_if_eq(&'-').is_some();
                    let to = match is_range.then(|| characters.next()) {
                        None => from,
                        Some(Some('\\')) => characters.next()?,
                        Some(to) => to.filter(|to| *to != ']')?,
                    };
                    ranges.push((from, to));
                }
                Token::Class { ranges, is_negated }
            }
            character => Token::Is(character),
        });
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From moby/patternmatcher, `patternmatcher_test.go`, `TestMatches`, as far as patterns are well-formed.
    #[test]
    fn patterns_match_as_in_moby() {
        for (pattern, path, expected) in [
            ("**", "file", true),
            ("**", "file/", true),
            ("**/", "file", true),
            ("**/", "file/", true),
            ("**", "/", true),
            ("**/", "/", true),
            ("**", "dir/file", true),
            ("**/", "dir/file", true),
            ("**/**", "dir/file", true),
            ("dir/**", "dir/file", true),
            ("dir/**", "dir/dir2/file", true),
            ("**/dir", "dir", true),
            ("**/dir", "dir/file", true),
            ("**/dir2/*", "dir/dir2/file", true),
            ("**/dir2/**", "dir/dir2/dir2/file", true),
            ("**file", "file", true),
            ("**file", "dir/file", true),
            ("**/file", "dir/file", true),
            ("**file", "dir/dir/file", true),
            ("**/file", "dir/dir/file", true),
            ("**/file*", "dir/dir/file", true),
            ("**/file*", "dir/dir/file.txt", true),
            ("**/file*txt", "dir/dir/file.txt", true),
            ("**/file*.txt", "dir/dir/file.txt", true),
            ("**/file*.txt*", "dir/dir/file.txt", true),
            ("**/**/*.txt", "dir/dir/file.txt", true),
            ("**/**/*.txt2", "dir/dir/file.txt", false),
            ("**/*.txt", "file.txt", true),
            ("**/**/*.txt", "file.txt", true),
            ("a**/*.txt", "a/file.txt", true),
            ("a**/*.txt", "a/dir/file.txt", true),
            ("a**/*.txt", "a/dir/dir/file.txt", true),
            ("a/*.txt", "a/dir/file.txt", false),
            ("a/*.txt", "a/file.txt", true),
            ("a/*.txt**", "a/file.txt", true),
            ("a[b-d]e", "ae", false),
            ("a[b-d]e", "ace", true),
            ("a[b-d]e", "aae", false),
            ("a[^b-d]e", "aze", true),
            (".*", ".foo", true),
            (".*", "foo", false),
            ("abc.def", "abcdef", false),
            ("abc.def", "abc.def", true),
            ("abc.def", "abcZdef", false),
            ("abc?def", "abcZdef", true),
            ("abc?def", "abcdef", false),
            ("a\\\\", "a\\", true),
            ("**/foo/bar", "foo/bar", true),
            ("**/foo/bar", "dir/foo/bar", true),
            ("**/foo/bar", "dir/dir2/foo/bar", true),
            ("abc/**", "abc", false),
            ("abc/**", "abc/def", true),
            ("abc/**", "abc/def/ghi", true),
            ("**/.foo", ".foo", true),
            ("**/.foo", "bar.foo", false),
            ("a(b)c/def", "a(b)c/def", true),
            ("a(b)c/def", "a(b)c/xyz", false),
            ("a.|)$(}+{bc", "a.|)$(}+{bc", true),
            (
                "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl",
                "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl",
                true,
            ),
            ("dist/*.whl", "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", true),
        ] {
            assert_eq!(Ignore::new([pattern]).leaves_out(path), expected, "{pattern} {path}");
        }
    }

    /// From the same place, the cases of several patterns.
    #[test]
    fn the_last_pattern_counts() {
        for (patterns, path, expected) in [
            (&["**", "!util/docker/web"][..], "util/docker/web/foo", false),
            (&["**", "!util/docker/web", "util/docker/web/foo"], "util/docker/web/foo", true),
            (
                &["**", "!dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl"],
                "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl",
                false,
            ),
            (&["**", "!dist/*.whl"], "dist/proxy.py-2.4.0rc3.dev36+g08acad9-py3-none-any.whl", false),
            (&["docs", "!docs/README.md"], "docs/README.md", false),
            (&["docs", "!docs/README.md"], "docs/a/b", true),
            (&["!docs/README.md", "docs"], "docs/README.md", true),
            (&["*.md", "!README.md"], "README.md", false),
            (&["/a"], "a/b", true),
        ] {
            assert_eq!(
                Ignore::new(patterns.iter().copied()).leaves_out(path),
                expected,
                "{patterns:?} {path}"
            );
        }
    }

    #[test]
    fn malformed_patterns_match_nothing() {
        for pattern in ["[", "[^", "[]a]", "[^]a]", "a[", "[-", "[a-", "[a-]", "\\", "[\\"] {
            assert!(!Ignore::new([pattern]).leaves_out("a"), "{pattern}");
        }
    }

    #[test]
    fn stars_take_no_more_than_the_product_of_both_lengths() {
        let pattern = "**/*a".repeat(500) + "c";
        assert!(!Ignore::new([&*pattern]).leaves_out(&"a/".repeat(500)));
    }
}
