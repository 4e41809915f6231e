//! The places where secrets are planted: fields of images, Dockerfiles, compose files, engines and packages.

use std::fs;
use std::path::Path;

use plimsoll_tests::craft::{self, Layer, Layout};
use serde_json::{Value, json};
use tar::EntryType;

use super::Holds::{self, Anything, Commands, Names};
use super::kinds::{KINDS, Kind};

/// A place: its name, and what is planted there.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) holds: Holds,
}

const fn place(name: &'static str, holds: Holds) -> Place {
    Place { name, holds }
}

pub(super) const PLACES: [Place; 48] = [
    // History of an image.
    place("RUN of BuildKit", Commands),
    place("RUN of the classic builder", Commands),
    place("build argument of BuildKit", Anything),
    place("build argument of the classic builder", Anything),
    place("LABEL", Commands),
    place("ENV", Anything),
    place("ARG of the classic builder", Anything),
    place("ONBUILD ENV", Anything),
    place("ENV of Windows", Anything),
    place("ENV with tabs", Anything),
    place("CMD as a list", Commands),
    place("CMD of the classic builder", Commands),
    place("HEALTHCHECK", Commands),
    // Config of an image.
    place("Env", Anything),
    place("label that is named a password", Anything),
    place("label", Commands),
    place("Cmd", Commands),
    place("Entrypoint", Commands),
    place("Healthcheck", Commands),
    place("User", Names),
    place("WorkingDir", Names),
    place("Volumes", Names),
    place("name of a label", Names),
    place("StopSignal", Names),
    place("reference of an image", Names),
    // Dockerfile.
    place("RUN of a Dockerfile", Commands),
    place("ARG of a Dockerfile", Anything),
    place("ENV of a Dockerfile", Anything),
    place("HEALTHCHECK of a Dockerfile", Commands),
    place("comment of a Dockerfile", Anything),
    place(".dockerignore", Names),
    // Compose.
    place("environment", Anything),
    place("command", Commands),
    place("entrypoint", Commands),
    place("labels", Anything),
    place("healthcheck", Commands),
    place("args", Anything),
    place("image", Names),
    place("container_name", Names),
    place("depends_on", Names),
    place("profiles", Names),
    // Engines.
    place("Args", Commands),
    place("Error", Anything),
    place("log of a health check", Anything),
    place("attribute of an event", Anything),
    // Packages.
    place("name of an npm package", Names),
    place("version of an npm package", Names),
    place("licence of an npm package", Names),
];

/// What is planted of a kind in a place.
pub(super) fn planted(place: usize, kind: &Kind) -> String {
    match PLACES[place].holds {
        Commands => kind.command(place),
        // A login needs its address to be one.
        Names if kind.sort == super::Sort::Login => {
            kind.command(place).rsplit(' ').next().unwrap().to_owned()
        }
        Names | Anything => kind.value(place),
    }
}

/// Everything that is planted in a place, for each kind.
fn all(name: &str) -> impl Iterator<Item = String> {
    let place =
        PLACES.iter().position(|place| place.name == name).unwrap_or_else(|| panic!("no place {name}"));
    KINDS.iter().map(move |kind| planted(place, kind))
}

fn assignments(name: &str) -> Vec<String> {
    all(name).enumerate().map(|(kind, value)| format!("NAME_{kind}={value}")).collect()
}

/// Writes everything into a directory.
pub(super) fn plant(directory: &Path) {
    image(directory);
    let write = |name: &str, text: String| fs::write(directory.join(name), text).unwrap();
    write("Dockerfile", dockerfile());
    write(".dockerignore", all(".dockerignore").collect::<Vec<_>>().join("\n"));
    write("compose.json", compose().to_string());
    write("inspect.json", inspect().to_string());
    write("events.jsonl", events());
}

fn layer() -> Vec<u8> {
    let mut layer = Layer::default().entry("usr/bin/app", EntryType::Regular, "", b"app");
    let names = all("name of an npm package");
    let versions = all("version of an npm package");
    let licences = all("licence of an npm package");
    for (kind, ((name, version), licence)) in names.zip(versions).zip(licences).enumerate() {
        for (at, package) in [
            json!({"name": name, "version": "1.0.0"}),
            json!({"name": format!("v{kind}"), "version": version}),
            json!({"name": format!("l{kind}"), "version": "1.0.0", "license": licence}),
        ]
        .into_iter()
        .enumerate()
        {
            let path = format!("srv/node_modules/p{kind}-{at}/package.json");
            layer = layer.entry(&path, EntryType::Regular, "", package.to_string().as_bytes());
        }
    }
    layer.finish()
}

fn history() -> Vec<Value> {
    let mut steps: Vec<String> = Vec::new();
    steps.extend(all("RUN of BuildKit").map(|command| format!("RUN /bin/sh -c {command} # buildkit")));
    steps.extend(all("RUN of the classic builder").map(|command| format!("/bin/sh -c {command}")));
    let arguments = assignments("build argument of BuildKit");
    steps.push(format!("RUN |{} {} /bin/sh -c make # buildkit", arguments.len(), arguments.join(" ")));
    steps.extend(
        all("build argument of the classic builder")
            .map(|value| format!("|3 A=/bin/x /bin/y SECOND={value} THIRD={value} /bin/sh -c make")),
    );
    steps.extend(all("LABEL").map(|command| format!("/bin/sh -c #(nop)  LABEL note={command}")));
    steps.push(format!("ENV {}", assignments("ENV").join(" ")));
    steps.push(format!("/bin/sh -c #(nop)  ARG {}", assignments("ARG of the classic builder").join(" ")));
    steps.push(format!("ONBUILD ENV {}", assignments("ONBUILD ENV").join(" ")));
    steps.push(format!("cmd /S /C #(nop) ENV {}", assignments("ENV of Windows").join(" ")));
    steps.push(format!("ENV\t{}", assignments("ENV with tabs").join("\t")));
    steps.extend(all("CMD as a list").map(|command| format!("CMD {}", json!(["sh", "-c", command]))));
    steps.extend(
        all("CMD of the classic builder")
            .map(|command| format!("/bin/sh -c #(nop)  CMD [\"sh\" \"-c\" {}]", json!(command))),
    );
    steps.extend(
        all("HEALTHCHECK").map(|command| format!("HEALTHCHECK &{{[\"CMD-SHELL\" {}]}}", json!(command))),
    );
    let steps = steps.into_iter().map(|step| json!({"created_by": step, "empty_layer": true}));
    steps.chain([json!({"created_by": "COPY . /srv # buildkit"})]).collect()
}

fn scripts(name: &str) -> Vec<String> {
    all(name).flat_map(|command| ["sh".to_owned(), "-c".to_owned(), command]).collect()
}

fn image(directory: &Path) {
    let root = directory.join("layout");
    let layout = Layout::new(&root);
    let layers = [layer()];
    let mut config = craft::config(&layers, "amd64");
    config["history"] = history().into();
    let mut labels = serde_json::Map::new();
    for (kind, value) in all("label that is named a password").enumerate() {
        labels.insert(format!("app.{kind}.password"), value.into());
    }
    for (kind, command) in all("label").enumerate() {
        labels.insert(format!("app.{kind}.note"), command.into());
    }
    labels.extend(all("name of a label").map(|name| (name, "x".into())));
    let volumes: serde_json::Map<_, _> = all("Volumes").map(|volume| (volume, json!({}))).collect();
    config["config"] = json!({
        "Env": assignments("Env"),
        "Labels": labels,
        "Cmd": scripts("Cmd"),
        "Entrypoint": scripts("Entrypoint"),
        "Healthcheck": {"Test": ["CMD-SHELL", all("Healthcheck").collect::<Vec<_>>().join("\n")]},
        "User": all("User").collect::<Vec<_>>().join(" "),
        "WorkingDir": all("WorkingDir").collect::<Vec<_>>().join(" "),
        "StopSignal": all("StopSignal").collect::<Vec<_>>().join(" "),
        "Volumes": volumes,
    });
    let blobs = [layout.blob(craft::LAYER, &layers[0])];
    let manifest = layout.manifest(&config, &blobs);
    let manifests: Vec<Value> = all("reference of an image")
        .map(|reference| {
            let mut named = manifest.clone();
            named["annotations"] =
                json!({"org.opencontainers.image.ref.name": format!("host/app:1 {reference}")});
            named
        })
        .collect();
    // One image of many names is as good as many.
    let joined: Vec<String> = all("reference of an image").collect();
    let mut named = manifests[0].clone();
    named["annotations"]["org.opencontainers.image.ref.name"] = joined.join(" ").into();
    layout.finish(&[named]);
}

fn dockerfile() -> String {
    let one_line = |command: String| command.replace('\n', " ");
    let mut text = String::from("FROM scratch\n");
    for (kind, value) in all("ARG of a Dockerfile").enumerate() {
        text += &format!("ARG TOKEN_{kind}={value}\n");
    }
    for (kind, value) in all("ENV of a Dockerfile").enumerate() {
        text += &format!("ENV VALUE_{kind}={value}\n");
    }
    for comment in all("comment of a Dockerfile") {
        text += &format!("# {comment}\n");
    }
    for command in all("RUN of a Dockerfile").filter(|command| !command.contains('\n')) {
        text += &format!("RUN {command}\n");
    }
    for command in all("HEALTHCHECK of a Dockerfile") {
        text += &format!("HEALTHCHECK CMD {}\n", one_line(command));
    }
    text + "COPY . /srv\n"
}

fn compose() -> Value {
    let list = |name: &str| all(name).collect::<Vec<_>>();
    json!({"name": "planted", "services": {
        "layout": {
            "image": list("image").join(" "),
            "container_name": list("container_name").join(" "),
            "build": {"context": ".", "args": assignments("args")},
            "environment": assignments("environment"),
            "command": scripts("command"),
            "entrypoint": list("entrypoint").join("\n"),
            "labels": assignments("labels"),
            "healthcheck": {"test": list("healthcheck").join("\n")},
            "depends_on": list("depends_on"),
            "profiles": list("profiles"),
        },
    }})
}

fn inspect() -> Value {
    json!([{
        "Id": "1".repeat(64), "Name": "/layout", "Image": format!("sha256:{}", "2".repeat(64)),
        "Path": "run", "Args": scripts("Args"),
        "State": {"Status": "exited", "Running": false, "ExitCode": 1, "Error": all("Error").collect::<Vec<_>>().join(" ; "),
                  "Health": {"Status": "unhealthy", "Log": [{"Start": "2026-01-01T00:00:00Z", "End": "2026-01-01T00:00:01Z", "ExitCode": 1,
                    "Output": all("log of a health check").collect::<Vec<_>>().join("\n")}]}},
        "HostConfig": {"Memory": 1_000_000},
        "Config": {"Image": "layout:1", "Env": [], "Labels": {}},
    }])
}

fn events() -> String {
    let attributes: serde_json::Map<String, Value> = all("attribute of an event")
        .enumerate()
        .map(|(kind, value)| (format!("a{kind}"), value.into()))
        .collect();
    let mut attributes = Value::Object(attributes);
    attributes["name"] = "layout".into();
    let event = json!({"Type": "container", "Action": "start", "time": 1_795_365_528, "Actor": {"ID": "1".repeat(64), "Attributes": attributes}});
    format!("{event}\n")
}
