//! The JSON Schemas of all JSON documents, made from the types that are written. `cargo xtask docs` writes `docs/schemas`.
//!
//! To add a document: derive `schemars::JsonSchema` for its types behind the feature `schema`, and add it to [`DOCUMENTS`].
//! The tests of `plimsoll-tests` validate what the program prints.

mod strict;

use plimsoll_analysis::disk::DiskUse;
use plimsoll_analysis::fleet::FleetReport;
use plimsoll_analysis::packages::Inventory;
use plimsoll_analysis::pull::PullEstimate;
use plimsoll_analysis::series::Series;
use plimsoll_analysis::targets::Targets;
use plimsoll_snapshot::{SCHEMA_VERSION, Snapshot};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::compare_json::ChangesContent;
use crate::disk::DiskChangeContent;
use crate::finding_json::{ProgressDocument, StackDocument};
use crate::fix_json::FixContent;
use crate::json::{InspectionContent, KeptContent, ReasonsContent, RemovalsContent, SplitsContent};
use crate::json_document::{Document, FORMAT_VERSION};
use crate::platforms::PlatformsContent;
use crate::watch_json::Sample;
use crate::{review_json, targets};

/// The schema of a document.
#[derive(Clone, Copy, Debug)]
pub struct DocumentSchema {
    /// The name of its form, as in `format`; that of the file is the same.
    pub name: &'static str,
    /// What prints it.
    pub printed_by: &'static str,
    /// The page that describes it, below `docs`.
    pub page: &'static str,
    /// The key of its version, and the version.
    version: (&'static str, u32),
    make: fn() -> Value,
}

/// Every JSON document of Plimsoll, apart from those in the formats of other tools.
pub const DOCUMENTS: &[DocumentSchema] = &[
    document::<InspectionContent<'static>>(
        "plimsoll-inspection",
        "`plimsoll inspect`, `plimsoll report AFTER`",
        "inspect-format.md",
    ),
    document::<PlatformsContent<'static>>(
        "plimsoll-platforms",
        "`plimsoll inspect --platforms`",
        "inspect-format.md",
    ),
    document::<ChangesContent<'static>>(
        "plimsoll-comparison",
        "`plimsoll compare`, `plimsoll report BEFORE AFTER`",
        "compare-format.md",
    ),
    document::<Inventory>("plimsoll-packages", "`plimsoll packages`", "packages-format.md"),
    document::<ReasonsContent<'static>>("plimsoll-why", "`plimsoll why`", "packages-format.md"),
    document::<RemovalsContent<'static>>("plimsoll-whatif", "`plimsoll whatif`", "packages-format.md"),
    document::<KeptContent<'static>>(
        "plimsoll-kept",
        "`plimsoll whatif --keep-opened`",
        "packages-format.md",
    ),
    document::<SplitsContent<'static>>("plimsoll-split", "`plimsoll split`", "packages-format.md"),
    document::<StackDocument<'static>>("plimsoll-findings", "`plimsoll findings`", "findings-format.md"),
    document::<ProgressDocument<'static>>(
        "plimsoll-progress",
        "`plimsoll findings --since BEFORE`",
        "findings-format.md",
    ),
    document::<FixContent<'static>>("plimsoll-fix", "`plimsoll fix`", "fix.md"),
    document::<PullEstimate>("plimsoll-pull", "`plimsoll pull`", "pull.md"),
    document::<DiskUse>("plimsoll-disk", "`plimsoll df`", "disk-format.md"),
    document::<DiskChangeContent>("plimsoll-disk-change", "`plimsoll df --since BEFORE`", "disk-format.md"),
    document::<Series>(
        "plimsoll-series",
        "`plimsoll history list`, `plimsoll report --history HISTORY`",
        "series-format.md",
    ),
    document::<FleetReport>("plimsoll-fleet", "`plimsoll fleet report --format json`", "fleet.md"),
    DocumentSchema {
        name: "plimsoll-targets",
        printed_by: "`plimsoll check`",
        page: "targets.md",
        version: ("format_version", FORMAT_VERSION),
        make: root::<targets::json::Document<'static>>,
    },
    DocumentSchema {
        name: "plimsoll-review",
        printed_by: "`plimsoll ci`, as `review.json`",
        page: "ci.md",
        version: ("format_version", review_json::VERSION),
        make: root::<review_json::Document<'static>>,
    },
    DocumentSchema {
        name: "plimsoll-watch",
        printed_by: "`plimsoll watch --json`, one per line",
        page: "watch.md",
        version: ("format_version", FORMAT_VERSION),
        make: root::<Sample<'static>>,
    },
    DocumentSchema {
        name: "plimsoll-snapshot",
        printed_by: "`plimsoll snapshot`, compressed by gzip unless the name ends in `.json`",
        page: "snapshot-format.md",
        version: ("schema_version", SCHEMA_VERSION),
        make: root::<Snapshot>,
    },
];

/// A document with the common beginning and end.
const fn document<T: JsonSchema + serde::Serialize + 'static>(
    name: &'static str,
    printed_by: &'static str,
    page: &'static str,
) -> DocumentSchema {
    let version = ("format_version", FORMAT_VERSION);
    DocumentSchema { name, printed_by, page, version, make: root::<Document<'static, T>> }
}

fn root<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>().into()
}

impl DocumentSchema {
    /// The schema. It is strict: it describes what this version writes, to the field.
    #[must_use]
    pub fn schema(&self) -> Value {
        let mut schema = (self.make)();
        schema["title"] = json!(self.name);
        schema["description"] = json!(format!("What {} writes.", self.printed_by));
        if let Some(properties) = schema["properties"].as_object_mut() {
            let (key, version) = self.version;
            for (key, value) in [("format", json!(self.name)), (key, json!(version))] {
                if let Some(property) = properties.get_mut(key) {
                    *property = json!({ "const": value });
                }
            }
        }
        strict::close(&mut schema);
        schema
    }
}

/// The schema of a target file, for editors.
#[must_use]
pub fn target_file() -> Value {
    schemars::schema_for!(Targets).into()
}
