//! What one file says of memory, before it is joined with others.

use plimsoll_snapshot::runtime::{
    Container, EventKind, Load, PlannedService, RuntimeWarning, ServerSettings, Span, Time,
};
use serde::{Deserialize, Serialize};

use super::identity::Identity;
use super::observed::SourceObservation;
use super::samples::Samples;

/// What one file says.
#[derive(Debug, Default)]
pub struct MemoryInput {
    /// The name of the file, without its directory.
    pub file: String,
    /// What the file is, as text.
    pub format: &'static str,
    /// What was inspected.
    pub containers: Vec<Container>,
    /// What is planned, each with the name that its container is given, if it is.
    pub planned: Vec<(PlannedService, Option<String>)>,
    /// What was sampled.
    pub samples: Vec<Samples>,
    /// What happened.
    pub events: Vec<SeenEvent>,
    /// When events were recorded.
    pub watched: Vec<Span>,
    /// What services were seen to use.
    pub observed: Vec<SourceObservation>,
    /// What servers run with.
    pub settings: Vec<SourceSettings>,
    /// What was not read.
    pub warnings: Vec<RuntimeWarning>,
}

impl MemoryInput {
    /// Names the load under which was observed what names none itself.
    pub fn label(&mut self, load: &Load) {
        for seen in &mut self.observed {
            seen.observation.load.get_or_insert_with(|| load.clone());
        }
    }
}

/// What one source says of the settings of a server, before its service is known.
#[derive(Debug, Default)]
pub struct SourceSettings {
    pub(crate) who: Identity,
    pub(crate) settings: ServerSettings,
}

/// Something that happened to a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SeenEvent {
    pub time: Time,
    pub who: Identity,
    #[serde(flatten)]
    pub kind: EventKind,
}
