//! Recommendations as a compose override: a file for `docker compose -f compose.yml -f compose.override.yml`.

use std::fmt::Write as _;

use plimsoll_analysis::lines::yaml;
use plimsoll_analysis::memory::recommend::{Recommendation, Recommended, ServiceRecommendation, Setting};
use plimsoll_snapshot::Bytes;

/// The override, with a comment for each line that says why.
#[must_use]
pub fn compose_override(recommendation: &Recommendation) -> String {
    let mut text =
        "# Written by `plimsoll recommend`: docker compose -f compose.yml -f compose.override.yml up\n"
            .to_owned();
    text.push_str("# Memory is binary: 1024M = 1 GiB. The size of logs is decimal: 10m = 10 MB.\n");
    for open in &recommendation.open {
        comment(&mut text, 0, open);
    }
    text.push_str("services:");
    // Compose refuses a file with a name that it does not take, and all of it with it.
    let takes = |service: &&ServiceRecommendation| yaml::service(&service.name).is_ok();
    if !recommendation.services.iter().any(|service| takes(&service)) {
        text.push_str(" {}");
    }
    text.push('\n');
    for service in recommendation.services.iter().filter(takes) {
        text.push_str(&section(service));
    }
    for service in recommendation.services.iter().filter(|service| !takes(service)) {
        let name = yaml::quoted(&service.name);
        comment(&mut text, 2, &format!("left out: Compose does not take {name} for the name of a service"));
    }
    text
}

fn section(service: &ServiceRecommendation) -> String {
    let mut text = format!("  {}:", yaml::quoted(&service.name));
    if service.settings.is_empty() {
        text.push_str(" {}");
    }
    text.push('\n');
    for open in &service.open {
        comment(&mut text, 4, open);
    }
    // Compose refuses a file in which two ways to say one thing differ, so both are written.
    let find = |wanted: fn(&Setting) -> Option<Bytes>| {
        service.settings.iter().find_map(|one| wanted(&one.setting).map(|bytes| (bytes, one)))
    };
    let limit = find(|setting| if let Setting::Limit(bytes) = setting { Some(*bytes) } else { None });
    let reservation =
        find(|setting| if let Setting::Reservation(bytes) = setting { Some(*bytes) } else { None });
    if limit.is_some() || reservation.is_some() {
        text.push_str("    deploy:\n      resources:\n");
        for (name, found) in [("limits", limit), ("reservations", reservation)] {
            let Some((bytes, recommended)) = found else { continue };
            let _ = writeln!(text, "        {name}:");
            reasons(&mut text, 10, recommended);
            let _ = writeln!(text, "          memory: {}", mebibytes(bytes));
        }
        comment(
            &mut text,
            4,
            "the same for files that say it the short way: compose takes both only if they agree",
        );
        for (name, found) in [("mem_limit", limit), ("mem_reservation", reservation)] {
            if let Some((bytes, _)) = found {
                let _ = writeln!(text, "    {name}: {}", mebibytes(bytes));
            }
        }
    }
    for recommended in &service.settings {
        if matches!(recommended.setting, Setting::Limit(_) | Setting::Reservation(_)) {
            continue;
        }
        reasons(&mut text, 4, recommended);
        text.push_str(&lines(&recommended.setting));
    }
    text
}

fn lines(setting: &Setting) -> String {
    match setting {
        Setting::Limit(_) | Setting::Reservation(_) => String::new(),
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

fn reasons(text: &mut String, indent: usize, recommended: &Recommended) {
    recommended.reasons.iter().for_each(|reason| comment(text, indent, reason));
}

fn comment(text: &mut String, indent: usize, words: &str) {
    let _ = writeln!(text, "{:indent$}{}", "", yaml::comment(words));
}

/// In whole mebibytes where it is so many, else in bytes.
fn mebibytes(bytes: Bytes) -> String {
    if bytes.0.is_multiple_of(1 << 20) { format!("{}M", bytes.0 >> 20) } else { format!("{}b", bytes.0) }
}

#[cfg(test)]
mod tests {
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
        let limit =
            Recommended { setting: Setting::Limit(Bytes(1 << 30)), reasons: vec!["because\nit: #".into()] };
        let score =
            Recommended { setting: Setting::OomScore(300), reasons: vec!["can be started again".into()] };
        let service = ServiceRecommendation {
            name: "a.b-1".into(),
            settings: vec![limit, score],
            open: vec!["no check".into()],
        };
        let odd = ServiceRecommendation { name: "a: \"b\"\n$x".into(), ..service.clone() };
        let text =
            compose_override(&Recommendation { services: vec![odd.clone(), service], open: Vec::new() });
        assert!(text.contains("  \"a.b-1\":\n    # no check\n    deploy:\n"), "{text}");
        let left_out =
            "  # left out: Compose does not take \"a: \\\"b\\\"\\x0a$x\" for the name of a service\n";
        assert!(text.ends_with(left_out), "{text}");
        assert!(
            compose_override(&Recommendation { services: vec![odd], open: Vec::new() })
                .contains("\nservices: {}\n")
        );
        assert!(text.contains("          # because it: #\n          memory: 1024M\n"), "{text}");
        assert!(
            text.contains("    mem_limit: 1024M\n    # can be started again\n    oom_score_adj: 300\n"),
            "{text}"
        );
    }
}
