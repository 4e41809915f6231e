//! Documents × formats × languages: every cell is rendered, or absent for a reason. `docs/documents.md` has the same table.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![expect(clippy::disallowed_methods, reason = "tests read their fixtures")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_analysis::Changes;
use plimsoll_analysis::findings::{Confidence, Progress, StackAdvice, advise_stack, progress};
use plimsoll_analysis::fix::{Choice, Files, FixedFile, Plan, plan_service};
use plimsoll_analysis::inspect::{Inspection, inspect};
use plimsoll_analysis::instruction::readable;
use plimsoll_analysis::memory::recommend::{Demanded, Demands, recommend};
use plimsoll_analysis::memory::{Memory, memory};
use plimsoll_analysis::packages::{Inventory, Reasons, Removal, Split, inventory, reasons, removals, splits};
use plimsoll_analysis::targets::{Judgement, judge};
use plimsoll_report::compose_override::compose_override;
use plimsoll_report::fix::{Fixes, Shown};
use plimsoll_report::language::Language;
use plimsoll_report::targets::conclusion::{Gate, conclusion};
use plimsoll_report::targets::template::template;
use plimsoll_report::{
    card, csv, findings, json, markdown, memory as memories, packages, progress as followed, summary,
    targets, text, verdict,
};
use plimsoll_snapshot::{BuildFile, BuildInstruction, Snapshot};

/// Snapshots of a real stack, with and without a recording.
struct Fixture {
    changes: Changes,
    inspection: Inspection,
    recorded: Snapshot,
    memory: Memory,
    advice: StackAdvice,
    plan: Plan,
    progress: Progress,
    inventory: Inventory,
    reasons: Vec<Reasons>,
    removals: Vec<Removal>,
    splits: Vec<Split>,
    judgement: Judgement,
}

impl Fixture {
    fn read() -> Self {
        let file = |name: &str| fs::read(root().join("examples").join(name)).unwrap();
        let snapshot = |name| plimsoll_snapshot::read(&file(name)[..]).unwrap();
        let [before, after] = ["agente-before.plimsoll", "agente-after.plimsoll"].map(snapshot);
        let recorded = snapshot("agente-after-memory.plimsoll");
        let mut targets =
            plimsoll_analysis::targets::parse(&String::from_utf8(file("plimsoll.toml")).unwrap()).unwrap();
        // Words of a user are the same in every language: `user_words.rs`.
        targets.name = None;
        Self {
            changes: Changes::between(&before, &after),
            inspection: inspect(&after),
            memory: memory(recorded.runtime.as_ref().unwrap()),
            advice: advise_stack(&before),
            plan: fixed(&before),
            progress: progress(&before, &after),
            inventory: inventory(&before),
            reasons: reasons(&before, "torch"),
            removals: removals(&before, &["torch".to_owned()]).0,
            splits: splits(&before),
            judgement: judge(&targets, Some(&before), &after, &BTreeMap::new()),
            recorded,
        }
    }
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
    let choice =
        Choice { confidence: Confidence::Medium, is_meant: &|_| true, cpu_index: None, has_settings: true };
    plan_service(&snapshot, &snapshot.services[0], &files, &choice).unwrap()
}

fn with_fixes(of: &Fixture, show: impl FnOnce(&Fixes<'_>) -> String) -> String {
    let name = |file: &FixedFile| format!("{file:?}");
    show(&Fixes { service: "backend", plan: &of.plan, name: &name, proof: None, is_reconstructed: false })
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
const SHORT: &str = "an answer for the terminal";

/// Every document, in every format that another document has.
const GRID: &[(&str, &str, Cell)] = &[
    ("inspection", "text", Translated(|of, language| text::inspection(&of.inspection, language))),
    ("inspection", "Markdown", Translated(|of, language| markdown::inspection(&of.inspection, language))),
    ("inspection", "JSON", Same(KEYS, |of| written(|out| json::inspection(&of.inspection, out)))),
    ("comparison", "text", Translated(|of, language| text::comparison(&of.changes, language))),
    ("comparison", "Markdown", Translated(|of, language| markdown::comparison(&of.changes, language))),
    ("comparison", "JSON", Same(KEYS, |of| written(|out| json::comparison(&of.changes, out)))),
    ("comparison", "CSV", Same(KEYS, |of| csv::services(&of.changes.comparison))),
    ("comparison", "summary (HTML)", Translated(|of, language| summary::of(&of.changes, language))),
    ("comparison", "card (SVG, PNG)", Translated(|of, language| card::card(&of.changes, language))),
    ("comparison", "verdict", Translated(|of, language| verdict::of(&of.changes, language))),
    ("memory", "text", Translated(|of, language| memories::text(&of.memory, language))),
    ("memory", "Markdown", Translated(|of, language| memories::markdown(&of.memory, language))),
    (
        "memory",
        "JSON",
        Same(KEYS, |of| written(|out| memories::inspection_json(&of.inspection, &of.memory, out))),
    ),
    ("packages", "text", Translated(|of, language| packages::text(&of.inventory, Some(25), language))),
    (
        "packages",
        "Markdown",
        Translated(|of, language| packages::markdown(&of.inventory, Some(25), language)),
    ),
    ("packages", "JSON", Same(KEYS, |of| written(|out| json::inventory(&of.inventory, out)))),
    ("why", "text", Translated(|of, language| packages::reasons(&of.reasons, language))),
    ("why", "Markdown", Absent(SHORT)),
    ("why", "JSON", Same(KEYS, |of| written(|out| json::reasons(&of.reasons, out)))),
    ("what if", "text", Translated(|of, language| packages::removals(&of.removals, language))),
    ("what if", "Markdown", Absent(SHORT)),
    ("what if", "JSON", Same(KEYS, |of| written(|out| json::removals(&of.removals, out)))),
    ("split", "text", Translated(|of, language| packages::splits(&of.splits, language))),
    ("split", "Markdown", Absent(SHORT)),
    ("split", "JSON", Same(KEYS, |of| written(|out| json::splits(&of.splits, out)))),
    ("findings", "text", Translated(|of, language| findings::text(&of.advice, language))),
    ("findings", "Markdown", Translated(|of, language| findings::markdown(&of.advice, language))),
    ("findings", "JSON", Same(KEYS, |of| written(|out| json::findings(&of.advice, out)))),
    ("findings since", "text", Translated(|of, language| followed::text(&of.progress, language))),
    ("findings since", "Markdown", Translated(|of, language| followed::markdown(&of.progress, language))),
    ("findings since", "JSON", Same(KEYS, |of| written(|out| json::progress(&of.progress, out)))),
    (
        "fixes",
        "text",
        Translated(|of, language| with_fixes(of, |fixes| fixes.text(language, Shown::OnTerminal))),
    ),
    ("fixes", "Markdown", Translated(|of, language| with_fixes(of, |fixes| fixes.markdown(language)))),
    ("fixes", "JSON", Same(KEYS, |of| with_fixes(of, |fixes| written(|out| fixes.json(out))))),
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
        Same("its comments quote `docs/targets.md`, which is English", |of| {
            template(&of.recorded.runtime.as_ref().unwrap().planned)
        }),
    ),
    (
        "recommendation",
        "YAML",
        Translated(|of, language| {
            let demands = Demands { service: &|_| Demanded::default(), limits: None, reservations: None };
            compose_override(&recommend(of.recorded.runtime.as_ref().unwrap(), &demands), language)
        }),
    ),
    ("page without data", "summary (HTML)", Translated(|_, language| summary::nothing(language))),
];

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Words that stand in nearly every English sentence and in no Spanish one.
const ENGLISH: [&str; 14] =
    ["the", "of", "is", "are", "and", "with", "not", "that", "it", "by", "from", "would", "which", "only"];

/// The sentences of a document: its lines without code, which is the same in every language.
fn sentences(document: &str) -> BTreeSet<String> {
    let mut in_fence = false;
    let mut sentences = BTreeSet::new();
    for line in document.lines() {
        let is_fence = line.starts_with("```");
        in_fence ^= is_fence;
        if is_fence || in_fence {
            continue;
        }
        let plain = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        let words = plain.split(|character: char| !character.is_alphabetic());
        if words.filter(|word| ENGLISH.contains(&word.to_lowercase().as_str())).count() >= 2 {
            sentences.insert(plain.trim().to_owned());
        }
    }
    sentences
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
                let [english, spanish] = [english, spanish].map(|document| sentences(&document));
                let shared: Vec<_> = english.intersection(&spanish).filter(|line| !is_code(line)).collect();
                assert!(shared.is_empty(), "{place} has English sentences in Spanish: {shared:#?}");
            }
            Same(reason, render) => assert!(!reason.is_empty() && !render(&of).is_empty(), "{place}"),
            Absent(reason) => assert!(!reason.is_empty(), "{place}"),
        }
    }
}

/// Whether a line is of a Dockerfile, which text documents show as it is.
fn is_code(line: &str) -> bool {
    ["+ ", "- ", "RUN ", "COPY ", "#"].iter().any(|start| line.starts_with(start))
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
