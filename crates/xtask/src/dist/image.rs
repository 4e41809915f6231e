//! The container image, `FROM scratch`: an OCI layout with one image per platform, written without an engine.
//!
//! Formats: image-spec, `image-layout.md`, `image-index.md`, `manifest.md` and `config.md`.

use std::fs;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use webpki_root_certs::TLS_SERVER_ROOT_CERTS;

use crate::error::Result;

use super::archive::{gzip, sha256, tar};
use super::contents::Content;
use super::release::{VERSION, directory, time};
use super::tables::{TARGETS, Target};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// A user without rights. An engine's socket needs `--user`, and the documentation says so.
const USER: &str = "65532:65532";

/// The file name of the image.
pub(super) fn name() -> String {
    format!("plimsoll-{VERSION}-image.tar")
}

/// Writes the image of the Linux archives that are there.
pub(super) fn write() -> Result {
    let mut programs = Vec::new();
    for target in TARGETS.iter().filter(|target| target.is_linux()) {
        let archive = directory().join(target.archive());
        if archive.is_file() {
            programs.push((target, program(target, &fs::read(archive)?)?));
        }
    }
    if programs.is_empty() {
        println!("  skipped: there is no archive for Linux in `{}`", directory().display());
        return Ok(());
    }
    Ok(fs::write(directory().join(name()), tar(&layout(&programs)?)?)?)
}

/// The program in an archive.
fn program(target: &Target, archive: &[u8]) -> Result<Vec<u8>> {
    let mut archive = tar::Archive::new(GzDecoder::new(archive));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if *entry.path()? == *format!("{}/{}", target.stem(), target.program()) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            return Ok(bytes);
        }
    }
    Err(format!("`{}` contains no program", target.archive()).into())
}

/// The files of the layout.
fn layout(programs: &[(&Target, Vec<u8>)]) -> Result<Vec<Content>> {
    let mut blobs = Blobs::default();
    let mut manifests = Vec::new();
    for (target, program) in programs {
        let layer = tar(&root_file_system(program))?;
        let diff_id = format!("sha256:{}", sha256(&layer));
        let layer = blobs.add(LAYER, gzip(&layer)?);
        let config = blobs.add_json(CONFIG, &config(target, &diff_id)?)?;
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": config,
            "layers": [layer],
            "annotations": labels(),
        });
        let mut manifest = blobs.add_json(MANIFEST, &manifest)?;
        manifest["platform"] = json!({"os": "linux", "architecture": target.architecture});
        manifests.push(manifest);
    }
    let index =
        json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests, "annotations": labels()});
    let mut index = blobs.add_json(INDEX, &index)?;
    // Engines take it for the name of what they load.
    index["annotations"] = json!({"org.opencontainers.image.ref.name": format!("plimsoll:{VERSION}")});
    let file = |path: &str, value: &Value| -> Result<Content> {
        Ok(Content { path: path.to_owned(), bytes: serde_json::to_vec(value)?, is_program: false })
    };
    let mut files = vec![
        file("index.json", &json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [index]}))?,
        file("oci-layout", &json!({"imageLayoutVersion": "1.0.0"}))?,
    ];
    blobs.files.sort_by(|one, other| one.path.cmp(&other.path));
    blobs.files.dedup_by(|one, other| one.path == other.path);
    files.splice(0..0, blobs.files);
    Ok(files)
}

/// The program, and the certificates that it needs to contact registries.
fn root_file_system(program: &[u8]) -> Vec<Content> {
    let mut certificates = String::new();
    for certificate in TLS_SERVER_ROOT_CERTS {
        certificates.push_str("-----BEGIN CERTIFICATE-----\n");
        let text = STANDARD.encode(certificate);
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            certificates.push_str(line);
            certificates.push('\n');
            rest = after;
        }
        certificates.push_str("-----END CERTIFICATE-----\n");
    }
    vec![
        Content {
            path: "etc/ssl/certs/ca-certificates.crt".to_owned(),
            bytes: certificates.into_bytes(),
            is_program: false,
        },
        Content { path: "plimsoll".to_owned(), bytes: program.to_vec(), is_program: true },
    ]
}

fn config(target: &Target, diff_id: &str) -> Result<Value> {
    let created = jiff::Timestamp::from_second(time())?.to_string();
    Ok(json!({
        "created": created,
        "architecture": target.architecture,
        "os": "linux",
        "config": {
            "User": USER,
            "Env": ["PATH=/", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"],
            "Entrypoint": ["/plimsoll"],
            "WorkingDir": "/work",
            "Labels": labels(),
        },
        "rootfs": {"type": "layers", "diff_ids": [diff_id]},
        "history": [{"created": created, "created_by": "cargo xtask dist"}],
    }))
}

fn labels() -> Value {
    json!({
        "org.opencontainers.image.title": "plimsoll",
        "org.opencontainers.image.version": VERSION,
        "org.opencontainers.image.licenses": "MIT OR Apache-2.0",
    })
}

/// The blobs of a layout.
#[derive(Default)]
struct Blobs {
    files: Vec<Content>,
}

impl Blobs {
    /// Adds a blob, and gives its descriptor.
    fn add(&mut self, media_type: &str, bytes: Vec<u8>) -> Value {
        let digest = sha256(&bytes);
        let descriptor =
            json!({"mediaType": media_type, "digest": format!("sha256:{digest}"), "size": bytes.len()});
        self.files.push(Content { path: format!("blobs/sha256/{digest}"), bytes, is_program: false });
        descriptor
    }

    fn add_json(&mut self, media_type: &str, value: &Value) -> Result<Value> {
        Ok(self.add(media_type, serde_json::to_vec(value)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_descriptor_leads_to_its_blob() {
        let programs = vec![(&TARGETS[0], b"amd".to_vec()), (&TARGETS[1], b"arm".to_vec())];
        let files = layout(&programs).unwrap();
        let read = |path: &str| &files.iter().find(|file| file.path == path).unwrap().bytes;
        let blob = |descriptor: &Value| {
            let digest = descriptor["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap();
            let bytes = read(&format!("blobs/sha256/{digest}"));
            assert_eq!(sha256(bytes), digest);
            assert_eq!(descriptor["size"], bytes.len());
            bytes.clone()
        };
        let json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap();
        let index = json(&blob(&json(read("index.json"))["manifests"][0]));
        let mut architectures = Vec::new();
        for descriptor in index["manifests"].as_array().unwrap() {
            let manifest = json(&blob(descriptor));
            let config = json(&blob(&manifest["config"]));
            assert_eq!(config["architecture"], descriptor["platform"]["architecture"]);
            let mut layer = Vec::new();
            GzDecoder::new(&blob(&manifest["layers"][0])[..]).read_to_end(&mut layer).unwrap();
            assert_eq!(config["rootfs"]["diff_ids"][0], format!("sha256:{}", sha256(&layer)));
            architectures.push(config["architecture"].as_str().unwrap().to_owned());
        }
        assert_eq!(architectures, ["amd64", "arm64"]);
    }
}
