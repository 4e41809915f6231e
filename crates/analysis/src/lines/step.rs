//! Steps of a build as fixes need them: taken apart, changed, and written as a Dockerfile again.
//!
//! The history of an image has instructions in one line each, and does not have all of their options: BuildKit leaves
//! out `--from`, `--mount` and `--link`. What cannot be taken apart for certain is left as it is.
//!
//! An instruction is the text of the person who built the image. It is repeated only as what it is: one `RUN` or one `COPY`, on one
//! line, all of it visible, without a here-document and with nothing left open, so no second instruction can hide in it.

use plimsoll_snapshot::hidden::log_command;

use super::shell::is_repeatable;
use super::{Dockerfile, Line, Shell, Unfit, ValueKind, dockerfile, is_visible};
use crate::instruction::{Instruction, after_options};

/// Longer instructions are not quoted in fixes, because they are too long to read.
const LONGEST: usize = 2_000;
/// The length that a quotation in a title is cut to.
const QUOTED: usize = 80;

/// A `COPY` or `ADD`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Copy<'a> {
    pub(crate) keyword: &'static str,
    pub(crate) flags: Vec<&'a str>,
    pub(crate) sources: Vec<&'a str>,
    pub(crate) destination: &'a str,
}

impl<'a> Copy<'a> {
    /// Takes an instruction apart. `None` for other instructions, for those of the classic builder, which notes a
    /// hash in place of the sources (`COPY dir:0a1b in /app`), for those in the form of JSON, and for those that cannot be
    /// repeated on one line.
    pub(crate) fn parse(instruction: &'a Instruction) -> Option<Self> {
        let mut words = instruction.split_whitespace();
        let keyword = ["COPY", "ADD"].into_iter().find(|keyword| words.clone().next() == Some(keyword))?;
        words.next();
        let (flags, mut sources): (Vec<_>, Vec<_>) = words.partition(|word| word.starts_with("--"));
        let destination = sources.pop()?;
        let hashed = |source: &&str| {
            ["dir:", "file:", "multi:"].iter().any(|kind| source.starts_with(kind)) || source.starts_with('[')
        };
        let is_one = is_one_line(instruction) && !instruction.contains("<<");
        if sources.is_empty() || sources.iter().any(hashed) || instruction.len() > LONGEST || !is_one {
            return None;
        }
        Some(Self { keyword, flags, sources, destination })
    }

    /// Whether it most likely copies out of another stage or image: the history does not say, but only there
    /// sources are commonly written from the root.
    pub(crate) fn is_from_stage(&self) -> bool {
        self.flags.iter().any(|flag| flag.starts_with("--from="))
            || self.sources.iter().any(|source| source.starts_with('/'))
    }

    /// Whether it copies the whole context of the build.
    pub(crate) fn is_whole_context(&self) -> bool {
        self.sources.iter().any(|source| matches!(*source, "." | "./" | "*"))
    }

    /// The instruction with one more option.
    pub(crate) fn with(&self, flag: &Line<Dockerfile>) -> Line<Dockerfile> {
        let name = flag.split('=').next().unwrap_or(flag);
        let flags = self.flags.iter().filter(|old| old.split('=').next() != Some(name)).copied();
        let words: Vec<&str> = [self.keyword, flag]
            .into_iter()
            .chain(flags)
            .chain(self.sources.iter().copied())
            .chain([self.destination])
            .collect();
        let reminder = if self.is_from_stage() { "# keep --from, if the instruction has it\n" } else { "" };
        Line::checked(format!("{reminder}{}", words.join(" ")))
    }

    /// The directory it copies to, with a slash at its end.
    pub(crate) fn directory(&self) -> Line<Dockerfile> {
        let slash = if self.destination.ends_with('/') { "" } else { "/" };
        Line::checked(format!("{}{slash}", self.destination))
    }
}

/// The words of a `FROM` behind its keyword, if it is one line.
pub(crate) fn words(from: &str) -> Result<impl Iterator<Item = &str>, Unfit> {
    if is_one_line(from) {
        Ok(from.split_whitespace().skip(1))
    } else {
        Err(Unfit::new(ValueKind::Instruction, from))
    }
}

/// A word of a `FROM`: the name of a stage, or an option.
pub(crate) fn word(word: &str) -> Result<Line<Dockerfile>, Unfit> {
    dockerfile::repeated(word).ok_or_else(|| Unfit::new(ValueKind::Instruction, word))
}

/// Whether a text is one line of a Dockerfile that ends where it ends. A backtick continues a line as well, where the file
/// says so (Dockerfile reference, "escape").
fn is_one_line(text: &str) -> bool {
    // Spaces behind the backslash count for nothing.
    text.chars().all(is_repeatable) && log_command(text).is_none() && !text.trim_end().ends_with(['\\', '`'])
}

/// A `RUN`, `COPY` or `ADD` of the image as it is, if that is one line.
pub(crate) fn whole(instruction: &Instruction) -> Option<Line<Dockerfile>> {
    let fits = command(instruction).is_some() || Copy::parse(instruction).is_some();
    fits.then(|| Line::checked(instruction.replace('\t', " ")))
}

/// The command of a `RUN` in the form of a shell, without the options before it, if it can be quoted.
pub(crate) fn command(instruction: &Instruction) -> Option<Line<Shell>> {
    let text = instruction.strip_prefix("RUN ")?;
    let command = after_options(text);
    let fits = command.len() <= LONGEST && !command.starts_with('[') && is_one_line(text);
    let command = Line::repeated(command).filter(|_| fits)?;
    // Without its options it would be another instruction.
    flags_of(text).all(|flag| dockerfile::option(flag).is_some()).then_some(command)
}

fn flags_of(text: &str) -> impl Iterator<Item = &str> {
    text.trim()[..text.trim().len() - after_options(text).len()].split_whitespace()
}

/// Puts the options of a `RUN` into the last `RUN` of the lines that take its place.
pub(crate) fn keep_flags(instruction: &str, lines: Line<Dockerfile>) -> Line<Dockerfile> {
    let Some(text) = instruction.strip_prefix("RUN ").filter(|text| !text.contains('\n')) else {
        return lines;
    };
    let flags: Vec<Line<Dockerfile>> =
        flags_of(text).filter(|flag| !lines.contains(flag)).filter_map(dockerfile::option).collect();
    let last = lines.rfind("\nRUN ").map(|at| at + 1).or_else(|| lines.starts_with("RUN ").then_some(0));
    match last {
        Some(at) if !flags.is_empty() => {
            let (before, after) = lines.split_at(at + "RUN ".len());
            let flags = Line::joined(" \\\n    ", flags);
            Line::checked(format!("{before}{flags} \\\n    {after}"))
        }
        _ => lines,
    }
}

/// A `RUN` with more commands at its end.
pub(crate) fn and(
    instruction: &Instruction,
    more: impl IntoIterator<Item = Line<Shell>>,
) -> Option<Line<Dockerfile>> {
    let commands: Vec<_> = [command(instruction)?].into_iter().chain(more).collect();
    Some(dockerfile::run(&[], &commands))
}

/// A comment that names an instruction.
pub(crate) fn comment(before: &'static str, instruction: &Instruction) -> Line<Dockerfile> {
    let visible: String = shorten(instruction).chars().filter(|one| is_visible(*one)).collect();
    Line::checked(format!("# {before}: {visible}"))
}

/// Why an instruction is not repeated, if its characters are the reason.
pub(crate) fn unfit(instruction: &str) -> Option<Unfit> {
    let is_step = ["RUN ", "COPY ", "ADD "].iter().any(|keyword| instruction.starts_with(keyword));
    let is_hidden = instruction.chars().any(|one| !is_repeatable(one) && one != '\n');
    // Lines of a here-document are many by right.
    let is_broken = instruction.contains('\n') && !instruction.contains("<<");
    (is_step && (is_hidden || is_broken)).then(|| Unfit::new(ValueKind::Instruction, instruction))
}

/// An instruction as a title can have it.
pub(crate) fn shorten(instruction: &str) -> String {
    let line = instruction.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= QUOTED {
        return line;
    }
    line.chars().take(QUOTED - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Instruction {
        Instruction::of(text)
    }

    #[test]
    fn copies_are_taken_apart() {
        let of = |text: &str| Copy::parse(&run(text)).is_some();
        let instruction = run("COPY --chown=1:1 a b ./c");
        let copy = Copy::parse(&instruction).unwrap();
        assert_eq!((&copy.sources[..], copy.destination), (&["a", "b"][..], "./c"));
        assert_eq!(copy.with(&"--chown=app:app".into()), "COPY --chown=app:app a b ./c");
        assert!(Copy::parse(&run("COPY . .")).unwrap().is_whole_context());
        assert!(Copy::parse(&run("COPY /venv /venv")).unwrap().is_from_stage());
        for other in [
            "COPY dir:0a1b in .",
            "COPY [\"a\", \"b\"]",
            "RUN cp a b",
            "COPY a",
            "COPY <<EOF /x",
            "COPY a b\nRUN c",
            "COPY a b\\",
            "COPY a b`",
            "COPY a \\ ",
            "COPY a\u{202e} b",
        ] {
            assert!(!of(other), "{other}");
        }
    }

    #[test]
    fn options_are_kept() {
        let text = "RUN --mount=type=secret,id=ca --network=none pip install a";
        assert_eq!(command(&run(text)).unwrap(), "pip install a");
        assert_eq!(
            keep_flags(text, "RUN useradd app\nRUN pip install a \\\n && b".into()),
            "RUN useradd app\nRUN --mount=type=secret,id=ca \\\n    --network=none \\\n    pip install a \\\n && b"
        );
        assert_eq!(keep_flags("RUN a", "RUN a".into()), "RUN a");
        let variable = "RUN --mount=type=cache,target=/c,id=${TARGETARCH} a";
        assert_eq!(
            keep_flags(variable, "RUN a".into()),
            "RUN --mount=type=cache,target=/c,id=${TARGETARCH} \\\n    a"
        );
        assert_eq!(command(&run("RUN --mount=$(a) b")), None);
    }

    #[test]
    fn a_run_is_written_in_lines() {
        assert_eq!(and(&run("RUN a"), ["b".into()]).unwrap(), "RUN a \\\n && b");
        assert_eq!(
            dockerfile::run(&["--mount=type=cache,target=/c".into()], &["a".into()]),
            "RUN --mount=type=cache,target=/c \\\n    a"
        );
    }

    #[test]
    fn an_instruction_stays_one() {
        for not in [
            "COPY a b",
            "RUN <<EOF",
            "RUN [\"a\"]",
            "RUN a\nRUN b",
            "RUN a\r\nRUN b",
            "RUN a\u{85}RUN b",
            "RUN a \\",
            "RUN a \\ ",
            "RUN a `",
            "RUN a 'b",
            "RUN a # b",
            "RUN --mount=type=cache,target=\"/a a",
            "RUN --mount=a\\ b",
            "RUN",
            "RUN ",
        ] {
            assert_eq!(and(&run(not), ["b".into()]), None, "{not}");
            if !not.starts_with("COPY") {
                assert_eq!(whole(&run(not)), None, "{not}");
            }
        }
        assert!(unfit("RUN a\nRUN b").is_some() && unfit("RUN a\u{202e}").is_some());
        assert!(unfit("RUN a <<E\nb\nE").is_none() && unfit("ENV a").is_none());
    }
}
