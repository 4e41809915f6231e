//! Owners of bytes that have several names: packages whose files are links into a store, caches that the image runs
//! from. In each image, what is called a cache is what `rm -rf` of it would free.

use std::fs;
use std::path::Path;

use plimsoll_tests::craft::{LAYER, Layer, Layout, config};
use plimsoll_tests::{program, root};
use serde_json::{Value, json};
use tar::EntryType;

const SITE: &str = "usr/local/lib/python3.12/site-packages";
const MB: usize = 1_000_000;

/// What an image says of its packages and caches.
struct Judged {
    packages: Vec<String>,
    /// What its caches have, and what the rule about them promises.
    cache: u64,
    promised: u64,
    warnings: String,
}

fn text(layer: Layer, path: &str, content: &str) -> Layer {
    layer.entry(path, EntryType::Regular, "", content.as_bytes())
}

/// Writes an image of these layers with these settings, and asks the program for its packages and findings.
fn judge(directory: &Path, layers: &[Layer], settings: &Value) -> Judged {
    let root = directory.join(format!("image-{}", fs::read_dir(directory).unwrap().count()));
    let layout = Layout::new(&root);
    let layers: Vec<_> = layers.iter().map(Layer::finish).collect();
    let mut config = config(&layers, "amd64");
    config["config"] = settings.clone();
    let blobs: Vec<_> = layers.iter().map(|layer| layout.blob(LAYER, layer)).collect();
    let manifest = layout.manifest(&config, &blobs);
    layout.finish(&[manifest]);
    let image = root.display().to_string();
    let document = program::json(["packages", &image, "--all", "--format", "json"]);
    let found = &document["images"][0];
    let package = |package: &Value| {
        format!(
            "{} {} {} {}",
            package["ecosystem"].as_str().unwrap(),
            package["name"].as_str().unwrap(),
            package["version"].as_str().unwrap(),
            package["tree_bytes"]
        )
    };
    let owners = found["owners"].as_array().unwrap();
    let sum = |of: &str| -> u64 {
        let of = owners.iter().filter(|share| of.is_empty() || share["owner"]["kind"] == of);
        of.map(|share| share["tree_bytes"].as_u64().unwrap()).sum()
    };
    assert_eq!(sum(""), found["final_tree_bytes"].as_u64().unwrap(), "every byte has one owner");
    let findings = program::json(["findings", &image, "--format", "json"]);
    let findings = findings["services"][0]["findings"].as_array().unwrap();
    let promised = findings.iter().filter(|finding| finding["rule"] == "package-manager-cache");
    Judged {
        packages: found["packages"].as_array().unwrap().iter().map(package).collect(),
        cache: sum("cache"),
        promised: promised.map(|finding| finding["saving_bytes"].as_u64().unwrap()).sum(),
        warnings: program::json(["inspect", &image, "--format", "json"])["images"][0]["warnings"].to_string(),
    }
}

fn metadata(name: &str) -> String {
    format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n")
}

fn record(name: &str) -> String {
    format!("{name}/core.so,sha256=x,1\n{name}-1.5.dist-info/METADATA,,\n{name}-1.5.dist-info/RECORD,,\n")
}

#[test]
fn a_cache_that_packages_are_linked_to_frees_what_has_no_other_name() {
    let directory = tempfile::tempdir().unwrap();
    let cache = "root/.cache/uv/archive-v0/Ab12";
    let (meta, core) = (format!("{cache}/big-1.5.dist-info/METADATA"), format!("{cache}/big/core.so"));
    let store = |layer: Layer| {
        text(layer.file(&core, 6 * MB, 1).file("root/.cache/uv/wheels-v3/x", MB, 2), &meta, &metadata("big"))
    };
    let site = |layer: Layer| {
        let layer = layer
            .hardlink(&format!("{SITE}/big/core.so"), &core)
            .hardlink(&format!("{SITE}/big-1.5.dist-info/METADATA"), &meta);
        text(layer, &format!("{SITE}/big-1.5.dist-info/RECORD"), &record("big"))
    };
    let own = 6 * MB + metadata("big").len() + record("big").len();
    let expected = [format!("python big 1.5 {own}")];
    for layers in [vec![site(store(Layer::default()))], vec![store(site(Layer::default()))]] {
        let judged = judge(directory.path(), &layers, &json!({}));
        assert_eq!(
            (judged.packages, judged.cache, judged.promised),
            (expected.to_vec(), MB as u64, MB as u64)
        );
    }
    // Links to a lower layer: the content is not at hand, and the place of the metadata says what it is of.
    let judged = judge(directory.path(), &[store(Layer::default()), site(Layer::default())], &json!({}));
    assert_eq!((&judged.packages[..], judged.promised), (&expected[..], MB as u64));
    assert!(judged.warnings.contains("the link points outside this layer"), "{}", judged.warnings);
}

#[test]
fn a_store_named_by_content_has_the_packages_of_its_links() {
    let directory = tempfile::tempdir().unwrap();
    let (store, modules) = ("root/.local/share/pnpm/store/v10/files", "usr/src/app/node_modules");
    let manifest = "{\"name\": \"left-pad\", \"version\": \"1.3.0\"}";
    let package = format!("{modules}/.pnpm/left-pad@1.3.0/node_modules/left-pad");
    let layer = text(
        Layer::default().file(&format!("{store}/ab/01"), 5 * MB, 1),
        &format!("{store}/ab/02"),
        manifest,
    )
    .file(&format!("{store}/ef/unused"), MB, 2)
    .hardlink(&format!("{package}/index.js"), &format!("{store}/ab/01"))
    .hardlink(&format!("{package}/package.json"), &format!("{store}/ab/02"))
    .symlink(&format!("{modules}/left-pad"), ".pnpm/left-pad@1.3.0/node_modules/left-pad");
    let judged = judge(directory.path(), &[layer], &json!({"WorkingDir": "/usr/src/app"}));
    let own = 5 * MB + manifest.len();
    assert_eq!(judged.packages, [format!("npm left-pad 1.3.0 {own}")]);
    assert_eq!((judged.cache, judged.promised), (MB as u64, MB as u64));
}

#[test]
fn a_database_in_a_store_of_objects_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let database = fs::read(root().join("crates/collect/tests/fixtures/rpm/rpmdb.sqlite")).unwrap();
    let object = "sysroot/ostree/repo/objects/ab/0123456789abcdef.file";
    let plain = Layer::default().entry("usr/share/rpm/rpmdb.sqlite", EntryType::Regular, "", &database);
    let linked = Layer::default()
        .entry(object, EntryType::Regular, "", &database)
        .hardlink("usr/share/rpm/rpmdb.sqlite", object);
    let [plain, linked] = [plain, linked].map(|layer| judge(directory.path(), &[layer], &json!({})).packages);
    assert!(!plain.is_empty());
    assert_eq!(plain, linked);
}

#[test]
fn conda_frees_the_archives_and_not_what_its_environments_link_to() {
    let directory = tempfile::tempdir().unwrap();
    let core = "lib/python3.11/site-packages/numpy/core.so";
    let package = "opt/conda/pkgs/numpy-1.26-py_0";
    let meta = json!({"name": "numpy", "version": "1.26", "files": [core]}).to_string();
    for (first, link) in [
        (format!("opt/conda/{core}"), format!("{package}/{core}")),
        (format!("{package}/{core}"), format!("opt/conda/{core}")),
    ] {
        let layer = text(
            Layer::default().file(&first, 5 * MB, 1),
            "opt/conda/conda-meta/numpy-1.26-py_0.json",
            &meta,
        )
        .hardlink(&link, &first)
        .file("opt/conda/pkgs/numpy-1.26-py_0.conda", 2 * MB, 2);
        let judged = judge(directory.path(), &[layer], &json!({}));
        assert_eq!(judged.packages, [format!("conda numpy 1.26 {}", 5 * MB + meta.len())]);
        assert_eq!(judged.promised, 2 * MB as u64);
    }
}

#[test]
fn what_the_image_runs_from_is_no_cache() {
    let directory = tempfile::tempdir().unwrap();
    let judge = |layer: Layer, settings: Value| judge(directory.path(), &[layer], &settings);
    // Yarn Plug'n'Play. The name of an archive says what it is of, even where it cannot be read.
    let archive = "app/.yarn/cache/left-pad-npm-1.3.0-a1b2c3-d4e5.zip";
    let yarn = || Layer::default().file(archive, 4 * MB, 1);
    let judged = judge(text(yarn(), "app/.pnp.cjs", "// pnp"), json!({"WorkingDir": "/app"}));
    assert_eq!((&judged.packages[..], judged.promised), (&[format!("npm left-pad 1.3.0 {}", 4 * MB)][..], 0));
    let judged = judge(yarn(), json!({"WorkingDir": "/app"}));
    assert_eq!((judged.packages.len(), judged.promised), (0, 4 * MB as u64));
    // Poetry's environments lie in its cache.
    let environment = "root/.cache/pypoetry/virtualenvs/app-py3.12/lib/python3.12/site-packages";
    let poetry = text(
        Layer::default().file(&format!("{environment}/big/core.so"), 4 * MB, 1),
        &format!("{environment}/big-1.5.dist-info/METADATA"),
        &metadata("big"),
    );
    let poetry = text(poetry, &format!("{environment}/big-1.5.dist-info/RECORD"), &record("big"));
    let judged = judge(poetry.file("root/.cache/pypoetry/artifacts/x", 2 * MB, 2), json!({}));
    assert_eq!((judged.packages.len(), judged.cache, judged.promised), (1, 2 * MB as u64, 2 * MB as u64));
    // An environment of links into uv's cache, its metadata included.
    let cache = "root/.cache/uv/archive-v0/Ab12";
    let linked = text(
        Layer::default().file(&format!("{cache}/big/core.so"), 4 * MB, 1),
        &format!("{cache}/big-1.5.dist-info/METADATA"),
        &metadata("big"),
    )
    .symlink(&format!("{SITE}/big/core.so"), &format!("/{cache}/big/core.so"))
    .symlink(&format!("{SITE}/big-1.5.dist-info/METADATA"), &format!("/{cache}/big-1.5.dist-info/METADATA"));
    let linked = text(linked, &format!("{SITE}/big-1.5.dist-info/RECORD"), &record("big"));
    let judged = judge(linked.file("root/.cache/uv/archive-v0/Cd34/other.so", MB, 2), json!({}));
    assert_eq!((judged.packages.len(), judged.promised), (1, MB as u64));
    assert!(judged.packages[0].starts_with("python big 1.5 40001"), "{:?}", judged.packages);
    // A class path into Maven's repository, in a command, in the environment or in a script.
    let maven = || Layer::default().file("root/.m2/repository/org/a/1/a-1.bin", 4 * MB, 1);
    let path = "/app/app.jar:/root/.m2/repository/org/a/1/a-1.bin";
    assert_eq!(judge(maven(), json!({"Cmd": ["java", "-jar", "/app/app.jar"]})).promised, 4 * MB as u64);
    assert_eq!(judge(maven(), json!({"Cmd": ["java", "-cp", path, "Main"]})).promised, 0);
    assert_eq!(judge(maven(), json!({"Env": [format!("CLASSPATH={path}")]})).promised, 0);
    assert_eq!(judge(maven(), json!({"Env": [format!("MAVEN_CACHE={path}")]})).promised, 4 * MB as u64);
    let script = text(maven(), "entrypoint.sh", &format!("#!/bin/sh\nexec java -cp {path} Main\n"));
    assert_eq!(judge(script, json!({"Entrypoint": ["/entrypoint.sh"]})).promised, 0);
}
