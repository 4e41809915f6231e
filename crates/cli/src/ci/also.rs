//! Documents for other tools, which `plimsoll ci` writes on request.

use std::path::Path;

use clap::ValueEnum;
use plimsoll_analysis::findings::{Acceptance, RULES, StackAdvice, advise_accepting};
use plimsoll_analysis::inspect::Inspection;
use plimsoll_analysis::packages::inventory;
use plimsoll_analysis::review::Review;
use plimsoll_analysis::targets::Judgement;
use plimsoll_report::exchange::{Place, annotations, code_quality, cyclonedx, junit, openmetrics, sarif};
use plimsoll_report::language::Language;
use plimsoll_report::targets::conclusion::Gate;
use plimsoll_snapshot::Snapshot;

use crate::error::{Error, Result};
use crate::output::{Content, Output};
use crate::printer::Printer;

/// A document for another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Also {
    /// `findings.sarif`: findings for code scanning
    Sarif,
    /// `gl-code-quality-report.json`: findings for GitLab
    Codequality,
    /// `targets.xml`: targets as JUnit tests
    Junit,
    /// `metrics.txt`: sizes and targets as OpenMetrics
    Openmetrics,
    /// `sbom.cdx.json`: packages with their bytes
    Sbom,
    /// Findings as annotations of GitHub Actions, in the log
    Annotations,
}

impl Also {
    const fn file(self) -> Option<&'static str> {
        match self {
            Self::Sarif => Some("findings.sarif"),
            Self::Codequality => Some("gl-code-quality-report.json"),
            Self::Junit => Some("targets.xml"),
            Self::Openmetrics => Some("metrics.txt"),
            Self::Sbom => Some("sbom.cdx.json"),
            Self::Annotations => None,
        }
    }
}

/// What they are about.
pub(crate) struct Subject<'a> {
    pub(crate) after: &'a Snapshot,
    pub(crate) inspection: &'a Inspection,
    /// What the change did, if there is a state before.
    pub(crate) review: Option<&'a Review>,
    pub(crate) judgement: &'a Judgement,
    /// Findings that need not be fixed.
    pub(crate) accepted: &'a [Acceptance],
    /// Whether unknown counts as missed.
    pub(crate) strict: bool,
    /// Where the Dockerfiles are.
    pub(crate) place: Place<'a>,
}

/// The documents that are wanted, each with its file.
pub(crate) struct Documents(Vec<(Also, Option<Output>)>);

impl Documents {
    /// Takes their files as outputs.
    pub(crate) fn announce(wanted: &[Also], directory: &Path) -> Self {
        let mut wanted = wanted.to_vec();
        wanted.sort();
        wanted.dedup();
        let file = |also: Also| Some(Output::announce(directory.join(also.file()?)));
        Self(wanted.into_iter().map(|also| (also, file(also))).collect())
    }

    /// Writes them.
    pub(crate) fn write(&self, subject: &Subject<'_>, language: Language, printer: &Printer) -> Result<()> {
        // They are looked for once, and only if they are wanted.
        let mut advice: Option<StackAdvice> = None;
        for (also, file) in &self.0 {
            if matches!(also, Also::Sarif | Also::Codequality | Also::Annotations) && advice.is_none() {
                let rules: Vec<_> = RULES.iter().collect();
                advice = Some(advise_accepting(subject.after, &rules, None, subject.accepted));
            }
            let mut document = Vec::new();
            render(*also, subject, advice.as_ref(), language, &mut document)
                .expect("memory takes everything");
            match file {
                Some(file) => file.write(Content::Text, |out| out.write_all(&document))?,
                // A closed pipe must not change the exit code.
                None => match printer.data(&String::from_utf8_lossy(&document)) {
                    Ok(()) | Err(Error::ClosedPipe) => {}
                    Err(error) => return Err(error),
                },
            }
        }
        Ok(())
    }
}

fn render(
    also: Also,
    subject: &Subject<'_>,
    advice: Option<&StackAdvice>,
    language: Language,
    out: &mut Vec<u8>,
) -> std::io::Result<()> {
    const VERSION: &str = env!("CARGO_PKG_VERSION");
    let gate = Gate { strict: subject.strict, ideals: false };
    match (also, advice) {
        (Also::Sarif, Some(advice)) => sarif::findings(advice, subject.place, VERSION, language, out),
        (Also::Codequality, Some(advice)) => code_quality::findings(advice, subject.place, language, out),
        (Also::Annotations, Some(advice)) => {
            out.extend(annotations::findings(advice, subject.place, language).into_bytes());
            Ok(())
        }
        (Also::Junit, _) => {
            out.extend(junit::judgement(subject.judgement, gate, language).into_bytes());
            Ok(())
        }
        (Also::Openmetrics, _) => {
            let metrics = openmetrics::metrics(subject.inspection, subject.review, Some(subject.judgement));
            out.extend(metrics.into_bytes());
            Ok(())
        }
        (Also::Sbom, _) => {
            cyclonedx::sbom(subject.after, &inventory(subject.after), subject.inspection, VERSION, out)
        }
        (Also::Sarif | Also::Codequality | Also::Annotations, None) => Ok(()),
    }
}
