//! Which document a report is: as the format says, or the name of the file.

use clap::ValueEnum;

use crate::ending::Ending;
use crate::error::{Error, Result};
use crate::output::Output;

/// The format of the report, as the user requests it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// One HTML file that needs no network
    Html,
    /// Comment for a pull request, always shorter than 60,000 characters
    Markdown,
    /// Money, time, risk, what was done and what remains, for people who decide: Markdown
    Brief,
    /// Image for a chat or a slide: SVG, or PNG if the file name ends in `.png`
    Card,
    /// Same document as `plimsoll compare --format json`, or `plimsoll inspect --format json` for one side
    Json,
    /// A series as text for a terminal
    Text,
}

/// The document to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Document {
    Page,
    Markdown,
    Brief,
    Svg,
    Png,
    Json,
    Text,
}

/// What is written: as the format says, or else as the name of the file does, but never one thing under the name of
/// another.
pub(super) fn document(format: Option<Format>, output: Option<&Output>) -> Result<Document> {
    let ending = output.and_then(Output::ending);
    let by_name = match ending {
        Some(Ending::Page) => Some(Document::Page),
        Some(Ending::Markdown) => Some(Document::Markdown),
        Some(Ending::Json) => Some(Document::Json),
        Some(Ending::Svg) => Some(Document::Svg),
        Some(Ending::Png) => Some(Document::Png),
        _ => None,
    };
    let wanted = match (format, by_name) {
        (Some(Format::Card), Some(Document::Png)) => Document::Png,
        (Some(Format::Card), _) => Document::Svg,
        (Some(Format::Html), _) | (None, None) => Document::Page,
        (Some(Format::Markdown), _) => Document::Markdown,
        (Some(Format::Brief), _) => Document::Brief,
        (Some(Format::Json), _) => Document::Json,
        (Some(Format::Text), _) => Document::Text,
        (None, Some(document)) => document,
    };
    // Markdown and JSON are texts as well, but `.txt` never means a page.
    let is_text = ending == Some(Ending::Text)
        && matches!(wanted, Document::Markdown | Document::Brief | Document::Json | Document::Text);
    let by_name = match (wanted, by_name) {
        // A brief is Markdown too.
        (Document::Brief, Some(Document::Markdown)) => Some(Document::Brief),
        _ => by_name,
    };
    match (output, ending) {
        (Some(output), Some(ending)) if by_name != Some(wanted) && !is_text => Err(Error::usage(
            format!("`{output}` would be {wanted}, and its name promises {ending}"),
            match by_name {
                Some(_) => "leave `--format` out: the ending chooses the format".to_owned(),
                None => "a report is written as `.html`, `.md`, `.json`, `.svg` or `.png`".to_owned(),
            },
        )),
        _ => Ok(wanted),
    }
}

impl std::fmt::Display for Document {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Self::Page => "HTML",
            Self::Markdown | Self::Brief => "Markdown",
            Self::Svg => "SVG",
            Self::Png => "PNG",
            Self::Json => "JSON",
            Self::Text => "text",
        })
    }
}
