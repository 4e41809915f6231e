//! Addresses of machines, and identifiers that stand for one or for an account.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::kind::Kind;

/// The IPv4 address at the start of a word that holds nothing else but a port, a prefix length or a path.
pub(super) fn ipv4(part: &str) -> Option<&str> {
    let ip = part.parse::<Ipv4Addr>().ok()?;
    (!ip.is_loopback() && !ip.is_unspecified() && !ip.is_broadcast()).then_some(part)
}

/// Whether it is a private address: then it cannot be a version.
pub(super) fn is_private(part: &str) -> bool {
    part.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_private() || ip.is_link_local())
}

/// The IPv6 address in a word: `fd00::7`, `fe80::1%eth0`, `fd00::/8`.
pub(super) fn ipv6(word: &str) -> Option<&str> {
    if word.matches(':').count() < 2 {
        return None;
    }
    let address = word.trim_end_matches(['.', ',']).split(['%', '/']).next()?;
    let ip = address.parse::<Ipv6Addr>().ok()?;
    (!ip.is_loopback() && !ip.is_unspecified()).then_some(address)
}

/// Whether a word is the address of a network card.
fn is_mac(word: &str) -> bool {
    let is_of = |separator: char| {
        word.split(separator).count() == 6
            && word
                .split(separator)
                .all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    word.len() == 17 && (is_of(':') || is_of('-'))
}

/// The identifiers in a word: MAC addresses, UUIDs, ARNs.
pub(super) fn identifiers(word: &str, add: &mut impl FnMut(Kind, Range<usize>)) {
    if is_mac(word) {
        add(Kind::Address, 0..word.len());
    }
    if let Some(at) = word.find("arn:") {
        let arn = &word[at..];
        if arn.matches(':').count() >= 5 {
            add(Kind::Id, at..word.len());
        }
    }
    let mut at = 0;
    for run in word.split(|char: char| !char.is_ascii_hexdigit() && char != '-') {
        if is_uuid(run) {
            add(Kind::Id, at..at + run.len());
        }
        at += run.len();
        at += word[at..].chars().next().map_or(0, char::len_utf8);
    }
}

fn is_uuid(run: &str) -> bool {
    run.len() == 36 && run.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// Whether a word is an account of a cloud, where one is expected.
pub(super) fn is_account(word: &str) -> bool {
    word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_versions_and_times() {
        assert_eq!(ipv4("10.0.0.8"), Some("10.0.0.8"));
        assert_eq!(ipv4("127.0.0.1"), None);
        assert_eq!(ipv6("fd00::7/64"), Some("fd00::7"));
        assert_eq!(ipv6("fe80::1%eth0"), Some("fe80::1"));
        assert_eq!(ipv6("12:30:05"), None);
        assert!(is_mac("02:42:ac:11:00:02") && is_mac("02-42-AC-11-00-02") && !is_mac("02:42:ac:11:00"));
        let mut found = Vec::new();
        identifiers("x/3f2504e0-4f89-11d3-9a0c-0305e82c3301/y", &mut |kind, range| found.push((kind, range)));
        assert_eq!(found, [(Kind::Id, 2..38)]);
    }
}
