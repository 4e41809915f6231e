//! What users wrote stands in every language as they wrote it: titles, notes, labels, names.

use plimsoll_analysis::memory::compare::{GateDetail, GateValue};
use plimsoll_analysis::memory::recommend::{Open, SettingReason};
use plimsoll_analysis::memory::{CommandRefusal, LogReason};
use plimsoll_analysis::targets::{Part, Reason, ServerBasis, Title};
use plimsoll_report::language::{Language, Messages};
use plimsoll_report::memory::{Line, ServiceLine};
use plimsoll_snapshot::{Bytes, Ecosystem};

/// Figures, names and words that also stand in sentences of the report.
const WORDS: [&str; 12] = [
    "A backup of the database was restored",
    "Proof of concept",
    "3.11 is the Python we use (docs.example.org)",
    "load",
    "usage",
    "no limit: usage",
    "at most 1.50 GB",
    "1 of 2",
    "{}",
    "{0} of {name}, 12 345.678 MiB",
    "duration: 3.5 s",
    "la carga 1,5",
];

fn reasons(words: &str) -> Vec<Reason> {
    let (name, list) = (|| words.to_owned(), || vec![words.to_owned()]);
    let (memory, basis) = (Bytes(1), ServerBasis::Targets);
    vec![
        Reason::ImageNotWhole { service: name() },
        Reason::LayerGrown { instruction: Some(name()), before: Bytes(1), after: Bytes(2) },
        Reason::MostHidden { bytes: Bytes(1), layer: 1, file: Some(name()) },
        Reason::PackageFound { name: name(), version: "1.5".into(), ecosystem: Ecosystem::Python },
        Reason::PackageFound { name: "x".into(), version: name(), ecosystem: Ecosystem::Python },
        Reason::NoHealthyStart { services: list() },
        Reason::WithoutLimit { services: list() },
        Reason::LimitUnknownOf { services: list() },
        Reason::ReservationUnknownOf { services: list() },
        Reason::Parts { parts: vec![Part { service: name(), bytes: Bytes(1), replicas: 2 }] },
        Reason::LogDriver { driver: name() },
        Reason::Log { reason: LogReason::SentElsewhere { driver: name() } },
        Reason::Attested { by: name(), on: "2026-01-31".into(), note: None },
        Reason::Attested { by: "Ana".into(), on: name(), note: None },
        Reason::Attested { by: "Ana".into(), on: "2026-01-31".into(), note: Some(name()) },
        Reason::NoProbe { check: name() },
        Reason::ServerPrice { price: 1.5, memory, basis, size: Some(name()) },
    ]
}

fn told(messages: &Messages, words: &str) -> Vec<String> {
    let name = || words.to_owned();
    let mut told: Vec<String> = reasons(words).iter().map(messages.reason).collect();
    let titles = [Title::Check { title: name() }, Title::PackageAbsent { package: name() }];
    told.extend(titles.iter().map(messages.title));
    let (before, after) = (vec![GateValue::Text(name())], vec![GateValue::Text("x".into())]);
    let detail = GateDetail::Values { before, after, tolerance_percent: None };
    told.push((messages.gate_detail)(&detail));
    let log = LogReason::NoMaxSize { driver: name() };
    told.push((messages.setting_reason)(&SettingReason::Log { now: Some(log), megabytes: 30 }));
    let why = CommandRefusal::Variables;
    told.push((messages.open)(&Open::CommandKept { why, settings: name() }));
    told.push((messages.line)(&Line::Of { service: words, line: ServiceLine::Restarted(1) }));
    told.push((messages.line)(&Line::NotCounted(&[name()])));
    told
}

#[test]
fn user_words_stay_as_they_are_in_every_language() {
    for language in Language::ALL {
        for words in WORDS {
            for text in told(&language.words().messages, words) {
                assert!(text.contains(words), "{}: {text:?} has no {words:?}", language.name());
            }
        }
    }
}
