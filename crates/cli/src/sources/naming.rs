//! Whether a word on the command line is the name of a file or may be one of an image.

use std::path::Path;

use super::reference::Reference;

/// Endings of files that are given to the program, or that it writes. No image has such a name.
const ENDINGS: &[&str] = &[
    "7z", "bz2", "card", "conf", "csv", "deb", "env", "erofs", "gz", "htm", "html", "img", "iso", "jar",
    "journal", "jpeg", "jpg", "json", "jsonl", "lock", "log", "lz4", "lzma", "md", "ndjson", "oci", "pdf",
    "plimsoll", "png", "rpm", "sif", "squashfs", "svg", "tar", "tbz", "tbz2", "tgz", "toml", "tsv", "txt",
    "txz", "tzst", "whl", "xml", "xz", "yaml", "yml", "zip", "zst", "zstd",
];

/// What a word may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// A path, whether or not there is something.
    Path,
    /// A path or an image of an engine on this machine; too doubtful to ask a registry for.
    Local,
    /// The name of an image.
    Image,
}

/// Judges a word. What exists is a path.
pub(crate) fn naming(text: &str) -> Naming {
    if Path::new(text).exists() || has_file_ending(text) || text.parse::<Reference>().is_err() {
        Naming::Path
    } else if is_below_a_directory(text) || has_some_ending(text) {
        Naming::Local
    } else {
        Naming::Image
    }
}

/// Whether the name ends as files do.
pub(crate) fn has_file_ending(text: &str) -> bool {
    ending(text).is_some_and(|ending| ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

/// What follows the last dot of the last part, before a tag or what chooses an image of an archive.
fn ending(text: &str) -> Option<&str> {
    let last = text.rsplit(['/', '\\']).next().unwrap_or(text);
    let name = last.split(':').next().unwrap_or(last);
    name.rsplit_once('.').map(|(_, ending)| ending)
}

/// `before.plimsol`: a dot and letters, without a host or a tag. The official images have no such names.
fn has_some_ending(text: &str) -> bool {
    let is_word = |ending: &str| ending.len() > 1 && ending.chars().all(|char| char.is_ascii_alphabetic());
    !text.contains(['/', ':', '@']) && ending(text).is_some_and(is_word)
}

/// `out/image`, where `out` is a directory here.
fn is_below_a_directory(text: &str) -> bool {
    let parent = Path::new(text).parent().filter(|parent| !parent.as_os_str().is_empty());
    !text.contains([':', '@']) && parent.is_some_and(Path::is_dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_told_from_names_of_images() {
        for text in [
            "x.plimsoll",
            "image.tar",
            "out/image.tar.gz",
            "a.json",
            "a.toml",
            "a.yml",
            "report.html",
            "README.md",
            "a.csv",
            "X.PLIMSOLL",
            "./nginx",
            "/nginx",
            "../nginx",
            "~/x",
            "A b",
            "a\\b",
            "C:/x",
            "a/",
            "src",
            "a//b",
            "http://a/b",
            "quay.io/a/b@sha256:",
            "team/x.tgz",
            "app.tar:v1",
            "",
        ] {
            assert_eq!(naming(text), Naming::Path, "{text}");
        }
        for text in ["x.plimsol", "before.plismoll", "src/nginx", "my.app"] {
            assert_eq!(naming(text), Naming::Local, "{text}");
        }
        for text in [
            "nginx",
            "nginx:1.27",
            "docker:27",
            "team/app",
            "quay.io/a/b",
            "src/nginx:1",
            "python3.12",
            "localhost:5000/a",
            "a.md/b",
            "ghcr.io/a/b.c",
            "a.md:443/b",
        ] {
            assert_eq!(naming(text), Naming::Image, "{text}");
        }
    }

    #[test]
    fn endings_are_sorted_and_in_lower_case() {
        assert!(ENDINGS.is_sorted());
        assert!(ENDINGS.iter().all(|ending| !ending.contains(|char: char| char.is_ascii_uppercase())));
    }
}
