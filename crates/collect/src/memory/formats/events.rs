//! What engines say happened: `docker events --format json`, `podman events --format json`, and their APIs.

use plimsoll_snapshot::runtime::{EventKind, HealthStatus, Span, Time};
use serde_json::Value;

use super::container::health_status;
use crate::memory::identity::Identity;
use crate::memory::input::SeenEvent;
use crate::memory::json::{self, owned};
use crate::memory::labels;
use crate::memory::reader::{Reader, Recognition};
use crate::memory::time;

/// Whether a value is an event, of a container or of anything else.
pub(crate) fn is_event(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some();
    (has("Action") || has("Status") || has("status"))
        && (has("time") || has("timeNano") || has("Time"))
        && (has("Type") || has("id"))
}

pub(crate) fn read(reader: &mut Reader, values: &[(u64, &Value)]) -> Recognition {
    reader.input.format = "events";
    let mut watched: Option<Span> = None;
    for (line, value) in values {
        if !is_event(value) {
            reader.warn(Some(*line), "not an event");
            continue;
        }
        let Some(time) = event_time(value) else {
            reader.warn(Some(*line), "an event without a time");
            continue;
        };
        let span = watched.get_or_insert(Span { from: time, to: time });
        (span.from, span.to) = (span.from.min(time), span.to.max(time));
        reader.input.events.extend(seen_event(value));
    }
    reader.input.watched.extend(watched);
    Recognition::Yes
}

fn event_time(value: &Value) -> Option<Time> {
    // podman before 5.0 calls it `Time`.
    ["timeNano", "time", "Time"].iter().find_map(|name| time::of_value(value.get(name)?))
}

/// Reads one event; none if it is of no container, or of a kind that has no bearing on memory, health or life.
#[must_use]
pub fn seen_event(value: &Value) -> Option<SeenEvent> {
    if json::text(value, "Type").is_some_and(|of| of != "container") {
        return None;
    }
    let actor = value.get("Actor").unwrap_or(&Value::Null);
    let attributes = actor.get("Attributes").or_else(|| value.get("Attributes")).unwrap_or(&Value::Null);
    let action = ["Action", "Status", "status"].iter().find_map(|name| json::text(value, name))?;
    let labelled = labels::of(attributes);
    let who = Identity {
        id: owned(actor, "ID").or_else(|| owned(value, "ID")).or_else(|| owned(value, "id")),
        name: owned(attributes, "name").or_else(|| owned(value, "Name")),
        service: labelled.service,
        project: labelled.project,
    };
    if who.name.as_deref().is_some_and(labels::is_pause) {
        return None;
    }
    let number = |name: &str| signed(attributes.get(name)?);
    let kind = match action {
        "create" => EventKind::Create,
        "start" => EventKind::Start,
        "restart" => EventKind::Restart,
        "oom" => EventKind::Oom,
        "die" | "died" => EventKind::Die {
            exit_code: number("exitCode")
                .or_else(|| number("containerExitCode"))
                .or_else(|| signed(value.get("ContainerExitCode")?)),
        },
        "kill" => EventKind::Kill { signal: number("signal") },
        "stop" => EventKind::Stop,
        "pause" => EventKind::Pause,
        "unpause" => EventKind::Unpause,
        "update" => EventKind::Update,
        "destroy" | "remove" => EventKind::Destroy,
        action => EventKind::Health { status: health(action, value, attributes)? },
    };
    Some(SeenEvent { time: event_time(value)?, who, kind })
}

/// docker: `health_status: healthy`; podman: `health_status` and a field.
fn health(action: &str, value: &Value, attributes: &Value) -> Option<HealthStatus> {
    let rest = action.strip_prefix("health_status")?;
    let said = rest.trim_start_matches(':').trim();
    let field = || {
        [value, attributes]
            .iter()
            .find_map(|at| json::text(at, "HealthStatus").or_else(|| json::text(at, "health_status")))
    };
    health_status(if said.is_empty() { field()? } else { said })
}

fn signed(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(value: &Value) -> Option<EventKind> {
        seen_event(value).map(|event| event.kind)
    }

    #[test]
    fn events_of_both_engines_are_read() {
        let docker = |action: &str, attributes: Value| {
            json!({"Type": "container", "Action": action, "timeNano": 1_795_365_530_291_994_345_i64,
                "Actor": {"ID": "a", "Attributes": attributes}})
        };
        assert_eq!(
            kind(&docker("die", json!({"exitCode": "137"}))),
            Some(EventKind::Die { exit_code: Some(137) })
        );
        assert_eq!(kind(&docker("kill", json!({"signal": "9"}))), Some(EventKind::Kill { signal: Some(9) }));
        let healthy = Some(EventKind::Health { status: HealthStatus::Healthy });
        assert_eq!(kind(&docker("health_status: healthy", json!({}))), healthy);
        assert_eq!(kind(&docker("exec_create: sh", json!({}))), None);
        let podman = |status: &str, field: &str, said: Value| json!({"ID": "a", "Name": "web", "Type": "container", "Status": status, "time": 1_795_365_593, field: said});
        assert_eq!(
            kind(&podman("died", "ContainerExitCode", json!(3))),
            Some(EventKind::Die { exit_code: Some(3) })
        );
        assert_eq!(kind(&podman("health_status", "health_status", json!("healthy"))), healthy);
        assert_eq!(kind(&podman("init", "x", json!(1))), None);
    }

    #[test]
    fn events_of_podman_before_5_are_read() {
        let text = r#"{"ID":"7473f32757b2","Image":"x","Name":"web","Status":"died","Time":"2026-11-22T17:38:51.400190619+01:00","Type":"container","ContainerExitCode":137,"Attributes":{"io.podman.compose.service":"web"}}
{"ID":"7473f32757b2","Image":"x","Name":"web","Status":"health_status","Time":"2026-11-22T17:38:52+01:00","Type":"container","HealthStatus":"unhealthy"}
{"Name":"x","Status":"pull","Time":"2026-11-22T17:38:53+01:00","Type":"image"}"#;
        let input =
            crate::memory::read("events", text.as_bytes(), &crate::memory::Surroundings::NONE).unwrap();
        let kinds: Vec<_> = input.events.iter().map(|event| (event.time.0, event.kind)).collect();
        let unhealthy = EventKind::Health { status: HealthStatus::Unhealthy };
        let died = EventKind::Die { exit_code: Some(137) };
        assert_eq!(kinds, [(1_795_365_531_400, died), (1_795_365_532_000, unhealthy)]);
        assert_eq!(input.events[0].who.service.as_deref(), Some("web"));
        let watched = [Span { from: Time(1_795_365_531_400), to: Time(1_795_365_533_000) }];
        assert!(input.watched == watched && input.warnings.is_empty(), "{:?}", input.warnings);
    }
}
