//! The file: JSON, gzip-compressed unless asked otherwise, with its version checked before anything else.

use std::io::{self, Read, Write};

use flate2::read::MultiGzDecoder;
use flate2::{Compression, GzBuilder};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::FormatError;
use crate::room;
use crate::{Contents, DiffId, Limit, ReadLimits, SCHEMA_VERSION, Snapshot};

/// What the lists of a document may take in memory, even where a file may have fewer bytes.
const LEAST_ROOM: u64 = 64 << 20;

/// The version that first noted what files mention.
const MENTIONS: u32 = 4;

/// Reads a snapshot, compressed or not.
pub fn read(file: impl Read) -> Result<Snapshot, FormatError> {
    read_within(file, &ReadLimits::default())
}

/// Reads a snapshot that holds no more than the limits allow.
pub fn read_within(file: impl Read, limits: &ReadLimits) -> Result<Snapshot, FormatError> {
    let snapshot: Snapshot = read_document(file, limits[Limit::SnapshotBytes])?;
    check(&snapshot, limits)?;
    let lacks_mentions =
        snapshot.lacks_mentions || snapshot.schema_version < MENTIONS && !snapshot.images.is_empty();
    Ok(Snapshot { schema_version: SCHEMA_VERSION, lacks_mentions, ..snapshot })
}

/// A document that says which version of the format it has.
pub(crate) trait Versioned: DeserializeOwned {
    fn schema_version(&self) -> u32;
}

impl Versioned for Snapshot {
    fn schema_version(&self) -> u32 {
        self.schema_version
    }
}

/// Reads a document of a version that is known.
pub(crate) fn read_document<T: Versioned>(file: impl Read, limit: u64) -> Result<T, FormatError> {
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut inflated = Vec::new();
        MultiGzDecoder::new(&bytes[..]).take(limit.saturating_add(1)).read_to_end(&mut inflated)?;
        bytes = inflated;
    }
    if bytes.len() as u64 > limit {
        return Err(FormatError::TooLarge { limit });
    }
    // What later versions added is absent in older files, and says so: no step needs an upgrader yet.
    match room::within(limit.max(LEAST_ROOM), || serde_json::from_slice::<T>(&bytes)) {
        Ok(document) if document.schema_version() <= SCHEMA_VERSION => Ok(document),
        Ok(document) => Err(FormatError::Newer { found: document.schema_version().into() }),
        Err(error) => Err(why_not(&bytes, &error)),
    }
}

/// Why a document cannot be read: a newer one may differ in anything but its version.
fn why_not(bytes: &[u8], error: &serde_json::Error) -> FormatError {
    #[derive(Deserialize)]
    struct Version {
        schema_version: u64,
    }
    match serde_json::from_slice::<Version>(bytes) {
        Ok(version) if version.schema_version > u64::from(SCHEMA_VERSION) => {
            FormatError::Newer { found: version.schema_version }
        }
        Ok(_) => FormatError::Damaged(error.to_string()),
        Err(error) if error.classify() == serde_json::error::Category::Data => FormatError::NotASnapshot,
        Err(error) => FormatError::Damaged(error.to_string()),
    }
}

/// Whether a snapshot can be worked with.
pub(crate) fn check(snapshot: &Snapshot, limits: &ReadLimits) -> Result<(), FormatError> {
    check_references(snapshot)?;
    limits.check(snapshot)
}

fn check_references(snapshot: &Snapshot) -> Result<(), FormatError> {
    for service in &snapshot.services {
        if service.image >= snapshot.images.len() {
            return Err(FormatError::Damaged(format!("service `{}` has no image", service.name)));
        }
    }
    for image in &snapshot.images {
        for layer in &image.layers {
            if layer.layer >= snapshot.layers.len() {
                return Err(FormatError::Damaged(format!("image {} lacks a layer", image.id)));
            }
            if layer.history.is_some_and(|step| step >= image.history.len()) {
                return Err(FormatError::Damaged(format!("image {} lacks a history step", image.id)));
            }
        }
    }
    for layer in &snapshot.layers {
        if let Some(contents) = &layer.contents {
            check_facts(contents)?;
        }
    }
    if let Some(disk) = &snapshot.disk {
        disk.check().map_err(FormatError::Damaged)?;
    }
    snapshot.runtime.as_ref().map_or(Ok(()), |runtime| runtime.check().map_err(FormatError::Damaged))
}

fn check_facts(contents: &Contents) -> Result<(), FormatError> {
    match &contents.facts {
        Some(facts) if !facts.fit(contents.entries.len()) => {
            Err(FormatError::Damaged("a fact is of a file that is not there".to_owned()))
        }
        _ => Ok(()),
    }
}

impl Contents {
    /// Reads the contents of one layer, and which layer that is, as [`Contents::write`] wrote them.
    pub fn read(file: impl Read) -> Result<(DiffId, Self), FormatError> {
        let limits = ReadLimits::default();
        let layer: OneLayer<DiffId, Self> = read_document(file, limits[Limit::SnapshotBytes])?;
        check_facts(&layer.contents)?;
        limits.check_nodes(&[&layer.contents])?;
        Ok((layer.diff_id, layer.contents))
    }

    /// Writes the contents of one layer, quickly rather than small: they stay on this machine.
    pub fn write(&self, diff_id: &DiffId, out: impl Write) -> io::Result<()> {
        let layer = OneLayer { schema_version: SCHEMA_VERSION, diff_id, contents: self };
        write_document(&layer, Compression::fast(), out)
    }
}

#[derive(Serialize, Deserialize)]
struct OneLayer<D, C> {
    schema_version: u32,
    diff_id: D,
    contents: C,
}

impl Versioned for OneLayer<DiffId, Contents> {
    fn schema_version(&self) -> u32 {
        self.schema_version
    }
}

/// Writes a snapshot as JSON.
pub fn write_json(snapshot: &Snapshot, mut out: impl Write) -> io::Result<()> {
    write_plain(snapshot, &mut out)
}

/// Writes a document as JSON. Whatever it is written to, it is written by the same code.
pub(crate) fn write_plain(document: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(out, document).map_err(io::Error::from)
}

/// Writes a snapshot as gzip-compressed JSON; the same snapshot always gives the same bytes.
pub fn write_gzip(snapshot: &Snapshot, out: impl Write) -> io::Result<()> {
    write_document(snapshot, Compression::new(6), out)
}

pub(crate) fn write_document(
    document: &impl Serialize,
    compression: Compression,
    out: impl Write,
) -> io::Result<()> {
    let mut encoder = GzBuilder::new().mtime(0).write(out, compression);
    let mut buffer = io::BufWriter::with_capacity(1 << 16, &mut encoder);
    write_plain(document, &mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    encoder.finish()?.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Digest, Facts, SecretFact, SecretKind};

    fn empty() -> Snapshot {
        Snapshot { schema_version: SCHEMA_VERSION, generator: "test".into(), ..Snapshot::default() }
    }

    #[test]
    fn both_forms_are_read() {
        let (mut plain, mut packed) = (Vec::new(), Vec::new());
        write_json(&empty(), &mut plain).unwrap();
        write_gzip(&empty(), &mut packed).unwrap();
        assert_eq!(read(&plain[..]).unwrap(), empty());
        assert_eq!(read(&packed[..]).unwrap(), empty());
    }

    #[test]
    fn older_versions_are_read() {
        let old = read(&include_bytes!("../../../tests/snapshots/schema-1.plimsoll")[..]).unwrap();
        assert_eq!((old.schema_version, old.services.len()), (SCHEMA_VERSION, 2));
        assert!(old.layers.iter().all(|layer| layer.contents.as_ref().unwrap().facts.is_none()));
        let recorded = read(&include_bytes!("../../../tests/snapshots/schema-2.plimsoll")[..]).unwrap();
        assert_eq!(
            (recorded.schema_version, recorded.runtime.unwrap().recordings.len()),
            (SCHEMA_VERSION, 1)
        );
    }

    #[test]
    fn facts_of_files_that_are_not_there_are_refused() {
        let facts =
            Facts { secrets: vec![SecretFact { entry: 0, kind: SecretKind::Token }], ..Facts::default() };
        let contents = Contents { facts: Some(facts), ..Contents::default() };
        let mut file = Vec::new();
        contents.write(&DiffId::new(Digest::sha256([7; 32])), &mut file).unwrap();
        assert!(matches!(Contents::read(&file[..]), Err(FormatError::Damaged(_))));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let message = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
        assert!(message("{\"schema_version\": 99}").contains("version 99, this program reads up to 6"));
        assert!(message("{\"a\": 1}").contains("not a Plimsoll snapshot"));
        assert!(message("{\"schema_version\": 1").contains("damaged"));
        assert!(message("{\"schema_version\": 1}").contains("missing field"));
    }

    #[test]
    fn an_index_that_hits_nothing_is_refused() {
        let json = r#"{"schema_version":1,"generator":"x","services":[{"name":"a","image":0}],"images":[],"layers":[]}"#;
        assert_eq!(
            read(json.as_bytes()).unwrap_err().to_string(),
            "the snapshot is damaged: service `a` has no image"
        );
    }
}
