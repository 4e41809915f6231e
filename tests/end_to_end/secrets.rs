//! Fifty kinds of secrets, planted wherever an image, a compose file or an engine may hold one: no output has any of
//! their values, in no encoding. Names and findings show that the secrets exist.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use plimsoll_tests::craft::{Layer, Layout};
use plimsoll_tests::program::{self, Run};
use serde_json::{Value, json};
use tar::EntryType;
use tempfile::TempDir;

/// A kind of secret: what it is, its value, and a command that holds it as `{}`. The values are written in two parts, so
/// that no scanner of this file takes them for what they imitate.
const KINDS: [(&str, [&str; 2], &str); 54] = [
    ("AWS key ID", ["AK", "IA2E0A8F3B244C9986"], "aws configure set aws_access_key_id {}"),
    (
        "AWS key",
        ["wJalrXUtnFEMI/K7MDENG", "/bPxRfiCYzPLANTED9a"],
        "aws configure set aws_secret_access_key {}",
    ),
    ("AWS session", ["FwoGZXIvYXdzEBYaDPla", "nted4SessionTok7Q9x2"], "AWS_SESSION_TOKEN={} aws s3 ls"),
    (
        "GCP service account",
        ["MIIEvQIBADANBgkqhkiG9w0B", "AQEFAASCBKcwggSj"],
        "echo '{\"type\":\"service_account\",\"private_key\":\"-----BEGIN PRIVATE KEY-----\\n{}\\n-----END PRIVATE KEY-----\"}' > /key.json",
    ),
    (
        "Google API key",
        ["AI", "zaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY"],
        "curl https://maps.example/?q=1&key={}",
    ),
    ("Google OAuth", ["ya", "29.a0AfH6SMBplanted1234567890abcd"], "gcloud auth print {}"),
    (
        "Azure storage",
        ["Eby8vdM02xNOcqFlqUwJPLlm", "EtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq=="],
        "az storage --connection-string 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey={};EndpointSuffix=core'",
    ),
    (
        "Azure client secret",
        ["abc8Q~planted.Sec", "ret-value_0123456789"],
        "az login --service-principal -u app -p {} --tenant t",
    ),
    (
        "Azure SAS",
        ["sv2024sig%2BplantedSas", "0123%3D"],
        "azcopy copy https://a.blob.example/c?sv=2024&sig={}",
    ),
    (
        "GitHub classic",
        ["gh", "p_0123456789abcdefghijABCDEFGHIJ012345"],
        "git clone https://{}@github.com/a/b",
    ),
    (
        "GitHub fine",
        ["github", "_pat_11ABCDEFG0planted1234_abcdefghijklmnop"],
        "gh auth login --with-token {}",
    ),
    ("GitHub app", ["gh", "s_0123456789planted0123456789abcdef01"], "echo {} > /token"),
    (
        "GitLab",
        ["gl", "pat-plantedAbcdefgh12345"],
        "curl --header 'PRIVATE-TOKEN: {}' https://gitlab.example",
    ),
    ("GitLab job", ["planted-job", "-4821"], "curl --header \"JOB-TOKEN: {}\" https://gitlab.example"),
    ("Slack bot", ["xo", "xb-123456789012-123456789012-plantedAbCdEfGhIjKl"], "slack-notify {}"),
    (
        "Slack hook",
        ["T00000000/B00000000/", "planted0XXXXXXXXXXXXXXXX"],
        "curl -X POST https://hooks.slack.com/services/{}",
    ),
    ("Stripe", ["sk", "_live_planted51H0123456789abcd"], "stripe --api-key {} balance"),
    ("OpenAI", ["sk", "-planted0123456789abcdefABCDEF0123456789abcdefABCD"], "openai api models.list {}"),
    ("OpenAI project", ["sk", "-proj-planted_0123456789-abcdefABCDEF"], "OPENAI={} python ask.py"),
    (
        "Anthropic",
        ["sk", "-ant-api03-planted0123456789_abcdef-AA"],
        "curl -H 'x-api-key: {}' https://api.example",
    ),
    ("Hugging Face", ["hf", "_plantedAbCdEfGhIjKlMnOpQrStUvWx"], "huggingface-cli login --token {}"),
    (
        "npm",
        ["np", "m_planted0123456789abcdefABCDEF0123"],
        "echo //registry.npmjs.org/:_authToken={} > /root/.npmrc",
    ),
    ("PyPI", ["py", "pi-AgEIcHlwaS5vcmcplanted0123456789"], "twine upload -u __token__ -p {} dist/*"),
    (
        "JWT",
        ["ey", "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.dozjgNryP4J3jVmNHl0w5N"],
        "curl -H 'Cookie: {}' host",
    ),
    (
        "PEM",
        ["MIIEpAIBAAKCAQEAplan", "ted0Z3VS5JJcds3xfn"],
        "echo \"-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----\" > /k",
    ),
    (
        "OpenSSH key",
        ["b3BlbnNzaC1rZXktdjEAAAAABG5v", "bmUplanted0Nx"],
        "printf -----BEGIN OPENSSH PRIVATE KEY-----\\n{}\\n-----END OPENSSH PRIVATE KEY-----",
    ),
    ("basic-auth URL", ["planted-basic", "-4711"], "wget https://me:{}@host/file"),
    ("login without scheme", ["planted-dsn", "-4712"], "app --db me:{}@tcp(db:3306)/app"),
    ("PostgreSQL URL", ["planted-pg", "-4713"], "DATABASE_URL=postgres://app:{}@db:5432/app ./migrate"),
    ("MongoDB URL", ["planted-mongo", "-4714"], "mongosh mongodb+srv://app:{}@cluster.example/app"),
    ("Redis URL", ["planted-redis", "-4715"], "worker redis://:{}@cache:6379/0"),
    ("AMQP URL", ["planted-amqp", "-4716"], "celery -b amqp://app:{}@queue//"),
    ("password option", ["planted-option", "-4717"], "serve --password={} --port 80"),
    ("password argument", ["planted-argument", "-4718"], "serve --password {} --port 80"),
    ("mysql -p", ["planted-mysql", "-4719"], "mysql -uroot -p{} app"),
    ("sshpass", ["planted-sshpass", "-4720"], "sshpass -p {} ssh host"),
    ("redis-cli", ["planted-rediscli", "-4721"], "redis-cli -a {} ping"),
    ("bearer header", ["planted-bearer", "-4722"], "curl -H \"Authorization: Bearer {}\" host"),
    ("basic header", ["bWU6cGxhbnRlZC1iYXNpYw", "=="], "curl -H 'Authorization: Basic {}' host"),
    ("curl user", ["planted-curl", "-4723"], "curl -fsS -u me:{} https://host/x"),
    ("docker login", ["planted-docker", "-4724"], "docker login -u me -p {} registry.example"),
    ("docker login by a pipe", ["planted-stdin", "-4725"], "echo {} | docker login -u me --password-stdin"),
    ("chpasswd", ["planted-chpasswd", "-4726"], "echo root:{} | chpasswd"),
    ("htpasswd", ["planted-htpasswd", "-4727"], "htpasswd -bc /etc/nginx/users me {}"),
    ("netrc", ["planted-netrc", "-4728"], "echo machine host login me password {} > /root/.netrc"),
    (
        "dockerconfigjson",
        ["bWU6cGxhbnRlZC1kb2NrZXJj", "b25maWc="],
        "echo '{\"auths\":{\"host\":{\"auth\":\"{}\"}}}' > /root/.docker/config.json",
    ),
    (
        "connection string",
        ["planted conn", "ection 4729"],
        "sqlrun \"Server=db;Database=a;User Id=me;Password={};\"",
    ),
    ("SQL", ["planted-sql", "-4730"], "mysql -e \"CREATE USER me IDENTIFIED BY '{}'\""),
    ("OpenSSL", ["planted-openssl", "-4731"], "openssl pkcs12 -passout pass:{} -in x"),
    ("hexadecimal", ["5f4dcc3b5aa765d6", "1d8327deb882cf99"], "enroll {}"),
    ("base64", ["q83vEjRWeJq83vEjR", "WeJq83vEjRWeJq83vEjRWeJo="], "enroll {}"),
    ("SendGrid", ["SG", ".plantedAbCdEfGhIjKl.0123456789abcdefghijABCDEF"], "mail {}"),
    ("Vault", ["hv", "s.plantedCAESIJ0123456789abcdef"], "vault login {}"),
    ("age", ["AGE-SECRET", "-KEY-1PLANTED0QQQQQQQQQQQQQQQQQQQQQQ"], "age -d -i {}"),
];

fn value(kind: usize) -> String {
    KINDS[kind].1.concat()
}

fn commands() -> impl Iterator<Item = String> {
    (0..KINDS.len()).map(|kind| KINDS[kind].2.replace("{}", &value(kind)))
}

/// `prefix_0=value`, for every kind. What a name like `TOKEN` or a form announces, a variable's value always is.
fn variables(prefix: &str) -> Vec<String> {
    (0..KINDS.len()).map(|kind| format!("{prefix}_{kind}={}", value(kind))).collect()
}

/// Labels: some have a name that says what they hold, the others hold the command.
fn labels() -> BTreeMap<String, String> {
    let named = (0..KINDS.len()).map(|kind| (format!("app.{kind}.password"), value(kind)));
    named.chain(commands().enumerate().map(|(kind, command)| (format!("app.{kind}.note"), command))).collect()
}

/// Files that catalogers and the scanner of secrets read.
fn layer() -> Vec<u8> {
    let mut layer = Layer::default();
    let mut add = |path: &str, content: String| {
        layer = std::mem::take(&mut layer).entry(path, EntryType::Regular, "", content.as_bytes());
    };
    for kind in 0..KINDS.len() {
        let secret = value(kind);
        add(&format!("srv/{kind}/.env"), format!("API_TOKEN={secret}\nNOTE=x\n"));
        add(&format!("srv/{kind}/.npmrc"), format!("//registry.npmjs.org/:_authToken={secret}\n"));
        add(&format!("srv/{kind}/settings.yml"), format!("password: {secret}\nbroken: [{secret}\n"));
        // Metadata of packages, sound and damaged: errors are reported without the content.
        let package = json!({"name": format!("p{kind}"), "version": "1.0.0", "repository": format!("https://me:{secret}@host/r")});
        add(&format!("srv/{kind}/node_modules/p{kind}/package.json"), package.to_string());
        let damaged =
            json!({"name": format!("d{kind}"), "version": "1", "dependencies": secret, "bin": [secret]});
        add(&format!("srv/{kind}/node_modules/d{kind}/package.json"), damaged.to_string());
        let python = format!("usr/lib/python3/site-packages/q{kind}-1.dist-info");
        add(
            &format!("{python}/METADATA"),
            format!("Name: q{kind}\nVersion: 1\nHome-page: https://me:{secret}@host\n"),
        );
        add(
            &format!("{python}/direct_url.json"),
            json!({"url": format!("https://me:{secret}@host/q"), "vcs_info": secret}).to_string(),
        );
        add(
            &format!("opt/conda/conda-meta/c{kind}-1-0.json"),
            json!({"name": format!("c{kind}"), "version": 7, "url": secret, "files": secret}).to_string(),
        );
    }
    add(
        "root/.netrc",
        (0..KINDS.len()).map(|kind| format!("machine h{kind} login me password {}\n", value(kind))).collect(),
    );
    layer.finish()
}

struct Planted {
    directory: TempDir,
    /// What every value may look like in an output.
    forms: Vec<(usize, String)>,
}

impl Planted {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let planted = Self { forms: forms(), directory };
        planted.image();
        planted.write("Dockerfile", &dockerfile());
        planted.write("compose.json", &compose().to_string());
        planted.write("compose.yml", &compose_yaml());
        planted.write("inspect.json", &inspect().to_string());
        planted.write("events.jsonl", &events());
        planted
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.path(name), content).unwrap();
    }

    fn image(&self) {
        let root = self.path("layout");
        let layout = Layout::new(&root);
        let layers = [layer()];
        let mut config = plimsoll_tests::craft::config(&layers, "amd64");
        let arguments = variables("ARG").join(" ");
        let mut history: Vec<Value> = commands()
            .flat_map(|command| {
                [
                    json!({"created_by": format!("RUN /bin/sh -c {command} # buildkit"), "empty_layer": true}),
                    json!({"created_by": format!("RUN |1 SOME={command} /bin/sh -c make # buildkit"), "empty_layer": true}),
                    json!({"created_by": format!("/bin/sh -c #(nop)  LABEL note={command}"), "empty_layer": true}),
                ]
            })
            .collect();
        for text in [
            format!("ENV {}", variables("ENV").join(" ")),
            format!("/bin/sh -c #(nop)  ARG {arguments}"),
            format!("ONBUILD ENV {arguments}"),
            format!("RUN |{} {arguments} /bin/sh -c make # buildkit", KINDS.len()),
        ] {
            history.push(json!({"created_by": text, "empty_layer": true}));
        }
        history.push(json!({"created_by": "COPY . /srv # buildkit"}));
        config["history"] = history.into();
        let split: Vec<String> =
            commands().flat_map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
        config["config"] = json!({
            "Env": variables("APP"),
            "Labels": labels(),
            "Cmd": commands().flat_map(|command| ["sh".to_owned(), "-c".to_owned(), command]).collect::<Vec<_>>(),
            "Entrypoint": split,
            "Healthcheck": {"Test": ["CMD-SHELL", commands().collect::<Vec<_>>().join(" ; ")]},
        });
        let blobs = [layout.blob(plimsoll_tests::craft::LAYER, &layers[0])];
        layout.finish(&[layout.manifest(&config, &blobs)]);
    }

    /// Fails if any value is in what was printed.
    fn nothing_in(&self, what: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let leaks: Vec<String> = self
            .forms
            .iter()
            .filter_map(|(kind, form)| {
                let at = text.find(form.as_str())?;
                let start = text.floor_char_boundary(at.saturating_sub(60));
                let end = text.ceil_char_boundary((at + form.len() + 10).min(text.len()));
                Some(format!("{}: {:?}", KINDS[*kind].0, &text[start..end]))
            })
            .collect();
        assert!(leaks.is_empty(), "{what} gives away {}:\n{}", leaks.len(), leaks.join("\n"));
    }

    fn call(&self, arguments: &[&str]) -> Run {
        let output = program::command().args(arguments).current_dir(self.directory.path()).output().unwrap();
        self.nothing_in(&format!("stdout of {arguments:?}"), &output.stdout);
        self.nothing_in(&format!("stderr of {arguments:?}"), &output.stderr);
        output.into()
    }

    /// Whatever was written, as it lies there and inflated.
    fn check_file(&self, name: &str) {
        let bytes = fs::read(self.path(name)).unwrap();
        self.nothing_in(name, &bytes);
        self.nothing_in(&format!("{name}, inflated"), &inflated(&bytes));
    }
}

/// The value as it is, in JSON, in URLs, and in base64 at each of its three offsets.
fn forms() -> Vec<(usize, String)> {
    let mut forms = Vec::new();
    for kind in 0..KINDS.len() {
        let value = value(kind);
        let mut all = vec![value.clone(), json!(value).to_string().trim_matches('"').to_owned()];
        let escape = |byte: u8| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        };
        all.push(value.bytes().map(escape).collect());
        for offset in 0..3 {
            let padded = [&vec![0; offset], value.as_bytes()].concat();
            // What is not mixed with what comes before and after.
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let encoded = engine.encode(&padded);
                let end = encoded.len() - if padded.len() % 3 == 0 { 0 } else { 2 };
                all.push(encoded[[0, 2, 3][offset]..end].to_owned());
            }
        }
        // Half of a secret is too much of one, too.
        all.push(value[value.len() / 2..].to_owned());
        forms.extend(all.into_iter().filter(|form| form.len() >= 8).map(|form| (kind, form)));
    }
    forms
}

pub(crate) fn inflated(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let packed = match text.split_once("id=\"plimsoll-data\">") {
        Some((_, rest)) => STANDARD.decode(rest.split('<').next().unwrap().trim()).unwrap(),
        None if bytes.starts_with(&[0x1f, 0x8b]) => bytes.to_vec(),
        None => return Vec::new(),
    };
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut out).unwrap();
    out
}

fn dockerfile() -> String {
    let mut text = String::from("FROM scratch\n");
    for (kind, command) in commands().enumerate() {
        let line = command.replace('\n', " ");
        text += &format!(
            "ARG TOKEN_{kind}={0}\nENV VALUE_{kind}={0}\nLABEL app.{kind}.password=\"{0}\"\n",
            value(kind)
        );
        text += &format!("RUN {line}\nHEALTHCHECK CMD {line}\n");
    }
    text + "COPY . /srv\n"
}

fn service() -> Value {
    json!({
        "image": "layout:1",
        "build": {"context": ".", "args": variables("BUILD")},
        "environment": variables("COMPOSE"),
        "command": commands().collect::<Vec<_>>(),
        "entrypoint": commands().collect::<Vec<_>>().join(" ; "),
        "labels": labels(),
        "healthcheck": {"test": commands().collect::<Vec<_>>().join(" ; ")},
        "mem_limit": value(0),
        "logging": {"driver": value(9), "options": {"max-size": value(10), "splunk-token": value(11)}},
    })
}

fn compose() -> Value {
    json!({"name": "planted", "services": {"layout": service()}})
}

fn compose_yaml() -> String {
    let mut text = String::from("services:\n  yaml:\n    image: layout:1\n    environment:\n");
    for kind in 0..KINDS.len() {
        text += &format!("      NAME_{kind}: {}\n", json!(value(kind)));
    }
    // What is broken is named by its place.
    text + &format!("    deploy: {{resources: {{limits: {{memory: {}}}}}}}\n", json!(value(1)))
}

fn inspect() -> Value {
    let split: Vec<String> =
        commands().flat_map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    json!([{
        "Id": "1".repeat(64), "Name": "/layout", "Image": format!("sha256:{}", "2".repeat(64)),
        "Path": commands().next().unwrap(), "Args": split,
        "State": {"Status": "exited", "Running": false, "ExitCode": 1, "Error": commands().collect::<Vec<_>>().join(" ; "),
                  "Health": {"Status": "unhealthy", "Log": [{"Start": "2026-01-01T00:00:00Z", "End": "2026-01-01T00:00:01Z", "ExitCode": 1, "Output": commands().collect::<Vec<_>>().join("\n")}]}},
        "HostConfig": {"Memory": 1000000, "LogConfig": {"Type": "splunk", "Config": {"splunk-token": value(11)}}},
        "Config": {"Image": "layout:1", "Env": variables("INSPECT"), "Labels": labels(), "Cmd": commands().collect::<Vec<_>>(),
                   "Entrypoint": commands().collect::<Vec<_>>(), "Healthcheck": {"Test": ["CMD-SHELL", commands().collect::<Vec<_>>().join(" ; ")]}},
    }])
}

fn events() -> String {
    let mut text = String::new();
    for (at, action) in ["create", "start", "oom", "die"].into_iter().enumerate() {
        let mut attributes = json!(labels());
        attributes["name"] = "layout".into();
        attributes["image"] = "layout:1".into();
        attributes["execID"] = value(3).into();
        let event = json!({"Type": "container", "Action": action, "time": 1_795_365_528 + at,
            "Actor": {"ID": "1".repeat(64), "Attributes": attributes}});
        text += &format!("{event}\n");
    }
    for command in commands() {
        let event = json!({"Type": "container", "Action": format!("exec_start: {command}"), "time": 1_795_365_600,
            "Actor": {"ID": "1".repeat(64), "Attributes": {"name": "layout"}}});
        text += &format!("{event}\n{}\n", json!({"Type": value(0), "Action": 5, "time": command}));
    }
    text
}

#[test]
fn no_output_gives_a_secret_away() {
    let planted = Planted::new();
    let sources =
        ["--memory", "inspect.json", "events.jsonl", "--compose", "compose.json", "--compose", "compose.yml"];
    let build = ["--dockerfile", "Dockerfile"];
    for output in ["planted.plimsoll", "planted.json"] {
        let run =
            planted.call(&[&["snapshot", "layout=layout", "-o", output][..], &sources, &build].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        planted.check_file(output);
    }
    // What is left says that they are there.
    let snapshot = fs::read_to_string(planted.path("planted.json")).unwrap();
    for name in ["APP_0", "COMPOSE_0", "app.0.password", "ARG_0=…"] {
        assert!(snapshot.contains(name), "{name}");
    }
    let file = "planted.plimsoll";
    for command in ["inspect", "packages", "findings"] {
        for format in ["text", "json", "markdown"] {
            for source in [file, "layout"] {
                assert_eq!(planted.call(&[command, source, "--format", format]).code, Some(0));
            }
        }
    }
    for format in ["text", "json", "markdown"] {
        planted.call(&["compare", file, "layout", "--format", format]);
        planted.call(&["check", file, file, "--format", format]);
    }
    for format in ["text", "json"] {
        planted.call(&["why", file, "p0", "--format", format]);
        planted.call(&["whatif", file, "--without", "p0", "--format", format]);
        planted.call(&["split", file, "--format", format]);
    }
    planted.call(&["recommend", file]);
    for language in ["en", "es"] {
        for format in ["markdown", "card", "json"] {
            let run = planted.call(&["report", file, file, "--format", format, "--language", language]);
            assert_eq!(run.code, Some(0), "{}", run.stderr);
        }
        let run = planted.call(&["report", "layout", file, "-o", "report.html", "--language", language]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        planted.check_file("report.html");
        assert!(inflated(&fs::read(planted.path("report.html")).unwrap()).len() > 10_000);
    }
}

#[test]
fn no_error_gives_a_secret_away() {
    let planted = Planted::new();
    for kind in 0..KINDS.len() {
        let secret = value(kind);
        let broken = [
            ("config.json", json!({"schema_version": 2, "services": secret}).to_string()),
            (
                "memory.json",
                json!([{"HostConfig": {}, "State": {"ExitCode": secret}, "Id": {"a": secret}}]).to_string(),
            ),
            (
                "compose.yml",
                format!("services:\n  a:\n    environment: [{secret}\n    mem_limit: '{secret}\n"),
            ),
        ];
        for (name, content) in broken {
            planted.write(name, &content);
            let flag = if name == "compose.yml" { "--compose" } else { "--memory" };
            planted.call(&["snapshot", flag, name, "-o", "out.plimsoll"]);
            planted.call(&["inspect", name]);
        }
        // A config whose fields are of other kinds than they should be.
        let root = planted.path(&format!("broken{kind}"));
        let layout = Layout::new(&root);
        let layer = Layer::default().finish();
        let mut config = plimsoll_tests::craft::config(std::slice::from_ref(&layer), "amd64");
        config["config"] = json!({"Env": {"NAME": secret}, "Labels": secret});
        let blob = layout.blob(plimsoll_tests::craft::LAYER, &layer);
        layout.finish(&[layout.manifest(&config, &[blob])]);
        let run = planted.call(&["inspect", root.to_str().unwrap()]);
        assert_eq!(run.code, Some(2));
    }
    for url in
        ["docker://me:planted-basic-4711@host.invalid/image", "https://me:planted-basic-4711@host.invalid/x"]
    {
        planted.call(&["inspect", url, "--offline"]);
    }
}

/// The directory of a run says nothing either.
#[test]
fn nothing_is_left_beside_an_output() {
    let planted = Planted::new();
    planted.call(&["snapshot", "layout=layout", "-o", "out.plimsoll"]);
    let names = |root: &Path| -> Vec<String> {
        let entries = fs::read_dir(root).unwrap();
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    };
    assert!(names(planted.directory.path()).iter().all(|name| !name.starts_with('.')));
}

/// What `--redact` takes out, and where it is planted: in a name of an image, in instructions, labels, events.
const NAMES: [&str; 9] = [
    "registry.planted.corp",
    "build7.planted.example",
    "10.47.11.12",
    "fd00:47:11::12",
    "plantedalice",
    "/home/plantedbob/project",
    "/mnt/planted/share",
    "plantedcarol",
    "db.planted.internal",
];

fn named(directory: &Path) {
    let root = directory.join("layout");
    let layout = Layout::new(&root);
    let layers = [Layer::default().file("usr/bin/app", 1000, 1).finish()];
    let mut config = plimsoll_tests::craft::config(&layers, "amd64");
    config["config"] = json!({
        "User": "plantedcarol:plantedcarol",
        "Labels": {
            "maintainer": "Alice <plantedalice@planted.example>",
            "com.docker.compose.project.working_dir": "/home/plantedbob/project",
            "note": "http://build7.planted.example:8080/job and fd00:47:11::12",
        },
        "Cmd": ["serve", "--db", "db.planted.internal:5432", "--peer=10.47.11.12"],
    });
    config["history"] = json!([{"created_by": "RUN scp plantedalice@build7.planted.example:/home/plantedbob/project/x . && mount 10.47.11.12:/x /mnt/planted/share # as plantedcarol"}]);
    let blobs = [layout.blob(plimsoll_tests::craft::LAYER, &layers[0])];
    let mut manifest = layout.manifest(&config, &blobs);
    manifest["annotations"] =
        json!({"org.opencontainers.image.ref.name": "registry.planted.corp:5000/team/app:1.2"});
    layout.finish(&[manifest]);
    let compose = json!({"name": "planted", "services": {"app": {
        "image": "registry.planted.corp:5000/team/app:1.2", "mem_limit": "64m",
        "command": ["--listen", "10.47.11.12", "--peer", "http://build7.planted.example"],
    }}});
    fs::write(directory.join("compose.json"), compose.to_string()).unwrap();
    let inspect = json!([{"Id": "1".repeat(64), "Name": "/app", "Path": "serve", "Args": ["--home", "/home/plantedbob/project"],
        "State": {"Status": "running", "Running": true}, "HostConfig": {"Memory": 1},
        "Config": {"Image": "registry.planted.corp:5000/team/app:1.2", "Labels": {"com.docker.compose.service": "app"}}}]);
    fs::write(directory.join("inspect.json"), inspect.to_string()).unwrap();
}

#[test]
fn redacted_outputs_say_nothing_of_the_machine() {
    let directory = TempDir::new().unwrap();
    named(directory.path());
    let planted: Vec<String> =
        NAMES.iter().map(|name| (*name).to_owned()).chain(["planted.corp".to_owned()]).collect();
    let check = |what: &str, bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        let found: Vec<_> = planted.iter().filter(|name| text.contains(name.as_str())).collect();
        assert!(found.is_empty(), "{what}: {found:?}");
    };
    let call = |arguments: &[&str]| {
        let output = program::command()
            .args(arguments)
            .arg("--redact")
            .current_dir(directory.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        check(&format!("{arguments:?}"), &output.stdout);
        output.stdout
    };
    let memory = ["--memory", "inspect.json", "--compose", "compose.json"];
    for name in ["a.plimsoll", "b.plimsoll"] {
        call(&[&["snapshot", "app=layout", "-o", name][..], &memory].concat());
    }
    let file = |name: &str| fs::read(directory.path().join(name)).unwrap();
    assert_eq!(file("a.plimsoll"), file("b.plimsoll"), "pseudonyms are stable");
    let snapshot = inflated(&file("a.plimsoll"));
    check("the snapshot", &snapshot);
    let text = String::from_utf8_lossy(&snapshot);
    for word in ["host-", "ip-", "user-", "path-", "/team/app:1.2", "usr/bin/app"] {
        assert!(text.contains(word), "{word}: {text}");
    }
    // What was written without it can be redacted later, and comes to the same.
    let run = program::command()
        .args(["snapshot", "app=layout", "-o", "plain.plimsoll"])
        .args(memory)
        .current_dir(directory.path())
        .status()
        .unwrap();
    assert!(run.success());
    assert!(String::from_utf8_lossy(&inflated(&file("plain.plimsoll"))).contains("registry.planted.corp"));
    for source in ["plain.plimsoll", "layout", "a.plimsoll"] {
        for command in ["inspect", "findings", "packages"] {
            for format in ["text", "json", "markdown"] {
                call(&[command, source, "--format", format]);
            }
        }
        for format in ["text", "json", "markdown"] {
            call(&["compare", source, "layout", "--format", format]);
        }
        for format in ["markdown", "json", "card"] {
            call(&["report", source, source, "--format", format]);
        }
        call(&["report", source, "plain.plimsoll", "-o", "report.html"]);
        check("report.html", &file("report.html"));
        check("report.html, inflated", &inflated(&file("report.html")));
    }
}
