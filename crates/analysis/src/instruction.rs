//! Build instructions as people wrote them, out of what builders noted in the history.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

/// The text of an instruction, as the history of an image or a Dockerfile has it: the code of other people. It is shown as it
/// is, and gets into suggested lines only through `lines::step`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instruction(String);

impl Instruction {
    pub(crate) fn of(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// Whether the words of a `chown` or `chmod` change everything below a directory.
pub(crate) fn is_recursive<'a>(mut words: impl Iterator<Item = &'a str>) -> bool {
    words.any(|word| {
        word == "--recursive" || word.starts_with('-') && !word.starts_with("--") && word.contains('R')
    })
}

impl Deref for Instruction {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Instruction {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<Instruction> for String {
    fn from(instruction: Instruction) -> Self {
        instruction.0
    }
}

/// What a `COPY` or `ADD` takes out of the context of the build.
pub(crate) fn context_sources(instruction: &str) -> Vec<String> {
    let Some((keyword, rest)) = instruction.split_once(char::is_whitespace) else { return Vec::new() };
    let is_copy = matches!(keyword, "COPY" | "ADD") && !instruction.contains('\n');
    let arguments = after_options(rest);
    let options = &rest.trim()[..rest.trim().len() - arguments.len()];
    if !is_copy || options.split_whitespace().any(|option| option.starts_with("--from=")) {
        return Vec::new();
    }
    let mut words: Vec<String> = serde_json::from_str(arguments)
        .unwrap_or_else(|_| arguments.split_whitespace().map(ToOwned::to_owned).collect());
    words.pop();
    words.retain(|word| !word.contains("://") && !word.starts_with("<<") && !word.starts_with("git@"));
    words
}

/// The text of an instruction behind its keyword, without the options at its beginning.
pub(crate) fn after_options(text: &str) -> &str {
    let mut rest = text.trim();
    while rest.starts_with("--") {
        rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
    }
    rest
}

/// The instruction of a Dockerfile behind a history entry.
///
/// The classic builder writes `/bin/sh -c apt-get update` and `/bin/sh -c #(nop)  CMD ["sh"]`, BuildKit
/// `RUN /bin/sh -c apt-get update # buildkit`, both with build arguments in front (`|1 VERSION=… /bin/sh -c …`).
#[must_use]
pub fn readable(created_by: &str) -> Cow<'_, str> {
    let text = created_by.trim();
    let text = text.strip_suffix("# buildkit").unwrap_or(text).trim_end();
    if let Some(instruction) = text.strip_prefix("/bin/sh -c #(nop)") {
        return Cow::Borrowed(instruction.trim());
    }
    let command = text.strip_prefix("RUN ").unwrap_or(text);
    let command = without_arguments(command);
    if let Some(shell) = in_shell(command) {
        return Cow::Owned(format!("RUN {}", shell.trim()));
    }
    Cow::Borrowed(text)
}

/// What a shell runs: behind `/bin/sh -c`, and behind the options that `SHELL` gave it (`/bin/bash -eo pipefail -c`).
fn in_shell(command: &str) -> Option<&str> {
    shell_and_command(command).map(|(_, command)| command)
}

/// The words of a shell with its options, and what it runs.
pub(crate) fn shell_and_command(command: &str) -> Option<(Vec<&str>, &str)> {
    const SHELLS: [&str; 6] =
        ["/bin/sh ", "/bin/bash ", "/bin/ash ", "/bin/dash ", "/bin/zsh ", "/usr/bin/bash "];
    let (shell, mut rest) =
        SHELLS.iter().find_map(|shell| Some((shell.trim_end(), command.strip_prefix(shell)?)))?;
    let mut words = vec![shell];
    loop {
        let (option, behind) = rest.split_once(' ')?;
        rest = behind;
        words.push(option);
        if option.starts_with('-') && !option.starts_with("--") && option.ends_with('c') {
            return Some((words, rest));
        }
        if !option.starts_with(['-', '+']) && option != "pipefail" {
            return None;
        }
    }
}

/// Cuts `|2 A=1 B=2 ` off the front: the number says how many build arguments follow.
pub(crate) fn without_arguments(command: &str) -> &str {
    let Some((count, rest)) = command.strip_prefix('|').and_then(|text| text.split_once(' ')) else {
        return command;
    };
    if count.parse::<u32>().is_err() {
        return command;
    }
    // A value may hold spaces, so the arguments end where the shell begins.
    rest.find("/bin/").map_or(command, |start| &rest[start..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_builders_give_the_same_instruction() {
        for (created_by, instruction) in [
            ("/bin/sh -c #(nop)  CMD [\"sh\"]", "CMD [\"sh\"]"),
            ("/bin/sh -c #(nop) COPY dir:0a1b in . ", "COPY dir:0a1b in ."),
            ("/bin/sh -c rm -rf /wheels", "RUN rm -rf /wheels"),
            ("RUN /bin/sh -c rm -rf /wheels # buildkit", "RUN rm -rf /wheels"),
            ("RUN |1 VERSION=… /bin/sh -c make # buildkit", "RUN make"),
            ("|2 A=… B=x y /bin/sh -c make", "RUN make"),
            ("RUN /bin/bash -eo pipefail -c make # buildkit", "RUN make"),
            ("RUN /bin/bash -o pipefail -c a | b", "RUN a | b"),
            ("RUN /bin/bash -euxc make", "RUN make"),
            ("COPY . . # buildkit", "COPY . ."),
            ("WORKDIR /app", "WORKDIR /app"),
            ("bazel build ...", "bazel build ..."),
        ] {
            assert_eq!(readable(created_by), instruction);
        }
    }
}
