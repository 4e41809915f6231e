//! What runs, what was planned to run, and how much memory it was seen to take: the facts of a running stack.
//!
//! Everything that was read of one container, by `inspect`, by events or by sampling, is joined in one
//! [`Container`]; what refers to it holds its index. Absent is always unknown, never zero, and no limit is
//! [`Limits::memory`] without a value in limits that were read; what could not be read is in [`Limits::unread`].

mod column;
mod container;
mod observed;
mod planned;
mod recording;
mod settings;

use serde::{Deserialize, Serialize};

use crate::room;

pub use column::Column;
pub use container::{
    Command, Container, ContainerState, Event, EventKind, Health, HealthStatus, Limits, Logging, Mount,
    Probe, ProbeRun, PublishedPort, RestartPolicy, Status, Swap, UnreadLimit,
};
pub use observed::{
    ImportRun, ImportedModule, MappedFile, Observation, ObservationSource, ProcessMemory, Resident,
};
pub use planned::{Dependency, PlanFormat, PlannedService};
pub use recording::{
    Ended, Engine, EngineKind, Host, Interruption, Load, Metric, Quality, Recording, RecordingFormat, Regime,
    Resolution, Series, Timestamps, UnitBase,
};
pub use settings::{ServerSettings, SettingsSource};

/// The facts of a running stack: containers, plans, recordings and events.
///
/// Indices into `containers` are checked when a file is read, so they always hit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Runtime {
    /// Every container once, by service, name and ID.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub containers: Vec<Container>,
    /// What compose files and pod specs ask for, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub planned: Vec<PlannedService>,
    /// Memory over time, in the order it was given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub recordings: Vec<Recording>,
    /// What happened to the containers, by time.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub events: Vec<Event>,
    /// When events were recorded: outside of these spans the absence of an event says nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub watched: Vec<Span>,
    /// What the services were seen to use, by service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub observed: Vec<Observation>,
    /// What servers run with, by service.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub settings: Vec<ServerSettings>,
    /// What could not be read, or has to be known of what was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub warnings: Vec<RuntimeWarning>,
}

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Time(pub i64);

impl Time {
    /// The milliseconds from `self` to a later time; none if it is earlier.
    #[must_use]
    pub fn until(self, later: Self) -> Option<u64> {
        u64::try_from(later.0.checked_sub(self.0)?).ok()
    }
}

/// From one time to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "the names say it")]
pub struct Span {
    pub from: Time,
    pub to: Time,
}

/// Something of an input that was not read, or that has to be known. Everything else was read and counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuntimeWarning {
    /// The name of the file, without its directory.
    pub file: String,
    /// The first line it is about, from 1; absent if it is about no line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u64>,
    /// Why, as text.
    pub reason: String,
    /// On how many lines.
    pub count: u64,
}

impl std::fmt::Display for RuntimeWarning {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, self.count) {
            (None, _) => write!(out, "`{}`: {}", self.file, self.reason),
            (Some(line), 0 | 1) => write!(out, "`{}`, line {line}: {}", self.file, self.reason),
            (Some(line), count) => {
                write!(out, "`{}`, line {line} and {} more: {}", self.file, count - 1, self.reason)
            }
        }
    }
}

impl Runtime {
    /// Whether it describes containers. Observations of files alone do not describe their memory.
    #[must_use]
    pub fn has_services(&self) -> bool {
        !self.containers.is_empty() || !self.planned.is_empty()
    }

    /// The names of the services that it knows of; a service may come several times.
    pub fn service_names(&self) -> impl Iterator<Item = &str> {
        let containers = self.containers.iter().filter_map(|container| container.service.as_deref());
        let planned = self.planned.iter().map(|planned| planned.name.as_str());
        let observed = self.observed.iter().map(|observation| observation.service.as_str());
        let settings = self.settings.iter().map(|settings| settings.service.as_str());
        containers.chain(planned).chain(observed).chain(settings)
    }

    /// The same names, to be changed.
    pub fn service_names_mut(&mut self) -> impl Iterator<Item = &mut String> {
        let containers = self.containers.iter_mut().filter_map(|container| container.service.as_mut());
        let planned = self.planned.iter_mut().map(|planned| &mut planned.name);
        let observed = self.observed.iter_mut().map(|observation| &mut observation.service);
        let settings = self.settings.iter_mut().map(|settings| &mut settings.service);
        containers.chain(planned).chain(observed).chain(settings)
    }

    /// What does not fit together, if anything does not.
    pub(crate) fn check(&self) -> Result<(), String> {
        let known = |container: usize| container < self.containers.len();
        if self.events.iter().any(|event| !known(event.container)) {
            return Err("an event is of a container that is not there".to_owned());
        }
        for recording in &self.recordings {
            if recording.times.as_ref().is_some_and(|times| times.len() != recording.frames as usize) {
                return Err("a recording has not one time for each frame".to_owned());
            }
            for series in &recording.series {
                if !known(series.container) {
                    return Err("a series is of a container that is not there".to_owned());
                }
                let end = series.first.checked_add(series.length);
                let fits = end.is_some_and(|end| end <= recording.frames)
                    && series.columns.values().all(|column| column.len() == series.length);
                if !fits {
                    return Err("the columns of a series differ in length".to_owned());
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn recorded() -> Runtime {
        let columns = BTreeMap::from([
            (Metric::WorkingSet, Column::from(vec![Some(5), None])),
            (Metric::Limit, Column::from(vec![None; 2])),
        ]);
        let series =
            Series { container: 0, started: Some(Time(3)), first: 1, length: 2, columns, peak: None };
        let times = Some(vec![Time(1_000), Time(2_000), Time(2_500)]);
        let recording = Recording { frames: 3, times, series: vec![series], ..Recording::default() };
        Runtime { containers: vec![Container::default()], recordings: vec![recording], ..Runtime::default() }
    }

    #[test]
    fn times_are_stored_as_differences_and_columns_with_gaps() {
        let json = serde_json::to_value(recorded()).unwrap();
        let recording = &json["recordings"][0];
        assert_eq!(recording["times"], serde_json::json!([1000, 1000, 500]));
        assert_eq!(recording["series"][0]["columns"]["working_set"], serde_json::json!([5, null]));
        assert_eq!(serde_json::from_value::<Runtime>(json).unwrap(), recorded());
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        assert_eq!(recorded().check(), Ok(()));
        let check = |change: fn(&mut Runtime)| {
            let mut runtime = recorded();
            change(&mut runtime);
            runtime.check().unwrap_err()
        };
        assert!(check(|runtime| runtime.containers.clear()).contains("container that is not there"));
        assert!(check(|runtime| runtime.recordings[0].frames = 2).contains("one time for each frame"));
        assert!(
            check(|runtime| runtime.recordings[0].series[0].first = u32::MAX).contains("differ in length")
        );
        assert!(check(|runtime| runtime.recordings[0].series[0].length = 1).contains("differ in length"));
    }

    #[test]
    fn times_that_overflow_are_refused() {
        let json = r#"{"recordings":[{"frames":2,"times":[9223372036854775807,1]}]}"#;
        assert!(serde_json::from_str::<Runtime>(json).is_err());
    }
}
