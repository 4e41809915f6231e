//! Finds the instruction of a Dockerfile that made each layer, and each step of the history.
//!
//! What builders note in the history is not what was written: flags are gone, variables are replaced, here-documents
//! are unpacked. Both are brought into one form, and the two sequences are then aligned: each instruction makes at most
//! one step, and their order is the same. Layers of the base image stay without an instruction.

use std::collections::HashMap;
use std::ops::Range;

use plimsoll_snapshot::{BuildFile, BuildInstruction, Image};

use crate::instruction::readable;

/// The most steps, and the most instructions of a stage, that are aligned: those that come last.
const MOST: usize = 1000;

/// The most stages that are tried, the last ones first.
const MOST_STAGES: usize = 64;

/// The instruction that made each layer of the image, as an index into [`BuildFile::instructions`]; `None` for layers of the
/// base image, and where the Dockerfile has nothing like it.
///
/// The image is taken for that of the stage that explains most of its layers, the last one if in doubt.
#[must_use]
pub fn instructions_of_layers(image: &Image, build: &BuildFile) -> Vec<Option<usize>> {
    let mut found = vec![None; image.layers.len()];
    for (layer, instruction) in trace(image, build, &Stages::of(build)).pairs {
        found[layer] = Some(instruction);
    }
    found
}

/// The instruction behind each step of [`Image::history`], as an index into [`BuildFile::instructions`], steps without a
/// layer included. They are sought between the instructions of the layers around them.
#[must_use]
pub fn instructions_of_steps(image: &Image, build: &BuildFile) -> Vec<Option<usize>> {
    let mut found = vec![None; image.history.len()];
    let stages = Stages::of(build);
    let traced = trace(image, build, &stages);
    let Some(stage) = traced.stage.or_else(|| stages.ranges.len().checked_sub(1)) else { return found };
    let chain = stages.chain(stage);
    let makes_layer = |&index: &usize| Step::of_instruction(&build.instructions[index]).is_some();
    // None of its layers is in the image: it is the Dockerfile of another one.
    if traced.pairs.is_empty() && chain.iter().any(makes_layer) {
        return found;
    }
    let (mut step, mut place) = (0, 0);
    let anchors = traced.pairs.iter().filter_map(|&(layer, instruction)| {
        let at = chain.iter().position(|&index| index == instruction)?;
        Some((image.layers[layer].history?, at, Some(instruction)))
    });
    for (next_step, next_place, instruction) in anchors.chain([(found.len(), chain.len(), None)]) {
        // A history whose layers are out of order has nothing between them.
        if step <= next_step && place <= next_place {
            let made: Vec<(usize, Setting)> = (step..next_step)
                .filter(|&index| image.history[index].empty_layer)
                .filter_map(|index| {
                    Some((index, Setting::of(&readable(&image.history[index].created_by), None)?))
                })
                .collect();
            let written: Vec<(usize, Setting)> = (chain[place..next_place].iter())
                .filter_map(|&index| {
                    let instruction = &build.instructions[index];
                    Some((index, Setting::of(&instruction.text, Some(&instruction.keyword))?))
                })
                .collect();
            let last = |settings: usize| settings.saturating_sub(MOST);
            let pairs =
                align(&made[last(made.len())..], &written[last(written.len())..], Setting::is_made_by);
            pairs.into_iter().for_each(|(step, instruction)| found[step] = Some(instruction));
        }
        if let Some(instruction) = instruction {
            found[next_step] = Some(instruction);
            (step, place) = (next_step + 1, next_place + 1);
        }
    }
    found
}

/// The layers of an image that instructions made.
#[derive(Default)]
struct Traced {
    /// The stage that the image is of, if a layer tells.
    stage: Option<usize>,
    /// Layers and instructions, lowest layer first.
    pairs: Vec<(usize, usize)>,
}

fn trace(image: &Image, build: &BuildFile, stages: &Stages<'_>) -> Traced {
    let made: Vec<(usize, Step)> = image
        .layers
        .iter()
        .enumerate()
        .filter_map(|(index, layer)| {
            let history = image.history.get(layer.history?)?;
            Some((index, Step::of_history(&readable(&history.created_by))?))
        })
        .collect();
    let made = &made[made.len().saturating_sub(MOST)..];
    let written: Vec<Option<Step>> = build.instructions.iter().map(Step::of_instruction).collect();
    let mut best = Traced::default();
    for stage in (0..stages.ranges.len()).rev().take(MOST_STAGES) {
        let chain = stages.chain(stage);
        let chain: Vec<(usize, &Step)> =
            chain.into_iter().filter_map(|index| Some((index, written[index].as_ref()?))).collect();
        let mut pairs =
            align(made, &chain[chain.len().saturating_sub(MOST)..], |made, written| made.is_made_by(written));
        pairs.reverse();
        if pairs.len() > best.pairs.len() {
            best = Traced { stage: Some(stage), pairs };
        }
    }
    best
}

/// The stages of a Dockerfile: where their instructions lie, and which name stands for which.
pub(crate) struct Stages<'a> {
    pub(crate) ranges: Vec<Range<usize>>,
    /// Names in lower case, and the first stage that has each.
    names: HashMap<String, usize>,
    bases: Vec<Option<&'a str>>,
}

impl<'a> Stages<'a> {
    pub(crate) fn of(build: &'a BuildFile) -> Self {
        let mut stages = Self { ranges: Vec::new(), names: HashMap::new(), bases: Vec::new() };
        for (index, instruction) in build.instructions.iter().enumerate() {
            if instruction.keyword == "FROM" {
                if let Some(name) = alias(instruction) {
                    stages.names.entry(name.to_ascii_lowercase()).or_insert(stages.ranges.len());
                }
                stages.ranges.push(index..index);
                stages.bases.push(base(instruction));
            }
            stages.ranges.iter_mut().last().into_iter().for_each(|range| range.end = index + 1);
        }
        stages
    }

    /// The name of a stage, or its number, as a build takes it for a target.
    pub(crate) fn name(&self, stage: usize, build: &BuildFile) -> String {
        let from = &build.instructions[self.ranges[stage].start];
        alias(from).map_or_else(|| stage.to_string(), str::to_owned)
    }

    /// The instructions that make the image of a stage: its own, and before them those of the stages it is built on.
    pub(crate) fn chain(&self, stage: usize) -> Vec<usize> {
        let (mut chain, mut next) = (Vec::new(), Some(stage));
        while let Some(stage) = next.filter(|_| chain.len() <= MOST) {
            chain.extend(self.ranges[stage].clone().rev());
            // A stage is built on an earlier one, or on an image.
            let named = self.bases[stage].and_then(|name| self.names.get(&name.to_ascii_lowercase()));
            next = named.copied().filter(|&named| named < stage);
        }
        chain.reverse();
        chain
    }
}

/// What a `FROM` is built on.
fn base(from: &BuildInstruction) -> Option<&str> {
    from.text.split_whitespace().skip(1).find(|word| !word.starts_with("--"))
}

/// The name a `FROM` gives its stage.
fn alias(from: &BuildInstruction) -> Option<&str> {
    let mut words = from.text.split_whitespace().skip_while(|word| !word.eq_ignore_ascii_case("as"));
    words.nth(1)
}

/// What an instruction does, in the form that is compared.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// The command, words single-spaced.
    Run(String),
    /// `COPY` and `ADD`: the sources and the destination.
    Copy {
        keyword: &'static str,
        sources: Vec<String>,
        destination: String,
    },
    Workdir(String),
}

impl Step {
    /// `None` for what makes no layer.
    fn of_instruction(instruction: &BuildInstruction) -> Option<Self> {
        let text = instruction.text.strip_prefix(instruction.keyword.as_str())?;
        Self::new(&instruction.keyword, &without_here_document(text.trim()))
    }

    fn of_history(text: &str) -> Option<Self> {
        let (keyword, rest) = text.split_once(char::is_whitespace)?;
        Self::new(keyword, rest)
    }

    fn new(keyword: &str, text: &str) -> Option<Self> {
        let text = without_flags(text);
        match keyword {
            "RUN" => Some(Self::Run(command(text))),
            "WORKDIR" => Some(Self::Workdir(text.trim().trim_matches('"').trim_end_matches('/').to_owned())),
            "COPY" | "ADD" => {
                let keyword = if keyword == "COPY" { "COPY" } else { "ADD" };
                let mut words = words(text);
                let destination = words.pop()?;
                // The classic builder writes `dir:HASH in DESTINATION`.
                let is_hashed = words.last().is_some_and(|word| word == "in");
                let sources = if is_hashed { Vec::new() } else { words };
                Some(Self::Copy { keyword, sources, destination })
            }
            _ => None,
        }
    }

    /// Whether this step of the history is what the instruction does.
    fn is_made_by(&self, instruction: &Self) -> bool {
        match (self, instruction) {
            (Self::Run(made), Self::Run(written)) => made == written,
            (Self::Workdir(made), Self::Workdir(written)) => {
                // The history has the whole path.
                may_be(made, written) || !written.starts_with('/') && made.ends_with(&format!("/{written}"))
            }
            (
                Self::Copy { keyword, sources, destination },
                Self::Copy { keyword: other, sources: written, destination: to },
            ) => {
                let same = |(made, written): (&String, &String)| may_be(made, written);
                keyword == other
                    && may_be(destination.trim_end_matches('/'), to.trim_end_matches('/'))
                    && (sources.is_empty()
                        || sources.len() == written.len() && sources.iter().zip(written).all(same))
            }
            _ => false,
        }
    }
}

/// An instruction that makes no layer, in the form that is compared.
#[derive(Debug, PartialEq, Eq)]
struct Setting {
    keyword: String,
    /// The names that it sets, or the words of its value.
    words: Vec<String>,
}

impl Setting {
    /// The setting in a text, whose keyword is its first word if it is not known.
    fn of(text: &str, keyword: Option<&str>) -> Option<Self> {
        const KEYWORDS: [&str; 12] = [
            "ENV",
            "LABEL",
            "ARG",
            "CMD",
            "ENTRYPOINT",
            "EXPOSE",
            "VOLUME",
            "USER",
            "STOPSIGNAL",
            "HEALTHCHECK",
            "SHELL",
            "MAINTAINER",
        ];
        let (first, rest) = text.trim_start().split_once(char::is_whitespace)?;
        let keyword = keyword.unwrap_or(first);
        KEYWORDS
            .contains(&keyword)
            .then(|| Self { keyword: keyword.to_owned(), words: Self::words(keyword, rest) })
    }

    fn words(keyword: &str, text: &str) -> Vec<String> {
        match keyword {
            "ENV" | "LABEL" | "ARG" => assigned_names(text),
            // Builders note its parts in another order and in other units.
            "HEALTHCHECK" => Vec::new(),
            _ => {
                let is_part = |char: char| char.is_alphanumeric() || "._-/$@".contains(char);
                let words = text.split(|char| !is_part(char)).map(|word| word.trim_end_matches("/tcp"));
                words.filter(|word| !word.is_empty() && !word.contains('$')).map(ToOwned::to_owned).collect()
            }
        }
    }

    /// Whether this step of the history is what the instruction does: it has every word that was written.
    fn is_made_by(&self, instruction: &Self) -> bool {
        self.keyword == instruction.keyword && instruction.words.iter().all(|word| self.words.contains(word))
    }
}

/// The names that `ENV`, `ARG` and `LABEL` give values.
pub(crate) fn assigned_names(text: &str) -> Vec<String> {
    let names: Vec<String> = (text.split_whitespace())
        .filter_map(|word| Some(word.split_once('=')?.0.trim_matches('"').to_owned()))
        .filter(|name| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic()))
        .collect();
    // `ENV NAME value`, `ARG NAME`
    let first = || text.split_whitespace().next().map(ToOwned::to_owned).into_iter().collect();
    if names.is_empty() { first() } else { names }
}

/// Whether a text can be what was written, variables of unknown value in it.
fn may_be(made: &str, written: &str) -> bool {
    // Builders cut `./` off.
    let (made, written) = (made.trim_start_matches("./"), written.trim_start_matches("./"));
    let Some(variable) = written.find('$') else { return made == written };
    let end = written.rfind('$').map_or(written, |at| &written[at + 1..]);
    let end = match end.strip_prefix('{') {
        Some(braced) => braced.split_once('}').map_or("", |(_, end)| end),
        None => end.trim_start_matches(|char: char| char.is_ascii_alphanumeric() || char == '_'),
    };
    made.len() >= variable + end.len() && made.starts_with(&written[..variable]) && made.ends_with(end)
}

/// Without `--from=x`, `--mount=…`: the history has only some of them.
fn without_flags(mut text: &str) -> &str {
    text = text.trim_start();
    while text.starts_with("--") {
        text = text.find(char::is_whitespace).map_or("", |end| text[end..].trim_start());
    }
    text
}

/// A command, in shell form or in exec form, as words.
fn command(text: &str) -> String {
    if text.starts_with('[') {
        words(text).join(" ")
    } else {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The words of a list, be it JSON, Go's way to write one, or plain.
fn words(text: &str) -> Vec<String> {
    let text = text.trim();
    let list = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    match list {
        Some(list) => list
            .split(|char: char| char == ',' || char.is_whitespace())
            .map(|word| word.trim_matches('"').to_owned())
            .filter(|word| !word.is_empty())
            .collect(),
        None => text.split_whitespace().map(|word| word.trim_matches('"').to_owned()).collect(),
    }
}

/// A command that is nothing but a here-document is noted as what is in it (BuildKit, `dispatchRun`).
fn without_here_document(text: &str) -> String {
    let Some((first, rest)) = text.split_once('\n') else { return text.to_owned() };
    let flagless = without_flags(first);
    let delimiter =
        flagless.strip_prefix("<<").map(|word| word.trim_start_matches('-').trim_matches(['"', '\'']));
    match (delimiter, rest.rsplit_once('\n')) {
        (Some(delimiter), Some((body, last))) if last.trim() == delimiter => body.to_owned(),
        _ => text.to_owned(),
    }
}

/// The longest common sequence of what was made and what was written: pairs of their indices, the last ones first. Of several,
/// the one whose pairs come last, since the base image comes first.
fn align<A, B>(
    made: &[(usize, A)],
    written: &[(usize, B)],
    is_made_by: impl Fn(&A, &B) -> bool,
) -> Vec<(usize, usize)> {
    let width = written.len() + 1;
    // How many pairs there are among the first steps and the first instructions.
    let mut lengths = vec![0_u16; (made.len() + 1) * width];
    let mut equal = vec![false; lengths.len()];
    for (row, (_, step)) in made.iter().enumerate() {
        for (column, (_, instruction)) in written.iter().enumerate() {
            let here = (row + 1) * width + column + 1;
            equal[here] = is_made_by(step, instruction);
            let paired = if equal[here] { lengths[row * width + column] + 1 } else { 0 };
            lengths[here] = paired.max(lengths[here - 1]).max(lengths[here - width]);
        }
    }
    let (mut row, mut column) = (made.len(), written.len());
    let mut pairs = Vec::new();
    while row > 0 && column > 0 {
        let here = row * width + column;
        if equal[here] && lengths[here] == lengths[here - width - 1] + 1 {
            pairs.push((made[row - 1].0, written[column - 1].0));
            (row, column) = (row - 1, column - 1);
        } else if lengths[here] == lengths[here - 1] {
            column -= 1;
        } else {
            row -= 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::{
        Bytes, Compression, Config, Digest, HistoryEntry, ImageLayer, Platform, Source, Transport,
    };

    use super::*;

    /// An image of these steps; those that begin with `-` made no layer.
    fn image(steps: &[&str]) -> Image {
        let history: Vec<_> = steps
            .iter()
            .map(|step| HistoryEntry {
                created_by: step.trim_start_matches('-').to_owned(),
                created: None,
                empty_layer: step.starts_with('-'),
            })
            .collect();
        let made = history.iter().enumerate().filter(|(_, step)| !step.empty_layer);
        let layer = |(index, _): (usize, &HistoryEntry)| ImageLayer {
            layer: 0,
            digest: None,
            compression: Compression::None,
            blob_bytes: Bytes(0),
            history: Some(index),
        };
        Image {
            reference: None,
            tags: vec![],
            source: Source { transport: Transport::DockerArchive, name: "x".into() },
            id: Digest::sha256([0; 32]),
            manifest_digest: None,
            platform: Platform::default(),
            created: None,
            config: Config::default(),
            layers: made.map(layer).collect(),
            history,
            warnings: vec![],
        }
    }

    /// A Dockerfile of these instructions, one per line.
    fn build(text: &[&str]) -> BuildFile {
        let mut stage = None;
        let instruction = |(at, text): (usize, &&str)| {
            let keyword = text.split(' ').next().unwrap().to_owned();
            if keyword == "FROM" {
                stage = Some(stage.map_or(0, |stage: u32| stage + 1));
            }
            let line = u32::try_from(at + 1).unwrap();
            BuildInstruction { line, end_line: line, keyword, text: (*text).to_owned(), stage }
        };
        BuildFile { instructions: text.iter().enumerate().map(instruction).collect(), ..BuildFile::default() }
    }

    fn check(steps: &[&str], text: &[&str], expected: &[u32]) {
        let (image, build) = (image(steps), build(text));
        let lines = instructions_of_layers(&image, &build)
            .into_iter()
            .map(|found| found.map_or(0, |index| build.instructions[index].line));
        assert_eq!(lines.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn layers_are_traced_to_their_lines() {
        check(
            &[
                "ADD slim.tar / # buildkit",
                "-CMD [\"python3\"]",
                "RUN /bin/sh -c apt-get   update # buildkit",
                "WORKDIR /app",
                "COPY . . # buildkit",
                "RUN |1 V=… /bin/sh -c pip install $V # buildkit",
                "COPY /x-1.2/lib /opt # buildkit",
                "RUN /bin/sh -c set -e\nmake\n # buildkit",
                "-ENV A=…",
                "RUN /bin/sh -c cat <<A > /x\none\nA # buildkit",
            ],
            &[
                "ARG V=…",
                "FROM slim",
                "RUN apt-get update",
                "WORKDIR app",
                "COPY . .",
                "RUN --mount=type=cache,target=/x pip install $V",
                "COPY --from=build /x-${V}/lib /opt",
                "RUN <<EOF\nset -e\nmake\nEOF",
                "ENV A=…",
                "RUN cat <<A > /x\none\nA",
            ],
            &[0, 3, 4, 5, 6, 7, 8, 10],
        );
    }

    #[test]
    fn the_classic_builder_is_understood() {
        check(
            &[
                "/bin/sh -c #(nop) ADD file:0a in / ",
                "/bin/sh -c #(nop) WORKDIR /app",
                "/bin/sh -c #(nop) COPY dir:0b in . ",
                "/bin/sh -c make",
            ],
            &["FROM x", "WORKDIR /app", "COPY a b c .", "RUN make"],
            &[0, 2, 3, 4],
        );
    }

    #[test]
    fn stages_are_followed_to_the_one_the_image_is_of() {
        let text = [
            "FROM a AS base",
            "RUN one",
            "FROM a AS other",
            "RUN two",
            "FROM --platform=linux/amd64 base as Last",
            "RUN three",
        ];
        check(&["ADD x /", "RUN /bin/sh -c one", "RUN /bin/sh -c three"], &text, &[0, 2, 6]);
        check(&["RUN /bin/sh -c two"], &text, &[4]);
        check(&["RUN /bin/sh -c four"], &text, &[0]);
        check(&[], &[], &[]);
    }

    #[test]
    fn equal_instructions_keep_their_order() {
        check(
            &["RUN /bin/sh -c x", "RUN /bin/sh -c x", "RUN /bin/sh -c y", "RUN /bin/sh -c x"],
            &["FROM a", "RUN x", "RUN y", "RUN x"],
            &[0, 2, 3, 4],
        );
    }

    fn check_steps(steps: &[&str], text: &[&str], expected: &[u32]) {
        let (image, build) = (image(steps), build(text));
        let lines = instructions_of_steps(&image, &build)
            .into_iter()
            .map(|found| found.map_or(0, |index| build.instructions[index].line));
        assert_eq!(lines.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn steps_without_a_layer_are_traced_between_those_with_one() {
        check_steps(
            &[
                "ADD slim.tar / # buildkit",
                "-ENV PATH=… # buildkit",
                "-CMD [\"python3\"]",
                "-ENV A=… B=…",
                "RUN /bin/sh -c make # buildkit",
                "-EXPOSE map[80/tcp:{}]",
                "-USER app",
                "-HEALTHCHECK {Test:[CMD-SHELL x] Interval:30s}",
                "-CMD [\"/bin/sh\" \"-c\" \"serve --port 80\"]",
            ],
            &[
                "FROM slim",
                "ENV PATH=… A=…",
                "ENV A=… B=…",
                "RUN make",
                "EXPOSE 80",
                "USER $NAME",
                "HEALTHCHECK --interval=30s CMD x",
                "CMD serve --port 80",
            ],
            &[0, 0, 0, 3, 4, 5, 6, 7, 8],
        );
        // Settings alone are found too, but none of an image that another Dockerfile made.
        check_steps(&["ADD x /", "-LABEL a=b", "-ENV X=…"], &["FROM x", "LABEL a=b"], &[0, 2, 0]);
        check_steps(&["RUN /bin/sh -c a", "-LABEL a=b"], &["FROM x", "RUN b", "LABEL a=b"], &[0, 0]);
        check_steps(&["-LABEL a=b"], &[], &[0]);
    }

    #[test]
    fn a_stage_that_names_itself_ends() {
        check(&["RUN /bin/sh -c x"], &["FROM a AS a", "RUN x", "FROM a AS a", "RUN y"], &[2]);
    }
}
