//! Turns the steps of a history, and the config, into instructions.

use std::collections::BTreeSet;

use plimsoll_snapshot::{Bytes, Config, HealthCheck, Image, Node, Snapshot};

use super::values::{LeftOut, Part, Remark};
use crate::inspect::file_bytes;
use crate::lines::{Dockerfile, Line, Unfit, recreated};

/// What stands where a value was removed.
const REMOVED: char = '…';

/// What the Dockerfile is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It builds: what the history does not have is a placeholder.
    Build,
    /// Its instructions are traced to layers and edited: sources are named as recorded, and variables, whose values are unknown,
    /// are omitted.
    Edit,
}

/// Writes instructions, step by step.
pub(super) struct Writer<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) image: &'a Image,
    purpose: Purpose,
    pub(super) parts: Vec<Part>,
    /// What runs commands, as the last `SHELL` says.
    shell: Vec<String>,
    user: String,
    working_dir: String,
    /// Whether the remark about the build context stands already.
    has_context: bool,
    /// The variables of the environment that are set.
    variables: BTreeSet<String>,
}

/// The instruction behind a step, by what it does.
enum Step<'a> {
    Run(&'a str),
    Instruction { keyword: &'a str, text: &'a str },
    Unknown,
}

/// Instructions that a history can have, but for `RUN`.
pub(super) const KEYWORDS: [&str; 15] = [
    "COPY",
    "ADD",
    "ENV",
    "ARG",
    "USER",
    "WORKDIR",
    "SHELL",
    "LABEL",
    "EXPOSE",
    "VOLUME",
    "ENTRYPOINT",
    "CMD",
    "STOPSIGNAL",
    "HEALTHCHECK",
    "ONBUILD",
];

impl<'a> Step<'a> {
    fn of(created_by: &'a str) -> Self {
        let text = created_by.trim();
        let text = text.strip_suffix("# buildkit").unwrap_or(text).trim_end();
        let noted = text.strip_prefix("/bin/sh -c #(nop)").map(str::trim_start);
        let instruction = noted.unwrap_or(text);
        let (keyword, rest) = instruction.split_once(char::is_whitespace).unwrap_or((instruction, ""));
        match keyword {
            "RUN" if noted.is_none() => Self::Run(rest.trim_start()),
            _ if KEYWORDS.contains(&keyword) => Self::Instruction { keyword, text: rest.trim() },
            _ if noted.is_none() && (keyword.starts_with('|') || keyword.starts_with('/')) => Self::Run(text),
            _ => Self::Unknown,
        }
    }
}

/// Where an instruction comes from.
#[derive(Clone, Copy)]
struct Origin<'a> {
    /// The number of the step in the history.
    step: usize,
    /// The layer that it made. A builder that makes one layer in the end notes none.
    layer: Option<usize>,
    created_by: &'a str,
}

impl<'a> Writer<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, image: &'a Image, purpose: Purpose) -> Self {
        Self {
            snapshot,
            image,
            purpose,
            parts: Vec::new(),
            shell: vec!["/bin/sh".to_owned(), "-c".to_owned()],
            user: String::new(),
            working_dir: String::new(),
            has_context: false,
            variables: BTreeSet::new(),
        }
    }

    pub(super) fn remark(&mut self, remark: Remark) {
        self.parts.push(Part::Remark(remark));
    }

    /// Writes an instruction, or why it cannot be written.
    pub(super) fn write(&mut self, line: Result<Line<Dockerfile>, Unfit>, instruction: &str) {
        match line {
            Ok(line) => self.parts.push(Part::Instruction(line)),
            Err(unfit) => self.left_out(instruction, LeftOut::Unfit(unfit)),
        }
    }

    fn left_out(&mut self, instruction: &str, reason: LeftOut) {
        self.remark(Remark::LeftOut { instruction: instruction.to_owned(), reason });
    }

    pub(super) fn step(&mut self, step: usize, created_by: &str, layer: Option<usize>) {
        match Step::of(created_by) {
            Step::Run(text) => self.run(text, created_by),
            Step::Instruction { keyword, text } => {
                self.instruction(keyword, text, Origin { step, layer, created_by });
            }
            Step::Unknown => {
                if let Some(layer) = layer {
                    self.layer(layer, created_by);
                }
            }
        }
    }

    fn run(&mut self, text: &str, created_by: &str) {
        let command = crate::instruction::without_arguments(text);
        if command.contains(REMOVED) {
            self.remark(Remark::Removed);
        }
        let shell = self.shell.clone();
        let shell: Vec<&str> = shell.iter().map(String::as_str).collect();
        let behind_shell = |shell: &[&str]| {
            let prefix = format!("{} ", shell.join(" "));
            command.strip_prefix(&*prefix).map(str::trim)
        };
        let line = if let Some(command) = behind_shell(&shell) {
            recreated::run(&shell, true, command)
        } else if let Some((shell, command)) = crate::instruction::shell_and_command(command) {
            recreated::run(&shell, false, command.trim())
        } else if !created_by.trim_end().ends_with("# buildkit") {
            // Kaniko records the script alone, and has no mark for a list of words.
            recreated::run(&shell, true, command.trim())
        } else {
            // BuildKit names the shell: this is a list of words, whose quotes are lost.
            recreated::listed("RUN", &command.split_whitespace().collect::<Vec<_>>())
        };
        self.write(line, created_by);
    }

    fn instruction(&mut self, keyword: &str, text: &str, origin: Origin<'_>) {
        let created_by = origin.created_by;
        match keyword {
            "COPY" | "ADD" => self.copy(keyword, text, origin),
            "ENV" | "ARG" => self.variables(keyword == "ENV", text, created_by),
            "USER" => {
                text.clone_into(&mut self.user);
                self.write(recreated::value("USER", text), created_by);
            }
            "WORKDIR" => {
                self.working_dir = joined(&self.working_dir, text);
                self.write(recreated::value("WORKDIR", text), created_by);
            }
            "SHELL" => {
                self.shell = listed_words(text);
                self.write(recreated::listed("SHELL", &self.shell), created_by);
            }
            "ONBUILD" => self.left_out(created_by, LeftOut::OnBuild),
            // The config has the others, and has them exactly.
            _ => {}
        }
    }

    fn copy(&mut self, keyword: &str, text: &str, origin: Origin<'_>) {
        let keyword = if keyword == "ADD" { "ADD" } else { "COPY" };
        let arguments = crate::instruction::after_options(text);
        let options: Vec<&str> =
            text.trim()[..text.trim().len() - arguments.len()].split_whitespace().collect();
        let kept: Vec<&str> =
            options.iter().copied().filter(|option| recreated::is_copy_option(option)).collect();
        let mut words = listed_words(arguments);
        let Some(destination) = words.pop().filter(|_| !arguments.contains('\n')) else {
            return self.unknown_copy(origin);
        };
        let is_hashed = words.last().is_some_and(|word| word == "in");
        let is_of_context = |source: &String| {
            !source.starts_with(['/', '<', '-'])
                && !source.split('/').any(|part| part == "..")
                && !source.contains(['$', ':', REMOVED])
                && !source.starts_with("git@")
        };
        let is_of_stage = options.iter().any(|option| option.starts_with("--from="));
        if !is_hashed && !is_of_stage && !words.is_empty() && words.iter().all(is_of_context) {
            let sources = words.iter().cloned().chain([destination.clone()]).collect::<Vec<_>>();
            if let Ok(line) = recreated::words(keyword, &kept, &sources) {
                if !std::mem::replace(&mut self.has_context, true) {
                    self.remark(Remark::Context);
                }
                return self.parts.push(Part::Instruction(line));
            }
        }
        if self.purpose == Purpose::Edit {
            words.push(destination);
            return self.write(recreated::words(keyword, &kept, &words), origin.created_by);
        }
        self.placeholder(keyword, &kept, &words, &destination, origin);
    }

    /// A `COPY` from somewhere: out of a directory or an archive with the name of the layer.
    fn placeholder(
        &mut self,
        keyword: &'static str,
        options: &[&str],
        sources: &[String],
        destination: &str,
        origin: Origin<'_>,
    ) {
        let Origin { step: number, layer, created_by } = origin;
        let path = joined(&self.working_dir, destination);
        let file = layer.and_then(|layer| self.only_file(layer, &path));
        let is_archive =
            keyword == "ADD" && file.is_none() && !sources.iter().any(|source| source.starts_with("dir:"));
        let place = match &file {
            _ if is_archive => format!("step-{number:02}.tar"),
            Some(name) => format!("step-{number:02}/{name}"),
            None => format!("step-{number:02}/"),
        };
        let keyword = if is_archive { "ADD" } else { "COPY" };
        match recreated::words(keyword, options, &[&place, destination]) {
            Ok(line) => {
                let place = recreated::placeholder(&place);
                let holds = layer.and_then(|layer| self.holds(layer));
                self.remark(Remark::Placeholder { place, instruction: created_by.to_owned(), holds });
                self.parts.push(Part::Instruction(line));
            }
            Err(_) => self.unknown_copy(origin),
        }
    }

    fn unknown_copy(&mut self, Origin { layer, created_by, .. }: Origin<'_>) {
        match layer {
            Some(layer) => self.layer(layer, created_by),
            None => self.left_out(created_by, LeftOut::Unfit(Unfit::instruction(created_by))),
        }
    }

    /// The name of the file that a layer puts at exactly this path, if it does.
    fn only_file(&self, layer: usize, path: &str) -> Option<String> {
        let contents = self.snapshot.layers[self.image.layers[layer].layer].contents.as_ref()?;
        let entry = contents.entries.find(path.trim_start_matches('/').as_bytes())?;
        let is_file = matches!(contents.entries.get(entry).node, Node::File { .. });
        let name = path.rsplit('/').next().unwrap_or_default();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let fits = !name.is_empty() && !name.starts_with('-') && name.bytes().all(plain);
        is_file.then(|| if fits { name.to_owned() } else { "file".to_owned() })
    }

    fn holds(&self, layer: usize) -> Option<(u64, Bytes)> {
        let contents = self.snapshot.layers[self.image.layers[layer].layer].contents.as_ref()?;
        let files = contents.entries.iter().filter(|entry| matches!(entry.node, Node::File { .. })).count();
        Some((files as u64, file_bytes(contents)))
    }

    /// A layer as its archive.
    pub(super) fn layer(&mut self, layer: usize, created_by: &str) {
        if self.purpose == Purpose::Edit {
            return;
        }
        let place = format!("layer-{layer:02}.tar");
        let holds = self.holds(layer);
        self.remark(Remark::Layer {
            place: recreated::placeholder(&place),
            instruction: created_by.to_owned(),
            layer: layer as u64,
            holds,
        });
        self.write(recreated::words("ADD", &[], &[&*place, "/"]), created_by);
    }

    fn variables(&mut self, is_environment: bool, text: &str, created_by: &str) {
        if self.purpose == Purpose::Edit {
            return;
        }
        let names = crate::dockerfile::assigned_names(text);
        let mut unrecorded = Vec::new();
        let mut lines = Vec::new();
        for name in names {
            if is_environment {
                self.variables.insert(name.clone());
            }
            if is_environment && name == "PATH" {
                self.remark(Remark::SearchPath);
                continue;
            }
            match recreated::variable(&name, is_environment) {
                Some(line) => {
                    unrecorded.push(name);
                    lines.push(Part::Instruction(line));
                }
                None => self.left_out(created_by, LeftOut::Unfit(Unfit::instruction(&name))),
            }
        }
        // An argument without a default has no value that could be missing.
        if !unrecorded.is_empty() && (is_environment || text.contains('=')) {
            self.remark(match is_environment {
                true => Remark::Variables { names: unrecorded },
                false => Remark::Defaults { names: unrecorded },
            });
        }
        self.parts.extend(lines);
    }

    pub(super) fn settings(&mut self, config: &Config) {
        let before = self.parts.len();
        let missing: Vec<String> =
            config.env_names.iter().filter(|name| !self.variables.contains(*name)).cloned().collect();
        for name in &missing {
            self.variables(true, &format!("{name}="), name);
        }
        for (name, value) in &config.labels {
            self.write(recreated::label(name, value), &format!("LABEL {name}"));
        }
        for port in &config.exposed_ports {
            match recreated::port(port) {
                Some(line) => self.parts.push(Part::Instruction(line)),
                None => self.left_out(&format!("EXPOSE {port}"), LeftOut::Port),
            }
        }
        for volume in &config.volumes {
            self.write(recreated::words("VOLUME", &[], &[volume]), &format!("VOLUME {volume}"));
        }
        if config.user != self.user && !config.user.is_empty() {
            self.write(recreated::value("USER", &config.user), "USER");
        }
        if !config.working_dir.is_empty()
            && joined("/", &config.working_dir) != joined("/", &self.working_dir)
        {
            self.write(recreated::value("WORKDIR", &config.working_dir), "WORKDIR");
        }
        if let Some(signal) = config.stop_signal.as_deref().filter(|signal| !signal.is_empty()) {
            self.write(recreated::value("STOPSIGNAL", signal), "STOPSIGNAL");
        }
        if let Some(check) = &config.health_check {
            self.write(health_check(check), "HEALTHCHECK");
        }
        for (keyword, words) in [("ENTRYPOINT", &config.entrypoint), ("CMD", &config.command)] {
            if words.is_empty() {
                continue;
            }
            if words.iter().any(|word| word.contains(REMOVED)) {
                self.remark(Remark::Removed);
            }
            self.write(recreated::listed(keyword, words), keyword);
        }
        if self.parts.len() > before {
            self.parts.insert(before, Part::Remark(Remark::Settings));
        }
    }
}

fn health_check(check: &HealthCheck) -> Result<Line<Dockerfile>, Unfit> {
    let duration = |name: &'static str, nanoseconds: u64| {
        let milliseconds = nanoseconds / 1_000_000;
        let text = match milliseconds {
            whole if whole % 60_000 == 0 => format!("{}m", whole / 60_000),
            whole if whole % 1000 == 0 => format!("{}s", whole / 1000),
            _ => format!("{milliseconds}ms"),
        };
        (milliseconds > 0).then_some((name, text))
    };
    let mut options: Vec<(&'static str, String)> = [
        duration("interval", check.interval_ns),
        duration("timeout", check.timeout_ns),
        duration("start-period", check.start_period_ns),
    ]
    .into_iter()
    .flatten()
    .collect();
    if check.retries > 0 {
        options.push(("retries", check.retries.to_string()));
    }
    let command = match check.test.split_first() {
        None => return Err(Unfit::instruction("HEALTHCHECK")),
        Some((first, _)) if first == "NONE" => return Ok("HEALTHCHECK NONE".into()),
        Some((first, rest)) if first == "CMD-SHELL" => {
            let line = match rest {
                [command] => recreated::shell_form("CMD", command.trim()),
                _ => None,
            };
            let words = || ["/bin/sh", "-c"].into_iter().chain(rest.iter().map(String::as_str));
            line.map_or_else(|| recreated::listed("CMD", &words().collect::<Vec<_>>()), Ok)?
        }
        Some((_, rest)) => recreated::listed("CMD", rest)?,
    };
    Ok(recreated::health_check(&options, &command))
}

/// The words of a list: JSON, the way Go writes one, or plain.
fn listed_words(text: &str) -> Vec<String> {
    let text = text.trim();
    if let Ok(words) = serde_json::from_str::<Vec<String>>(text) {
        return words;
    }
    let list = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    list.unwrap_or(text).split_whitespace().map(|word| word.trim_matches('"').to_owned()).collect()
}

/// A path below a directory, absolute, without `.` and `..`.
fn joined(directory: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{directory}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}
