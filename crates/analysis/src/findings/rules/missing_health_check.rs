//! Services without a health check.

use crate::findings::evidence::Subject;
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{Dockerfile, Line, line};

pub(super) const RULE: Rule = Rule { id: RuleId::MissingHealthCheck, check: Check::Image(check) };

fn check(input: &Input<'_>) -> Vec<Finding> {
    let config = &input.image.config;
    let Some(exposed) = config.exposed_ports.first().filter(|_| config.health_check.is_none()) else {
        return Vec::new();
    };
    let is_planned = input.snapshot.runtime.as_ref().is_some_and(|runtime| {
        runtime
            .planned
            .iter()
            .any(|planned| planned.name == input.service() && planned.health_check.is_some())
    });
    if is_planned {
        return Vec::new();
    }
    let mut finding = input.remark(
        RULE.id,
        Headline::MissingHealthCheck,
        Subject::Setting { setting: format!("EXPOSE {exposed}") },
    );
    (finding.severity, finding.confidence) = (Severity::Low, Confidence::Medium);
    let (number, protocol) = exposed.split_once('/').unwrap_or((exposed, "tcp"));
    if let (Ok(port), "tcp") = (number.parse::<u16>(), protocol)
        && let Some(command) = command(input, port)
    {
        let lines = line!("HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \\\n    CMD ", command);
        finding.fixes.push(Fix::new(Action::AddHealthCheck, lines));
    }
    vec![finding]
}

/// A command that queries the service with a program of the image.
fn command(input: &Input<'_>, port: u16) -> Option<Line<Dockerfile>> {
    let has = |program: &str| input.has_program(program);
    let asking = |before: &'static str, behind: &'static str| {
        line!(before, "http://127.0.0.1:", Line::number(port), "/", behind)
    };
    Some(match port {
        5432 => r#"["pg_isready", "-h", "127.0.0.1"]"#.into(),
        6379 => r#"["redis-cli", "ping"]"#.into(),
        3306 => r#"["mysqladmin", "ping", "-h", "127.0.0.1"]"#.into(),
        27017 => r#"["mongosh", "--quiet", "--eval", "db.adminCommand('ping')"]"#.into(),
        _ if has("curl") => asking(r#"["curl", "-fsS", ""#, r#""]"#),
        _ if has("wget") => asking(r#"["wget", "-qO", "/dev/null", ""#, r#""]"#),
        _ if has("python3") || has("python") => {
            asking(r#"["python3", "-c", "import urllib.request as u; u.urlopen('"#, r#"', timeout=3)"]"#)
        }
        _ if has("node") => asking(
            r#"["node", "-e", "fetch('"#,
            r#"').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]"#,
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::HealthCheck;

    use super::*;
    use crate::findings::check::check_config;

    #[test]
    fn the_check_uses_what_is_there() {
        let found = check_config(&RULE, &["f usr/bin/python3 1"], |config| {
            config.exposed_ports = vec!["8000/tcp".into()];
        });
        assert!(found[0].fixes[0].lines.contains("urlopen('http://127.0.0.1:8000/'"));
    }

    #[test]
    fn without_a_port_or_with_a_check_there_is_nothing_to_say() {
        assert_eq!(check_config(&RULE, &["f a 1"], |_| {}), []);
        let found = check_config(&RULE, &["f a 1"], |config| {
            config.exposed_ports = vec!["8000/tcp".into()];
            config.health_check = Some(HealthCheck { test: vec!["NONE".into()], ..HealthCheck::default() });
        });
        assert_eq!(found, []);
    }
}
