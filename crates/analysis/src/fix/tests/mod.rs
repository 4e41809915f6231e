//! Dockerfiles and what becomes of them.

mod files;
mod needs;
mod python;

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
