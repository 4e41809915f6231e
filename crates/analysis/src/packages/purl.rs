//! Package URLs, by which other tools know a package (purl-spec, PURL-TYPES).

use std::fmt::Write as _;

use plimsoll_snapshot::{Ecosystem, PackageFact};

/// The package URL of a package; empty for a model that is in no hub.
pub(super) fn purl(fact: &PackageFact, distribution: Option<&str>) -> String {
    let name = fact.name.as_str();
    let (kind, namespace, name) = match fact.ecosystem {
        Ecosystem::Dpkg => ("deb", Some(distribution.unwrap_or("debian")), name),
        Ecosystem::Apk => ("apk", Some(distribution.unwrap_or("alpine")), name),
        Ecosystem::Rpm => ("rpm", distribution, name),
        Ecosystem::Pacman => ("alpm", Some("arch"), name),
        Ecosystem::Portage => scoped("ebuild", '/', name),
        Ecosystem::Opkg => ("opkg", None, name),
        Ecosystem::Nix => ("nix", None, name),
        Ecosystem::Homebrew => ("brew", None, name),
        Ecosystem::Snap => ("generic", Some("snap"), name),
        Ecosystem::Bitnami => ("bitnami", None, name),
        Ecosystem::Conda => ("conda", None, name),
        Ecosystem::Python => ("pypi", None, name),
        Ecosystem::Npm => scoped("npm", '/', name),
        Ecosystem::Gem => ("gem", None, name),
        Ecosystem::Java => scoped("maven", ':', name),
        Ecosystem::Go => match name.rsplit_once('/') {
            Some((namespace, name)) => ("golang", Some(namespace), name),
            None => ("golang", None, name),
        },
        Ecosystem::Rust => ("cargo", None, name),
        Ecosystem::Dotnet => ("nuget", None, name),
        Ecosystem::Composer => scoped("composer", '/', name),
        Ecosystem::Pecl => ("pecl", None, name),
        Ecosystem::R => ("cran", None, name),
        Ecosystem::Perl => ("cpan", None, name),
        Ecosystem::Lua => ("luarocks", None, name),
        Ecosystem::Otp => ("otp", None, name),
        Ecosystem::Julia => ("julia", None, name),
        Ecosystem::Dart => ("pub", None, name),
        Ecosystem::Conan => ("conan", None, name),
        Ecosystem::Haskell => ("hackage", None, name),
        Ecosystem::Ocaml => ("opam", None, name),
        Ecosystem::Prolog => ("swiplpack", None, name),
        Ecosystem::Wordpress => ("wordpress-plugin", None, name),
        Ecosystem::Terraform => scoped("terraform", '/', name),
        Ecosystem::Kernel if name == "linux-kernel" => ("generic", None, name),
        Ecosystem::Kernel => ("generic", Some("linux-kernel-module"), name),
        Ecosystem::Generic => scoped("generic", '/', name),
        Ecosystem::Model => match name.split_once('/') {
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

/// A name that may have a namespace before it.
fn scoped<'a>(
    kind: &'static str,
    separator: char,
    name: &'a str,
) -> (&'static str, Option<&'a str>, &'a str) {
    match name.split_once(separator) {
        Some((namespace, name)) => (kind, Some(namespace), name),
        None => (kind, None, name),
    }
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
            (Ecosystem::Pacman, "xz", "5.4-1", "pkg:alpm/arch/xz@5.4-1?arch=amd64"),
            (Ecosystem::Portage, "app-misc/jq", "1.7", "pkg:ebuild/app-misc/jq@1.7?arch=amd64"),
            (Ecosystem::Composer, "monolog/monolog", "3.5.0", "pkg:composer/monolog/monolog@3.5.0"),
            (Ecosystem::Perl, "Foo::Bar", "1", "pkg:cpan/Foo::Bar@1"),
            (Ecosystem::Generic, "haskell/ghc", "9.4.7", "pkg:generic/haskell/ghc@9.4.7"),
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
