//! Scalars of a compose file.

use std::fmt::Write as _;

use plimsoll_snapshot::hidden::log_command;

use super::shell::is_clean;
use super::{Line, Unfit, ValueKind, Yaml, is_visible};

/// What other readers than YAML 1.2 take for a truth value or for nothing (YAML 1.1, "Language-Independent Types").
const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// The key of a service.
///
/// # Errors
///
/// A name that Compose does not take is [`Unfit`].
pub fn service(name: &str) -> Result<Line<Yaml>, Unfit> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if name.is_empty() || !name.bytes().all(known) {
        return Err(Unfit::new(ValueKind::Service, name));
    }
    let is_word = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(name));
    Ok(if is_word { Line::checked(name) } else { quoted(name) })
}

/// A path inside a container, in the short form of a volume, where a colon divides.
///
/// # Errors
///
/// Other paths than plain ones are [`Unfit`].
pub fn mounted(path: &str) -> Result<Line<Yaml>, Unfit> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
    let below = path.strip_prefix('/').filter(|below| is_clean(below.as_bytes()));
    let fits = below.is_some() && path.bytes().all(plain);
    if fits { Ok(Line::checked(path)) } else { Err(Unfit::new(ValueKind::Path, path)) }
}

/// A text that stands without quotes in a mapping on lines or on one line, variables of Compose included.
#[must_use]
pub fn plain(text: &str) -> Option<Line<Yaml>> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-:$".contains(&byte);
    let is_word = text.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '.' | '/'))
        && text.bytes().any(|byte| byte.is_ascii_alphabetic() || byte == b'/' || text == ".")
        && !text.ends_with(':')
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    (is_word && text.bytes().all(known)).then(|| Line::checked(text))
}

/// A text in double quotes. Whatever is not plainly visible is written as an escape, so every text is one line, and readers
/// that refuse odd characters take it (YAML 1.2.2, 5.7).
#[must_use]
pub fn quoted(text: &str) -> Line<Yaml> {
    let mut out = "\"".to_owned();
    let has_command = log_command(text).is_some();
    for character in text.chars() {
        match character {
            '#' if has_command => out.push_str("\\x23"),
            '"' | '\\' => out.extend(['\\', character]),
            visible if is_visible(visible) => out.push(visible),
            other => {
                let code = u32::from(other);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push('"');
    Line::checked(out)
}

/// A text as a value of a Compose file, in which a dollar sign begins a variable unless it is doubled.
#[must_use]
pub fn value(text: &str) -> Line<Yaml> {
    quoted(&text.replace('$', "$$"))
}

/// A list of values on one line.
#[must_use]
pub fn list(values: &[String]) -> Line<Yaml> {
    let values = values.iter().map(|text| value(text));
    Line::of(["[".into(), Line::joined(", ", values), "]".into()])
}

/// A comment to the end of the line.
#[must_use]
pub fn comment(text: &str) -> Line<Yaml> {
    let has_command = log_command(text).is_some();
    let is_shown = |one: char| is_visible(one) && !(one == '#' && has_command);
    let visible: String = text.chars().map(|one| if is_shown(one) { one } else { ' ' }).collect();
    Line::checked(format!("# {}", visible.split_whitespace().collect::<Vec<_>>().join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_keys_that_stay_text() {
        for (name, key) in
            [("app", "app"), ("yes", "\"yes\""), ("1.10", "\"1.10\""), ("-x", "\"-x\""), ("No", "\"No\"")]
        {
            assert_eq!(service(name).unwrap(), key);
        }
        for name in ["", "a b", "a\n", "a:", "ñ", "$a"] {
            assert!(service(name).is_err(), "{name}");
        }
    }

    #[test]
    fn plain_texts_stay_text() {
        for text in [".", "./a", "app:1", "a/b-c:1.2", "app:$TAG"] {
            assert_eq!(plain(text).unwrap(), text);
        }
        for text in ["", "..", ".5", "1.5", "a b", "a: b", "a:", "yes", "${A}", "#a", "-a", "ñ"] {
            assert!(plain(text).is_none(), "{text}");
        }
    }

    #[test]
    fn every_text_can_be_quoted() {
        assert_eq!(
            quoted("a: \"b\"\\\n\u{85}\u{2028}\u{feff}\u{e0041}  c"),
            r#""a: \"b\"\\\x0a\x85\u2028\ufeff\U000e0041  c""#
        );
        assert_eq!(quoted("a#b##[group]"), r#""a\x23b\x23\x23[group]""#);
        assert_eq!(value("$a"), "\"$$a\"");
        assert_eq!(comment("a\n  b: c\u{fffe}"), "# a b: c");
    }
}
