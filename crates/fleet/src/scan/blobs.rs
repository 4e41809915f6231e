//! Blobs of layers: where they are opened, and whether they are what their images state.

use std::sync::Arc;

use plimsoll_collect::{ReadLayer, Store as Members};
use plimsoll_snapshot::{Bytes, DiffId, Digest};

use crate::store::Blob;

/// Where the blobs of an image are opened.
pub(crate) type Source = Arc<dyn Members + Send + Sync>;

/// How a layer that was read is stored.
pub(crate) fn blob_of(read: &ReadLayer) -> Blob {
    Blob { digest: read.digest.clone(), compression: read.compression, bytes: Bytes(read.blob_bytes.0) }
}

/// Checks that a layer has the digests that its image states.
///
/// # Errors
/// If it has others.
pub(crate) fn check(diff_id: &DiffId, blob: Option<&Digest>, read: &ReadLayer) -> Result<(), String> {
    let found = [(Some(diff_id.digest()), Some(read.diff_id.digest())), (blob, read.digest.as_ref())];
    for (expected, found) in found {
        if let (Some(expected), Some(found)) = (expected, found)
            && expected.algorithm() == "sha256"
            && expected != found
        {
            return Err(format!("the blob should have digest {expected}, but has {found}"));
        }
    }
    Ok(())
}
