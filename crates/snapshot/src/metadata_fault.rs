//! Why a file that describes packages was not read, or only in part.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Bytes;

/// A fault of a file that describes packages. Its `Display` is the English text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MetadataFault {
    /// The reader of the file: `dpkg`, `npm`, …; empty if the fault is not of one reader.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reader: String,
    /// The place in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<FaultPlace>,
    /// What is wrong there.
    pub problem: MetadataProblem,
    /// What the parser of a library says of it, in its own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// A place in a file that describes packages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FaultPlace {
    /// A line, counted from 1.
    Line(u64),
    /// A page of a database.
    Page(u64),
    /// A slot in the index of a database, counted from 0.
    Slot(u64),
    /// The name of a package, a key, or a member of an archive.
    Named(String),
}

/// What is wrong with a file that describes packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum MetadataProblem {
    /// An older snapshot has the text alone: it is the `detail`.
    Verbatim,
    /// There are more faults in the file.
    More,
    /// The file was not read: it is larger than a limit.
    TooLarge {
        bytes: Bytes,
    },
    /// The rest was not read, because it holds too much.
    RestTooLarge,
    /// The rest of a list of files was not read.
    TooManyFiles,
    /// The rest of a list of packages was not read.
    TooManyPackages,
    /// The rest of a list of requirements was not read.
    TooManyRequirements,
    /// The layer has more packages than the limit.
    LayerFull {
        limit: u64,
    },
    /// Neither the content nor the path gives a name.
    NoName,
    VersionTooLong,
    /// A line without `KEY: VALUE`.
    NotAField,
    /// A continuation line before the first field.
    NoFieldToContinue,
    TooFewColumns,
    UnclosedQuote,
    InvalidRequirement,
    InvalidPackage,
    InvalidJson,
    InvalidToml,
    InvalidNotebook,
    InvalidZip,
    /// The end of an archive, which has its table of contents, is missing.
    NoZipEnd,
    InvalidCompression,
    UnknownCompression,
    InvalidSqlite,
    InvalidNdb,
    InvalidBdb,
    NoPackageTable,
    InvalidPage,
    InvalidRow,
    InvalidHeader,
    /// Two parts of a database share bytes.
    Overlap,
    /// rpm had not closed its database: its log has changes.
    OpenDatabase,
    OldGo,
    InvalidGo,
    /// The list of crates lies amid debug information.
    CratesNotKept,
    InvalidCrates,
    /// The program is packed with UPX.
    Packed,
    InvalidSections,
    /// A link to a file that the layer does not have.
    LinkTarget,
}

impl MetadataFault {
    /// A fault that older snapshots have as text.
    #[must_use]
    pub fn verbatim(text: String) -> Self {
        Self { detail: Some(text), ..MetadataProblem::Verbatim.into() }
    }

    /// Whether its text is all that is known of it.
    pub(crate) fn is_verbatim(&self) -> bool {
        self.problem == MetadataProblem::Verbatim
    }

    /// The same fault on a line, counted from 1.
    #[must_use]
    pub fn on_line(self, line: usize) -> Self {
        self.at(FaultPlace::Line(line as u64))
    }

    /// The same fault at a place.
    #[must_use]
    pub fn at(self, place: FaultPlace) -> Self {
        Self { place: Some(place), ..self }
    }

    /// The same fault with the text of a library.
    #[must_use]
    pub fn because(self, detail: impl fmt::Display) -> Self {
        Self { detail: Some(detail.to_string()), ..self }
    }

    /// Writes the parts with the words of a language.
    ///
    /// # Errors
    ///
    /// If `out` fails.
    pub fn write(
        &self,
        out: &mut dyn fmt::Write,
        place: fn(&FaultPlace) -> String,
        problem: fn(MetadataProblem) -> String,
    ) -> fmt::Result {
        let parts = [
            Some(self.reader.clone()).filter(|reader| !reader.is_empty()),
            self.place.as_ref().map(place),
            (!self.is_verbatim()).then(|| problem(self.problem)),
            self.detail.clone(),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        out.write_str(&parts.join(": "))
    }
}

impl From<MetadataProblem> for MetadataFault {
    fn from(problem: MetadataProblem) -> Self {
        Self { reader: String::new(), place: None, problem, detail: None }
    }
}

impl fmt::Display for MetadataFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(out, place, problem)
    }
}

fn place(place: &FaultPlace) -> String {
    match place {
        FaultPlace::Line(line) => format!("line {line}"),
        FaultPlace::Page(page) => format!("page {page}"),
        FaultPlace::Slot(slot) => format!("slot {slot}"),
        FaultPlace::Named(name) => format!("`{name}`"),
    }
}

fn problem(problem: MetadataProblem) -> String {
    let text = match problem {
        MetadataProblem::TooLarge { bytes } => {
            return format!("not read: {} bytes are more than the limit", bytes.0);
        }
        MetadataProblem::LayerFull { limit } => {
            return format!("the layer has more than {limit} packages; the rest is skipped");
        }
        MetadataProblem::Verbatim => "",
        MetadataProblem::More => "more problems like these",
        MetadataProblem::RestTooLarge => "too large; the rest is skipped",
        MetadataProblem::TooManyFiles => "too many files; the rest is skipped",
        MetadataProblem::TooManyPackages => "too many packages; the rest is skipped",
        MetadataProblem::TooManyRequirements => "too many requirements; the rest is skipped",
        MetadataProblem::NoName => "no package name",
        MetadataProblem::VersionTooLong => "version too long",
        MetadataProblem::NotAField => "expected `KEY: VALUE`",
        MetadataProblem::NoFieldToContinue => "continuation line without a field",
        MetadataProblem::TooFewColumns => "too few columns",
        MetadataProblem::UnclosedQuote => "unclosed quote",
        MetadataProblem::InvalidRequirement => "invalid requirement",
        MetadataProblem::InvalidPackage => "invalid package",
        MetadataProblem::InvalidJson => "invalid JSON",
        MetadataProblem::InvalidToml => "invalid TOML",
        MetadataProblem::InvalidNotebook => "not a notebook",
        MetadataProblem::InvalidZip => "not a ZIP archive",
        MetadataProblem::NoZipEnd => "the end of the ZIP archive is missing",
        MetadataProblem::InvalidCompression => "damaged compressed data",
        MetadataProblem::UnknownCompression => "unknown compression",
        MetadataProblem::InvalidSqlite => "not a SQLite database",
        MetadataProblem::InvalidNdb => "not an rpm database",
        MetadataProblem::InvalidBdb => "not a Berkeley DB hash table",
        MetadataProblem::NoPackageTable => "no table of packages",
        MetadataProblem::InvalidPage => "damaged page",
        MetadataProblem::InvalidRow => "damaged row",
        MetadataProblem::InvalidHeader => "damaged package header",
        MetadataProblem::Overlap => "shares bytes with another part",
        MetadataProblem::OpenDatabase => "rpm did not close its database; changes in this log were not read",
        MetadataProblem::OldGo => "build information of Go before 1.18 is not supported",
        MetadataProblem::InvalidGo => "damaged Go build information",
        MetadataProblem::CratesNotKept => "the crate list inside debug information was not read",
        MetadataProblem::InvalidCrates => "damaged crate list",
        MetadataProblem::Packed => "packed with UPX; its contents are unknown",
        MetadataProblem::InvalidSections => "the section table extends past the end of the file",
        MetadataProblem::LinkTarget => "not read: the link points outside this layer",
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_name_reader_place_and_problem() {
        let fault = MetadataFault { reader: "apk".to_owned(), ..MetadataProblem::NotAField.into() };
        assert_eq!(fault.on_line(3).to_string(), "apk: line 3: expected `KEY: VALUE`");
        let fault = MetadataFault::from(MetadataProblem::InvalidJson).because("EOF at line 1");
        assert_eq!(fault.to_string(), "invalid JSON: EOF at line 1");
        assert_eq!(MetadataFault::verbatim("a: b".to_owned()).to_string(), "a: b");
    }
}
