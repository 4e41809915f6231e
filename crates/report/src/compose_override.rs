//! Recommendations as a compose override: a file for `docker compose -f compose.yml -f compose.override.yml`.

use std::fmt::Write as _;

use plimsoll_analysis::lines::yaml;
use plimsoll_analysis::memory::recommend::{Recommendation, Recommended, ServiceRecommendation, Setting};
use plimsoll_snapshot::Bytes;

use crate::language::Language;

/// The override, with a comment for each line that says why.
#[must_use]
pub fn compose_override(recommendation: &Recommendation, language: Language) -> String {
    let messages = &language.words().messages;
    let words = &language.words().terminal;
    let mut text = String::new();
    comment(&mut text, 0, words.override_written);
    comment(&mut text, 0, words.override_units);
    for exceeded in &recommendation.open {
        comment(&mut text, 0, &(messages.exceeded)(exceeded));
    }
    text.push_str("services:");
    // Compose refuses a file with a name that it does not take, and all of it with it.
    let takes = |service: &&ServiceRecommendation| yaml::service(&service.name).is_ok();
    if !recommendation.services.iter().any(|service| takes(&service)) {
        text.push_str(" {}");
    }
    text.push('\n');
    for service in recommendation.services.iter().filter(takes) {
        text.push_str(&section(service, language));
    }
    for service in recommendation.services.iter().filter(|service| !takes(service)) {
        let name = yaml::quoted(&service.name);
        comment(&mut text, 2, &(words.override_without)(&name));
    }
    text
}

fn section(service: &ServiceRecommendation, language: Language) -> String {
    let mut text = format!("  {}:", yaml::quoted(&service.name));
    if service.settings.is_empty() {
        text.push_str(" {}");
    }
    text.push('\n');
    for open in &service.open {
        comment(&mut text, 4, &(language.words().messages.open)(open));
    }
    // Compose refuses a file in which two ways to say one thing differ, so both are written.
    let find = |wanted: fn(&Setting) -> Option<Bytes>| {
        service.settings.iter().find_map(|one| wanted(&one.setting).map(|bytes| (bytes, one)))
    };
    let limit = find(|setting| if let Setting::Limit(bytes) = setting { Some(*bytes) } else { None });
    let reservation =
        find(|setting| if let Setting::Reservation(bytes) = setting { Some(*bytes) } else { None });
    let counted: Vec<(&str, &str, String, &Recommended)> = service
        .settings
        .iter()
        .filter_map(|one| counted(&one.setting).map(|(a, b, c)| (a, b, c, one)))
        .collect();
    if limit.is_some() || reservation.is_some() || !counted.is_empty() {
        text.push_str("    deploy:\n      resources:\n");
        if limit.is_some() || !counted.is_empty() {
            text.push_str("        limits:\n");
        }
        if let Some((bytes, recommended)) = limit {
            reasons(&mut text, 10, recommended, language);
            let _ = writeln!(text, "          memory: {}", mebibytes(bytes));
        }
        for (name, _, value, recommended) in &counted {
            reasons(&mut text, 10, recommended, language);
            let _ = writeln!(text, "          {name}: {value}");
        }
        if let Some((bytes, recommended)) = reservation {
            text.push_str("        reservations:\n");
            reasons(&mut text, 10, recommended, language);
            let _ = writeln!(text, "          memory: {}", mebibytes(bytes));
        }
        comment(&mut text, 4, language.words().terminal.override_short_form);
        for (name, found) in [("mem_limit", limit), ("mem_reservation", reservation)] {
            if let Some((bytes, _)) = found {
                let _ = writeln!(text, "    {name}: {}", mebibytes(bytes));
            }
        }
        for (_, name, value, _) in &counted {
            let _ = writeln!(text, "    {name}: {value}");
        }
    }
    for recommended in &service.settings {
        let is_written = matches!(
            recommended.setting,
            Setting::Limit(_) | Setting::Reservation(_) | Setting::Cpus(_) | Setting::Pids(_)
        );
        if is_written {
            continue;
        }
        reasons(&mut text, 4, recommended, language);
        text.push_str(&lines(&recommended.setting));
    }
    text
}

/// A limit that is a count: its name below `limits`, its short form, and its value.
fn counted(setting: &Setting) -> Option<(&'static str, &'static str, String)> {
    match setting {
        Setting::Cpus(millis) => Some(("cpus", "cpus", cpus(*millis))),
        Setting::Pids(count) => Some(("pids", "pids_limit", count.to_string())),
        _ => None,
    }
}

/// Thousandths of a CPU as a number of CPUs, in quotes as Compose has it.
pub(crate) fn cpus(millis: u64) -> String {
    format!("\"{}.{}\"", millis / 1000, millis % 1000 / 100)
}

fn lines(setting: &Setting) -> String {
    match setting {
        Setting::Limit(_) | Setting::Reservation(_) | Setting::Cpus(_) | Setting::Pids(_) => String::new(),
        Setting::Environment(variables) => {
            let mut text = "    environment:\n".to_owned();
            for (name, value) in variables {
                let _ = writeln!(text, "      {name}: {}", yaml::quoted(value));
            }
            text
        }
        Setting::LimitWithSwap(bytes) => format!("    memswap_limit: {}\n", mebibytes(*bytes)),
        Setting::OomScore(score) => format!("    oom_score_adj: {score}\n"),
        Setting::Shm(bytes) => format!("    shm_size: {}\n", mebibytes(*bytes)),
        Setting::Log { megabytes, files } => format!(
            "    logging:\n      driver: json-file\n      options:\n        max-size: \"{megabytes}m\"\n        max-file: \"{files}\"\n"
        ),
        Setting::HealthCheck { test, interval_s } => {
            let test =
                test.as_ref().map(|test| format!("      test: {}\n", yaml::list(test))).unwrap_or_default();
            format!("    healthcheck:\n{test}      interval: {interval_s}s\n")
        }
        Setting::Command(command) => format!("    command: {}\n", yaml::list(command)),
    }
}

fn reasons(text: &mut String, indent: usize, recommended: &Recommended, language: Language) {
    let words = language.words().messages.setting_reason;
    recommended.reasons.iter().for_each(|reason| comment(text, indent, &words(reason)));
}

fn comment(text: &mut String, indent: usize, words: &str) {
    let _ = writeln!(text, "{:indent$}{}", "", yaml::comment(words));
}

/// In mebibytes if it is a whole number of them, else in bytes.
fn mebibytes(bytes: Bytes) -> String {
    if bytes.0.is_multiple_of(1 << 20) { format!("{}M", bytes.0 >> 20) } else { format!("{}b", bytes.0) }
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::memory::LogReason;
    use plimsoll_analysis::memory::recommend::{Open, SettingReason};

    use super::*;

    #[test]
    fn a_command_is_written_word_by_word() {
        let words = ["postgres", "-c", "log_line_prefix=%m  [%p] \t\"$x\" '", ""].map(str::to_owned);
        let line = lines(&Setting::Command(words.to_vec()));
        assert_eq!(
            line,
            "    command: [\"postgres\", \"-c\", \"log_line_prefix=%m  [%p] \\x09\\\"$$x\\\" '\", \"\"]\n"
        );
    }

    #[test]
    fn every_line_says_why_and_nothing_breaks_out() {
        let driver = || LogReason::NoMaxSize { driver: "x\nit: #".into() };
        let why = SettingReason::Log { now: Some(driver()), megabytes: 30 };
        let limit = Recommended { setting: Setting::Limit(Bytes(1 << 30)), reasons: vec![why] };
        let score = Recommended { setting: Setting::OomScore(300), reasons: vec![SettingReason::Demanded] };
        let service = ServiceRecommendation {
            name: "a.b-1".into(),
            settings: vec![limit, score],
            open: vec![Open::NoHealthCheck],
        };
        let odd = ServiceRecommendation { name: "a: \"b\"\n$x".into(), ..service.clone() };
        let written =
            |services| compose_override(&Recommendation { services, open: Vec::new() }, Language::English);
        let text = written(vec![odd.clone(), service]);
        assert!(text.contains("  \"a.b-1\":\n    # it has no health check\n    deploy:\n"), "{text}");
        let left_out =
            "  # left out: Compose does not take \"a: \\\"b\\\"\\x0a$x\" for the name of a service\n";
        assert!(text.ends_with(left_out), "{text}");
        assert!(written(vec![odd]).contains("\nservices: {}\n"));
        let why =
            "          # `x it: #` without `max-size` grows without limit: 30 MB per container instead\n";
        assert!(text.contains(&format!("{why}          memory: 1024M\n")), "{text}");
        let score = "    mem_limit: 1024M\n    # required by the targets\n    oom_score_adj: 300\n";
        assert!(text.contains(score), "{text}");
    }
}
