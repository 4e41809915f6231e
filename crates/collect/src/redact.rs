//! Keeps secrets out of snapshots: instructions, labels and arguments pass through here before they are stored.
//!
//! Values of environment variables and build arguments are always replaced; elsewhere, what looks like a secret is.

use std::borrow::Cow;
use std::ops::Range;

use self::scan::ranges;
pub(crate) use self::scan::{arguments, credentials, message, said};

mod scan;

/// What stands for a value that was taken out.
const REMOVED: &str = "…";

/// Words in the name of a variable, an option or a label that make its value a secret.
const SECRET_WORDS: [&str; 12] = [
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "access_key",
    "private",
    "credential",
    "auth",
];

/// Prefixes of tokens that are secrets wherever they stand.
const TOKEN_PREFIXES: [&str; 12] = [
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "sk-",
    "hf_",
    "npm_",
    "pypi-",
    "AKIA",
];

/// An instruction without the values that may not leave the machine.
pub(crate) fn instruction(created_by: &str) -> String {
    let body = created_by.trim_start_matches("/bin/sh -c #(nop)").trim_start();
    let body = body.strip_prefix("ONBUILD ").unwrap_or(body);
    if body.starts_with("ENV ") || body.starts_with("ARG ") {
        let keep = created_by.len() - body.len() + 4;
        return format!("{}{}", &created_by[..keep], assignments(&created_by[keep..]));
    }
    let (arguments, command) = build_arguments(created_by);
    format!("{arguments}{}", text(command))
}

/// Splits `|1 NAME=value /bin/sh -c …` (with or without `RUN` in front) into redacted arguments and the rest.
fn build_arguments(created_by: &str) -> (String, &str) {
    let (prefix, rest) = match created_by.strip_prefix("RUN ") {
        Some(rest) => ("RUN ", rest),
        None => ("", created_by),
    };
    let count = rest.strip_prefix('|').and_then(|text| text.split_once(' '));
    let Some((count, rest)) = count.filter(|(count, _)| count.parse::<u32>().is_ok()) else {
        return (String::new(), created_by);
    };
    // A value may hold spaces, so the arguments end where the shell begins.
    let end = rest
        .find(" /bin/")
        .map(|at| at + 1)
        .or_else(|| rest.rfind(" -c ").map(|at| at + 1))
        .unwrap_or(rest.len());
    (format!("{prefix}|{count} {} ", assignments(rest[..end].trim_end())), &rest[end..])
}

/// `A=1 B="x y" C value` with every value replaced, names kept.
fn assignments(list: &str) -> String {
    let mut names = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let Some(equals) = rest.find(['=', ' ']) else {
            names.push(text(rest).into_owned());
            break;
        };
        // The end of a value may look like the name of the next.
        let name = &*text(&rest[..equals]);
        if rest.as_bytes()[equals] == b' ' {
            // The old form `ENV NAME value with spaces`; `ARG NAME` followed by another name looks the same.
            names.push(format!("{name}={REMOVED}"));
            break;
        }
        names.push(format!("{name}={REMOVED}"));
        rest = after_next_name(&rest[equals + 1..]);
    }
    names.join(" ")
}

/// Where the next ` NAME=` begins. Builders note values without their quotes, so a value ends only there.
fn after_next_name(values: &str) -> &str {
    for (index, _) in values.match_indices(' ') {
        let candidate = &values[index + 1..];
        let end = candidate.find(['=', ' ']).unwrap_or(candidate.len());
        let is_name = end > 0
            && candidate.as_bytes().get(end) == Some(&b'=')
            && candidate[..end].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if is_name {
            return candidate;
        }
    }
    ""
}

/// Free text without what looks like a secret: `--password x`, `TOKEN=x`, `https://user:x@host`, known tokens, noise.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    without(text, ranges(text, true))
}

/// A label's or a variable's value without what looks like a secret.
pub(crate) fn value(name: &str, value: &str) -> String {
    if scan::is_secret_name(name) && !value.is_empty() {
        return REMOVED.to_owned();
    }
    without(value, ranges(value, !scan::names_digest(name))).into_owned()
}

/// A text without these parts of it.
fn without(text: &str, mut ranges: Vec<Range<usize>>) -> Cow<'_, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    ranges.sort_by_key(|range| (range.start, range.end));
    let (mut out, mut end) = (String::with_capacity(text.len()), 0);
    for range in ranges {
        if range.start >= end {
            // Parts that touch are one.
            if range.start > end || end == 0 {
                out.push_str(&text[end..range.start]);
                out.push_str(REMOVED);
            }
        }
        end = end.max(range.end);
    }
    out.push_str(&text[end..]);
    Cow::Owned(out)
}

/// Whether the value of what has this name is a secret.
pub(crate) fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| name.contains(word)) || name.ends_with("_key") || name.ends_with("-key")
}

/// The first token of a known form whose variable part is as it should be.
pub(crate) fn token(text: &str, is_wanted: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    let tokens = TOKEN_PREFIXES.iter().filter_map(|prefix| {
        let mut from = 0;
        loop {
            let at = from + text.get(from..)?.find(prefix)?;
            from = at + prefix.len();
            if at > 0 && text.as_bytes()[at - 1].is_ascii_alphanumeric() {
                continue;
            }
            let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
            let length = text[from..].bytes().take_while(is_inside).count();
            if length >= 16 && is_wanted(&text[from..from + length]) {
                return Some(at..from + length);
            }
            // The next one begins after it, so that no byte is looked at twice.
            from += length;
        }
    });
    tokens.min_by_key(|token| token.start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_variables_and_arguments_are_replaced() {
        for (created_by, expected) in [
            ("ENV PYTHONUNBUFFERED=1 API_KEY=not-a-real-key", "ENV PYTHONUNBUFFERED=… API_KEY=…"),
            ("/bin/sh -c #(nop)  ENV A=x y B=z", "/bin/sh -c #(nop)  ENV A=… B=…"),
            ("ENV GREETING hello world", "ENV GREETING=…"),
            ("ARG TOKEN=abc", "ARG TOKEN=…"),
            ("ARG VERSION", "ARG VERSION"),
            (
                "RUN |2 TOKEN=abc NAME=two words /bin/sh -c make # buildkit",
                "RUN |2 TOKEN=… NAME=… /bin/sh -c make # buildkit",
            ),
            ("|1 TOKEN=abc /bin/sh -c make", "|1 TOKEN=… /bin/sh -c make"),
        ] {
            assert_eq!(instruction(created_by), expected);
        }
    }

    #[test]
    fn what_looks_like_a_secret_is_replaced() {
        for (text, expected) in [
            ("RUN curl -H 'Authorization: Bearer abcdef'", "RUN curl -H 'Authorization: Bearer …'"),
            ("RUN PGPASSWORD=hunter2 psql", "RUN PGPASSWORD=… psql"),
            ("RUN login --password hunter2 me", "RUN login --password … me"),
            ("RUN pip install https://me:s3cret@host/x", "RUN pip install https://…@host/x"),
            ("RUN git clone https://ghp_0123456789abcdefghij@x", "RUN git clone https://…@x"),
            ("RUN echo $TOKEN TOKEN=$OTHER", "RUN echo $TOKEN TOKEN=$OTHER"),
            ("RUN echo ask-ghp_0123456789abcdefghij", "RUN echo ask-…"),
            ("RUN apt-get install -y git", "RUN apt-get install -y git"),
        ] {
            assert_eq!(instruction(text), expected);
        }
        assert_eq!(value("org.example.api-token", "abc"), "…");
        assert_eq!(value("org.opencontainers.image.title", "Plimsoll"), "Plimsoll");
    }
}
