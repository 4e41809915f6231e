//! `--max-size` and its like: targets without a file. Each becomes a key of the target file, for every service.

use std::path::Path;

use plimsoll_analysis::targets::{Count, FindingKind, Growth, Levels, Size};
use serde_json::{Map, Value, json};

/// Targets for every service, as flags.
#[derive(Default, clap::Args)]
#[command(next_help_heading = "Gates")]
pub(crate) struct GateArgs {
    /// Maximum image size, such as `500 MB`
    ///
    /// A gate holds for every service, and replaces the target of the same name in the target file.
    #[arg(long, value_name = "SIZE", value_parser = checked::<Levels<Size>>)]
    max_size: Option<String>,
    /// Maximum growth of an image against BEFORE, in bytes or percent
    #[arg(long, value_name = "SIZE|PERCENT", value_parser = checked::<Growth>)]
    max_growth: Option<String>,
    /// Maximum growth of what an image adds to its base image
    ///
    /// A refresh of the base image does not count.
    #[arg(long, value_name = "SIZE|PERCENT", value_parser = checked::<Growth>)]
    max_own_growth: Option<String>,
    /// Maximum number of hidden bytes in an image
    #[arg(long, value_name = "SIZE", value_parser = checked::<Levels<Size>>)]
    max_hidden: Option<String>,
    /// Maximum number of layers of an image
    #[arg(long, value_name = "N", value_parser = checked::<Levels<Count>>)]
    max_layers: Option<String>,
    /// Findings that are not allowed: a rule, or a severity (`low`, `medium`, `high`) and above
    ///
    /// A severity does not count possibly intentional findings; the name of a rule counts all of its findings.
    #[arg(long, value_name = "RULE|SEVERITY", value_delimiter = ',', value_parser = checked::<FindingKind>)]
    fail_on: Vec<String>,
}

/// A value that the target file can hold, as it is written.
fn checked<T: std::str::FromStr<Err = String>>(text: &str) -> Result<String, String> {
    text.parse::<T>().map(|_| text.to_owned())
}

impl GateArgs {
    /// Whether there is a gate.
    pub(crate) fn is_given(&self) -> bool {
        !self.targets().is_empty()
    }

    /// Puts the gates into a document of targets, in the place of what it says itself.
    pub(crate) fn add_to(&self, document: &mut Value) {
        let gates = self.targets();
        if gates.is_empty() {
            return;
        }
        if !document.is_object() {
            *document = json!({});
        }
        let services = &mut document["services"];
        if !services.is_object() {
            *services = json!({});
        }
        if services.get("*").is_none() {
            services["*"] = json!({});
        }
        for service in services.as_object_mut().into_iter().flat_map(|services| services.values_mut()) {
            for (key, value) in &gates {
                service[key.as_str()] = value.clone();
            }
        }
    }

    /// The gates as keys of a service.
    fn targets(&self) -> Map<String, Value> {
        let texts = [
            ("size", &self.max_size),
            ("growth", &self.max_growth),
            ("own_growth", &self.max_own_growth),
            ("hidden", &self.max_hidden),
            ("layers", &self.max_layers),
        ];
        let texts = texts.into_iter().filter_map(|(key, text)| Some((key, json!(text.as_ref()?))));
        let findings = (!self.fail_on.is_empty()).then(|| ("findings_not_allowed", json!(self.fail_on)));
        texts.chain(findings).map(|(key, value)| (key.to_owned(), value)).collect()
    }
}

/// The usual name of a target file.
pub(crate) const TARGET_FILE: &str = "plimsoll.toml";

/// The file that says what is demanded: the one that is named, or else `plimsoll.toml`, or else the `.dive-ci` of a gate that
/// dive judged before. None where only gates are given.
pub(crate) fn target_file<'a>(named: Option<&'a Path>, gates: &GateArgs) -> Option<&'a Path> {
    let default = Path::new(TARGET_FILE);
    let dive = Path::new(super::dive_ci::NAME);
    match named {
        Some(path) => Some(path),
        None if default.exists() => Some(default),
        None if dive.exists() => Some(dive),
        // The error about the file that is missing names it.
        None => (!gates.is_given()).then_some(default),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use plimsoll_analysis::targets::{parse, read};

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        gates: GateArgs,
    }

    fn gates(arguments: &[&str]) -> GateArgs {
        Program::try_parse_from(["check"].iter().chain(arguments))
            .unwrap_or_else(|error| panic!("{error}"))
            .gates
    }

    #[test]
    fn gates_are_targets_of_every_service() {
        let all = [
            "--max-size=1 GB",
            "--max-growth=5 MB",
            "--max-own-growth=1 %",
            "--max-hidden=0",
            "--max-layers=20",
            "--fail-on=high,secrets",
        ];
        let mut document = plimsoll_analysis::targets::document(
            "[services.db]\nsize = '2 GB'\nruns = true\n[services.'*']\nhealthy = true",
        )
        .unwrap();
        gates(&all).add_to(&mut document);
        let expected = "size = '1 GB'\ngrowth = '5 MB'\nown_growth = '1 %'\nhidden = '0'\nlayers = '20'\n\
                        findings_not_allowed = ['high', 'secrets']\n";
        let expected =
            format!("[services.db]\nruns = true\n{expected}[services.'*']\nhealthy = true\n{expected}");
        assert_eq!(read(&document), parse(&expected));
        let mut nothing = Value::Null;
        gates(&[]).add_to(&mut nothing);
        assert!(nothing.is_null() && !gates(&[]).is_given());
        gates(&["--max-layers=3"]).add_to(&mut nothing);
        assert_eq!(read(&nothing), parse("[services.'*']\nlayers = '3'"));
    }

    #[test]
    fn values_that_no_target_has_are_refused() {
        for wrong in
            ["--max-size=5 %", "--max-growth=5 s", "--max-layers=2.5", "--max-hidden=-1", "--fail-on=hihg"]
        {
            assert!(Program::try_parse_from(["check", wrong]).is_err(), "{wrong}");
        }
    }
}
