//! How Python writes names and requirements (PEP 503, PEP 508).

use plimsoll_snapshot::{MetadataFault, MetadataProblem, Requirement};

/// The longest name, and the longest marker, that is believed.
const MAX_NAME: usize = 128;
const MAX_MARKER: usize = 1000;

/// A name in its one form: lower case, runs of `-`, `_` and `.` as one `-` (PEP 503). `None` if it is no name.
pub(super) fn normalise(name: &str) -> Option<String> {
    let is_separator = |byte: u8| matches!(byte, b'-' | b'_' | b'.');
    let bytes = name.as_bytes();
    let is_name = bytes.len() <= MAX_NAME
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.last().is_some_and(u8::is_ascii_alphanumeric)
        && bytes.iter().all(|&byte| byte.is_ascii_alphanumeric() || is_separator(byte));
    if !is_name {
        return None;
    }
    let mut normal = String::with_capacity(name.len());
    for &byte in bytes {
        if !is_separator(byte) {
            normal.push(char::from(byte.to_ascii_lowercase()));
        } else if !normal.ends_with('-') {
            normal.push('-');
        }
    }
    Some(normal)
}

/// Reads `name [extra, …] (>= 1.0) ; marker` or `name [extra, …] @ URL ; marker` (PEP 508).
pub(super) fn requirement(text: &str) -> Option<Requirement> {
    let text = text.trim();
    let is_part = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    let (name, rest) = text.split_at(text.find(|character| !is_part(character)).unwrap_or(text.len()));
    let name = normalise(name)?;
    let mut rest = rest.trim_start();
    let mut extras = Vec::new();
    if let Some(inner) = rest.strip_prefix('[') {
        let (list, after) = inner.split_once(']')?;
        extras = list.split(',').filter_map(|extra| normalise(extra.trim())).collect();
        rest = after.trim_start();
    }
    if !rest.is_empty() && !rest.starts_with(['(', '<', '>', '=', '!', '~', ';', '@']) {
        return None;
    }
    // A URL may hold a semicolon, so its marker stands behind a space.
    let marker = rest.split_once(if rest.starts_with('@') { " ;" } else { ";" });
    let marker = marker.map(|(_, marker)| marker.trim()).filter(|marker| !marker.is_empty());
    if marker.is_some_and(|marker| marker.len() > MAX_MARKER) {
        return None;
    }
    let marker = marker.map(str::to_owned);
    Some(Requirement { any_of: vec![name], extras, marker, ..Requirement::default() })
}

/// Reads `requires.txt` of setuptools: requirements, then sections `[extra:marker]` of more. Also gives what is wrong.
pub(super) fn requires_txt(text: &str) -> (Vec<Requirement>, Vec<MetadataFault>) {
    let (mut requires, mut problems) = (Vec::new(), Vec::new());
    let mut section = None;
    for (number, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = marker_of(name);
        } else if let Some(mut requirement) = requirement(line) {
            requirement.marker = both(requirement.marker, section.as_deref());
            requires.push(requirement);
        } else {
            problems.push(MetadataFault::from(MetadataProblem::InvalidRequirement).on_line(number + 1));
        }
    }
    (requires, problems)
}

/// The marker that a section of `requires.txt` means.
fn marker_of(section: &str) -> Option<String> {
    let (extra, marker) = section.split_once(':').unwrap_or((section, ""));
    let extra = normalise(extra.trim()).map(|extra| in_extra(&extra));
    let marker = Some(marker.trim()).filter(|marker| !marker.is_empty() && marker.len() <= MAX_MARKER);
    both(extra, marker)
}

/// The marker of what an extra needs.
pub(super) fn in_extra(extra: &str) -> String {
    format!("extra == \"{extra}\"")
}

fn both(left: Option<String>, right: Option<&str>) -> Option<String> {
    match (left, right) {
        (Some(left), Some(right)) => Some(format!("({left}) and ({right})")),
        (left, right) => left.or_else(|| right.map(str::to_owned)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_form() {
        for (name, expected) in [("Foo._-Bar", "foo-bar"), ("zope.interface", "zope-interface"), ("a", "a")] {
            assert_eq!(normalise(name).as_deref(), Some(expected));
        }
        for name in ["", "-a", "a-", "a b", "ä", "a/b", &"a".repeat(200)] {
            assert_eq!(normalise(name), None, "{name}");
        }
    }

    #[test]
    fn requirements_are_read() {
        let check = |text: &str, expected: &str| {
            let read = requirement(text);
            let read = read.map(|it| format!("{:?} {:?} {:?}", it.any_of[0], it.extras, it.marker));
            assert_eq!(read.as_deref().unwrap_or("none"), expected, "{text}");
        };
        check("Torch", r#""torch" [] None"#);
        check("torch>=2", r#""torch" [] None"#);
        check("torch (>=2,<3)", r#""torch" [] None"#);
        check("uvicorn [standard, Web_Sockets]>=1", r#""uvicorn" ["standard", "web-sockets"] None"#);
        check("a[];python_version<'3'", r#""a" [] Some("python_version<'3'")"#);
        check("a~=1 ; extra == \"x\"", r#""a" [] Some("extra == \"x\"")"#);
        check("a @ https://h/x;y.whl ; os_name == 'nt'", r#""a" [] Some("os_name == 'nt'")"#);
        check("a @ https://h/x;y.whl", r#""a" [] None"#);
        for text in ["", "./a.whl", "https://h/a.whl", "a b", "a/b", "a[x", ">=1", "-r x.txt"] {
            check(text, "none");
        }
        check(&format!("a; {}", "x".repeat(2000)), "none");
    }

    #[test]
    fn sections_are_extras_and_markers() {
        let text = "six\n\n[test]\npytest>=1\n\n[:python_version < \"3\"]\nenum34\n[Big_One:os_name == 'nt']\nx;a\n./y\n";
        let (requires, problems) = requires_txt(text);
        let read: Vec<_> = requires.iter().map(|it| (it.any_of[0].as_str(), it.marker.as_deref())).collect();
        assert_eq!(
            read,
            [
                ("six", None),
                ("pytest", Some("extra == \"test\"")),
                ("enum34", Some("python_version < \"3\"")),
                ("x", Some("(a) and ((extra == \"big-one\") and (os_name == 'nt'))")),
            ]
        );
        assert_eq!(problems, [MetadataFault::from(MetadataProblem::InvalidRequirement).on_line(10)]);
    }
}
