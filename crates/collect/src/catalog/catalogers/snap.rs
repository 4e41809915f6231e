//! Snaps that were unpacked: `meta/snap.yaml` (Snapcraft, "The snap format").

use plimsoll_snapshot::{Ecosystem, MetadataProblem, PackageFact};

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::stated::{self, above, value_of};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "snap",
    wants: |file| file.name == b"snap.yaml" && file.path.ends_with(b"meta/snap.yaml"),
    read: Read::Whole(read),
    complete: nothing,
};

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    // What begins a line is a field of the snap, and never of one of its programs.
    let field = |name| text.lines().find_map(|line| value_of(line, name, ':'));
    let place = above(file.directory(), 1);
    let package = field("name")
        .and_then(|name| stated::package(file, Ecosystem::Snap, name, field("version").unwrap_or_default()));
    match package {
        Some(package) => catalog.packages.push(PackageFact {
            license: field("license").and_then(stated::stated).map(str::to_owned),
            files: stated::below([place]),
            ..package
        }),
        None => catalog.problem(file.entry, MetadataProblem::NoName),
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn fields_of_the_snap_are_read() {
        let (facts, warnings) = catalogue([
            (
                "snap/hello/current/meta/snap.yaml",
                &b"name: hello\napps:\n  x:\n    version: 2\nversion: '1.5'\nlicense: GPL-3.0\n"[..],
            ),
            ("snap/x/meta/snap.yaml", b"- name: x"),
        ]);
        assert_eq!((labels(&facts), warnings.len()), (vec!["hello 1.5".to_owned()], 1));
        let package = &facts.packages[0];
        assert_eq!(
            (package.license.as_deref(), below(package)),
            (Some("GPL-3.0"), vec!["snap/hello/current".into()])
        );
    }
}
