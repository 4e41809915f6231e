//! What got worse and what got better, as sentences: the parts that all languages share.

use plimsoll_analysis::findings::NamedFinding;
use plimsoll_analysis::improvements::Improvement;
use plimsoll_analysis::regressions::Regression;
use plimsoll_snapshot::Bytes;

use super::Language;
use crate::format::{self, one_line};

/// The number of findings that a sentence names.
const NAMED: usize = 2;

impl Language {
    /// What got worse, in a sentence without a full stop: `backend: memory rises by 287 MiB per minute`.
    #[must_use]
    pub fn regression(self, regression: &Regression) -> String {
        about(regression.service.as_deref(), &(self.words().messages.regression)(&regression.kind))
    }

    /// What got better, likewise: `backend: memory limit set: 512 MiB (before: none)`.
    #[must_use]
    pub fn improvement(self, improvement: &Improvement) -> String {
        about(improvement.service.as_deref(), &(self.words().messages.improvement)(&improvement.kind))
    }

    /// What a rate brings per minute, or per hour if a minute brings less than a mebibyte, and whether it is per minute.
    pub(super) fn rate(self, bytes_per_hour: i64) -> (String, bool) {
        let hourly = Bytes(bytes_per_hour.unsigned_abs());
        let minute = Bytes(hourly.0 / 60);
        let by_minute = minute.0 >= 1 << 20;
        (self.memory(if by_minute { minute } else { hourly }), by_minute)
    }

    /// The gravest of some findings, and how many more there are.
    pub(super) fn named_findings<'a>(
        self,
        findings: impl ExactSizeIterator<Item = &'a NamedFinding>,
    ) -> String {
        let number = findings.len();
        let title = |finding: &NamedFinding| one_line(&(self.words().messages.headline)(&finding.headline));
        let mut titles: Vec<String> = findings.take(NAMED).map(title).collect();
        if let Some(more) = number.checked_sub(NAMED).filter(|&more| more > 0) {
            titles.push((self.words().and_more)(&format::count(more as u64)));
        }
        titles.join("; ")
    }
}

/// A sentence about a service, or about the stack as a whole.
fn about(service: Option<&str>, sentence: &str) -> String {
    match service {
        Some(service) => format!("{}: {sentence}", format::name(service)),
        None => format::sentence(sentence),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::findings::{FixedFinding, Headline, RuleId, Severity};
    use plimsoll_analysis::improvements::ImprovementKind as Better;
    use plimsoll_analysis::inspect::SizeChange;
    use plimsoll_analysis::memory::StartUp;
    use plimsoll_analysis::memory::compare::ChangeVerdict;
    use plimsoll_analysis::regressions::{MemoryFigure, RegressionKind as Kind};
    use plimsoll_snapshot::runtime::Time;

    use super::*;

    const MIB: u64 = 1 << 20;

    fn check(service: Option<&str>, kind: Kind, english: &str, spanish: &str) {
        let regression = Regression { service: service.map(str::to_owned), kind };
        let text = Language::ALL.map(|language| language.regression(&regression));
        assert_eq!(text, [english, spanish]);
    }

    fn start(at_least_ms: u64, at_most_ms: u64) -> StartUp {
        StartUp { started: Time(0), at_least_ms, at_most_ms }
    }

    fn finding(headline: Headline) -> NamedFinding {
        NamedFinding { rule: RuleId::Secrets, headline, severity: Severity::High }
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
        let new = |headlines: &[Headline], saving| Kind::NewFindings {
            findings: headlines.iter().cloned().map(finding).collect(),
            saving: Bytes(saving),
        };
        check(
            app,
            new(&[Headline::StaticLibraries], 0),
            "app: 1 new finding: Static libraries",
            "app: 1 hallazgo nuevo: Bibliotecas estáticas",
        );
        check(
            app,
            new(&[Headline::Secrets, Headline::Bytecode, Headline::LogFiles], 55_400_000),
            "app: 3 new findings, 55.4 MB: Secrets or keys; Python bytecode; 1 more",
            "app: 3 hallazgos nuevos, 55,4 MB: Secretos o claves; Bytecode de Python; 1 más",
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

    #[test]
    fn every_improvement_is_a_sentence_in_every_language() {
        let check = |service: Option<&str>, kind, english: &str, spanish: &str| {
            let improvement = Improvement { service: service.map(str::to_owned), kind };
            let text = Language::ALL.map(|language| language.improvement(&improvement));
            assert_eq!(text, [english, spanish]);
        };
        let app = Some("app");
        check(
            app,
            Better::FewerKills { before: 3, after: 0 },
            "app: no OOM kills (before: 3)",
            "app: sin terminaciones por OOM (antes: 3)",
        );
        check(
            app,
            Better::FewerKills { before: 3, after: 1 },
            "app: OOM-killed only 1 time (before: 3)",
            "app: terminado por OOM solo 1 vez (antes: 3)",
        );
        check(
            app,
            Better::NoCrashLoop,
            "app: no longer crashes repeatedly",
            "app: ya no falla repetidamente",
        );
        check(app, Better::Healthy, "app: healthy (before: unhealthy)", "app: sano (antes no lo estaba)");
        check(
            app,
            Better::NewLimit { after: Bytes(512 * MIB) },
            "app: memory limit set: 512 MiB (before: none)",
            "app: límite de memoria fijado: 512 MiB (antes: ninguno)",
        );
        check(
            app,
            Better::LevelMemory { before: 1_258_291 },
            "app: memory no longer rises (before: by 1.2 MiB per hour)",
            "app: la memoria ya no crece (antes: 1,2 MiB por hora)",
        );
        check(
            None,
            Better::FitsHost { limits: Bytes(7 << 30), host: Bytes(8 << 30) },
            "The sum of limits, 7 GiB, fits the host memory, 8 GiB",
            "La suma de límites, 7 GiB, cabe en la memoria del host, 8 GiB",
        );
        check(app, Better::NewHealthCheck, "app: health check added", "app: comprobación de salud añadida");
        check(
            None,
            Better::FasterStart { before: start(42_000, 102_000), after: start(0, 30_700) },
            "Faster start: healthy after at most 30.7 s (before: 42 s to 102 s)",
            "Arranque más rápido: sano al cabo de 30,7 s como máximo (antes: 42 s a 102 s)",
        );
        let size = SizeChange::new(Bytes(120_000_000), Bytes(100_000_000));
        check(
            app,
            Better::SmallerImage { size },
            "app: smaller image: 120 MB → 100 MB (−16.7 %)",
            "app: imagen más pequeña: 120 MB → 100 MB (−16,7 %)",
        );
        check(
            app,
            Better::SmallerDownload { size },
            "app: smaller download: 120 MB → 100 MB (−16.7 %)",
            "app: descarga más pequeña: 120 MB → 100 MB (−16,7 %)",
        );
        let memory = |figure, verdict| Better::LessMemory {
            figure,
            before: Bytes(41 * MIB),
            after: Bytes(33 * MIB),
            verdict,
        };
        check(
            app,
            memory(MemoryFigure::P95, ChangeVerdict::NotComparable),
            "app: less memory: p95 41 MiB → 33 MiB, but the recordings are not comparable",
            "app: menos memoria: p95 41 MiB → 33 MiB, pero las grabaciones no son comparables",
        );
        check(
            app,
            memory(MemoryFigure::Most, ChangeVerdict::Smaller),
            "app: less memory: maximum 41 MiB → 33 MiB",
            "app: menos memoria: máximo 41 MiB → 33 MiB",
        );
        let findings = [Headline::Bytecode, Headline::LogFiles, Headline::Secrets]
            .map(|headline| FixedFinding { finding: finding(headline), saved: Bytes(1) })
            .to_vec();
        check(
            app,
            Better::FixedFindings { findings, saved: Bytes(55_400_000) },
            "app: 3 findings fixed, 55.4 MB: Python bytecode; Build logs; 1 more",
            "app: 3 hallazgos resueltos, 55,4 MB: Bytecode de Python; Registros de la construcción; 1 más",
        );
        check(
            app,
            Better::NewReservation { after: Bytes(64 * MIB) },
            "app: memory reservation set: 64 MiB",
            "app: reserva de memoria fijada: 64 MiB",
        );
        check(app, Better::BoundedLog, "app: log size limited", "app: tamaño del registro limitado");
        check(
            app,
            Better::FasterChecks { before: 1_250, after: 60 },
            "app: faster health check: 60 ms (before: 1.2 s)",
            "app: comprobación de salud más rápida: 60 ms (antes: 1,2 s)",
        );
    }
}
