//! What `--redact` takes out: names of machines, people and owners, planted wherever an image, a Dockerfile, a compose file
//! or an engine may hold one. No output has any of them, and what a report is about stays.

mod cases;

use std::fs;
use std::path::PathBuf;

use cases::{COMMANDS, INSTRUCTIONS, KEPT, LABELS};
use plimsoll_tests::craft::{self, Layer, Layout};
use plimsoll_tests::program::{self, Run};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::secrets::inflated;

/// A separate name for each case.
fn name(pattern: &str, case: usize) -> String {
    let letters: String =
        [case / 26, case % 26].iter().map(|&at| char::from(b"abcdefghijklmnopqrstuvwxyz"[at])).collect();
    pattern.replace('~', &letters).replace('#', &(case % 10).to_string())
}

/// The texts of cases, and the names in them.
fn filled(cases: &[(&str, &str)], first: usize) -> Vec<(String, String)> {
    let fill = |(case, (text, pattern)): (usize, &(&str, &str))| {
        let name = name(pattern, first + case);
        (text.replace("{}", &name), name)
    };
    cases.iter().enumerate().map(fill).collect()
}

fn commands() -> Vec<(String, String)> {
    filled(&COMMANDS, 0)
}

fn instructions() -> Vec<(String, String)> {
    filled(&INSTRUCTIONS, COMMANDS.len())
}

/// Labels, and the names in them.
fn labels() -> Vec<(String, String, String)> {
    let first = COMMANDS.len() + INSTRUCTIONS.len();
    let fill = |(case, (key, value, pattern)): (usize, &(&str, &str, &str))| {
        let name = name(pattern, first + case);
        (key.replace("{}", &name), value.replace("{}", &name), name)
    };
    LABELS.iter().enumerate().map(fill).collect()
}

/// Fields that are a name as a whole.
const FIELDS: [&str; 11] = [
    "fieldannotated",
    "fieldcomposed",
    "fieldinspected",
    "registry.fieldone.com",
    "registry.fieldtwo.com",
    "fielduser",
    "fieldgroup",
    "fieldproject",
    "fieldnamespace",
    "fieldpod-7d9f8b6c5-x2x9z",
    "fieldfile.acme.com",
];

struct Planted {
    directory: TempDir,
    names: Vec<String>,
}

impl Planted {
    fn new() -> Self {
        let names = commands().into_iter().chain(instructions()).map(|(_, name)| name);
        let names =
            names.chain(labels().into_iter().map(|(_, _, name)| name)).chain(FIELDS.map(str::to_owned));
        let planted = Self { directory: TempDir::new().unwrap(), names: names.collect() };
        planted.image();
        planted.write("Dockerfile", &dockerfile());
        planted.write("compose.json", &compose().to_string());
        planted.write("inspect.json", &inspect().to_string());
        planted.write("pods.json", &pods().to_string());
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
        let layers = [Layer::default().file("usr/bin/app", 1000, 1).finish()];
        let mut config = craft::config(&layers, "amd64");
        let labels: Map<String, Value> =
            labels().into_iter().map(|(key, value, _)| (key, value.into())).collect();
        let noted = commands()
            .into_iter()
            .enumerate()
            .map(|(case, (text, _))| (format!("note{case}"), Value::from(text)));
        config["config"] = json!({
            "User": "fielduser:fieldgroup",
            "WorkingDir": "/srv/app",
            "Labels": labels.into_iter().chain(noted).collect::<Map<_, _>>(),
            "Entrypoint": arguments(),
            "Cmd": commands().into_iter().flat_map(|(text, _)| ["sh".to_owned(), "-c".to_owned(), text]).collect::<Vec<_>>(),
            "Healthcheck": {"Test": ["CMD-SHELL", joined()]},
        });
        let step = |text: String| json!({"created_by": text, "empty_layer": true});
        let mut history: Vec<Value> = commands()
            .into_iter()
            .map(|(text, _)| step(format!("RUN /bin/sh -c {text} # buildkit")))
            .collect();
        history.extend(commands().into_iter().map(|(text, _)| step(format!("/bin/sh -c {text}"))));
        history.extend(instructions().into_iter().map(|(text, _)| step(text)));
        history
            .extend(instructions().into_iter().map(|(text, _)| step(format!("/bin/sh -c #(nop)  {text}"))));
        history.extend(KEPT.iter().map(|text| step(format!("RUN {text}"))));
        history.push(json!({"created_by": "COPY . /srv/app # buildkit"}));
        config["history"] = history.into();
        let blobs = [layout.blob(craft::LAYER, &layers[0])];
        let mut manifest = layout.manifest(&config, &blobs);
        manifest["annotations"] = json!({"org.opencontainers.image.ref.name": "registry.fieldone.com:5000/fieldannotated/team/app:1.2"});
        layout.finish(&[manifest]);
    }

    fn nothing_in(&self, what: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        let leak = |name: &&String| {
            let name = name.to_lowercase();
            let in_json = json!(name).to_string();
            let at = text.find(&name).or_else(|| text.find(in_json.trim_matches('"')))?;
            let (start, end) = (
                text.floor_char_boundary(at.saturating_sub(50)),
                text.ceil_char_boundary(at + name.len() + 10),
            );
            Some(format!("{name}: {:?}", &text[start..end.min(text.len())]))
        };
        let leaks: Vec<String> = self.names.iter().filter_map(|name| leak(&name)).collect();
        assert!(
            leaks.is_empty(),
            "{what} gives away {} of {}:\n{}",
            leaks.len(),
            self.names.len(),
            leaks.join("\n")
        );
    }

    fn call(&self, arguments: &[&str]) -> Run {
        let output = program::command()
            .args(arguments)
            .arg("--redact")
            .current_dir(self.directory.path())
            .output()
            .unwrap();
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

/// The commands without quotes, argument by argument.
fn arguments() -> Vec<String> {
    let plain = commands().into_iter().filter(|(text, _)| !text.contains(['"', '\'']));
    plain
        .flat_map(|(text, _)| text.split(' ').map(str::to_owned).chain(["&&".to_owned()]).collect::<Vec<_>>())
        .collect()
}

fn joined() -> String {
    commands().into_iter().map(|(text, _)| text).collect::<Vec<_>>().join(" && ")
}

fn dockerfile() -> String {
    let mut text = String::from("FROM scratch\n");
    for (instruction, _) in instructions() {
        text += &format!("{instruction}\n");
    }
    for (command, _) in commands() {
        text += &format!("RUN {command}\nHEALTHCHECK CMD {command}\n");
    }
    for (key, value, _) in labels() {
        text += &format!("LABEL {key}={}\n", json!(value));
    }
    text + "COPY . /srv/app\n"
}

fn compose() -> Value {
    json!({"name": "fieldproject", "services": {"app": {
        "image": "registry.fieldtwo.com/fieldcomposed/team/app:1.2", "mem_limit": "64m", "command": arguments(),
        "healthcheck": {"test": joined()},
    }}})
}

fn inspect() -> Value {
    json!([{"Id": "1".repeat(64), "Name": "/fieldproject-app-1", "Path": "sh", "Args": ["-c", joined()],
        "State": {"Status": "running", "Running": true}, "HostConfig": {"Memory": 1_000_000},
        "Config": {"Image": "registry.fieldtwo.com/fieldinspected/team/app:1.2", "Labels": {
            "com.docker.compose.service": "app", "com.docker.compose.project": "fieldproject"}}}])
}

fn pods() -> Value {
    json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "fieldpod-7d9f8b6c5-x2x9z", "namespace": "fieldnamespace"},
        "spec": {"nodeName": "node7.fieldfile.acme.com", "containers": [{"name": "api", "image": "fieldfile.acme.com/team/api:1",
            "resources": {"limits": {"memory": "64Mi"}}}]}})
}

#[test]
fn no_output_names_a_machine_or_a_person() {
    let planted = Planted::new();
    let sources =
        ["--memory", "inspect.json", "pods.json", "--compose", "compose.json", "--dockerfile", "Dockerfile"];
    for output in ["a.plimsoll", "b.json"] {
        let run = planted.call(&[&["snapshot", "app=layout", "-o", output][..], &sources].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        planted.check_file(output);
    }
    let text = fs::read_to_string(planted.path("b.json")).unwrap();
    let snapshot: Value = serde_json::from_str(&text).unwrap();
    let history = snapshot["images"][0]["history"].as_array().unwrap();
    let (first, last) = (history.len() - 1 - KEPT.len(), history.len() - 1);
    for (step, kept) in history[first..last].iter().zip(KEPT) {
        assert_eq!(step["created_by"], format!("RUN {kept}"));
    }
    for kept in ["/team/app:1.2", "-app-1", "\"name\":\"app\""] {
        assert!(text.contains(kept), "{kept}");
    }
    // What was written without it can be redacted later, and redacted again, and comes to the same.
    let plain = [&["snapshot", "app=layout", "-o", "plain.plimsoll"][..], &sources].concat();
    assert!(program::command().args(plain).current_dir(planted.directory.path()).status().unwrap().success());
    for source in ["a.plimsoll", "plain.plimsoll", "layout"] {
        for command in ["inspect", "packages", "findings"] {
            for format in ["text", "json", "markdown"] {
                assert_eq!(planted.call(&[command, source, "--format", format]).code, Some(0));
            }
        }
        for format in ["text", "json", "markdown"] {
            planted.call(&["compare", source, "plain.plimsoll", "--format", format]);
        }
        for format in ["markdown", "card", "json"] {
            planted.call(&["report", source, source, "--format", format]);
        }
        planted.call(&["report", source, "plain.plimsoll", "-o", "report.html"]);
        planted.check_file("report.html");
        planted.call(&["recommend", source]);
    }
    let once = planted.call(&["inspect", "plain.plimsoll", "--format", "json"]).stdout;
    assert_eq!(
        planted.call(&["inspect", "a.plimsoll", "--format", "json"]).stdout,
        once,
        "pseudonyms are stable"
    );
    assert!(planted.names.len() >= 150, "{}", planted.names.len());
}

#[test]
fn no_message_names_a_machine_or_a_person() {
    let planted = Planted::new();
    for source in ["docker://registry.fieldone.com/team/app", "docker://fieldfile.acme.com:5000/x"] {
        let run = planted.call(&["inspect", source, "--offline"]);
        assert_eq!(run.code, Some(2), "{}", run.stderr);
    }
    let (read, _) = commands().into_iter().find(|(text, _)| text.starts_with("cat /home/")).unwrap();
    let run = planted.call(&["inspect", &read["cat ".len()..]]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}
