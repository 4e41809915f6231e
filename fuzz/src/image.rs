//! Whole images, made of choices instead of bytes: from an archive through a snapshot to every judgement and report.

use arbitrary::{Arbitrary, Unstructured};
use plimsoll_collect::memory::{RuntimeBuilder, Surroundings, read};
use plimsoll_collect::{read_dockerfile, read_dockerignore};
use plimsoll_snapshot::{Service, Snapshot};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::archive::{Wanted, streamed};
use crate::{catalog, checks, layer, tarball};

/// Two stacks, and what was seen of the second.
#[derive(Debug, Arbitrary)]
struct Input<'a> {
    before: Vec<Picture<'a>>,
    after: Vec<Picture<'a>>,
    dockerfile: &'a str,
    dockerignore: &'a str,
    memory: &'a [u8],
}

/// One image.
#[derive(Debug, Arbitrary)]
struct Picture<'a> {
    name: Name,
    layers: Vec<Changeset<'a>>,
    command: Vec<&'a str>,
    working_dir: Option<&'a str>,
    compression: u8,
    oci: bool,
}

#[derive(Clone, Copy, Debug, Arbitrary)]
enum Name {
    Backend,
    Frontend,
    Postgres,
}

#[derive(Debug, Arbitrary)]
struct Changeset<'a> {
    instruction: Instruction<'a>,
    items: Vec<Item<'a>>,
}

#[derive(Debug, Arbitrary)]
enum Instruction<'a> {
    Add,
    CopyApp,
    Apt,
    Pip,
    Chown,
    Any(&'a str),
}

impl Instruction<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Add => "/bin/sh -c #(nop) ADD file:abc in / ",
            Self::CopyApp => "COPY . /app # buildkit",
            Self::Apt => "RUN /bin/sh -c apt-get update && apt-get install -y gcc # buildkit",
            Self::Pip => "RUN /bin/sh -c pip install -r requirements.txt # buildkit",
            Self::Chown => "RUN /bin/sh -c chown -R app /app # buildkit",
            Self::Any(text) => text,
        }
    }
}

#[derive(Debug, Arbitrary)]
struct Item<'a> {
    place: Place<'a>,
    node: Node<'a>,
    mode: u16,
}

#[derive(Debug, Arbitrary)]
enum Place<'a> {
    /// One of few names, so that layers hit each other.
    Short(u8),
    /// A file that a cataloger reads.
    Known(u8),
    /// Somewhere that a rule looks at.
    Judged(u8),
    Any(&'a [u8]),
}

/// Where rules look.
const JUDGED: &[&str] = &[
    "var/cache/apt/archives/a.deb",
    "var/lib/apt/lists/x_Packages",
    "root/.cache/pip/http/a",
    "usr/share/doc/a/copyright",
    "usr/share/locale/de/LC_MESSAGES/a.mo",
    "var/log/dpkg.log",
    "usr/lib/libx.a",
    "app/.git/objects/pack/x.pack",
    "app/__pycache__/main.cpython-311.pyc",
    "app/tests/test_main.py",
    "app/model.safetensors",
    "root/.cache/huggingface/hub/models--a--b/blobs/c",
    "usr/lib/python3/dist-packages/nvidia/cublas/lib/libcublas.so.12",
    "usr/bin/gcc",
    "usr/bin/curl",
    "app/.env",
];

impl Place<'_> {
    fn path(&self) -> Vec<u8> {
        match self {
            Self::Short(number) => {
                let part = |shift: u8| [b"abcd"[usize::from(number >> shift & 3)]];
                match number >> 6 {
                    0 | 1 => part(0).to_vec(),
                    2 => [&part(0)[..], b"/", &part(2)].concat(),
                    _ => [&part(0)[..], b"/", &part(2), b"/", &part(4)].concat(),
                }
            }
            Self::Known(number) => {
                let known: Vec<&str> =
                    catalog::ALL.iter().flat_map(|places| places.iter().copied()).collect();
                known[usize::from(*number) % known.len()].into()
            }
            Self::Judged(number) => JUDGED[usize::from(*number) % JUDGED.len()].into(),
            Self::Any(bytes) => bytes.to_vec(),
        }
    }
}

#[derive(Debug, Arbitrary)]
enum Node<'a> {
    File(Content<'a>),
    /// A sparse file, which may claim to be of any size.
    Claims(u64),
    Directory,
    Symlink(Place<'a>),
    Hardlink(Place<'a>),
    Whiteout,
    Opaque,
    Fifo,
}

#[derive(Debug, Arbitrary)]
enum Content<'a> {
    Some(u16),
    Bytes(&'a [u8]),
    Known(u8),
}

/// What files say, at places where it is read.
const KNOWN: &[(&str, &str)] = &[
    (
        "var/lib/dpkg/status",
        "Package: libc6\nStatus: install ok installed\nVersion: 2.36-9\nArchitecture: amd64\nEssential: yes\n\nPackage: gcc\nStatus: install ok installed\nVersion: 12\nDepends: libc6 (>= 2.3), cpp | cc\nArchitecture: amd64\n",
    ),
    ("var/lib/dpkg/info/libc6:amd64.list", "/a\n/a/b\n/usr/lib/libx.so.1\n"),
    ("var/lib/dpkg/info/gcc.list", "/usr/bin/gcc\n/b\n/usr/share/doc/a/copyright\n"),
    (
        "lib/apk/db/installed",
        "C:Q1x\nP:musl\nV:1.2\nA:x86_64\nF:a\nR:b\n\nP:app\nV:1\nD:musl so:x\np:so:y=1\nF:usr/bin\nR:gcc\n\n",
    ),
    (
        "usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: six\nVersion: 1.16.0\nRequires-Dist: torch>=1; extra == 'x'\nRequires-Dist: yaml\n",
    ),
    (
        "usr/lib/python3/dist-packages/six-1.16.0.dist-info/RECORD",
        "six.py,sha256=x,1\nsix-1.16.0.dist-info/METADATA,,\n../../a,,\n",
    ),
    ("usr/lib/python3/dist-packages/six.py", "import os\n"),
    (
        "usr/lib/python3/dist-packages/torch-2.0.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: torch\nVersion: 2.0\nRequires-Dist: six\n",
    ),
    ("app/requirements.txt", "six==1.16.0\ntorch\n"),
    ("app/main.py", "import six\nfrom torch import nn\nimport worker\n"),
    ("app/worker.py", "import torch\n"),
    ("app/package.json", "{\"name\":\"app\",\"version\":\"1\",\"dependencies\":{\"left\":\"1\"}}"),
    (
        "app/node_modules/left/package.json",
        "{\"name\":\"left\",\"version\":\"1\",\"dependencies\":{\"right\":\"1\"}}",
    ),
    (
        "app/node_modules/right/package.json",
        "{\"name\":\"right\",\"version\":\"1\",\"dependencies\":{\"left\":\"1\"}}",
    ),
    ("app/index.js", "const left = require('left'); import('right')"),
    ("app/.env", "TOKEN=ghp_0123456789abcdef0123456789abcdef0123\n"),
];

/// Runs one input.
pub fn run(data: &[u8]) {
    let Ok(input) = Input::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let before = stack(&input.before);
    let mut after = stack(&input.after);
    let (mut build, _) = read_dockerfile("Dockerfile", input.dockerfile);
    build.ignore = (!input.dockerignore.is_empty()).then(|| read_dockerignore(input.dockerignore));
    if let Some(service) = after.services.first_mut().filter(|_| !input.dockerfile.is_empty()) {
        service.build = Some(build);
    }
    if let Ok(seen) = read("memory", input.memory, &Surroundings::NONE) {
        let mut builder = RuntimeBuilder::new();
        builder.add(seen);
        after.runtime = Some(builder.finish());
    }
    checks::snapshot(&before);
    checks::snapshot(&after);
    checks::everything(&before, &after);
}

/// A snapshot with one service of a file and a package.
pub(crate) fn small(size: u16) -> Snapshot {
    let item =
        |number| Item { place: Place::Short(0), node: Node::File(Content::Known(number)), mode: 0o644 };
    let items = vec![
        Item { place: Place::Short(1), node: Node::File(Content::Some(size)), mode: 0o755 },
        item(4),
        item(7),
        item(9),
    ];
    let layers = vec![Changeset { instruction: Instruction::Add, items }];
    let picture = Picture {
        name: Name::Backend,
        layers,
        command: vec!["a"],
        working_dir: None,
        compression: 0,
        oci: true,
    };
    stack(&[picture])
}

/// The images, each read from a separate archive.
fn stack(pictures: &[Picture<'_>]) -> Snapshot {
    let mut stack = Snapshot::default();
    for picture in pictures.iter().take(4) {
        let archive = archive(picture);
        // What the layers hold may be wrong: a path without a name, a limit. The archive is not.
        let Ok(mut snapshot) = streamed(&archive, &Wanted::of(0)) else { continue };
        let name = format!("{:?}", picture.name).to_lowercase();
        if stack.services.iter().any(|known| known.name == name) {
            continue;
        }
        let Some(mut image) = snapshot.images.pop() else { continue };
        for layer in &mut image.layers {
            let whole = &snapshot.layers[layer.layer];
            let known = stack.layers.iter().position(|known| known.diff_id == whole.diff_id);
            layer.layer = known.unwrap_or_else(|| {
                stack.layers.push(whole.clone());
                stack.layers.len() - 1
            });
        }
        let image_index = stack.images.len();
        stack.images.push(image);
        // Some images are run by two services.
        let second = (picture.compression > 127).then(|| format!("{name}-worker"));
        for name in std::iter::once(name).chain(second) {
            stack.services.push(Service { name, image: image_index, build: None });
        }
    }
    stack.schema_version = plimsoll_snapshot::SCHEMA_VERSION;
    stack
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A sound archive, with sound digests, of layers that may be anything.
fn archive(picture: &Picture<'_>) -> Vec<u8> {
    let mut tar = Vec::new();
    let mut add =
        |name: &str, content: &[u8]| tarball::append(&mut tar, name.as_bytes(), b'0', b"", 0o644, content);
    let (mut diff_ids, mut history, mut members, mut descriptors) = (vec![], vec![], vec![], vec![]);
    for changeset in picture.layers.iter().take(8) {
        let plain = tar_of(changeset);
        diff_ids.push(format!("sha256:{}", hex(&plain)));
        history.push(json!({"created_by": changeset.instruction.text()}));
        let blob = layer::compressed(picture.compression % 4, plain);
        let member = format!("blobs/sha256/{}", hex(&blob));
        descriptors.push(descriptor("application/vnd.oci.image.layer.v1.tar", &blob));
        add(&member, &blob);
        members.push(member);
    }
    let config = json!({
        "architecture": "amd64", "os": "linux",
        "config": {"Cmd": picture.command, "WorkingDir": picture.working_dir, "User": "0"},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": history,
    });
    let config = config.to_string().into_bytes();
    let config_member = format!("blobs/sha256/{}", hex(&config));
    add(&config_member, &config);
    if picture.oci {
        let manifest = json!({
            "schemaVersion": 2, "layers": descriptors,
            "config": descriptor("application/vnd.oci.image.config.v1+json", &config),
        });
        let manifest = manifest.to_string().into_bytes();
        add(&format!("blobs/sha256/{}", hex(&manifest)), &manifest);
        let manifest = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest);
        add("index.json", json!({"schemaVersion": 2, "manifests": [manifest]}).to_string().as_bytes());
    } else {
        let tags = [format!("{:?}:latest", picture.name).to_lowercase()];
        let image = json!([{"Config": config_member, "RepoTags": tags, "Layers": members}]);
        add("manifest.json", image.to_string().as_bytes());
    }
    tarball::finish(&mut tar);
    tar
}

fn descriptor(media_type: &str, blob: &[u8]) -> Value {
    json!({"mediaType": media_type, "digest": format!("sha256:{}", hex(blob)), "size": blob.len()})
}

fn tar_of(changeset: &Changeset<'_>) -> Vec<u8> {
    let mut tar = Vec::new();
    for item in changeset.items.iter().take(60) {
        let (path, mode) = (item.place.path(), u32::from(item.mode));
        let mut add = |path: &[u8], kind, link: &[u8], content: &[u8]| {
            tarball::append(&mut tar, path, kind, link, mode, content);
        };
        match &item.node {
            Node::File(Content::Some(size)) => add(&path, b'0', b"", &vec![b'x'; usize::from(*size)]),
            Node::File(Content::Bytes(bytes)) => add(&path, b'0', b"", bytes),
            Node::File(Content::Known(number)) => {
                let (path, content) = KNOWN[usize::from(*number) % KNOWN.len()];
                add(path.as_bytes(), b'0', b"", content.as_bytes());
            }
            Node::Claims(size) => {
                let record = format!("GNU.sparse.realsize={size}\n");
                let length = record.len() + 3;
                add(b"pax", b'x', b"", format!("{length} {record}").as_bytes());
                add(&path, b'0', b"", b"abc");
            }
            Node::Directory => add(&path, b'5', b"", b""),
            Node::Symlink(to) => add(&path, b'2', &to.path(), b""),
            Node::Hardlink(to) => add(&path, b'1', &to.path(), b""),
            Node::Fifo => add(&path, b'6', b"", b""),
            Node::Whiteout => {
                let name = path.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
                add(&[&path[..name], b".wh.", &path[name..]].concat(), b'0', b"", b"");
            }
            Node::Opaque => add(&[&path[..], b"/.wh..wh..opq"].concat(), b'0', b"", b""),
        }
    }
    tarball::finish(&mut tar);
    tar
}
