//! A blob as one stream, however often the connection is cut.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use ureq::BodyReader;
use ureq::http::{StatusCode, header};

use super::client::{Client, Size, text_header};
use super::failure::{Failure, Retries};

/// Reads a blob; after a cut it goes on where it stopped. That nothing was lost or changed on the way is for the
/// digest to say, which the reader of a blob computes.
pub(crate) struct Blob<'a> {
    client: &'a Client<'a>,
    digest: String,
    size: u64,
    offset: u64,
    body: Body,
    retries: Retries,
    /// Where patience was fresh.
    fresh_at: u64,
    /// How long all of it may take, and when that is over.
    longest: Duration,
    deadline: Instant,
}

/// What one connection gives.
struct Body {
    reader: BodyReader<'static>,
    /// Whether it says how long it is, and so ends without a hang-up.
    has_length: bool,
}

/// How much has to come in between two cuts for the connection to be as good as new.
const PROGRESS: u64 = 1 << 20;

impl<'a> Blob<'a> {
    pub(crate) fn open(client: &'a Client<'a>, digest: String, size: u64) -> Result<Self, Failure> {
        let longest = client.pace.longest(size);
        let deadline = Instant::now() + longest;
        let body = request(client, &digest, longest, 0)?;
        let retries = Retries::resuming();
        Ok(Self { client, digest, size, offset: 0, body, retries, fresh_at: 0, longest, deadline })
    }

    fn reconnect(&mut self, cut: io::Error) -> io::Result<()> {
        if self.offset - self.fresh_at >= PROGRESS {
            self.retries = Retries::resuming();
            self.fresh_at = self.offset;
        }
        let mut failure = Failure::Transport(cut.into());
        loop {
            self.client.wait(&mut self.retries, failure).map_err(io::Error::other)?;
            let left = self.deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::Error::other(Failure::Endless(self.longest)));
            }
            match request(self.client, &self.digest, left, self.offset) {
                Ok(body) => {
                    self.body = body;
                    return Ok(());
                }
                Err(next) => failure = next,
            }
        }
    }
}

impl Read for Blob<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.size - self.offset).unwrap_or(usize::MAX);
        let length = left.min(out.len());
        if length == 0 {
            return Ok(0);
        }
        loop {
            let cut = match self.body.reader.read(&mut out[..length]) {
                Ok(0) => io::ErrorKind::UnexpectedEof.into(),
                Ok(read) => {
                    self.offset += read as u64;
                    self.client.traffic.count(read);
                    if self.offset == self.size && self.body.has_length {
                        // A connection can be used again once the end was seen; if it cannot, no harm is done.
                        let _ = self.body.reader.read(&mut [0]);
                    }
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
                Err(error) => error,
            };
            self.reconnect(cut)?;
        }
    }
}

/// Asks for the blob from an offset on. Not every server can jump: then what is known already is skipped.
fn request(client: &Client<'_>, digest: &str, within: Duration, offset: u64) -> Result<Body, Failure> {
    let response = client.get(&format!("blobs/{digest}"), "*/*", Size::Blob(within), offset)?;
    let starts_at = match response.status() {
        StatusCode::PARTIAL_CONTENT => text_header(&response, &header::CONTENT_RANGE)
            .and_then(|range| range.strip_prefix("bytes ")?.split('-').next()?.trim().parse().ok())
            .ok_or_else(|| Failure::Answer("it does not say which part it sends".to_owned()))?,
        _ => 0,
    };
    let body = response.into_body();
    let has_length = body.content_length().is_some();
    let mut reader = body.into_reader();
    let skip = offset
        .checked_sub(starts_at)
        .ok_or_else(|| Failure::Answer("it sends another part than it was asked for".to_owned()))?;
    let skipped = io::copy(&mut reader.by_ref().take(skip), &mut io::sink());
    match skipped {
        Ok(skipped) if skipped == skip => Ok(Body { reader, has_length }),
        Ok(_) => Err(Failure::Transport(io::Error::from(io::ErrorKind::UnexpectedEof).into())),
        Err(error) => Err(Failure::Transport(error.into())),
    }
}
