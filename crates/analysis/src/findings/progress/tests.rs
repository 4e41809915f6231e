//! Two images, and what became of the findings of the first.

use plimsoll_snapshot::Ecosystem;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::compare::compare;
use crate::findings::{Group, LedgerCause};
use crate::testing::snapshot;

const BASE: &str = "i ADD rootfs /\nf etc/x 1";

fn check(before: &[&str], after: &[&str]) -> ServiceProgress {
    let progress = progress(&snapshot("app", before), &snapshot("app", after));
    let service = progress.services.into_iter().next().unwrap();
    assert!(service.saved <= service.predicted);
    let lines: i64 = service.ledger.lines.iter().map(|line| line.delta.0).sum();
    assert_eq!(lines, service.ledger.delta().0);
    service
}

#[test]
fn deleted_bytes_are_saved_and_the_rest_remains() {
    let before = [BASE, "i COPY . /app\nf app/.git/a 4000000 a\nf app/.git/b 1000000 b\nf app/main.py 1 m"];
    let after = [BASE, "i COPY . /app\nf app/.git/b 1000000 b\nf app/main.py 1 m"];
    let service = check(&before, &after);
    let followed = &service.findings[0];
    assert_eq!(
        (followed.outcome, followed.saved, followed.remains),
        (Outcome::Part, Bytes(4_000_000), Bytes(1_000_000))
    );
    assert_eq!(check(&before, &before).findings[0].outcome, Outcome::Open);
    assert_eq!(service.new, []);
}

#[test]
fn one_of_two_equal_files_is_saved_when_one_is_left() {
    let copy = "i COPY a /app/a\nf app/a 5000000 a";
    let service = check(&[BASE, copy, "i RUN chown -R u /app\nf app/a 5000000 a"], &[BASE, copy]);
    assert_eq!((service.findings[0].outcome, service.saved), (Outcome::Done, Bytes(5_000_000)));
}

#[test]
fn findings_of_new_rules_are_new() {
    let log = "i RUN make\nf var/log/make.log 900000 l";
    let service = check(&[BASE, "i RUN make\nf a 1 a"], &[BASE, log]);
    assert_eq!((service.findings.len(), service.new[0].rule), (0, RuleId::LogFiles));
    let moved = "i COPY x /y\nf y/make.txt 900000 l";
    let service = check(&[BASE, log], &[BASE, moved]);
    let followed = &service.findings[0];
    assert_eq!(
        (followed.outcome, followed.saved, followed.moved),
        (Outcome::Open, Bytes::ZERO, Bytes(900_000))
    );
    assert_eq!(service.ledger.lines, []);
}

#[test]
fn an_unchanged_rebuild_saves_nothing_and_brings_nothing() {
    let build = |times: &str, day: u32| {
        format!(
            "i RUN pip install a
            f v/site-packages/a/__pycache__/x.cpython-311.pyc {} {times}
            f v/site-packages/a/__pycache__/y.cpython-311.pyc 9000000 {times}y
            f root/.cache/pip/http/a 20000{day} {times}
            f root/.npm/_logs/2026-01-{day}T10_00-debug-0.log 70000{day} {times}
            f var/log/dpkg.log 60000{day} {times}
            f var/lib/dpkg/status 20{day} {times}
            f etc/ld.so.cache 10{day} {times}
            f app/main 7 m",
            9_000_000 + day
        )
    };
    let (monday, tuesday) = (build("a", 1), build("b", 2));
    let service = check(&[BASE, &monday], &[BASE, &tuesday]);
    assert_eq!((service.saved, service.new.len()), (Bytes::ZERO, 0));
    assert!(service.findings.len() >= 3, "{:?}", service.findings);
    for followed in &service.findings {
        assert_eq!((followed.outcome, followed.remains), (Outcome::Open, followed.finding.saving));
        assert_eq!(followed.added, Bytes::ZERO);
    }
    let causes: Vec<_> = service.ledger.lines.iter().map(|line| &line.cause).collect();
    assert_eq!(causes, [&LedgerCause::Rebuilt]);
    // A file that crosses the threshold of its rule is the same file.
    let small = [BASE, "i RUN make\nf var/log/make.log 499990 a"];
    let large = [BASE, "i RUN make\nf var/log/make.log 500010 b"];
    assert_eq!(check(&small, &large).new, []);
    assert_eq!(check(&large, &small).findings[0].outcome, Outcome::Open);
}

#[test]
fn a_copy_that_a_change_of_owner_stored_is_saved_although_its_path_stays() {
    let copy = "i COPY . /app\nf app/a 5000000 a\nf app/b 3000000 b";
    let before = [BASE, copy, "i RUN chown -R u /app\nf app/a 5000000 a\nf app/b 3000000 b"];
    // The rebuild compiles one of the files again.
    let service = check(&before, &[BASE, "i COPY --chown=u . /app\nf app/a 5000000 a\nf app/b 3000100 c"]);
    let followed = &service.findings[0];
    assert_eq!(
        (followed.finding.rule, followed.outcome, followed.saved),
        (RuleId::RewrittenFiles, Outcome::Done, Bytes(8_000_000))
    );
    let expected = [
        (LedgerCause::Finding(0), -8_000_000),
        (LedgerCause::Changed(Group::Directory { path: "app".into() }), 100),
    ];
    assert_eq!(lines(&service), expected);
}

#[test]
fn overlapping_findings_credit_each_byte_to_the_first() {
    let git = "i COPY . /app\nf app/.git/a.log 4000000 a\nf app/b 1 b";
    let before = [BASE, git, "i RUN chown -R u /app\nf app/.git/a.log 4000000 a\nf app/b 1 b"];
    let service = check(&before, &[BASE, "i COPY --chown=u . /app\nf app/b 1 b"]);
    let credits: Vec<_> = (service.findings.iter())
        .map(|followed| (followed.outcome, followed.saved.0, followed.shared.0, followed.remains.0))
        .filter(|(_, saved, shared, _)| saved + shared > 0)
        .collect();
    let expected = [
        (Outcome::Done, 8_000_000, 0, 0),
        (Outcome::Done, 0, 8_000_000, 0),
        (Outcome::Done, 1, 4_000_000, 0),
    ];
    assert_eq!(credits, expected);
    assert_eq!((service.saved, service.ledger.delta().0), (Bytes(8_000_001), -8_000_001));
}

#[test]
fn bytecode_that_a_virtual_environment_compiles_again_is_not_saved() {
    let pyc = |root: &str, content: &str| {
        format!(
            "i RUN pip install a\nf {root}/lib/python3.11/site-packages/a/__pycache__/x.cpython-311.pyc 20000000 {content}"
        )
    };
    let service = check(&[BASE, &pyc("usr/local", "a")], &[BASE, &pyc("opt/venv", "b")]);
    let followed = &service.findings[0];
    assert_eq!((followed.outcome, followed.saved), (Outcome::Open, Bytes::ZERO));
    assert_eq!((followed.moved, service.new.len()), (Bytes(20_000_000), 0));
}

#[test]
fn what_came_is_named_and_a_finding_about_it_is_new() {
    let log = |name: &str| format!("i RUN make\nf var/log/{name}.log 900000 {name}\nf app/main 5 m");
    let venv = "i RUN python -m venv /v
        f v/site-packages/pip-24.dist-info/METADATA 400
        f v/site-packages/pip/a.py 100
        p v/site-packages/pip-24.dist-info/METADATA python pip 24 files=v/site-packages/pip/a.py
        f v/site-packages/b/__pycache__/b.cpython-311.pyc 30
        f opt/data/x 7 x";
    let service = check(&[BASE, &log("make")], &[BASE, &log("install"), venv]);
    let followed = &service.findings[0];
    assert_eq!(
        (followed.outcome, followed.saved, followed.added),
        (Outcome::Part, Bytes(900_000), Bytes(900_000))
    );
    let new: Vec<_> = service.new.iter().map(|finding| finding.rule).collect();
    assert_eq!(new, [RuleId::LogFiles]);
    let pip = Group::Package {
        package: "pip".into(),
        ecosystem: Ecosystem::Python,
        directory: Some("v/site-packages".into()),
    };
    let expected = [
        (LedgerCause::Finding(0), -900_000),
        (LedgerCause::Added(Group::Logs), 900_000),
        (LedgerCause::Added(pip), 500),
        (LedgerCause::Added(Group::Bytecode), 30),
        (LedgerCause::Added(Group::Directory { path: "opt/data".into() }), 7),
    ];
    assert_eq!(lines(&service), expected);
    assert_eq!(service.ledger.added(), Bytes(900_537));
}

#[test]
fn symbols_are_saved_where_the_program_has_none_any_more() {
    let program = |size: u64, debug: u64| {
        format!("i COPY app /app\nf app/program {size} p{size}\nb app/program {debug} 0")
    };
    let stripped = "i COPY app /app\nf app/program 4000000 s";
    let service = check(&[BASE, &program(30_000_000, 26_000_000)], &[BASE, stripped]);
    let followed = &service.findings[0];
    assert_eq!(
        (followed.finding.rule, followed.outcome, followed.saved),
        (RuleId::DebugSymbols, Outcome::Done, Bytes(26_000_000))
    );
    let rebuilt = program(29_000_000, 25_000_000);
    let service = check(&[BASE, &program(30_000_000, 26_000_000)], &[BASE, &rebuilt]);
    assert_eq!((service.findings[0].outcome, service.saved), (Outcome::Open, Bytes::ZERO));
}

#[test]
fn small_files_that_packages_have_in_common_have_not_moved() {
    let package = |name: &str, size: u32| {
        let info = format!("v/site-packages/{name}-1.dist-info");
        format!(
            "i RUN pip install {name}
            f {info}/METADATA 400 {name}
            f {info}/WHEEL 177 same
            f v/site-packages/{name}/__pycache__/x.cpython-311.pyc {size} {name}
            p {info}/METADATA python {name} 1 files={info}/WHEEL"
        )
    };
    let service = check(&[BASE, &package("a", 20_000_000)], &[BASE, &package("b", 30)]);
    assert_eq!(service.findings[0].moved, Bytes::ZERO);
    let groups = lines(&service).into_iter().filter(|(cause, _)| match cause {
        LedgerCause::Removed(Group::Package { package, .. }) => package == "a",
        LedgerCause::Added(Group::Package { package, .. }) => package == "b",
        _ => false,
    });
    assert_eq!(groups.map(|(_, delta)| delta).collect::<Vec<_>>(), [-577, 577]);
    // The same package in another directory has moved.
    let moved = package("a", 20_000_000).replace("v/site", "w/site");
    assert_eq!(check(&[BASE, &package("a", 20_000_000)], &[BASE, &moved]).ledger.lines, []);
}

#[test]
fn an_emptied_log_is_saved() {
    let service = check(
        &[BASE, "i RUN make\nf var/log/make.log 900000 a"],
        &[BASE, "i RUN make && : > /var/log/make.log\nf var/log/make.log 0"],
    );
    assert_eq!((service.findings[0].outcome, service.saved), (Outcome::Done, Bytes(900_000)));
}

#[test]
fn of_equal_files_it_does_not_matter_which_one_stays() {
    let both = "i COPY . /app\nf app/a/data.csv 9000000 a\nf app/b/data.csv 9000000 a";
    for stays in ["a", "b"] {
        let one = format!("i COPY . /app\nf app/{stays}/data.csv 9000000 a");
        let service = check(&[BASE, both], &[BASE, &one]);
        assert_eq!(
            (service.findings[0].outcome, service.saved),
            (Outcome::Done, Bytes(9_000_000)),
            "{stays}"
        );
    }
}

#[test]
fn a_program_that_has_symbols_now_is_a_new_finding() {
    let stripped = "i COPY app /app\nf app/program 4000000 s";
    let debug = "i COPY app /app\nf app/program 30000000 p\nb app/program 26000000 0";
    assert_eq!(check(&[BASE, stripped], &[BASE, debug]).new[0].rule, RuleId::DebugSymbols);
}

#[test]
fn every_new_secret_is_a_new_finding() {
    let one = "i COPY . /app\nf app/.env 100 a\nx app/.env private_key";
    let two = [one, "f app/b.pem 100 b\nx app/b.pem private_key"].join("\n");
    let secrets = |after: &[&str]| {
        let new = check(&[BASE, one], after).new;
        new.iter().filter(|finding| finding.rule == RuleId::Secrets).count()
    };
    assert_eq!(secrets(&[BASE, &two]), 1);
    // The same secret with other content, or deleted by a later layer, is not new.
    let turned = "i COPY . /app\nf app/.env 101 c\nx app/.env private_key";
    assert_eq!(secrets(&[BASE, turned, "w app/.env"]), 0);
}

#[test]
fn services_of_the_same_images_are_followed_alike() {
    let log = "i RUN make\nf var/log/make.log 900000 l";
    let [before, after] = [&[BASE, log][..], &[BASE][..]].map(|layers| {
        let mut snapshot = snapshot("app", layers);
        let first = snapshot.services[0].clone();
        snapshot.services.push(Service { name: "job".into(), ..first });
        snapshot
    });
    let services = progress(&before, &after).services;
    let [app, job] = &services[..] else { panic!("{services:?}") };
    assert_eq!((&*app.service, &*job.service), ("app", "job"));
    assert_eq!((&app.of_service("job"), app.saved), (job, Bytes(900_000)));
}

#[test]
fn what_becomes_waste_is_new_although_its_files_are_not() {
    let tools = "i COPY src /src\nf src/a 5000000 a";
    let service = check(&[BASE, tools], &[BASE, tools, "i RUN rm -r /src\nw src"]);
    assert_eq!(service.new[0].rule, RuleId::RewrittenFiles);
    let service =
        check(&[BASE, tools, "i RUN rm -r /src\nw src"], &[BASE, tools, "i RUN rm -rf /src\nw src"]);
    assert_eq!((service.findings[0].outcome, service.new.len()), (Outcome::Open, 0));
}

/// The lines of a ledger as pairs.
fn lines(service: &ServiceProgress) -> Vec<(LedgerCause, i64)> {
    service.ledger.lines.iter().map(|line| (line.cause.clone(), line.delta.0)).collect()
}

/// A layer of a few files out of many kinds, some of them deleted.
fn a_layer() -> impl Strategy<Value = String> {
    const PATHS: &[&str] = &[
        "app/.git/a",
        "app/a.py",
        "app/b",
        "root/.cache/pip/http/a",
        "v/site-packages/a/__pycache__/x.cpython-311.pyc",
        "var/lib/dpkg/status",
        "var/log/1.log",
        "var/log/2.log",
    ];
    let file = (select(PATHS), select(&[0, 1, 700_000, 12_000_000][..]), select(&["a", "b"][..]));
    let files = vec(file, 0..8);
    (files, vec(select(PATHS), 0..3), select(&["COPY . /app", "RUN make"][..])).prop_map(
        |(files, deleted, instruction)| {
            let files: BTreeMap<_, _> =
                files.into_iter().map(|(path, size, content)| (path, (size, content))).collect();
            let mut lines = format!("i {instruction}\n");
            for (path, (size, content)) in files {
                lines.push_str(&format!("f {path} {size} {content}\n"));
            }
            deleted.iter().for_each(|path| lines.push_str(&format!("w {path}\n")));
            lines
        },
    )
}

proptest! {
    #[test]
    fn the_ledger_leads_from_one_size_to_the_other(
        before in vec(a_layer(), 1..4),
        after in vec(a_layer(), 1..4),
    ) {
        let layers = |layers: &[String]| -> Snapshot {
            let lines: Vec<&str> = std::iter::once(BASE).chain(layers.iter().map(String::as_str)).collect();
            snapshot("app", &lines)
        };
        let (before, after) = (layers(&before), layers(&after));
        let service = &progress(&before, &after).services[0];
        let size = compare(&before, &after).services[0].size;
        prop_assert_eq!((service.ledger.before, service.ledger.after), (size.before, size.after));
        let sum: i64 = service.ledger.lines.iter().map(|line| line.delta.0).sum();
        prop_assert_eq!(sum, size.delta.0);
        let credited: i64 = lines(service)
            .into_iter()
            .filter_map(|(cause, delta)| matches!(cause, LedgerCause::Finding(_)).then_some(delta))
            .sum();
        prop_assert_eq!(service.saved.change_to(Bytes::ZERO).0, credited);
        prop_assert!(service.saved <= service.predicted);
        for followed in &service.findings {
            prop_assert_eq!(
                followed.finding.saving,
                followed.saved + followed.shared + followed.remains
            );
            prop_assert!(followed.moved <= followed.remains);
        }
        let same = &progress(&before, &before).services[0];
        prop_assert_eq!((same.saved, same.new.len(), same.ledger.lines.len()), (Bytes::ZERO, 0, 0));
        prop_assert!(same.findings.iter().all(|followed| followed.outcome == Outcome::Open));
    }
}
