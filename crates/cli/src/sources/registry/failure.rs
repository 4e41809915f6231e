//! Why a registry did not give what it was asked for, and whether to ask again.

use std::fmt;
use std::io::{self, Read as _};
use std::time::Duration;

use plimsoll_collect::memory::answer_without_secrets;
use plimsoll_report::format::one_line;
use serde::Deserialize;
use ureq::http::StatusCode;
use ureq::{Body, Timeout};

use super::reach::Forbidden;
use crate::sources::pace::TooSlow;

/// Why there is no answer that helps.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("it is not there")]
    NotFound,
    #[error("access was denied{said}")]
    Denied { said: ServerMessage, is_anonymous: bool, trouble: Option<String> },
    /// By a host that the registry redirects to. It gets no login, whatever it asks for.
    #[error("it redirects to `{host}`, which denies access and gets no login")]
    DeniedElsewhere { host: String },
    /// The login was not sent.
    #[error("it wants its login sent to the token server `{host}`, which is another site")]
    ForeignRealm { host: String },
    #[error("there were too many requests{said}")]
    TooMany { said: ServerMessage, wait: Option<Duration> },
    #[error("the answer was {status}{said}")]
    Status { status: StatusCode, said: ServerMessage },
    #[error("{}", describe(.0))]
    Transport(ureq::Error),
    #[error("the answer cannot be followed: {0}")]
    Answer(String),
    /// A login page, or that of a proxy, in place of a document.
    #[error("the answer is a web page, as a login page or a proxy sends it")]
    WebPage,
    /// What went wrong at the server that gives tokens for the registry.
    #[error("no token from its token server `{host}`: {failure}")]
    TokenServer { host: String, failure: Box<Self> },
    #[error("a document was not complete after {} s", .0.as_secs())]
    Endless(Duration),
}

/// What a server says of an error; nothing if it says nothing.
#[derive(Debug, Default)]
pub(crate) struct ServerMessage(Option<String>);

impl fmt::Display for ServerMessage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|said| write!(out, ": {said}"))
    }
}

impl Failure {
    /// Whether the other side could not prove who it is, or does not speak TLS.
    pub(crate) fn is_about_tls(&self) -> bool {
        match self {
            Self::Transport(ureq::Error::Io(error)) => error.kind() == io::ErrorKind::InvalidData,
            Self::Transport(ureq::Error::Rustls(_) | ureq::Error::Tls(_)) => true,
            _ => false,
        }
    }

    /// Whether the other side answered the start of TLS with something else, as a server of plain HTTP does.
    pub(crate) fn is_plain_http(&self) -> bool {
        let error = match self {
            Self::Transport(ureq::Error::Rustls(error)) => Some(error),
            Self::Transport(ureq::Error::Io(error)) => {
                error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>())
            }
            _ => None,
        };
        matches!(error, Some(rustls::Error::InvalidMessage(_)))
    }

    /// Without the words of the server: those of a host that was not asked must not be shown.
    pub(crate) fn without_words(self) -> Self {
        match self {
            Self::Status { status, .. } => Self::Status { status, said: ServerMessage::default() },
            Self::TooMany { wait, .. } => Self::TooMany { said: ServerMessage::default(), wait },
            other => other,
        }
    }

    /// Whether the server was too slow.
    pub(crate) fn is_slow(&self) -> bool {
        match self {
            Self::TokenServer { failure, .. } => failure.is_slow(),
            Self::Transport(ureq::Error::Io(error)) => TooSlow::of(error).is_some(),
            Self::Transport(ureq::Error::Timeout(_)) | Self::Endless(_) => true,
            _ => false,
        }
    }

    /// Whether it may be different the next time.
    fn is_passing(&self, has_answered: bool) -> bool {
        match self {
            Self::TooMany { .. } => true,
            Self::Status { status, .. } => status.is_server_error() || *status == StatusCode::REQUEST_TIMEOUT,
            Self::Transport(ureq::Error::Io(error)) => match error.kind() {
                // Asked again, it would waste as much time again.
                io::ErrorKind::TimedOut => !matches!(TooSlow::of(error), Some(TooSlow::Dripping { .. })),
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof => true,
                // What is wrong with a certificate, or forbidden, stays so.
                io::ErrorKind::InvalidData | io::ErrorKind::PermissionDenied => false,
                // The port is closed, or there is no such name: at first that is a mistake, later it may pass.
                _ => has_answered,
            },
            // The other times bound an answer that came all the while.
            Self::Transport(ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve)) => true,
            Self::Transport(ureq::Error::ConnectionFailed) => true,
            _ => false,
        }
    }
}

/// An error without any address: those of blobs are signed, and so a kind of password.
fn describe(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::Timeout(_) => "there was no answer in time".to_owned(),
        ureq::Error::BadUri(_) => "it leads to an address that is not valid".to_owned(),
        ureq::Error::RequireHttpsOnly(_) => "it leads to a place without TLS".to_owned(),
        ureq::Error::HostNotFound => "no such host".to_owned(),
        ureq::Error::ConnectionFailed => "no connection could be made".to_owned(),
        ureq::Error::LargeResponseHeader(..) => "the header of its answer is too large".to_owned(),
        // A part of the answer may be quoted.
        ureq::Error::Protocol(_) | ureq::Error::Http(_) => "its answer is not valid HTTP".to_owned(),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) | ureq::Error::ConnectProxyFailed(_) => {
            error.to_string()
        }
        _ => "the request failed".to_owned(),
    }
}

/// Whether an I/O error forbids a place.
pub(crate) fn forbidden(failure: &Failure) -> Option<&Forbidden> {
    match failure {
        Failure::Transport(ureq::Error::Io(error)) => Forbidden::of(error),
        _ => None,
    }
}

/// How long to go on asking.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const TRIES: u32 = 5;
const SLOW_TRIES: u32 = 2;
/// The longest pause a registry may ask for.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The pauses between the tries of one request: each twice as long as the one before.
#[derive(Default)]
pub(crate) struct Retries {
    tries: u32,
    is_resuming: bool,
}

impl Retries {
    /// For what can be done without: it is tried once.
    pub(crate) fn none() -> Self {
        Self { tries: TRIES, is_resuming: false }
    }

    /// For one that has answered before: it may be starting anew.
    pub(crate) fn resuming() -> Self {
        Self { tries: 0, is_resuming: true }
    }

    /// The pause before the next try, or the failure if there is to be none.
    pub(crate) fn pause(&mut self, failure: Failure) -> Result<Duration, Failure> {
        self.tries = self.tries.saturating_add(1);
        let pause = match &failure {
            Failure::TooMany { wait: Some(wait), .. } => *wait,
            _ => FIRST_PAUSE * 2_u32.pow(self.tries.min(TRIES) - 1),
        };
        // Each try with one that says nothing takes as long as any may take.
        let most = if failure.is_slow() { SLOW_TRIES } else { TRIES };
        let is_over = self.tries >= most || pause > LONGEST_PAUSE;
        if is_over || !failure.is_passing(self.is_resuming) { Err(failure) } else { Ok(pause) }
    }
}

/// The pauses of all requests of one source together.
#[derive(Debug)]
pub(crate) struct Waiting {
    left: Duration,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { left: Duration::from_secs(600) }
    }
}

impl Waiting {
    /// Takes a pause off what is left, if there is as much.
    pub(crate) fn take(&mut self, pause: Duration) -> bool {
        let left = self.left.checked_sub(pause);
        self.left = left.unwrap_or(self.left);
        left.is_some()
    }
}

/// The message in an error (distribution-spec, "Error Codes"), without what a log must not hold.
pub(crate) fn said(body: &mut Body, secrets: &[String]) -> Result<ServerMessage, Failure> {
    #[derive(Deserialize)]
    struct Errors {
        #[serde(default)]
        errors: Vec<Message>,
        details: Option<String>,
    }
    #[derive(Deserialize)]
    struct Message {
        message: Option<String>,
    }
    let text = beside(body)?;
    let errors: Option<Errors> = serde_json::from_slice(&text).ok();
    let message = errors.and_then(|errors| {
        let message = errors.errors.into_iter().find_map(|error| error.message);
        message.or(errors.details).filter(|message| !message.is_empty())
    });
    Ok(ServerMessage(message.map(|message| shown(message, secrets))))
}

/// What a server says, as a line: without what it was sent, addresses, and other secrets.
fn shown(message: String, secrets: &[String]) -> String {
    let kept = answer_without_secrets(&without_addresses(&without_secrets(message, secrets)));
    one_line(&kept.chars().take(200).collect::<String>())
}

/// Reads what is no content: an explanation, or the page of a redirect. A connection can be used again once the end was
/// seen. What cannot be read of it is no loss, but a server that wastes time with it would do so again.
pub(crate) fn beside(body: &mut Body) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    match body.as_reader().take(16 << 10).read_to_end(&mut text) {
        Err(error) => match Failure::Transport(error.into()) {
            slow if slow.is_slow() => Err(slow),
            _ => Ok(text),
        },
        Ok(_) => Ok(text),
    }
}

/// A server may repeat what it was sent.
fn without_secrets(mut text: String, secrets: &[String]) -> String {
    for secret in secrets.iter().filter(|secret| secret.len() >= 4) {
        text = text.replace(secret.as_str(), "…");
    }
    text
}

/// Keeps scheme and host of every address: the rest may be a login, or signed.
fn without_addresses(text: &str) -> String {
    let is_end = |char: char| char.is_whitespace() || "\"'`<>(),;".contains(char);
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        let (address, behind) = after.split_at(after.find(is_end).unwrap_or(after.len()));
        let authority = address.split(['/', '?', '#', '\\']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        shown.push_str(before);
        shown.push_str("://");
        shown.push_str(host);
        if authority.len() < address.len() {
            shown.push_str("/…");
        }
        rest = behind;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_addresses_the_host_remains() {
        let check = |text: &str, expected: &str| assert_eq!(without_addresses(text), expected);
        check("see https://a.example/x?sig=S3CRET, or else", "see https://a.example/…, or else");
        check("https://ada:S3CRET@a.example:8443", "https://a.example:8443");
        check("at \"https://a?X-Amz-Signature=1\" and http://b#t", "at \"https://a/…\" and http://b/…");
        check("a:// b ://", "a:// b ://");
        check("nothing", "nothing");
    }

    #[test]
    fn what_was_sent_is_not_repeated() {
        let secrets = ["tok3n".to_owned(), "a".to_owned()];
        assert_eq!(without_secrets("a tok3n, Bearer tok3n".to_owned(), &secrets), "a …, Bearer …");
    }

    #[test]
    fn what_a_server_says_holds_no_passwords() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text.to_owned(), &[]), expected);
        check("cannot connect: password=hunter2 user=me", "cannot connect: password=… user=me");
        check("use ghp_0123456789abcdefghij", "use …");
        check("blob unknown: sha256:0123456789abcdef", "blob unknown: sha256:0123456789abcdef");
        check(
            "pull access denied, repository does not exist",
            "pull access denied, repository does not exist",
        );
    }

    #[test]
    fn all_pauses_together_are_bounded() {
        let mut waiting = Waiting::default();
        assert_eq!((0..1000).filter(|_| waiting.take(Duration::from_secs(60))).count(), 10);
        assert!(!waiting.take(Duration::from_secs(1)));
    }

    #[test]
    fn a_request_is_tried_five_times() {
        let mut retries = Retries::default();
        let busy = || Failure::Status { status: StatusCode::BAD_GATEWAY, said: ServerMessage::default() };
        assert_eq!((0..100).filter(|_| retries.pause(busy()).is_ok()).count(), 4);
        let dripping = TooSlow::Dripping { rate: 1, grace: Duration::from_secs(1) };
        assert!(Retries::resuming().pause(Failure::Transport(dripping.into())).is_err());
        let silent = TooSlow::Silent(Duration::from_secs(1));
        let mut retries = Retries::default();
        let silent = || Failure::Transport(silent.clone().into());
        assert_eq!((0..100).filter(|_| retries.pause(silent()).is_ok()).count(), 1);
        assert!(Retries::none().pause(busy()).is_err());
    }
}
