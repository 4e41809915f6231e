//! What the ending of a file name promises of its content.

use std::path::Path;

/// The kinds of content that names promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Page,
    Markdown,
    Json,
    Svg,
    Png,
    Snapshot,
    Gzip,
    Toml,
    Yaml,
    /// Any text.
    Text,
    /// Something that no command writes.
    Other(&'static str),
}

/// Every ending that is known, in lower case.
const ENDINGS: &[(&str, Ending)] = &[
    ("html", Ending::Page),
    ("htm", Ending::Page),
    ("md", Ending::Markdown),
    ("markdown", Ending::Markdown),
    ("json", Ending::Json),
    ("svg", Ending::Svg),
    ("png", Ending::Png),
    ("plimsoll", Ending::Snapshot),
    ("gz", Ending::Gzip),
    ("toml", Ending::Toml),
    ("yml", Ending::Yaml),
    ("yaml", Ending::Yaml),
    ("txt", Ending::Text),
    ("csv", Ending::Other("a table")),
    ("tsv", Ending::Other("a table")),
    ("xlsx", Ending::Other("a table")),
    ("ods", Ending::Other("a table")),
    ("xml", Ending::Other("XML")),
    ("pdf", Ending::Other("a PDF document")),
    ("docx", Ending::Other("a document")),
    ("odt", Ending::Other("a document")),
    ("tar", Ending::Other("an archive")),
    ("tgz", Ending::Other("an archive")),
    ("zip", Ending::Other("an archive")),
    ("zst", Ending::Other("an archive")),
    ("xz", Ending::Other("an archive")),
    ("bz2", Ending::Other("an archive")),
    ("jpg", Ending::Other("a JPEG picture")),
    ("jpeg", Ending::Other("a JPEG picture")),
    ("gif", Ending::Other("a GIF picture")),
    ("webp", Ending::Other("a WebP picture")),
    ("avif", Ending::Other("an AVIF picture")),
    ("heic", Ending::Other("an HEIC picture")),
    ("bmp", Ending::Other("a BMP picture")),
    ("ico", Ending::Other("an icon")),
    ("tif", Ending::Other("a TIFF picture")),
    ("tiff", Ending::Other("a TIFF picture")),
    ("eps", Ending::Other("a PostScript picture")),
    ("ps", Ending::Other("a PostScript document")),
];

impl Ending {
    /// The ending of a name, if it is a known one.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, kind)| *kind)
    }
}

impl std::fmt::Display for Ending {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Page => "HTML",
            Self::Markdown => "Markdown",
            Self::Json => "JSON",
            Self::Svg => "SVG",
            Self::Png => "PNG",
            Self::Snapshot => "a snapshot",
            Self::Gzip => "gzip",
            Self::Toml => "TOML",
            Self::Yaml => "YAML",
            Self::Text => "text",
            Self::Other(what) => what,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_makes_no_difference() {
        for (name, expected) in [
            ("a/report.HTML", Some(Ending::Page)),
            ("card.Png", Some(Ending::Png)),
            ("stack.json.gz", Some(Ending::Gzip)),
            ("report.v2", None),
            ("report", None),
            (".json", None),
        ] {
            assert_eq!(Ending::of(Path::new(name)), expected, "{name}");
        }
    }
}
