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
