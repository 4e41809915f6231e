//! Lines on the screen of a terminal.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

/// A line of the screen, cut at its end and filled up.
pub(crate) fn fill(area: Rect, buffer: &mut Buffer, text: &str, style: Style) {
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width);
    buffer.set_stringn(area.x, area.y, " ".repeat(width), width, Style::reset().patch(style));
    buffer.set_stringn(area.x, area.y, text, width, style);
}

/// A text in lines of a width, broken at spaces where there are some.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        loop {
            let line = lines.last_mut().expect("there is always a line");
            let used = line.chars().count();
            let gap = usize::from(used > 0);
            if used + gap + word.len() <= width {
                if gap > 0 {
                    line.push(' ');
                }
                line.extend(word);
                break;
            }
            if used == 0 {
                line.extend(word.drain(..width));
            }
            lines.push(String::new());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_are_broken_at_spaces_or_where_they_must_be() {
        assert_eq!(wrapped("RUN apt-get update", 8), ["RUN", "apt-get", "update"]);
        assert_eq!(wrapped("sha256:0123456789", 8), ["sha256:0", "12345678", "9"]);
        assert_eq!(wrapped("", 8), [""]);
    }
}
