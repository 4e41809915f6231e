//! An image in a registry, seen as an OCI layout: its index is made up, its blobs are fetched when they are opened.

mod blob;
mod challenge;
mod client;
mod credentials;
mod document;
mod failure;
mod helper;
mod login;
mod push;
mod reach;
mod realm;
mod referrers;
mod repository;
mod secret;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex};

use plimsoll_collect::Store;
use plimsoll_snapshot::{Digest, Limit, ReadLimits};
use serde::Deserialize;
use serde_json::json;
use sha2::Digest as _;

use self::blob::Blob;
use self::client::Client;
use self::failure::{Failure, LONGEST_PAUSE, forbidden};
pub(crate) use self::realm::Pair;
pub(crate) use self::referrers::{Attached, Way};
pub(crate) use self::repository::Repository;
use super::reference::{Reference, Version};
use super::similar;
use crate::error::{Error, Help, Result};
use crate::options::Options;
use crate::printer::Printer;

/// The members of an image in a registry.
pub(crate) struct RegistryStore<'a> {
    client: Arc<Client<'a>>,
    limits: ReadLimits,
    /// The `index.json` of the layout.
    index: Vec<u8>,
    known: Mutex<BTreeMap<String, Member>>,
}

/// What a manifest or an index says of a member.
#[derive(Clone)]
enum Member {
    Manifest {
        digest: Digest,
    },
    Config {
        digest: Digest,
        size: u64,
    },
    Layer {
        digest: Digest,
        size: u64,
    },
    /// A document that was fetched.
    Document(Vec<u8>),
}

impl<'a> RegistryStore<'a> {
    /// Asks for the manifest or the index of a name.
    pub(crate) fn connect(reference: &Reference, options: &'a Options, printer: &'a Printer) -> Result<Self> {
        let client =
            Client::new(reference, options, printer).map_err(|failure| refused(reference, &failure, None))?;
        let client = Arc::new(client);
        Self::of(&client, reference, &options.limits)
            .map_err(|failure| refused(reference, &failure, Some(&*client)))
    }

    /// The same with a client of the repository.
    fn of(
        client: &Arc<Client<'a>>,
        reference: &Reference,
        limits: &ReadLimits,
    ) -> std::result::Result<Self, Failure> {
        let client = Arc::clone(client);
        let version = reference.version.path();
        let (bytes, promised) = client.document(&format!("manifests/{version}"), limit(limits))?;
        let digest = match (&reference.version, promised) {
            // The reader of the index compares the content with it.
            (Version::Digest(digest), _) => digest.clone(),
            (Version::Tag(_), Some(digest)) => digest,
            (Version::Tag(_), None) => Digest::sha256(sha2::Sha256::digest(&bytes).into()),
        };
        let index = json!({
            "schemaVersion": 2,
            "manifests": [{
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": digest.to_string(),
                "size": bytes.len(),
                "annotations": {"org.opencontainers.image.ref.name": reference.familiar()},
            }],
        });
        let store =
            Self { client, limits: *limits, index: index.to_string().into_bytes(), known: Mutex::default() };
        store.learn(&member(&digest), bytes);
        Ok(store)
    }

    fn known(&self, member: &str) -> Option<Member> {
        self.known.lock().expect("nobody panics with it").get(member).cloned()
    }

    /// Keeps a document, and notes what it refers to.
    fn learn(&self, name: &str, bytes: Vec<u8>) {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Document {
            manifests: Vec<Descriptor>,
            config: Option<Descriptor>,
            layers: Vec<Descriptor>,
        }
        #[derive(Deserialize)]
        struct Descriptor {
            digest: String,
            size: u64,
            #[serde(rename = "mediaType", default)]
            media_type: String,
        }
        // The code that interprets it reports what is wrong with it.
        let document: Document = serde_json::from_slice(&bytes).unwrap_or_default();
        let mut known = self.known.lock().expect("nobody panics with it");
        known.insert(name.to_owned(), Member::Document(bytes));
        let mut note = |descriptor: &Descriptor, kind: fn(Digest, u64) -> Member| {
            if let Ok(digest) = Digest::parse(&descriptor.digest) {
                known.entry(member(&digest)).or_insert_with(|| kind(digest, descriptor.size));
            }
        };
        for manifest in &document.manifests {
            note(manifest, |digest, _| Member::Manifest { digest });
        }
        if let Some(config) = &document.config {
            note(config, |digest, size| Member::Config { digest, size });
        }
        // Foreign layers lie elsewhere (image-spec, layer.md, "Non-Distributable Layers").
        let is_foreign = |layer: &&Descriptor| {
            ["foreign", "nondistributable"].iter().any(|word| layer.media_type.contains(word))
        };
        for layer in document.layers.iter().filter(|layer| !is_foreign(layer)) {
            note(layer, |digest, size| Member::Layer { digest, size });
        }
    }
}

impl Store for RegistryStore<'_> {
    fn open(&self, name: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        if name == "index.json" {
            return Ok(Some(Box::new(&self.index[..])));
        }
        let open = || -> io::Result<Box<dyn Read + '_>> {
            match self.known(name) {
                None => Err(io::ErrorKind::NotFound.into()),
                Some(Member::Document(bytes)) => Ok(Box::new(io::Cursor::new(bytes))),
                Some(Member::Manifest { digest }) => {
                    let fetched = self.client.document(&format!("manifests/{digest}"), limit(&self.limits));
                    let (bytes, _) = fetched.map_err(io_error)?;
                    self.learn(name, bytes.clone());
                    Ok(Box::new(io::Cursor::new(bytes)))
                }
                Some(Member::Config { digest, size }) => {
                    let blob = Blob::open(&self.client, digest.to_string(), size).map_err(io_error)?;
                    let mut bytes = Vec::new();
                    blob.take(limit(&self.limits)).read_to_end(&mut bytes)?;
                    self.learn(name, bytes.clone());
                    Ok(Box::new(io::Cursor::new(bytes)))
                }
                Some(Member::Layer { digest, size }) => {
                    Ok(Box::new(Blob::open(&self.client, digest.to_string(), size).map_err(io_error)?))
                }
            }
        };
        match open() {
            Ok(reader) => Ok(Some(reader)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn size(&self, name: &str) -> Option<u64> {
        match self.known(name)? {
            Member::Manifest { .. } => None,
            Member::Config { size, .. } | Member::Layer { size, .. } => Some(size),
            Member::Document(bytes) => Some(bytes.len() as u64),
        }
    }
}

fn member(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.hex())
}

/// One byte more than is allowed, so that what is too long is seen to be so.
fn limit(limits: &ReadLimits) -> u64 {
    limits[Limit::DocumentBytes].saturating_add(1)
}

fn io_error(failure: Failure) -> io::Error {
    match failure {
        Failure::NotFound => io::ErrorKind::NotFound.into(),
        failure => io::Error::other(failure),
    }
}

/// The error of a registry that must not be asked.
pub(crate) fn offline(name: &str) -> Error {
    Error::usage(format!("`{name}` is in a registry"), "leave `--offline` out to read it, or give an archive")
}

/// Says why there is no image, and what may help.
fn refused(reference: &Reference, failure: &Failure, client: Option<&Client<'_>>) -> Error {
    let Reference { host, repository, .. } = reference;
    let what = format!("cannot get `{reference}` from registry `{host}`: {failure}");
    let hint = match failure {
        Failure::NotFound => not_found(reference, client),
        Failure::Denied { trouble: Some(trouble), .. } => {
            format!("{trouble}; fix that, or log in with `docker login {host}`")
        }
        Failure::Denied { is_anonymous: true, .. } => {
            format!("`{repository}` does not exist or is not public: log in with `docker login {host}`")
        }
        Failure::Denied { .. } => {
            let verb = if client.is_some_and(|client| client.actions != "pull") { "push to" } else { "pull" };
            format!(
                "the login for `{host}` may not {verb} `{repository}`: check it with `docker login {host}`"
            )
        }
        Failure::DeniedElsewhere { host: other } => {
            format!("if `{other}` is a registry, read the image from there: `docker://{other}/…`")
        }
        Failure::ForeignRealm { host: other } => {
            format!("nothing was sent; if you trust `{other}` with it, add `--token-server {host}={other}`")
        }
        Failure::TooMany { wait: Some(wait), .. } if *wait > LONGEST_PAUSE => {
            format!(
                "`{host}` wants to be asked again in {} s; a login may allow more requests",
                wait.as_secs()
            )
        }
        Failure::TooMany { .. } => "try again later; a login may allow more requests".to_owned(),
        failure if failure.is_plain_http() => {
            format!(
                "`{host}` is a plain HTTP registry: `--insecure-registry {host}` reads from it without TLS"
            )
        }
        failure if failure.is_about_tls() => format!(
            "`SSL_CERT_FILE` names the authorities to trust; `--insecure-registry {host}` does without TLS"
        ),
        failure if forbidden(failure).is_some() => {
            format!("if you trust `{host}` with that, add `--blob-server {host}=HOST`")
        }
        Failure::Transport(_) | Failure::Endless(_) | Failure::TokenServer { .. } if failure.is_slow() => {
            return Error::usage(
                what,
                Help::Slowness(&[Limit::SlowRate, Limit::SlowSeconds], "try again later"),
            );
        }
        Failure::TokenServer { host: server, .. } => {
            format!("`{host}` names it: check the name `{server}`, and that it can be reached from here")
        }
        Failure::Transport(_) | Failure::Endless(_) => {
            format!("check the name `{host}`, and that it can be reached from here")
        }
        Failure::Status { .. } | Failure::Answer(_) | Failure::WebPage => {
            format!("check that `{host}` is a container registry")
        }
    };
    Error::usage(what, hint)
}

/// What there is instead.
fn not_found(reference: &Reference, client: Option<&Client<'_>>) -> String {
    let Reference { host, repository, version } = reference;
    if let (Version::Tag(tag), Some(client)) = (version, client) {
        match client.tags().map(|tags| similar::listed(tag, tags)) {
            Ok(Some(tags)) => return format!("tags of `{repository}`: {tags}"),
            Ok(None) | Err(Failure::NotFound) => {
                let missing = format!("`{host}` has no repository `{repository}`, or does not list its tags");
                // Few registries list their repositories to everyone.
                let known = client.repositories(false).ok();
                return match known.and_then(|known| similar::listed(repository, known)) {
                    Some(known) => format!("{missing}; it has {known}"),
                    None => missing,
                };
            }
            // Why they cannot be listed is no news.
            Err(_) => {}
        }
    }
    format!("see which tags `{repository}` has, and whether `{host}` is the right registry")
}
