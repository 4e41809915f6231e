//! `plimsoll fix`: what it prints, what it writes, and how a build proves it.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![expect(clippy::disallowed_methods, reason = "tests read what was written")]

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output};

use plimsoll_snapshot::{
    Attributes, Bytes, Compression, Config, ContentHash, Contents, DiffId, Digest, EntriesBuilder,
    HistoryEntry, Image, ImageLayer, Layer, Node, Platform, SCHEMA_VERSION, Service, Snapshot, Source,
    Transport,
};

const DOCKERFILE: &str =
    "FROM debian\nCOPY . /app\n# For the service.\nRUN useradd app && chown -R app:app /app\n";

/// A directory with a Dockerfile and the snapshot of its image.
fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("Dockerfile"), DOCKERFILE).unwrap();
    let steps = ["ADD rootfs /", "COPY . /app", "RUN useradd app && chown -R app:app /app"];
    let files: [&[(&str, u64)]; 3] = [
        &[("usr/bin/find", 1)],
        &[("app/data", 4_000_000), ("app/old.log", 900_000)],
        &[("app/data", 4_000_000), ("app/old.log", 900_000)],
    ];
    let layer = |(at, files): (u8, &&[(&str, u64)])| {
        let mut entries = EntriesBuilder::default();
        for (path, size) in *files {
            let node = Node::File { size: Bytes(*size), content: ContentHash(*size) };
            entries.push(path.as_bytes(), node, Attributes { mode: 0o755, ..Attributes::default() });
        }
        let contents = Contents { entries: entries.finish().0, ..Contents::default() };
        Layer { diff_id: DiffId::new(Digest::sha256([at; 32])), contents: Some(contents.into()) }
    };
    let image = Image {
        reference: None,
        tags: vec![],
        source: Source { transport: Transport::DockerArchive, name: "app.tar".into() },
        id: Digest::sha256([9; 32]),
        manifest_digest: None,
        platform: Platform::default(),
        created: None,
        config: Config::default(),
        layers: (0..3)
            .map(|at| ImageLayer {
                layer: at,
                digest: None,
                compression: Compression::None,
                blob_bytes: Bytes(0),
                history: Some(at),
            })
            .collect(),
        history: steps
            .map(|step| HistoryEntry { created_by: step.into(), created: None, empty_layer: false })
            .into(),
        warnings: vec![],
    };
    let snapshot = Snapshot {
        schema_version: SCHEMA_VERSION,
        services: vec![Service { name: "app".into(), image: 0, build: None }],
        images: vec![image],
        layers: (0..).zip(&files).map(layer).collect(),
        ..Snapshot::default()
    };
    let file = File::create(directory.path().join("app.plimsoll")).unwrap();
    plimsoll_snapshot::write_gzip(&snapshot, file).unwrap();
    directory
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_plimsoll")).args(arguments).current_dir(directory).output().unwrap()
}

fn fix(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = run(directory, &[&["fix", "app.plimsoll"], arguments].concat());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const FIXED: &str = "FROM debian\nRUN useradd app\nCOPY --chown=app:app . /app\n# For the service.\nRUN find /app \\( ! -user app -o ! -group app \\) -exec chown -h app:app {} +\n";

#[test]
fn a_patch_is_printed_and_nothing_is_written() {
    let project = project();
    let (code, out, err) = fix(project.path(), &["--patch", "fixes.patch"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("rewritten-files") && out.contains("--- a/Dockerfile\n+++ b/Dockerfile\n"), "{out}");
    assert!(out.contains("--- /dev/null\n+++ b/.dockerignore\n"), "{out}");
    assert_eq!(fs::read_to_string(project.path().join("Dockerfile")).unwrap(), DOCKERFILE);
    assert!(!project.path().join(".dockerignore").exists());
    // The patch is one that the usual programs apply, whatever stands before it.
    for patch in [fs::read_to_string(project.path().join("fixes.patch")).unwrap(), out] {
        let applied = self::project();
        fs::write(applied.path().join("p"), patch).unwrap();
        let status = Command::new("git").args(["apply", "p"]).current_dir(applied.path()).status().unwrap();
        assert!(status.success());
        assert_eq!(fs::read_to_string(applied.path().join("Dockerfile")).unwrap(), FIXED);
    }
}

#[test]
fn files_are_changed_if_that_is_asked_for() {
    let project = project();
    assert_eq!(fix(project.path(), &["--write"]).0, 0);
    assert_eq!(fs::read_to_string(project.path().join("Dockerfile")).unwrap(), FIXED);
    assert_eq!(fs::read_to_string(project.path().join(".dockerignore")).unwrap(), ".dockerignore\n*.log\n");
    // The image is not that of the new file any more.
    let (code, out, _) = fix(project.path(), &["--rule", "rewritten-files"]);
    assert!(code == 0 && out.contains("Nothing to change"), "{out}");
}

#[test]
fn documents_have_every_form() {
    let project = project();
    let (_, json, _) = fix(project.path(), &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["format"], "plimsoll-fix");
    assert_eq!(json["fixed"][1]["rule"], "rewritten-files");
    assert_eq!(json["fixed"][1]["saving_bytes"], 4_900_000);
    assert_eq!(json["files"][1]["path"], ".dockerignore");
    let (_, markdown, _) = fix(project.path(), &["--format", "markdown", "--language", "es"]);
    assert!(
        markdown.contains("| Ahorra | Hallazgo |") && markdown.contains("```diff\n--- a/Dockerfile"),
        "{markdown}"
    );
}

#[test]
fn bad_input_is_an_error_with_a_next_step() {
    let project = project();
    let write = |text: &[u8]| fs::write(project.path().join("Dockerfile"), text).unwrap();
    for (text, words) in [
        (&b"FROM x\nRUN other\n"[..], "no instruction of `Dockerfile` made a layer"),
        (b"FROM x\nRUN other\n", "line 2: `RUN other`; the image was made by `ADD rootfs /`; `COPY . /app`"),
        (b"# {{ x }}\nFROM {{ base }}\n", "is a template: line 2 is `FROM {{ base }}`"),
        (b"FROM x\n{% if x %}\n", "is a template: line 2"),
        (b"FROM x\nRAN x\n", "is not an instruction"),
        (b"", "has no `FROM`"),
        (b"FROM x\n\xff\n", "is not UTF-8"),
    ] {
        write(text);
        let (code, out, err) = fix(project.path(), &["--write"]);
        assert!(code == 2 && out.is_empty() && err.contains(words) && err.contains("hint: "), "{err}");
        assert_eq!(fs::read(project.path().join("Dockerfile")).unwrap(), text);
    }
    write(DOCKERFILE.as_bytes());
    for arguments in [
        &["--dockerfile", "Missing"][..],
        &["--dockerfile", "."],
        &["--build", ""],
        &["--build", "true", "--probe", " "],
        &["--compose", "missing.yml"],
        &["--targets", "plimsoll.toml"],
        &["--context", "Dockerfile"],
        &["--service", "web"],
        &["--rule", "rewriten-files"],
        &["--patch", "Dockerfile"],
        &["--probe", "true"],
    ] {
        let (code, _, err) = fix(project.path(), arguments);
        assert_eq!(code, 2, "{arguments:?}: {err}");
    }
    assert_eq!(fs::read_to_string(project.path().join("Dockerfile")).unwrap(), DOCKERFILE);
}

/// A stand-in for an engine: its builds copy the Dockerfile, and its images are archives of nothing.
#[cfg(unix)]
fn engine(directory: &Path) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let bin = directory.join("bin");
    fs::create_dir(&bin).unwrap();
    let script = bin.join("docker");
    fs::write(
        &script,
        "#!/bin/sh\ncase $1 in version|rmi|build) exit 0 ;; *) echo no image >&2; exit 1 ;; esac\n",
    )
    .unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap())
}

#[test]
#[cfg(unix)]
fn fixes_that_fail_are_found_and_left_out() {
    let project = project();
    let path = engine(project.path());
    let call = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["fix", "app.plimsoll"])
            .args(arguments)
            .env("PATH", &path)
            .env("PLIMSOLL_BIN", project.path().join("bin"))
            .current_dir(project.path())
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    // The build fails if the owner is set while copying.
    let (code, _, err) = call(&["--build", "! grep -q chown= Dockerfile"]);
    assert_eq!(code, 2, "{err}");
    assert!(
        err.contains("rewritten-files: the build fails") && err.contains("no engine has the image"),
        "{err}"
    );
    let (code, _, err) = call(&["--build", "true", "--probe", "echo broken; exit 1"]);
    assert!(code == 2 && err.contains("the probe fails without any fix: broken"), "{err}");
    // One that fails now and then says nothing.
    let flaps = "if [ -e ../seen ]; then exit 0; fi; touch ../seen; echo late; exit 1";
    let (code, _, err) = call(&["--build", "true", "--probe", flaps]);
    assert!(code == 2 && err.contains("the probe failed 1 of 2 times with the same image: late"), "{err}");
    // The engine dies with the build.
    let (code, _, err) = call(&["--build", "rm \"$PLIMSOLL_BIN/docker\"; exit 1"]);
    assert!(code == 2 && err.contains("`docker` stopped answering"), "{err}");
    fs::remove_dir_all(project.path().join("bin")).unwrap();
    engine(project.path());
    let (code, _, err) = call(&["--build", "sleep 60", "--timeout", "1s"]);
    assert!(code == 2 && err.contains("it took more than 1 s"), "{err}");
    assert_eq!(fs::read_to_string(project.path().join("Dockerfile")).unwrap(), DOCKERFILE);
    // A Dockerfile from elsewhere is changed, too, and is no part of the context.
    fs::create_dir_all(project.path().join("elsewhere")).unwrap();
    fs::rename(project.path().join("Dockerfile"), project.path().join("elsewhere/app.Dockerfile")).unwrap();
    fs::create_dir_all(project.path().join("context")).unwrap();
    let build = "grep -q chown= \"$PLIMSOLL_DOCKERFILE\" && [ ! -e app.Dockerfile ]";
    let (code, _, err) =
        call(&["--dockerfile", "elsewhere/app.Dockerfile", "--context", "context", "--build", build]);
    assert!(code == 2 && err.contains("no engine has the image"), "{err}");
}

#[test]
#[cfg(unix)]
fn an_interruption_leaves_nothing_behind() {
    let project = project();
    let (path, temporary) = (engine(project.path()), project.path().join("tmp"));
    fs::create_dir(&temporary).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["fix", "app.plimsoll", "--build", "touch ../started; sleep 61.5"])
        .env("PATH", &path)
        .env("TMPDIR", &temporary)
        .current_dir(project.path())
        .spawn()
        .unwrap();
    let started =
        || fs::read_dir(&temporary).unwrap().flatten().any(|entry| entry.path().join("started").exists());
    while !started() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
}

#[test]
#[cfg(unix)]
fn all_files_are_written_or_none() {
    use std::os::unix::fs::symlink;
    let project = project();
    symlink("nowhere/.dockerignore", project.path().join(".dockerignore")).unwrap();
    let (code, _, err) = fix(project.path(), &["--write"]);
    assert!(code == 2 && err.contains("is a link to nothing"), "{err}");
    assert_eq!(fs::read_to_string(project.path().join("Dockerfile")).unwrap(), DOCKERFILE);
    fs::remove_file(project.path().join(".dockerignore")).unwrap();
    // A patch does not take the place of what it changes.
    assert_eq!(fix(project.path(), &["--patch", ".dockerignore"]).0, 2);
    assert!(!project.path().join(".dockerignore").exists());
    // Alone on standard output, it is only the patch.
    let (_, out, _) = fix(project.path(), &["--patch", "-"]);
    assert!(out.starts_with("--- a/Dockerfile\n"), "{out}");
}

#[test]
#[cfg(unix)]
fn an_engine_that_does_not_answer_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = project();
    let bin = project.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let program = |name: &str, script: &str| {
        fs::write(bin.join(name), format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    };
    let dead = "echo Cannot connect to the daemon >&2; exit 1";
    program("docker", dead);
    program("podman", "[ \"$1\" = version ]");
    program("buildah", dead);
    let call = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["fix", "app.plimsoll"])
            .args(arguments)
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .current_dir(project.path())
            .output()
            .unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let said = call(&["--build", "auto"]);
    assert!(said.contains("`docker` does not answer (Cannot connect to the daemon); using podman"), "{said}");
    let said = call(&["--build", "docker"]);
    assert!(said.contains("`docker` does not answer: Cannot connect to the daemon"), "{said}");
    program("podman", dead);
    let said = call(&["--build", "auto"]);
    assert!(said.contains("no engine works: `docker version` fails"), "{said}");
}

/// A stand-in for an engine with containers: their health check is a file.
#[test]
#[cfg(unix)]
fn the_health_check_is_the_probe_if_there_is_no_other() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = project();
    let bin = project.path().join("bin");
    fs::create_dir(&bin).unwrap();
    let script = "#!/bin/sh\necho \"$@\" >> \"$CALLS\"\ncase \"$1 $2\" in\n\
        'exec '*) shift 2; \"$@\" ;;\n'run '*) echo warning; echo c0ffee ;;\n'inspect '*) cat \"$STATE\" ;;\n'logs '*) echo bye ;;\n\
        'save '*) echo no image >&2; exit 1 ;;\nesac\n";
    fs::write(bin.join("docker"), script).unwrap();
    fs::set_permissions(bin.join("docker"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut snapshot =
        plimsoll_snapshot::read(File::open(project.path().join("app.plimsoll")).unwrap()).unwrap();
    let (calls, state) = (project.path().join("calls"), project.path().join("state"));
    for (test, running, expected) in [
        ("true", "true", "cannot save"),
        ("false", "false", "the probe fails without any fix: the container ended: bye"),
    ] {
        snapshot.images[0].config.health_check = Some(plimsoll_snapshot::HealthCheck {
            test: vec!["CMD".into(), test.into()],
            interval_ns: 0,
            timeout_ns: 0,
            start_period_ns: 0,
            retries: 0,
        });
        let file = File::create(project.path().join("app.plimsoll")).unwrap();
        plimsoll_snapshot::write_gzip(&snapshot, file).unwrap();
        fs::write(&state, running).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
            .args(["fix", "app.plimsoll", "--build", "docker"])
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .env("CALLS", &calls)
            .env("STATE", &state)
            .current_dir(project.path())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(expected), "{said}");
        let calls = fs::read_to_string(&calls).unwrap();
        assert!(
            calls.contains("run --detach --network none") && calls.contains("rm --force c0ffee"),
            "{calls}"
        );
    }
}

#[test]
fn without_a_dockerfile_one_is_reconstructed() {
    let project = project();
    fs::remove_file(project.path().join("Dockerfile")).unwrap();
    let (code, out, err) = fix(project.path(), &[]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("reconstructed from the history") && out.contains("+COPY --chown=app:app . /app"),
        "{out}"
    );
    for option in [&["--write"][..], &["--patch", "p"], &["--build", "auto"]] {
        let (code, _, err) = fix(project.path(), option);
        assert!(code == 2 && err.contains("needs a Dockerfile"), "{err}");
    }
    assert!(!project.path().join("Dockerfile").exists());
    let (_, json, _) = fix(project.path(), &["--format", "json"]);
    assert!(json.contains("\"is_reconstructed\": true"), "{json}");
}

#[test]
#[cfg(unix)]
fn patches_of_odd_names_apply() {
    for (name, programs) in [("my file", &["git", "patch"][..]), ("a\"b\\c", &["git", "patch"])] {
        for program in programs {
            let project = project();
            let place = project.path().join(name);
            fs::create_dir(&place).unwrap();
            fs::rename(project.path().join("Dockerfile"), place.join("Dockerfile")).unwrap();
            let dockerfile = format!("{name}/Dockerfile");
            let (code, _, err) = fix(project.path(), &["--dockerfile", &dockerfile, "--patch", "p"]);
            assert_eq!(code, 0, "{err}");
            let arguments = if *program == "git" { &["apply", "p"][..] } else { &["-p1", "-i", "p"] };
            let output = Command::new(program).args(arguments).current_dir(project.path()).output();
            // `patch` is not everywhere.
            let Ok(output) = output else { continue };
            assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(fs::read_to_string(place.join("Dockerfile")).unwrap(), FIXED);
            assert!(place.join(".dockerignore").exists());
        }
    }
}

#[test]
fn images_for_windows_are_refused() {
    let project = project();
    let path = project.path().join("app.plimsoll");
    let mut snapshot = plimsoll_snapshot::read(File::open(&path).unwrap()).unwrap();
    snapshot.images[0].platform.os = "windows".into();
    plimsoll_snapshot::write_gzip(&snapshot, File::create(&path).unwrap()).unwrap();
    let (code, _, err) = fix(project.path(), &[]);
    assert!(code == 2 && err.contains("image for Windows"), "{err}");
}

#[test]
fn the_compose_file_is_a_part_of_the_patch() {
    let project = project();
    let compose = "services:\n  # The service.\n  app:\n    build: .\n  db: {image: other}\n";
    let write = |name: &str, text: &str| fs::write(project.path().join(name), text).unwrap();
    write("compose.yml", compose);
    write("plimsoll.toml", "version = 1\n[services.app]\nlimit = \"1 GB\"\n");
    let arguments = ["--compose", "compose.yml", "--targets", "plimsoll.toml", "--write"];
    let (code, out, err) = fix(project.path(), &arguments);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("--- a/compose.yml") && out.contains("--- a/Dockerfile"), "{out}");
    let written = fs::read_to_string(project.path().join("compose.yml")).unwrap();
    let limit = "    deploy:\n      resources:\n        limits:\n          memory: 1024M\n";
    assert!(
        written.contains(limit) && written.contains("  db: {image: other, logging: {driver: json-file, "),
        "{written}"
    );
    assert_eq!(fs::read_to_string(project.path().join("Dockerfile")).unwrap(), FIXED);
    // Files without a service of the image, or without services.
    for (text, words) in
        [("services: {a: {image: b}}\n", "no service of `compose.yml` runs `app.plimsoll`"), ("[]\n", "")]
    {
        write("compose.yml", text);
        let (code, _, err) = fix(project.path(), &["--compose", "compose.yml", "--write"]);
        assert!(code == 2 && err.contains(words) && err.contains("hint: "), "{err}");
        assert_eq!(fs::read_to_string(project.path().join("compose.yml")).unwrap(), text);
    }
}
