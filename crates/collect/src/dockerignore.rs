//! Reads a `.dockerignore`.

use crate::redact;

/// The longest Dockerfile or `.dockerignore` that is read, in bytes.
pub const MAX_BUILD_FILE_BYTES: u64 = 1 << 20;

/// The patterns of a `.dockerignore` (moby `patternmatcher/ignorefile`): no comments, no empty lines, paths in one form.
#[must_use]
pub fn read_dockerignore(text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let pattern = |line: &str| {
        // Only a `#` in the first column makes a comment.
        let line = if line.starts_with('#') { "" } else { line.trim() };
        let (mark, path) = line.strip_prefix('!').map_or(("", line), |path| ("!", path.trim()));
        let path = clean(path);
        (!path.is_empty()).then(|| redact::setting(&format!("{mark}{path}")).into_owned())
    };
    text.lines().filter_map(pattern).collect()
}

/// What Go's `filepath.Clean` makes of a path, without the leading slash.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if path.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    if parts.is_empty() && !path.is_empty() && !path.starts_with('/') {
        return ".".to_owned();
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_brought_into_one_form() {
        let text = "\u{feff}# comment\n\n/a/\n  b/./c  \n!  /d/../e\n./f\n#g\n #h\n.\n/\n..\n";
        assert_eq!(read_dockerignore(text), ["a", "b/c", "!e", "f", "#h", ".", ".."]);
    }
}
