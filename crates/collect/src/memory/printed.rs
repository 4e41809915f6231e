//! Amounts of memory as programs print them for people: `342MiB / 1GiB`, `22.08MB / 67.11MB`, `10.1MiB / 16EiB`.

use plimsoll_snapshot::runtime::{Metric, Recording, Regime, UnitBase};

use super::samples::Sample;
use super::units;

/// What a program prints for a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PrintedLimit {
    /// There is none: the largest number that fits, which kernels use for "none".
    None,
    /// It cannot be read, or is not printed.
    Unknown,
    Bytes(u64),
}

impl PrintedLimit {
    /// From a number of bytes. Kernels and engines write "none" as the largest number of pages, or of bits.
    pub(crate) fn of(bytes: u64) -> Self {
        /// 4 EiB: no machine has as much, and what stands for "none" is more.
        const NONE: u64 = 1 << 62;
        match bytes {
            0 => Self::Unknown,
            NONE.. => Self::None,
            bytes => Self::Bytes(bytes),
        }
    }

    fn parse(text: &str) -> Self {
        match text.trim() {
            "max" | "unlimited" | "none" | "∞" => Self::None,
            text => units::printed(text).map_or(Self::Unknown, Self::of),
        }
    }

    /// Adds it to a sample: a limit of which nothing is known leaves no trace.
    pub(crate) fn add_to(self, sample: &mut Sample) {
        match self {
            Self::None => sample.is_unlimited = true,
            Self::Unknown => {}
            Self::Bytes(bytes) => sample.set(Metric::Limit, Some(bytes)),
        }
    }
}

/// The units that a program prints memory in, which tell which program of which age it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Units {
    /// `342MiB`: docker since 1.13, nerdctl.
    Binary,
    /// `22.08MB`: podman, crictl.
    Decimal,
    /// `284.3 MB`: docker before 1.13.
    DecimalApart,
}

impl Units {
    /// The units of a cell; none if it has no unit, or only bytes, which look alike everywhere.
    pub(crate) fn of(cell: &str) -> Option<Self> {
        let used = cell.split('/').next().unwrap_or(cell).trim();
        let number = used.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
        let unit = used[number.len()..].to_ascii_lowercase();
        match unit.as_str() {
            "" | "b" => None,
            unit if unit.contains('i') => Some(Self::Binary),
            _ if number.ends_with(' ') => Some(Self::DecimalApart),
            _ => Some(Self::Decimal),
        }
    }

    /// What memory printed like this counts, where no other sign tells which program it is of.
    fn regime(self) -> Regime {
        match self {
            Self::Binary => Regime::UsageMinusInactiveFile,
            Self::DecimalApart => Regime::UsageMinusCache,
            // Podman with columns of the user's choice, perhaps: what it counts depends on its version.
            Self::Decimal => Regime::Unknown,
        }
    }

    /// Notes in a recording what its memory column counts.
    pub(crate) fn describe(self, recording: &mut Recording) {
        recording.regime = self.regime();
        if self != Self::Binary {
            recording.quality.base = UnitBase::Decimal;
        }
    }
}

/// The memory column. `-- / --` is an engine that did not answer in time, `0B / 0B` a container that does not run.
pub(crate) fn memory(sample: &mut Sample, text: &str) -> Result<(), &'static str> {
    let parts = text.split_once(" / ").or_else(|| text.split_once('/').filter(|_| !is_blank(text)));
    let (used, limit) = parts.map_or((text, None), |(used, limit)| (used, Some(limit)));
    if is_blank(used) {
        return Ok(());
    }
    let used = units::printed(used).ok_or("not a size")?;
    if used == 0 {
        return Ok(());
    }
    sample.set(Metric::WorkingSet, Some(used));
    limit.map_or(PrintedLimit::Unknown, PrintedLimit::parse).add_to(sample);
    Ok(())
}

/// Whether a cell says that there is nothing to say.
pub(crate) fn is_blank(cell: &str) -> bool {
    matches!(cell.trim(), "" | "--" | "-" | "—" | "N/A" | "n/a" | "<unknown>" | "<none>" | "unavailable")
}

/// The other columns. A container that does not run has none.
pub(crate) fn others(sample: &mut Sample, cpu: &str, net: &str, block: &str, pids: &str) {
    if sample.values.is_empty() {
        return;
    }
    sample.set(Metric::CpuHundredths, units::percent(cpu));
    if let Some((received, sent)) = net.split_once('/') {
        sample.set(Metric::NetReceived, units::printed(received));
        sample.set(Metric::NetSent, units::printed(sent));
    }
    if let Some((read, written)) = block.split_once('/') {
        let (read, written) = (units::printed(read), units::printed(written));
        // Kernels that count no I/O give nothing, and that is printed as zero.
        if (read, written) != (Some(0), Some(0)) {
            sample.set(Metric::BlockRead, read);
            sample.set(Metric::BlockWritten, written);
        }
    }
    sample.set(Metric::Pids, pids.trim().parse().ok());
}

/// A row with decimal points, where a program with another locale wrote commas. A percentage tells: its last two digits
/// are a fraction, while `1,024MiB` alone may group thousands.
pub(crate) fn has_decimal_commas<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    let is_fraction = |cell: &str| {
        let number = cell.trim().strip_suffix('%').map(str::trim_end);
        let fraction = number.and_then(|number| number.split_once(',')).map(|(_, fraction)| fraction);
        fraction.is_some_and(|digits| {
            matches!(digits.len(), 1 | 2) && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    cells.into_iter().any(is_fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, used: Option<u64>, limit: Option<u64>, is_unlimited: bool) {
        let mut sample = Sample::default();
        memory(&mut sample, text).unwrap();
        let value =
            |wanted| sample.values.iter().find(|(metric, _)| *metric == wanted).map(|(_, value)| *value);
        let found = (value(Metric::WorkingSet), value(Metric::Limit), sample.is_unlimited);
        assert_eq!(found, (used, limit, is_unlimited), "{text}");
    }

    #[test]
    fn the_largest_numbers_are_no_limit_and_what_cannot_be_read_is_unknown() {
        const MIB: u64 = 1 << 20;
        check("1MiB / 2MiB", Some(MIB), Some(2 * MIB), false);
        for none in ["16EiB", "8EiB", "max", "unlimited", "9.223EB", "18446744073709551615B"] {
            check(&format!("1MiB / {none}"), Some(MIB), None, true);
        }
        for unknown in ["--", "N/A", "lots", "0B", ""] {
            check(&format!("1MiB / {unknown}"), Some(MIB), None, false);
        }
        check("31.27MiB", Some(32_788_971), None, false);
        for nothing in ["-- / --", "0B / 0B", "--", "N/A / N/A"] {
            check(nothing, None, None, false);
        }
        assert!(memory(&mut Sample::default(), "lots / 1GiB").is_err());
    }

    #[test]
    fn units_tell_the_program() {
        for (cell, expected) in [
            ("342MiB / 1GiB", Some(Units::Binary)),
            ("22.08MB / 67.11MB", Some(Units::Decimal)),
            ("284.3 MB / 16.66 GB", Some(Units::DecimalApart)),
            ("0B / 0B", None),
            ("512B / 1GiB", None),
            ("--", None),
        ] {
            assert_eq!(Units::of(cell), expected, "{cell}");
        }
    }

    #[test]
    fn a_percentage_tells_decimal_commas() {
        assert!(has_decimal_commas(["web", "0,03%", "1,5MiB"].into_iter()));
        assert!(!has_decimal_commas(["web", "0.03%", "1,024MiB", "a,b%"].into_iter()));
    }
}
