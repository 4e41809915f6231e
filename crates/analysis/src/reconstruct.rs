//! Makes a Dockerfile again from the history and the config of an image.
//!
//! The history has the commands, but neither the files that were copied nor the values of variables, and the classic builder
//! notes a hash in place of the sources. So what a build needs beyond the history gets a name: files of the context as
//! they were written where that is known, else `step-07/` or `layer-07.tar`, and an argument for each variable. How the
//! image is run comes from its config, which is exact, and so is written once, at the end.

use std::collections::BTreeSet;

use plimsoll_snapshot::{Bytes, Config, HealthCheck, Image, Node, Snapshot};

use crate::base_image::base_layers_by_history;
use crate::inspect::file_bytes;
use crate::lines::{Dockerfile, Line, Unfit, names, recreated};

/// The Dockerfile of one image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconstruction {
    /// Its parts, from the first line to the last.
    pub parts: Vec<Part>,
}

/// A part of a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// An instruction; two for a variable of the environment.
    Instruction(Line<Dockerfile>),
    /// Something to know of what follows, as a comment.
    Remark(Remark),
}

/// What a comment of the Dockerfile says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The image that the file is of.
    Image {
        /// Its name, or that of the service.
        name: String,
    },
    /// The steps of the base image are left to it.
    Base {
        /// How many layers it has.
        layers: u64,
    },
    /// From here on, sources of the build context have the names that the Dockerfile of the image gave them.
    Context,
    /// The next instruction copies from a place that the history does not name.
    Placeholder {
        /// What has to be put there.
        place: Line<Dockerfile>,
        /// The instruction, as the builder noted it.
        instruction: String,
        /// The files of the layer; absent if its contents were not read.
        holds: Option<(u64, Bytes)>,
    },
    /// The next instruction adds a whole layer, since no instruction is known that makes it.
    Layer {
        /// The archive of the layer.
        place: Line<Dockerfile>,
        /// What the builder noted, if anything.
        instruction: String,
        /// The number of the layer.
        layer: u64,
        /// The files of the layer; absent if its contents were not read.
        holds: Option<(u64, Bytes)>,
    },
    /// The values of these variables are not recorded: they are arguments of the build.
    Variables {
        /// Their names.
        names: Vec<String>,
    },
    /// The search path is not recorded, and an empty one would break the build.
    SearchPath,
    /// A value was removed from the instruction because it may be a secret.
    Removed,
    /// An instruction or a setting that cannot be repeated.
    LeftOut {
        /// The instruction, as the builder noted it.
        instruction: String,
        /// Why not.
        reason: LeftOut,
    },
    /// How the image is run.
    Settings,
}

/// Why an instruction is not repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// A value of it fits into no line.
    Unfit(Unfit),
    /// It acts on images that are built on this one.
    OnBuild,
    /// It is no port.
    Port,
}

/// The base image to build on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// None: every layer is made again.
    Scratch,
    /// An image of this name, which stands for the lowest layers.
    Image(Line<Dockerfile>),
}

impl Base {
    /// An image by its name.
    ///
    /// # Errors
    ///
    /// What is no reference of an image is [`Unfit`].
    pub fn named(reference: &str) -> Result<Self, Unfit> {
        names::image(reference).map(Self::Image)
    }
}

/// What stands where a value was removed.
const REMOVED: char = '…';

/// Makes the Dockerfile of an image again.
#[must_use]
pub fn reconstruct(snapshot: &Snapshot, image: &Image, name: &str, base: &Base) -> Reconstruction {
    let mut writer = Writer {
        snapshot,
        image,
        parts: vec![Part::Remark(Remark::Image { name: name.to_owned() })],
        shell: vec!["/bin/sh".to_owned(), "-c".to_owned()],
        user: String::new(),
        working_dir: String::new(),
        has_context: false,
        variables: BTreeSet::new(),
    };
    let below = match base {
        Base::Scratch => 0,
        Base::Image(_) => base_layers_by_history(image),
    };
    match base {
        Base::Scratch => writer.write(Ok("FROM scratch".into()), "FROM scratch"),
        Base::Image(image) => {
            writer.remark(Remark::Base { layers: below as u64 });
            writer.write(Ok(Line::of(["FROM ".into(), image.clone()])), "FROM");
        }
    }
    let made = made_layers(image);
    let first = image.layers[below.min(image.layers.len())..].iter().find_map(|layer| layer.history);
    let start = match base {
        Base::Scratch => 0,
        // Settings between the last layer of the base and the first own one may be of either; repeating them is harmless.
        Base::Image(_) => {
            let last = image.layers[..below].iter().filter_map(|layer| layer.history).max();
            last.map_or(0, |last| last + 1).min(first.unwrap_or(image.history.len()))
        }
    };
    for (index, step) in image.history.iter().enumerate().skip(start) {
        writer.step(index, &step.created_by, made[index]);
    }
    for (index, layer) in image.layers.iter().enumerate().skip(below) {
        if layer.history.is_none() {
            writer.layer(index, "");
        }
    }
    writer.settings(&image.config);
    Reconstruction { parts: writer.parts }
}

/// The layer that each step of the history made.
fn made_layers(image: &Image) -> Vec<Option<usize>> {
    let mut made = vec![None; image.history.len()];
    for (index, layer) in image.layers.iter().enumerate() {
        if let Some(step) = layer.history {
            made[step] = Some(index);
        }
    }
    made
}

struct Writer<'a> {
    snapshot: &'a Snapshot,
    image: &'a Image,
    parts: Vec<Part>,
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
const KEYWORDS: [&str; 15] = [
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

impl Writer<'_> {
    fn remark(&mut self, remark: Remark) {
        self.parts.push(Part::Remark(remark));
    }

    /// Writes an instruction, or why it cannot be written.
    fn write(&mut self, line: Result<Line<Dockerfile>, Unfit>, instruction: &str) {
        match line {
            Ok(line) => self.parts.push(Part::Instruction(line)),
            Err(unfit) => self.left_out(instruction, LeftOut::Unfit(unfit)),
        }
    }

    fn left_out(&mut self, instruction: &str, reason: LeftOut) {
        self.remark(Remark::LeftOut { instruction: instruction.to_owned(), reason });
    }

    fn step(&mut self, step: usize, created_by: &str, layer: Option<usize>) {
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
        } else {
            // A list of words, whose quotes are lost.
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
    fn layer(&mut self, layer: usize, created_by: &str) {
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
        if is_environment && !unrecorded.is_empty() {
            self.remark(Remark::Variables { names: unrecorded });
        }
        self.parts.extend(lines);
    }

    fn settings(&mut self, config: &Config) {
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
        (milliseconds > 0).then(|| (name, format!("{milliseconds}ms")))
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
            let words = ["/bin/sh", "-c"].into_iter().chain(rest.iter().map(String::as_str));
            recreated::listed("CMD", &words.collect::<Vec<_>>())?
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

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::HistoryEntry;

    use super::*;
    use crate::testing::snapshot;

    /// The instructions alone, for steps that made no layer, after those of the layers.
    fn lines(layers: &[&str], steps: &[&str], change: impl FnOnce(&mut Image), base: &Base) -> Vec<String> {
        let mut snapshot = snapshot("app", layers);
        let image = &mut snapshot.images[0];
        let step =
            |text: &&str| HistoryEntry { created_by: (*text).into(), created: None, empty_layer: true };
        image.history.extend(steps.iter().map(step));
        change(image);
        let made = reconstruct(&snapshot, &snapshot.images[0], "app", base);
        let lines = made.parts.iter().filter_map(|part| match part {
            Part::Instruction(line) => Some(line.to_string()),
            Part::Remark(_) => None,
        });
        lines.collect()
    }

    #[test]
    fn both_builders_give_a_dockerfile_that_builds() {
        let made = lines(
            &[
                "i /bin/sh -c #(nop) ADD file:0a in / \nf etc/os 1\nf bin/sh 1",
                "i /bin/sh -c #(nop) COPY dir:0b in /app \nf app/x 1",
                "i /bin/sh -c #(nop) COPY file:0c in /app/run.sh \nf app/run.sh 1",
                "i RUN |1 V=… /bin/sh -c make V=$V # buildkit\nf app/y 1",
                "i COPY --chown=app:app requirements.txt ./ # buildkit\nf app/requirements.txt 1",
                "i COPY /usr/local/lib /usr/local/lib # buildkit\nf usr/local/lib/z 1",
                "i bazel build ...\nf b 1",
                "f unknown 1",
            ],
            &[
                "SHELL [/bin/bash -o pipefail -c]",
                "RUN /bin/bash -o pipefail -c a | b # buildkit",
                "RUN /bin/sh -c other # buildkit",
                "RUN pip install x # buildkit",
                "RUN /bin/bash -o pipefail -c set -e\nmake\n # buildkit",
                "ENV A=… PATH=…",
                "ARG B",
                "WORKDIR /srv",
                "CMD [\"old\"]",
            ],
            |image| {
                image.config.command = vec!["serve".into(), "a \"b\"".into()];
                image.config.exposed_ports = vec!["80/tcp".into(), "x".into()];
                image.config.working_dir = "/srv/".into();
                image.config.env_names = vec!["PATH".into(), "A".into(), "C".into()];
            },
            &Base::Scratch,
        );
        assert_eq!(
            made,
            [
                "FROM scratch",
                "ADD step-00.tar /",
                "COPY step-01/ /app",
                "COPY step-02/run.sh /app/run.sh",
                "RUN make V=$V",
                "COPY --chown=app:app requirements.txt ./",
                "COPY step-05/ /usr/local/lib",
                "ADD layer-06.tar /",
                r#"SHELL ["/bin/bash", "-o", "pipefail", "-c"]"#,
                "RUN a | b",
                r#"RUN ["/bin/sh", "-c", "other"]"#,
                r#"RUN ["pip", "install", "x"]"#,
                r#"RUN ["/bin/bash", "-o", "pipefail", "-c", "set -e\u000amake"]"#,
                "ARG A\nENV A=${A}",
                "ARG B",
                "WORKDIR /srv",
                "ADD layer-07.tar /",
                "ARG C\nENV C=${C}",
                "EXPOSE 80/tcp",
                r#"CMD ["serve", "a \"b\""]"#,
            ]
        );
    }

    #[test]
    fn a_base_image_stands_for_its_steps() {
        let base = Base::named("debian:12").unwrap();
        let layers = ["i ADD rootfs.tar / # buildkit\nf a 1", "i RUN /bin/sh -c make # buildkit\nf b 1"];
        assert_eq!(lines(&layers, &[], |_| {}, &base), ["FROM debian:12", "RUN make"]);
        assert!(Base::named("a\nRUN b").is_err());
    }

    #[test]
    fn hostile_steps_stay_one_instruction_or_are_left_out() {
        let hostile = [
            "RUN /bin/sh -c a\nRUN b",
            "COPY a /b\nRUN c",
            "COPY a$(b) /c",
            "COPY ../a /c",
            "COPY --from=x a /c",
            "COPY <<E /c",
            "ADD https://example.org/x /c",
            "USER a\nRUN b",
            "WORKDIR /a\rRUN b",
            "ENV A=…\nRUN=…",
            "ENV 1x=…",
            "ARG a\u{202e}b",
            "SHELL [\n]",
            "ONBUILD RUN x",
            "COPY",
            "COPY \n",
            "RUN",
            "",
            "\u{1b}[2J",
        ];
        let made = lines(
            &[],
            &hostile,
            |image| {
                image.config.user = "x\nRUN y".into();
                image.config.labels.insert("a\nRUN b".into(), "c".into());
                image.config.volumes = vec!["/$(a)".into()];
                image.config.stop_signal = Some("\u{85}".into());
                image.config.entrypoint = vec!["a\nRUN b\u{2028}".into()];
                image.config.health_check =
                    Some(HealthCheck { test: vec!["CMD".into()], ..HealthCheck::default() });
            },
            &Base::Scratch,
        );
        for line in &made {
            let is_variable = line.starts_with("ARG ") && line.lines().count() == 2;
            assert!(line.lines().count() == 1 || is_variable, "{line}");
            assert!(line.chars().all(|one| crate::lines::is_visible(one) || one == '\n'), "{line}");
            let keyword = line.split(' ').next().unwrap();
            assert!(KEYWORDS.contains(&keyword) || ["FROM", "RUN"].contains(&keyword), "{line}");
        }
        assert!(made.contains(&r#"RUN ["/bin/sh", "-c", "a\u000aRUN b"]"#.to_owned()), "{made:#?}");
    }
}
