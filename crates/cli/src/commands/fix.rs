//! `plimsoll fix`: the fixes of all findings as one patch, and the proof that they work.

use std::io::IsTerminal as _;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use plimsoll_analysis::findings::{Confidence, Finding, RULES, progress};
use plimsoll_analysis::fix::{Choice, Files, FixedFile, NoPlan, Plan, ProofStep, Refusal, plan_service};
use plimsoll_analysis::squash;
use plimsoll_collect::{MAX_BUILD_FILE_BYTES, read_dockerfile, read_dockerignore};
use plimsoll_report::fix::{Fixes, Proof, Shown};
use plimsoll_snapshot::{Bytes, Service, Snapshot};

use super::build::ignore_file;
use super::record::parse_duration;
use super::{Format, LanguageArgs, ReadArgs, chosen_service};
use crate::error::{Error, Result};
use crate::identity::resolved;
use crate::load::snapshot_or_source;
use crate::names;
use crate::output::{Content, Output};
use crate::printer::Printer;
use crate::proof::{Build, Trial};
use crate::{input, output};

/// Fix findings in the Dockerfile and the build context, as one patch
///
/// Findings that need a decision are not fixed, and neither are those whose files something else uses. The list says why.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot: the image that the Dockerfile builds
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Dockerfile of the image
    #[arg(long, value_name = "PATH", default_value = "Dockerfile")]
    dockerfile: PathBuf,
    /// Build context; by default the directory of the Dockerfile
    #[arg(long, value_name = "DIRECTORY")]
    context: Option<PathBuf>,
    /// Service to fix, if the source has several
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Fix only the findings of these rules
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    rule: Vec<String>,
    /// Minimum confidence that the image still builds and works
    #[arg(long, value_enum, default_value_t)]
    confidence: Level,
    /// Write the patch to a file
    #[arg(long, value_name = "FILE")]
    patch: Option<Output>,
    /// Change the files
    #[arg(long, conflicts_with = "dry_run")]
    write: bool,
    /// Change and build nothing: only print what would be done
    #[arg(long)]
    dry_run: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    proof: ProofArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// How a fix is tried.
#[derive(clap::Args)]
#[command(next_help_heading = "Proof options")]
struct ProofArgs {
    /// Build the fixed image in a copy of the context, and measure it
    ///
    /// `auto` calls the first of docker, podman and buildah that works. A command of your own runs in the copy of the
    /// context and builds the image `$PLIMSOLL_IMAGE` from `$PLIMSOLL_DOCKERFILE`. A fix that fails is left out and
    /// reported.
    #[arg(long, value_name = "auto|COMMAND")]
    build: Option<String>,
    /// Command that succeeds if the image `$PLIMSOLL_IMAGE` works
    #[arg(long, value_name = "COMMAND", requires = "build")]
    probe: Option<String>,
    /// Maximum time for one build or probe
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = parse_duration)]
    timeout: Duration,
}

/// The least confidence of fixes.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Level {
    /// Certain to build and to work
    High,
    /// Works for nearly all images that look like this
    #[default]
    Medium,
    /// Possibly intentional: look first
    Low,
}

impl Level {
    const fn confidence(self) -> Confidence {
        match self {
            Self::High => Confidence::High,
            Self::Medium => Confidence::Medium,
            Self::Low => Confidence::Low,
        }
    }
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Show the fixes of an image as a patch:
      plimsoll fix my-app:latest --dockerfile Dockerfile
  Prove them, then change the files:
      plimsoll fix my-app:latest --build auto --probe 'docker run --rm $PLIMSOLL_IMAGE python -c \"import app\"' --write
  Apply only what is certain:
      plimsoll fix my-app:latest --confidence high --patch fixes.patch
      git apply fixes.patch";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    if let Some(unknown) = args.rule.iter().find(|id| RULES.iter().all(|rule| rule.id.as_str() != **id)) {
        let ids: Vec<String> = RULES.iter().map(|rule| rule.id.to_string()).collect();
        return Err(Error::usage(
            format!("there is no rule `{unknown}`"),
            names::hint(unknown, "the rules are", &ids),
        ));
    }
    let project = Project::read(args)?;
    let mut snapshot = snapshot_or_source(&args.source, &args.read.options(), printer)?;
    let service = chosen_service(
        &snapshot,
        args.service.as_deref(),
        "`--service NAME` names the one of this Dockerfile",
    )?;
    snapshot.services[service].build = Some(project.build.clone());
    let (snapshot, service) = (&snapshot, &snapshot.services[service]);
    let mut planner = Planner { args, project: &project, snapshot, service, failed: Vec::new() };
    let plan = planner.plan()?;
    let (plan, proof) =
        match args.proof.build.as_deref().filter(|_| !args.dry_run && !plan.changes.is_empty()) {
            Some(command) => {
                let build = Build::new(command, args.proof.probe.as_deref(), args.proof.timeout)?;
                planner.proven(&build, plan, printer)?
            }
            None => (plan, None),
        };
    let targets: Vec<PathBuf> = plan.changes.iter().map(|change| project.path(&change.file)).collect();
    if let Some(Output::File(patch)) = &args.patch
        && targets.iter().any(|target| is_same(target, patch))
    {
        return Err(Error::usage(
            format!("the patch `{}` would replace a file that it changes", patch.display()),
            "name it as `fixes.patch`",
        ));
    }
    if targets.iter().any(|target| target.components().any(|part| part == Component::ParentDir)) {
        printer.note("note: the patch applies in the directory of the build context");
    }
    for line in &plan.unmatched {
        printer.note(&format!(
            "note: `{}`, line {line}: this instruction made no layer of the image; build the image again for exact figures",
            args.dockerfile.display()
        ));
    }
    let fixes = Fixes {
        service: &service.name,
        plan: &plan,
        name: &|file| project.name(file),
        proof: proof.as_ref(),
    };
    if let Some(output) = &args.patch {
        let patch = fixes.patch();
        output.write(Content::Text, |out| out.write_all(patch.as_bytes()))?;
    }
    match args.format {
        // Standard output has the patch already.
        _ if args.patch == Some(Output::Standard) => {}
        Format::Text => {
            let shown = if std::io::stdout().is_terminal() { Shown::OnTerminal } else { Shown::AsItIs };
            printer.data(&fixes.text(args.language.chosen(), shown))?;
        }
        Format::Markdown => printer.data(&fixes.markdown(args.language.chosen()))?,
        Format::Json => printer.stream(|out| fixes.json(out))?,
    }
    if args.write {
        let files: Vec<(PathBuf, &str, &str)> = (plan.changes.iter())
            .map(|change| (project.path(&change.file), change.before.as_str(), change.after.as_str()))
            .collect();
        output::rewrite(&files)?;
        for (path, ..) in &files {
            printer.note(&format!("{}: changed", path.display()));
        }
    }
    Ok(())
}

/// The files that an image is built from.
struct Project {
    dockerfile: PathBuf,
    text: String,
    ignore_file: PathBuf,
    ignore_text: Option<String>,
    context: PathBuf,
    build: plimsoll_snapshot::BuildFile,
}

impl Project {
    fn read(args: &Args) -> Result<Self> {
        let dockerfile = args.dockerfile.clone();
        let parent = dockerfile.parent().filter(|parent| !parent.as_os_str().is_empty());
        let context = args.context.clone().unwrap_or_else(|| parent.unwrap_or(Path::new(".")).to_owned());
        if !context.is_dir() {
            return Err(Error::usage(
                format!("`{}` is not a directory", context.display()),
                "`--context DIRECTORY` names the build context",
            ));
        }
        let text = text_of(&dockerfile)?;
        let name = dockerfile.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (mut build, problem) = read_dockerfile(&name, &text);
        if let Some(problem) = problem {
            return Err(Error::usage(problem, "fix the Dockerfile first: `docker build` refuses it too"));
        }
        let ignore_file = ignore_file(&dockerfile)
            .or_else(|| Some(context.join(".dockerignore")).filter(|path| path.is_file()));
        let ignore_text = ignore_file.as_deref().map(text_of).transpose()?;
        build.ignore = ignore_text.as_deref().map(read_dockerignore);
        Ok(Self {
            dockerfile,
            text,
            ignore_file: ignore_file.unwrap_or_else(|| context.join(".dockerignore")),
            ignore_text,
            context,
            build,
        })
    }

    fn path(&self, file: &FixedFile) -> PathBuf {
        match file {
            FixedFile::Dockerfile => self.dockerfile.clone(),
            FixedFile::Dockerignore => self.ignore_file.clone(),
            FixedFile::Context(path) => self.context.join(path),
        }
    }

    /// The path of a file as a patch names it: from here, or from the context.
    fn name(&self, file: &FixedFile) -> String {
        let path = self.path(file);
        let here = std::env::current_dir().ok();
        let relative = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(&path);
        let leads_up =
            |path: &Path| path.is_absolute() || path.components().any(|part| part == Component::ParentDir);
        // No program applies a patch with `..` in it.
        let relative = if leads_up(relative) {
            relative.strip_prefix(&self.context).unwrap_or(relative)
        } else {
            relative
        };
        let parts = relative.components().filter_map(|part| match part {
            Component::Normal(part) => Some(part.to_string_lossy()),
            _ => None,
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// A file of the context. What leads out of it is not read.
    fn context_file(&self, path: &str) -> Option<String> {
        let relative = Path::new(path);
        let stays =
            relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
        let path = self.context.join(relative);
        // A link may lead out of it as well.
        let is_inside = || {
            let (root, path) =
                (std::fs::canonicalize(&self.context).ok()?, std::fs::canonicalize(&path).ok()?);
            path.starts_with(root).then_some(())
        };
        is_inside().filter(|()| stays)?;
        let bytes = input::read_regular(&path, MAX_BUILD_FILE_BYTES).ok()?;
        String::from_utf8(bytes).ok()
    }
}

fn text_of(path: &Path) -> Result<String> {
    let bytes = input::read(path, MAX_BUILD_FILE_BYTES).map_err(|error| Error::read(path, error))?;
    String::from_utf8(bytes).map_err(|_| {
        Error::usage(format!("`{}` is not UTF-8 text", path.display()), "save it as UTF-8, then try again")
    })
}

/// Whether two names are those of one file.
fn is_same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| std::path::absolute(resolved(path)).unwrap_or_else(|_| path.to_owned());
    whole(one) == whole(other)
}

/// Makes plans, without the fixes that failed so far.
struct Planner<'a> {
    args: &'a Args,
    project: &'a Project,
    snapshot: &'a Snapshot,
    service: &'a Service,
    failed: Vec<(Finding, ProofStep)>,
}

impl Planner<'_> {
    /// All fixes that are asked for and did not fail.
    fn plan(&self) -> Result<Plan> {
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
        let files = Files {
            dockerfile: &self.project.text,
            dockerignore: self.project.ignore_text.as_deref(),
            read: &read,
        };
        let choice = Choice { confidence, is_meant: &is_meant };
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
            NoPlan::OtherImage => Error::usage(
                format!("no instruction of `{file}` made a layer of `{}`", self.args.source),
                "build the image from this Dockerfile first, or name the right one with `--dockerfile`",
            ),
            NoPlan::Unreadable => Error::usage(
                format!("`{file}` cannot be edited: its lines do not fit its instructions"),
                "save it with line breaks of one kind",
            ),
        }
    }

    /// Builds and probes a plan. Fixes that fail are left out, and the plan is made again without them.
    fn proven(
        &mut self,
        build: &Build<'_>,
        mut plan: Plan,
        printer: &Printer,
    ) -> Result<(Plan, Option<Proof>)> {
        let mut trial = self.tried(build, &plan, true, printer)?;
        if let Trial::Failed { step, .. } = trial {
            printer.note(&format!("{} with all fixes; trying them one after the other", failure(step)));
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
            Trial::Built { image: None, .. } => Ok((plan, None)),
            Trial::Built { image: Some(image), is_probed } => {
                let options = self.args.read.options();
                let mut after = snapshot_or_source(&image.source(), &options, printer)?;
                if let [service] = &mut after.services[..] {
                    service.name.clone_from(&self.service.name);
                }
                let proof = self.measured(&after, &plan, is_probed);
                Ok((plan, Some(proof)))
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
        let changes: Vec<(PathBuf, &str)> = plan
            .changes
            .iter()
            .map(|change| (self.project.path(&change.file), change.after.as_str()))
            .collect();
        build.tried(&self.project.context, &self.project.dockerfile, &changes, is_wanted, printer)
    }

    /// What the fixes saved in the image that was built.
    fn measured(&self, after: &Snapshot, plan: &Plan, is_probed: bool) -> Proof {
        let before = Snapshot { services: vec![self.service.clone()], ..self.snapshot.clone() };
        let became = progress(&before, after);
        let followed = became.services.iter().flat_map(|service| &service.findings);
        let saved = |finding: &Finding| {
            let mut same = followed.clone().filter(|followed| followed.finding == *finding);
            // What findings share was promised by each of them.
            same.next().map(|followed| followed.saved + followed.shared).unwrap_or_default()
        };
        let size = |snapshot: &Snapshot, image: usize| inspect_image(snapshot, image);
        Proof {
            before_bytes: size(self.snapshot, self.service.image),
            after_bytes: after.services.first().map(|service| size(after, service.image)).unwrap_or_default(),
            saved_bytes: plan.applied.iter().map(|applied| saved(&applied.finding)).collect(),
            is_probed,
        }
    }
}

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
