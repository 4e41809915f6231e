//! Errors for files that do not exist: with a similar one that does, or the argument that seems to be meant.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use super::naming::has_file_ending;
use super::reference::Reference;
use super::similar;
use crate::error::Error;

/// How many files of a directory are looked at.
const LOOKED_AT: usize = 10_000;

/// The error of a path where there is nothing.
pub(crate) fn no_such_file(path: &Path) -> Error {
    let what = format!("cannot read `{}`: no such file", path.display());
    let text = path.to_string_lossy();
    let hint = match neighbour(path) {
        Some(name) => format!("did you mean `{}`?", path.with_file_name(name).display()),
        None if text.parse::<Reference>().is_ok() => {
            format!("it is taken for a path; an image of a registry is `docker://{text}`")
        }
        None => "give the path of an archive, a layout or a snapshot, or the name of an image".to_owned(),
    };
    Error::usage(what, hint)
}

/// A file beside it whose name is nearly the same.
fn neighbour(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    #[expect(clippy::disallowed_methods, reason = "only names are looked at")]
    let entries = fs::read_dir(directory).ok()?.take(LOOKED_AT);
    let names: Vec<_> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let names = names.iter().map(String::as_str).filter(|name| !name.contains(char::is_control));
    similar::meant(name, names).map(str::to_owned)
}

/// The error of two arguments in the wrong order: the first is nothing that exists, and the second is a file to read.
pub(crate) fn swapped(
    source: &str,
    other: &str,
    command: impl FnOnce(&str, &str) -> String,
) -> Option<Error> {
    let is_source = |text: &str| {
        let path = Path::new(text);
        (path.is_file() && (has_file_ending(text) || looks_like_a_source(path)))
            || ["index.json", "manifest.json"].iter().any(|member| path.join(member).is_file())
    };
    (!Path::new(source).exists() && is_source(other)).then(|| {
        Error::usage(
            format!("`{source}` is not a file, and `{other}` is one"),
            format!("did you swap the arguments? write `plimsoll {}`", command(other, source)),
        )
    })
}

/// Whether a file begins as an archive or a snapshot does.
fn looks_like_a_source(path: &Path) -> bool {
    use plimsoll_collect::{ContentType, sniff};
    let mut head = Vec::new();
    let read = crate::files::open_given(path).and_then(|file| file.take(512).read_to_end(&mut head));
    read.is_ok_and(|_| {
        matches!(sniff(&head), ContentType::Tar | ContentType::Compressed(_) | ContentType::Json)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_similar_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("before.plimsoll"), "").unwrap();
        let error = no_such_file(&path("befroe.plimsoll")).hint(&|_| false).unwrap();
        assert!(error.contains("did you mean") && error.contains("before.plimsoll"), "{error}");
        let error = no_such_file(&path("other.tar")).hint(&|_| false).unwrap();
        assert!(!error.contains("did you mean"), "{error}");
    }

    #[test]
    fn swapped_arguments_are_noticed() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        fs::write(path("before.plimsoll"), "").unwrap();
        fs::write(path("before"), "{}").unwrap();
        fs::write(path("torch"), "the word of a package").unwrap();
        fs::create_dir(path("layout")).unwrap();
        fs::write(path("layout/index.json"), "").unwrap();
        for (source, other, expected) in [
            ("torch-0", "before.plimsoll", true),
            ("torch-0", "before", true),
            ("torch-0", "layout", true),
            ("torch-0", "torch", false),
            ("torch-0", "nothing", false),
            ("before.plimsoll", "before", false),
        ] {
            let error = swapped(&path(source), &path(other), |source, other| format!("why {source} {other}"));
            assert_eq!(error.is_some(), expected, "{source} {other}");
        }
    }
}
