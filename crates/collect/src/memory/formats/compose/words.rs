//! The words of a command that is written as one text (go-shellwords, `Parse`, as Compose calls it).

use super::interpolate::variable_length;

/// The words, or `None` where Compose refuses the text. What follows `;`, `&`, `|`, `<` or `>` is dropped: no shell runs it.
///
/// Variables stay as they are written, each in one word with what surrounds it.
pub(super) fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut is_word) = (Vec::new(), String::new(), false);
    let (mut single, mut double, mut back, mut dollar) = (false, false, false, false);
    let mut rest = line;
    while let Some(sign) = rest.chars().next() {
        if !single && sign == '$' {
            // Compose refuses a brace that is not closed.
            let length = variable_length(rest).or_else(|| (!rest.starts_with("${")).then_some(1))?;
            word.push_str(&rest[..length]);
            is_word = true;
            rest = &rest[length..];
            continue;
        }
        rest = &rest[sign.len_utf8()..];
        let is_quoted = single || double || back || dollar;
        match sign {
            '\\' if !single => {
                let escaped = rest.chars().next()?;
                rest = &rest[escaped.len_utf8()..];
                word.push(match escaped {
                    't' => '\t',
                    'n' => '\n',
                    other => other,
                });
                is_word = true;
                continue;
            }
            ' ' | '\t' | '\r' | '\n' => {
                if is_quoted {
                    word.push(sign);
                } else if is_word {
                    words.push(std::mem::take(&mut word));
                    is_word = false;
                }
                continue;
            }
            '"' if !single && !dollar => {
                double = !double;
                is_word = true;
                continue;
            }
            '\'' if !double && !dollar => {
                single = !single;
                is_word = true;
                continue;
            }
            '`' if !single && !double && !dollar => back = !back,
            ')' if !single && !double && !back => dollar = !dollar,
            '(' if !single && !double && !back => {
                if dollar || !word.ends_with('$') {
                    return None;
                }
                dollar = true;
            }
            ';' | '&' | '|' | '<' | '>' if !is_quoted => {
                // `2>` is a redirection, and its number no word.
                if sign == '>' && word.starts_with(|first: char| first.is_ascii_digit()) {
                    is_word = false;
                }
                rest = "";
                if is_word {
                    words.push(std::mem::take(&mut word));
                }
                is_word = false;
                continue;
            }
            _ => {}
        }
        word.push(sign);
        is_word = true;
    }
    if single || double || back || dollar {
        return None;
    }
    if is_word {
        words.push(word);
    }
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_compose() {
        for (line, expected) in [
            ("a b  c", Some(vec!["a", "b", "c"])),
            ("sh -c 'a b'", Some(vec!["sh", "-c", "a b"])),
            ("a \"b \\\" c\" d\\ e", Some(vec!["a", "b \" c", "d e"])),
            ("a '' b", Some(vec!["a", "", "b"])),
            ("a && b", Some(vec!["a"])),
            ("a 2>&1", Some(vec!["a"])),
            ("a --x=${Y:-b c} $Z", Some(vec!["a", "--x=${Y:-b c}", "$Z"])),
            ("a 'b", None),
            ("a (b)", None),
            ("", Some(vec![])),
        ] {
            let found = words(line);
            let found: Option<Vec<&str>> =
                found.as_ref().map(|words| words.iter().map(String::as_str).collect());
            assert_eq!(found, expected, "{line}");
        }
    }
}
