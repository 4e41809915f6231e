//! How slow a server may be: one rule for registries and engines, applied to every byte of an answer.
//!
//! A server has a time to start its answer. From then on it may fall behind the lowest rate for a grace in all, and
//! makes up for it by what it sends faster. Only the time spent waiting counts, so a slow reader is no slow server.

use std::io;
use std::time::{Duration, Instant};

use plimsoll_snapshot::{Limit, ReadLimits};
use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport, time};

/// The limits of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    /// The lowest rate in bytes per second. With 0, any byte in time is enough.
    pub(crate) rate: u64,
    /// How long a server may be slower than that.
    pub(crate) grace: Duration,
    /// How long it may take to start an answer.
    pub(crate) start: Duration,
}

/// How many times the grace a server may take to start an answer.
const START: u32 = 2;
/// The longest whole answer that is a document. At the lowest rate, a large one could take an hour.
pub(crate) const DOCUMENT: Duration = Duration::from_secs(300);
/// No answer takes longer, however large.
pub(crate) const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// How many times the lowest rate a whole answer has to come at. A server may be slow for a while, and all the time it
/// is only slower than anybody waits for.
const WHOLE: u64 = 4;

impl Default for Pace {
    fn default() -> Self {
        Self::within(&ReadLimits::default())
    }
}

impl Pace {
    /// As slow as these limits allow.
    pub(crate) fn within(limits: &ReadLimits) -> Self {
        let grace = Duration::from_secs(limits[Limit::SlowSeconds]);
        Self { rate: limits[Limit::SlowRate], grace, start: grace.saturating_mul(START) }
    }

    /// How long a whole answer of this size may take, however often it is asked for again.
    pub(crate) fn longest(&self, bytes: u64) -> Duration {
        let body = bytes.checked_div(self.rate.saturating_mul(WHOLE)).map_or(LONGEST, Duration::from_secs);
        body.saturating_add(self.start).saturating_add(self.grace).min(LONGEST)
    }
}

/// Why a connection was given up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TooSlow {
    /// A new connection may do better.
    #[error("it sent nothing for {} s", .0.as_secs())]
    Silent(Duration),
    /// It answers, and wastes time.
    #[error("it sent less than {rate} bytes a second for {} s", grace.as_secs())]
    Dripping { rate: u64, grace: Duration },
}

impl TooSlow {
    /// The reason inside of an I/O error, if that is one.
    pub(crate) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<TooSlow> for Error {
    fn from(slow: TooSlow) -> Self {
        Self::Io(io::Error::new(io::ErrorKind::TimedOut, slow))
    }
}

/// Accounts for the time that one answer takes.
#[derive(Debug)]
struct Meter {
    pace: Pace,
    has_started: bool,
    /// How long the server may still keep us waiting.
    credit: Duration,
}

impl Meter {
    fn new(pace: Pace) -> Self {
        Self { pace, has_started: false, credit: pace.start }
    }

    /// A request was sent.
    fn asked(&mut self) {
        *self = Self::new(self.pace);
    }

    /// Bytes came in after a wait.
    fn received(&mut self, waited: Duration, bytes: usize) -> Result<(), TooSlow> {
        if bytes == 0 {
            // The end of the connection: there is nothing more to wait for.
            return Ok(());
        }
        let Some(left) = self.credit.checked_sub(waited) else { return Err(self.spent(waited)) };
        self.credit = if !self.has_started || self.pace.rate == 0 {
            self.pace.grace
        } else {
            let earned = Duration::from_secs_f64(bytes as f64 / self.pace.rate as f64);
            (left + earned).min(self.pace.grace)
        };
        self.has_started = true;
        Ok(())
    }

    /// What it means that the credit is used up, the last part of it in one wait.
    fn spent(&self, waited: Duration) -> TooSlow {
        let Pace { rate, grace, .. } = self.pace;
        if !self.has_started || rate == 0 || self.credit >= grace {
            TooSlow::Silent(waited)
        } else {
            TooSlow::Dripping { rate, grace }
        }
    }
}

/// Puts a meter on every connection of another connector.
#[derive(Debug)]
pub(crate) struct Paced(pub(crate) Pace);

impl<In: Transport> Connector<In> for Paced {
    type Out = PacedTransport<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<PacedTransport<In>>, Error> {
        Ok(chained.map(|inner| PacedTransport { inner, meter: Meter::new(self.0) }))
    }
}

/// A connection with a meter.
#[derive(Debug)]
pub(crate) struct PacedTransport<T> {
    inner: T,
    meter: Meter,
}

impl<T: Transport> Transport for PacedTransport<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.meter.asked();
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let credit = time::Duration::from(self.meter.credit);
        let is_ours = credit < timeout.after;
        let bounded = if is_ours { NextTimeout { after: credit, ..timeout } } else { timeout };
        let before = self.inner.buffers().input().len();
        let start = Instant::now();
        match self.inner.await_input(bounded) {
            Ok(progress) => {
                let bytes = self.inner.buffers().input().len().saturating_sub(before);
                self.meter.received(start.elapsed(), bytes)?;
                Ok(progress)
            }
            Err(Error::Timeout(_)) if is_ours => Err(self.meter.spent(self.meter.credit).into()),
            Err(error) => Err(error),
        }
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn started() -> Meter {
        let mut meter = Meter::new(Pace::default());
        meter.received(SECOND, 1).unwrap();
        meter
    }

    /// How many pieces of a size are taken, with a second between them, out of this many.
    fn taken(meter: &mut Meter, bytes: usize, pieces: usize) -> (usize, Option<TooSlow>) {
        for piece in 0..pieces {
            if let Err(slow) = meter.received(SECOND, bytes) {
                return (piece, Some(slow));
            }
        }
        (pieces, None)
    }

    #[test]
    fn a_byte_a_second_ends_with_the_grace() {
        let (pieces, slow) = taken(&mut started(), 1, 1000);
        assert_eq!(pieces, 30);
        assert_eq!(slow, Some(TooSlow::Dripping { rate: 4096, grace: 30 * SECOND }));
    }

    #[test]
    fn slow_lines_may_take_hours() {
        // 1 GB at 200 kB/s, and twenty of such lines' downloads at once.
        assert_eq!(taken(&mut started(), 200_000, 5_000), (5_000, None));
        assert_eq!(taken(&mut started(), 10_000, 100_000), (100_000, None));
    }

    #[test]
    fn what_was_fast_is_not_excused_for_long() {
        let mut meter = started();
        for _ in 0..1000 {
            meter.received(Duration::ZERO, 1 << 20).unwrap();
        }
        assert_eq!(taken(&mut meter, 1, 1000).0, 30);
        let mut meter = started();
        let silent = meter.received(31 * SECOND, 1);
        assert_eq!(silent, Err(TooSlow::Silent(31 * SECOND)));
    }

    #[test]
    fn an_answer_may_start_late_and_then_has_its_grace() {
        let mut meter = Meter::new(Pace::default());
        meter.received(59 * SECOND, 1).unwrap();
        assert_eq!(taken(&mut meter, 1, 1000).0, 30);
        meter.asked();
        assert_eq!(meter.received(61 * SECOND, 1), Err(TooSlow::Silent(61 * SECOND)));
    }

    #[test]
    fn the_start_of_an_answer_has_twice_the_grace() {
        let limits = ReadLimits::default();
        assert_eq!(Pace::within(&limits).start, 60 * SECOND);
        assert_eq!(Pace::within(&limits.with(Limit::SlowSeconds, 3)).start, 6 * SECOND);
    }

    #[test]
    fn without_a_rate_any_byte_in_time_will_do() {
        let mut meter = Meter::new(Pace { rate: 0, ..Pace::default() });
        assert_eq!(taken(&mut meter, 1, 1000), (1000, None));
        assert_eq!(meter.received(31 * SECOND, 1), Err(TooSlow::Silent(31 * SECOND)));
    }

    #[test]
    fn a_whole_answer_has_a_bound_whatever_its_size() {
        let pace = Pace::default();
        assert_eq!(pace.longest(0), 90 * SECOND);
        assert_eq!(pace.longest(4 * 4096 * 100), 190 * SECOND);
        assert_eq!(pace.longest(u64::MAX), LONGEST);
        assert_eq!(Pace { rate: 0, ..pace }.longest(1), LONGEST);
    }
}
