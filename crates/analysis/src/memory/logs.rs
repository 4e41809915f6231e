//! How much disk the logs of a container may take.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::Logging;
use serde::Serialize;

/// How much the log of one container may take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LogBound {
    /// The driver; absent if unknown.
    pub driver: Option<String>,
    /// Whether `docker logs` can read it; none if unknown.
    pub readable: Option<bool>,
    /// What is known of its size.
    pub bound: Bound,
    /// The reason for the bound.
    #[serde(skip)]
    pub reason: LogReason,
}

/// Why a log is bounded or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LogReason {
    /// The log driver was not inspected.
    NotLooked,
    /// The engine's default holds, which nothing names.
    EngineDefault,
    /// The driver keeps everything without `max-size`.
    NoMaxSize {
        /// The name of the log driver.
        driver: String,
    },
    /// Files of `max-size` are kept.
    MaxSize {
        /// The number of files.
        files: u64,
    },
    /// The driver `local` bounds its files by default.
    LocalDefault,
    /// The journal of the host bounds it.
    Journal,
    /// No log is kept.
    NotKept,
    /// `max-size` is set to no bound.
    Unbounded,
    /// The driver sends it elsewhere.
    SentElsewhere {
        /// The name of the log driver.
        driver: String,
    },
}

/// What is known of the size of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", content = "bytes", rename_all = "snake_case")]
pub enum Bound {
    /// It grows until the disk is full.
    Unbounded,
    /// At most this number of bytes.
    Bounded(Bytes),
    /// Another program bounds it.
    Elsewhere,
    /// There is no evidence.
    Unknown,
}

/// The bound of these options (docs.docker.com, "JSON File logging driver", "Local file logging driver").
pub(crate) fn bound(logging: Option<&Logging>) -> LogBound {
    let unknown = |reason| LogBound { driver: None, readable: None, bound: Bound::Unknown, reason };
    let Some(logging) = logging else { return unknown(LogReason::NotLooked) };
    let option = |name: &str| logging.options.get(name).map(String::as_str);
    let size = option("max-size").map(decimal);
    let files = option("max-file").and_then(|files| files.trim().parse::<u64>().ok());
    let driver = || logging.driver.clone();
    let (readable, bound, reason) = match (logging.driver.as_str(), size) {
        ("", _) => return unknown(LogReason::EngineDefault),
        ("json-file" | "k8s-file", None) => {
            (Some(true), Bound::Unbounded, LogReason::NoMaxSize { driver: driver() })
        }
        ("json-file" | "k8s-file", Some(Some(size))) => {
            // Without `max-file` one file is kept.
            let files = files.unwrap_or(1).max(1);
            (Some(true), Bound::Bounded(Bytes(size.saturating_mul(files))), LogReason::MaxSize { files })
        }
        ("local", size) => {
            let size = size.flatten().unwrap_or(20_000_000);
            let bytes = Bytes(size.saturating_mul(files.unwrap_or(5).max(1)));
            (Some(true), Bound::Bounded(bytes), LogReason::LocalDefault)
        }
        ("journald", _) => (Some(true), Bound::Elsewhere, LogReason::Journal),
        ("none", _) => (Some(false), Bound::Bounded(Bytes::ZERO), LogReason::NotKept),
        ("json-file" | "k8s-file", Some(None)) => (Some(true), Bound::Unbounded, LogReason::Unbounded),
        // Since 20.10 engines keep a local copy of what goes elsewhere, five files of 20 MB.
        _ => (None, Bound::Elsewhere, LogReason::SentElsewhere { driver: driver() }),
    };
    LogBound { driver: Some(driver()), readable, bound, reason }
}

/// A size as the log drivers read it: decimal, unlike memory (go-units, `FromHumanSize`). None for what is negative,
/// which means no bound, or is no size.
fn decimal(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        _ => return None,
    };
    let value = number.parse::<f64>().ok()? * factor;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    (value.is_finite() && value > 0.0).then_some(value as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(driver: &str, options: &[(&str, &str)], expected: Bound) {
        let options = options.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        let logging = Logging { driver: driver.to_owned(), options };
        assert_eq!(bound(Some(&logging)).bound, expected, "{driver} {logging:?}");
    }

    #[test]
    fn drivers_bound_their_logs_differently() {
        check("json-file", &[], Bound::Unbounded);
        check("json-file", &[("max-file", "3")], Bound::Unbounded);
        check("json-file", &[("max-size", "10m")], Bound::Bounded(Bytes(10_000_000)));
        check("json-file", &[("max-size", "10m"), ("max-file", "3")], Bound::Bounded(Bytes(30_000_000)));
        check("json-file", &[("max-size", "-1")], Bound::Unbounded);
        check("local", &[], Bound::Bounded(Bytes(100_000_000)));
        check("journald", &[], Bound::Elsewhere);
        check("fluentd", &[], Bound::Elsewhere);
        check("", &[], Bound::Unknown);
        assert_eq!(bound(None).bound, Bound::Unknown);
    }
}
