//! Keys and strings of a TOML file.

use std::fmt::Write as _;

use plimsoll_snapshot::hidden::log_command;

use super::{Line, Toml, is_visible};

/// A key: bare where that is allowed, quoted elsewhere. Different texts stay different keys.
#[must_use]
pub fn key(text: &str) -> Line<Toml> {
    let is_bare = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_bare) { Line::checked(text) } else { quoted(text) }
}

/// A basic string. Whatever is not plainly visible is written as an escape (TOML 1.0, "String").
#[must_use]
pub fn quoted(text: &str) -> Line<Toml> {
    let mut out = "\"".to_owned();
    let has_command = log_command(text).is_some();
    for character in text.chars() {
        match character {
            '#' if has_command => out.push_str("\\u0023"),
            '"' | '\\' => out.extend(['\\', character]),
            visible if is_visible(visible) => out.push(visible),
            other => {
                let code = u32::from(other);
                let _ =
                    if code <= 0xffff { write!(out, "\\u{code:04x}") } else { write!(out, "\\U{code:08x}") };
            }
        }
    }
    out.push('"');
    Line::checked(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_a_key_that_reads_back() {
        for text in [
            "a",
            "",
            "a b",
            "a\nb",
            "\"",
            "\\",
            "[x]",
            "ñ",
            "\u{7f}\u{85}\u{202e}\u{e0041}",
            "a.b",
            "*",
            "#",
            "##[group]",
        ] {
            let document: ::toml::Table = format!("{} = 1", key(text)).parse().unwrap();
            assert_eq!(document.keys().collect::<Vec<_>>(), [text]);
        }
    }
}
