//! Reports for the tests: each in a directory of its own, around real images or around whatever a test needs.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use flate2::Compression;
use flate2::write::GzEncoder;
use plimsoll_analysis::compare::{Comparison, compare};
use plimsoll_collect::{Choice, Limits, ReadLayer, SnapshotBuilder, StreamedImages, plan, read_stream};
use plimsoll_report::html::{Page, Viewer};
use plimsoll_report::{summary, verdict};
use plimsoll_snapshot::{Bundle, Snapshot, Source};
use tempfile::TempDir;

/// A report in a directory of its own.
pub(crate) struct Report {
    pub(crate) file: PathBuf,
    _directory: TempDir,
}

/// A report with these parts.
pub(crate) fn written(title: &str, static_html: &str, data: &[u8]) -> Report {
    let viewer = fs::read_to_string(plimsoll_tests::viewer()).expect("run `cargo xtask viewer` first");
    let mut page = Vec::new();
    Viewer::parse(&viewer).unwrap().write(&Page { title, lang: "en", static_html, data }, &mut page).unwrap();
    let directory = TempDir::new().unwrap();
    // A name that has to be encoded in an address.
    let file = directory.path().join("before & after #1.html");
    fs::write(&file, page).unwrap();
    Report { file, _directory: directory }
}

/// A bundle as the data slot holds it.
pub(crate) fn packed(bundle: &Bundle) -> Vec<u8> {
    let mut data = Vec::new();
    bundle.write_gzip(&mut data).unwrap();
    data
}

/// A text, compressed.
pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The report on the small images, and what the analysis says of them: before, two services run one image;
/// after, each has its own.
pub(crate) fn micro() -> (Report, Comparison) {
    let before =
        snapshot(&[("backend", "agente/micro-before:latest"), ("frontend", "agente/micro-before:latest")]);
    let after =
        snapshot(&[("backend", "agente/micro-backend:after"), ("frontend", "agente/micro-frontend:after")]);
    let bundle = Bundle { before, after };
    let comparison = compare(&bundle.before, &bundle.after);
    let report = written(&verdict::title(&comparison), &summary::summary(&comparison), &packed(&bundle));
    (report, comparison)
}

fn snapshot(services: &[(&str, &str)]) -> Snapshot {
    const NAME: &str = "micro3.save.tar.gz";
    let limits = Limits::default();
    let archive =
        fs::File::open(plimsoll_tests::root().join("tests/images/docker-26.1.5-graphdriver").join(NAME))
            .unwrap();
    let images: StreamedImages = read_stream(NAME, archive, &limits).unwrap();
    let planned: Vec<_> = services
        .iter()
        .map(|&(service, reference)| {
            let choice = Choice { reference: Some(reference.into()), platform: None };
            let (transport, mut images) = plan(&images, None, &choice, &limits).unwrap();
            (service, transport, images.remove(0))
        })
        .collect();
    let mut layers: BTreeMap<String, ReadLayer> = images.into_layers();
    let mut builder = SnapshotBuilder::new("plimsoll test");
    for (service, transport, image) in planned {
        builder.add(service, Source { transport, name: NAME.into() }, image, &mut layers).unwrap();
    }
    builder.finish()
}
