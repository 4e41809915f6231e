//! Which files of the layer a package's list of files means.

use plimsoll_snapshot::{Entries, EntryKind, FileList, Files, Order as _, Paths, path};

use crate::path::normalise;

/// A list of paths in the image, as metadata gives it: with or without a leading slash. What leaves the image is left out.
pub(crate) fn listed<'a>(paths: impl IntoIterator<Item = &'a [u8]>) -> FileList {
    let mut clean: Vec<_> = paths.into_iter().filter_map(normalise).filter(|path| !path.is_empty()).collect();
    clean.order_by(|left, right| path::compare(left, right));
    clean.dedup();
    FileList { runs: Vec::new(), elsewhere: clean.iter().map(|path| &**path).collect() }
}

/// The path that `relative` means below `directory`; `None` if it leaves the image.
pub(crate) fn resolve(directory: &[u8], relative: &[u8]) -> Option<Vec<u8>> {
    if relative.starts_with(b"/") {
        return normalise(relative).map(std::borrow::Cow::into_owned);
    }
    let mut parts: Vec<&[u8]> =
        directory.split(|&byte| byte == b'/').filter(|part| !part.is_empty()).collect();
    for part in relative.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join(&b'/'))
}

pub(super) fn list_of(files: &mut Files) -> Option<&mut FileList> {
    match files {
        Files::Listed(list) => Some(list),
        _ => None,
    }
}

/// Finds the files of a list among the entries.
pub(super) fn find(list: &mut FileList, entries: &Entries) {
    let mut found = Vec::new();
    let mut elsewhere = Paths::default();
    for path in list.elsewhere.iter() {
        match place(path, entries) {
            Some(entry) if entries.get(entry).node.kind() == EntryKind::Directory => {}
            Some(entry) => found.push(u32::try_from(entry).expect("entries are counted by u32")),
            None if is_often_left_out(path) => {}
            None => elsewhere.push(path),
        }
    }
    found.order();
    found.dedup();
    *list = FileList::new(found, elsewhere);
}

/// Whether a layer has a path, or something below it.
pub(super) fn is_there(path: &[u8], entries: &Entries) -> bool {
    let at = entries.lower_bound(path);
    at < entries.len()
        && entries.path(at).strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
}

/// With a merged `/usr`, dpkg and rpm still list `/bin/x` for what lies at `/usr/bin/x`. A layer may have it the other
/// way round, where `bin` is a link and the archive names files through it.
fn place(path: &[u8], entries: &Entries) -> Option<usize> {
    let is_merged = |path: &[u8]| {
        let top = path.split(|&byte| byte == b'/').next();
        matches!(top, Some(b"bin" | b"sbin" | b"lib" | b"lib32" | b"lib64" | b"libx32" | b"libo32"))
    };
    let merged = || match path.strip_prefix(b"usr/") {
        Some(rest) => is_merged(rest).then(|| entries.find(rest)).flatten(),
        None => is_merged(path).then(|| entries.find(&[b"usr/", path].concat())).flatten(),
    };
    entries.find(path).or_else(merged)
}

/// Slim images leave documentation out by rule, and thousands of paths that do not exist are of no use. Compiled Python
/// belongs to the owner of its source.
fn is_often_left_out(path: &[u8]) -> bool {
    const SHARED: [&[u8]; 7] = [b"doc", b"man", b"info", b"locale", b"lintian", b"linda", b"licenses"];
    let left_out = |rest: &[u8]| {
        SHARED.iter().any(|name| rest.strip_prefix(*name).is_some_and(|rest| rest.starts_with(b"/")))
    };
    path.strip_prefix(b"usr/share/").is_some_and(left_out) || path.ends_with(b".pyc")
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::{Attributes, Bytes, ContentHash, EntriesBuilder, Node};

    use super::*;

    #[test]
    fn listed_paths_are_found_where_they_lie() {
        let mut builder = EntriesBuilder::default();
        for path in ["etc/x", "usr/bin/a", "usr/lib/b"] {
            let node = Node::File { size: Bytes(1), content: ContentHash(0) };
            builder.push(path.as_bytes(), node, Attributes::default());
        }
        builder.push(b"usr", Node::Directory, Attributes::default());
        let entries = builder.finish().0;
        let mut list = listed([&b"/."[..], b"/bin/a", b"/etc/x", b"/usr", b"/usr/share/doc/a", b"/opt/y"]);
        find(&mut list, &entries);
        let found: Vec<_> = list.entries().map(|entry| entries.get(entry as usize).path).collect();
        assert_eq!(found, [&b"etc/x"[..], b"usr/bin/a"]);
        assert_eq!(list.elsewhere.iter().collect::<Vec<_>>(), [b"opt/y"]);
    }

    #[test]
    fn relative_paths_are_resolved() {
        let check = |relative: &str| resolve(b"usr/lib/python3", relative.as_bytes());
        assert_eq!(check("x/../y").unwrap(), b"usr/lib/python3/y");
        assert_eq!(check("../../bin/z").unwrap(), b"usr/bin/z");
        assert_eq!(check("/etc/z").unwrap(), b"etc/z");
        assert_eq!(check("../../../../z"), None);
    }
}
