//! JSON that can be printed: what is invisible in a text, or a terminal or the log of a pipeline would obey, is written as
//! `\uXXXX`. To a program it is the same text.

use std::io::{self, Write};

use plimsoll_snapshot::hidden::{is_hidden, log_command};
use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

/// Writes a value, indented.
pub(crate) fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Printable(PrettyFormatter::new()));
    value.serialize(&mut serializer).map_err(Into::into)
}

struct Printable(PrettyFormatter<'static>);

impl Formatter for Printable {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        // A quote stands before what begins a text, so only what is obeyed anywhere in a line is left.
        let has_command = log_command(fragment).is_some();
        let is_escaped = |character: char| is_hidden(character) || character == '#' && has_command;
        let mut written = 0;
        for (at, hidden) in fragment.char_indices().filter(|(_, character)| is_escaped(*character)) {
            out.write_all(&fragment.as_bytes()[written..at])?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            written = at + hidden.len_utf8();
        }
        out.write_all(&fragment.as_bytes()[written..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_reads_what_a_terminal_does_not_obey() {
        let value =
            serde_json::json!({"a\u{202e}": ["b\u{9b}\u{e0041}\u{feff}", "ñ 漢\n", {}, [], "##[group]"]});
        let mut out = Vec::new();
        write(&value, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.contains(r#""a\u202e": ["#) && text.contains(r#""b\u009b\udb40\udc41\ufeff""#),
            "{text}"
        );
        assert!(text.contains("ñ 漢\\n"), "{text}");
        assert!(text.contains(r#""\u0023\u0023[group]""#), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        assert_eq!(text.replace(r"\u202e", "\u{202e}").len(), text.len() - 3);
    }
}
