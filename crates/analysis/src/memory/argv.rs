//! What a service runs, word by word, with the entrypoint and the command separated.

use plimsoll_snapshot::runtime::Command;

use super::stack::StackService;

/// The words that a container runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Argv {
    /// The entrypoint; none where nothing tells it from the command.
    pub(crate) entrypoint: Option<Vec<String>>,
    /// The command: what `command` of a compose file replaces as a whole. All words where the entrypoint is not known.
    pub(crate) command: Vec<String>,
    /// Whether it was read of a compose file, where `$` begins a variable.
    pub(crate) is_planned: bool,
}

impl Argv {
    /// What runs, as an engine describes it.
    pub(crate) fn running(service: &StackService<'_>) -> Option<Self> {
        let current = service.current();
        let container = current.iter().map(|(_, container)| container).find(|one| one.command.is_some())?;
        let words = container.command.as_ref()?;
        Some(Self::of(words, container.entrypoint_words, false))
    }

    /// What a file asks for.
    pub(crate) fn planned(service: &StackService<'_>) -> Option<Self> {
        let plan = service.plan?;
        Some(Self::of(plan.command.as_ref()?, plan.entrypoint_words, true))
    }

    fn of(words: &Command, entrypoint: Option<u32>, is_planned: bool) -> Self {
        let part = |words: &[String]| match words {
            // A compose file may have all words in one text.
            [line] if is_planned && line.contains(char::is_whitespace) => {
                // What only a shell could cut is left to those who look for the program in a script.
                let script = || vec!["sh".to_owned(), "-c".to_owned(), line.clone()];
                shell_words(line).unwrap_or_else(script)
            }
            words => words.to_vec(),
        };
        match entrypoint.and_then(|count| words.0.split_at_checked(usize::try_from(count).ok()?)) {
            Some((entrypoint, command)) => {
                Self { entrypoint: Some(part(entrypoint)), command: part(command), is_planned }
            }
            None => Self { entrypoint: None, command: part(&words.0), is_planned },
        }
    }

    /// All words, the entrypoint first.
    pub(crate) fn words(&self) -> Vec<&str> {
        self.entrypoint.iter().flatten().chain(&self.command).map(String::as_str).collect()
    }
}

/// The words of a line, as compose cuts it: quotes hold words together. None where a shell would do more than that, or
/// where a quote does not end.
pub(crate) fn shell_words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for sign in line.chars() {
        match (quote, sign) {
            (Some(open), sign) if sign == open => quote = None,
            // Escapes differ from one splitter to the next.
            (_, '\\') => return None,
            (Some(_), sign) => word.get_or_insert_default().push(sign),
            (None, '\'' | '"') => {
                quote = Some(sign);
                word.get_or_insert_default();
            }
            (None, ';' | '&' | '|' | '<' | '>' | '(' | ')' | '`' | '#' | '*' | '?') => return None,
            (None, sign) if sign.is_whitespace() => words.extend(word.take()),
            (None, sign) => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        let check = |line: &str, expected: Option<&[&str]>| {
            let expected = expected.map(|words| words.iter().map(|word| (*word).to_owned()).collect());
            assert_eq!(shell_words(line), expected, "{line}");
        };
        check("postgres  -c ssl=on\n", Some(&["postgres", "-c", "ssl=on"]));
        check("a -c 'b=%m [%p] ' \"\"", Some(&["a", "-c", "b=%m [%p] ", ""]));
        check("a -c \"b=it's\"c", Some(&["a", "-c", "b=it'sc"]));
        check("", Some(&[]));
        for line in ["a 'b", "a \\ b", "a; b", "a && b", "a $(b)", "a > b", "a `b`"] {
            check(line, None);
        }
    }
}
