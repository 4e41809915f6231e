//! Variables in compose files (compose-spec, 12-interpolation.md).

/// How deep a default may hold defaults.
const MAX_DEPTH: u32 = 8;

/// The text with its variables replaced. The names of those that are neither set nor have a default are pushed to `unset`.
pub(crate) fn interpolate(
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
    unset: &mut Vec<String>,
) -> Result<String, &'static str> {
    expand(text, variable, unset, MAX_DEPTH)
}

fn expand(
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
    unset: &mut Vec<String>,
    depth: u32,
) -> Result<String, &'static str> {
    let depth = depth.checked_sub(1).ok_or("defaults inside defaults inside defaults")?;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(braced) = rest.strip_prefix('{') {
            let end = closing(braced).ok_or("a variable without a closing brace")?;
            out.push_str(&substitute(&braced[..end], variable, unset, depth)?);
            rest = &braced[end + 1..];
        } else {
            let end = name_length(rest);
            if end == 0 {
                return Err("a `$` that begins no variable");
            }
            out.push_str(&value_of(&rest[..end], variable, unset));
            rest = &rest[end..];
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn name_length(text: &str) -> usize {
    let is_name = |(index, byte): (usize, u8)| {
        byte == b'_' || byte.is_ascii_alphabetic() || (index > 0 && byte.is_ascii_digit())
    };
    text.bytes().enumerate().take_while(|&pair| is_name(pair)).count()
}

/// Where the brace that is open at the start is closed.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' if open == 0 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}

fn value_of(name: &str, variable: &dyn Fn(&str) -> Option<String>, unset: &mut Vec<String>) -> String {
    variable(name).unwrap_or_else(|| {
        unset.push(name.to_owned());
        String::new()
    })
}

/// What stands in braces: `NAME`, and `-`, `?` or `+` with what they need; with a colon, empty is like not set.
fn substitute(
    inside: &str,
    variable: &dyn Fn(&str) -> Option<String>,
    unset: &mut Vec<String>,
    depth: u32,
) -> Result<String, &'static str> {
    let (name, operator) = inside.split_at(name_length(inside));
    if name.is_empty() {
        return Err("a variable without a name");
    }
    let empty_is_unset = operator.starts_with(':');
    let operator = operator.strip_prefix(':').unwrap_or(operator);
    let set = || variable(name).filter(|value| !(empty_is_unset && value.is_empty()));
    let mut signs = operator.chars();
    match (signs.next(), signs.as_str()) {
        (None, _) => Ok(value_of(name, variable, unset)),
        (Some('-'), default) => set().map_or_else(|| expand(default, variable, unset, depth), Ok),
        (Some('?'), _) => Ok(set().unwrap_or_else(|| {
            unset.push(name.to_owned());
            String::new()
        })),
        (Some('+'), instead) => set().map_or(Ok(String::new()), |_| expand(instead, variable, unset, depth)),
        _ => Err("a variable that is none"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_as_compose_does() {
        let variable = |name: &str| match name {
            "TAG" => Some("15".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        let check = |text: &str, expected: &str, missing: &[&str]| {
            let mut unset = Vec::new();
            assert_eq!(interpolate(text, &variable, &mut unset).as_deref(), Ok(expected), "{text}");
            assert_eq!(unset, missing, "{text}");
        };
        check("db:${TAG}", "db:15", &[]);
        check("db:$TAG-x", "db:15-x", &[]);
        check("$$PGDATA", "$PGDATA", &[]);
        check("${NONE:-1g}", "1g", &[]);
        check("${EMPTY:-1g}${EMPTY-2g}", "1g", &[]);
        check("${NONE:-${TAG:-x}}", "15", &[]);
        check("${TAG:+yes}${NONE:+no}", "yes", &[]);
        check("a${NONE}b${LIMIT:?must be set}", "ab", &["NONE", "LIMIT"]);
        for text in ["${TAG", "$ {", "${}", "${1}", "$"] {
            assert!(interpolate(text, &variable, &mut Vec::new()).is_err(), "{text}");
        }
        let deep = "${A:-".repeat(5000) + &"}".repeat(5000);
        assert!(interpolate(&deep, &variable, &mut Vec::new()).is_err());
    }
}
