//! Makes a Dockerfile again from the history and the config of an image: one that builds, or one to edit.
//!
//! The history has the commands, but not the files that were copied; snapshots keep no values of variables; and the classic
//! builder notes a hash in place of the sources. So what a build needs beyond the history gets a name: files of the context as
//! they were written where that is known, else `step-07/` or `layer-07.tar`, and an argument for each variable. How the
//! image is run comes from its config, which is exact, and so is written once, at the end.

mod values;
mod writer;

use plimsoll_snapshot::{Image, Snapshot};

pub use values::{Base, LeftOut, Part, Reconstruction, Remark};

use crate::base_image::base_layers_by_history;
use crate::lines::Line;
use writer::{Purpose, Writer};

/// Makes the Dockerfile of an image again.
#[must_use]
pub fn reconstruct(snapshot: &Snapshot, image: &Image, name: &str, base: &Base) -> Reconstruction {
    let mut writer = Writer::new(snapshot, image, Purpose::Build);
    writer.remark(Remark::Image { name: name.to_owned() });
    write(writer, base)
}

/// The instructions above the base image, to be edited where the Dockerfile of an image is lost. The base is the one that the
/// image names, if it does.
#[must_use]
pub fn editable(snapshot: &Snapshot, image: &Image) -> Reconstruction {
    let named = image.config.labels.get("org.opencontainers.image.base.name");
    let base = named.and_then(|name| Base::named(name).ok());
    let base = base.unwrap_or_else(|| Base::Image("base-image".into()));
    write(Writer::new(snapshot, image, Purpose::Edit), &base)
}

fn write(mut writer: Writer<'_>, base: &Base) -> Reconstruction {
    let image = writer.image;
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

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::{HealthCheck, HistoryEntry};

    use super::writer::KEYWORDS;
    use super::*;
    use crate::testing::snapshot;

    #[test]
    fn what_is_edited_keeps_sources_and_scripts() {
        let layers = [
            "i ADD rootfs /\nf a 1",
            "i RUN /bin/sh -c apt-get update # buildkit\nf b 1",
            "i COPY . /app # buildkit\nf c 1",
            "i COPY /usr/local/lib /usr/local/lib # buildkit\nf d 1",
            "i bazel build ...\nf e 1",
        ];
        let mut snapshot = snapshot("app", &layers);
        let step = |text: &str| HistoryEntry { created_by: text.into(), created: None, empty_layer: true };
        let image = &mut snapshot.images[0];
        image.history.push(step("RUN /bin/sh -c set -e\nEOF\nUSER root\nmake\n # buildkit"));
        image.history.push(step("ENV A=…"));
        image.config.user = "app".into();
        assert_eq!(
            editable(&snapshot, &snapshot.images[0]).instructions(),
            "FROM base-image\nRUN apt-get update\nCOPY . /app\nCOPY /usr/local/lib /usr/local/lib\n\
             RUN <<EOF1\nset -e\nEOF\nUSER root\nmake\nEOF1\nUSER app\n"
        );
        let label = ("org.opencontainers.image.base.name".to_owned(), "debian:12\nRUN x".to_owned());
        snapshot.images[0].config.labels.extend([label]);
        let text = editable(&snapshot, &snapshot.images[0]).instructions();
        assert!(text.starts_with("FROM base-image\n"), "{text}");
    }

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
    fn a_script_without_a_shell_is_one_unless_buildkit_recorded_it() {
        let steps = ["RUN useradd app && chown -R app /app", "RUN useradd app # buildkit"];
        let made = lines(&["i ADD rootfs /\nf a 1"], &steps, |_| {}, &Base::Scratch);
        assert_eq!(
            made[made.len() - 2..],
            ["RUN useradd app && chown -R app /app", r#"RUN ["useradd", "app"]"#]
        );
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
                "RUN <<EOF\nset -e\nmake\nEOF",
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
            let is_script = line.starts_with("RUN <<EOF\n") && line.ends_with("\nEOF");
            assert!(line.lines().count() == 1 || is_variable || is_script, "{line}");
            assert!(line.chars().all(|one| crate::lines::is_visible(one) || one == '\n'), "{line}");
            let keyword = line.split(' ').next().unwrap();
            assert!(KEYWORDS.contains(&keyword) || ["FROM", "RUN"].contains(&keyword), "{line}");
        }
        assert!(made.contains(&"RUN <<EOF\na\nRUN b\nEOF".to_owned()), "{made:#?}");
    }

    #[test]
    fn a_health_check_keeps_its_form() {
        let check = |test: &[&str]| {
            let check = HealthCheck {
                test: test.iter().map(|&word| word.to_owned()).collect(),
                interval_ns: 5_000_000_000,
                timeout_ns: 1_500_000_000,
                start_period_ns: 120_000_000_000,
                ..HealthCheck::default()
            };
            let made = lines(&[], &[], |image| image.config.health_check = Some(check), &Base::Scratch);
            made.last().unwrap().trim_start_matches("HEALTHCHECK ").to_owned()
        };
        let options = "--interval=5s --timeout=1500ms --start-period=2m";
        assert_eq!(
            check(&["CMD-SHELL", "wget -q x || exit 1"]),
            format!("{options} CMD wget -q x || exit 1")
        );
        assert_eq!(check(&["CMD", "wget", "x"]), format!(r#"{options} CMD ["wget", "x"]"#));
        let lines = check(&["CMD-SHELL", "a\nb"]);
        assert_eq!(lines, format!(r#"{options} CMD ["/bin/sh", "-c", "a\nb"]"#));
    }

    #[test]
    fn defaults_of_arguments_are_remarked() {
        let mut snapshot = snapshot("app", &[]);
        let step = |text: &str| HistoryEntry { created_by: text.into(), created: None, empty_layer: true };
        snapshot.images[0].history = vec![step("ARG VER=…"), step("ARG PLAIN")];
        let made = reconstruct(&snapshot, &snapshot.images[0], "app", &Base::Scratch);
        let remarks: Vec<_> = (made.parts.iter())
            .filter(|part| matches!(part, Part::Remark(Remark::Defaults { .. } | Remark::Variables { .. })))
            .collect();
        assert_eq!(remarks, [&Part::Remark(Remark::Defaults { names: vec!["VER".to_owned()] })]);
        assert!(made.instructions().ends_with("ARG VER\nARG PLAIN\n"), "{}", made.instructions());
    }
}
