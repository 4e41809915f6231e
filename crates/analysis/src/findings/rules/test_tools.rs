//! Tools for tests and development among the packages that the service is installed with.

use std::collections::BTreeSet;

use plimsoll_snapshot::Bytes;

use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::without;
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::known::is_test_tool;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::packages::{Package, PackageId, Root, Use};

pub(super) const RULE: Rule = Rule { id: RuleId::TestTools, check: Check::Image(check) };

/// The smallest saving that is worth the work.
const LEAST: Bytes = Bytes(500_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let ids: BTreeSet<PackageId> = tools(input).into_iter().collect();
    let tools: Vec<&Package> = ids.iter().map(|&id| input.catalogue.package(id)).collect();
    let ids: Vec<PackageId> = ids.into_iter().collect();
    let gone = input.catalogue.without(input.squashed, &ids).gone;
    let inodes = input.inodes_of(&gone);
    if tools.is_empty() || input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let mut finding = input.finding(RULE.id, Headline::TestTools, inodes);
    finding.confidence = Confidence::Medium;
    without::packages(input, &mut finding, tools);
    vec![finding]
}

/// The tools that were asked for, and that nothing but tests and other such tools use.
pub(crate) fn tools(input: &Input<'_>) -> Vec<PackageId> {
    let candidates = input.catalogue.installed().filter(|package| {
        let is_asked_for = matches!(package.root, Some(Root::Requested { .. } | Root::Unneeded));
        is_test_tool(package)
            && is_asked_for
            && package.part_of.is_none()
            && package.layer >= input.base_layers
            && is_unused(&package.usage)
    });
    let mut tools: BTreeSet<PackageId> = candidates.map(|package| package.id).collect();
    // One that something else needs stays, and so does what that one needs.
    loop {
        let is_needed = |id: &PackageId| {
            let needed_by = &input.catalogue.package(*id).needed_by;
            needed_by.iter().any(|other| {
                let other = input.catalogue.package(*other);
                !tools.contains(&other.id) && !is_test_tool(other) && other.usage != Use::Unused
            })
        };
        let stays: Vec<PackageId> = tools.iter().copied().filter(is_needed).collect();
        if stays.is_empty() {
            return tools.into_iter().collect();
        }
        stays.iter().for_each(|id| _ = tools.remove(id));
    }
}

/// Whether no code but tests uses a package. That a used package can make use of a test tool is no use: extras for tests
/// say so.
fn is_unused(usage: &Use) -> bool {
    match usage {
        Use::Unused | Use::Optional { .. } | Use::Plugin { .. } => true,
        // Files that are no tests come first.
        Use::Imported { files, .. } => files.iter().all(|file| is_test(file)),
        Use::Named { places, .. } => places.iter().all(|place| is_test(place)),
        Use::Run { .. } | Use::Needed { .. } | Use::Unknown => false,
    }
}

/// Whether a path, with or without a line, is that of a test or of the settings of one.
fn is_test(place: &str) -> bool {
    crate::packages::is_test(place.split(':').next().unwrap_or(place).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check;

    const PACKAGES: &str = "
        i RUN pip install -r requirements.txt
        f site/pytest-8.dist-info/METADATA 10
        p site/pytest-8.dist-info/METADATA python pytest 8 needs=pluggy files=site/pytest/__init__.py requested
        f site/pluggy-1.dist-info/METADATA 10
        p site/pluggy-1.dist-info/METADATA python pluggy 1 files=site/pluggy/__init__.py
        f site/flask-3.dist-info/METADATA 10
        p site/flask-3.dist-info/METADATA python flask 3 offers=pytest files=site/flask/__init__.py requested
        f site/pytest/__init__.py 900000
        f site/pluggy/__init__.py 100000
        f site/flask/__init__.py 5000000";

    fn found(code: &str) -> Vec<Finding> {
        check(&RULE, &["i ADD rootfs /\nf etc/x 1", PACKAGES, code])
    }

    #[test]
    fn tools_that_only_tests_use_are_found() {
        let code = "i COPY . .\nf app/main.py 5\nm app/main.py python flask
            f app/tests/test_a.py 5\nm app/tests/test_a.py python pytest";
        let found = found(code);
        assert_eq!((found[0].saving, found[0].evidence_count), (Bytes(1_000_020), 1));
        assert_eq!(found[0].fixes[1].lines, "-pytest==8");
        assert_eq!(found[0].confidence, Confidence::Medium);
    }

    #[test]
    fn what_the_service_itself_imports_stays() {
        let code = "i COPY . .\nf app/a_tests/z.py 5\nm app/a_tests/z.py python flask pytest
            f app/tests/test_a.py 5\nm app/tests/test_a.py python pytest";
        assert_eq!(found(code), []);
        // Without code nothing is known.
        assert_eq!(found("i RUN x\nf a 1"), []);
    }

    #[test]
    fn tests_are_known_by_their_paths() {
        for place in
            ["app/tests/a.py:5", "app/test_a.py", "src/a.spec.ts", "conftest.py", "web/__tests__/a.js"]
        {
            assert!(is_test(place), "{place}");
        }
        for place in ["app/main.py:5", "app/testing.py", "app/contest.py", "latest/a.py", "$DATABASE_URL"] {
            assert!(!is_test(place), "{place}");
        }
    }
}
