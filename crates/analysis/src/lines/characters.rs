//! Which characters a reader sees, and so may be repeated in a line that is pasted.

use plimsoll_snapshot::hidden::{is_hidden, log_command};

/// Whether a character is shown for what it is: neither a control character, nor an invisible one, nor one that changes
/// the order of its neighbours, nor a space other than the plain one.
#[must_use]
pub fn is_visible(character: char) -> bool {
    character == ' ' || !(character.is_whitespace() || is_hidden(character))
}

/// Whether a line can be shown in the log of a pipeline, and is nothing but a line there.
#[must_use]
pub fn is_harmless(line: &str) -> bool {
    line.chars().all(is_visible) && log_command(line).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_not_visible() {
        let hidden = "\0\u{7}\n\r\t\u{b}\u{7f}\u{85}\u{a0}\u{ad}\u{61c}\u{115f}\u{180e}\u{200b}\u{200e}\u{2028}\u{202e}\
                      \u{2066}\u{3000}\u{3164}\u{e000}\u{fe0f}\u{feff}\u{fffe}\u{1fffe}\u{e0041}\u{10ffff}";
        for character in hidden.chars() {
            assert!(!is_visible(character), "{:04x}", u32::from(character));
        }
        for character in " a~ñé中→✓😀".chars() {
            assert!(is_visible(character), "{character}");
        }
    }
}
