//! A service that runs as root.

use crate::findings::evidence::Subject;
use crate::findings::finding::{Confidence, Finding, Severity};
use crate::findings::fixes::{Action, Fix};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::lines::{Dockerfile, Line, dockerfile, line, names, step};

pub(super) const RULE: Rule = Rule { id: RuleId::RootUser, check: Check::Image(check) };

fn check(input: &Input<'_>) -> Vec<Finding> {
    let user = input.image.config.user.split(':').next().unwrap_or_default();
    let gives_up = ["gosu", "su-exec", "setpriv", "s6-setuidgid"];
    let starts_elsewhere = || {
        let script =
            input.image.config.entrypoint.first().is_some_and(|program| program.contains("entrypoint"));
        script && gives_up.iter().any(|program| input.has_program(program))
    };
    if !matches!(user, "" | "0" | "root") || !input.is_service() || starts_elsewhere() {
        return Vec::new();
    }
    let subject = match &*input.image.config.user {
        "" => Subject::NoUser,
        user => Subject::Setting { setting: format!("USER {user}") },
    };
    let mut finding = input.remark(RULE.id, Headline::RootUser, subject);
    // An attacker cannot reach a service that listens on no port.
    let is_open = !input.image.config.exposed_ports.is_empty();
    finding.severity = if is_open { Severity::Medium } else { Severity::Low };
    finding.confidence = Confidence::High;
    if let Some(user) = made_user(input) {
        finding.fixes.push(Fix::new(Action::UseExistingUser, line!("USER ", user)));
    } else {
        let make = if input.has_program("useradd") || !input.has_program("apk") {
            "useradd --system --uid 10001 --no-create-home app"
        } else {
            "adduser -S -D -H -u 10001 app"
        };
        let lines = line!(dockerfile::run(&[], &[make.into()]), "\nUSER 10001");
        finding.fixes.push(Fix::new(Action::CreateUser, lines));
    }
    vec![finding]
}

/// A user that the build creates and the service does not use.
fn made_user(input: &Input<'_>) -> Option<Line<Dockerfile>> {
    input.steps().find_map(|(_, instruction)| {
        let commands = step::command(&instruction)?.commands()?;
        let make = commands
            .into_iter()
            .find(|command| command.starts_with("useradd ") || command.starts_with("adduser "))?;
        // If its name cannot be suggested, the fix creates another user.
        names::user(make.split_whitespace().next_back()?).ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::check_config;

    fn check(layer: &str, user: &str) -> Vec<Finding> {
        check_config(&RULE, &["i ADD rootfs /\nf usr/sbin/useradd 1", layer], |config| {
            config.user = user.to_owned();
            config.exposed_ports = vec!["80/tcp".into()];
        })
    }

    #[test]
    fn a_user_is_made_or_the_one_that_is_there_is_used() {
        assert!(check("i RUN x\nf a 1", "")[0].fixes[0].lines.ends_with("USER 10001"));
        assert_eq!(
            check("i RUN useradd -m app && chown -R app /app\nf a 1", "0:0")[0].fixes[0].lines,
            "USER app"
        );
    }

    #[test]
    fn what_opens_no_port_is_less_severe() {
        let severity = |ports: &[&str]| {
            let found = check_config(&RULE, &["i RUN x\nf a 1"], |config| {
                config.command = vec!["worker".into(), "--all".into()];
                config.exposed_ports = ports.iter().map(|port| (*port).to_owned()).collect();
            });
            found[0].severity
        };
        assert_eq!((severity(&[]), severity(&["80/tcp"])), (Severity::Low, Severity::Medium));
    }

    #[test]
    fn others_than_root_and_images_without_a_service_are_left_alone() {
        assert_eq!(check("i RUN x\nf a 1", "1000"), []);
        assert_eq!(check_config(&RULE, &["f bin/sh 1"], |config| config.command = vec!["bash".into()]), []);
        let entrypoint = |config: &mut plimsoll_snapshot::Config| {
            config.entrypoint = vec!["docker-entrypoint.sh".into()];
        };
        assert_eq!(check_config(&RULE, &["f usr/local/bin/gosu 1"], entrypoint), []);
    }
}
