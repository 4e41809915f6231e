//! What is attached to an image of a registry (distribution-spec, "Listing Referrers"): with the API where the registry has it,
//! with the fall-back tag elsewhere. Which of both holds is probed, never inferred from a header.

use plimsoll_collect::Store as _;
use plimsoll_snapshot::{Digest, Limit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Digest as _;

use super::client::Size;
use super::document::whole;
use super::failure::Failure;
use super::repository::Repository;
use super::{member, refused};
use crate::error::{Error, Result};

/// The type of an artifact that is a snapshot, and that of its only layer.
pub(crate) const SNAPSHOT: &str = "application/vnd.plimsoll.snapshot.v1";
const LAYER: &str = "application/vnd.plimsoll.snapshot.v1.json+gzip";

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// The config of an artifact that has none (image-spec, manifest.md, "Guidance for an Empty Descriptor").
const EMPTY: (&str, &[u8]) = ("application/vnd.oci.empty.v1+json", b"{}");
/// The longest list of referrers that is read.
const LIST_BYTES: u64 = 4 << 20;
/// How often a list is written that others write, too.
const TRIES: usize = 3;

/// What an index or a manifest says of a blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Descriptor {
    media_type: String,
    pub(crate) digest: String,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    artifact_type: Option<String>,
}

/// How a registry lists referrers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// It has the API.
    Api,
    /// A tag stands for the list.
    Tag(String),
}

/// What came of attaching something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attached {
    pub(crate) way: Way,
    /// The digest of the manifest that has the snapshot.
    pub(crate) digest: String,
    /// Whether it was not there before.
    pub(crate) is_new: bool,
}

impl Repository<'_> {
    /// What the manifest of an image says of itself, as far as others refer to it.
    pub(crate) fn subject(&self, image: &super::RegistryStore<'_>, digest: &Digest) -> Result<Descriptor> {
        let name = member(digest);
        let mut bytes = Vec::new();
        let read = image.open(&name).and_then(|reader| match reader {
            Some(mut reader) => std::io::Read::read_to_end(&mut reader, &mut bytes),
            None => Err(std::io::ErrorKind::NotFound.into()),
        });
        read.map_err(|error| Error::read(std::path::Path::new(&name), error))?;
        let media_type = serde_json::from_slice::<Value>(&bytes).ok();
        let media_type = media_type.as_ref().and_then(|manifest| manifest["mediaType"].as_str());
        Ok(Descriptor {
            media_type: media_type.unwrap_or(MANIFEST).to_owned(),
            digest: digest.to_string(),
            size: bytes.len() as u64,
            artifact_type: None,
        })
    }

    /// Attaches a snapshot, unless it is attached already.
    pub(crate) fn attach(&self, subject: &Descriptor, snapshot: &[u8]) -> Result<Attached> {
        let failed = |failure: Failure| self.refused(&failure);
        let layer = descriptor(LAYER, snapshot);
        let config = descriptor(EMPTY.0, EMPTY.1);
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "artifactType": SNAPSHOT,
            "config": config,
            "layers": [layer],
            "subject": subject,
        });
        let manifest = manifest.to_string().into_bytes();
        let own = Descriptor { artifact_type: Some(SNAPSHOT.to_owned()), ..descriptor(MANIFEST, &manifest) };
        let (way, listed) = self.referrers(&subject.digest).map_err(failed)?;
        let is_there = |listed: &[Descriptor]| listed.iter().any(|one| one.digest == own.digest);
        if is_there(&listed) {
            return Ok(Attached { way, digest: own.digest, is_new: false });
        }
        for (descriptor, bytes) in [(&config, EMPTY.1), (&layer, snapshot)] {
            self.client.push_blob(&descriptor.digest, bytes).map_err(failed)?;
        }
        self.client.put_manifest(&own.digest, MANIFEST, &manifest).map_err(failed)?;
        if let Way::Tag(tag) = &way {
            self.list_by_tag(tag, &subject.digest, &own)?;
        }
        Ok(Attached { way, digest: own.digest, is_new: true })
    }

    /// Adds to the list that a tag stands for. Another build may write it at the same time, and then the list of one is
    /// lost: so it is read again.
    fn list_by_tag(&self, tag: &str, subject: &str, own: &Descriptor) -> Result<()> {
        for _ in 0..TRIES {
            let (_, mut listed) = self.referrers(subject).map_err(|failure| self.refused(&failure))?;
            if listed.iter().any(|one| one.digest == own.digest) {
                return Ok(());
            }
            listed.push(own.clone());
            let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": listed });
            let index = index.to_string().into_bytes();
            self.client.put_manifest(tag, INDEX, &index).map_err(|failure| self.refused(&failure))?;
        }
        let (_, listed) = self.referrers(subject).map_err(|failure| self.refused(&failure))?;
        if listed.iter().any(|one| one.digest == own.digest) {
            return Ok(());
        }
        Err(Error::usage(
            format!("the registry does not keep what is attached under the tag `{tag}`"),
            "it has no referrers API, and gives another document for this tag; keep the snapshot in a history instead",
        ))
    }

    /// The snapshot that is attached to an image: the last one that is what it says. The bytes are those that its digest
    /// promises.
    pub(crate) fn attached(&self, subject: &Digest, limit: u64) -> Result<Option<Vec<u8>>> {
        let failed = |failure: Failure| self.refused(&failure);
        let subject = subject.to_string();
        let (_, listed) = self.referrers(&subject).map_err(failed)?;
        let may_be = |one: &&Descriptor| one.artifact_type.as_deref().is_none_or(|kind| kind == SNAPSHOT);
        for one in listed.iter().rev().filter(may_be) {
            let Some(manifest) = self.manifest(&one.digest).map_err(failed)? else { continue };
            let Some(layer) = snapshot_of(&manifest, &subject).filter(|layer| layer.size <= limit) else {
                continue;
            };
            let Ok(digest) = Digest::parse(&layer.digest) else { continue };
            let Some(mut blob) = self.blob(&digest, plimsoll_snapshot::Bytes(layer.size))? else { continue };
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut blob, &mut bytes)
                .map_err(|error| Error::read(std::path::Path::new(&layer.digest), error))?;
            if digest_of(&bytes) == layer.digest {
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    /// A manifest by its digest; none if it is gone, or is not what it is called.
    fn manifest(&self, digest: &str) -> std::result::Result<Option<Value>, Failure> {
        if Digest::parse(digest).is_err() {
            return Ok(None);
        }
        match self.client.document(&format!("manifests/{digest}"), self.limits[Limit::DocumentBytes]) {
            Ok((bytes, _)) => {
                Ok((digest_of(&bytes) == digest).then(|| serde_json::from_slice(&bytes).ok()).flatten())
            }
            Err(Failure::NotFound) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// What refers to a manifest, and how the registry lists it.
    fn referrers(&self, subject: &str) -> std::result::Result<(Way, Vec<Descriptor>), Failure> {
        match self.client.get(&format!("referrers/{subject}"), INDEX, Size::Document, 0) {
            Ok(response) => {
                let bytes = whole(response.into_body().into_reader(), LIST_BYTES)?;
                self.client.traffic.count(bytes.len());
                // What is no index is an answer of a server that does not know the API.
                if let Some(listed) = index(&bytes) {
                    return Ok((Way::Api, listed));
                }
            }
            Err(Failure::NotFound) => {}
            Err(Failure::Status { status, .. }) if status.is_client_error() => {}
            Err(failure) => return Err(failure),
        }
        let tag = subject.replacen(':', "-", 1);
        match self.client.document(&format!("manifests/{tag}"), LIST_BYTES) {
            // Some registries give the subject itself for this tag.
            Ok((bytes, _)) => Ok((Way::Tag(tag), index(&bytes).unwrap_or_default())),
            Err(Failure::NotFound) => Ok((Way::Tag(tag), Vec::new())),
            Err(failure) => Err(failure),
        }
    }

    fn refused(&self, failure: &Failure) -> Error {
        refused(&self.reference, failure, Some(&*self.client))
    }
}

/// The descriptors of an index; none if a document is something else.
fn index(bytes: &[u8]) -> Option<Vec<Descriptor>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Index {
        media_type: Option<String>,
        manifests: Vec<Value>,
    }
    let index: Index = serde_json::from_slice(bytes).ok()?;
    if index.media_type.is_some_and(|media_type| media_type != INDEX) {
        return None;
    }
    Some(index.manifests.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect())
}

/// The layer of a manifest that attaches a snapshot to an image.
fn snapshot_of(manifest: &Value, subject: &str) -> Option<Descriptor> {
    let is_ours = manifest["artifactType"] == SNAPSHOT && manifest["subject"]["digest"] == subject;
    let [layer] = &manifest["layers"].as_array().filter(|_| is_ours)?[..] else { return None };
    let layer: Descriptor = serde_json::from_value(layer.clone()).ok()?;
    (layer.media_type == LAYER).then_some(layer)
}

fn descriptor(media_type: &str, bytes: &[u8]) -> Descriptor {
    Descriptor {
        media_type: media_type.to_owned(),
        digest: digest_of(bytes),
        size: bytes.len() as u64,
        artifact_type: None,
    }
}

fn digest_of(bytes: &[u8]) -> String {
    Digest::sha256(sha2::Sha256::digest(bytes).into()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_list_is_a_list() {
        let one = json!({ "mediaType": MANIFEST, "digest": "sha256:1", "size": 2, "annotations": {} });
        let list = |media_type: &str| json!({ "mediaType": media_type, "manifests": [one, 7] }).to_string();
        assert_eq!(index(list(INDEX).as_bytes()).unwrap().len(), 1);
        assert_eq!(index(list(MANIFEST).as_bytes()), None);
        for other in ["", "{}", "[]", "{\"layers\": []}", "<html>"] {
            assert_eq!(index(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn a_manifest_of_another_type_or_subject_has_no_snapshot() {
        let manifest = |kind: &str, layer: &str| {
            json!({ "artifactType": kind, "subject": { "digest": "sha256:a" },
                    "layers": [{ "mediaType": layer, "digest": "sha256:b", "size": 1 }] })
        };
        assert!(snapshot_of(&manifest(SNAPSHOT, LAYER), "sha256:a").is_some());
        assert!(snapshot_of(&manifest(SNAPSHOT, LAYER), "sha256:c").is_none());
        assert!(snapshot_of(&manifest("application/spdx+json", LAYER), "sha256:a").is_none());
        assert!(snapshot_of(&manifest(SNAPSHOT, "text/plain"), "sha256:a").is_none());
        assert!(snapshot_of(&json!([]), "sha256:a").is_none());
    }
}
