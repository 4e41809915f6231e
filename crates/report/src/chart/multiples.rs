//! What a service used besides memory, as small charts below the one of its memory, on the same axis of time.

use plimsoll_analysis::memory::Resource;
use plimsoll_analysis::memory::timeline::{Line, Timeline};

use super::Side;
use super::axis::Axis;
use super::colour::Colour;
use super::course::Frame;
use super::scene::{Look, Mark, Shape};
use super::sheet::SMALL;
use crate::language::Language;

/// The height of a label, of the field of the lines below it, and of what separates two charts.
const LABEL: f64 = 14.0;
const FIELD: f64 = 28.0;
const GAP: f64 = 8.0;

/// The charts from a height on, and how high they are together.
pub(super) fn rows<'a>(
    sides: impl Iterator<Item = (Side, &'a Timeline)>,
    frame: Frame,
    top: f64,
    language: Language,
) -> (Vec<Mark>, f64) {
    let known: Vec<(Side, &Timeline)> = sides.collect();
    let (mut marks, mut y) = (Vec::new(), top);
    for resource in Resource::ALL {
        let sides = known.iter().filter_map(|(side, timeline)| {
            let (_, lines) = timeline.others.iter().find(|(known, _)| *known == resource)?;
            Some((*side, lines, most(lines)))
        });
        let sides: Vec<_> = sides.collect();
        let Some(end) = sides.iter().map(|(_, _, most)| *most).max() else { continue };
        y += GAP;
        let amounts: Vec<String> =
            sides.iter().map(|(_, _, most)| language.amount(resource, *most)).collect();
        let words = &language.words().running;
        let label =
            format!("{}, {}: {}", (words.resource)(resource), words.most.to_lowercase(), amounts.join(" | "));
        marks.push(Mark::text((0.0, y + LABEL - 3.0), label, Colour::Soft).sized(SMALL).edged());
        y += LABEL;
        let own = Frame { memory: Axis { end: end.max(1), step: end.max(1) }, ..frame };
        for (side, lines, _) in sides {
            marks.extend(lines.iter().map(|line| {
                let shape = Shape::Course { top: y, height: FIELD, path: own.path(line) };
                let look = side.line();
                Mark::new(shape, Look { stroke: Some((side.colour(), 1.0)), ..look })
            }));
        }
        y += FIELD;
        marks.push(Mark::line((0.0, y), (100.0, y), Look::line("axis", Colour::Line, 1.0)));
    }
    (marks, y - top)
}

fn most(lines: &[Line]) -> u64 {
    lines.iter().flat_map(|line| &line.points).filter_map(|(_, value)| *value).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_resource_has_its_own_scale_and_all_have_one_time() {
        let line = |values: &[u64]| {
            let points = (0..).zip(values).map(|(at, value)| (at * 1000, Some(*value))).collect();
            vec![Line { points }]
        };
        let side = |cpu: &[u64]| Timeline {
            lines: line(&[1 << 20, 1 << 20, 1 << 20]),
            others: vec![(Resource::Cpu, line(cpu)), (Resource::Pids, line(&[3, 4, 3]))],
            is_timed: true,
            ..Timeline::default()
        };
        let (before, after) = (side(&[0, 1500, 500]), side(&[0, 750, 0]));
        let frame = Frame::of([Some(&before), Some(&after)], [None; 2]);
        let sides = [(Side::Before, &before), (Side::After, &after)];
        let (marks, height) = rows(sides.into_iter(), frame, 100.0, Language::English);
        assert_eq!(height, 2.0 * (LABEL + FIELD + GAP));
        let paths: Vec<&str> = marks
            .iter()
            .filter_map(
                |mark| if let Shape::Course { path, .. } = &mark.shape { Some(path.as_str()) } else { None },
            )
            .collect();
        assert_eq!(paths[0], "M0.0 1000.0h0L500.0 0.0L1000.0 666.7");
        assert_eq!(paths[1], "M0.0 1000.0h0L500.0 500.0L1000.0 1000.0");
        let texts: Vec<&str> = marks
            .iter()
            .filter_map(
                |mark| if let Shape::Text { text, .. } = &mark.shape { Some(text.as_str()) } else { None },
            )
            .collect();
        assert_eq!(texts, ["CPU, maximum: 1.50 CPU | 0.75 CPU", "processes and threads, maximum: 4 | 4"]);
    }
}
