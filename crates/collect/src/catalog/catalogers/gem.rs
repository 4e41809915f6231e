//! Ruby gems: their specifications, as RubyGems writes them where it installs a gem.
//!
//! They are Ruby, but always written by `Gem::Specification#to_ruby`, a statement a line. Nothing is evaluated: what is
//! written otherwise is taken from the file's name.

use std::collections::BTreeSet;

use plimsoll_snapshot::{
    Ecosystem, Files, MetadataProblem, Order as _, PackageFact, Paths, Requirement, filled, path,
};

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::claims::resolve;
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated;

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "gem",
    wants: |file| {
        let directory = path::parent(file.path);
        file.name.ends_with(b".gemspec") && (home(directory).is_some() || is_checkout(directory))
    },
    read: Read::Whole(read),
    complete: nothing,
};

/// The directory that holds `gems`, `specifications` and so on. What came with Ruby is specified in `default`.
fn home(specifications: &[u8]) -> Option<&[u8]> {
    let directory = specifications.strip_suffix(b"/default").unwrap_or(specifications);
    let home = directory.strip_suffix(b"specifications")?;
    if home.is_empty() { Some(home) } else { home.strip_suffix(b"/") }
}

/// Whether Bundler took a gem from git here: `bundler/gems/NAME-REVISION`.
fn is_checkout(directory: &[u8]) -> bool {
    path::parent(directory).ends_with(b"bundler/gems")
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let directory = file.directory();
    let Some(home) = home(directory) else { return read_checkout(file, directory, catalog) };
    let full_name = path::name(file.path);
    let full_name = full_name.strip_suffix(b".gemspec").unwrap_or(full_name);
    let text = file.text();
    let specification = Specification::read(&text);
    let stem = String::from_utf8_lossy(full_name);
    let (stem_name, stem_version) = split(&stem);
    let name = specification.name.unwrap_or(stem_name);
    if name.is_empty() {
        return catalog.problem(file.entry, MetadataProblem::NoName);
    }
    if specification.is_too_long {
        catalog.problem(file.entry, MetadataProblem::TooManyRequirements);
    }
    let license = specification.licenses.join(" OR ");
    let requires = specification
        .requires()
        .map(|name| Requirement { any_of: vec![name.to_owned()], ..Requirement::default() });
    let is_usual = home.len() <= 200 && catalog.packages.len() < 10_000;
    let places = places(file.path, home, full_name, is_usual.then_some(&specification));
    catalog.packages.push(PackageFact {
        version: specification.version.unwrap_or(stem_version).to_owned(),
        license: (!license.is_empty()).then_some(license),
        requires: requires.collect(),
        files: Files::Below(places),
        ..PackageFact::new(file.entry, Ecosystem::Gem, name)
    });
}

/// Reads the specification that the sources of a gem bring. It may be any program: what is not written as RubyGems
/// writes it is not known.
fn read_checkout(file: &SourceFile<'_>, directory: &[u8], catalog: &mut Catalog) {
    let text = file.text();
    let specification = Specification::read(&text);
    let stem = path::name(file.path).strip_suffix(b".gemspec").unwrap_or_default();
    let name = specification.name.or(stated::name_of_bytes(stem));
    // A repository may hold several gems; that of its name owns the directory.
    let is_main = path::name(directory).starts_with(&[stem, b"-"].concat());
    let named = name.and_then(|name| {
        stated::package(file, Ecosystem::Gem, name, specification.version.unwrap_or_default())
    });
    let Some(package) = named else {
        return catalog.problem(file.entry, MetadataProblem::NoName);
    };
    let extensions = path::parent(path::parent(path::parent(directory)));
    let mut places = vec![if is_main { directory.to_vec() } else { file.path.to_vec() }];
    if is_main && specification.has_extensions {
        places.extend(extension_places(extensions, path::name(directory), b"bundler/gems/extensions/"));
    }
    catalog.packages.push(PackageFact {
        license: stated::licenses(specification.licenses.iter().copied()),
        requires: stated::requirements(specification.requires()),
        files: stated::below(places),
        ..package
    });
}

/// Where the files of a gem lie (RubyGems, basic_specification.rb). Without the specification, where programs and
/// extensions lie is left out: they are many places for one file.
fn places(file: &[u8], home: &[u8], full_name: &[u8], specification: Option<&Specification<'_>>) -> Paths {
    let mut places: BTreeSet<Vec<u8>> = filled([file.to_vec()]);
    let mut add = |parts: &[&[u8]]| places.extend(resolve(home, &parts.concat()));
    add(&[b"gems/", full_name]);
    add(&[b"doc/", full_name]);
    add(&[b"cache/", full_name, b".gem"]);
    add(&[b"build_info/", full_name, b".info"]);
    for executable in specification.into_iter().flat_map(|specification| &specification.executables) {
        add(&[b"bin/", executable.as_bytes()]);
        // `/usr/local/lib/ruby/gems/3.3.0` has its programs in `/usr/local/bin`.
        if home.ends_with(version_of(home).unwrap_or(b"-"))
            && home.windows(15).any(|part| part == b"/lib/ruby/gems/")
        {
            add(&[b"../../../../bin/", executable.as_bytes()]);
        }
    }
    if specification.is_some_and(|specification| specification.has_extensions) {
        places.extend(extension_places(home, full_name, b"extensions/"));
    }
    let mut places: Vec<_> = places.into_iter().collect();
    places.order_by(|left, right| path::compare(left, right));
    places.iter().map(|path| &path[..]).collect()
}

/// Where what was compiled of a gem lies, on any platform.
fn extension_places(home: &[u8], full_name: &[u8], below: &[u8]) -> Vec<Vec<u8>> {
    let place = |platform: &[u8], version: &[u8]| {
        resolve(home, &[below, platform, b"/", version, b"/", full_name].concat())
    };
    let of_platform = |platform: &&[u8]| match version_of(home) {
        Some(version) => vec![place(platform, version)],
        // A home of all versions, such as `/usr/local/bundle`, does not say which Ruby it is of.
        None => VERSIONS.iter().map(|version| place(platform, version)).collect(),
    };
    PLATFORMS.iter().flat_map(of_platform).flatten().collect()
}

/// What images run on, as RubyGems calls it (`Gem::Platform.local`).
const PLATFORMS: [&[u8]; 6] = [
    b"aarch64-linux",
    b"aarch64-linux-gnu",
    b"aarch64-linux-musl",
    b"x86_64-linux",
    b"x86_64-linux-gnu",
    b"x86_64-linux-musl",
];

/// The interfaces of extensions: that of each minor version of Ruby.
const VERSIONS: [&[u8]; 10] =
    [b"2.5.0", b"2.6.0", b"2.7.0", b"3.0.0", b"3.1.0", b"3.2.0", b"3.3.0", b"3.4.0", b"3.5.0", b"4.0.0"];

/// The version of Ruby that a home is of, if its name says so.
fn version_of(home: &[u8]) -> Option<&[u8]> {
    let name = path::name(home);
    let is_version = name.split(|&byte| byte == b'.').count() == 3
        && name.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    is_version.then_some(name)
}

/// The name and the version of `NAME-VERSION` or `NAME-VERSION-PLATFORM`.
fn split(full_name: &str) -> (&str, &str) {
    let is_version = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit());
    let dash =
        full_name.match_indices('-').map(|(dash, _)| dash).find(|dash| is_version(&full_name[dash + 1..]));
    let Some(dash) = dash else { return (full_name, "") };
    let rest = &full_name[dash + 1..];
    (&full_name[..dash], rest.split('-').next().unwrap_or(rest))
}

/// What the statements of a specification say.
#[derive(Default)]
struct Specification<'a> {
    name: Option<&'a str>,
    version: Option<&'a str>,
    licenses: Vec<&'a str>,
    executables: Vec<&'a str>,
    has_extensions: bool,
    /// Needed to run, by a statement that says so.
    runtime: BTreeSet<&'a str>,
    /// Needed by a statement that does not say for what: old versions of RubyGems repeat all of them so.
    either: BTreeSet<&'a str>,
    development: BTreeSet<&'a str>,
    is_too_long: bool,
}

impl<'a> Specification<'a> {
    fn read(text: &'a str) -> Self {
        let mut specification = Self::default();
        let mut quota = Quota::default();
        for line in text.lines() {
            // `s.name = "x".freeze` and `s.add_runtime_dependency(%q<x>.freeze, ["~> 1"])`; people write `spec.` and `gem.`
            let Some((variable, statement)) = line.trim_ascii_start().split_once('.') else { continue };
            if !matches!(variable, "s" | "spec" | "gem" | "gemspec") {
                continue;
            }
            let end =
                statement.find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
            let Some((name, rest)) = statement.split_at_checked(end.unwrap_or(0)) else { continue };
            let mut strings = Strings(rest);
            if !quota.take(1) {
                specification.is_too_long = true;
                break;
            }
            match name {
                "name" => specification.name = strings.next().filter(|name| is_plain(name)),
                "version" => specification.version = strings.next().filter(|version| is_plain(version)),
                "license" | "licenses" => specification.licenses = strings.take(MAX_STRINGS).collect(),
                "executables" => {
                    specification.executables =
                        strings.filter(|name| is_plain(name)).take(MAX_STRINGS).collect();
                }
                "extensions" => specification.has_extensions = strings.next().is_some(),
                "add_runtime_dependency" => specification.runtime.extend(strings.next()),
                "add_dependency" => specification.either.extend(strings.next()),
                "add_development_dependency" => specification.development.extend(strings.next()),
                _ => {}
            }
        }
        specification
    }

    /// The gems it needs to run.
    fn requires(&self) -> impl Iterator<Item = &'a str> {
        let either = if self.runtime.is_empty() { Some(&self.either) } else { None };
        let either = either.into_iter().flatten().filter(|name| !self.development.contains(*name));
        self.runtime.iter().chain(either).copied().filter(|name| is_plain(name))
    }
}

/// More licences or programs no gem has.
const MAX_STRINGS: usize = 30;

/// Whether a text can be a name or a version, and no expression.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte))
}

/// The literals of a line: `"x"`, `'x'`, `%q<x>` and the like.
struct Strings<'a>(&'a str);

impl<'a> Iterator for Strings<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let start = self.0.find(['"', '\'', '%'])?;
        let (open, rest) = self.0[start..].split_at(1);
        let (rest, close) = match open {
            "%" => {
                let rest = rest.strip_prefix(['q', 'Q']).unwrap_or(rest);
                let close = match rest.chars().next()? {
                    '<' => '>',
                    '{' => '}',
                    '(' => ')',
                    '[' => ']',
                    _ => return None,
                };
                (&rest[1..], close)
            }
            _ => (rest, open.chars().next()?),
        };
        let (string, rest) = rest.split_once(close)?;
        self.0 = rest;
        Some(string)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::catalogue;

    use super::*;

    fn check(path: &str, text: &str) -> PackageFact {
        let (facts, warnings) = catalogue([(path, text.as_bytes())]);
        assert_eq!(warnings, Vec::<String>::new());
        let [package] = &facts.packages[..] else { panic!("{facts:?}") };
        package.clone()
    }

    fn names(package: &PackageFact) -> Vec<String> {
        package.requires.iter().flat_map(|requirement| requirement.any_of.clone()).collect()
    }

    fn below(package: &PackageFact) -> Vec<String> {
        let Files::Below(paths) = &package.files else { panic!("{package:?}") };
        paths.iter().map(|path| path::escape(path).into_owned()).collect()
    }

    #[test]
    fn a_specification_is_a_package() {
        let package = check(
            "usr/local/lib/ruby/gems/3.3.0/specifications/rails-html-sanitizer-1.6.0.gemspec",
            "# -*- encoding: utf-8 -*-\n# stub: rails-html-sanitizer 1.6.0 ruby lib\n\nGem::Specification.new do |s|\n  \
             s.name = \"rails-html-sanitizer\".freeze\n  s.version = \"1.6.0\"\n\n  s.metadata = { \"a\" => \"b\" } if \
             s.respond_to? :metadata=\n  s.description = \"s.name = 'no'\".freeze\n  s.executables = [\"clean\".freeze]\n  \
             s.licenses = [\"MIT\".freeze, \"Ruby\".freeze]\n\n  if s.respond_to? :add_runtime_dependency then\n    \
             s.add_runtime_dependency(%q<loofah>.freeze, [\"~> 2.21\".freeze])\n    \
             s.add_development_dependency(%q<rake>.freeze, [\">= 0\"])\n  else\n    \
             s.add_dependency(%q<loofah>.freeze, [\"~> 2.21\"])\n    s.add_dependency(%q<rake>.freeze, [\">= 0\"])\n  end\nend\n",
        );
        assert_eq!((&*package.name, &*package.version), ("rails-html-sanitizer", "1.6.0"));
        assert_eq!(package.license.as_deref(), Some("MIT OR Ruby"));
        assert_eq!(names(&package), ["loofah"]);
        let home = "usr/local/lib/ruby/gems/3.3.0";
        let expected = [
            "usr/local/bin/clean".to_owned(),
            format!("{home}/bin/clean"),
            format!("{home}/build_info/rails-html-sanitizer-1.6.0.info"),
            format!("{home}/cache/rails-html-sanitizer-1.6.0.gem"),
            format!("{home}/doc/rails-html-sanitizer-1.6.0"),
            format!("{home}/gems/rails-html-sanitizer-1.6.0"),
            format!("{home}/specifications/rails-html-sanitizer-1.6.0.gemspec"),
        ];
        assert_eq!(below(&package), expected);
    }

    #[test]
    fn extensions_lie_apart() {
        let text =
            "  s.name = 'puma'\n  s.version = \"6.4.0\"\n  s.extensions = [\"ext/puma/extconf.rb\".freeze]\n";
        let package = check("var/lib/gems/3.1.0/specifications/puma-6.4.0.gemspec", text);
        let paths = below(&package);
        assert_eq!(paths.iter().filter(|path| path.contains("/extensions/")).count(), PLATFORMS.len());
        assert!(paths.contains(&"var/lib/gems/3.1.0/extensions/x86_64-linux/3.1.0/puma-6.4.0".to_owned()));
        let package = check("usr/local/bundle/specifications/puma-6.4.0.gemspec", text);
        assert!(
            below(&package).contains(&"usr/local/bundle/extensions/x86_64-linux/3.3.0/puma-6.4.0".to_owned())
        );
    }

    #[test]
    fn what_the_text_does_not_say_the_name_says() {
        let text = "Gem::Specification.new do |spec|\n  spec.name = NAME\n  s.version = Nokogiri::VERSION\n";
        let package = check("specifications/default/nokogiri-1.16.2-x86_64-linux.gemspec", text);
        assert_eq!((&*package.name, &*package.version), ("nokogiri", "1.16.2"));
        assert!(below(&package).contains(&"gems/nokogiri-1.16.2-x86_64-linux".to_owned()));
    }

    #[test]
    fn newer_statements_say_what_they_are_for() {
        let text = "s.add_dependency(%q<rack>.freeze, [])\ns.add_development_dependency(%q<rake>, [])\ns.add_dependency(x)\n";
        assert_eq!(names(&check("specifications/a-1.gemspec", text)), ["rack"]);
    }

    #[test]
    fn checkouts_of_bundler_are_gems() {
        const HOME: &str = "usr/local/bundle/ruby/3.2.0/bundler/gems/mygem-0a1b2c3d4e5f";
        let text = b"Gem::Specification.new do |spec|\n  spec.name = \"mygem\"\n  spec.version = \"0.4.2\"\n  spec.license = 'MIT'\n\
            spec.add_dependency 'rack', '~> 3'\nend\n";
        let (facts, warnings) = catalogue([(&*format!("{HOME}/mygem.gemspec"), &text[..])]);
        let [package] = &facts.packages[..] else { panic!("{facts:?}") };
        assert_eq!((&*package.name, &*package.version, warnings), ("mygem", "0.4.2", vec![]));
        assert_eq!((package.license.as_deref(), below(package)), (Some("MIT"), vec![HOME.to_owned()]));
        assert_eq!(names(package), ["rack"]);
    }

    #[test]
    fn other_gemspecs_are_no_installed_gems() {
        let (facts, _) = catalogue([
            ("usr/src/app/app.gemspec", &b"s.name = 'app'"[..]),
            ("gems/app-1/app.gemspec", b"s.name = 'app'"),
        ]);
        assert!(facts.is_empty());
    }

    #[test]
    fn nothing_is_too_odd_to_be_read() {
        let binary: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
        let quotes = [&b"s.licenses = "[..], &b"'a'%q<".repeat(500_000)].concat();
        let names: String = (0..200_000).map(|number| format!("s.add_dependency('{number}')\n")).collect();
        let odd = "s.\ns.name\ns.name = \ns.name = \"\ns.name = %\ns.name = %q\ns.name = %qé\ns.é = 'x'\n";
        for content in [&b""[..], b"\xff\xfe", &binary, &quotes, names.as_bytes(), odd.as_bytes()] {
            let (facts, warnings) =
                catalogue([("specifications/a-1.gemspec", content), ("specifications/.gemspec", content)]);
            assert_eq!((facts.packages.len(), warnings.len()), (1, 1));
        }
    }
}
