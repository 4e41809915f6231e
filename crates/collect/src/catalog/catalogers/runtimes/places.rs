//! What came with a runtime, by where it lies. A place is a file or a directory, from the home of the runtime; a star
//! at its end stands for the rest of a name.

use plimsoll_snapshot::{Entries, path};

use crate::catalog::stated::{above, join, parts_from_end};

/// The home of a program: the directory that the places of it begin at.
pub(super) fn home(name: &str, file: &[u8]) -> Option<Vec<u8>> {
    let directory = path::parent(file);
    let is_bin = matches!(path::name(directory), b"bin" | b"sbin");
    Some(match name {
        // `bin/python3.12` and `lib/libpython3.12.so.1.0` are of `lib/python3.12`.
        "python" => {
            let called = path::name(file);
            let called = called.strip_prefix(b"lib").unwrap_or(called);
            let end = called.windows(3).position(|part| part == b".so").unwrap_or(called.len());
            let series = &called[..end];
            let last = series.iter().rposition(u8::is_ascii_digit)? + 1;
            let series = &series[..last];
            join(above(directory, 1), &[b"lib/", series].concat())
        }
        // `lib/rustlib/TARGET/lib/libstd-HASH.so` and `lib/libstd-HASH.so` are of one toolchain.
        "rust" => match parts_from_end(directory).position(|part| part == b"rustlib") {
            Some(levels) => above(directory, levels + 2).to_vec(),
            None => above(directory, 1).to_vec(),
        },
        "erlang" => match parts_from_end(directory).position(|part| part == b"erlang") {
            Some(levels) => above(directory, levels).to_vec(),
            None => file.to_vec(),
        },
        // `lib/julia/libjulia-internal.so`
        "julia" => above(directory, if path::name(directory) == b"julia" { 2 } else { 1 }).to_vec(),
        _ if is_bin || path::name(directory).starts_with(b"lib") => above(directory, 1).to_vec(),
        // It lies alone.
        _ => file.to_vec(),
    })
}

/// Finds the places of runtimes that a layer has.
pub(super) struct Places<'a> {
    entries: &'a Entries,
    /// How many entries are still looked at.
    budget: usize,
}

impl<'a> Places<'a> {
    pub(super) fn new(entries: &'a Entries) -> Self {
        Self { entries, budget: 1_000_000 }
    }

    /// The places of a runtime.
    pub(super) fn of(&mut self, name: &str, home: &[u8]) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        if name != "python" {
            let names = match name {
                "ruby" => RUBY,
                "perl" => PERL,
                _ => known(name, home),
            };
            names.iter().for_each(|name| self.add(home, name.as_bytes(), &mut found));
            return found;
        }
        self.library(home, &mut found);
        let version = path::name(home).strip_prefix(b"python").unwrap_or_default();
        for name in python(&String::from_utf8_lossy(version)) {
            self.add(above(home, 2), name.as_bytes(), &mut found);
        }
        found
    }

    /// Adds a place, if the layer has it.
    fn add(&mut self, home: &[u8], name: &[u8], found: &mut Vec<Vec<u8>>) {
        let (name, is_open) = match name.strip_suffix(b"*") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let place = if name.is_empty() { home.to_vec() } else { join(home, name) };
        for index in self.entries.lower_bound(&place)..self.entries.len() {
            let Some(rest) = self.entries.path(index).strip_prefix(&place[..]).filter(|_| self.pay()) else {
                break;
            };
            let end = rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len());
            if end == 0 || is_open {
                let place = [&place, &rest[..end]].concat();
                if found.last() != Some(&place) {
                    found.push(place);
                }
            }
            if !is_open {
                break;
            }
        }
    }

    /// The standard library of Python, without what was installed into it.
    fn library(&mut self, home: &[u8], found: &mut Vec<Vec<u8>>) {
        for index in self.entries.lower_bound(home)..self.entries.len() {
            let Some(rest) = self.entries.path(index).strip_prefix(home).filter(|_| self.pay()) else {
                break;
            };
            let Some(part) = rest.strip_prefix(b"/") else {
                if rest.is_empty() {
                    continue;
                }
                break;
            };
            let part = part.split(|&byte| byte == b'/').next().unwrap_or(part);
            let place = join(home, part);
            if !matches!(part, b"site-packages" | b"dist-packages") && found.last() != Some(&place) {
                found.push(place);
            }
        }
    }

    fn pay(&mut self) -> bool {
        self.budget = self.budget.saturating_sub(1);
        self.budget > 0
    }
}

const RUBY: &[&str] = &[
    "bin/ruby",
    "bin/erb",
    "bin/irb",
    "bin/rdbg",
    "bin/rdoc",
    "bin/ri",
    "bin/racc",
    "bin/rbs",
    "bin/typeprof",
    "bin/gem",
    "bin/rake",
    "bin/bundle",
    "bin/bundler",
    "lib/libruby*",
    "lib/pkgconfig/ruby-*",
    "share/man/man1/ruby.1",
    "share/man/man1/erb.1",
    "share/man/man1/ri.1",
    "share/man/man5/gemfile.5",
    "share/ri",
    "share/doc/ruby",
    "lib/ruby/1*",
    "lib/ruby/2*",
    "lib/ruby/3*",
    "lib/ruby/4*",
    "include/ruby-*",
];

const PERL: &[&str] = &[
    "bin/perl*",
    "bin/corelist",
    "bin/cpan",
    "bin/enc2xs",
    "bin/encguess",
    "bin/h2ph",
    "bin/h2xs",
    "bin/instmodsh",
    "bin/json_pp",
    "bin/libnetcfg",
    "bin/piconv",
    "bin/pl2pm",
    "bin/pod2*",
    "bin/podchecker",
    "bin/podselect",
    "bin/prove",
    "bin/ptar*",
    "bin/shasum",
    "lib/perl5/5*",
    "bin/splain",
    "bin/streamzip",
    "bin/xsubpp",
    "bin/zipdetails",
];

fn python(version: &str) -> Vec<String> {
    let major = version.split('.').next().unwrap_or(version);
    let exact = [
        format!("bin/python{version}*"),
        format!("bin/idle{version}"),
        format!("bin/pydoc{version}"),
        format!("bin/2to3-{version}"),
        format!("bin/pyvenv-{version}"),
        format!("include/python{version}*"),
        format!("lib/libpython{version}*"),
        format!("lib/libpython{major}.so"),
        format!("lib/pkgconfig/python-{version}*"),
        format!("lib/pkgconfig/python{major}*.pc"),
        format!("share/man/man1/python{version}.1"),
    ];
    let links = ["bin/python", "bin/python-config", "bin/idle", "bin/pydoc", "bin/2to3"];
    let links = links.iter().map(|name| (*name).to_owned());
    let of_major = ["python", "idle", "pydoc"].iter().map(|name| format!("bin/{name}{major}"));
    let config = [format!("bin/python{major}-config"), format!("share/man/man1/python{major}.1")];
    exact.into_iter().chain(links).chain(of_major).chain(config).collect()
}

/// What came with the others. Where the home is theirs alone, that is all of it.
fn known(name: &str, home: &[u8]) -> &'static [&'static str] {
    match name {
        "node" => &[
            "bin/node",
            "bin/nodejs",
            "include/node",
            "share/doc/node",
            "share/man/man1/node.1",
            "share/systemtap/tapset/node.stp",
            "CHANGELOG.md",
            "LICENSE",
            "README.md",
        ],
        "dotnet" => &["dotnet", "host", "LICENSE.txt", "ThirdPartyNotices.txt", "metadata", "library-packs"],
        "php" => &[
            "bin/phar*",
            "bin/php*",
            "bin/docker-php-*",
            "bin/pear*",
            "bin/pecl",
            "sbin/php-fpm",
            "etc/php*",
            "etc/pear.conf",
            "include/php",
            "lib/php",
            "lib/libphp*",
            "php",
            "share/php",
            "share/man/man1/phar*",
            "share/man/man1/php*",
            "share/man/man8/php-fpm.8",
        ],
        "postgresql" => &[
            "bin/clusterdb",
            "bin/createdb",
            "bin/createuser",
            "bin/dropdb",
            "bin/dropuser",
            "bin/ecpg",
            "bin/initdb",
            "bin/oid2name",
            "bin/pg_*",
            "bin/pgbench",
            "bin/postgres",
            "bin/postmaster",
            "bin/psql",
            "bin/reindexdb",
            "bin/vacuumdb",
            "bin/vacuumlo",
            "include/libpq*",
            "include/pg_config*",
            "include/postgres_ext.h",
            "include/postgresql",
            "lib/libecpg*",
            "lib/libpg*",
            "lib/libpq*",
            "lib/pgxs",
            "lib/postgresql",
            "lib/pkgconfig/libpq.pc",
            "share/postgresql",
            "share/locale",
        ],
        "redis" => &["bin/redis-*"],
        "valkey" => &["bin/valkey-*", "bin/redis-*"],
        "memcached" => &["bin/memcached", "include/memcached"],
        "haproxy" => &["sbin/haproxy", "etc/haproxy"],
        "gcc" => &[
            "bin/c++*",
            "bin/cpp",
            "bin/g++",
            "bin/gcc*",
            "bin/gcov*",
            "bin/gfortran",
            "bin/go",
            "bin/gofmt",
            "bin/lto-dump",
            "include/c++",
            "lib/gcc",
            "lib64",
            "libexec/gcc",
            "share/gcc-*",
        ],
        "bash" => {
            &["bin/bash", "bin/bashbug", "include/bash", "lib/bash", "share/doc/bash", "share/man/man1/bash*"]
        }
        "mysql" => &["bin/mysql*", "sbin/mysqld*"],
        "mariadb" => &["bin/mariadb*", "sbin/mariadbd*"],
        "mongodb" => &["bin/mongo*"],
        "httpd" if path::name(home).starts_with(b"apache") => &[""],
        "httpd" => &["bin/httpd", "sbin/httpd"],
        "nginx" => &["sbin/nginx", "bin/nginx", "nginx"],
        "ffmpeg" => &[
            "bin/ffmpeg",
            "bin/ffprobe",
            "bin/ffplay",
            "lib/libav*",
            "lib/libsw*",
            "lib/libpostproc*",
            "share/ffmpeg",
        ],
        "haskell/ghc" => &["bin/ghc*", "bin/runghc*", "bin/hp2ps*", "bin/hpc*"],
        "haskell/cabal" => &["bin/cabal"],
        "haskell/stack" => &["bin/stack"],
        "dart" if path::name(home).starts_with(b"dart") => &[""],
        "rust" if path::name(above(home, 1)) != b"toolchains" => {
            &["bin/cargo*", "bin/rust*", "bin/clippy-driver", "lib/rustlib", "lib/librustc*", "lib/libstd-*"]
        }
        // Their home is theirs alone.
        "java" | "graalvm" | "go" | "rust" | "dotnet-sdk" | "erlang" | "julia" | "r-base" => &[""],
        "swipl" => &["bin/swipl*", "lib/swipl", "lib/swi-prolog"],
        "qtbase" => &["lib/libQt5*", "lib/libQt6*"],
        "xz" => &[
            "bin/xz",
            "bin/unxz",
            "bin/xzcat",
            "bin/lzma",
            "bin/unlzma",
            "bin/lzcat",
            "bin/xzdec",
            "bin/lzmainfo",
        ],
        _ => &[],
    }
}
