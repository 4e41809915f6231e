//! The brief, over values.

use plimsoll_analysis::findings::{Headline, NamedFinding, RULES, Severity};
use plimsoll_analysis::improvements::Improvement;
use plimsoll_analysis::regressions::{Regression, RegressionKind};
use plimsoll_snapshot::Snapshot;

use super::*;

fn empty() -> Changes {
    Changes::between(&Snapshot::default(), &Snapshot::default())
}

fn fixed(rule: RuleId, saved: u64) -> FixedFinding {
    let finding = NamedFinding { rule, headline: Headline::Bytecode, severity: Severity::Low };
    FixedFinding { finding, saved: Bytes(saved) }
}

fn improved(service: &str, findings: Vec<FixedFinding>) -> Improvement {
    let saved = findings.iter().map(|fixed| fixed.saved).sum();
    Improvement {
        service: Some(service.to_owned()),
        kind: ImprovementKind::FixedFindings { findings, saved },
    }
}

#[test]
fn nothing_is_said_of_nothing() {
    assert_eq!(of(&empty(), None, Language::English), []);
}

#[test]
fn what_was_done_is_told_by_rule_over_all_services() {
    let improvements = vec![
        improved("app", vec![fixed(RuleId::RootUser, 0), fixed(RuleId::CudaLibraries, 2_000_000_000)]),
        improved(
            "worker",
            vec![fixed(RuleId::CudaLibraries, 500_000_000), fixed(RuleId::Locales, 3_000_000_000)],
        ),
    ];
    let changes = Changes { improvements, ..empty() };
    let told = |language| {
        let parts = of(&changes, None, language);
        let [part] = &parts[..] else { panic!("{parts:?}") };
        let lines = part.lines.iter().map(|line| (line.text.clone(), line.figure.clone()));
        (part.key, lines.collect::<Vec<_>>())
    };
    let line = |text: &str, figure: Option<&str>| (text.to_owned(), figure.map(str::to_owned));
    assert_eq!(
        told(Language::English),
        (
            "done",
            vec![
                line("Removed translations that the service does not use", Some("3.00 GB")),
                line("Removed GPU libraries that the service does not use", Some("2.50 GB")),
                line("Stopped running with administrator rights", None),
            ]
        )
    );
    assert_eq!(
        told(Language::Spanish).1[1],
        line("Se han quitado bibliotecas de GPU que el servicio no usa", Some("2,50 GB"))
    );
}

#[test]
fn bad_news_comes_first_and_names_stay_text() {
    let service = Some("<a|b>".to_owned());
    let changes = Changes {
        regressions: vec![Regression { service: service.clone(), kind: RegressionKind::Unhealthy }],
        improvements: vec![Improvement { service, kind: ImprovementKind::BoundedLog }],
        ..empty()
    };
    let parts = of(&changes, None, Language::English);
    assert_eq!(parts[0].key, "risk");
    assert_eq!(parts[0].lines.iter().map(|line| line.tone).collect::<Vec<_>>(), [Tone::Bad, Tone::Good]);
    let text = markdown::brief("It fell.", &parts);
    assert_eq!(
        text,
        "**It fell.**\n\n## Risk and operation\n\n- ▲ `<a\\|b>`: unhealthy\n- ▼ `<a\\|b>`: log size limited\n"
    );
}

#[test]
fn no_text_of_a_rule_has_jargon() {
    for language in Language::ALL {
        for rule in RULES.iter().map(|rule| rule.id) {
            let Work { done, open } = (language.words().brief.work)(rule);
            for text in [done, open] {
                assert!(!text.is_empty() && !text.contains(['`', '/', '<', '_']), "{text}");
            }
        }
    }
}
