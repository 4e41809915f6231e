//! The health check of an image as a probe: the container is started, and the check is repeated until it succeeds.

use std::process::Command;
use std::time::{Duration, Instant};

use plimsoll_snapshot::HealthCheck;

use super::Engine;

/// How often the check is tried.
const PAUSE: Duration = Duration::from_secs(1);
/// The least time that a service gets to start.
const LEAST: Duration = Duration::from_secs(30);
/// The most, whatever the image says.
const MOST: Duration = Duration::from_secs(300);
/// What engines take where the image says nothing (Dockerfile reference, "HEALTHCHECK").
const INTERVAL: Duration = Duration::from_secs(30);
const RETRIES: u32 = 3;

/// What a health check runs: its words, with the shell where it needs one. `None` if it is switched off.
pub(crate) fn words(test: &[String]) -> Option<Vec<String>> {
    match test {
        [kind, words @ ..] if kind == "CMD" && !words.is_empty() => Some(words.to_vec()),
        [kind, command] if kind == "CMD-SHELL" => {
            Some(["/bin/sh", "-c", command].map(str::to_owned).to_vec())
        }
        _ => None,
    }
}

/// How long a service may take until its check succeeds: as long as the engine would wait before it calls it unhealthy.
pub(super) fn patience(check: &HealthCheck) -> Duration {
    let or = |nanoseconds: u64, default: Duration| {
        if nanoseconds == 0 { default } else { Duration::from_nanos(nanoseconds) }
    };
    let retries = u32::try_from(check.retries).ok().filter(|retries| *retries > 0).unwrap_or(RETRIES);
    let checks = or(check.interval_ns, INTERVAL).saturating_mul(retries);
    or(check.start_period_ns, Duration::ZERO).saturating_add(checks).clamp(LEAST, MOST)
}

/// Starts a container without a network, and waits until the check succeeds in it. `Err` is why it does not.
pub(super) fn probe(
    engine: Engine,
    image: &str,
    words: &[String],
    patience: Duration,
    run: &dyn Fn(Command) -> Result<String, String>,
) -> Result<(), String> {
    let mut start = Command::new(engine.program());
    start.args(["run", "--detach", "--network", "none", image]);
    let printed = run(start)?;
    let Some(container) = printed.lines().map(str::trim).rfind(|line| !line.is_empty()) else {
        return Err("the container has no ID".to_owned());
    };
    let end = Instant::now() + patience;
    let result = loop {
        let mut check = Command::new(engine.program());
        check.args(["exec", container]).args(words);
        match run(check) {
            Ok(_) => break Ok(()),
            Err(said) => {
                let mut state = Command::new(engine.program());
                state.args(["inspect", "--format", "{{.State.Running}}", container]);
                let is_running = run(state).is_ok_and(|said| said.trim() == "true");
                if !is_running {
                    let mut logs = Command::new(engine.program());
                    logs.args(["logs", "--tail", "20", container]);
                    let logs = run(logs).unwrap_or_default();
                    let last = logs.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
                    break Err(format!("the container ended: {}", last.trim()));
                }
                if Instant::now() > end {
                    break Err(format!("no success within {} s: {said}", patience.as_secs()));
                }
            }
        }
        std::thread::sleep(PAUSE);
    };
    engine.quietly(&["rm", "--force", container]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_would_wait_as_long() {
        let check = |interval_s: u64, start_s: u64, retries| HealthCheck {
            test: vec![],
            interval_ns: interval_s * 1_000_000_000,
            timeout_ns: 0,
            start_period_ns: start_s * 1_000_000_000,
            retries,
        };
        assert_eq!(patience(&check(0, 0, 0)).as_secs(), 90);
        assert_eq!(patience(&check(10, 20, 4)).as_secs(), 60);
        assert_eq!(patience(&check(1, 0, 1)).as_secs(), 30);
        assert_eq!(patience(&check(u64::MAX / 2_000_000_000, 9, u64::MAX)).as_secs(), 300);
    }

    #[test]
    fn a_check_has_two_forms() {
        let of = |test: &[&str]| words(&test.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(of(&["CMD", "a", "b c"]).unwrap(), ["a", "b c"]);
        assert_eq!(of(&["CMD-SHELL", "a || exit 1"]).unwrap(), ["/bin/sh", "-c", "a || exit 1"]);
        assert_eq!((of(&["NONE"]), of(&[]), of(&["CMD"])), (None, None, None));
    }
}
