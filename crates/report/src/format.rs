//! Numbers as people read them. Sizes of images are decimal (1 MB = 10^6 bytes), as engines and registries print them.

use std::fmt::Write as _;

use plimsoll_snapshot::hidden::{MARKS, is_hidden, is_mark, log_command};
use plimsoll_snapshot::{ByteDelta, Bytes};

/// A true minus sign: as wide as a plus in a column of figures.
pub const MINUS: char = '−';

/// A number and its unit, apart, so that a page can set the unit lighter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The digits, with their sign.
    pub number: String,
    /// The unit.
    pub unit: &'static str,
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} {}", self.number, self.unit)
    }
}

/// A size with three significant digits: `6.17 GB`, `671 MB`, `512 B`.
#[must_use]
pub fn bytes(bytes: Bytes) -> Quantity {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes.0 < 1000 {
        return Quantity { number: bytes.0.to_string(), unit: "B" };
    }
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = bytes.0 as f64;
    let mut unit = 0;
    // 999.5 would be shown as 1000.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    Quantity { number: three_digits(value), unit: UNITS[unit] }
}

fn three_digits(value: f64) -> String {
    let decimals = if value < 9.995 {
        2
    } else if value < 99.95 {
        1
    } else {
        0
    };
    format!("{value:.decimals$}")
}

/// Memory in binary units, as engines count it: `422 MiB`, `2.25 GiB`, `1 GiB`, `512 B`.
#[must_use]
pub fn memory(bytes: Bytes) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = bytes.0 as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = if unit == 0 { format!("{value:.0}") } else { without_zeros(&three_digits(value)) };
    format!("{digits} {}", UNITS[unit])
}

/// A duration: `350 ms`, `12.5 s`, `2 min 5 s`, `3 h 10 min`.
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

/// A share: `50 %`, `12.5 %`.
#[must_use]
pub fn plain_percent(percent: f64) -> String {
    format!("{} %", without_zeros(&format!("{percent:.1}")))
}

/// Digits with a decimal point, without the zeros at their end.
fn without_zeros(digits: &str) -> String {
    if !digits.contains('.') {
        return digits.to_owned();
    }
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The sign of a difference; none for zero.
#[must_use]
pub const fn sign(delta: i64) -> &'static str {
    match delta {
        ..=-1 => "−",
        0 => "",
        1.. => "+",
    }
}

/// A difference with its sign: `−5.50 GB`, `+12 B`, and `0 B` for none.
#[must_use]
pub fn delta(delta: ByteDelta) -> Quantity {
    let Quantity { number, unit } = bytes(delta.magnitude());
    Quantity { number: format!("{}{number}", sign(delta.0)), unit }
}

/// The growth from which on a factor is shown.
const TIMES: f64 = 200.0;

fn times(factor: f64) -> String {
    if factor < 99.95 { format!("{factor:.1}") } else { format!("{factor:.0}") }
}

/// A relative change: `−63.1 %`; below ten percent two decimals stay apart, `−0.42 %`; nothing is `0 %`. From three times
/// the size on, it is a factor: `×5.4`.
#[must_use]
pub fn percent(percent: f64) -> String {
    let magnitude = percent.abs();
    if magnitude < 0.005 {
        return "0 %".to_owned();
    }
    // +72562 % is not readable: beyond three times the size, the factor is shown.
    if percent >= TIMES {
        return format!("×{}", times(percent / 100.0 + 1.0));
    }
    let decimals = if magnitude < 9.995 { 2 } else { 1 };
    let sign = if percent < 0.0 { MINUS } else { '+' };
    format!("{sign}{magnitude:.decimals$} %")
}

/// A count with its thousands apart: `12 345`. The space is a narrow one that does not break.
#[must_use]
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// A text whose numbers stay on one line with their units: `6.17 GB`, `−63.1 %`.
#[must_use]
pub fn unbroken(text: &str) -> String {
    let mut unbroken = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let after_digit = unbroken.ends_with(|last: char| last.is_ascii_digit());
        let before_unit = characters.peek().is_some_and(|next| "%BkMGTPE".contains(*next));
        unbroken.push(if character == ' ' && after_digit && before_unit { '\u{a0}' } else { character });
    }
    unbroken
}

/// The day of a point in time (RFC 3339): `2026-11-22`. `None` for what is no such time, and for the first days
/// of a clock, which builders write when the true time should not be known.
#[must_use]
pub fn date(time: &str) -> Option<String> {
    let day = time.get(..10)?;
    let is_day = day.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    (is_day && day > "1980-01-01").then(|| day.to_owned())
}

/// The minute of a point in time (RFC 3339), in its own zone: `2026-11-22 10:05`. `None` where [`date`] gives none.
#[must_use]
pub fn minute(time: &str) -> Option<String> {
    let day = date(time)?;
    let clock = time.get(11..16)?;
    let is_clock = clock.bytes().enumerate().all(|(index, byte)| match index {
        2 => byte == b':',
        _ => byte.is_ascii_digit(),
    });
    is_clock.then(|| format!("{day} {clock}"))
}

/// A text that begins with a capital letter.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// A text on one line. White space becomes one space; what is invisible, or a terminal would obey, becomes an escape.
#[must_use]
pub fn one_line(text: &str) -> String {
    // Most texts are one line of plain ASCII as they are.
    if is_plain(text) {
        return without_commands(text.to_owned());
    }
    let mut line = String::with_capacity(text.len());
    let mut marks = 0;
    for character in text.chars() {
        marks = if is_mark(character) { marks + 1 } else { 0 };
        if character == ' ' || is_break(character) {
            if !line.ends_with(' ') {
                line.push(' ');
            }
        } else if is_hidden(character) || marks > MARKS {
            let _ = write!(line, "\\u{{{:x}}}", u32::from(character));
        } else {
            line.push(character);
        }
    }
    without_commands(line.trim().to_owned())
}

/// A line with an escape for each character that a CI runner would obey in its log.
fn without_commands(line: String) -> String {
    let mut harmless = String::new();
    let mut rest = line.as_str();
    while let Some(at) = log_command(rest) {
        harmless.push_str(&rest[..at]);
        let _ = write!(harmless, "\\u{{{:x}}}", rest.as_bytes()[at]);
        rest = &rest[at + 1..];
    }
    if harmless.is_empty() { line } else { harmless + rest }
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && !text.contains("  ") && text.trim_ascii() == text
}

/// What ends a line, or goes on in it at some distance.
fn is_break(character: char) -> bool {
    matches!(character, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// A text that keeps its lines, with the escapes of [`one_line`].
#[must_use]
pub fn lines(text: &str) -> String {
    let line = |line: &str| {
        let indent = line.len() - line.trim_start_matches(' ').len();
        format!("{}{}", &line[..indent], one_line(line))
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// A name as a sentence or a table takes it: on one line, and no longer than it can be read.
#[must_use]
pub fn name(text: &str) -> String {
    const NAME: usize = 64;
    shorten(&one_line(text), NAME)
}

/// The first `width` characters of a line, with an ellipsis if there are more.
#[must_use]
pub fn shorten(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let mut short: String = line.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits() {
        for (value, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.00 kB"),
            (9_999, "10.0 kB"),
            (99_949, "99.9 kB"),
            (999_499, "999 kB"),
            (999_500, "1.00 MB"),
            (671_277_309, "671 MB"),
            (6_174_002_819, "6.17 GB"),
            (u64::MAX, "18.4 EB"),
        ] {
            assert_eq!(bytes(Bytes(value)).to_string(), text);
        }
    }

    #[test]
    fn differences_carry_their_sign() {
        assert_eq!(delta(ByteDelta(-5_502_725_510)).to_string(), "−5.50 GB");
        assert_eq!(delta(ByteDelta(12)).to_string(), "+12 B");
        assert_eq!(delta(ByteDelta(0)).to_string(), "0 B");
        assert_eq!(percent(-63.14), "−63.1 %");
        assert_eq!(percent(0.421), "+0.42 %");
        assert_eq!(percent(-0.001), "0 %");
        assert_eq!(percent(199.9), "+199.9 %");
        assert_eq!(percent(440.0), "×5.4");
        assert_eq!(percent(72_562.0), "×727");
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(count(7), "7");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
    }

    #[test]
    fn a_number_keeps_its_unit() {
        assert_eq!(
            unbroken("of 2 services: 6.17 GB (−81.2 %)"),
            "of 2 services: 6.17\u{a0}GB (−81.2\u{a0}%)"
        );
    }

    #[test]
    fn times_become_days() {
        assert_eq!(date("2026-11-22T17:31:05.123Z").as_deref(), Some("2026-11-22"));
        for no_day in ["", "yesterday", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2026/11/22"] {
            assert_eq!(date(no_day), None);
        }
    }

    #[test]
    fn nothing_reaches_a_terminal_that_it_would_obey() {
        assert_eq!(one_line("RUN a \\\n\t&& b\u{1b}[31m\u{202e}x"), "RUN a \\ && b\\u{1b}[31m\\u{202e}x");
        assert_eq!(one_line("  a\u{a0}b  c\r\n"), "a\u{a0}b c");
        assert_eq!(one_line("z\u{301}\u{301}\u{301}\u{301}\u{301}"), "z\u{301}\u{301}\u{301}\u{301}\\u{301}");
        assert_eq!(lines("a\u{200b}\n  b\u{9b}c\n"), "a\\u{200b}\n  b\\u{9b}c\n");
        assert_eq!(shorten("abcdef", 4), "abc…");
    }

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
            assert_eq!(memory(Bytes(bytes)), text);
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

    #[test]
    fn nothing_reaches_a_log_that_a_runner_would_obey() {
        for (text, expected) in [
            ("::stop-commands::x", "\\u{3a}:stop-commands::x"),
            (" \t::error::x", "\\u{3a}:error::x"),
            ("a ##[group]x", "a \\u{23}#[group]x"),
            ("##vso[task.setvariable]x", "\\u{23}#vso[task.setvariable]x"),
            ("###teamcity[x]", "#\\u{23}#teamcity[x]"),
            ("a::b ## c [d] #[e]", "a::b ## c [d] #[e]"),
        ] {
            assert_eq!(one_line(text), expected);
            assert_eq!(one_line(expected), expected);
        }
        assert_eq!(lines("error: x\n  ::set-output::y"), "error: x\n  \\u{3a}:set-output::y");
    }
}
