//! Numbers with units, exactly as the programs that print or read them mean them.

/// A size as compose, `docker run` and `docker stats` mean it: powers of 1024 whatever the unit looks like
/// (go-units, `RAMInBytes`).
pub(crate) fn ram(text: &str) -> Option<u64> {
    size(text, 1024)
}

/// A size that a program printed: `KiB` is a power of 1024, `kB` one of 1000. Programs print larger units than they read
/// (go-units, `BytesSize`); what is more than a number can hold is the largest number.
pub(crate) fn printed(text: &str) -> Option<u64> {
    let text = text.trim();
    let (base, letters) = (if text.contains(['i', 'I']) { 1024 } else { 1000 }, "kmgtpezy");
    size_of(text, base, letters).map(|value| whole(value).unwrap_or(u64::MAX))
}

/// go-units, `parseSize`: the number ends at the last digit, point or space; one space may follow it; the unit is `b`,
/// or a letter of `kmgtp` with `b`, `i` or `ib` behind it, in any case.
fn size(text: &str, base: u64) -> Option<u64> {
    whole(size_of(text, base, "kmgtp")?)
}

/// The same, with the letters of units in the order of their powers.
fn size_of(text: &str, base: u64, letters: &str) -> Option<f64> {
    let end = text.rfind(|sign: char| sign.is_ascii_digit() || sign == '.' || sign == ' ')?;
    let (number, unit) =
        if text.as_bytes()[end] == b' ' { (&text[..end], &text[end + 1..]) } else { text.split_at(end + 1) };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let value: f64 = Some(number).filter(|number| is_number(number))?.parse().ok()?;
    // Zero may carry a sign, nothing else may.
    if !value.is_finite() || value < 0.0 {
        return None;
    }
    let unit = unit.to_ascii_lowercase();
    let power = match unit.chars().next() {
        None => 0,
        Some('b') if unit.len() == 1 => 0,
        // `Gi` is what some versions of go-units read and others refuse; it has no other meaning.
        Some(letter) if ["", "b", "i", "ib"].contains(&&unit[letter.len_utf8()..]) => {
            1 + u32::try_from(letters.find(letter)?).ok()?
        }
        Some(_) => return None,
    };
    Some(value * (base as f64).powi(i32::try_from(power).ok()?))
}

/// Kubernetes, `resource.Quantity`: `512Mi`, `1.5G`, `1e3`, and `512m`, which is half a byte. Rounded up, as it does.
pub(crate) fn quantity(text: &str) -> Option<u64> {
    quantity_of(text, 1.0)
}

/// A quantity of CPUs in thousandths: `500m`, `1`, `0.5`.
pub(crate) fn cpu_quantity(text: &str) -> Option<u64> {
    quantity_of(text, 1000.0)
}

fn quantity_of(text: &str, scale: f64) -> Option<u64> {
    const SUFFIXES: [(&str, f64); 15] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("Ei", 1_152_921_504_606_846_976.0),
        ("n", 1e-9),
        ("u", 1e-6),
        ("m", 1e-3),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("E", 1e18),
    ];
    let text = text.trim();
    let (number, factor) = SUFFIXES
        .iter()
        .find_map(|(suffix, factor)| Some((text.strip_suffix(suffix)?, *factor)))
        .unwrap_or((text, 1.0));
    let is_number =
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    let value: f64 = Some(number).filter(|_| is_number)?.parse().ok()?;
    // 0.1 is a little more than a tenth, and that little must not become a whole.
    whole((value * factor * scale - 1e-9).ceil().max(0.0)).filter(|_| value >= 0.0)
}

/// `10.00%` in hundredths of a percent.
pub(crate) fn percent(text: &str) -> Option<u64> {
    let value: f64 = text.trim().strip_suffix('%')?.trim().parse().ok()?;
    whole((value * 100.0).round())
}

/// A number that is not negative, without its fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked before")]
pub(crate) fn whole(value: f64) -> Option<u64> {
    (value.is_finite() && (0.0..9.3e18).contains(&value)).then_some(value as u64)
}

/// A duration of Go or compose (`1m30s`, `1.5h`, `500ms`) in milliseconds.
#[must_use]
pub fn duration_ms(text: &str) -> Option<u64> {
    const UNITS: [(&str, f64); 8] = [
        ("ms", 1.0),
        ("us", 1e-3),
        ("µs", 1e-3),
        ("ns", 1e-6),
        ("h", 3_600_000.0),
        ("m", 60_000.0),
        ("s", 1000.0),
        ("d", 86_400_000.0),
    ];
    let mut rest = text.trim();
    if rest == "0" {
        return Some(0);
    }
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|sign: char| !sign.is_ascii_digit() && sign != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        rest = &rest[end..];
        let (unit, factor) = UNITS.iter().find(|(unit, _)| rest.starts_with(unit))?;
        total += number * factor;
        rest = &rest[unit.len()..];
    }
    whole(total.round())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A size in powers of 1000 (go-units, `FromHumanSize`).
    fn decimal(text: &str) -> Option<u64> {
        size(text, 1000)
    }

    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;

    /// The cases of go-units' own tests.
    #[test]
    fn sizes_are_those_of_go_units() {
        for (text, expected) in [("32", 32), ("32b", 32), ("32B", 32), ("32.3", 32)] {
            assert_eq!((ram(text), decimal(text)), (Some(expected), Some(expected)), "{text}");
        }
        for text in ["32k", "32K", "32kb", "32Kb", "32Kib", "32KIB", "32Ki", "32 kb"] {
            assert_eq!((ram(text), decimal(text)), (Some(32 * KIB), Some(32_000)), "{text}");
        }
        for (text, power) in [("32Mb", 2), ("32Gb", 3), ("32Tb", 4), ("32Pb", 5), ("32PB", 5), ("32P", 5)] {
            assert_eq!(ram(text), Some(32 * KIB.pow(power)), "{text}");
            assert_eq!(decimal(text), Some(32 * 1000_u64.pow(power)), "{text}");
        }
        assert_eq!(ram("32.3 mb"), Some(33_869_004));
        assert_eq!(ram("0.3MB"), Some(314_572));
        assert_eq!(
            (decimal("32.5kB"), decimal("32.5 kB"), decimal("32.5 B")),
            (Some(32_500), Some(32_500), Some(32))
        );
        assert_eq!((decimal("0.3 K"), ram("0"), ram("-0")), (Some(300), Some(0), Some(0)));
        for text in [
            "", "hello", "-32", " 32 ", "32m b", "32bm", "32..b", ".", " ", "inf ", "NaN ", "32é", "é",
            "1e400",
        ] {
            assert_eq!((ram(text), decimal(text)), (None, None), "{text}");
        }
    }

    #[test]
    fn what_programs_print_says_its_base() {
        assert_eq!(printed("342MiB"), Some(342 * MIB));
        assert_eq!(printed("1024MiB"), Some(1024 * MIB));
        assert_eq!(printed("284.3 MB"), Some(284_300_000));
        assert_eq!(printed("1e+03kB"), Some(1_000_000));
        assert_eq!(printed("0B"), Some(0));
        assert_eq!((printed("16EiB"), printed("8EiB")), (Some(u64::MAX), Some(1 << 63)));
        assert_eq!((printed("1.5EB"), ram("1EiB")), (Some(1_500_000_000_000_000_000), None));
        assert_eq!(printed("--"), None);
        assert_eq!((percent("10.00%"), percent("--")), (Some(1000), None));
    }

    #[test]
    fn kubernetes_has_a_language_of_its_own() {
        for (text, expected) in [
            ("512m", Some(1)),
            ("512Mi", Some(512 * MIB)),
            ("512M", Some(512_000_000)),
            ("1.5Gi", Some(3 * 512 * MIB)),
            ("128974848", Some(128_974_848)),
            ("129e6", Some(129_000_000)),
            ("1GB", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(quantity(text), expected, "{text}");
        }
        assert_eq!(
            (cpu_quantity("500m"), cpu_quantity("0.1"), cpu_quantity("2")),
            (Some(500), Some(100), Some(2000))
        );
    }

    #[test]
    fn durations_are_those_of_go() {
        assert_eq!(
            (duration_ms("1m30s"), duration_ms("1m0s"), duration_ms("1.5h")),
            (Some(90_000), Some(60_000), Some(5_400_000))
        );
        assert_eq!(
            (duration_ms("500ms"), duration_ms("0"), duration_ms("5"), duration_ms("")),
            (Some(500), Some(0), None, None)
        );
    }
}
