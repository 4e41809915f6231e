//! Files that a build leaves, and copies of files.

use super::python::PYTHON;
use super::*;

#[test]
fn what_is_copied_from_a_stage_is_stripped_there() {
    let dockerfile = "FROM gcc AS build\nRUN apt-get install -y gcc\nRUN make\nFROM debian\nCOPY --from=build /out /opt/app\n";
    let layer = "i COPY /out /opt/app\nf opt/app/bin/x 9000000\nb opt/app/bin/x 8000000 100";
    assert_eq!(
        fixed(dockerfile, &[BASE, layer]),
        dockerfile.replace("RUN make\n", "RUN make \\\n && strip --strip-unneeded /out/bin/x\n")
    );
}

#[test]
fn temporary_files_go_unless_something_uses_them() {
    let made = "i RUN fetch\nf tmp/dl/a.bin 900000\nf var/tmp/b.bin 900000";
    let plan = |more: &str, config: fn(&mut Config)| {
        let dockerfile = format!("FROM debian\nRUN fetch\n{more}");
        planned(&dockerfile, &[BASE, made], &[("start.sh", "exec /tmp/dl/a.bin")], config)
    };
    let changed = plan("", |_| {});
    assert_eq!(
        changed.changes[0].after,
        "FROM debian\nRUN fetch \\\n && rm -rf /tmp/dl \\\n && rm -rf /var/tmp/b.bin\n"
    );
    let used = plan("RUN install /tmp/dl\n", |_| {});
    assert!(!used.changes[0].after.contains("rm -rf /tmp/dl"), "{}", used.changes[0].after);
    assert!(used.changes[0].after.contains("rm -rf /var/tmp/b.bin"));
    assert_eq!(used.applied[0].partly, [Refusal::UsedLater { line: 3, name: "dl".into() }]);
    assert_eq!(used.applied[0].saving.0, 900_000);
    let started = plan("CMD [\"./start.sh\"]\n", |config| config.command = vec!["./start.sh".into()]);
    assert_eq!(started.applied[0].partly, [Refusal::UsedAtStart { name: "dl".into() }]);
    let other = plan("FROM debian\nCOPY --from=0 /tmp/dl /dl\n", |_| {});
    assert_eq!(other.applied[0].partly, [Refusal::UsedLater { line: 4, name: "dl".into() }]);
}

#[test]
fn what_a_build_left_goes_with_it() {
    let dockerfile = "FROM debian\nRUN get x && make -C /usr/src/x install\n";
    let made = "i RUN get x && make -C /usr/src/x install
        f usr/src/x/Makefile 9
        f usr/src/x/main.c 900000
        f usr/src/x/main.o 900000
        f usr/local/bin/x 7";
    // `make -C … install` is not understood as an installation: only sources and objects go.
    let after = fixed(dockerfile, &[BASE, made]);
    assert!(after.contains(" \\\n && find /usr/src/x -type f \\( -name '*.o' -o "), "{after}");
    let installed = fixed(
        &dockerfile.replace("make -C /usr/src/x install", "cd /usr/src/x && make install"),
        &[BASE, &made.replace("make -C /usr/src/x install", "cd /usr/src/x && make install")],
    );
    assert!(installed.ends_with("make install \\\n && rm -rf /usr/src/x\n"), "{installed}");
}

#[test]
fn packages_of_documentation_are_not_installed() {
    let dockerfile =
        "FROM debian\nRUN apt-get install -y git git-doc \\\n   make-doc && rm -rf /var/lib/apt/lists/*\n";
    let layer = "i RUN apt-get install -y git git-doc make-doc && rm -rf /var/lib/apt/lists/*
        f var/lib/dpkg/status 9
        f usr/bin/git 900000
        f usr/share/doc/git/a.html 900000
        f usr/share/doc/make/a.html 900000
        p var/lib/dpkg/status dpkg git 2 files=usr/bin/git
        p var/lib/dpkg/status dpkg git-doc 2 files=usr/share/doc/git/a.html
        p var/lib/dpkg/status dpkg make-doc 2 files=usr/share/doc/make/a.html";
    assert_eq!(
        fixed(dockerfile, &[BASE, layer]),
        "FROM debian\nRUN apt-get install -y git && rm -rf /var/lib/apt/lists/*\n"
    );
}

#[test]
fn old_snapshots_do_not_know_what_is_unused() {
    let mut snapshot = snapshot("app", &[BASE, PYTHON]);
    let dockerfile = "FROM python\nRUN pip install -r requirements.txt\n";
    snapshot.services[0].build = Some(build(dockerfile));
    snapshot.lacks_mentions = true;
    let read = |_: &str| Some("a\nb\nc\n".to_owned());
    let files = Files { dockerfile, dockerignore: None, read: &read, compose: None };
    let choice =
        FixOptions { confidence: Confidence::Low, is_meant: &|_| true, cpu_index: None, has_settings: false };
    let plan = plan_service(&snapshot, &snapshot.services[0], &files, &choice).unwrap();
    assert!(plan.refused.iter().all(|(finding, reason)| {
        finding.rule != RuleId::UnusedPackages || *reason == Refusal::OldSnapshot
    }));
}

#[test]
fn copies_become_links() {
    let layers = [
        BASE,
        "i COPY . .\nf app/models/a.bin 9000000 a\nf app/models/small 5 b",
        "i RUN cp -r models /opt/models\nf opt/models/a.bin 9000000 a\nf opt/models/small 5 b",
    ];
    let plan = |copy: &str, more: &str| {
        let dockerfile = format!("FROM debian\nWORKDIR /app\nCOPY . .\nRUN {copy}\n{more}");
        let layers =
            [layers[0].to_owned(), layers[1].to_owned(), layers[2].replace("cp -r models /opt/models", copy)];
        let layers: Vec<&str> = layers.iter().map(String::as_str).collect();
        planned(&dockerfile, &layers, &[], |config| config.working_dir = "/app".into())
    };
    let linked = plan("cp -r models /opt/models", "");
    assert_eq!(
        linked.changes[0].after,
        "FROM debian\nWORKDIR /app\nCOPY . .\nRUN cp -s -r /app/models /opt/models\n"
    );
    assert_eq!(linked.saving.0, 9_000_000);
    let whole = plan("cp -r \"/app/models\" /opt/models", "");
    assert!(whole.changes[0].after.contains("cp -s -r \"/app/models\" /opt/models"));
    for more in [
        "RUN train /app/models\n",
        "RUN chmod -R a+w /opt/models\n",
        "FROM debian\nCOPY --from=0 /opt/models /m\n",
    ] {
        assert_eq!(plan("cp -r models /opt/models", more).applied.len(), 0, "{more}");
    }
    assert_eq!(plan("cp -r models/* /opt/models", "").applied.len(), 0);
    assert_eq!(plan("cp -t /opt models", "").applied.len(), 0);
}

#[test]
fn of_two_changes_in_a_row_the_first_is_fixed() {
    let dockerfile =
        "FROM debian\nRUN useradd app\nCOPY . /app\nRUN chown -R app /app\nRUN chown -R app:app /app\n";
    let layers = [
        BASE,
        "i RUN useradd app\nf etc/passwd 5",
        "i COPY . /app\nf app/a.bin 9000000 a",
        "i RUN chown -R app /app\nf app/a.bin 9000000 a",
        "i RUN chown -R app:app /app\nf app/a.bin 9000000 a",
    ];
    let plan = planned(dockerfile, &layers, &[], |_| {});
    assert_eq!((plan.applied.len(), plan.saving.0), (1, 9_000_000));
    assert_eq!(refusal(&plan, RuleId::RewrittenFiles), Some(Refusal::Overlaps));
    let after = &plan.changes[0].after;
    assert!(after.contains("COPY --chown=app:0 . /app\n"), "{after}");
    assert!(after.ends_with("RUN chown -R app:app /app\n"), "{after}");
}

#[test]
fn a_copy_of_what_is_deleted_stays_a_copy() {
    let dockerfile = "FROM debian\nRUN get && cp /tmp/dl/a.bin /usr/bin/a\n";
    let made = "i RUN get && cp /tmp/dl/a.bin /usr/bin/a\nf tmp/dl/a.bin 9000000 a\nf usr/bin/a 9000000 a";
    let after = fixed(dockerfile, &[BASE, made]);
    assert!(after.ends_with("RUN get && cp /tmp/dl/a.bin /usr/bin/a \\\n && rm -rf /tmp/dl\n"), "{after}");
    // Objects that a link leads to stay.
    let dockerfile = dockerfile.replace("/tmp/dl", "/opt/x");
    let made = "i RUN get && cp /opt/x/a.o /usr/bin/a\nf opt/x/a.o 9000000 a\nf usr/bin/a 9000000 a";
    let after = fixed(&dockerfile.replace("a.bin", "a.o"), &[BASE, made]);
    assert!(after.ends_with("cp -s /opt/x/a.o /usr/bin/a\n"), "{after}");
}
