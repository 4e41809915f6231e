//! Python and npm packages that nothing seems to use: neither the code that was seen nor, where runs were recorded, any run.

use plimsoll_snapshot::{Bytes, Ecosystem};

use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::without;
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::known::{is_packaging_tool, is_test_tool};
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::packages::{Package, PackageId, Use, facts};

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
            && !is_opened(package)
            // They have their own rule.
            && !is_test_tool(package)
    };
    let unused = without_users(input, input.catalogue.installed().filter(is_unused).collect());
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
    finding.confidence = confidence(input);
    without::packages(input, &mut finding, unused);
    vec![finding]
}

/// How certain it is that nothing uses them.
fn confidence(input: &Input<'_>) -> Confidence {
    let is_proven = input.catalogue.observed.as_ref().is_some_and(|seen| seen.proves_absence);
    if !input.catalogue.mounted_code.is_empty() {
        // Other code runs than the one that was read.
        Confidence::Low
    } else if !is_proven && unpickles(input) {
        // What was pickled names its modules, and no source does.
        Confidence::Low
    } else if is_proven {
        Confidence::High
    } else {
        Confidence::Medium
    }
}

/// Whether the application loads pickled objects, which may need any package: a model of scikit-learn, say.
fn unpickles(input: &Input<'_>) -> bool {
    const LOADERS: [&str; 7] = ["pickle", "joblib", "cloudpickle", "dill", "skops", "mlflow", "shelve"];
    let imports = facts(input.snapshot, input.image)
        .flat_map(|(layer, facts)| facts.imports.iter().map(move |import| (layer, import)));
    let mut modules = imports
        .filter(|(layer, import)| input.squashed.names.is_alive(*layer, import.entry))
        .flat_map(|(_, import)| &import.modules);
    modules.any(|module| LOADERS.contains(&module.split('.').next().unwrap_or_default()))
}

/// Whether a run opened a file of a package, or imported a module of it.
fn is_opened(package: &Package) -> bool {
    package.observed.is_some_and(|seen| seen.is_used())
}

/// The packages whose removal takes away nothing that a run opened.
fn without_users<'a>(input: &Input<'_>, mut packages: Vec<&'a Package>) -> Vec<&'a Package> {
    loop {
        let ids: Vec<PackageId> = packages.iter().map(|package| package.id).collect();
        let gone = input.catalogue.leaving(&ids);
        let Some(&opened) = gone.iter().find(|&&id| is_opened(input.catalogue.package(id))) else {
            return packages;
        };
        let count = packages.len();
        packages.retain(|package| !input.catalogue.graph.keeps_in_turn(package.id, opened));
        // If no named package keeps it there, it leaves for another reason, and the rule names no package.
        if packages.len() == count {
            return Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::runtime::{
        Container, ImportRun, ImportedModule, Load, Mount, Observation, ObservationSource, Runtime,
    };

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

    /// The image with a recording that opened these files.
    fn observed(opened: &[&str], observation: Observation) -> Vec<Finding> {
        let layers = [PACKAGES, "i COPY . .\nf app/main.py 5\nm app/main.py python a"];
        let mut snapshot = snapshot("app", &layers);
        let opened = opened.iter().map(|path| path.as_bytes()).collect();
        let observation = Observation { service: "app".to_owned(), opened, ..observation };
        snapshot.runtime = Some(Runtime { observed: vec![observation], ..Runtime::default() });
        advise_by(&snapshot, &[&RULE], None).services.remove(0).findings
    }

    fn loaded() -> Observation {
        let load = Some(Load { label: "50 users".to_owned(), ..Load::default() });
        Observation { source: ObservationSource::Strace, load, from_start: true, ..Observation::default() }
    }

    #[test]
    fn what_a_run_opened_is_never_named() {
        assert_eq!(observed(&["site/b/__init__.py"], loaded()), []);
        // `c` goes with `b` alone, so `b` has to stay.
        assert_eq!(observed(&["site/c/__init__.py"], loaded()), []);
        let import = ImportedModule { module: "c.d".to_owned(), ..ImportedModule::default() };
        let imports = vec![ImportRun { modules: vec![import], interleaved: false }];
        assert_eq!(observed(&[], Observation { imports, ..loaded() }), []);
    }

    #[test]
    fn only_a_complete_run_under_a_named_load_makes_it_certain() {
        let confidence = |observation| observed(&["site/a/__init__.py"], observation)[0].confidence;
        assert_eq!(confidence(loaded()), Confidence::High);
        for observation in [
            Observation { load: None, ..loaded() },
            Observation { from_start: false, ..loaded() },
            Observation { lost: 1, ..loaded() },
            Observation { unplaced: 1, ..loaded() },
            Observation { source: ObservationSource::Smaps, ..loaded() },
        ] {
            assert_eq!(confidence(observation), Confidence::Medium);
        }
    }

    #[test]
    fn code_that_is_mounted_may_use_them() {
        let layers = [PACKAGES, "i COPY . .\nf app/main.py 5\nm app/main.py python a"];
        let confidence = |mount: &str| {
            let mut snapshot = snapshot("app", &layers);
            let (service, mounts) =
                (Some("app".to_owned()), vec![Mount { target: mount.to_owned(), ..Mount::default() }]);
            let containers = vec![Container { service, mounts, ..Container::default() }];
            snapshot.runtime = Some(Runtime { containers, ..Runtime::default() });
            advise_by(&snapshot, &[&RULE], None).services[0].findings[0].confidence
        };
        let all = ["/app", "/app/main.py", "/site/a/", "/data", "/ap"].map(confidence);
        use Confidence::{Low, Medium};
        assert_eq!(all, [Low, Low, Low, Medium, Medium]);
    }

    #[test]
    fn without_code_and_where_all_is_used_there_is_nothing_to_say() {
        assert_eq!(check(&RULE, &[PACKAGES]), []);
        assert_eq!(check(&RULE, &[PACKAGES, "i COPY . .\nf app/main.py 5\nm app/main.py python a b"]), []);
    }
}
