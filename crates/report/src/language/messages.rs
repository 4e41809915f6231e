//! The conclusions of the analysis as text: the list of texts that each language has to give.

use plimsoll_analysis::findings::{Action, Group, Headline, Note, RuleId, Subject};
use plimsoll_analysis::improvements::ImprovementKind;
use plimsoll_analysis::lines::Unfit;
use plimsoll_analysis::memory::compare::{ChangeReason, GateDetail, GateKind};
use plimsoll_analysis::memory::recommend::{Exceeded, Open, SettingReason};
use plimsoll_analysis::memory::{
    CrashLoop, KillEvidence, LimitReason, LimitRefusal, LogReason, PostgresReason, Resource, StartUp,
    TrendReason,
};
use plimsoll_analysis::packages::CacheKind;
use plimsoll_analysis::reconstruct::Remark;
use plimsoll_analysis::regressions::RegressionKind;
use plimsoll_analysis::targets::{Demanded, Figure, Good, LevelOutcome, Measure, Reason, Title, Unit};
use plimsoll_snapshot::{Bytes, FormatError, Limit, Warning};

use super::{Language, RuleWords};
use crate::format;
use crate::memory::Line;

/// How a language puts what the analysis concludes. Each field is an exhaustive `match` in the file of that language,
/// so that a text without a translation does not compile. What a user wrote stands in them as it is.
#[derive(Debug)]
pub struct Messages {
    /// What the memory of a service does over time.
    pub trend: fn(&TrendReason) -> String,
    /// What says that a service crashes again and again.
    pub crash_loop: fn(&CrashLoop) -> String,
    /// What says that something was killed for memory, or that nothing was.
    pub kill: fn(&KillEvidence) -> String,
    /// Why a log is bounded or not.
    pub log: fn(&LogReason) -> String,
    /// Why a limit is suggested.
    pub limit_reason: fn(&LimitReason) -> String,
    /// Why no limit is suggested.
    pub limit_refusal: fn(&LimitRefusal) -> String,
    /// How settings of PostgreSQL were found.
    pub postgres: fn(&PostgresReason) -> String,
    /// How long a start took.
    pub start_up: fn(&StartUp) -> String,
    /// What has to be alike for recordings to be comparable.
    pub gate: fn(GateKind) -> &'static str,
    /// Both sides of it.
    pub gate_detail: fn(&GateDetail) -> String,
    /// Why a comparison of memory comes to its verdict.
    pub change: fn(&ChangeReason) -> String,
    /// What is worth a line about the memory of a stack.
    pub line: fn(&Line<'_>) -> String,
    /// Why something should be set.
    pub setting_reason: fn(&SettingReason) -> String,
    /// Why something cannot be recommended.
    pub open: fn(&Open) -> String,
    /// A sum that is more than the targets demand.
    pub exceeded: fn(&Exceeded) -> String,
    /// What a target demands, as a title.
    pub title: fn(&Title) -> String,
    /// What a target rests on.
    pub reason: fn(&Reason) -> String,
    /// What was found.
    pub measure: fn(&Measure) -> String,
    /// What stands before the figure that is demanded: `at most`.
    pub bound: fn(Good) -> &'static str,
    /// A figure that is demanded.
    pub demanded: fn(&Demanded) -> String,
    /// How far a level is from what was found; absent if unknown.
    pub margin: fn(&LevelOutcome) -> Option<String>,
    /// What was found, as a title.
    pub headline: fn(&Headline) -> String,
    /// Files of a ledger that belong together.
    pub group: fn(&Group) -> String,
    /// The cache of a package manager.
    pub cache: fn(CacheKind) -> &'static str,
    /// What evidence shows.
    pub subject: fn(&Subject) -> String,
    /// A fact about a piece of evidence.
    pub note: fn(&Note) -> String,
    /// What a fix does.
    pub action: fn(Action) -> &'static str,
    /// Why no line is suggested for a value.
    pub unfit: fn(&Unfit) -> String,
    /// What a comment of a Dockerfile that was made again says, line by line.
    pub remark: fn(&Remark) -> Vec<String>,
    /// The texts of a rule.
    pub rule: fn(RuleId) -> RuleWords,
    /// What got worse.
    pub regression: fn(&RegressionKind) -> String,
    /// What got better.
    pub improvement: fn(&ImprovementKind) -> String,
    /// What could be read only in part.
    pub warning: fn(&Warning) -> String,
    /// Why a snapshot cannot be used. What the operating system or a parser says of it stands there as it is.
    pub unusable: fn(&FormatError) -> String,
    /// What a limit bounds.
    pub limit: fn(Limit) -> &'static str,
}

impl Language {
    /// An amount of something that is used, in the unit of its resource.
    #[must_use]
    pub fn amount(self, resource: Resource, value: u64) -> String {
        let words = &self.words().running;
        #[expect(clippy::cast_precision_loss, reason = "figures of a few digits")]
        let float = value as f64;
        match resource {
            Resource::Cpu => (words.cpus)(&self.decimal(format!("{:.2}", float / 1000.0))),
            Resource::Throttled | Resource::Pressure => self.decimal(format!("{:.1} %", float / 10.0)),
            Resource::Received | Resource::Sent | Resource::BlockRead | Resource::BlockWritten => {
                (words.each_second)(&self.bytes(Bytes(value)).to_string())
            }
            Resource::Pids => format::count(value),
        }
    }

    /// A warning as text.
    #[must_use]
    pub fn warning(self, warning: &Warning) -> String {
        (self.words().messages.warning)(warning)
    }

    /// A figure of a target with its unit.
    #[must_use]
    pub fn figure(self, figure: Figure) -> String {
        let Figure { value, unit } = figure;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
        let whole = value.round() as u64;
        match unit {
            // What shrank has a negative growth.
            Unit::Size | Unit::Percent if value < 0.0 => {
                format!("{}{}", format::sign(-1), self.figure(Figure { value: -value, unit }))
            }
            Unit::Size => self.bytes(Bytes(whole)).to_string(),
            Unit::Count => format::count(whole),
            Unit::Memory => self.memory(Bytes(whole)),
            Unit::Duration => self.duration(whole),
            Unit::Percent => self.decimal(format::plain_percent(value)),
            Unit::Price => self.decimal(format!("{value:.2}")),
        }
    }

    /// A distance between figures: of a share, more than 200 % is only called more.
    #[must_use]
    pub fn distance(self, figure: Figure) -> String {
        /// More digits than this are not useful.
        const MOST: f64 = 200.0;
        match figure.unit {
            Unit::Percent if figure.value > MOST => {
                format!("> {}", self.figure(Figure { value: MOST, ..figure }))
            }
            _ => self.figure(figure),
        }
    }

    /// What a level demands: `at most 1.50 GB`.
    #[must_use]
    pub fn demand(self, level: &LevelOutcome) -> String {
        let messages = &self.words().messages;
        format!("{} {}", (messages.bound)(level.good), (messages.demanded)(&level.demand))
    }

    /// A difference of memory with its sign: `−12.5 MiB`.
    #[must_use]
    pub fn memory_delta(self, delta: plimsoll_snapshot::ByteDelta) -> String {
        format!("{}{}", format::sign(delta.0), self.memory(delta.magnitude()))
    }

    /// A p-value with its sign of comparison: `p = 0.029`, `p < 0.0001`.
    #[must_use]
    pub(super) fn p_value(self, p: f64, decimals: usize) -> String {
        const LEAST: f64 = 0.000_1;
        self.decimal(if p < LEAST { format!("p < {LEAST}") } else { format!("p = {p:.decimals$}") })
    }
}
