//! Figures in the sentences that give reasons. Memory is counted in binary units, as engines print it.

use plimsoll_snapshot::Bytes;

/// `422 MiB`, `2.25 GiB`, `1 GiB`, `512 B`.
#[must_use]
pub fn binary(bytes: Bytes) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = bytes.0 as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let decimals = match value {
        _ if unit == 0 || value >= 99.95 => 0,
        value if value >= 9.995 => 1,
        _ => 2,
    };
    let digits = format!("{value:.decimals$}");
    let digits =
        if decimals > 0 { digits.trim_end_matches('0').trim_end_matches('.') } else { digits.as_str() };
    format!("{digits} {}", UNITS[unit])
}

/// `1 window`, `2 windows`.
pub(crate) fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// `350 ms`, `12.5 s`, `2 min 5 s`, `3 h 10 min`.
#[must_use]
pub fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match milliseconds {
        0..1000 => format!("{milliseconds} ms"),
        1000..120_000 if milliseconds.is_multiple_of(1000) => format!("{seconds} s"),
        #[expect(clippy::cast_precision_loss, reason = "below two minutes")]
        1000..120_000 => format!("{:.1} s", milliseconds as f64 / 1000.0),
        120_000..7_200_000 if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        120_000..7_200_000 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_binary() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1 << 20, "1 MiB"),
            (2304 << 20, "2.25 GiB"),
            (442_499_072, "422 MiB"),
            (10_905_190, "10.4 MiB"),
            (u64::MAX, "16777216 TiB"),
        ] {
            assert_eq!(binary(Bytes(bytes)), text);
        }
    }

    #[test]
    fn durations_are_short() {
        for (milliseconds, text) in [
            (350, "350 ms"),
            (12_500, "12.5 s"),
            (90_000, "90 s"),
            (125_000, "2 min 5 s"),
            (120_000, "2 min"),
            (11_400_000, "3 h 10 min"),
        ] {
            assert_eq!(duration(milliseconds), text);
        }
    }
}
