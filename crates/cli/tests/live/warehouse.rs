//! A registry that keeps what is pushed, with the referrers API or without.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::image::{append, digest};
use crate::server::{Answer, Request, Server};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// What it holds.
#[derive(Default)]
pub(crate) struct Shelves {
    /// Blobs and manifests by their digests.
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
    /// The digests that tags stand for.
    pub(crate) tags: BTreeMap<String, String>,
}

pub(crate) struct Warehouse {
    pub(crate) server: Server,
    pub(crate) shelves: Arc<Mutex<Shelves>>,
}

/// An instruction with the file that its layer has, and the size of that.
pub(crate) type Layer<'a> = (&'a str, &'a str, usize);

impl Shelves {
    fn add(&mut self, bytes: Vec<u8>) -> (String, usize) {
        let (name, size) = (digest(&bytes), bytes.len());
        self.blobs.insert(name.clone(), bytes);
        (name, size)
    }

    /// Adds an image under a tag.
    pub(crate) fn image(
        &mut self,
        tag: &str,
        created: Option<&str>,
        labels: &Value,
        layers: &[Layer<'_>],
    ) -> String {
        let (mut descriptors, mut diff_ids, mut history) = (Vec::new(), Vec::new(), Vec::new());
        for (instruction, path, size) in layers {
            let mut tar = tar::Builder::new(Vec::new());
            let bytes: Vec<u8> =
                (0..*size).map(|index| (index * index % 251 + size).to_le_bytes()[0]).collect();
            append(&mut tar, path, &bytes);
            let (name, size) = self.add(tar.into_inner().unwrap());
            diff_ids.push(name.clone());
            history.push(json!({ "created_by": instruction }));
            descriptors.push(json!({
                "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": name, "size": size,
            }));
        }
        let mut config = json!({
            "os": "linux", "architecture": "amd64", "config": { "Labels": labels },
            "rootfs": { "type": "layers", "diff_ids": diff_ids }, "history": history,
        });
        if let Some(created) = created {
            config["created"] = json!(created);
        }
        let (config, size) = self.add(config.to_string().into_bytes());
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": { "mediaType": "application/vnd.oci.image.config.v1+json", "digest": config, "size": size },
            "layers": descriptors,
        });
        let (manifest, _) = self.add(manifest.to_string().into_bytes());
        self.tags.insert(tag.to_owned(), manifest.clone());
        manifest
    }

    /// The manifests that name a subject.
    fn referrers(&self, subject: &str) -> Value {
        let of = |(name, bytes): (&String, &Vec<u8>)| {
            let manifest: Value = serde_json::from_slice(bytes).ok()?;
            (manifest["subject"]["digest"] == subject).then(|| {
                json!({ "mediaType": MANIFEST, "digest": name, "size": bytes.len(),
                        "artifactType": manifest["artifactType"] })
            })
        };
        let manifests: Vec<Value> = self.blobs.iter().filter_map(of).collect();
        json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests })
    }

    fn answer(&mut self, request: &Request, has_api: bool) -> Answer {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let Some(path) = path.strip_prefix("/v2/team/app/") else { return Answer::not_found() };
        match (request.method.as_str(), path.split_once('/')) {
            ("GET", Some(("tags", "list"))) => self.tags(query),
            ("GET", Some(("referrers", subject))) if has_api => {
                Answer::new(200, self.referrers(subject).to_string().as_bytes()).header("Content-Type", INDEX)
            }
            ("POST", Some(("blobs", "uploads/"))) => {
                Answer::new(202, b"").header("Location", "/v2/team/app/blobs/uploads/1?state=x")
            }
            ("PUT", Some(("blobs", "uploads/1"))) => {
                let (name, _) = self.add(request.bytes.clone());
                let wanted = query.rsplit("digest=").next().unwrap().replace("%3A", ":");
                if name == wanted { Answer::new(201, b"") } else { Answer::new(400, b"") }
            }
            ("PUT", Some(("manifests", version))) => {
                let (name, _) = self.add(request.bytes.clone());
                if !version.starts_with("sha256:") {
                    self.tags.insert(version.to_owned(), name);
                }
                Answer::new(201, b"")
            }
            ("GET" | "HEAD", Some(("manifests" | "blobs", version))) => {
                let name = self.tags.get(version).cloned().unwrap_or_else(|| version.to_owned());
                match self.blobs.get(&name) {
                    Some(bytes) => Answer::new(200, bytes),
                    None => Answer::not_found(),
                }
            }
            _ => Answer::not_found(),
        }
    }

    /// Two tags a page.
    fn tags(&self, query: &str) -> Answer {
        let last = query.split("last=").nth(1).unwrap_or_default();
        let mut rest = self.tags.keys().filter(|tag| tag.as_str() > last);
        let page: Vec<&String> = rest.by_ref().take(2).collect();
        let answer = Answer::new(200, json!({ "name": "team/app", "tags": page }).to_string().as_bytes());
        match (rest.next(), page.last()) {
            (Some(_), Some(last)) => {
                answer.header("Link", &format!("</v2/team/app/tags/list?n=2&last={last}>; rel=\"next\""))
            }
            _ => answer,
        }
    }
}

impl Warehouse {
    /// One where some requests are answered in another way.
    pub(crate) fn open(
        has_api: bool,
        other: impl Fn(&Request, usize) -> Option<Answer> + Send + Sync + 'static,
    ) -> Self {
        let shelves = Arc::new(Mutex::new(Shelves::default()));
        let known = Arc::clone(&shelves);
        let server = Server::start(move |request, before| {
            other(request, before).unwrap_or_else(|| known.lock().unwrap().answer(request, has_api))
        });
        Self { server, shelves }
    }

    pub(crate) fn repository(&self) -> String {
        format!("docker://{}/team/app", self.server.address)
    }

    /// The blobs that were asked for.
    pub(crate) fn blobs_read(&self) -> usize {
        let is_blob = |path: &str| path.contains("/blobs/sha256:");
        self.server
            .requests()
            .iter()
            .filter(|request| request.method == "GET" && is_blob(&request.path))
            .count()
    }
}
