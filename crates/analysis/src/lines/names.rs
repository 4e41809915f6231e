//! Names that have their own grammar. What fits it needs no quotes in any language.

use super::{Dockerfile, Line, Shell, TakesPlain, Unfit, ValueKind, versions};

/// Longer names are none.
const LONGEST: usize = 255;

fn fitting<L>(what: ValueKind, text: &str, fits: bool) -> Result<Line<L>, Unfit> {
    if fits && text.len() <= LONGEST { Ok(Line::checked(text)) } else { Err(Unfit::new(what, text)) }
}

/// Whether a text is of letters, digits and some other characters, and begins with a letter or digit.
fn is_name(text: &str, others: &[u8]) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphanumeric())
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

/// A package of Python (PEP 508, "Names").
///
/// # Errors
///
/// Everything else is [`Unfit`].
pub fn python<L: TakesPlain>(name: &str) -> Result<Line<L>, Unfit> {
    let fits = is_name(name, b"._-") && name.ends_with(|last: char| last.is_ascii_alphanumeric());
    fitting(ValueKind::PythonPackage, name, fits)
}

/// A version of a package of Python (PEP 440, appendix B).
///
/// # Errors
///
/// Everything else is [`Unfit`].
pub fn python_version<L: TakesPlain>(version: &str) -> Result<Line<L>, Unfit> {
    fitting(ValueKind::PythonVersion, version, versions::is_python(version))
}

/// A package of npm, with its scope. Old packages have capitals.
///
/// # Errors
///
/// Everything else is [`Unfit`].
pub fn npm(name: &str) -> Result<Line<Shell>, Unfit> {
    let fits = match name.strip_prefix('@') {
        Some(scoped) => scoped
            .split_once('/')
            .is_some_and(|(scope, name)| is_name(scope, b"._-") && is_name(name, b"._-")),
        None => is_name(name, b"._-"),
    };
    fitting(ValueKind::NpmPackage, name, fits)
}

/// A package of a system, perhaps with its architecture and version: `gcc`, `g++-12:amd64`, `.build-deps`, `curl=7.88*`
/// without the star.
///
/// # Errors
///
/// Everything else is [`Unfit`].
pub fn system(word: &str) -> Result<Line<Shell>, Unfit> {
    let (name, version) = word.split_once('=').map_or((word, None), |(name, version)| (name, Some(version)));
    let (name, architecture) = name.split_once(':').map_or((name, None), |(name, of)| (name, Some(of)));
    let fits = is_name(name, b"+._-")
        && architecture.is_none_or(|of| is_name(of, b"-"))
        && version.is_none_or(|version| is_name(version, b"+.:_-"));
    fitting(ValueKind::SystemPackage, word, fits)
}

/// A model of the Hugging Face hub.
///
/// # Errors
///
/// Everything else is [`Unfit`].
pub fn model(name: &str) -> Result<Line<Shell>, Unfit> {
    let fits = name.split('/').all(|part| is_name(part, b"._-")) && name.split('/').count() <= 2;
    fitting(ValueKind::Model, name, fits)
}

/// An owner, with its group, or a mode in numbers, as `chown` and `chmod` take them.
///
/// # Errors
///
/// Everything else is [`Unfit`].
pub fn owner<L: TakesPlain>(owner: &str) -> Result<Line<L>, Unfit> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b":_-.".contains(&byte);
    fitting(ValueKind::User, owner, !owner.is_empty() && !owner.starts_with('-') && owner.bytes().all(known))
}

/// The address of a package index.
///
/// # Errors
///
/// What needs quotes, and every other scheme than `https`, `http` and `file`, is [`Unfit`].
pub fn index(url: &str) -> Result<Line<Shell>, Unfit> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/._~%+-".contains(&byte);
    let has_scheme = ["https://", "http://", "file://"].iter().any(|scheme| url.starts_with(scheme));
    fitting(ValueKind::Index, url, has_scheme && url.bytes().all(plain))
}

/// A user that a build makes, other than root.
///
/// # Errors
///
/// Everything else is [`Unfit`].
pub fn user(name: &str) -> Result<Line<Dockerfile>, Unfit> {
    let first = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let all = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    fitting(ValueKind::User, name, first && all && name != "root")
}

/// A stage of a build (BuildKit, `validStageName`), other than those that mean something else.
///
/// # Errors
///
/// Everything else is [`Unfit`].
pub fn stage<L: TakesPlain>(name: &str) -> Result<Line<L>, Unfit> {
    let first = name.starts_with(|first: char| first.is_ascii_lowercase());
    let all =
        name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte));
    fitting(ValueKind::Stage, name, first && all && !matches!(name, "scratch" | "context" | "common"))
}

/// The name of a stage that another service has already.
pub(crate) fn taken(service: &str) -> Unfit {
    Unfit::new(ValueKind::Stage, service)
}

/// The reference of an image (distribution-spec, and `distribution/reference`): `host:5000/path/name:tag@sha256:…`.
///
/// # Errors
///
/// Everything else is [`Unfit`].
pub fn image<L: TakesPlain>(reference: &str) -> Result<Line<L>, Unfit> {
    fitting(ValueKind::Image, reference, is_image(reference))
}

/// The digest of an image.
///
/// # Errors
///
/// Everything else is [`Unfit`].
pub fn digest<L: TakesPlain>(digest: &str) -> Result<Line<L>, Unfit> {
    fitting(ValueKind::Digest, digest, is_digest(digest))
}

fn is_image(reference: &str) -> bool {
    let (name, digest) =
        reference.split_once('@').map_or((reference, None), |(name, digest)| (name, Some(digest)));
    // A colon behind the last slash divides the tag; one before it, the port.
    let path_at = name.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match name[path_at..].find(':') {
        Some(colon) => (&name[..path_at + colon], Some(&name[path_at + colon + 1..])),
        None => (name, None),
    };
    let is_tag = |tag: &str| {
        tag.len() <= 128
            && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
            && tag.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
    };
    let path = match name.split_once('/') {
        Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => {
            if !is_host(host) {
                return false;
            }
            path
        }
        _ => name,
    };
    path.split('/').all(is_component) && tag.is_none_or(is_tag) && digest.is_none_or(is_digest)
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_component(part: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let between = |text: &str| matches!(text, "" | "." | "_" | "__") || text.bytes().all(|byte| byte == b'-');
    let ends = part.bytes().next().is_some_and(known) && part.bytes().next_back().is_some_and(known);
    ends && part.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()).all(between)
}

fn is_host(host: &str) -> bool {
    let (name, port) = host.rsplit_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let label = |label: &str| is_name(label, b"-") && !label.ends_with('-');
    let port = port.is_none_or(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    port && name.split('.').all(label)
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, encoded)) = digest.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => 64,
        "sha512" => 128,
        _ => return false,
    };
    encoded.len() == length
        && encoded.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_have_a_grammar() {
        let digest = "a".repeat(64);
        for good in [
            "app",
            "app:latest",
            "localhost:5000/a",
            "docker.io/library/debian:12",
            "a/b__c/d-e.f:V_1.0-x",
            "REGISTRY.example:443/a",
            &format!("a@sha256:{digest}"),
            &format!("a:b@sha256:{digest}"),
        ] {
            assert!(is_image(good), "{good}");
        }
        for bad in [
            "",
            ":a",
            "a:",
            "A",
            "a b",
            "-a",
            "a-",
            "a..b",
            "a//b",
            "a/",
            "/a",
            "a:b:c",
            "a;b",
            "a$b",
            "a\nb",
            "a:-b",
            "a@b",
            "a@sha256:ab",
            "host.:1/a",
            "h.x:/a",
            "a:1/b:;",
            "~a",
            "a@sha256:a@b",
        ] {
            assert!(!is_image(bad), "{bad:?}");
        }
    }

    #[test]
    fn packages_have_one_as_well() {
        for good in ["a", "torch", "zope.interface", "A_b-1"] {
            assert!(python::<Shell>(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a b", "a;b", "a[b]", "a@b", "ñ", "a\n", "--index-url"] {
            assert!(python::<Shell>(bad).is_err(), "{bad:?}");
        }
        assert!(npm("@babel/core").is_ok() && npm("JSONStream").is_ok());
        for bad in ["@a", "@/b", "a/b", "x;y", "@a/-b", "@a/b/c", "a,b", "$a", "~a"] {
            assert!(npm(bad).is_err(), "{bad}");
        }
        assert!(
            ["gcc", "g++-12:amd64", "curl=7.88.1-10+deb12u5", "libc6=2:1.0"]
                .iter()
                .all(|word| system(word).is_ok())
        );
        for bad in ["-y", "a=*", "a=$x", "$(a)-dev", "a=~1", ".build", "", "a:=1"] {
            assert!(system(bad).is_err(), "{bad}");
        }
        assert!(model("o/m").is_ok() && model("m-1.5").is_ok());
        for bad in ["o/m;x", "a/b/c", "/m", "o/", "-m", "o/--token"] {
            assert!(model(bad).is_err(), "{bad}");
        }
        for bad in ["0", "root", "-x", "", "a b", "a:b", "ñ"] {
            assert!(user(bad).is_err(), "{bad}");
        }
        for bad in ["App", "1a", "scratch", "a b", "", "-a"] {
            assert!(stage::<Dockerfile>(bad).is_err(), "{bad}");
        }
    }
}
