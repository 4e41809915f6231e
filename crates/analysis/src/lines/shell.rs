//! Words and commands of a POSIX shell.

use std::path::Path;

use plimsoll_snapshot::hidden::log_command;

use super::{Line, Shell, Unfit, ValueKind, is_harmless, is_visible};

/// A path of an image, which has no slash in front, as one word.
///
/// # Errors
///
/// A path that is no text, or has characters that a reader does not see, is [`Unfit`].
pub fn path(place: &[u8]) -> Result<Line<Shell>, Unfit> {
    let text = str::from_utf8(place).map_err(|_| Unfit::new(ValueKind::Path, place))?;
    // A Dockerfile takes `<<` for a here-document, and whether quotes prevent that differs between its readers.
    if !is_harmless(text) || text.contains("<<") || !is_clean(place) {
        return Err(Unfit::new(ValueKind::Path, place));
    }
    Ok(Line::checked(quoted(&format!("/{text}"))))
}

/// A file that was named on the command line, as one word of a command that is printed. `None` if it cannot be shown for what
/// it is.
#[must_use]
pub fn file(file: &Path) -> Option<Line<Shell>> {
    let text = file.to_str().filter(|text| is_harmless(text))?;
    // A program takes what begins with a dash for an option.
    let dashed = if text.starts_with('-') { format!("./{text}") } else { text.to_owned() };
    Some(Line::checked(quoted(&dashed)))
}

/// A name of an engine, which no program may take for an option.
#[must_use]
pub(crate) fn name(name: &str) -> Option<Line<Shell>> {
    let fits = !name.is_empty() && !name.starts_with('-') && is_harmless(name);
    fits.then(|| Line::checked(quoted(name)))
}

/// A text as one word: as it is if no shell reads anything into it, else in single quotes, in which nothing is special but
/// the quote itself (POSIX, "Shell Command Language", 2.2.2).
fn quoted(text: &str) -> String {
    // What begins with another sign means something to some shell: `=ls` is a path in zsh, `@x` a list in PowerShell.
    let begins = text.starts_with(|first: char| first.is_ascii_alphanumeric() || "/._".contains(first));
    if begins && is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// Whether neither a shell nor a Dockerfile reads anything into a text.
pub(super) fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@%+=:,./_-".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}

/// Whether a path leads nowhere but down: a snapshot may say anything.
pub(super) fn is_clean(place: &[u8]) -> bool {
    place.split(|&byte| byte == b'/').all(|part| !matches!(part, b"" | b"." | b".."))
}

/// Whether a character of an instruction may be repeated. Builders keep the tabs that continued lines begin with.
pub(super) fn is_repeatable(character: char) -> bool {
    is_visible(character) || character == '\t'
}

impl Line<Shell> {
    /// The command that a `RUN` of an image runs, if it can be repeated: one line, all of it visible, no here-document, and
    /// nothing open at its end, so that what is put behind it is read as it is meant.
    pub(crate) fn repeated(command: &str) -> Option<Self> {
        let is_one = command.chars().all(is_repeatable)
            && log_command(command).is_none()
            && !command.contains("<<")
            && is_closed(command);
        (is_one && !command.trim().is_empty()).then(|| Self::checked(command.trim().replace('\t', " ")))
    }

    /// The commands that `&&` or `;` joins. `None` if it is not as simple as that.
    pub(crate) fn commands(&self) -> Option<Vec<Self>> {
        const WORDS: [&str; 12] =
            ["if", "then", "else", "fi", "for", "while", "do", "done", "case", "esac", "{", "}"];
        let command = self.as_str();
        let mut parts = Vec::new();
        let (mut quote, mut start, mut depth) = (None, 0, 0_u32);
        let bytes = command.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match (bytes[at], quote) {
                (b'\\', _) => at += 1,
                (byte, Some(open)) if byte == open => quote = None,
                (_, Some(_)) => {}
                (byte @ (b'\'' | b'"'), None) => quote = Some(byte),
                (b'(', None) => depth += 1,
                (b')', None) => depth = depth.saturating_sub(1),
                (b'|', None) if bytes.get(at + 1) == Some(&b'|') => return None,
                (b'&', None) if depth == 0 && bytes.get(at + 1) == Some(&b'&') => {
                    parts.push(command[start..at].trim());
                    at += 1;
                    start = at + 1;
                }
                (b'&' | b'`', None) if depth == 0 && at > 0 && bytes[at - 1] != b'>' => return None,
                (b';', None) if depth == 0 => {
                    parts.push(command[start..at].trim());
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        parts.push(command.get(start..)?.trim());
        let simple = |part: &&str| {
            let first = part.split_whitespace().next();
            first.is_some_and(|word| !WORDS.contains(&word)) && is_closed(part) && !is_no_command(part)
        };
        let whole = quote.is_none() && depth == 0 && parts.iter().all(simple);
        whole.then(|| parts.into_iter().map(Self::checked).collect())
    }

    /// The line with at most `most` occurrences of a text replaced.
    #[must_use]
    pub(crate) fn replacing(&self, old: &'static str, new: impl Into<Self>, most: usize) -> Self {
        Self::checked(self.text.replacen(old, new.into().as_str(), most))
    }

    /// The line without some of its words. `None` if the rest is not a command that can be repeated.
    pub(crate) fn keeping(&self, is_kept: impl Fn(&str) -> bool) -> Option<Self> {
        let words: Vec<&str> = self.split_whitespace().filter(|word| is_kept(word)).collect();
        Self::repeated(&words.join(" "))
    }
}

/// Whether a Dockerfile would take a text for something else than a command if it were the first behind `RUN`: an option, or a
/// list of words that is run without a shell.
fn is_no_command(text: &str) -> bool {
    text.starts_with("--") || serde_json::from_str::<Vec<serde_json::Value>>(text).is_ok()
}

/// What stands open in a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Single,
    Double,
    Group,
    Brace,
    Backtick,
}

/// Whether a command leaves nothing open at its end: no quotation, no group, no comment, no line to be continued.
fn is_closed(command: &str) -> bool {
    let bytes = command.trim().as_bytes();
    let mut open: Vec<Open> = Vec::new();
    let (mut at, mut word_begins) = (0, true);
    while at < bytes.len() {
        let (byte, next) = (bytes[at], bytes.get(at + 1));
        let top = open.last().copied();
        match (top, byte, next) {
            // A tab is written as a space, which must not matter.
            (Some(Open::Single | Open::Double), b'\t', _) | (_, b'\\', Some(b'\t')) => return false,
            (Some(Open::Single), b'\'', _) | (Some(Open::Double), b'"', _) | (Some(Open::Brace), b'}', _) => {
                open.pop();
            }
            (Some(Open::Single), ..) => {}
            (_, b'\\', None) => return false,
            (_, b'\\', _) => at += 1,
            (Some(Open::Backtick), b'`', _) => {
                open.pop();
            }
            // A backtick ends the substitution that is open, whatever is quoted within.
            (_, b'`', _) if open.contains(&Open::Backtick) => return false,
            (_, b'`', _) => open.push(Open::Backtick),
            (_, b'$', Some(b'(')) => {
                open.push(Open::Group);
                at += 1;
            }
            (_, b'$', Some(b'{')) => {
                open.push(Open::Brace);
                at += 1;
            }
            (Some(Open::Double), ..) => {}
            // bash takes `$'…'` for a quotation with escapes, sh does not; within `${…}` they differ as well.
            (_, b'$', Some(b'\'')) | (Some(Open::Brace), b'\'', _) => return false,
            (_, b'"', _) => open.push(Open::Double),
            (_, b'\'', _) => open.push(Open::Single),
            (Some(Open::Brace), ..) => {}
            (_, b'(', _) => open.push(Open::Group),
            // One that closes nothing ends a pattern of `case`.
            (Some(Open::Group), b')', _) => {
                open.pop();
            }
            (_, b'#', _) if word_begins => return false,
            _ => {}
        }
        word_begins = b" \t;&|()<>`".contains(&byte);
        at += 1;
    }
    open.is_empty() && !matches!(bytes.last(), None | Some(b';' | b'&' | b'|'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_one_word() {
        for (place, word) in [
            ("usr/lib", "/usr/lib"),
            ("a b", "'/a b'"),
            ("$(touch x)", "'/$(touch x)'"),
            ("it's", "'/it'\\''s'"),
            ("ñ", "'/ñ'"),
        ] {
            assert_eq!(path(place.as_bytes()).unwrap(), word);
        }
        for place in
            [&b"a\nb"[..], b"\xff", b"a\x00", "a\u{202e}b".as_bytes(), b"a<<EOF", b"..", b"a/../b", b""]
        {
            assert!(path(place).is_err());
        }
    }

    #[test]
    fn files_are_no_options() {
        let word = |name: &str| file(Path::new(name)).map(Line::into_text);
        assert_eq!(word("a.yml").as_deref(), Some("a.yml"));
        assert_eq!(word("-o x.yml").as_deref(), Some("'./-o x.yml'"));
        assert_eq!(word("=ls").as_deref(), Some("'=ls'"));
        assert_eq!(word("a\nb"), None);
    }

    #[test]
    fn commands_are_split_where_that_is_certain() {
        let commands = |text: &str| {
            let commands = Line::repeated(text)?.commands()?;
            Some(commands.into_iter().map(Line::into_text).collect::<Vec<_>>())
        };
        assert_eq!(commands("a && b 'x && y'; c $(d; e)").unwrap(), ["a", "b 'x && y'", "c $(d; e)"]);
        assert_eq!(commands("a 2>&1 | b").unwrap(), ["a 2>&1 | b"]);
        for unsure in [
            "a || b",
            "if a; then b; fi",
            "a &",
            "a 'b",
            "for x in y; do z; done",
            "a &&",
            "",
            "a; --mount=b c",
            "a; [\"b\"]",
        ] {
            assert_eq!(commands(unsure), None, "{unsure}");
        }
    }

    #[test]
    fn what_stands_open_is_not_repeated() {
        for open in [
            "a 'b",
            "a \"b",
            "a \\",
            "a $(b",
            "a `b",
            "a ${b",
            "a # b",
            "a (b",
            "a;",
            "a &",
            "a |",
            "a\nb",
            "a <<E",
            "a\rb",
            "",
            "a $'b'",
            "a \"$(b\"",
            "a\u{2028}b",
        ] {
            assert_eq!(Line::repeated(open), None, "{open}");
        }
        assert_eq!(Line::repeated("a;\tb").unwrap(), "a; b");
        for tabbed in ["a 'b\tc'", "a \"b\tc\"", "a \\\tb"] {
            assert_eq!(Line::repeated(tabbed), None, "{tabbed}");
        }
        for closed in [
            "a 'b # c' \"d $(e \"f\") `g`\" ${h:-\"i\"} j#k ${l#m}",
            "case \"$(arch)\" in amd64) a;; *) b;; esac",
            "a \\' b",
            "(a; b)",
            "a $((1 + 2)) 2>&1",
        ] {
            assert!(Line::repeated(closed).is_some(), "{closed}");
        }
    }
}
