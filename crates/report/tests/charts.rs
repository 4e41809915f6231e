//! Every chart over the snapshots of a real stack: the page, the saved file and the card show the same marks.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![expect(clippy::disallowed_methods, reason = "tests read their fixtures")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::{Comparison, SizeChange, compare};
use plimsoll_analysis::memory::timeline::{Timeline, timelines};
use plimsoll_analysis::memory::{Memory, ServiceMemory, memory};
use plimsoll_report::card::card;
use plimsoll_report::chart::colour::Colour;
use plimsoll_report::chart::scene::{Mark, Scene};
use plimsoll_report::chart::sheet::Picture;
use plimsoll_report::chart::svg::{Place, markup};
use plimsoll_report::chart::timeline::Courses;
use plimsoll_report::chart::{Side, bullet, services, stacks, timeline, waterfall};
use plimsoll_report::language::Language;
use plimsoll_snapshot::{Bytes, Snapshot};

struct Fixture {
    images: [Snapshot; 2],
    memory: [Memory; 2],
    timelines: [Vec<Timeline>; 2],
}

impl Fixture {
    fn read() -> Self {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().join("examples");
        let snapshot = |name: &str| -> Snapshot {
            plimsoll_snapshot::read(&fs::read(examples.join(name)).unwrap()[..]).unwrap()
        };
        let recorded = ["agente-before-memory.plimsoll", "agente-after-memory.plimsoll"].map(snapshot);
        let runtimes = recorded.each_ref().map(|side| side.runtime.as_ref().unwrap());
        Self {
            images: ["agente-before.plimsoll", "agente-after.plimsoll"].map(snapshot),
            memory: runtimes.map(memory),
            timelines: runtimes.map(timelines),
        }
    }

    fn services(&self) -> Vec<(Side, &ServiceMemory)> {
        let sides = Side::ALL.into_iter().zip(&self.memory);
        sides.flat_map(|(side, memory)| memory.services.iter().map(move |service| (side, service))).collect()
    }

    /// The last course of each side for a service, as the page lays them over each other.
    fn courses<'a>(&'a self, name: &str) -> Courses<'a> {
        let course = |side: &'a [Timeline]| side.iter().rfind(|timeline| timeline.service == name);
        let service = |memory: &'a Memory| memory.services.iter().find(|service| service.name == name);
        let [before, after] = self.memory.each_ref().map(service);
        Courses {
            sides: self.timelines.each_ref().map(|side| course(side)),
            limits: [before, after].map(|side| side.and_then(|side| side.limit.bytes())),
            reservation: after.and_then(|side| side.reservation),
            peak: after.and_then(|side| side.peak),
        }
    }
}

/// The kinds of elements, in their order.
fn elements(svg: &str) -> Vec<&str> {
    let names = svg.split('<').skip(1).map(|part| part.split([' ', '>', '/']).next().unwrap());
    names.filter(|name| ["line", "rect", "circle", "path", "text"].contains(name)).collect()
}

/// The scenes have the same marks in the page and in the file, the file has no others of their kinds but texts and its
/// ground, and each place has its own colours.
fn check(name: &str, scenes: &[Scene], picture: &Picture) {
    let marks: Vec<Mark> = scenes.iter().flat_map(|scene| scene.marks.clone()).collect();
    assert!(!marks.is_empty(), "{name} is empty");
    let page = markup(&marks, Place::Page);
    let without_texts = |svg: &str| -> Vec<String> {
        elements(svg).into_iter().filter(|name| *name != "text").map(str::to_owned).collect()
    };
    let file = without_texts(&picture.svg);
    // The ground comes first.
    assert!(file[1..].ends_with(&without_texts(&page)), "{name}");
    for (place, svg) in [("page", &page), ("file", &picture.svg)] {
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name} {place}");
    }
    assert!(page.contains("var(--") && !page.contains('#'), "{name}");
    assert!(!picture.svg.contains("var(") && picture.svg.contains(Colour::Page.light()), "{name}");
    assert!(picture.svg.ends_with("</svg>\n") && picture.height > 0.0, "{name}");
}

#[test]
fn a_chart_is_the_same_in_the_page_and_in_its_file() {
    let fixture = Fixture::read();
    let [before, after] = &fixture.images;
    let comparison = &compare(before, after);
    for language in Language::ALL {
        let scale = services::scale(comparison);
        let scenes: Vec<Scene> = (comparison.services.iter())
            .map(|service| services::scene(service, scale, services::colour(comparison, service)))
            .collect();
        check("services", &scenes, &services::picture(comparison, language));
        for service in &comparison.services {
            let rows = waterfall::rows(service, language);
            let scenes: Vec<Scene> = rows.into_iter().map(|row| row.scene).collect();
            check("waterfall", &scenes, &waterfall::picture(service, language));
            check("stacks", &stacks::scenes(service), &stacks::picture(service, language));
        }
        let scale = bullet::scale(fixture.memory.each_ref().map(Some));
        let of_memory = fixture.services();
        let scenes: Vec<Scene> =
            of_memory.iter().map(|(side, service)| bullet::scene(service, scale, *side)).collect();
        check("bullet", &scenes, &bullet::picture(&of_memory, scale, language));
        for service in &fixture.memory[1].services {
            let courses = fixture.courses(&service.name);
            let scene = timeline::scene(&courses, language);
            check("timeline", &[scene], &timeline::picture(&service.name, &courses, language));
        }
    }
}

#[test]
fn a_service_has_one_colour_wherever_it_is_shown() {
    let [before, after] = Fixture::read().images;
    let changes = Changes::between(&before, &after);
    let card_of = |changes: &Changes| card(changes, Language::English);
    let fills = |svg: &str| -> Vec<String> {
        let circles = svg.split("<circle ").skip(1).map(|part| part.split("/>").next().unwrap());
        let filled = circles.filter(|circle| !circle.contains("stroke"));
        filled
            .map(|circle| circle.rsplit_once("fill=\"").unwrap().1.trim_end_matches('"').to_owned())
            .collect()
    };
    let check = |changes: &Changes| {
        let comparison = &changes.comparison;
        let expected: Vec<&str> =
            comparison.services.iter().map(|service| services::colour(comparison, service).light()).collect();
        let picture = services::picture(comparison, Language::English);
        assert_eq!(fills(&picture.svg), expected);
        // The card has room for some of them.
        let shown = fills(&card_of(changes));
        assert!(
            !shown.is_empty() && expected.starts_with(&shown.iter().map(String::as_str).collect::<Vec<_>>())
        );
    };
    check(&changes);
    // A service that is new is larger; without a side before nothing is new.
    let mut comparison = (*changes.comparison).clone();
    let with =
        |comparison: &Comparison| Changes { comparison: Arc::new(comparison.clone()), ..changes.clone() };
    let service = &mut comparison.services[0];
    service.before = None;
    service.size = SizeChange::new(Bytes::ZERO, service.size.after);
    assert_eq!(services::colour(&comparison, &comparison.services[0]), Colour::More);
    check(&with(&comparison));
    for service in &mut comparison.services {
        service.before = None;
    }
    let is_neutral = |service| services::colour(&comparison, service) == Colour::Mark;
    assert!(comparison.services.iter().all(is_neutral));
    check(&with(&comparison));
}
