//! Logs of `strace`: which files were opened and run, by every process that was followed.
//!
//! Only what succeeded counts: programs look for many files that do not exist. strace(1) describes the format.

use std::collections::HashMap;

use plimsoll_snapshot::runtime::ObservationSource;

use crate::memory::observed::{Opened, SourceObservation, named_by};
use crate::memory::reader::{Reader, Recognition};
use crate::memory::text::lines;

/// The most processes and open directories that are followed at once.
const MAX_FOLLOWED: usize = 1 << 16;

/// The longest beginning of a call that waits for its end.
const MAX_UNFINISHED: usize = 1 << 16;

/// Whether the first lines show calls of the kernel.
pub(crate) fn is_log(text: &str) -> bool {
    let first = lines(text).take(50);
    let is_call = |line: &str| {
        let (_, call) = process(line);
        let name = call.split('(').next().unwrap_or_default();
        OPENING.contains(&name) && call.contains(['"', ')'])
    };
    first.filter(|line| is_call(&line.text)).take(1).count() > 0
}

/// Calls that open or run a file.
const OPENING: [&str; 6] = ["open", "creat", "openat", "openat2", "execve", "execveat"];

pub(crate) fn read(reader: &mut Reader, text: &str) -> Recognition {
    reader.input.format = "strace";
    let mut log = Log::default();
    for line in lines(text) {
        if let Err(reason) = log.line(&line.text) {
            reader.warn(Some(line.number), reason);
        }
    }
    let mut observation = log.opened.finish(&reader.input.file, ObservationSource::Strace);
    observation.from_start = log.first_is_start == Some(true);
    observation.failed = log.failed;
    observation.unplaced = log.unplaced;
    let who = named_by(&reader.input.file);
    reader.input.observed.push(SourceObservation { who, observation });
    Recognition::Yes
}

/// What is known while a log is read.
#[derive(Default)]
struct Log {
    opened: Opened,
    /// By process: the beginning of a call that another one interrupted.
    pending: HashMap<u64, String>,
    /// By process: its working directory, where the log says it.
    directories: HashMap<u64, Vec<u8>>,
    /// By process and descriptor: the directories that it has open.
    descriptors: HashMap<(u64, u64), Vec<u8>>,
    /// Whether the first call is that of a program that starts.
    first_is_start: Option<bool>,
    failed: u64,
    unplaced: u64,
}

impl Log {
    fn line(&mut self, line: &str) -> Result<(), &'static str> {
        let (pid, call) = process(line);
        if call.starts_with("---") || call.starts_with("+++") || is_message(call) {
            return Ok(());
        }
        if let Some(resumed) = call.strip_prefix("<... ") {
            let (_, rest) = resumed.split_once(" resumed>").ok_or("a call that is cut off")?;
            // Its beginning may be older than the log.
            let Some(begin) = self.pending.remove(&pid) else { return Ok(()) };
            return self.call(pid, &format!("{begin}{rest}"));
        }
        if let Some(begin) = call.strip_suffix("<unfinished ...>") {
            if begin.len() > MAX_UNFINISHED || self.pending.len() >= MAX_FOLLOWED {
                return Err("an unfinished call that is not kept");
            }
            self.pending.insert(pid, begin.to_owned());
            return Ok(());
        }
        self.call(pid, call)
    }

    fn call(&mut self, pid: u64, text: &str) -> Result<(), &'static str> {
        let Some((name, rest)) = text.split_once('(') else { return Err("not a call") };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return Err("not a call");
        }
        let is_start = name == "execve";
        if !is_known(name) {
            self.first_is_start.get_or_insert(false);
            return Ok(());
        }
        let Some((arguments, result)) = arguments(rest) else { return Err("a call that is cut off") };
        let Some(result) = Outcome::of(result) else { return Err("the result is not a number") };
        let Outcome::Done { number, path: resolved } = result else {
            self.failed += u64::from(OPENING.contains(&name));
            return Ok(());
        };
        self.first_is_start.get_or_insert(is_start);
        match name {
            "open" | "creat" | "execve" => self.used(pid, None, arguments.first(), resolved),
            "openat" | "openat2" | "execveat" => {
                let used = self.place(pid, arguments.first(), arguments.get(1), resolved);
                if let Some(path) = &used
                    && name != "execveat"
                    && arguments.get(2).is_some_and(Argument::is_directory)
                    && self.descriptors.len() < MAX_FOLLOWED
                {
                    self.descriptors.insert((pid, number), path.clone());
                } else {
                    self.descriptors.remove(&(pid, number));
                }
                self.note(used);
            }
            "chdir" => {
                if let Some(path) = self.place(pid, None, arguments.first(), None) {
                    self.moves(pid, path);
                }
            }
            "fchdir" => match self.base(pid, arguments.first()) {
                Some(path) => self.moves(pid, path),
                None => drop(self.directories.remove(&pid)),
            },
            // A new process begins where the old one is.
            _ => {
                if let Some(directory) = self.directories.get(&pid).cloned() {
                    self.moves(number, directory);
                }
            }
        }
        Ok(())
    }

    fn moves(&mut self, pid: u64, path: Vec<u8>) {
        if self.directories.len() < MAX_FOLLOWED {
            self.directories.insert(pid, path);
        }
    }

    fn used(
        &mut self,
        pid: u64,
        base: Option<&Argument>,
        path: Option<&Argument>,
        resolved: Option<Vec<u8>>,
    ) {
        let path = self.place(pid, base, path, resolved);
        self.note(path);
    }

    fn note(&mut self, path: Option<Vec<u8>>) {
        match path {
            Some(path) => self.opened.add(&path),
            None => self.unplaced += 1,
        }
    }

    /// The path that a call means: as the kernel resolved it, or from the root, or from a directory that is known. It stays
    /// relative if it begins at the first working directory, which a log does not name.
    fn place(
        &self,
        pid: u64,
        base: Option<&Argument>,
        path: Option<&Argument>,
        resolved: Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        if let Some(resolved) = resolved {
            return Some(resolved);
        }
        let Some(Argument::Text { bytes, is_whole: true }) = path else { return None };
        if bytes.starts_with(b"/") {
            return Some(bytes.clone());
        }
        match base {
            Some(Argument::Word(word)) if !word.starts_with("AT_FDCWD") => {
                let base = self.base(pid, base)?;
                Some([&base[..], b"/", bytes].concat())
            }
            Some(Argument::Word(word)) if word.starts_with("AT_FDCWD<") => {
                Some([&annotated(word)?[..], b"/", bytes].concat())
            }
            _ => Some(match self.directories.get(&pid) {
                Some(directory) => [&directory[..], b"/", bytes].concat(),
                None => bytes.clone(),
            }),
        }
    }

    /// The directory of a descriptor.
    fn base(&self, pid: u64, argument: Option<&Argument>) -> Option<Vec<u8>> {
        let Some(Argument::Word(word)) = argument else { return None };
        annotated(word).or_else(|| self.descriptors.get(&(pid, word.parse().ok()?)).cloned())
    }
}

/// Calls of which something is kept.
fn is_known(name: &str) -> bool {
    OPENING.contains(&name) || matches!(name, "chdir" | "fchdir" | "clone" | "clone3" | "fork" | "vfork")
}

/// What strace itself says between the calls.
fn is_message(line: &str) -> bool {
    line.starts_with("strace: ") || line.starts_with("[ Process PID=")
}

/// The process of a line and the call without the times that options put in front.
fn process(line: &str) -> (u64, &str) {
    let line = line.trim_start();
    let (pid, rest) = match line.strip_prefix("[pid") {
        Some(rest) => {
            let (pid, rest) = rest.split_once(']').unwrap_or(("", rest));
            (pid.trim().parse().unwrap_or(0), rest.trim_start())
        }
        None => match line.split_once(' ') {
            Some((pid, rest)) if pid.bytes().all(|byte| byte.is_ascii_digit()) => {
                (pid.parse().unwrap_or(0), rest.trim_start())
            }
            _ => (0, line),
        },
    };
    let is_time = |word: &str| {
        word.contains(['.', ':']) && word.bytes().all(|byte| byte.is_ascii_digit() || b".:+".contains(&byte))
    };
    let mut rest = rest;
    // A time of day and the time since the last call, at most.
    for _ in 0..2 {
        match rest.split_once(' ') {
            Some((word, after)) if is_time(word) => rest = after.trim_start(),
            _ => break,
        }
    }
    (pid, rest)
}

/// One argument of a call.
#[derive(Debug, PartialEq, Eq)]
enum Argument {
    /// A text, and whether strace printed all of it.
    Text { bytes: Vec<u8>, is_whole: bool },
    /// Anything else, as it is printed.
    Word(String),
}

impl Argument {
    fn is_directory(&self) -> bool {
        matches!(self, Self::Word(flags) if flags.contains("O_DIRECTORY") || flags.contains("O_PATH"))
    }
}

/// The arguments up to the closing parenthesis, and the text behind the equals sign.
fn arguments(text: &str) -> Option<(Vec<Argument>, &str)> {
    /// No call that is kept has more that matter.
    const MAX: usize = 8;
    let bytes = text.as_bytes();
    let (mut found, mut at, mut start, mut depth) = (Vec::new(), 0, 0, 0_u32);
    loop {
        match *bytes.get(at)? {
            b'"' => {
                at = end_of_text(bytes, at)?;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' if depth == 0 => break,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                if found.len() < MAX {
                    found.push(argument(&text[start..at]));
                }
                start = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    if found.len() < MAX {
        found.push(argument(&text[start..at]));
    }
    let result = text[at + 1..].trim_start().strip_prefix('=')?;
    Some((found, result.trim()))
}

/// The index of the quote that ends a text.
fn end_of_text(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match *bytes.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at),
            _ => at += 1,
        }
    }
}

fn argument(text: &str) -> Argument {
    let text = text.trim();
    let quoted = text.strip_prefix('"').and_then(|rest| {
        let end = end_of_text(text.as_bytes(), 0)?;
        Some((rest.get(..end - 1)?, text.get(end + 1..)?))
    });
    match quoted {
        Some((inside, behind)) => {
            Argument::Text { bytes: unescaped(inside), is_whole: !behind.starts_with("...") }
        }
        None => Argument::Word(text.to_owned()),
    }
}

/// The bytes of a text that is written as C does.
fn unescaped(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let Some(&next) = bytes.get(at) else { break };
        at += 1;
        out.push(match next {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'x' => {
                let digits = bytes[at..].iter().take(2).take_while(|digit| digit.is_ascii_hexdigit()).count();
                let value = number(&bytes[at..at + digits], 16);
                at += digits;
                value
            }
            b'0'..=b'7' => {
                at -= 1;
                let digits =
                    bytes[at..].iter().take(3).take_while(|digit| (b'0'..=b'7').contains(digit)).count();
                let value = number(&bytes[at..at + digits], 8);
                at += digits;
                value
            }
            other => other,
        });
    }
    out
}

/// A number of a few digits, modulo 256.
fn number(digits: &[u8], base: u32) -> u8 {
    let value =
        digits.iter().fold(0, |value, &digit| value * base + char::from(digit).to_digit(base).unwrap_or(0));
    u8::try_from(value & 0xff).unwrap_or(0)
}

/// What came of a call.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Failed,
    Done {
        number: u64,
        /// With `-y`: the path that the kernel resolved.
        path: Option<Vec<u8>>,
    },
}

impl Outcome {
    fn of(text: &str) -> Option<Self> {
        if text.starts_with('-') || text.starts_with('?') {
            return Some(Self::Failed);
        }
        let end = text.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(text.len());
        let number = text[..end].parse().ok()?;
        Some(Self::Done { number, path: annotated(&text[end..]) })
    }
}

/// The path that `-y` prints behind a descriptor: `3</app/main.py>`.
fn annotated(text: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once('<')?;
    // Signs of the path itself are escaped, so the first one ends it.
    let (path, _) = rest.split_once('>')?;
    let path = unescaped(path);
    path.starts_with(b"/").then_some(path)
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::runtime::Observation;

    use super::*;
    use crate::memory::{RuntimeBuilder, Surroundings, read};

    fn observed(text: &str) -> (Observation, Vec<String>) {
        let mut builder = RuntimeBuilder::new();
        builder.add(read("web.strace", text.as_bytes(), &Surroundings::NONE).unwrap());
        let mut runtime = builder.finish();
        (runtime.observed.remove(0), runtime.warnings.iter().map(ToString::to_string).collect())
    }

    fn check(text: &str, opened: &[&str], relative: &[&str]) -> Observation {
        let (seen, _) = observed(text);
        let shown = |paths: &plimsoll_snapshot::Paths| {
            paths.iter().map(|path| String::from_utf8_lossy(path).into_owned()).collect::<Vec<_>>()
        };
        assert_eq!((shown(&seen.opened), shown(&seen.relative)), (to_owned(opened), to_owned(relative)));
        seen
    }

    fn to_owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn only_what_succeeded_counts() {
        let seen = check(
            "7 execve(\"/usr/bin/python3\", [\"python3\", \"a(b\"], 0x7ffe /* 9 vars */) = 0\n\
             7 openat(AT_FDCWD, \"/etc/ld.so.cache\", O_RDONLY|O_CLOEXEC) = 3\n\
             7 openat(AT_FDCWD, \"/lib/none.so\", O_RDONLY) = -1 ENOENT (No such file or directory)\n\
             7 open(\"/etc/a\\\"b\\303\\261\\x41\", O_RDONLY) = 4 <0.000012>\n\
             7 +++ exited with 0 +++\n",
            &["etc/a\"bñA", "etc/ld.so.cache", "usr/bin/python3"],
            &[],
        );
        assert_eq!((seen.failed, seen.from_start, seen.service.as_str()), (1, true, "web"));
    }

    #[test]
    fn interrupted_calls_are_joined_by_process() {
        check(
            "[pid 12] 10:00:01.123456 openat(AT_FDCWD, \"/a\", O_RDONLY <unfinished ...>\n\
             [pid 13] openat(AT_FDCWD, \"/b\", O_RDONLY <unfinished ...>\n\
             [pid 12] <... openat resumed>)          = 3\n\
             [pid 13] <... openat resumed>)          = -1 EACCES (Permission denied)\n\
             [pid 14] <... openat resumed>)          = 3\n",
            &["a"],
            &[],
        );
    }

    #[test]
    fn relative_paths_begin_where_the_process_is() {
        check(
            "1 openat(AT_FDCWD, \"first.py\", O_RDONLY) = 3\n\
             1 chdir(\"/srv\") = 0\n\
             1 clone(child_stack=NULL, flags=SIGCHLD) = 2\n\
             2 openat(AT_FDCWD, \"x.py\", O_RDONLY) = 3\n\
             2 openat(AT_FDCWD, \"/opt/d\", O_RDONLY|O_DIRECTORY) = 5\n\
             2 openat(5, \"y\", O_RDONLY) = 6\n\
             3 openat(AT_FDCWD</home>, \"z\", O_RDONLY) = 6</data/z\\76>\n",
            &["data/z>", "opt/d", "opt/d/y", "srv/x.py"],
            &["first.py"],
        );
    }

    #[test]
    fn what_is_cut_off_is_counted_and_the_rest_is_used() {
        let (seen, warnings) = observed(
            "1 openat(AT_FDCWD, \"/a\", O_RDONLY) = 3\n1 openat(9, \"b\", O_RDONLY) = 4\n\
             [ Process PID=1 runs in 32 bit mode. ]\n1 garbage\n1 openat(AT_FDCWD, \"/et",
        );
        assert_eq!((seen.opened.len(), seen.unplaced, seen.from_start), (1, 1, false));
        assert_eq!(
            warnings,
            ["`web.strace`, line 4: not a call", "`web.strace`, line 5: a call that is cut off"]
        );
    }

    #[test]
    fn hostile_logs_take_little_time() {
        let open = "1 openat(AT_FDCWD, \"/a\", O_RDONLY) = 3\n";
        for junk in ["(".repeat(1 << 20), "1 open(\"".repeat(1 << 17), "\\".repeat(1 << 20)] {
            assert!(read("a", format!("{open}1 openat({junk}").as_bytes(), &Surroundings::NONE).is_ok());
        }
        assert_eq!(unescaped("\\x\\777\\"), [0, 0xff]);
    }
}
