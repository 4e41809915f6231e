//! `plimsoll comment`: posts a comment that another job wrote, with a token that this job has and that one had not.

use std::path::{Path, PathBuf};

use plimsoll_report::review::marker;
use serde::Deserialize;

use crate::ci::comments::{Comments, NotPosted, Posted, token};
use crate::ci::surroundings::Surroundings;
use crate::error::{Error, Result};
use crate::input;
use crate::printer::Printer;

/// The largest comment: GitHub takes 65,536 characters.
const MAX_COMMENT: u64 = 65_536;
const MAX_REVIEW: u64 = 1 << 20;

/// Post the comment that `plimsoll ci` wrote, from a second job
///
/// A pull request of a fork has no token that may write. Its job measures without a token and uploads its results; a second
/// workflow, which runs no code of the fork, posts the comment. The files are not trusted: the comment has to begin with the
/// marker of Plimsoll, it mentions no one, and the commit has to be the one that the workflow ran for.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Directory that `plimsoll ci` wrote
    #[arg(value_name = "DIRECTORY")]
    directory: PathBuf,
    /// Commit that the pull request has to be at
    ///
    /// In GitHub Actions: `github.event.workflow_run.head_sha`.
    #[arg(long, value_name = "COMMIT")]
    head: Option<String>,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Post the comment of a downloaded artifact:
      plimsoll comment plimsoll-ci --head \"$HEAD_SHA\"";

/// The parts of `review.json` that are read.
#[derive(Deserialize)]
struct Review {
    number: Option<u64>,
    comment_key: String,
    #[serde(default)]
    only_update: bool,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let review = args.directory.join("review.json");
    let review: Review = serde_json::from_slice(&read(&review, MAX_REVIEW)?)
        .map_err(|error| Error::read(&review, std::io::Error::other(error)))?;
    let comment = args.directory.join("comment.md");
    let body = String::from_utf8(read(&comment, MAX_COMMENT)?)
        .map_err(|error| Error::read(&comment, std::io::Error::other(error)))?;
    let marker = marker(&review.comment_key);
    if !body.starts_with(&marker) {
        return Err(Error::usage(
            format!("`{}` is not a comment of `plimsoll ci`", comment.display()),
            "its first line is the marker of the comment",
        ));
    }
    let Some(number) = review.number else {
        printer.note("note: the run was not of a pull request, so there is no comment");
        return Ok(());
    };
    let surroundings = Surroundings::of_process();
    let posted = token(&surroundings.host).and_then(|token| {
        let comments = Comments::of(&surroundings.host, number, token)?;
        if let Some(head) = &args.head {
            comments.expect_head(number, head)?;
        }
        comments.post(&marker, &without_mentions(&body), review.only_update)
    });
    match posted {
        Ok(Posted::Created) => printer.note("comment: created"),
        Ok(Posted::Updated) => printer.note("comment: updated"),
        Ok(Posted::Absent) => printer.note("comment: none, because the change is below the threshold"),
        Err(NotPosted { message, hint }) => return Err(Error::usage(message, hint)),
    }
    Ok(())
}

fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    input::read(path, most).map_err(|error| Error::read(path, error))
}

/// The text without mentions: a mark that no one sees follows each `@`.
fn without_mentions(text: &str) -> String {
    text.replace('@', "@\u{2060}")
}
