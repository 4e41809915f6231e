//! What holds of every snapshot, wherever it comes from, and of every judgement of it.

use plimsoll_analysis::compare::Comparison;
use plimsoll_analysis::findings::{advise_stack, progress};
use plimsoll_analysis::inspect::{Inspection, inspect};
use plimsoll_analysis::packages::{inventory, reasons, removals, splits};
use plimsoll_analysis::{Changes, memory, targets};
use plimsoll_report::json::Definitions;
use plimsoll_report::language::Language;
use plimsoll_report::{
    card, compose_override, csv, findings as findings_report, json, markdown, memory as memory_report,
    packages as packages_report, progress as progress_report, summary, targets as targets_report, text,
};
use plimsoll_snapshot::{Bundle, Bytes, EntryKind, Image, Node, Snapshot, read, write_gzip, write_json};

/// Sums that saturate are sums no more.
const ABSURD: u128 = u64::MAX as u128 / 4;

/// What is written is read again, in the same bytes; the sizes of an image sum.
pub(crate) fn snapshot(snapshot: &Snapshot) {
    let mut plain = Vec::new();
    write_json(snapshot, &mut plain).expect("memory takes everything");
    let again = read(&plain[..]).unwrap_or_else(|error| panic!("what is written is read again: {error}"));
    assert!(again == *snapshot, "what is written is read again as it was");
    let mut twice = Vec::new();
    write_json(&again, &mut twice).expect("memory takes everything");
    assert!(plain == twice, "the same snapshot, the same bytes");
    let mut packed = Vec::new();
    write_gzip(snapshot, &mut packed).expect("memory takes everything");
    assert!(read(&packed[..]).is_ok_and(|unpacked| unpacked == *snapshot), "packed is the same");
    inspection(snapshot, &inspect(snapshot));
}

fn inspection(snapshot: &Snapshot, inspection: &Inspection) {
    for (service, image) in snapshot.services.iter().zip(&inspection.images) {
        let stored = stored(snapshot, &snapshot.images[service.image]);
        if stored > ABSURD {
            continue;
        }
        assert_eq!(u128::from(image.size_bytes.0), stored, "the image is the files of its layers");
        assert_eq!(image.size_bytes, image.final_tree_bytes + image.hidden_bytes);
        assert_eq!(image.size_bytes, image.layers.iter().map(|layer| layer.file_bytes).sum());
        assert_eq!(image.hidden_bytes, image.layers.iter().map(|layer| layer.hidden_bytes).sum());
        assert_eq!(image.hidden_bytes, image.hidden.iter().map(|hidden| hidden.bytes).sum());
        assert!(image.duplicate_bytes <= image.final_tree_bytes);
        assert!(image.dive_efficiency.is_none_or(|score| (0.0..=1.0).contains(&score)));
    }
    assert!(inspection.stack.unique_bytes <= inspection.stack.sum_bytes);
}

/// The bytes of all files of an image, added up apart.
fn stored(snapshot: &Snapshot, image: &Image) -> u128 {
    let contents = image.layers.iter().filter_map(|layer| snapshot.layers[layer.layer].contents.as_ref());
    let entries = contents.flat_map(|contents| contents.entries.iter());
    let sizes = entries.map(|entry| match entry.node {
        Node::File { size, .. } => u128::from(size.0),
        node => {
            assert_ne!(node.kind(), EntryKind::File);
            0
        }
    });
    sizes.sum()
}

/// Everything that can be worked out of two snapshots, and every form it is written in.
pub(crate) fn everything(before: &Snapshot, after: &Snapshot) {
    let (changes, trees) = Changes::with_trees(before, after, [None, None]);
    bridges(before, after, &changes.comparison);
    for trees in &trees {
        shown(&csv::changed_files(&trees.union));
    }
    let itself = plimsoll_analysis::compare::compare(after, after);
    assert_eq!(itself.total.delta.0, 0);
    for service in &itself.services {
        assert!(service.bridge.iter().all(|step| step.delta.0 == 0), "nothing changes into itself");
        assert_eq!(service.files.added.files + service.files.removed.files, 0);
    }
    render(&changes);
    packages(after);
    findings(before, after);
    running(before, after);
    bundle(before, after);
}

fn bridges(before: &Snapshot, after: &Snapshot, comparison: &Comparison) {
    for service in &comparison.services {
        let side = |snapshot: &Snapshot| {
            let found = snapshot.services.iter().find(|known| known.name == service.name);
            found.map_or(0, |found| stored(snapshot, &snapshot.images[found.image]))
        };
        if side(before) + side(after) < ABSURD {
            let sum: i64 = service.bridge.iter().map(|step| step.delta.0).sum();
            assert_eq!(sum, service.size.delta.0, "the bridge leads from before to after");
        }
    }
}

fn render(changes: &Changes) {
    json::comparison(changes, Definitions::Shown, std::io::sink()).expect("a sink takes everything");
    shown(&csv::services(&changes.comparison));
    for language in Language::ALL {
        shown(&text::comparison(changes, language));
        assert!(markdown::comparison(changes, language).len() < 300_000);
        shown(&summary::of(changes, None, language));
        shown(&card::card(changes, language));
    }
}

fn packages(snapshot: &Snapshot) {
    let inspection = inspect(snapshot);
    json::inspection(&inspection, None, Definitions::Shown, std::io::sink())
        .expect("a sink takes everything");
    shown(&text::inspection(&inspection, Language::English));
    shown(&markdown::inspection(&inspection, Language::Spanish));
    let inventory = inventory(snapshot);
    for (service, image) in snapshot.services.iter().zip(&inventory.images) {
        if stored(snapshot, &snapshot.images[service.image]) > ABSURD {
            continue;
        }
        let sum = |of: fn(&plimsoll_analysis::packages::Owned) -> Bytes| -> Bytes {
            image.owners.iter().map(|share| of(&share.owned)).sum()
        };
        assert_eq!(sum(|owned| owned.tree_bytes), image.final_tree_bytes, "every byte has one owner");
        assert_eq!(sum(|owned| owned.image_bytes), image.size_bytes, "every byte has one owner");
        for package in image.packages.iter() {
            assert!(package.tree_bytes <= package.image_bytes);
            assert!(package.retained_tree_bytes <= image.final_tree_bytes);
            assert!(package.retained_image_bytes <= image.size_bytes);
        }
    }
    json::inventory(&inventory, Definitions::Shown, std::io::sink()).expect("a sink takes everything");
    let names: Vec<String> = inventory
        .images
        .iter()
        .flat_map(|image| image.packages.iter())
        .map(|package| package.name.clone())
        .collect();
    let (removals, _) = removals(snapshot, &names[..names.len().min(3)]);
    let splits = splits(snapshot);
    for language in Language::ALL {
        shown(&packages_report::text(&inventory, None, "--all", language));
        shown(&packages_report::markdown(&inventory, Some(3), language));
        for name in names.iter().take(3) {
            shown(&packages_report::reasons(&reasons(snapshot, name), language));
        }
        shown(&packages_report::removals(&removals, language));
        shown(&packages_report::splits(&splits, language));
    }
}

fn findings(before: &Snapshot, after: &Snapshot) {
    let advice = advise_stack(after);
    for service in &advice.services {
        assert!(service.saving <= service.possible_saving && service.possible_saving <= service.size_bytes);
        assert!(service.findings.iter().all(|finding| finding.saving <= service.size_bytes));
    }
    assert!(advice == advise_stack(after), "the same snapshot, the same findings");
    json::findings(&advice, Definitions::Shown, std::io::sink()).expect("a sink takes everything");
    let progress = progress(before, after);
    for service in &progress.services {
        assert!(service.saved <= service.predicted, "no more is saved than was predicted");
        let ledger = &service.ledger;
        // Larger sums saturate.
        if ledger.before.0.max(ledger.after.0) < 1 << 62 {
            let sum: i128 = ledger.lines.iter().map(|line| i128::from(line.delta.0)).sum();
            assert_eq!(sum, i128::from(ledger.delta().0), "the lines lead from one size to the other");
        }
    }
    for language in Language::ALL {
        shown(&findings_report::text(&advice, language));
        shown(&findings_report::markdown(&advice, language));
        shown(&progress_report::text(&progress, language));
        shown(&progress_report::markdown(&progress, language));
    }
    json::progress(&progress, Definitions::Shown, std::io::sink()).expect("a sink takes everything");
}

/// What runs, if it is known.
pub(crate) fn running(before: &Snapshot, after: &Snapshot) {
    if let Some(runtime) = &after.runtime {
        let judged = memory::memory(runtime);
        for language in Language::ALL {
            shown(&memory_report::text(&judged, language));
            shown(&memory_report::markdown(&judged, language));
        }
        serde_json::to_string(&judged).expect("it is a document");
        let recommended = memory::recommend::recommend(runtime, &memory::recommend::Demands::none());
        for language in Language::ALL {
            shown(&compose_override::compose_override(&recommended, language));
        }
        shown(&targets_report::template::template(&runtime.planned, &[], Language::Spanish));
        let other = before.runtime.as_ref().unwrap_or(runtime);
        let comparison = memory::compare::compare(other, runtime);
        for language in Language::ALL {
            shown(&memory_report::comparison_text(&comparison, language));
            shown(&memory_report::comparison_markdown(&comparison, language));
        }
    }
    let targets = targets::parse(EVERY_TARGET).expect("it is a target file");
    judged(&targets, before, after);
}

/// Judges a snapshot, and writes the judgement.
pub(crate) fn judged(targets: &targets::Targets, before: &Snapshot, after: &Snapshot) {
    let probes = std::collections::BTreeMap::from([("a".to_owned(), 0)]);
    for before in [None, Some(before)] {
        let judgement = targets::judge(targets, before, after, &probes);
        let required = judgement.outcomes.iter().filter(|outcome| outcome.required).count() as u64;
        assert_eq!(judgement.passed + judgement.failed + judgement.unknown, required);
        for language in Language::ALL {
            shown(&targets_report::text::judgement(&judgement, language));
            shown(&targets_report::markdown::judgement(&judgement, language));
        }
        targets_report::json::judgement(&judgement, std::io::sink()).expect("a sink takes everything");
    }
}

fn bundle(before: &Snapshot, after: &Snapshot) {
    let bundle = Bundle { before: before.clone(), after: after.clone(), ..Bundle::default() };
    let mut file = Vec::new();
    bundle.write_gzip(&mut file).expect("memory takes everything");
    let again = Bundle::read(&file[..]).expect("what is written is read again");
    let mut twice = Vec::new();
    again.write_gzip(&mut twice).expect("memory takes everything");
    assert!(file == twice, "the same bundle, the same bytes");
    assert_eq!(inspect(&again.before), inspect(before));
    assert_eq!(inspect(&again.after), inspect(after));
}

/// Whatever a person sees holds no control character, which a terminal would obey, and none that turns the text round.
fn shown(text: &str) {
    let is_obeyed = |character: &char| {
        character.is_control() && !"\r\n".contains(*character)
            || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert_eq!(text.chars().find(is_obeyed), None, "in {text:?}");
}

/// Every target there is.
pub(crate) const EVERY_TARGET: &str = r#"
version = 1
[stack]
size = "1 MB"
size_sum = "1 MB"
reduction = "50 %"
reduction_sum = { minimum = "50 %", ideal = "60 %" }
growth = "1 %"
limits = "1 GB"
limits_with_swap = "1 GB"
reservations = "1 GB"
fits_host = true
memory_under_load = "1 GB"
start_up = "1 min"
[services."*"]
size = "1 MB"
reduction = "1 %"
growth = "1 %"
layer_growth = "1 %"
hidden = "1 kB"
packages_not_allowed = ["torch", "python:six"]
image_built = true
runs = true
healthy = true
limit = "1 GB"
reservation = "512 MB"
limit_respected = true
no_swap = true
no_oom = true
memory_under_load = "1 GB"
start_up = "90 s"
logs = true
log_size = "10 MB"
context = "10 MB"
oom_score_adj = 300
postgres = { fits = true, shared_buffers = "128 MB", work_mem = "4 MB", maintenance_work_mem = "32 MB", max_connections = 50 }
[cost]
reduction = "40 %"
host_reserve = "512 MB"
headroom = "20 %"
sizes = [{ name = "4 GB", memory = "4 GB", price = 20.0 }]
[[checks]]
id = "a"
title = "A"
"#;
