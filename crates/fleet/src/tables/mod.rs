//! The tables of a fleet: their columns, in one list. `docs/fleet.md` describes each of them.

mod batches;
mod published;
mod roll_up;
mod rows;
mod runs;
mod writer;

pub(crate) use published::{Published, publish};
pub(crate) use rows::{Rows, Value};
pub(crate) use runs::{Failure, Scanned, record};

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// A signed number of 64 bits: every engine has it.
    Number,
    Real,
    Flag,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, Kind)],
    /// The column that names of folders have the values of, if any.
    pub(crate) partition: Option<&'static str>,
    /// A column that queries look for single values in.
    pub(crate) looked_up: Option<&'static str>,
}

use Kind::{Flag, Number, Real, Text};

/// One row for each name of an image.
pub(crate) const IMAGES: Table = Table {
    name: "images",
    columns: &[
        ("reference", Text),
        ("registry", Text),
        ("repository", Text),
        ("project", Text),
        ("tag", Text),
        ("digest", Text),
        ("id", Text),
        ("platform", Text),
        ("created", Text),
        ("user", Text),
        ("base", Text),
        ("chain", Text),
        ("layers", Number),
        ("base_layers", Number),
        ("files", Number),
        ("image_bytes", Number),
        ("tree_bytes", Number),
        ("hidden_bytes", Number),
        ("duplicate_bytes", Number),
        ("stored_bytes", Number),
        ("saving_bytes", Number),
        ("pull_seconds_100m", Real),
        ("pull_seconds_1g", Real),
        ("warnings", Number),
        ("source", Text),
        ("run", Text),
    ],
    partition: None,
    looked_up: None,
};

/// One row for each layer of each image.
pub(crate) const IMAGE_LAYERS: Table = Table {
    name: "image_layers",
    columns: &[
        ("digest", Text),
        ("position", Number),
        ("diff_id", Text),
        ("blob", Text),
        ("compression", Text),
        ("stored_bytes", Number),
        ("file_bytes", Number),
        ("hidden_bytes", Number),
        ("instruction", Text),
        ("chain", Text),
        ("is_base", Flag),
    ],
    partition: None,
    looked_up: None,
};

/// One row for each layer.
pub(crate) const LAYERS: Table = Table {
    name: "layers",
    columns: &[
        ("diff_id", Text),
        ("tar_bytes", Number),
        ("file_bytes", Number),
        ("files", Number),
        ("directories", Number),
        ("links", Number),
        ("whiteouts", Number),
    ],
    partition: None,
    looked_up: None,
};

/// One row for each package of each image, and each layer that has files of it.
pub(crate) const PACKAGES: Table = Table {
    name: "packages",
    columns: &[
        ("digest", Text),
        ("diff_id", Text),
        ("ecosystem", Text),
        ("name", Text),
        ("version", Text),
        ("version_key", Text),
        ("license", Text),
        ("bytes", Number),
        ("files", Number),
        ("installed", Flag),
    ],
    partition: None,
    looked_up: Some("name"),
};

/// One row for each directory of each layer, with everything below it.
pub(crate) const DIRS: Table = Table {
    name: "dirs",
    columns: &[("diff_id", Text), ("path", Text), ("depth", Number), ("files", Number), ("bytes", Number)],
    partition: None,
    looked_up: None,
};

/// One row for each content of each layer.
pub(crate) const CONTENTS: Table = Table {
    name: "contents",
    columns: &[("hash", Number), ("size", Number), ("diff_id", Text), ("files", Number), ("path", Text)],
    partition: Some("p"),
    looked_up: None,
};

/// One row for each finding of each image.
pub(crate) const FINDINGS: Table = Table {
    name: "findings",
    columns: &[
        ("digest", Text),
        ("rule", Text),
        ("severity", Text),
        ("confidence", Text),
        ("saving_bytes", Number),
        ("evidence", Number),
    ],
    partition: None,
    looked_up: None,
};

/// One row for each pair of layers of an image of which one hides bytes of the other, and each way in which it does.
pub(crate) const HIDDEN: Table = Table {
    name: "hidden",
    columns: &[
        ("digest", Text),
        ("diff_id", Text),
        ("by_diff_id", Text),
        ("cause", Text),
        ("bytes", Number),
        ("files", Number),
        ("instruction", Text),
    ],
    partition: None,
    looked_up: None,
};

/// One row for each scan.
pub(crate) const RUNS: Table = Table {
    name: "runs",
    columns: &[
        ("run", Text),
        ("started", Text),
        ("finished", Text),
        ("generator", Text),
        ("sources", Text),
        ("references", Number),
        ("images_judged", Number),
        ("layers_read", Number),
        ("layers_known", Number),
        ("bytes_read", Number),
        ("failed", Number),
    ],
    partition: None,
    looked_up: None,
};

/// One row for each thing that a scan could not read.
pub(crate) const ERRORS: Table = Table {
    name: "errors",
    columns: &[("run", Text), ("stage", Text), ("unit", Text), ("message", Text)],
    partition: None,
    looked_up: None,
};

/// All tables.
pub(crate) const TABLES: [Table; 10] =
    [IMAGES, IMAGE_LAYERS, LAYERS, PACKAGES, DIRS, CONTENTS, FINDINGS, HIDDEN, RUNS, ERRORS];

impl Table {
    /// Its columns, without the one that folders are named by.
    pub(crate) fn schema(&self) -> SchemaRef {
        let field = |&(name, kind): &(&str, Kind)| {
            let data_type = match kind {
                Text => DataType::Utf8,
                Number => DataType::Int64,
                Real => DataType::Float64,
                Flag => DataType::Boolean,
            };
            Field::new(name, data_type, true)
        };
        Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_column_is_described() {
        let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/fleet.md");
        let document = String::from_utf8(crate::input::read(&document, 1 << 20).unwrap()).unwrap();
        for table in TABLES {
            let (_, section) = document
                .split_once(&format!("### `{}`\n", table.name))
                .unwrap_or_else(|| panic!("docs/fleet.md lacks a section `{}`", table.name));
            let section = section.split("\n#").next().unwrap();
            let columns = table.columns.iter().map(|(name, _)| *name).chain(table.partition);
            for column in columns {
                assert!(section.contains(&format!("`{column}`")), "{}: {column}", table.name);
            }
        }
    }
}
