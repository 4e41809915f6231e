//! Finds what looks random and is not announced as a digest: keys and passwords that no word announces.

use std::ops::Range;

use super::look;
use super::tokens::mixes;

/// What stands in front of digests.
const DIGESTS: [&str; 14] = [
    "sha256:", "sha512:", "sha384:", "sha1:", "md5:", "file:", "dir:", "multi:", "sha256/", "sha512-",
    "sha384-", "sha256-", "sha1-", "store/",
];

/// Commands that compare digests, fetch keys or check out commits name them by hexadecimal noise.
const DIGEST_WORDS: [&str; 9] =
    ["sum", "gpg", "GPG", "keyserver", "checkout", "commit", "sha256", "SHA256", "sha512"];

/// What noise is taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noise {
    /// All of it, unless a command of the text works with digests.
    All,
    /// What mixes capitals, small letters and digits: names hold digests, commits and suffixes of pods.
    Mixed,
}

/// The shortest noise that is distinguishable from words.
const LEAST: usize = 24;

pub(super) fn noise(text: &str, wanted: Noise, found: &mut Vec<Range<usize>>) {
    look::looked_at(text.len());
    let keeps_digests = wanted == Noise::Mixed || DIGEST_WORDS.iter().any(|word| text.contains(word));
    let is_noise = |value: &str| {
        let is_hex = value.len() >= 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex {
            !keeps_digests && mixes(value)
        } else {
            is_random(value) && (wanted == Noise::All || mixes_all(value))
        }
    };
    let bytes = text.as_bytes();
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || b"+/_=-".contains(&byte);
    let mut start = 0;
    while start < bytes.len() {
        if !is_inside(bytes[start]) {
            start += 1;
            continue;
        }
        let end = look::run(bytes, start, is_inside);
        let run = &text[start..end];
        let is_digest = DIGESTS.iter().any(|digest| text[..start].ends_with(digest) || run.contains(digest));
        if !is_digest {
            of_run(run, start, &is_noise, found);
        }
        start = end;
    }
}

fn of_run(run: &str, start: usize, is_noise: &dyn Fn(&str) -> bool, found: &mut Vec<Range<usize>>) {
    let mut check = |part: &str, at: usize| {
        // A value stands behind its name, and padding behind the value.
        let name = part.trim_end_matches('=').rfind('=').map_or(0, |equals| equals + 1);
        if is_noise(&part[name..]) {
            found.push(at + name..at + part.len());
            return true;
        }
        false
    };
    if !run.contains('/') {
        check(run, start);
        return;
    }
    // Base64 may hold slashes; a path has words between them.
    if mixes_all(run) && run.len() >= LEAST && !looks_like_path(run) && check(run, start) {
        return;
    }
    let mut at = start;
    for part in run.split('/') {
        check(part, at);
        at += part.len() + 1;
    }
}

/// Whether every part between slashes is a word: letters of one kind, digits at its ends.
fn looks_like_path(run: &str) -> bool {
    run.starts_with('/') && run[1..].split('/').next().is_some_and(|root| ROOTS.contains(&root))
}

/// The directories that paths begin with.
pub(super) const ROOTS: [&str; 32] = [
    "app",
    "bin",
    "boot",
    "certs",
    "conf",
    "config",
    "data",
    "dev",
    "etc",
    "home",
    "keys",
    "lib",
    "lib64",
    "media",
    "mnt",
    "nix",
    "opt",
    "proc",
    "project",
    "root",
    "run",
    "sbin",
    "secrets",
    "src",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var",
    "vault",
    "work",
    "workspace",
];

fn mixes_all(text: &str) -> bool {
    mixes(text)
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether a word changes between kinds of letters as often as no word does.
pub(super) fn is_random(word: &str) -> bool {
    if word.len() < LEAST || !mixes(word) {
        return false;
    }
    let kind = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let bytes = word.as_bytes();
    let changes = bytes.windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
    let signs = bytes.iter().filter(|byte| kind(**byte) == 3).count();
    // Digits between dashes are dates, versions and UUIDs.
    changes.saturating_sub(signs * 2) * 10 >= word.len() * 3
}

#[cfg(test)]
mod tests {
    use crate::redact::text;

    #[test]
    fn noise_is_taken_out_and_names_stay() {
        for (command, kept) in [
            ("cmd wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY9", "cmd …"),
            ("cmd /K7MDENG+bPxRfiCYz3EXAMPLEKEY9wJalr", "cmd …"),
            ("cmd 0123456789abcdef0123456789abcdef", "cmd …"),
            (
                "echo 0123456789abcdef0123456789abcdef | md5sum -c",
                "echo 0123456789abcdef0123456789abcdef | md5sum -c",
            ),
        ] {
            assert_eq!(text(command), kept);
        }
        for plain in [
            "COPY file:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef in /app",
            "apt-get install -y --no-install-recommends libglib2.0-0t64 python3.12-venv=3.12.3-1ubuntu0.5",
            "RUN /usr/lib/x86_64-linux-gnu/libstdc++6/ld-linux-x86-64-v3/gconv-modules",
            "pip install torch==2.4.1+cu124 --index-url https://download.pytorch.org/whl/cu124",
            "org.opencontainers.image.authors=me",
        ] {
            assert_eq!(text(plain), plain);
        }
    }
}
