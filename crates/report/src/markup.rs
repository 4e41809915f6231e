//! Texts of an image in Markdown: shown as they are, and never a link, a mention, a reference, a picture or HTML.
//!
//! A host of Markdown looks for more than Markdown in what it renders: `www.` and `@name`, `#12` and `GH-12`, digests of
//! commits, `:emoji:`, `$formulas$`. Escapes and entities do not keep it from that, since it looks at the rendered text.
//! It leaves code alone, so a word that it could take for any of these becomes code.

use crate::format::one_line;
use crate::html::escape;

/// Text in which nothing is markup or the end of a cell, except the code spans it comes with.
pub(crate) fn escaped(text: &str) -> String {
    let line = one_line(text);
    let mut out = String::with_capacity(line.len() + 8);
    let mut rest = &line[..];
    while let Some((start, end)) = code_span(rest) {
        push_words(&mut out, &rest[..start]);
        out.push_str(&code(&rest[start + 1..end]));
        rest = &rest[end + 1..];
    }
    push_words(&mut out, rest);
    out
}

/// The first code span: where its backticks are. It stands alone between spaces, marks of the sentence aside, so that
/// no other backtick can join its fence.
fn code_span(text: &str) -> Option<(usize, usize)> {
    let mut ticks = text.match_indices('`').map(|(at, _)| at).peekable();
    while let Some(start) = ticks.next() {
        let end = *ticks.peek()?;
        let before = text[..start].rsplit(' ').next().unwrap_or_default();
        let behind = text[end + 1..].split(' ').next().unwrap_or_default();
        let inside = &text[start + 1..end];
        let is_alone = bare(before).1.is_empty() && bare(behind).1.is_empty();
        if is_alone && !inside.is_empty() && inside.trim() == inside {
            return Some((start, end));
        }
    }
    None
}

/// Words, of which each that could be more than text becomes code.
fn push_words(out: &mut String, words: &str) {
    let is_start = out.is_empty();
    for (index, word) in words.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        let (before, bare, behind) = bare(word);
        if is_reference(bare) || is_start && index == 0 && starts_block(word) {
            push_plain(out, before);
            out.push_str(&code(bare));
            push_plain(out, behind);
        } else {
            push_plain(out, word);
        }
    }
}

/// A text inside HTML, where Markdown is not parsed but references are.
pub(crate) fn escaped_html(text: &str) -> String {
    let line = one_line(text);
    let is_plain = !line.split(' ').any(|word| is_reference(bare(word).1));
    if is_plain { escape(&line).into_owned() } else { format!("<code>{}</code>", escape(&line)) }
}

/// A code span. Its fence is longer than any run of backticks inside, and a bar does not end the cell.
pub(crate) fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
    if text.is_empty() {
        return String::new();
    }
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("`{text}`") } else { format!("{fence} {text} {fence}") }
}

fn push_plain(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '$' | '^' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
}

/// A word between the marks of the sentence it stands in.
fn bare(word: &str) -> (&str, &str, &str) {
    let start = word.len() - word.trim_start_matches(['(', '"']).len();
    let end = word.trim_end_matches([',', '.', ';', ':', ')', '"', '?']).len().max(start);
    (&word[..start], &word[start..end], &word[end..])
}

/// Whether a host of Markdown could make more of a word than text.
fn is_reference(word: &str) -> bool {
    let has = |marks: &[char]| word.contains(marks);
    // Mentions, formulas, links of wikis, code, HTML, emoji, and everything with a scheme.
    has(&['@', '$', '`', '[', '{', ':', '<', '＠']) && word.len() > 1
        // `#1`, `!1`, `~bug`, `&1`, `%2`, `^alert`: references of GitLab, where a word follows.
        || word.char_indices().any(|(at, mark)| {
            "#!~&%^".contains(mark) && word[at + mark.len_utf8()..].starts_with(|next: char| next.is_alphanumeric() || next == '"' || next == '#')
        })
        || has_dotted_name(word)
        || is_ticket(word)
        || word.split(|char: char| !char.is_ascii_alphanumeric()).any(is_commit)
}

/// `www.x`, `acme.com`, `main.py`: a point between letters.
fn has_dotted_name(word: &str) -> bool {
    let lower = word.to_lowercase();
    lower.contains("www.")
        || lower.split('.').zip(lower.split('.').skip(1)).any(|(left, right)| {
            left.ends_with(char::is_alphanumeric)
                && right.chars().take_while(|char| char.is_alphabetic()).count() > 1
        })
}

/// `GH-12`, `ACME-7`.
fn is_ticket(word: &str) -> bool {
    word.split(|char: char| !char.is_ascii_alphanumeric() && char != '-').any(|run| {
        run.split_once('-').is_some_and(|(project, number)| {
            !project.is_empty()
                && project.bytes().all(|byte| byte.is_ascii_alphabetic())
                && number.starts_with(|digit: char| digit.is_ascii_digit())
        })
    })
}

/// The digest of a commit, or the beginning of one.
fn is_commit(run: &str) -> bool {
    (7..=64).contains(&run.len()) && run.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether a first word begins a list, a heading or a rule.
fn starts_block(word: &str) -> bool {
    let is_list = word
        .strip_suffix(['.', ')'])
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    is_list || !word.is_empty() && word.chars().all(|char| "-+=*_".contains(char)) || word.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_an_image_says_is_markup() {
        for (text, expected) in [
            ("</script><img onerror=x>", "`</script><img` onerror=x&gt;"),
            ("a|b\n@all *x*", "a\\|b `@all` \\*x\\*"),
            ("why: https://x.example.", "why: `https://x.example`."),
            ("see www.evil.com, now", "see `www.evil.com`, now"),
            ("fixes #1 and GH-2", "fixes `#1` and `GH-2`"),
            ("mail eve@evil.com", "mail `eve@evil.com`"),
            ("at deadbeef1234", "at `deadbeef1234`"),
            (":tada: $x$ x", "`:tada`: `$x$` x"),
            ("[[wiki a]]", "`[[wiki` a\\]\\]"),
            ("!1 ~bug &2 %3 $4", "`!1` `~bug` `&2` `%3` `$4`"),
            ("1. x", "`1`. x"),
            ("- x", "`-` x"),
            ("/close", "`/close`"),
            ("fell from 6.17 GB (−81.2 %).", "fell from 6.17 GB (−81.2 %)."),
            ("torch 2.4.1 is needed", "torch 2.4.1 is needed"),
            ("use `apt-get install` (`a = 2`), @x", "use `apt-get install` (`a = 2`), `@x`"),
            ("`@x|y` @z", "`@x\\|y` `@z`"),
            ("`a``b`", "``` `a``b` ```"),
            ("`a`:tada: `b", "`` `a`:tada ``: `` `b ``"),
            ("` a ` b", "\\` a \\` b"),
            ("`a`b `@c`d", "`` `a`b `` `` `@c`d ``"),
        ] {
            assert_eq!(escaped(text), expected);
        }
        assert_eq!(code("RUN echo `date` | tee"), "`` RUN echo `date` \\| tee ``");
        assert_eq!(code("```"), "```` ``` ````");
        assert_eq!(escaped_html("a<b> @eve"), "<code>a&lt;b&gt; @eve</code>");
        assert_eq!(escaped_html("backend"), "backend");
    }
}
