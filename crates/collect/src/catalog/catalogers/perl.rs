//! Distributions of Perl: the list of files that each leaves in `auto/NAME/.packlist`, and what says their version.
//!
//! The formats: ExtUtils::Packlist; ExtUtils::Install, "perllocal.pod"; cpanm, `.meta/NAME-VERSION/install.json`.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Ecosystem, Entries, FileListFact, MetadataProblem, PackageFact, path};
use serde::Deserialize;

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile};
use crate::catalog::claims::listed;
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated::{self, json};

pub(crate) const CATALOGER: Cataloger = Cataloger { id: "perl", wants, read: Read::Whole(read), complete };

fn wants(candidate: &Candidate<'_>) -> bool {
    match candidate.name {
        b".packlist" => distribution(candidate.path).is_some(),
        b"perllocal.pod" => true,
        b"install.json" => path::parent(path::parent(candidate.path)).ends_with(b"/.meta"),
        _ => false,
    }
}

/// `Foo::Bar` of `…/auto/Foo/Bar/.packlist`.
fn distribution(packlist: &[u8]) -> Option<String> {
    let directory = path::parent(packlist);
    let at = directory.windows(6).rposition(|part| part == b"/auto/")?;
    let name = str::from_utf8(&directory[at + 6..]).ok()?.replace('/', "::");
    stated::name(&name).map(str::to_owned)
}

/// The versions of distributions, as files beside their lists say.
#[derive(Default)]
struct Versions(BTreeMap<String, String>);

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    match path::name(file.path) {
        b".packlist" => read_packlist(file, catalog),
        b"install.json" => match json::<Installed>(file) {
            Ok(installed) => note(catalog.notes(), &installed.name, &installed.version),
            Err(problem) => catalog.problem(file.entry, problem),
        },
        _ => read_log(file, catalog),
    }
}

#[derive(Deserialize)]
struct Installed {
    name: String,
    version: String,
}

fn note(versions: &mut Versions, name: &str, version: &str) {
    if let (Some(name), Some(version)) = (stated::name(name), stated::name(version)) {
        versions.0.insert(name.to_owned(), version.to_owned());
    }
}

fn read_packlist(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let Some(name) = distribution(file.path) else { return };
    let mut quota = Quota::default();
    // A path may have `type=link from=…` behind it.
    let lines = file.bytes.split(|&byte| byte == b'\n').take_while(|_| quota.take(1));
    let lines = lines.filter_map(|line| line.trim_ascii().split(|&byte| byte == b' ').next());
    let files: Vec<_> = lines.chain([file.path]).collect();
    if !quota.take(1) {
        catalog.problem(file.entry, MetadataProblem::TooManyFiles);
    }
    let key = path::escape(file.path).into_owned();
    catalog.file_lists.push(FileListFact {
        entry: file.entry,
        ecosystem: Ecosystem::Perl,
        package: key.clone(),
        files: listed(files),
    });
    let package = stated::package(file, Ecosystem::Perl, &name, "");
    catalog.packages.extend(package.map(|package| PackageFact { key, ..package }));
}

/// Reads `=head2 DATE: C<Module> L<Foo::Bar|Foo::Bar>` and `C<VERSION: 1.0>` below it.
fn read_log(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    let mut name = "";
    for line in text.lines() {
        if let Some((_, link)) = line.split_once("L<").filter(|_| line.starts_with("=head")) {
            name = link.split(['|', '>']).next().unwrap_or("");
        } else if let Some((_, version)) = line.split_once("C<VERSION: ") {
            note(catalog.notes(), name, version.trim_end_matches('>'));
        }
    }
}

/// Completes the distributions of a layer by their versions.
fn complete(catalog: &mut Catalog, _: &Entries) {
    let Versions(versions) = catalog.take_notes();
    for package in catalog.packages.iter_mut().filter(|package| package.ecosystem == Ecosystem::Perl) {
        if let Some(version) = versions.get(&package.name) {
            package.version.clone_from(version);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{catalogue, labels};

    #[test]
    fn lists_and_versions_are_joined() {
        const SITE: &str = "usr/local/lib/perl5/site_perl/5.36.0";
        let moo = format!("{SITE}/Moo.pm");
        let list = format!("/{moo}\n/usr/local/man/man3/Moo.3 type=file\n");
        let (facts, warnings) = catalogue([
            (&*format!("{SITE}/x86_64-linux/.meta/Moo-2.005/install.json"), &br#"{"name": "Moo", "version": "2.005"}"#[..]),
            (&*format!("{SITE}/x86_64-linux/auto/Foo/Bar/.packlist"), b""),
            (&*format!("{SITE}/x86_64-linux/auto/Moo/.packlist"), list.as_bytes()),
            (&*moo, b""),
            (
                "usr/lib/perl/5.36/perllocal.pod",
                b"=head2 Mon Jan  1 00:00:00 2024: C<Module> L<Foo::Bar|Foo::Bar>\n\n=over 4\n\n=item *\n\nC<VERSION: 0.5>\n",
            ),
        ]);
        assert_eq!(
            (labels(&facts), warnings),
            (vec!["Foo::Bar 0.5".to_owned(), "Moo 2.005".to_owned()], vec![])
        );
        let list = &facts.file_lists[1];
        assert_eq!(
            (&list.package, list.files.entries().collect::<Vec<_>>()),
            (&facts.packages[1].key, vec![1, 4])
        );
    }
}
