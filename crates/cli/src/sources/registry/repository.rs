//! A repository of a registry: its tags, and whatever images and blobs it has, over one connection and one login.

use std::io::Read;
use std::sync::Arc;

use plimsoll_snapshot::{Bytes, Digest, ReadLimits};

use super::blob::Blob;
use super::client::Client;
use super::failure::Failure;
use super::{RegistryStore, offline, refused};
use crate::error::Result;
use crate::options::Options;
use crate::printer::Printer;
use crate::sources::reference::{Reference, Version};

/// A repository.
pub(crate) struct Repository<'a> {
    pub(crate) client: Arc<Client<'a>>,
    pub(super) reference: Reference,
    pub(super) limits: ReadLimits,
}

impl<'a> Repository<'a> {
    /// Names a repository. Nothing is asked yet.
    pub(crate) fn connect(reference: &Reference, options: &'a Options, printer: &'a Printer) -> Result<Self> {
        Self::of(reference, options, printer, |client| client)
    }

    /// The same for who writes to it.
    pub(crate) fn connect_to_write(
        reference: &Reference,
        options: &'a Options,
        printer: &'a Printer,
    ) -> Result<Self> {
        Self::of(reference, options, printer, Client::writing)
    }

    fn of(
        reference: &Reference,
        options: &'a Options,
        printer: &'a Printer,
        prepare: impl FnOnce(Client<'a>) -> Client<'a>,
    ) -> Result<Self> {
        if options.offline {
            return Err(offline(&format!("docker://{reference}")));
        }
        let client =
            Client::new(reference, options, printer).map_err(|failure| refused(reference, &failure, None))?;
        let client = prepare(client);
        Ok(Self { client: Arc::new(client), reference: reference.clone(), limits: options.limits })
    }

    /// Every tag.
    pub(crate) fn tags(&self) -> Result<Vec<String>> {
        self.client.all_tags().map_err(|failure| refused(&self.reference, &failure, None))
    }

    /// An image; none if it is not there.
    pub(crate) fn image(&self, version: &Version) -> Result<Option<RegistryStore<'a>>> {
        let reference = Reference { version: version.clone(), ..self.reference.clone() };
        match RegistryStore::of(&self.client, &reference, &self.limits) {
            Ok(image) => Ok(Some(image)),
            Err(Failure::NotFound) => Ok(None),
            Err(failure) => Err(refused(&reference, &failure, None)),
        }
    }

    /// A blob of a known size; none if it is not there.
    pub(crate) fn blob(&self, digest: &Digest, size: Bytes) -> Result<Option<impl Read>> {
        match Blob::open(&self.client, digest.to_string(), size.0) {
            Ok(blob) => Ok(Some(blob)),
            Err(Failure::NotFound) => Ok(None),
            Err(failure) => Err(refused(&self.reference, &failure, None)),
        }
    }

    /// The requests that were sent, and the bytes of bodies.
    pub(crate) fn traffic(&self) -> (u64, u64) {
        self.client.traffic.sums()
    }
}
