//! `plimsoll ci`: one step of a pipeline that measures, compares, judges and reports.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plimsoll_analysis::Changes;
use plimsoll_analysis::inspect::inspect;
use plimsoll_analysis::review::{Baseline, Decision, Review, Terms, decide, review};
use plimsoll_analysis::series::{Series, Thresholds};
use plimsoll_analysis::targets::{CiSettings, Growth, Judgement, judge};
use plimsoll_report::exchange::annotations::Level;
use plimsoll_report::language::Language;
use plimsoll_report::review::{Shown, marker};
use plimsoll_report::review_json::Reviewed;
use plimsoll_report::summary;
use plimsoll_snapshot::{Bundle, FixPatch, Snapshot};

use super::build::BuildArgs;
use super::expected::expect_services;
use super::fix::offered;
use super::gates::{GateArgs, target_file};
use super::report::{built_viewer, page};
use super::target_file::TargetFile;
use super::{LanguageArgs, ReadArgs, pair};
use crate::ci::also::{Also, Documents, Subject};
use crate::ci::baseline::{Places, find};
use crate::ci::comments::{Comments, NotPosted, Posted, token};
use crate::ci::git;
use crate::ci::outputs::{annotate, set, summarize};
use crate::ci::surroundings::Surroundings;
use crate::error::{Error, Result};
use crate::history::{Acceptance, Origin, Point, Store, of_points};
use crate::load::{self, redacted};
use crate::output::{Content, Output};
use crate::printer::Printer;
use crate::sources::NamedSource;

/// Measure a change in a pipeline: compare, judge, and write report, comment and outputs
///
/// The state before is searched in this order, and the comment says which one was used: `--before`, the entry of the merge
/// base in `--history`, the images of `--baseline`, a build by `--rebuild`. With none of them it is a first measurement: it
/// is never passed by targets that compare with before, unless `--allow-first` is given.
///
/// GitHub Actions and GitLab CI are detected by their variables; anywhere else, git shows the merge base. Images and targets
/// can be in `plimsoll.toml`.
///
/// Exit codes: 0 if the change passes, 1 if a target is missed or cannot be compared, 2 on an error.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Images, each with a service name; default: `[ci.images]` of the target file
    #[arg(value_name = "[NAME=]SOURCE")]
    sources: Vec<String>,
    /// Target file; default: `plimsoll.toml`, else `.dive-ci`, else none
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,
    /// Count unknown targets as missed
    #[arg(long)]
    strict: bool,
    /// Reason to accept the growth: targets on growth do not fail
    #[arg(long, value_name = "REASON")]
    accept: Option<String>,
    /// Label of the pull request that accepts the growth
    #[arg(long, value_name = "LABEL", default_value = "plimsoll: accepted")]
    accept_label: String,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    gates: GateArgs,
    #[command(flatten)]
    baseline: BaselineArgs,
    #[command(flatten)]
    results: ResultArgs,
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// Where the state before comes from.
#[derive(clap::Args)]
#[command(next_help_heading = "State before")]
struct BaselineArgs {
    /// Snapshot or image source to compare with
    #[arg(long, value_name = "SOURCE")]
    before: Option<String>,
    /// Directory of the history: `plimsoll history add` fills it
    #[arg(long, value_name = "DIRECTORY")]
    history: Option<PathBuf>,
    /// Images to compare with, such as `docker://registry.example/app:main`
    #[arg(long, value_name = "[NAME=]SOURCE")]
    baseline: Vec<String>,
    /// Command that builds the merge base, in a checkout of it
    ///
    /// The checkout is temporary. The variable `PLIMSOLL_BASE_COMMIT` has the commit.
    #[arg(long, value_name = "COMMAND", requires = "rebuilt")]
    rebuild: Option<String>,
    /// Images that `--rebuild` makes; a relative path is in the checkout
    #[arg(long, value_name = "[NAME=]SOURCE", requires = "rebuild")]
    rebuilt: Vec<String>,
    /// Commit to compare with; default: the merge base
    #[arg(long, value_name = "COMMIT", value_parser = commit)]
    base: Option<String>,
    /// Pass a first measurement, although targets compare with before
    #[arg(long)]
    allow_first: bool,
    /// Add this state to the history
    #[arg(long)]
    record: bool,
}

/// Where the results go.
#[derive(clap::Args)]
#[command(next_help_heading = "Results")]
struct ResultArgs {
    /// Directory for `report.html`, `comment.md`, `snapshot.plimsoll` and `review.json`
    #[arg(short, long, value_name = "DIRECTORY", default_value = "plimsoll-ci")]
    output: PathBuf,
    /// Documents for other tools to write into the directory as well
    #[arg(long, value_name = "DOCUMENT", value_enum, value_delimiter = ',')]
    also: Vec<Also>,
    /// Post the comment, with the token in `PLIMSOLL_TOKEN`, `GITHUB_TOKEN` or `GITLAB_TOKEN`
    #[arg(long)]
    post: bool,
    /// Post no new comment for a smaller change that passes; an existing one is updated
    #[arg(long, value_name = "SIZE|PERCENT")]
    comment_above: Option<Growth>,
    /// Name of the comment, if a pull request has several
    #[arg(long, value_name = "KEY", default_value = "size")]
    comment_key: String,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Compare an image with the one in a registry, and fail if its own part grew by more than 10 MB:
      plimsoll ci app=docker-daemon:app:ci --baseline app=docker://registry.example/app:main --max-own-growth 10MB
  Compare with the entry of the merge base in a history, and add an entry on the main branch:
      plimsoll ci app=app.tar --history size-history
      plimsoll ci app=app.tar --history size-history --record --allow-first";

fn commit(text: &str) -> std::result::Result<String, String> {
    if git::is_commit(text) { Ok(text.to_owned()) } else { Err("expected the ID of a commit".to_owned()) }
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<ExitCode> {
    let options = args.read.options();
    let language = args.language.chosen();
    let path = target_file(args.targets.as_deref(), &args.gates);
    // A pipeline that only measures needs no targets.
    let path = path.filter(|path| args.targets.is_some() || path.exists());
    let file = TargetFile::read_with(path, &args.gates, options.redact, printer)?;
    let settings = &file.written.ci;
    let files = Files::announce(&args.results.output)?;
    let documents = Documents::announce(&args.results.also, &args.results.output);
    let surroundings = Surroundings::of_process();
    let history = args.baseline.history.clone().or_else(|| settings.history.clone().map(PathBuf::from));
    let mut history = history.as_deref().map(Store::open).transpose()?;
    if args.baseline.record && history.is_none() {
        return Err(Error::usage("`--record` needs a history", "`--history DIRECTORY` names it"));
    }

    let sources = sources(args, settings)?;
    let named = sources.iter().map(|source| source.parse()).collect::<Result<Vec<NamedSource>>>()?;
    let mut after = load::snapshot(&named, &options, printer)?;
    let build = build(args, settings);
    build.add_to(&mut after, printer)?;
    let after = redacted(after, &options)?;
    expect_services(&file.shown, path.unwrap_or(Path::new("the gates")), &after)?;

    let images: Vec<String> = if args.baseline.baseline.is_empty() {
        let of_file = settings
            .images
            .iter()
            .filter_map(|(name, image)| Some(format!("{name}={}", image.details()?.baseline.as_ref()?)));
        of_file.collect()
    } else {
        args.baseline.baseline.clone()
    };
    let base = args.baseline.base.as_deref().or(surroundings.base.as_deref());
    let places = Places {
        given: args.baseline.before.as_deref(),
        history: history.as_ref(),
        base,
        images: &images,
        rebuild: args.baseline.rebuild.as_deref().map(|command| (command, &args.baseline.rebuilt[..])),
    };
    let (baseline, mut before) = find(&places, &options, printer)?;
    if let Some(before) = &mut before {
        pair(before, &after, &options, printer)?;
    }

    let changes = Changes::between(before.as_ref().unwrap_or(&Snapshot::default()), &after);
    let judgement = judge(&file.shown, before.as_ref(), &after, &std::collections::BTreeMap::new());
    file.source.warn_of_unused(&judgement.unused, printer);
    let review = review(&changes.comparison, &after);
    let label = surroundings.labels.iter().find(|label| **label == args.accept_label);
    let accepted = args.accept.as_ref().or(label).map(String::as_str);
    let terms =
        Terms { strict: args.strict, allow_first: args.baseline.allow_first, accepted: accepted.is_some() };
    let (decision, passes) = decide(&judgement, terms);
    let trend = history.as_ref().map(|history| trend(history, &after, &surroundings)).transpose()?;
    let patches = if options.redact { Vec::new() } else { offered(&build, &after, printer) };
    let shown = Shown {
        review: &review,
        decision,
        baseline: &baseline,
        judgement: &judgement,
        accepted,
        trend: trend.as_ref().filter(|trend| trend.states.len() > 1),
        patches: &patches,
    };
    let is_small = passes && is_below(args.results.comment_above.as_ref(), &review);
    let outcome = Outcome { decision, passes, baseline: &baseline, review: &review, judgement: &judgement };

    let has_report = files.report(
        &changes,
        &judgement,
        [&before.unwrap_or_default(), &after],
        Additions { targets: file.document, patches: &patches },
        language,
        printer,
    )?;
    let inspection = inspect(&after);
    let comment = shown.comment(
        &args.results.comment_key,
        &changes,
        &inspection,
        surroundings.run.as_deref(),
        language,
    );
    files.comment.write(Content::Text, |out| out.write_all(comment.as_bytes()))?;
    files.snapshot.write_snapshot(&after)?;
    files.review.write(Content::Text, |out| outcome.write(out, &surroundings, is_small, args))?;
    let subject = Subject {
        after: &after,
        inspection: &inspection,
        review: (baseline != Baseline::None).then_some(&review),
        judgement: &judgement,
        accepted: &file.shown.accepted,
        strict: args.strict,
        place: &build.places(&after),
    };
    documents.write(&subject, language, printer)?;
    summarize(&comment)?;
    set(&outcome.outputs(&files, has_report))?;

    let lines = shown.lines(language);
    for line in lines.iter().filter(|line| !line.is_empty()) {
        tell(printer, &format!("{line}\n"))?;
    }
    if surroundings.host.is_github() && decision != Decision::Met && decision != Decision::Measured {
        let level = match (passes, decision) {
            (false, _) => Level::Error,
            (true, Decision::Accepted) => Level::Notice,
            (true, _) => Level::Warning,
        };
        let is_only = after.services.len() == 1;
        let place = review.cause.as_ref().and_then(|cause| {
            let line = cause.place.as_ref()?.line;
            Some((build.dockerfile_of(&cause.service, is_only)?, line))
        });
        annotate(printer, level, place, &lines.join(" "))?;
    }
    if args.results.post {
        post(&surroundings, &args.results.comment_key, &comment, is_small, printer);
    }
    if let (true, Some(history)) = (args.baseline.record, &mut history) {
        record(history, &after, &surroundings, accepted, printer)?;
    }
    if decision == Decision::FirstMeasurement && !passes {
        printer.note(
            "hint: targets compare with before; `--allow-first` passes the first measurement, and \
             `plimsoll history add` or `--record` keeps a state for the next one",
        );
    }
    Ok(if passes { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A closed pipe must not change the exit code.
fn tell(printer: &Printer, text: &str) -> Result<()> {
    match printer.data(text) {
        Err(Error::ClosedPipe) => Ok(()),
        told => told,
    }
}

/// The images: those of the command, or else those of the target file.
fn sources(args: &Args, settings: &CiSettings) -> Result<Vec<String>> {
    if !args.sources.is_empty() {
        return Ok(args.sources.clone());
    }
    if settings.images.is_empty() {
        return Err(Error::usage(
            "no image is named",
            "write `plimsoll ci NAME=SOURCE`, or `[ci.images]` in `plimsoll.toml`",
        ));
    }
    Ok(settings.images.iter().map(|(name, image)| format!("{name}={}", image.source())).collect())
}

/// The Dockerfiles of the command, and those of the target file.
fn build(args: &Args, settings: &CiSettings) -> BuildArgs {
    let mut build = args.build.clone();
    if args.sources.is_empty() {
        for (name, image) in &settings.images {
            let dockerfile = image.details().and_then(|details| details.dockerfile.as_ref());
            dockerfile.into_iter().for_each(|path| build.add_dockerfile(name, path));
        }
    }
    build
}

/// Whether a change is below a threshold, in either direction.
fn is_below(threshold: Option<&Growth>, review: &Review) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a threshold has a few digits")]
    let (delta, before) = (review.total.delta.magnitude().0 as f64, review.total.before.0 as f64);
    match threshold {
        None => false,
        Some(Growth::Bytes(levels)) => levels.minimum.is_some_and(|least| delta < least.value.0),
        Some(Growth::Share(levels)) => {
            levels.minimum.is_some_and(|least| before > 0.0 && delta / before * 100.0 < least.value.0)
        }
    }
}

/// The files that are written.
struct Files {
    report: Output,
    comment: Output,
    snapshot: Output,
    review: Output,
}

impl Files {
    /// Makes the directory, and takes its files as outputs.
    fn announce(directory: &Path) -> Result<Self> {
        std::fs::create_dir_all(directory).map_err(|error| Error::write(directory, error))?;
        let file = |name: &str| Output::announce(directory.join(name));
        Ok(Self {
            report: file("report.html"),
            comment: file("comment.md"),
            snapshot: file("snapshot.plimsoll"),
            review: file("review.json"),
        })
    }

    /// Writes the page, if this program has its viewer.
    fn report(
        &self,
        changes: &Changes,
        judgement: &Judgement,
        [before, after]: [&Snapshot; 2],
        Additions { targets, patches }: Additions<'_>,
        language: Language,
        printer: &Printer,
    ) -> Result<bool> {
        let Ok(viewer) = built_viewer() else {
            printer.note("note: this plimsoll was built without its viewer, so there is no `report.html`");
            return Ok(false);
        };
        let is_empty = targets.as_object().is_none_or(serde_json::Map::is_empty);
        let targets = (!is_empty).then_some(targets);
        let judgement = Some(judgement).filter(|_| targets.is_some());
        let (before, after) = (before.clone(), after.clone());
        let bundle = Bundle { before, after, targets, patches: patches.to_vec(), ..Bundle::default() };
        let summary = summary::of(changes, judgement, language);
        page(&viewer, &self.report, &bundle, changes, &summary, language)?;
        Ok(true)
    }
}

/// What a page shows beside the snapshots.
struct Additions<'a> {
    targets: serde_json::Value,
    patches: &'a [FixPatch],
}

/// What came of the change, for programs.
struct Outcome<'a> {
    decision: Decision,
    passes: bool,
    baseline: &'a Baseline,
    review: &'a Review,
    judgement: &'a Judgement,
}

impl Outcome<'_> {
    fn outputs(&self, files: &Files, has_report: bool) -> Vec<(&'static str, String)> {
        let review = self.review;
        let percent = review.total.percent().map(|change| format!("{change:.2}")).unwrap_or_default();
        let compared = *self.baseline != Baseline::None;
        let if_compared = |text: String| if compared { text } else { String::new() };
        vec![
            ("verdict", self.decision.name().to_owned()),
            ("passes", self.passes.to_string()),
            ("baseline", self.baseline.name().to_owned()),
            ("size-bytes", review.total.after.0.to_string()),
            ("delta-bytes", if_compared(review.total.delta.0.to_string())),
            ("delta-percent", if_compared(percent)),
            ("own-delta-bytes", if_compared(review.own.delta.0.to_string())),
            ("base-delta-bytes", if_compared(review.base.delta.0.to_string())),
            ("comment-path", files.comment.to_string()),
            ("snapshot-path", files.snapshot.to_string()),
            ("report-path", if has_report { files.report.to_string() } else { String::new() }),
        ]
    }

    fn write(
        &self,
        out: &mut dyn std::io::Write,
        surroundings: &Surroundings,
        only_update: bool,
        args: &Args,
    ) -> std::io::Result<()> {
        let reviewed = Reviewed {
            decision: self.decision,
            passes: self.passes,
            baseline: self.baseline,
            review: self.review,
            judgement: self.judgement,
            revision: surroundings.revision.as_deref(),
            number: surroundings.host.pull_request().map(|(number, _)| number),
            comment_key: &args.results.comment_key,
            only_update,
        };
        reviewed.write(out)
    }
}

/// Posts the comment. A failure is reported, and the verdict stays.
fn post(surroundings: &Surroundings, key: &str, comment: &str, only_update: bool, printer: &Printer) {
    let Some((number, is_fork)) = surroundings.host.pull_request() else {
        printer.note("note: this run is not of a pull request, so there is no comment");
        return;
    };
    let posted = token(&surroundings.host)
        .and_then(|token| Comments::of(&surroundings.host, number, token))
        .and_then(|comments| comments.post(&marker(key), comment, only_update));
    match posted {
        Ok(Posted::Created) => printer.note("comment: created"),
        Ok(Posted::Updated) => printer.note("comment: updated"),
        Ok(Posted::Absent) => printer.note("comment: none, because the change is below the threshold"),
        Err(NotPosted { message, hint }) => {
            let fork = if is_fork { "; the pull request comes from a fork" } else { "" };
            printer
                .note(&format!("warning: {message}{fork}\n  hint: {hint}\n  the comment is in `comment.md`"));
        }
    }
}

/// The points of the history, and this state as the last one.
fn trend(history: &Store, after: &Snapshot, surroundings: &Surroundings) -> Result<Series> {
    let (mut points, _) = history.points()?;
    let revision = surroundings.revision.clone();
    // A build that runs again was recorded before.
    points.retain(|point| revision.is_none() || point.revision != revision);
    let time = points.last().map_or(0, |point| point.time);
    points.push(Point::of(after, Origin { time, revision, ..Origin::default() }));
    Ok(of_points(history, &points, Thresholds::default()))
}

/// Adds this state to the history.
fn record(
    history: &mut Store,
    after: &Snapshot,
    surroundings: &Surroundings,
    accepted: Option<&str>,
    printer: &Printer,
) -> Result<()> {
    let origin = Origin {
        time: git::time_of(surroundings.revision.as_deref()),
        revision: surroundings.revision.clone(),
        branch: surroundings.branch.clone(),
        ..Origin::default()
    };
    let added = history.add(Point::of(after, origin), after)?;
    if let Some(reason) = accepted {
        history.accept(&added.point, &Acceptance { reason: reason.to_owned() })?;
    }
    history.publish(&format!("Add {}", added.point.name()), false)?;
    printer.note(&added.to_string());
    Ok(())
}
