//! Plans, and their proof by builds: a fix that fails is left out, and the rest is planned again.

use std::path::PathBuf;

use plimsoll_analysis::findings::{Confidence, Finding, RuleId, progress};
use plimsoll_analysis::fix::{
    BuildPlace, Compose, Files, FixOptions, FixedFile, NoPlan, Plan, ProofStep, Refusal, plan_service,
};
use plimsoll_analysis::memory::recommend::Demands;
use plimsoll_analysis::squash;
use plimsoll_analysis::targets::Targets;
use plimsoll_report::fix::Proof;
use plimsoll_report::format::{one_line, shorten};
use plimsoll_snapshot::{Bytes, HealthCheck, Service, Snapshot};

use super::args::Args;
use super::compose::ComposeFile;
use super::project::Project;
use crate::error::{Error, Result};
use crate::load::snapshot_or_source;
use crate::printer::Printer;
use crate::proof::{Build, Job, Probed, Trial, Wanted};

/// Makes plans, without the fixes that failed so far.
pub(super) struct Planner<'a> {
    pub(super) args: &'a Args,
    pub(super) project: &'a Project,
    pub(super) compose: Option<&'a ComposeFile>,
    pub(super) snapshot: &'a Snapshot,
    pub(super) service: &'a Service,
    pub(super) failed: Vec<(Finding, ProofStep)>,
}

impl Planner<'_> {
    pub(super) fn path(&self, file: &FixedFile) -> PathBuf {
        let of_compose = || self.compose.map(|compose| compose.path.clone()).unwrap_or_default();
        self.project.path(file).unwrap_or_else(of_compose)
    }

    /// All fixes that are asked for and did not fail.
    pub(super) fn plan(&self) -> Result<Plan> {
        self.plan_of(&|_| true)
    }

    fn plan_of(&self, is_wanted: &dyn Fn(&Finding) -> bool) -> Result<Plan> {
        let rules = &self.args.rule;
        let is_asked =
            |finding: &Finding| rules.is_empty() || rules.iter().any(|id| *id == finding.rule.as_str());
        let is_meant = |finding: &Finding| {
            is_asked(finding) && is_wanted(finding) && self.failed.iter().all(|(failed, _)| failed != finding)
        };
        // A rule that is named is wanted, whatever its confidence.
        let confidence = if rules.is_empty() { self.args.confidence.confidence() } else { Confidence::Low };
        let read = |path: &str| self.project.context_file(path);
        let none = Targets::default();
        let targets = self.compose.map_or(&none, |compose| &compose.targets);
        let demands = Demands {
            service: &|name| targets.demanded(name),
            limits: targets.demanded_limits(),
            reservations: targets.demanded_reservations(),
        };
        let place = self.compose.map(|compose| compose.place(self.project));
        let compose = self.compose.zip(place.as_ref()).map(|(compose, (context, dockerfile))| Compose {
            text: &compose.text,
            place: BuildPlace { context, dockerfile: dockerfile.as_deref() },
            demands: &demands,
        });
        let files = Files {
            dockerfile: &self.project.text,
            dockerignore: self.project.ignore_text.as_deref(),
            read: &read,
            compose,
        };
        let choice = FixOptions {
            confidence,
            is_meant: &is_meant,
            cpu_index: self.args.cpu_index.as_deref(),
            has_settings: rules.is_empty(),
        };
        let mut plan =
            plan_service(self.snapshot, self.service, &files, &choice).map_err(|why| self.refused(&why))?;
        let failed =
            self.failed.iter().map(|(finding, step)| (finding.clone(), Refusal::Failed { step: *step }));
        plan.refused.splice(0..0, failed);
        Ok(plan)
    }

    fn refused(&self, why: &NoPlan) -> Error {
        let file = self.project.dockerfile.display();
        match why {
            NoPlan::OtherImage { written, made } => {
                let written = written.iter().map(|(line, text)| format!("line {line}: {}", quoted(text)));
                let made = made.iter().map(|text| quoted(text));
                let listed = |texts: Vec<String>| {
                    if texts.is_empty() { "nothing".to_owned() } else { texts.join("; ") }
                };
                Error::usage(
                    format!(
                        "no instruction of `{file}` made a layer of `{}`; the Dockerfile has {}; the image was made by {}",
                        self.args.source,
                        listed(written.collect()),
                        listed(made.collect())
                    ),
                    "build the image from this Dockerfile first, or name the right one with `--dockerfile`",
                )
            }
            NoPlan::Unreadable => Error::usage(
                format!("`{file}` cannot be edited: its lines do not fit its instructions"),
                "save it with line breaks of one kind",
            ),
        }
    }

    /// Builds and probes a plan. Fixes that fail are left out, and the plan is made again without them.
    pub(super) fn proven(
        &mut self,
        build: &Build<'_>,
        mut plan: Plan,
        printer: &Printer,
    ) -> Result<(Plan, Option<Proof>)> {
        let mut trial = self.tried(build, &plan, true, printer)?;
        if let Trial::Failed { step, output } = trial {
            let why = shorten(&one_line(&output), SHOWN_OUTPUT);
            printer
                .note(&format!("{} with all fixes ({why}); trying them one after the other", failure(step)));
            self.isolate(build, &plan, printer)?;
            plan = self.plan()?;
            if plan.changes.is_empty() {
                return Ok((plan, None));
            }
            trial = self.tried(build, &plan, true, printer)?;
        }
        match trial {
            Trial::Failed { step, output } => Err(Error::usage(
                format!("{} once more: {output}", failure(step)),
                "a build or probe that fails now and then proves nothing: make it repeatable",
            )),
            Trial::Built { images, probed } => {
                let options = self.args.read.options();
                let mut sizes = Vec::new();
                let mut last = None;
                for image in images {
                    let mut after = snapshot_or_source(&image.source(), &options, printer)?;
                    if let [service] = &mut after.services[..] {
                        service.name.clone_from(&self.service.name);
                        sizes.push(inspect_image(&after, after.services[0].image));
                    }
                    last = Some(after);
                }
                // Findings are about the image that a build without a target gives: the last one.
                let proof = last.map(|after| self.measured(&after, &plan, probed, &sizes));
                Ok((plan, proof))
            }
        }
    }

    /// Finds the fixes that fail: each is added to those that worked so far.
    fn isolate(&mut self, build: &Build<'_>, plan: &Plan, printer: &Printer) -> Result<()> {
        let none = Plan { changes: Vec::new(), ..plan.clone() };
        if let Trial::Failed { step, output } = self.tried(build, &none, false, printer)? {
            return Err(Error::usage(
                format!("{} without any fix: {output}", failure(step)),
                "repair the build or the probe first",
            ));
        }
        let mut works: Vec<Finding> = Vec::new();
        for applied in &plan.applied {
            let with = self.plan_of(&|finding| works.contains(finding) || *finding == applied.finding)?;
            match self.tried(build, &with, false, printer)? {
                Trial::Built { .. } => works.push(applied.finding.clone()),
                Trial::Failed { step, output } => {
                    printer.note(&format!("{}: {}: {output}", applied.finding.rule, failure(step)));
                    self.failed.push((applied.finding.clone(), step));
                }
            }
        }
        Ok(())
    }

    fn tried(&self, build: &Build<'_>, plan: &Plan, is_wanted: bool, printer: &Printer) -> Result<Trial> {
        let changes: Vec<(PathBuf, &str)> =
            plan.changes.iter().map(|change| (self.path(&change.file), change.after.as_str())).collect();
        let own = self.snapshot.images[self.service.image].config.health_check.as_ref();
        let planned: Vec<(String, HealthCheck)> = self.planned_checks();
        let check_of =
            |service: &str| planned.iter().find(|(name, _)| name == service).map(|(_, check)| check);
        let mut images: Vec<Wanted<'_>> = plan
            .promises
            .iter()
            .map(|promise| Wanted {
                service: &promise.service,
                target: Some(&promise.target),
                // The check of the image is that of the service which runs its command.
                health_check: check_of(&promise.service).or(
                    own.filter(|_| promise.service == plan.promises.last().map_or("", |last| &last.service))
                ),
            })
            .collect();
        if images.is_empty() || plan.changes.is_empty() {
            let (service, target) = (self.service.name.as_str(), plan.target.as_deref());
            images = vec![Wanted { service, target, health_check: check_of(service).or(own) }];
        }
        let job = Job {
            context: &self.project.context,
            dockerfile: &self.project.dockerfile,
            changes: &changes,
            images: &images,
            is_wanted,
        };
        build.tried(&job, printer)
    }

    /// The health checks of the Compose file.
    fn planned_checks(&self) -> Vec<(String, HealthCheck)> {
        let planned = self.snapshot.runtime.iter().flat_map(|runtime| &runtime.planned);
        let nanoseconds = |milliseconds: Option<u64>| milliseconds.unwrap_or(0).saturating_mul(1_000_000);
        planned
            .filter_map(|planned| {
                let probe = planned.health_check.as_ref().filter(|probe| !probe.test.is_empty())?;
                let check = HealthCheck {
                    test: probe.test.clone(),
                    interval_ns: nanoseconds(probe.interval_ms),
                    timeout_ns: nanoseconds(probe.timeout_ms),
                    start_period_ns: nanoseconds(probe.start_period_ms),
                    retries: probe.retries.unwrap_or(0),
                };
                Some((planned.name.clone(), check))
            })
            .collect()
    }

    /// What the fixes saved in the image that was built.
    fn measured(&self, after: &Snapshot, plan: &Plan, probed: Probed, sizes: &[Bytes]) -> Proof {
        let before = Snapshot { services: vec![self.service.clone()], ..self.snapshot.clone() };
        let became = progress(&before, after);
        let followed: Vec<_> = became.services.iter().flat_map(|service| &service.findings).collect();
        let found = |finding: &Finding| followed.iter().find(|followed| followed.finding == *finding);
        // What findings share was promised by each of them.
        let saved = |finding: &Finding| found(finding).map(|one| one.saved + one.shared).unwrap_or_default();
        let credited = |finding: &Finding| found(finding).map(|one| one.saved).unwrap_or_default();
        let size = |snapshot: &Snapshot, image: usize| inspect_image(snapshot, image);
        let before_bytes = size(self.snapshot, self.service.image);
        let after_bytes =
            after.services.first().map(|service| size(after, service.image)).unwrap_or_default();
        // The packages of other services are no finding of this image: what remains of the difference.
        let others: Bytes = plan.applied.iter().map(|applied| credited(&applied.finding)).sum();
        let rest = Bytes(before_bytes.0.saturating_sub(after_bytes.0).saturating_sub(others.0));
        let of = |finding: &Finding| {
            if finding.rule == RuleId::SharedFatImage { rest } else { saved(finding) }
        };
        Proof {
            before_bytes,
            after_bytes,
            saved_bytes: plan.applied.iter().map(|applied| of(&applied.finding)).collect(),
            is_probed: probed != Probed::No,
            is_health_checked: probed == Probed::HealthCheck,
            service_bytes: if plan.promises.is_empty() { Vec::new() } else { sizes.to_vec() },
        }
    }
}

/// The start of an instruction, in quotes.
fn quoted(text: &str) -> String {
    format!("`{}`", shorten(&one_line(text), SHOWN))
}

/// The characters of an instruction that an error shows.
const SHOWN: usize = 60;

/// The characters of an output that a note shows.
const SHOWN_OUTPUT: usize = 160;

/// Image size: the bytes of all layers.
fn inspect_image(snapshot: &Snapshot, image: usize) -> Bytes {
    let squashed = squash(snapshot, &snapshot.images[image]);
    squashed.inodes.iter().map(|inode| inode.size).sum()
}

const fn failure(step: ProofStep) -> &'static str {
    match step {
        ProofStep::Build => "the build fails",
        ProofStep::Probe => "the probe fails",
    }
}
