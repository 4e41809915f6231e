//! A `RUN` that names packages of pip, with others in their place or without them.

use super::{Dockerfile, Line, Shell, dockerfile, step};
use crate::instruction::Instruction;

/// What becomes of a package that a `RUN` names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Becomes {
    /// Another package, of the same version. A literal of a rule.
    Other(&'static str),
    /// No package: the line drops it.
    Nothing,
}

/// The installation with some of its packages changed; `package` takes the normal name of one. `None` if it names none of
/// them, if what is left of an installation installs nothing, or if the command is not as simple as that.
pub(crate) fn changed(
    instruction: &Instruction,
    becomes: impl Fn(&str) -> Option<Becomes>,
) -> Option<Line<Dockerfile>> {
    let mut is_changed = false;
    let mut commands = Vec::new();
    for command in step::command(instruction)?.commands()? {
        commands.push(if installs(&command) {
            let (line, changed) = with(&command, &becomes)?;
            is_changed |= changed;
            line
        } else {
            command
        });
    }
    is_changed.then(|| dockerfile::run(&[], &commands))
}

/// Whether a command is `pip install`, whatever starts it: `uv pip`, `python -m pip`, a path.
fn installs(command: &str) -> bool {
    let words: Vec<&str> = command.split_whitespace().collect();
    words.windows(2).any(|pair| {
        let program = pair[0].rsplit('/').next().unwrap_or_default();
        program
            .strip_prefix("pip")
            .is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
            && pair[1] == "install"
    })
}

fn with(command: &Line<Shell>, becomes: &impl Fn(&str) -> Option<Becomes>) -> Option<(Line<Shell>, bool)> {
    let (mut words, mut is_changed, mut is_left) = (Vec::new(), false, false);
    let mut is_value = false;
    for word in command.split_whitespace() {
        let is_option = word.starts_with('-');
        // The file of `-r` installs something; other values are no packages.
        let name = (!is_option && !is_value).then(|| requirement(word)).flatten();
        match name.and_then(|name| Some((name, becomes(&normal(name))?))) {
            Some((name, Becomes::Other(other))) => {
                words.push(word.replacen(name, other, 1));
                (is_changed, is_left) = (true, true);
            }
            Some((_, Becomes::Nothing)) => is_changed = true,
            None => {
                let is_command = ["install", "pip", "pip3", "uv", "python", "python3"].contains(&word);
                is_left |= !is_option
                    && !is_command
                    && (!is_value || REQUIREMENTS.contains(&words.last().map_or("", String::as_str)));
                words.push(word.to_owned());
            }
        }
        is_value = is_option && VALUES.contains(&word);
    }
    let line = Line::repeated(&words.join(" ")).filter(|_| is_left || !is_changed)?;
    Some((line, is_changed))
}

/// The options of pip whose value is the next word.
const VALUES: [&str; 13] = [
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "-t",
    "--target",
    "--prefix",
    "--root",
];
const REQUIREMENTS: [&str; 2] = ["-r", "--requirement"];

/// The name in a requirement, as it is written: of `"Torch[opt]>=2"` it is `Torch`. None for a path or an address.
fn requirement(word: &str) -> Option<&str> {
    let word = word.trim_matches(['"', '\'']);
    let end = word.find(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c)).unwrap_or(word.len());
    let (name, rest) = word.split_at(end);
    let is_specifier = rest.is_empty() || rest.starts_with(['=', '<', '>', '!', '~', '[', ';']);
    let is_name = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    (is_name && is_specifier).then_some(name)
}

/// The normal name of a package (PyPA, "Name normalization").
fn normal(name: &str) -> String {
    let parts = name.split(['.', '_', '-']).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(run: &str, package: &str, becomes: Becomes, expected: Option<&str>) {
        let found = changed(&Instruction::of(run), |name| (name == package).then_some(becomes));
        assert_eq!(found.as_ref().map(Line::as_str), expected, "{run}");
    }

    #[test]
    fn the_package_changes_where_the_run_names_it() {
        let headless = Becomes::Other("opencv-python-headless");
        for (run, expected) in [
            ("RUN pip install opencv-python flask", Some("RUN pip install opencv-python-headless flask")),
            (
                "RUN apt-get update && python3 -m pip install --no-cache-dir 'OpenCV_Python>=4'",
                Some(
                    "RUN apt-get update \\\n && python3 -m pip install --no-cache-dir 'opencv-python-headless>=4'",
                ),
            ),
            ("RUN uv pip install opencv-python==4.8", Some("RUN uv pip install opencv-python-headless==4.8")),
            ("RUN pip install -r requirements.txt", None),
            ("RUN pip install -t opencv-python flask", None),
            ("RUN pip install ./opencv-python/x.whl", None),
            ("RUN apt-get install -y opencv-python", None),
            ("COPY opencv-python /x", None),
        ] {
            check(run, "opencv-python", headless, expected);
        }
    }

    #[test]
    fn a_package_goes_and_an_empty_installation_is_none() {
        for (run, expected) in [
            ("RUN pip install a b==1", Some("RUN pip install a")),
            ("RUN pip install -r requirements.txt b", Some("RUN pip install -r requirements.txt")),
            ("RUN pip install b", None),
            ("RUN pip install --no-cache-dir -i https://example.org/simple b", None),
        ] {
            check(run, "b", Becomes::Nothing, expected);
        }
    }
}
