//! The terminal as a whole screen. However the program ends, it is left as it was: by a key, an error, a panic, a signal.

use std::io::{self, IsTerminal as _, Stdout};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::{cursor, execute, terminal};
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Color;
use ratatui::{Frame, Terminal};

use crate::error::{Error, Result};
use crate::interruption;

/// How long a signal waits for a drawing to end, before it takes the terminal back all the same.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether the screen is ours. Drawing and leaving hold it.
static IS_OURS: Mutex<bool> = Mutex::new(false);

/// What a user does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    Char(char),
    Ctrl(char),
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Tab,
    BackTab,
    Escape,
    Backspace,
    /// The screen has another size.
    Resize,
}

impl Input {
    fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => Self::of_key(key),
            Event::Resize(..) => Some(Self::Resize),
            _ => None,
        }
    }

    fn of_key(key: &KeyEvent) -> Option<Self> {
        Some(match key.code {
            KeyCode::Char(char) if key.modifiers.contains(KeyModifiers::CONTROL) => {
                Self::Ctrl(char.to_ascii_lowercase())
            }
            KeyCode::Char(char) => Self::Char(char),
            KeyCode::Up => Self::Up,
            KeyCode::Down => Self::Down,
            KeyCode::Left => Self::Left,
            KeyCode::Right => Self::Right,
            KeyCode::PageUp => Self::PageUp,
            KeyCode::PageDown => Self::PageDown,
            KeyCode::Home => Self::Home,
            KeyCode::End => Self::End,
            KeyCode::Enter => Self::Enter,
            KeyCode::Tab => Self::Tab,
            KeyCode::BackTab => Self::BackTab,
            KeyCode::Esc => Self::Escape,
            KeyCode::Backspace => Self::Backspace,
            _ => return None,
        })
    }
}

/// What this terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Abilities {
    pub(crate) colours: bool,
    pub(crate) unicode: bool,
}

impl Abilities {
    /// As the environment and `--color` say.
    fn of_environment() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set).unwrap_or_default();
        let locale = locale.to_ascii_lowercase().replace('-', "");
        let choice = anstream::ColorChoice::global();
        let wants_none = set("NO_COLOR").is_some() || set("TERM").as_deref() == Some("dumb");
        Self {
            colours: choice != anstream::ColorChoice::Never
                && (choice == anstream::ColorChoice::Always || !wants_none),
            unicode: cfg!(windows) || locale.contains("utf8"),
        }
    }

    /// Takes from a drawing what the terminal cannot show.
    pub(crate) fn adapt(self, buffer: &mut Buffer) {
        for cell in &mut buffer.content {
            if !self.colours {
                cell.set_fg(Color::Reset).set_bg(Color::Reset);
            }
            if !self.unicode && !cell.symbol().is_ascii() {
                let plain = match cell.symbol() {
                    "▾" => "v",
                    "▸" | "→" => ">",
                    "…" => "~",
                    "–" | "─" | "−" => "-",
                    "│" => "|",
                    "·" | "✓" => "*",
                    "▁" | "▂" => "_",
                    "▃" | "▄" => "-",
                    "▅" | "▆" => "=",
                    "▇" | "█" => "#",
                    "á" | "à" => "a",
                    "é" => "e",
                    "í" => "i",
                    "ó" => "o",
                    "ú" => "u",
                    "ñ" => "n",
                    "µ" => "u",
                    // Numbers have narrow and hard spaces.
                    "\u{a0}" | "\u{202f}" | "\u{2009}" => " ",
                    _ => "?",
                };
                cell.set_symbol(plain);
            }
        }
    }
}

/// The screen, from when it is taken until it is dropped.
pub(crate) struct Screen {
    terminal: Terminal<CrosstermBackend<Stdout>>,
    abilities: Abilities,
}

/// Refuses to go on where there is no terminal. `instead` is the command for a pipe.
pub(crate) fn expect_terminal(instead: &str) -> Result<()> {
    if io::stdout().is_terminal() && io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Error::usage(
        "this needs a terminal for input and output",
        format!("`{instead}` writes to a pipe or a file"),
    ))
}

impl Screen {
    /// Takes the screen.
    pub(crate) fn take() -> Result<Self> {
        interruption::on_interruption(|| {
            leave();
            std::process::exit(interruption::INTERRUPTED);
        })
        .map_err(|error| Error::Stdout(io::Error::other(error)))?;
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            leave();
            hook(panic);
        }));
        // The guard exists before anything is changed, so that every way out changes it back.
        *IS_OURS.lock().unwrap_or_else(PoisonError::into_inner) = true;
        let terminal = enter().inspect_err(|_| leave()).map_err(Error::Stdout)?;
        Ok(Self { terminal, abilities: Abilities::of_environment() })
    }

    /// Draws a frame.
    pub(crate) fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> Result<()> {
        let is_ours = IS_OURS.lock().unwrap_or_else(PoisonError::into_inner);
        if !*is_ours {
            return Ok(());
        }
        let abilities = self.abilities;
        let drawn = self.terminal.draw(|frame| {
            draw(frame);
            abilities.adapt(frame.buffer_mut());
        });
        drawn.map(|_| ()).map_err(Error::Stdout)
    }

    /// What the user does next; nothing if that takes longer than `wait`.
    pub(crate) fn input(&self, wait: Duration) -> Result<Option<Input>> {
        let until = Instant::now() + wait;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if !event::poll(left).map_err(Error::Stdout)? {
                return Ok(None);
            }
            if let Some(input) = Input::of(&event::read().map_err(Error::Stdout)?) {
                return Ok(Some(input));
            }
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        leave();
    }
}

fn enter() -> io::Result<Terminal<CrosstermBackend<Stdout>>> {
    terminal::enable_raw_mode()?;
    execute!(io::stdout(), terminal::EnterAlternateScreen, cursor::Hide)?;
    Terminal::new(CrosstermBackend::new(io::stdout()))
}

/// Gives the screen back, once.
fn leave() {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Ok(mut is_ours) = IS_OURS.try_lock() {
            if std::mem::replace(&mut *is_ours, false) {
                give_back();
            }
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    // A panic while drawing, or a terminal that takes nothing.
    give_back();
}

fn give_back() {
    // A terminal that is gone needs nothing.
    let _ = execute!(io::stdout(), terminal::LeaveAlternateScreen, cursor::Show);
    let _ = terminal::disable_raw_mode();
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Modifier, Style};

    use super::*;

    #[test]
    fn a_drawing_is_adapted_to_the_terminal() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 9, 1));
        let style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
        buffer.set_string(0, 0, "▾ é…10\u{a0}kB", style);
        Abilities { colours: false, unicode: false }.adapt(&mut buffer);
        let text: String = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(text, "v e~10 kB");
        assert!(buffer.content.iter().all(|cell| cell.fg == Color::Reset && cell.modifier == Modifier::BOLD));
    }

    #[test]
    fn keys_have_one_name() {
        let key = |code, modifiers| Input::of(&Event::Key(KeyEvent::new(code, modifiers)));
        assert_eq!(key(KeyCode::Char('C'), KeyModifiers::CONTROL), Some(Input::Ctrl('c')));
        assert_eq!(key(KeyCode::Char('G'), KeyModifiers::SHIFT), Some(Input::Char('G')));
        assert_eq!(key(KeyCode::F(1), KeyModifiers::NONE), None);
    }
}
