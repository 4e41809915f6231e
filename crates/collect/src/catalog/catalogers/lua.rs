//! Rocks of Lua: the rockspec and the manifest that LuaRocks keeps of each, in `rocks/NAME/VERSION` of a tree.
//!
//! The formats: LuaRocks, "Rockspec format" and "File locations". They are Lua; nothing is evaluated.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Ecosystem, Entries, MetadataProblem, PackageFact, path};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile};
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated::{self, above, join};
use crate::catalog::terms::{Token, tokens};

pub(crate) const CATALOGER: Cataloger = Cataloger { id: "lua", wants, read: Read::Whole(read), complete };

fn wants(candidate: &Candidate<'_>) -> bool {
    let is_it = candidate.name.ends_with(b".rockspec") || candidate.name == b"rock_manifest";
    is_it && path::name(above(candidate.path, 3)).starts_with(b"rocks")
}

/// The files that manifests list, by the directory of a rock.
#[derive(Default)]
struct Manifests(BTreeMap<Vec<u8>, Vec<Vec<u8>>>);

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let directory = file.directory();
    let text = file.text();
    if path::name(file.path) == b"rock_manifest" {
        let files = manifest(&text, &Tree::of(directory));
        catalog.notes::<Manifests>().0.insert(directory.to_vec(), files);
        return;
    }
    let specification = Specification::read(&text);
    let version = specification.version.or(stated::name_of_bytes(path::name(directory)));
    let name = specification.name.or(stated::name_of_bytes(path::name(above(directory, 1))));
    let package =
        name.and_then(|name| stated::package(file, Ecosystem::Lua, name, version.unwrap_or_default()));
    let Some(package) = package else { return catalog.problem(file.entry, MetadataProblem::NoName) };
    let tree = Tree::of(directory);
    // Without a manifest, a rock is taken to bring the module of its name.
    let mut places = tree.places("lua", &format!("{}.lua", package.name));
    places.extend(tree.places("lua", &package.name));
    places.extend(tree.places("lib", &format!("{}.so", package.name)));
    places.push(directory.to_vec());
    catalog.packages.push(PackageFact {
        license: specification.license.map(str::to_owned),
        requires: stated::requirements(specification.needs),
        files: stated::below(places),
        ..package
    });
}

/// Completes the rocks of a layer by their manifests.
fn complete(catalog: &mut Catalog, _: &Entries) {
    let Manifests(manifests) = catalog.take_notes();
    let (packages, files) = catalog.packages_and_files();
    for package in packages.iter_mut().filter(|package| package.ecosystem == Ecosystem::Lua) {
        let directory = path::parent(&files[package.entry as usize]);
        if let Some(listed) = manifests.get(directory) {
            package.files = stated::below(listed.iter().map(Vec::as_slice).chain([directory]));
        }
    }
}

/// Where the modules of a tree lie.
struct Tree<'a> {
    root: &'a [u8],
    /// The version of Lua, `5.1`, if the tree says it.
    version: Option<&'a str>,
}

impl<'a> Tree<'a> {
    /// The tree of `ROOT/lib/luarocks/rocks-5.1/NAME/VERSION`, or of `ROOT/share/lua/5.1/luarocks/rocks/NAME/VERSION`.
    fn of(rock: &'a [u8]) -> Self {
        let rocks = above(rock, 2);
        let luarocks = above(rocks, 1);
        let named =
            path::name(rocks).strip_prefix(b"rocks-").and_then(|version| str::from_utf8(version).ok());
        match named {
            Some(version) => Self { root: above(luarocks, 2), version: Some(version) },
            None => {
                let version = str::from_utf8(path::name(above(luarocks, 1))).ok();
                Self {
                    root: above(luarocks, 4),
                    version: version.filter(|text| text.starts_with(|first: char| first.is_ascii_digit())),
                }
            }
        }
    }

    /// Where a file of a part of a rock lies: `lua` and `lib` are modules, `bin` are programs.
    fn places(&self, part: &str, file: &str) -> Vec<Vec<u8>> {
        let place = match (part, self.version) {
            ("bin", _) => format!("bin/{file}"),
            ("lua", Some(version)) => format!("share/lua/{version}/{file}"),
            ("lib", Some(version)) => format!("lib/lua/{version}/{file}"),
            _ => return Vec::new(),
        };
        vec![join(self.root, place.as_bytes())]
    }
}

/// What a rockspec says.
#[derive(Default)]
struct Specification<'a> {
    name: Option<&'a str>,
    version: Option<&'a str>,
    license: Option<&'a str>,
    needs: Vec<&'a str>,
}

impl<'a> Specification<'a> {
    fn read(text: &'a str) -> Self {
        let mut specification = Self::default();
        let mut depth = 0_u32;
        let mut table = "";
        let mut quota = Quota::default();
        // A name is known by the sign behind it.
        let mut key = None;
        let mut last: Option<&'a str> = None;
        for token in tokens(text, "--").take_while(|_| quota.take(1)) {
            match token {
                Token::Sign('{') => {
                    if depth == 0 {
                        table = key.unwrap_or_default();
                    }
                    (depth, key, last) = (depth.saturating_add(1), None, None);
                }
                Token::Sign('}') => (depth, key, last) = (depth.saturating_sub(1), None, None),
                Token::Sign('=') => key = last.take(),
                Token::Sign(_) => (key, last) = (None, None),
                Token::Text(value) => {
                    let value = stated::stated(value);
                    match (depth, table, key) {
                        (0, _, Some("package")) => specification.name = value,
                        (0, _, Some("version")) => specification.version = value,
                        (1, "description", Some("license")) => specification.license = value,
                        (1, "dependencies", None) => {
                            let name = value.and_then(|need| need.split([' ', '<', '>', '=', '~']).next());
                            specification.needs.extend(name.filter(|name| *name != "lua"));
                        }
                        _ => {}
                    }
                    (key, last) = (None, None);
                }
                Token::Word(word) => (key, last) = (None, Some(word)),
            }
        }
        specification
    }
}

/// The files of `rock_manifest = { lua = { socket = { ["http.lua"] = "SUM" } }, bin = { x = "SUM" } }`.
fn manifest(text: &str, tree: &Tree<'_>) -> Vec<Vec<u8>> {
    let mut quota = Quota::default();
    let mut files = Vec::new();
    let mut tables: Vec<&str> = Vec::new();
    let mut last = "";
    let mut is_value = false;
    for token in tokens(text, "--") {
        match token {
            Token::Sign('{') => {
                if tables.len() >= DEEPEST {
                    break;
                }
                tables.push(last);
                is_value = false;
            }
            Token::Sign('}') => drop(tables.pop()),
            Token::Sign('=') => is_value = true,
            Token::Sign(_) => {}
            Token::Word(text) | Token::Text(text) if !is_value => last = text,
            Token::Word(_) | Token::Text(_) => {
                is_value = false;
                // The first table is that of the manifest.
                let [_, part, directories @ ..] = &tables[..] else { continue };
                let path = [directories, &[last]].concat().join("/");
                if !quota.take_path(path.len()) {
                    break;
                }
                files.extend(tree.places(part, &path));
            }
        }
    }
    files
}

/// How deep the directories of a rock may be.
const DEEPEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{below, catalogue, labels};

    const SPECIFICATION: &[u8] = b"package = \"LuaSocket\"\nversion = \"3.1.0-1\" -- new\nsource = { url = \"git+https://x\" }\n\
        description = {\n  summary = \"Network = { support }\",\n  detailed = [[ package = \"no\" ]],\n  license = 'MIT'\n}\n\
        dependencies = { \"lua >= 5.1\", \"lpeg >= 1.0\" }\nbuild = { modules = { version = \"x\" } }\n";

    #[test]
    fn rocks_and_their_manifests_are_read() {
        let manifest = b"rock_manifest = {\n  bin = { [\"sock\"] = \"1\" },\n  [\"luasocket-3.1.0-1.rockspec\"] = \"5\",\n  \
            lib = { socket = { [\"core.so\"] = \"2\" } },\n  lua = { [\"socket.lua\"] = \"3\", socket = { [\"http.lua\"] = \"4\" } }\n}\n";
        let rock = "usr/local/lib/luarocks/rocks-5.1/luasocket/3.1.0-1";
        let (specification, list) =
            (format!("{rock}/luasocket-3.1.0-1.rockspec"), format!("{rock}/rock_manifest"));
        for files in [
            [(&*specification, SPECIFICATION), (&*list, &manifest[..])],
            [(&*list, &manifest[..]), (&*specification, SPECIFICATION)],
        ] {
            let others = [
                "bin/sock",
                "lib/lua/5.1/socket/core.so",
                "share/lua/5.1/socket.lua",
                "share/lua/5.1/socket/http.lua",
            ];
            let others = others.map(|path| format!("usr/local/{path}"));
            let (facts, warnings) =
                catalogue(files.into_iter().chain(others.iter().map(|path| (path.as_str(), &b""[..]))));
            assert_eq!((labels(&facts), warnings), (vec!["LuaSocket 3.1.0-1".to_owned()], vec![]));
            let package = &facts.packages[0];
            assert_eq!(
                (package.license.as_deref(), &package.requires),
                (Some("MIT"), &stated::requirements(["lpeg"]))
            );
            let mut expected = others.to_vec();
            expected.insert(1, rock.to_owned());
            expected.sort();
            let mut found = below(package);
            found.sort();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn without_a_manifest_the_name_is_that_of_the_module() {
        let (facts, _) = catalogue([
            (
                "usr/local/share/lua/5.1/luarocks/rocks/lpeg/1.1-1/lpeg-1.1-1.rockspec",
                &b"package = \"lpeg\""[..],
            ),
            ("usr/local/lib/lua/5.1/lpeg.so", b""),
            ("src/x-1.rockspec", b"package = \"x\""),
        ]);
        assert_eq!(labels(&facts), ["lpeg 1.1-1"]);
        assert_eq!(
            below(&facts.packages[0]),
            ["usr/local/lib/lua/5.1/lpeg.so", "usr/local/share/lua/5.1/luarocks/rocks/lpeg/1.1-1"]
        );
    }

    #[test]
    fn nothing_is_too_odd_to_be_read() {
        let deep = "x={".repeat(100_000);
        let open = format!("package = \"{}", "x".repeat(1 << 20));
        for text in ["", "}}}", "= = =", "package =", &deep, &open] {
            let bytes = text.as_bytes();
            catalogue([("rocks/a/1/a.rockspec", bytes), ("rocks/a/1/rock_manifest", bytes)]);
        }
    }
}
