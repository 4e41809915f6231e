//! The short way: one stream in, one snapshot out.

use std::io::Read;

use plimsoll_snapshot::{FormatError, ReadLimits, Snapshot};

use crate::error::Error;
use crate::open::{OpenedStream, Request, open_stream};
use crate::plan::ImageSelection;
use crate::stack::{InputName, SameName, Stack, StackError};

/// Why a stream does not become a snapshot.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The input cannot be read.
    #[error(transparent)]
    Input(#[from] Error),
    /// Two of its images would be services of the same name.
    #[error("two different images of the input have the service name `{}`", .0.service)]
    SameName(SameName),
    /// Its images exceed a limit together.
    #[error(transparent)]
    TooLarge(FormatError),
}

impl From<StackError> for ReadError {
    fn from(error: StackError) -> Self {
        match error {
            StackError::SameName(error) => Self::SameName(error),
            StackError::TooLarge(error) => Self::TooLarge(error),
        }
    }
}

/// Reads one stream from its start to its end: an archive of images (`docker save`, an OCI layout in a tar, compressed or
/// not), each of which becomes a service, or a snapshot, which stays as it is. `name` stands for the input in messages, and
/// names an image that has no reference.
///
/// Use [`open_file`](crate::open_file) or [`open_store`](crate::open_store) to read layers in parallel, with a cache, or to
/// select images.
///
/// # Errors
/// If the stream is damaged, exceeds a limit, or contains neither.
pub fn read(stream: impl Read, name: &str, limits: &ReadLimits) -> Result<Snapshot, ReadError> {
    let selection = ImageSelection::default();
    let request = Request { place: name, transport: None, selection: &selection, limits };
    let opened = match open_stream(stream, &request, &())? {
        OpenedStream::Snapshot(snapshot) => return Ok(*snapshot),
        OpenedStream::Images(images) => images,
    };
    let input = InputName { place: name.to_owned(), file: name.to_owned() };
    let mut stack = Stack::new(concat!("plimsoll-collect ", env!("CARGO_PKG_VERSION")));
    let images = stack.add_images(&input, opened)?;
    stack.name_images(&input, &images).map_err(ReadError::SameName)?;
    Ok(stack.finish(limits)?)
}
