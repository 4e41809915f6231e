//! The sentences for what got worse: one exhaustive match for each language.

use plimsoll_analysis::memory::StartUp;
use plimsoll_analysis::regressions::{NewFinding, Regression};
use plimsoll_snapshot::Bytes;

use super::{Language, en, es};
use crate::format::{self, one_line};

/// The new findings of a service that a sentence names.
const NAMED: usize = 2;

impl Language {
    /// What got worse, in a sentence without a full stop: `backend: memory rises by 287 MiB per minute`.
    #[must_use]
    pub fn regression(self, regression: &Regression) -> String {
        let sentence = match self {
            Self::English => en::regressions::sentence(&regression.kind),
            Self::Spanish => es::regressions::sentence(&regression.kind),
        };
        match &regression.service {
            Some(service) => format!("{}: {sentence}", format::name(service)),
            None => format::sentence(&sentence),
        }
    }

    /// `42 s to 102 s`, or `at most 30.7 s` where nothing says that it took longer than no time.
    pub(super) fn interval(self, start: &StartUp) -> String {
        let [low, high] = [start.at_least_ms, start.at_most_ms].map(|end| self.duration(end));
        match (self, start.at_least_ms) {
            (Self::English, 0) => format!("at most {high}"),
            (Self::English, _) => format!("{low} to {high}"),
            (Self::Spanish, 0) => format!("{high} como máximo"),
            (Self::Spanish, _) => format!("{low} a {high}"),
        }
    }

    /// A rate by the minute, or by the hour where a minute brings less than a mebibyte.
    pub(super) fn rate(self, bytes_per_hour: i64) -> String {
        let hourly = Bytes(bytes_per_hour.unsigned_abs());
        let minute = Bytes(hourly.0 / 60);
        let by_minute = minute.0 >= 1 << 20;
        let amount = self.memory(if by_minute { minute } else { hourly });
        match (self, by_minute) {
            (Self::English, true) => format!("{amount} per minute"),
            (Self::English, false) => format!("{amount} per hour"),
            (Self::Spanish, true) => format!("{amount} por minuto"),
            (Self::Spanish, false) => format!("{amount} por hora"),
        }
    }

    /// The gravest of some findings, and how many more there are.
    pub(super) fn new_findings(self, findings: &[NewFinding]) -> String {
        let title = |finding: &NewFinding| one_line(&self.sentence(&finding.title));
        let mut titles: Vec<String> = findings.iter().take(NAMED).map(title).collect();
        if let Some(more) = findings.len().checked_sub(NAMED).filter(|&more| more > 0) {
            titles.push((self.words().and_more)(&format::count(more as u64)));
        }
        titles.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::findings::Severity;
    use plimsoll_analysis::inspect::SizeChange;
    use plimsoll_analysis::memory::compare::ChangeVerdict;
    use plimsoll_analysis::regressions::{MemoryFigure, RegressionKind as Kind};
    use plimsoll_snapshot::runtime::Time;

    use super::*;

    const MIB: u64 = 1 << 20;

    fn check(service: Option<&str>, kind: Kind, english: &str, spanish: &str) {
        let regression = Regression { service: service.map(str::to_owned), kind };
        let said = Language::ALL.map(|language| language.regression(&regression));
        assert_eq!(said, [english, spanish]);
    }

    fn start(at_least_ms: u64, at_most_ms: u64) -> StartUp {
        StartUp { started: Time(0), at_least_ms, at_most_ms }
    }

    fn finding(title: &'static str) -> NewFinding {
        NewFinding { rule: "secrets", title: title.into(), severity: Severity::High }
    }

    #[test]
    fn every_kind_is_a_sentence_in_every_language() {
        let app = Some("app");
        check(
            app,
            Kind::Kills { before: 0, after: 1 },
            "app: OOM-killed 1 time (before: 0)",
            "app: terminado por OOM 1 vez (antes: 0)",
        );
        check(app, Kind::CrashLoop, "app: crashes repeatedly", "app: falla repetidamente");
        check(
            app,
            Kind::FailedEnds { before: 1, after: 3 },
            "app: exited with an error 3 times (before: 1)",
            "app: terminó con un error 3 veces (antes: 1)",
        );
        check(app, Kind::Unhealthy, "app: unhealthy", "app: no está sano");
        check(
            app,
            Kind::LostLimit { before: Bytes(512 * MIB) },
            "app: memory limit removed (before: 512 MiB)",
            "app: límite de memoria eliminado (antes: 512 MiB)",
        );
        let rising = |before, minute: u64| Kind::RisingMemory {
            before,
            bytes_per_hour: i64::try_from(minute * MIB * 60).unwrap(),
        };
        check(
            app,
            rising(None, 287),
            "app: memory rises by 287 MiB per minute",
            "app: la memoria crece 287 MiB por minuto",
        );
        check(
            app,
            rising(Some(1_258_291), 2),
            "app: memory still rises by 2 MiB per minute (before: 1.2 MiB per hour)",
            "app: la memoria sigue creciendo 2 MiB por minuto (antes: 1,2 MiB por hora)",
        );
        check(
            None,
            Kind::ExceedsHost { limits: Bytes(9 << 30), host: Bytes(8 << 30) },
            "The sum of limits, 9 GiB, exceeds the host memory, 8 GiB",
            "La suma de límites, 9 GiB, supera la memoria del host, 8 GiB",
        );
        check(
            app,
            Kind::LostHealthCheck,
            "app: health check removed",
            "app: comprobación de salud eliminada",
        );
        let slower = Kind::SlowerStart { before: start(500, 30_700), after: start(42_000, 102_000) };
        check(
            None,
            slower.clone(),
            "Slower start: healthy after 42 s to 102 s (before: 500 ms to 30.7 s)",
            "Arranque más lento: sano al cabo de 42 s a 102 s (antes: 500 ms a 30,7 s)",
        );
        let at_most = Kind::SlowerStart { before: start(0, 30_700), after: start(42_000, 102_000) };
        check(
            app,
            at_most,
            "app: slower start: healthy after 42 s to 102 s (before: at most 30.7 s)",
            "app: arranque más lento: sano al cabo de 42 s a 102 s (antes: 30,7 s como máximo)",
        );
        let new = |titles: &[&'static str], saving| Kind::NewFindings {
            findings: titles.iter().map(|title| finding(title)).collect(),
            saving: Bytes(saving),
        };
        check(app, new(&["Logs"], 0), "app: 1 new finding: Logs", "app: 1 hallazgo nuevo: Logs");
        check(
            app,
            new(&["A", "B", "C"], 55_400_000),
            "app: 3 new findings, 55.4 MB: A; B; 1 more",
            "app: 3 hallazgos nuevos, 55,4 MB: A; B; 1 más",
        );
        check(
            app,
            Kind::LostReservation { before: Bytes(64 * MIB) },
            "app: memory reservation removed (before: 64 MiB)",
            "app: reserva de memoria eliminada (antes: 64 MiB)",
        );
        check(
            app,
            Kind::UnboundedLog,
            "app: log size no longer limited",
            "app: tamaño del registro ya no limitado",
        );
        let size = SizeChange::new(Bytes(100_000_000), Bytes(120_000_000));
        check(
            app,
            Kind::LargerImage { size },
            "app: larger image: 100 MB → 120 MB (+20.0 %)",
            "app: imagen más grande: 100 MB → 120 MB (+20,0 %)",
        );
        check(
            app,
            Kind::LargerDownload { size },
            "app: larger download: 100 MB → 120 MB (+20.0 %)",
            "app: descarga más grande: 100 MB → 120 MB (+20,0 %)",
        );
        let memory = |figure, verdict| Kind::MoreMemory {
            figure,
            before: Bytes(33 * MIB),
            after: Bytes(41 * MIB),
            verdict,
        };
        check(
            app,
            memory(MemoryFigure::P95, ChangeVerdict::NotComparable),
            "app: more memory: p95 33 MiB → 41 MiB, but the recordings are not comparable",
            "app: más memoria: p95 33 MiB → 41 MiB, pero las grabaciones no son comparables",
        );
        check(
            app,
            memory(MemoryFigure::Median, ChangeVerdict::Indicative),
            "app: more memory: median 33 MiB → 41 MiB (indicative)",
            "app: más memoria: mediana 33 MiB → 41 MiB (indicativo)",
        );
        check(
            app,
            memory(MemoryFigure::Most, ChangeVerdict::Larger),
            "app: more memory: maximum 33 MiB → 41 MiB",
            "app: más memoria: máximo 33 MiB → 41 MiB",
        );
        check(
            app,
            Kind::SlowerChecks { before: 60, after: 1_250 },
            "app: slower health check: 1.2 s (before: 60 ms)",
            "app: comprobación de salud más lenta: 1,2 s (antes: 60 ms)",
        );
    }
}
