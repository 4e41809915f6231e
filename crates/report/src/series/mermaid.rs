//! A series as a chart in Mermaid's language, which code hosts draw in Markdown (Mermaid, "XY Chart").

use std::fmt::Write as _;

use plimsoll_analysis::series::Series;
use plimsoll_snapshot::Bytes;

use super::RECENT;
use crate::format;
use crate::language::Language;

/// The longest label below the chart.
const LABEL: usize = 12;

/// The last points as a line, and the budget as another; none for fewer than two points with a size.
#[must_use]
pub fn chart(series: &Series, language: Language) -> Option<String> {
    let words = &language.words().series;
    let sizes: Vec<(usize, Bytes)> =
        (0..series.states.len()).filter_map(|index| Some((index, series.size(index)?))).collect();
    let shown = &sizes[sizes.len().saturating_sub(RECENT)..];
    if shown.len() < 2 {
        return None;
    }
    let largest = shown.iter().map(|(_, size)| *size).chain(series.budget).max()?;
    let unit = format::bytes(largest).unit;
    let labels: Vec<String> = shown.iter().map(|(index, _)| quoted(&series.states[*index].name)).collect();
    let line = |values: &mut dyn Iterator<Item = Bytes>| {
        values.map(|value| number(value, unit)).collect::<Vec<_>>().join(", ")
    };
    let mut text = String::from("```mermaid\nxychart-beta\n");
    let title = match series.budget {
        Some(budget) => {
            format!("{} ({} {})", (words.measure)(series.measure), words.budget, language.bytes(budget))
        }
        None => (words.measure)(series.measure).to_owned(),
    };
    let _ = writeln!(text, "  title {}", quoted_whole(&title));
    let _ = writeln!(text, "  x-axis [{}]", labels.join(", "));
    let _ = writeln!(text, "  y-axis \"{unit}\"");
    let _ = writeln!(text, "  line [{}]", line(&mut shown.iter().map(|(_, size)| *size)));
    if let Some(budget) = series.budget {
        let _ = writeln!(text, "  line [{}]", line(&mut shown.iter().map(|_| budget)));
    }
    text.push_str("```\n");
    Some(text)
}

/// A value in a unit, with a decimal point in every language: Mermaid reads it.
#[expect(clippy::cast_precision_loss, reason = "a position in a chart")]
fn number(bytes: Bytes, unit: &str) -> String {
    let exponent = ["B", "kB", "MB", "GB", "TB", "PB", "EB"].iter().position(|known| *known == unit);
    let scale = 1000_f64.powi(exponent.and_then(|exponent| i32::try_from(exponent).ok()).unwrap_or(0));
    format!("{:.3}", bytes.0 as f64 / scale)
}

/// A label: a name may hold what would end the text, or the chart.
fn quoted(name: &str) -> String {
    let label: String = format::one_line(name).chars().take(LABEL).collect();
    quoted_whole(&label)
}

fn quoted_whole(text: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || " .,_-/+()".contains(character);
    let plain: String =
        text.chars().map(|character| if is_plain(character) { character } else { '_' }).collect();
    format!("\"{plain}\"")
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::series::{State, Thresholds};

    use super::*;

    #[test]
    fn names_end_neither_a_label_nor_the_chart() {
        let state =
            |name: &str, size| State { name: name.to_owned(), size: Some(Bytes(size)), ..State::default() };
        let states = vec![state("a\"]\n```", 1_500_000), state("ñ", 12_000_000)];
        let series = Series::of(states, Thresholds::default(), Some(Bytes(20_000_000)));
        let chart = chart(&series, Language::English).unwrap();
        assert_eq!(
            chart,
            "```mermaid\nxychart-beta\n  title \"image size (budget 20.0 MB)\"\n  x-axis [\"a__ ___\", \"ñ\"]\n  \
             y-axis \"MB\"\n  line [1.500, 12.000]\n  line [20.000, 20.000]\n```\n"
        );
    }
}
