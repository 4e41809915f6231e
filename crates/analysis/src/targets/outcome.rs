//! What became of one target.

use serde::Serialize;

use super::reason::Reason;
use super::title::{Demanded, Figure, Measure, Title, Unit};
use super::values::{Demand, Levels, Value};

/// Whether a target is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is missed.
    Fail,
    /// The evidence for it is absent: never a silent pass.
    Unknown,
    /// It is met.
    Pass,
}

/// How much is demanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// What has to be.
    #[default]
    Minimum,
    /// What would be best.
    Ideal,
}

/// What became of one target.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Outcome {
    /// Where it stands in the target file: `services.backend.size`.
    pub id: String,
    /// The requirement.
    pub title: Title,
    /// The service it is about; absent if it is about all.
    pub service: Option<String>,
    /// Whether what is demanded at the least is met; of a target that only names an ideal, whether that is.
    pub status: Status,
    /// Whether it has to be met: false where only an ideal is named.
    pub required: bool,
    /// The highest level that is reached.
    pub reached: Option<Level>,
    /// What was found; absent if unknown.
    pub measured: Option<Measure>,
    /// The measured value as one figure: the worse end of an interval.
    pub value: Option<f64>,
    /// The unit of the figures.
    pub unit: Option<Unit>,
    /// The levels that are named, each with its own verdict.
    pub levels: Vec<LevelOutcome>,
    /// Whether a person's word is all there is.
    pub attested: bool,
    /// What it rests on.
    pub evidence: Vec<Reason>,
}

/// What became of one level of a target.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LevelOutcome {
    /// Minimum or ideal.
    pub level: Level,
    /// Whether it is met.
    pub status: Status,
    /// Which side of the value is good.
    pub good: Good,
    /// The required value.
    #[serde(flatten)]
    pub demand: Demanded,
    /// How far from the demand it is, in the same unit: positive on the good side. Absent if unknown.
    pub margin: Option<f64>,
}

/// Something that was measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Measured {
    /// One figure.
    Exactly(f64),
    /// A figure that lies between two.
    Between(f64, f64),
    /// There is no bound, and why.
    Unbounded(Reason),
    /// It cannot be known, and why.
    Unknown(Reason),
}

/// Which side of a demand is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Good {
    /// At most so much.
    AtMost,
    /// Less than so much.
    Below,
    /// At least so much.
    AtLeast,
}

impl Outcome {
    /// An outcome without a figure: met, missed or unknown.
    pub(crate) fn plain(id: String, title: Title, service: Option<&str>, status: Status) -> Self {
        Self {
            id,
            title,
            service: service.map(str::to_owned),
            status,
            required: true,
            reached: (status == Status::Pass).then_some(Level::Minimum),
            measured: None,
            value: None,
            unit: None,
            levels: Vec::new(),
            attested: false,
            evidence: Vec::new(),
        }
    }

    /// With what it rests on.
    pub(crate) fn because(mut self, evidence: impl IntoIterator<Item = Reason>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// With another way to state what was found.
    pub(crate) fn measured(mut self, measure: Option<Measure>) -> Self {
        self.measured = measure.or(self.measured);
        self
    }

    /// A figure against its levels.
    pub(crate) fn figure<T: Value>(
        id: String,
        title: Title,
        service: Option<&str>,
        good: Good,
        levels: &Levels<T>,
        measured: &Measured,
    ) -> Self {
        let named = [(Level::Minimum, levels.minimum), (Level::Ideal, levels.ideal)];
        let levels: Vec<LevelOutcome> = named
            .into_iter()
            .filter_map(|(level, demand)| Some(judge(level, &demand?, good, measured)))
            .collect();
        let required = levels.iter().any(|level| level.level == Level::Minimum);
        let status = levels.first().map_or(Status::Unknown, |level| level.status);
        let reached =
            levels.iter().filter(|level| level.status == Status::Pass).map(|level| level.level).max();
        let mut outcome = Self::plain(id, title, service, status);
        let figure = |value| Figure { value, unit: T::UNIT };
        (outcome.measured, outcome.value) = match measured {
            Measured::Exactly(value) => (Some(Measure::Exactly { figure: figure(*value) }), Some(*value)),
            Measured::Between(low, high) if *low <= 0.0 => {
                (Some(Measure::AtMost { figure: figure(*high) }), Some(*high))
            }
            Measured::Between(low, high) => {
                (Some(Measure::Between { low: figure(*low), high: figure(*high) }), Some(*high))
            }
            Measured::Unbounded(_) => (Some(Measure::Unbounded), None),
            Measured::Unknown(_) => (None, None),
        };
        if let Measured::Unbounded(reason) | Measured::Unknown(reason) = measured {
            outcome.evidence.push(reason.clone());
        }
        Self { required, reached, unit: Some(T::UNIT), levels, ..outcome }
    }
}

fn judge<T: Value>(level: Level, demand: &Demand<T>, good: Good, measured: &Measured) -> LevelOutcome {
    let wanted = demand.value.number();
    let tolerance = if demand.about { wanted * Demand::<T>::TOLERANCE } else { 0.0 };
    let holds = |value: f64| match good {
        Good::AtMost => value <= wanted + tolerance,
        Good::Below => value < wanted + tolerance,
        Good::AtLeast => value >= wanted - tolerance,
    };
    let status = match measured {
        Measured::Exactly(value) if holds(*value) => Status::Pass,
        Measured::Exactly(_) | Measured::Unbounded(_) => Status::Fail,
        Measured::Between(low, high) => match (holds(*low), holds(*high)) {
            (true, true) => Status::Pass,
            (false, false) => Status::Fail,
            _ => Status::Unknown,
        },
        Measured::Unknown(_) => Status::Unknown,
    };
    let worst = match measured {
        Measured::Exactly(value) => Some(*value),
        Measured::Between(low, high) => Some(if good == Good::AtLeast { *low } else { *high }),
        Measured::Unbounded(_) | Measured::Unknown(_) => None,
    };
    let margin = worst.map(|value| if good == Good::AtLeast { value - wanted } else { wanted - value });
    LevelOutcome { level, status, good, demand: demand.demanded(), margin }
}

#[cfg(test)]
mod tests {
    use super::super::values::Duration;
    use super::*;

    fn levels(minimum: Option<f64>, ideal: Option<f64>) -> Levels<Duration> {
        let demand = |value: f64| Demand { value: Duration(value), about: false };
        Levels { minimum: minimum.map(demand), ideal: ideal.map(demand) }
    }

    fn check(levels: &Levels<Duration>, measured: &Measured, expected: (Status, Option<Level>, bool)) {
        let outcome = Outcome::figure("x".into(), Title::Price, None, Good::AtMost, levels, measured);
        assert_eq!((outcome.status, outcome.reached, outcome.required), expected, "{measured:?}");
    }

    #[test]
    fn levels_are_judged_each_for_itself() {
        let both = levels(Some(120e3), Some(90e3));
        check(&both, &Measured::Exactly(80e3), (Status::Pass, Some(Level::Ideal), true));
        check(&both, &Measured::Exactly(100e3), (Status::Pass, Some(Level::Minimum), true));
        check(&both, &Measured::Exactly(130e3), (Status::Fail, None, true));
        check(&both, &Measured::Between(80e3, 100e3), (Status::Pass, Some(Level::Minimum), true));
        check(&both, &Measured::Between(110e3, 130e3), (Status::Unknown, None, true));
        check(&both, &Measured::Unknown(Reason::NotKnown), (Status::Unknown, None, true));
        check(&both, &Measured::Unbounded(Reason::SwapUnlimited), (Status::Fail, None, true));
        check(&levels(None, Some(90e3)), &Measured::Exactly(100e3), (Status::Fail, None, false));
    }

    #[test]
    fn about_is_five_percent_either_way() {
        let about = Levels { minimum: Some(Demand { value: Duration(100.0), about: true }), ideal: None };
        check(&about, &Measured::Exactly(104.9), (Status::Pass, Some(Level::Minimum), true));
        check(&about, &Measured::Exactly(106.0), (Status::Fail, None, true));
    }
}
