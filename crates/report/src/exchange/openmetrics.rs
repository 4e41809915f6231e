//! Sizes and targets as OpenMetrics text, which GitLab compares between branches and Prometheus collects.

use std::fmt::Write as _;

use plimsoll_analysis::inspect::{ImageInspection, Inspection};
use plimsoll_analysis::review::Review;
use plimsoll_analysis::targets::{Judgement, Status, Unit};

use crate::format::one_line;

/// One metric: its name without the prefix, its unit, its help, and its samples as labels and values.
struct Family {
    name: &'static str,
    unit: Option<&'static str>,
    help: &'static str,
    samples: Vec<(Vec<(&'static str, String)>, String)>,
}

/// The sizes of images, what a change did, and what became of targets.
#[must_use]
pub fn metrics(inspection: &Inspection, review: Option<&Review>, judgement: Option<&Judgement>) -> String {
    let mut families = sizes(inspection);
    families.extend(review.into_iter().flat_map(change));
    families.extend(judgement.into_iter().flat_map(targets));
    let mut text = String::new();
    for Family { name, unit, help, samples } in families.iter().filter(|family| !family.samples.is_empty()) {
        let _ = writeln!(text, "# TYPE plimsoll_{name} gauge");
        if let Some(unit) = unit {
            let _ = writeln!(text, "# UNIT plimsoll_{name} {unit}");
        }
        let _ = writeln!(text, "# HELP plimsoll_{name} {help}");
        for (labels, value) in samples {
            let labels: Vec<String> =
                labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
            let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
            let _ = writeln!(text, "plimsoll_{name}{labels} {value}");
        }
    }
    text.push_str("# EOF\n");
    text
}

fn bytes(
    name: &'static str,
    help: &'static str,
    samples: Vec<(Vec<(&'static str, String)>, String)>,
) -> Family {
    Family { name, unit: Some("bytes"), help, samples }
}

fn sizes(inspection: &Inspection) -> Vec<Family> {
    let each = |value: &dyn Fn(&ImageInspection) -> Option<u64>| {
        let sample = |image: &ImageInspection| {
            Some((vec![("service", image.service.clone())], value(image)?.to_string()))
        };
        inspection.images.iter().filter_map(sample).collect::<Vec<_>>()
    };
    let total = vec![(Vec::new(), inspection.stack.unique_bytes.0.to_string())];
    vec![
        bytes("stack_size_bytes", "Image size of all services, every layer once.", total),
        bytes("image_size_bytes", "Image size.", each(&|image| Some(image.size_bytes.0))),
        bytes("image_final_tree_bytes", "Final tree size.", each(&|image| Some(image.final_tree_bytes.0))),
        bytes("image_hidden_bytes", "Hidden bytes.", each(&|image| Some(image.hidden_bytes.0))),
        bytes(
            "image_compressed_bytes",
            "Compressed layers.",
            each(&|image| image.compressed_bytes.map(|bytes| bytes.0)),
        ),
        Family {
            name: "image_layers",
            unit: None,
            help: "Number of layers.",
            samples: each(&|image| Some(image.layers.len() as u64)),
        },
    ]
}

fn change(review: &Review) -> Vec<Family> {
    let one = |delta: plimsoll_snapshot::ByteDelta| vec![(Vec::new(), delta.0.to_string())];
    vec![
        bytes("change_bytes", "Change of the image size of all services.", one(review.total.delta)),
        bytes(
            "own_change_bytes",
            "Change of what the images add to their base images.",
            one(review.own.delta),
        ),
        bytes("base_change_bytes", "Change of the base images.", one(review.base.delta)),
    ]
}

fn targets(judgement: &Judgement) -> Vec<Family> {
    let labels = |outcome: &plimsoll_analysis::targets::Outcome| {
        let service = outcome.service.clone().unwrap_or_default();
        vec![("id", outcome.id.clone()), ("service", service)]
    };
    let met = judgement.outcomes.iter().filter(|outcome| outcome.status != Status::Unknown);
    let met = met.map(|outcome| (labels(outcome), u8::from(outcome.status == Status::Pass).to_string()));
    let values = judgement.outcomes.iter().filter_map(|outcome| {
        let unit = match outcome.unit? {
            Unit::Size | Unit::Memory => "bytes",
            Unit::Percent => "percent",
            Unit::Duration => "milliseconds",
            Unit::Count => "count",
            Unit::Price => "currency",
        };
        let value = outcome.value.filter(|value| value.is_finite())?;
        let labels = labels(outcome).into_iter().chain([("unit", unit.to_owned())]).collect();
        Some((labels, value.to_string()))
    });
    vec![
        Family {
            name: "target_met",
            unit: None,
            help: "1 if a target is met, 0 if it is missed; absent if it cannot be judged.",
            samples: met.collect(),
        },
        Family {
            name: "target_value",
            unit: None,
            help: "What was found for a target, in the unit of its label.",
            samples: values.collect(),
        },
    ]
}

/// The value of a label (OpenMetrics 1.0, "ABNF"): a line break would begin another sample.
fn escaped(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::inspect::{StackSize, inspect};

    use super::*;

    #[test]
    fn a_document_ends_and_a_label_ends_no_line() {
        let nothing = Inspection { images: Vec::<ImageInspection>::new(), stack: StackSize::default() };
        assert!(metrics(&nothing, None, None).ends_with("plimsoll_stack_size_bytes 0\n# EOF\n"));
        assert_eq!(inspect(&plimsoll_snapshot::Snapshot::default()), nothing);
        assert_eq!(escaped("a\"\\\nb"), "a\\\"\\\\ b");
    }
}
