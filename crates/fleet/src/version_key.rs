//! Texts that sort as the versions they stand for, so that SQL of any engine can compare versions.
//!
//! A number becomes a letter for its length and its digits, a word follows a mark that sorts before numbers, and what makes
//! a version older than the bare one (`~`, `rc`, `-beta`) follows one that sorts before the end.

/// Before the end of a version.
const EARLIER: char = '!';
/// The end of a version, or of its part before the revision.
const END: char = '0';
/// Before a word that makes a version newer than the bare one.
const WORD: char = '1';

/// Words that stand for versions before the one that they follow.
const PRE_RELEASES: [&str; 13] =
    ["a", "alpha", "b", "beta", "c", "canary", "dev", "m", "milestone", "pre", "preview", "rc", "snapshot"];

/// The key of a version of a package of an ecosystem.
#[must_use]
pub(crate) fn version_key(ecosystem: &str, version: &str) -> String {
    let is_distribution = ["dpkg", "opkg", "apk", "rpm", "pacman", "portage"].contains(&ecosystem);
    let (epoch, version) = match version.split_once(':').or_else(|| version.split_once('!')) {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit()) => {
            (epoch, rest)
        }
        _ => ("0", version),
    };
    let mut key = String::with_capacity(version.len() * 2 + 4);
    number(epoch, &mut key);
    if is_distribution {
        let (upstream, revision) = version.rsplit_once('-').unwrap_or((version, ""));
        part(upstream, true, &mut key);
        key.push(END);
        part(revision, true, &mut key);
    } else {
        // What follows a plus does not change the order (semver.org, 10).
        let version = version.split('+').next().unwrap_or(version);
        part(version.strip_prefix(['v', 'V']).unwrap_or(version), false, &mut key);
    }
    key.push(END);
    key
}

fn part(text: &str, is_distribution: bool, key: &mut String) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_ascii_digit() {
            let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
            number(&rest[..end], key);
            rest = &rest[end..];
        } else if first.is_ascii_alphabetic() {
            let end = rest.find(|char: char| !char.is_ascii_alphabetic()).unwrap_or(rest.len());
            let word = rest[..end].to_ascii_lowercase();
            // In a distribution, only `_rc` of Alpine is one; Debian writes `~rc`.
            let is_earlier =
                PRE_RELEASES.contains(&word.as_str()) && (!is_distribution || key.ends_with('_'));
            while key.ends_with(['_', '-']) {
                key.pop();
            }
            if !key.ends_with(EARLIER) {
                key.push(if is_earlier { EARLIER } else { WORD });
            }
            // A development version comes before the other early ones (PEP 440, "Summary of permitted suffixes").
            if word == "dev" {
                key.push(EARLIER);
            }
            key.push_str(&word);
            rest = &rest[end..];
        } else {
            match first {
                '~' => key.push(EARLIER),
                '_' => key.push('_'),
                '-' if !is_distribution => key.push('-'),
                _ => {}
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    while key.ends_with(['_', '-']) {
        key.pop();
    }
}

/// A number: longer ones are larger.
fn number(digits: &str, key: &mut String) {
    while key.ends_with(['_', '-']) {
        key.pop();
    }
    let digits = digits.trim_start_matches('0');
    let length = u8::try_from(digits.len().min(25)).unwrap_or(25);
    key.push(char::from(b'A' + length));
    key.push_str(digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ecosystem: &str, ascending: &[&str]) {
        for pair in ascending.windows(2) {
            let keys = [pair[0], pair[1]].map(|version| version_key(ecosystem, version));
            assert!(keys[0] < keys[1], "{ecosystem}: {pair:?} {keys:?}");
        }
    }

    #[test]
    fn keys_sort_as_versions_do() {
        check(
            "python",
            &[
                "1.0.dev1", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0.1", "1.9", "1.10", "1.10.1", "2.0",
                "1!0.1",
            ],
        );
        check(
            "npm",
            &["1.0.0-alpha.1", "1.0.0-alpha.2", "1.0.0-beta", "1.0.0-rc.1", "1.0.0", "1.0.1", "10.0.0"],
        );
        check("go", &["v0.9.0", "v0.10.0", "v1.0.0-rc.1", "v1.0.0", "v1.22.3"]);
        check("java", &["5.0.0-M1", "5.0.0.RELEASE", "5.0.1.RELEASE", "5.3"]);
        check("dpkg", &["1.2~rc1-1", "1.2-1", "1.2-1+deb12u1", "1.2-2", "1.2.1-1", "1.10-1", "1:0.9-1"]);
        check("dpkg", &["3.0.9-1", "3.0.11-1~deb12u1", "3.0.11-1~deb12u2", "3.0.11-1", "3.0.15-1~deb12u1"]);
        check("dpkg", &["5.36.0-7", "5.36.0-7+deb12u1", "5.36.0-8"]);
        check(
            "apk",
            &[
                "1.2.3_alpha1-r0",
                "1.2.3_rc1-r0",
                "1.2.3-r0",
                "1.2.3-r1",
                "1.2.3-r10",
                "1.2.3_p1-r0",
                "1.2.4-r0",
            ],
        );
        check("rpm", &["2.34-60.el9", "2.34-83.el9", "2.34-100.el9", "2:1.0-1"]);
    }

    #[test]
    fn leading_zeros_make_no_difference() {
        assert_eq!(version_key("dpkg", "2023.04-1"), version_key("dpkg", "2023.4-1"));
        assert_eq!(version_key("npm", "1.0.0+build5"), version_key("npm", "1.0.0"));
        assert_eq!(version_key("python", ""), "A0");
    }
}
