//! Programs that no package manager installed: official images build or unpack what they are for. Which program it is
//! tells the name of its file, and which version a text in it.

mod evidence;
mod known;

use self::evidence::Evidence;
use super::runtimes::{Sighting, Sightings};
use crate::catalog::cataloger::{Candidate, Cataloger, Read, Scan, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::passing::Search;

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "programs",
    wants,
    read: Read::Pieces(|candidate| Box::new(Program::new(candidate))),
    complete: nothing,
};

/// The longest version, with what comes before or behind it.
const LONGEST: usize = 96;

/// How many places of a text are looked at: a file that is full of it is no program.
const MOST_HITS: u32 = 100_000;

fn wants(candidate: &Candidate<'_>) -> bool {
    known::program(candidate.name).is_some()
}

/// A program that passes by.
struct Program {
    name: &'static str,
    path: Vec<u8>,
    searches: Vec<(Evidence, Search, u32)>,
    /// The version, and the place of its evidence in the list: the first is the best.
    version: Option<(usize, String)>,
    offset: u64,
}

impl Program {
    fn new(candidate: &Candidate<'_>) -> Self {
        let (name, evidence) = known::program(candidate.name).unwrap_or_default();
        let search = |evidence: Evidence| {
            let search = Search::new(&evidence.text, evidence.text.len() + LONGEST);
            (evidence, search, MOST_HITS)
        };
        let searches = evidence.into_iter().map(search).collect();
        Self { name, path: candidate.path.to_vec(), searches, version: None, offset: 0 }
    }
}

impl Scan for Program {
    fn feed(&mut self, bytes: &[u8]) {
        let is_script = self.offset == 0 && bytes.starts_with(b"#!");
        self.offset += bytes.len() as u64;
        // Wrappers have the names of the programs they start.
        if is_script && !known::SCRIPTS.contains(&self.name) {
            self.searches.clear();
        }
        for (at, (evidence, search, left)) in self.searches.iter_mut().enumerate() {
            if *left == 0 || self.version.as_ref().is_some_and(|(best, _)| *best < at) {
                continue;
            }
            let version = &mut self.version;
            search.feed(bytes, |hit| {
                *left = left.saturating_sub(1);
                if *left == 0 || version.as_ref().is_some_and(|(best, _)| *best <= at) {
                    return;
                }
                let (around, before) = hit.around(LONGEST, evidence.text.len() + LONGEST);
                if let Some(found) = evidence.version(&around, before) {
                    *version = Some((at, found.to_owned()));
                }
            });
        }
    }

    fn finish(self: Box<Self>, entry: u32, catalog: &mut Catalog) {
        let version = self.version.map(|(_, version)| version);
        catalog.notes::<Sightings>().0.extend(Sighting::of_program(self.name, &self.path, version, entry));
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{below, catalogue, labels};

    fn check(path: &str, content: &[u8]) -> Vec<String> {
        let (facts, warnings) = catalogue([(path, content)]);
        assert_eq!(warnings, [""; 0]);
        labels(&facts)
    }

    #[test]
    fn texts_tell_versions() {
        for (name, text, expected) in [
            ("node", "x node.js/v20.11.0\0", "node 20.11.0"),
            ("python3.12", "\x003.12\x003.12.1rc1\0", "python 3.12.1rc1"),
            ("libpython3.11.so.1.0", "\x003.11.9\0", "python 3.11.9"),
            ("redis-server", "x7.0.14buildkitsandbox-1702957741000000000\0", "redis 7.0.14"),
            ("redis-server", "Server started, Redis version 2.8.23\n", "redis 2.8.23"),
            ("valkey-server", "valkey9.0.0buildkitsandbox-1764887574000000000", "valkey 9.0.0"),
            ("busybox", "BusyBox v1.36.1 (", "busybox 1.36.1"),
            ("haproxy", "version 2.8.3-86e043a, released 2023/09/07", "haproxy 2.8.3"),
            ("perl", "/usr/local/lib/perl5/5.38.2/x86_64", "perl 5.38.2"),
            ("httpd", "Apache/2.4.58 (", "httpd 2.4.58"),
            ("postgres", "\0PostgreSQL 15beta4\0", "postgresql 15beta4"),
            ("postgres", "\0PostgreSQL 16.1 on", "postgresql 16.1"),
            ("mysql", "shutdown\x008.0.37\0\0\0\0mysql_real_esc", "mysql 8.0.37"),
            ("mariadb", "10.6.15-MariaDB\0", "mariadb 10.6.15"),
            ("ruby", "ruby 3.3.0rc1 (2023-12-11", "ruby 3.3.0rc1"),
            ("nginx", "\0nginx version: nginx/1.25.1\n", "nginx 1.25.1"),
            ("bash", "@(#)Bash version 5.2.15(1) release GNU", "bash 5.2.15"),
            ("openssl", "\0OpenSSL 1.1.1w  11 Sep", "openssl 1.1.1w"),
            ("php", "X-Powered-By: PHP/8.2.1\0", "php 8.2.1"),
            ("fluent-bit", "\x003.0.2\0%sFluent Bit", "fluent-bit 3.0.2"),
            ("dart", "\"\x003.5.2 (stable) (", "dart 3.5.2"),
            ("mongod", "7.0.28\0heap_size", "mongodb 7.0.28"),
            ("gzip", "\x001.12\0", "gzip 1.12"),
            ("erlexec", "\0/usr/src/otp_src_25.3.2.6/erts/", "erlang 25.3.2.6"),
        ] {
            assert_eq!(check(&format!("usr/local/bin/{name}"), text.as_bytes()), [expected]);
        }
    }

    #[test]
    fn a_version_is_found_however_it_is_cut() {
        for before in 900..1010 {
            let content = [&vec![b'x'; before][..], b"node.js/v20.11.10\0", &[b'y'; 50]].concat();
            assert_eq!(check("usr/local/bin/node", &content), ["node 20.11.10"], "{before}");
        }
    }

    #[test]
    fn what_tells_no_version_is_no_program() {
        for (name, text) in [
            ("node", "#!/bin/sh\nexec node.js/v1.0.0 "),
            ("node", "node.js/v"),
            ("node", "node.js/v20.1"),
            ("redis-server", ""),
            ("python3.12", "\x003.11.1\0"),
            ("postgres", "\0PostgreSQL 16"),
            ("other", "node.js/v20.11.0 "),
        ] {
            assert_eq!(check(name, text.as_bytes()), [""; 0], "{name} {text}");
        }
        let many = "\0v1".repeat(1 << 20);
        assert_eq!(check("zstd", many.as_bytes()), [""; 0]);
    }

    #[test]
    fn a_program_owns_what_came_with_it() {
        let (facts, _) = catalogue([
            ("usr/local/bin/node", &b"node.js/v20.11.0\0"[..]),
            ("usr/local/bin/other", b""),
            ("usr/local/include/node/v8.h", b""),
        ]);
        assert_eq!(below(&facts.packages[0]), ["usr/local/bin/node", "usr/local/include/node"]);
    }
}
