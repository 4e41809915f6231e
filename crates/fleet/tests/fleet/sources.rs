//! The same fleet from a layout, archives, snapshots, a list and a registry gives the same tables.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::made::disk::{self, Written};
use crate::made::{Made, Size, make};
use crate::program::Place;
use crate::server::{Answer, Request, Server};

pub(crate) const TINY: Size = Size { images: 6, tags: 3, packages: 4, file_bytes: 300, seed: 5 };

/// A layout in a tar, plain or compressed.
fn archive(layout: &Path, file: &Path, is_compressed: bool) {
    let mut tar = tar::Builder::new(Vec::new());
    tar.append_dir_all(".", layout).unwrap();
    let bytes = tar.into_inner().unwrap();
    if is_compressed {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut out, &bytes).unwrap();
        fs::write(file, out.finish().unwrap()).unwrap();
    } else {
        fs::write(file, bytes).unwrap();
    }
}

/// What a registry answers, from the blobs of a layout.
#[derive(Clone)]
pub(crate) struct Registry {
    tags: BTreeMap<String, BTreeMap<String, String>>,
    documents: BTreeMap<String, Vec<u8>>,
}

impl Registry {
    pub(crate) fn of(made: &Made, written: &Written, layout: &Path) -> Self {
        let mut tags: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for (image, digest) in made.images.iter().zip(&written.manifests) {
            tags.entry(image.repository.clone()).or_default().insert(image.tag.clone(), digest.clone());
        }
        let blobs = fs::read_dir(layout.join("blobs/sha256")).unwrap();
        let documents = blobs
            .map(|blob| {
                let path = blob.unwrap().path();
                let name = format!("sha256:{}", path.file_name().unwrap().to_string_lossy());
                (name, fs::read(path).unwrap())
            })
            .collect();
        Self { tags, documents }
    }

    /// Moves a tag to another image.
    pub(crate) fn move_tag(&mut self, repository: &str, tag: &str, digest: &str) {
        self.tags.get_mut(repository).unwrap().insert(tag.to_owned(), digest.to_owned());
    }

    pub(crate) fn answer(&self, request: &Request) -> Answer {
        let path = request.path.split('?').next().unwrap();
        if path == "/v2/_catalog" {
            return Self::json(&json!({"repositories": self.tags.keys().collect::<Vec<_>>()}));
        }
        let Some(path) = path.strip_prefix("/v2/") else { return Answer::not_found() };
        if let Some(repository) = path.strip_suffix("/tags/list") {
            let Some(tags) = self.tags.get(repository) else { return Answer::not_found() };
            return Self::json(&json!({"name": repository, "tags": tags.keys().collect::<Vec<_>>()}));
        }
        if let Some((repository, version)) = path.split_once("/manifests/") {
            let tags = self.tags.get(repository);
            let digest = tags.and_then(|tags| tags.get(version)).map_or(version, String::as_str);
            let Some(bytes) = self.documents.get(digest) else { return Answer::not_found() };
            return Answer::new(200, bytes)
                .header("Docker-Content-Digest", digest)
                .header("Content-Type", "application/vnd.oci.image.manifest.v1+json");
        }
        let digest = path.rsplit('/').next().unwrap();
        self.documents.get(digest).map_or_else(Answer::not_found, |bytes| Answer::new(200, bytes))
    }

    fn json(value: &Value) -> Answer {
        Answer::new(200, value.to_string().as_bytes()).header("Content-Type", "application/json")
    }
}

pub(crate) fn requests_of_blobs(server: &Server) -> usize {
    server.requests().iter().filter(|request| request.path.contains("/blobs/")).count()
}

#[test]
fn every_kind_of_source_gives_the_same_tables() {
    let made = make(TINY);
    let check = |name: &str, prepare: &dyn Fn(&Place) -> String| {
        let place = Place::new();
        disk::layout(&made, &place.path("layout"));
        let source = prepare(&place);
        fs::remove_dir_all(place.path("layout")).ok();
        place.scan_all(&[&source]);
        (name.to_owned(), place.everything())
    };
    let kinds = [
        check("a layout below a folder", &|place| {
            fs::create_dir(place.path("images")).unwrap();
            fs::rename(place.path("layout"), place.path("images/all")).unwrap();
            "images".to_owned()
        }),
        check("an archive", &|place| {
            archive(&place.path("layout"), &place.path("all.tar"), false);
            "all.tar".to_owned()
        }),
        check("a compressed archive", &|place| {
            archive(&place.path("layout"), &place.path("all.tar.gz"), true);
            "all.tar.gz".to_owned()
        }),
        check("a list", &|place| {
            archive(&place.path("layout"), &place.path("all.tar"), false);
            fs::write(place.path("list.txt"), "# all of them\n\nall.tar\n").unwrap();
            "list.txt".to_owned()
        }),
    ];
    let (_, expected) = &kinds[0];
    assert_eq!(expected[0].len(), made.images.len());
    for (name, found) in &kinds[1..] {
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn a_registry_is_read_whole_and_then_only_what_is_new() {
    let place = Place::new();
    let made = make(TINY);
    let layout = place.path("layout");
    let written = disk::layout(&made, &layout);
    let registry = Arc::new(std::sync::Mutex::new(Registry::of(&made, &written, &layout)));
    let answers = Arc::clone(&registry);
    let server = Server::start(move |request, _| answers.lock().unwrap().answer(request));
    let source = format!("docker://{}", server.address);

    place.scan_all(&[&source]);
    assert_eq!(place.number("SELECT count(*) FROM images"), made.images.len() as u64);
    let layers: std::collections::BTreeSet<&str> =
        written.layers.iter().flatten().map(|layer| layer.diff_id.as_str()).collect();
    assert_eq!(place.number("SELECT count(*) FROM layers"), layers.len() as u64);
    // Each config and each layer was asked for once.
    let blobs: Vec<String> = (server.requests().iter())
        .filter(|request| request.path.contains("/blobs/"))
        .map(|request| request.path.rsplit('/').next().unwrap().to_owned())
        .collect();
    let mut once = blobs.clone();
    once.sort();
    once.dedup();
    assert_eq!(blobs.len(), once.len());

    let before = server.requests().len();
    let blobs_before = requests_of_blobs(&server);
    let tables = place.everything();
    place.scan_all(&[&source]);
    assert_eq!(place.everything(), tables);
    assert_eq!(requests_of_blobs(&server), blobs_before);
    // The list of repositories, a list of tags each, and a manifest each.
    let repositories = 4 + 2;
    assert_eq!(server.requests().len() - before, 1 + repositories + made.images.len());

    // A tag moves to an image that is known, and one to an image that is new.
    let app = made.images.iter().position(|image| image.repository.contains("app-0")).unwrap();
    registry.lock().unwrap().move_tag(
        &made.images[app].repository,
        &made.images[app].tag,
        &written.manifests[0],
    );
    place.scan_all(&[&source]);
    assert_eq!(requests_of_blobs(&server), blobs_before);
    let digests = place.ask(&["SELECT reference, digest FROM images"]);
    let moved = digests.iter().find(|row| {
        row["reference"]
            .as_str()
            .unwrap()
            .ends_with(&format!("{}:{}", made.images[app].repository, made.images[app].tag))
    });
    assert_eq!(moved.unwrap()["digest"], written.manifests[0]);
    assert_eq!(digests.len(), made.images.len());
}

#[test]
fn two_sources_are_one_fleet_and_a_name_counts_once() {
    let place = Place::new();
    let made = make(TINY);
    disk::layout(&made, &place.path("layout"));
    archive(&place.path("layout"), &place.path("copy.tar"), false);
    place.scan_all(&["layout"]);
    place.scan_all(&["copy.tar", "layout"]);
    assert_eq!(place.number("SELECT count(*) FROM images"), made.images.len() as u64);
    assert_eq!(place.number("SELECT count(*) FROM runs"), 2);
    // An image that is gone from its source is gone from the tables.
    fs::remove_file(place.path("copy.tar")).unwrap();
    let (code, said) = place.scan(&["copy.tar"]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("cannot read `copy.tar`"), "{said}");
}

#[test]
fn a_fleet_is_no_source() {
    let place = Place::new();
    disk::layout(&make(TINY), &place.path("layout"));
    for source in [".", "fleet"] {
        place.scan_all(&["layout"]);
        let (code, said) = place.scan(&[source]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("lies in the source"), "{said}");
    }
}
