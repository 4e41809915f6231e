//! Compose files as people write them, and as attackers do.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{PlannedService, RestartPolicy, Runtime, Swap};

use super::*;
use crate::memory::{RuntimeBuilder, read};

fn runtime(text: &str, files: &[(&str, &str)]) -> Runtime {
    let file = |path: &str, most: u64| {
        let variables = (".env", "LIMIT=768m\nREGISTRY_TOKEN=s3cret\n");
        let mut all = files.iter().chain(std::iter::once(&variables));
        let (_, text) = all.find(|(name, _)| *name == path).ok_or(FileFault::Missing)?;
        if text.len() as u64 > most { Err(FileFault::TooLarge) } else { Ok(text.as_bytes().to_vec()) }
    };
    let surroundings = Surroundings { file: &file, env_files: &[] };
    let mut builder = RuntimeBuilder::new();
    builder.add(read("compose.yml", text.as_bytes(), &surroundings).unwrap());
    builder.finish()
}

fn service(yaml: &str) -> PlannedService {
    runtime(&format!("services:\n  web: {yaml}\n"), &[]).planned.remove(0)
}

#[test]
fn units_are_binary_whatever_they_look_like() {
    let check = |value: &str, expected: Option<u64>| {
        let limit = service(&format!("{{mem_limit: {value}}}")).limits.memory;
        assert_eq!(limit.map(|bytes| bytes.0), expected, "{value}");
    };
    for value in ["1GB", "1g", "1G", "1gb", "\"1073741824\"", "1073741824", "1 GiB"] {
        check(value, Some(1 << 30));
    }
    for value in ["768m", "768MB", "\"${LIMIT}\"", "\"${LIMIT:-1g}\"", "\"${NONE:-768M}\""] {
        check(value, Some(768 << 20));
    }
    for value in ["0", "\"${NONE}\"", "lots", "null"] {
        check(value, None);
    }
}

#[test]
fn swap_is_unset_unlimited_or_a_total() {
    let check = |value: &str| service(&format!("{{memswap_limit: {value}}}")).limits.memory_swap;
    assert_eq!(
        [check("0"), check("-1"), check("\"-1\"")],
        [None, Some(Swap::Unlimited), Some(Swap::Unlimited)]
    );
    assert_eq!(check("1g"), Some(Swap::Total(Bytes(1 << 30))));
}

#[test]
fn anchors_and_merge_keys_are_resolved() {
    let text = "x-base: &base\n  logging: &log {driver: json-file, options: {max-size: 10m, tag: secret}}\n  restart: on-failure:3\n\
                services:\n  a:\n    <<: *base\n    image: a\n  b: {logging: *log, healthcheck: {disable: true}}\n";
    let planned = runtime(text, &[]).planned;
    let expected = BTreeMap::from([("max-size".to_owned(), "10m".to_owned())]);
    assert!(planned.iter().all(|service| service.logging.as_ref().unwrap().options == expected));
    assert_eq!(planned[0].restart, Some(RestartPolicy { name: "on-failure".into(), max_retries: Some(3) }));
    assert!(planned[1].health_check.as_ref().unwrap().is_disabled());
}

#[test]
fn services_extend_others_here_and_elsewhere() {
    let common = "services:\n  base: {image: x, mem_limit: 1g, environment: [A=1], deploy: {replicas: 2}}\n";
    let text = "services:\n  web: {extends: {file: common.yml, service: base}, mem_limit: 2g, environment: {B: x}}\n  \
                api: {extends: web}\n  loop: {image: x, extends: loop}\n  lost: {image: x, extends: {file: no.yml, service: x}}\n";
    let runtime = runtime(text, &[("common.yml", common)]);
    let api = &runtime.planned[0];
    assert_eq!((api.limits.memory, api.replicas), (Some(Bytes(2 << 30)), Some(2)));
    assert_eq!(api.env_names, ["A", "B"]);
    let reasons: Vec<_> = runtime.warnings.iter().map(|warning| warning.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "services extend each other in a circle: `loop` of `compose.yml` → `loop` of `compose.yml`",
            "`no.yml` is extended, and does not exist",
            "service `x` of `no.yml` is extended, and cannot be read"
        ]
    );
}

#[test]
fn what_compose_refuses_is_named() {
    let text = "services:\n  web: {image: x, mem_limit: 1g, deploy: {resources: {limits: {memory: 2g}}}}\n";
    let warnings = runtime(text, &[]).warnings;
    assert!(warnings[0].reason.contains("service `web`: `mem_limit`"), "{warnings:?}");
}

#[test]
fn values_of_variables_stay_out() {
    let service = service(
        "{image: \"host/${REGISTRY_TOKEN}/web\", environment: {API_KEY: s3cret}, command: [run, --token, s3cret], \
         healthcheck: {test: \"PGPASSWORD=s3cret psql\"}}",
    );
    assert!(!format!("{service:?}").contains("s3cret"), "{service:?}");
    assert_eq!(service.env_names, ["API_KEY"]);
}

#[test]
fn a_command_as_one_text_is_redacted_with_what_is_dropped() {
    for (written, kept) in [
        ("echo s3cret | docker login --password-stdin", "echo …"),
        ("run --token 's3cret two' -v", "run --token … -v"),
        ("postgres -c shared_buffers=1GB", "postgres -c shared_buffers=1GB"),
    ] {
        let service = service(&format!("{{image: x, command: \"{written}\"}}"));
        let command = service.command.map(|command| command.0.join(" "));
        assert_eq!(command.as_deref(), Some(kept));
    }
}

/// The files of a project, how often each was opened, and the limit of bytes.
struct Attack {
    files: BTreeMap<String, String>,
    opened: std::cell::RefCell<BTreeMap<String, u32>>,
}

impl Attack {
    fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { files: files.into_iter().collect(), opened: Default::default() }
    }

    fn read(&self, first: &str, max: u64) -> Result<Runtime, String> {
        let open = |path: &str, most: u64| {
            *self.opened.borrow_mut().entry(path.to_owned()).or_default() += 1;
            match path {
                "/dev/zero" => Err(FileFault::NotAFile),
                path => match self.files.get(path) {
                    Some(text) if text.len() as u64 > most => Err(FileFault::TooLarge),
                    Some(text) => Ok(text.clone().into_bytes()),
                    None => Err(FileFault::Missing),
                },
            }
        };
        let surroundings = Surroundings { file: &open, env_files: &[] };
        let text = self.files[first].as_bytes();
        let input =
            crate::memory::read_within(first, text, &surroundings, max).map_err(|error| error.to_string())?;
        let mut builder = RuntimeBuilder::new();
        builder.add(input);
        Ok(builder.finish())
    }

    fn reasons(&self, first: &str, max: u64) -> Vec<String> {
        self.read(first, max).unwrap().warnings.into_iter().map(|warning| warning.reason).collect()
    }
}

fn file(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

#[test]
fn one_anchor_may_be_used_by_hundreds_of_services() {
    let mut text = "x-a: &a {image: x, restart: always, logging: {driver: local}}\nservices:\n".to_owned();
    (0..800).for_each(|at| text += &format!("  s{at}: {{<<: *a, mem_limit: 1g}}\n"));
    let runtime = runtime(&text, &[]);
    assert_eq!((runtime.planned.len(), runtime.warnings.len()), (800, 0));
}

#[test]
fn aliases_of_aliases_are_refused_with_the_reason() {
    let mut text = String::from("x0: &a0 [A, B, C, D, E, F, G, H, I, J]\n");
    for level in 1..9 {
        text += &format!("x{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", "));
    }
    let unread = format!("{text}services: {{web: {{image: x}}}}");
    assert_eq!(Attack::new([file("a.yml", &unread)]).reasons("a.yml", 1 << 20), Vec::<String>::new());
    // Thousands of services that share one long list of variables.
    let names: Vec<String> = (0..5000).map(|at| format!("N{at}=1")).collect();
    let mut text = format!("x: &x [{}]\nservices:\n", names.join(", "));
    (0..5000).for_each(|at| text += &format!("  s{at}: {{image: x, environment: *x}}\n"));
    let error = Attack::new([file("a.yml", &text)]).read("a.yml", 1 << 20).unwrap_err();
    assert!(error.contains("more than 4000000 values"), "{error}");
}

#[test]
fn what_is_no_file_or_too_large_is_named() {
    let text = "include: [/dev/zero]\nservices: {a: {image: x, extends: {file: /dev/zero, service: a}, env_file: /dev/zero}}";
    let reasons = Attack::new([file("a.yml", text)]).reasons("a.yml", 1 << 20);
    assert!(
        reasons.contains(&"`/dev/zero` is extended, and is not a regular file".to_owned()),
        "{reasons:?}"
    );
    assert!(reasons.contains(&"`a.env_file`: `/dev/zero`: is not a regular file".to_owned()), "{reasons:?}");
    let big = format!("services: {{b: {{image: x}}}} # {}", "x".repeat(600));
    let files = [file("a.yml", "include: [b.yml, c.yml]"), file("b.yml", &big), file("c.yml", &big)];
    let runtime = Attack::new(files).read("a.yml", 1000).unwrap();
    assert!(
        runtime.warnings[0].reason.contains("`c.yml` is included, and is larger than"),
        "{:?}",
        runtime.warnings
    );
    assert_eq!(runtime.planned.len(), 1);
}

#[test]
fn each_file_is_read_once_however_often_it_is_named() {
    let files = (0..20).flat_map(|at| {
        let next = format!("include: [l{0}.yml, r{0}.yml]\n", at + 1);
        [file(&format!("l{at}.yml"), &next), file(&format!("r{at}.yml"), &next)]
    });
    let last = ["l20.yml", "r20.yml"].map(|name| file(name, "services: {web: {image: x}}"));
    let attack = Attack::new(files.chain(last));
    let runtime = attack.read("l0.yml", 1 << 20).unwrap();
    assert_eq!((runtime.planned.len(), runtime.warnings.len()), (1, 0), "{:?}", runtime.warnings);
    let opened = attack.opened.borrow();
    assert!(opened.values().all(|times| *times == 1), "{opened:?}");
}

#[test]
fn services_that_extend_in_every_way_are_resolved_once() {
    let level = |at: u32| {
        format!(
            "services:\n  a: {{image: x, extends: {{file: f{0}.yml, service: a}}}}\n  b: {{image: x, extends: {{file: f{0}.yml, service: b}}}}\n",
            at + 1
        )
    };
    let files = (0..30).map(|at| file(&format!("f{at}.yml"), &level(at)));
    let last =
        file("f30.yml", "services: {a: {image: x, mem_limit: 1g, extends: b}, b: {image: x, mem_limit: 2g}}");
    let runtime = Attack::new(files.chain([last])).read("f0.yml", 1 << 20).unwrap();
    assert_eq!(runtime.warnings, []);
    assert_eq!(runtime.planned[0].limits.memory, Some(Bytes(1 << 30)));
}

#[test]
fn circles_are_named_with_their_links_and_chains_end() {
    let files =
        [file("a.yml", "include: [b.yml]\nservices: {a: {image: x}}"), file("b.yml", "include: [a.yml]")];
    assert_eq!(
        Attack::new(files).reasons("a.yml", 1 << 20),
        ["files include each other in a circle: `a.yml` → `b.yml` → `a.yml`"]
    );
    let endless = (0..100).map(|at| file(&format!("{at}.yml"), &format!("include: [{}.yml]", at + 1)));
    let reasons = Attack::new(endless).reasons("0.yml", 1 << 20);
    assert!(reasons[0].starts_with("too many files include each other: `0.yml` → `1.yml`"), "{reasons:?}");
}

#[test]
fn what_cannot_be_read_is_unknown() {
    let check = |yaml: &str, unread: &[&str]| {
        let service = service(yaml);
        assert_eq!(
            (service.unread.iter().map(String::as_str).collect::<Vec<_>>(), service.limits.memory),
            (unread.to_vec(), None)
        );
        let is_unknown = service.limits.unread.contains(&plimsoll_snapshot::runtime::UnreadLimit::Memory);
        assert_eq!(is_unknown, !unread.is_empty(), "{yaml}");
    };
    check("{image: x}", &[]);
    check("{image: x, mem_limit: lots}", &["mem_limit"]);
    check("{image: x, mem_limit: \"${NONE}\"}", &["mem_limit"]);
    check("{image: x, mem_limit: 1.5}", &["mem_limit"]);
    check("{image: x, deploy: {resources: {limits: {memory: [1]}}}}", &["deploy.resources.limits.memory"]);
    check("{image: x, extends: {file: no.yml, service: x}}", &["extends"]);
}

#[test]
fn values_of_variables_are_used_where_they_say_nothing_else() {
    let variables = "V=leak-me\nTAG=15\nM=64m\nR=always\nD=local\n";
    let text = "services:\n  web: {image: \"x:${TAG}\", mem_limit: \"${M}\", restart: \"${V}\", command: [\"${V}\"], environment: {A: \"${V}\", B: $V}, \
                healthcheck: {test: \"${V}\", interval: \"${V}\"}, logging: {driver: \"${V}\", options: {max-size: \"${V}\"}}, \
                depends_on: [\"${V}\"], profiles: [\"${V}\"], entrypoint: \"${V}\"}\n  ok: {image: x, restart: \"${R}\", logging: {driver: \"${D}\"}}";
    let attack = Attack::new([file("compose.yml", text), file(".env", variables)]);
    let runtime = attack.read("compose.yml", 1 << 20).unwrap();
    assert!(!format!("{runtime:?}").contains("leak-me"), "{runtime:?}");
    let (ok, web) = (&runtime.planned[0], &runtime.planned[1]);
    assert_eq!((web.image.as_deref(), web.limits.memory), (Some("x:15"), Some(Bytes(64 << 20))));
    assert_eq!(web.command, Some(plimsoll_snapshot::runtime::Command(vec!["${V}".into(), "${V}".into()])));
    assert_eq!(ok.restart.as_ref().map(|restart| restart.name.as_str()), Some("always"));
    assert_eq!(ok.logging.as_ref().map(|logging| logging.driver.as_str()), Some("local"));
}

#[test]
fn what_is_not_set_stays_as_it_is_written() {
    assert_eq!(service("{image: \"x:${NONE}\"}").image.as_deref(), Some("x:${NONE}"));
    assert_eq!(service("{image: \"x:${NONE:-1}\"}").image.as_deref(), Some("x:1"));
}

/// Counted work, not time: twice the text costs at most twice as much.
#[test]
fn work_grows_with_the_text() {
    let cost = |text: &str| {
        let sheet = Sheet::parse("a.yml", text).unwrap();
        let mut project = Project::new(Files::new(Surroundings::NONE.file, 0), &[]).unwrap();
        let mut services = Services::new();
        for document in &sheet.documents {
            project.add(&mut services, document, "a.yml", Origin(0), &mut Vec::new()).unwrap();
        }
        for (name, service) in &services {
            service::planned(&mut project, name, service).unwrap();
        }
        project.budget.used()
    };
    let services = |line: &dyn Fn(usize) -> String| {
        let text = |count| (0..count).fold(String::from("services:\n"), |text, at| text + &line(at));
        (cost(&text(200)), cost(&text(400)))
    };
    let documents = |count: usize| {
        (0..count).map(|at| format!("---\nservices: {{s{at}: {{image: x}}}}\n")).collect::<String>()
    };
    for (name, (one, two)) in [
        ("flat", services(&|at| format!("  s{at}: {{image: x, environment: {{A: 1}}, command: a b}}\n"))),
        ("extends", services(&|at| format!("  s{at}: {{image: x, extends: s{}}}\n", at / 2))),
        ("documents", (cost(&documents(200)), cost(&documents(400)))),
    ] {
        assert!(two <= one * 2 + one / 8, "{name}: {one} {two}");
    }
}
