//! Finds logins in addresses: `https://user:x@host`, `user:x@tcp(host)`.

use std::ops::Range;

use super::look;
use super::marks::{BETWEEN, REMOVED};
use super::values::is_variable;

/// What ends an address.
fn is_end(char: char) -> bool {
    char.is_whitespace() || matches!(char, '"' | '\'' | '`' | '<' | '>' | BETWEEN)
}

/// Looks at each word for addresses, and for logins without a scheme.
pub(super) fn addresses(text: &str, found: &mut Vec<Range<usize>>) {
    look::looked_at(text.len());
    let mut start = 0;
    for piece in text.split_inclusive(is_end) {
        let word = piece.trim_end_matches(is_end);
        // A word is looked at a few times at most.
        look::looked_at(4 * word.len());
        if word.contains("://") {
            let mut at = start + word.find("://").unwrap_or_default() + 3;
            for part in word.split("://").skip(1) {
                of_address(part, at, found);
                at += part.len() + 3;
            }
        } else if word.contains('@') {
            without_scheme(word, start, found);
        }
        start += piece.len();
    }
    found.retain(|range| !range.is_empty());
}

/// What follows a scheme: a login, up to the last `@` that may end it.
fn of_address(rest: &str, start: usize, found: &mut Vec<Range<usize>>) {
    let authority = &rest[..rest.find(['/', '?', '#', ',']).unwrap_or(rest.len())];
    // A password may hold what ends an authority, if it is not escaped.
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    let is_open = authority.split_once(':').is_some_and(|(_, port)| !is_port(port));
    let end = authority.rfind('@').or_else(|| is_open.then(|| rest.rfind('@')).flatten());
    let Some(login) = end.map(|end| &rest[..end]) else { return };
    match split_login(login) {
        Some((_, password)) if is_variable(password) || password.starts_with(REMOVED) => {}
        Some((user, _)) if is_variable(user) || user.starts_with(REMOVED) => {
            found.push(start + user.len() + 1..start + login.len());
        }
        Some(_) => found.push(start..start + login.len()),
        None if login.len() >= 16 && !is_variable(login) && !login.starts_with(REMOVED) => {
            found.push(start..start + login.len());
        }
        None => {}
    }
}

/// Splits a login at the first colon that is no part of a variable such as `${USER:-me}`.
fn split_login(login: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, byte) in login.bytes().enumerate() {
        match byte {
            b'{' | b'(' => depth += 1,
            b'}' | b')' => depth = depth.saturating_sub(1),
            b':' if depth == 0 => return Some((&login[..at], &login[at + 1..])),
            _ => {}
        }
    }
    login.split_once(':')
}

/// `me:secret@tcp(db:3306)/app`, but neither `image:tag@sha256:…` nor `git@host:path` nor `npm:name@1.2`.
fn without_scheme(word: &str, start: usize, found: &mut Vec<Range<usize>>) {
    const SCHEMES: [&str; 12] = [
        "npm",
        "file",
        "workspace",
        "patch",
        "portal",
        "link",
        "mailto",
        "docker",
        "pypi",
        "jsr",
        "git",
        "catalog",
    ];
    let Some((login, host)) = word.rsplit_once('@') else { return };
    // An option or a name may stand in front.
    let skip = login.find('=').filter(|at| login[*at + 1..].contains(':')).map_or(0, |at| at + 1);
    let login = &login[skip..];
    let Some((user, password)) = split_login(login) else { return };
    let is_digest = host.starts_with("sha256:") || host.starts_with("sha512:");
    let is_version = host.starts_with(|char: char| char.is_ascii_digit() || char == '^' || char == '~')
        && host.split('.').count() != 4;
    if user.is_empty()
        || password.is_empty()
        || host.is_empty()
        || is_digest
        || is_version
        || user.contains('/')
        || SCHEMES.contains(&user)
        || is_variable(password)
        || password.starts_with(REMOVED)
    {
        return;
    }
    let from = start + skip + user.len() + 1;
    found.push(from..from + password.len());
}
