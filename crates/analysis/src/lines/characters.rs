//! Which characters a reader sees, and so may be repeated in a line that is pasted.

/// Whether a character is shown for what it is: neither a control character, nor one that nobody sees, nor one that changes
/// the order of its neighbours, nor a space other than the plain one.
#[must_use]
pub fn is_visible(character: char) -> bool {
    match character {
        ' '..='~' => true,
        '\0'..='\u{9f}' => false,
        _ => !character.is_whitespace() && !is_hidden(character),
    }
}

/// Format characters, variation selectors, fillers, tags, private use and what is no character (Unicode, categories Cf, Co,
/// Cn, and `Default_Ignorable_Code_Point`).
fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{ffff}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}'
    ) || u32::from(character) & 0xfffe == 0xfffe
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
