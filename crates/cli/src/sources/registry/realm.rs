//! Which token server a registry's login may go to.
//!
//! The registry names it (distribution, "Token Authentication Specification"), so anyone who can change an answer of the
//! registry can name another. What follows is the registry's own site, or what the user allows.

use url::Url;

/// A registry, and another host that the user trusts with it: `REGISTRY=HOST[:PORT]`. Bound to its registry, the other
/// one is of no use to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) registry: String,
    pub(crate) other: String,
}

impl std::str::FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_host = |text: &str| !text.is_empty() && !text.contains(['/', '@', '=', '?', '#', '\\', ' ']);
        match text.split_once('=') {
            Some((registry, server)) if is_host(registry) && is_host(server) => {
                Ok(Self { registry: registry.to_ascii_lowercase(), other: server.to_ascii_lowercase() })
            }
            _ => {
                Err("expected `REGISTRY=HOST[:PORT]`, such as `registry.example=auth.other.example`"
                    .to_owned())
            }
        }
    }
}

/// What may be sent to a token server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Realm {
    /// The login of the registry.
    Own(Url),
    /// A request without a login.
    Foreign(Url),
    /// Nothing at all.
    Refused(&'static str),
}

impl Realm {
    /// Judges the `realm` of a challenge. `host` is the registry as the user names it.
    pub(crate) fn judge(realm: &str, registry: &Url, host: &str, trusted: &[Pair]) -> Self {
        let Ok(mut url) = realm.parse::<Url>() else {
            return Self::Refused("it names a token server by an address that is not valid");
        };
        match url.scheme() {
            "https" => {}
            "http" if registry.scheme() == "http" => {}
            "http" => return Self::Refused("it names a token server without TLS"),
            _ => return Self::Refused("it names a token server that is not reached by HTTP"),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Self::Refused("it names a token server with a login of its own");
        }
        url.set_fragment(None);
        let is_trusted = |pair: &Pair| pair.registry == host && is_at(&url, &pair.other);
        if is_same_site(registry, &url) || trusted.iter().any(is_trusted) {
            Self::Own(url)
        } else {
            Self::Foreign(url)
        }
    }
}

/// `host`, or `host:port` if it is not the usual one.
pub(crate) fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether an address is at `host`, on any port, or at `host:port`.
pub(crate) fn is_at(url: &Url, host: &str) -> bool {
    url.host_str() == Some(host) || place(url) == host
}

/// Whether one owner holds both: the same origin; or over TLS, which proves it, the same host or registrable domain.
/// `auth.docker.io` and `registry-1.docker.io` are one site, `a.github.io` and `b.github.io` are not.
fn is_same_site(registry: &Url, other: &Url) -> bool {
    if registry.origin() == other.origin() {
        return true;
    }
    let (Some(own), Some(other_host)) = (registry.host(), other.host()) else { return false };
    if registry.scheme() != "https" || other.scheme() != "https" {
        return false;
    }
    if own == other_host {
        return true;
    }
    match (own, other_host) {
        (url::Host::Domain(own), url::Host::Domain(other)) => {
            let domain = registrable(own);
            domain.is_some() && domain == registrable(other)
        }
        _ => false,
    }
}

/// The registered domain; none below a suffix that no list knows, such as `cluster.local`.
fn registrable(host: &str) -> Option<&[u8]> {
    let domain = psl::domain(host.as_bytes())?;
    (domain.suffix().is_known() && !host.ends_with('.')).then(|| domain.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(registry: &str, realm: &str, expected: &str) {
        let registry: Url = registry.parse().unwrap();
        let trusted = ["rg.example=api.other.example".parse().unwrap()];
        let host = place(&registry);
        let judged = match Realm::judge(realm, &registry, &host, &trusted) {
            Realm::Own(_) => "own",
            Realm::Foreign(_) => "foreign",
            Realm::Refused(_) => "refused",
        };
        assert_eq!(judged, expected, "{registry} {realm}");
    }

    #[test]
    fn token_servers_of_known_registries_are_their_own() {
        for (registry, realm) in [
            ("https://registry-1.docker.io", "https://auth.docker.io/token"),
            ("https://ghcr.io", "https://ghcr.io/token"),
            ("https://quay.io", "https://quay.io/v2/auth"),
            ("https://registry.gitlab.com", "https://gitlab.com/jwt/auth"),
            ("https://gitlab.example.com:5050", "https://gitlab.example.com/jwt/auth"),
            ("https://team.azurecr.io", "https://team.azurecr.io/oauth2/token"),
            ("https://registry.digitalocean.com", "https://api.digitalocean.com/v2/registry/auth"),
            ("https://harbor.corp:8443", "https://harbor.corp:8443/service/token"),
            ("https://harbor.corp:8443", "https://harbor.corp/service/token"),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5000/token"),
            ("https://REGISTRY.example.com", "HTTPS://registry.EXAMPLE.com:443/token"),
            ("https://rg.example", "https://api.other.example/token"),
        ] {
            check(registry, realm, "own");
        }
    }

    #[test]
    fn other_sites_get_no_login() {
        for (registry, realm) in [
            ("https://registry.example.com", "https://evil.example/token"),
            ("https://registry.example.com", "https://registry.example.com.evil.example/token"),
            ("https://registry.example.com", "https://registry.example.com./token"),
            ("https://a.github.io", "https://b.github.io/token"),
            ("https://a.co.uk", "https://b.co.uk/token"),
            ("https://a.default.svc.cluster.local", "https://b.other.svc.cluster.local/token"),
            ("https://10.0.0.1", "https://10.0.0.2/token"),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5001/token"),
            ("http://127.0.0.1:5000", "http://localhost:5000/token"),
            ("http://registry.example.com", "http://auth.example.com/token"),
            ("http://registry.example.com", "https://auth.example.com/token"),
            ("https://other.example", "https://api.other2.example/token"),
            // Cyrillic letters.
            ("https://registry.example.com", "https://registry.ехample.com/token"),
        ] {
            check(registry, realm, "foreign");
        }
    }

    #[test]
    fn some_places_are_asked_for_nothing() {
        for realm in [
            "http://registry.example.com/token",
            "https://user@registry.example.com/token",
            "https://registry.example.com:x/",
            "ftp://registry.example.com/token",
            "file:///etc/passwd",
            "//registry.example.com/token",
            "token",
            "",
        ] {
            check("https://registry.example.com", realm, "refused");
        }
    }

    #[test]
    fn a_trusted_token_server_is_bound_to_its_registry() {
        assert!("a=b:1".parse::<Pair>().is_ok());
        for text in ["", "a", "=b", "a=", "https://a=b", "a=b/c", "a=b=c", "a=u@b"] {
            assert!(text.parse::<Pair>().is_err(), "{text}");
        }
        check("https://elsewhere.example", "https://api.other.example/token", "foreign");
    }
}
