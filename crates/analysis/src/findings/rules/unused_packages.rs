//! Python and npm packages that nothing seems to use.

use plimsoll_snapshot::{Bytes, Ecosystem};

use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::without;
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::known::{is_packaging_tool, is_test_tool};
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::packages::{Package, Use};

pub(super) const RULE: Rule = Rule { id: RuleId::UnusedPackages, check: Check::Image(check) };

/// The smallest saving that is worth the work.
const LEAST: Bytes = Bytes(1_000_000);

fn check(input: &Input<'_>) -> Vec<Finding> {
    let is_unused = |package: &&Package| {
        matches!(package.ecosystem, Ecosystem::Python | Ecosystem::Npm)
            && package.usage == Use::Unused
            && package.part_of.is_none()
            && package.root.is_some()
            && package.layer >= input.base_layers
            && !is_packaging_tool(package)
            // They have their own rule.
            && !is_test_tool(package)
    };
    let unused: Vec<&Package> = input.catalogue.installed().filter(is_unused).collect();
    if unused.is_empty() {
        return Vec::new();
    }
    let ids: Vec<_> = unused.iter().map(|package| package.id).collect();
    let gone = input.catalogue.without(input.squashed, &ids).gone;
    let inodes = input.inodes_of(&gone);
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let mut finding = input.finding(RULE.id, Headline::UnusedPackages, inodes);
    finding.confidence = Confidence::Medium;
    without::packages(input, &mut finding, unused);
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::advise_by;
    use crate::findings::check::check;
    use crate::findings::evidence::Subject;
    use crate::testing::snapshot;

    const PACKAGES: &str = "
        i RUN pip install -r requirements.txt
        f site/a-1.dist-info/METADATA 10
        p site/a-1.dist-info/METADATA python a 1 files=site/a/__init__.py requested
        f site/b-1.dist-info/METADATA 10
        p site/b-1.dist-info/METADATA python b 1 needs=c files=site/b/__init__.py requested
        f site/c-1.dist-info/METADATA 10
        p site/c-1.dist-info/METADATA python c 1 files=site/c/__init__.py
        f site/a/__init__.py 5000000
        f site/b/__init__.py 100
        f site/c/__init__.py 7000000";

    #[test]
    fn unimported_packages_go_with_their_exclusive_dependencies() {
        let found = check(&RULE, &[PACKAGES, "i COPY . .\nf app/main.py 5\nm app/main.py python a"]);
        assert_eq!(found[0].saving, Bytes(7_000_120));
        let subject = Subject::Package { package: "b 1".into(), ecosystem: None };
        assert_eq!(found[0].evidence[0].subject, subject);
        assert_eq!(found[0].fixes[1].lines, "-b==1");
    }

    #[test]
    fn a_run_that_names_them_goes_without_them() {
        let packages = PACKAGES.replace("-r requirements.txt", "a==1 b");
        let found = check(&RULE, &[&packages, "i COPY . .\nf app/main.py 5\nm app/main.py python a"]);
        assert_eq!(found[0].fixes[1].lines, "RUN pip install a==1");
        assert_eq!(found[0].fixes.len(), 2);
    }

    #[test]
    fn the_command_names_what_the_user_named() {
        let snapshot = snapshot("app", &[PACKAGES, "i COPY . .\nf app/main.py 5\nm app/main.py python a"]);
        let line = |source| {
            let advice = advise_by(&snapshot, &[&RULE], source);
            advice.services[0].findings[0].fixes[0].lines.to_string()
        };
        assert_eq!(line(Some("before it.plimsoll")), "plimsoll whatif 'before it.plimsoll' --without b");
        assert_eq!(line(None), "plimsoll whatif app:latest --without b");
    }

    #[test]
    fn without_code_and_where_all_is_used_there_is_nothing_to_say() {
        assert_eq!(check(&RULE, &[PACKAGES]), []);
        assert_eq!(check(&RULE, &[PACKAGES, "i COPY . .\nf app/main.py 5\nm app/main.py python a b"]), []);
    }
}
