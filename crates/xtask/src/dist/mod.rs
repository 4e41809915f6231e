//! `cargo xtask dist`: the files of a release, in `target/artifacts`. The same commit gives the same bytes, wherever it lies.

mod archive;
mod contents;
mod image;
mod index;
mod installers;
mod packages;
mod program;
mod release;
mod tables;

use std::fs;

use clap::Args;

use crate::error::Result;
use crate::step::step;
use crate::workspace::viewer;

use release::{VERSION, directory};
use tables::{TARGETS, Target};

/// Build the files of a release
///
/// Without options: the archives, packages and wheels for Linux, then the container image, the checksums and the notes.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Build only this target, and nothing that needs all targets
    #[arg(long, value_name = "TRIPLE", value_parser = tables::by_triple)]
    target: Vec<&'static Target>,
    /// Build nothing: write what is made of the archives in `target/artifacts`
    #[arg(long, conflicts_with = "target")]
    index: bool,
    /// The tag of the release: it has to be that of the version, and every target has to be there
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Address of the repository, to write the installers for
    #[arg(long, value_name = "URL")]
    repository: Option<String>,
    /// Use `dist/viewer.html` as it is
    #[arg(long)]
    keep_viewer: bool,
}

/// Writes the files.
pub(crate) fn run(arguments: &Arguments) -> Result {
    if let Some(tag) = &arguments.tag
        && *tag != format!("v{VERSION}")
    {
        return Err(format!(
            "the tag is `{tag}`, but the version is {VERSION}: it needs the tag `v{VERSION}`"
        )
        .into());
    }
    fs::create_dir_all(directory())?;
    if !arguments.index {
        build(arguments)?;
    }
    if arguments.target.is_empty() {
        step("image", image::write)?;
        step("index", || index::write(arguments.tag.is_some(), arguments.repository.as_deref()))?;
    }
    for file in index::files()? {
        println!("  {} ({} bytes)", file.display(), fs::metadata(&file)?.len());
    }
    Ok(())
}

fn build(arguments: &Arguments) -> Result {
    if !arguments.keep_viewer {
        crate::viewer::run()?;
    } else if !viewer().is_file() {
        return Err(format!("`{}` is missing: run `cargo xtask viewer`", viewer().display()).into());
    }
    let default: Vec<&Target> = TARGETS.iter().filter(|target| target.is_linux()).collect();
    let targets = if arguments.target.is_empty() { &default } else { &arguments.target };
    for target in targets {
        let program = step(&format!("program for {}", target.triple), || program::build(target))?;
        let files = step("contents", || contents::of(target, &program))?;
        step("archive", || archive::write(target, &files))?;
        step("wheel", || packages::wheel(target, &program))?;
        if target.is_linux() {
            step("packages", || packages::linux(target, &files))?;
        }
    }
    Ok(())
}
