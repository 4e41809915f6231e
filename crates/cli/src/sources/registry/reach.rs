//! Where a registry may send on to: to the same part of the network as its own, or to a more public one.
//!
//! Otherwise the operator of a public registry could make the program ask addresses behind a firewall.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;
use url::{Host, Url};

use super::realm::is_at;

/// Who can reach an address; a later one is more public.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// Metadata services of clouds, and addresses that name no one machine. Nothing may lead there.
    Special,
    Machine,
    Private,
    Public,
}

impl Reach {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let [a, b, c, _] = address.octets();
        if address.is_loopback() {
            Self::Machine
        } else if address.is_link_local() || address.is_multicast() || address.is_broadcast() || a == 0 {
            Self::Special
        // RFC 6598 (carriers), RFC 6890 (protocol assignments), RFC 2544 (benchmarks; some proxies answer with it).
        } else if address.is_private()
            || (a == 100 && (64..128).contains(&b))
            || (a, b, c) == (192, 0, 0)
            || (a == 198 && (18..20).contains(&b))
            || a >= 240
        {
            Self::Private
        } else {
            Self::Public
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        let segments = address.segments();
        let [.., high, low] = segments;
        let embedded = || {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            Self::of_v4(Ipv4Addr::new(a, b, c, d))
        };
        match segments {
            _ if address.is_loopback() => Self::Machine,
            _ if address.is_unspecified() || address.is_multicast() => Self::Special,
            // Mapped and compatible ones, and the prefixes of NAT64 (RFC 4291, 6052, 8215).
            [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0x64, 0xff9b, ..] => embedded(),
            // 6to4 has it in front (RFC 3056).
            [0x2002, high, low, ..] => {
                let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
                Self::of_v4(Ipv4Addr::new(a, b, c, d))
            }
            [first, ..] if first & 0xffc0 == 0xfe80 => Self::Special,
            [first, ..] if first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfec0 => Self::Private,
            _ => Self::Public,
        }
    }

    /// That of a host that needs no lookup.
    fn of_host(host: &Host<&str>) -> Option<Self> {
        match host {
            Host::Ipv4(address) => Some(Self::of_v4(*address)),
            Host::Ipv6(address) => Some(Self::of_v6(*address)),
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                (name == "localhost" || name.ends_with(".localhost")).then_some(Self::Machine)
            }
        }
    }
}

/// A place that a registry may not lead to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) struct Forbidden {
    host: String,
    reach: Reach,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.reach {
            Reach::Special => "a link-local or reserved address",
            Reach::Machine => "this machine",
            Reach::Private => "a private network",
            Reach::Public => "another network",
        };
        write!(
            out,
            "it leads to `{}`, which is {place}, and is elsewhere itself (see `--blob-server`)",
            self.host
        )
    }
}

impl Forbidden {
    /// The reason inside of an I/O error, if that is one.
    pub(crate) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

/// Looks up hosts, and leaves out the addresses that the registry may not lead to.
#[derive(Clone, Debug)]
pub(crate) struct Guard(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    lookup: DefaultResolver,
    origin: Url,
    /// Where the registry itself lies, as public as it ever was: with its name, its owner could tell otherwise.
    reach: Mutex<Option<Reach>>,
    /// Hosts that it may lead to wherever they are.
    allowed: Vec<String>,
}

impl Guard {
    pub(crate) fn new(origin: &Url, allowed: Vec<String>) -> Self {
        let reach = origin.host().and_then(|host| Reach::of_host(&host));
        let (lookup, origin) = (DefaultResolver::default(), origin.clone());
        Self(Arc::new(Inner { lookup, origin, reach: Mutex::new(reach), allowed }))
    }

    /// The least public place that may be led to. Nothing is known of it behind a proxy.
    fn least(&self) -> Reach {
        self.0.reach.lock().expect("nobody panics with it").unwrap_or(Reach::Public)
    }

    /// Whether the user allows a host, whatever its address.
    fn is_trusted(&self, url: &Url) -> bool {
        self.0.allowed.iter().any(|host| is_at(url, host))
    }

    fn is_allowed(&self, reach: Reach) -> bool {
        reach >= self.least() && reach != Reach::Special
    }

    /// Checks an address without a lookup: where there is a proxy, nothing is looked up here.
    pub(crate) fn check(&self, url: &Url) -> Result<(), Forbidden> {
        let reach = url.host().and_then(|host| Reach::of_host(&host));
        match reach {
            Some(reach)
                if url.origin() != self.0.origin.origin()
                    && !self.is_trusted(url)
                    && !self.is_allowed(reach) =>
            {
                Err(Forbidden { host: url.host_str().unwrap_or_default().to_owned(), reach })
            }
            _ => Ok(()),
        }
    }

    /// Keeps the addresses that may be asked for a URL.
    fn admit(&self, uri: &Uri, found: &[IpAddr]) -> Result<Vec<bool>, Forbidden> {
        let url = uri.to_string().parse::<Url>();
        let reaches = found.iter().map(|&address| Reach::of(address));
        match &url {
            Ok(url) if url.origin() == self.0.origin.origin() => {
                let mut known = self.0.reach.lock().expect("nobody panics with it");
                *known = (*known).max(reaches.max());
                return Ok(vec![true; found.len()]);
            }
            Ok(url) if self.is_trusted(url) => return Ok(vec![true; found.len()]),
            _ => {}
        }
        let allowed: Vec<_> = reaches.clone().map(|reach| self.is_allowed(reach)).collect();
        match reaches.min() {
            Some(reach) if !allowed.contains(&true) => {
                Err(Forbidden { host: uri.host().unwrap_or_default().to_owned(), reach })
            }
            _ => Ok(allowed),
        }
    }
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.0.lookup.resolve(uri, config, timeout)?;
        // The user chose the proxy.
        if config.proxy().is_some_and(|proxy| proxy.uri() == uri) {
            return Ok(found);
        }
        let addresses: Vec<_> = found.iter().map(SocketAddr::ip).collect();
        let allowed = self
            .admit(uri, &addresses)
            .map_err(|forbidden| io::Error::new(io::ErrorKind::PermissionDenied, forbidden))?;
        let mut kept = self.empty();
        for (address, _) in found.iter().zip(allowed).filter(|(_, allowed)| *allowed) {
            kept.push(*address);
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let check = |address: &str, expected: Reach| {
            assert_eq!(Reach::of(address.parse().unwrap()), expected, "{address}");
        };
        for address in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"] {
            check(address, Reach::Machine);
        }
        for address in
            ["169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255", "fe80::1", "::", "ff02::1"]
        {
            check(address, Reach::Special);
        }
        for address in [
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "198.18.0.9",
            "fd00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::1",
        ] {
            check(address, Reach::Private);
        }
        for address in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"] {
            check(address, Reach::Public);
        }
    }

    fn leads(registry: &str, its_address: &str, to: &str, address: &str) -> bool {
        let guard = Guard::new(&registry.parse().unwrap(), vec!["10.7.7.7:9000".to_owned()]);
        guard.admit(&registry.parse().unwrap(), &[its_address.parse().unwrap()]).unwrap();
        let checked = guard.check(&to.parse().unwrap()).is_ok();
        let admitted = guard.admit(&to.parse().unwrap(), &[address.parse().unwrap()]).is_ok();
        checked && admitted
    }

    #[test]
    fn a_registry_leads_to_places_at_least_as_public_as_its_own() {
        let public = ("https://registry.example/", "1.1.1.1");
        let private = ("https://registry.corp.example/", "10.0.0.5");
        let local = ("http://127.0.0.1:5000/", "127.0.0.1");
        let metadata = ("http://169.254.169.254/latest", "169.254.169.254");
        let rebound = ("https://cdn.example/", "127.0.0.1");
        for (registry, to, expected) in [
            (public, ("https://cdn.example/", "2.2.2.2"), true),
            (public, private, false),
            (public, local, false),
            (public, ("https://localhost:9000/", "127.0.0.1"), false),
            (public, rebound, false),
            (public, metadata, false),
            (public, ("https://10.7.7.7:9000/", "10.7.7.7"), true),
            (public, ("https://10.7.7.7/", "10.7.7.7"), false),
            (private, public, true),
            (private, ("https://storage.corp.example/", "10.9.9.9"), true),
            (private, local, false),
            (private, metadata, false),
            (local, ("http://127.0.0.1:9000/", "127.0.0.1"), true),
            (local, private, true),
            (local, public, true),
            (local, metadata, false),
        ] {
            assert_eq!(leads(registry.0, registry.1, to.0, to.1), expected, "{registry:?} {to:?}");
        }
    }

    #[test]
    fn of_several_addresses_those_that_are_allowed_remain() {
        let guard = Guard::new(&"https://registry.example/".parse().unwrap(), Vec::new());
        let found = ["10.0.0.1".parse().unwrap(), "1.1.1.1".parse().unwrap()];
        // Behind a proxy, nothing is known of the registry.
        assert_eq!(guard.admit(&"https://cdn.example/".parse().unwrap(), &found), Ok(vec![false, true]));
        // A registry with a public and a local address is a public one.
        guard.admit(&"https://registry.example/v2/".parse().unwrap(), &found).unwrap();
        assert_eq!(guard.least(), Reach::Public);
    }
}
