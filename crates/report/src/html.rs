//! Writes a report into the built viewer: one HTML file that needs no other.
//!
//! The viewer has four slots, named by their markup, so that the report is made by cutting the page there and
//! never by replacing text: whatever a title holds, no pattern of a replacement can be read out of it. The
//! policy of the page names its scripts by hash; no slot lies within one, so it holds whatever is written.

use std::borrow::Cow;
use std::io::{self, Write};

use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderWriter;

/// The slots in the order of the page: a name for messages, what opens it, what it holds in the viewer, and
/// what closes it.
const SLOTS: [Slot; 4] = [
    Slot { name: "language", open: "<html lang=\"", holds: "en", close: "\"" },
    Slot { name: "title", open: "<title>", holds: "Plimsoll", close: "</title>" },
    Slot { name: "summary", open: "<main id=\"static\">", holds: "<!--plimsoll:static-->", close: "</main>" },
    Slot {
        name: "data",
        open: "<script type=\"application/gzip\" id=\"plimsoll-data\">",
        holds: "",
        close: "</script>",
    },
];

struct Slot {
    name: &'static str,
    open: &'static str,
    holds: &'static str,
    close: &'static str,
}

/// The built viewer, cut at its slots.
#[derive(Debug)]
pub struct Viewer<'a> {
    /// What comes before each slot, and what follows the last one.
    parts: [&'a str; SLOTS.len() + 1],
}

/// What a report puts into the slots of the viewer.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// The title of the document: text.
    pub title: &'a str,
    /// Its language, as a BCP 47 tag (`en`).
    pub lang: &'a str,
    /// What is read before the WASM runs, and where it cannot: HTML from a renderer of this crate.
    pub static_html: &'a str,
    /// The data of the page: gzip.
    pub data: &'a [u8],
}

/// Why a text is no viewer.
#[derive(Debug, thiserror::Error)]
pub enum ViewerError {
    /// A slot is missing, or they are in another order.
    #[error("the viewer has no empty {slot} slot where one is expected")]
    Missing {
        /// The name of the slot.
        slot: &'static str,
    },
    /// A slot is there twice: which one is meant cannot be known.
    #[error("the viewer has more than one {slot} slot")]
    Ambiguous {
        /// The name of the slot.
        slot: &'static str,
    },
}

impl<'a> Viewer<'a> {
    /// Finds the slots of a built viewer.
    pub fn parse(text: &'a str) -> Result<Self, ViewerError> {
        let mut parts = [""; SLOTS.len() + 1];
        let mut rest = text;
        for (part, slot) in parts.iter_mut().zip(&SLOTS) {
            let empty = [slot.open, slot.holds, slot.close].concat();
            let mut found = text.match_indices(&empty);
            if found.next().is_some() && found.next().is_some() {
                return Err(ViewerError::Ambiguous { slot: slot.name });
            }
            let at = rest.find(&empty).ok_or(ViewerError::Missing { slot: slot.name })?;
            let (before, after) = rest.split_at(at + slot.open.len());
            *part = before;
            rest = &after[slot.holds.len()..];
        }
        parts[SLOTS.len()] = rest;
        Ok(Viewer { parts })
    }

    /// Writes a report, streaming the data: the page is never in memory as a whole.
    pub fn write(&self, page: &Page<'_>, mut out: impl Write) -> io::Result<()> {
        let [before_lang, before_title, before_static, before_data, end] = self.parts;
        out.write_all(before_lang.as_bytes())?;
        out.write_all(escape(page.lang).as_bytes())?;
        out.write_all(before_title.as_bytes())?;
        out.write_all(escape(page.title).as_bytes())?;
        out.write_all(before_static.as_bytes())?;
        out.write_all(page.static_html.as_bytes())?;
        out.write_all(before_data.as_bytes())?;
        let mut base64 = EncoderWriter::new(&mut out, &STANDARD);
        base64.write_all(page.data)?;
        base64.finish()?;
        drop(base64);
        out.write_all(end.as_bytes())?;
        out.flush()
    }
}

/// Text made harmless in the content of an element and in a quoted attribute.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'', '\0']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // No reference can name it, and as it is it would be a parse error.
            '\0' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEWER: &str = "<!doctype html>\n<html lang=\"en\">\n<title>Plimsoll</title>\n\
        <main id=\"static\"><!--plimsoll:static--></main>\n\
        <script type=\"application/gzip\" id=\"plimsoll-data\"></script>\n\
        <script>run(\"$&\")</script>\n</html>\n";

    fn written(title: &str, lang: &str, static_html: &str, data: &[u8]) -> String {
        let mut out = Vec::new();
        Viewer::parse(VIEWER).unwrap().write(&Page { title, lang, static_html, data }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_slot_is_filled_and_nothing_else_changes() {
        assert_eq!(
            written("8.63 GB → 3.18 GB", "de", "<p>Smaller.</p>", b"data"),
            "<!doctype html>\n<html lang=\"de\">\n<title>8.63 GB → 3.18 GB</title>\n\
             <main id=\"static\"><p>Smaller.</p></main>\n\
             <script type=\"application/gzip\" id=\"plimsoll-data\">ZGF0YQ==</script>\n\
             <script>run(\"$&\")</script>\n</html>\n"
        );
    }

    #[test]
    fn what_the_viewer_holds_gives_the_viewer() {
        assert_eq!(written("Plimsoll", "en", "<!--plimsoll:static-->", b""), VIEWER);
    }

    #[test]
    fn a_hostile_title_stays_text() {
        let check = |title: &str, expected: &str| {
            let page = written(title, "en", "", b"");
            assert!(page.contains(&format!("<title>{expected}</title>")), "{page}");
            assert_eq!(page.matches("<script").count(), VIEWER.matches("<script").count());
        };
        check("</title><script>alert(1)</script>", "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;");
        check("$& $1 $` \\1 {title}", "$&amp; $1 $` \\1 {title}");
        check("<!--plimsoll:static-->", "&lt;!--plimsoll:static--&gt;");
        check("&lt;script&gt;", "&amp;lt;script&amp;gt;");
        check("a\0b", "a\u{fffd}b");
    }

    #[test]
    fn a_hostile_language_stays_in_its_attribute() {
        let page = written("t", "en\" onload=\"alert(1)", "", b"");
        assert!(page.contains("<html lang=\"en&quot; onload=&quot;alert(1)\">"), "{page}");
    }

    #[test]
    fn data_of_any_length_is_whole() {
        for length in [0, 1, 2, 3, 1_000, 100_001] {
            let data: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let page = written("t", "en", "", &data);
            let (_, text) = page.split_once("id=\"plimsoll-data\">").unwrap();
            let (text, _) = text.split_once('<').unwrap();
            assert_eq!(base64::Engine::decode(&STANDARD, text).unwrap(), data);
        }
    }

    #[test]
    fn a_text_without_its_slots_is_no_viewer() {
        let error = |text: &str| Viewer::parse(text).unwrap_err().to_string();
        assert_eq!(error(""), "the viewer has no empty language slot where one is expected");
        assert_eq!(
            error(&VIEWER.replace("plimsoll-data\">", "plimsoll-data\">AAAA")),
            "the viewer has no empty data slot where one is expected"
        );
        assert_eq!(
            error(&VIEWER.replace("</html>", "<title>Plimsoll</title></html>")),
            "the viewer has more than one title slot"
        );
    }

    #[test]
    fn a_failing_writer_is_reported() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let page = Page { title: "t", lang: "en", static_html: "", data: b"data" };
        let error = Viewer::parse(VIEWER).unwrap().write(&page, Full).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
