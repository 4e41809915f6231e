//! Points in time, in the spellings that engines, shells and people use.

use jiff::civil::DateTime;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::{Timestamp, tz::Offset};
use plimsoll_snapshot::runtime::Time;
use serde_json::Value;

/// A time as a program writes it. What Go prints for "never" (the year 1) is none.
pub(crate) fn parse(text: &str) -> Option<Time> {
    let text = text.trim();
    let timestamp = text.parse::<Timestamp>().ok().or_else(|| spelled(text));
    match timestamp {
        Some(time) => known(time),
        // The ID of a container may look like `1234567e0003`.
        None if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => epoch(text.parse().ok()?),
        None => None,
    }
}

/// Spellings with a zone that RFC 3339 does not have, and RFC 3339 without a zone, which is taken for UTC.
fn spelled(text: &str) -> Option<Timestamp> {
    // Go: `2026-11-22 16:38:51.400190619 +0000 UTC`; `date`: `Sun Nov 22 21:08:46 UTC 2026`; `date -R`.
    const ZONED: [&str; 2] = ["%Y-%m-%d %H:%M:%S%.f %z", "%a, %d %b %Y %H:%M:%S %z"];
    const UNZONED: [&str; 2] = ["%a %b %e %H:%M:%S UTC %Y", "%a %e %b %H:%M:%S UTC %Y"];
    if !text.starts_with(|first: char| first.is_ascii_alphanumeric()) || text.len() > 64 {
        return None;
    }
    let zoned = text.strip_suffix(" UTC").unwrap_or(text);
    let zoned =
        ZONED.iter().find_map(|format| BrokenDownTime::parse(format, zoned).ok()?.to_timestamp().ok());
    let at_utc = |civil: DateTime| Offset::UTC.to_timestamp(civil).ok();
    let unzoned =
        || UNZONED.iter().find_map(|format| BrokenDownTime::parse(format, text).ok()?.to_datetime().ok());
    zoned.or_else(|| at_utc(unzoned()?)).or_else(|| {
        let has_date_and_time = text.len() >= 16 && text.as_bytes().get(4) == Some(&b'-');
        at_utc(text.parse().ok().filter(|_| has_date_and_time)?)
    })
}

fn known(time: Timestamp) -> Option<Time> {
    // Nothing here was measured before the epoch.
    Some(Time(time.as_millisecond())).filter(|time| time.0 > 0)
}

/// Seconds, milli-, micro- or nanoseconds since the epoch, distinguished by their number of digits; none before 2001.
fn epoch(number: f64) -> Option<Time> {
    let milliseconds = match number {
        1e9..1e11 => number * 1e3,
        1e12..1e14 => number,
        1e15..1e17 => number / 1e3,
        1e18..1e20 => number / 1e6,
        _ => return None,
    };
    i64::try_from(super::units::whole(milliseconds.round())?).ok().map(Time)
}

/// A time in JSON: text, or a number since the epoch.
pub(crate) fn of_value(value: &Value) -> Option<Time> {
    match value {
        Value::String(text) => parse(text),
        Value::Number(number) => match number.as_i64() {
            // As many nanoseconds as there are now do not fit a float.
            Some(nanoseconds) if nanoseconds > 1_000_000_000_000_000_000 => {
                Some(Time(nanoseconds / 1_000_000))
            }
            _ => epoch(number.as_f64()?),
        },
        _ => None,
    }
}

/// Splits a time off the front of a line: `TIME rest`, `DATE TIME rest`, `[TIME] rest`.
pub(crate) fn split_prefix(line: &str) -> Option<(Time, &str)> {
    let line = line.trim_start();
    if let Some((inside, rest)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return Some((parse(inside)?, rest.trim_start()));
    }
    if !line.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let first = line.find([' ', '\t'])?;
    let second = line[first + 1..].find([' ', '\t']).map(|at| first + 1 + at);
    [second, Some(first)].into_iter().flatten().find_map(|end| {
        let time = parse(line[..end].trim_end_matches([',', ':', '|']))?;
        Some((time, line[end..].trim_start()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_many_spellings() {
        let expected = Some(Time(1_795_365_531_400));
        for text in [
            "2026-11-22T16:38:51.400190619Z",
            "2026-11-22T17:38:51.4+01:00",
            "2026-11-22 16:38:51.400190619 +0000 UTC",
            "2026-11-22T16:38:51.400",
            "2026-11-22 16:38:51.400",
            "1795365531.4",
            "1795365531400",
            "1795365531400190619",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert_eq!(parse("Sun Nov 22 16:38:51 UTC 2026"), Some(Time(1_795_365_531_000)));
        assert_eq!(parse("Sun, 22 Nov 2026 17:38:51 +0100"), Some(Time(1_795_365_531_000)));
        assert_eq!(of_value(&serde_json::json!(1_795_365_531_400_190_619_u64)), expected);
        for text in
            ["0001-01-01T00:00:00Z", "", "12", "backend", "0", "2026-11-22", "Sun Nov 22 16:38:51 CET 2026"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn times_in_front_of_a_line_are_split_off() {
        let time = Time(1_795_365_531_000);
        for line in
            ["2026-11-22T16:38:51Z {}", "2026-11-22 16:38:51 {}", "[2026-11-22 16:38:51] {}", "1795365531 {}"]
        {
            assert_eq!(split_prefix(line), Some((time, "{}")), "{line}");
        }
        assert_eq!(split_prefix("f2ac88aabab9   s-ok   0.03%"), None);
        assert_eq!(split_prefix("49cbff59288b  s-ok  2.12%"), None);
        assert_eq!(split_prefix("117075711123  s-ok  2.12%"), None);
    }
}
