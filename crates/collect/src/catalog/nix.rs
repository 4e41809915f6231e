//! Packages of Nix: every path of the store is one, and its name says which.
//!
//! Nothing describes them, so no file is read: the entries of the layer are looked through when all of them are there.

use plimsoll_snapshot::{Ecosystem, Entries, EntryKind, PackageFact};

use crate::catalog::stated;

/// A directory for each package: a hash of 32 characters, a dash, the name and the version (Nix, "Store path").
const STORE: &[u8] = b"nix/store/";
const STORE_ITSELF: &[u8] = b"nix/store";
const HASH: usize = 32;

/// The packages of a layer, each with the first file of it as its entry.
pub(super) fn packages(entries: &Entries, most: usize) -> Vec<PackageFact> {
    let mut packages: Vec<PackageFact> = Vec::new();
    let mut last: &[u8] = b"";
    for index in entries.lower_bound(STORE_ITSELF)..entries.len() {
        let entry = entries.get(index);
        let Some(rest) = entry.path.strip_prefix(STORE) else {
            if entry.path == STORE_ITSELF {
                continue;
            }
            break;
        };
        let part = rest.split(|&byte| byte == b'/').next().unwrap_or(rest);
        if part == last || entry.node.kind() == EntryKind::Directory {
            continue;
        }
        let Some((name, version)) = name_and_version(part) else { continue };
        let Ok(entry) = u32::try_from(index) else { break };
        if packages.len() >= most {
            break;
        }
        last = part;
        packages.push(PackageFact {
            version: version.to_owned(),
            files: stated::below([[STORE, part].concat()]),
            ..PackageFact::new(entry, Ecosystem::Nix, name)
        });
    }
    packages
}

/// Takes `HASH-NAME-VERSION` apart, where the version is what begins with the first dash that no letter follows (Nix,
/// `builtins.parseDrvName`). Derivations and locks are no packages.
fn name_and_version(part: &[u8]) -> Option<(&str, &str)> {
    let (hash, rest) = part.split_at_checked(HASH)?;
    let is_hash = hash.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    let named = stated::name_of_bytes(rest.strip_prefix(b"-")?).filter(|_| is_hash)?;
    if [".drv", ".lock", ".chroot", ".check"].iter().any(|ending| named.ends_with(ending)) {
        return None;
    }
    let is_version = |dash: &usize| named[dash + 1..].starts_with(|next: char| !next.is_ascii_alphabetic());
    let dash = named.match_indices('-').map(|(dash, _)| dash).find(is_version);
    let (name, version) = dash.map_or((named, ""), |dash| (&named[..dash], &named[dash + 1..]));
    if name.is_empty() { Some((named, "")) } else { Some((name, without_output(version))) }
}

/// The version without the name of the part of the package (`2.39-5-bin`).
fn without_output(version: &str) -> &str {
    const OUTPUTS: [&str; 9] = ["-bin", "-dev", "-lib", "-out", "-man", "-doc", "-info", "-static", "-debug"];
    OUTPUTS.iter().find_map(|output| version.strip_suffix(output)).unwrap_or(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn paths_of_the_store_are_packages() {
        let hash = "0123456789abcdfghijklmnpqrsvwxyz";
        let paths = [
            format!("nix/store/{hash}-glibc-2.39-5/lib/libc.so.6"),
            format!("nix/store/{hash}-glibc-2.39-5/lib/libm.so.6"),
            format!("nix/store/{hash}-glibc-2.39-5.drv"),
            format!("nix/store/{hash}-openssl-3.0.1-bin/bin/openssl"),
            format!("nix/store/{hash}-source/x"),
            "nix/store/.links/0123".to_owned(),
            "nix/var/x".to_owned(),
        ];
        let (facts, warnings) = catalogue(paths.iter().map(|path| (path.as_str(), &b""[..])));
        let expected = ["glibc 2.39-5", "openssl 3.0.1", "source"].map(str::to_owned);
        assert_eq!((labels(&facts), warnings), (expected.to_vec(), vec![]));
        assert_eq!(below(&facts.packages[0]), [format!("nix/store/{hash}-glibc-2.39-5")]);
    }

    #[test]
    fn names_may_have_dashes() {
        let check = |text: &str| {
            let part = format!("0123456789abcdfghijklmnpqrsvwxyz-{text}");
            name_and_version(part.as_bytes()).map(|(name, version)| format!("{name} {version}"))
        };
        for (text, expected) in [
            ("python3.11-numpy-1.26.4", "python3.11-numpy 1.26.4"),
            ("gcc-13.2.0-lib", "gcc 13.2.0"),
            ("bash-interactive-5.2p26", "bash-interactive 5.2p26"),
            ("-1", "-1 "),
        ] {
            assert_eq!(check(text).as_deref(), Some(expected));
        }
        assert_eq!(name_and_version(b"short-1"), None);
    }
}
