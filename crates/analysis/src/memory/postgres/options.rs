//! The options of a command line of PostgreSQL (PostgreSQL documentation, "postgres"; `postmaster.c`, `main.c`).

use std::ops::Range;

/// One option, with where its words stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PgOption {
    /// The words it takes.
    pub(super) words: Range<usize>,
    /// The parameter it sets, in lower case with underscores, and to what; none of options that set nothing by name.
    pub(super) sets: Option<(String, String)>,
}

/// Options with one letter that take a value.
const WITH_VALUE: &str = "BCcDdfhkNprStW";
/// Options with one letter that take no value.
const ALONE: &str = "bEeFijlnOPsT";

/// Reads the words behind `postgres`. None where a word is not understood, or where it is no server that they start.
pub(super) fn parse(words: &[String]) -> Option<Vec<PgOption>> {
    let mut options = Vec::new();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let (length, sets) = if let Some(long) = word.strip_prefix("--") {
            (1, Some(assignment(long)?))
        } else {
            short(word.strip_prefix('-')?, words.get(at + 1))?
        };
        options.push(PgOption { words: at..at + length, sets });
        at += length;
    }
    Some(options)
}

/// `c` of `-c`, `ca=b`, or letters in a row, with the word that follows.
fn short(letters: &str, next: Option<&String>) -> Option<(usize, Option<(String, String)>)> {
    let mut rest = letters.chars();
    let mut is_first = true;
    while let Some(letter) = rest.next() {
        if WITH_VALUE.contains(letter) {
            let attached = rest.as_str();
            let (length, value) = if attached.is_empty() { (2, next?.as_str()) } else { (1, attached) };
            let parameter = match letter {
                'c' => Some(assignment(value)?),
                'B' => Some(("shared_buffers".to_owned(), value.to_owned())),
                'N' => Some(("max_connections".to_owned(), value.to_owned())),
                'S' => Some(("work_mem".to_owned(), value.to_owned())),
                // Prints a parameter and ends.
                'C' => return None,
                _ => None,
            };
            // What is replaced must not take other letters with it.
            return (is_first || parameter.is_none()).then_some((length, parameter));
        }
        if !ALONE.contains(letter) {
            return None;
        }
        is_first = false;
    }
    (!is_first).then_some((1, None))
}

/// `name=value`. A dash is as good as an underscore, and case does not count (`ParseLongOption`, `guc_name_compare`).
fn assignment(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    let is_name = name.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.$".contains(&byte));
    is_name.then(|| (name.replace('-', "_").to_ascii_lowercase(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parameters that are set, in order; none if the line is not understood.
    fn check(line: &[&str], expected: Option<&[(&str, &str)]>) {
        let words: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
        let found =
            parse(&words).map(|options| options.into_iter().filter_map(|one| one.sets).collect::<Vec<_>>());
        let expected = expected
            .map(|sets| sets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
        assert_eq!(found, expected, "{line:?}");
    }

    #[test]
    fn options_are_read_in_every_form() {
        check(&["-c", "ssl=on"], Some(&[("ssl", "on")]));
        check(&["-cssl=on"], Some(&[("ssl", "on")]));
        check(&["--ssl=on", "--Shared-Buffers=1GB"], Some(&[("ssl", "on"), ("shared_buffers", "1GB")]));
        check(&["-c", "log_line_prefix=%m [%p] a=b"], Some(&[("log_line_prefix", "%m [%p] a=b")]));
        check(&["-c", "pg_stat_statements.max=10"], Some(&[("pg_stat_statements.max", "10")]));
        check(
            &["-B", "1000", "-N50", "-S", "8192"],
            Some(&[("shared_buffers", "1000"), ("max_connections", "50"), ("work_mem", "8192")]),
        );
        check(&["-D", "/data", "-p5433", "-il", "-h", "-c"], Some(&[]));
        check(&["-lp", "5433"], Some(&[]));
        check(&["-c", "ssl="], Some(&[("ssl", "")]));
        check(&[], Some(&[]));
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        for line in [
            &["-c"][..],
            &["-c", "ssl"],
            &["--ssl"],
            &["ssl=on"],
            &["-"],
            &["--"],
            &["-x"],
            &["-iN", "50"],
            &["--version"],
            &["--single", "app"],
            &["-C", "port"],
            &["-c", "=on"],
            &["-c", "a b=on"],
            &["-D"],
            &["postgres"],
            &[""],
        ] {
            check(line, None);
        }
    }
}
