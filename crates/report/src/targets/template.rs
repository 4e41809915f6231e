//! The first `plimsoll.toml` of a stack, with a comment for each choice.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use plimsoll_analysis::lines::toml;
use plimsoll_snapshot::runtime::{PlannedService, UnreadLimit};

use crate::format::memory;
use crate::language::Language;

/// A target file for these services, as their compose file plans them; without any, one to fill in. `dive` are the gates of a
/// `.dive-ci`, as keys and values.
#[must_use]
pub fn template(services: &[PlannedService], dive: &[(&str, String)], language: Language) -> String {
    let words = language.words().template;
    let mut text = words.head.to_owned();
    let limits: Option<u64> = services
        .iter()
        .map(|service| Some(service.limits.memory?.0.saturating_mul(service.replicas.unwrap_or(1))))
        .try_fold(0_u64, |sum, limit| Some(sum.saturating_add(limit?)));
    match limits.filter(|_| !services.is_empty()) {
        Some(sum) => {
            let sum = plimsoll_snapshot::Bytes(sum);
            let _ = writeln!(text, "# {}\nlimits = \"{}\"", words.limits_of_compose, memory(sum));
        }
        None => {
            let _ = writeln!(text, "# {}\n# limits = \"2304 MB\"", words.limits);
        }
    }
    text.push_str(words.stack);
    text.push_str(words.each);
    if dive.iter().all(|(key, _)| *key != "hidden") {
        let _ = writeln!(text, "# {}\nhidden = \"50 MB\"", words.hidden);
    }
    if !dive.is_empty() {
        let _ = writeln!(text, "# {}", words.dive);
    }
    for (key, value) in dive {
        let _ = writeln!(text, "{key} = \"{value}\"");
    }
    // A table may be there once, and `*` stands for every service.
    let mut written = BTreeSet::from(["*"]);
    for service in services.iter().filter(|service| written.insert(&service.name)) {
        let _ = writeln!(text, "\n[services.{}]", toml::key(&service.name));
        text.push_str("# size = \"500 MB\"\n");
        match service.limits.memory.filter(|limit| !limit.is_zero()) {
            Some(limit) => {
                let _ = writeln!(text, "# {}\nlimit = \"{}\"", words.as_planned, memory(limit));
            }
            None => {
                let is_unread = service.limits.unread.contains(&UnreadLimit::Memory);
                let why = if is_unread { words.limit_unread } else { words.no_limit };
                let _ = writeln!(text, "# {why}\n# limit = \"512 MB\"");
            }
        }
        if let Some(reservation) = service.limits.reservation.filter(|bytes| !bytes.is_zero()) {
            let _ = writeln!(text, "reservation = \"{}\"", memory(reservation));
        }
        if let Some(score @ -1000..=1000) = service.limits.oom_score_adj {
            let _ = writeln!(text, "oom_score_adj = {score}");
        }
        if service.health_check.as_ref().is_some_and(plimsoll_snapshot::runtime::Probe::is_disabled) {
            let _ = writeln!(text, "# {}\nhealthy = false", words.no_health_check);
        }
    }
    text.push_str(words.tail);
    text
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::targets::parse;
    use plimsoll_snapshot::Bytes;
    use plimsoll_snapshot::runtime::Limits;

    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        assert!(Language::ALL.iter().all(|&language| parse(&template(&[], &[], language)).is_ok()));
        let limits = Limits { memory: Some(Bytes(1 << 30)), ..Limits::default() };
        let service = |name: &str| PlannedService {
            name: name.into(),
            limits: limits.clone(),
            ..PlannedService::default()
        };
        let text = template(&[service("backend"), service("odd \"name\"\n[x]")], &[], Language::Spanish);
        let targets = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(targets.services.len(), 3);
        assert!(targets.services.contains_key("odd \"name\"\n[x]"));
        assert!(text.contains("limits = \"2 GiB\""), "{text}");
        // What looks alike stays apart, and what is there twice is written once.
        let names = ["a b", "a  b", "a\tb", "a\u{85}b", " a b", "", "*", "a b", "a\u{feff}b", "\u{7f}"];
        let dive = [("hidden", "20 B".into()), ("dive_efficiency", "95 %".into())];
        let text = template(&names.map(service), &dive, Language::English);
        let targets = parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert!(names.iter().all(|name| targets.services.contains_key(*name)), "{text}");
    }
}
