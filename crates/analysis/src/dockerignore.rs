//! What a `.dockerignore` leaves out of the build context (moby `patternmatcher`).

use std::cell::Cell;
use std::collections::BTreeSet;

use plimsoll_snapshot::BuildFile;

use crate::instruction::context_sources;

/// Patterns that are ready to be matched.
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    patterns: Vec<Pattern>,
    /// The patterns as they are written.
    lines: BTreeSet<String>,
    /// How many steps matching took so far.
    steps: Cell<u64>,
}

/// More steps are not taken: beyond them nothing is left out. Patterns that people write take a few thousand a file.
const MAX_STEPS: u64 = 400_000_000;

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
        let (mut ready, mut lines) = (Vec::new(), BTreeSet::new());
        for text in patterns {
            ready.extend(pattern(text));
            lines.insert(text.to_owned());
        }
        Self { patterns: ready, lines, steps: Cell::default() }
    }

    /// The patterns of a build, if it has any file of them.
    #[must_use]
    pub fn of(build: &BuildFile) -> Option<Self> {
        build.ignore.as_ref().map(|patterns| Self::new(patterns.iter().map(String::as_str)))
    }

    /// Whether this very line is there.
    #[must_use]
    pub fn has_line(&self, line: &str) -> bool {
        self.lines.contains(line)
    }

    /// Whether a path of the context, relative and without `.`, is left out. What lies below a directory that is left out is
    /// left out as well, unless an exception comes later; of all patterns that match, the last one counts.
    #[must_use]
    pub fn leaves_out(&self, path: &str) -> bool {
        // The last one that matches counts, so the search begins there.
        let matching =
            self.patterns.iter().rev().find(|pattern| pattern.matches_or_parent(path, &self.steps));
        matching.is_some_and(|pattern| !pattern.is_exception)
    }

    /// Whether everything below a path is left out as well: an exception may bring some of it back.
    fn has_exception_below(&self, path: &str) -> bool {
        let below = format!("{path}/");
        self.lines.iter().any(|line| {
            line.strip_prefix('!')
                .is_some_and(|line| line.starts_with(&below) || line.contains(['*', '?', '[']))
        })
    }
}

/// The lines of a Dockerfile that copy what its `.dockerignore` leaves out, and what they name: such a build fails.
#[must_use]
pub fn left_out_sources(build: &BuildFile) -> Vec<(u32, String)> {
    let Some(ignore) = Ignore::of(build) else { return Vec::new() };
    let mut found = Vec::new();
    for instruction in &build.instructions {
        for source in context_sources(&instruction.text) {
            let path = source.trim_start_matches("./").trim_matches('/');
            let is_literal = !path.is_empty() && path != "." && !path.contains(['*', '?', '[', '$']);
            if is_literal && ignore.leaves_out(path) && !ignore.has_exception_below(path) {
                found.push((instruction.line, path.to_owned()));
            }
        }
    }
    found
}

impl Pattern {
    /// Whether it matches a path or a directory above it.
    ///
    /// All states the pattern can be in are followed at once, so the time is the product of both lengths at worst.
    fn matches_or_parent(&self, path: &str, steps: &Cell<u64>) -> bool {
        let end = self.tokens.len();
        let mut states = vec![State::Out; end + 1];
        // The states that are not out, in any order.
        let (mut active, mut next_active) = (Vec::new(), Vec::new());
        let mut next = states.clone();
        self.enter(&mut states, 0, &mut active);
        for character in path.chars() {
            if character == '/' && states[end] != State::Out {
                return true;
            }
            steps.set(steps.get() + 1 + active.len() as u64);
            if active.is_empty() || steps.get() > MAX_STEPS {
                return false;
            }
            for &at in &active {
                match self.tokens.get(at) {
                    Some(Token::Is(expected)) if *expected == character => {
                        self.enter(&mut next, at + 1, &mut next_active);
                    }
                    Some(Token::AnyCharacter) if character != '/' => {
                        self.enter(&mut next, at + 1, &mut next_active);
                    }
                    Some(Token::AnyName) if character != '/' => self.enter(&mut next, at, &mut next_active),
                    Some(Token::AnyPath) => self.enter(&mut next, at, &mut next_active),
                    Some(Token::Directories) => {
                        if next[at] == State::Out {
                            next[at] = State::Inside;
                            next_active.push(at);
                        }
                        if character == '/' {
                            self.enter(&mut next, at + 1, &mut next_active);
                        }
                    }
                    Some(Token::Class { ranges, is_negated })
                        if ranges.iter().any(|(from, to)| (from..=to).contains(&&character))
                            != *is_negated =>
                    {
                        self.enter(&mut next, at + 1, &mut next_active);
                    }
                    _ => {}
                }
            }
            active.drain(..).for_each(|at| states[at] = State::Out);
            std::mem::swap(&mut states, &mut next);
            std::mem::swap(&mut active, &mut next_active);
        }
        states[end] != State::Out
    }

    /// Begins with a token, and with those that follow where it may stand for nothing.
    fn enter(&self, states: &mut [State], mut at: usize, active: &mut Vec<usize>) {
        while states[at] != State::Entered {
            if states[at] == State::Out {
                active.push(at);
            }
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
    fn sources_that_are_left_out_are_named() {
        let instruction = |(line, text): (u32, &str)| plimsoll_snapshot::BuildInstruction {
            line,
            text: text.to_owned(),
            ..plimsoll_snapshot::BuildInstruction::default()
        };
        let lines = [
            "FROM a",
            "COPY dist /app",
            "COPY ./keep.txt src/ /x/",
            "COPY --from=b dist /y",
            "ADD --chown=a data/a.csv /z",
            "COPY vendor /v",
            "COPY . .",
            "COPY [\"dist\", \"/q\"]",
        ];
        let build = BuildFile {
            instructions: (1..).zip(lines).map(instruction).collect(),
            ignore: Some(
                ["dist", "**/*.csv", "*.txt", "!keep.txt", "vendor", "!vendor/a"].map(Into::into).to_vec(),
            ),
            ..BuildFile::default()
        };
        let expected =
            [(2, "dist"), (5, "data/a.csv"), (8, "dist")].map(|(line, path)| (line, path.to_owned()));
        assert_eq!(left_out_sources(&build), expected);
    }

    #[test]
    fn many_patterns_and_files_take_a_bounded_number_of_steps() {
        let patterns: Vec<String> = (0..2000).map(|at| format!("**/{}x{at}*y", "*".repeat(at % 3))).collect();
        let steps = |files: usize| {
            let ignore = Ignore::new(patterns.iter().map(String::as_str));
            (0..files).for_each(|at| assert!(!ignore.leaves_out(&format!("a/b/c{at}.js"))));
            ignore.steps.get()
        };
        let (one, two) = (steps(10), steps(20));
        assert!(two <= one * 2 + one / 4, "{one} {two}");
        assert!(steps(20) < MAX_STEPS);
    }

    #[test]
    fn stars_take_no_more_than_the_product_of_both_lengths() {
        let pattern = "**/*a".repeat(500) + "c";
        assert!(!Ignore::new([&*pattern]).leaves_out(&"a/".repeat(500)));
    }
}
