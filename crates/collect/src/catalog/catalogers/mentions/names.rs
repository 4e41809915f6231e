//! The names that one file mentions, each with its first line.

use std::collections::BTreeMap;

use plimsoll_snapshot::command::{MAX_NAME, is_secret};
use plimsoll_snapshot::{Ecosystem, MentionFact, MentionKind};

/// The most names of one file.
const MAX_NAMES: usize = 5000;

/// Names by the part of the file that has them, their kind, and themselves.
#[derive(Debug, Default)]
pub(super) struct Names {
    names: BTreeMap<(Option<String>, MentionKind), BTreeMap<String, u32>>,
    count: usize,
}

impl Names {
    pub(super) fn push(&mut self, kind: MentionKind, name: &str, line: u32) {
        self.push_of(None, kind, name, line);
    }

    /// Notes a name that counts only if a command runs this part of the file.
    pub(super) fn push_of(&mut self, run_as: Option<&str>, kind: MentionKind, name: &str, line: u32) {
        if name.is_empty() || name.len() > MAX_NAME || self.count >= MAX_NAMES {
            return;
        }
        let names = self.names.entry((run_as.map(str::to_owned), kind)).or_default();
        if !names.contains_key(name) {
            names.insert(name.to_owned(), line);
            self.count += 1;
        }
    }

    /// The facts of a file.
    pub(super) fn facts(self, entry: u32, ecosystem: Ecosystem) -> impl Iterator<Item = MentionFact> {
        self.names.into_iter().map(move |((run_as, kind), names)| {
            let (names, lines) = names.into_iter().unzip();
            MentionFact { entry, ecosystem, kind, run_as, names, lines }
        })
    }

    /// Asserts which names a source gives.
    #[cfg(test)]
    pub(super) fn check(read: impl FnOnce(&[u8], &mut Self), source: &str, expected: &str) {
        let mut names = Self::default();
        read(source.as_bytes(), &mut names);
        assert_eq!(names.shown(), expected, "{source}");
    }

    #[cfg(test)]
    pub(super) fn shown(self) -> String {
        let mut shown = Vec::new();
        for ((run_as, kind), names) in self.names {
            let part = run_as.map(|part| format!("{part}/")).unwrap_or_default();
            shown.extend(names.into_iter().map(|(name, line)| match kind {
                MentionKind::Module => format!("{part}{name}:{line}"),
                MentionKind::Driver => format!("{part}{name}::{line}"),
                MentionKind::Program => format!("{part}${name}:{line}"),
            }));
        }
        shown.join(" ")
    }
}

/// Counts the lines of a text up to its parts, which come in order.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, line: 1 }
    }

    /// The line on which a part of the text begins; that of the part before if it does not lie behind that.
    pub(super) fn of(&mut self, part: &'a [u8]) -> u32 {
        let start = part.as_ptr().addr().saturating_sub(self.text.as_ptr().addr()).min(self.text.len());
        if let Some(passed) = self.text.get(self.at..start) {
            let lines = passed.iter().filter(|&&byte| byte == b'\n').count();
            self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
            self.at = start;
        }
        self.line
    }
}

/// Whether the value of a key, a variable or an argument of this name loads something by name.
pub(super) fn is_loaded(key: &[u8]) -> bool {
    const WORDS: [&str; 49] = [
        "adapter",
        "apps",
        "async_mode",
        "backend",
        "builtins",
        "bundler",
        "cache_type",
        "class",
        "compiler",
        "dialect",
        "driver",
        "engine",
        "executor",
        "extends",
        "extension",
        "features",
        "finder",
        "flavor",
        "formatter",
        "framework",
        "handler",
        "hasher",
        "imports",
        "include",
        "libraries",
        "loader",
        "loop",
        "middleware",
        "module",
        "parser",
        "plugin",
        "pool",
        "preset",
        "processor",
        "provider",
        "renderer",
        "reporter",
        "require",
        "resolve",
        "runner",
        "scheduler",
        "serializer",
        "session_type",
        "storage",
        "target",
        "theme",
        "transform",
        "transport",
        "worker",
    ];
    let Ok(key) = str::from_utf8(key) else { return false };
    if key.len() > 60 || is_secret(key) {
        return false;
    }
    let key = key.to_ascii_lowercase();
    key == "use" || key.contains("validators") || WORDS.iter().any(|word| key.contains(word))
}
