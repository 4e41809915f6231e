//! What a registry is shown to be let in: a password, or a token of its token server.

use serde::Deserialize;
use ureq::Body;
use ureq::http::{Response, header};
use url::Url;

use super::challenge::{self, Challenge, escape};
use super::client::Client;
use super::document::whole;
use super::failure::{Failure, Retries};
use super::realm::{Realm, place};
use super::secret::Credentials;

/// The most bytes of an answer of a token server, and of the token in it: servers refuse longer headers.
const ANSWER_BYTES: u64 = 1 << 20;
const TOKEN_BYTES: usize = 64 << 10;

impl Client<'_> {
    /// The `Authorization` that the registry itself asks for.
    pub(super) fn log_in(&self, response: Response<Body>) -> Result<String, Failure> {
        let offered = response.headers().get_all(header::WWW_AUTHENTICATE);
        let challenge = challenge::choose(offered.iter().filter_map(|value| value.to_str().ok()));
        match challenge {
            Some(Challenge::Bearer { realm, service }) => self.token(&realm, service.as_deref()),
            Some(Challenge::Basic) => match self.credentials() {
                Some(Credentials::Password { user, password }) => Ok(Credentials::basic(user, password)),
                _ => Err(self.failure(response)),
            },
            None => Err(self.failure(response)),
        }
    }

    /// Gets a token for this repository, and for nothing but what is done with it, whatever the registry asks for.
    fn token(&self, realm: &str, service: Option<&str>) -> Result<String, Failure> {
        let (url, credentials) = match Realm::judge(realm, &self.origin, &self.host, self.token_servers) {
            Realm::Refused(why) => return Err(Failure::Answer(why.to_owned())),
            Realm::Own(url) => (url, self.credentials()),
            Realm::Foreign(url) if self.credentials().is_some() => {
                return Err(Failure::ForeignRealm { host: place(&url) });
            }
            Realm::Foreign(url) => (url, None),
        };
        self.guard.check(&url).map_err(|forbidden| Failure::Answer(forbidden.to_string()))?;
        let scope = escape(&format!("repository:{}:{}", self.repository, self.actions));
        let service = service.map(|service| format!("&service={}", escape(service))).unwrap_or_default();
        let query = format!("scope={scope}{service}");
        let mut retries = Retries::default();
        loop {
            let failure = match self.ask_for_token(&url, &query, credentials) {
                Ok(response) if response.status().is_success() => return token_of(response),
                // It is not followed anywhere: what was sent was meant for this server.
                Ok(response) if response.status().is_redirection() => {
                    let status = response.status();
                    return Err(Failure::Answer(format!("its token server redirects ({status})")));
                }
                Ok(response) => self.failure(response),
                Err(error) => Failure::Transport(error),
            };
            self.wait(&mut retries, failure).map_err(|failure| match failure {
                // The registry itself can be reached.
                Failure::Transport(_) => {
                    Failure::TokenServer { host: place(&url), failure: Box::new(failure) }
                }
                failure => failure,
            })?;
        }
    }

    fn ask_for_token(
        &self,
        url: &Url,
        query: &str,
        credentials: Option<&Credentials>,
    ) -> Result<Response<Body>, ureq::Error> {
        if let Some(Credentials::IdentityToken(token)) = credentials {
            let token = escape(token);
            let form = format!("grant_type=refresh_token&client_id=plimsoll&{query}&refresh_token={token}");
            let request = self.agent.post(url.as_str());
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            return self.awaited(&place(url), || request.send(form));
        }
        let mut url = url.clone();
        let query = match url.query() {
            Some(given) if !given.is_empty() => format!("{given}&{query}"),
            _ => query.to_owned(),
        };
        url.set_query(Some(&query));
        let mut request = self.agent.get(url.as_str());
        if let Some(Credentials::Password { user, password }) = credentials {
            request = request.header(header::AUTHORIZATION, Credentials::basic(user, password));
        }
        self.awaited(&place(&url), || request.call())
    }
}

fn token_of(response: Response<Body>) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Answer {
        token: Option<String>,
        access_token: Option<String>,
    }
    let reader = response.into_body().into_reader();
    let text = whole(reader, ANSWER_BYTES)?;
    let answer: Option<Answer> = serde_json::from_slice(&text).ok();
    let token = answer.and_then(|answer| answer.token.or(answer.access_token)).unwrap_or_default();
    // What is no valid header value would stop the request with a message that quotes it.
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Failure::Answer("its token server gives no token".to_owned()));
    }
    if token.len() > TOKEN_BYTES {
        return Err(Failure::Answer(format!("its token is longer than {} KiB", TOKEN_BYTES >> 10)));
    }
    Ok(format!("Bearer {token}"))
}
