//! A card for a chat or a slide: the verdict, both sizes and the services that changed most, as SVG.
//!
//! It is as large as the previews of links are (1200 × 630) and needs nothing: no script, no own font, no
//! other file. Widths of text are estimated, since a file has no font to measure.

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::ServiceComparison;

use crate::chart::colour::Colour;
use crate::chart::scale::Scale;
use crate::chart::scene::{Anchor, Look, Mark, Shape};
use crate::chart::svg::{Place, markup};
use crate::chart::{services, sheet};
use crate::format::{one_line, shorten, unbroken};
use crate::language::Language;
use crate::turns::ChangeDirection;
use crate::verdict;

/// Its width and height in pixels.
pub const SIZE: (u32, u32) = (1200, 630);

const MARGIN: f64 = 64.0;
const WIDTH: f64 = 1200.0;
const HEIGHT: f64 = 630.0;
/// Where the sizes of services lie, and how much larger than elsewhere: a card is looked at from afar.
const FIELD: (f64, f64) = (390.0, 440.0);
const LARGER: f64 = 1.8;
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
    // Plimsoll's mark: a circle crossed by the line a ship may sink to.
    let look = Look::line("", Colour::Ink, 3.0);
    let circle = Mark::new(Shape::Circle((0.0, 76.0), 12.0), look).shifted(82.0);
    let line = Shape::Sign { at: (0.0, 76.0), path: "M0 0h40", title: None };
    let mut marks = vec![circle, Mark::new(line, look).shifted(62.0)];
    marks.push(text(118.0, 85.0, 26.0, Colour::Ink, "Plimsoll").bold());
    let mut y = 160.0;
    for line in wrapped(&unbroken(&sentence), 34.0, WIDTH - 2.0 * MARGIN).into_iter().take(3) {
        marks.push(text(MARGIN, y, 34.0, Colour::Ink, &line).bold());
        y += 44.0;
    }
    for sentence in ChangeDirection::Worse.sentences(changes, WORSE, language) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of characters")]
        let most = ((WIDTH - 2.0 * MARGIN) / (22.0 * REGULAR)) as usize;
        let line = shorten(&format!("▲ {}", unbroken(&sentence)), most);
        marks.push(text(MARGIN, y, 22.0, Colour::More, &line));
        y += 34.0;
    }
    // The services begin at the same height wherever the headline leaves room.
    y = (y + 38.0).max(330.0);
    let rule = Shape::Box { from: 0.0, to: 100.0, top: 0.0, height: 1.0 };
    let rule = Mark::new(rule, Look::filled("", Colour::Line, 1.0));
    let mut body = markup(&[rule], Place::file(MARGIN, y - 44.0, WIDTH - 2.0 * MARGIN));
    let scale = services::scale(comparison);
    for service in comparison.services.iter().take(SERVICES) {
        if y > LOWEST {
            break;
        }
        let colour = services::colour(comparison, service);
        let change = if comparison.has_before() {
            change(service, language)
        } else {
            language.bytes(service.size.after).to_string()
        };
        marks.push(text(MARGIN, y + 8.0, 24.0, Colour::Ink, &shorten(&one_line(&service.name), 22)));
        marks.push(text(WIDTH - MARGIN, y + 8.0, 24.0, colour, &change).anchored(Anchor::End));
        body.push_str(&sizes(service, scale, colour, y));
        y += 60.0;
    }
    let (before, after) = (language.bytes(comparison.total.before), language.bytes(comparison.total.after));
    let all = language.words().all_services;
    let foot = if comparison.has_before() {
        format!("{all}: {before} → {after}")
    } else {
        format!("{all}: {after}")
    };
    marks.push(text(MARGIN, 592.0, 22.0, Colour::Soft, &foot));
    body.push_str(&markup(&marks, Place::file(0.0, 0.0, WIDTH)));
    sheet::file((WIDTH, HEIGHT), &sentence, &body)
}

/// Both sizes of a service on the scale that all share, around a height.
fn sizes(service: &ServiceComparison, scale: Scale, colour: Colour, y: f64) -> String {
    let scene = services::scene(service, scale, colour);
    let top = y - scene.height / 2.0 * LARGER;
    markup(&scene.marks, Place::File { left: FIELD.0, top, width: FIELD.1, scale: LARGER })
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

/// A text whose beginning or end is at a number of pixels.
fn text(x: f64, y: f64, size: f64, colour: Colour, text: &str) -> Mark {
    Mark::text((0.0, y), text.to_owned(), colour).sized(size).shifted(x)
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
            assert!(card.contains(&format!("fill=\"{}\">{line}<", Colour::More.light())), "{line}: {card}");
        }
        assert!(!card.contains("s2"), "{card}");
    }

    fn empty() -> Changes {
        let snapshot = plimsoll_snapshot::Snapshot::default();
        Changes::between(&snapshot, &snapshot)
    }
}
