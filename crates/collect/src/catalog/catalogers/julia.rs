//! Packages of Julia: the project file of each version in a depot, `packages/NAME/SLUG/Project.toml`.
//!
//! The format: Pkg.jl, "Project.toml and Manifest.toml".

use plimsoll_snapshot::{Ecosystem, PackageFact, path};
use toml::{Table, Value};

use super::manifests::place_of;
use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::stated::{self, above};

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "julia", wants, read: Read::Whole(read), complete: nothing };

/// The largest project file that is read: those of packages have a hundredth of it.
const MAX_PROJECT: u64 = 1 << 20;

fn wants(candidate: &Candidate<'_>) -> bool {
    candidate.size <= MAX_PROJECT
        && matches!(candidate.name, b"Project.toml" | b"JuliaProject.toml")
        && path::name(above(candidate.path, 3)) == b"packages"
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    let project = match text.parse::<Table>() {
        Ok(project) => project,
        Err(error) => return catalog.problem(file.entry, place_of(&error, &text)),
    };
    let directory = file.directory();
    let field = |name| project.get(name).and_then(Value::as_str);
    let name = field("name").or(stated::name_of_bytes(path::name(above(directory, 1))));
    let package = name
        .and_then(|name| stated::package(file, Ecosystem::Julia, name, field("version").unwrap_or_default()));
    let needs = project.get("deps").and_then(Value::as_table).into_iter().flat_map(Table::keys);
    catalog.packages.extend(package.map(|package| PackageFact {
        requires: stated::requirements(needs.map(String::as_str)),
        files: stated::below([directory]),
        ..package
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn projects_of_a_depot_are_packages() {
        let (facts, warnings) = catalogue([
            (
                "opt/julia/packages/Foo/abcde/Project.toml",
                &b"name = \"Foo\"\nuuid = \"1\"\nversion = \"0.3.0\"\n[deps]\nBar = \"2\"\n[compat]\njulia = \"1\"\n"[..],
            ),
            ("opt/julia/packages/Bar/x/Project.toml", b"name = "),
            ("app/Project.toml", b"name = \"App\""),
        ]);
        assert_eq!((labels(&facts), warnings.len()), (vec!["Foo 0.3.0".to_owned()], 1));
        assert_eq!(facts.packages[0].requires, stated::requirements(["Bar"]));
        assert_eq!(below(&facts.packages[0]), ["opt/julia/packages/Foo/abcde"]);
    }
}
