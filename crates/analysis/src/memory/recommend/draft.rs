//! A service and its settings while they are gathered.

use super::reason::{Open, SettingReason};
use super::setting::{Demanded, Recommended, Setting};
use crate::memory::ServiceMemory;
use crate::memory::server::Server;
use crate::memory::stack::StackService;

/// A service, with what was measured of it and what the targets demand.
pub(super) struct Known<'a> {
    pub(super) service: &'a StackService<'a>,
    pub(super) memory: ServiceMemory,
    pub(super) server: Server,
    pub(super) demanded: Demanded,
    pub(super) has_database: bool,
}

impl Known<'_> {
    /// The whole CPUs that it will have: by the suggestion, by its limit, or those of the host.
    pub(super) fn cpus(&self) -> Option<u64> {
        let suggested = self.memory.cpu_suggestion.limit;
        let set = self.service.limits().and_then(|limits| limits.cpu_millis).filter(|millis| *millis > 0);
        let host = || {
            let hosts = self.service.runtime.recordings.iter().rev();
            hosts.filter_map(|recording| recording.host.as_ref()).find_map(|host| host.cpus)
        };
        suggested.or(set).map(|millis| millis.div_ceil(1000)).or_else(host)
    }
}

/// What is gathered for a service.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) settings: Vec<Recommended>,
    pub(super) open: Vec<Open>,
}

impl Draft {
    pub(super) fn set(&mut self, setting: Setting, reasons: Vec<SettingReason>) {
        self.settings.push(Recommended { setting, reasons });
    }

    pub(super) fn leave(&mut self, why: Open) {
        self.open.push(why);
    }
}
