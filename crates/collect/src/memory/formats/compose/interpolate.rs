//! Variables in compose files (compose-spec, 12-interpolation.md; compose-go, `template/template.go`).

use crate::yaml::{Budget, Spent};

/// How deep a default may hold defaults.
const MAX_DEPTH: u32 = 8;

/// Why a text has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Compose refuses it.
    Form(&'static str),
    Spent,
}

impl From<Spent> for Fault {
    fn from(_: Spent) -> Self {
        Self::Spent
    }
}

/// The text with its variables replaced. The names of those that are neither set nor have a default are pushed to `unset`.
pub(super) fn interpolate(
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
    unset: &mut Vec<String>,
    budget: &Budget,
) -> Result<String, Fault> {
    Expansion { variable, unset, budget }.expand(text, MAX_DEPTH)
}

/// The same, with nothing for what is not set.
pub(super) fn expand_text(
    text: &str,
    variable: &dyn Fn(&str) -> Option<String>,
    budget: &Budget,
) -> Result<String, Fault> {
    interpolate(text, variable, &mut Vec::new(), budget)
}

/// Where the variable that begins a text ends: at the brace that closes it, or at the end of its name.
pub(super) fn variable_length(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('$')?;
    match rest.strip_prefix('{') {
        Some(braced) => Some(2 + closing(braced)? + 1),
        None => Some(1 + name_length(rest)).filter(|&length| length > 1),
    }
}

struct Expansion<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    unset: &'a mut Vec<String>,
    budget: &'a Budget,
}

impl Expansion<'_> {
    fn expand(&mut self, text: &str, depth: u32) -> Result<String, Fault> {
        let depth = depth.checked_sub(1).ok_or(Fault::Form("defaults inside defaults inside defaults"))?;
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some(braced) = rest.strip_prefix('{') {
                let end = closing(braced).ok_or(Fault::Form("a variable without a closing brace"))?;
                out.push_str(&self.substitute(&braced[..end], depth)?);
                rest = &braced[end + 1..];
            } else {
                // A dollar sign that begins no name is a dollar sign.
                let end = name_length(rest);
                if end == 0 {
                    out.push('$');
                } else {
                    out.push_str(&self.value_of(&rest[..end])?);
                }
                rest = &rest[end..];
            }
        }
        out.push_str(rest);
        self.budget.pay_text(&out)?;
        Ok(out)
    }

    fn set(&self, name: &str) -> Result<Option<String>, Fault> {
        let value = (self.variable)(name);
        self.budget.pay_text(value.as_deref().unwrap_or_default())?;
        Ok(value)
    }

    fn value_of(&mut self, name: &str) -> Result<String, Fault> {
        let value = self.set(name)?;
        if value.is_none() {
            self.unset.push(name.to_owned());
        }
        Ok(value.unwrap_or_default())
    }

    /// What stands in braces: `NAME`, and `-`, `?` or `+` with what they need; with a colon, empty is like not set.
    fn substitute(&mut self, inside: &str, depth: u32) -> Result<String, Fault> {
        let (name, operator) = inside.split_at(name_length(inside));
        if name.is_empty() {
            return Err(Fault::Form("a variable without a name"));
        }
        let empty_is_unset = operator.starts_with(':');
        let operator = operator.strip_prefix(':').unwrap_or(operator);
        let mut signs = operator.chars();
        let sign = signs.next();
        if sign.is_none() && !empty_is_unset {
            return self.value_of(name);
        }
        let set = self.set(name)?.filter(|value| !(empty_is_unset && value.is_empty()));
        match (sign, set) {
            (Some('-'), Some(value)) | (Some('?'), Some(value)) => Ok(value),
            (Some('-'), None) => self.expand(signs.as_str(), depth),
            (Some('?'), None) => {
                self.unset.push(name.to_owned());
                Ok(String::new())
            }
            (Some('+'), None) => Ok(String::new()),
            (Some('+'), Some(_)) => self.expand(signs.as_str(), depth),
            _ => Err(Fault::Form("a variable in a form that Compose does not know")),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, unset: &mut Vec<String>) -> Result<String, Fault> {
        let variable = |name: &str| match name {
            "TAG" => Some("15".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        };
        interpolate(text, &variable, unset, &Budget::default())
    }

    #[test]
    fn variables_are_replaced_as_compose_does() {
        let check = |text: &str, expected: &str, missing: &[&str]| {
            let mut unset = Vec::new();
            assert_eq!(read(text, &mut unset).as_deref(), Ok(expected), "{text}");
            assert_eq!(unset, missing, "{text}");
        };
        check("db:${TAG}", "db:15", &[]);
        check("db:$TAG-x", "db:15-x", &[]);
        check("$$PGDATA", "$PGDATA", &[]);
        check("$$$TAG", "$15", &[]);
        check("5 $ a $", "5 $ a $", &[]);
        check("$1", "$1", &[]);
        check("${NONE:-1g}", "1g", &[]);
        check("${EMPTY:-1g}${EMPTY-2g}", "1g", &[]);
        check("${NONE-a:-b}", "a:-b", &[]);
        check("${NONE:-${TAG:-x}}", "15", &[]);
        check("${NONE:-{a}}", "{a}", &[]);
        check("${TAG:+yes}${NONE:+no}${EMPTY:+no}${EMPTY+set}", "yesset", &[]);
        check("${TAG:-x}-${TAG:?y}", "15-15", &[]);
        check("a${NONE}b${LIMIT:?must be set}", "ab", &["NONE", "LIMIT"]);
        for text in ["${TAG", "${}", "${1}", "${TAG!}", "${TAG:}", "${ TAG}"] {
            assert!(read(text, &mut Vec::new()).is_err(), "{text}");
        }
        let deep = "${A:-".repeat(5000) + &"}".repeat(5000);
        assert!(read(&deep, &mut Vec::new()).is_err());
        assert_eq!(["$A-b", "${A:-{x}}y", "$1", "x"].map(variable_length), [Some(2), Some(9), None, None]);
    }
}
