//! Parts of paths that identify their files.

use plimsoll_snapshot::path;

/// The path down to a directory of this name: `app/.git` of `app/.git/objects/1`.
pub(super) fn down_to<'p>(place: &'p [u8], directory: &[u8]) -> Option<&'p [u8]> {
    let mut end = 0;
    for part in place.split(|&byte| byte == b'/') {
        end += part.len();
        if end < place.len() && part == directory {
            return Some(&place[..end]);
        }
        end += 1;
    }
    None
}

/// Whether a path lies below a directory of this name.
pub(super) fn is_below(place: &[u8], directory: &[u8]) -> bool {
    down_to(place, directory).is_some()
}

/// The first `depth` components of a path, without the last.
pub(super) fn top(place: &[u8], depth: usize) -> &[u8] {
    let directory = path::parent(place);
    directory
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'/')
        .nth(depth.saturating_sub(1))
        .map_or(directory, |(at, _)| &directory[..at])
}

/// A path as text to read, with a slash in front.
pub(super) fn absolute(place: &[u8]) -> String {
    format!("/{}", path::escape(place))
}

/// Whether a path is that of a log.
pub(super) fn is_log(place: &[u8]) -> bool {
    place.starts_with(b"var/log/") || place.ends_with(b".log") || place.starts_with(b"root/.npm/_logs/")
}

/// The entry of a directory for temporary files that a path lies in: `tmp/build` of `tmp/build/a.o`.
pub(crate) fn temporary_entry(place: &[u8]) -> Option<&[u8]> {
    let start = ["tmp/", "var/tmp/"].iter().find(|start| place.starts_with(start.as_bytes()))?.len();
    let end = place[start..].iter().position(|&byte| byte == b'/').map_or(place.len(), |at| start + at);
    (end > start).then(|| &place[..end])
}

/// The standard library of a Python that a path lies in: `usr/lib/python3.11`.
pub(super) fn python(place: &[u8]) -> Option<&[u8]> {
    let mut end = 0;
    for part in place.split(|&byte| byte == b'/') {
        end += part.len();
        let version = part.strip_prefix(b"python3.");
        if end < place.len() && version.is_some_and(|digits| digits.iter().all(u8::is_ascii_digit)) {
            return path::parent(&place[..end]).ends_with(b"lib").then_some(&place[..end]);
        }
        end += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_found_by_name() {
        assert_eq!(down_to(b"app/.git/objects/1", b".git"), Some(&b"app/.git"[..]));
        assert_eq!(down_to(b"app/.git", b".git"), None);
        assert_eq!(top(b"a/b/c/d", 2), b"a/b");
        assert_eq!(top(b"a/b", 5), b"a");
        assert_eq!(python(b"usr/lib/python3.11/os.py"), Some(&b"usr/lib/python3.11"[..]));
        assert_eq!(python(b"usr/share/python3.11/x"), None);
        assert_eq!(temporary_entry(b"var/tmp/a/b/c"), Some(&b"var/tmp/a"[..]));
        assert_eq!(temporary_entry(b"tmp/a"), Some(&b"tmp/a"[..]));
        assert_eq!(temporary_entry(b"srv/tmp/a"), None);
    }
}
