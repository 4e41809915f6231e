//! What changes in the Compose file: recommended settings, and the stage that each service is built from.

use plimsoll_snapshot::Bytes;

use super::compose::{ComposeFile, Value};
use super::refusal::Refusal;
use super::stages::Stages;
use crate::lines::{Line, Yaml, yaml};
use crate::memory::recommend::{Recommendation, Recommended, Setting, SettingReason};

/// A setting of a service, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceSetting {
    /// The service.
    pub service: String,
    /// What is set, and why.
    pub recommended: Recommended,
    /// Why it could not be set.
    pub refused: Option<Refusal>,
}

/// Where an image is built, as the Compose file has to write it.
#[derive(Clone, Copy, Debug)]
pub struct BuildPlace<'a> {
    /// The build context, from the directory of the Compose file.
    pub context: &'a str,
    /// The Dockerfile, from the build context, where it has another name than `Dockerfile`.
    pub dockerfile: Option<&'a str>,
}

/// Sets what is recommended for the services of the file.
pub(super) fn recommended(
    file: &mut ComposeFile<'_>,
    recommendation: &Recommendation,
) -> Vec<ServiceSetting> {
    let mut done = Vec::new();
    for service in &recommendation.services {
        let name = service.name.as_str();
        if !file.has(name, &[]) {
            continue;
        }
        let mut all = Vec::new();
        for recommended in service.settings.iter().filter(|recommended| is_meant(recommended)) {
            let values = values(file, name, &recommended.setting);
            match file.would_change(name, &values) {
                Ok(false) => continue,
                Ok(true) => all.extend(values),
                Err(refused) => {
                    let recommended = recommended.clone();
                    done.push(ServiceSetting {
                        service: name.to_owned(),
                        recommended,
                        refused: Some(refused),
                    });
                    continue;
                }
            }
            let recommended = recommended.clone();
            done.push(ServiceSetting { service: name.to_owned(), recommended, refused: None });
        }
        // All at once: several of them may begin the same key.
        if let Err(refused) = file.set(name, &Value::joined(all)) {
            let own = done.iter_mut().filter(|one| one.service == name && one.refused.is_none());
            own.for_each(|one| one.refused = Some(refused.clone()));
        }
    }
    done
}

/// Whether a setting says more than what holds already. Which service the kernel should kill first is a decision.
fn is_meant(recommended: &Recommended) -> bool {
    let is_kept = !recommended.reasons.is_empty()
        && recommended.reasons.iter().all(|reason| matches!(reason, SettingReason::AsItIs));
    let is_choice = matches!(recommended.setting, Setting::OomScore(_))
        && !recommended.reasons.contains(&SettingReason::Demanded);
    !is_kept && !is_choice
}

/// The keys of a setting.
fn values(file: &ComposeFile<'_>, service: &str, setting: &Setting) -> Vec<(&'static str, Value)> {
    // Compose refuses a file in which two ways to say one thing differ.
    let memory = |short: &'static str, kind: &'static str, bytes: Bytes| {
        let value = Value::Word(mebibytes(bytes));
        let mut values = Vec::new();
        let is_short = file.has(service, &[short]);
        if is_short {
            values.push((short, value.clone()));
        }
        if !is_short || file.has(service, &["deploy", "resources", kind, "memory"]) {
            values.push(("deploy", Value::below(["resources", kind, "memory"], value)));
        }
        values
    };
    let counted = |short: &'static str, name: &'static str, word: Line<Yaml>| {
        let value = Value::Word(word);
        let mut values = Vec::new();
        let is_short = file.has(service, &[short]);
        if is_short {
            values.push((short, value.clone()));
        }
        if !is_short || file.has(service, &["deploy", "resources", "limits", name]) {
            values.push(("deploy", Value::below(["resources", "limits", name], value)));
        }
        values
    };
    match setting {
        Setting::Cpus(millis) => counted("cpus", "cpus", yaml::quoted(&cpus(*millis))),
        Setting::Pids(count) => counted("pids_limit", "pids", Line::number(*count)),
        Setting::Environment(variables) => {
            let values = variables.iter().map(|(name, value)| (*name, Value::Word(yaml::quoted(value))));
            vec![("environment", Value::Keys(values.collect()))]
        }
        Setting::Limit(bytes) => memory("mem_limit", "limits", *bytes),
        Setting::Reservation(bytes) => memory("mem_reservation", "reservations", *bytes),
        Setting::LimitWithSwap(bytes) => vec![("memswap_limit", Value::Word(mebibytes(*bytes)))],
        Setting::OomScore(score) => vec![("oom_score_adj", Value::Word(integer(*score)))],
        Setting::Shm(bytes) => vec![("shm_size", Value::Word(mebibytes(*bytes)))],
        Setting::Log { megabytes, files } => {
            let size = yaml::quoted(&format!("{megabytes}m"));
            let options = vec![
                ("max-size", Value::Word(size)),
                ("max-file", Value::Word(yaml::quoted(&files.to_string()))),
            ];
            let log = vec![("driver", Value::word("json-file")), ("options", Value::Keys(options))];
            vec![("logging", Value::Keys(log))]
        }
        Setting::HealthCheck { test, interval_s } => {
            let mut check = Vec::new();
            if let Some(test) = test {
                check.push(("test", Value::Word(yaml::list(test))));
            }
            check.push(("interval", Value::Word(Line::of([Line::number(*interval_s), "s".into()]))));
            vec![("healthcheck", Value::Keys(check))]
        }
        Setting::Command(words) => vec![("command", Value::Word(yaml::list(words)))],
    }
}

/// Builds each service from its stage, with its own name of the image.
pub(super) fn built_from(
    file: &mut ComposeFile<'_>,
    stages: &Stages,
    place: &BuildPlace<'_>,
) -> Result<(), Refusal> {
    for stage in &stages.stages {
        let target = Value::Word(yaml::service(&stage.name)?);
        let written = file.word(&stage.service, &["build"]).map(str::to_owned);
        match written {
            // `build: DIRECTORY`, or no build: the image was built by hand.
            Some(context) => {
                let keys = vec![("context", Value::Word(plain_or_quoted(&context))), ("target", target)];
                file.replace(&stage.service, "build", &Value::Keys(keys))?;
            }
            None if file.has(&stage.service, &["build"]) => {
                file.set(&stage.service, &[("build", Value::Keys(vec![("target", target)]))])?;
            }
            None => {
                let mut keys = vec![("context", Value::Word(plain_or_quoted(place.context)))];
                if let Some(dockerfile) = place.dockerfile {
                    keys.push(("dockerfile", Value::Word(plain_or_quoted(dockerfile))));
                }
                keys.push(("target", target));
                file.set(&stage.service, &[("build", Value::Keys(keys))])?;
            }
        }
        // Both would be built under one name, and the last one would win.
        if let Some(image) = file.word(&stage.service, &["image"]).map(str::to_owned) {
            let renamed = Value::Word(plain_or_quoted(&renamed(&image, &stage.name)));
            file.replace(&stage.service, "image", &renamed)?;
        }
    }
    Ok(())
}

/// `app:1` of the stage `web`: `app-web:1`. A digest names the old image, and goes.
fn renamed(image: &str, stage: &str) -> String {
    let image = image.split('@').next().unwrap_or(image);
    let tag = image.rfind(':').filter(|at| {
        let rest = &image[at + 1..];
        // The colon of a port, or of a variable with a default.
        !rest.contains('/') && !rest.starts_with(['-', '?', '+']) && !rest.contains('}')
            || rest.starts_with("${")
    });
    // `${TAG:-latest}` behind a colon.
    let tag = tag.or_else(|| image.find(":${"));
    match tag {
        Some(at) => format!("{}-{stage}{}", &image[..at], &image[at..]),
        None => format!("{image}-{stage}"),
    }
}

/// Text that may hold variables of Compose, as a scalar.
fn plain_or_quoted(text: &str) -> Line<Yaml> {
    yaml::plain(text).unwrap_or_else(|| yaml::quoted(text))
}

fn integer(number: i64) -> Line<Yaml> {
    let digits: Line<Yaml> = Line::number(number.unsigned_abs());
    if number < 0 { Line::of(["-".into(), digits]) } else { digits }
}

/// Thousandths of a CPU as a number of CPUs.
fn cpus(millis: u64) -> String {
    format!("{}.{}", millis / 1000, millis % 1000 / 100)
}

/// In mebibytes if it is a whole number of them, else in bytes.
fn mebibytes(bytes: Bytes) -> Line<Yaml> {
    let (number, unit): (u64, Line<Yaml>) =
        if bytes.0.is_multiple_of(1 << 20) { (bytes.0 >> 20, "M".into()) } else { (bytes.0, "b".into()) };
    Line::of([Line::number(number), unit])
}

#[cfg(test)]
mod tests {
    #[test]
    fn images_get_the_name_of_their_stage() {
        for (image, expected) in [
            ("app", "app-web"),
            ("app:1", "app-web:1"),
            ("host:5000/app", "host:5000/app-web"),
            ("agente/${SIZE:-medium}-before:latest", "agente/${SIZE:-medium}-before-web:latest"),
            ("app:${TAG:-1}", "app-web:${TAG:-1}"),
            ("${IMAGE:-app}", "${IMAGE:-app}-web"),
            ("app:1@sha256:0", "app-web:1"),
        ] {
            assert_eq!(super::renamed(image, "web"), expected, "{image}");
        }
    }
}
