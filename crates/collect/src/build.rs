//! Reads a Dockerfile and a `.dockerignore`.

use parse_dockerfile::{Instruction, parse_iter};
use plimsoll_snapshot::{BuildFile, BuildInstruction};

use crate::redact;

/// The longest Dockerfile or `.dockerignore` that is read, in bytes.
pub const MAX_BUILD_FILE_BYTES: u64 = 1 << 20;

/// The instructions of a Dockerfile, and what is wrong with it. What follows the first mistake is not read.
#[must_use]
pub fn read_dockerfile(name: &str, text: &str) -> (BuildFile, Option<String>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut build = BuildFile { name: name.to_owned(), ..BuildFile::default() };
    let mut problem = None;
    let mut instructions = Vec::new();
    match parse_iter(text) {
        Ok(parsed) => {
            for instruction in parsed {
                match instruction {
                    Ok(instruction) => instructions.extend(keyword(&instruction)),
                    Err(error) => {
                        // Beyond the mistake nothing is known, so the last instruction ends before it.
                        problem = Some(format!("`{name}`, {}", redact::message(&error.to_string())));
                        break;
                    }
                }
            }
        }
        Err(error) => problem = Some(format!("`{name}`, {}", redact::message(&error.to_string()))),
    }
    let escape = escape(text);
    let (mut line, mut counted, mut stage) = (1, 0, None);
    for (index, &(start, length, has_here_document)) in instructions.iter().enumerate() {
        let next = instructions.get(index + 1).map(|next| next.0);
        let end = next.unwrap_or(if problem.is_some() { end_of_line(text, start) } else { text.len() });
        let source = without_what_follows(text.get(start..end).unwrap_or_default());
        line += newlines(&text[counted..start]);
        counted = start;
        let keyword = source.get(..length).unwrap_or_default().to_ascii_uppercase();
        if keyword == "FROM" {
            stage = Some(stage.map_or(0, |stage| stage + 1));
        }
        let arguments = source.get(length..).unwrap_or_default();
        let arguments = if has_here_document { arguments.to_owned() } else { one_line(arguments, escape) };
        build.instructions.push(BuildInstruction {
            line,
            end_line: line + newlines(source),
            text: redact::instruction(&format!("{keyword} {}", arguments.trim())),
            keyword,
            stage,
        });
    }
    (build, problem)
}

/// The patterns of a `.dockerignore` (moby `patternmatcher/ignorefile`): no comments, no empty lines, paths in one form.
#[must_use]
pub fn read_dockerignore(text: &str) -> Vec<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let pattern = |line: &str| {
        // Only a `#` in the first column makes a comment.
        let line = if line.starts_with('#') { "" } else { line.trim() };
        let (mark, path) = line.strip_prefix('!').map_or(("", line), |path| ("!", path.trim()));
        let path = clean(path);
        (!path.is_empty()).then(|| redact::setting(&format!("{mark}{path}")).into_owned())
    };
    text.lines().filter_map(pattern).collect()
}

/// What Go's `filepath.Clean` makes of a path, without the leading slash.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if path.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    if parts.is_empty() && !path.is_empty() && !path.starts_with('/') {
        return ".".to_owned();
    }
    parts.join("/")
}

/// Where the keyword of an instruction begins, how long it is, and whether a here-document follows.
fn keyword(instruction: &Instruction<'_>) -> Option<(usize, usize, bool)> {
    let (keyword, has_here_document) = match instruction {
        Instruction::Add(add) => (&add.add, has_here_document(&add.src)),
        Instruction::Arg(arg) => (&arg.arg, false),
        Instruction::Cmd(cmd) => (&cmd.cmd, false),
        Instruction::Copy(copy) => (&copy.copy, has_here_document(&copy.src)),
        Instruction::Entrypoint(entrypoint) => (&entrypoint.entrypoint, false),
        Instruction::Env(env) => (&env.env, false),
        Instruction::Expose(expose) => (&expose.expose, false),
        Instruction::From(from) => (&from.from, false),
        Instruction::Healthcheck(check) => (&check.healthcheck, false),
        Instruction::Label(label) => (&label.label, false),
        Instruction::Maintainer(maintainer) => (&maintainer.maintainer, false),
        Instruction::Onbuild(onbuild) => (&onbuild.onbuild, false),
        Instruction::Run(run) => (&run.run, !run.here_docs.is_empty()),
        Instruction::Shell(shell) => (&shell.shell, false),
        Instruction::Stopsignal(signal) => (&signal.stopsignal, false),
        Instruction::User(user) => (&user.user, false),
        Instruction::Volume(volume) => (&volume.volume, false),
        Instruction::Workdir(workdir) => (&workdir.workdir, false),
        _ => return None,
    };
    Some((keyword.span.start, keyword.span.len(), has_here_document))
}

fn has_here_document(sources: &[parse_dockerfile::Source<'_>]) -> bool {
    sources.iter().any(|source| matches!(source, parse_dockerfile::Source::HereDoc(_)))
}

/// The character that continues a line: the directive `escape` may say that it is a backtick.
fn escape(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim().strip_prefix('#')?.split_once('='));
    let mut escapes = directives.filter(|(name, _)| name.trim().eq_ignore_ascii_case("escape"));
    if escapes.next().is_some_and(|(_, value)| value.trim() == "`") { '`' } else { '\\' }
}

fn newlines(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|&byte| byte == b'\n').count()).unwrap_or(u32::MAX)
}

fn end_of_line(text: &str, start: usize) -> usize {
    text[start..].find('\n').map_or(text.len(), |at| start + at)
}

/// Without the comments and empty lines behind the instruction.
fn without_what_follows(source: &str) -> &str {
    let mut source = source.trim_end();
    while let Some((before, last)) = source.rsplit_once('\n')
        && last.trim_start().starts_with('#')
    {
        source = before.trim_end();
    }
    source
}

/// Without line continuations, and without the comments between them.
fn one_line(source: &str, escape: char) -> String {
    let lines =
        source.lines().enumerate().filter(|(at, line)| *at == 0 || !line.trim_start().starts_with('#'));
    let words = lines.flat_map(|(_, line)| {
        let line = line.trim_end();
        line.strip_suffix(escape).unwrap_or(line).split_whitespace()
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u32, u32, Option<u32>, String)> {
        let (build, problem) = read_dockerfile("Dockerfile", text);
        assert_eq!(problem, None);
        let fields = |step: BuildInstruction| (step.line, step.end_line, step.stage, step.text);
        build.instructions.into_iter().map(fields).collect()
    }

    #[test]
    fn instructions_know_their_lines_and_stages() {
        let text = "# syntax=docker/dockerfile:1\nARG V=1\nfrom a AS build\n\nRUN make \\\n  # why\n  all \\\n\n  && x\n\
            # next\nFROM b\nCOPY --from=build /x /y\nRUN <<EOF\n# in it\n  one\nEOF\n\n# end\nENV A=s3cret B=2\n";
        let expected = [
            (2, 2, None, "ARG V=…"),
            (3, 3, Some(0), "FROM a AS build"),
            (5, 9, Some(0), "RUN make all && x"),
            (11, 11, Some(1), "FROM b"),
            (12, 12, Some(1), "COPY --from=build /x /y"),
            (13, 16, Some(1), "RUN <<EOF\n# in it\n  one\nEOF"),
            (19, 19, Some(1), "ENV A=… B=…"),
        ];
        assert_eq!(read(text), expected.map(|(line, end, stage, text)| (line, end, stage, text.to_owned())));
        assert_eq!(
            read("# escape=`\r\nFROM a\r\nRUN b `\r\n c\r\n")[1],
            (3, 4, Some(0), "RUN b c".to_owned())
        );
    }

    #[test]
    fn what_lies_before_a_mistake_counts() {
        let (build, problem) = read_dockerfile("Dockerfile", "FROM a\nRUN b\nNONSENSE c\nRUN d\n");
        assert_eq!(build.instructions.last().unwrap().text, "RUN b");
        assert!(problem.unwrap().starts_with("`Dockerfile`, "));
        for text in [
            "",
            "\u{feff}",
            "RUN",
            "FROM",
            "FROM a\nRUN <<EOF\n",
            "\\\n\\\n",
            "FROM a\nRUN \\",
            "ONBUILD ONBUILD",
        ] {
            let (build, _) = read_dockerfile("Dockerfile", text);
            assert!(build.instructions.len() <= 2);
        }
    }

    #[test]
    fn patterns_are_brought_into_one_form() {
        let text = "\u{feff}# comment\n\n/a/\n  b/./c  \n!  /d/../e\n./f\n#g\n #h\n.\n/\n..\n";
        assert_eq!(read_dockerignore(text), ["a", "b/c", "!e", "f", "#h", ".", ".."]);
    }
}
