//! What is pasted carries no code: every rule is given images made of hostile words, and every line that it suggests, in every
//! format, is run by shells and read by parsers of its language.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "shells run what is suggested")]

mod image;
mod languages;
mod rules;
mod shells;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_analysis::findings::{Action, Finding, Fix, FixKind, RULES, RuleId, StackAdvice, advise_by};
use plimsoll_analysis::lines::{Unfit, shell};
use plimsoll_report::language::Language;
use plimsoll_report::{findings, json};

use self::rules::{PLACES, Place, Words, images};
use self::words::NASTY;

/// The shapes of what a rule suggests, by the action of the lines.
type Shapes = BTreeMap<Key, BTreeSet<Vec<String>>>;
type Key = (RuleId, FixKind, Action);

fn advice(rule: RuleId, words: &Words) -> Vec<StackAdvice> {
    let known: Vec<_> = RULES.iter().filter(|known| known.id == rule).collect();
    images(rule.as_str(), words).iter().map(|snapshot| advise_by(snapshot, &known, None)).collect()
}

fn found(advice: &[StackAdvice]) -> impl Iterator<Item = &Finding> {
    advice.iter().flat_map(|one| one.services.iter().flat_map(|service| &service.findings).chain(&one.stack))
}

fn key(rule: RuleId, fix: &Fix) -> Key {
    (rule, fix.kind, fix.action)
}

/// Every shape that plain words give. Each rule has to print a fix at least once, and every image one of its findings.
fn plain() -> (Shapes, BTreeSet<String>) {
    let (mut shapes, mut commands) = (Shapes::new(), BTreeSet::new());
    for rule in RULES {
        let advice = advice(rule.id, &Words::plain());
        for (index, one) in advice.iter().enumerate() {
            assert!(
                found(std::slice::from_ref(one)).count() > 0,
                "{}: image {index} has no finding",
                rule.id
            );
        }
        let fixes: Vec<&Fix> = found(&advice).flat_map(|finding| &finding.fixes).collect();
        assert!(!fixes.is_empty(), "{} never prints a fix", rule.id);
        assert!(
            found(&advice).all(|finding| finding.left_out.is_empty()),
            "{} leaves out plain words",
            rule.id
        );
        for fix in fixes {
            shapes.entry(key(rule.id, fix)).or_default().insert(languages::shape(fix));
            commands.extend(languages::commands(fix));
        }
    }
    (shapes, commands)
}

#[test]
fn no_word_of_an_image_becomes_code() {
    let (shapes, plain_commands) = plain();
    let (mut to_run, mut left_out) = (BTreeSet::new(), 0_usize);
    std::thread::scope(|scope| {
        let tried: Vec<_> = RULES.iter().map(|rule| scope.spawn(|| attack(rule.id, &shapes))).collect();
        for (commands, unfit) in tried.into_iter().map(|tried| tried.join().unwrap()) {
            to_run.extend(commands);
            left_out += unfit;
        }
    });
    // Lines of this program alone need no shell to be trusted, and some write to `/etc`.
    to_run.retain(|command| !plain_commands.contains(command));
    assert!(left_out > 1_000, "{left_out} fixes are left out");
    assert!(to_run.len() > 100, "{} commands were run", to_run.len());
    shells::run_all(&to_run);
}

/// The commands that a rule suggests for hostile words in every place, and how often it suggests none.
fn attack(rule: RuleId, shapes: &Shapes) -> (BTreeSet<String>, usize) {
    let (mut to_run, mut left_out, mut seen) = (BTreeSet::new(), 0, BTreeSet::new());
    let plain = format!("{:?}", fixes(&advice(rule, &Words::plain())));
    let with = |places: &[Place], word: &str| {
        places.iter().fold(Words::plain(), |mut words, place| {
            place(&mut words, word.as_bytes());
            words
        })
    };
    // A rule reads only some places; a word in one that it does not read changes nothing.
    let reads = |place: &&Place| {
        let words = ["other", "7", "a\nb", "$(x)", "aa/bb"].map(|word| with(&[**place], word));
        words.iter().any(|words| format!("{:?}", fixes(&advice(rule, words))) != plain)
    };
    let places: Vec<Place> = PLACES.iter().filter(reads).copied().collect();
    for nasty in NASTY {
        let each = places.iter().map(|place| with(&[*place], nasty));
        for words in each.chain([with(&PLACES, nasty)]) {
            let advice = advice(rule, &words);
            for finding in found(&advice) {
                left_out += finding.left_out.len();
                for fix in &finding.fixes {
                    let key = key(rule, fix);
                    let known = shapes.get(&key).unwrap_or_else(|| panic!("{key:?} is new for {words:?}"));
                    languages::check(fix, known, &words, nasty);
                    // What the image runs by itself is its own affair.
                    let is_own = [&words.run, &words.user, &words.list].contains(&&(*nasty).to_owned())
                        || [RuleId::BuildTools, RuleId::UnusedPackages].contains(&rule)
                            && words.package == *nasty
                            && fix.replaces.is_some();
                    if !is_own {
                        to_run.extend(languages::commands(fix));
                    }
                }
            }
            if seen.insert(format!("{:?}", fixes(&advice))) {
                formats(&advice);
            }
        }
    }
    (to_run, left_out)
}

/// What is suggested and what is left out.
fn fixes(advice: &[StackAdvice]) -> Vec<(&[Fix], &[Unfit])> {
    found(advice).map(|finding| (&finding.fixes[..], &finding.left_out[..])).collect()
}

/// Text, Markdown and JSON have the lines to the letter, so what holds for a fix holds for them; and they say what is left out.
fn formats(advice: &[StackAdvice]) {
    for advice in advice {
        let language = Language::English;
        let (text, markdown) = (findings::text(advice, language), findings::markdown(advice, language));
        let mut document = Vec::new();
        json::findings(advice, json::Definitions::Shown, &mut document).unwrap();
        let document: serde_json::Value = serde_json::from_slice(&document).unwrap();
        let listed: Vec<&serde_json::Value> = (document["services"].as_array().unwrap().iter())
            .flat_map(|service| service["findings"].as_array().unwrap())
            .chain(document["stack"].as_array().unwrap())
            .collect();
        let mut fences = languages::fences(&markdown).into_iter();
        for (finding, listed) in found(std::slice::from_ref(advice)).zip(listed) {
            for (at, fix) in finding.fixes.iter().enumerate() {
                assert_eq!(listed["fixes"][at]["lines"], *fix.lines);
                let sign = if fix.replaces.is_some() { "+ " } else { "" };
                let shown: String = fix.lines.lines().map(|line| format!("      {sign}{line}\n")).collect();
                assert!(text.contains(&shown), "{shown}\n{text}");
                let fence = fences.next().unwrap();
                let sign = sign.trim_end();
                let pasted: Vec<&str> = match sign {
                    "" => fence.lines().collect(),
                    _ => fence.lines().filter_map(|line| line.strip_prefix(sign)).collect(),
                };
                assert_eq!(pasted, fix.lines.lines().collect::<Vec<_>>(), "{markdown}");
            }
            assert_eq!(listed["left_out"].as_array().unwrap().len(), finding.left_out.len());
        }
        assert_eq!(fences.next(), None);
    }
}

#[test]
fn a_path_reaches_a_program_to_the_letter() {
    let words: Vec<(&str, String)> = (NASTY.iter())
        .filter_map(|nasty| Some((*nasty, shell::path(nasty.as_bytes()).ok()?.to_string())))
        .collect();
    assert!(words.len() > 60);
    for shell in shells::all() {
        for (nasty, word) in &words {
            assert_eq!(shells::printed(shell, word), format!("/{nasty}"), "{shell}");
        }
    }
}

#[test]
fn files_that_are_written_have_every_name_to_the_letter() {
    for nasty in NASTY {
        let service = plimsoll_snapshot::runtime::PlannedService {
            name: (*nasty).to_owned(),
            ..plimsoll_snapshot::runtime::PlannedService::default()
        };
        let text = plimsoll_report::targets::template::template(
            std::slice::from_ref(&service),
            &[],
            Language::Spanish,
        );
        let document: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(document["services"].as_table().unwrap().contains_key(*nasty) || *nasty == "*", "{text}");
        languages::overrides(nasty);
    }
}
