//! Brings the names in a tar into one form: relative, without `.` and `..` components, slashes single.

use std::borrow::Cow;

/// The path that a name in a tar stands for; `None` if it leaves the image by `..`. As in engines, `..` takes back the
/// component before it, whatever lies there.
pub(crate) fn normalise(name: &[u8]) -> Option<Cow<'_, [u8]>> {
    let name = name.strip_suffix(b"/").unwrap_or(name);
    let is_clean = name.split(|&byte| byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."));
    if is_clean {
        return Some(Cow::Borrowed(name));
    }
    let mut path = Vec::with_capacity(name.len());
    for part in name.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if path.is_empty() => return None,
            b".." => path.truncate(path.iter().rposition(|&byte| byte == b'/').unwrap_or(0)),
            part => {
                if !path.is_empty() {
                    path.push(b'/');
                }
                path.extend_from_slice(part);
            }
        }
    }
    Some(Cow::Owned(path))
}

/// What a name says about the layers below (image-spec, layer.md, "Whiteouts").
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// `.wh.NAME`: the path that is deleted.
    Whiteout(Vec<u8>),
    /// `.wh..wh..opq`: the directory whose lower children are hidden.
    Opaque(Vec<u8>),
    /// Bookkeeping of AUFS, which is no content.
    Bookkeeping,
    /// `.wh.` alone, or of `.` or `..`: it names nothing in its directory, and containerd refuses it.
    Nameless,
}

/// The marker that a path is, if it is one.
pub(crate) fn marker(path: &[u8]) -> Option<Marker> {
    let parent = plimsoll_snapshot::path::parent(path);
    if parent.split(|&byte| byte == b'/').any(|part| part.starts_with(b".wh..wh.")) {
        return Some(Marker::Bookkeeping);
    }
    match plimsoll_snapshot::path::name(path).strip_prefix(b".wh.")? {
        b"" | b"." | b".." => Some(Marker::Nameless),
        b".wh..opq" => Some(Marker::Opaque(parent.to_vec())),
        name if name.starts_with(b".wh.") => Some(Marker::Bookkeeping),
        name => {
            let mut target = parent.to_vec();
            if !target.is_empty() {
                target.push(b'/');
            }
            target.extend_from_slice(name);
            Some(Marker::Whiteout(target))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_brought_into_one_form() {
        let path =
            |name: &str| normalise(name.as_bytes()).map(|path| String::from_utf8_lossy(&path).into_owned());
        for (name, expected) in [
            ("usr/bin/", "usr/bin"),
            ("./", ""),
            ("/", ""),
            (".", ""),
            ("./etc//passwd", "etc/passwd"),
            ("/etc/./passwd", "etc/passwd"),
            ("./.wh.x", ".wh.x"),
            (".hidden/..file", ".hidden/..file"),
            ("a/../b", "b"),
            ("x/./mid/../up", "x/up"),
            ("a/b/c/../../d", "a/d"),
            ("a/..", ""),
        ] {
            assert_eq!(path(name).as_deref(), Some(expected), "{name}");
        }
        for outside in ["..", "../b", "a/../../b", "/../b"] {
            assert_eq!(path(outside), None, "{outside}");
        }
    }

    #[test]
    fn markers_are_told_from_files() {
        let check = |path: &str, expected| assert_eq!(marker(path.as_bytes()), expected, "{path}");
        check("a/.wh.b", Some(Marker::Whiteout(b"a/b".to_vec())));
        check(".wh.b", Some(Marker::Whiteout(b"b".to_vec())));
        check("a/.wh..wh..opq", Some(Marker::Opaque(b"a".to_vec())));
        check(".wh..wh..opq", Some(Marker::Opaque(Vec::new())));
        check(".wh..wh.aufs", Some(Marker::Bookkeeping));
        check(".wh..wh.plnk/17.3", Some(Marker::Bookkeeping));
        for nameless in ["a/.wh.", "a/.wh..", "a/.wh...", ".wh..."] {
            check(nameless, Some(Marker::Nameless));
        }
        check("a/.wh....", Some(Marker::Whiteout(b"a/...".to_vec())));
        check("a/x.wh.b", None);
    }
}
