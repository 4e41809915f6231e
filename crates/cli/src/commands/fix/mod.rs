//! `plimsoll fix`: the fixes of all findings as one patch, and the proof that they work.

mod args;
mod compose;
mod offered;
mod planner;
mod project;

use std::io::IsTerminal as _;
use std::path::{Component, PathBuf};

use plimsoll_analysis::findings::RULES;
use plimsoll_report::fix::{Fixes, Shown};

pub(crate) use self::args::Args;
use self::compose::{ComposeFile, chosen};
pub(super) use self::offered::offered;
use self::planner::Planner;
use self::project::{Project, expect_linux, given_dockerfile, is_same};
use super::Format;
use crate::error::{Error, Result};
use crate::load::images_of;
use crate::names;
use crate::output::{self, Content, Output};
use crate::printer::Printer;
use crate::proof::Build;

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    if let Some(unknown) = args.rule.iter().find(|id| RULES.iter().all(|rule| rule.id.as_str() != **id)) {
        let ids: Vec<String> = RULES.iter().map(|rule| rule.id.to_string()).collect();
        return Err(Error::usage(
            format!("there is no rule `{unknown}`"),
            names::hint(unknown, "the rules are", &ids),
        ));
    }
    let given = given_dockerfile(args)?;
    let mut project = given.map(|dockerfile| Project::read(dockerfile, args.context.clone())).transpose()?;
    let mut snapshot = images_of(&args.source, &args.read.options(), printer)?;
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
        None => Project::reconstructed(args, &snapshot, image)?,
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
        Format::Json => printer.stream(|out| fixes.json(args.json.definitions(), out))?,
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
