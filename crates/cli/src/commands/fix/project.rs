//! The files that an image is built from.

use std::path::{Component, Path, PathBuf};

use plimsoll_analysis::fix::FixedFile;
use plimsoll_analysis::reconstruct::editable;
use plimsoll_collect::{MAX_BUILD_FILE_BYTES, read_dockerfile, read_dockerignore};
use plimsoll_report::format::one_line;
use plimsoll_snapshot::{Image, Snapshot};

use super::args::Args;
use crate::commands::build::ignore_file;
use crate::error::{Error, Result};
use crate::identity::resolved;
use crate::input;

/// The Dockerfile that was named, or the usual one. `None` if there is none and none was named.
pub(super) fn given_dockerfile(args: &Args) -> Result<Option<PathBuf>> {
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
pub(super) fn expect_linux(image: &Image, args: &Args) -> Result<()> {
    if image.platform.os.eq_ignore_ascii_case("windows") {
        return Err(Error::usage(
            format!("`{}` is an image for Windows: its instructions are not for a Unix shell", args.source),
            "`plimsoll findings` shows its waste; change the Dockerfile by hand",
        ));
    }
    Ok(())
}

/// The files that an image is built from.
pub(super) struct Project {
    pub(super) dockerfile: PathBuf,
    pub(super) text: String,
    pub(super) ignore_file: PathBuf,
    pub(super) ignore_text: Option<String>,
    pub(super) context: PathBuf,
    pub(super) build: plimsoll_snapshot::BuildFile,
}

impl Project {
    /// Reads a Dockerfile and what stands beside it in its context: the directory of the Dockerfile, unless one is given.
    pub(super) fn read(dockerfile: PathBuf, context: Option<PathBuf>) -> Result<Self> {
        let parent = dockerfile.parent().filter(|parent| !parent.as_os_str().is_empty());
        let context = context.unwrap_or_else(|| parent.unwrap_or(Path::new(".")).to_owned());
        let text = text_of(&dockerfile)?;
        expect_no_template(&dockerfile, &text)?;
        let ignore_file = ignore_file(&dockerfile)
            .or_else(|| Some(context.join(".dockerignore")).filter(|path| path.is_file()));
        let ignore_text = ignore_file.as_deref().map(text_of).transpose()?;
        Self::of(dockerfile, text, context, ignore_file, ignore_text)
    }

    /// The Dockerfile that the history of an image gives.
    pub(super) fn reconstructed(args: &Args, snapshot: &Snapshot, image: &Image) -> Result<Self> {
        let context = args.context.clone().unwrap_or_else(|| PathBuf::from("."));
        Self::of("Dockerfile".into(), editable(snapshot, image).instructions(), context, None, None)
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

    /// Where a file lies that a fix changes; none for a compose file, which is no part of it.
    pub(super) fn path(&self, file: &FixedFile) -> Option<PathBuf> {
        match file {
            FixedFile::Dockerfile => Some(self.dockerfile.clone()),
            FixedFile::Dockerignore => Some(self.ignore_file.clone()),
            FixedFile::Context(path) => Some(self.context.join(path)),
            FixedFile::Compose => None,
        }
    }

    /// The path of a file as a patch names it: from here, or from the context.
    pub(super) fn name(&self, path: &Path) -> String {
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
    pub(super) fn context_file(&self, path: &str) -> Option<String> {
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

pub(super) fn text_of(path: &Path) -> Result<String> {
    let bytes = input::read(path, MAX_BUILD_FILE_BYTES).map_err(|error| Error::read(path, error))?;
    String::from_utf8(bytes).map_err(|_| {
        Error::usage(format!("`{}` is not UTF-8 text", path.display()), "save it as UTF-8, then try again")
    })
}

/// Whether two names are those of one file.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let whole = |path: &Path| std::path::absolute(resolved(path)).unwrap_or_else(|_| path.to_owned());
    whole(one) == whole(other)
}
