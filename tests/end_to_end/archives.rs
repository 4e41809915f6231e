//! Archives and layouts of every kind: each is read, or refused with the reason.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use plimsoll_tests::craft::{LAYER, Layer, Layout, config, docker_archive, sha256, with};
use plimsoll_tests::program;
use serde_json::{Value, json};
use tar::EntryType;

fn layer(size: usize) -> Vec<u8> {
    Layer::default().file("file", size, 1).finish()
}

fn inspect(source: &Path, more: &[&str]) -> Value {
    let source = source.to_str().unwrap();
    program::json([&["inspect", source, "--format", "json"], more].concat())
}

/// The sizes of the images of a source.
fn sizes(source: &Path, more: &[&str]) -> Vec<u64> {
    let document = inspect(source, more);
    document["images"].as_array().unwrap().iter().map(|image| image["size_bytes"].as_u64().unwrap()).collect()
}

fn refused(source: &Path, more: &[&str], expected: &[&str]) {
    let run = program::run([&["inspect", source.to_str().unwrap()], more].concat());
    assert_eq!(run.code, Some(2), "{}", run.stdout);
    for part in expected {
        assert!(run.stderr.contains(part), "`{part}` is not in: {}", run.stderr);
    }
}

fn platform(architecture: &str) -> Value {
    json!({"platform": {"os": "linux", "architecture": architecture}})
}

#[test]
fn an_archive_that_is_compressed_as_a_whole() {
    let directory = tempfile::tempdir().unwrap();
    let archive = docker_archive(&[layer(1000)], "test/image:1");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&archive).unwrap();
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(&archive).unwrap();
    let mut xz = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    xz.write_all(&archive).unwrap();
    for packed in [
        gzip.finish().unwrap(),
        zstd::encode_all(&archive[..], 1).unwrap(),
        bzip2.finish().unwrap(),
        xz.finish().unwrap(),
        archive,
    ] {
        // The name says nothing.
        let file = directory.path().join("image");
        fs::write(&file, packed).unwrap();
        assert_eq!(sizes(&file, &[]), [1000]);
    }
}

#[test]
fn several_images_and_tags_in_one_archive() {
    let directory = tempfile::tempdir().unwrap();
    let shared = layer(1000);
    let own = Layer::default().file("own", 50, 2).finish();
    let first = config(std::slice::from_ref(&shared), "amd64").to_string();
    let second = config(&[shared.clone(), own.clone()], "amd64").to_string();
    let names = [&first, &second].map(|config| format!("{}.json", sha256(config.as_bytes())));
    let manifest = json!([
        {"Config": names[0], "RepoTags": ["test/one:1", "test/one:latest"], "Layers": ["a/layer.tar"]},
        {"Config": names[1], "RepoTags": null, "Layers": ["b/layer.tar", "c/layer.tar"]},
    ]);
    // As Docker up to 24 writes a layer that already exists: a link to it.
    let archive = Layer::default()
        .entry("a/layer.tar", EntryType::Regular, "", &shared)
        .entry("b/layer.tar", EntryType::Symlink, "../a/layer.tar", &[])
        .entry("c/layer.tar", EntryType::Regular, "", &own)
        .entry(&names[0], EntryType::Regular, "", first.as_bytes())
        .entry(&names[1], EntryType::Regular, "", second.as_bytes())
        .entry("manifest.json", EntryType::Regular, "", manifest.to_string().as_bytes())
        .finish();
    for packed in [archive.clone(), zstd::encode_all(&archive[..], 1).unwrap()] {
        let file = directory.path().join("save.tar");
        fs::write(&file, packed).unwrap();
        let document = inspect(&file, &[]);
        assert_eq!(sizes(&file, &[]), [1000, 1050]);
        assert_eq!(document["stack"]["unique_bytes"], 1050);
        assert_eq!(document["images"][0]["service"], "one");
        let chosen = format!("docker-archive:{}:test/one", file.display());
        assert_eq!(sizes(Path::new(&chosen), &[]), [1000]);
        let by_position = format!("docker-archive:{}:@1", file.display());
        assert_eq!(sizes(Path::new(&by_position), &[]), [1050]);
    }
}

#[test]
fn indexes_nest_and_attestations_are_no_images() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let amd64 = with(layout.image(&[layer(1000)], "amd64"), platform("amd64"));
    let arm64 = with(layout.image(&[layer(2000)], "arm64"), platform("arm64"));
    let attestation = with(
        layout.document("application/vnd.oci.image.manifest.v1+json", &json!({"schemaVersion": 2})),
        json!({
            "platform": {"os": "unknown", "architecture": "unknown"},
            "annotations": {"vnd.docker.reference.type": "attestation-manifest"},
        }),
    );
    let inner = layout.index(&[arm64, attestation, amd64]);
    layout.finish(&[with(inner, json!({"annotations": {"org.opencontainers.image.ref.name": "v1"}}))]);
    assert_eq!(sizes(directory.path(), &[]), [1000]);
    assert_eq!(sizes(directory.path(), &["--platform", "linux/arm64"]), [2000]);
    let document = inspect(directory.path(), &[]);
    assert_eq!(
        document["images"][0]["warnings"][0]["message"],
        "this is the image for linux/amd64; there is also linux/arm64"
    );
    refused(
        directory.path(),
        &["--platform", "linux/riscv64"],
        &["no image for platform linux/riscv64", "`linux/arm64`, `linux/amd64`"],
    );
}

#[test]
fn an_index_that_includes_itself_ends() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let mut inner = layout.image(&[layer(10)], "amd64");
    for _ in 0..20 {
        inner = layout.index(&[inner]);
    }
    layout.finish(&[inner]);
    refused(
        directory.path(),
        &[],
        &["the depth of nested indexes", "limit of 8 (met: 9)", "--limit-index-depth"],
    );
}

#[test]
fn a_layer_that_is_kept_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let layers = [layer(1000), layer(20)];
    let foreign = json!({
        "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "digest": format!("sha256:{}", sha256(b"elsewhere")),
        "size": 12345,
        "urls": ["https://example.com/layer"],
    });
    let here = layout.blob(LAYER, &layers[1]);
    let config = config(&layers, "amd64");
    layout.finish(&[layout.manifest(&config, &[foreign.clone(), here.clone()])]);
    let image = inspect(directory.path(), &[])["images"][0].clone();
    assert_eq!(
        (image["size_bytes"].as_u64(), image["layers"][0]["blob_bytes"].as_u64()),
        (Some(20), Some(12345))
    );
    assert_eq!(image["warnings"][0]["kind"], "layer_not_included");

    // Any other layer has to be there.
    let missing = with(foreign, json!({"mediaType": LAYER}));
    layout.finish(&[layout.manifest(&config, &[missing, here])]);
    refused(directory.path(), &[], &["blob sha256:", "is missing", "manifest sha256:"]);
}

#[test]
fn media_types_are_not_believed() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let layers = [layer(1000)];
    // Plain bytes under the type of a compressed layer, as skopeo writes them, and under that of anything.
    for media_type in ["application/vnd.docker.image.rootfs.diff.tar.gzip", "application/octet-stream"] {
        let blob = layout.blob(media_type, &layers[0]);
        layout.finish(&[layout.manifest(&config(&layers, "amd64"), &[blob])]);
        assert_eq!(sizes(directory.path(), &[]), [1000]);
    }
    let image = layout.image(&layers, "amd64");
    let unknown = layout
        .document("application/vnd.example+json", &json!({"mediaType": "application/vnd.example+json"}));
    layout.finish(&[unknown, image]);
    let document = inspect(directory.path(), &[]);
    assert_eq!(document["images"][0]["size_bytes"], 1000);
    assert_eq!(document["images"][0]["warnings"][0]["kind"], "skipped_manifest");
}

#[test]
fn a_broken_oci_manifest_beside_a_sound_one_of_docker() {
    // Docker 25.0 wrote an OCI manifest without layers into its archives.
    let directory = tempfile::tempdir().unwrap();
    let layers = [layer(1000)];
    let mut archive = Layer::default();
    let inside = docker_archive(&layers, "test/image:1");
    archive.block(&inside[..inside.len() - 1024]);
    let archive = archive
        .entry(
            "index.json",
            EntryType::Regular,
            "",
            json!({"schemaVersion": 2, "manifests": []}).to_string().as_bytes(),
        )
        .entry("oci-layout", EntryType::Regular, "", b"{\"imageLayoutVersion\": \"1.0.0\"}")
        .finish();
    let file = directory.path().join("save.tar");
    fs::write(&file, archive).unwrap();
    assert_eq!(sizes(&file, &[]), [1000]);
}

#[test]
fn a_history_that_does_not_fit() {
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout::new(directory.path());
    let layers = [layer(1000), layer(20)];
    let mut config = config(&layers, "amd64");
    config["history"] = json!([{"created_by": "COPY . ."}]);
    let blobs: Vec<_> = layers.iter().map(|layer| layout.blob(LAYER, layer)).collect();
    layout.finish(&[layout.manifest(&config, &blobs)]);
    let image = inspect(directory.path(), &[])["images"][0].clone();
    assert_eq!(image["warnings"][0]["kind"], "history_mismatch");
    assert_eq!(image["layers"][0]["instruction"], Value::Null);
}

#[test]
fn a_manifest_cannot_lead_out_of_its_directory() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("save");
    fs::create_dir(&root).unwrap();
    fs::write(directory.path().join("secret.json"), config(&[], "amd64").to_string()).unwrap();
    let manifest = json!([{"Config": "../secret.json", "RepoTags": ["x:1"], "Layers": []}]);
    fs::write(root.join("manifest.json"), manifest.to_string()).unwrap();
    refused(&root, &[], &["`../secret.json` is missing"]);
}
