//! Archives: `docker save`, OCI, `dir`; plain, and compressed as a whole; streamed, and jumped about in.
//!
//! The first byte says what is done with the rest: see [`crate::layer::prepare`] for its lowest two bits. In a tar
//! that is fixed, digests are made right too, wherever they are written.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor, Read};

use plimsoll_collect::{
    ArchiveIndex, ContentType, Depth, Error, ImageSelection, PlannedImage, ReadLayer, SnapshotBuilder, Store,
    plan, read_layer, read_stream, sniff,
};
use plimsoll_snapshot::{Snapshot, Source, Transport};

use crate::layer::compressed;
use crate::{checks, limits, members, mend};

/// Runs one input.
pub fn run(data: &[u8]) {
    let Some((&mode, rest)) = data.split_first() else { return };
    let wanted = Wanted::of(mode);
    let mut archive = rest.to_vec();
    if mode % 4 > 0 {
        mend(&mut archive);
        mend_digests(&mut archive, &wanted);
        mend(&mut archive);
        archive = compressed(mode % 4, archive);
    }
    let streamed = streamed(&archive, &wanted);
    match (&streamed, self::streamed(&archive, &wanted)) {
        (Ok(first), Ok(second)) => assert!(*first == second, "an archive that is read twice is the same"),
        (Err(first), Err(second)) => assert_eq!(first.to_string(), second.to_string()),
        (first, second) => panic!("read twice: {:?} and {:?}", first.as_ref().err(), second.err()),
    }
    if let Ok(snapshot) = &streamed {
        checks::snapshot(snapshot);
    }
    if sniff(&archive[..archive.len().min(512)]) == ContentType::Tar {
        let jumped = jumped(&archive, &wanted);
        if let (Ok(streamed), Ok(jumped)) = (&streamed, &jumped)
            && names_are_unique(&archive)
        {
            assert!(streamed == jumped, "both ways through an archive lead to the same images");
        }
        if let Ok(snapshot) = &jumped {
            checks::snapshot(snapshot);
        }
    }
}

/// What is asked for.
pub(crate) struct Wanted {
    transport: Option<Transport>,
    choice: ImageSelection,
}

impl Wanted {
    pub(crate) fn of(mode: u8) -> Self {
        let transport = match mode >> 2 & 3 {
            1 => Some(Transport::DockerArchive),
            2 => Some(Transport::OciArchive),
            3 if mode >> 6 == 3 => Some(Transport::Dir),
            _ => None,
        };
        let platform = (mode >> 4 & 3 == 3).then(|| "linux/arm64".parse().expect("this is a platform"));
        let reference = match mode >> 6 {
            1 => Some("@0".to_owned()),
            2 => Some("latest".to_owned()),
            _ => None,
        };
        Self { transport, choice: ImageSelection { reference, platform, depth: Depth::Verified } }
    }
}

/// Reads an archive in one pass.
pub(crate) fn streamed(archive: &[u8], wanted: &Wanted) -> Result<Snapshot, Error> {
    let images = read_stream("archive", archive, &limits())?;
    let (transport, planned) = plan(&images, wanted.transport, &wanted.choice, &limits())?;
    let layers = images.into_layers(&planned);
    build(transport, planned, layers)
}

/// Reads an archive by its index.
fn jumped(archive: &[u8], wanted: &Wanted) -> Result<Snapshot, Error> {
    let index = ArchiveIndex::read("archive", Cursor::new(archive), &limits())?;
    planned(&Indexed { archive, index }, wanted)
}

/// Reads the images of a store.
pub(crate) fn planned(store: &dyn Store, wanted: &Wanted) -> Result<Snapshot, Error> {
    let (transport, images) = plan(store, wanted.transport, &wanted.choice, &limits())?;
    let members: BTreeSet<&String> =
        images.iter().flat_map(|image| &image.layers).filter_map(|layer| layer.member.as_ref()).collect();
    let mut layers = BTreeMap::new();
    for member in members {
        let place = format!("`{member}`");
        let blob = store.open(member).map_err(|error| Error::io(&place, 0, error))?;
        let blob = blob.expect("a member that was planned is there");
        layers.insert(member.clone(), read_layer(&place, blob, &limits())?);
    }
    build(transport, images, layers)
}

fn build(
    transport: Transport,
    images: Vec<PlannedImage>,
    mut layers: BTreeMap<String, ReadLayer>,
) -> Result<Snapshot, Error> {
    let mut builder = SnapshotBuilder::new("fuzz");
    for image in images {
        let source = Source { transport, name: "archive.tar".to_owned() };
        let index = builder.add_image(source, image, &mut layers)?;
        let name = builder.service_name(index, "archive.tar");
        if builder.services().all(|known| known != name) {
            builder.add_service(&name, index);
        }
    }
    Ok(builder.finish())
}

struct Indexed<'a> {
    archive: &'a [u8],
    index: ArchiveIndex,
}

impl Store for Indexed<'_> {
    fn open(&self, member: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let Some((start, size)) = self.index.find(member) else { return Ok(None) };
        let (start, size) = (usize::try_from(start).expect("small"), usize::try_from(size).expect("small"));
        Ok(Some(Box::new(&self.archive[start..start + size])))
    }

    fn size(&self, member: &str) -> Option<u64> {
        self.index.find(member).map(|(_, size)| size)
    }
}

/// Writes the digests that are found where others are expected, until they fit or too many do not.
fn mend_digests(archive: &mut [u8], wanted: &Wanted) {
    for _ in 0..16 {
        let Err(Error::DigestMismatch { expected, found, .. }) = streamed(archive, wanted) else { return };
        replace(archive, expected.hex(), found.hex());
        mend(archive);
    }
}

/// Writes one text for another of the same length.
fn replace(bytes: &mut [u8], old: &str, new: &str) {
    if old.len() != new.len() {
        return;
    }
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(old.len()).position(|window| window == old.as_bytes()) {
        at += found;
        bytes[at..at + new.len()].copy_from_slice(new.as_bytes());
        at += new.len();
    }
}

/// Whether no two members can have the same name. Which of two counts is not defined.
fn names_are_unique(archive: &[u8]) -> bool {
    let mut names = BTreeSet::new();
    members(archive).iter().all(|member| {
        let header = &archive[member.header..member.content()];
        let name = String::from_utf8_lossy(header[..100].split(|&byte| byte == 0).next().unwrap_or_default());
        let name = name.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/");
        // Long names, prefixes and links are names too.
        let is_plain =
            matches!(member.kind, b'0' | 0 | b'5') && header[345..500].iter().all(|&byte| byte == 0);
        is_plain && names.insert(name)
    })
}
