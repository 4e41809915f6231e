//! What is known of the containers that run: made of the lines that a recording is made of.

use std::collections::{BTreeMap, VecDeque};

use plimsoll_collect::memory::{JournalLine, Journaled};
use plimsoll_report::watch_json::Figures;
use plimsoll_snapshot::runtime::{Container, EventKind, HealthStatus, Limits, Metric, Status, Time};

/// How many samples of the past are kept: five minutes at one per second.
pub(crate) const PAST: usize = 300;

/// A container.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) service: Option<String>,
    pub(crate) name: String,
    pub(crate) limits: Limits,
    pub(crate) status: Status,
    pub(crate) health: Option<HealthStatus>,
    pub(crate) restarts: u64,
    pub(crate) oom_kills: u64,
    pub(crate) exit_code: Option<i64>,
    pub(crate) figures: Figures,
    /// The working set and the CPU of the last minutes, oldest first; `None` for a sample that is missing.
    pub(crate) past: VecDeque<Figures>,
    last: Option<(Time, BTreeMap<Metric, u64>)>,
}

impl Row {
    /// What people call it.
    pub(crate) fn called(&self) -> &str {
        self.service.as_deref().unwrap_or(&self.name)
    }

    pub(crate) fn is_running(&self) -> bool {
        matches!(self.status, Status::Running | Status::Paused | Status::Restarting)
    }
}

/// How rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    #[default]
    Name,
    Memory,
    Cpu,
}

/// Everything that is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Board {
    pub(crate) rows: BTreeMap<String, Row>,
    /// The time of the last frame.
    pub(crate) time: Option<Time>,
    /// Whether the engine tells what happens.
    pub(crate) listens: bool,
}

impl Board {
    /// Takes in what a session says.
    pub(crate) fn take(&mut self, line: &JournalLine) {
        match line {
            JournalLine::Container { container } => self.inspected(container),
            JournalLine::Frame { time, samples } => self.frame(*time, samples),
            JournalLine::Event(event) => {
                let Some(row) = event.who.id.as_deref().and_then(|id| self.rows.get_mut(id)) else { return };
                match &event.kind {
                    EventKind::Oom => row.oom_kills += 1,
                    EventKind::Health { status } => row.health = Some(*status),
                    EventKind::Start => row.status = Status::Running,
                    EventKind::Pause => row.status = Status::Paused,
                    EventKind::Unpause => row.status = Status::Running,
                    EventKind::Die { exit_code } => {
                        row.status = Status::Exited;
                        row.exit_code = *exit_code;
                    }
                    EventKind::Destroy => {
                        let id = row.id.clone();
                        self.rows.remove(&id);
                    }
                    _ => {}
                }
            }
            JournalLine::Watching { .. } => self.listens = true,
            JournalLine::Deaf { .. } => self.listens = false,
            _ => {}
        }
    }

    fn inspected(&mut self, container: &Container) {
        let Some(id) = container.id.clone() else { return };
        let row = self.rows.entry(id.clone()).or_default();
        row.id = id;
        row.service.clone_from(&container.service);
        row.name = container.name.clone().unwrap_or_else(|| row.id.chars().take(12).collect());
        row.limits = container.limits.clone().unwrap_or_default();
        let Some(state) = container.states.last() else { return };
        row.status = state.status;
        row.exit_code = state.exit_code;
        row.restarts = state.restart_count.unwrap_or(row.restarts);
        row.health = state.health.as_ref().map(|health| health.status);
        if !row.is_running() {
            row.figures = Figures::default();
            row.last = None;
        }
    }

    fn frame(&mut self, time: Time, samples: &[Journaled]) {
        self.time = Some(time);
        let mut samples: BTreeMap<&str, &Journaled> =
            samples.iter().filter_map(|sample| Some((sample.who.id.as_deref()?, sample))).collect();
        for (id, row) in &mut self.rows {
            // Samples name a container by the beginning of its ID.
            let short = id.get(..12).unwrap_or(id);
            let sample = samples.remove(short).or_else(|| samples.remove(id.as_str()));
            row.figures =
                sample.map(|sample| figures(time, &sample.values, row.last.as_ref())).unwrap_or_default();
            row.last = sample.map(|sample| (time, sample.values.clone()));
            if let Some(kills) = sample.and_then(|sample| sample.values.get(&Metric::OomKills)) {
                row.oom_kills = row.oom_kills.max(*kills);
            }
            if row.past.len() == PAST {
                row.past.pop_front();
            }
            row.past.push_back(row.figures);
        }
    }

    /// The containers in an order; those that do not run come last.
    pub(crate) fn sorted(&self, order: Order, filter: &str) -> Vec<&Row> {
        let filter = filter.to_lowercase();
        let mut rows: Vec<&Row> = (self.rows.values())
            .filter(|row| {
                row.called().to_lowercase().contains(&filter) || row.name.to_lowercase().contains(&filter)
            })
            .collect();
        rows.sort_by(|one, other| {
            let most =
                |one: Option<f64>, other: Option<f64>| other.unwrap_or(-1.0).total_cmp(&one.unwrap_or(-1.0));
            let by_order = match order {
                Order::Name => std::cmp::Ordering::Equal,
                Order::Memory => other.figures.working_set.cmp(&one.figures.working_set),
                Order::Cpu => most(one.figures.cpu_percent, other.figures.cpu_percent),
            };
            (!one.is_running())
                .cmp(&!other.is_running())
                .then(by_order)
                .then_with(|| (one.called(), &one.name).cmp(&(other.called(), &other.name)))
        });
        rows
    }
}

/// Figures of a sample; what only grows is compared with the sample before.
fn figures(
    time: Time,
    values: &BTreeMap<Metric, u64>,
    last: Option<&(Time, BTreeMap<Metric, u64>)>,
) -> Figures {
    let value = |metric| values.get(&metric).copied();
    let grown = |metric| {
        let (then, before) = last?;
        let milliseconds = u64::try_from(time.0 - then.0).ok().filter(|&span| span > 0)?;
        // A container that was started again counts from zero.
        let more = value(metric)?.checked_sub(*before.get(&metric)?)?;
        Some((more, milliseconds))
    };
    let rate = |metric| grown(metric).map(|(more, span)| more.saturating_mul(1000) / span);
    #[expect(clippy::cast_precision_loss, reason = "a percentage of a few digits")]
    let cpu = grown(Metric::CpuUs)
        .map(|(more, span)| more as f64 / (span as f64 * 1000.0) * 100.0)
        .or_else(|| value(Metric::CpuHundredths).map(|hundredths| hundredths as f64 / 100.0));
    Figures {
        working_set: value(Metric::WorkingSet),
        cpu_percent: cpu,
        net_received: rate(Metric::NetReceived),
        net_sent: rate(Metric::NetSent),
        block_read: rate(Metric::BlockRead),
        block_written: rate(Metric::BlockWritten),
        pids: value(Metric::Pids),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use plimsoll_collect::memory::{Identity, SeenEvent};
    use plimsoll_snapshot::Bytes;
    use plimsoll_snapshot::runtime::ContainerState;

    use super::*;

    pub(crate) fn container(id: &str, service: &str) -> JournalLine {
        let state = ContainerState {
            observed: None,
            status: Status::Running,
            exit_code: None,
            oom_killed: None,
            restart_count: Some(2),
            started: None,
            finished: None,
            health: None,
        };
        let container = Container {
            id: Some(id.to_owned()),
            service: Some(service.to_owned()),
            name: Some(format!("shop-{service}-1")),
            limits: Some(Limits { memory: Some(Bytes(100 << 20)), ..Limits::default() }),
            states: vec![state],
            ..Container::default()
        };
        JournalLine::Container { container: Box::new(container) }
    }

    pub(crate) fn frame(time: i64, samples: &[(&str, u64, u64)]) -> JournalLine {
        let samples = samples.iter().map(|&(id, working_set, cpu)| Journaled {
            who: Identity { id: Some(id.chars().take(12).collect()), ..Identity::default() },
            values: [(Metric::WorkingSet, working_set), (Metric::CpuUs, cpu)].into(),
            ..Journaled::default()
        });
        JournalLine::Frame { time: Time(time), samples: samples.collect() }
    }

    const WEB: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn counters_become_rates() {
        let mut board = Board::default();
        let event = |kind| {
            JournalLine::Event(SeenEvent {
                time: Time(0),
                who: Identity { id: Some(WEB.to_owned()), ..Identity::default() },
                kind,
            })
        };
        board.take(&container(WEB, "web"));
        board.take(&frame(1_000, &[(WEB, 50, 1_000_000)]));
        assert_eq!(board.rows[WEB].figures.cpu_percent, None);
        board.take(&frame(2_000, &[(WEB, 60, 1_500_000)]));
        let row = &board.rows[WEB];
        assert_eq!(
            (row.figures.cpu_percent, row.figures.working_set, row.restarts),
            (Some(50.0), Some(60), 2)
        );
        // Started again, it counts from zero.
        board.take(&frame(3_000, &[(WEB, 10, 1_000)]));
        assert_eq!(board.rows[WEB].figures.cpu_percent, None);
        board.take(&event(EventKind::Oom));
        board.take(&event(EventKind::Die { exit_code: Some(137) }));
        let row = &board.rows[WEB];
        assert_eq!((row.oom_kills, row.exit_code, row.is_running()), (1, Some(137), false));
        board.take(&event(EventKind::Destroy));
        assert!(board.rows.is_empty());
    }

    #[test]
    fn the_past_is_bounded_and_rows_are_sorted() {
        let mut board = Board::default();
        board.take(&container("a-long-name-1", "web"));
        board.take(&container("b-long-name-2", "db"));
        for second in 0..400 {
            board.take(&frame(second * 1000, &[("a-long-name-1", 5, 0), ("b-long-name-2", 3, 0)]));
        }
        assert_eq!(board.rows["a-long-name-1"].past.len(), PAST);
        let names = |order, filter| {
            board.sorted(order, filter).iter().map(|row| row.called().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(Order::Name, ""), ["db", "web"]);
        assert_eq!(names(Order::Memory, ""), ["web", "db"]);
        assert_eq!(names(Order::Cpu, "WE"), ["web"]);
    }
}
