//! Questions about a fleet: SQL files with a title and parameters, which any engine can answer.
//!
//! To add one: write `queries/NAME.sql` with a first line that says what it answers, add it to [`QUESTIONS`], and compare its
//! answer with the truth of a made fleet in `tests/questions.rs`.

mod answer;
mod parameters;

pub(crate) use answer::{Answer, Row};
pub(crate) use parameters::{Parameter, with_parameters};

use crate::error::{Error, Result};

/// The questions by name, in the order of the documentation.
pub(crate) const QUESTIONS: &[(&str, &str)] = &[
    ("totals", include_str!("../../queries/totals.sql")),
    ("projects", include_str!("../../queries/projects.sql")),
    ("duplicates", include_str!("../../queries/duplicates.sql")),
    ("duplicate-layers", include_str!("../../queries/duplicate-layers.sql")),
    ("duplicate-files", include_str!("../../queries/duplicate-files.sql")),
    ("packages", include_str!("../../queries/packages.sql")),
    ("older", include_str!("../../queries/older.sql")),
    ("drift", include_str!("../../queries/drift.sql")),
    ("over-budget", include_str!("../../queries/over-budget.sql")),
    ("hidden", include_str!("../../queries/hidden.sql")),
    ("findings", include_str!("../../queries/findings.sql")),
    ("models", include_str!("../../queries/models.sql")),
    ("directories", include_str!("../../queries/directories.sql")),
    ("cost", include_str!("../../queries/cost.sql")),
    ("pull", include_str!("../../queries/pull.sql")),
    ("errors", include_str!("../../queries/errors.sql")),
];

/// The SQL of a question, or SQL itself.
///
/// # Errors
/// If a word is neither.
pub(crate) fn text(question: &str) -> Result<String> {
    if let Some((_, sql)) = QUESTIONS.iter().find(|(name, _)| *name == question) {
        return Ok((*sql).to_owned());
    }
    if question.trim().contains(char::is_whitespace) {
        return Ok(question.to_owned());
    }
    let names: Vec<&str> = QUESTIONS.iter().map(|(name, _)| *name).collect();
    Err(Error::usage(
        format!("there is no question `{question}`"),
        format!("the questions are {}", names.join(", ")),
    ))
}

/// The value that a parameter of a question has unless the user changes it.
pub(crate) fn default(question: &str, parameter: &str) -> Option<&'static str> {
    let (_, sql) = QUESTIONS.iter().find(|(name, _)| *name == question)?;
    let declared = parameters::of(sql).into_iter().find(|one| one.name == parameter)?;
    Some(declared.value)
}

/// The questions with their titles and parameters.
pub(crate) fn list() -> String {
    let width = QUESTIONS.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for (name, sql) in QUESTIONS {
        text.push_str(&format!("{name:width$}  {}\n", title(sql)));
        for parameter in parameters::of(sql) {
            let about = format!("{} = {}", parameter.name, parameter.value);
            text.push_str(&format!("{:width$}    {about}  {}\n", "", parameter.about));
        }
    }
    text
}

/// What a question answers: its first line.
fn title(sql: &str) -> &str {
    sql.lines().next().unwrap_or_default().trim_start_matches("--").trim().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_a_question_with_a_title() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries");
        let mut files: Vec<String> = (crate::input::children(&folder).unwrap().iter())
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let mut names: Vec<&str> = QUESTIONS.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        assert_eq!(files, names);
        for (name, sql) in QUESTIONS {
            assert!(sql.starts_with("-- ") && title(sql).len() > 10, "{name}");
        }
    }

    #[test]
    fn a_word_that_is_no_question_is_refused() {
        assert!(text("projects").unwrap().contains("SELECT"));
        assert_eq!(text("SELECT 1").unwrap(), "SELECT 1");
        assert!(text("project").unwrap_err().to_string().contains("no question `project`"));
    }
}
