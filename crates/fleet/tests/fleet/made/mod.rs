//! A made fleet: images over shared layers with real package databases, and what is true of it.
//!
//! The truth is computed from the plan of the fleet, never from the program: file by file, layer by layer.

pub mod disk;
pub mod truth;

use std::collections::BTreeMap;

/// How large a fleet is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// The number of images, those of bases not counted.
    pub images: usize,
    /// Tags of one application.
    pub tags: usize,
    /// Packages of the operating system in each base.
    pub packages: usize,
    /// Bytes of an ordinary file.
    pub file_bytes: usize,
    /// Whatever the fleet is made of changes with it.
    pub seed: u64,
}

impl Size {
    /// A fleet that a test reads in a second.
    pub const SMALL: Self = Self { images: 24, tags: 4, packages: 12, file_bytes: 600, seed: 1 };
}

/// What a file holds: unique bytes, or a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Content {
    /// This number of bytes of a seed that do not compress.
    Noise(u64, usize),
    /// This number of bytes of a seed that compress well.
    Pattern(u64, usize),
    Text(String),
}

impl Content {
    pub fn len(&self) -> u64 {
        match self {
            Self::Noise(_, length) | Self::Pattern(_, length) => *length as u64,
            Self::Text(text) => text.len() as u64,
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Noise(seed, length) => noise(*seed, *length),
            Self::Pattern(seed, length) => {
                let tile = noise(*seed, 256);
                tile.iter().copied().cycle().take(*length).collect()
            }
        }
    }
}

fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// A package that a layer installs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MadePackage {
    pub ecosystem: &'static str,
    pub name: String,
    pub version: String,
    /// The bytes in its files.
    pub bytes: u64,
}

/// A layer.
#[derive(Clone, Debug, Default)]
pub struct MadeLayer {
    pub instruction: String,
    pub files: BTreeMap<String, Content>,
    /// Paths of lower layers that it deletes.
    pub deleted: Vec<String>,
    pub packages: Vec<MadePackage>,
}

/// An image: a name, and layers by their index.
#[derive(Clone, Debug)]
pub struct MadeImage {
    pub repository: String,
    pub tag: String,
    pub created: String,
    pub layers: Vec<usize>,
    /// The user it runs as; empty is root.
    pub user: &'static str,
    /// Whether its first layer is compressed in another way than in other images.
    pub recompressed: bool,
}

impl MadeImage {
    pub fn project(&self) -> &str {
        self.repository.split('/').next().unwrap()
    }
}

/// A fleet.
#[derive(Clone, Debug, Default)]
pub struct Made {
    pub layers: Vec<MadeLayer>,
    pub images: Vec<MadeImage>,
}

/// The versions of each base.
const BASE_VERSIONS: usize = 3;
/// The families of bases.
const FAMILIES: usize = 2;
/// The teams; the last one has models.
const TEAMS: usize = 4;

/// Makes a fleet.
pub fn make(size: Size) -> Made {
    let mut made = Made::default();
    let mut bases = Vec::new();
    for family in 0..FAMILIES {
        for version in 0..BASE_VERSIONS {
            let layer = made.add(base(size, family, version));
            let runtime = made.add(runtime(size, family, version));
            let image = |repository: String, layers: Vec<usize>| MadeImage {
                repository,
                tag: format!("{}.0", version + 1),
                created: format!("2026-0{}-01T00:00:00Z", version + 1),
                layers,
                user: "",
                recompressed: false,
            };
            made.images.push(image(format!("base/os-{family}"), vec![layer]));
            made.images.push(image(format!("base/python-{family}"), vec![layer, runtime]));
            bases.push(vec![layer, runtime]);
        }
    }
    let applications = size.images.div_ceil(size.tags);
    for application in 0..applications {
        let team = application % TEAMS;
        let family = application % FAMILIES;
        let dependencies = made.add(dependencies(size, application));
        for tag in 0..size.tags.min(size.images - application * size.tags) {
            // Early tags are on early bases; every third application never moves on.
            let version = if application % 3 == 0 { 0 } else { tag * BASE_VERSIONS / size.tags };
            let mut layers = bases[family * BASE_VERSIONS + version].clone();
            layers.push(dependencies);
            let number = application * size.tags + tag;
            layers.push(made.add(code(size, number, team == TEAMS - 1)));
            layers.push(made.add(settings(size, number)));
            layers.push(made.add(cleaned(number)));
            made.images.push(MadeImage {
                repository: format!("team-{team}/app-{application}"),
                tag: format!("v{}", tag + 1),
                created: format!("2026-{:02}-{:02}T12:00:00Z", tag % 12 + 1, application % 28 + 1),
                layers,
                user: if number % 2 == 0 { "" } else { "1000" },
                recompressed: number % 10 == 9,
            });
        }
    }
    made
}

impl Made {
    fn add(&mut self, layer: MadeLayer) -> usize {
        self.layers.push(layer);
        self.layers.len() - 1
    }
}

/// The files of a Debian-like system with its package database.
fn base(size: Size, family: usize, version: usize) -> MadeLayer {
    let mut layer = MadeLayer { instruction: "ADD rootfs.tar /".to_owned(), ..MadeLayer::default() };
    let mut status = String::new();
    for package in 0..size.packages {
        let name = if package == 0 { "openssl".to_owned() } else { format!("lib{family}-{package}") };
        let full = format!("3.0.{}-1~deb12u{}", 9 + version * 2, version + 1);
        let mut list = "/.\n/usr\n/usr/lib\n".to_owned();
        let mut bytes = 0;
        for file in 0..3 {
            let path = format!("usr/lib/{name}/part-{file}.so");
            // A later version changes one file of three.
            let seed = seed(size, &[1, family, package, file, if file == 0 { version } else { 0 }]);
            list.push_str(&format!("/{path}\n"));
            bytes += size.file_bytes as u64;
            layer.files.insert(path, Content::Noise(seed, size.file_bytes));
        }
        bytes += list.len() as u64;
        status.push_str(&format!(
            "Package: {name}\nStatus: install ok installed\nPriority: optional\nInstalled-Size: 1\nArchitecture: \
             amd64\nVersion: {full}\nDescription: made\n\n"
        ));
        layer.files.insert(format!("var/lib/dpkg/info/{name}.list"), Content::Text(list));
        layer.packages.push(MadePackage { ecosystem: "dpkg", name, version: full, bytes });
    }
    layer.files.insert("var/lib/dpkg/status".to_owned(), Content::Text(status));
    layer.files.insert(
        "etc/os-release".to_owned(),
        Content::Text(format!("ID=debian\nVERSION_ID=\"12.{version}\"\nNAME=\"Made {family}\"\n")),
    );
    layer
}

/// Python packages of a runtime.
fn runtime(size: Size, family: usize, version: usize) -> MadeLayer {
    let mut layer =
        MadeLayer { instruction: "RUN pip install -r runtime.txt".to_owned(), ..MadeLayer::default() };
    for package in 0..3 {
        let version = format!("1.{}.0", 8 + version);
        wheel(&mut layer, size, &format!("runtime-{package}"), &version, seed(size, &[2, family, package]));
    }
    layer
}

/// Python packages of an application; `shared-lib` is the same in all of them.
fn dependencies(size: Size, application: usize) -> MadeLayer {
    let mut layer =
        MadeLayer { instruction: "RUN pip install -r requirements.txt".to_owned(), ..MadeLayer::default() };
    wheel(&mut layer, size, "shared-lib", &format!("2.{}.1", application % 3), seed(size, &[3]));
    wheel(&mut layer, size, &format!("lib-of-{application}"), "0.1.0", seed(size, &[4, application]));
    layer
}

/// Installs a wheel, as pip does: files, metadata and a record of all.
fn wheel(layer: &mut MadeLayer, size: Size, name: &str, version: &str, seed: u64) {
    let module = name.replace('-', "_");
    let place = "usr/local/lib/python3.11/site-packages";
    let info = format!("{module}-{version}.dist-info");
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: MIT\n");
    let mut record = String::new();
    let mut bytes = 0;
    for file in 0..2 {
        let path = format!("{module}/native-{file}.so");
        record.push_str(&format!("{path},,\n"));
        bytes += size.file_bytes as u64;
        let content = Content::Noise(seed.wrapping_add(file), size.file_bytes);
        layer.files.insert(format!("{place}/{path}"), content);
    }
    record.push_str(&format!("{info}/METADATA,,\n{info}/RECORD,,\n"));
    bytes += (metadata.len() + record.len()) as u64;
    layer.files.insert(format!("{place}/{info}/METADATA"), Content::Text(metadata));
    layer.files.insert(format!("{place}/{info}/RECORD"), Content::Text(record));
    layer.packages.push(MadePackage {
        ecosystem: "python",
        name: name.to_owned(),
        version: version.to_owned(),
        bytes,
    });
}

/// The code of one image: its files, one file that all images have, and perhaps a model.
fn code(size: Size, number: usize, has_model: bool) -> MadeLayer {
    let mut layer = MadeLayer { instruction: "COPY . /srv/app".to_owned(), ..MadeLayer::default() };
    for file in 0..4 {
        let content = Content::Noise(seed(size, &[5, number, file]), size.file_bytes);
        layer.files.insert(format!("srv/app/data-{file}.bin"), content);
    }
    // Twice in the layer, and in every other layer of this kind.
    for copy in 0..2 {
        let content = Content::Noise(seed(size, &[6]), size.file_bytes * 2);
        layer.files.insert(format!("srv/app/static/vendor-{copy}.bin"), content);
    }
    if has_model {
        let content = Content::Pattern(seed(size, &[7]), 1_200_000);
        layer.files.insert("srv/app/models/small/model.safetensors".to_owned(), content);
    }
    layer
}

/// Rewrites a file of the code and adds one.
fn settings(size: Size, number: usize) -> MadeLayer {
    let mut layer = MadeLayer { instruction: "RUN configure.sh".to_owned(), ..MadeLayer::default() };
    let other = Content::Noise(seed(size, &[8, number]), size.file_bytes);
    layer.files.insert("srv/app/data-0.bin".to_owned(), other);
    layer.files.insert("etc/app.conf".to_owned(), Content::Text(format!("number = {number}\n")));
    layer
}

/// Deletes a file of the code.
fn cleaned(number: usize) -> MadeLayer {
    let note = Content::Text(format!("cleaned {number}\n"));
    MadeLayer {
        instruction: "RUN rm /srv/app/data-1.bin".to_owned(),
        files: BTreeMap::from([("srv/app/cleaned.txt".to_owned(), note)]),
        deleted: vec!["srv/app/data-1.bin".to_owned()],
        ..MadeLayer::default()
    }
}

fn seed(size: Size, parts: &[usize]) -> u64 {
    let mut seed = size.seed.wrapping_add(0x1234_5678);
    for &part in parts {
        seed = seed.wrapping_mul(0x0100_0000_01b3).wrapping_add(part as u64 + 1);
        seed ^= seed >> 29;
    }
    seed | 1
}
