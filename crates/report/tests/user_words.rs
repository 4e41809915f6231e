//! What users wrote stands in every language as they wrote it: titles, notes, labels, names, and all that a finding quotes
//! from an image.

use plimsoll_analysis::findings::{
    Action, Advice, Confidence, Evidence, Finding, Fix, Followed, Headline, Identity, Ledger, LedgerCause,
    LedgerLine, Note, Outcome, Progress, RuleId, ServiceProgress, Severity, StackAdvice, Subject,
};
use plimsoll_analysis::lines::{Unfit, ValueKind};
use plimsoll_analysis::memory::compare::{GateDetail, GateValue};
use plimsoll_analysis::memory::recommend::{Open, SettingReason};
use plimsoll_analysis::memory::{CommandRefusal, LogReason};
use plimsoll_analysis::targets::{Part, Reason, ServerBasis, Title};
use plimsoll_report::language::{Language, Messages};
use plimsoll_report::memory::{Line, ServiceLine};
use plimsoll_report::{findings, progress};
use plimsoll_snapshot::{
    ArtifactKind, ByteDelta, Bytes, DiffId, Digest, Ecosystem, FaultPlace, MetadataFault, MetadataProblem,
    NotAnImage, Warning,
};

/// Figures, names and words that also stand in sentences of the report.
const WORDS: [&str; 15] = [
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
    "{file|files}",
    "1.2.3 in the image",
    "deleted by layer 3, same as a and 2 more",
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

fn headlines(words: &str) -> Vec<Headline> {
    let by = || Some(words.to_owned());
    vec![Headline::StoredAgain { by: by() }, Headline::DeletedLater { by: by() }]
}

fn subjects(words: &str) -> Vec<Subject> {
    let name = || words.to_owned();
    let other = || "x".to_owned();
    vec![
        Subject::Path { path: name() },
        Subject::Pattern { pattern: name() },
        Subject::Package { package: name(), ecosystem: None },
        Subject::Package { package: name(), ecosystem: Some(Ecosystem::Npm) },
        Subject::PackageAt { package: name(), directory: other() },
        Subject::PackageAt { package: other(), directory: name() },
        Subject::Instruction { instruction: name() },
        Subject::Setting { setting: name() },
        Subject::Service { service: name() },
        Subject::Image { image: name() },
    ]
}

fn notes(words: &str) -> Vec<Note> {
    let name = || words.to_owned();
    let other = || "x".to_owned();
    vec![
        Note::SameAs { path: name(), more: 0 },
        Note::SameAs { path: name(), more: 2 },
        Note::Model { name: name() },
        Note::RunsAgainAfter { copy: name() },
        Note::AlsoAt { package: name(), directory: other() },
        Note::AlsoAt { package: other(), directory: name() },
        Note::ForeignPackages { count: 9, packages: vec![other(), name()] },
    ]
}

/// Faults that name a package, and that repeat what a library or an older snapshot says.
fn warnings(words: &str) -> Vec<Warning> {
    let name = || words.to_owned();
    let fault = |fault: MetadataFault| Warning::UnreadableMetadata {
        layer: DiffId::new(Digest::sha256([1; 32])),
        path: "a".to_owned(),
        fault,
    };
    let skipped = |what| Warning::SkippedManifest { digest: Digest::sha256([2; 32]), what };
    vec![
        fault(MetadataFault::from(MetadataProblem::RestTooLarge).at(FaultPlace::Named(name()))),
        fault(MetadataFault::from(MetadataProblem::InvalidJson).on_line(3).because(words)),
        fault(MetadataFault::verbatim(name())),
        skipped(NotAnImage::Verbatim(name())),
        skipped(NotAnImage::Artifact { kind: ArtifactKind::Chart, tool: Some(name()) }),
        skipped(NotAnImage::ArtifactType(name())),
        skipped(NotAnImage::MediaType(name())),
    ]
}

#[test]
fn the_rest_of_a_warning_is_in_the_language_of_the_document() {
    let fault = MetadataFault { reader: "apk".to_owned(), ..MetadataProblem::NotAField.into() };
    let layer = DiffId::new(Digest::sha256([1; 32]));
    let warning =
        Warning::UnreadableMetadata { layer: layer.clone(), path: "a".to_owned(), fault: fault.on_line(3) };
    let text = |language: Language| language.warning(&warning);
    assert_eq!(text(Language::English), format!("layer {layer}: `a`: apk: line 3: expected `KEY: VALUE`"));
    assert_eq!(
        text(Language::Spanish),
        format!("capa {layer}: `a`: apk: línea 3: se esperaba `CLAVE: VALOR`")
    );
    let what = NotAnImage::Artifact { kind: ArtifactKind::Signature, tool: Some("Cosign".to_owned()) };
    let warning = Warning::SkippedManifest { digest: Digest::sha256([2; 32]), what };
    assert!(Language::English.warning(&warning).ends_with(": a Cosign signature"));
    assert!(Language::Spanish.warning(&warning).ends_with(": firma de Cosign"));
}

#[test]
fn findings_quote_an_image_as_it_is_in_every_language() {
    for language in Language::ALL {
        let messages = &language.words().messages;
        for words in WORDS {
            let mut told: Vec<String> = headlines(words).iter().map(messages.headline).collect();
            told.extend(subjects(words).iter().map(messages.subject));
            told.extend(notes(words).iter().map(messages.note));
            told.extend(warnings(words).iter().map(|warning| language.warning(warning)));
            told.push((messages.unfit)(&Unfit { what: ValueKind::User, value: words.to_owned() }));
            for text in told {
                assert!(text.contains(words), "{}: {text:?} has no {words:?}", language.name());
            }
        }
    }
}

/// A finding whose texts all hold the same words.
fn finding(words: &str) -> Finding {
    let evidence = Evidence {
        subject: Subject::Service { service: words.to_owned() },
        bytes: Bytes(1_500_000),
        layer: Some(1),
        instruction: Some(words.to_owned()),
        line: Some(3),
        note: Some(Note::Model { name: words.to_owned() }),
    };
    Finding {
        rule: RuleId::RewrittenFiles,
        service: words.to_owned(),
        headline: Headline::StoredAgain { by: Some(words.to_owned()) },
        severity: Severity::High,
        confidence: Confidence::Low,
        saving: Bytes(1_500_000),
        evidence: vec![evidence],
        evidence_count: 1,
        fixes: vec![Fix::instead_of(words, Action::MountCache, "RUN a")],
        left_out: vec![Unfit { what: ValueKind::Service, value: words.to_owned() }],
        inodes: [0].into(),
        parts: [].into(),
        identity: Identity::default(),
    }
}

#[test]
fn reports_on_findings_hold_the_words_of_an_image_to_the_letter() {
    for words in WORDS {
        let advice = Advice {
            service: words.to_owned(),
            findings: vec![finding(words)],
            accepted: Vec::new(),
            more: 0,
            size_bytes: Bytes(9_000_000),
            saving: Bytes(1_500_000),
            possible_saving: Bytes(1_500_000),
        };
        let followed = Followed {
            finding: finding(words),
            outcome: Outcome::Part,
            saved: Bytes(1),
            shared: Bytes(1),
            remains: Bytes(2),
            moved: Bytes(1),
            added: Bytes(1),
            found_after: Bytes(3),
        };
        let service = ServiceProgress {
            service: words.to_owned(),
            predicted: Bytes(9),
            saved: Bytes(1),
            ledger: Ledger {
                before: Bytes(9),
                after: Bytes(8),
                lines: vec![LedgerLine { cause: LedgerCause::Finding(0), delta: ByteDelta(-1) }],
            },
            findings: vec![followed],
            new: vec![finding(words)],
            known: Vec::new(),
            accepted: Vec::new(),
        };
        let (advice, became) = (
            StackAdvice { services: vec![advice], stack: vec![], accepted: vec![] },
            Progress { services: vec![service] },
        );
        for language in Language::ALL {
            // Its service, its title, its subject, its note, what it replaces, and what is left out.
            let text = findings::text(&advice, language);
            assert_eq!(text.matches(words).count(), 6, "{}: {text}", language.name());
            // The title twice, in the table and over its details. Markdown escapes or quotes what would be markup.
            let bare = |text: &str| text.replace(['\\', '`', ' '], "");
            let markdown = bare(&findings::markdown(&advice, language));
            assert_eq!(markdown.matches(&bare(words)).count(), 7, "{}: {markdown}", language.name());
            let text = progress::text(&became, language);
            // Its service, its title, that of the new one, and that of the line of the ledger. Titles are cut.
            let start = words.get(..24).unwrap_or(words);
            assert_eq!(text.matches(start).count(), 4, "{}: {text}", language.name());
        }
    }
}
