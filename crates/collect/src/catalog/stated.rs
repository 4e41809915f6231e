//! What files state of packages as text: names, versions and licences of a length that is kept.

use std::borrow::Cow;

use plimsoll_snapshot::{
    Ecosystem, Files, MetadataFault, MetadataProblem, Order as _, PackageFact, Paths, Requirement, path,
};
use serde::de::DeserializeOwned;

use crate::catalog::cataloger::SourceFile;

/// The longest name, version and licence that are kept.
pub(super) const MAX_WORDS: usize = 128;

/// A text that may be kept: not empty, of one line, and short.
pub(super) fn stated(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && text.len() <= MAX_WORDS && !text.contains(char::is_control)).then_some(text)
}

/// A text that may be the name of a package.
pub(super) fn name(text: &str) -> Option<&str> {
    stated(text).filter(|name| !name.contains(char::is_whitespace))
}

/// The same of a part of a path.
pub(super) fn name_of_bytes(bytes: &[u8]) -> Option<&str> {
    name(str::from_utf8(bytes).ok()?)
}

/// A package of a file, which is called so; `None` if it cannot be.
pub(super) fn package(
    file: &SourceFile<'_>,
    ecosystem: Ecosystem,
    named: &str,
    version: &str,
) -> Option<PackageFact> {
    Some(PackageFact {
        version: stated(version).unwrap_or_default().to_owned(),
        ..PackageFact::new(file.entry, ecosystem, name(named)?)
    })
}

/// Requirements of these names.
pub(super) fn requirements<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Requirement> {
    let mut names: Vec<&str> = names.into_iter().filter_map(name).collect();
    names.order();
    names.dedup();
    let required = |name: &str| Requirement { any_of: vec![name.to_owned()], ..Requirement::default() };
    names.into_iter().map(required).collect()
}

/// Licences of which any holds.
pub(super) fn licenses<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let names: Vec<_> = names.into_iter().filter_map(stated).collect();
    stated(&names.join(" OR ")).map(str::to_owned)
}

/// All that lies below these directories, or is one of these files.
pub(super) fn below<P: AsRef<[u8]>>(paths: impl IntoIterator<Item = P>) -> Files {
    let mut paths: Vec<_> = paths.into_iter().collect();
    paths.order_by(|left, right| path::compare(left.as_ref(), right.as_ref()));
    paths.dedup_by(|next, last| next.as_ref() == last.as_ref());
    Files::Below(paths.iter().map(AsRef::as_ref).filter(|path| !path.is_empty()).collect::<Paths>())
}

/// A document of JSON, which may begin with the mark of UTF-8.
pub(super) fn json<T: DeserializeOwned>(file: &SourceFile<'_>) -> Result<T, MetadataFault> {
    let bytes = file.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file.bytes);
    serde_json::from_slice(bytes)
        .map_err(|error| MetadataFault::from(MetadataProblem::InvalidJson).because(error))
}

/// The value behind `key:` or `key =` on a line, without its quotes.
pub(super) fn value_of<'a>(line: &'a str, key: &str, sign: char) -> Option<&'a str> {
    let value = line.strip_prefix(key)?.trim_start().strip_prefix(sign)?.trim();
    Some(value.trim_matches(['"', '\'']))
}

/// The text of a file, and its lines; of a long file only the beginning, where what is looked for stands.
pub(super) fn head<'a>(file: &SourceFile<'a>, most: usize) -> Cow<'a, str> {
    String::from_utf8_lossy(&file.bytes[..file.bytes.len().min(most)])
}

/// The parts of a path from its end: `a/b/c` gives `c`, `b`, `a`.
pub(super) fn parts_from_end(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.rsplit(|&byte| byte == b'/')
}

/// The directory `levels` above a path.
pub(super) fn above(path: &[u8], levels: usize) -> &[u8] {
    (0..levels).fold(path, |path, _| path::parent(path))
}

/// A path below a directory, which may be the root.
pub(super) fn join(directory: &[u8], rest: &[u8]) -> Vec<u8> {
    if directory.is_empty() { rest.to_vec() } else { [directory, rest].join(&b'/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_words_are_kept() {
        assert_eq!(stated(" 1.0\n"), Some("1.0"));
        assert_eq!((stated(""), stated("a\nb"), stated(&"a".repeat(129))), (None, None, None));
        assert_eq!((name("a b"), name_of_bytes(b"\xff"), name("é")), (None, None, Some("é")));
    }

    #[test]
    fn values_are_read_of_lines() {
        assert_eq!(value_of("version: '1.0' ", "version", ':'), Some("1.0"));
        assert_eq!(value_of("JAVA_VERSION=\"21\"", "JAVA_VERSION", '='), Some("21"));
        assert_eq!(value_of("versions: 1", "version", ':'), None);
    }

    #[test]
    fn paths_are_taken_apart_from_their_end() {
        assert_eq!(above(b"a/b/c", 2), b"a");
        assert_eq!(above(b"a", 3), b"");
        assert_eq!((join(b"", b"a"), join(b"a", b"b")), (b"a".to_vec(), b"a/b".to_vec()));
        assert_eq!(parts_from_end(b"a/b").collect::<Vec<_>>(), [b"b", b"a"]);
    }
}
