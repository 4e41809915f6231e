//! What a registry asks for before it answers: the `WWW-Authenticate` header, and the address of a token.

/// One way to be let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    Basic,
    /// A token of another server (distribution, "Token Authentication Specification").
    Bearer {
        realm: String,
        service: Option<String>,
    },
}

/// The way to take of those offered: a token rather than a password.
pub(crate) fn choose<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let mut offered: Vec<_> = headers.flat_map(parse).collect();
    offered.sort_by_key(|challenge| *challenge == Challenge::Basic);
    offered.into_iter().next()
}

/// Reads the challenges of one header (RFC 9110, section 11.6.1).
fn parse(header: &str) -> Vec<Challenge> {
    let mut schemes: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for part in parts(header) {
        // `Bearer realm="…"` starts a challenge, `service="…"` goes on with it.
        let name_end = part.find('=').unwrap_or(part.len());
        let (scheme, parameter) = match part[..name_end].trim().split_once(char::is_whitespace) {
            Some((scheme, _)) => (Some(scheme), part[scheme.len()..].trim()),
            None if name_end == part.len() => (Some(part.trim()), ""),
            None => (None, part.trim()),
        };
        if let Some(scheme) = scheme {
            schemes.push((scheme.to_ascii_lowercase(), Vec::new()));
        }
        if let (Some((_, parameters)), Some((name, value))) = (schemes.last_mut(), parameter.split_once('='))
        {
            let value = value.trim();
            let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            let value = quoted.map_or_else(|| value.to_owned(), |value| value.replace('\\', ""));
            parameters.push((name.trim().to_ascii_lowercase(), value));
        }
    }
    let challenges = schemes.into_iter().filter_map(|(scheme, parameters)| {
        let parameter =
            |wanted: &str| parameters.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
        match scheme.as_str() {
            "basic" => Some(Challenge::Basic),
            "bearer" => Some(Challenge::Bearer { realm: parameter("realm")?, service: parameter("service") }),
            _ => None,
        }
    });
    challenges.collect()
}

/// Splits at the commas that are in no quotes.
fn parts(header: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let is_comma = |char: char| {
        is_quoted ^= char == '"';
        char == ',' && !is_quoted
    };
    header.split(is_comma).map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// A value in a query or a form: everything that could mean something else is escaped (RFC 3986, section 2.3).
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read_as_registries_write_them() {
        let check = |headers: &[&str], expected: Option<Challenge>| {
            assert_eq!(choose(headers.iter().copied()), expected, "{headers:?}");
        };
        let bearer = |realm: &str, service: Option<&str>| {
            Some(Challenge::Bearer { realm: realm.to_owned(), service: service.map(str::to_owned) })
        };
        check(
            &[
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#,
            ],
            bearer("https://auth.docker.io/token", Some("registry.docker.io")),
        );
        check(&[r#"Basic realm="Registry Realm""#], Some(Challenge::Basic));
        check(&["Basic"], Some(Challenge::Basic));
        check(&[r#"Basic realm="a, b", bearer realm="https://t""#], bearer("https://t", None));
        check(&["Basic realm=x", r#"Bearer realm="https://t", service="s""#], bearer("https://t", Some("s")));
        check(&["Negotiate", "Digest qop=auth"], None);
        check(&[], None);
    }

    #[test]
    fn what_could_mean_something_else_is_escaped() {
        assert_eq!(escape("repository:a/b c:pull"), "repository%3Aa%2Fb%20c%3Apull");
    }
}
