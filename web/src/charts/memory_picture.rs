//! The memory charts as separate files.

use std::fmt::Write as _;

use plimsoll_analysis::memory::timeline::Mark;
use plimsoll_report::format::shorten;
use plimsoll_snapshot::Bytes;

use super::bullet::{Bullet, scale};
use super::picture::{INK, LINE, MARK, MORE, SOFT, Sheet};
use super::timeline::{Courses, moment, shape};
use crate::running::Running;
use crate::share::Picture;
use crate::text::{self, words};

/// Where the bars begin, and how wide the scale is.
const LEFT: f64 = 240.0;
const WIDE: f64 = 500.0;

/// Every service on one scale.
pub(crate) fn overview(running: &Running) -> Picture {
    let rows: Vec<_> = running
        .services()
        .into_iter()
        .flat_map(|name| running.service(name).into_iter().enumerate())
        .filter_map(|(index, side)| Some((index, side?)))
        .collect();
    #[expect(clippy::cast_precision_loss, reason = "a height of a picture")]
    let mut sheet = Sheet::new(words().memory, 64.0 + rows.len() as f64 * 28.0);
    let scale = scale(running.memory.each_ref().map(Option::as_ref));
    let mut y = 48.0;
    for (index, service) in rows {
        let side = [words().before, words().after][index].to_lowercase();
        let name = format!("{} ({side})", shorten(&text::name(&service.name), 20));
        sheet.text((16.0, y + 14.0), "start", INK, &name);
        let at = |percent: f64| LEFT + percent / 100.0 * WIDE;
        let bullet = Bullet::of(service, scale);
        if let Some(limit) = bullet.limit {
            sheet.rect((LEFT, y), (at(limit) - LEFT, 18.0), &format!("fill=\"{LINE}\" fill-opacity=\"0.6\""));
        }
        let colour = if index == 0 { MARK } else { INK };
        for (to, height, opacity) in bullet
            .taken
            .into_iter()
            .flatten()
            .rev()
            .zip([8.0, 12.0, 18.0])
            .zip([0.35, 0.5, 0.8])
            .map(|((to, height), opacity)| (to, height, opacity))
        {
            let fill = format!("fill=\"{colour}\" fill-opacity=\"{opacity}\"");
            sheet.rect((LEFT, y + (18.0 - height) / 2.0), ((at(to) - LEFT).max(1.0), height), &fill);
        }
        if let Some(reservation) = bullet.reservation {
            sheet.line((at(reservation), y - 2.0), (at(reservation), y + 20.0), 1.0, SOFT);
        }
        if let Some(limit) = bullet.limit {
            sheet.line((at(limit), y - 3.0), (at(limit), y + 21.0), 2.5, INK);
        }
        let most = service.working_set.map_or_else(|| text::NONE.to_owned(), |taken| text::memory(taken.max));
        let limit = service.limit.bytes().map_or_else(|| text::NONE.to_owned(), text::memory);
        sheet.text((944.0, y + 14.0), "end", SOFT, &format!("{most} / {limit}"));
        y += 28.0;
    }
    sheet.finish("memory")
}

/// One service over time.
pub(crate) fn timeline(name: &str, courses: &Courses) -> Picture {
    const FIELD: (f64, f64, f64, f64) = (90.0, 52.0, 850.0, 260.0);
    let (left, top, width, height) = FIELD;
    let title = format!("{}: {}", words().running.timeline, text::name(name));
    let mut sheet = Sheet::new(&title, top + height + 90.0);
    let frame = courses.frame();
    let x = |at: u64| left + frame.time.at(at) / 100.0 * width;
    let y = |bytes: u64| top + height * (1.0 - frame.memory.at(bytes) / 100.0);
    for value in frame.memory.ticks() {
        sheet.line((left, y(value)), (left + width, y(value)), 1.0, LINE);
        sheet.text((left - 8.0, y(value) + 4.0), "end", SOFT, &text::memory(Bytes(value)));
    }
    for at in frame.time.ticks() {
        sheet.text((x(at), top + height + 76.0), "middle", SOFT, &moment(at, frame.is_timed));
    }
    let mut far = 0.0;
    for (class, label, bytes) in courses.levels() {
        if frame.holds(bytes) {
            let colour = if class == "limit" { INK } else { SOFT };
            sheet.line((left, y(bytes.0)), (left + width, y(bytes.0)), 1.5, colour);
            sheet.text((left + width, y(bytes.0) - 5.0), "end", colour, &label);
        } else {
            sheet.text((left + width, top - 6.0 + far), "end", SOFT, &format!("↑ {label}"));
            far += 14.0;
        }
    }
    for (row, (index, label, side)) in courses.named().enumerate() {
        let (colour, thick) = if index == 0 { (MARK, 1.5) } else { (INK, 2.0) };
        for line in &side.lines {
            let _ = writeln!(
                sheet.svg,
                "<svg x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 1000 1000\" \
                 preserveAspectRatio=\"none\" overflow=\"visible\"><path d=\"{}\" fill=\"none\" stroke=\"{colour}\" \
                 stroke-width=\"{thick}\" stroke-linecap=\"round\" vector-effect=\"non-scaling-stroke\"/></svg>",
                frame.path(line)
            );
        }
        #[expect(clippy::cast_precision_loss, reason = "two lanes at most")]
        let lane = top + height + 18.0 + row as f64 * 22.0;
        sheet.text((16.0, lane + 4.0), "start", colour, &label.to_lowercase());
        sheet.line((left, lane), (left + width, lane), 1.0, LINE);
        for &(from, to) in &side.loads {
            sheet.line((x(from), lane), (x(to), lane), 4.0, MARK);
        }
        for Mark { at, kind } in &side.marks {
            let (class, shape) = shape(*kind);
            let colour = if ["oom", "died", "unhealthy"].contains(&class) { MORE } else { SOFT };
            let fill = if class == "died" { "none" } else { colour };
            let _ = writeln!(
                sheet.svg,
                "<path d=\"{shape}\" transform=\"translate({:.1} {lane:.1})\" fill=\"{fill}\" stroke=\"{colour}\" stroke-width=\"1.5\"/>",
                x(*at)
            );
        }
    }
    sheet.finish("memory-timeline")
}
