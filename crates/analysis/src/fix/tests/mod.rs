//! Dockerfiles and what becomes of them.

mod needs;

use plimsoll_snapshot::{BuildFile, BuildInstruction, Config};

use super::{Files, FixOptions, FixedFile, Plan, Refusal, plan_service};
use crate::findings::{Confidence, RuleId};
use crate::testing::snapshot;

/// The base image: a shell and what the repairs call.
const BASE: &str = "i ADD rootfs /\nf bin/sh 1\nf usr/bin/find 1\nf usr/bin/strip 1\nf usr/bin/apt-get 1\nf var/lib/dpkg/status 9";

/// Instructions that lines continue; no here-documents.
fn build(text: &str) -> BuildFile {
    let mut instructions: Vec<BuildInstruction> = Vec::new();
    let (mut stage, mut open) = (None, false);
    for (line, written) in (1_u32..).zip(text.lines()) {
        if written.trim().is_empty() || written.trim_start().starts_with('#') {
            continue;
        }
        let (said, continues) = match written.trim_end().strip_suffix('\\') {
            Some(said) => (said, true),
            None => (written, false),
        };
        match instructions.last_mut().filter(|_| open) {
            Some(last) => {
                last.text = format!("{} {}", last.text.trim_end(), said.trim());
                last.end_line = line;
            }
            None => {
                let keyword = said.split_whitespace().next().unwrap_or_default().to_owned();
                if keyword == "FROM" {
                    stage = Some(stage.map_or(0, |stage: u32| stage + 1));
                }
                instructions.push(BuildInstruction {
                    line,
                    end_line: line,
                    keyword,
                    text: said.trim().to_owned(),
                    stage,
                });
            }
        }
        open = continues;
    }
    BuildFile { name: "Dockerfile".into(), instructions, ..BuildFile::default() }
}

fn planned(
    dockerfile: &str,
    layers: &[&str],
    context: &[(&str, &str)],
    config: impl FnOnce(&mut Config),
) -> Plan {
    let mut snapshot = snapshot("app", layers);
    config(&mut snapshot.images[0].config);
    snapshot.services[0].build = Some(build(dockerfile));
    let read =
        |path: &str| context.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned());
    let files = Files { dockerfile, dockerignore: None, read: &read, compose: None };
    let choice = FixOptions {
        confidence: Confidence::Medium,
        is_meant: &|_| true,
        cpu_index: None,
        has_settings: true,
    };
    plan_service(&snapshot, &snapshot.services[0], &files, &choice).unwrap()
}

fn fixed(dockerfile: &str, layers: &[&str]) -> String {
    let plan = planned(dockerfile, layers, &[], |_| {});
    plan.changes
        .iter()
        .find(|change| change.file == FixedFile::Dockerfile)
        .map(|change| change.after.clone())
        .unwrap_or_default()
}

fn refusal(plan: &Plan, rule: RuleId) -> Option<Refusal> {
    plan.refused.iter().find(|(finding, _)| finding.rule == rule).map(|(_, reason)| reason.clone())
}

#[test]
fn several_findings_of_one_instruction_change_it_once() {
    let dockerfile = "FROM debian\n# Tools\nRUN apt-get update \\\n    # for wheels\n    && apt-get install -y gcc \\\n       curl\nCMD [\"app\"]\n";
    let layer = "i RUN apt-get update && apt-get install -y gcc curl
        f var/lib/dpkg/status 9
        f usr/bin/gcc 30000000
        f usr/bin/curl 500
        f usr/share/doc/gcc/manual 3000000
        f var/lib/apt/lists/all 2000000
        p var/lib/dpkg/status dpkg gcc 12 files=usr/bin/gcc
        p var/lib/dpkg/status dpkg curl 8 files=usr/bin/curl";
    assert_eq!(
        fixed(dockerfile, &[BASE, layer]),
        "FROM debian\n# Tools\nRUN printf 'path-exclude=/usr/share/doc/*\\npath-exclude=/usr/share/man/*\\npath-exclude=/usr/share/info/*\\npath-include=/usr/share/doc/*/copyright\\n' > /etc/dpkg/dpkg.cfg.d/01-no-docs\nRUN apt-get update \\\n    # for wheels\n    && apt-get install -y \\\n       curl \\\n       && rm -rf /var/lib/apt/lists/*\nCMD [\"app\"]\n"
    );
}

const TOOLS: &str = "i RUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*
    f var/lib/dpkg/status 9
    f usr/bin/gcc 30000000
    p var/lib/dpkg/status dpkg gcc 12 files=usr/bin/gcc";
const WHEELS: &str = "i RUN pip install -r requirements.txt\nf usr/lib/python3/site-packages/a.so 5";

#[test]
fn tools_stay_for_the_instruction_that_compiles() {
    let dockerfile = "FROM debian\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n";
    let after = fixed(dockerfile, &[BASE, TOOLS, "i COPY requirements.txt .\nf requirements.txt 1", WHEELS]);
    assert!(after.starts_with("FROM debian\nCOPY requirements.txt .\nRUN apt-get update \\\n && apt-get install -y gcc \\\n && pip install -r requirements.txt \\\n && { { find / "), "{after}");
    assert!(
        after.ends_with(
            "apt-get purge -y --auto-remove -o APT::AutoRemove::SuggestsImportant=false gcc \\\n && apt-get clean \\\n && rm -rf /var/lib/apt/lists/*\n"
        ),
        "{after}"
    );
}

#[test]
fn a_tool_that_the_container_calls_stays() {
    let dockerfile = "FROM debian\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\nCMD [\"./run.sh\"]\n";
    let start = |config: &mut Config| config.command = vec!["./run.sh".into()];
    let plan = planned(dockerfile, &[BASE, TOOLS], &[("run.sh", "gcc -o /tmp/a a.c")], start);
    assert_eq!(plan.changes, []);
    assert_eq!(refusal(&plan, RuleId::BuildTools), Some(Refusal::UsedAtStart { name: "gcc".into() }));
}

#[test]
fn libraries_stay_whose_headers_go() {
    let layer = "i RUN apt-get update && apt-get install -y gcc libmagic-dev && rm -rf /var/lib/apt/lists/*
        f var/lib/dpkg/status 9
        f usr/bin/gcc 30000000
        f usr/include/magic.h 1000000
        f usr/lib/libmagic.so.1 2000000
        p var/lib/dpkg/status dpkg gcc 12 files=usr/bin/gcc
        p var/lib/dpkg/status dpkg libmagic-dev 5 needs=libmagic1 files=usr/include/magic.h
        p var/lib/dpkg/status dpkg libmagic1 5 files=usr/lib/libmagic.so.1
        a var/lib/dpkg/status dpkg libmagic1";
    let install =
        "RUN apt-get update && apt-get install -y gcc libmagic-dev && rm -rf /var/lib/apt/lists/*\n";
    let plan = planned(&format!("FROM debian\n{install}"), &[BASE, layer], &[], |_| {});
    assert_eq!(
        plan.changes[0].after,
        format!("FROM debian\n{}", install.replace("gcc libmagic-dev", "libmagic1"))
    );
    assert_eq!(plan.saving.0, 31_000_000);
}

#[test]
fn an_owner_is_set_where_files_are_made() {
    let dockerfile = "FROM debian\nCOPY . /app\nRUN useradd app && chown -R app /app\nUSER app\n";
    let layers = [
        BASE,
        "i COPY . /app\nf app/a 4000000 a",
        "i RUN useradd app && chown -R app /app\nf app/a 4000000 a",
    ];
    assert_eq!(
        fixed(dockerfile, &layers),
        "FROM debian\nRUN useradd app\nCOPY --chown=app:0 . /app\nRUN find /app ! -user app -exec chown -h app {} +\nUSER app\n"
    );
}

#[test]
fn files_that_are_copied_used_and_deleted_are_mounted() {
    let dockerfile =
        "FROM debian\nCOPY wheels /tmp/wheels\nRUN pip install /tmp/wheels/*.whl && rm -rf /tmp/wheels\n";
    let layers = [
        BASE,
        "i COPY wheels /tmp/wheels\nf tmp/wheels/a.whl 9000000",
        "i RUN pip install /tmp/wheels/*.whl && rm -rf /tmp/wheels\nw tmp/wheels\nf usr/lib/a 5",
    ];
    let plan = planned(dockerfile, &layers, &[], |_| {});
    assert!(plan.needs_buildkit);
    assert_eq!(
        plan.changes[0].after,
        "FROM debian\nRUN --mount=type=bind,source=wheels,target=/tmp/wheels,rw pip install /tmp/wheels/*.whl\n"
    );
}

#[test]
fn files_are_deleted_where_they_are_made() {
    let dockerfile = "FROM debian\nRUN make data\nRUN rm /opt/data\n";
    let layers =
        [BASE, "i RUN make data\nf opt/data 9000000\nf opt/kept 1", "i RUN rm /opt/data\nw opt/data"];
    assert_eq!(fixed(dockerfile, &layers), "FROM debian\nRUN make data \\\n && rm /opt/data\n");
}

#[test]
fn instructions_are_joined_if_what_they_delete_is_used_between() {
    let dockerfile = "FROM debian\nRUN make data\n# Uses it.\nRUN pack /opt/data\nRUN rm -f /opt/data\n";
    let layers = [
        BASE,
        "i RUN make data\nf opt/data 9000000",
        "i RUN pack /opt/data\nf opt/packed 1",
        "i RUN rm -f /opt/data\nw opt/data",
    ];
    assert_eq!(
        fixed(dockerfile, &layers),
        "FROM debian\nRUN make data \\\n# Uses it.\n && pack /opt/data \\\n && rm -f /opt/data\n"
    );
}

#[test]
fn a_copy_between_prevents_it() {
    let dockerfile = "FROM debian\nRUN make data\nCOPY use.sh /opt/data/\nRUN rm -rf /opt/data\n";
    let layers = [
        BASE,
        "i RUN make data\nf opt/data/a 9000000",
        "i COPY use.sh /opt/data/\nf opt/data/use.sh 1",
        "i RUN rm -rf /opt/data\nw opt/data",
    ];
    let plan = planned(dockerfile, &layers, &[], |_| {});
    assert_eq!(refusal(&plan, RuleId::RewrittenFiles), Some(Refusal::UsedBetween { line: 3 }));
}

#[test]
fn lists_are_fetched_where_they_are_used() {
    let dockerfile = "FROM debian\nRUN apt-get update\nRUN apt-get install -y curl\n";
    let layers = [
        BASE,
        "i RUN apt-get update\nf var/lib/apt/lists/all 2000000",
        "i RUN apt-get install -y curl\nf usr/bin/curl 1\nf var/lib/dpkg/status 9\np var/lib/dpkg/status dpkg curl 8 files=usr/bin/curl",
    ];
    assert_eq!(
        fixed(dockerfile, &layers),
        "FROM debian\nRUN apt-get update \\\n && apt-get install -y curl \\\n && rm -rf /var/lib/apt/lists/*\n"
    );
}

#[test]
fn development_packages_stay_for_a_build() {
    let layers = [BASE, "i RUN npm ci\nf app/node_modules/typescript/package.json 9000000"];
    let plan = planned("FROM node\nRUN npm ci\nRUN npm run build\n", &layers, &[], |_| {});
    assert_eq!(plan.changes, []);
}

#[test]
fn patterns_hide_nothing_that_is_used() {
    let layers =
        [BASE, "i COPY . /app\nf app/.git/a 5000000\nf app/node_modules/a/index.js 6000000\nf app/.env 10"];
    let plan = planned("FROM node\nCOPY . /app\nCMD [\"node\", \"a.js\"]\n", &layers, &[], |_| {});
    let ignored = plan.changes.iter().find(|change| change.file == FixedFile::Dockerignore).unwrap();
    // Nothing installs packages here, so those of the working copy are needed.
    // The new file is a part of the context, too.
    assert_eq!(ignored.after, ".dockerignore\n.env\n.git\n");
    assert_eq!(plan.applied[0].partly, [Refusal::UsedAtStart { name: "node_modules".into() }]);
    // What stays saves nothing.
    assert_eq!((plan.applied[0].saving.0, plan.saving.0), (5_000_010, 5_000_010));
}

#[test]
fn line_breaks_stay_as_they_are() {
    let dockerfile = "FROM debian\r\nRUN make data\r\nRUN rm /opt/data\r\n";
    let layers =
        [BASE, "i RUN make data\nf opt/data 9000000\nf opt/kept 1", "i RUN rm /opt/data\nw opt/data"];
    assert_eq!(fixed(dockerfile, &layers), "FROM debian\r\nRUN make data \\\r\n && rm /opt/data\r\n");
}

#[test]
fn forms_that_cannot_be_taken_apart_are_left() {
    let dockerfile = "FROM debian\nRUN [\"make\", \"data\"]\nRUN rm /opt/data\n";
    let layers =
        [BASE, "i RUN make data\nf opt/data 9000000\nf opt/kept 1", "i RUN rm /opt/data\nw opt/data"];
    let plan = planned(dockerfile, &layers, &[], |_| {});
    assert_eq!(plan.changes, []);
    assert_eq!(refusal(&plan, RuleId::RewrittenFiles), Some(Refusal::Form { line: 2 }));
}

#[test]
fn lines_continue_as_the_dockerfile_says() {
    let dockerfile = "# escape=`\nFROM debian\nRUN make data\nRUN rm /opt/data\n";
    let layers =
        [BASE, "i RUN make data\nf opt/data 9000000\nf opt/kept 1", "i RUN rm /opt/data\nw opt/data"];
    assert_eq!(fixed(dockerfile, &layers), "# escape=`\nFROM debian\nRUN make data `\n && rm /opt/data\n");
}

#[test]
fn what_needs_root_is_not_added_for_another_user() {
    let dockerfile = "FROM debian\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\nUSER app\nRUN pip install --user -r requirements.txt\n";
    let wheels = "i RUN pip install --user -r requirements.txt\nf home/app/a.so 5";
    let plan = planned(dockerfile, &[BASE, TOOLS, wheels], &[], |_| {});
    assert_eq!(plan.changes, []);
    assert_eq!(refusal(&plan, RuleId::BuildTools), Some(Refusal::NotRoot { line: 4 }));
}

#[test]
fn lists_stay_for_installations_in_strings() {
    for install in ["xargs apt-get install -y < list", "bash -c \"apt-get install -y curl\""] {
        let dockerfile = format!("FROM debian\nRUN apt-get update\nRUN {install}\n");
        let layers = [
            BASE,
            "i RUN apt-get update\nf var/lib/apt/lists/all 2000000",
            &format!("i RUN {install}\nf usr/bin/curl 1"),
        ];
        let plan = planned(&dockerfile, &layers, &[], |_| {});
        assert_eq!(plan.changes, [], "{install}");
        let name = install.split(' ').next().unwrap().to_owned();
        assert_eq!(refusal(&plan, RuleId::PackageManagerCache), Some(Refusal::UsedLater { line: 3, name }));
    }
}

#[test]
fn a_mount_is_not_deleted_from_its_own_directory() {
    let layers = |run: &str| {
        [
            BASE.to_owned(),
            "i COPY a.tgz /srv/\nf srv/a.tgz 9000000".to_owned(),
            format!("i RUN {run}\nw srv/a.tgz\nf srv/a/b 5"),
        ]
    };
    let run = "cd /srv && tar xzf a.tgz && rm a.tgz";
    let dockerfile = format!("FROM debian\nCOPY a.tgz /srv/\nRUN {run}\n");
    assert_eq!(
        fixed(&dockerfile, &layers(run).each_ref().map(String::as_str)),
        "FROM debian\nRUN --mount=type=bind,source=a.tgz,target=/srv/a.tgz,rw cd /srv && tar xzf a.tgz\n"
    );
    let run = "tar xzf /srv/a.tgz && rm /srv/*.tgz";
    let dockerfile = format!("FROM debian\nCOPY a.tgz /srv/\nRUN {run}\n");
    let plan = planned(&dockerfile, &layers(run).each_ref().map(String::as_str), &[], |_| {});
    assert_eq!(refusal(&plan, RuleId::RewrittenFiles), Some(Refusal::Form { line: 3 }));
}

#[test]
fn instructions_are_joined_if_a_file_moves() {
    let dockerfile = "FROM debian\nRUN make data\nRUN mv /opt/data /srv/data\n";
    let layers = [
        BASE,
        "i RUN make data\nf opt/data 9000000",
        "i RUN mv /opt/data /srv/data\nw opt/data\nf srv/data 9000000",
    ];
    assert_eq!(fixed(dockerfile, &layers), "FROM debian\nRUN make data \\\n && mv /opt/data /srv/data\n");
}

#[test]
fn a_tool_that_a_script_at_an_unusual_place_calls_stays() {
    let dockerfile = "FROM debian\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\nCOPY tools/boot /usr/local/bin/boot\nCMD [\"boot\"]\n";
    let start = |config: &mut Config| config.command = vec!["boot".into()];
    let plan = planned(dockerfile, &[BASE, TOOLS], &[("tools/boot", "gcc -o /tmp/a a.c")], start);
    assert_eq!(refusal(&plan, RuleId::BuildTools), Some(Refusal::UsedAtStart { name: "gcc".into() }));
}

#[test]
fn the_history_stays_for_what_reads_it() {
    let layers = |run: &str| {
        [BASE.to_owned(), "i COPY . /app\nf app/.git/a 5000000".to_owned(), format!("i RUN {run}\nf a 1")]
    };
    let left = |run: &str, context: &[(&str, &str)]| {
        let dockerfile = format!("FROM debian\nCOPY . /app\nRUN {run}\n");
        let plan = planned(&dockerfile, &layers(run).each_ref().map(String::as_str), context, |_| {});
        refusal(&plan, RuleId::ContextLeftovers)
    };
    let used = |name: &str| Some(Refusal::UsedLater { line: 3, name: name.to_owned() });
    assert_eq!(left("cd app && git describe > /version", &[]), used("git"));
    assert_eq!(left("git clone https://example.org/a", &[]), None);
    assert_eq!(
        left("pip install .", &[("pyproject.toml", "requires = [\"setuptools-scm\"]")]),
        used("pyproject.toml")
    );
}

#[test]
fn a_tool_that_a_module_of_the_program_calls_stays() {
    let dockerfile = "FROM debian\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\nCMD [\"python\", \"main.py\"]\n";
    for (main, other) in
        [("import tool", "tool.py"), ("from .a import b", "a/b.py"), ("from a import tool", "a/tool.py")]
    {
        let start = |config: &mut Config| config.command = vec!["python".into(), "main.py".into()];
        let context = [("main.py", main), (other, "run(['gcc'])")];
        let plan = planned(dockerfile, &[BASE, TOOLS], &context, start);
        let used = Some(Refusal::UsedAtStart { name: "gcc".into() });
        assert_eq!(refusal(&plan, RuleId::BuildTools), used, "{main}");
    }
}

#[test]
fn development_packages_stay_for_a_script_that_starts_the_container() {
    let layers = [
        BASE,
        "i RUN npm ci\nf app/node_modules/typescript/package.json 9000000\nf app/node_modules/typescript/bin/tsc 100",
    ];
    let package = r#"{"scripts": {"dev": "tsc --watch"}, "devDependencies": {"typescript": "5"}}"#;
    let start = |config: &mut Config| config.command = vec!["npm".into(), "run".into(), "dev".into()];
    let plan = planned("FROM node\nRUN npm ci\n", &layers, &[("package.json", package)], start);
    assert_eq!(plan.changes, []);
}

#[test]
fn an_owner_is_set_only_for_what_gets_it() {
    let part = "FROM debian\nCOPY root /\nRUN chown -R 1:1 /srv\n";
    let layers = |path: &str| {
        [
            BASE.to_owned(),
            format!("i COPY root /\nf srv/x/a 4000000 a\n{path}"),
            "i RUN chown -R 1:1 /srv\nf srv/x/a 4000000 a".to_owned(),
        ]
    };
    let plan = planned(part, &layers("f etc/b 1").each_ref().map(String::as_str), &[], |_| {});
    assert_eq!(refusal(&plan, RuleId::RewrittenFiles), Some(Refusal::Form { line: 2 }));
    let twice = "FROM debian\nCOPY root /\nRUN chown -R 1:1 /srv && chown -R 2:2 /srv/x\n";
    let mut layers = layers("f srv/x/b 1");
    layers[2] = layers[2].replace("/srv\n", "/srv && chown -R 2:2 /srv/x\n");
    let after = fixed(twice, &layers.each_ref().map(String::as_str));
    assert!(after.contains("\nCOPY --chown=2:2 root /\n"), "{after}");
}

#[test]
fn a_stage_on_top_keeps_what_it_uses() {
    let dockerfile = "FROM debian AS base\nRUN apt-get update && apt-get install -y gcc\nFROM base AS build\nRUN apt-get install -y zlib1g-dev && gcc a.c\nFROM base\nCMD [\"app\"]\n";
    let layer = "i RUN apt-get update && apt-get install -y gcc
        f var/lib/dpkg/status 9
        f var/lib/apt/lists/all 2000000
        f usr/bin/gcc 30000000
        p var/lib/dpkg/status dpkg gcc 12 files=usr/bin/gcc";
    let plan = planned(dockerfile, &[BASE, layer], &[], |_| {});
    assert_eq!(plan.changes, []);
    let used = |name: &str| Some(Refusal::UsedLater { line: 4, name: name.to_owned() });
    assert_eq!(refusal(&plan, RuleId::BuildTools), used("gcc"));
    assert_eq!(refusal(&plan, RuleId::PackageManagerCache), used("apt-get"));
}

#[test]
fn a_path_is_that_of_the_directory_that_a_command_runs_in() {
    let dockerfile = "FROM debian\nWORKDIR /srv/app\nCOPY . .\nRUN cd .. && chown -R 1:1 app\n";
    let layers =
        [BASE, "i COPY . .\nf srv/app/a 4000000 a", "i RUN cd .. && chown -R 1:1 app\nf srv/app/a 4000000 a"];
    let after = fixed(dockerfile, &layers);
    assert!(after.contains("RUN cd .. && find /srv/app \\("), "{after}");
}

#[test]
fn an_npm_build_gets_its_own_stage() {
    let dockerfile = "ARG TAG\nFROM node\nARG A=1\nWORKDIR /app\n# The list.\nCOPY package.json .\nRUN npm ci\nENV MODE=x\nCOPY . .\nRUN npm run build\n# Start.\nEXPOSE 80\nCMD [\"node\", \"dist\"]\n";
    let install = "i RUN npm ci\nf app/node_modules/typescript/package.json 9000000\nf root/.npm/_logs/x 10\np app/node_modules/typescript/package.json npm typescript 5\nv app/package.json npm typescript\nf app/package.json 5";
    let layers = |install| {
        [
            BASE,
            "i WORKDIR /app\nd app",
            "i COPY package.json .\nf app/package.json 5 x",
            install,
            "i COPY . .\nf app/src.ts 5",
            "i RUN npm run build\nf app/dist/index.js 9",
        ]
    };
    let after = fixed(dockerfile, &layers(install));
    let expected = dockerfile
        .replace("FROM node\n", "FROM node AS base\n")
        .replace("# The list.\nCOPY package.json", "# The list.\n\nFROM base AS build\nARG A=1\nCOPY package.json")
        .replace(
            "npm run build\n",
            "npm run build\nRUN npm prune --omit=dev\n\nFROM base\nARG A=1\nENV MODE=x\nCOPY --from=build /app /app\n",
        );
    assert_eq!(after, expected);
    // What the image needs from elsewhere would be missing.
    let elsewhere = format!("{install}\nf usr/bin/tool 5");
    assert_eq!(fixed(dockerfile, &layers(&elsewhere)), "");
}

const PYTHON: &str = "i RUN pip install -r requirements.txt
    f s/a.dist-info/METADATA 5
    f s/a/__init__.py 30000000
    p s/a.dist-info/METADATA python a 1 files=s/a/__init__.py
    f s/b.dist-info/METADATA 5
    f s/b/__init__.py 70000000
    p s/b.dist-info/METADATA python b 1 files=s/b/__init__.py
    f s/c.dist-info/METADATA 5
    f s/c/__init__.py 90000000
    p s/c.dist-info/METADATA python c 1 files=s/c/__init__.py";
const CODE: &str = "i COPY . .
    f app/back/main.py 1
    m app/back/main.py python a c
    f app/front/main.py 1
    m app/front/main.py python b c";

#[test]
fn services_that_share_an_image_get_a_stage_each() {
    use plimsoll_snapshot::Runtime;
    use plimsoll_snapshot::runtime::{Command, PlannedService, Probe};

    use super::{BuildPlace, Compose};
    use crate::memory::recommend::Demands;
    let dockerfile = "FROM python\nARG A\nWORKDIR /app\nCOPY requirements.txt /tmp/\nRUN pip install --no-cache-dir -r /tmp/requirements.txt\nCOPY . .\nEXPOSE 8000 8501\nHEALTHCHECK CMD curl localhost:8000\nCMD [\"python\", \"back/main.py\", \"8000\"]\n";
    let compose = "services:\n  back: {image: app:1}\n  front:\n    image: app:1\n    command: python front/main.py 8501\n";
    let python = PYTHON.replace("-r requirements", "--no-cache-dir -r /tmp/requirements");
    let layers = [
        BASE,
        "i WORKDIR /app\nd app",
        "i COPY requirements.txt /tmp/\nf tmp/requirements.txt 6",
        &python,
        CODE,
    ];
    let mut snapshot = snapshot("back", &layers);
    snapshot.images[0].config.working_dir = "/app".into();
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    snapshot.images[0].config.command = words("python back/main.py 8000");
    snapshot.services[0].build = Some(build(dockerfile));
    let mut other = snapshot.services[0].clone();
    other.name = "front".into();
    snapshot.services.push(other);
    let front = PlannedService {
        name: "front".into(),
        command: Some(Command(words("python front/main.py 8501"))),
        ..PlannedService::default()
    };
    let back =
        PlannedService { name: "back".into(), health_check: None::<Probe>, ..PlannedService::default() };
    snapshot.runtime = Some(Runtime { planned: vec![back, front], ..Runtime::default() });
    let split = |list: &str| {
        let read = |path: &str| (path == "requirements.txt").then(|| list.to_owned());
        let demands = Demands::none();
        let place = BuildPlace { context: ".", dockerfile: None };
        let files = Files {
            dockerfile,
            dockerignore: None,
            read: &read,
            compose: Some(Compose { text: compose, place, demands: &demands }),
        };
        let choice = FixOptions {
            confidence: Confidence::Medium,
            is_meant: &|finding| finding.rule == RuleId::SharedFatImage,
            cpu_index: None,
            has_settings: false,
        };
        plan_service(&snapshot, &snapshot.services[0], &files, &choice).unwrap()
    };
    let plan = split("a==1\nb==1 # page\nc==1\n");
    let file = |name: &str| {
        let of = |file: &FixedFile| match file {
            FixedFile::Dockerfile => "Dockerfile".to_owned(),
            FixedFile::Compose => "compose.yml".to_owned(),
            FixedFile::Context(path) => path.clone(),
            FixedFile::Dockerignore => ".dockerignore".to_owned(),
        };
        plan.changes.iter().find(|change| of(&change.file) == name).map(|change| change.after.as_str())
    };
    let part = |service: &str, settings: &str| {
        format!(
            "\nFROM common AS {service}\nARG A\nCOPY requirements-{service}.txt /tmp/\nRUN pip install --no-cache-dir -r /tmp/requirements-{service}.txt\nCOPY . .\n{settings}"
        )
    };
    let front = part("front", "EXPOSE 8501\nCMD [\"python\",\"front/main.py\",\"8501\"]\n");
    let back = part(
        "back",
        "EXPOSE 8000\nHEALTHCHECK CMD curl localhost:8000\nCMD [\"python\", \"back/main.py\", \"8000\"]\n",
    );
    let expected = format!("FROM python AS common\nARG A\nWORKDIR /app\n{front}{back}");
    assert_eq!(file("Dockerfile").unwrap(), expected);
    assert_eq!(file("requirements-back.txt").unwrap(), "a==1\nc==1\n");
    assert_eq!(file("requirements-front.txt").unwrap(), "b==1 # page\nc==1\n");
    assert_eq!(
        file("compose.yml").unwrap(),
        "services:\n  back: {image: app-back:1, build: {context: ., target: back}}\n  front:\n    image: app-front:1\n    command: python front/main.py 8501\n    build:\n      context: .\n      target: front\n"
    );
    let sizes: Vec<u64> = plan.promises.iter().map(|promise| plan.before.0 - promise.after.0).collect();
    assert_eq!(sizes, [30_000_005, 70_000_005]);
    assert_eq!(plan.saving.0, 70_000_005);
    // Lists in lists may name them, too.
    let plan = split("a==1\n-r more.txt\n");
    assert_eq!(plan.changes, []);
    assert_eq!(
        refusal(&plan, RuleId::SharedFatImage),
        Some(Refusal::LacksFile { file: "requirements.txt".into() })
    );
}

const MAIN: &str = "i COPY main.py /srv/\nf srv/main.py 5\nm srv/main.py python flask";
const TESTED: &str = "i RUN pip install -r requirements.txt
    f site/pytest-8.dist-info/METADATA 10
    p site/pytest-8.dist-info/METADATA python pytest 8 files=site/pytest/__init__.py requested
    f site/flask-3.dist-info/METADATA 10
    p site/flask-3.dist-info/METADATA python flask 3 files=site/flask/__init__.py requested
    f site/pytest/__init__.py 900000
    f site/flask/__init__.py 5000000";

#[test]
fn test_tools_leave_the_list_unless_the_build_runs_them() {
    let plan = |run: &str| {
        let dockerfile = format!(
            "FROM debian\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt{run}\nCOPY main.py /srv/\n"
        );
        let list = "i COPY requirements.txt .\nf requirements.txt 1";
        let layers = [BASE, list, &TESTED.replace("RUN pip install", "RUN pip install --no-cache-dir"), MAIN];
        planned(&dockerfile, &layers, &[("requirements.txt", "flask==3\npytest==8\n")], |_| {})
    };
    let changed = plan("");
    let list =
        changed.changes.iter().find(|change| change.file == FixedFile::Context("requirements.txt".into()));
    assert_eq!(list.unwrap().after, "flask==3\n");
    let tested = plan("\nRUN pytest");
    assert_eq!(
        refusal(&tested, RuleId::TestTools),
        Some(Refusal::UsedLater { line: 4, name: "pytest".into() })
    );
}

#[test]
fn packages_that_stay_save_nothing() {
    let tool = "i RUN pip install --no-cache-dir uv-dialect==1
        f site/uv-1.dist-info/METADATA 10
        p site/uv-1.dist-info/METADATA python uv-dialect 1 files=site/uv/uv requested
        f site/uv/uv 30000000";
    let dockerfile = "FROM debian\nRUN pip install --no-cache-dir uv-dialect==1\nCOPY requirements.txt .\nRUN uv-dialect check\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY main.py /srv/\n";
    let layers = [
        BASE,
        tool,
        "i COPY requirements.txt .\nf requirements.txt 1",
        "i RUN uv-dialect check",
        "i RUN pip install --no-cache-dir -r requirements.txt
            f site/b-1.dist-info/METADATA 10
            p site/b-1.dist-info/METADATA python b 1 files=site/b/__init__.py requested
            f site/b/__init__.py 5000000
            f site/flask-3.dist-info/METADATA 10
            p site/flask-3.dist-info/METADATA python flask 3 files=site/flask/__init__.py requested
            f site/flask/__init__.py 300",
        MAIN,
    ];
    let plan = planned(dockerfile, &layers, &[("requirements.txt", "b==1\nflask==3\n")], |_| {});
    let applied = plan.applied.iter().find(|one| one.finding.rule == RuleId::UnusedPackages).unwrap();
    assert_eq!((applied.finding.saving.0, applied.saving.0), (35_000_020, 5_000_010));
}

#[test]
fn gpu_packages_are_replaced_in_lists() {
    let layer = "i RUN pip install -r requirements.txt
        f s/torch.dist-info/METADATA 5
        f s/torch/lib/libtorch_cuda.so 90000000
        p s/torch.dist-info/METADATA python torch 2 files=s/torch/lib/libtorch_cuda.so
        f s/tensorflow.dist-info/METADATA 5
        f s/tensorflow/libcudart.so 9
        p s/tensorflow.dist-info/METADATA python tensorflow 2 files=s/tensorflow/libcudart.so";
    let dockerfile = "FROM python\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCMD [\"torch\", \"tensorflow\"]\n";
    let layers = [BASE, "i COPY requirements.txt .\nf requirements.txt 5", layer];
    let with = |list: &str| planned(dockerfile, &layers, &[("requirements.txt", list)], |_| {});
    let after = |plan: &Plan, file: FixedFile| {
        plan.changes.iter().find(|change| change.file == file).map(|change| change.after.clone())
    };
    let plan = with("torch==2\nnvidia-cublas-cu12==12\ntensorflow[x]>=2\ntriton==2\n");
    let list = FixedFile::Context("requirements.txt".into());
    assert_eq!(after(&plan, list).unwrap(), "torch==2\ntensorflow-cpu[x]>=2\n");
    assert!(
        after(&plan, FixedFile::Dockerfile).unwrap().contains("pip install --extra-index-url https://"),
        "{plan:?}"
    );
    let hashes = with("torch==2 --hash=sha256:0\n");
    assert_eq!(
        refusal(&hashes, RuleId::CudaLibraries),
        Some(Refusal::Hashes { file: "requirements.txt".into() })
    );
}

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
