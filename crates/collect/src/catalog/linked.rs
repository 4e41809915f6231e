//! Metadata that is a link to another file of its layer.
//!
//! Package managers that keep a store link what they install to it: in a tar the store comes first or last, and a name
//! in the store does not say what lies there. So what looks like metadata is kept until the layer ends, and links whose
//! target has not passed by yet wait for it.

use std::collections::HashMap;
use std::sync::Arc;

use plimsoll_snapshot::path;

/// The largest file that is kept, but for databases.
const MAX_FILE: u64 = 2 << 20;
/// All that is kept of one layer.
const MAX_KEPT: u64 = 96 << 20;
/// The links that wait, and the bytes of their names.
const MAX_WAITING: usize = 16 << 20;

/// What links may give another name, and the links that wait for it.
#[derive(Default)]
pub(super) struct Linked {
    kept: HashMap<Vec<u8>, Arc<Vec<u8>>>,
    kept_bytes: u64,
    /// By the path of their target.
    waiting: HashMap<Vec<u8>, Vec<Link>>,
    waiting_bytes: usize,
    /// What each hard link names, so that links to links are understood.
    targets: HashMap<Vec<u8>, Vec<u8>>,
}

/// A link that a cataloger wants to read.
pub(super) struct Link {
    pub(super) path: Vec<u8>,
    pub(super) mode: u32,
    pub(super) is_hard: bool,
}

impl Linked {
    /// Whether a file may be needed under another name. `first` is its beginning.
    pub(super) fn wants(&self, path: &[u8], size: u64, first: &[u8]) -> bool {
        size <= MAX_KEPT
            && (self.waiting.contains_key(path)
                || self.kept_bytes.saturating_add(size) <= MAX_KEPT && looks_like_metadata(path, first, size))
    }

    /// Keeps a file.
    pub(super) fn keep(&mut self, path: &[u8], bytes: Vec<u8>) {
        let more = (path.len() + bytes.len()) as u64;
        if self.kept_bytes.saturating_add(more) <= MAX_KEPT {
            self.kept_bytes += more;
            self.kept.insert(path.to_vec(), Arc::new(bytes));
        }
    }

    /// The links that waited for a file.
    pub(super) fn waited_for(&mut self, path: &[u8]) -> Vec<Link> {
        if self.waiting.is_empty() { Vec::new() } else { self.waiting.remove(path).unwrap_or_default() }
    }

    /// Notes a hard link, and gives the file it names in the end.
    pub(super) fn follow<'a>(&'a mut self, link: &[u8], target: &'a [u8]) -> &'a [u8] {
        let target = match self.targets.get(target) {
            Some(further) => further.clone(),
            None => target.to_vec(),
        };
        let size = link.len() + target.len();
        if self.waiting_bytes + size <= MAX_WAITING {
            self.waiting_bytes += size;
            return self.targets.entry(link.to_vec()).insert_entry(target).into_mut();
        }
        &[]
    }

    /// What is kept of a file.
    pub(super) fn content(&self, target: &[u8]) -> Option<Arc<Vec<u8>>> {
        self.kept.get(target).map(Arc::clone)
    }

    /// Lets a link wait for its target.
    pub(super) fn wait(&mut self, target: &[u8], link: Link) {
        let size = target.len() + link.path.len();
        if self.waiting_bytes + size <= MAX_WAITING {
            self.waiting_bytes += size;
            self.waiting.entry(target.to_vec()).or_default().push(link);
        }
    }

    /// The hard links whose target never came: it lies in a lower layer, or was too large to be kept.
    pub(super) fn left(&mut self) -> Vec<Link> {
        let links = std::mem::take(&mut self.waiting).into_values().flatten();
        let mut links: Vec<Link> = links.filter(|link| link.is_hard).collect();
        links.sort_by(|left, right| path::compare(&left.path, &right.path));
        links
    }
}

/// Whether a file may be metadata of packages, by its beginning: in a store its name tells nothing.
fn looks_like_metadata(path: &[u8], first: &[u8], size: u64) -> bool {
    const DATABASE: &[u8] = b"SQLite format 3\0";
    const BEGINNINGS: [&[u8]; 8] = [
        b"Metadata-Version:",
        b"\xef\xbb\xbfMetadata-Version:",
        b"Package:",
        b"C:Q1",
        b"P:",
        b"/.\n",
        b"==> ",
        b"# -*- encoding: utf-8 -*-\n# stub:",
    ];
    if first.starts_with(DATABASE) {
        // Those of stores are named after their content.
        let stem = path::name(path).split(|&byte| byte == b'.').next().unwrap_or_default();
        return stem.iter().all(u8::is_ascii_hexdigit);
    }
    if size > MAX_FILE {
        return false;
    }
    let head = &first[..first.len().min(4096)];
    let has = |text: &[u8], part: &[u8]| memchr::memmem::find(text, part).is_some();
    if head.trim_ascii_start().starts_with(b"{") {
        return has(first, b"\"name\"") && has(first, b"\"version\"");
    }
    BEGINNINGS.iter().any(|beginning| head.starts_with(beginning))
        || matches!(head.trim_ascii(), b"pip" | b"uv" | b"conda")
        || has(head, b",sha256=")
        || has(head, b".dist-info/")
        || has(head, b"Gem::Specification")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_known_by_its_content() {
        for (content, expected) in [
            ("Metadata-Version: 2.1\nName: a\n", true),
            ("a/__init__.py,sha256=x,1\n", true),
            ("{\"version\": \"1\",\n \"name\": \"a\"}", true),
            ("{\"version\": 3, \"names\": []}", false),
            ("uv\n", true),
            ("Package: a\nVersion: 1\n", true),
            ("/.\n/usr\n", true),
            ("import os\n", false),
            ("", false),
        ] {
            assert_eq!(looks_like_metadata(b"ab/01", content.as_bytes(), 100), expected, "{content}");
        }
        assert!(!looks_like_metadata(b"x", b"Package: a", MAX_FILE + 1));
    }

    #[test]
    fn links_to_links_are_followed() {
        let mut linked = Linked::default();
        assert_eq!(linked.follow(b"b", b"a"), b"a");
        assert_eq!(linked.follow(b"c", b"b"), b"a");
    }
}
