//! What the memory of a server costs. The prices are the user's: none is built in.

use plimsoll_snapshot::Bytes;
use serde::{Deserialize, Serialize};

use super::samples::to_float;

/// How a server is paid for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "model", rename_all = "snake_case")]
pub enum CostModel {
    /// The price is proportional to the memory.
    Linear {
        /// The price of a GiB.
        price_per_gib: f64,
    },
    /// The cheapest of these sizes that holds it.
    Ladder {
        /// The sizes there are.
        sizes: Vec<ServerSize>,
    },
}

/// A size of server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ServerSize {
    /// The name of the size.
    pub name: String,
    /// The memory of the server.
    pub memory: Bytes,
    /// The price, in the currency of the target file.
    pub price: f64,
}

/// What a stack needs of a server: its limits and what the host itself needs, with some of it left free.
#[must_use]
pub fn need(limits: Bytes, host_reserve: Bytes, headroom_percent: f64) -> Bytes {
    let share = 1.0 - (headroom_percent / 100.0).clamp(0.0, 0.95);
    super::samples::to_bytes(to_float((limits + host_reserve).0) / share)
}

impl CostModel {
    /// What so much memory costs, with the size that was chosen; none where no size is large enough.
    #[must_use]
    pub fn cost(&self, memory: Bytes) -> Option<(f64, Option<&str>)> {
        match self {
            Self::Linear { price_per_gib } => {
                Some((to_float(memory.0) / to_float(1 << 30) * price_per_gib, None))
            }
            Self::Ladder { sizes } => {
                let fitting = sizes.iter().filter(|size| size.memory >= memory);
                let cheapest = fitting.min_by(|one, other| {
                    one.price.total_cmp(&other.price).then_with(|| one.name.cmp(&other.name))
                })?;
                Some((cheapest.price, Some(&cheapest.name)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    #[test]
    fn limits_and_the_host_are_needed_with_headroom() {
        assert_eq!(need(Bytes(2304 << 20), Bytes(512 << 20), 20.0), Bytes(3520 << 20));
    }

    #[test]
    fn a_ladder_has_steps() {
        let size =
            |name: &str, gib, price| ServerSize { name: name.to_owned(), memory: Bytes(gib * GIB), price };
        let ladder =
            CostModel::Ladder { sizes: vec![size("l", 16, 40.0), size("s", 4, 10.0), size("m", 8, 20.0)] };
        assert_eq!(ladder.cost(Bytes(3 * GIB)), Some((10.0, Some("s"))));
        assert_eq!(ladder.cost(Bytes(4 * GIB + 1)), Some((20.0, Some("m"))));
        assert_eq!(ladder.cost(Bytes(17 * GIB)), None);
        let linear = CostModel::Linear { price_per_gib: 2.5 };
        assert_eq!(linear.cost(Bytes(4 * GIB)), Some((10.0, None)));
    }
}
