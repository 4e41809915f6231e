//! The programs that are known, and the texts that tell their versions. Taken from the programs themselves; syft's
//! `binary-classifier-cataloger` was read for which programs people ask for.

use super::evidence::{Evidence, Side};

/// Programs that are scripts.
pub(super) const SCRIPTS: [&str; 3] = ["composer", "wp-cli", "elixir"];

/// The package that a file of this name is of, and what tells its version, the best first.
pub(super) fn program(file: &[u8]) -> Option<(&'static str, Vec<Evidence>)> {
    let file = str::from_utf8(file).ok()?;
    if let Some(version) = python(file) {
        let text = [b"\0", version.as_bytes(), b"."].concat();
        let overlap = version.len() + 1;
        return Some(("python", vec![Evidence { text, side: Side::Behind, overlap, then: b"\0" }]));
    }
    let known = KNOWN.iter().find(|known| known.files.iter().any(|name| is_called(file, name)))?;
    let evidence = known.evidence.iter().map(|tell| match *tell {
        Behind(text, then) => Evidence { text: text.to_vec(), side: Side::Behind, overlap: 0, then },
        From(text, overlap, then) => Evidence { text: text.to_vec(), side: Side::Behind, overlap, then },
        Before(text) => Evidence { text: text.to_vec(), side: Side::Before, overlap: 0, then: b"" },
    });
    Some((known.name, evidence.collect()))
}

/// The version `3.12` in `python3.12` or `libpython3.12.so.1.0`.
fn python(file: &str) -> Option<&str> {
    let version = match file.strip_prefix("lib") {
        Some(library) => library.strip_prefix("python")?.split_once(".so")?.0,
        None => file.strip_prefix("python")?,
    };
    let version = version.trim_end_matches(['d', 'm', 't']);
    let is_version =
        version.contains('.') && version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_version.then_some(version)
}

/// Whether a file goes by a name, which may end in a star.
fn is_called(file: &str, name: &str) -> bool {
    match name.strip_suffix('*') {
        Some(beginning) => file.starts_with(beginning),
        None => file == name,
    }
}

struct Known {
    name: &'static str,
    files: &'static [&'static str],
    evidence: &'static [Tell],
}

/// Where a version stands.
enum Tell {
    /// Behind the first text, and followed by the second.
    Behind(&'static [u8], &'static [u8]),
    /// The same, but it begins this many bytes before the end of the first.
    From(&'static [u8], usize, &'static [u8]),
    /// In front of the text, with or without zeros between them.
    Before(&'static [u8]),
}

use Tell::{Before, Behind, From};

/// In the order of their names.
const KNOWN: &[Known] = &[
    Known {
        name: "arangodb",
        files: &["arangosh"],
        evidence: &[Before(b" [linux]"), Before(b" enterprise [linux]")],
    },
    Known { name: "bash", files: &["bash"], evidence: &[Behind(b"@(#)Bash version ", b"(")] },
    Known { name: "busybox", files: &["busybox"], evidence: &[Behind(b"BusyBox v", b"")] },
    Known { name: "chrome", files: &["chrome"], evidence: &[Before(b"\0Default")] },
    Known {
        name: "composer",
        files: &["composer", "composer.phar"],
        evidence: &[Behind(b"'pretty_version' => '", b"'")],
    },
    Known { name: "curl", files: &["curl"], evidence: &[Behind(b"curl/", b"")] },
    Known { name: "dart", files: &["dart"], evidence: &[Before(b" (stable)"), Before(b" (beta)")] },
    Known { name: "deno", files: &["deno"], evidence: &[Behind(b"Deno/", b"")] },
    Known { name: "elixir", files: &["elixir"], evidence: &[Behind(b"ELIXIR_VERSION=", b"")] },
    Known {
        name: "erlang",
        files: &["erlexec", "beam.smp", "liberts_internal.a"],
        evidence: &[
            Behind(b"/src/otp_src_", b"/erts/"),
            Behind(b"/usr/local/src/otp-", b"/erts/"),
            Before(b"\0Erlang/OTP"),
        ],
    },
    Known {
        name: "ffmpeg",
        files: &["ffmpeg", "libav*", "libswresample*"],
        evidence: &[Behind(b"%s version ", b"\0"), Behind(b"FFmpeg version ", b"")],
    },
    Known {
        name: "fluent-bit",
        files: &["fluent-bit"],
        evidence: &[Before(b"\0%sFluent Bit"), Before(b"\0Fluent Bit")],
    },
    Known { name: "gcc", files: &["gcc"], evidence: &[Behind(b"GCC: (GNU) ", b"")] },
    Known { name: "gzip", files: &["gzip"], evidence: &[From(b"\x001.", 2, b"\0")] },
    Known {
        name: "haproxy",
        files: &["haproxy"],
        evidence: &[
            Before(b", released 20"),
            Behind(b"HA-Proxy version ", b""),
            Behind(b"HAProxy version ", b""),
        ],
    },
    Known {
        name: "haskell/cabal",
        files: &["cabal"],
        evidence: &[Behind(b"\0Cabal-", b"-"), Behind(b"/cabal-install-", b"-")],
    },
    Known {
        name: "haskell/ghc",
        files: &["ghc*"],
        evidence: &[Behind(b"\0GHC ", b"\0"), Behind(b"\0libHSghc-", b"-")],
    },
    Known { name: "haskell/stack", files: &["stack"], evidence: &[Behind(b"Version ", b", Git")] },
    Known { name: "httpd", files: &["httpd"], evidence: &[Behind(b"Apache/", b"")] },
    Known { name: "jq", files: &["jq"], evidence: &[From(b"\x001.", 2, b"\0"), Behind(b"jq-", b"\0")] },
    Known {
        name: "julia",
        files: &["libjulia-internal.so*"],
        evidence: &[Behind(b"__init__\0", b"\0verify")],
    },
    Known { name: "lighttpd", files: &["lighttpd"], evidence: &[Behind(b"\0lighttpd/", b"\0")] },
    Known { name: "mariadb", files: &["mariadb", "mariadbd"], evidence: &[Before(b"-MariaDB")] },
    Known { name: "memcached", files: &["memcached"], evidence: &[Behind(b"memcached ", b"")] },
    Known {
        name: "mongodb",
        files: &["mongod"],
        evidence: &[Before(b"\0tcmalloc"), Before(b"\0heap_size"), Before(b"\0cppdefines")],
    },
    Known {
        name: "mysql",
        files: &["mysql", "mysqld"],
        evidence: &[Before(b"\0mysql"), Behind(b"/mysql-", b""), Behind(b"/percona-server-", b"")],
    },
    Known {
        name: "nginx",
        files: &["nginx"],
        evidence: &[Behind(b"nginx version: nginx/", b""), Behind(b"nginx version: openresty/", b"")],
    },
    Known {
        name: "node",
        files: &["node"],
        evidence: &[Behind(b"node.js/v", b""), Behind(b"\0node v", b"\0")],
    },
    Known { name: "openldap", files: &["ldapsearch"], evidence: &[Behind(b"$OpenLDAP: ldapsearch ", b"")] },
    Known { name: "openssl", files: &["openssl"], evidence: &[Behind(b"\0OpenSSL ", b"")] },
    Known {
        name: "percona-xtrabackup",
        files: &["xtrabackup"],
        evidence: &[Behind(b"/percona-xtrabackup-", b"")],
    },
    Known { name: "perl", files: &["perl"], evidence: &[Behind(b"/usr/local/lib/perl5/", b"")] },
    Known {
        name: "php",
        files: &["php", "php-cgi", "php-fpm", "libphp*"],
        evidence: &[Behind(b"X-Powered-By: PHP/", b"")],
    },
    Known {
        name: "postgresql",
        files: &["postgres"],
        evidence: &[Behind(b"\0PostgreSQL ", b""), Behind(b"?PostgreSQL ", b"")],
    },
    Known { name: "proftpd", files: &["proftpd"], evidence: &[Behind(b"\0ProFTPD Version ", b"\0")] },
    Known { name: "pypy", files: &["libpypy*"], evidence: &[Behind(b"[PyPy ", b"")] },
    Known {
        name: "qtbase",
        files: &["libQt5Core.so*", "libQt6Core.so*"],
        evidence: &[Behind(b"\0\0Qt ", b" (")],
    },
    Known {
        name: "redis",
        files: &["redis-server"],
        evidence: &[Before(b"buildkitsandbox-"), Behind(b"Redis version ", b"")],
    },
    Known { name: "ruby", files: &["ruby", "libruby.so*"], evidence: &[Behind(b"ruby ", b" (")] },
    Known { name: "rust", files: &["libstd-*"], evidence: &[Behind(b"(rustc version ", b" (")] },
    Known { name: "sqlcipher", files: &["sqlcipher"], evidence: &[From(b"\x004.", 2, b"\0")] },
    Known { name: "swipl", files: &["swipl"], evidence: &[Behind(b"swipl-", b"/")] },
    Known { name: "util-linux", files: &["getopt"], evidence: &[Behind(b"\0util-linux ", b"\0")] },
    Known { name: "valkey", files: &["valkey-server"], evidence: &[Before(b"buildkitsandbox-")] },
    Known { name: "wp-cli", files: &["wp"], evidence: &[Behind(b"wp-cli/wp-cli ", b"")] },
    Known { name: "xz", files: &["xz"], evidence: &[Behind(b"\0xz (XZ Utils) ", b"\0")] },
    Known { name: "zstd", files: &["zstd"], evidence: &[Behind(b"\0v", b"\0")] },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_their_files() {
        let name = |file: &str| program(file.as_bytes()).map(|(name, _)| name);
        for (file, expected) in [
            ("python3.12", Some("python")),
            ("libpython3.11m.so.1.0", Some("python")),
            ("python3", None),
            ("python3.12-config", None),
            ("libpython3.so", None),
            ("libruby.so.3.2.3", Some("ruby")),
            ("nodejs", None),
        ] {
            assert_eq!(name(file), expected, "{file}");
        }
        assert!(KNOWN.is_sorted_by_key(|known| known.name));
    }
}
