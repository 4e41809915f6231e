//! What the references of a source stood for when they were last read: unchanged ones are not read again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::name::ImageName;
use crate::store::{self, Store};

/// A source, as the user named it, and its items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SourceState {
    pub(crate) source: String,
    /// When it was last scanned.
    pub(crate) scanned: String,
    /// By file or reference.
    pub(crate) items: BTreeMap<String, ItemState>,
}

/// A file or a reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ItemState {
    /// What changes whenever the item does: a digest, or the size and the time of a file.
    pub(crate) identity: String,
    /// The run that last read it, or found it unchanged.
    pub(crate) run: String,
    pub(crate) images: Vec<NamedImage>,
}

/// A name and the image that it stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NamedImage {
    pub(crate) name: ImageName,
    pub(crate) digest: String,
}

impl SourceState {
    /// The state of a source.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn read(store: &Store, source: &str) -> Result<Self> {
        let known: Option<Self> = store::document(&store.references(source))?;
        Ok(known.unwrap_or_else(|| Self { source: source.to_owned(), ..Self::default() }))
    }

    /// Keeps it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn write(&self, store: &Store) -> Result<()> {
        store::replace(&store.references(&self.source), |file| {
            serde_json::to_writer(std::io::BufWriter::new(file), self).map_err(Into::into)
        })
    }
}

/// The names of all sources. Of sources that name the same image, the one that was scanned last counts.
///
/// # Errors
/// If the state of a source cannot be read.
pub(crate) fn all(store: &Store) -> Result<Vec<(String, ItemState)>> {
    let mut sources: Vec<SourceState> = Vec::new();
    for path in store.all_references()? {
        sources.extend(store::document::<SourceState>(&path)?);
    }
    sources.sort_by(|one, other| (&one.scanned, &one.source).cmp(&(&other.scanned, &other.source)));
    let mut by_name: BTreeMap<ImageName, (String, ItemState)> = BTreeMap::new();
    for SourceState { source, items, .. } in sources {
        for item in items.into_values() {
            for image in &item.images {
                let only = ItemState { images: vec![image.clone()], ..item.clone() };
                by_name.insert(image.name.clone(), (source.clone(), only));
            }
        }
    }
    Ok(by_name.into_values().collect())
}
