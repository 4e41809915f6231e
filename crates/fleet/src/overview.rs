//! The figures of a report: the answers to questions, joined.

use std::collections::BTreeMap;

use plimsoll_analysis::fleet::{
    FleetBase, FleetContent, FleetDrift, FleetImage, FleetPackage, FleetProject, FleetReport, FleetRule,
    FleetStepKind, FleetTotals, Prices, first_steps,
};
use plimsoll_snapshot::Bytes;

use crate::engine::Engine;
use crate::error::Result;
use crate::questions::{self, Answer, Parameter, Row};

/// The rows of answers that a report shows.
const ROWS: &str = "limit=200";

/// The projects whose findings are a step.
const PROJECTS: usize = 5;

/// Asks an engine for everything that a report shows.
///
/// # Errors
/// If a table cannot be read.
pub(crate) fn overview(engine: &Engine, prices: &[Parameter]) -> Result<FleetReport> {
    let ask = |name: &str, given: &[Parameter]| -> Result<Answer> {
        let sql = questions::with_parameters(&questions::text(name)?, given)?;
        Answer::of(&engine.rows(&sql)?)
    };
    let many: Vec<Parameter> = ROWS.parse::<Parameter>().into_iter().collect();
    let totals = ask("totals", &[])?;
    let duplicates = ask("duplicates", &[])?;
    let hidden = ask("hidden", &many)?;
    let models = ask("models", &[])?;
    let layers = ask("duplicate-layers", &many)?;
    let sum =
        |answer: &Answer, column: &str| -> Bytes { answer.rows().map(|row| Bytes(row.number(column))).sum() };
    let (whole, twice) = (totals.first(), duplicates.first());
    let totals = FleetTotals {
        names: whole.number("names"),
        images: whole.number("images"),
        projects: whole.number("projects"),
        layers: whole.number("layers"),
        files: whole.number("files"),
        unshared_bytes: Bytes(whole.number("unshared_bytes")),
        stored_bytes: Bytes(whole.number("stored_bytes")),
        file_bytes: Bytes(whole.number("file_bytes")),
        duplicate_across_bytes: Bytes(twice.number("duplicate_bytes_across_layers")),
        duplicate_within_bytes: Bytes(twice.number("duplicate_bytes_within_layers")),
        recompressed_bytes: sum(&layers, "duplicate_bytes"),
        hidden_bytes: sum(&hidden, "stored_bytes"),
        model_bytes: sum(&models, "duplicate_bytes"),
    };
    let prices_of = Prices {
        storage: value(prices, "storage_price"),
        pull: value(prices, "pull_price"),
        pulls: value(prices, "pulls"),
    };
    let contents: Vec<FleetContent> =
        ask("duplicate-files", &many)?.rows().map(|row| content(&row)).collect();
    let images: Vec<FleetImage> = Answer::of(&engine.rows(IMAGES)?)?.rows().map(|row| image(&row)).collect();
    let projects = projects(&ask("projects", &[])?, &ask("cost", prices)?, &images);
    let steps = kinds(&totals, &hidden, &models, &layers, &contents, &projects);
    Ok(FleetReport {
        steps: first_steps(&totals, &prices_of, steps),
        totals,
        prices: prices_of,
        projects,
        packages: ask("packages", &many)?.rows().map(|row| package(&row)).collect(),
        contents,
        bases: bases(&ask("drift", &[])?),
        rules: ask("findings", &[])?.rows().map(|row| rule(&row)).collect(),
        images,
        failed: ask("errors", &[])?.rows().count() as u64,
    })
}

/// All images for the table of a report.
const IMAGES: &str = "SELECT reference, project, image_bytes, stored_bytes, hidden_bytes, saving_bytes, \
    pull_seconds_100m FROM images ORDER BY saving_bytes DESC, image_bytes DESC, reference";

/// The value of a price: the given one, or that of the question about cost.
fn value(given: &[Parameter], name: &str) -> f64 {
    let default = questions::default("cost", name);
    let given = given.iter().find(|one| one.name() == name).map(Parameter::value);
    given.or(default).and_then(|value| value.parse().ok()).unwrap_or_default()
}

/// What could be done, with what it saves.
fn kinds(
    totals: &FleetTotals,
    hidden: &Answer,
    models: &Answer,
    layers: &Answer,
    contents: &[FleetContent],
    projects: &[FleetProject],
) -> Vec<(FleetStepKind, Bytes)> {
    let mut kinds = Vec::new();
    let pairs = hidden.rows().map(|row| row.number("layer_pairs")).sum();
    let instruction = hidden.rows().next().map(|row| row.text("instruction")).unwrap_or_default();
    kinds.push((FleetStepKind::FixHidden { instruction, pairs }, totals.hidden_bytes));
    // Models are a separate step.
    let files = Bytes(totals.duplicate_across_bytes.0.saturating_sub(totals.model_bytes.0));
    let is_model = |content: &&FleetContent| {
        models.rows().any(|row| content.example.as_deref() == Some(&row.text("example")))
    };
    let largest = contents.iter().find(|content| !is_model(content));
    let example = largest.and_then(|content| content.example.clone());
    kinds.push((FleetStepKind::ShareFiles { example }, files));
    if let Some(row) = models.rows().next() {
        let kind =
            FleetStepKind::ShareModels { example: row.text("example"), models: models.rows().count() as u64 };
        kinds.push((kind, totals.model_bytes));
    }
    let kind = FleetStepKind::OneCompression { layers: layers.rows().count() as u64 };
    kinds.push((kind, totals.recompressed_bytes));
    let mut by_saving: Vec<&FleetProject> = projects.iter().collect();
    by_saving.sort_by_key(|project| std::cmp::Reverse(project.saving_bytes));
    for project in by_saving.into_iter().take(PROJECTS) {
        let kind = FleetStepKind::FixFindings { project: project.name.clone(), images: project.images };
        kinds.push((kind, project.saving_bytes));
    }
    kinds
}

fn projects(projects: &Answer, cost: &Answer, images: &[FleetImage]) -> Vec<FleetProject> {
    let costs: BTreeMap<String, (f64, f64)> =
        (cost.rows()).map(|row| (row.text("project"), (row.real("storage"), row.real("pulls")))).collect();
    let mut savings: BTreeMap<&str, Bytes> = BTreeMap::new();
    for image in images {
        *savings.entry(&image.project).or_default() += image.saving_bytes;
    }
    let project = |row: Row<'_>| {
        let name = row.text("project");
        let (storage_cost, pull_cost) = costs.get(&name).copied().unwrap_or_default();
        FleetProject {
            images: row.number("images"),
            unshared_bytes: Bytes(row.number("unshared_bytes")),
            stored_bytes: Bytes(row.number("stored_bytes")),
            unique_bytes: Bytes(row.number("unique_bytes")),
            saving_bytes: savings.get(name.as_str()).copied().unwrap_or_default(),
            storage_cost,
            pull_cost,
            name,
        }
    };
    projects.rows().map(project).collect()
}

fn bases(drift: &Answer) -> Vec<FleetBase> {
    let mut bases: BTreeMap<String, FleetBase> = BTreeMap::new();
    for row in drift.rows() {
        let base = bases.entry(row.text("base")).or_insert_with(|| FleetBase {
            base: row.text("base"),
            newest: row.text("newest"),
            images: Vec::new(),
        });
        base.images.push(FleetDrift { image: row.text("reference"), built_on: row.text("built_on") });
    }
    let mut bases: Vec<FleetBase> = bases.into_values().collect();
    bases.sort_by(|one, other| (other.images.len(), &one.base).cmp(&(one.images.len(), &other.base)));
    bases
}

fn package(row: &Row<'_>) -> FleetPackage {
    FleetPackage {
        ecosystem: row.text("ecosystem"),
        name: row.text("name"),
        versions: row.number("versions"),
        images: row.number("images"),
        image_bytes: Bytes(row.number("image_bytes")),
        stored_bytes: Bytes(row.number("stored_bytes")),
    }
}

fn content(row: &Row<'_>) -> FleetContent {
    FleetContent {
        example: Some(row.text("example")).filter(|path| !path.is_empty()),
        size: Bytes(row.number("size")),
        layers: row.number("layers"),
        copies: row.number("copies"),
        duplicate_bytes: Bytes(row.number("duplicate_bytes")),
    }
}

fn rule(row: &Row<'_>) -> FleetRule {
    FleetRule {
        rule: row.text("rule"),
        images: row.number("images"),
        saving_bytes: Bytes(row.number("certain_saving_bytes")),
    }
}

fn image(row: &Row<'_>) -> FleetImage {
    FleetImage {
        reference: row.text("reference"),
        project: row.text("project"),
        image_bytes: Bytes(row.number("image_bytes")),
        stored_bytes: Bytes(row.number("stored_bytes")),
        hidden_bytes: Bytes(row.number("hidden_bytes")),
        saving_bytes: Bytes(row.number("saving_bytes")),
        pull_seconds: row.real("pull_seconds_100m"),
    }
}
