//! What should be set for each service, each with its reason: the content of a compose override.

mod health;
mod limits;
mod logs;
mod postgres;
mod reason;
mod sums;

use plimsoll_snapshot::{Bytes, Runtime};
use serde::Serialize;

pub use self::reason::{Exceeded, Open, SettingReason, Sum};
use super::server::Server;
use super::stack::{self, StackService};
use super::{DemandedSettings, ServiceMemory, service_memory};

/// Killed late and early by the kernel; −1000 would mean never, and then something else dies.
const DATABASE_OOM_SCORE: i64 = -500;
const STATELESS_OOM_SCORE: i64 = 300;

/// What a target file demands of a service and compose can set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demanded {
    /// The limit of memory, which holds unless more is needed.
    pub limit: Option<Bytes>,
    /// The reservation of memory.
    pub reservation: Option<Bytes>,
    /// Whether it may not swap.
    pub no_swap: bool,
    /// How gladly the kernel kills it.
    pub oom_score_adj: Option<i64>,
    /// What its log takes at most.
    pub log_size: Option<Bytes>,
    /// The settings of PostgreSQL.
    pub postgres: DemandedSettings,
}

/// What a target file demands of a stack.
pub struct Demands<'a> {
    /// The requirements of a service, by its name.
    pub service: &'a dyn Fn(&str) -> Demanded,
    /// The limits add up to at most this.
    pub limits: Option<Bytes>,
    /// The reservations add up to at most this.
    pub reservations: Option<Bytes>,
}

impl Demands<'_> {
    /// No requirements.
    #[must_use]
    pub fn none() -> Demands<'static> {
        Demands { service: &|_| Demanded::default(), limits: None, reservations: None }
    }
}

/// What should be set for a stack.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recommendation {
    /// Each service, by name.
    pub services: Vec<ServiceRecommendation>,
    /// What is demanded of all together and not met.
    pub open: Vec<Exceeded>,
}

/// What should be set for a service.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ServiceRecommendation {
    /// The name of the service.
    pub name: String,
    /// What to set, in the order it is written.
    pub settings: Vec<Recommended>,
    /// What cannot be recommended, and why.
    pub open: Vec<Open>,
}

/// One thing to set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recommended {
    /// The setting to write.
    #[serde(flatten)]
    pub setting: Setting,
    /// The reasons for the setting.
    pub reasons: Vec<SettingReason>,
}

/// What compose can set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "setting", content = "value", rename_all = "snake_case")]
pub enum Setting {
    /// The limit of memory.
    Limit(Bytes),
    /// The reservation of memory.
    Reservation(Bytes),
    /// The limit of memory and swap together.
    LimitWithSwap(Bytes),
    /// How gladly the kernel kills it.
    OomScore(i64),
    /// The size of `/dev/shm`.
    Shm(Bytes),
    /// A log of `files` files of `megabytes` decimal megabytes each.
    Log {
        /// The size of a file, in MB.
        megabytes: u64,
        /// The number of files.
        files: u64,
    },
    /// A health check.
    HealthCheck {
        /// The command; absent to keep it.
        test: Option<Vec<String>>,
        /// The time between two checks, in seconds.
        interval_s: u64,
    },
    /// The command, word by word.
    Command(Vec<String>),
}

/// Recommends what to set for the services of a stack, so that what is demanded of it is met where it can be.
#[must_use]
pub fn recommend(runtime: &Runtime, demands: &Demands<'_>) -> Recommendation {
    let services = stack::services(runtime);
    let has_database = services.iter().any(|service| Server::of(service).is_database());
    let recommended: Vec<ServiceRecommendation> = services
        .iter()
        .map(|service| {
            let known = Known {
                service,
                memory: service_memory(service),
                server: Server::of(service),
                demanded: (demands.service)(&service.name),
                has_database,
            };
            known.recommendation()
        })
        .collect();
    let open = sums::open(&services, &recommended, demands);
    Recommendation { services: recommended, open }
}

/// What is known of a service, and demanded of it.
struct Known<'a> {
    service: &'a StackService<'a>,
    memory: ServiceMemory,
    server: Server,
    demanded: Demanded,
    has_database: bool,
}

/// What is gathered for a service.
#[derive(Default)]
struct Draft {
    settings: Vec<Recommended>,
    open: Vec<Open>,
}

impl Draft {
    fn set(&mut self, setting: Setting, reasons: Vec<SettingReason>) {
        self.settings.push(Recommended { setting, reasons });
    }

    fn leave(&mut self, why: Open) {
        self.open.push(why);
    }
}

impl Known<'_> {
    fn recommendation(&self) -> ServiceRecommendation {
        let mut draft = Draft::default();
        let limit = limits::add(self, &mut draft);
        self.oom_score(&mut draft);
        postgres::add(self, limit, &mut draft);
        logs::add(self, &mut draft);
        health::add(self, &mut draft);
        ServiceRecommendation { name: self.service.name.clone(), settings: draft.settings, open: draft.open }
    }

    fn oom_score(&self, draft: &mut Draft) {
        let (score, why) = match (self.demanded.oom_score_adj, self.server) {
            (Some(score), _) => (score, SettingReason::Demanded),
            (None, Server::Postgres | Server::Database) => {
                (DATABASE_OOM_SCORE, SettingReason::DatabaseKilledLate)
            }
            (None, Server::Unclear) => return draft.leave(Open::UnclearServer),
            (None, Server::Other) => {
                let before_database = self.has_database;
                (STATELESS_OOM_SCORE, SettingReason::KilledEarly { before_database })
            }
        };
        draft.set(Setting::OomScore(score), vec![why]);
    }
}
