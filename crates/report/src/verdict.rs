//! The one sentence that says what came of it: in the title, the page, the terminal and the pull request.

use std::collections::BTreeMap;

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::{Comparison, ServiceComparison, SizeChange};
use plimsoll_snapshot::Bytes;

use crate::format;
use crate::language::Language;

/// The number of services that the sentence names.
const NAMED: usize = 4;

/// The verdict on a comparison.
#[must_use]
pub fn verdict(comparison: &Comparison, language: Language) -> String {
    let words = language.words();
    let subject = match &comparison.services[..] {
        [] => return words.nothing_to_compare.to_owned(),
        [only] if only.before.is_none() => {
            return format!("{}.", (words.weighs)(&name(only), &language.bytes(only.size.after).to_string()));
        }
        [only] => return format!("{}.", service_clause(only, language)),
        services => (words.stack_of)(&services.len().to_string()),
    };
    let services = &comparison.services;
    let clause = |service: &ServiceComparison| {
        if comparison.has_before() {
            short_clause(service, language)
        } else {
            format!("{} {}", name(service), language.bytes(service.size.after))
        }
    };
    let mut named: Vec<_> = services.iter().take(NAMED).map(clause).collect();
    if services.len() > NAMED {
        named.push((words.and_more)(&(services.len() - NAMED).to_string()));
    }
    if !comparison.has_before() {
        let size = language.bytes(comparison.total.after).to_string();
        return format!("{}: {}.", (words.weighs)(&subject, &size), named.join(", "));
    }
    format!("{subject} {}: {}.", movement(&comparison.total, language), named.join(", "))
}

/// The verdict on two snapshots. Where they hold no images, it is about the memory they were recorded for.
#[must_use]
pub fn of(changes: &Changes, language: Language) -> String {
    let without_images = changes.comparison.services.is_empty();
    let memory = without_images.then(|| memory_clause(changes, language)).flatten();
    memory.unwrap_or_else(|| verdict(&changes.comparison, language))
}

/// The title of a page about two snapshots.
#[must_use]
pub fn title_of(changes: &Changes, language: Language) -> String {
    let comparison = &changes.comparison;
    let is_about_memory = comparison.services.is_empty() && memory_clause(changes, language).is_some();
    if is_about_memory { language.words().memory.to_owned() } else { title(comparison, language) }
}

/// `backend 825 MiB → 422 MiB, postgres 72 MiB`: the most that each service took.
fn memory_clause(changes: &Changes, language: Language) -> Option<String> {
    let mut services: BTreeMap<&str, [Option<Bytes>; 2]> = BTreeMap::new();
    for (side, memory) in changes.running.iter().enumerate() {
        for service in memory.iter().flat_map(|memory| &memory.services) {
            if let Some(taken) = &service.working_set {
                services.entry(&service.name).or_default()[side] = Some(taken.max);
            }
        }
    }
    let mut named: Vec<String> = services
        .iter()
        .take(NAMED)
        .map(|(name, taken)| {
            let taken: Vec<String> = taken.iter().flatten().map(|most| language.memory(*most)).collect();
            format!("{} {}", format::name(name), taken.join(" → "))
        })
        .collect();
    if services.len() > NAMED {
        named.push((language.words().and_more)(&(services.len() - NAMED).to_string()));
    }
    (!named.is_empty()).then(|| (language.words().most_taken)(&named.join(", ")))
}

/// The verdict in a few characters, for the title of the page.
#[must_use]
pub fn title(comparison: &Comparison, language: Language) -> String {
    let SizeChange { before, after, .. } = comparison.total;
    if !comparison.has_before() {
        return language.bytes(after).to_string();
    }
    format!("{} → {}{}", language.bytes(before), language.bytes(after), relative(&comparison.total, language))
}

/// The name of a service, as long as a sentence takes it.
#[must_use]
pub fn name(service: &ServiceComparison) -> String {
    format::name(&service.name)
}

fn movement(size: &SizeChange, language: Language) -> String {
    let words = language.words();
    let figure = |bytes: Bytes| language.bytes(bytes).to_string();
    let moved = |clause: fn(&str, &str) -> String| {
        format!("{}{}", clause(&figure(size.before), &figure(size.after)), relative(size, language))
    };
    match size.delta.0 {
        ..=-1 => moved(words.fell),
        0 => (words.stayed)(&figure(size.after)),
        1.. => moved(words.grew),
    }
}

fn relative(size: &SizeChange, language: Language) -> String {
    size.percent().map(|change| format!(" ({})", language.percent(change))).unwrap_or_default()
}

fn service_clause(service: &ServiceComparison, language: Language) -> String {
    let (words, name) = (language.words(), name(service));
    match (&service.before, &service.after) {
        (None, _) => (words.is_new)(&name, &language.bytes(service.size.after).to_string()),
        (_, None) => (words.is_gone)(&name, &language.bytes(service.size.before).to_string()),
        _ => format!("{name} {}", movement(&service.size, language)),
    }
}

fn short_clause(service: &ServiceComparison, language: Language) -> String {
    let words = language.words();
    let what = match (&service.before, &service.after, service.size.percent()) {
        (None, _, _) => words.new.to_owned(),
        (_, None, _) => words.gone.to_owned(),
        _ if service.size.delta.0 == 0 => words.unchanged.to_owned(),
        (_, _, Some(change)) => language.percent(change),
        _ => language.delta(service.size.delta).to_string(),
    };
    format!("{} {what}", name(service))
}
