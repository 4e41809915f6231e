//! Lines of a session taken in, keys pressed, and what the screen shows then.

use plimsoll_report::language::Language;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::board::tests::{container, frame};
use super::draw::draw;
use super::model::{Model, Wish};
use crate::terminal::Input;

const WEB: &str = "0123456789abcdef";
const DB: &str = "fedcba9876543210";

fn model() -> Model {
    let mut model = Model::default();
    for line in [
        container(WEB, "web"),
        container(DB, "db"),
        frame(1_000, &[(WEB, 30 << 20, 0), (DB, 95 << 20, 0)]),
        frame(2_000, &[(WEB, 40 << 20, 250_000), (DB, 95 << 20, 10)]),
    ] {
        model.board.take(&line);
    }
    model
}

fn screen(model: &mut Model, width: u16, height: u16, language: Language) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(model, language, frame)).unwrap();
    let buffer = terminal.backend().buffer();
    let line = |y| -> String { (0..width).map(|x| buffer[(x, y)].symbol()).collect() };
    (0..height).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn figures_stand_against_their_limits() {
    let text = screen(&mut model(), 140, 24, Language::English);
    for expected in ["2 containers", "read only", "40 MiB", "40.0 %", "25.0 %", "95.0 %", "running", "Log:"] {
        assert!(text.replace('\u{a0}', " ").contains(expected), "{expected} in\n{text}");
    }
}

#[test]
fn the_cursor_stays_on_its_container() {
    let mut model = model();
    screen(&mut model, 80, 24, Language::English);
    assert_eq!(model.selected.as_deref(), Some(DB));
    model.press(Input::Down);
    assert_eq!(model.selected.as_deref(), Some(WEB));
    for _ in 0..3 {
        model.press(Input::Char('o'));
        assert_eq!(model.selected.as_deref(), Some(WEB));
    }
    model.board.rows.remove(WEB);
    model.settle();
    assert_eq!(model.selected.as_deref(), Some(DB));
    model.board.rows.clear();
    model.settle();
    assert_eq!(model.selected, None);
    screen(&mut model, 80, 24, Language::English);
}

#[test]
fn keys_ask_for_what_the_program_does() {
    let mut model = model();
    assert_eq!(model.press(Input::Char('r')), Wish::Record);
    assert_eq!(model.press(Input::Char('/')), Wish::Nothing);
    assert_eq!(model.press(Input::Char('q')), Wish::Nothing);
    assert!(model.rows().is_empty());
    for _ in 0..3 {
        assert_eq!(model.press(Input::Escape), Wish::Nothing);
    }
    model.press(Input::Char('?'));
    assert!(screen(&mut model, 80, 24, Language::Spanish).contains("Nada se detiene"));
    assert_eq!(model.press(Input::Char('q')), Wish::Nothing);
    assert_eq!(model.press(Input::Char('q')), Wish::Quit);
    assert_eq!(model.press(Input::Ctrl('c')), Wish::Quit);
}

#[test]
fn a_small_screen_shows_the_state_and_how_to_leave() {
    let mut model = model();
    let text = screen(&mut model, 40, 10, Language::English);
    assert!(text.contains("state") && text.contains("q quit  ? help"), "{text}");
}

#[test]
fn every_size_of_a_screen_is_drawn() {
    let mut model = model();
    for number in 0..500 {
        model.board.take(&container(&format!("{number:012}xxxx"), &format!("servicio-ñandú-{number}")));
    }
    for (width, height) in [(1, 1), (10, 3), (40, 10), (46, 14), (80, 24), (131, 40), (300, 90)] {
        for key in [Input::End, Input::PageUp, Input::Home] {
            model.press(key);
            assert_eq!(
                screen(&mut model, width, height, Language::Spanish).lines().count(),
                usize::from(height)
            );
        }
    }
    model.silent = 7;
    assert!(screen(&mut model, 40, 10, Language::English).contains("no answer from the engine for 7 s"));
}
