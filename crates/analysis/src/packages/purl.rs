//! Package URLs, by which other tools know a package (purl-spec, PURL-TYPES).

use std::fmt::Write as _;

use plimsoll_snapshot::{Ecosystem, PackageFact};

/// The package URL of a package; empty for a model that is in no hub.
pub(super) fn purl(fact: &PackageFact, distribution: Option<&str>) -> String {
    let (kind, namespace, name) = match fact.ecosystem {
        Ecosystem::Dpkg => ("deb", Some(distribution.unwrap_or("debian")), fact.name.as_str()),
        Ecosystem::Apk => ("apk", Some(distribution.unwrap_or("alpine")), fact.name.as_str()),
        Ecosystem::Rpm => ("rpm", distribution, fact.name.as_str()),
        Ecosystem::Conda => ("conda", None, fact.name.as_str()),
        Ecosystem::Python => ("pypi", None, fact.name.as_str()),
        Ecosystem::Npm => match fact.name.split_once('/') {
            Some((scope, name)) => ("npm", Some(scope), name),
            None => ("npm", None, fact.name.as_str()),
        },
        Ecosystem::Gem => ("gem", None, fact.name.as_str()),
        Ecosystem::Java => match fact.name.split_once(':') {
            Some((group, artifact)) => ("maven", Some(group), artifact),
            None => ("maven", None, fact.name.as_str()),
        },
        Ecosystem::Go => match fact.name.rsplit_once('/') {
            Some((namespace, name)) => ("golang", Some(namespace), name),
            None => ("golang", None, fact.name.as_str()),
        },
        Ecosystem::Rust => ("cargo", None, fact.name.as_str()),
        Ecosystem::Model => match fact.name.split_once('/') {
            Some((organisation, name)) => ("huggingface", Some(organisation), name),
            None => return String::new(),
        },
    };
    let mut purl = format!("pkg:{kind}/");
    for part in namespace.iter().flat_map(|namespace| namespace.split('/')) {
        let _ = write!(purl, "{}/", encoded(part));
    }
    purl.push_str(&encoded(name));
    if !fact.version.is_empty() {
        let _ = write!(purl, "@{}", encoded(&fact.version));
    }
    if let (true, Some(architecture)) = (fact.ecosystem.is_system(), &fact.architecture) {
        let _ = write!(purl, "?arch={}", encoded(architecture));
    }
    purl
}

/// Percent-encodes all but letters, digits, `.`, `-`, `_`, `~` and the colon (purl-spec, "Character encoding").
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purls_are_as_the_specification_writes_them() {
        for (ecosystem, name, version, expected) in [
            (
                Ecosystem::Dpkg,
                "libstdc++6",
                "12.2.0-14+deb12u1",
                "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64",
            ),
            (Ecosystem::Npm, "@babel/core", "7.0.0", "pkg:npm/%40babel/core@7.0.0"),
            (Ecosystem::Python, "torch", "1.13.1", "pkg:pypi/torch@1.13.1"),
            (Ecosystem::Java, "org.slf4j:slf4j-api", "2.0.0", "pkg:maven/org.slf4j/slf4j-api@2.0.0"),
            (Ecosystem::Go, "golang.org/x/sys", "v0.1.0", "pkg:golang/golang.org/x/sys@v0.1.0"),
            (
                Ecosystem::Model,
                "sentence-transformers/all-MiniLM-L6-v2",
                "",
                "pkg:huggingface/sentence-transformers/all-MiniLM-L6-v2",
            ),
        ] {
            let fact = PackageFact {
                version: version.into(),
                architecture: Some("amd64".into()),
                ..PackageFact::new(0, ecosystem, name)
            };
            assert_eq!(purl(&fact, None), expected);
        }
    }
}
