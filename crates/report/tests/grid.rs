//! Documents × formats × languages: every cell is rendered, or absent for a reason. `docs/documents.md` has the same table.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![expect(clippy::disallowed_methods, reason = "tests read their fixtures")]

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::{self, Write as _};
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_analysis::Changes;
use plimsoll_analysis::disk::{DiskChange, disk_change, disk_use};
use plimsoll_analysis::findings::{Confidence, Progress, StackAdvice, advise_stack, progress};
use plimsoll_analysis::fix::{Files, FixOptions, FixedFile, Plan, plan_service};
use plimsoll_analysis::fleet::{
    FleetBase, FleetContent, FleetDrift, FleetImage, FleetPackage, FleetProject, FleetReport, FleetRule,
    FleetStepKind, FleetTotals, Prices, first_steps,
};
use plimsoll_analysis::inspect::{Inspection, inspect};
use plimsoll_analysis::instruction::readable;
use plimsoll_analysis::memory::recommend::{Demanded, Demands, recommend};
use plimsoll_analysis::memory::{Memory, memory};
use plimsoll_analysis::packages::{
    Inventory, KeptOpened, Reasons, Removal, Split, inventory, kept_opened, reasons, removals, splits,
};
use plimsoll_analysis::platforms::{PlatformManifest, PlatformSize, platform_sizes};
use plimsoll_analysis::pull::{PullEstimate, PullLayer, Rates, pull as pull_of};
use plimsoll_analysis::reconstruct::{Base, reconstruct};
use plimsoll_analysis::review::{Baseline, Decision, review};
use plimsoll_analysis::series::{Series, State, Thresholds, measured};
use plimsoll_analysis::targets::{Judgement, judge};
use plimsoll_report::compose_override::compose_override;
use plimsoll_report::exchange::{Place, annotations, code_quality, cyclonedx, junit, openmetrics, sarif};
use plimsoll_report::fix::{Fixes, Shown};
use plimsoll_report::json::Definitions;
use plimsoll_report::language::Language;
use plimsoll_report::review::Shown as ShownReview;
use plimsoll_report::review_json::Reviewed;
use plimsoll_report::targets::conclusion::{Gate, conclusion};
use plimsoll_report::targets::template::template;
use plimsoll_report::watch_json::{Container, Figures, Sample};
use plimsoll_report::{
    brief, card, chart, csv, disk, dockerfile, findings, fleet, json, markdown, memory as memories, packages,
    platforms, progress as followed, pull, series, summary, targets, text, verdict,
};
use plimsoll_snapshot::runtime::{
    HealthStatus, ImportRun, ImportedModule, MappedFile, Observation, ObservationSource, ProcessMemory,
    Resident, Runtime, Status,
};
use plimsoll_snapshot::{
    BuildFile, BuildInstruction, Bytes, CacheRecord, Compression, Digest, Disk, DiskContainer, DiskImage,
    DiskLayer, DiskStore, DiskVolume, FixPatch, ImageLayer, Platform, Snapshot, path,
};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// Snapshots of a real stack, with and without a recording.
struct Fixture {
    changes: Changes,
    inspection: Inspection,
    recorded: Snapshot,
    after: Snapshot,
    memory: Memory,
    advice: StackAdvice,
    plan: Plan,
    progress: Progress,
    inventory: Inventory,
    reasons: Vec<Reasons>,
    removals: Vec<Removal>,
    /// The packages of a service whose run was observed, and what it opened.
    observed: Inventory,
    kept: Vec<KeptOpened>,
    splits: Vec<Split>,
    judgement: Judgement,
    series: Series,
}

impl Fixture {
    fn read() -> Self {
        let file = |name: &str| fs::read(root().join("examples").join(name)).unwrap();
        let snapshot = |name| plimsoll_snapshot::read(&file(name)[..]).unwrap();
        let [before, after] = ["agente-before.plimsoll", "agente-after.plimsoll"].map(snapshot);
        let recorded = snapshot("agente-after-memory.plimsoll");
        let opened = seen_to_run(&before);
        let mut targets =
            plimsoll_analysis::targets::parse(&String::from_utf8(file("plimsoll.toml")).unwrap()).unwrap();
        // Words of a user are the same in every language: `user_words.rs`.
        targets.name = None;
        targets.checks.iter_mut().for_each(|check| check.title.clone_from(&check.id));
        Self {
            changes: Changes::between(&before, &after),
            inspection: inspect(&after),
            memory: memory(recorded.runtime.as_ref().unwrap()),
            advice: advise_stack(&before),
            plan: fixed(&before),
            progress: progress(&before, &after),
            inventory: inventory(&before),
            reasons: reasons(&before, "torch"),
            observed: inventory(&opened),
            kept: kept_opened(&opened),
            removals: removals(&before, &["torch".to_owned()]).0,
            splits: splits(&before),
            judgement: judge(&targets, Some(&before), &after, &BTreeMap::new()),
            series: developed(&before, &after),
            recorded,
            after,
        }
    }
}

/// A series with everything that has words: a step with its cause, an accepted one, drift, and a budget.
fn developed(before: &Snapshot, after: &Snapshot) -> Series {
    let state = |name: &str, size: u64, services: &Snapshot| State {
        name: name.to_owned(),
        time: Some(1_790_000_000),
        size: Some(Bytes(size)),
        base: Some(Bytes(90_000_000)),
        memory: Some(Bytes(size)),
        services: measured(services).services,
        ..State::default()
    };
    let first = State { accepted: Some("x".to_owned()), ..state("a", 100_000_000, before) };
    let mut states = vec![first, state("b", 100_900_000, before), state("c", 60_000_000, after)];
    states.push(State { size: None, ..state("d", 0, after) });
    let thresholds = Thresholds { drift_percent: 0.5, ..Thresholds::default() };
    let mut series = Series::of(states, thresholds, Some(Bytes(50_000_000)));
    series.steps[0].is_rebuild = true;
    Series::explain(&mut series.steps[0], before, after);
    series
}

/// A fleet with a row in every table and a step of every kind.
fn many_images() -> FleetReport {
    let totals = FleetTotals {
        names: 3,
        images: 2,
        projects: 1,
        layers: 4,
        files: 90,
        unshared_bytes: Bytes(9_000_000),
        stored_bytes: Bytes(6_000_000),
        file_bytes: Bytes(12_000_000),
        duplicate_across_bytes: Bytes(3_000_000),
        duplicate_within_bytes: Bytes(1_000),
        recompressed_bytes: Bytes(500_000),
        hidden_bytes: Bytes(700_000),
        model_bytes: Bytes(1_000_000),
    };
    let prices = Prices { storage: 0.1, pull: 0.09, pulls: 30.0 };
    let bytes = Bytes(400_000);
    let steps = [
        FleetStepKind::FixHidden { instruction: "RUN x".to_owned(), pairs: 2 },
        FleetStepKind::ShareFiles { example: Some("a/b".to_owned()) },
        FleetStepKind::ShareFiles { example: None },
        FleetStepKind::ShareModels { example: "m.safetensors".to_owned(), models: 1 },
        FleetStepKind::OneCompression { layers: 1 },
        FleetStepKind::FixFindings { project: "team".to_owned(), images: 2 },
    ];
    FleetReport {
        steps: first_steps(&totals, &prices, steps.map(|kind| (kind, bytes))),
        totals,
        prices,
        projects: vec![FleetProject {
            name: "team".to_owned(),
            images: 2,
            unique_bytes: bytes,
            storage_cost: 1.5,
            ..FleetProject::default()
        }],
        packages: vec![FleetPackage { name: "p".to_owned(), images: 2, ..FleetPackage::default() }],
        contents: vec![FleetContent { size: bytes, copies: 2, ..FleetContent::default() }],
        bases: vec![FleetBase {
            base: "base".to_owned(),
            newest: "base:2".to_owned(),
            images: vec![FleetDrift { image: "app:1".to_owned(), built_on: "base:1".to_owned() }],
        }],
        rules: vec![FleetRule { rule: "root-user".to_owned(), images: 1, saving_bytes: bytes }],
        images: vec![FleetImage {
            reference: "app:1".to_owned(),
            pull_seconds: 1.5,
            ..FleetImage::default()
        }],
        failed: 1,
    }
}

fn page_of_fleet(language: Language) -> String {
    let mut page = Vec::new();
    fleet::html(&many_images(), language, &mut page).unwrap();
    String::from_utf8(page).unwrap()
}

/// The first service with a run of every kind: some of its files were opened, mapped and imported.
fn seen_to_run(before: &Snapshot) -> Snapshot {
    let mut snapshot = before.clone();
    let service = snapshot.services[0].clone();
    let contents = |layer: &ImageLayer| snapshot.layers[layer.layer].contents.clone();
    let layers: Vec<_> = snapshot.images[service.image].layers.iter().filter_map(contents).collect();
    let paths = layers.iter().flat_map(|contents| contents.entries.iter()).map(|entry| entry.path);
    let torch: Vec<&[u8]> = paths.filter(|path| path::escape(path).contains("/torch/")).collect();
    let resident = Resident { resident: Bytes(9 << 20), proportional: Bytes(7 << 20), ..Resident::default() };
    let file = MappedFile { path: path::escape(torch[0]).into_owned(), resident };
    let process = ProcessMemory {
        files: vec![file, MappedFile { path: String::new(), resident }],
        heap: resident,
        stacks: resident,
        other: resident,
    };
    let import = |module: &str, own_us| ImportedModule {
        module: module.to_owned(),
        own_us,
        cumulative_us: own_us,
        ..ImportedModule::default()
    };
    let modules = vec![import("torch", 2_000_000), import("os", 90_000)];
    let observation = Observation {
        file: "backend.strace".to_owned(),
        service: service.name,
        source: ObservationSource::Strace,
        opened: torch.into_iter().take(9).collect(),
        failed: 2,
        unplaced: 1,
        processes: vec![process],
        imports: vec![ImportRun { modules, interleaved: true }],
        ..Observation::default()
    };
    snapshot.runtime = Some(Runtime { observed: vec![observation], ..Runtime::default() });
    snapshot
}

/// The fixes of the first service, whose Dockerfile is that of its history.
fn fixed(before: &Snapshot) -> Plan {
    let mut snapshot = before.clone();
    let image = &snapshot.images[snapshot.services[0].image];
    let steps = image.history.iter().skip(1).map(|step| readable(&step.created_by).replace('\n', " "));
    let text: String =
        std::iter::once("FROM slim".to_owned()).chain(steps).map(|step| format!("{step}\n")).collect();
    let instruction = |(line, text): (u32, &str)| BuildInstruction {
        line,
        end_line: line,
        keyword: text.split_whitespace().next().unwrap().to_owned(),
        text: text.to_owned(),
        stage: Some(0),
    };
    let instructions = (1..).zip(text.lines()).map(instruction).collect();
    snapshot.services[0].build = Some(BuildFile { instructions, ..BuildFile::default() });
    let files = Files { dockerfile: &text, dockerignore: None, read: &|_| None, compose: None };
    let choice = FixOptions {
        confidence: Confidence::Medium,
        is_meant: &|_| true,
        cpu_index: None,
        has_settings: true,
    };
    plan_service(&snapshot, &snapshot.services[0], &files, &choice).unwrap()
}

fn with_fixes(of: &Fixture, show: impl FnOnce(&Fixes<'_>) -> String) -> String {
    let name = |file: &FixedFile| format!("{file:?}");
    show(&Fixes { service: "backend", plan: &of.plan, name: &name, proof: None, is_reconstructed: false })
}

fn reviewed(of: &Fixture, show: impl FnOnce(&ShownReview<'_>) -> String) -> String {
    let baseline = Baseline::History { revision: "0123456".to_owned(), behind: 2 };
    let review = review(&of.changes.comparison, &of.recorded);
    let decision = Decision::Missed;
    let judgement = &of.judgement;
    let services = vec!["backend".to_owned()];
    let text = "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1 +1 @@\n-RUN a\n+RUN b\n".to_owned();
    let patch = FixPatch { services, text, fixed: 2, saving: Bytes(3_000_000), needs_buildkit: true };
    show(&ShownReview {
        review: &review,
        decision,
        baseline: &baseline,
        judgement,
        accepted: None,
        trend: Some(&of.series),
        patches: &[patch],
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What becomes of a document in a format.
#[derive(Clone, Copy)]
enum Cell {
    /// Rendered in every language.
    Translated(fn(&Fixture, Language) -> String),
    /// Rendered, and the same in every language, for a reason.
    Same(&'static str, fn(&Fixture) -> String),
    /// Not rendered, for a reason.
    Absent(&'static str),
}

use Cell::{Absent, Same, Translated};

const KEYS: &str = "keys and values for programs";
/// No Dockerfile is known.
const NOWHERE: Place<'static> = &|_| None;
const SHOWN: Definitions = Definitions::Shown;
const SHORT: &str = "an answer for the terminal";

/// Every document, in every format that another document has.
const GRID: &[(&str, &str, Cell)] = &[
    ("inspection", "text", Translated(|of, language| text::inspection(&of.inspection, language))),
    ("inspection", "Markdown", Translated(|of, language| markdown::inspection(&of.inspection, language))),
    (
        "inspection",
        "JSON",
        Same(KEYS, |of| written(|out| json::inspection(&of.inspection, None, SHOWN, out))),
    ),
    (
        "Dockerfile",
        "Dockerfile",
        Translated(|of, language| {
            let image = &of.after.images[0];
            dockerfile::text(&reconstruct(&of.after, image, "app", &Base::Scratch), language)
        }),
    ),
    ("pull", "text", Translated(|_, language| pull::text(&pulled(), language))),
    ("pull", "Markdown", Translated(|_, language| pull::markdown(&pulled(), language))),
    ("pull", "JSON", Same(KEYS, |_| written(|out| pull::json(&pulled(), SHOWN, out)))),
    ("platforms", "text", Translated(|_, language| platforms::text(&several(), language))),
    ("platforms", "Markdown", Translated(|_, language| platforms::markdown(&several(), language))),
    ("platforms", "JSON", Same(KEYS, |_| written(|out| platforms::json(&several(), SHOWN, out)))),
    ("fleet", "page (HTML)", Translated(|_, language| page_of_fleet(language))),
    ("fleet", "Markdown", Translated(|_, language| fleet::markdown(&many_images(), language))),
    ("fleet", "JSON", Same(KEYS, |_| written(|out| fleet::json(&many_images(), out)))),
    ("disk", "text", Translated(|_, language| disk::text(&disk_use(&stored()), language))),
    ("disk", "Markdown", Translated(|_, language| disk::markdown(&disk_use(&stored()), language))),
    ("disk", "JSON", Same(KEYS, |_| written(|out| disk::json(&disk_use(&stored()), SHOWN, out)))),
    ("disk since", "text", Translated(|_, language| disk::change_text(&grown(), language))),
    ("disk since", "Markdown", Translated(|_, language| disk::change_markdown(&grown(), language))),
    ("disk since", "JSON", Same(KEYS, |_| written(|out| disk::change_json(&grown(), SHOWN, out)))),
    ("comparison", "text", Translated(|of, language| text::comparison(&of.changes, language))),
    ("comparison", "Markdown", Translated(|of, language| markdown::comparison(&of.changes, language))),
    ("comparison", "JSON", Same(KEYS, |of| written(|out| json::comparison(&of.changes, SHOWN, out)))),
    ("comparison", "CSV", Same(KEYS, |of| csv::services(&of.changes.comparison))),
    (
        "comparison",
        "summary (HTML)",
        Translated(|of, language| summary::of(&of.changes, Some(&of.judgement), language)),
    ),
    ("comparison", "card (SVG, PNG)", Translated(|of, language| card::card(&of.changes, language))),
    (
        "brief",
        "Markdown",
        Translated(|of, language| {
            let parts = brief::of(&of.changes, Some(&of.judgement), language);
            brief::markdown::brief(&verdict::of(&of.changes, language), &parts)
        }),
    ),
    ("comparison", "verdict", Translated(|of, language| verdict::of(&of.changes, language))),
    ("memory", "text", Translated(|of, language| memories::text(&of.memory, language))),
    ("memory", "Markdown", Translated(|of, language| memories::markdown(&of.memory, language))),
    (
        "memory",
        "JSON",
        Same(KEYS, |of| written(|out| json::inspection(&of.inspection, Some(&of.memory), SHOWN, out))),
    ),
    (
        "packages",
        "text",
        Translated(|of, language| packages::text(&of.inventory, Some(25), "--all", language)),
    ),
    (
        "packages",
        "Markdown",
        Translated(|of, language| packages::markdown(&of.inventory, Some(25), language)),
    ),
    ("packages", "JSON", Same(KEYS, |of| written(|out| json::inventory(&of.inventory, SHOWN, out)))),
    ("why", "text", Translated(|of, language| packages::reasons(&of.reasons, language))),
    ("why", "Markdown", Absent(SHORT)),
    ("why", "JSON", Same(KEYS, |of| written(|out| json::reasons(&of.reasons, SHOWN, out)))),
    ("what if", "text", Translated(|of, language| packages::removals(&of.removals, language))),
    ("what if", "Markdown", Absent(SHORT)),
    ("what if", "JSON", Same(KEYS, |of| written(|out| json::removals(&of.removals, SHOWN, out)))),
    (
        "observed packages",
        "text",
        Translated(|of, language| packages::text(&of.observed, None, "--all", language)),
    ),
    (
        "observed packages",
        "Markdown",
        Translated(|of, language| packages::markdown(&of.observed, None, language)),
    ),
    ("observed packages", "JSON", Same(KEYS, |of| written(|out| json::inventory(&of.observed, SHOWN, out)))),
    ("what was opened", "text", Translated(|of, language| packages::kept(&of.kept, language))),
    ("what was opened", "Markdown", Absent(SHORT)),
    ("what was opened", "JSON", Same(KEYS, |of| written(|out| json::kept(&of.kept, SHOWN, out)))),
    ("split", "text", Translated(|of, language| packages::splits(&of.splits, language))),
    ("split", "Markdown", Absent(SHORT)),
    ("split", "JSON", Same(KEYS, |of| written(|out| json::splits(&of.splits, SHOWN, out)))),
    ("findings", "text", Translated(|of, language| findings::text(&of.advice, language))),
    ("findings", "Markdown", Translated(|of, language| findings::markdown(&of.advice, language))),
    ("findings", "JSON", Same(KEYS, |of| written(|out| json::findings(&of.advice, SHOWN, out)))),
    ("findings since", "text", Translated(|of, language| followed::text(&of.progress, language))),
    ("findings since", "Markdown", Translated(|of, language| followed::markdown(&of.progress, language))),
    ("findings since", "JSON", Same(KEYS, |of| written(|out| json::progress(&of.progress, SHOWN, out)))),
    (
        "fixes",
        "text",
        Translated(|of, language| with_fixes(of, |fixes| fixes.text(language, Shown::OnTerminal))),
    ),
    ("fixes", "Markdown", Translated(|of, language| with_fixes(of, |fixes| fixes.markdown(language)))),
    ("fixes", "JSON", Same(KEYS, |of| with_fixes(of, |fixes| written(|out| fixes.json(SHOWN, out))))),
    ("targets", "text", Translated(|of, language| targets::text::judgement(&of.judgement, language))),
    ("targets", "Markdown", Translated(|of, language| targets::markdown::judgement(&of.judgement, language))),
    ("targets", "JSON", Same(KEYS, |of| written(|out| targets::json::judgement(&of.judgement, out)))),
    (
        "targets",
        "last line",
        Translated(|of, language| {
            conclusion(&of.judgement, Gate { strict: true, ideals: true }, language).words
        }),
    ),
    (
        "target file",
        "TOML",
        Translated(|of, language| template(&of.recorded.runtime.as_ref().unwrap().planned, &[], language)),
    ),
    (
        "recommendation",
        "YAML",
        Translated(|of, language| {
            let demands = Demands { service: &|_| Demanded::default(), limits: None, reservations: None };
            compose_override(&recommend(of.recorded.runtime.as_ref().unwrap(), &demands), language)
        }),
    ),
    (
        "review of a change",
        "text",
        Translated(|of, language| reviewed(of, |shown| shown.lines(language).join("\n"))),
    ),
    (
        "review of a change",
        "Markdown",
        Translated(|of, language| {
            reviewed(of, |shown| shown.comment("size", &of.changes, &of.inspection, None, language))
        }),
    ),
    ("review of a change", "JSON", Same(KEYS, reviewed_document)),
    ("watched containers", "JSON", Same(KEYS, |_| watched())),
    ("series", "text", Translated(|of, language| series::text::series(&of.series, language))),
    ("series", "Markdown", Translated(|of, language| series::markdown::series(&of.series, language))),
    ("series", "JSON", Same(KEYS, |of| written(|out| series::json::series(&of.series, SHOWN, out)))),
    (
        "series",
        "chart (SVG, PNG)",
        Translated(|of, language| chart::trend::picture(&of.series, language).svg),
    ),
    ("points of a history", "text", Translated(|of, language| series::text::points(&of.series, language))),
    (
        "findings",
        "SARIF",
        Translated(|of, language| {
            written(|out| sarif::findings(&of.advice, NOWHERE, "0.0.0", language, out))
        }),
    ),
    (
        "findings",
        "code quality",
        Translated(|of, language| written(|out| code_quality::findings(&of.advice, NOWHERE, language, out))),
    ),
    (
        "findings",
        "annotations",
        Translated(|of, language| annotations::findings(&of.advice, NOWHERE, language)),
    ),
    (
        "targets",
        "JUnit",
        Translated(|of, language| junit::judgement(&of.judgement, Gate::default(), language)),
    ),
    (
        "targets",
        "OpenMetrics",
        Same(KEYS, |of| openmetrics::metrics(&of.inspection, None, Some(&of.judgement))),
    ),
    (
        "packages",
        "CycloneDX",
        Same(KEYS, |of| {
            let inventory = inventory(&of.after);
            written(|out| cyclonedx::sbom(&of.after, &inventory, &of.inspection, "0.0.0", out))
        }),
    ),
    ("page without data", "summary (HTML)", Translated(|_, language| summary::nothing(language))),
];

/// The `review.json` of a change.
fn reviewed_document(of: &Fixture) -> String {
    let baseline = Baseline::History { revision: "0123456".to_owned(), behind: 2 };
    let reviewed = Reviewed {
        decision: Decision::Missed,
        passes: false,
        baseline: &baseline,
        review: &review(&of.changes.comparison, &of.recorded),
        judgement: &of.judgement,
        revision: None,
        number: Some(7),
        comment_key: "size",
        only_update: false,
    };
    written(|out| reviewed.write(out))
}

/// A line of the live view, with every field.
fn watched() -> String {
    let container = Container {
        id: "0123456789ab",
        name: "stack-app-1",
        service: Some("app"),
        status: Status::Exited,
        health: Some(HealthStatus::Unhealthy),
        exit_code: Some(137),
        restarts: 2,
        oom_kills: 1,
        memory_limit: Some(512 << 20),
        memory_reservation: Some(256 << 20),
        cpu_limit_millis: Some(1500),
        figures: Figures { cpu_percent: Some(12.5), ..Figures::default() },
    };
    written(|out| Sample::new(1_790_000_000_000, vec![container]).write(out))
}

/// A pull with everything that has words.
fn pulled() -> PullEstimate {
    let layer = PullLayer {
        blob: Bytes(5_000_000),
        unpacked: Bytes(20_000_000),
        entries: 3,
        compression: Compression::Gzip,
        estimated: true,
    };
    PullEstimate {
        service: "app".to_owned(),
        rates: Rates::with_transfer(1_000_000),
        nodes: 3,
        present_layers: 1,
        unknown_layers: 1,
        sent_bytes: Bytes(15_000_000),
        pull: pull_of(&[layer], &Rates::with_transfer(1_000_000)),
        zstd_seconds: 4.0,
        split_seconds: Some(4.5),
    }
}

fn several() -> Vec<PlatformSize> {
    let manifest = |architecture: &str, number| PlatformManifest {
        tags: vec!["app:1".to_owned()],
        platform: Platform { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None },
        digest: Digest::sha256([number; 32]),
        created: Some("2026-11-22T10:00:00Z".to_owned()),
        layers: Some(vec![(Digest::sha256([number; 32]), Some(Bytes(5)))]),
    };
    platform_sizes(&[manifest("amd64", 1), manifest("arm64", 2)])
}

/// A disk with everything that has words.
fn stored() -> Disk {
    let image = |tags: &[&str], layers, is_in_registry| DiskImage {
        id: "sha256:0123456789abcdef".to_owned(),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        is_in_registry: Some(is_in_registry),
        listed_bytes: Bytes(3000),
        listed_shared_bytes: Some(Bytes(1)),
        layers: Some(layers),
        ..DiskImage::default()
    };
    let layer = |bytes| DiskLayer { chain: Digest::sha256([7; 32]), bytes: Bytes(bytes), by_buildkit: true };
    let record = |id: &str, bytes| CacheRecord {
        id: id.to_owned(),
        bytes: Bytes(bytes),
        kind: "regular".to_owned(),
        ..CacheRecord::default()
    };
    let volume = |name: &str, is_anonymous| DiskVolume {
        name: name.to_owned(),
        bytes: Some(Bytes(40)),
        is_local: true,
        is_anonymous,
        ..DiskVolume::default()
    };
    let container = DiskContainer {
        id: "c".to_owned(),
        name: "stopped".to_owned(),
        image: Some(0),
        status: Status::Exited,
        writable_bytes: Some(Bytes(5)),
        log_bytes: Some(Bytes(1)),
        volumes: Some(Vec::new()),
    };
    Disk {
        store: DiskStore::Unpacked,
        layers: vec![layer(1000), layer(2000), layer(7)],
        images: vec![
            image(&["app:1"], vec![0, 1], false),
            image(&["base:1"], vec![0], true),
            image(&[], vec![0, 2], false),
        ],
        containers: Some(vec![container]),
        volumes: Some(vec![volume("data", false), volume("anonymous", true)]),
        cache: Some(vec![record("a", 11)]),
        ..Disk::default()
    }
}

fn grown() -> DiskChange {
    let empty = Disk {
        containers: Some(Vec::new()),
        volumes: Some(Vec::new()),
        cache: Some(Vec::new()),
        ..Disk::default()
    };
    disk_change(&disk_use(&empty), &disk_use(&stored()))
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Words that stand in nearly every English sentence and in no Spanish one.
const ENGLISH: [&str; 14] =
    ["the", "of", "is", "are", "and", "with", "not", "that", "it", "by", "from", "would", "which", "only"];

/// The sentences of a document: its lines without code, which is the same in every language. A comment in code is a
/// sentence, and so are headings, lists and cells of tables.
fn sentences(document: &str, format: &str) -> BTreeSet<String> {
    let mut in_fence = false;
    let mut sentences = BTreeSet::new();
    // A style sheet is not read.
    let style = document
        .split_once("<style>")
        .and_then(|(start, rest)| Some((start, rest.split_once("</style>")?.1)));
    let (start, rest) = style.unwrap_or((document, ""));
    for line in start.lines().chain(rest.lines()) {
        let is_fence = line.trim_start().starts_with("```");
        in_fence ^= is_fence;
        if is_fence || in_fence && !line.trim_start().starts_with('#') || format == "text" && is_code(line) {
            continue;
        }
        let plain = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        for part in plain.split('|') {
            let words = part.split(|character: char| !character.is_alphabetic());
            if words.filter(|word| ENGLISH.contains(&word.to_lowercase().as_str())).count() >= 2 {
                sentences.insert(part.trim().to_owned());
            }
        }
    }
    sentences
}

/// Whether a line is of a Dockerfile or a patch, which text documents show as it is.
fn is_code(line: &str) -> bool {
    ["+", "-", "RUN ", "COPY "].iter().any(|start| line.trim_start().starts_with(start))
}

#[test]
fn every_cell_is_rendered_or_absent_for_a_reason() {
    let of = Fixture::read();
    for (document, format, cell) in GRID {
        let place = format!("{document}, {format}");
        match cell {
            Translated(render) => {
                let [english, spanish] =
                    [Language::English, Language::Spanish].map(|language| render(&of, language));
                assert_ne!(english, spanish, "{place} is the same in both languages");
                let [english, spanish] = [english, spanish].map(|document| sentences(&document, format));
                let shared: Vec<_> = english.intersection(&spanish).collect();
                assert!(shared.is_empty(), "{place} has English sentences in Spanish: {shared:#?}");
            }
            Same(reason, render) => assert!(!reason.is_empty() && !render(&of).is_empty(), "{place}"),
            Absent(reason) => assert!(!reason.is_empty(), "{place}"),
        }
    }
}

#[test]
fn every_json_document_fits_its_schema() {
    let of = Fixture::read();
    for (document, _, cell) in GRID.iter().filter(|(_, format, _)| *format == "JSON") {
        let Same(_, render) = cell else { panic!("{document} is translated") };
        let text = render(&of);
        serde_json::from_str::<KeysOnce>(&text).unwrap_or_else(|error| panic!("{document}: {error}"));
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let name = json["format"].as_str().unwrap();
        let schema = fs::read(root().join(format!("docs/schemas/{name}.schema.json"))).unwrap();
        let schema = jsonschema::draft202012::new(&serde_json::from_slice(&schema).unwrap()).unwrap();
        let faults: Vec<String> =
            schema.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(faults.is_empty(), "{document} does not fit {name}: {faults:#?}");
    }
}

/// JSON in which no object has a key twice: `serde(flatten)` writes such keys without a word, and readers drop one.
struct KeysOnce;

impl<'de> Deserialize<'de> for KeysOnce {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for KeysOnce {
    type Value = Self;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut keys = HashSet::new();
        while let Some((key, _)) = map.next_entry::<String, Self>()? {
            if let Some(key) = keys.replace(key) {
                return Err(serde::de::Error::custom(format!("`{key}` comes twice")));
            }
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
}

#[test]
fn the_table_in_the_documentation_is_this_one() {
    let mut table = "| document | format | languages |\n|---|---|---|\n".to_owned();
    for (document, format, cell) in GRID {
        let languages = match cell {
            Translated(_) => Language::ALL.map(Language::tag).join(", "),
            Same(reason, _) => format!("the same in all: {reason}"),
            Absent(reason) => format!("none: {reason}"),
        };
        let _ = writeln!(table, "| {document} | {format} | {languages} |");
    }
    let documented = fs::read_to_string(root().join("docs/documents.md")).unwrap();
    assert!(documented.contains(&table), "docs/documents.md lacks this table:\n{table}");
}
