//! Characters that are invisible, or that change how others are seen. Wherever a text is shown, they are shown as escapes.

/// Whether a character is not shown as it is: it controls a terminal, turns the direction of text, takes no room, or is
/// no character at all.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    // Most texts are ASCII.
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    character.is_control() || is_ignorable(character) || is_no_character(character)
}

/// Unicode's `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt), with the separators of lines and the marks of
/// interlinear annotations. Marks of direction, zero-width characters, variation selectors and tags are among them.
const fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Noncharacters, which XML and YAML cannot hold, and private ones, which every font draws as it likes.
const fn is_no_character(character: char) -> bool {
    let code = character as u32;
    code & 0xfffe == 0xfffe
        || matches!(character, '\u{fdd0}'..='\u{fdef}' | '\u{e000}'..='\u{f8ff}')
        || code >= 0xf_0000
}

/// Where a line has a sign that the runner of a pipeline obeys when its log shows the line: `::stop-commands::x` at the
/// beginning (GitHub), `##[group]`, `##vso[…]` and `##teamcity[…]` anywhere (Azure, GitHub, TeamCity).
#[must_use]
pub fn log_command(line: &str) -> Option<usize> {
    let text = line.trim_start();
    if text.starts_with("::") {
        return Some(line.len() - text.len());
    }
    // The last one of several signs begins the command: `###[group]`.
    line.match_indices('#').map(|(at, _)| at).find(|at| {
        let rest = line[at + 1..].strip_prefix('#');
        let name = rest.map(|rest| rest.trim_start_matches(|letter: char| letter.is_ascii_alphabetic()));
        name.is_some_and(|name| name.starts_with('['))
    })
}

/// Whether a character is drawn over the one before. A flood of them covers the lines around.
#[must_use]
pub const fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{591}'..='\u{5bd}'
            | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{6d6}'..='\u{6ed}'
            | '\u{900}'..='\u{902}'
            | '\u{93c}'
            | '\u{941}'..='\u{948}'
            | '\u{94d}'
            | '\u{e31}'
            | '\u{e34}'..='\u{e3a}'
            | '\u{e47}'..='\u{e4e}'
            | '\u{eb1}'..='\u{ebc}'
            | '\u{ec8}'..='\u{ecd}'
            | '\u{f18}'..='\u{f19}'
            | '\u{f71}'..='\u{f84}'
            | '\u{f8d}'..='\u{fbc}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20f0}'
            | '\u{3099}'..='\u{309a}'
            | '\u{a66f}'..='\u{a67d}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// The most marks that are drawn on one character; no language stacks more.
pub const MARKS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_hidden_and_letters_are_not() {
        for hidden in [
            '\0',
            '\u{1b}',
            '\u{7f}',
            '\u{9b}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200d}',
            '\u{202e}',
            '\u{2066}',
            '\u{2060}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{fffe}',
            '\u{ffff}',
            '\u{fdd0}',
            '\u{1fffe}',
            '\u{10ffff}',
            '\u{e0001}',
            '\u{e0041}',
            '\u{e01ef}',
        ] {
            assert!(is_hidden(hidden), "{hidden:?}");
        }
        for shown in ['a', ' ', 'ñ', '\u{a0}', '\u{202f}', '−', '…', '漢', '🚢', '\u{301}', '\u{fffd}', 'ش']
        {
            assert!(!is_hidden(shown), "{shown:?}");
        }
    }
}
