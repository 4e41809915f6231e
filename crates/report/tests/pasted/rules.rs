//! Images for every rule, made of words that anybody may have chosen.

use plimsoll_snapshot::runtime::{Command, PlannedService};
use plimsoll_snapshot::{Ecosystem, Runtime, Service, Snapshot};

use crate::image::{Step, path, snapshot};

/// The words an image is made of, each in every place that takes one of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// A part of a path.
    pub(crate) part: Vec<u8>,
    pub(crate) package: String,
    pub(crate) version: String,
    pub(crate) reference: String,
    pub(crate) service: String,
    pub(crate) base: String,
    pub(crate) digest: String,
    pub(crate) model: String,
    pub(crate) user: String,
    /// What follows a command of the image's own `RUN`.
    pub(crate) run: String,
    /// The list of requirements that it names.
    pub(crate) list: String,
    /// What stands between the words of its `COPY`.
    pub(crate) copy: String,
    /// Ports, environment, entrypoint, working directory.
    pub(crate) setting: String,
}

/// Where a word goes.
pub(crate) type Place = fn(&mut Words, &[u8]);
pub(crate) const PLACES: [Place; 13] = [
    |words, nasty| words.part = nasty.into(),
    |words, nasty| words.package = text(nasty),
    |words, nasty| words.version = text(nasty),
    |words, nasty| words.reference = text(nasty),
    |words, nasty| words.service = text(nasty),
    |words, nasty| words.base = text(nasty),
    |words, nasty| words.digest = text(nasty),
    |words, nasty| words.model = text(nasty),
    |words, nasty| words.user = text(nasty),
    |words, nasty| words.run = text(nasty),
    |words, nasty| words.list = text(nasty),
    |words, nasty| words.copy = text(nasty),
    |words, nasty| words.setting = text(nasty),
];

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Words {
    pub(crate) fn plain() -> Self {
        Self {
            part: b"plain".into(),
            package: "plain".into(),
            version: "1.2".into(),
            reference: "plain:1".into(),
            service: "web".into(),
            base: "debian".into(),
            digest: format!("sha256:{}", "a".repeat(64)),
            model: "plain/model".into(),
            user: "plain".into(),
            run: "--plain".into(),
            list: "r.txt".into(),
            copy: "--chmod=644".into(),
            setting: "8080/tcp".into(),
        }
    }

    fn run(&self, command: &str) -> String {
        format!("RUN {command} {}", self.run)
    }

    fn copy(&self, words: &str) -> String {
        format!("COPY {} {words}", self.copy)
    }

    fn image(&self, base: &[&[u8]], steps: Vec<Step>) -> Snapshot {
        let base = base
            .iter()
            .fold(Step::new("ADD rootfs /").file(b"etc/x", 1, 1), |step, file| step.file(file, 1, 1));
        let mut snapshot = snapshot(&self.service, &self.reference, base, steps);
        let config = &mut snapshot.images[0].config;
        config.exposed_ports = vec![self.setting.clone()];
        config.env_names = vec![self.setting.clone()];
        config.volumes = vec![self.setting.clone()];
        config.entrypoint = vec![self.setting.clone()];
        config.labels.insert("org.opencontainers.image.base.name".into(), self.base.clone());
        config.labels.insert("org.opencontainers.image.base.digest".into(), self.digest.clone());
        snapshot
    }
}

/// A directory without files of this machine.
fn below(part: &[u8], rest: &[u8]) -> Vec<u8> {
    path(&[b"zz", part, b"/", rest])
}

/// The images that make a rule print all kinds of fixes that it has.
pub(crate) fn images(rule: &str, words: &Words) -> Vec<Snapshot> {
    const MB: u64 = 1_000_000;
    let part = &words.part[..];
    let site = below(part, b"lib/python3.11/site-packages");
    let runs = |commands: &[&str]| commands.iter().map(|command| words.run(command)).collect::<Vec<_>>();
    match rule {
        "cuda-libraries" => {
            let torch = |instruction: String| {
                let torch = Step::new(&instruction)
                    .python(&site, "torch", &words.version, MB)
                    .python(&site, "nvidia-cublas-cu12", "12", 90 * MB)
                    .python(&site, "onnxruntime-gpu", &words.version, MB)
                    .python(&site, "tensorflow", &words.version, MB);
                words.image(&[], vec![torch])
            };
            let commands = runs(&["pip install -r r.txt", "uv sync", "poetry install", "make"]);
            commands.into_iter().map(torch).collect()
        }
        "unused-packages" => {
            let npm = |step: Step, name: &str, place: &[u8]| {
                let place = below(part, &path(&[b"node_modules/", place]));
                let (json, file) = (path(&[&place, b"/package.json"]), path(&[&place, b"/a.js"]));
                step.package(Ecosystem::Npm, &json, name, &words.version, (&file, 9 * MB))
            };
            let installed =
                |run: &str| {
                    let packages = Step::new(run)
                        .python(&site, &words.package, &words.version, 9 * MB)
                        .python(&site, "fine", "1", 9 * MB);
                    npm(npm(packages, &words.package, b"p"), "fine", b"fine")
                };
            // One step takes its packages from a list, and one names them.
            let listed = installed(&words.run("pip install x"));
            let named = installed(&format!("RUN pip install x {}", words.package));
            let code = Step::new("COPY . /app").source(b"app/main.py", Ecosystem::Python, "fine").source(
                &below(part, b"main.js"),
                Ecosystem::Npm,
                "fine",
            );
            vec![words.image(&[], vec![listed, code.clone()]), words.image(&[], vec![named, code])]
        }
        "shared-fat-image" => {
            let packages = Step::new("RUN pip install x").python(b"s", "a", "1", 30 * MB).python(
                b"s",
                "b",
                "1",
                70 * MB,
            );
            let (one, two) = (path(&[b"app/one", part, b"/main.py"]), path(&[b"app/two", part, b"/main.py"]));
            let code = Step::new("COPY . /app").source(&one, Ecosystem::Python, "a").source(
                &two,
                Ecosystem::Python,
                "b",
            );
            let mut snapshot = words.image(&[], vec![packages, code]);
            snapshot.images[0].config.working_dir = "/app".into();
            snapshot.services.push(Service { name: "other".into(), image: 0, build: None });
            let planned =
                [(&words.service, one), (&"other".to_owned(), two)].map(|(name, file)| PlannedService {
                    name: name.clone(),
                    command: Some(Command(vec!["python".into(), format!("/{}", text(&file))])),
                    ..PlannedService::default()
                });
            snapshot.runtime = Some(Runtime { planned: planned.into(), ..Runtime::default() });
            vec![snapshot]
        }
        "rewritten-files" => {
            let file = below(part, b"w/a.bin");
            let chown = format!("RUN useradd -m {0} && chown -R {0} /x {1}", words.user, words.run);
            let owned = |made: String| {
                let made = Step::new(&made).file(&file, 9 * MB, 1);
                words.image(&[], vec![made, Step::new(&chown).file(&file, 9 * MB, 1)])
            };
            let deleted = |made: String, user: String| {
                let made = Step::new(&made).file(&file, 9 * MB, 1);
                words.image(&[], vec![made, Step::new(&user).delete(&file)])
            };
            let rest = text(part);
            vec![
                owned(words.copy("a /x")),
                owned(words.run("make")),
                deleted(words.run("make"), "RUN rm -rf /x".into()),
                deleted(words.copy("wheels /x"), "RUN pip install /x/w && rm -rf /x".into()),
                deleted(words.copy(". /"), words.run("rm -rf /x")),
                deleted(format!("COPY {rest} /x"), "RUN pip install /x/w && rm -rf /x".into()),
                deleted(words.copy("/wheels /x"), "RUN pip install /x/w && rm -rf /x".into()),
            ]
        }
        "build-tools" => {
            let tool = format!("{}-dev", words.package);
            let status = b"var/lib/dpkg/status";
            let dpkg = |step: Step, name: &str, at: u8| {
                step.package(Ecosystem::Dpkg, status, name, &words.version, (&[b'u', b'/', at], 30 * MB))
            };
            let install = format!("apt-get update && apt-get install -y {tool} gcc git curl");
            let named = dpkg(dpkg(Step::new(&words.run(&install)), &tool, b'a'), "gcc", b'b');
            let pip = |list: &str| {
                Step::new(&words.run(&format!("pip install -r {list}"))).python(&site, "a", "1", 1)
            };
            let from_base = ["gcc", "make", "cmake", "git", "bison"].into_iter().zip(b'a'..);
            let from_base = from_base.fold(Step::new("RUN make"), |step, (name, at)| dpkg(step, name, at));
            let alone = dpkg(Step::new("RUN apt-get install -y gcc"), "gcc", b'b');
            vec![
                words.image(&[b"usr/bin/apt-get"], vec![named.clone(), pip("r.txt")]),
                words.image(&[b"usr/bin/apt-get"], vec![named, pip(&words.list)]),
                words.image(&[], vec![alone]),
                words.image(&[], vec![from_base]),
            ]
        }
        "npm-dev-dependencies" => {
            let json =
                path(&[b"app/node_modules/", words.package.replace('\0', "").as_bytes(), b"/package.json"]);
            let made = |command: String| {
                let step = Step::new(&command).develops_with(b"app/package.json", &words.package).package(
                    Ecosystem::Npm,
                    &json,
                    &words.package,
                    &words.version,
                    (b"app/node_modules/x.js", 5 * MB),
                );
                words.image(&[], vec![step])
            };
            runs(&["npm ci", "yarn install", "pnpm install"]).into_iter().map(made).collect()
        }
        "recommended-packages" => {
            let status = b"var/lib/dpkg/status";
            // The lowest layer with packages is that of the base.
            let dash = |step: Step| step.package(Ecosystem::Dpkg, status, "dash", "1", (b"u/dash", 1));
            let base = dash(Step::new("RUN make"));
            let install = Step::new(&words.run("apt-get install -y git"));
            let install = dash(install)
                .package(Ecosystem::Dpkg, status, "git", &words.version, (b"u/git", MB))
                .package(Ecosystem::Dpkg, status, &words.package, &words.version, (b"u/less", 9 * MB))
                .recommended(status, "git", &words.package);
            vec![words.image(&[b"usr/bin/apt-get"], vec![base, install])]
        }
        "model-weights" => {
            let weights = path(&[b"app/m", part, b"/model.safetensors"]);
            let copied = Step::new(&words.copy(". /app")).file(&weights, 90 * MB, 1);
            vec![words.image(&[], vec![copied])]
        }
        "duplicate-models" => {
            let hub = format!(
                "root/.cache/huggingface/hub/models--{}/snapshots/1/",
                words.model.replace('/', "--")
            );
            let file = |name: &str| format!("{hub}{name}").into_bytes();
            let step = Step::new("RUN hf download")
                .file(&file("model.safetensors"), 90 * MB, 1)
                .file(&file("pytorch_model.bin"), 90 * MB, 2)
                .file(&file("config.json"), 5, 3);
            vec![words.image(&[], vec![step])]
        }
        "package-manager-cache" => {
            let cached = |instruction: String, file: Vec<u8>| {
                words.image(&[], vec![Step::new(&instruction).file(&file, 9 * MB, 1).file(b"usr/x", 1, 1)])
            };
            vec![
                cached(words.run("pip install a"), below(part, b".cache/pip/http/a")),
                cached(words.run("apt-get update"), b"var/lib/apt/lists/x".into()),
                cached(words.run("apk add a"), b"var/cache/apk/x".into()),
                cached(words.run("npm ci"), b"root/.npm/_cacache/x".into()),
                cached(words.copy(". /"), below(part, b".cache/pip/http/a")),
            ]
        }
        "context-leftovers" => {
            let copied = Step::new(&words.copy(". /app"))
                .file(&path(&[b"app/", part, b"/.git/a"]), 4 * MB, 1)
                .file(&path(&[b"app/", part, b".log"]), 4 * MB, 2)
                .file(&path(&[b"app/", part, b"/tests/a"]), 4 * MB, 3)
                .file(&path(&[b"app/Dockerfile", part]), 4 * MB, 4)
                .file(&path(&[b"app/", part, b"/coverage/lcov.info"]), 4 * MB, 5)
                .file(&path(&[b"app/", part, b"/a.js.map"]), 4 * MB, 6);
            vec![words.image(&[], vec![copied])]
        }
        "duplicate-files" => {
            let (one, two) = (path(&[b"app/a", part]), path(&[b"app/b", part]));
            let copied = Step::new(&words.copy(". /app")).file(&one, 9 * MB, 1).file(&two, 9 * MB, 1);
            let first = Step::new(&words.copy(". /app")).file(&one, 9 * MB, 1);
            let again = Step::new(&words.run("cp -r /app /x")).file(&two, 9 * MB, 1);
            vec![words.image(&[], vec![copied]), words.image(&[], vec![first, again])]
        }
        "several-versions" => {
            let json = |place: &[u8]| path(&[place, part, b"/node_modules/p/package.json"]);
            let npm = |step: Step, place: &[u8]| {
                let file = path(&[place, part, b"/node_modules/p/x.js"]);
                step.package(Ecosystem::Npm, &json(place), &words.package, &words.version, (&file, 9 * MB))
            };
            let python =
                Step::new("RUN apt-get install -y git").file(b"usr/lib/python3.11/os.py", 20 * MB, 1);
            vec![
                words.image(&[b"usr/bin/dpkg", b"usr/local/lib/python3.12/os.py"], vec![python]),
                words.image(&[], vec![npm(npm(Step::new("RUN npm ci"), b"a"), b"b")]),
            ]
        }
        "heavy-packages" => {
            let step = Step::new("RUN pip install x").python(&site, "opencv-python", &words.version, 90 * MB);
            vec![words.image(&[], vec![step])]
        }
        "debug-symbols" => {
            let file = below(part, b"bin/own");
            let built = |step: Step| words.image(&[], vec![step.binary(&file)]);
            let packaged = |ecosystem| {
                let step = Step::new("RUN make").package(
                    ecosystem,
                    &file,
                    &words.package,
                    &words.version,
                    (&file, 9),
                );
                words.image(&[], vec![step.binary(&file)])
            };
            vec![
                built(Step::new(&words.run("make"))),
                built(Step::new(&words.copy("--from=build /a /b"))),
                packaged(Ecosystem::Rust),
                packaged(Ecosystem::Go),
            ]
        }
        "static-libraries" => {
            let step = Step::new(&words.run("make install")).file(&below(part, b"lib/x.a"), 9 * MB, 1);
            vec![words.image(&[], vec![step])]
        }
        "documentation" => {
            let file = path(&[b"usr/share/doc/", part, b"/a"]);
            let made = |command: String| words.image(&[], vec![Step::new(&command).file(&file, 9 * MB, 1)]);
            let mut images: Vec<_> =
                runs(&["apt-get install -y git", "dnf install -y git"]).into_iter().map(made).collect();
            // Its name is only compared with the words of the instruction.
            let name = "git-doc";
            let status = b"var/lib/dpkg/status";
            let install = Step::new(&words.run("apt-get install -y git git-doc"));
            let packages = install.package(Ecosystem::Dpkg, status, "git", "2", (b"u/git", MB)).package(
                Ecosystem::Dpkg,
                status,
                name,
                &words.version,
                (b"u/doc", 9 * MB),
            );
            images.push(words.image(&[b"usr/bin/apt-get"], vec![packages]));
            images
        }
        "locales" => {
            let file = path(&[b"usr/share/locale/de/", part, b".mo"]);
            vec![words.image(&[b"usr/bin/dpkg"], vec![Step::new("RUN make").file(&file, 9 * MB, 1)])]
        }
        "shipped-tests" => {
            let made = |instruction: String| {
                let metadata = path(&[&site, b"/a.dist-info/METADATA"]);
                let test = path(&[&site, b"/a/tests/x.py"]);
                let step = Step::new(&instruction);
                let step = step.package(Ecosystem::Python, &metadata, &words.package, "1", (&test, 20 * MB));
                words.image(&[], vec![step])
            };
            vec![made(words.run("pip install a")), made(words.copy("/venv /venv"))]
        }
        "bytecode" => {
            let made = |instruction: String| {
                let file = path(&[&site, b"/a/__pycache__/x.pyc"]);
                words.image(
                    &[],
                    vec![Step::new(&instruction).python(&site, "a", "1", 1).file(&file, 20 * MB, 1)],
                )
            };
            vec![made(words.run("pip install a")), made(words.copy("/venv /venv"))]
        }
        "packaging-tools" => {
            let made = |instruction: String| {
                words.image(&[], vec![Step::new(&instruction).python(&site, "pip", &words.version, 9 * MB)])
            };
            vec![made(words.run("make")), made(words.copy("/venv /venv"))]
        }
        "temporary-files" => {
            let made =
                |file: &[u8]| words.image(&[], vec![Step::new(&words.run("make")).file(file, 9 * MB, 1)]);
            let copied = Step::new(&words.copy(". /tmp/x")).file(&path(&[b"tmp/x/", part]), 9 * MB, 1);
            vec![
                made(&path(&[b"tmp/", part, b"/a"])),
                made(&below(part, b"core.17")),
                made(&path(&[b"root/x", part, b".deb"])),
                words.image(&[], vec![copied]),
            ]
        }
        "build-leftovers" => {
            let tree = path(&[b"usr/src/", part, b"/x"]);
            let made = |command: String| {
                let step = Step::new(&command)
                    .file(&path(&[&tree, b"/Makefile"]), 1, 1)
                    .file(&path(&[&tree, b"/a.c"]), MB, 2)
                    .file(&path(&[&tree, b"/a.o"]), MB, 3)
                    .file(b"usr/local/bin/x", 1, 4);
                words.image(&[], vec![step])
            };
            runs(&["make", "make install"]).into_iter().map(made).collect()
        }
        "test-tools" => {
            let installed = |run: &str| {
                Step::new(run).python(&site, "pytest", &words.version, 9 * MB).python(&site, "fine", "1", MB)
            };
            let code = Step::new("COPY . /app").source(b"app/main.py", Ecosystem::Python, "fine");
            vec![
                words.image(&[], vec![installed(&words.run("pip install -r r.txt")), code.clone()]),
                words.image(&[], vec![installed(&words.run("pip install fine pytest")), code]),
            ]
        }
        "log-files" => {
            let step = Step::new(&words.run("make")).file(&below(part, b"a.log"), 9 * MB, 1);
            vec![words.image(&[], vec![step])]
        }
        "secrets" => {
            let copied = Step::new(&words.copy(". /app")).secret(&path(&[b"app/", part, b".env"]));
            let made = Step::new(&words.run("make")).secret(&below(part, b"key"));
            vec![words.image(&[], vec![copied]), words.image(&[], vec![made])]
        }
        "root-user" => {
            let made = format!("RUN useradd -m {}", words.user);
            vec![
                words.image(&[], vec![Step::new(&made).file(b"a", 1, 1)]),
                words.image(&[b"usr/sbin/useradd"], vec![Step::new("RUN x").file(b"a", 1, 1)]),
                words.image(&[b"sbin/apk"], vec![Step::new("RUN x").file(b"a", 1, 1)]),
            ]
        }
        "setuid-files" => {
            vec![words.image(&[], vec![Step::new(&words.run("make")).setuid(&below(part, b"own"))])]
        }
        "missing-health-check" => {
            let programs: [&[u8]; 4] =
                [b"usr/bin/curl", b"usr/bin/wget", b"usr/bin/python3", b"usr/bin/node"];
            let image = |program: &&[u8]| words.image(&[program], vec![]);
            programs.iter().map(image).collect()
        }
        "unpinned-base" => {
            let pinned = words.image(&[], vec![]);
            let mut unknown = pinned.clone();
            unknown.images[0].config.labels.remove("org.opencontainers.image.base.digest");
            vec![pinned, unknown]
        }
        "cache-breaking-layers" => {
            let sources = |copy: &str, install: String| {
                let copied = Step::new(&words.copy(copy)).file(b"app/a", 1, 1);
                words.image(&[], vec![copied, Step::new(&install).file(b"b", 200 * MB, 1)])
            };
            let update = Step::new(&words.run("apt-get update")).file(b"a", 1, 1);
            let install = Step::new(&words.run("apt-get install -y git")).file(b"b", 1, 1);
            vec![
                sources(". /app", words.run("npm ci")),
                sources(". /app", format!("RUN pip install -r {}", words.list)),
                words.image(&[], vec![update, install]),
            ]
        }
        other => panic!("no image of hostile words for the rule `{other}`: add one"),
    }
}
