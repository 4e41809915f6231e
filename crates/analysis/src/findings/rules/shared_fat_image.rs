//! Services that share an image with packages that only one of them needs.

use std::collections::BTreeSet;

use plimsoll_snapshot::{Bytes, Ecosystem, Image, Order as _, Snapshot, filled};

use crate::findings::evidence::{Evidence, Note, Subject};
use crate::findings::finding::{Confidence, Finding, severity_of};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{Dockerfile, Line, Unfit, Yaml, dockerfile, line, names, yaml};
use crate::packages::{Package, Split, splits};

pub(super) const RULE: Rule = Rule { id: RuleId::SharedFatImage, check: Check::Stack(check) };

const LEAST: Bytes = Bytes(10_000_000);

fn check(snapshot: &Snapshot) -> Vec<Finding> {
    splits(snapshot).iter().filter_map(|split| finding(snapshot, split)).collect()
}

fn finding(snapshot: &Snapshot, split: &Split) -> Option<Finding> {
    let services: Vec<&str> = split.services.iter().map(|share| share.service.as_str()).collect();
    let first = snapshot.services.iter().find(|service| service.name == services[0])?;
    // The bytes that only other services need.
    let all: Bytes = split.services.iter().map(|share| share.only.bytes).sum();
    let mut owned: Vec<(usize, &Package)> = (split.services.iter().enumerate())
        .flat_map(|(position, share)| share.only.packages.iter().map(move |package| (position, package)))
        .collect();
    owned.order_by_key(|(_, package)| (std::cmp::Reverse(package.image_bytes), package.id));
    let mut evidence = Vec::new();
    let mut total = Bytes::ZERO;
    for (position, share) in split.services.iter().enumerate() {
        let foreign = all - share.only.bytes;
        total += foreign;
        let others = owned.iter().filter(|(owner, _)| *owner != position).map(|(_, package)| package);
        let names: Vec<String> = others.take(3).map(|package| package.name.clone()).collect();
        let count = owned.len() - share.only.packages.len();
        if foreign > Bytes::ZERO {
            evidence.push(Evidence {
                bytes: foreign,
                note: Some(Note::ForeignPackages { count: count as u64, packages: names }),
                ..Evidence::new(Subject::Service { service: share.service.clone() })
            });
        }
    }
    if total < LEAST {
        return None;
    }
    let mut finding = Finding::new(RULE.id, &services.join(", "), Headline::SharedFatImage);
    finding.severity = severity_of(total);
    finding.confidence = Confidence::Medium;
    finding.evidence_count = evidence.len() as u64;
    evidence.truncate(Finding::EXAMPLES);
    finding.evidence = evidence;
    finding.add(fixes(&snapshot.images[first.image], split));
    Some(finding)
}

fn fixes(image: &Image, split: &Split) -> Result<Vec<Fix>, Unfit> {
    let directory = image.config.working_dir.trim_matches('/');
    let mut lines: Line<Dockerfile> = "".into();
    let mut compose: Line<Yaml> = "services:".into();
    let mut stages = BTreeSet::new();
    for share in &split.services {
        let name = share.service.to_ascii_lowercase();
        let stage: Line<Dockerfile> = names::stage(&name)?;
        if !stages.insert(name) {
            return Err(names::taken(&share.service));
        }
        lines.push(line!(if stages.len() == 1 { "" } else { "\n" }, "FROM common AS ", &stage));
        if share.only.packages.iter().any(|package| package.ecosystem == Ecosystem::Python) {
            let list = line!("requirements-", &stage, ".txt");
            let install = line!("pip install -r requirements-", names::stage(&stage)?, ".txt");
            lines.push(line!("\nCOPY ", list, " ./\n", dockerfile::run(&[], &[install])));
        }
        let parts: BTreeSet<&str> =
            filled((share.entries.iter()).filter_map(|entry| {
                entry.strip_prefix(directory)?.trim_start_matches('/').split('/').next()
            }));
        for part in parts {
            let part = dockerfile::file(part)?;
            lines.push(line!("\nCOPY ", &part, " ./", &part));
        }
        compose.push(line!(
            "\n  ",
            yaml::service(&share.service)?,
            ":\n    build:\n      context: .\n      target: ",
            yaml::service(&stage)?,
        ));
    }
    Ok(vec![Fix::new(Action::SeparateStages, lines), Fix::new(Action::BuildFromStages, compose)])
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::Runtime;
    use plimsoll_snapshot::runtime::{Command, PlannedService};

    use super::*;
    use crate::findings::{advise_stack, check::is_dockerfile};
    use crate::testing::{add_service, snapshot};

    const PACKAGES: &str = "
        f s/a.dist-info/METADATA 5
        f s/a/__init__.py 30000000
        p s/a.dist-info/METADATA python a 1 files=s/a/__init__.py
        f s/b.dist-info/METADATA 5
        f s/b/__init__.py 70000000
        p s/b.dist-info/METADATA python b 1 files=s/b/__init__.py
        f s/c.dist-info/METADATA 5
        f s/c/__init__.py 90000000
        p s/c.dist-info/METADATA python c 1 files=s/c/__init__.py";
    const CODE: &str = "
        f app/back/main.py 1
        m app/back/main.py python a c
        f app/front/main.py 1
        m app/front/main.py python b c";

    fn check(commands: [&str; 2]) -> Vec<Finding> {
        let mut snapshot = snapshot("back", &[PACKAGES, CODE]);
        add_service(&mut snapshot, "front", &[PACKAGES, CODE]);
        snapshot.services[1].image = 0;
        let planned = ["back", "front"].iter().zip(commands).map(|(name, command)| PlannedService {
            name: (*name).to_owned(),
            command: Some(Command(command.split(' ').map(str::to_owned).collect())),
            ..PlannedService::default()
        });
        snapshot.runtime = Some(Runtime { planned: planned.collect(), ..Runtime::default() });
        snapshot.images[0].config.working_dir = "/app".into();
        advise_stack(&snapshot).stack
    }

    #[test]
    fn each_service_has_what_only_the_other_needs() {
        let found = check(["python back/main.py", "python front/main.py"]);
        let sizes: Vec<_> = found[0].evidence.iter().map(|one| (one.subject.clone(), one.bytes)).collect();
        let service = |name: &str| Subject::Service { service: name.to_owned() };
        assert_eq!(sizes, [(service("back"), Bytes(70_000_005)), (service("front"), Bytes(30_000_005))]);
        is_dockerfile(&found[0].fixes[0].lines);
        assert!(found[0].fixes[0].lines.contains("FROM common AS back"));
    }

    #[test]
    fn code_that_cannot_be_told_apart_is_no_finding() {
        assert_eq!(check(["run one", "run two"]), []);
    }
}
