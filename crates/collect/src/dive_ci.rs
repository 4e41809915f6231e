//! `.dive-ci`: the rules that dive judges images by (`wagoodman/dive`, README, "CI Integration").

use plimsoll_snapshot::Bytes;

use crate::yaml::{Budget, Origin, parse};

/// The rules of dive; a rule that is switched off demands nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DiveRules {
    /// The efficiency is at least this, from 0 to 1.
    pub lowest_efficiency: Option<f64>,
    /// At most this many bytes are wasted.
    pub highest_wasted_bytes: Option<Bytes>,
    /// At most this share of the bytes above the lowest layer is wasted, from 0 to 1.
    pub highest_wasted_share: Option<f64>,
}

impl DiveRules {
    /// What dive demands by default (`cmd/dive/cli/internal/options/ci_rules.go`).
    const DEFAULT: Self =
        Self { lowest_efficiency: Some(0.9), highest_wasted_bytes: None, highest_wasted_share: Some(0.1) };
}

/// What switches a rule off.
const OFF: &str = "disabled";

/// Reads a `.dive-ci`. A rule that it does not name has the value that dive gives it. The error names what cannot be read.
pub fn read_dive_rules(text: &str) -> Result<DiveRules, String> {
    let documents = parse(text, Origin::default(), &Budget::default()).map_err(|fault| fault.to_string())?;
    let mut rules = DiveRules::DEFAULT;
    let Some(given) = documents.first().and_then(|document| document.get("rules")) else {
        return Err("it has no `rules`".to_owned());
    };
    let Some(given) = given.as_entries() else {
        return if given.is_null() { Ok(rules) } else { Err("`rules` holds no names and values".to_owned()) };
    };
    for (name, value) in given {
        let Some(value) = value.as_scalar().map(|scalar| scalar.text.trim()) else {
            return Err(format!("`rules.{name}` is not a single value"));
        };
        let is_on = value != OFF;
        let share = || is_on.then(|| share(name, value)).transpose();
        match &**name {
            "lowestEfficiency" => rules.lowest_efficiency = share()?,
            "highestUserWastedPercent" => rules.highest_wasted_share = share()?,
            "highestWastedBytes" => {
                rules.highest_wasted_bytes = is_on.then(|| bytes(name, value)).transpose()?;
            }
            _ => return Err(format!("`rules.{name}`: dive has no such rule")),
        }
    }
    Ok(rules)
}

fn share(name: &str, value: &str) -> Result<f64, String> {
    let share = value.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| format!("`rules.{name}`: `{value}` is not between 0 and 1"))
}

/// A size as `go-humanize` reads it: `KB` is 1000 bytes, `KiB` 1024.
fn bytes(name: &str, value: &str) -> Result<Bytes, String> {
    let fault = || format!("`rules.{name}`: `{value}` is not a size such as `20MB`");
    let split = value.find(|mark: char| !mark.is_ascii_digit() && mark != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(split);
    let number: f64 = number.parse().map_err(|_| fault())?;
    let unit = unit.trim().to_ascii_lowercase();
    let letters = unit.strip_suffix('b').unwrap_or(&unit);
    let (letters, base) =
        letters.strip_suffix('i').map_or((letters, 1000_f64), |letters| (letters, 1024_f64));
    let power = ["", "k", "m", "g", "t"].iter().position(|known| *known == letters).ok_or_else(fault)?;
    let power = i32::try_from(power).map_err(|_| fault())?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    Ok(Bytes((number * base.powi(power)).round() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read_as_dive_reads_them() {
        let text = "# dive\nrules:\n  lowestEfficiency: 0.95\n  highestWastedBytes: 20MB\n  highestUserWastedPercent: \"0.20\"\n";
        let expected = DiveRules {
            lowest_efficiency: Some(0.95),
            highest_wasted_bytes: Some(Bytes(20_000_000)),
            highest_wasted_share: Some(0.2),
        };
        assert_eq!(read_dive_rules(text), Ok(expected));
        let without = DiveRules { lowest_efficiency: None, ..DiveRules::DEFAULT };
        assert_eq!(read_dive_rules("rules:\n  lowestEfficiency: disabled\n"), Ok(without));
        assert_eq!(read_dive_rules("rules:\n"), Ok(DiveRules::DEFAULT));
        let sizes = |text: &str| {
            read_dive_rules(&format!("rules:\n  highestWastedBytes: {text}"))
                .map(|it| it.highest_wasted_bytes)
        };
        for (text, expected) in [("512", 512), ("1 KiB", 1024), ("1.5GB", 1_500_000_000), ("2m", 2_000_000)] {
            assert_eq!(sizes(text), Ok(Some(Bytes(expected))), "{text}");
        }
    }

    #[test]
    fn what_is_no_rule_is_an_error_that_names_it() {
        for (text, named) in [
            ("", "no `rules`"),
            ("rules: 5", "no names"),
            ("rules:\n  lowestEfficiency: 95", "`rules.lowestEfficiency`: `95` is not between 0 and 1"),
            ("rules:\n  lowestEfficiency: nan", "not between"),
            ("rules:\n  highestWastedBytes: many", "`many` is not a size"),
            ("rules:\n  highestWastedBytes: 5 XB", "`5 XB` is not a size"),
            ("rules:\n  highest: 5", "no such rule"),
            ("rules:\n  lowestEfficiency: [1]", "not a single value"),
            ("rules: [\n", "line"),
        ] {
            let error = read_dive_rules(text).unwrap_err();
            assert!(error.contains(named), "{text}: {error}");
        }
    }
}
