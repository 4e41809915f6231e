//! What a fix takes away, and something that is not in plain sight needs.

use super::{BASE, planned, refusal};
use crate::findings::RuleId;
use crate::fix::Refusal;

fn used(line: u32, name: &str) -> Option<Refusal> {
    Some(Refusal::UsedLater { line, name: name.to_owned() })
}

fn at_start(name: &str) -> Option<Refusal> {
    Some(Refusal::UsedAtStart { name: name.to_owned() })
}

#[test]
fn a_mount_has_neither_the_owner_nor_the_mode_of_a_copy() {
    for flag in ["--chown=www-data", "--chmod=700"] {
        let copy = format!("COPY {flag} setup.bin /setup.bin");
        let dockerfile = format!("FROM debian\n{copy}\nRUN /setup.bin\nRUN rm /setup.bin\n");
        let copied = format!("i {copy}\nf setup.bin 9000000");
        let layers = [BASE, &copied, "i RUN /setup.bin\nf opt/a 5", "i RUN rm /setup.bin\nw setup.bin"];
        let plan = planned(&dockerfile, &layers, &[], |_| {});
        assert_eq!(refusal(&plan, RuleId::RewrittenFiles), Some(Refusal::Form { line: 2 }), "{flag}");
    }
}

#[test]
fn lists_stay_for_what_installs_by_itself() {
    let update =
        "i RUN apt-get update && apt-get install -y curl\nf var/lib/apt/lists/all 2000000\nf usr/bin/curl 5";
    for run in ["curl -s https://x | bash", "make deps", "tasksel install web", "ansible-playbook x.yml"] {
        let dockerfile = format!("FROM debian\nRUN apt-get update && apt-get install -y curl\nRUN {run}\n");
        let installed = format!("i RUN {run}\nf var/lib/dpkg/status 10\nf usr/bin/less 5");
        let plan = planned(&dockerfile, &[BASE, update, &installed], &[], |_| {});
        assert_eq!(refusal(&plan, RuleId::PackageManagerCache), used(3, "apt"), "{run}");
        // It leaves the packages as they are.
        let plain = format!("i RUN {run}\nf opt/x 5");
        let plan = planned(&dockerfile, &[BASE, update, &plain], &[], |_| {});
        assert_eq!(plan.applied.len(), 1, "{run}: {:?}", plan.refused);
    }
}

#[test]
fn an_owner_that_a_package_brings_is_not_named_before_it() {
    let dockerfile =
        "FROM debian\nCOPY . /srv\nRUN apt-get install -y memcached\nRUN chown -R memcache:memcache /srv\n";
    let layers = [
        BASE,
        "i COPY . /srv\nf srv/data 9000000 a",
        "i RUN apt-get install -y memcached\nf etc/passwd 50\nf usr/bin/memcached 5",
        "i RUN chown -R memcache:memcache /srv\nf srv/data 9000000 a",
    ];
    let plan = planned(dockerfile, &layers, &[], |_| {});
    assert_eq!(refusal(&plan, RuleId::RewrittenFiles), used(3, "memcache"), "{:?}", plan.applied);
}

#[test]
fn a_change_that_is_not_understood_would_store_everything_again() {
    let run = "chown -R app:app /app && chmod -R u+rwX,go-rwx /app";
    let dockerfile = format!("FROM debian\nRUN useradd app\nCOPY . /app\nRUN {run}\n");
    let changed = format!("i RUN {run}\nf app/data 9000000 a");
    let layers = [BASE, "i RUN useradd app\nf etc/passwd 9", "i COPY . /app\nf app/data 9000000 a", &changed];
    let plan = planned(&dockerfile, &layers, &[], |_| {});
    assert_eq!(refusal(&plan, RuleId::RewrittenFiles), Some(Refusal::Form { line: 4 }), "{:?}", plan.applied);
}

const MODULES: &str = "i RUN npm ci
    f app/node_modules/mkdirp/package.json 9000000
    f app/node_modules/mkdirp/bin/cmd.js 100
    p app/node_modules/mkdirp/package.json npm mkdirp 5
    v app/package.json npm mkdirp
    f app/package.json 5";

#[test]
fn scripts_that_scripts_run_are_followed() {
    for package in [
        r#"{"scripts": {"start": "npm run migrate && node .", "migrate": "mkdirp /tmp/data"}}"#,
        r#"{"scripts": {"start": "yarn up", "up": "node .", "preup": "mkdirp /tmp/data"}}"#,
        r#"{"scripts": {"start": "node .", "poststart": "npm run x", "x": "mkdirp /tmp/data"}}"#,
    ] {
        let plan =
            planned("FROM node\nRUN npm ci\n", &[BASE, MODULES], &[("package.json", package)], |config| {
                config.command = vec!["npm".into(), "start".into()];
            });
        assert_eq!(refusal(&plan, RuleId::NpmDevDependencies), at_start("mkdirp"), "{package}");
    }
}

#[test]
fn an_index_of_apk_is_fetched_only_where_it_is_used() {
    let cache = "f var/cache/apk/APKINDEX.1.tar.gz 9000000";
    for (run, expected) in [
        ("apk update && apk add curl", "FROM alpine\nRUN apk add --no-cache curl\n"),
        ("apk add curl", "FROM alpine\nRUN apk add --no-cache curl\n"),
    ] {
        let layer = format!("i RUN {run}\nf usr/bin/curl 5\n{cache}");
        assert_eq!(super::fixed(&format!("FROM alpine\nRUN {run}\n"), &[BASE, &layer]), expected);
    }
}

#[test]
fn development_packages_that_are_asked_for_stay() {
    let dockerfile = "FROM node\nRUN npm install --production=false\n";
    let modules = MODULES.replace("npm ci", "npm install --production=false");
    let plan = planned(dockerfile, &[BASE, &modules], &[], |_| {});
    assert_eq!(refusal(&plan, RuleId::NpmDevDependencies), Some(Refusal::Form { line: 2 }));
}

#[test]
fn settings_and_history_stay_for_scripts_and_builds() {
    let context = "i COPY . /app\nf app/.env 100\nf app/.git/a 5000000\nf app/package.json 5";
    let ignored = |files: &[(&str, &str)], run: &str| {
        let dockerfile = format!("FROM node\nCOPY . /app\nRUN {run}\n");
        let built = format!("i RUN {run}\nf app/out 5");
        let plan = planned(&dockerfile, &[BASE, context, &built], files, |config| {
            config.command = vec!["npm".into(), "start".into()];
        });
        let file = plan.changes.into_iter().find(|change| change.after.contains(".dockerignore"));
        file.map(|change| change.after).unwrap_or_default()
    };
    let plain = r#"{"scripts": {"start": "node main.js"}}"#;
    let both = ".dockerignore\n.env\n.git\n";
    assert_eq!(ignored(&[("package.json", plain)], "true"), both);
    for start in ["node --env-file=.env main.js", ". ./.env && node main.js"] {
        let package = format!(r#"{{"scripts": {{"start": "{start}"}}}}"#);
        assert_eq!(ignored(&[("package.json", &package)], "true"), ".dockerignore\n.git\n", "{start}");
    }
    let loads = [("package.json", plain), ("main.js", "process.loadEnvFile()")];
    assert_eq!(ignored(&loads, "true"), ".dockerignore\n.git\n");
    let only_env = ".dockerignore\n.env\n";
    for (file, text) in [
        ("pyproject.toml", "[tool.pdm.version]\nsource = \"scm\""),
        ("build.gradle", "id 'com.palantir.git-version'"),
        ("Cargo.toml", "[build-dependencies]\nvergen = '9'"),
        ("x.gemspec", "s.files = `git ls-files`"),
    ] {
        let run = if file.ends_with("gemspec") { "gem build x.gemspec" } else { "make" };
        assert_eq!(ignored(&[("package.json", plain), (file, text)], run), only_env, "{file}");
    }
}

#[test]
fn a_directory_that_a_variable_names_is_not_temporary() {
    let dockerfile = "FROM debian\nENV MODEL_DIR=/tmp/models\nRUN fetch\n";
    let layers = [BASE, "i RUN fetch\nf tmp/models/m.bin 9000000"];
    let plan = planned(dockerfile, &layers, &[], |_| {});
    assert_eq!(refusal(&plan, RuleId::TemporaryFiles), used(2, "models"));
}

#[test]
fn tools_stay_under_a_supervisor() {
    let dockerfile =
        "FROM debian\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\n";
    for command in [&["/init"][..], &["runsvdir", "/etc/service"]] {
        let plan = planned(dockerfile, &[BASE, super::TOOLS], &[], |config| {
            config.command = command.iter().map(|word| (*word).to_owned()).collect();
        });
        let name = command[0].trim_matches('/');
        assert_eq!(refusal(&plan, RuleId::BuildTools), at_start(name));
    }
}
