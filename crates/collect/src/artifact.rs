//! Tells images from the other things that registries and layouts hold: signatures, charts, models, modules.
//!
//! A manifest is an image if its config is one and its layers can be file systems (image-spec, manifest.md, "Guidelines
//! for Artifact Usage"). `artifactType` and `subject` alone decide nothing: an image may have both.

use oci_spec::image::{Descriptor, ImageManifest};
use plimsoll_snapshot::{ArtifactKind, NotAnImage};

use crate::redact;

/// Configs of images: the specification's and Docker's.
const IMAGE_CONFIGS: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];
/// What tools write that do not care: the content decides.
pub(crate) const NO_TYPES: [&str; 4] = ["", "application/json", "application/octet-stream", "text/plain"];

/// The kind of an artifact and its tool or format, by a part of its media types. The first that fits holds.
const KINDS: [(&str, ArtifactKind, &str); 31] = [
    ("cncf.helm", ArtifactKind::Chart, "Helm"),
    ("cncf.flux", ArtifactKind::Artifact, "Flux"),
    ("cncf.notary", ArtifactKind::Signature, "Notary"),
    ("cncf.openpolicyagent", ArtifactKind::Bundle, "Open Policy Agent"),
    ("cncf.kyverno", ArtifactKind::Policy, "Kyverno"),
    ("cncf.model", ArtifactKind::Model, ""),
    ("docker.ai.model", ArtifactKind::Model, ""),
    ("ollama.image", ArtifactKind::Model, "Ollama"),
    ("gguf", ArtifactKind::Model, ""),
    ("simplesigning", ArtifactKind::Signature, "Cosign"),
    ("sigstore", ArtifactKind::Signature, "Sigstore"),
    ("cosign", ArtifactKind::Artifact, "Cosign"),
    ("in-toto", ArtifactKind::Attestation, ""),
    ("attestation", ArtifactKind::Attestation, ""),
    ("dsse", ArtifactKind::Attestation, ""),
    ("cyclonedx", ArtifactKind::Sbom, ""),
    ("spdx", ArtifactKind::Sbom, ""),
    ("syft", ArtifactKind::Sbom, ""),
    ("sarif", ArtifactKind::ScanReport, ""),
    ("amazon.soci", ArtifactKind::Index, "SOCI"),
    ("stargz", ArtifactKind::LazyIndex, ""),
    ("wasm", ArtifactKind::Module, "WebAssembly"),
    ("buildkit.cache", ArtifactKind::Cache, "BuildKit"),
    ("docker.plugin", ArtifactKind::Plugin, "Docker"),
    ("docker.compose", ArtifactKind::Project, "Compose"),
    ("docker.scout", ArtifactKind::Record, "Docker Scout"),
    ("devcontainers", ArtifactKind::Feature, "dev container"),
    ("sylabs.sif", ArtifactKind::Image, "Singularity"),
    ("timoni", ArtifactKind::Module, "Timoni"),
    ("tekton", ArtifactKind::Bundle, "Tekton"),
    ("vnd.ansible", ArtifactKind::Collection, "Ansible"),
];

/// What a manifest is, if it is not an image. `descriptor` is what an index says of it.
pub(crate) fn artifact(manifest: &ImageManifest, descriptor: Option<&Descriptor>) -> Option<NotAnImage> {
    let config = manifest.config().media_type().to_string();
    let declared = manifest.artifact_type().as_ref().map(ToString::to_string);
    let declared = declared.or_else(|| descriptor?.artifact_type().as_ref().map(ToString::to_string));
    let layers = || manifest.layers().iter().map(|layer| layer.media_type().to_string());
    let is_image = if IMAGE_CONFIGS.contains(&&*config) {
        manifest.layers().is_empty() || layers().any(|layer| may_be_layer(&layer))
    } else {
        NO_TYPES.contains(&&*config) && declared.is_none() && manifest.subject().is_none()
    };
    if is_image {
        return None;
    }
    let config = (!IMAGE_CONFIGS.contains(&&*config)).then_some(config);
    Some(kind(declared.into_iter().chain(config).chain(layers())))
}

/// A layer of an image that cannot be read is a layer nevertheless.
fn may_be_layer(media_type: &str) -> bool {
    NO_TYPES.contains(&media_type)
        || ["tar", "layer", "rootfs", "erofs", "nydus", "squashfs"]
            .iter()
            .any(|part| media_type.contains(part))
}

fn kind(types: impl Iterator<Item = String>) -> NotAnImage {
    const EMPTY: &str = "application/vnd.oci.empty.v1+json";
    let types: Vec<String> = types.filter(|media_type| media_type != EMPTY).collect();
    let known = types.iter().find_map(|media_type| {
        let media_type = media_type.to_ascii_lowercase();
        let (_, kind, tool) = KINDS.iter().find(|(part, ..)| media_type.contains(part))?;
        let tool = Some(*tool).filter(|tool| !tool.is_empty()).map(str::to_owned);
        Some(NotAnImage::Artifact { kind: *kind, tool })
    });
    known.unwrap_or_else(|| match types.first() {
        Some(media_type) => NotAnImage::ArtifactType(redact::name(media_type).into_owned()),
        None => NotAnImage::Artifact { kind: ArtifactKind::Artifact, tool: None },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(config: &str, artifact_type: Option<&str>, layers: &[&str], expected: Option<&str>) {
        let blob = |media_type: &str| json!({"mediaType": media_type, "size": 1, "digest": format!("sha256:{}", "0".repeat(64))});
        let layers: Vec<_> = layers.iter().map(|layer| blob(layer)).collect();
        let mut manifest = json!({"schemaVersion": 2, "config": blob(config), "layers": layers});
        if let Some(artifact_type) = artifact_type {
            manifest["artifactType"] = json!(artifact_type);
        }
        let manifest = serde_json::from_value(manifest).unwrap();
        assert_eq!(artifact(&manifest, None).map(|what| what.to_string()).as_deref(), expected, "{config}");
    }

    #[test]
    fn artifacts_are_told_from_images() {
        let image = IMAGE_CONFIGS[0];
        let empty = "application/vnd.oci.empty.v1+json";
        let tar = "application/vnd.oci.image.layer.v1.tar+gzip";
        check(image, None, &[tar], None);
        check(image, None, &[], None);
        check(image, Some("application/vnd.example+type"), &[tar], None);
        check(image, None, &["application/vnd.erofs.layer.v1"], None);
        check("application/octet-stream", None, &["application/octet-stream"], None);
        check(IMAGE_CONFIGS[1], None, &["application/vnd.docker.image.rootfs.diff.tar.gzip"], None);
        check(image, None, &["application/vnd.dev.cosign.simplesigning.v1+json"], Some("a Cosign signature"));
        check(IMAGE_CONFIGS[1], None, &["application/vnd.ollama.image.model"], Some("an Ollama model"));
        check("application/vnd.cncf.helm.config.v1+json", None, &[tar], Some("a Helm chart"));
        check(
            "application/vnd.wasm.config.v0+json",
            None,
            &["application/wasm"],
            Some("a WebAssembly module"),
        );
        check(
            empty,
            Some("application/vnd.dev.sigstore.bundle.v0.3+json"),
            &["application/vnd.dev.sigstore.bundle.v0.3+json"],
            Some("a Sigstore signature"),
        );
        check(
            empty,
            Some("application/vnd.example.thing"),
            &["text/plain"],
            Some("an artifact of type `application/vnd.example.thing`"),
        );
    }
}
