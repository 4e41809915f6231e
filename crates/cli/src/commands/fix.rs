//! `plimsoll fix`: the fixes of all findings as one patch, and the proof that they work.

use std::io::IsTerminal as _;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use plimsoll_analysis::findings::{Confidence, Finding, RULES, RuleId, progress};
use plimsoll_analysis::fix::{
    BuildPlace, Choice, Compose, Files, FixedFile, NoPlan, Plan, ProofStep, Refusal, builds, plan_service,
    reconstructed,
};
use plimsoll_analysis::memory::recommend::Demands;
use plimsoll_analysis::squash;
use plimsoll_analysis::targets::Targets;
use plimsoll_collect::{MAX_BUILD_FILE_BYTES, read_dockerfile, read_dockerignore};
use plimsoll_report::fix::{Fixes, Proof, Shown};
use plimsoll_report::format::{one_line, shorten};
use plimsoll_snapshot::{Bytes, HealthCheck, Image, Service, Snapshot};

use super::build::ignore_file;
use super::record::parse_duration;
use super::target_file::TargetFile;
use super::{Format, LanguageArgs, ReadArgs, chosen_service};
use crate::error::{Error, Result};
use crate::identity::resolved;
use crate::limits::MemoryLimits;
use crate::load::snapshot_or_source;
use crate::memory::MemoryArgs;
use crate::names;
use crate::output::{Content, Output};
use crate::printer::Printer;
use crate::proof::{Build, Job, Probed, Trial, Wanted};
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
    /// Dockerfile of the image; by default `Dockerfile`
    ///
    /// Without one, the fixes are shown in a Dockerfile that is reconstructed from the history of the image.
    #[arg(long, value_name = "PATH")]
    dockerfile: Option<PathBuf>,
    /// Build context; by default the directory of the Dockerfile
    #[arg(long, value_name = "DIRECTORY")]
    context: Option<PathBuf>,
    /// Compose file of the services that run the image: fix it, too
    ///
    /// Services that share the image get one stage each. Limits, log rotation and health checks are set as `plimsoll recommend`
    /// suggests.
    #[arg(long, value_name = "FILE")]
    compose: Option<PathBuf>,
    /// Target file with the limits and settings of the services
    #[arg(long, value_name = "FILE", requires = "compose")]
    targets: Option<PathBuf>,
    /// Package index with builds of PyTorch for the CPU; by default that of PyTorch
    #[arg(long, value_name = "URL")]
    cpu_index: Option<String>,
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
    /// `auto` calls the first of docker, podman and buildah that works; the name of one calls that one. A command of your own
    /// runs in the copy of the context and builds the image `$PLIMSOLL_IMAGE` from `$PLIMSOLL_DOCKERFILE`, and from the
    /// stage `$PLIMSOLL_TARGET` if that is not empty. A fix that fails is left out and reported.
    #[arg(long, value_name = "auto|ENGINE|COMMAND")]
    build: Option<String>,
    /// Command that succeeds if the image `$PLIMSOLL_IMAGE` of the service `$PLIMSOLL_SERVICE` works
    ///
    /// Without one, the health check of the image is used.
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
  Give two services of one image an image each, and set limits:
      plimsoll fix my-app:latest --compose compose.yml --targets plimsoll.toml --build auto
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
    let given = given_dockerfile(args)?;
    let mut project = given.map(|dockerfile| Project::read(args, dockerfile)).transpose()?;
    let mut snapshot = snapshot_or_source(&args.source, &args.read.options(), printer)?;
    let compose = args.compose.as_deref().map(|path| ComposeFile::read(path, args, printer)).transpose()?;
    let service = match &compose {
        Some(compose) => compose.join(&mut snapshot, project.as_ref(), args, printer)?,
        None => chosen(&snapshot, args.service.as_deref())?,
    };
    let image = &snapshot.images[snapshot.services[service].image];
    expect_linux(image, args)?;
    let is_reconstructed = project.is_none();
    let project = match project.take() {
        Some(project) => project,
        None => Project::reconstructed(args, image)?,
    };
    let of_image = snapshot.services[service].image;
    for service in snapshot.services.iter_mut().filter(|service| service.image == of_image) {
        service.build = Some(project.build.clone());
    }
    let (snapshot, service) = (&snapshot, &snapshot.services[service]);
    let mut planner =
        Planner { args, project: &project, compose: compose.as_ref(), snapshot, service, failed: Vec::new() };
    let plan = planner.plan()?;
    let (plan, proof) = match args.proof.build.as_deref().filter(|_| !args.dry_run) {
        Some(command) => {
            let build = Build::new(command, args.proof.probe.as_deref(), args.proof.timeout, printer)?;
            if plan.changes.is_empty() { (plan, None) } else { planner.proven(&build, plan, printer)? }
        }
        None => (plan, None),
    };
    let targets: Vec<PathBuf> = plan.changes.iter().map(|change| planner.path(&change.file)).collect();
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
    for line in plan.unmatched.iter().filter(|_| !is_reconstructed) {
        printer.note(&format!(
            "note: `{}`, line {line}: this instruction made no layer of the image; build the image again for exact figures",
            project.dockerfile.display()
        ));
    }
    let fixes = Fixes {
        service: &service.name,
        plan: &plan,
        name: &|file| project.name(&planner.path(file)),
        proof: proof.as_ref(),
        is_reconstructed,
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
            .map(|change| (planner.path(&change.file), change.before.as_str(), change.after.as_str()))
            .collect();
        output::rewrite(&files)?;
        for (path, ..) in &files {
            printer.note(&format!("{}: changed", path.display()));
        }
    }
    Ok(())
}

/// The Dockerfile that was named, or the usual one. `None` if there is none and none was named.
fn given_dockerfile(args: &Args) -> Result<Option<PathBuf>> {
    if let Some(path) = &args.dockerfile {
        if path.is_dir() {
            return Err(Error::usage(
                format!("`{}` is a directory", path.display()),
                format!("`--dockerfile {}` names the file in it", path.join("Dockerfile").display()),
            ));
        }
        if !path.exists() {
            return Err(Error::usage(
                format!("`{}` does not exist", path.display()),
                "leave out `--dockerfile` to see the fixes in a Dockerfile reconstructed from the image",
            ));
        }
        return Ok(Some(path.clone()));
    }
    let usual = args.context.as_deref().unwrap_or(Path::new("")).join("Dockerfile");
    if usual.is_file() {
        return Ok(Some(usual));
    }
    let option = [
        (args.write, "--write"),
        (args.patch.is_some(), "--patch"),
        (args.proof.build.is_some() && !args.dry_run, "--build"),
        (args.compose.is_some(), "--compose"),
    ];
    match option.iter().find(|(is_given, _)| *is_given) {
        Some((_, option)) => Err(Error::usage(
            format!("`{option}` needs a Dockerfile, and `{}` does not exist", usual.display()),
            "name it with `--dockerfile PATH`",
        )),
        None => Ok(None),
    }
}

/// Refuses images whose instructions run in another shell.
fn expect_linux(image: &Image, args: &Args) -> Result<()> {
    if image.platform.os.eq_ignore_ascii_case("windows") {
        return Err(Error::usage(
            format!("`{}` is an image for Windows: its instructions are not for a Unix shell", args.source),
            "`plimsoll findings` shows its waste; change the Dockerfile by hand",
        ));
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
    fn read(args: &Args, dockerfile: PathBuf) -> Result<Self> {
        let parent = dockerfile.parent().filter(|parent| !parent.as_os_str().is_empty());
        let context = args.context.clone().unwrap_or_else(|| parent.unwrap_or(Path::new(".")).to_owned());
        let text = text_of(&dockerfile)?;
        expect_no_template(&dockerfile, &text)?;
        let ignore_file = ignore_file(&dockerfile)
            .or_else(|| Some(context.join(".dockerignore")).filter(|path| path.is_file()));
        let ignore_text = ignore_file.as_deref().map(text_of).transpose()?;
        Self::of(dockerfile, text, context, ignore_file, ignore_text)
    }

    /// The Dockerfile that the history of an image gives.
    fn reconstructed(args: &Args, image: &Image) -> Result<Self> {
        let context = args.context.clone().unwrap_or_else(|| PathBuf::from("."));
        Self::of("Dockerfile".into(), reconstructed(image), context, None, None)
    }

    fn of(
        dockerfile: PathBuf,
        text: String,
        context: PathBuf,
        ignore_file: Option<PathBuf>,
        ignore_text: Option<String>,
    ) -> Result<Self> {
        if !context.is_dir() {
            return Err(Error::usage(
                format!("`{}` is not a directory", context.display()),
                "`--context DIRECTORY` names the build context",
            ));
        }
        let name = dockerfile.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (mut build, problem) = read_dockerfile(&name, &text);
        if let Some(problem) = problem {
            return Err(Error::usage(problem, "fix the Dockerfile first: `docker build` refuses it too"));
        }
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

    /// The path of a file as a patch names it: from here, or from the context.
    fn name(&self, path: &Path) -> String {
        let here = std::env::current_dir().ok();
        let relative = here.as_deref().and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
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

/// Refuses files out of which another program makes Dockerfiles: edits of the result would be lost.
fn expect_no_template(path: &Path, text: &str) -> Result<()> {
    let is_comment = |line: &&str| line.trim_start().starts_with('#');
    // Go, Jinja, Mako and ERB. In a `RUN`, `{{` is a format of a program: `docker inspect -f '{{.Id}}'`.
    let begins = |line: &str| {
        let line = line.trim_start();
        let is_from = line.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("FROM "));
        line.starts_with("{{")
            || line.starts_with("{%")
            || line.starts_with("<%")
            || is_from && (line.contains("{{") || line.contains("<%") || line.contains("@@"))
    };
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !is_comment(line));
    let Some((number, line)) = lines.find(|(_, line)| begins(line)) else { return Ok(()) };
    Err(Error::usage(
        format!("`{}` is a template: line {number} is `{}`", path.display(), one_line(line.trim())),
        "render it, pass the result with `--dockerfile`, and carry the changes over",
    ))
}

/// The Compose file of the services that run an image.
struct ComposeFile {
    path: PathBuf,
    text: String,
    targets: Targets,
}

impl ComposeFile {
    fn read(path: &Path, args: &Args, printer: &Printer) -> Result<Self> {
        if !path.is_file() {
            return Err(Error::usage(
                format!("`{}` does not exist", path.display()),
                "`--compose FILE` names the Compose file",
            ));
        }
        let text = text_of(path)?;
        let targets = match &args.targets {
            None => Targets::default(),
            Some(path) => TargetFile::read(path, args.read.options().redact, printer)?.shown,
        };
        Ok(Self { path: path.to_owned(), text, targets })
    }

    fn directory(&self) -> &Path {
        self.path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// Makes each service of the file that runs the image one of the snapshot. Returns the one to fix: the one that was named, or
    /// the first one.
    fn join(
        &self,
        snapshot: &mut Snapshot,
        project: Option<&Project>,
        args: &Args,
        printer: &Printer,
    ) -> Result<usize> {
        let file = std::slice::from_ref(&self.path);
        MemoryArgs::of_compose(file, &[], &MemoryLimits::default()).join(
            snapshot,
            &args.read.options().limits,
            printer,
        )?;
        let Some(builds) = builds(&self.text) else {
            return Err(Error::usage(
                format!("`{}` has no services that can be edited", self.path.display()),
                "name the Compose file itself, not a document of several or a list of includes",
            ));
        };
        let planned = snapshot.runtime.as_ref().map(|runtime| &runtime.planned[..]).unwrap_or_default();
        let image_of = |name: &str| planned.iter().find(|planned| planned.name == *name)?.image.clone();
        let names: Vec<String> = snapshot.services.iter().map(|service| service.name.clone()).collect();
        let is_built_here = |context: Option<&String>, dockerfile: Option<&String>| {
            let (Some(context), Some(project)) = (context, project) else { return false };
            let directory = self.directory().join(context);
            let file = directory.join(dockerfile.map_or("Dockerfile", String::as_str));
            is_same(&directory, &project.context) && is_same(&file, &project.dockerfile)
        };
        // Which image is meant: that of the named service, or the only one.
        let images: std::collections::BTreeSet<usize> =
            snapshot.services.iter().map(|service| service.image).collect();
        let wanted = match (
            args.service.as_deref().and_then(|name| names.iter().position(|one| one == name)),
            images.len(),
        ) {
            (Some(at), _) => snapshot.services[at].image,
            (None, 1) => snapshot.services[0].image,
            (None, _) => snapshot.services[chosen(snapshot, args.service.as_deref())?].image,
        };
        let image = &snapshot.images[wanted];
        let mut called: Vec<String> =
            image.tags.iter().chain(&image.reference).map(|name| whole_name(name)).collect();
        called.push(whole_name(&args.source));
        let runs: Vec<String> = builds
            .iter()
            .filter(|build| {
                let name = build.service.as_str();
                is_built_here(build.context.as_ref(), build.dockerfile.as_ref())
                    || image_of(name).is_some_and(|image| called.contains(&whole_name(&image)))
                    || snapshot.services.iter().any(|service| service.name == name && service.image == wanted)
            })
            .map(|build| build.service.clone())
            .collect();
        if runs.is_empty() {
            let all: Vec<String> = builds.into_iter().map(|build| build.service).collect();
            return Err(Error::usage(
                format!("no service of `{}` runs `{}`", self.path.display(), args.source),
                format!(
                    "its services are {}; `image:` or `build:` of one has to be this image",
                    names::list(&all)
                ),
            ));
        }
        // A source alone is named after its file.
        snapshot.services.retain(|service| service.image != wanted || runs.contains(&service.name));
        for name in &runs {
            if snapshot.services.iter().all(|service| service.name != *name) {
                snapshot.services.push(Service { name: name.clone(), image: wanted, build: None });
            }
        }
        let found = |name: &str| snapshot.services.iter().position(|service| service.name == name);
        match &args.service {
            Some(name) => found(name).ok_or_else(|| {
                Error::usage(
                    format!("no service `{name}` runs `{}`", args.source),
                    names::hint(name, "the services are", &runs),
                )
            }),
            None => Ok(found(&runs[0]).unwrap_or_default()),
        }
    }

    /// Where the image is built, as this file writes it: the context, and the Dockerfile if it has an unusual name.
    fn place(&self, project: &Project) -> (String, Option<String>) {
        let from_here = path_from(self.directory(), &project.context);
        let file = path_from(&project.context, &project.dockerfile);
        (from_here, Some(file).filter(|file| file != "Dockerfile"))
    }
}

/// The path from one directory to another place, as far as both are below one of them; else the whole path.
fn path_from(directory: &Path, place: &Path) -> String {
    let whole = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (directory, place) = (whole(directory), whole(place));
    let mut up = PathBuf::new();
    for above in directory.ancestors() {
        if let Ok(below) = place.strip_prefix(above) {
            let path = up.join(below);
            let text = path.to_string_lossy().into_owned();
            return if text.is_empty() { ".".to_owned() } else { text };
        }
        up.push("..");
    }
    place.to_string_lossy().into_owned()
}

/// A reference with what may be left out: `app` is `docker.io/library/app:latest`.
fn whole_name(reference: &str) -> String {
    let reference = reference.trim_start_matches("docker.io/").trim_start_matches("library/");
    let has_tag = reference.rsplit('/').next().is_some_and(|last| last.contains([':', '@']));
    if has_tag { reference.to_owned() } else { format!("{reference}:latest") }
}

fn text_of(path: &Path) -> Result<String> {
    let bytes = input::read(path, MAX_BUILD_FILE_BYTES).map_err(|error| Error::read(path, error))?;
    String::from_utf8(bytes).map_err(|_| {
        Error::usage(format!("`{}` is not UTF-8 text", path.display()), "save it as UTF-8, then try again")
    })
}

/// The service that is chosen, by its position.
fn chosen(snapshot: &Snapshot, name: Option<&str>) -> Result<usize> {
    chosen_service(snapshot, name, "`--service NAME` names the one of this Dockerfile")
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
    compose: Option<&'a ComposeFile>,
    snapshot: &'a Snapshot,
    service: &'a Service,
    failed: Vec<(Finding, ProofStep)>,
}

impl Planner<'_> {
    fn path(&self, file: &FixedFile) -> PathBuf {
        match file {
            FixedFile::Dockerfile => self.project.dockerfile.clone(),
            FixedFile::Dockerignore => self.project.ignore_file.clone(),
            FixedFile::Compose => self.compose.map(|compose| compose.path.clone()).unwrap_or_default(),
            FixedFile::Context(path) => self.project.context.join(path),
        }
    }

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
        let choice = Choice {
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
    fn proven(
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
