//! Writes to a registry (distribution-spec, "Push"): blobs in one piece, and manifests.

use ureq::Body;
use ureq::http::{Method, Request, Response, StatusCode, header};
use url::Url;

use super::client::{Client, text_header};
use super::failure::{Failure, Retries, beside};

impl Client<'_> {
    /// From now on, tokens are asked for that may write.
    pub(super) fn writing(mut self) -> Self {
        self.actions = "pull,push";
        self
    }

    /// Pushes a blob that is not there yet.
    pub(super) fn push_blob(&self, digest: &str, bytes: &[u8]) -> Result<(), Failure> {
        let place = self.url(&format!("blobs/{digest}"))?;
        match self.send(&Method::HEAD, &place, None) {
            Ok(_) => return Ok(()),
            Err(Failure::NotFound) => {}
            Err(failure) => return Err(failure),
        }
        let uploads = self.url("blobs/uploads/")?;
        let started = self.send(&Method::POST, &uploads, Some(("application/octet-stream", b"")))?;
        let location = text_header(&started, &header::LOCATION);
        let location = location.and_then(|location| uploads.join(location).ok());
        let mut location =
            location.ok_or_else(|| Failure::Answer("it does not say where to upload".to_owned()))?;
        location.query_pairs_mut().append_pair("digest", digest);
        self.send(&Method::PUT, &location, Some(("application/octet-stream", bytes))).map(drop)
    }

    /// Pushes a manifest under a tag or a digest.
    pub(super) fn put_manifest(&self, version: &str, media_type: &str, bytes: &[u8]) -> Result<(), Failure> {
        let place = self.url(&format!("manifests/{version}"))?;
        self.send(&Method::PUT, &place, Some((media_type, bytes))).map(drop)
    }

    /// Sends a request that is followed nowhere. No login goes to another place than the registry.
    fn send(
        &self,
        method: &Method,
        url: &Url,
        body: Option<(&str, &[u8])>,
    ) -> Result<Response<Body>, Failure> {
        let is_here = url.origin() == self.origin.origin();
        self.guard.check(url).map_err(|forbidden| Failure::Answer(forbidden.to_string()))?;
        let mut retries = Retries::default();
        let mut has_logged_in = false;
        loop {
            let failure = match self.send_once(method, url, body, is_here) {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response)
                    if response.status() == StatusCode::UNAUTHORIZED && is_here && !has_logged_in =>
                {
                    has_logged_in = true;
                    self.renew_login(response)?;
                    continue;
                }
                Ok(response) => self.failure(response),
                Err(error) => Failure::Transport(error),
            };
            self.wait(&mut retries, failure)?;
        }
    }

    fn send_once(
        &self,
        method: &Method,
        url: &Url,
        body: Option<(&str, &[u8])>,
        is_here: bool,
    ) -> Result<Response<Body>, ureq::Error> {
        let mut request = Request::builder().method(method.clone()).uri(url.as_str());
        if let Some(authorization) = self.authorization().filter(|_| is_here) {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let (media_type, bytes) = body.unwrap_or_default();
        if !media_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        let within = self.pace.longest(bytes.len() as u64);
        self.traffic.request();
        self.traffic.count(bytes.len());
        let mut response = if body.is_some() {
            let request = self.agent.configure_request(request.body(bytes)?);
            self.agent.run(request.timeout_per_call(Some(within)).build())?
        } else {
            self.agent.run(request.body(())?)?
        };
        if response.status().is_success() {
            // The connection is used again once the end of the answer was seen.
            let _ = beside(response.body_mut());
        }
        Ok(response)
    }
}
