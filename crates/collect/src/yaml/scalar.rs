//! What an unquoted scalar means: the core schema of YAML 1.2 with what yaml.v3 of Go keeps of 1.1, since Compose and
//! Kubernetes read through it. `yes`, `on` and `y` are text there; `0777` is octal.

use std::rc::Rc;

/// Which file a text comes from: its number among those that its reader opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Origin(pub(crate) usize);

/// A scalar as it is written, and what it means.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    /// As it is written, without quotes and escapes.
    pub(crate) text: Rc<str>,
    pub(crate) kind: Kind,
    /// The file it is in, whose variables hold for it.
    pub(crate) origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text,
}

impl Kind {
    /// yaml.v3, `resolve.go`. Times stay text: no reader wants one.
    pub(crate) fn of_plain(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Self::Null,
            "true" | "True" | "TRUE" => return Self::Bool(true),
            "false" | "False" | "FALSE" => return Self::Bool(false),
            _ => {}
        }
        if !text.starts_with(|first: char| first.is_ascii_digit() || ['+', '-', '.'].contains(&first)) {
            return Self::Text;
        }
        match text.trim_start_matches(['+', '-']) {
            ".inf" | ".Inf" | ".INF" if text.len() <= 5 => {
                let infinity = if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
                return Self::Float(infinity);
            }
            _ => {}
        }
        if [".nan", ".NaN", ".NAN"].contains(&text) {
            return Self::Float(f64::NAN);
        }
        let plain = text.replace('_', "");
        if let Some(whole) = integer(&plain) {
            return Self::Int(whole);
        }
        if is_float(&plain)
            && let Ok(value) = plain.parse()
        {
            return Self::Float(value);
        }
        Self::Text
    }

    /// The same, where a tag says which it is; `None` where the text is none of that kind.
    pub(crate) fn of_tag(tag: &str, text: &str) -> Option<Self> {
        let plain = || Self::of_plain(text);
        match tag {
            "null" => Some(Self::Null),
            "bool" => Some(plain()).filter(|kind| matches!(kind, Self::Bool(_))),
            "int" => Some(plain()).filter(|kind| matches!(kind, Self::Int(_))),
            "float" => match plain() {
                #[expect(clippy::cast_precision_loss, reason = "as yaml.v3 does")]
                Self::Int(whole) => Some(Self::Float(whole as f64)),
                kind => Some(kind).filter(|kind| matches!(kind, Self::Float(_))),
            },
            _ => Some(Self::Text),
        }
    }
}

/// Go, `strconv.ParseInt` with base 0.
fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = if let Some(digits) = lower.strip_prefix("0x") {
        (16, digits)
    } else if let Some(digits) = lower.strip_prefix("0b") {
        (2, digits)
    } else if let Some(digits) = lower.strip_prefix("0o") {
        (8, digits)
    } else if lower.len() > 1 && lower.starts_with('0') {
        (8, &lower[1..])
    } else {
        (10, &*lower)
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()
}

/// yaml.v3, `yamlStyleFloat`.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_mantissa = match mantissa.split_once('.') {
        Some(("", fraction)) => !fraction.is_empty() && is_digits(fraction),
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => !mantissa.is_empty() && is_digits(mantissa),
    };
    is_mantissa && exponent.is_none_or(|digits| !digits.is_empty() && is_digits(digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_mean_what_go_says() {
        for (text, kind) in [
            ("", Kind::Null),
            ("~", Kind::Null),
            ("True", Kind::Bool(true)),
            ("yes", Kind::Text),
            ("on", Kind::Text),
            ("y", Kind::Text),
            ("12", Kind::Int(12)),
            ("-1", Kind::Int(-1)),
            ("+5", Kind::Int(5)),
            ("0x10", Kind::Int(16)),
            ("0o17", Kind::Int(15)),
            ("0777", Kind::Int(511)),
            ("08", Kind::Float(8.0)),
            ("1_000", Kind::Int(1000)),
            ("0.5", Kind::Float(0.5)),
            (".5", Kind::Float(0.5)),
            ("1e3", Kind::Float(1000.0)),
            ("1.", Kind::Float(1.0)),
            (".", Kind::Text),
            ("-", Kind::Text),
            ("1.2.3", Kind::Text),
            ("512m", Kind::Text),
            ("12:30:45", Kind::Text),
            ("-.inf", Kind::Float(f64::NEG_INFINITY)),
            ("--1", Kind::Text),
            ("0x-1", Kind::Text),
        ] {
            assert_eq!(Kind::of_plain(text), kind, "{text}");
        }
        assert_eq!(Kind::of_tag("str", "12"), Some(Kind::Text));
        assert_eq!(Kind::of_tag("int", "x"), None);
        assert_eq!(Kind::of_tag("float", "3"), Some(Kind::Float(3.0)));
    }
}
