//! `--step` and `--drift`: from which change on a series reports something.

use plimsoll_analysis::series::Thresholds;
use plimsoll_analysis::targets::Growth;
use plimsoll_snapshot::Bytes;

/// From which change on something is reported.
#[derive(clap::Args)]
pub(crate) struct ThresholdArgs {
    /// Minimum change that is a step, in bytes or percent; default: 1 MB and 1 %
    #[arg(long, value_name = "SIZE|PERCENT")]
    step: Option<Growth>,
    /// Minimum sum of smaller changes that is a drift, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = Thresholds::default().drift_percent, value_parser = percent)]
    drift: f64,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim().trim_end_matches('%').trim_end().parse().ok();
    number
        .filter(|percent| *percent > 0.0 && *percent < 1e6)
        .ok_or_else(|| "expected a percentage, such as `5%`".to_owned())
}

impl ThresholdArgs {
    pub(crate) fn chosen(&self) -> Thresholds {
        let mut thresholds = Thresholds { drift_percent: self.drift, ..Thresholds::default() };
        match &self.step {
            None => {}
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a size is no fraction"
            )]
            Some(Growth::Bytes(levels)) => {
                let least = levels.minimum.map_or(0.0, |least| least.value.0);
                (thresholds.step_bytes, thresholds.step_percent) = (Bytes(least as u64), 0.0);
            }
            Some(Growth::Share(levels)) => {
                let least = levels.minimum.map_or(0.0, |least| least.value.0);
                (thresholds.step_bytes, thresholds.step_percent) = (Bytes(0), least);
            }
        }
        thresholds
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Program {
        #[command(flatten)]
        thresholds: ThresholdArgs,
    }

    fn chosen(arguments: &[&str]) -> Option<Thresholds> {
        let parsed = Program::try_parse_from(["list"].iter().chain(arguments)).ok()?;
        Some(parsed.thresholds.chosen())
    }

    #[test]
    fn a_step_is_of_bytes_or_of_percent() {
        let default = Thresholds::default();
        assert_eq!(chosen(&[]), Some(default));
        let bytes = Thresholds { step_bytes: Bytes(5_000_000), step_percent: 0.0, ..default };
        assert_eq!(chosen(&["--step=5 MB"]), Some(bytes));
        let percent = Thresholds { step_bytes: Bytes(0), step_percent: 2.5, drift_percent: 10.0 };
        assert_eq!(chosen(&["--step=2.5 %", "--drift=10%"]), Some(percent));
        for wrong in ["--step=much", "--drift=0", "--drift=NaN", "--drift=-5"] {
            assert_eq!(chosen(&[wrong]), None, "{wrong}");
        }
    }
}
