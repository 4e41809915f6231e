//! Steps of a build as fixes need them: taken apart, changed, and written as a Dockerfile again.
//!
//! The history of an image has instructions in one line each, and does not have all of their options: BuildKit leaves
//! out `--from`, `--mount` and `--link`. What cannot be taken apart for certain is left as it is.

/// Longer instructions are not quoted in fixes: nobody would read them.
const LONGEST: usize = 2_000;
/// The length that a quotation in a title is cut to.
const QUOTED: usize = 80;

/// A `COPY` or `ADD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Copy<'a> {
    pub(super) keyword: &'a str,
    pub(super) flags: Vec<&'a str>,
    pub(super) sources: Vec<&'a str>,
    pub(super) destination: &'a str,
}

impl<'a> Copy<'a> {
    /// Takes an instruction apart. `None` for other instructions, for those of the classic builder, which notes a
    /// hash in place of the sources (`COPY dir:0a1b in /app`), and for those in the form of JSON.
    pub(super) fn parse(instruction: &'a str) -> Option<Self> {
        let mut words = instruction.split_whitespace();
        let keyword = words.next().filter(|keyword| matches!(*keyword, "COPY" | "ADD"))?;
        let (flags, mut sources): (Vec<_>, Vec<_>) = words.partition(|word| word.starts_with("--"));
        let destination = sources.pop()?;
        let hashed = |source: &&str| {
            ["dir:", "file:", "multi:"].iter().any(|kind| source.starts_with(kind)) || source.starts_with('[')
        };
        if sources.is_empty() || sources.iter().any(hashed) || instruction.len() > LONGEST {
            return None;
        }
        Some(Self { keyword, flags, sources, destination })
    }

    /// Whether it most likely copies out of another stage or image: the history does not say, but only there
    /// sources are commonly written from the root.
    pub(super) fn is_from_stage(&self) -> bool {
        self.flags.iter().any(|flag| flag.starts_with("--from="))
            || self.sources.iter().any(|source| source.starts_with('/'))
    }

    /// Whether it copies the whole context of the build.
    pub(super) fn is_whole_context(&self) -> bool {
        self.sources.iter().any(|source| matches!(*source, "." | "./" | "*"))
    }

    /// The instruction with one more option.
    pub(super) fn with(&self, flag: &str) -> String {
        let name = flag.split('=').next().unwrap_or(flag);
        let flags = self.flags.iter().filter(|old| old.split('=').next() != Some(name)).copied();
        let words: Vec<&str> = [self.keyword, flag]
            .into_iter()
            .chain(flags)
            .chain(self.sources.iter().copied())
            .chain([self.destination])
            .collect();
        let reminder = if self.is_from_stage() { "# keep --from, if the instruction has it\n" } else { "" };
        format!("{reminder}{}", words.join(" "))
    }
}

/// What `COPY` and `ADD` take out of the context of the build.
pub(crate) struct ContextCopy;

impl ContextCopy {
    /// The sources, if an instruction copies out of the context.
    pub(crate) fn sources(instruction: &str) -> Vec<String> {
        let Some((keyword, rest)) = instruction.split_once(char::is_whitespace) else { return Vec::new() };
        let flags = rest.split_whitespace().take_while(|word| word.starts_with("--"));
        if !matches!(keyword, "COPY" | "ADD")
            || instruction.contains('\n')
            || flags.clone().any(|flag| flag.starts_with("--from="))
        {
            return Vec::new();
        }
        let arguments = after_flags(rest);
        let mut words: Vec<String> = serde_json::from_str(arguments)
            .unwrap_or_else(|_| arguments.split_whitespace().map(ToOwned::to_owned).collect());
        words.pop();
        words.retain(|word| !word.contains("://") && !word.starts_with("<<") && !word.starts_with("git@"));
        words
    }
}

/// The command of a `RUN` in the form of a shell, without the options before it, if it can be quoted.
pub(super) fn command(instruction: &str) -> Option<&str> {
    let command = after_flags(instruction.strip_prefix("RUN ")?);
    let quotable = !command.is_empty()
        && command.len() <= LONGEST
        && !command.starts_with('[')
        && !command.contains("<<")
        && !command.contains('\n')
        && !command.ends_with('\\');
    quotable.then_some(command)
}

fn after_flags(text: &str) -> &str {
    let mut rest = text.trim();
    while rest.starts_with("--") {
        rest = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest.trim_start());
    }
    rest
}

/// Puts the options of a `RUN` into the last `RUN` of the lines that take its place.
pub(super) fn keep_flags(instruction: &str, lines: String) -> String {
    let Some(text) = instruction.strip_prefix("RUN ").filter(|text| !text.contains('\n')) else {
        return lines;
    };
    let flags = text.trim()[..text.trim().len() - after_flags(text).len()].split_whitespace();
    let flags: Vec<&str> = flags.filter(|flag| !lines.contains(flag)).collect();
    let last = lines.rfind("\nRUN ").map(|at| at + 1).or_else(|| lines.starts_with("RUN ").then_some(0));
    match last {
        Some(at) if !flags.is_empty() => {
            let (before, after) = lines.split_at(at + "RUN ".len());
            format!("{before}{} \\\n    {after}", flags.join(" \\\n    "))
        }
        _ => lines,
    }
}

/// The commands that `&&` or `;` joins. `None` if it is not as simple as that.
pub(super) fn commands(command: &str) -> Option<Vec<&str>> {
    const WORDS: [&str; 12] =
        ["if", "then", "else", "fi", "for", "while", "do", "done", "case", "esac", "{", "}"];
    let mut parts = Vec::new();
    let (mut quote, mut start, mut depth) = (None, 0, 0_u32);
    let bytes = command.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], quote) {
            (b'\\', _) => at += 1,
            (byte, Some(open)) if byte == open => quote = None,
            (_, Some(_)) => {}
            (byte @ (b'\'' | b'"'), None) => quote = Some(byte),
            (b'(', None) => depth += 1,
            (b')', None) => depth = depth.saturating_sub(1),
            (b'|', None) if bytes.get(at + 1) == Some(&b'|') => return None,
            (b'&', None) if depth == 0 && bytes.get(at + 1) == Some(&b'&') => {
                parts.push(command[start..at].trim());
                at += 1;
                start = at + 1;
            }
            (b'&' | b'`', None) if depth == 0 && at > 0 && bytes[at - 1] != b'>' => return None,
            (b';', None) if depth == 0 => {
                parts.push(command[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    parts.push(command.get(start..)?.trim());
    let simple = |part: &&str| {
        let first = part.split_whitespace().next();
        !part.is_empty() && first.is_some_and(|word| !WORDS.contains(&word))
    };
    (quote.is_none() && depth == 0 && parts.iter().all(simple)).then_some(parts)
}

/// A `RUN` with options, of several commands.
pub(super) fn run<S: AsRef<str>>(flags: &[String], commands: &[S]) -> String {
    let mut text = "RUN ".to_owned();
    for flag in flags {
        text.push_str(flag);
        text.push_str(" \\\n    ");
    }
    for (at, command) in commands.iter().enumerate() {
        if at > 0 {
            text.push_str(" \\\n && ");
        }
        text.push_str(command.as_ref());
    }
    text
}

/// A `RUN` with one more command at its end.
pub(super) fn and(instruction: &str, more: &[&str]) -> Option<String> {
    let command = command(instruction)?;
    Some(run(&[], &[&[command], more].concat()))
}

/// An instruction as a title can have it.
pub(super) fn shorten(instruction: &str) -> String {
    let line = instruction.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= QUOTED {
        return line;
    }
    line.chars().take(QUOTED - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_taken_apart() {
        let copy = Copy::parse("COPY --chown=1:1 a b ./c").unwrap();
        assert_eq!((&copy.sources[..], copy.destination), (&["a", "b"][..], "./c"));
        assert_eq!(copy.with("--chown=app:app"), "COPY --chown=app:app a b ./c");
        assert!(Copy::parse("COPY . .").unwrap().is_whole_context());
        assert!(Copy::parse("COPY /venv /venv").unwrap().is_from_stage());
        for other in ["COPY dir:0a1b in .", "COPY [\"a\", \"b\"]", "RUN cp a b", "COPY a"] {
            assert_eq!(Copy::parse(other), None, "{other}");
        }
    }

    #[test]
    fn commands_are_split_where_that_is_certain() {
        assert_eq!(commands("a && b 'x && y'; c $(d; e)").unwrap(), ["a", "b 'x && y'", "c $(d; e)"]);
        assert_eq!(commands("a 2>&1 | b").unwrap(), ["a 2>&1 | b"]);
        for unsure in ["a || b", "if a; then b; fi", "a &", "a 'b", "for x in y; do z; done", "a &&", ""] {
            assert_eq!(commands(unsure), None, "{unsure}");
        }
    }

    #[test]
    fn options_are_kept() {
        let run = "RUN --mount=type=secret,id=ca --network=none pip install a";
        assert_eq!(command(run), Some("pip install a"));
        assert_eq!(
            keep_flags(run, "RUN useradd app\nRUN pip install a \\\n && b".into()),
            "RUN useradd app\nRUN --mount=type=secret,id=ca \\\n    --network=none \\\n    pip install a \\\n && b"
        );
        assert_eq!(keep_flags("RUN a", "RUN a".into()), "RUN a");
    }

    #[test]
    fn a_run_is_written_in_lines() {
        assert_eq!(and("RUN a", &["b"]).unwrap(), "RUN a \\\n && b");
        assert_eq!(
            run(&["--mount=type=cache,target=/c".into()], &["a"]),
            "RUN --mount=type=cache,target=/c \\\n    a"
        );
        for not in ["COPY a b", "RUN <<EOF", "RUN [\"a\"]"] {
            assert_eq!(and(not, &["b"]), None);
        }
    }
}
