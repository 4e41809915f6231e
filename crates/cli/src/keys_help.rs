//! The help over a screen: what its keys do. On a small screen its lines wrap, and they scroll.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use crate::paint::{fill, wrapped};
use crate::terminal::Input;

/// The widest column of keys on a narrow screen; longer keys have a separate line.
const NARROW: usize = 14;

/// Whether the help is shown, and from which line on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeysHelp {
    is_open: bool,
    top: usize,
    /// The lines that fitted, and the last one at which the help can begin, when it was drawn last.
    page: usize,
    last: usize,
}

/// What the help says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HelpText {
    pub(crate) title: &'static str,
    pub(crate) keys: &'static [(&'static str, &'static str)],
    /// How to leave it.
    pub(crate) foot: &'static str,
}

impl KeysHelp {
    pub(crate) fn open(&mut self) {
        *self = Self { is_open: true, ..Self::default() };
    }

    pub(crate) const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Scrolls; any other key closes the help.
    pub(crate) fn press(&mut self, input: Input) {
        let page = self.page.max(1);
        let top = match input {
            Input::Down | Input::Char('j') => self.top.saturating_add(1),
            Input::Up | Input::Char('k') => self.top.saturating_sub(1),
            Input::PageDown | Input::Char(' ') => self.top.saturating_add(page),
            Input::PageUp => self.top.saturating_sub(page),
            Input::Home | Input::Char('g') => 0,
            Input::End | Input::Char('G') => self.last,
            Input::Resize => return,
            _ => {
                self.is_open = false;
                return;
            }
        };
        self.top = top.min(self.last);
    }

    /// Draws the help over everything else.
    pub(crate) fn draw(&mut self, area: Rect, buffer: &mut Buffer, text: HelpText) {
        let lines = lines(text.keys, usize::from(area.width));
        self.page = usize::from(area.height.saturating_sub(2));
        self.last = lines.len().saturating_sub(self.page);
        self.top = self.top.min(self.last);
        let bar = Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD);
        fill(Rect { height: 1, ..area }, buffer, &format!(" {}", text.title), bar);
        let mut shown = lines.iter().skip(self.top);
        for y in area.y + 1..area.bottom().saturating_sub(1) {
            let line = shown.next().map_or("", String::as_str);
            fill(Rect { y, height: 1, ..area }, buffer, line, Style::new());
        }
        let foot = Rect { y: area.bottom() - 1, height: 1, ..area };
        fill(foot, buffer, &format!(" {}", text.foot), Style::new().add_modifier(Modifier::REVERSED));
    }
}

/// The keys beside what they do, in lines of at most a width.
fn lines(keys: &[(&str, &str)], width: usize) -> Vec<String> {
    let longest = keys.iter().map(|(key, _)| key.chars().count()).max().unwrap_or_default();
    let column = if width < 3 * longest { longest.min(NARROW) } else { longest };
    let rest = width.saturating_sub(column + 4).max(8);
    let mut lines = Vec::new();
    for (key, does) in keys {
        let fits = key.chars().count() <= column;
        if !fits {
            lines.push(format!(" {key}"));
        }
        for (number, part) in wrapped(does, rest).iter().enumerate() {
            let key = if number == 0 && fits { key } else { "" };
            lines.push(format!(" {key:column$}  {part}"));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &[(&str, &str)] =
        &[("Ctrl-A, Ctrl-R, Ctrl-U", "only added, only removed, all"), ("q", "quit"), ("?", "this")];

    #[test]
    fn lines_wrap_where_the_screen_is_narrow() {
        let narrow = lines(KEYS, 40);
        assert!(narrow.iter().all(|line| line.chars().count() <= 40), "{narrow:#?}");
        assert_eq!(narrow[0], " Ctrl-A, Ctrl-R, Ctrl-U");
        assert_eq!(narrow[1].trim(), "only added, only");
        assert_eq!(lines(KEYS, 100).len(), 3);
    }

    #[test]
    fn it_scrolls_to_its_last_line_and_closes() {
        let area = Rect::new(0, 0, 40, 4);
        let mut buffer = Buffer::empty(area);
        let text = HelpText { title: "Keys", keys: KEYS, foot: "any other key closes" };
        let mut help = KeysHelp::default();
        help.open();
        help.draw(area, &mut buffer, text);
        for _ in 0..9 {
            help.press(Input::Down);
        }
        help.draw(area, &mut buffer, text);
        let row = |y: u16| (0..40).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        assert_eq!((row(1).trim(), help.is_open()), ("q               quit", true));
        assert!(row(2).contains("this") && row(3).contains("any other key closes"));
        help.press(Input::Char('q'));
        assert!(!help.is_open());
    }
}
