//! Runtimes and programs that images unpack or build: where each lies, which version it is, and what came with it.
//!
//! Several files tell of one runtime: its program, a header, a file `VERSION`. Each is a [`Sighting`]; when all of a
//! layer are there, those of one place are one package. What a package manager owns is left to it by the analysis.

mod places;

use std::collections::{BTreeMap, HashSet};

use plimsoll_snapshot::{Ecosystem, Entries, PackageFact, path};

use self::places::Places;
use crate::catalog::cataloger::{Cataloger, Read, SourceFile};
use crate::catalog::facts::Catalog;
use crate::catalog::stated::{self, above, head, join, name_of_bytes, value_of};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "runtimes",
    wants: |candidate| told_by(candidate.path).is_some(),
    read: Read::Whole(read),
    complete,
};

/// What a file tells of a runtime.
pub(super) struct Sighting {
    name: &'static str,
    /// The directory that all of it lies in, or the prefix that its directories lie in.
    home: Vec<u8>,
    version: String,
    /// How much the version is worth: of several, the most exact counts.
    exactness: Exactness,
    entry: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exactness {
    /// Only its place is known.
    None,
    /// The name of a directory, which is that of all versions that go together.
    Series,
    /// A text of its files.
    Full,
}

impl Sighting {
    /// A program that says its version, or lies where the official image has the program of its name.
    pub(super) fn of_program(
        name: &'static str,
        file: &[u8],
        version: Option<String>,
        entry: u32,
    ) -> Option<Self> {
        let home = places::home(name, file)?;
        match version {
            Some(version) => Some(Self { name, home, version, exactness: Exactness::Full, entry }),
            None => (file == b"usr/local/bin/php").then(|| Self {
                name,
                home,
                version: String::new(),
                exactness: Exactness::None,
                entry,
            }),
        }
    }
}

/// The files that tell of a runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Teller {
    Python,
    Java,
    Go,
    Rust,
    Dotnet,
    DotnetSdk,
    Ruby,
    RubyConfig,
    PhpHeader,
    Erlang,
    Perl,
    Dart,
    R,
}

/// Which it is, and the home of the runtime.
fn told_by(file: &[u8]) -> Option<(Teller, &[u8])> {
    let directory = path::parent(file);
    let (above_it, called) = (above(directory, 1), path::name(directory));
    let is_number = |part: &[u8]| part.first().is_some_and(u8::is_ascii_digit);
    Some(match path::name(file) {
        b"os.py" if called.strip_prefix(b"python").is_some_and(is_number) => (Teller::Python, directory),
        b"release" => (Teller::Java, directory),
        b"VERSION" if called.starts_with(b"go") => (Teller::Go, directory),
        b"rustc" if called == b"bin" && path::name(above(directory, 2)) == b"toolchains" => {
            (Teller::Rust, above_it)
        }
        b"dotnet" if matches!(called, b"dotnet" | b".dotnet") => (Teller::Dotnet, directory),
        b"dotnet.deps.json" if path::name(above_it) == b"sdk" => (Teller::DotnetSdk, directory),
        // Libraries that every version of Ruby has.
        b"set.rb" | b"English.rb" if path::name(above_it) == b"ruby" && is_number(called) => {
            (Teller::Ruby, directory)
        }
        b"rbconfig.rb" if path::name(above(directory, 2)) == b"ruby" => (Teller::RubyConfig, above_it),
        b"php_version.h" if directory.ends_with(b"include/php/main") => {
            (Teller::PhpHeader, above(directory, 3))
        }
        b"OTP_VERSION" if path::name(above_it) == b"releases" => (Teller::Erlang, above(directory, 2)),
        b".packlist" if path::name(above(directory, 2)) == b"perl5" && is_number(path::name(above_it)) => {
            (Teller::Perl, above_it)
        }
        b"DESCRIPTION" if directory.ends_with(b"lib/R/library/base") => (Teller::R, above(directory, 2)),
        b"version" if matches!(called, b"dart" | b"dart-sdk") => (Teller::Dart, directory),
        _ => return None,
    })
}

/// As much as is read of a file that has something to say in its first lines.
const HEAD: usize = 64 << 10;

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let Some((teller, home)) = told_by(file.path) else { return };
    let text = head(file, HEAD);
    let line_of = |key: &str, sign| text.lines().find_map(|line| value_of(line.trim_start(), key, sign));
    let first = text.lines().next().unwrap_or_default().trim();
    let called = |directory: &[u8]| name_of_bytes(path::name(directory)).unwrap_or_default().to_owned();
    let full = |version: &str| (version.to_owned(), Exactness::Full);
    let (name, (version, exactness)) = match teller {
        Teller::Python => {
            ("python", (called(home).trim_start_matches("python").to_owned(), Exactness::Series))
        }
        Teller::Java => match line_of("JAVA_VERSION", '=') {
            Some(version) => (java(&text), full(version)),
            // Distributions have a file of the name, too.
            None => return,
        },
        Teller::Go => match first.strip_prefix("go") {
            Some(version) => ("go", full(version)),
            None => return,
        },
        Teller::Rust => {
            let version = called(home);
            let version = version.split('-').next().unwrap_or_default();
            let is_version = version.starts_with(|first: char| first.is_ascii_digit());
            ("rust", (if is_version { version } else { "" }.to_owned(), Exactness::Series))
        }
        Teller::Dotnet => ("dotnet", (String::new(), Exactness::None)),
        Teller::DotnetSdk => ("dotnet-sdk", full(&called(home))),
        Teller::Ruby => ("ruby", (called(home), Exactness::Series)),
        Teller::RubyConfig => {
            let version = text
                .lines()
                .find_map(|line| line.split_once("[\"RUBY_PROGRAM_VERSION\"] = \"")?.1.split('"').next());
            match version {
                Some(version) => ("ruby", full(version)),
                None => ("ruby", (called(home), Exactness::Series)),
            }
        }
        Teller::PhpHeader => {
            let version =
                text.lines().find_map(|line| line.strip_prefix("#define PHP_VERSION \"")?.split('"').next());
            ("php", full(version.unwrap_or_default()))
        }
        Teller::Erlang => ("erlang", full(first)),
        Teller::Perl => ("perl", full(&called(home))),
        Teller::Dart => ("dart", full(first)),
        Teller::R => ("r-base", full(line_of("Version", ':').unwrap_or_default())),
    };
    // Ruby and Perl are spread over a prefix, where their programs are found, too.
    let home = match teller {
        Teller::Ruby | Teller::RubyConfig | Teller::Perl => above(home, 3),
        _ => home,
    };
    let Some(version) = stated::stated(&version).or(version.is_empty().then_some("")) else { return };
    catalog.notes::<Sightings>().0.push(Sighting {
        name,
        home: home.to_vec(),
        version: version.to_owned(),
        exactness,
        entry: file.entry,
    });
}

/// What a `release` file describes.
fn java(text: &str) -> &'static str {
    if text.contains("GRAALVM_VERSION") { "graalvm" } else { "java" }
}

/// More runtimes than that are test data.
const MOST: usize = 1000;

/// What was seen of one runtime.
struct Seen {
    best: Sighting,
    /// The entries of all files that tell of it.
    entries: Vec<u32>,
}

/// What was seen of the runtimes of a layer.
#[derive(Default)]
pub(super) struct Sightings(pub(super) Vec<Sighting>);

/// Adds the runtimes of a layer, by what was seen of them.
fn complete(catalog: &mut Catalog, entries: &Entries) {
    let Sightings(sightings) = catalog.take_notes();
    let (found, files) = catalog.packages_and_files();
    let mut known: BTreeMap<(&str, Vec<u8>), Seen> = BTreeMap::new();
    for sighting in sightings {
        let key = (sighting.name, sighting.home.clone());
        match known.get_mut(&key) {
            Some(seen) => {
                seen.entries.push(sighting.entry);
                if sighting.exactness > seen.best.exactness {
                    seen.best = sighting;
                }
            }
            None => {
                let entries = vec![sighting.entry];
                known.insert(key, Seen { best: sighting, entries });
            }
        }
    }
    let mut places = Places::new(entries);
    let packages = known.into_values().take(MOST).map(|seen| {
        let Sighting { name, home, version, entry, .. } = seen.best;
        let mut places: HashSet<Vec<u8>> = places.of(name, &home).into_iter().collect();
        // What lies in a directory that is no place of it was found alone.
        for &entry in &seen.entries {
            let file = files[entry as usize].as_slice();
            let mut directories = std::iter::successors(Some(path::parent(file)), |directory| {
                (!directory.is_empty()).then(|| path::parent(directory))
            });
            if !directories.any(|directory| places.contains(directory)) {
                places.insert(file.to_vec());
            }
        }
        PackageFact {
            version,
            key: path::escape(&join(&home, name.as_bytes())).into_owned(),
            files: stated::below(places),
            ..PackageFact::new(entry, Ecosystem::Generic, name)
        }
    });
    found.extend(packages);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{below, catalogue, labels};

    fn check(files: &[(&str, &str)]) -> (Vec<String>, Vec<Vec<String>>) {
        let (facts, warnings) = catalogue(files.iter().map(|(path, text)| (*path, text.as_bytes())));
        assert_eq!(warnings, [""; 0]);
        let mut facts = facts;
        facts.packages.retain(|package| package.ecosystem == Ecosystem::Generic);
        (labels(&facts), facts.packages.iter().map(below).collect())
    }

    #[test]
    fn python_is_one_package_whatever_tells_of_it() {
        let (labels, below) = check(&[
            ("usr/local/bin/pip", ""),
            ("usr/local/bin/python3", ""),
            ("usr/local/bin/python3.12", "\x003.12.1\0"),
            ("usr/local/include/python3.12/Python.h", ""),
            ("usr/local/lib/libpython3.12.so.1.0", ""),
            ("usr/local/lib/python3.12/json/__init__.py", ""),
            ("usr/local/lib/python3.12/os.py", ""),
            ("usr/local/lib/python3.12/site-packages/six.py", ""),
        ]);
        assert_eq!(labels, ["python 3.12.1"]);
        let expected = [
            "bin/python3",
            "bin/python3.12",
            "include/python3.12",
            "lib/libpython3.12.so.1.0",
            "lib/python3.12/json",
            "lib/python3.12/os.py",
        ];
        assert_eq!(below[0], expected.map(|path| format!("usr/local/{path}")));
    }

    #[test]
    fn directories_of_runtimes_are_theirs() {
        for (path, text, label, home) in [
            (
                "opt/java/openjdk/release",
                "IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_VERSION=\"21.0.2\"\n",
                "java 21.0.2",
                "opt/java/openjdk",
            ),
            ("usr/local/go/VERSION", "go1.22.1\ntime 2024-02-29\n", "go 1.22.1", "usr/local/go"),
            (
                "usr/local/rustup/toolchains/1.77.0-x86_64-unknown-linux-gnu/bin/rustc",
                "",
                "rust 1.77.0",
                "usr/local/rustup/toolchains/1.77.0-x86_64-unknown-linux-gnu",
            ),
            (
                "usr/share/dotnet/sdk/8.0.101/dotnet.deps.json",
                "{}",
                "dotnet-sdk 8.0.101",
                "usr/share/dotnet/sdk/8.0.101",
            ),
            (
                "usr/local/lib/erlang/releases/26/OTP_VERSION",
                "26.1.2\n",
                "erlang 26.1.2",
                "usr/local/lib/erlang",
            ),
            (
                "usr/local/lib/R/library/base/DESCRIPTION",
                "Package: base\nVersion: 4.3.1\n",
                "r-base 4.3.1",
                "usr/local/lib/R",
            ),
            ("usr/lib/dart/version", "3.2.0\n", "dart 3.2.0", "usr/lib/dart"),
        ] {
            let (labels, below) = check(&[(path, text)]);
            assert_eq!((labels, &below[0][0]), (vec![label.to_owned()], &home.to_owned()), "{path}");
        }
    }

    #[test]
    fn prefixes_of_runtimes_are_shared() {
        let (labels, below) = check(&[
            ("usr/local/bin/dotnet", ""),
            ("usr/local/bin/other", ""),
            ("usr/local/bin/php", ""),
            ("usr/local/bin/phpize", ""),
            ("usr/local/bin/ruby", ""),
            ("usr/local/include/php/main/php_version.h", "/* x */\n#define PHP_VERSION \"8.2.1\"\n"),
            ("usr/local/lib/ruby/3.2.0/set.rb", ""),
            (
                "usr/local/lib/ruby/3.2.0/x86_64-linux/rbconfig.rb",
                "  CONFIG[\"RUBY_PROGRAM_VERSION\"] = \"3.2.3\"\n",
            ),
            ("usr/local/lib/ruby/gems/3.2.0/gems/x/x.rb", ""),
            ("usr/share/dotnet/dotnet", ""),
            ("usr/share/dotnet/host/fxr/8.0.1/libhostfxr.so", ""),
        ]);
        assert_eq!(labels, ["php 8.2.1", "ruby 3.2.3", "dotnet"]);
        assert_eq!(
            below[0],
            ["bin/php", "bin/phpize", "include/php"].map(|path| format!("usr/local/{path}"))
        );
        assert!(
            below[1].contains(&"usr/local/lib/ruby/3.2.0".to_owned())
                && !below[1].contains(&"usr/local/lib/ruby/gems".to_owned())
        );
        assert_eq!(below[2], ["usr/share/dotnet/dotnet", "usr/share/dotnet/host"]);
    }

    #[test]
    fn other_files_of_these_names_are_none() {
        for (path, text) in [
            ("etc/release", "NAME=\"x\""),
            ("usr/share/go/VERSION", "1.0"),
            ("usr/lib/python3/os.txt", ""),
            ("app/os.py", ""),
            ("usr/lib/dart/version", ""),
        ] {
            assert_eq!(
                check(&[(path, text)]).0.concat().trim(),
                if path.ends_with("dart/version") { "dart" } else { "" },
                "{path}"
            );
        }
    }
}
