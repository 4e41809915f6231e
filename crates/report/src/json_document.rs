//! What every JSON document has: the name and the version of its form, and conclusions with kind, values and text.

use std::io::{self, Write};

use serde::Serialize;

use crate::json_text;
use crate::sizes::{self, SizeDefinition};

/// The version of the documents. Additions leave it; whatever would break a reader raises it.
pub const FORMAT_VERSION: u32 = 3;

/// A conclusion of the analysis in a document: its kind and its values, with its English text.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Message<'a, M> {
    #[serde(flatten)]
    message: &'a M,
    text: String,
}

impl<'a, M> Message<'a, M> {
    pub(crate) fn of(message: &'a M, text: fn(&M) -> String) -> Self {
        Self { message, text: text(message) }
    }
}

/// Several conclusions.
pub(crate) fn messages<M>(messages: &[M], text: fn(&M) -> String) -> Vec<Message<'_, M>> {
    messages.iter().map(|message| Message::of(message, text)).collect()
}

/// Whether a document ends with what its sizes mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Definitions {
    /// It does.
    #[default]
    Shown,
    /// It does not: scripts know.
    Omitted,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Document<'a, T> {
    format: &'static str,
    format_version: u32,
    #[serde(flatten)]
    content: &'a T,
    /// What each size means; absent with `--no-definitions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    definitions: Option<&'static [SizeDefinition]>,
}

pub(crate) fn write<T: Serialize>(
    format: &'static str,
    content: &T,
    definitions: Definitions,
    mut out: impl Write,
) -> io::Result<()> {
    let definitions = (definitions == Definitions::Shown).then_some(&sizes::ALL[..]);
    let document = Document { format, format_version: FORMAT_VERSION, content, definitions };
    json_text::write(&document, &mut out)?;
    out.write_all(b"\n")
}
