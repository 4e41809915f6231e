//! A card for a chat or a slide: the verdict, both sizes and the services that changed most, as SVG.
//!
//! It is as large as the previews of links are (1200 × 630) and needs nothing: no script, no own font, no
//! other file. Widths of text are estimated, since a file has no font to measure.

use std::fmt::Write as _;

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::ServiceComparison;
use plimsoll_snapshot::Bytes;

use crate::format::{one_line, shorten, unbroken};
use crate::html::escape;
use crate::language::Language;
use crate::turns::Turn;
use crate::verdict;

/// Its width and height in pixels.
pub const SIZE: (u32, u32) = (1200, 630);

const MARGIN: f64 = 64.0;
const WIDTH: f64 = 1200.0;
/// The colours of the page: ink, soft, lines, smaller, larger.
const INK: &str = "#17191c";
const SOFT: &str = "#5d636b";
const LINE: &str = "#e1e4e8";
const MARK: &str = "#8b929b";
const LESS: &str = "#1f5fae";
const MORE: &str = "#a84c06";
/// The services that have a line, where there is room.
const SERVICES: usize = 4;
/// The lines for what got worse.
const WORSE: usize = 3;
/// Below this there is no room for a service.
const LOWEST: f64 = 530.0;
/// The average width of a character against its size, a little on the wide side.
const CHARACTER: f64 = 0.66;
/// The mean width of a character that is not bold, in ems.
const REGULAR: f64 = 0.57;

/// The card of a comparison.
#[must_use]
pub fn card(changes: &Changes, language: Language) -> String {
    let comparison = &changes.comparison;
    let sentence = verdict::of(changes, language);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"630\" viewBox=\"0 0 1200 630\" \
         font-family=\"system-ui, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif\" role=\"img\" \
         aria-label=\"{0}\">\n<title>{0}</title>\n<rect width=\"1200\" height=\"630\" fill=\"#ffffff\"/>\n",
        escape(&sentence)
    );
    // Plimsoll's mark: a circle crossed by the line a ship may sink to.
    let _ = writeln!(
        svg,
        "<g fill=\"none\" stroke=\"{INK}\" stroke-width=\"3\"><circle cx=\"82\" cy=\"76\" r=\"12\"/><path d=\"M62 76h40\"/></g>"
    );
    text(&mut svg, 118.0, 85.0, 26.0, INK, "font-weight=\"600\"", "Plimsoll");
    let mut y = 160.0;
    for line in wrapped(&unbroken(&sentence), 34.0, WIDTH - 2.0 * MARGIN).into_iter().take(3) {
        text(&mut svg, MARGIN, y, 34.0, INK, "font-weight=\"600\"", &line);
        y += 44.0;
    }
    for sentence in Turn::Worse.sentences(changes, WORSE, language) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of characters")]
        let most = ((WIDTH - 2.0 * MARGIN) / (22.0 * REGULAR)) as usize;
        let line = shorten(&format!("▲ {}", unbroken(&sentence)), most);
        text(&mut svg, MARGIN, y, 22.0, MORE, "", &line);
        y += 34.0;
    }
    // The services begin at the same height wherever the headline leaves room.
    y = (y + 38.0).max(330.0);
    let _ = writeln!(svg, "<path d=\"M64 {:.0}H1136\" stroke=\"{LINE}\"/>", y - 44.0);
    let largest =
        comparison.services.iter().flat_map(|service| [service.size.before, service.size.after]).max();
    for service in comparison.services.iter().take(SERVICES) {
        if y > LOWEST {
            break;
        }
        let change = if comparison.has_before() {
            change(service, language)
        } else {
            language.bytes(service.size.after).to_string()
        };
        row(&mut svg, y, service, largest.unwrap_or(Bytes::ZERO), &change);
        y += 60.0;
    }
    let (before, after) = (language.bytes(comparison.total.before), language.bytes(comparison.total.after));
    let all = language.words().all_services;
    let foot = if comparison.has_before() {
        format!("{all}: {before} → {after}")
    } else {
        format!("{all}: {after}")
    };
    text(&mut svg, MARGIN, 592.0, 22.0, SOFT, "", &foot);
    svg.push_str("</svg>\n");
    svg
}

/// A service: its name, both sizes on the scale that all share, and what changed.
fn row(svg: &mut String, y: f64, service: &ServiceComparison, largest: Bytes, change: &str) {
    text(svg, MARGIN, y + 8.0, 24.0, INK, "", &shorten(&one_line(&service.name), 22));
    let (left, right) = (390.0, 830.0);
    #[expect(clippy::cast_precision_loss, reason = "a position in a picture")]
    let at = |bytes: Bytes| left + (right - left) * (bytes.0 as f64 / largest.0.max(1) as f64);
    let colour = match service.size.delta.0 {
        ..=-1 => LESS,
        _ if service.before.is_none() => MARK,
        0 => MARK,
        1.. => MORE,
    };
    let _ = writeln!(svg, "<path d=\"M{left} {y}H{right}\" stroke=\"{LINE}\"/>");
    let (before, after) = (at(service.size.before), at(service.size.after));
    if service.before.is_some() && service.after.is_some() {
        let _ =
            writeln!(svg, "<path d=\"M{before:.1} {y}H{after:.1}\" stroke=\"{colour}\" stroke-width=\"4\"/>");
    }
    if service.before.is_some() {
        let _ = writeln!(
            svg,
            "<circle cx=\"{before:.1}\" cy=\"{y}\" r=\"8\" fill=\"#ffffff\" stroke=\"{MARK}\" stroke-width=\"3\"/>"
        );
    }
    if service.after.is_some() {
        let _ = writeln!(svg, "<circle cx=\"{after:.1}\" cy=\"{y}\" r=\"9\" fill=\"{colour}\"/>");
    }
    text(svg, WIDTH - MARGIN, y + 8.0, 24.0, colour, "text-anchor=\"end\"", change);
}

/// What became of a service.
fn change(service: &ServiceComparison, language: Language) -> String {
    let words = language.words();
    match (&service.before, &service.after, service.size.percent()) {
        (None, _, _) => format!("{}, {}", words.new, language.bytes(service.size.after)),
        (_, None, _) => format!("{}, {}", words.gone, language.bytes(service.size.before)),
        _ if service.size.delta.0 == 0 => words.unchanged.to_owned(),
        (_, _, Some(change)) => {
            format!("{} ({})", language.delta(service.size.delta), language.percent(change))
        }
        _ => language.delta(service.size.delta).to_string(),
    }
}

fn text(svg: &mut String, x: f64, y: f64, size: f64, colour: &str, attributes: &str, text: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{x:.0}\" y=\"{y:.0}\" font-size=\"{size:.0}\" fill=\"{colour}\" {attributes}>{}</text>",
        // XML cannot hold some characters, not even as references.
        escape(&one_line(text))
    );
}

/// Lines of about `width` pixels, broken at spaces.
fn wrapped(sentence: &str, size: f64, width: f64) -> Vec<String> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of characters")]
    let most = (width / (size * CHARACTER)) as usize;
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(shorten(word, most)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::regressions::{Regression, RegressionKind};

    use super::*;

    #[test]
    fn lines_are_broken_at_spaces() {
        assert_eq!(wrapped("The stack of two", 34.0, 230.0), ["The stack", "of two"]);
        assert_eq!(wrapped(&"x".repeat(4000), 34.0, 200.0), ["xxxxxxx…"]);
        assert_eq!(wrapped("", 34.0, 200.0), [""]);
    }

    #[test]
    fn nothing_gives_a_card_as_well() {
        let card = card(&empty(), Language::Spanish);
        assert!(card.contains("No hay nada que comparar"), "{card}");
        assert!(card.ends_with("</svg>\n"));
    }

    #[test]
    fn what_got_worse_stands_under_the_headline_and_leaves_room_for_a_service() {
        let unhealthy =
            |at: u32| Regression { service: Some(format!("s{at}")), kind: RegressionKind::Unhealthy };
        let changes = Changes { regressions: (0..9).map(unhealthy).collect(), ..empty() };
        let card = card(&changes, Language::English);
        for line in ["▲ s0: unhealthy", "▲ s1: unhealthy", "▲ 7 more"] {
            assert!(card.contains(&format!("fill=\"{MORE}\" >{line}<")), "{line}: {card}");
        }
        assert!(!card.contains("s2"), "{card}");
    }

    fn empty() -> Changes {
        let snapshot = plimsoll_snapshot::Snapshot::default();
        Changes::between(&snapshot, &snapshot)
    }
}
