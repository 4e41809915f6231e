//! Finds the images of a layout, and what has to be read of each.

mod descriptor;
mod names;
mod planned;
mod refusal;

use std::cell::Cell;
use std::collections::BTreeSet;

use oci_spec::image::{Descriptor, ImageIndex, ImageManifest};
use plimsoll_snapshot::{Bytes, Digest, Limit, Platform, ReadLimits, Transport, Warning};

use crate::artifact::artifact;
use crate::depth::Depth;
use crate::document::{DockerImage, ImageDocument, ImageFacts, image_document, image_facts, parse};
use crate::error::{Error, Result};
use crate::foreign::foreign_type;
use crate::platform::{self, WantedPlatform};
use crate::redact;
use crate::store::{Store, document};

use descriptor::{
    digest_of, is_attestation, is_compressed, is_foreign, is_manifest, platform_of, reference_of,
};
use names::{blob_member, digest_in_name, familiar, is_id, sha256};
pub use planned::{ImageSelection, PlannedImage, PlannedLayer};
use refusal::{lone_artifact, missing, no_image_in_index, not_an_image};

/// How often a document may be read again for other images, in times of the largest one.
const DOCUMENTS: u64 = 64;

const DOCKER_MANIFEST: &str = "manifest.json";
const OCI_INDEX: &str = "index.json";

/// Finds the images that are wanted. Without a `transport`, what the store holds decides: Docker's manifest first,
/// because Docker 25.0 wrote OCI manifests without layers beside it (moby#47065).
pub fn plan(
    store: &dyn Store,
    transport: Option<Transport>,
    selection: &ImageSelection,
    limits: &ReadLimits,
) -> Result<(Transport, Vec<PlannedImage>)> {
    let planner = Planner { store, selection, limits, documents: Cell::new(0), seen: Cell::new(0) };
    let manifest = document(store, DOCKER_MANIFEST, limits)?;
    let is_list = manifest.as_ref().is_some_and(|bytes| bytes.trim_ascii_start().starts_with(b"["));
    let index = document(store, OCI_INDEX, limits)?;
    let wants_docker = !matches!(transport, Some(Transport::Oci | Transport::OciArchive | Transport::Dir));
    let wants_oci = matches!(transport, None | Some(Transport::Oci | Transport::OciArchive));
    let wants_dir = matches!(transport, None | Some(Transport::Dir));
    let (found, images) = match (manifest, index) {
        (Some(manifest), _) if is_list && wants_docker => {
            (Transport::DockerArchive, planner.docker_images(&manifest)?)
        }
        (_, Some(index)) if wants_oci => (Transport::OciArchive, planner.oci_images(&index)?),
        (Some(manifest), _) if !is_list && wants_dir => (Transport::Dir, vec![planner.dir_image(&manifest)?]),
        _ => {
            return Err(not_an_image(store, transport));
        }
    };
    Ok((transport.unwrap_or(found), planner.choose(images)?))
}

/// An image for one platform, as its manifest has it. No layer was read.
#[derive(Clone, Debug)]
pub struct FoundPlatform {
    /// The names of the image.
    pub tags: Vec<String>,
    /// What it runs on.
    pub platform: Platform,
    /// The digest of the manifest, or of the config where there is none.
    pub digest: Digest,
    /// When it was built (RFC 3339), as the config says.
    pub created: Option<String>,
    /// The blobs of its layers, lowest first; absent if the source lacks the manifest. Their sizes are absent where they are
    /// stored uncompressed.
    pub layers: Option<Vec<(Digest, Option<Bytes>)>>,
}

/// Finds the images of every platform. A layout may lack manifests and configs of platforms that were not copied.
///
/// # Errors
///
/// As [`plan`].
pub fn platforms(store: &dyn Store, depth: Depth, limits: &ReadLimits) -> Result<Vec<FoundPlatform>> {
    let selection = ImageSelection { depth, ..ImageSelection::default() };
    let planner =
        Planner { store, selection: &selection, limits, documents: Cell::new(0), seen: Cell::new(0) };
    let Some(index) = document(store, OCI_INDEX, limits)? else {
        let (_, images) = plan(store, None, &selection, limits)?;
        return Ok(images.into_iter().map(FoundPlatform::of).collect());
    };
    let (groups, warnings) = planner.groups(&index)?;
    let mut found = Vec::new();
    for group in groups {
        for manifest in group.manifests {
            found.push(planner.found_platform(group.name.as_ref(), manifest)?);
        }
    }
    if found.is_empty() { Err(no_image_in_index(&warnings)) } else { Ok(found) }
}

impl FoundPlatform {
    fn of(image: PlannedImage) -> Self {
        // Without a manifest this is an archive of `docker save`, which stores layers as they are unpacked.
        let is_compressed = image.manifest_digest.is_some();
        let blob = |layer: PlannedLayer| {
            let digest = layer.digest.unwrap_or_else(|| layer.diff_id.digest().clone());
            (digest, is_compressed.then_some(layer.bytes))
        };
        Self {
            tags: image.tags,
            platform: image.facts.platform,
            digest: image.manifest_digest.unwrap_or(image.id),
            created: image.facts.created,
            layers: Some(image.layers.into_iter().map(blob).collect()),
        }
    }
}

struct Planner<'a> {
    store: &'a dyn Store,
    selection: &'a ImageSelection,
    limits: &'a ReadLimits,
    /// Bytes of the documents that were read.
    documents: Cell<u64>,
    /// What was seen in lists of images and indexes.
    seen: Cell<u64>,
}

impl Planner<'_> {
    fn docker_images(&self, manifest: &[u8]) -> Result<Vec<PlannedImage>> {
        let images: Vec<DockerImage> = parse(DOCKER_MANIFEST, manifest)?;
        if images.is_empty() {
            let reason = "it lists no image".to_owned();
            return Err(Error::Document { member: DOCKER_MANIFEST.to_owned(), reason });
        }
        let planned = images.into_iter().map(|image| {
            self.see(DOCKER_MANIFEST)?;
            self.docker_image(image)
        });
        planned.collect()
    }

    fn docker_image(&self, image: DockerImage) -> Result<PlannedImage> {
        let config = self.required(&image.config, DOCKER_MANIFEST)?;
        // Engines load a config whatever its file is called, and the ID is the digest it has.
        let id = sha256(&config);
        let is_named_so = digest_in_name(&image.config).is_none_or(|named| named == id);
        let mut warnings = Vec::new();
        if !is_named_so && self.selection.depth == Depth::Verified {
            warnings.push(Warning::ConfigNameMismatch {
                name: redact::name(&image.config).into_owned(),
                digest: id.clone(),
            });
        }
        let facts = image_facts(&image.config, &config)?;
        let members = image.layers.unwrap_or_default();
        self.check_count(&image.config, members.len(), &facts)?;
        let layers = members.into_iter().zip(&facts.diff_ids).map(|(member, diff_id)| {
            let Some(bytes) = self.store.size(&member) else {
                return Err(missing(&member, DOCKER_MANIFEST));
            };
            // Other digests in names (`<id>/layer.tar`) are not those of the content.
            let digest = member.starts_with("blobs/").then(|| digest_in_name(&member)).flatten();
            Ok(PlannedLayer { member: Some(member), digest, diff_id: diff_id.clone(), bytes: Bytes(bytes) })
        });
        Ok(PlannedImage {
            reference: None,
            tags: image.repo_tags.unwrap_or_default(),
            id,
            manifest_digest: None,
            layers: layers.collect::<Result<_>>()?,
            facts,
            warnings,
        })
    }

    fn dir_image(&self, manifest: &[u8]) -> Result<PlannedImage> {
        match image_document(DOCKER_MANIFEST, manifest)? {
            ImageDocument::Manifest(parsed) => {
                if let Some(kind) = artifact(&parsed, None) {
                    return Err(lone_artifact(&kind));
                }
                let digest = sha256(manifest);
                self.oci_image(&parsed, digest, DOCKER_MANIFEST, |digest| digest.hex().to_owned())
            }
            ImageDocument::Index(_) => Err(Error::Document {
                member: DOCKER_MANIFEST.to_owned(),
                reason: "it is an index, not a manifest".to_owned(),
            }),
            ImageDocument::Other(what) => {
                Err(Error::Document { member: DOCKER_MANIFEST.to_owned(), reason: what.to_string() })
            }
        }
    }

    fn found_platform(&self, name: Option<&String>, found: FoundManifest) -> Result<FoundPlatform> {
        let FoundManifest { digest, platform, manifest } = found;
        let manifest = match manifest {
            None => self.manifest_if_there(&digest)?,
            manifest => manifest,
        };
        let (mut layers, mut created) = (None, None);
        if let Some(manifest) = manifest {
            let member = blob_member(&digest);
            let blobs = manifest
                .layers()
                .iter()
                .take(usize::try_from(self.limits[Limit::Layers]).unwrap_or(usize::MAX));
            let blob = |layer: &Descriptor| {
                Ok((digest_of(layer, &member)?, is_compressed(layer).then(|| Bytes(layer.size()))))
            };
            layers = Some(blobs.map(blob).collect::<Result<Vec<_>>>()?);
            let config = digest_of(manifest.config(), &member)?;
            let config = blob_member(&config);
            if let Some(bytes) = self.optional(&config, &member)? {
                created = image_facts(&config, &bytes)?.created;
            }
        }
        Ok(FoundPlatform { tags: name.cloned().into_iter().collect(), platform, digest, created, layers })
    }

    /// The images of an OCI layout: one for each name, or for each manifest without one.
    fn oci_images(&self, index: &[u8]) -> Result<Vec<PlannedImage>> {
        let (groups, warnings) = self.groups(index)?;
        let mut images = Vec::new();
        for group in groups {
            let Group { name, manifests } = group;
            let all: Vec<String> = manifests.iter().map(|found| found.platform.to_string()).collect();
            let chosen = self.choose_platform(manifests)?;
            let member = blob_member(&chosen.digest);
            let manifest = match chosen.manifest {
                Some(manifest) => manifest,
                None => self.manifest(&chosen.digest)?,
            };
            let mut image = self.oci_image(&manifest, chosen.digest, &member, blob_member)?;
            if all.len() > 1 && self.selection.platform.is_none() {
                let chosen = chosen.platform.to_string();
                let others = all.into_iter().filter(|platform| *platform != chosen).collect();
                image.warnings.push(Warning::OtherPlatforms { chosen, others });
            }
            image.tags.extend(name);
            image.warnings.extend(warnings.iter().cloned());
            images.push(image);
        }
        if images.is_empty() {
            return Err(no_image_in_index(&warnings));
        }
        Ok(images)
    }

    /// The manifests of an index that are of one image, for each image, and what was skipped.
    fn groups(&self, index: &[u8]) -> Result<(Vec<Group>, Vec<Warning>)> {
        let index: ImageIndex = parse(OCI_INDEX, index)?;
        let mut groups: Vec<Group> = Vec::new();
        let mut warnings = Vec::new();
        for descriptor in index.manifests() {
            let name = reference_of(descriptor);
            let mut found = Vec::new();
            let mut trail = BTreeSet::new();
            self.manifests_below(descriptor, OCI_INDEX, &mut trail, &mut found, &mut warnings)?;
            // Platforms of one image may stand side by side at the top, too: with one name, or with none and no platform
            // twice.
            match groups
                .iter_mut()
                .find(|group| group.name == name && (name.is_some() || group.has_none_of(&found)))
            {
                Some(group) => group.manifests.extend(found),
                None => groups.push(Group { name, manifests: found }),
            }
        }
        groups.retain(|group| !group.manifests.is_empty());
        Ok((groups, warnings))
    }

    /// Collects the image manifests at and below a descriptor. Indexes may nest (image-spec, image-index.md).
    fn manifests_below(
        &self,
        descriptor: &Descriptor,
        wanted_by: &str,
        trail: &mut BTreeSet<Digest>,
        found: &mut Vec<FoundManifest>,
        warnings: &mut Vec<Warning>,
    ) -> Result<()> {
        if is_attestation(descriptor) {
            return Ok(());
        }
        self.see(wanted_by)?;
        let digest = digest_of(descriptor, wanted_by)?;
        // A registry counts every manifest it gives, and a layout may lack those of other platforms: what the index
        // says of them will do.
        let says_enough = is_manifest(descriptor) && descriptor.artifact_type().is_none();
        if let Some(platform) = descriptor.platform().as_ref().filter(|_| says_enough) {
            found.push(FoundManifest { digest, platform: platform_of(platform), manifest: None });
            return Ok(());
        }
        let member = blob_member(&digest);
        let bytes = self.required(&member, wanted_by)?;
        self.verified(&member, Some(digest.clone()), &bytes)?;
        let (depth, limit) = (trail.len() as u64 + 1, self.limits[Limit::IndexDepth]);
        if depth > limit {
            return Err(Error::Limit {
                what: "the depth of nested indexes",
                place: format!("`{member}`"),
                limit,
                found: Some(depth),
                which: Limit::IndexDepth,
            });
        }
        if !trail.insert(digest.clone()) {
            return Err(Error::Document { member, reason: "the index contains itself".to_owned() });
        }
        match image_document(&member, &bytes)? {
            ImageDocument::Index(index) => {
                for descriptor in index.manifests() {
                    self.manifests_below(descriptor, &member, trail, found, warnings)?;
                }
            }
            ImageDocument::Manifest(manifest) => match artifact(&manifest, Some(descriptor)) {
                Some(what) => {
                    warnings.push(Warning::SkippedManifest { digest: digest.clone(), what });
                }
                None => {
                    let platform = match descriptor.platform() {
                        Some(platform) => platform_of(platform),
                        None => self.platform_in_config(&manifest, &member)?,
                    };
                    found.push(FoundManifest { digest: digest.clone(), platform, manifest: Some(*manifest) });
                }
            },
            ImageDocument::Other(what) => {
                warnings.push(Warning::SkippedManifest { digest: digest.clone(), what });
            }
        }
        trail.remove(&digest);
        Ok(())
    }

    /// Reads a manifest that an index refers to as one.
    fn manifest(&self, digest: &Digest) -> Result<ImageManifest> {
        self.manifest_if_there(digest)?.ok_or_else(|| missing(&blob_member(digest), OCI_INDEX))
    }

    /// The same; none if the source lacks it.
    fn manifest_if_there(&self, digest: &Digest) -> Result<Option<ImageManifest>> {
        let member = blob_member(digest);
        let Some(bytes) = self.optional(&member, OCI_INDEX)? else { return Ok(None) };
        self.verified(&member, Some(digest.clone()), &bytes)?;
        match image_document(&member, &bytes)? {
            ImageDocument::Manifest(manifest) => match artifact(&manifest, None) {
                Some(kind) => Err(lone_artifact(&kind)),
                None => Ok(Some(*manifest)),
            },
            ImageDocument::Index(_) => {
                Err(Error::Document { member, reason: "it is an index, not a manifest".to_owned() })
            }
            ImageDocument::Other(what) => Err(Error::Document { member, reason: what.to_string() }),
        }
    }

    fn platform_in_config(&self, manifest: &ImageManifest, wanted_by: &str) -> Result<Platform> {
        let member = blob_member(&digest_of(manifest.config(), wanted_by)?);
        let bytes = self.required(&member, wanted_by)?;
        Ok(image_facts(&member, &bytes)?.platform)
    }

    fn choose_platform(&self, mut manifests: Vec<FoundManifest>) -> Result<FoundManifest> {
        let platforms = || manifests.iter().map(|found| &found.platform);
        let position = match &self.selection.platform {
            Some(wanted) => wanted.position(platforms()),
            // The same file has to give the same figures on every machine, so the host is not asked.
            None => WantedPlatform::default().position(platforms()).or(Some(0)),
        };
        match position {
            Some(position) => Ok(manifests.swap_remove(position)),
            None => Err(Error::UnknownPlatform {
                platform: self.selection.platform.clone().unwrap_or_default().to_string(),
                available: manifests.iter().map(|found| found.platform.to_string()).collect(),
            }),
        }
    }

    fn oci_image(
        &self,
        manifest: &ImageManifest,
        manifest_digest: Digest,
        wanted_by: &str,
        member_of: impl Fn(&Digest) -> String,
    ) -> Result<PlannedImage> {
        let config_digest = digest_of(manifest.config(), wanted_by)?;
        let config_member = member_of(&config_digest);
        let config = self.required(&config_member, wanted_by)?;
        let id = self.verified(&config_member, Some(config_digest), &config)?;
        let facts = image_facts(&config_member, &config)?;
        self.check_count(&config_member, manifest.layers().len(), &facts)?;
        let mut warnings = Vec::new();
        let mut layers = Vec::new();
        for (descriptor, diff_id) in manifest.layers().iter().zip(&facts.diff_ids) {
            let digest = digest_of(descriptor, wanted_by)?;
            if let Some(kind) = foreign_type(descriptor.media_type().as_ref()) {
                return Err(Error::ForeignLayer { place: format!("layer {digest}"), kind });
            }
            let member = member_of(&digest);
            let bytes = Bytes(descriptor.size());
            let member = match self.store.size(&member) {
                Some(_) => Some(member),
                None if is_foreign(descriptor) => {
                    warnings.push(Warning::LayerNotIncluded { digest: digest.clone(), bytes });
                    None
                }
                None => return Err(missing(&member, wanted_by)),
            };
            layers.push(PlannedLayer { member, digest: Some(digest), diff_id: diff_id.clone(), bytes });
        }
        Ok(PlannedImage {
            reference: None,
            tags: Vec::new(),
            id,
            manifest_digest: Some(manifest_digest),
            layers,
            facts,
            warnings,
        })
    }

    fn required(&self, member: &str, wanted_by: &str) -> Result<Vec<u8>> {
        self.optional(member, wanted_by)?.ok_or_else(|| missing(member, wanted_by))
    }

    /// Reads a document; none if the source lacks it. Only opening it tells: a registry gives no sizes beforehand.
    fn optional(&self, member: &str, wanted_by: &str) -> Result<Option<Vec<u8>>> {
        let Some(bytes) = document(self.store, member, self.limits)? else { return Ok(None) };
        self.documents.set(self.documents.get() + bytes.len() as u64);
        let limit = self.limits[Limit::DocumentBytes].saturating_mul(DOCUMENTS);
        if self.documents.get() > limit {
            return Err(Error::Limit {
                what: "the size of all documents",
                place: format!("`{wanted_by}`"),
                limit,
                found: Some(self.documents.get()),
                which: Limit::DocumentBytes,
            });
        }
        Ok(Some(bytes))
    }

    /// Counts an image or a reference of an index. Indexes may share what they refer to, so that a few of them stand for
    /// more images than anybody can read.
    fn see(&self, wanted_by: &str) -> Result<()> {
        self.seen.set(self.seen.get() + 1);
        if self.seen.get() > self.limits[Limit::Images] {
            return Err(Error::Limit {
                what: "the number of images",
                place: format!("`{wanted_by}`"),
                limit: self.limits[Limit::Images],
                found: Some(self.seen.get()),
                which: Limit::Images,
            });
        }
        Ok(())
    }

    /// Compares a document with the digest it is stored under, where that is known and SHA-256, unless digests are
    /// believed.
    fn verified(&self, member: &str, expected: Option<Digest>, bytes: &[u8]) -> Result<Digest> {
        if let Some(expected) = expected.as_ref().filter(|_| self.selection.depth != Depth::Verified) {
            return Ok(expected.clone());
        }
        let found = sha256(bytes);
        match expected {
            Some(expected) if expected.algorithm() == "sha256" && expected != found => {
                Err(Error::DigestMismatch { blob: format!("`{member}`"), expected, found })
            }
            Some(expected) => Ok(expected),
            None => Ok(found),
        }
    }

    fn check_count(&self, member: &str, layers: usize, facts: &ImageFacts) -> Result<()> {
        if layers as u64 > self.limits[Limit::Layers] {
            return Err(Error::Limit {
                what: "the number of layers",
                place: format!("`{member}`"),
                limit: self.limits[Limit::Layers],
                found: Some(layers as u64),
                which: Limit::Layers,
            });
        }
        if layers != facts.diff_ids.len() {
            return Err(Error::Document {
                member: member.to_owned(),
                reason: format!("it names {} layers, the manifest {layers}", facts.diff_ids.len()),
            });
        }
        Ok(())
    }

    /// Keeps the images that are wanted, and gives each the name it was asked by.
    fn choose(&self, mut images: Vec<PlannedImage>) -> Result<Vec<PlannedImage>> {
        if let Some(wanted) = &self.selection.platform
            && images.iter().any(|image| !wanted.is(&image.facts.platform))
        {
            let available: BTreeSet<String> =
                images.iter().map(|image| image.facts.platform.to_string()).collect();
            let available = available.into_iter().collect();
            images.retain(|image| wanted.is(&image.facts.platform));
            if images.is_empty() {
                return Err(Error::UnknownPlatform { platform: wanted.to_string(), available });
            }
        }
        let Some(wanted) = &self.selection.reference else {
            for image in &mut images {
                image.reference = image.tags.first().cloned();
            }
            return Ok(images);
        };
        let position = wanted.strip_prefix('@').and_then(|number| number.parse::<usize>().ok());
        let is_wanted = |index: usize, image: &PlannedImage| match position {
            Some(position) => position == index,
            None => {
                image.tags.iter().any(|tag| tag == wanted || familiar(tag) == familiar(wanted))
                    || is_id(&image.id, wanted)
            }
        };
        match images.iter().enumerate().position(|(index, image)| is_wanted(index, image)) {
            Some(position) => {
                let mut image = images.swap_remove(position);
                image.reference = match image.tags.iter().find(|tag| familiar(tag) == familiar(wanted)) {
                    Some(tag) => Some(tag.clone()),
                    None => image.tags.first().cloned(),
                };
                Ok(vec![image])
            }
            None => Err(Error::UnknownReference {
                reference: wanted.clone(),
                available: images
                    .iter()
                    .map(|image| image.tags.first().cloned().unwrap_or_else(|| image.id.short().to_owned()))
                    .collect(),
            }),
        }
    }
}

/// The manifests of one name.
struct Group {
    name: Option<String>,
    manifests: Vec<FoundManifest>,
}

impl Group {
    /// Whether these are for other platforms than those that are there.
    fn has_none_of(&self, found: &[FoundManifest]) -> bool {
        let is_here = |new: &FoundManifest| {
            self.manifests.iter().any(|old| platform::same(&old.platform, &new.platform))
        };
        !found.iter().any(is_here)
    }
}

struct FoundManifest {
    digest: Digest,
    platform: Platform,
    /// None if the index says enough to choose, and it was not read yet.
    manifest: Option<ImageManifest>,
}
