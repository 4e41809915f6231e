//! The patches that a report offers: the fixes of each image whose Dockerfile is known, to be copied and applied.

use std::path::PathBuf;

use plimsoll_analysis::findings::Confidence;
use plimsoll_analysis::fix::{Files, FixOptions, plan_service};
use plimsoll_collect::shows_secret;
use plimsoll_report::fix::Fixes;
use plimsoll_report::format::one_line;
use plimsoll_snapshot::{FixPatch, Service, Snapshot};

use super::project::Project;
use crate::commands::build::BuildArgs;
use crate::printer::Printer;

/// The patches for the Dockerfiles that were given. A report goes on without those that cannot be made, and a note says why.
pub(in crate::commands) fn offered(
    build: &BuildArgs,
    snapshot: &Snapshot,
    printer: &Printer,
) -> Vec<FixPatch> {
    let mut patches: Vec<FixPatch> = Vec::new();
    for service in &snapshot.services {
        let Some((dockerfile, context)) = build.files_of(&service.name, snapshot.services.len() == 1) else {
            continue;
        };
        match patch(snapshot, service, dockerfile, context) {
            Ok(patch) if patch.text.is_empty() => {}
            // Services of one image, built from one Dockerfile, get one patch.
            Ok(patch) => match patches.iter_mut().find(|known| known.text == patch.text) {
                Some(known) => known.services.extend(patch.services),
                None => patches.push(patch),
            },
            Err(why) => printer
                .note(&format!("note: the report offers no patch for `{}`: {why}", one_line(&service.name))),
        }
    }
    patches
}

fn patch(
    snapshot: &Snapshot,
    service: &Service,
    dockerfile: PathBuf,
    context: Option<PathBuf>,
) -> Result<FixPatch, String> {
    let project = Project::read(dockerfile, context).map_err(|error| error.to_string())?;
    let read = |path: &str| project.context_file(path);
    let files = Files {
        dockerfile: &project.text,
        dockerignore: project.ignore_text.as_deref(),
        read: &read,
        compose: None,
    };
    let options = FixOptions {
        confidence: Confidence::Medium,
        is_meant: &|_| true,
        cpu_index: None,
        has_settings: false,
    };
    let plan = plan_service(snapshot, service, &files, &options)
        .map_err(|_| format!("`{}` did not build this image", project.dockerfile.display()))?;
    let fixes = Fixes {
        service: &service.name,
        plan: &plan,
        name: &|file| project.path(file).map(|path| project.name(&path)).unwrap_or_default(),
        proof: None,
        is_reconstructed: false,
    };
    let text = fixes.patch();
    let lines: Vec<&str> = text.lines().map(|line| line.get(1..).unwrap_or_default()).collect();
    if shows_secret(&lines.join("\n")) {
        let file = project.dockerfile.display();
        return Err(format!("lines of `{file}` that it would show look like a secret; use `plimsoll fix`"));
    }
    let (fixed, saving, needs_buildkit) = (plan.applied.len() as u64, plan.saving, plan.needs_buildkit);
    Ok(FixPatch { services: vec![service.name.clone()], text, fixed, saving, needs_buildkit })
}
