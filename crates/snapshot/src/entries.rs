//! The entries of a layer: compact in memory, columns on disk.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::path_list::Paths;
use crate::room;
use crate::{Bytes, ContentHash, path};

/// Who may do what with an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attributes {
    /// Permission bits, set-user-ID and the like included, the type of file not.
    pub mode: u32,
    /// The numeric owner.
    pub uid: u64,
    /// The numeric group.
    pub gid: u64,
    /// The names of the extended attributes, sorted; `security.capability` among them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[serde(deserialize_with = "room::list")]
    pub xattrs: Vec<String>,
}

/// The kind of an entry, without what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum EntryKind {
    File,
    Directory,
    Symlink,
    Hardlink,
    CharDevice,
    BlockDevice,
    Fifo,
}

impl EntryKind {
    const CODES: [(Self, char); 7] = [
        (Self::File, 'f'),
        (Self::Directory, 'd'),
        (Self::Symlink, 'l'),
        (Self::Hardlink, 'h'),
        (Self::CharDevice, 'c'),
        (Self::BlockDevice, 'b'),
        (Self::Fifo, 'p'),
    ];

    fn code(self) -> char {
        Self::CODES.iter().find(|(kind, _)| *kind == self).expect("every kind has a code").1
    }

    fn from_code(code: char) -> Option<Self> {
        Self::CODES.iter().find(|(_, known)| *known == code).map(|(kind, _)| *kind)
    }
}

/// What an entry is, with what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Node<'a> {
    /// `size` is the logical size, as `stat` gives it; a sparse file stores less.
    File {
        size: Bytes,
        content: ContentHash,
    },
    Directory,
    Symlink {
        target: &'a [u8],
    },
    Hardlink {
        target: &'a [u8],
    },
    CharDevice,
    BlockDevice,
    Fifo,
}

impl Node<'_> {
    /// The kind alone.
    #[must_use]
    pub fn kind(&self) -> EntryKind {
        match self {
            Self::File { .. } => EntryKind::File,
            Self::Directory => EntryKind::Directory,
            Self::Symlink { .. } => EntryKind::Symlink,
            Self::Hardlink { .. } => EntryKind::Hardlink,
            Self::CharDevice => EntryKind::CharDevice,
            Self::BlockDevice => EntryKind::BlockDevice,
            Self::Fifo => EntryKind::Fifo,
        }
    }
}

/// One entry of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Where it lies, without a leading slash.
    pub path: &'a [u8],
    /// What it is.
    pub node: Node<'a>,
    /// Who may do what with it.
    pub attributes: &'a Attributes,
}

/// The entries of a layer, in path order, each path once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "EntryColumns", into = "EntryColumns")]
pub struct Entries {
    paths: Paths,
    rows: Vec<Row>,
    targets: Paths,
    attributes: Vec<Attributes>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    kind: EntryKind,
    /// Index into the table of attributes.
    attributes: u32,
    /// The size of a file; for a link, the index of its target.
    value: u64,
    content: ContentHash,
}

impl Entries {
    /// The bytes that names and link targets take up.
    #[must_use]
    pub fn name_bytes(&self) -> usize {
        self.paths.bytes.len() + self.targets.bytes.len()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The entry at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Entry<'_> {
        let row = self.rows[index];
        let target = || self.targets.get(usize::try_from(row.value).expect("it is an index"));
        let node = match row.kind {
            EntryKind::File => Node::File { size: Bytes(row.value), content: row.content },
            EntryKind::Directory => Node::Directory,
            EntryKind::Symlink => Node::Symlink { target: target() },
            EntryKind::Hardlink => Node::Hardlink { target: target() },
            EntryKind::CharDevice => Node::CharDevice,
            EntryKind::BlockDevice => Node::BlockDevice,
            EntryKind::Fifo => Node::Fifo,
        };
        Entry { path: self.paths.get(index), node, attributes: &self.attributes[row.attributes as usize] }
    }

    /// The paths of all of them, in order.
    pub(crate) fn paths(&self) -> &Paths {
        &self.paths
    }

    /// The path of the entry at `index`.
    #[must_use]
    pub fn path(&self, index: usize) -> &[u8] {
        self.paths.get(index)
    }

    /// Drops the entries whose path is not to be kept.
    pub fn retain(&mut self, keep: impl Fn(&[u8]) -> bool) {
        let mut builder = EntriesBuilder::default();
        for entry in self.iter().filter(|entry| keep(entry.path)) {
            builder.push(entry.path, entry.node, entry.attributes.clone());
        }
        *self = builder.finish().0;
    }

    /// The index of the entry at `path`.
    #[must_use]
    pub fn find(&self, path: &[u8]) -> Option<usize> {
        Some(self.lower_bound(path)).filter(|&index| index < self.len() && self.paths.get(index) == path)
    }

    /// The index of the entry at `path`, or else of the first one behind it: what lies below `path` begins there.
    #[must_use]
    pub fn lower_bound(&self, path: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            match path::compare(self.paths.get(middle), path) {
                std::cmp::Ordering::Less => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Entry<'_>> {
        (0..self.len()).map(|index| self.get(index))
    }
}

/// Takes entries in the order of an archive and puts them in path order.
#[derive(Debug, Default)]
pub struct EntriesBuilder {
    unsorted: Entries,
    known_attributes: HashMap<Attributes, u32>,
}

impl EntriesBuilder {
    /// Adds an entry. If its path was added before, the later one wins in [`EntriesBuilder::finish`].
    pub fn push(&mut self, path: &[u8], node: Node<'_>, attributes: Attributes) {
        let entries = &mut self.unsorted;
        let next = u32::try_from(entries.attributes.len()).expect("fewer than 2^32 entries fit in memory");
        let attributes = *self.known_attributes.entry(attributes).or_insert_with_key(|attributes| {
            entries.attributes.push(attributes.clone());
            next
        });
        let (value, content) = match node {
            // The file has no hash of an empty file, so what was just read has none either.
            Node::File { size: Bytes::ZERO, .. } => (0, ContentHash::default()),
            Node::File { size, content } => (size.0, content),
            Node::Symlink { target } | Node::Hardlink { target } => {
                entries.targets.push(target);
                (entries.targets.len() as u64 - 1, ContentHash::default())
            }
            _ => (0, ContentHash::default()),
        };
        entries.paths.push(path);
        entries.rows.push(Row { kind: node.kind(), attributes, value, content });
    }

    /// How many were added.
    #[must_use]
    pub fn len(&self) -> usize {
        self.unsorted.len()
    }

    /// Whether none was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.unsorted.is_empty()
    }

    /// The bytes that names and link targets take up.
    #[must_use]
    pub fn name_bytes(&self) -> usize {
        self.unsorted.name_bytes()
    }

    /// The entries in path order, each path once, and those that a later one of the same path superseded:
    /// how many, and the bytes of their files.
    #[must_use]
    pub fn finish(self) -> (Entries, u64, Bytes) {
        let Self { unsorted, .. } = self;
        let mut order: Vec<usize> = (0..unsorted.len()).collect();
        order.sort_by(|&left, &right| path::compare(unsorted.paths.get(left), unsorted.paths.get(right)));

        let mut sorted = Entries { attributes: unsorted.attributes, ..Entries::default() };
        sorted.rows.reserve_exact(order.len());
        sorted.paths.ends.reserve_exact(order.len());
        sorted.paths.bytes.reserve_exact(unsorted.paths.bytes.len());
        let (mut superseded, mut superseded_bytes) = (0, Bytes::ZERO);
        for (position, &index) in order.iter().enumerate() {
            let path = unsorted.paths.get(index);
            let mut row = unsorted.rows[index];
            // The sort is stable, so the last of equal paths is the one that came last.
            if order.get(position + 1).is_some_and(|&next| unsorted.paths.get(next) == path) {
                superseded += 1;
                if row.kind == EntryKind::File {
                    superseded_bytes += Bytes(row.value);
                }
                continue;
            }
            if matches!(row.kind, EntryKind::Symlink | EntryKind::Hardlink) {
                let target = usize::try_from(row.value).expect("it is an index");
                row.value = sorted.targets.len() as u64;
                sorted.targets.push(unsorted.targets.get(target));
            }
            sorted.paths.push(path);
            sorted.rows.push(row);
        }
        (sorted, superseded, superseded_bytes)
    }
}

/// What stands in the file; see `docs/snapshot-format.md`.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct EntryColumns {
    paths: Paths,
    /// One letter an entry.
    kinds: String,
    /// For each entry, an index into `attribute_table`.
    attributes: Vec<u32>,
    attribute_table: Vec<Attributes>,
    /// For each file its size.
    sizes: Vec<u64>,
    /// For each file with a size, eight bytes of hash, as Base64.
    contents: String,
    /// For each link its target.
    targets: Paths,
}

impl From<Entries> for EntryColumns {
    fn from(entries: Entries) -> Self {
        let files = || entries.rows.iter().filter(|row| row.kind == EntryKind::File);
        let hashes: Vec<u8> =
            files().filter(|row| row.value > 0).flat_map(|row| row.content.0.to_be_bytes()).collect();
        Self {
            kinds: entries.rows.iter().map(|row| row.kind.code()).collect(),
            attributes: entries.rows.iter().map(|row| row.attributes).collect(),
            sizes: files().map(|row| row.value).collect(),
            contents: STANDARD_NO_PAD.encode(hashes),
            paths: entries.paths,
            attribute_table: entries.attributes,
            targets: entries.targets,
        }
    }
}

impl TryFrom<EntryColumns> for Entries {
    type Error = String;
    fn try_from(columns: EntryColumns) -> Result<Self, String> {
        let count = columns.paths.len();
        if columns.attributes.len() != count {
            return Err(format!("{count} paths, but {} attributes", columns.attributes.len()));
        }
        let hashes =
            STANDARD_NO_PAD.decode(&columns.contents).map_err(|error| format!("contents: {error}"))?;
        let mut hashes = hashes.chunks_exact(8);
        let mut sizes = columns.sizes.into_iter();
        let mut kinds = columns.kinds.chars();
        let mut links = 0;
        let mut rows = Vec::with_capacity(count);
        for (index, attributes) in columns.attributes.into_iter().enumerate() {
            if index > 0 && path::compare(columns.paths.get(index - 1), columns.paths.get(index)).is_ge() {
                return Err(format!("path {index} is out of order"));
            }
            if attributes as usize >= columns.attribute_table.len() {
                return Err(format!("entry {index} has unknown attributes"));
            }
            let code = kinds.next().ok_or("fewer kinds than paths")?;
            let kind = EntryKind::from_code(code).ok_or_else(|| format!("unknown kind `{code}`"))?;
            let mut row = Row { kind, attributes, value: 0, content: ContentHash::default() };
            match kind {
                EntryKind::File => {
                    row.value = sizes.next().ok_or("fewer sizes than files")?;
                    if row.value > 0 {
                        let hash = hashes.next().ok_or("fewer contents than files")?;
                        row.content = ContentHash(u64::from_be_bytes(hash.try_into().expect("eight bytes")));
                    }
                }
                EntryKind::Symlink | EntryKind::Hardlink => {
                    row.value = links;
                    links += 1;
                }
                _ => {}
            }
            rows.push(row);
        }
        if links != columns.targets.len() as u64 {
            return Err(format!("{links} links, but {} targets", columns.targets.len()));
        }
        if kinds.next().is_some() || sizes.next().is_some() || hashes.next().is_some() {
            return Err("more kinds, sizes or contents than entries".into());
        }
        Ok(Self { paths: columns.paths, rows, targets: columns.targets, attributes: columns.attribute_table })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(size: u64) -> Node<'static> {
        Node::File { size: Bytes(size), content: ContentHash(size * 7) }
    }

    fn sample() -> Entries {
        let mut builder = EntriesBuilder::default();
        builder.push(b"b", file(3), Attributes { mode: 0o644, ..Attributes::default() });
        builder.push(b"a/link", Node::Symlink { target: b"../b" }, Attributes::default());
        builder.push(b"a", Node::Directory, Attributes { mode: 0o755, ..Attributes::default() });
        builder.push("a/ñandú".as_bytes(), file(0), Attributes::default());
        builder.push("a/ñu\n\u{fe}".as_bytes(), file(9), Attributes::default());
        builder.push(b"a/\xff", Node::Hardlink { target: b"b" }, Attributes::default());
        let (entries, superseded, bytes) = builder.finish();
        assert_eq!((superseded, bytes), (0, Bytes::ZERO));
        entries
    }

    #[test]
    fn entries_are_put_in_path_order() {
        let paths: Vec<_> = sample().iter().map(|entry| path::escape(entry.path).into_owned()).collect();
        assert_eq!(paths, ["a", "a/link", "a/ñandú", "a/ñu\\x0aþ", "a/\\xff", "b"]);
    }

    #[test]
    fn entries_survive_the_file() {
        let entries = sample();
        let json = serde_json::to_string(&entries).unwrap();
        assert_eq!(serde_json::from_str::<Entries>(&json).unwrap(), entries);
    }

    #[test]
    fn an_empty_file_is_the_same_before_and_after_the_file() {
        let mut builder = EntriesBuilder::default();
        let node = Node::File { size: Bytes::ZERO, content: ContentHash(7) };
        builder.push(b"empty", node, Attributes::default());
        let entries = builder.finish().0;
        let json = serde_json::to_string(&entries).unwrap();
        assert_eq!(serde_json::from_str::<Entries>(&json).unwrap(), entries);
    }

    #[test]
    fn the_last_of_equal_paths_wins() {
        let mut builder = EntriesBuilder::default();
        builder.push(b"x", file(5), Attributes::default());
        builder.push(b"x", file(7), Attributes::default());
        let (entries, superseded, bytes) = builder.finish();
        assert_eq!((entries.len(), superseded, bytes), (1, 1, Bytes(5)));
        assert_eq!(entries.get(0).node, file(7));
    }

    #[test]
    fn directories_that_paths_alone_name_are_counted() {
        let paths: Paths = [&b"a/b/c/d"[..], b"a/b/e", b"f"].into_iter().collect();
        // a, b, c, d, e and f.
        assert_eq!(paths.nodes(), 6);
        assert!(paths.most_nodes() >= 6);
    }

    #[test]
    fn find_hits_every_entry() {
        let entries = sample();
        for index in 0..entries.len() {
            assert_eq!(entries.find(entries.get(index).path), Some(index));
        }
        assert_eq!(entries.find(b"c"), None);
    }

    #[test]
    fn inconsistent_columns_are_refused() {
        let json = serde_json::to_value(sample()).unwrap();
        for (column, value) in [
            ("kinds", serde_json::json!("dlffh")),
            ("kinds", serde_json::json!("dlffh?")),
            ("sizes", serde_json::json!([0, 9])),
            ("contents", serde_json::json!("AAAA")),
            ("attributes", serde_json::json!([9, 9, 9, 9, 9, 9])),
            ("targets", serde_json::json!({"shared": [], "rest": ""})),
            ("paths", serde_json::json!({"shared": [0, 0, 0, 0, 0, 0], "rest": "a\nb\nc\nd\ne\ne"})),
            ("paths", serde_json::json!({"shared": [9, 0, 0, 0, 0, 0], "rest": "a\nb\nc\nd\ne\nf"})),
        ] {
            let mut broken = json.clone();
            broken[column] = value;
            assert!(serde_json::from_value::<Entries>(broken).is_err(), "{column}");
        }
    }
}
