//! What lies beside images in archives and layouts, and what is given in place of one: named, and never counted.

use std::fs;
use std::path::Path;

use plimsoll_tests::craft::{LAYER, Layer, Layout, config, docker_archive, sha256, with};
use plimsoll_tests::program;
use serde_json::{Value, json};
use tar::EntryType;

const EMPTY: &str = "application/vnd.oci.empty.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn layer(size: usize) -> Vec<u8> {
    Layer::default().file("file", size, 1).finish()
}

/// Stores a manifest with a config of this type, and gives its descriptor.
fn manifest(layout: &Layout, config: (&str, &Value), layers: &[Value], more: Value) -> Value {
    let config = layout.document(config.0, config.1);
    let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers});
    layout.document(MANIFEST, &with(manifest, more))
}

fn sizes(source: &Path, more: &[&str]) -> (Vec<u64>, String) {
    let source = source.to_str().unwrap();
    let document = program::json([&["inspect", source, "--format", "json"], more].concat());
    let images = document["images"].as_array().unwrap();
    (images.iter().map(|image| image["size_bytes"].as_u64().unwrap()).collect(), document.to_string())
}

fn refused(source: &Path, more: &[&str], expected: &str) {
    let run = program::run([&["inspect", source.to_str().unwrap()], more].concat());
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    assert!(run.stderr.contains(expected), "`{expected}` is not in: {}", run.stderr);
}

#[test]
fn artifacts_beside_an_image_are_skipped() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let image = layout.image(&[layer(5000)], "amd64");
    let bundle = "application/vnd.dev.sigstore.bundle.v0.3+json";
    let signature = manifest(
        &layout,
        (EMPTY, &json!({})),
        &[layout.blob(bundle, b"{}")],
        json!({"artifactType": bundle, "subject": image}),
    );
    // Cosign's first format takes the config of an image, and a platform of nothing.
    let mut empty = config(&[], "");
    empty["rootfs"]["diff_ids"] = json!([format!("sha256:{}", "0".repeat(64))]);
    let old = layout.blob("application/vnd.dev.cosign.simplesigning.v1+json", b"{}");
    let old = manifest(&layout, (CONFIG, &empty), &[old], json!({}));
    let soci = "application/vnd.amazon.soci.index.v1+json";
    let index = layout.blob("application/octet-stream", b"ztoc");
    let index = manifest(&layout, (soci, &json!({})), &[index], json!({"subject": image}));
    for manifests in [
        vec![signature.clone(), old.clone(), index.clone(), image.clone()],
        vec![image.clone(), with(old.clone(), json!({"artifactType": bundle})), index.clone()],
    ] {
        layout.finish(&manifests);
        let (sizes, document) = sizes(directory.path(), &[]);
        assert_eq!(sizes, [5000]);
        assert!(document.contains("SOCI index"), "{document}");
    }
    layout.finish(&[signature]);
    refused(directory.path(), &[], "this is a Sigstore signature, not a container image");
    layout.finish(&[old, index]);
    refused(directory.path(), &[], "the index holds no image; manifest");
}

#[test]
fn a_lone_artifact_is_called_what_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let gzip = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    for (config, blob, named) in [
        ("application/vnd.cncf.helm.config.v1+json", gzip, "a Helm chart"),
        ("application/vnd.wasm.config.v0+json", "application/wasm", "a WebAssembly module"),
        ("application/vnd.cncf.model.config.v1+json", "application/vnd.cncf.model.weight.v1.tar", "a model"),
        (CONFIG, "application/vnd.ollama.image.model", "an Ollama model"),
        (EMPTY, "application/vnd.example", "an artifact of type `application/vnd.example`"),
    ] {
        let blob = layout.blob(blob, &layer(1));
        layout.finish(&[manifest(&layout, (config, &json!({"name": "app"})), &[blob], json!({}))]);
        refused(directory.path(), &[], &format!("this is {named}, not a container image"));
    }
    layout.finish(&[]);
    refused(directory.path(), &[], "the index is empty");
}

#[test]
fn an_image_may_have_an_artifact_type() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let blob = layout.blob(LAYER, &layer(10));
    let config = config(&[layer(10)], "amd64");
    let kind = json!({"artifactType": "application/vnd.example+type"});
    let image = manifest(&layout, (CONFIG, &config), &[blob], kind.clone());
    layout.finish(&[with(image, kind)]);
    assert_eq!(sizes(directory.path(), &[]).0, [10]);
}

#[test]
fn an_image_without_a_list_of_layers_is_empty() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    for layers in [json!({}), json!({"layers": null})] {
        let config = layout.document(CONFIG, &config(&[], "amd64"));
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config});
        layout.finish(&[layout.document(MANIFEST, &with(manifest, layers))]);
        assert_eq!(sizes(directory.path(), &[]).0, [0]);
    }
}

#[test]
fn layers_that_are_not_tars_are_not_read_as_empty() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let mut erofs = vec![0; 8192];
    erofs[1024..1028].copy_from_slice(&[0xe2, 0xe1, 0xf5, 0xe0]);
    let encrypted = format!("{LAYER}+gzip+encrypted");
    for (media_type, content, named) in [
        ("application/vnd.erofs.layer.v1", &erofs, "is an EROFS image (`application/vnd.erofs.layer.v1`)"),
        (LAYER, &erofs, "is an EROFS image"),
        (encrypted.as_str(), &vec![7; 5000], "is an encrypted layer"),
        ("application/vnd.oci.image.layer.nydus.blob.v1", &vec![7; 5000], "is a Nydus layer"),
        ("application/vnd.example.layer", &layer(1), "is of type `application/vnd.example.layer`"),
    ] {
        let blob = layout.blob(media_type, content);
        let config = config(std::slice::from_ref(content), "amd64");
        layout.finish(&[layout.manifest(&config, &[blob])]);
        for depth in ["verified", "unverified", "headers"] {
            refused(directory.path(), &["--depth", depth], named);
        }
    }
}

#[test]
fn platforms_side_by_side_are_one_image() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let platform = |architecture: &str, variant: Option<&str>| json!({"platform": {"os": "linux", "architecture": architecture, "variant": variant}});
    let amd = layout.image(&[layer(1000)], "amd64");
    let arm = layout.image(&[layer(2000)], "arm64");
    let flat = [with(arm.clone(), platform("arm64", Some("v8"))), with(amd.clone(), platform("amd64", None))];
    let bare = [arm, amd.clone()];
    for manifests in [&flat, &bare] {
        layout.finish(manifests);
        assert_eq!(sizes(directory.path(), &[]).0, [1000]);
        for (wanted, size) in [
            ("linux/amd64", 1000),
            ("linux/x86_64", 1000),
            ("linux/arm64", 2000),
            ("linux/arm64/v8", 2000),
            ("linux/aarch64", 2000),
        ] {
            assert_eq!(sizes(directory.path(), &["--platform", wanted]).0, [size], "{wanted}");
        }
        refused(directory.path(), &["--platform", "linux/s390x"], "no image for platform linux/s390x here");
    }
    // Twice the same platform: two images.
    layout.finish(&[amd, layout.image(&[layer(3000)], "amd64")]);
    assert_eq!(sizes(directory.path(), &[]).0, [1000, 3000]);
}

#[test]
fn a_config_under_another_name_is_a_warning() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("image.tar");
    let name = "a".repeat(64);
    let config = config(&[layer(10)], "amd64").to_string();
    let manifest = json!([{"Config": format!("{name}.json"), "RepoTags": ["test:1"], "Layers": ["l.tar"]}]);
    let archive = Layer::default()
        .entry("l.tar", EntryType::Regular, "", &layer(10))
        .entry(&format!("{name}.json"), EntryType::Regular, "", config.as_bytes())
        .entry("manifest.json", EntryType::Regular, "", manifest.to_string().as_bytes())
        .finish();
    fs::write(&file, archive).unwrap();
    let (size, document) = sizes(&file, &[]);
    assert_eq!(size, [10]);
    let digest = format!("sha256:{}", sha256(config.as_bytes()));
    assert!(document.contains("config_name_mismatch") && document.contains(&digest), "{document}");
    assert!(!sizes(&file, &["--depth", "unverified"]).1.contains("config_name_mismatch"));
}

#[test]
fn digests_are_believed_where_nothing_is_verified() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let image = layout.image(&[layer(10)], "amd64");
    let digest = image["digest"].as_str().unwrap().to_owned();
    let path = directory.path().join("blobs/sha256").join(digest.trim_start_matches("sha256:"));
    fs::write(&path, fs::read_to_string(&path).unwrap() + " ").unwrap();
    layout.finish(&[image]);
    refused(directory.path(), &[], "does not match its digest");
    for depth in ["unverified", "headers"] {
        assert_eq!(sizes(directory.path(), &["--depth", depth]).0, [10]);
    }
}

#[test]
fn what_is_given_in_place_of_an_image_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("x.tar");
    for (members, named, hint) in [
        (&["bin/sh", ".dockerenv"][..], "the file system of a container", "`docker save`"),
        (&["etc/os-release"], "the file system of a container", "`docker save`"),
        (&["repositories", "1/layer.tar"], "an archive of Docker before 1.10", "a newer engine"),
        (&["a"], "there is no image here", "a `manifest.json`"),
    ] {
        let tar = members.iter().fold(Layer::default(), |tar, name| tar.file(name, 5, 1)).finish();
        fs::write(&file, tar).unwrap();
        refused(&file, &[], named);
        refused(&file, &[], hint);
    }
}

#[test]
fn tars_that_few_write_are_read_as_engines_read_them() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("image.tar");
    // .NET leaves the size of an empty file blank.
    let mut blank = tar::Header::new_ustar();
    blank.set_path("app/empty.txt").unwrap();
    blank.as_mut_bytes()[124..136].fill(0);
    blank.set_cksum();
    let mut dotnet = Layer::default().file("app/a.dll", 1000, 1);
    dotnet.block(blank.as_bytes());
    let dotnet = dotnet.file("app/c.dll", 10, 1).finish();
    // A last file without padding and without an end.
    let mut unpadded = Layer::default().file("a", 1000, 1).file("b", 100, 1).finish();
    unpadded.truncate(512 + 1024 + 512 + 100);
    let inside = Layer::default().file("x/mid/../up", 1100, 1).file("a", 5, 1).finish();
    // `lib/z.so` is `usr/lib/z.so`: the later entry replaces the earlier.
    let through = Layer::default()
        .directory("usr/lib")
        .symlink("lib", "usr/lib")
        .file("lib/z.so", 300, 1)
        .file("usr/lib/z.so", 200, 2)
        .finish();
    for (layer, size) in [(dotnet, 1010), (unpadded, 1100), (inside, 1105), (through, 200)] {
        fs::write(&file, docker_archive(&[layer], "test:1")).unwrap();
        assert_eq!(sizes(&file, &[]).0, [size]);
    }
}
