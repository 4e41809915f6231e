//! Why there is no image where one was looked for.

use plimsoll_snapshot::{NotAnImage, Transport, Warning};

use super::names::digest_in_name;
use crate::error::Error;
use crate::store::Store;

/// The formats that are read, as a hint.
const FORMATS: &str = "a docker save archive has a `manifest.json`, an OCI layout an `index.json`";

/// What every container has, and what nearly every distribution has (os-release(5), passwd(5)).
const ROOT_FILES: [&str; 4] = [".dockerenv", "etc/os-release", "usr/lib/os-release", "etc/passwd"];

/// Why there is no image where one was looked for.
pub(super) fn not_an_image(store: &dyn Store, transport: Option<Transport>) -> Error {
    let has = |member: &str| store.size(member).is_some();
    let (found, expected) = match transport {
        Some(transport) => {
            return Error::NotAnImage {
                found: format!("this is not an image of the kind `{}:`", transport.name()),
                expected: FORMATS,
            };
        }
        None if has("repositories") => (
            "this is an archive of Docker before 1.10",
            "load it with a newer engine, and save it again with `docker save`",
        ),
        None if ROOT_FILES.iter().any(|file| has(file)) => (
            "this is the file system of a container, as `docker export` writes it: it has no layers",
            "`docker save` writes the image with its layers",
        ),
        None => ("there is no image here", FORMATS),
    };
    Error::NotAnImage { found: found.to_owned(), expected }
}

pub(super) fn lone_artifact(what: &NotAnImage) -> Error {
    Error::NotAnImage { found: format!("this is {what}, not a container image"), expected: FORMATS }
}

/// What an index holds that holds no image.
pub(super) fn no_image_in_index(skipped: &[Warning]) -> Error {
    match skipped {
        [Warning::SkippedManifest { what, .. }] => lone_artifact(what),
        [] => Error::NotAnImage { found: "the index is empty".to_owned(), expected: FORMATS },
        skipped => {
            let reasons: Vec<_> = skipped.iter().map(ToString::to_string).collect();
            let found = format!("the index holds no image; {}", reasons.join("; "));
            Error::NotAnImage { found, expected: FORMATS }
        }
    }
}

pub(super) fn missing(member: &str, wanted_by: &str) -> Error {
    let blob = match digest_in_name(member) {
        Some(digest) => digest.to_string(),
        None => format!("`{member}`"),
    };
    let wanted_by = match digest_in_name(wanted_by) {
        Some(digest) => format!("manifest {digest}"),
        None => format!("`{wanted_by}`"),
    };
    Error::MissingBlob { blob, wanted_by }
}
